"""Likelihood and level of one domain from counted answers, and which answers could still move it.

Source: rule F3 of the return safety assessment (project proposal, 2026): counts of critical (★) and other risk items,
lowered by protection, read against severity in a 4 × 4 matrix. Nothing is added up across domains.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

Signature = tuple[bool, int]  # a critical item is present; likelihood before protection

NO_PROTECTION, PROTECTED, PROVEN = 0, 1, 2  # fewer than two, two present, two present and verified


@dataclass(frozen=True, slots=True)
class Risks:
    """Risk items of a domain, counted: critical ones present or partly, others present or partly."""

    s2: int = 0
    s1: int = 0
    o2: int = 0
    o1: int = 0

    def capped(self) -> Risks:
        """Counts above these change nothing."""
        return Risks(min(self.s2, 2), min(self.s1, 1), min(self.o2, 4), min(self.o1, 3))

    def plus(self, critical: bool, value: int) -> Risks:
        """One more item, absent (0), partly (1) or present (2)."""
        if not value:
            return self
        if critical:
            return Risks(self.s2 + (value == 2), self.s1 + (value == 1), self.o2, self.o1)
        return Risks(self.s2, self.s1, self.o2 + (value == 2), self.o1 + (value == 1))

    @property
    def likelihood(self) -> int:
        """1 unlikely, 2 possible, 3 likely, 4 very likely, before protection."""
        if self.s2 >= 2 or (self.s2 >= 1 and self.o2 >= 2):
            return 4
        if self.s2 == 1 or self.o2 >= 4:
            return 3
        if self.s1 >= 1 or self.o2 >= 2 or self.o1 + self.o2 >= 3:
            return 2
        return 1

    @property
    def signature(self) -> Signature:
        """What protection and the level look at."""
        return self.s2 > 0, self.likelihood


def protection(present: int, verified: int) -> int:
    """How far protection counts: two present ones, or two verified ones (`present` includes the verified)."""
    return PROVEN if verified >= 2 else PROTECTED if present >= 2 else NO_PROTECTION


def protected_likelihood(signature: Signature, protected: int) -> int:
    """Likelihood after protection.

    Without a critical item present, two protective items lower it by one, not below 1; with one, only two verified
    items do, and not below 2.
    """
    critical, likelihood = signature
    if critical:
        return max(2, likelihood - 1) if protected == PROVEN else likelihood
    return max(1, likelihood - 1) if protected >= PROTECTED else likelihood


Moves = frozenset[tuple[int, ...]]  # each: the likelihoods that the allowed answers to one item would give

RISK_VALUES: Final = (0, 1, 2)


@lru_cache(maxsize=65536)
def _signatures(known: Risks, critical_open: int, other_open: int) -> frozenset[tuple[Risks, Signature]]:
    """Every count that the open items could still lead to."""
    found = set()
    for s2, s1 in _spread(critical_open, 2, 1):
        for o2, o1 in _spread(other_open, 4, 3):
            risks = Risks(known.s2 + s2, known.s1 + s1, known.o2 + o2, known.o1 + o1).capped()
            found.add((risks, risks.signature))
    return frozenset(found)


def _spread(items: int, most_present: int, most_partly: int) -> Iterable[tuple[int, int]]:
    for present in range(min(items, most_present) + 1):
        for partly in range(min(items - present, most_partly) + 1):
            yield present, partly


@lru_cache(maxsize=65536)
def _protections(present: int, verified: int, open_items: int) -> frozenset[tuple[int, int]]:
    found = set()
    for more, proven in product(range(min(open_items, 2) + 1), repeat=2):
        if proven <= more:
            found.add((min(present + more, 2), min(verified + proven, 2)))
    return frozenset(found)


@lru_cache(maxsize=65536)
def reachable(known: Risks, critical_open: int, other_open: int, present: int, verified: int, protective_open: int) -> frozenset[int]:
    """Every likelihood this domain could still have."""
    signatures = {signature for _, signature in _signatures(known.capped(), critical_open, other_open)}
    protections = {protection(*counts) for counts in _protections(min(present, 2), min(verified, 2), protective_open)}
    return frozenset(protected_likelihood(s, p) for s in signatures for p in protections)


@lru_cache(maxsize=65536)
def risk_moves(critical: bool, known: Risks, critical_open: int, other_open: int,
               present: int, verified: int, protective_open: int) -> Moves:
    """What the answers to one open risk item could do; the open counts leave that item out."""
    ways = {tuple(risks.plus(critical, value).signature for value in RISK_VALUES)
            for risks, _ in _signatures(known.capped(), critical_open, other_open)}
    protections = {protection(*counts) for counts in _protections(min(present, 2), min(verified, 2), protective_open)}
    return frozenset(tuple(protected_likelihood(s, p) for s in way) for way in ways for p in protections)


@lru_cache(maxsize=65536)
def protective_moves(known: Risks, critical_open: int, other_open: int, present: int, verified: int, protective_open: int) -> Moves:
    """What the answers to one open protective item could do; the open counts leave that item out."""
    signatures = {signature for _, signature in _signatures(known.capped(), critical_open, other_open)}
    ways = {tuple(protection(*counts) for counts in ((p, v), (p + 1, v), (p + 1, v + 1)))
            for p, v in _protections(min(present, 2), min(verified, 2), protective_open)}
    return frozenset(tuple(protected_likelihood(s, p) for p in way) for way in ways for s in signatures)

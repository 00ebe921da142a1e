"""How far readings of the same questions agree: all questions together, and each by itself. Questions stand here, never people.

Pure. A row is one question about one person with what each reader answered. Answers that leave a question open are answers; a
question that no reader answered is not a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from safe_lib.engine.agreement import Agreement, Counted, cohen_kappa, counted, fleiss_kappa, krippendorff_alpha
from safe_lib.model.answers import NOT_APPLICABLE, OPEN_CODES
from safe_lib.model.instrument import Instrument

FEWEST_STEPS: Final = 3  # answers that an order needs to say more than whether two are the same


@dataclass(frozen=True, slots=True)
class Row:
    """One question about one person, and what each reader answered; None for a reader who was not asked about this person."""

    about: str  # the case; answers about one case are not independent of each other
    item: str
    codes: tuple[str | None, ...]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each later reader beside the first: of a second opinion, the one who was first and the colleague."""
        first, *others = (code for code in self.codes if code is not None)
        return tuple((first, other) for other in others)


@dataclass(frozen=True, slots=True)
class OfItem:
    """How far one question is read alike."""

    item: str
    counts: Counted
    kappa: Agreement


@dataclass(frozen=True, slots=True)
class Readings:
    """How far readings agree. `figures`: Cohen's kappa, Fleiss' kappa, Krippendorff's alpha, and alpha with the order of answers, where there is one."""

    cases: int
    counts: Counted
    open_pairs: int  # in which one or both leave the question open, or say that it does not apply
    figures: tuple[Agreement, ...]
    items: tuple[OfItem, ...]  # in the order of the instrument


def readings(instrument: Instrument, rows: Sequence[Row]) -> Readings:
    """How far the rows agree; figures are silent below ten cases (`agreement.FEWEST`), counts never are."""
    compared = [row for row in rows if sum(code is not None for code in row.codes) > 1]
    flat = [(row.about, pair) for row in compared for pair in row.pairs]
    pairs, about = [pair for _, pair in flat], [who for who, _ in flat]
    codes, whom = [row.codes for row in compared], [row.about for row in compared]
    figures = [cohen_kappa(pairs, about=about), fleiss_kappa(codes, about=whom), krippendorff_alpha(codes, about=whom)]
    order, items = _ordered(instrument)
    ranked = [row for row in compared if row.item in items]
    if order and ranked:
        figures.append(krippendorff_alpha([row.codes for row in ranked], order, about=[row.about for row in ranked]))
    found = counted(pairs)
    return Readings(len(set(whom)), found, found.with_any(frozenset((*OPEN_CODES, NOT_APPLICABLE))), tuple(figures), _items(instrument, compared))


def _items(instrument: Instrument, rows: Sequence[Row]) -> tuple[OfItem, ...]:
    by_item: Mapping[str, list[tuple[str, tuple[str, str]]]] = {item.id: [] for item in instrument.items}
    for row in rows:
        by_item[row.item].extend((row.about, pair) for pair in row.pairs)
    return tuple(OfItem(item, counted([pair for _, pair in found]), cohen_kappa([pair for _, pair in found], about=[who for who, _ in found]))
                 for item, found in by_item.items() if found)


def _ordered(instrument: Instrument) -> tuple[tuple[str, ...], frozenset[str]]:
    """The answers from least to most that most questions share, and these questions; nothing where no order has three steps."""
    by_codes: dict[tuple[str, ...], list[str]] = {}
    for item in instrument.items:
        scale = instrument.scales.get(item.scale)
        if scale is not None and len(scale.codes) >= FEWEST_STEPS:
            by_codes.setdefault(scale.codes, []).append(item.id)
    order = max(by_codes, key=lambda codes: len(by_codes[codes]), default=())
    return order, frozenset(by_codes.get(order, ()))

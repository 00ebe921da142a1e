"""From cases to what figures may know of them: a few words from fixed lists for each, and nothing that anybody typed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import AGE_ITEM, FUTURES, Desk, _may, futures_in
from safe_lib.engine.legal import file_in
from safe_lib.model.answers import AGE_GROUPS
from safe_lib.model.coordination import REFERRALS
from safe_lib.model.errors import WrongUse
from safe_lib.model.findings import Dimension
from safe_lib.model.grounds import CaseFile, KeptLine
from safe_lib.model.legal import PROCEDURES
from safe_lib.rights.permission import Verb

RELEASE: Final[Verb] = "team.release_figures"
RETURN: Final = "safe_return"
FORMS: Final = {"labour": ("ilo_adult_labour", "ilo_child_labour"), "sexual": ("ilo_adult_sexual", "ilo_child_sexual")}
COUNTRY, QUARTER = "country", "quarter"
OTHER, NONE, NOT_ASSESSED = "other", "none", "not_assessed"
MOST_QUARTERS: Final = 12
_STOPS: Final = tuple(f"HS{number:02d}" for number in range(1, 15))


@dataclass(frozen=True, slots=True)
class Definition:
    """One table that may be asked for."""

    name: str
    by: tuple[str, ...]
    core: bool = False
    about: str = ""  # of `stops` and `dimensions`: the stop or dimension it is about


@dataclass(frozen=True, slots=True)
class Counted:
    """One case as figures know it: what it counts as in each dimension."""

    ref: str
    counts_as: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """Whole quarters; a case belongs to the quarter in which it was opened."""

    first: str
    last: str

    @property
    def quarters(self) -> tuple[str, ...]:
        """Every quarter of it, such as 2026Q3."""
        begin, end = _number(self.first), _number(self.last)
        return tuple(f"{at // 4}Q{at % 4 + 1}" for at in range(begin, end + 1))

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


def period(words: str, today: date) -> Period:
    """A period from `2026Q1` or `2026Q1-2026Q4`.

    Raises:
        WrongUse: it is not written so, too long, or has not begun.
    """
    first, _, last = words.strip().upper().partition("-")
    found = Period(first, last or first)
    try:
        begin, end = _number(found.first), _number(found.last)
    except ValueError:
        raise WrongUse("period: write quarters such as 2026Q1 or 2026Q1-2026Q4.") from None
    if not begin <= end < begin + MOST_QUARTERS or end > _number(quarter_of(today)):
        raise WrongUse(f"period: 1 to {MOST_QUARTERS} quarters up to this one, the earlier first.")
    return found


def quarter_of(day: date) -> str:
    """The quarter of a day.

    >>> quarter_of(date(2026, 11, 27))
    '2026Q4'
    """
    return f"{day.year}Q{(day.month + 2) // 3}"


def _number(quarter: str) -> int:
    year, sign, number = quarter.partition("Q")
    if not (sign and year.isdecimal() and len(year) == 4 and number in ("1", "2", "3", "4")):
        raise ValueError(quarter)
    return int(year) * 4 + int(number) - 1


# Definitions


@lru_cache(maxsize=1)
def definitions() -> Mapping[str, Definition]:
    """Every table that may be asked for, by name."""
    found = {}
    for name, said in _read()["tables"].items():
        for about in said.get("each", [""]):
            one = Definition(f"{name}_{about}" if about else name, tuple(said["by"]), bool(said.get("core")), about)
            found[one.name] = one
    return found


def chosen(names: Collection[str]) -> tuple[Definition, ...]:
    """The tables with these names, in the order of the definitions; none gives the core ones.

    Raises:
        WrongUse: there is no such table.
    """
    known = definitions()
    if unknown := sorted(set(names) - set(known)):
        raise WrongUse(f"table: there is no {unknown[0]}.\n  There are: {', '.join(known)}.")
    return tuple(one for one in known.values() if (one.name in names if names else one.core))


def dimension(id: str, within: Period, found: Iterable[Counted], smallest: int) -> Dimension:
    """A dimension with its values; of countries those that are large enough to be named at all."""
    if id == QUARTER:
        return Dimension(id, within.quarters)
    if id == COUNTRY:
        sizes: dict[str, int] = {}
        for one in found:
            sizes[one.counts_as[COUNTRY]] = sizes.get(one.counts_as[COUNTRY], 0) + 1
        large = sorted(value for value, size in sizes.items() if size >= smallest and value not in (OTHER, NONE))
        return Dimension(id, (*large, OTHER, NONE))
    return Dimension(id, tuple(_read()["dimensions"][id]))


def version() -> str:
    """Of the definitions."""
    return str(_read()["version"])


def _read() -> Mapping[str, Any]:
    return _parsed()


@lru_cache(maxsize=1)
def _parsed() -> Mapping[str, Any]:
    import yaml

    text = (files("safe_lib.findings") / "definitions.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return read


# Cases


def gather(desk: Desk, within: Period) -> tuple[Counted, ...]:
    """What figures may know of the cases opened in a period.

    Raises:
        NotPermitted: only a coordinator makes figures; whoever reads them sees no case.
    """
    store = _may(desk, RELEASE)
    quarters = set(within.quarters)
    opened = {line.ref: line.opened for line in casework.list_cases(desk) if line.readable and quarter_of(line.opened) in quarters}
    kept = {ref: tuple(lines) for ref, lines in groupby(store.kept_newest(closed=True), key=lambda line: line.ref)}
    closed = store.closed_since()
    asked = (AGE_ITEM, *((RETURN, id) for id in _STOPS))
    return tuple(Counted(file.ref, dict(counts_as(file, kept.get(file.ref, ()), opened[file.ref], closed.get(file.ref))))
                 for file in store.case_files(sorted(opened), (), asked, (FUTURES, PROCEDURES, REFERRALS)))


def counts_as(file: CaseFile, kept: Sequence[KeptLine], opened: date, closed: date | None) -> Iterator[tuple[str, str]]:
    """What one case counts as in every dimension."""
    by_instrument: dict[str, list[KeptLine]] = {}
    for line in kept:
        by_instrument.setdefault(line.instrument, []).append(line)
    yield QUARTER, quarter_of(opened)
    yield "form", _form(by_instrument)
    yield "age", _age(file)
    yield COUNTRY, _country(file)
    yield "indicators", _outcome([line for id in (*FORMS["labour"], *FORMS["sexual"]) for line in by_instrument.get(id, ())])
    yield "return", _return_outcome(file, by_instrument.get(RETURN, ()))
    followed = len(file_in(file.papers.get(PROCEDURES, {})).followed)
    yield "procedures", NONE if not followed else "one" if followed == 1 else "several"
    referrals = list(file.papers.get(REFERRALS, {}).get("entries", ()))
    yield "referral", _referral(referrals)
    yield "wait", _wait(referrals)
    yield "closed", _closed(opened, closed)
    for id in _STOPS:
        yield f"stop_{id}", _stop(file, id)
    for id in ("DR", "CR", "RV", "EX", "CD", "VD"):
        yield f"dimension_{id}", _level(by_instrument, id)


def _form(kept: Mapping[str, Any]) -> str:
    found = [form for form, sets in FORMS.items() if any(id in kept for id in sets)]
    return NOT_ASSESSED if not found else "both" if len(found) == 2 else found[0]


def _age(file: CaseFile) -> str:
    code = next((code for item, _, code, _ in file.answers.get(AGE_ITEM[0], ()) if item == AGE_ITEM[1]), "")
    return code if code in AGE_GROUPS else "not_recorded"


def _country(file: CaseFile) -> str:
    """Of the first future that leads to a country, in the person's own order."""
    return next((one.country for one in futures_in(file.papers.get(FUTURES, {})) if one.country), NONE)


def _outcome(lines: Sequence[KeptLine]) -> str:
    newest = max((line for line in lines if line.grounds is not None), key=lambda line: line.id, default=None)
    return newest.grounds.result.outcome if newest is not None and newest.grounds is not None else NOT_ASSESSED


def _return_outcome(file: CaseFile, lines: Sequence[KeptLine]) -> str:
    """Of the future the person wants most, among those that were assessed."""
    order = {one.kind: one.order for one in futures_in(file.papers.get(FUTURES, {}))}
    first = min((line for line in lines if line.grounds is not None), key=lambda line: (order.get(line.scenario, 99), line.scenario), default=None)
    return first.grounds.result.outcome if first is not None and first.grounds is not None else NOT_ASSESSED


def _referral(entries: Sequence[Mapping[str, Any]]) -> str:
    """How far the help got that got furthest; `waiting` and `refused` are the gaps."""
    states = {str(one.get("state", "asked")) for one in entries}
    for word, meant in (("used", {"seen", "ended"}), ("accepted", {"accepted"}), ("waiting", {"asked"}), ("refused", {"refused"})):
        if states & meant:
            return word
    return NONE


def _wait(entries: Sequence[Mapping[str, Any]]) -> str:
    """From the first question to an organisation to its answer."""
    first = min((one for one in entries if one.get("state") != "taken_back"), key=lambda one: str(one["asked_on"]), default=None)
    if first is None:
        return NONE
    if not first.get("answered_on"):
        return "waiting"
    days = (date.fromisoformat(first["answered_on"]) - date.fromisoformat(first["asked_on"])).days
    return "within_7_days" if days <= 7 else "within_28_days" if days <= 28 else "longer"


def _closed(opened: date, closed: date | None) -> str:
    if closed is None:
        return "still_open"
    days = (closed - opened).days
    return "within_91_days" if days <= 91 else "within_182_days" if days <= 182 else "longer"


def _stop(file: CaseFile, id: str) -> str:
    """Of all futures together: active in one of them counts as active, open in one as open."""
    said = {code for item, _, code, _ in file.answers.get(RETURN, ()) if item == id}
    return "active" if "active" in said else NOT_ASSESSED if not said else "cleared" if said <= {"cleared", "not_applicable"} else "open"


def _level(kept: Mapping[str, Sequence[KeptLine]], id: str) -> str:
    lines = [line for one in (*FORMS["labour"], *FORMS["sexual"]) for line in kept.get(one, ()) if line.grounds is not None]
    newest = max(lines, key=lambda line: line.id, default=None)
    found = newest.grounds.result.levels.get(id, NOT_ASSESSED) if newest is not None and newest.grounds is not None else NOT_ASSESSED
    return found if found in ("positive", "negative", "open") else NOT_ASSESSED

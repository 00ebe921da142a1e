"""Records of the Human Trafficking Case Data Standard (IOM): only of persons who agreed to exactly this, without anything that identifies.

Each record says who asserted that the person is a victim, because this program never does. A record leaves only in a group of at
least as many as may be shown, all alike in age group, country, form and year (rule D7); where a group is smaller, first the age,
then the country is left out, then the record.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import AGE_ITEM, CONSENTS, FUTURES, Desk, _may
from safe_lib.engine import consents
from safe_lib.engine.legal import file_in
from safe_lib.findings.gathering import FORMS, Counted, counts_as
from safe_lib.findings.releasing import SMALLEST
from safe_lib.model.coordination import REFERRALS
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.grounds import CaseFile
from safe_lib.model.legal import PROCEDURES
from safe_lib.rights.permission import Verb

EXPORT: Final[Verb] = "team.release_figures"
PURPOSE: Final = "statistics"  # of the consent
PUBLIC: Final = 11  # persons alike, for a file that many may read (rule D7)
FIELDS: Final = ("cas_Status", "vic_AgreementToManagePersonalData", "vic_MethodsOfControl", "x_AgeGroup", "x_CountryOfReturnConsidered", "x_FormAssessed",
                 "x_YearOpened", "x_VictimStatus", "x_VictimStatusAssertedBy")
ALIKE: Final = ("x_AgeGroup", "x_CountryOfReturnConsidered", "x_FormAssessed", "x_YearOpened")
LEFT_OUT: Final = ("x_AgeGroup", "x_CountryOfReturnConsidered")  # in this order
UNKNOWN: Final = "Unknown"

Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class Exported:
    """Records, and for how many cases there were none: no consent, or too rare."""

    records: tuple[Record, ...]
    without_consent: int
    too_rare: int


def export(desk: Desk, recipient: str) -> Exported:
    """Records for one recipient, of persons who agreed that this recipient gets them for statistics; each has its line in the trail.

    Raises:
        NotPermitted: only a coordinator, and a second person has agreed that many leave today (SEC-17).
        WrongUse: no recipient.
    """
    store = _may(desk, EXPORT)
    if not recipient.strip():
        raise WrongUse("recipient: say who gets the records; the consents name them.")
    if not store.is_agreed("export", f"{desk.person} {desk.now().date().isoformat()}", at=desk.now()):
        raise NotPermitted("records: they leave only where a second person agreed today.\n  Ask: safe user ask export.")
    lines = {line.ref: line for line in casework.list_cases(desk) if line.readable}
    kept = {ref: tuple(ones) for ref, ones in groupby(store.kept_newest(closed=True), key=lambda one: one.ref)}
    closed = store.closed_since()
    sets = tuple(id for ids in FORMS.values() for id in ids)
    agreed, refused = {}, 0
    for file in store.case_files(sorted(lines), sets, (AGE_ITEM,), (FUTURES, PROCEDURES, REFERRALS, CONSENTS)):
        if not has_agreed(desk, file, recipient):
            refused += 1
            continue
        case = Counted(file.ref, dict(counts_as(file, kept.get(file.ref, ()), lines[file.ref].opened, closed.get(file.ref))))
        agreed[file.ref] = record(case, file, lines[file.ref].opened, file.ref in closed)
    leaving = generalised(agreed, max(PUBLIC, int(store.setting(SMALLEST))))
    for ref in leaving:
        store.note(by=desk.person, at=desk.now(), what="records.exported", ref=ref, detail=f"htcds to {recipient}")
    return Exported(tuple(sorted(leaving.values(), key=_by_content)), refused, len(agreed) - len(leaving))


def has_agreed(desk: Desk, file: CaseFile, recipient: str) -> bool:
    """Whether a consent to exactly this recipient and purpose counts today, and nothing the person said speaks against it."""
    statements = consents.standing(consents.statements_in(file.papers.get(CONSENTS, {})))
    no = casework.general_no(desk, file.ref)
    return any(not consents.lack(one, on=desk.today, no=no, recipient=recipient, purpose=PURPOSE, used=one.once) for one in statements)


def record(case: Counted, file: CaseFile, opened: date, is_closed: bool) -> Record:
    """One case as a record: codes from fixed lists, and nothing that anybody typed."""
    status, by = asserted(file)
    country = case.counts_as["country"]
    return {"cas_Status": "Closed" if is_closed else "Active", "vic_AgreementToManagePersonalData": "true", "vic_MethodsOfControl": ";".join(methods(file)),
            "x_AgeGroup": case.counts_as["age"], "x_CountryOfReturnConsidered": country if country.isupper() else UNKNOWN,
            "x_FormAssessed": case.counts_as["form"], "x_YearOpened": str(opened.year), "x_VictimStatus": status, "x_VictimStatusAssertedBy": by}


def methods(file: CaseFile) -> Iterator[str]:
    """Methods of control that the answers name as present; what is open or absent is not told apart."""
    there = {item for answers in file.answers.values() for item, _, code, _ in answers if code in ("present", "verified")}
    for method, items in _mapping()["methods"].items():
        if there & set(items):
            yield method


def asserted(file: CaseFile) -> tuple[str, str]:
    """What was asserted of the person, and by what kind of body; `NotAsserted` where nobody did."""
    facts = file_in(file.papers.get(PROCEDURES, {})).facts
    for one in _mapping()["statuses"]:
        fact = next((fact for fact in facts.values() if fact.name == one["fact"]), None)
        if fact is not None and (fact.value == "yes" if one["known"] == "yes" else _is_day(fact.value)):
            return one["status"], _kind(fact.source)
    return "NotAsserted", ""


def _kind(source: str) -> str:
    words = f" {source.casefold()} "
    return next((kind for kind, signs in _mapping()["asserted_by"].items() if any(f" {sign} " in words.replace(",", " ") for sign in signs)), "Other")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def generalised(records: Mapping[str, Record], smallest: int) -> dict[str, Record]:
    """Only records of which enough are alike: first the age is left out of the rare ones, then the country, then the record."""
    found = {ref: dict(one) for ref, one in records.items()}
    for field in LEFT_OUT:
        for ref in _rare(found, smallest):
            found[ref][field] = UNKNOWN
    rare = set(_rare(found, smallest))
    while rare:  # what is taken out can make others rare
        found = {ref: one for ref, one in found.items() if ref not in rare}
        rare = set(_rare(found, smallest))
    return _without_what_all_share(found)


def _rare(records: Mapping[str, Record], smallest: int) -> Sequence[str]:
    groups = Counter(_group(one) for one in records.values())
    return [ref for ref, one in records.items() if groups[_group(one)] < smallest]


def _group(one: Record) -> tuple[str, ...]:
    return tuple(one[field] for field in ALIKE)


def _without_what_all_share(records: dict[str, Record]) -> dict[str, Record]:
    """Methods and status are left out of a group in which all have the same, which would tell it of each (rule D8, two values at least)."""
    for field in ("vic_MethodsOfControl", "x_VictimStatus"):
        values: dict[tuple[str, ...], set[str]] = {}
        for one in records.values():
            values.setdefault(_group(one), set()).add(one[field])
        for one in records.values():
            if len(values[_group(one)]) < 2:
                one[field] = UNKNOWN
                if field == "x_VictimStatus":
                    one["x_VictimStatusAssertedBy"] = UNKNOWN
    return records


def _by_content(one: Record) -> str:
    """An order that says nothing of the order of the cases."""
    return hashlib.sha256(repr(sorted(one.items())).encode()).hexdigest()


@lru_cache(maxsize=1)
def _mapping() -> Mapping[str, Any]:
    import yaml

    read: Mapping[str, Any] = yaml.load((files("safe_lib.findings") / "htcds.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return read

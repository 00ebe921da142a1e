"""Looks things up in the social map: entries that answer a question, what is missing where, what has to be verified."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from safe_lib.model.organisation import Freshness, Organisation, Vocabulary, check_due, freshness, may_be_printed

ORDER: Final[tuple[Freshness, ...]] = ("verified", "due", "unverified", "stale")  # stale entries are set back behind all others
CONFIDENCE: Final[Mapping[str, str]] = {"seen": "seen in source", "recalled": "recalled, verify"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody looks for; an empty part asks for nothing."""

    country: str = ""
    region: str = ""
    service: str = ""
    target: str = ""
    language: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """How many entries of a region offer a service to a group, and how many of them somebody verified."""

    region: str
    service: str
    entries: int
    verified: int


def selected(organisations: Iterable[Organisation], looked: Looked) -> tuple[Organisation, ...]:
    """The entries that answer every part of the question, in their own order."""
    wanted = folded(looked.words).split()
    return tuple(one for one in organisations if _answers(one, looked) and all(word in _text_of(one) for word in wanted))


def _answers(one: Organisation, looked: Looked) -> bool:
    asked = ((looked.country, (one.country,)), (looked.service, one.services), (looked.target, one.target_groups), (looked.language, one.languages))
    return all(not wanted or wanted in there for wanted, there in asked) and (not looked.region or one.region == looked.region)


def _text_of(one: Organisation) -> str:
    return folded(" ".join((one.name, one.local_name, one.city)))


def folded(text: str) -> str:
    """A text as it is compared: small letters, without accents.

    >>> folded("Liège")
    'liege'
    """
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def in_order(organisations: Sequence[Organisation], vocabulary: Vocabulary, on: date) -> tuple[Organisation, ...]:
    """Verified entries first, stale ones last; coordination leads within each, then the name. Nobody is ranked by quality."""
    return tuple(sorted(organisations, key=lambda one: (ORDER.index(freshness(one, vocabulary, on)), one.type != "coordination_centre", folded(one.name))))


def to_verify(organisations: Iterable[Organisation], vocabulary: Vocabulary, on: date) -> tuple[Organisation, ...]:
    """The work list: entries nobody verified first, then those that were due longest ago."""
    waiting = [one for one in organisations if freshness(one, vocabulary, on) != "verified"]
    return tuple(sorted(waiting, key=lambda one: (check_due(one, vocabulary) or date.min, folded(one.name))))


def gaps(
    organisations: Sequence[Organisation], regions: Iterable[str], services: Iterable[str], target: str, vocabulary: Vocabulary, on: date
) -> tuple[Gap, ...]:
    """What each region offers a group, service by service; an entry for the whole country counts in every region.

    A zero says that nobody has written an entry down, not that nothing is there.
    """
    wanted = [one for one in organisations if not target or target in one.target_groups]
    found = []
    for region in regions:
        here = [one for one in wanted if one.region == region or one.area == "country"]
        for service in services:
            offering = [one for one in here if service in one.services]
            found.append(Gap(region, service, len(offering), sum(freshness(one, vocabulary, on) == "verified" for one in offering)))
    return tuple(found)


def as_data(one: Organisation, vocabulary: Vocabulary, on: date) -> dict[str, Any]:
    """An entry as plain values, as commands tell it: how fresh it is stands beside what it says."""
    due = check_due(one, vocabulary)
    return {
        "id": one.id,
        "name": one.name,
        "name_local": one.local_name,
        "type": one.type,
        "country": one.country,
        "city": one.city,
        "region": one.region or None,
        "lat": one.position.lat if one.position else None,
        "lon": one.position.lon if one.position else None,
        "area": one.area or None,
        "services": list(one.services),
        "target_groups": list(one.target_groups),
        "languages": list(one.languages),
        "contact": [{"kind": part.kind, "value": part.value, "note": part.note} for part in one.contact],
        "opening": one.opening or None,
        "cost": one.cost or None,
        "residence": list(one.residence),
        "safe_contact": one.safe_contact or None,
        "state_actor": one.state_actor,
        "confidential": one.confidential,
        "own_reading": list(one.own_reading),
        "source": one.source,
        "source_date": one.source_date,
        "status": one.status,
        "confidence": CONFIDENCE[one.status],
        "freshness": freshness(one, vocabulary, on),
        "printable": may_be_printed(one, vocabulary, on),
        "verified": {"date": one.verified.on.isoformat(), "by": one.verified.by, "how": one.verified.how} if one.verified else None,
        "next_check": due.isoformat() if due else None,
        "reviewed": one.reviewed or None,
        "note": one.note or None,
    }

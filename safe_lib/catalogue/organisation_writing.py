"""An organisation as its entry in a data file, and the reviewed list of them; checks what comes from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from safe_lib.catalogue.change_rules import Broken, common_rules
from safe_lib.catalogue.organisation_checks import entry_problems, names_an_address
from safe_lib.catalogue.organisation_shapes import OrganisationShape
from safe_lib.catalogue.written import field, item
from safe_lib.model.change import Change
from safe_lib.model.organisation import NOBODY, Organisation, Vocabulary

ORDER: Final = (
    "id",
    "name",
    "local_name",
    "type",
    "state_actor",
    "confidential",
    "city",
    "region",
    "position",
    "area",
    "services",
    "target_groups",
    "languages",
    "contact",
    "opening",
    "cost",
    "residence",
    "safe_contact",
    "source",
    "source_date",
    "status",
    "own_reading",
    "verified",
    "next_check",
    "reviewed",
    "note",
)

_WHOSE: Final = re.compile(r' of "[^"]*"')
_QUOTED: Final = re.compile(r'"[^"]*"')


def entry_of(one: Organisation) -> dict[str, Any]:
    """The entry of an organisation as a file holds it: in the order of fields, without what nobody has written down."""
    said: dict[str, Any] = {
        "id": one.id,
        "name": one.name,
        "local_name": one.local_name,
        "type": one.type,
        "state_actor": one.state_actor,
        "confidential": one.confidential or None,
        "city": one.city,
        "region": one.region,
        "position": {"lat": one.position.lat, "lon": one.position.lon} if one.position else None,
        "area": one.area,
        "services": list(one.services),
        "target_groups": list(one.target_groups),
        "languages": list(one.languages),
        "contact": [{"kind": part.kind, "value": part.value, **({"note": part.note} if part.note else {})} for part in one.contact],
        "opening": one.opening,
        "cost": one.cost,
        "residence": list(one.residence),
        "safe_contact": one.safe_contact,
        "source": one.source,
        "source_date": one.source_date,
        "status": one.status,
        "own_reading": list(one.own_reading),
        "verified": {"date": one.verified.on.isoformat(), "by": one.verified.by, "how": one.verified.how} if one.verified else NOBODY,
        "next_check": one.next_check.isoformat() if one.next_check else None,
        "reviewed": _reviewed(one.reviewed),
        "note": one.note,
    }
    return {key: said[key] for key in ORDER if said[key] not in (None, "", [])}


def _reviewed(text: str) -> dict[str, str] | None:
    by, _, day = text.rpartition(", ")
    return {"date": day, "by": by} if by else None


def problems_of(one: Organisation, regions: Mapping[str, str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Why this could not stand in a data file: the same checks as there, each in a sentence without the words of the entry."""
    try:
        shape = OrganisationShape.model_validate(entry_of(one))
    except ValidationError as problem:
        return tuple(
            f"{'.'.join(map(str, part['loc']))}: {str(part['msg'])[0].lower()}{str(part['msg'])[1:]}."
            for part in problem.errors(include_input=False, include_url=False)
        )
    return tuple(dict.fromkeys(f"{key}: {_wordless(said)} {repair}" for key, said, repair in entry_problems(shape, regions, vocabulary)))


def _wordless(problem: str) -> str:
    """Without the id, which the list of problems names already, and without what stood in the cell."""
    return _QUOTED.sub("a word", _WHOSE.sub("", problem))


def directory_text(country: str, organisations: tuple[Organisation, ...], on: date, regions: Mapping[str, str]) -> str:
    """A file `organisations.yaml` of a country with these entries, ready to be looked through."""
    lines = [f"country: {country}", "version: 1.0.0", f"compiled: {on.isoformat()}", ""]
    if regions:
        lines += [*field("regions", dict(regions), 0), ""]
    lines.append("organisations:" if organisations else "organisations: []")
    for one in organisations:
        lines += ["", *item(entry_of(one), 2)]
    history = {"version": "1.0.0", "date": on.isoformat(), "change": "Taken over from a file; nobody has looked through it.", "by": "import"}
    return "\n".join([*lines, "", "history:", *item(history, 2), ""])


def organisation_rules(change: Change, file: Mapping[str, Any], today: date) -> Iterator[Broken]:
    """Rules for what is new in an entry; its id may have dashes, as the directory has had from the start."""
    yield from (one for one in common_rules(change, file, today) if one.at != "id")
    yield from (Broken(key, "address_told") for key, text in (("differs", change.differs), ("signed", change.signed)) if names_an_address(text))
    was_verified = isinstance(change.former.get("verified"), Mapping) and change.entry.get("verified") == change.former["verified"]
    if change.entry and was_verified and change.entry.get("contact") != change.former.get("contact"):
        yield Broken("contact", "verified_kept")  # a number that nobody has called would get on a client's card

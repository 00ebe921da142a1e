"""The social map as HSDS 3 (Open Referral Human Services Data Specification), and back; nothing is lost on the way.

One `service` object for each service code, with its `organization`, as the JSON of the standard has it. What the standard
has no field for travels as attributes of our own taxonomies. No address is ever written, and none is read: a location has
the middle of a town. Source: https://docs.openreferral.org, HSDS 3.0 (specification text CC BY-SA 4.0).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from safe_lib.model.organisation import RECALLED, Contact, Organisation, Position, Term, Verification, Vocabulary

SPACE: Final[UUID] = uuid5(NAMESPACE_URL, "urn:safe-workbooks:social-map")  # the ids of HSDS are UUIDs; the same entry always has the same
ELIGIBILITY: Final = "Open Eligibility 2.0"
_TRUE, _FALSE = "true", "false"
_TOWN, _KILOMETRE = 3, 2  # decimals of a degree

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row or record of a file that comes from elsewhere; never with its words."""

    row: int  # 1-based
    id: str  # of the entry, where it can be told
    problem: str


def to_hsds(organisations: Iterable[Organisation], vocabulary: Vocabulary) -> Iterator[dict[str, Any]]:
    """Every service of every organisation, in order."""
    for one in organisations:
        organization = _organization(one, vocabulary)
        for code in one.services:
            yield _service(one, code, organization, vocabulary)


def _service(one: Organisation, code: str, organization: Data, vocabulary: Vocabulary) -> dict[str, Any]:
    term = vocabulary.services[code]
    id = _id(one.id, "service", code)
    names = [vocabulary.target_groups[group].said("en") for group in one.target_groups]
    found: dict[str, Any] = {
        "id": id,
        "name": f"{term.said('en')} ({one.name})",
        "status": "active",
        "eligibility_description": "; ".join(names),
        "attributes": [_attribute(one.id, id, "service", "safe-service", code, term.said("en")), *_eligible(one, id, code, term, vocabulary)],
        "languages": [{"id": _id(one.id, "language", code, language), "code": language} for language in one.languages],
        "organization": organization,
    }
    if one.verified:
        found["assured_date"] = one.verified.on.isoformat()
        found["metadata"] = [_verification(one, id)]
    if one.area:
        found["service_areas"] = [{"id": _id(one.id, "area", code), "name": vocabulary.areas[one.area].said("en")}]
    if one.opening:
        found["schedules"] = [{"id": _id(one.id, "schedule", code), "description": one.opening}]
    if one.cost:
        found["fees_description"] = vocabulary.costs[one.cost].said("en")
    if one.safe_contact:
        found["application_process"] = one.safe_contact
    return found


def _organization(one: Organisation, vocabulary: Vocabulary) -> dict[str, Any]:
    id = _id(one.id, "organization")
    found: dict[str, Any] = {
        "id": id,
        "name": one.name,
        "description": vocabulary.types[one.type].said("en"),
        "phones": [
            {"id": _id(one.id, "phone", place), "number": part.value, "type": "voice", **({"description": part.note} if part.note else {})}
            for place, part in enumerate(one.contact)
            if part.kind == "phone"
        ],
        "attributes": [_attribute(one.id, id, "organization", f"safe-{name}", code, value) for name, code, value in _own(one, vocabulary)],
    }
    if one.local_name:
        found["alternate_name"] = one.local_name
    for kind in ("email", "website"):
        if first := next((part.value for part in one.of_kind(kind)), ""):
            found[kind] = first
    if one.city or one.position:
        found["locations"] = [_location(one)]
    return found


def _location(one: Organisation) -> dict[str, Any]:
    place: dict[str, Any] = {"id": _id(one.id, "location"), "location_type": "physical"}
    if one.city:
        place["name"] = one.city
        place["description"] = "The town of the public office; no address is told."
    if one.position:
        place |= {"latitude": one.position.lat, "longitude": one.position.lon}
    return place


def _own(one: Organisation, vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """What HSDS has no field for: taxonomy, code of the term, value."""
    yield "id", one.id, one.id
    yield "country", one.country, one.country
    yield "type", one.type, vocabulary.types[one.type].said("en")
    yield "status", one.status, one.status
    for group in one.target_groups:
        yield "target", group, vocabulary.target_groups[group].said("en")
    for status in one.residence:
        yield "residence", status, vocabulary.residence[status].said("en")
    if one.state_actor is not None:
        yield "state-actor", _TRUE if one.state_actor else _FALSE, ""
    if one.confidential:
        yield "confidential", _TRUE, ""
    for name, code in (("area", one.area), ("cost", one.cost), ("region", one.region)):
        if code:
            yield name, code, ""
    yield "source", f"-{one.source_date}" if one.source_date[:1] in ("", "-") else one.source_date, one.source  # a code is never empty
    for name, text in (("safe-contact", one.safe_contact), ("note", one.note), ("reviewed", one.reviewed)):
        if text:
            yield name, name, text
    if one.next_check:
        yield "next-check", one.next_check.isoformat(), ""
    for name in one.own_reading:
        yield "own-reading", name, ""
    for part in one.contact:  # all of them, in order: the fields of the standard hold one e-mail and one website, and no chat
        yield "contact-order", part.kind, f"{part.value}\n{part.note}" if part.note else part.value


def _eligible(one: Organisation, id: str, code: str, term: Term, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """The same in the words of Open Eligibility, by name."""
    names = dict.fromkeys(filter(None, (term.open_eligibility, *(vocabulary.target_groups[group].open_eligibility for group in one.target_groups))))
    return [_attribute(one.id, id, "service", ELIGIBILITY, name, name, code) for name in names]


def _attribute(entry: str, link: str, entity: str, taxonomy: str, code: str, value: str, *more: str) -> dict[str, Any]:
    term = {"id": _id("term", taxonomy, code), "code": code, "name": code, "description": code, "taxonomy": taxonomy}
    found = {"id": _id(entry, entity, taxonomy, code, value, *more), "link_id": link, "link_entity": entity, "taxonomy_term": term}
    return {**found, "value": value} if value else found


def _verification(one: Organisation, id: str) -> dict[str, Any]:
    said = one.verified
    if said is None:
        raise ValueError("nobody has verified this entry")
    return {
        "id": _id(one.id, "verified", id),
        "resource_id": id,
        "resource_type": "service",
        "last_action_date": said.on.isoformat(),
        "last_action_type": "verified",
        "field_name": "assured_date",
        "previous_value": "",
        "replacement_value": said.how,
        "updated_by": said.by,
    }


def _id(*parts: object) -> str:
    return str(uuid5(SPACE, "\n".join(map(str, parts))))


# Back


def from_hsds(services: Sequence[Any], country: str = "") -> tuple[tuple[Organisation, ...], tuple[RowProblem, ...]]:
    """The organisations of an HSDS file, and what is wrong with each record that cannot be taken whole.

    Args:
        services: the JSON array of `service` objects, each with its `organization`.
        country: for records from elsewhere that do not name theirs.

    Returns:
        Entries in the order of their first service. An address in a record is left out and told. A verification counts
        only from our own attributes: that another directory calls a date assured does not say that somebody called.
    """
    grouped: dict[str, list[Data]] = {}
    problems: list[RowProblem] = []
    for row, service in enumerate(services, 1):
        organization = service.get("organization") if isinstance(service, dict) else None
        if not isinstance(organization, dict) or not isinstance(organization.get("id"), str) or not isinstance(organization.get("name"), str):
            problems.append(RowProblem(row, "", "the record is no service with its organization (id and name)."))
            continue
        if service.get("status") in ("inactive", "defunct", "temporarily closed"):
            problems.append(RowProblem(row, "", "the service is not active; it is left out."))
            continue
        grouped.setdefault(organization["id"], []).append({**service, "_row": row})
    found = []
    for records in grouped.values():
        entry, wrong = _entry(records, country)
        problems += wrong
        found += [entry] if entry else []
    return tuple(found), tuple(sorted(problems, key=lambda one: one.row))


def _entry(records: Sequence[Data], country: str) -> tuple[Organisation | None, list[RowProblem]]:
    first = records[0]
    organization, row = first["organization"], int(first["_row"])
    own = _terms(organization)
    id = _one(own, "id")[0] or made_id(str(organization["name"]), _one(own, "country")[0] or country)
    problems = [RowProblem(row, id, "it tells an address; that is left out.")] if _has_address(records) else []
    services = [code for record in records for code, _ in _terms(record).get("safe-service", ())]
    for record in records:
        if "safe-service" not in _terms(record):
            problems.append(RowProblem(int(record["_row"]), id, "the service names no term of the taxonomy safe-service; say which service it is."))
    code = _one(own, "country")[0] or country
    if not services or not code:
        return None, [*problems, *([] if code else [RowProblem(row, id, "it does not say in which country it is; name one.")])]
    return _organisation(id, code, organization, own, services, first), problems


def _organisation(id: str, country: str, said: Data, own: Mapping[str, list[tuple[str, str]]], services: Sequence[str], first: Data) -> Organisation:
    place = next((one for one in said.get("locations") or () if isinstance(one, dict)), {})
    schedule = next((one for one in first.get("schedules") or () if isinstance(one, dict)), {})
    source_date, source = _one(own, "source")
    return Organisation(
        id=id,
        country=country,
        name=str(said["name"]),
        type=_one(own, "type")[0] or "ngo",
        services=tuple(dict.fromkeys(services)),
        target_groups=tuple(code for code, _ in own.get("safe-target", ())) or ("public",),
        status=_one(own, "status")[0] or RECALLED,
        source=source or "HSDS file",
        local_name=str(said.get("alternate_name") or ""),
        source_date=source_date.removeprefix("-"),
        state_actor={_TRUE: True, _FALSE: False}.get(_one(own, "state-actor")[0]),
        confidential=_one(own, "confidential")[0] == _TRUE,
        city=str(place.get("name") or ""),
        region=_one(own, "region")[0],
        position=_position(place, ours=bool(own)),
        area=_one(own, "area")[0],
        languages=tuple(str(one["code"]) for one in first.get("languages") or () if isinstance(one, dict) and one.get("code")),
        contact=_contacts(said, own),
        opening=str(schedule.get("description") or ""),
        cost=_one(own, "cost")[0],
        residence=tuple(code for code, _ in own.get("safe-residence", ())),
        safe_contact=_one(own, "safe-contact")[1],
        verified=_verified(first) if own else None,
        next_check=_day(_one(own, "next-check")[0]),
        reviewed=_one(own, "reviewed")[1],
        note=_one(own, "note")[1],
        own_reading=tuple(code for code, _ in own.get("safe-own-reading", ())),
    )


def _contacts(said: Data, own: Mapping[str, list[tuple[str, str]]]) -> tuple[Contact, ...]:
    ours = own.get("safe-contact-order")
    if ours:
        return tuple(Contact(kind, *text.split("\n", 1)) for kind, text in ours)
    phones = [Contact("phone", str(one["number"])) for one in said.get("phones") or () if isinstance(one, dict) and one.get("number")]
    return (*phones, *(Contact(kind, str(said[kind])) for kind in ("email", "website") if said.get(kind)))


def _position(place: Data, *, ours: bool) -> Position | None:
    """The middle of a town, as our own files tell it; from elsewhere it may be that of a house, and is told to a kilometre only."""
    lat, lon = place.get("latitude"), place.get("longitude")
    if isinstance(lat, (int, float)) and isinstance(lon, (int, float)) and not isinstance(lat, bool) and not isinstance(lon, bool):
        return Position(round(float(lat), _TOWN if ours else _KILOMETRE), round(float(lon), _TOWN if ours else _KILOMETRE))
    return None


def _verified(service: Data) -> Verification | None:
    for one in service.get("metadata") or ():
        if isinstance(one, dict) and one.get("last_action_type") == "verified" and (day := _day(str(one.get("last_action_date")))):
            return Verification(day, str(one.get("updated_by") or ""), str(one.get("replacement_value") or ""))
    return None


def _terms(thing: Data) -> dict[str, list[tuple[str, str]]]:
    """Taxonomy → codes with their values, of our own taxonomies only."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in thing.get("attributes") or ():
        term = one.get("taxonomy_term") if isinstance(one, dict) else None
        if isinstance(term, dict) and str(term.get("taxonomy", "")).startswith("safe-"):
            found.setdefault(str(term["taxonomy"]), []).append((str(term.get("code") or ""), str(one.get("value") or "")))
    return found


def _one(own: Mapping[str, list[tuple[str, str]]], name: str) -> tuple[str, str]:
    return next(iter(own.get(f"safe-{name}", ())), ("", ""))


def _has_address(records: Sequence[Data]) -> bool:
    places = [place for record in records for place in record["organization"].get("locations") or () if isinstance(place, dict)]
    at = [one.get("location") for record in records for one in record.get("service_at_locations") or () if isinstance(one, dict)]
    return any(place.get("addresses") for place in (*places, *(one for one in at if isinstance(one, dict))))


def made_id(name: str, prefix: str) -> str:
    """An id for an entry that has none: two or three letters, then the first words of its name."""
    letters = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in name.lower()).split()
    return f"{(prefix or 'xx').lower()}-{'-'.join(letters[:6]) or 'entry'}"[:60].rstrip("-")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

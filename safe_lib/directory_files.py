"""The social map as files of others: CSV and HSDS 3, out and in. What comes in is checked row by row, and never trusted whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue.organisation_checks import names_an_address
from safe_lib.catalogue.organisation_writing import directory_text, problems_of
from safe_lib.catalogue.organisations import load_directory, load_vocabulary
from safe_lib.engine.directory import CONFIDENCE
from safe_lib.engine.hsds import RowProblem, from_hsds
from safe_lib.model.organisation import RECALLED, Contact, Organisation, Position, Verification, Vocabulary
from safe_lib.tables.limits import ForeignFileError
from safe_lib.tables.reading import ForeignTable, read_tables
from safe_lib.tables.writing import APOSTROPHE, Sheet, csv_file

LARGEST: Final = 20_000_000  # bytes of an HSDS file; the whole directory of this project has 2.3 million
BETWEEN: Final = ";"  # between the parts of a cell
# The first sixteen are those of the directory as it was compiled; a file with only these can be taken in.
COLUMNS: Final = (
    "id",
    "name",
    "name_local",
    "type",
    "country_iso3",
    "city",
    "lat",
    "lon",
    "services",
    "target_groups",
    "languages",
    "website",
    "phone_public",
    "source",
    "source_date",
    "confidence",
    "region",
    "area",
    "state_actor",
    "confidential",
    "other_contact",
    "opening",
    "cost",
    "residence",
    "safe_contact",
    "verified_on",
    "verified_by",
    "verified_how",
    "next_check",
    "reviewed",
    "note",
    "own_reading",
)
NEEDED: Final = ("id", "name", "type", "country_iso3", "services", "target_groups")
_FIELDS: Final = {
    "name_local": "local_name",
    "website": "contact",
    "phone_public": "contact",
    "other_contact": "contact",
    "city": "city",
    "lat": "position",
    "languages": "languages",
    "source": "source",
    "source_date": "source_date",
    "confidence": "status",
    "region": "region",
    "area": "area",
    "state_actor": "state_actor",
    "confidential": "confidential",
    "opening": "opening",
    "cost": "cost",
    "residence": "residence",
    "safe_contact": "safe_contact",
    "verified_on": "verified",
    "next_check": "next_check",
    "reviewed": "reviewed",
    "note": "note",
    "own_reading": "own_reading",
}
_STATUS: Final = {words: status for status, words in CONFIDENCE.items()}
_BETWEEN: Final = re.compile(rf"(?<!\\){BETWEEN}")  # one that is meant is written with a backslash before it
_COUNTRY: Final = re.compile(r"[A-Z]{3}")
_YES_NO: Final[Mapping[str, bool]] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Import:
    """What a file from elsewhere holds: entries that can be taken, sorted by what they mean here, and every problem by row."""

    new: tuple[Organisation, ...]
    changed: tuple[Organisation, ...]
    same: tuple[Organisation, ...]
    problems: tuple[RowProblem, ...]

    @property
    def entries(self) -> tuple[Organisation, ...]:
        """All that could be taken."""
        return (*self.new, *self.changed, *self.same)


def csv_of(organisations: Iterable[Organisation]) -> bytes:
    """The entries as CSV; no cell of it is read as a formula."""
    return csv_file(Sheet(COLUMNS, (_row(one) for one in organisations)))


def _row(one: Organisation) -> list[str]:
    verified = one.verified
    others = [_contact_text(part, kind=True) for part in one.contact if part.kind not in ("website", "phone")]
    cells = {
        "id": one.id,
        "name": one.name,
        "name_local": one.local_name,
        "type": one.type,
        "country_iso3": one.country,
        "city": one.city,
        "lat": str(one.position.lat) if one.position else "",
        "lon": str(one.position.lon) if one.position else "",
        "services": BETWEEN.join(one.services),
        "target_groups": BETWEEN.join(one.target_groups),
        "languages": BETWEEN.join(one.languages),
        "website": "; ".join(_contact_text(part) for part in one.of_kind("website")),
        "phone_public": "; ".join(_contact_text(part) for part in one.of_kind("phone")),
        "source": one.source,
        "source_date": one.source_date,
        "confidence": CONFIDENCE[one.status],
        "region": one.region,
        "area": one.area,
        "state_actor": "" if one.state_actor is None else str(one.state_actor).lower(),
        "confidential": "true" if one.confidential else "",
        "other_contact": "; ".join(others),
        "opening": one.opening,
        "cost": one.cost,
        "residence": BETWEEN.join(one.residence),
        "safe_contact": one.safe_contact,
        "verified_on": verified.on.isoformat() if verified else "",
        "verified_by": verified.by if verified else "",
        "verified_how": verified.how if verified else "",
        "next_check": one.next_check.isoformat() if one.next_check else "",
        "reviewed": one.reviewed,
        "note": one.note,
        "own_reading": BETWEEN.join(one.own_reading),
    }
    return [cells[name] for name in COLUMNS]


def _contact_text(part: Contact, *, kind: bool = False) -> str:
    said = f"{part.value} [{part.note}]" if part.note else part.value
    return f"{part.kind}: {said}".replace(BETWEEN, f"\\{BETWEEN}") if kind else said.replace(BETWEEN, f"\\{BETWEEN}")


def read_directory_file(path: Path, country: str = "") -> Import:
    """The entries of a CSV file or of an HSDS file (JSON), compared with those that are here.

    Args:
        path: `.csv` as `csv_of` writes it, or a JSON array of HSDS services.
        country: ISO3, for HSDS records that do not name theirs.

    Returns:
        Each entry that passes the checks of `safe check`; the others are told by row, never with their words.

    Raises:
        ForeignFileError: the file as a whole cannot be read.
    """
    vocabulary = load_vocabulary()
    if path.suffix.lower() == ".json":
        read, wrong = from_hsds(_services(path), country)
        found = [_Read(0, one) for one in read]
    else:
        found, told = _of_tables(read_tables(path))
        wrong = tuple(told)
    return _sorted(found, list(wrong), vocabulary)


def import_text(taken: Import, country: str, on: date) -> str:
    """The file of one country as it would be with what was taken: its entries here, with the new and changed ones."""
    here = load_directory(country)
    changed = {one.id: one for one in taken.entries if one.country == country}
    kept = [changed.pop(one.id, one) for one in here.organisations]
    return directory_text(country, (*kept, *changed.values()), on, here.regions)


def _services(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise ForeignFileError(path.name, 0, f"the file is larger than {LARGEST // 1_000_000} MB.", repair="Split it, or check that it is the right file.")
        said = json.loads(path.read_bytes())
    except OSError as problem:
        raise ForeignFileError(path.name, 0, f"the file cannot be read ({problem.strerror}).", repair="Check the name and the rights.") from None
    except (ValueError, RecursionError, MemoryError):
        raise ForeignFileError(path.name, 0, "this is not JSON that can be read.", repair="Export it again as an array of HSDS services.") from None
    services = said.get("contents") or said.get("services") if isinstance(said, dict) else said
    if not isinstance(services, list):
        repair = "Export it as JSON, one object a service, each with its organization."
        raise ForeignFileError(path.name, 0, "this is not an array of HSDS services.", repair=repair)
    return services


@dataclass(frozen=True, slots=True)
class _Read:
    """One entry of a file, and the fields that the file has no column for: they stay as they are here."""

    row: int
    organisation: Organisation
    without: tuple[str, ...] = ()

    def over(self, known: Organisation) -> Organisation:
        """The entry with what its file does not tell taken from here."""
        return replace(self.organisation, **{name: getattr(known, name) for name in self.without})


def _of_tables(tables: Sequence[ForeignTable]) -> tuple[list[_Read], list[RowProblem]]:
    found: list[_Read] = []
    problems: list[RowProblem] = []
    for table in tables:
        missing = [name for name in NEEDED if name not in table.columns]
        if missing:
            problems.append(RowProblem(1, "", f"there is no column {', '.join(missing)}."))
            continue
        told = {_FIELDS[name] for name in table.columns if name in _FIELDS}
        without = tuple(sorted(set(_FIELDS.values()) - told))
        for number, cells in enumerate(table.rows, 2):  # the first line of the file has the names of the columns
            row = {name: _plain(cell) for name, cell in zip(table.columns, cells, strict=True)}
            try:
                found.append(_Read(number, _organisation(row), without))
            except ValueError as problem:
                problems.append(RowProblem(number, row["id"] if row["id"].isascii() else "", str(problem)))
    return found, problems


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheet programs from reading a formula."""
    return cell[1:].strip() if cell.startswith(APOSTROPHE) and cell[1:].lstrip()[:1] in ("+", "=", "-", "@") else cell.strip()


def _organisation(row: Mapping[str, str]) -> Organisation:
    """The entry of one row; ValueError names the cell that cannot be read."""

    def several(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in row.get(name, "").split(BETWEEN) if part.strip())

    status = row.get("confidence", "")
    if status and status not in _STATUS:
        raise ValueError(f"confidence: write {' or '.join(_STATUS)}.")
    state = row.get("state_actor", "").lower()
    if state not in ("", *_YES_NO):
        raise ValueError("state_actor: write true or false, or leave it empty.")
    return Organisation(
        id=row["id"],
        country=row["country_iso3"],
        name=row["name"],
        type=row["type"],
        services=several("services"),
        target_groups=several("target_groups"),
        status=_STATUS.get(status, RECALLED),
        source=row.get("source", "") or "CSV file",
        local_name=_other(row.get("name_local", ""), row["name"]),
        source_date=row.get("source_date", ""),
        state_actor=_YES_NO.get(state),
        confidential=row.get("confidential", "").lower() == "true",
        city=row.get("city", ""),
        region=row.get("region", ""),
        position=_position(row.get("lat", ""), row.get("lon", "")),
        area=row.get("area", ""),
        languages=several("languages"),
        contact=_contacts(row),
        opening=row.get("opening", ""),
        cost=row.get("cost", ""),
        residence=several("residence"),
        safe_contact=row.get("safe_contact", ""),
        verified=_verified(row),
        next_check=_day(row, "next_check"),
        reviewed=row.get("reviewed", ""),
        note=row.get("note", ""),
        own_reading=several("own_reading"),
    )


def _other(local: str, name: str) -> str:
    return "" if local == name else local


def _contacts(row: Mapping[str, str]) -> tuple[Contact, ...]:
    def parts(name: str) -> Iterator[str]:
        return (_plain(part.strip()).replace(f"\\{BETWEEN}", BETWEEN) for part in _BETWEEN.split(row.get(name, "")) if part.strip())

    others = [part.partition(": ") for part in parts("other_contact")]
    return (
        *(_contact("phone", part) for part in parts("phone_public")),
        *(_contact(kind, value) for kind, _, value in others),
        *(_contact("website", part) for part in parts("website")),
    )


def _contact(kind: str, text: str) -> Contact:
    value, _, note = text.partition(" [")
    return Contact(kind, value.strip(), note.removesuffix("]"))


def _position(lat: str, lon: str) -> Position | None:
    if not lat and not lon:
        return None
    try:
        return Position(float(lat), float(lon))
    except ValueError:
        raise ValueError("lat and lon: write degrees with a point, such as 52.156.") from None


def _verified(row: Mapping[str, str]) -> Verification | None:
    day = _day(row, "verified_on")
    return Verification(day, row.get("verified_by", ""), row.get("verified_how", "")) if day else None


def _day(row: Mapping[str, str], name: str) -> date | None:
    text = row.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{name}: write YYYY-MM-DD.") from None


def _sorted(found: Sequence[_Read], problems: list[RowProblem], vocabulary: Vocabulary) -> Import:
    """Entries by what they mean here; one with a problem, or that stands twice in the file, is left out and told."""
    new: list[Organisation] = []
    changed: list[Organisation] = []
    same: list[Organisation] = []
    seen: set[str] = set()
    for read in found:
        row, one = read.row, read.organisation
        here = load_directory(one.country) if _COUNTRY.fullmatch(one.country) else None
        known = next((other for other in here.organisations if other.id == one.id), None) if here else None
        one = read.over(known) if known else one
        wrong = list(problems_of(one, here.regions if here else {}, vocabulary))
        wrong += [] if here else ["country_iso3: write the three letters of ISO 3166-1."]
        wrong += ["it stands twice in the file."] if one.id in seen else []
        seen.add(one.id)
        if wrong:
            problems += [RowProblem(row, one.id if one.id.isascii() else "", said) for said in wrong]
            continue
        (new if known is None else same if known == _as_here(one, known) else changed).append(one)
    return Import(tuple(new), tuple(changed), tuple(same), tuple(map(_quiet, problems)))


def _quiet(one: RowProblem) -> RowProblem:
    """Without an id that itself looks like an address: no message repeats one."""
    return replace(one, id="") if names_an_address(one.id.replace("-", " ")) else one


def _as_here(one: Organisation, known: Organisation) -> Organisation:
    """The same entry with its contacts in the order in which they stand here, where they are the same."""
    return replace(one, contact=known.contact) if sorted(map(str, one.contact)) == sorted(map(str, known.contact)) else one

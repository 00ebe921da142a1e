"""Reads and checks the sharing protocols (`templates/sharing`): what was agreed with each partner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from safe_lib.catalogue import paths
from safe_lib.catalogue.instruments import instrument_files
from safe_lib.catalogue.prose import workbook_names
from safe_lib.catalogue.reading import Located, read_yaml
from safe_lib.catalogue.shapes import Day, Id, Sentence, Shape, SourceShape
from safe_lib.model.disclosure import BASES
from safe_lib.model.errors import CatalogueError, WrongUse
from safe_lib.model.sharing import Protocol

FOLDER: Final = "sharing"
AGE_KEY: Final = r"^(|age1[02-9ac-hj-np-z]{58})$"  # X25519, in Bech32


class SignedShape(Shape):
    """Who agreed it, and when."""

    date: Day
    by: Sentence


class ProtocolShape(Shape):
    """One protocol; every line is agreed with the partner."""

    id: Id
    partner: Sentence
    about: Sentence
    profile: Id
    sends: dict[Id, Annotated[list[Id], Field(min_length=1)]] = Field(min_length=1)
    purposes: list[Sentence] = Field(min_length=1)
    bases: list[Id] = Field(min_length=1)
    days_between: int = Field(ge=0, le=366)
    keep_days: int = Field(ge=1, le=3660)
    begins: Day = Field(alias="from")
    until: Day
    signed: SignedShape
    key: str = Field(default="", pattern=AGE_KEY)
    sources: dict[Id, SourceShape] = Field(min_length=1)


def protocol_files(root: Path | None = None) -> dict[str, Path]:
    """Id → file of every protocol."""
    return {file.stem: file for file in sorted(((root or paths.TEMPLATES) / FOLDER).glob("*.yaml"))}


def load_protocol(id: str, root: Path | None = None) -> Protocol:
    """One protocol; read again when its file changes.

    Raises:
        WrongUse: there is none with this id.
        CatalogueError: it cannot be used as it is written.
    """
    files = protocol_files(root)
    if id not in files:
        raise WrongUse(f"sharing: there is no protocol with this name.\n  There are: {', '.join(files) or 'none'}. They stand in templates/{FOLDER}.")
    return _read(files[id], files[id].stat().st_mtime_ns)


def protocol_with(partner: str) -> Protocol | None:
    """The protocol with a partner of this name; None where nothing was agreed with anybody so called."""
    from safe_lib.engine.consents import same

    found = (load_protocol(id) for id in protocol_files())
    return next((one for one in found if same(one.partner, partner)), None)


@lru_cache(maxsize=64)
def _read(file: Path, _stamp: int) -> Protocol:
    located = read_yaml(file)
    said = _shaped(located)
    return Protocol(said.id, said.partner, said.profile, {workbook: frozenset(views) for workbook, views in said.sends.items()}, tuple(said.purposes),
                    tuple(said.bases), said.days_between, said.keep_days, date.fromisoformat(said.begins), date.fromisoformat(said.until), said.key,
                    located.hash)


def _shaped(located: Located) -> ProtocolShape:
    try:
        return ProtocolShape.model_validate(located.value)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        where = tuple(first["loc"])
        place = ".".join(str(part) for part in where)
        raise CatalogueError(located.file, located.line(*where), f'"{place}": {first["msg"].lower()}.',
                             repair="Compare it with templates/sharing/exampleland_shelter.yaml.") from None


def check_protocols(root: Path | None = None) -> list[CatalogueError]:
    """Every problem of every protocol, with file, line and repair."""
    found: list[CatalogueError] = []
    for file in protocol_files(root).values():
        try:
            located = read_yaml(file)
            found += list(_problems(located, _shaped(located), file.stem))
        except CatalogueError as problem:
            found.append(problem)
    return found


def _problems(located: Located, said: ProtocolShape, stem: str) -> Iterator[CatalogueError]:
    def told(problem: str, repair: str, *where: Any) -> CatalogueError:
        return CatalogueError(located.file, located.line(*where), problem, repair=repair)

    profiles = read_yaml(paths.TEMPLATES / "report" / "profiles.yaml").value
    if said.id != stem:
        yield told(f'the protocol is called "{said.id}", its file "{stem}".', "Give both the same name.", "id")
    if said.profile not in profiles:
        yield told(f'there is no profile "{said.profile}".', f"There are: {', '.join(profiles)}.", "profile")
    for workbook, views in said.sends.items():
        if workbook not in (*workbook_names(), *instrument_files()):
            yield told(f'there is no workbook "{workbook}".', f"There are: {', '.join(workbook_names())}.", "sends", workbook)
        beyond = [view for view in views if view not in profiles.get(said.profile, {}).get("views", ())]
        if beyond:
            yield told(f'the profile "{said.profile}" never holds {", ".join(beyond)}.', "Take it out, or take another profile.", "sends", workbook)
    for place, basis in enumerate(said.bases):
        if basis not in BASES:
            yield told(f'there is no basis "{basis}".', f"There are: {', '.join(BASES)}.", "bases", place)
    for name in ("begins", "until"):
        try:
            date.fromisoformat(getattr(said, name))
        except ValueError:
            yield told("this is not a day.", "Write YYYY-MM-DD.", "from" if name == "begins" else name)
            return
    if said.until < said.begins:
        yield told("it ends before it begins.", "Write the last day after the first.", "until")

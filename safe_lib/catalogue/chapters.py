"""Reads which answers, hard stops and topics each chapter of the personal safety report tells (`templates/report`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import load_themes
from safe_lib.catalogue.instruments import instrument_files, load_instrument
from safe_lib.catalogue.reading import Located, read_yaml
from safe_lib.model.chapter import Chapter, Chapters
from safe_lib.model.errors import CatalogueError, ReportError
from safe_lib.model.instrument import Instrument

SAFETY_REPORT: Final = "safety_report"
COORDINATION: Final = "coordination"  # the workbook of a team
DIGEST: Final = "digest"  # the only kind of reader of it
_NEEDED: Final = ("id", "version", "weighs", "asks", "readers", "chapters", "left_out")


def chapters_file(root: Path | None = None) -> Path:
    """Where the chapters are written down."""
    return (root or paths.TEMPLATES) / "report" / f"{SAFETY_REPORT}.yaml"


def load_chapters() -> Chapters:
    """The personal safety report as it is written down; read again when the file changes.

    Raises:
        CatalogueError: the file cannot be read. What else may be wrong with it, `safe check` tells.
    """
    file = chapters_file()
    return _read(file, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=4)
def _read(file: Path, _stamp: int) -> Chapters:
    said = read_yaml(file).value
    instrument = load_instrument(said["weighs"])
    named = {id for chapter in said["chapters"] for id in chapter.get("items", ())}
    chapters = tuple(_chapter(chapter, instrument, named) for chapter in said["chapters"])
    return Chapters(said["id"], said["version"], said["weighs"], said["asks"], tuple(said["readers"]), chapters, said["left_out"])


def _chapter(said: Mapping[str, Any], instrument: Instrument, named: set[str]) -> Chapter:
    """The items of its domains that no chapter names for itself, and those it names; in the order of the instrument."""
    domains, own = set(said.get("domains", ())), set(said.get("items", ()))
    items = tuple(item.id for item in instrument.items if item.id in own or (item.group in domains and item.id not in named))
    return Chapter(said["id"], tuple(said["futures"]), tuple(said.get("asks", ())), items, tuple(said.get("hard_stops", ())), tuple(said.get("themes", ())))


def readers_of(workbook: str) -> tuple[str, ...] | None:
    """The profiles that a workbook's report is made for; None where every profile may have its own version."""
    if workbook == COORDINATION:  # about no single case
        return (DIGEST,)
    return load_chapters().readers if workbook == SAFETY_REPORT else None


def require_reader(workbook: str, profile: str) -> None:
    """Refuse a report that is not meant for this kind of reader.

    Raises:
        ReportError: with the kinds of reader it is made for.
    """
    readers = readers_of(workbook)
    if readers is not None and profile not in readers:
        raise ReportError(f"{workbook}: this report is not made for {profile}.\n  It is made for: {', '.join(readers)}.")


# Checks


def check_chapters(root: Path | None = None) -> list[CatalogueError]:
    """Every problem of the file: unknown names, and items or hard stops that stand in no chapter or in two."""
    file = chapters_file(root)
    if not file.is_file():
        return [CatalogueError(f"report/{file.name}", 0, "the file is missing.", repair="Put it back, or install the package again.")]
    try:
        located = read_yaml(file)
        missing = [key for key in _NEEDED if not isinstance(located.value, dict) or key not in located.value]
        if missing:
            return [CatalogueError(f"report/{file.name}", 0, f"there is no {', '.join(missing)}.", repair="Add it.")]
        return [CatalogueError(f"report/{file.name}", line, problem, repair=repair) for line, problem, repair in _problems(located)]
    except CatalogueError as problem:
        return [problem]


Found = Iterator[tuple[int, str, str]]  # line, problem, repair


def _problems(located: Located) -> Found:
    said = located.value
    for key in ("weighs", "asks"):
        if said[key] not in instrument_files():
            yield located.line(key), f'there is no instrument "{said[key]}".', "Correct the id."
            return
    weighs, asks = load_instrument(said["weighs"]), load_instrument(said["asks"])
    known = {"futures": {kind.id for kind in weighs.scenarios}, "asks": {group.id for group in asks.groups}, "themes": set(load_themes()),
             "domains": {group.id for group in weighs.groups if group.severity}, "items": {item.id for item in weighs.items if item.kind != "hard_stop"},
             "hard_stops": {item.id for item in weighs.items if item.kind == "hard_stop"}}
    for number, chapter in enumerate(said["chapters"]):
        for key, names in known.items():
            for name in chapter.get(key, ()):
                if name not in names:
                    yield located.line("chapters", number, key), f'"{name}" is not one of the {key} there are.', "Correct the name."
    yield from _placed(located, weighs)


def _placed(located: Located, weighs: Instrument) -> Found:
    """Each item and hard stop stands in one chapter, or is left out on purpose."""
    said = located.value
    named = {id for chapter in said["chapters"] for id in chapter.get("items", ())}
    told = [_chapter({"futures": (), **chapter}, weighs, named) for chapter in said["chapters"]]
    count = Counter(id for chapter in told for id in (*chapter.items, *chapter.hard_stops))
    for item in weighs.items:
        left_out = item.id in said["left_out"] or item.group in said["left_out"]
        if count[item.id] + left_out == 0:
            yield located.line("chapters"), f'"{item.id}" stands in no chapter.', "Name it in one, or under left_out with the reason."
        if count[item.id] + left_out > 1:
            yield located.line("chapters"), f'"{item.id}" stands in more than one chapter, or is left out as well.', "Keep one of them."

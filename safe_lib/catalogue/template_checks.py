"""What every template must keep: readable text, no address outside this machine, and profiles that name known keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from safe_lib.catalogue import paths
from safe_lib.catalogue.card_words import FILE as CARD_FILE
from safe_lib.catalogue.card_words import check_card_words
from safe_lib.catalogue.chapters import chapters_file, check_chapters
from safe_lib.catalogue.letter_checks import check_letters
from safe_lib.catalogue.letters import letter_files
from safe_lib.catalogue.protocols import check_protocols
from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.errors import CatalogueError

_OUTSIDE: Final = re.compile(r"""(?:src|href|url|@import|import)\s*[=(:]?\s*["'(]*\s*(?:https?:)?//[^\s"')]+""", re.IGNORECASE)
_PACKAGE: Final = re.compile(r'#import\s+"@')  # typst would fetch it
_TEXTS: Final = (".css", ".html", ".j2", ".js", ".json", ".svg", ".typ", ".yaml")
_PROFILE_KEYS: Final = ("views", "notes", "account_notes", "everything", "plan_details", "suggestions", "flags", "plain")


def check_templates(root: Path | None = None) -> list[CatalogueError]:
    """Every problem of every template, with file, line and repair."""
    base = root or paths.TEMPLATES
    files = sorted(path for path in base.rglob("*") if path.is_file() and path.suffix in _TEXTS)
    if not files:
        return [CatalogueError("templates", 0, "there are no templates.", repair="Restore the folder.")]
    found = [problem for path in files for problem in _problems(path, path.relative_to(base.parent).as_posix())]
    found += check_protocols(root)
    if root is None or letter_files(root):
        found += check_letters(root)
    found += check_card_words(root) if root is None or (base / "report" / CARD_FILE).is_file() else []
    return [*found, *check_chapters(root)] if root is None or chapters_file(root).is_file() else found


def _problems(path: Path, name: str) -> Iterator[CatalogueError]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield CatalogueError(name, 0, "the file cannot be read as UTF-8.", repair="Save it again as UTF-8.")
        return
    for number, line in enumerate(text.splitlines(), 1):
        if _OUTSIDE.search(line) or _PACKAGE.search(line):
            yield CatalogueError(name, number, "something is loaded from outside this machine.", repair="Put the file beside the template.")
    if path.suffix == ".svg":
        yield from _drawing(text, name)
    if path.suffix == ".yaml":
        yield from _profiles(path, name)


def _drawing(text: str, name: str) -> Iterator[CatalogueError]:
    try:
        ElementTree.fromstring(text)  # noqa: S314  our own files, read at checking time only
    except ElementTree.ParseError as problem:
        yield CatalogueError(name, problem.position[0], "the drawing is not well-formed.", repair="Close every element.")


def _profiles(path: Path, name: str) -> Iterator[CatalogueError]:
    try:
        located = read_yaml(path)
    except CatalogueError as problem:
        yield problem
        return
    for id, said in (located.value or {}).items() if path.stem == "profiles" else ():
        if not isinstance(said, dict) or not isinstance(said.get("views"), list):
            yield CatalogueError(name, located.line(id), f'the profile "{id}" does not say which views it may hold.', repair='Add "views: [outcome, …]".')
            continue
        for key in said:
            if key not in _PROFILE_KEYS:
                yield CatalogueError(name, located.line(id, key), f'"{key}" is not a word of a profile.', repair=f"There are: {', '.join(_PROFILE_KEYS)}.")

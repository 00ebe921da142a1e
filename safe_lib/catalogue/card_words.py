"""The words of a client's card and leaflet in every language (`templates/report/card.yaml`), and what a name on them must not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.reading import Located, read_yaml
from safe_lib.engine.directory import folded
from safe_lib.model.errors import CatalogueError

FILE: Final = "card.yaml"
_KEYS: Final = ("name", "direction", "status", "title", "sentences", "checked", "speaks", "labels")
_PLACES: Final = {"checked": "{month}", "speaks": "{languages}"}


@dataclass(frozen=True, slots=True)
class CardWords:
    """The words of every language, how many entries fit, and the beginnings of words that give somebody away."""

    most: int
    giveaways: tuple[str, ...]
    languages: Mapping[str, Mapping[str, Any]]

    def gives_away(self, text: str) -> bool:
        """Whether a name tells what the number is for; capitals and accents make no difference."""
        plain = folded(text)
        return any(re.search(rf"\b{re.escape(folded(word))}", plain) for word in self.giveaways)


def load_card_words() -> CardWords:
    """The words as they are written down; read again when the file changes.

    Raises:
        CatalogueError: the file cannot be read. What else may be wrong with it, `safe check` tells.
    """
    file = paths.TEMPLATES / "report" / FILE
    return _read(file, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=2)
def _read(file: Path, _stamp: int) -> CardWords:
    said = read_yaml(file).value
    return CardWords(int(said["most"]), tuple(said["giveaways"]), said["languages"])


def check_card_words(root: Path | None = None) -> list[CatalogueError]:
    """Every problem of the file: a word that a language lacks, or that gives somebody away."""
    file = (root or paths.TEMPLATES) / "report" / FILE
    try:
        located = read_yaml(file)
        return [CatalogueError(f"report/{FILE}", line, problem, repair=repair) for line, problem, repair in _problems(located)]
    except CatalogueError as problem:
        return [problem]


def _problems(located: Located) -> Iterator[tuple[int, str, str]]:
    said = located.value if isinstance(located.value, dict) else {}
    for key in ("most", "giveaways", "labels", "languages"):
        if not said.get(key):
            yield 1, f"there is no {key}.", "Add it."
            return
    words = CardWords(int(said["most"]), tuple(map(str, said["giveaways"])), said["languages"])
    for code, one in words.languages.items():
        for key in _KEYS:
            if not one.get(key):
                yield located.line("languages", code), f'the language "{code}" has no {key}.', "Add it."
        for label in said["labels"]:
            if label not in (one.get("labels") or {}):
                yield located.line("languages", code, "labels"), f'the language "{code}" has no label for {label}.', "Add it."
        for key, place in _PLACES.items():
            if place not in str(one.get(key, "")):
                yield located.line("languages", code, key), f'"{key}" of "{code}" has no place for {place}.', f"Write {place} where it stands."
        for text in (one.get("title"), *(one.get("sentences") or ()), *(one.get("labels") or {}).values()):
            if words.gives_away(str(text)):
                yield located.line("languages", code), f'a word of "{code}" gives away why somebody has the card.', "Choose a neutral one."

"""The languages, and the interface texts of each: a folder is a language, and its files are read without anything else of the catalogue."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.errors import LocaleError
from safe_lib.model.texts import Texts

SOURCE: Final = "en"  # the language that every text has; others fall back to it, visibly marked


@lru_cache(maxsize=4)
def languages(root: Path | None = None) -> dict[str, dict[str, str]]:
    """Language code → its name in its own words, direction and status; the source language first."""
    base = root or paths.LOCALES
    found = {folder.name: read_yaml(folder / "language.yaml", error=LocaleError).value
             for folder in sorted(base.iterdir()) if (folder / "language.yaml").is_file()}
    return dict(sorted(found.items(), key=lambda entry: entry[0] != SOURCE))


@lru_cache(maxsize=64)
def interface_texts(language: str = SOURCE, root: Path | None = None) -> Texts:
    """The interface texts of one language, with the source language behind them; without the titles of topics, which `load_texts` adds.

    Raises:
        LocaleError: there is no such language.
    """
    known = languages(root)
    if language not in known:
        raise LocaleError("locales", 0, f'there is no language "{language}".', repair=f"There are: {', '.join(known)}.")
    about = known[language]
    fallback = {} if language == SOURCE else _entries(SOURCE, root)
    return Texts(language, about.get("direction", "ltr"), _entries(language, root), fallback, about.get("name", language), about.get("status", "draft"))


@lru_cache(maxsize=64)
def _entries(language: str, root: Path | None) -> dict[str, str]:
    base = (root or paths.LOCALES) / language
    entries: dict[str, str] = {}
    for path in sorted((base / "interface").glob("*.yaml")):
        located = read_yaml(path, error=LocaleError)
        for key, text in (located.value or {}).items():
            if key in entries:
                raise LocaleError(path.name, located.line(key), f'the text "{key}" stands in another file too.', repair="Keep one of them.")
            entries[key] = str(text)
    return entries

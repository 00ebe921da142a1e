"""What every language must keep: the same keys and facts as the source language, and only ids that exist.

A language may be half done: what nobody has translated falls back, visibly marked. A language in `WHOLE` has every text
of the interface, and what it has begun to translate it translates whole; a new instrument or workbook needs no
translation to be used (`untranslated` lists those).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.instruments import BANKS, instrument_files, shaped
from safe_lib.catalogue.prose import read_notebook, workbook_names
from safe_lib.catalogue.reading import Key, Located, read_yaml
from safe_lib.catalogue.shapes import BankShape, InstrumentShape, TranslationShape, WordsShape
from safe_lib.catalogue.texts import OF_OUTCOME
from safe_lib.catalogue.wording import SOURCE
from safe_lib.model.errors import CatalogueError, LocaleError, Problems

WHOLE: Final = ("nl",)  # languages that promise to be whole

_FACT: Final = re.compile(r"\{[a-z_0-9]+\}")
_ABOUT: Final = {"name": None, "direction": ("ltr", "rtl"), "status": ("draft", "reviewed")}
_WORDS: Final = tuple(WordsShape.model_fields)
_OF_GROUP, _OF_RULE = ("title", "heading", "about", "measures"), ("because", "then")
_OF_SCENARIO, _OF_MOMENT = ("title", "about"), ("title", "content")
_OF_WHOLE: Final = ("title", "about", "statement", "limits")


def check_locales(root: Path | None = None) -> list[CatalogueError]:
    """Every problem of every language, with file, line and repair."""
    base = root or paths.LOCALES
    found: list[CatalogueError] = []
    for folder in sorted(path for path in base.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))):
        look = _Language(folder, base / SOURCE)
        look.read()
        found += look.problems
    return found


def untranslated(language: str, root: Path | None = None) -> tuple[str, ...]:
    """Instruments, banks and workbooks without any words in a language, as the files that would hold them."""
    base = (root or paths.LOCALES) / language
    wanted = [f"instruments/{name}.yaml" for name in sorted(_written())] + [f"workbooks/{path.stem}.yaml" for path in sorted(paths.WORKBOOKS.glob("*.ipynb"))]
    return tuple(name for name in wanted if not (base / name).is_file())


@dataclass(frozen=True, slots=True)
class _Entry:
    """One text of the interface: what it says and where it stands."""

    text: str
    file: str
    line: int


class _Language:
    """Looks through one language and notes what is wrong."""

    def __init__(self, folder: Path, source: Path) -> None:
        self.folder, self.source = folder, source
        self.language = folder.name
        self.problems: list[CatalogueError] = []

    def read(self) -> None:
        """Look at everything."""
        self._about()
        self._interface()
        if self.language == SOURCE:
            return
        translations = {path.stem: path for path in sorted((self.folder / "instruments").glob("*.yaml"))}
        written = _written()
        for name, path in translations.items():
            self._translation(name, path, written)
        self._themes()  # an instrument that nobody has translated yet is shown in its own words, and marked
        self._workbooks()

    def _note(self, file: str, line: int, problem: str, repair: str) -> None:
        self.problems.append(LocaleError(f"locales/{self.language}/{file}", line, problem, repair=repair))

    def _located(self, path: Path) -> Located | None:
        """A file that can be read and is a map; what is wrong with another is noted."""
        name = path.relative_to(self.folder).as_posix()
        try:
            located = read_yaml(path, error=LocaleError)
        except CatalogueError as problem:
            self._note(name, problem.line, problem.problem, problem.repair)
            return None
        if not isinstance(located.value, dict):
            self._note(name, 1, "the file is empty or not a map of keys.", "Write `key: text` lines.")
            return None
        return located

    def _about(self) -> None:
        located = self._located(self.folder / "language.yaml")
        for key, words in _ABOUT.items() if located else ():
            value = located.value.get(key) if located else None
            if not value or (words and value not in words):
                self._note("language.yaml", 0, f'"{key}" is missing or not understood.', f"Write {key}: {' or '.join(words) if words else '…'}.")

    # Interface texts

    def _interface(self) -> None:
        own = self._entries(self.folder)
        source = own if self.language == SOURCE else _Language(self.source, self.source)._entries(self.source)
        for key, entry in own.items():
            if key not in source:
                self._note(entry.file, entry.line, f'there is no text "{key}" in the source language.', "Correct the key, or remove it.")
            elif _facts(entry.text) != _facts(source[key].text):
                wanted = ", ".join(sorted(_facts(source[key].text))) or "none"
                self._note(entry.file, entry.line, f'the text "{key}" does not fill in the same facts as the source.', f"Facts of the source: {wanted}.")
        if self.language in WHOLE:
            for key, entry in source.items():
                if key not in own:
                    self._note(entry.file, 0, f'the text "{key}" is not translated.', f'Add "{key}: …".')

    def _entries(self, folder: Path) -> dict[str, _Entry]:
        found: dict[str, _Entry] = {}
        for path in sorted((folder / "interface").glob("*.yaml")):
            located = self._located(path)
            for key, text in located.value.items() if located else ():
                line = located.line(key) if located else 0
                name = f"interface/{path.name}"
                if key in found:
                    self._note(name, line, f'the text "{key}" stands in {found[key].file} too.', "Keep one of them.")
                elif not isinstance(text, str):
                    self._note(name, line, f'"{key}" is not a text.', "Write it in quotes.")
                found[key] = _Entry(str(text), name, line)
        return found

    # Words of instruments and banks

    def _translation(self, name: str, path: Path, written: Mapping[str, Any]) -> None:
        located = self._located(path)
        if located is None:
            return
        try:
            words: TranslationShape = shaped(TranslationShape, located, LocaleError)
        except Problems as several:
            for problem in several.problems:
                self._note(f"instruments/{path.name}", problem.line, problem.problem, problem.repair)
            return
        if name not in written or words.translates.id != name:
            self._note(f"instruments/{path.name}", located.line("translates"), "the file is not named after an instrument or bank that it translates.",
                       "Make the name of the file and `translates: {id: …}` the same.")
            return
        look = _Translation(located, words, written[name], self.language in WHOLE)
        for where, said, repair in look.problems():
            self._note(f"instruments/{path.name}", located.line(*where), said, repair)

    # The vocabulary of themes, and the prose of workbooks

    def _themes(self) -> None:
        path = self.folder / "themes.yaml"
        if not path.is_file():
            if self.language in WHOLE:
                self._note("themes.yaml", 0, "the themes are not translated.", "Write the file.")
            return
        located = self._located(path)
        source = {theme["id"]: theme for theme in read_yaml(paths.COUNTRY_INFO / "themes.yaml").value["themes"]}
        own = located.value.get("themes") or {} if located else {}
        for id in own.keys() - source.keys():
            self._note("themes.yaml", located.line("themes", id) if located else 0, f'"{id}" is not a theme.', "Correct the id, or remove it.")
        for id, theme in source.items() if located and self.language in WHOLE else ():
            said = own.get(id) or {}
            if not said.get("title") or len(said.get("questions") or ()) != len(theme["questions"]):
                line = located.line("themes", id) if located else 0
                self._note("themes.yaml", line, f'the theme "{id}" is not whole.', f"Write its title and {len(theme['questions'])} questions.")

    def _workbooks(self) -> None:
        prose: dict[str, tuple[str, ...]] = {}
        for name in workbook_names():
            try:
                prose[name] = _prose_cells(name)
            except CatalogueError as problem:
                self._note(problem.file, 0, problem.problem, problem.repair)
        own = {path.stem: path for path in sorted((self.folder / "workbooks").glob("*.yaml"))}
        for name, path in own.items():
            located = self._located(path)
            if located is None:
                continue
            if name not in prose:
                self._note(f"workbooks/{path.name}", 0, "there is no workbook of this name.", "Name the file after a workbook.")
                continue
            for id in located.value:
                if id not in prose[name]:
                    self._note(f"workbooks/{path.name}", located.line(id), f'"{id}" is not a cell of prose in this workbook.', "Take the id from the notebook.")
            missing = [id for id in prose[name] if id not in located.value] if self.language in WHOLE else []
            if missing:
                self._note(f"workbooks/{path.name}", 0, f"these cells are not translated: {', '.join(missing)}.", "Add each under its id.")


def _prose_cells(name: str) -> tuple[str, ...]:
    return tuple(cell.get("id", "") for cell in read_notebook(name)["cells"] if cell["cell_type"] == "markdown")


def _facts(text: str) -> frozenset[str]:
    return frozenset(_FACT.findall(text))


def _written() -> dict[str, Any]:
    """Id → shape of every instrument and bank that can be read; the others are told by their own check."""
    files = {path.stem: path for path in sorted((paths.INSTRUMENTS / BANKS).glob("*.yaml"))}
    found = {}
    for name, path in {**files, **instrument_files()}.items():
        try:
            found[name] = shaped(BankShape if path.parent.name == BANKS else InstrumentShape, read_yaml(path))
        except CatalogueError:
            continue
    return found


Found = Iterator[tuple[tuple[Key, ...], str, str]]  # where in the file, problem, repair


class _Translation:
    """One translation beside what it translates."""

    def __init__(self, located: Located, words: TranslationShape, source: Any, whole: bool) -> None:
        self.located, self.words, self.source, self.whole = located, words, source, whole

    def problems(self) -> Found:
        """Another version, unknown ids, and, where it promises to be whole, what is missing."""
        if self.words.translates.version != self.source.version:
            yield (("translates",), f"it translates version {self.words.translates.version}, but the source is {self.source.version}.",
                   f"Compare the two, then write version: {self.source.version}.")
        if self.whole:
            takes_over = len(self.words.limits) > len(self.source.limits) and bool(getattr(self.source, "uses", None))  # says those of its bank as well
            yield from self._missing((), self.words, self._told(self.source, _OF_WHOLE[:-1] if takes_over else _OF_WHOLE), "the head")
        yield from self._each("groups", self.source.groups, self.words.groups, _OF_GROUP)
        yield from self._each("rules", self.source.rules, self.words.rules, _OF_RULE)
        yield from self._each("scenarios", getattr(self.source, "scenarios", ()), self.words.scenarios, _OF_SCENARIO)
        yield from self._each("follow_up", getattr(self.source, "follow_up", ()), self.words.follow_up, _OF_MOMENT, name="day")
        yield from self._items()
        yield from self._outcomes()
        yield from self._scales()

    def _each(self, key: str, entries: Iterable[Any], words: Mapping[str, Any], fields: tuple[str, ...], name: str = "id") -> Found:
        known = {str(getattr(entry, name)): entry for entry in entries}
        yield from self._unknown(key, words, known)
        for id, entry in known.items() if self.whole else ():
            yield from self._missing((key, id), words.get(id), self._told(entry, fields), f'"{id}"')

    def _unknown(self, key: str, words: Mapping[str, Any], known: Iterable[str]) -> Found:
        for id in words:
            if id not in known:
                yield (key, id), f'"{id}" is not one of the {key.replace("_", " ")} of the source.', "Correct the id, or remove it."

    def _told(self, entry: Any, fields: Iterable[str]) -> dict[str, Any]:
        """The texts an entry has; only those need words."""
        return {field: value for field in fields if (value := getattr(entry, field, ""))}

    def _missing(self, where: tuple[Key, ...], words: Any, told: Mapping[str, Any], of: str) -> Found:
        missing = [field for field, value in told.items() if not _says_as_much(getattr(words, field, None), value)]
        if missing:
            yield where, f"{of} has no whole translation of {', '.join(missing)}.", "Add it; lists need as many sentences as the source."

    def _items(self) -> Found:
        known = {item.id: item for item in self.source.items}
        yield from self._unknown("items", self.words.items, known)
        for id, item in known.items():
            words = self.words.items.get(id)
            for variant in words.variants if words else ():
                if variant not in item.variants:
                    yield ("items", id, "variants", variant), f'"{id}" has no variant "{variant}".', "Correct the name, or remove it."
            if self.whole:
                yield from self._missing(("items", id), words, self._told(item, _WORDS), f'"{id}"')
                for variant, said in item.variants.items():
                    own = words.variants.get(variant) if words else None
                    yield from self._missing(("items", id), own, self._told(said, _WORDS), f'variant "{variant}" of "{id}"')

    def _outcomes(self) -> Found:
        yield from self._unknown("outcomes", self.words.outcomes, {row.id for row in self.source.outcomes})
        for row in self.source.outcomes if self.whole else ():
            words = self.words.outcomes.get(row.id)
            own = words.readings.get(row.reading) if words else None
            for field, value in self._told(row, OF_OUTCOME).items():
                if not _says_as_much(getattr(own, field, None) or getattr(words, field, None), value):
                    yield ("outcomes", row.id), f'"{row.id}" has no whole translation of {field}.', "Add it; lists need as many sentences as the source."

    def _scales(self) -> Found:
        scales = self.source.scales
        yield from self._unknown("scales", self.words.scales, scales)
        for id, labels in self.words.scales.items():
            for code in labels:
                if id in scales and code not in scales[id].codes:
                    yield ("scales", id, code), f'"{code}" is not an answer of the scale "{id}".', f"There are: {', '.join(scales[id].codes)}."
        for id, scale in scales.items() if self.whole else ():
            missing = [code for code in scale.labels if code not in self.words.scales.get(id, {})]
            if missing:
                yield ("scales", id), f'the scale "{id}" has no words for {", ".join(missing)}.', "Add them."


def _says_as_much(words: Any, source: Any) -> bool:
    """There is a translation; of a list, with as many sentences."""
    return len(words or ()) == len(source) if isinstance(source, list) else bool(words)

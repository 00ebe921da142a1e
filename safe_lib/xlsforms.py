"""XLSForms: a survey as a workbook for telephones in the field, and a workbook as a survey. pyxform says whether one is sound.

A workbook of others is read as data by a process of its own, like every foreign table, and only its texts reach pyxform.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from safe_lib.catalogue import languages
from safe_lib.catalogue.reading import Located, content_hash
from safe_lib.catalogue.survey_shapes import SurveyShape, SurveyWords
from safe_lib.catalogue.surveys import WrittenSurvey, in_words, load_survey, survey_languages
from safe_lib.engine import xlsform
from safe_lib.engine.survey_rows import RowTrouble
from safe_lib.engine.xlsform_back import sentence_of
from safe_lib.model.errors import WrongUse
from safe_lib.model.survey import Survey
from safe_lib.tables.reading import parse_tables
from safe_lib.tables.writing import Sheet, xlsx_file

SHEETS: Final = ("survey", "choices", "settings")
_TONGUE: Final = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*\Z")
_MOST: Final = re.compile(r"count-selected\(\.\)\s*<=\s*(\d{1,2})")
_KINDS: Final = {"select one": "single", "select all that apply": "multiple", "integer": "number", "text": "open", "string": "open"}
_OF_A_DEVICE: Final = frozenset({"start", "end", "today", "deviceid", "phonenumber", "username", "email", "audit", "simserial", "subscriberid",
                                 "start-geopoint", "background-audio"})
OWN: Final = "en"


def survey_form(id: str) -> bytes:
    """A survey in all its languages as a workbook."""
    surveys = {code: load_survey(id, code) for code in survey_languages(id)}
    return as_workbook(xlsform.survey_sheets(surveys, {code: str(languages()[code]["name"]) for code in surveys}))


def as_workbook(sheets: Mapping[str, xlsform.Rows]) -> bytes:
    """Sheets of rows as XLSX."""
    columns = {name: xlsform.columns_of(rows) for name, rows in sheets.items()}
    return xlsx_file({name: Sheet(columns[name], [[row.get(column, "") for column in columns[name]] for row in rows]) for name, rows in sheets.items()})


@dataclass(slots=True)
class FormRead:
    """A workbook as a survey: the files it would be written as, and what could not be taken from it."""

    survey: dict[str, Any]  # as its file says it
    words: dict[str, dict[str, Any]]  # language → as its file says it
    trouble: list[RowTrouble] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # of pyxform

    def in_language(self, code: str = OWN) -> Survey:
        """The survey as a record.

        Raises:
            ValidationError, CatalogueError: it cannot be used as it is written.
        """
        located = Located(f"{self.survey['id']}.yaml", self.survey, {(): 1}, content_hash(json.dumps(self.survey, sort_keys=True).encode()))
        words = SurveyWords.model_validate(self.words[code]) if code in self.words else None
        return in_words(WrittenSurvey(SurveyShape.model_validate(self.survey), located), code, words)


def read_form(content: bytes, name: str) -> FormRead:
    """A workbook as a survey.

    Raises:
        ForeignFileError: it is no workbook.
        WrongUse: pyxform finds it unsound; in its words.
    """
    sheets = {table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows] for table in parse_tables(content, name)}
    found, warnings = _sound({key: [{k: v for k, v in row.items() if v} for row in sheets.get(key, ())] for key in SHEETS})
    own = _own(sheets.get(xlsform.OWN_SHEET, ()))
    return _Reader(found, sheets.get("survey", ()), own, warnings).read()


def _sound(sheets: dict[str, list[dict[str, str]]]) -> tuple[dict[str, Any], list[str]]:
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    warnings: list[str] = []
    try:
        done = convert({key: rows for key, rows in sheets.items() if rows}, warnings=warnings, validate=False, form_name="data")
    except PyXFormError as problem:
        raise WrongUse(f"xlsform: the form is not sound: {' '.join(str(problem).split())}\n  Correct it in the workbook.") from None
    return done._pyxform, warnings


def _own(rows: Sequence[Mapping[str, str]]) -> dict[tuple[str, str], Any]:
    """What our own sheet says; a line that somebody spoilt says nothing."""
    found = {}
    for row in rows:
        try:
            found[row.get("language", ""), row.get("what", "")] = json.loads(row.get("value", ""))
        except ValueError:
            continue
    return found


class _Reader:
    """Puts one form together, a question at a time."""

    def __init__(self, form: dict[str, Any], rows: Sequence[Mapping[str, str]], own: dict[tuple[str, str], Any], warnings: list[str]) -> None:
        self.form, self.own = form, own
        self.rows = {row.get("name", ""): number for number, row in enumerate(rows, start=2)}
        self.trouble: list[RowTrouble] = []
        self.warnings = warnings
        self.tongues = self._tongues()
        self.places: dict[str, str] = {}  # name of a field → place of an answer
        self.scales: dict[str, dict[str, dict[str, str]]] = {}  # scale → language → code → words
        self.asked: dict[str, dict[str, dict[str, Any]]] = {}  # language → question → words

    def _tongues(self) -> dict[str, str]:
        """How the form names a language → its code; a form without languages is in that of the files."""
        named = {name for label in _labels(self.form) if isinstance(label, dict) for name in label}
        return {name: found[1] if (found := _TONGUE.search(name)) else OWN for name in sorted(named)}

    def said(self, label: Any) -> dict[str, str]:
        """Language → words."""
        return {self.tongues[name]: text for name, text in label.items()} if isinstance(label, dict) else {OWN: str(label or "")}

    def wrong(self, name: str, key: str, **facts: str) -> None:
        self.trouble.append(RowTrouble(self.rows.get(name, 0), name, key, facts))

    def mine(self, what: str, usual: Any, language: str = "") -> Any:
        return self.own.get((language, what), usual)

    def read(self) -> FormRead:
        """The whole form."""
        sections, titles = [], dict[str, dict[str, str]]()
        parts = [one for one in self.form["children"] if one.get("name") != "meta"]
        loose = [one for one in parts if one["type"] != "group" or self._single(one)]
        for part in ([{"name": "main", "label": "Questions", "children": loose}] if loose else []) + [one for one in parts if one not in loose]:
            questions = [found for child in part.get("children", ()) if (found := self._question(child)) is not None]
            if not questions:
                continue
            titles[part["name"]] = self.said(part.get("label") or part["name"])
            sections.append({"id": part["name"], "title": self._first(titles[part["name"]]), "chapter": self.mine("chapters", {}).get(part["name"], "about"),
                             "questions": questions})
        survey = self._survey(sections)
        others = [code for code in dict.fromkeys(self.tongues.values()) if code != OWN]
        words = {code: self._words(code, survey, titles) for code in others}
        return FormRead(survey, words, self.trouble, self.warnings)

    def _first(self, said: Mapping[str, str]) -> str:
        return said.get(OWN) or next(iter(said.values()), "")

    def _single(self, one: dict[str, Any]) -> bool:
        return self._rows_of(one) is not None

    def _rows_of(self, group: dict[str, Any]) -> list[dict[str, Any]] | None:
        """The rows of a matrix or a rank: single questions from one list whose names begin with that of the group."""
        rows = group.get("children") or []
        same = {child.get("list_name") for child in rows if child.get("type") == "select one"}
        prefix = f"{group.get('name')}_"
        return rows if rows and len(same) == 1 and all(child.get("type") == "select one" and child["name"].startswith(prefix) for child in rows) else None

    def _question(self, one: dict[str, Any]) -> dict[str, Any] | None:
        name, kind = one["name"], one["type"]
        if kind == "group" and (rows := self._rows_of(one)) is not None:
            return self._of_rows(one, rows)
        if name.endswith("_unknown") and one.get("list_name") == "not_known":
            return None  # belongs to its number
        if kind in _OF_A_DEVICE:
            self.wrong(name, "survey.form.device")
            return None
        if kind not in _KINDS:
            self.wrong(name, "survey.form.kind", kind=kind)
            return None
        self.places[name] = name
        question: dict[str, Any] = {"id": name, "kind": _KINDS[kind], **self._asked(name, one), **self._about(one)}
        if one.get("list_name") == "agreed":
            question["kind"] = "consent"
        elif question["kind"] in ("single", "multiple"):
            question |= self._offers(one, name)
        if question["kind"] == "number":
            question |= {"unit": self.mine("units", {}).get(name, ""), "unknown": self._has(f"{name}_unknown")}
        return question

    def _has(self, name: str) -> bool:
        return name in self.rows

    def _asked(self, id: str, one: dict[str, Any]) -> dict[str, str]:
        said = self.said(one.get("label"))
        for code, text in said.items():
            self.asked.setdefault(code, {}).setdefault(id, {})["ask"] = text
        return {"ask": self._first(said) or id}

    def _about(self, one: dict[str, Any]) -> dict[str, Any]:
        bind, found = one.get("bind") or {}, dict[str, Any]()
        if bind.get("required") in ("yes", "true()", "true"):
            found["required"] = True
        if most := _MOST.search(bind.get("constraint", "")):
            found["most"] = int(most[1])
        if relevant := bind.get("relevant", ""):
            sentence, compiled = self.mine("only_if", {}).get(one["name"], (None, None))
            sentence = sentence if compiled == relevant else self._placed(sentence_of(relevant))
            if sentence is None:
                self.wrong(one["name"], "survey.form.relevant")
            else:
                found["only_if"] = sentence
        return found

    def _placed(self, sentence: Any) -> Any:
        """A sentence about fields as one about places: a row of a matrix has a point in it."""
        if isinstance(sentence, str):
            name, _, rest = sentence.partition(" ")
            return f"{self.places.get(name, name)} {rest}"
        return {key: [self._placed(one) for one in value] if isinstance(value, list) else self._placed(value) for key, value in sentence.items()} \
            if isinstance(sentence, dict) else sentence

    def _choices(self, one: dict[str, Any]) -> dict[str, dict[str, str]]:
        """Language → code → words, of a list."""
        found: dict[str, dict[str, str]] = {}
        for choice in one.get("choices") or self.form.get("choices", {}).get(one.get("list_name"), ()):
            for code, text in self.said(choice.get("label")).items():
                found.setdefault(code, {})[str(choice["name"])] = text
        return found

    def _offers(self, one: dict[str, Any], id: str) -> dict[str, Any]:
        list_name = str(one.get("list_name") or one.get("itemset") or "")
        if list_name.startswith(xlsform.COUNTRIES):
            return {"countries": list_name.removeprefix(xlsform.COUNTRIES)}
        said = self._choices(one)
        for code, options in said.items():
            self.asked.setdefault(code, {}).setdefault(id, {})["options"] = options
        return {"options": said.get(OWN) or next(iter(said.values()), {})}

    def _of_rows(self, group: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
        id, list_name = group["name"], str(rows[0].get("list_name"))
        question = {"id": id, **self._asked(id, group), **self._about(group)}
        tails = [row["name"].removeprefix(f"{id}_") for row in rows]
        if tails == [str(place) for place in range(1, len(rows) + 1)]:
            self.places |= dict.fromkeys((row["name"] for row in rows), id)
            offers = {"rows_of": list_name.removeprefix(xlsform.ROWS)} if list_name.startswith(xlsform.ROWS) else self._offers(rows[0], id)
            return {**question, "kind": "rank", "most": len(rows), **offers}
        scale = list_name.removeprefix(xlsform.SCALE)
        self.scales[scale] = self._choices(rows[0])
        for row, tail in zip(rows, tails, strict=True):
            self.places[row["name"]] = f"{id}.{tail}"
            for code, text in self.said(row.get("label")).items():
                self.asked.setdefault(code, {}).setdefault(id, {}).setdefault("rows", {})[tail] = text
        own = self.asked.get(OWN) or next(iter(self.asked.values()))
        return {**question, "kind": "matrix", "scale": scale, "rows": own[id]["rows"]}

    def _survey(self, sections: list[dict[str, Any]]) -> dict[str, Any]:
        """The survey as its file says it; what the form does not say is said so that somebody looks."""
        form, day = self.form, self.mine("reviewed", "1970-01-01")
        version = self.mine("version", "0.1.0")
        titles = self.mine("region_titles", {}, OWN)
        regions = {id: {"title": titles.get(id, id), "countries": codes} for id, codes in self.mine("regions", {}).items()}
        return {
            "id": form["id_string"], "version": version, "title": self.mine("title", form["title"], OWN), "about": self.mine("about", form["title"], OWN),
            "status": "local", "reviewed": {"date": day, "by": "read from an XLSForm; not reviewed"}, "minutes": self.mine("minutes", 20),
            "smallest_group": self.mine("smallest_group", 10), "country": self.mine("country", ""), "sector": self.mine("sector", ""),
            "consent": self.mine("consent", ""), "limits": self.mine("limits", "Respondents chose themselves whether to answer.", OWN),
            "sources": self.mine("sources", {"form": {"title": "XLSForm", "published": "undated"}}),
            "scales": {id: said.get(OWN) or next(iter(said.values())) for id, said in self.scales.items()}, "counted": self.mine("counted", {}),
            "regions": regions, "sections": sections, "codes": {id: dict(zip(("title", "yes", "no"), said, strict=True))
                                                              for id, said in self.mine("codes", {}, OWN).items()},
            "history": [{"version": version, "date": day, "what": "Read from an XLSForm.", "by": "import"}]}

    def _words(self, code: str, survey: Mapping[str, Any], titles: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        asked = self.asked.get(code, {})
        return {
            "translates": {"id": survey["id"], "version": survey["version"]}, "status": "draft" if self.mine("draft", True, code) else "reviewed",
            "title": self.mine("title", survey["title"], code), "about": self.mine("about", survey["about"], code),
            "limits": self.mine("limits", survey["limits"], code), "scales": {id: said.get(code, {}) for id, said in self.scales.items()},
            "regions": self.mine("region_titles", {}, code), "sections": {id: said.get(code) or self._first(said) for id, said in titles.items()},
            "questions": {id: {"ask": said.get("ask", id), **{key: said[key] for key in ("options", "rows") if key in said}} for id, said in asked.items()},
            "codes": {id: dict(zip(("title", "yes", "no"), said, strict=True)) for id, said in self.mine("codes", {}, code).items()}}


def _labels(one: Mapping[str, Any]) -> Iterator[Any]:
    """Every label of a form, of options too."""
    yield one.get("label")
    choices = one.get("choices")
    for child in [*(one.get("children") or ()), *(choices if isinstance(choices, list) else ())]:
        yield from _labels(child)

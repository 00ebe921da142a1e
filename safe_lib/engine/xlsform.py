"""A survey as an XLSForm: sheets of rows, as ODK, KoboToolbox and pyxform read them, and its conditions as their expressions.

A matrix becomes a group of single questions, a rank one question for each place, and a number that may be unknown brings a
box to tick. What an XLSForm has no place for (chapters, codebook, which answers count) stands in a sheet of its own, which
other programs pass over. No column asks a device for its number, its place or the time.

Source: XLSForm reference (xlsform.org), as read by pyxform 4.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from safe_lib.engine.survey_rows import field_name
from safe_lib.model.instrument import Condition
from safe_lib.model.survey import LARGEST, LONGEST, UNKNOWN, Question, Survey

Rows = list[dict[str, str]]
OWN_SHEET: Final = "safe_survey"  # what only this program reads
COUNTRIES: Final = "countries_"
SCALE: Final = "scale_"
ROWS: Final = "rows_"


def languages_of(names: Mapping[str, str]) -> Mapping[str, str]:
    """Code → how an XLSForm names the language.

    >>> languages_of({"nl": "Nederlands"})
    {'nl': 'Nederlands (nl)'}
    """
    return {code: f"{name} ({code})" for code, name in names.items()}


def survey_sheets(surveys: Mapping[str, Survey], names: Mapping[str, str]) -> dict[str, Rows]:
    """The sheets of a form.

    Args:
        surveys: the same survey in each language; the first is the one a device shows.
        names: code → name of each of these languages.
    """
    tongues = languages_of({code: names[code] for code in surveys})
    one = next(iter(surveys.values()))
    survey, choices = Rows(), Rows()
    for number, section in enumerate(one.sections):
        survey.append({"type": "begin_group", "name": section.id, **_words("label", tongues, {k: s.sections[number].title for k, s in surveys.items()})})
        for question in section.questions:
            said = {code: found for code, s in surveys.items() if (found := s.question(question.id)) is not None}
            survey += _question(question, said, tongues, counts_of(one))
        survey.append({"type": "end_group"})
    for list_name, offered in _lists(surveys).items():
        for code in next(iter(offered.values())):
            choices.append({"list_name": list_name, "name": code, **_words("label", tongues, {tongue: words[code] for tongue, words in offered.items()})})
    settings = [{"form_title": one.title, "form_id": one.id, "version": one.version.replace(".", ""), "default_language": next(iter(tongues.values()))}]
    return {"survey": survey, "choices": choices, "settings": settings, OWN_SHEET: _own(surveys)}


def _words(column: str, tongues: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    return {f"{column}::{tongues[code]}": text for code, text in said.items()}


def _question(one: Question, said: Mapping[str, Question], tongues: Mapping[str, str], counts: frozenset[str]) -> Iterator[dict[str, str]]:
    label = _words("label", tongues, {code: question.ask for code, question in said.items()})
    about = {"relevant": shown_where(one.only_if, counts)} if one.only_if else {}
    must = {"required": "yes"} if one.required else {}
    if one.kind == "matrix":
        yield {"type": "begin_group", "name": one.id, "appearance": "field-list", **label, **about}
        for row in one.rows:
            yield {"type": f"select_one {list_of(one)}", "name": field_name(f"{one.id}.{row}"),
                   **_words("label", tongues, {code: question.rows[row] for code, question in said.items()})}
        yield {"type": "end_group"}
    elif one.kind == "rank":
        yield {"type": "begin_group", "name": one.id, "appearance": "field-list", **label, **about}
        for place in range(1, one.most + 1):
            before = " and ".join(f". != ${{{one.id}_{earlier}}}" for earlier in range(1, place))
            yield {"type": f"select_one {list_of(one)}", "name": f"{one.id}_{place}", **_words("label", tongues, dict.fromkeys(said, f"{place}.")),
                   **({"constraint": before} if before else {})}
        yield {"type": "end_group"}
    else:
        yield {"type": _TYPES[one.kind].format(list=list_of(one)), "name": one.id, **label, **must, **about, **_limits(one)}
        if one.kind == "number" and one.unknown:
            hidden = f"string-length(${{{one.id}}}) = 0"
            yield {"type": "select_multiple not_known", "name": f"{one.id}_{UNKNOWN}", "relevant": f"{hidden} and ({about['relevant']})" if about else hidden,
                   **_words("label", tongues, {code: f"{question.ask}" for code, question in said.items()})}


_TYPES: Final = {"consent": "select_one agreed", "single": "select_one {list}", "multiple": "select_multiple {list}", "number": "integer", "open": "text"}


def _limits(one: Question) -> dict[str, str]:
    if one.kind == "number":
        return {"constraint": f". >= 0 and . <= {LARGEST}"}
    if one.kind == "open":
        return {"constraint": f"string-length(.) <= {LONGEST}", "appearance": "multiline"}
    return {"constraint": f"count-selected(.) <= {one.most}"} if one.kind == "multiple" and one.most else {}


def list_of(one: Question) -> str:
    """The name of the list a question is answered from."""
    if one.countries:
        return f"{COUNTRIES}{one.countries}"
    return f"{SCALE}{one.scale}" if one.scale else f"{ROWS}{one.rows_of}" if one.rows_of else f"options_{one.id}"


def _lists(surveys: Mapping[str, Survey]) -> dict[str, dict[str, Mapping[str, str]]]:
    """Name of a list → language → code → words."""
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    for code, survey in surveys.items():
        for one in survey.questions:
            if one.options:
                found.setdefault(list_of(one), {})[code] = one.options
            elif one.kind == "consent":
                found.setdefault("agreed", {})[code] = {"yes": "✓"}
            if one.unknown:
                found.setdefault("not_known", {})[code] = {UNKNOWN: "?"}
    return found


def _own(surveys: Mapping[str, Survey]) -> Rows:
    """What only this program reads, a line each: language (empty: every one), what, value as JSON."""
    one = next(iter(surveys.values()))
    said: list[tuple[str, str, Any]] = [
        ("", "minutes", one.minutes), ("", "smallest_group", one.smallest_group), ("", "version", one.version), ("", "country", one.country),
        ("", "sector", one.sector), ("", "consent", one.consent), ("", "reviewed", one.reviewed.isoformat()),
        ("", "counted", {id: list(scale.counted) for id, scale in one.scales.items()}), ("", "chapters", {part.id: part.chapter for part in one.sections}),
        ("", "units", {question.id: question.unit for question in one.questions if question.unit}),
        ("", "regions", {region.id: list(region.countries) for region in one.regions}),
        ("", "sources", {source.id: {"title": source.title, "publisher": source.publisher, "published": source.published, "url": source.url,
                                     "status": source.status, "note": source.note} for source in one.sources}),
        ("", "only_if", {question.id: [question.sentence, shown_where(question.only_if, counts_of(one))] for question in one.questions if question.only_if})]
    for code, survey in surveys.items():
        said += [(code, "title", survey.title), (code, "about", survey.about), (code, "limits", survey.limits), (code, "draft", survey.draft)]
        said += [(code, "region_titles", {region.id: region.title for region in survey.regions}),
                 (code, "codes", {entry.id: [entry.title, entry.yes, entry.no] for entry in survey.codes})]
    return [{"language": code, "what": what, "value": json.dumps(value, ensure_ascii=False)} for code, what, value in said]


# Conditions


def shown_where(condition: Condition | None, counts: frozenset[str] = frozenset()) -> str:
    """The expression under which a question is shown: everywhere but where the condition does not hold; what is open is shown.

    Args:
        counts: questions for a number that may be unknown, which says so in a field of its own.
    """
    return "" if condition is None else _expression(condition, counts, maybe=True)


def _expression(condition: Condition, counts: frozenset[str], *, maybe: bool) -> str:
    if condition.op == "not":
        return f"not({_expression(condition.parts[0], counts, maybe=not maybe)})"
    if not condition.parts:
        return _leaf(condition, counts, maybe=maybe)
    parts = [_expression(part, counts, maybe=maybe) for part in condition.parts]
    if condition.op == "at_least_of":
        return f"({' + '.join(f'if({part}, 1, 0)' for part in parts)}) >= {condition.count}"
    joined = " and " if condition.op == "all" else " or "
    return f"({joined.join(parts)})"


def _leaf(condition: Condition, counts: frozenset[str], *, maybe: bool) -> str:
    field = f"${{{field_name(condition.name)}}}"
    if condition.op != "is":
        holds = f"{field} {'<' if condition.op == 'below' else '>='} {condition.values[0]}"
        return f"(string-length({field}) = 0 or {holds})" if maybe else f"(string-length({field}) > 0 and {holds})"
    holds = " or ".join(_is(field, value, condition.name in counts) for value in condition.values)
    # `dont_know` and `unknown` are open for everything but themselves
    more = "" if condition.name in counts or {UNKNOWN, "dont_know"} & set(condition.values) else f" or selected({field}, 'dont_know')"
    return f"({holds} or string-length({field}) = 0{more})" if maybe else f"({holds})"


def _is(field: str, value: str, is_count: bool) -> str:
    if is_count:
        return f"selected({field[:-1]}_{UNKNOWN}}}, '{UNKNOWN}')" if value == UNKNOWN else f"{field} = {value}"
    return f"selected({field}, '{value}')"


def counts_of(survey: Survey) -> frozenset[str]:
    """The questions for a number that may be unknown."""
    return frozenset(one.id for one in survey.questions if one.unknown)


def columns_of(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Every column of these rows, each once, in order."""
    return list(dict.fromkeys(name for row in rows for name in row))

"""The questions of a survey as plain controls, each with its label, and what a form that comes back says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Final

from safe_lib.model.instrument import Condition
from safe_lib.model.survey import LONGEST, UNKNOWN, Question, Said, Survey
from safe_lib.model.texts import Texts
from safe_lib.widgets.shell import icon

MANY: Final = 30  # options; more are chosen from a list instead of ticked
PLACES: Final = 8  # of a list with several answers and no limit


def given(survey: Survey, answers: Callable[[str], Sequence[str]]) -> Said:
    """What a form says, by place; empty fields are no answer.

    Args:
        answers: the values of one field.
    """
    found = {place: tuple(one for one in (" ".join(text.split()) if question.kind != "open" else text.strip().replace("\r\n", "\n")
                                          for text in answers(place)[:200]) if one) for place, question in survey.places.items()}
    return {place: tuple(dict.fromkeys(codes)) for place, codes in found.items() if codes}


def question_html(question: Question, said: Said, wrong: Mapping[str, str], texts: Texts, survey: Survey) -> str:
    """One question: what is asked, when, its controls, and what was wrong."""
    hint = " ".join((*_hints(question, texts), *([condition_words(question.only_if, survey, texts)] if question.only_if else ())))
    note = f'<p class="hint" id="h-{question.id}">{escape(hint)}</p>' if hint else ""
    told = "".join(f'<p class="notice notice-open" id="w-{escape(place)}">{icon("i-info")}{escape(wrong[place])}</p>'
                   for place in question.places if place in wrong)
    must = f' <span class="quiet">({escape(texts("survey.required"))})</span>' if question.required else ""
    inside = _CONTROLS[question.kind](question, said, texts)
    asked = escape(question.ask)
    if question.kind == "consent":
        return f'<div class="survey-question stack-s" id="q-{question.id}" data-question="{question.id}">{told}{inside}</div>'
    return (f'<fieldset class="survey-question stack-s" id="q-{question.id}" data-question="{question.id}"'
            f'{f" aria-describedby={chr(34)}h-{question.id}{chr(34)}" if hint else ""}><legend>{asked}{must}</legend>{note}{told}{inside}</fieldset>')


def _hints(question: Question, texts: Texts) -> Iterator[str]:
    if question.kind == "multiple":
        yield texts("survey.most", most=question.most) if question.most else texts("survey.several")
    if question.kind == "rank":
        yield texts("survey.rank", most=question.most)
    if question.kind == "open":
        yield texts("survey.open", most=LONGEST)


def condition_words(condition: Condition, survey: Survey, texts: Texts) -> str:
    """When a question is asked, in words: a page without a script shows it all the same."""
    return texts("survey.only_if", when=_when(condition, survey, texts))


def _when(condition: Condition, survey: Survey, texts: Texts) -> str:
    if condition.op == "not":
        return texts("survey.when.not", when=_when(condition.parts[0], survey, texts))
    if condition.parts:
        inside = "; ".join(_when(part, survey, texts) for part in condition.parts)
        return texts(f"survey.when.{condition.op if condition.op in ('all', 'any') else 'some'}", when=inside, count=condition.count)
    question = survey.places.get(condition.name)
    if question is None:
        return condition.text
    row = question.rows.get(condition.name.partition(".")[2], "")
    values = ", ".join(question.options.get(value, texts("survey.unknown") if value == UNKNOWN else value) for value in condition.values)
    return texts(f"survey.when.{condition.op}", ask=f"{question.ask} {row}".strip(), values=values)


# Controls


def _consent(question: Question, said: Said, texts: Texts) -> str:
    must = f' <span class="quiet">({escape(texts("survey.required"))})</span>' if question.required else ""
    return _tick("checkbox", question.id, "yes", question.ask, "yes" in said.get(question.id, ()), more=must)


def _tick(kind: str, place: str, code: str, words: str, chosen: bool, *, more: str = "") -> str:
    id = f"a-{place}-{code}"
    return (f'<div class="tick"><input type="{kind}" id="{escape(id)}" name="{escape(place)}" value="{escape(code)}"{" checked" if chosen else ""}>'
            f'<label for="{escape(id)}">{escape(words)}{more}</label></div>')


def _single(question: Question, said: Said, texts: Texts) -> str:
    if len(question.options) > MANY:
        return _lists(question, said, texts, 1)
    codes = said.get(question.id, ())
    return "".join(_tick("radio", question.id, code, words, code in codes) for code, words in question.options.items())


def _multiple(question: Question, said: Said, texts: Texts) -> str:
    if len(question.options) > MANY:
        return _lists(question, said, texts, question.most or PLACES)
    codes = said.get(question.id, ())
    return "".join(_tick("checkbox", question.id, code, words, code in codes) for code, words in question.options.items())


def _lists(question: Question, said: Said, texts: Texts, places: int) -> str:
    """One list for each answer that may be given, in order."""
    codes = said.get(question.id, ())
    fields = []
    for place in range(1, places + 1):
        now, id = codes[place - 1] if len(codes) >= place else "", f"a-{question.id}-{place}"
        options = "".join(f'<option value="{escape(code)}"{" selected" if code == now else ""}>{escape(words)}</option>'
                          for code, words in question.options.items())
        label = texts("survey.place", number=place) if places > 1 else texts("survey.choose")
        fields.append(f'<div class="field"><label for="{id}">{escape(label)}</label><select class="input" id="{id}" name="{question.id}">'
                      f'<option value="">{escape(texts("survey.nothing"))}</option>{options}</select></div>')
    return f'<div class="survey-lists">{"".join(fields)}</div>'


def _rank(question: Question, said: Said, texts: Texts) -> str:
    return _lists(question, said, texts, question.most)


def _number(question: Question, said: Said, texts: Texts) -> str:
    codes = said.get(question.id, ())
    value = next((code for code in codes if code != UNKNOWN), "")
    label = texts(f"survey.unit.{question.unit}") if question.unit else texts("survey.number")
    field = (f'<div class="field"><label for="a-{question.id}">{escape(label)}</label><input class="input survey-number" id="a-{question.id}" '
             f'name="{question.id}" inputmode="numeric" maxlength="9" autocomplete="off" value="{escape(value)}"></div>')
    return field + (_tick("checkbox", question.id, UNKNOWN, texts("survey.unknown"), UNKNOWN in codes) if question.unknown else "")


def _open(question: Question, said: Said, texts: Texts) -> str:
    value = next(iter(said.get(question.id, ())), "")
    return (f'<div class="field"><label for="a-{question.id}">{escape(texts("survey.answer"))}</label><textarea class="input" id="a-{question.id}" '
            f'name="{question.id}" rows="4" maxlength="{LONGEST}">{escape(value)}</textarea></div>')


def _matrix(question: Question, said: Said, texts: Texts) -> str:
    rows = []
    for row, words in question.rows.items():
        place = f"{question.id}.{row}"
        ticks = "".join(_tick("radio", place, code, option, code in said.get(place, ())) for code, option in question.options.items())
        rows.append(f'<fieldset class="survey-row"><legend>{escape(words)}</legend><div class="survey-scale">{ticks}</div></fieldset>')
    return "".join(rows)


_CONTROLS: Final[Mapping[str, Callable[[Question, Said, Texts], str]]] = {
    "consent": _consent, "single": _single, "multiple": _multiple, "rank": _rank, "number": _number, "open": _open, "matrix": _matrix}

"""What a survey asks of whom, and what is wrong with a response: pure, with the conditions of the suite.

A question is left out only where its condition does not hold. Where that is open, because an earlier answer is missing or
unknown, it is asked: unknown is never no.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from safe_lib.engine.conditions import FAILS, HOLDS, OPEN, sentences, threshold
from safe_lib.model.assessment import Truth
from safe_lib.model.instrument import Condition
from safe_lib.model.survey import AGREED, DONT_KNOW, LARGEST, LONGEST, UNKNOWN, Question, Said, Survey, Wrong


def truth(condition: Condition, said: Said) -> Truth:
    """The truth of a condition about answers: of several chosen options, one is enough; what was not answered is open."""
    if not condition.parts:
        return _single(condition, said)
    parts = [truth(part, said) for part in condition.parts]
    if condition.op == "not":
        return {HOLDS: FAILS, FAILS: HOLDS, OPEN: OPEN}[parts[0]]
    need = {"all": len(parts), "any": 1}.get(condition.op, condition.count)
    return threshold(need, parts)[0]


def _single(condition: Condition, said: Said) -> Truth:
    codes = said.get(condition.name, ())
    if condition.subject != "item" or not codes or codes in ((UNKNOWN,), (DONT_KNOW,)):
        known = condition.op == "is" and codes and codes[0] in condition.values  # `is dont_know` can hold
        return HOLDS if known else OPEN
    if condition.op == "is":
        return HOLDS if set(codes) & set(condition.values) else FAILS
    if not is_number(codes[0]) or not is_number(condition.values[0]):
        return OPEN
    value, bound = int(codes[0]), int(condition.values[0])
    return HOLDS if (value < bound if condition.op == "below" else value >= bound) else FAILS


def is_number(text: str) -> bool:
    """A whole number in plain digits, from 0 on.

    >>> is_number("12"), is_number("-1"), is_number("1.5")
    (True, False, False)
    """
    return text.isascii() and text.isdecimal() and len(text) <= 9


def is_asked(question: Question, said: Said) -> bool:
    """Whether a question is asked after these answers."""
    return question.only_if is None or truth(question.only_if, said) is not FAILS


def left_out(survey: Survey, said: Said) -> tuple[str, ...]:
    """The questions that are not asked after these answers."""
    return tuple(one.id for one in survey.questions if not is_asked(one, said))


def cleaned(survey: Survey, said: Said) -> Said:
    """The answers in the order of the survey, without empty ones and without those to questions that were not asked."""
    out = set(left_out(survey, said))
    return {place: tuple(said[place]) for place, question in survey.places.items() if said.get(place) and question.id not in out}


def wrongs(survey: Survey, said: Said) -> tuple[Wrong, ...]:
    """Everything that is wrong with a response, in the order of the survey."""
    places = survey.places
    found = [Wrong(place, "survey.wrong.place") for place in said if place not in places]
    asked = cleaned(survey, said)
    for place, question in places.items():
        if question.required and is_asked(question, said) and not asked.get(place):
            found.append(Wrong(place, "survey.wrong.required"))
        elif place in asked:
            found += _wrong(place, question, asked[place])
    return tuple(found)


def _wrong(place: str, question: Question, codes: Sequence[str]) -> Iterator[Wrong]:
    if question.kind == "open":
        if len(codes) != 1 or len(codes[0]) > LONGEST:
            yield Wrong(place, "survey.wrong.long", {"most": str(LONGEST)})
    elif question.kind == "number":
        if not (codes == (UNKNOWN,) and question.unknown) and not (len(codes) == 1 and is_number(codes[0]) and int(codes[0]) <= LARGEST):
            yield Wrong(place, "survey.wrong.number", {"most": str(LARGEST)})
    elif question.kind == "consent":
        if codes != (AGREED,):
            yield Wrong(place, "survey.wrong.required")
    else:
        yield from _wrong_choice(place, question, codes)


def _wrong_choice(place: str, question: Question, codes: Sequence[str]) -> Iterator[Wrong]:
    if any(code not in question.options for code in codes):
        yield Wrong(place, "survey.wrong.option")
    if len(set(codes)) != len(codes):
        yield Wrong(place, "survey.wrong.twice")
    most = question.most if question.kind in ("multiple", "rank") else 1
    if most and len(codes) > most:
        yield Wrong(place, "survey.wrong.many", {"most": str(most)})


def condition_problems(survey: Survey) -> Iterator[tuple[str, str]]:
    """Question and problem of every condition that could never be met, always is, or looks ahead (so also of every circle)."""
    before: dict[str, Question] = {}
    for question in survey.questions:
        for leaf in sentences(question.only_if) if question.only_if else ():
            if leaf.subject != "item":
                yield question.id, f'"{leaf.text}" is not about an answer of this survey.'
            elif leaf.name not in before:
                yield question.id, f'"{leaf.text}" is about {leaf.name}, which is not asked before it.'
            else:
                yield from ((question.id, problem) for problem in _leaf_problems(leaf, before[leaf.name]))
        before |= dict.fromkeys(question.places, question)


def _leaf_problems(leaf: Condition, about: Question) -> Iterator[str]:
    if about.kind == "open":
        yield f'"{leaf.text}" is about an open answer, which nobody reads before the next question.'
    elif about.kind == "number":
        if not all(is_number(value) or (leaf.op == "is" and value == UNKNOWN) for value in leaf.values):
            yield f'"{leaf.text}" compares a number with something else.'
    elif leaf.op != "is":
        yield f'"{leaf.text}" compares options that have no order.'
    elif unknown := [value for value in leaf.values if value not in {**about.options, **({AGREED: ""} if about.kind == "consent" else {})}]:
        yield f'"{unknown[0]}" is no answer to {leaf.name}.'


def without_words(survey: Survey) -> Survey:
    """The survey as it is the same in every language."""
    def bare(words: Mapping[str, str]) -> dict[str, str]:
        return dict.fromkeys(sorted(words), "")

    sections = tuple(replace(part, title="", questions=tuple(
        replace(one, ask="", options=bare(one.options), rows=bare(one.rows)) for one in part.questions)) for part in survey.sections)
    return replace(survey, title="", about="", limits="", language="", sections=sections, scales={}, codes=(), regions=(), draft=False)

"""What an instrument says of these answers on a given day. The heart; it knows no file, no clock and no chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from safe_lib.engine.conditions import Known, Seen
from safe_lib.engine.country import theme_view
from safe_lib.engine.methods import indicator_pattern, questionnaire, risk_matrix, rules
from safe_lib.engine.open_questions import ranked
from safe_lib.engine.results import flags_of, print_of, with_scenario
from safe_lib.model.answers import AGE_GROUPS, NOT_APPLICABLE, OPEN_CODES, Answer, Answers
from safe_lib.model.assessment import Assessment, OutcomeRange
from safe_lib.model.country import Country, ThemeView
from safe_lib.model.errors import AnswersError, InstrumentError
from safe_lib.model.instrument import Instrument, Item, Outcome
from safe_lib.model.texts import filled

ENGINE: Final = "1.1.0"  # raised whenever the same input could give another result
FREE_SCALES: Final = ("text", "day")  # free words and dates: kept and shown, never reasoned about

Caveat = tuple[str, Mapping[str, Any]]


def assess(instrument: Instrument, answers: Answers | Mapping[str, str], country: Country | None = None, *, on: date) -> Assessment:
    """What an instrument's rules say of these answers on a given day.

    Args:
        instrument: read and checked by the catalogue.
        answers: what is recorded; a plain mapping of item id to answer code will do. A missing entry means `not_asked`.
        country: claims about the place considered; None leaves every `country.*` condition open.
        on: day of the assessment; claims whose `review_by` is not after it are unknown.

    Returns:
        One finding per rule, dimension, domain and hard stop, each with its trace; the outcome with both ends; the
        open questions that could still change something; and the caveats to read beside it.

    Raises:
        AnswersError: an item the instrument does not have, a code the item does not offer, a departure without a
            reason; the message names the item, never what was answered.
        InstrumentError: its conditions hang on one another too deeply, or take too many steps.
    """
    recorded = answers if isinstance(answers, Answers) else Answers({id: Answer(code) for id, code in answers.items()})
    items = instrument.by_id()
    check_answers(instrument, recorded, items)
    recorded = with_scenario(instrument, recorded)
    known = Known(instrument, recorded, items, _themes(country, on))
    try:
        return _METHODS[instrument.method](known, _Frame(instrument, recorded, country, on))
    except RecursionError:
        problem = "its conditions hang on one another too deeply."
        raise InstrumentError(instrument.id, 0, problem, repair="Make the chain of items and findings shorter.") from None


def check_answers(instrument: Instrument, answers: Answers, items: Mapping[str, Item]) -> None:
    """Refuse answers that cannot be meant; every problem is told at once."""
    problems = [problem for id, answer in answers.given.items() if (problem := _problem(instrument, items.get(id), id, answer))]
    groups = {group.id for group in instrument.groups if group.severity}
    for id, departure in answers.severity.items():
        if id not in groups:
            problems.append(f'severity is set for "{id}", which is not a domain of {instrument.id}.')
        elif departure.level not in (1, 2, 3, 4) or not departure.reason.strip():
            problems.append(f'the severity of "{id}" needs a level from 1 to 4 and a reason.')
    problems += _unlisted_problems(instrument, answers)
    if answers.person.age_group not in (None, *AGE_GROUPS):
        problems.append("the age group is not one of adult, child, disputed.")
    if answers.scenario and instrument.scenarios and answers.scenario not in {kind.id for kind in instrument.scenarios}:
        problems.append(f"the scenario is not one of {', '.join(kind.id for kind in instrument.scenarios)}.")
    if problems:
        raise AnswersError("answers", 0, " ".join(problems), repair=f"See the items and their scales in {instrument.id}.yaml.")


def _unlisted_problems(instrument: Instrument, answers: Answers) -> list[str]:
    """One slip here would stand for a hundred answers: the code must be one that every item of its kind offers."""
    found = []
    for kind, code in answers.unlisted.items():
        scales = [instrument.scales[item.scale].codes for item in instrument.items if item.kind == kind and item.scale not in FREE_SCALES]
        if code not in OPEN_CODES and any(code not in codes for codes in scales):
            found.append(f'the answer for unlisted items of the kind "{kind}" is not one that they all offer.')
    return found


def _problem(instrument: Instrument, item: Item | None, id: str, answer: Answer) -> str:
    if item is None:
        return f'"{id}" is not an item of {instrument.id}.'
    if answer.code == NOT_APPLICABLE:
        return "" if answer.reason.strip() else f'"{id}" is marked not applicable without a reason.'
    if answer.code in OPEN_CODES or item.scale in FREE_SCALES:
        return ""
    codes = instrument.scales[item.scale].codes
    return "" if answer.code in codes else f'the answer to "{id}" is not one of {", ".join(codes)} or an open answer ({", ".join(OPEN_CODES)}).'


def _themes(country: Country | None, on: date) -> Callable[[str], Seen]:
    if country is None:
        return lambda theme: Seen(None, "missing")
    kept: dict[str, Seen] = {}

    def look(theme: str) -> Seen:
        if theme not in kept:
            kept[theme] = seen_in(theme_view(country, theme, on))
        return kept[theme]

    return look


def seen_in(view: ThemeView) -> Seen:
    """What rules look at of a topic."""
    return Seen(view.level, view.status, view.as_of.isoformat() if view.as_of else "", view.single_source, view.circular)


class _Frame:
    """What every method puts around its own findings."""

    def __init__(self, instrument: Instrument, answers: Answers, country: Country | None, on: date) -> None:
        self.instrument, self.answers, self.country, self.on = instrument, answers, country, on

    def assessment(self, outcome: OutcomeRange, caveats: tuple[Caveat, ...], **parts: Any) -> Assessment:
        """Put the parts of one method into an assessment."""
        instrument = self.instrument
        wording, steps = spoken(instrument, outcome)
        return Assessment(
            instrument=instrument.id, version=instrument.version, hash=instrument.hash, engine=ENGINE, date=self.on,
            country=(self.country.iso3, self.country.hash) if self.country else None, scenario=self.answers.scenario, method=instrument.method,
            outcome=outcome, wording=wording, next_steps=steps, caveats=(*caveats, *self.standing()),
            said=print_of(self.answers), **parts,
        )

    def standing(self) -> tuple[Caveat, ...]:
        """Caveats that hold whatever was answered."""
        found: list[Caveat] = []
        if self.instrument.status.startswith("recalled"):
            found.append(("caveat.set_recalled", {"instrument": self.instrument.id}))
        if self.instrument.review_by and self.instrument.review_by <= self.on:
            found.append(("caveat.instrument_overdue", {"date": self.instrument.review_by.isoformat()}))
        return tuple(found)


def spoken(instrument: Instrument, outcome: OutcomeRange) -> tuple[str, tuple[str, ...]]:
    """The wording of an outcome and its next steps; for an open one, those of both ends."""
    rows: dict[str, Outcome] = {}
    for row in instrument.outcomes:
        rows.setdefault(row.id, row)
    ends = [rows[id] for id in dict.fromkeys((outcome.if_unknown_absent, outcome.if_unknown_present)) if id in rows]
    if outcome.id != "open" and outcome.id in rows:
        return rows[outcome.id].wording, rows[outcome.id].next_steps
    steps = tuple(dict.fromkeys(step for row in reversed(ends) for step in row.next_steps))
    between = rows["open"].wording if "open" in rows else "{low} / {high}"
    low, high = (ends[0].title, ends[-1].title) if ends else ("", "")
    return filled(between, {"low": low, "high": high}), steps


def _by_pattern(known: Known, frame: _Frame) -> Assessment:
    found = indicator_pattern.find(known)
    ruled = rules.findings_of(known)
    leading = found.readings[found.leading]
    caveats: list[Caveat] = [("caveat.unverified_strength", {"item": id}) for id in found.unverified]
    if len(found.readings) > 1:
        caveats.append(("caveat.age_in_doubt", {}))
    elif known.instrument.readings and found.leading != known.instrument.reading:
        caveats.append(("caveat.other_age", {"age": found.leading}))
    return frame.assessment(
        leading.outcome, tuple(caveats), dimensions=leading.dimensions, readings=found.readings if len(found.readings) > 1 else {},
        flags=flags_of(known, ruled), findings=(*found.findings, *ruled), open_questions=ranked(known, found.pivots, found.settles))


def _by_matrix(known: Known, frame: _Frame) -> Assessment:
    found = risk_matrix.find(known)
    ruled = rules.findings_of(known)
    return frame.assessment(found.outcome, (), domains=found.domains, hard_stops=found.hard_stops, flags=flags_of(known, ruled),
                            findings=(*found.findings, *ruled), open_questions=ranked(known, found.pivots, found.settles))


def _by_rules(known: Known, frame: _Frame) -> Assessment:
    ruled = rules.findings_of(known)
    found = rules.find(known, ruled)
    caveats: tuple[Caveat, ...] = () if found.exact else (("caveat.open_questions_not_exact", {}),)
    return frame.assessment(found.outcome, caveats, flags=flags_of(known, ruled), findings=found.findings,
                            open_questions=ranked(known, found.pivots, found.settles))


def _by_questionnaire(known: Known, frame: _Frame) -> Assessment:
    ruled = rules.findings_of(known)
    found = rules.find(known, ruled)
    return frame.assessment(found.outcome, (), scores=questionnaire.scores_of(known), flags=flags_of(known, ruled), findings=found.findings,
                            open_questions=ranked(known, found.pivots, found.settles))


_METHODS: Final[Mapping[str, Callable[[Known, _Frame], Assessment]]] = {
    "indicator_pattern": _by_pattern,
    "risk_matrix": _by_matrix,
    "rules": _by_rules,
    "questionnaire": _by_questionnaire,
}

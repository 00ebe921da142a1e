"""Small invented instruments, one for each method, written as records so that a test needs no file to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from safe_lib.engine.conditions import parse
from safe_lib.model.answers import Answer, Answers, Person
from safe_lib.model.country import Claim, Country, CountrySource
from safe_lib.model.instrument import Certainty, FollowUp, Group, Instrument, Item, Method, Outcome, Rule, Scale, ScenarioKind, Source, Strength, Weight

ON: Final = date(2026, 11, 21)
SOURCES: Final = {
    "guide": Source("guide", "A guide", "A publisher"),
    "law": Source("law", "A law"),
}
SCALES: Final = {
    "presence": Scale("presence", ("absent", "present", "verified")),
    "risk": Scale("risk", ("absent", "partly", "present")),
    "protective": Scale("protective", ("absent", "partly", "present", "verified")),
    "hard_stop": Scale("hard_stop", ("cleared", "active")),
    "danger": Scale("danger", ("absent", "present")),
    "years": Scale("years", ("0", "17", "18")),
    "text": Scale("text", ("written",)),
    "day": Scale("day", ("written",)),
    "wellbeing": Scale("wellbeing", ("never", "sometimes", "often"), scores={"never": 0, "sometimes": 0.5, "often": 1}),
}
SCALE_OF: Final = {"indicator": "presence", "question": "presence"}


def item(id: str, group: str, kind: str, **more: Any) -> Item:
    """An item on the usual scale of its kind, labelled by its id."""
    return replace(Item(id, group, kind, label=f"Label {id}", scale=SCALE_OF.get(kind, kind), ask=f"What about {id}?"), **more)


def rule(id: str, when: Any, flag: str = "", basis: tuple[str, ...] = ("guide",), then: str = "") -> Rule:
    """A rule with a because of its own."""
    return Rule(id, parse(when), f"Because of {id}.", then, flag, basis)


def outcome(id: str, when: Any = None, reading: str = "") -> Outcome:
    """An outcome with a title, a wording, one step of its own and one that all share."""
    return Outcome(id, f"Title {id}", f"Wording {id}.", (f"Step {id}.", "Shared step."), reading, parse(when) if when else None, (f"basis_{id}",))


def instrument(method: Method, items: Sequence[Item], outcomes: Sequence[Outcome], rules: Sequence[Rule] = (), **more: Any) -> Instrument:
    """An instrument of these parts; every group that an item names is there."""
    groups = tuple(Group(id, f"Group {id}") for id in dict.fromkeys(one.group for one in items))
    small = Instrument("small", "A small set", "", method, "1.2.3", "local", "en", "sha256:small", {}, None, SOURCES, SCALES, groups,
                       tuple(items), tuple(rules), tuple(outcomes))
    return replace(small, **more)


def answers(given: Mapping[str, str], rest: str = "", **more: Any) -> Answers:
    """Codes as answers; `rest` is the code of everything not given; what does not apply carries a reason."""
    recorded = {id: Answer(code, reason="Does not arise." if code == "not_applicable" else "") for id, code in given.items()}
    unlisted = dict.fromkeys(("indicator", "question", "risk", "protective", "hard_stop", "danger"), rest) if rest else {}
    return Answers(recorded, **{"unlisted": unlisted, **more})


def aged(age: Any) -> Person:
    """A person of whom only the age group is known."""
    return Person(age)


# Indicators: two readings, three dimensions. Strength for an adult, strength for a child, certainty for an adult.

STRENGTHS: Final[Mapping[str, tuple[Strength, Strength | None, Certainty]]] = {
    "DR1": ("strong", "strong", "seen"),
    "DR2": ("medium", "medium", "recalled_medium"),
    "DR3": ("medium", "strong", "recalled_low"),
    "DR4": ("weak", "weak", "seen"),
    "EX1": ("strong", "medium", "seen"),
    "EX2": ("medium", "strong", "recalled_low"),
    "EX3": ("weak", None, "seen"),
    "CD1": ("medium", "medium", "seen"),
    "CD2": ("medium", "medium", "recalled_low"),
    "CD4": ("weak", "weak", "recalled_low"),
    "CD3": ("medium", "medium", "seen"),
    "CD5": ("strong", "medium", "recalled_low"),
}


def _indicator(id: str) -> Item:
    adult, child, certainty = STRENGTHS[id]
    weights = {"adult": Weight(adult, certainty), **({"child": Weight(child)} if child else {})}
    return item(id, id[:2], "indicator", weights=weights, critical=id == "EX1", scale="protective" if id == "DR4" else "presence")


PATTERN: Final = instrument(
    "indicator_pattern",
    [_indicator(id) for id in STRENGTHS],
    [
        outcome("both", {"all": ["group.DR is positive", "group.EX is positive"]}, "adult"),
        outcome("exploitation", {"all": ["group.EX is positive", "group.DR is negative"]}, "adult"),
        outcome("child_exploitation", "group.EX is positive", "child"),
        outcome("means", {"any": ["group.DR is positive", "group.CD is positive"]}),
        replace(outcome("open"), wording="Between {low} and {high}."),
        outcome("nothing"),
    ],
    [rule("pay", {"any": ["EX1 is present", "EX3 is present"]}, "advice"), rule("some", "some group is positive", "referral"), rule("late", "EX2 is present")],
    reading="adult",
    readings={"adult": "small", "child": "small_child"},
    status="recalled, verify",
    review_by=date(2027, 1, 1),
)


# Risks: three domains, two hard stops, two scenarios.

MATRIX_OF_LEVELS: Final = (
    ("low", "low", "low", "low"),
    ("low", "moderate", "moderate", "high"),
    ("moderate", "moderate", "high", "very_high"),
    ("moderate", "high", "very_high", "very_high"),
)
_RISKS: Final = {
    "SAF": (("SAF1", True), ("SAF2", False), ("SAF3", False)),
    "LIV": (("LIV1", True), ("LIV2", False), ("LIV3", False), ("LIV4", False), ("LIV5", False)),
    "CHI": (("CHI1", True), ("CHI2", False)),
}
_PROTECTION: Final = {"SAF": ("SAF8", "SAF9"), "LIV": ("LIV8", "LIV9"), "CHI": ("CHI8",)}

MATRIX: Final = instrument(
    "risk_matrix",
    [
        item("HS1", "HS", "hard_stop", stop="absolute", response="Stop and get help.", sources=("guide",)),
        item("HS2", "HS", "hard_stop", stop="conditional", response="Arrange this first."),
        *(one for group, risks in _RISKS.items() for one in (
            *(item(id, group, "risk", critical=critical, themes=("T05",) if group == "SAF" else ()) for id, critical in risks),
            *(item(id, group, "protective") for id in _PROTECTION[group]),
        )),
    ],
    [
        outcome("do_not", {"any": ["some absolute hard stop is active", "some domain is very_high"]}),
        outcome("more_information", {"any": ["some hard stop is open", "some critical domain is undetermined"]}),
        outcome("conditions", {"any": ["some conditional hard stop is active", "some domain is high", "some domain is undetermined"]}),
        outcome("plan"),
    ],
    [rule("referral", "HS1 is active", "protection_referral"), rule("hard", "group.SAF at least high", "careful")],
    groups=(
        Group("HS", "Hard stops"),
        Group("SAF", "Safety", severity=4, critical=True, scenarios=("home",), measures=("A measure.", "Another measure.")),
        Group("LIV", "A living", severity=2, measures=("Help with work.",)),
        Group("CHI", "Children", severity=3, critical=True, when=parse({"any": ["person.age_group is child or disputed", "person.children_travel is true"]})),
    ),
    matrix=MATRIX_OF_LEVELS,
    scenarios=(ScenarioKind("home", "Home"), ScenarioKind("stay", "Stay")),
    follow_up=(FollowUp(0, "Arrival", "Arrived?"), FollowUp(30, "A month", "How is it?")),
)


# Rules: the outcome is open while an earlier one is.

RULES: Final = instrument(
    "rules",
    [
        item("X1", "X", "danger"),
        item("A1", "A", "indicator"),
        item("A2", "A", "indicator"),
        item("A3", "A", "indicator"),
        item("B1", "B", "question", only_if=parse("A1 is present")),
        item("B2", "B", "question", critical=True),
        item("N1", "N", "question", scale="text"),
        item("N2", "N", "question", scale="day"),
    ],
    [
        outcome("refer", {"all": ["finding.two_signs holds", "B2 is present"]}),
        replace(outcome("open"), wording="Not yet known: {low} or {high}."),
        outcome("talk", {"any": ["finding.two_signs holds", "B1 is present"]}),
        outcome("inform"),
    ],
    [
        rule("two_signs", {"at_least": 2, "of": ["A1 is present", "A2 is present", "A3 is present"]}, "signs", then="Two signs."),
        rule("in_danger", {"all": ["X1 is present", {"not": "A3 is verified"}]}, "danger"),
        rule("place", {"all": ["country.T05 is weak or absent", "B2 is present"]}, "signs", basis=("law", "nowhere")),
    ],
)


# Questions with scores.

QUESTIONS: Final = instrument(
    "questionnaire",
    [
        *(item(id, "W", "question", scale="wellbeing") for id in ("Q1", "Q2", "Q3")),
        item("Q4", "V", "question", scale="wellbeing"),
        item("Q5", "T", "question", scale="text"),
    ],
    [outcome("worried", "Q1 is never"), outcome("steady")],
)


# A country.

def claim(id: str, level: str = "weak", theme: str = "T05", as_of: date = date(2026, 3, 31), review_by: date = date(2027, 3, 31),
          sources: tuple[str, ...] = ("one",)) -> Claim:
    """One claim about the whole of Exampleland."""
    return Claim(id, theme, level, f"Says {id}.", "adults", "whole country", as_of, review_by, sources)


def country(*claims: Claim, **more: Any) -> Country:
    """Exampleland with these claims."""
    sources = {"one": CountrySource("one", "A report", "A ministry", "government", "2026-02", url="https://example.org/one")}
    return replace(Country("XAA", "Exampleland", "sha256:xaa", claims, sources, invented=True), **more)

"""A second, naive reading of the ILO indicator rule, written from the domain dossier (identification.md, A.2 to A.4).

It shares nothing with the engine. Where the two differ, the dossier decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import yaml

SETS: Final = ("ilo_adult_labour", "ilo_child_labour", "ilo_adult_sexual", "ilo_child_sexual")
DIMENSIONS: Final = ("DR", "CR", "RV", "EX", "CD", "VD")
PRESENT: Final = ("present", "verified")
OPEN: Final = ("unknown", "not_asked", "declined", "unsafe_to_ask")
OBSERVED: Final = ("absent", "present", "verified")

# A.3, column by column: adult labour, child labour, adult sexual, child sexual.
# S strong, M medium, W weak, - not in that list; bare = seen, ~ recalled (medium), ? recalled (low).
TABLE: Final = """
DR01 S S S~ S~    DR02 M M M~ M?    DR03 M M M~ M?    DR04 M M M~ M?    DR05 M M M~ M?
DR06 M M M~ M?    DR07 M M M~ M?    DR08 M M M~ M?    DR09 M M M~ M?    DR10 W S W~ S~

CR01 S S S~ S~    CR02 M S S? S~    CR03 M S S? S~    CR04 M S M? S~    CR05 M M M? M?
CR06 M M M? M?    CR07 M M M~ M?    CR08 M M M~ M?    CR09 M M M~ M?    CR10 M M M~ M?

RV01 M M M~ M?    RV02 M M M~ M?    RV03 M M M~ M?    RV04 M M M~ M?    RV05 M M M~ M?
RV06 M M M~ M?    RV07 M M M~ M?    RV08 M - M~ -?    RV09 M M M~ M?    RV10 M M M~ M?
RV11 M M M? M?    RV12 M M M~ M?    RV13 M M M~ M?    RV14 M M M? M?    RV15 W M M? M?
RV16 W M W? M?

EX01 S S M~ S?    EX02 M M M~ M?    EX03 M M M~ M?    EX04 M M M~ M?    EX05 M M M~ M?
EX06 M M M~ S     EX07 M M M~ M?    EX08 M - W? -?    EX09 W M -? M?

CD01 S S S~ S~    CD02 S S S~ S~    CD03 S S S~ S~    CD04 S S S~ S~    CD05 M S S~ S~
CD06 M S M? S~    CD07 M S S S      CD08 M S S? S~    CD09 M M M? M?    CD10 M M M~ M?
CD11 M M M~ M?    CD12 M M M~ M?    CD13 M M M~ M?    CD14 M M M~ M?    CD15 W M M? M?

VD01 M M M~ M?    VD02 M M M~ M?    VD03 M M M~ M?    VD04 M M M~ M?    VD05 M M M~ M?
VD06 W M M? M?    VD07 W M M? M?
"""
WORDS: Final = {"S": "strong", "M": "medium", "W": "weak"}
CERTAINTY: Final = {"": "seen", "~": "recalled_medium", "?": "recalled_low"}
INDICATORS: Final = Path(__file__).parents[1] / "safe_lib" / "instruments" / "indicators"

Strengths = dict[str, tuple[str, str]]  # id → (strength, certainty)
Answered = Mapping[str, str]  # id → code; an id that is missing is `not_asked`


def typed_table() -> dict[str, Strengths]:
    """Strengths of every set as they were typed in from the dossier."""
    table: dict[str, Strengths] = {name: {} for name in SETS}
    cells = iter(TABLE.split())
    for item in cells:
        for name in SETS:
            cell = next(cells)
            if cell[0] != "-":
                table[name][item] = (WORDS[cell[0]], CERTAINTY[cell[1:]])
    return table


def filed_table() -> dict[str, Strengths]:
    """Strengths of every set as the instrument files hold them."""
    table: dict[str, Strengths] = {}
    for name in SETS:
        text = (INDICATORS / f"{name}.yaml").read_text(encoding="utf-8")
        table[name] = {item: _filed_cell(cell) for item, cell in yaml.safe_load(text)["strengths"].items()}
    return table


def _filed_cell(cell: str) -> tuple[str, str]:
    strength, _, certainty = (part.strip() for part in cell.partition(","))
    return strength, certainty.replace(" ", "_") or "seen"


STRENGTHS: Final = typed_table()


def positive(strong: int, medium: int, weak: int) -> bool:
    """A.2: the four cases under which a dimension is positive."""
    case_a = strong >= 2
    case_b = strong >= 1 and medium + weak >= 1
    case_c = medium >= 3
    case_d = medium >= 2 and weak >= 1
    return case_a or case_b or case_c or case_d


def dimension(form: str, name: str, answers: Answered, weighed_by: str = "", counted: tuple[str, ...] = PRESENT) -> tuple[int, int, int, bool]:
    """Strong, medium and weak indicators of one dimension, and whether it is positive.

    `form` is the set whose questions were asked; `weighed_by` the set whose strengths count (the same one unless the
    form is read as of another age). `counted` are the codes that count as present.
    """
    weights = STRENGTHS[weighed_by or form]
    counts = {"strong": 0, "medium": 0, "weak": 0}
    for item in STRENGTHS[form]:
        if item.startswith(name) and item in weights and answers.get(item, "not_asked") in counted:
            counts[weights[item][0]] += 1
    strong, medium, weak = counts["strong"], counts["medium"], counts["weak"]
    return strong, medium, weak, positive(strong, medium, weak)


def classify(reading: str, positives: set[str] | frozenset[str]) -> str:
    """A.4: the class of one combination of positive dimensions, for the `adult` or the `child` reading."""
    means = bool(positives & {"DR", "CR", "RV", "CD", "VD"})
    exploitation = "EX" in positives
    if reading == "child":
        if exploitation:
            return "child_trafficking"
        return "child_means_without_exploitation" if means else "no_positive_dimension"
    if exploitation and positives & {"DR", "CR"} and "CD" in positives:
        return "trafficking_case"
    if exploitation and "DR" in positives and "CD" not in positives:
        return "deception_and_exploitation"
    if exploitation and means:
        return "means_and_exploitation"
    if exploitation:
        return "exploitation_only"
    return "means_without_exploitation" if means else "no_positive_dimension"


def readings_of(form: str, age_group: str | None) -> tuple[str, ...]:
    """The readings shown, the leading one first. Age in doubt: the child's leads, the adult's stands beside it."""
    if age_group is None:
        return ("child",) if "_child_" in form else ("adult",)
    return ("child", "adult") if age_group == "disputed" else (age_group,)


def set_for(form: str, reading: str) -> str:
    """The set whose strengths a reading uses: that of its age, for the same purpose."""
    return f"ilo_{reading}_{form.rsplit('_', 1)[1]}"


def read_as(form: str, answers: Answered, reading: str) -> dict[str, Any]:
    """One reading: its dimensions, and its outcome with everything open absent and with everything open present."""
    weighed_by = set_for(form, reading)
    dimensions: dict[str, dict[str, Any]] = {}
    lower, upper = set(), set()
    for name in DIMENSIONS:
        strong, medium, weak, now = dimension(form, name, answers, weighed_by)
        at_most = dimension(form, name, answers, weighed_by, PRESENT + OPEN)[3]
        lower |= {name} if now else set()
        upper |= {name} if at_most else set()
        result = "positive" if now else "open" if at_most else "negative"
        dimensions[name] = {"strong": strong, "medium": medium, "weak": weak, "result": result}
    least, most = classify(reading, lower), classify(reading, upper)
    outcome = {"id": least if least == most else "open", "if_unknown_absent": least, "if_unknown_present": most}
    return {"outcome": outcome, "dimensions": dimensions}


def expected(form: str, answers: Answered, age_group: str | None = None) -> dict[str, Any]:
    """What the dossier says of a form: outcome and dimensions of the leading reading, and every reading shown."""
    readings = {reading: read_as(form, answers, reading) for reading in readings_of(form, age_group)}
    leading = next(iter(readings.values()))
    return {**leading, "readings": readings}


def referral_floor(form: str, answers: Answered, age_group: str | None = None) -> set[str]:
    """A.5: the least that must be offered on what is recorded; going above it is always allowed."""
    said = expected(form, answers, age_group)
    dimensions = said["dimensions"].values()
    any_positive = any(dimension["result"] == "positive" for dimension in dimensions)
    any_strong = any(dimension["strong"] for dimension in dimensions)
    outcome = said["outcome"]
    floor = set()
    if next(iter(said["readings"])) == "child" and (any_positive or any_strong):
        floor |= {"child_protection_referral", "specialist_referral"}
    if outcome["id"] in ("trafficking_case", "deception_and_exploitation", "means_and_exploitation"):
        floor.add("specialist_referral")
    if outcome["id"] == "means_without_exploitation":
        floor.add("specialist_assessment")
    if outcome["id"] == "exploitation_only":
        floor.add("rights_advice")
    if outcome["if_unknown_absent"] == "no_positive_dimension" and (any_strong or outcome["id"] == "open"):
        floor.add("second_contact")
    return floor


def results(form: str, answers: Answered, age_group: str | None) -> tuple[tuple[str, ...], ...]:
    """All that an answer could change: per reading the result of each dimension, and the outcome."""
    shown = expected(form, answers, age_group)["readings"]
    return tuple((*(dimension["result"] for dimension in reading["dimensions"].values()), reading["outcome"]["id"]) for reading in shown.values())


def open_items(form: str, answers: Answered) -> list[str]:
    """Questions of the form that nobody has answered yet."""
    return [item for item in STRENGTHS[form] if answers.get(item, "not_asked") in OPEN]


def completions(answers: Answered, unanswered: list[str]) -> Iterator[dict[str, str]]:
    """Every way in which the open questions could still be answered."""
    for codes in product(OBSERVED, repeat=len(unanswered)):
        yield {**answers, **dict(zip(unanswered, codes, strict=True))}


def open_items_by_enumeration(form: str, answers: Answered, age_group: str | None = None) -> set[str]:
    """Open items that matter, by trying everything (contract, section 3). Only for a few open items.

    An item matters if, for some answers to the other open items, two of its own answers lead to different results.
    """
    unanswered = open_items(form, answers)
    seen: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for answered in completions(answers, unanswered):
        seen[tuple(answered[item] for item in unanswered)] = results(form, answered, age_group)
    matters = set()
    for codes, result in seen.items():
        for place, item in enumerate(unanswered):
            others = (seen[(*codes[:place], code, *codes[place + 1 :])] for code in OBSERVED)
            if any(other != result for other in others):
                matters.add(item)
    return matters


NEIGHBOURS: Final = {"strong": ("strong", "medium"), "medium": ("strong", "medium", "weak"), "weak": ("medium", "weak")}


def unverified_present(form: str, answers: Answered, reading: str) -> list[str]:
    """Present indicators whose strength is recalled with low certainty (`?` in A.3)."""
    weights = STRENGTHS[set_for(form, reading)]
    return [item for item in STRENGTHS[form] if answers.get(item) in PRESENT and item in weights and weights[item][1] == "recalled_low"]


def unverified_by_enumeration(form: str, answers: Answered, age_group: str | None = None) -> set[str]:
    """Unverified strengths on which the outcome of a reading depends, by trying all neighbouring strengths (A.3, notes).

    One counts if, for some neighbouring strengths of the others, two of its own lead to different outcomes. Only for
    a form without open items and with a few unverified strengths.
    """
    return set().union(*(_unverified_of(form, answers, reading) for reading in readings_of(form, age_group)))


def _unverified_of(form: str, answers: Answered, reading: str) -> set[str]:
    weights = STRENGTHS[set_for(form, reading)]
    doubtful = unverified_present(form, answers, reading)
    choices = [NEIGHBOURS[weights[item][0]] for item in doubtful]
    seen = {}
    for chosen in product(*choices):
        positives = set()
        for name in DIMENSIONS:
            tried = {item: weights[item][0] for item in weights if answers.get(item) in PRESENT and item in STRENGTHS[form]}
            tried |= dict(zip(doubtful, chosen, strict=True))
            found = [strength for item, strength in tried.items() if item.startswith(name)]
            if positive(found.count("strong"), found.count("medium"), found.count("weak")):
                positives.add(name)
        seen[chosen] = classify(reading, positives)
    return {
        item
        for chosen, outcome in seen.items()
        for place, item in enumerate(doubtful)
        if any(seen[(*chosen[:place], other, *chosen[place + 1 :])] != outcome for other in choices[place])
    }

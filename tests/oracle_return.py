"""A second, naive reading of the return-safety rule, written from the domain dossier (safe_return.md, F2 to F5).

It shares nothing with the engine. Where the two differ, the dossier decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

OPEN: Final = ("unknown", "not_asked", "declined", "unsafe_to_ask")
OBSERVED: Final = {
    "risk": ("absent", "partly", "present"),
    "protective": ("absent", "partly", "present", "verified"),
    "hard_stop": ("cleared", "active"),
}
LEVELS: Final = ("low", "moderate", "high", "very_high")
OUTCOMES: Final = {
    "D": "do_not_prepare_this_return_now",
    "C": "more_information_needed",
    "B": "conditions_first",
    "A": "can_be_prepared_with_plan",
}
BEST_FIRST: Final = tuple(OUTCOMES[letter] for letter in "ABCD")

RETURN: Final = ("home_region", "relocation")
STAY: Final = ("stay",)
THIRD: Final = ("third_country",)
SCENARIOS: Final = RETURN + STAY + THIRD

# F3: rows likelihood 1 to 4, columns severity 1 to 4.
MATRIX: Final = (
    ("low", "low", "low", "low"),
    ("low", "moderate", "moderate", "high"),
    ("moderate", "moderate", "high", "very_high"),
    ("moderate", "high", "very_high", "very_high"),
)
CRITICAL: Final = frozenset(("VOL", "SAF", "RET", "PRO", "FAM", "HEA", "GEN", "CHI", "REL", "STA", "THI"))
ABSOLUTE: Final = tuple(f"HS{number:02}" for number in range(1, 10))
CONDITIONAL: Final = tuple(f"HS{number:02}" for number in range(10, 15))
HARD_STOPS: Final = ABSOLUTE + CONDITIONAL
REFERRAL: Final = ("HS02", "HS03", "HS06", "HS07")  # F4: protection referral

# F6, domain by domain: severity; in which scenarios; risk items, the critical ones with *; protective items.
TABLE: Final = """
VOL  3  all         1* 2 3 4 5          6 7
SAF  4  return      1* 2* 3 4* 5 6 7*   8 9
DEB  3  return      1* 2 3 4 5*         6 7
RET  4  return      1* 2 3 4 5* 6 7     8 9
PRO  3  return      1* 2* 3* 4 5        6 7
FAM  3  return      1* 2* 3 4 5 6       7 8
HEA  3  all         1* 2* 3 4 5         6 7
LIV  2  return      1* 2 3 4 5          6 7 8
DOC  2  return      1* 2 3 4 5          6
GEN  4  return      1* 2* 3* 4 5        6
REC  2  return      1* 2 3 4            5 6 7
REL  3  relocation  1* 2 3* 4 5         6 7
CHI  4  children    1* 2* 3 4 5         6 7
STA  3  stay        1* 2* 3 4           5 6
THI  3  third       1* 2                3
"""
# F6, the column COI: the topic each item draws on, in the order of its number; - where it draws on none.
COI: Final = """
VOL  20 20 20 20 - - -
SAF  01 02 01 02 01 01 02 05 01
DEB  03 03 04 03 - 03 04
RET  06 16 13 13 06 13 06 - 09
PRO  05 07 08 05 05 09 05
FAM  10 10 10 11 11 10 10 09
HEA  12 12 12 12 12 12 -
LIV  09 13 13 13 14 09 13 13
DOC  15 15 15 15 08 15
GEN  18 17 17 14 19 18
REC  09 09 - 19 09 - 09
REL  01 18 14 15 09 14 09
CHI  16 16 16 16 16 16 16
STA  20 20 01 20 20 -
THI  20 01 09
"""
COI_STATES: Final = ("fine", "single", "circular", "conflicting", "outdated", "missing")
USED_IN: Final = {
    "all": SCENARIOS,
    "children": SCENARIOS,
    "return": RETURN,
    "relocation": ("relocation",),
    "stay": STAY,
    "third": THIRD,
}

Answered = Mapping[str, str]  # id → code; an id that is missing is `not_asked`


@dataclass(frozen=True)
class DomainItems:
    """One domain as the dossier lists it."""

    severity: int
    used_in: str
    stars: tuple[str, ...]  # critical risk items
    others: tuple[str, ...]  # the other risk items
    protective: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """One filled form: the answers, and what else the rule may know."""

    answers: Answered
    scenario: str
    age_group: str | None = None
    children_travel: bool = False
    severity: Mapping[str, int] | None = None  # departures
    proven: frozenset[str] = frozenset()  # items that rest on a document or a third party
    information: Mapping[str, str] | None = None  # topic → one of COI_STATES; a topic that is not here is missing


def typed_domains() -> dict[str, DomainItems]:
    """Every domain as it was typed in from the dossier."""
    domains = {}
    for line in TABLE.strip().splitlines():
        head, _, rest = line.partition("  ")
        severity, used_in, risks, protective = (part.strip() for part in _columns(rest))
        domains[head] = DomainItems(
            severity=int(severity),
            used_in=used_in,
            stars=tuple(f"{head}-0{mark[:-1]}" for mark in risks.split() if mark.endswith("*")),
            others=tuple(f"{head}-0{mark}" for mark in risks.split() if not mark.endswith("*")),
            protective=tuple(f"{head}-0{mark}" for mark in protective.split()),
        )
    return domains


def _columns(line: str) -> list[str]:
    return [part for part in line.split("  ") if part.strip()]


DOMAINS: Final = typed_domains()
KIND: Final = {
    **{item: "risk" for domain in DOMAINS.values() for item in domain.stars + domain.others},
    **{item: "protective" for domain in DOMAINS.values() for item in domain.protective},
    **dict.fromkeys(HARD_STOPS, "hard_stop"),
}


def typed_topics() -> dict[str, str]:
    """The topic of every item that draws on one."""
    found = {}
    for line in COI.strip().splitlines():
        head, *numbers = line.split()
        found.update({f"{head}-0{place}": f"T{number}" for place, number in enumerate(numbers, 1) if number != "-"})
    return found


TOPIC: Final = typed_topics()


def used_domains(form: Form) -> tuple[str, ...]:
    """Domains that count for this person in this scenario."""
    children = form.age_group in ("child", "disputed") or form.children_travel
    return tuple(name for name, domain in DOMAINS.items() if form.scenario in USED_IN[domain.used_in] and (domain.used_in != "children" or children))


def score(code: str, unknown_as: int) -> int:
    """F2: a risk answer as 0, 1 or 2. What does not apply counts as 0, what is open as the caller says."""
    if code in OPEN:
        return unknown_as
    return {"absent": 0, "not_applicable": 0, "partly": 1, "present": 2, "verified": 2}[code]


def likelihood(name: str, answers: Answered, unknown_as: int) -> int:
    """F3: suggested likelihood of one domain, protection taken into account."""
    domain = DOMAINS[name]
    stars = [score(answers.get(item, "not_asked"), unknown_as) for item in domain.stars]
    others = [score(answers.get(item, "not_asked"), unknown_as) for item in domain.others]
    s2, s1, o2, o1 = stars.count(2), stars.count(1), others.count(2), others.count(1)
    if s2 >= 2 or (s2 >= 1 and o2 >= 2):
        suggested = 4
    elif s2 == 1 or o2 >= 4:
        suggested = 3
    elif s1 >= 1 or o2 >= 2 or o1 + o2 >= 3:
        suggested = 2
    else:
        suggested = 1
    protective = [answers.get(item, "not_asked") for item in domain.protective]
    verified = protective.count("verified")
    protecting = protective.count("present") + verified
    if s2 == 0 and protecting >= 2:
        return max(1, suggested - 1)
    if s2 >= 1 and verified >= 2:
        return max(2, suggested - 1)
    return suggested


def domain_result(name: str, form: Form) -> dict[str, Any]:
    """F3: level, range, middle likelihood and severity of one domain."""
    severity = (form.severity or {}).get(name, DOMAINS[name].severity)
    chances = [likelihood(name, form.answers, unknown_as) for unknown_as in (0, 1, 2)]
    lowest, middle, highest = (MATRIX[chance - 1][severity - 1] for chance in chances)
    return {
        "level": _level(name, form.answers, lowest, middle, highest),
        "lowest": lowest,
        "highest": highest,
        "likelihood": chances[1],
        "severity": severity,
    }


def _level(name: str, answers: Answered, lowest: str, middle: str, highest: str) -> str:
    domain = DOMAINS[name]
    risks = domain.stars + domain.others
    unknown = [item for item in risks if answers.get(item, "not_asked") in OPEN]
    if lowest == highest:
        return lowest
    if highest == "moderate":
        return "moderate"
    if middle == "very_high":
        return "very_high"
    if any(item in domain.stars for item in unknown) or 3 * len(unknown) >= len(risks):
        return "undetermined"
    return middle


def confidence(name: str, form: Form) -> str:
    """F2, F3 and E1: how well a domain is known, in three steps that only ever go down.

    What is answered: unknown on a ★ item, or on a third of the risk items, is the lowest; something unknown, or told
    without a document or a third party, the middle. What sources say: one step less where a topic is past its age limit,
    not covered, carried by fewer than two independent voices, or disputed (E1: high only if none of these); and on a
    topic of a ★ item the outdated counts as unknown, which is the lowest again.
    """
    domain = DOMAINS[name]
    codes = {item: form.answers.get(item, "not_asked") for item in domain.stars + domain.others + domain.protective}
    unknown_risks = [item for item in domain.stars + domain.others if codes[item] in OPEN]
    step = 2
    if any(code in OPEN for code in codes.values()):
        step = 1
    if any(code in ("partly", "present") and item not in form.proven for item, code in codes.items()):
        step = 1
    if any(item in domain.stars for item in unknown_risks) or (3 * len(unknown_risks) >= len(domain.stars + domain.others) and unknown_risks):
        step = 0
    draws = [(item, (form.information or {}).get(TOPIC[item], "missing")) for item, code in codes.items() if item in TOPIC and code != "not_applicable"]
    if any(state != "fine" for _, state in draws):
        step = max(0, step - 1)
    if any(item in domain.stars and state in ("outdated", "missing") for item, state in draws):
        step = 0
    return ("low", "medium", "high")[step]


def stop_states(answers: Answered) -> dict[str, str]:
    """F5: cleared, active, open or not applicable; an empty one is open (“not cleared”)."""
    codes = {item: answers.get(item, "not_asked") for item in HARD_STOPS}
    return {item: "open" if code in OPEN else code for item, code in codes.items()}


def outcome(levels: Mapping[str, str], stops: Mapping[str, str]) -> str:
    """F4: D, C, B, A, checked in this order."""
    undetermined = {name for name, level in levels.items() if level == "undetermined"}
    if any(stops[item] == "active" for item in ABSOLUTE) or "very_high" in levels.values():
        return OUTCOMES["D"]
    if "open" in stops.values() or undetermined & CRITICAL:
        return OUTCOMES["C"]
    if any(stops[item] == "active" for item in CONDITIONAL) or "high" in levels.values() or undetermined:
        return OUTCOMES["B"]
    return OUTCOMES["A"]


def expected(form: Form) -> dict[str, Any]:
    """What the dossier says of a form: domains, hard stops, outcome, and whether a protection referral is due."""
    domains = {name: domain_result(name, form) for name in used_domains(form)}
    stops = stop_states(form.answers)
    return {
        "outcome": outcome({name: result["level"] for name, result in domains.items()}, stops),
        "domains": domains,
        "hard_stops": stops,
        "protection_referral": any(stops[item] == "active" for item in REFERRAL),
    }


def outcome_with_open_as(form: Form, how: str) -> str:
    """The outcome if everything open were `absent` (stops cleared) or `present` (stops active).

    Open protection counts as none both times: F2 knows “not known” for risks only.
    """
    codes = {"risk": how, "protective": "absent", "hard_stop": "cleared" if how == "absent" else "active"}
    answered = {item: codes[kind] if form.answers.get(item, "not_asked") in OPEN else form.answers[item] for item, kind in KIND.items()}
    said = expected(Form(answered, form.scenario, form.age_group, form.children_travel, form.severity))
    outcome: str = said["outcome"]
    return outcome


def results(form: Form) -> tuple[str, ...]:
    """All that an answer could change: the level of each domain, the hard stops, the outcome."""
    said = expected(form)
    return (*(domain["level"] for domain in said["domains"].values()), *said["hard_stops"].values(), said["outcome"])


def relevant_open_items(form: Form) -> list[str]:
    """Open items of the domains in use, and open hard stops."""
    used = used_domains(form)
    return [item for item, kind in KIND.items() if form.answers.get(item, "not_asked") in OPEN and (kind == "hard_stop" or item[:3] in used)]


def open_items_by_enumeration(form: Form) -> set[str]:
    """Open items that matter, by trying everything (contract, section 3). Only for a few open items.

    An item matters if, for some answers to the other open items, two of its own answers lead to different results.
    """
    unanswered = relevant_open_items(form)
    offered = [OBSERVED[KIND[item]] for item in unanswered]
    seen: dict[tuple[str, ...], tuple[str, ...]] = {}
    for codes in product(*offered):
        answers = {**form.answers, **dict(zip(unanswered, codes, strict=True))}
        completed = Form(answers, form.scenario, form.age_group, form.children_travel, form.severity)
        seen[codes] = results(completed)
    matters = set()
    for codes, result in seen.items():
        for place, item in enumerate(unanswered):
            others = (seen[(*codes[:place], code, *codes[place + 1 :])] for code in offered[place])
            if any(other != result for other in others):
                matters.add(item)
    return matters

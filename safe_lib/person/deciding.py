"""Who decides (GDPR Art. 22, PRI-10): a case ends with a named human's own words, and departures from the rules are counted, never held against anybody.

What the rules say is kept with its reasons; it is no decision. The words of whoever closes a case are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from safe_lib import casework
from safe_lib.casework import SEVERITY, Desk, _may
from safe_lib.catalogue import instrument_files, languages, load_instrument, translated
from safe_lib.engine.departures import departures_of
from safe_lib.model.errors import WrongUse
from safe_lib.model.processing import DECISION

FEWEST: Final = 3  # words: enough to say something, too few to be a form letter


@dataclass(frozen=True, slots=True)
class Decision:
    """What a colleague decided together with the person, in the colleague's own words."""

    decided: str
    by: str  # user name
    on: str  # ISO day


@dataclass(frozen=True, slots=True)
class Departures:
    """How often professionals set a severity otherwise than the instrument; no colleague and no case is named."""

    cases: int  # with a return assessment set otherwise, at least once
    of: int  # cases that were looked at
    by_domain: Mapping[str, int]  # domain → how often


def decisions(desk: Desk, ref: str) -> tuple[Decision, ...]:
    """What was decided when the case was closed, each time, oldest first."""
    return tuple(Decision(**paper.body) for paper in _may(desk, "read", ref).paper_history(ref, DECISION))


def decide(desk: Desk, ref: str, words: str) -> Decision:
    """Keep the words of whoever closes a case; the results of the rules stay beside them, and nothing is put over them.

    Raises:
        WrongUse: no words of one's own, or an outcome of the rules copied for them.
    """
    said = " ".join(words.split())
    if len(said.split()) < FEWEST or said.casefold().rstrip(".") in _outcomes():
        raise WrongUse("decision: write in your own words what was decided with the person, and why.\n  What the rules say is no decision.")
    body = {"decided": said, "by": desk.person, "on": desk.today.isoformat()}
    casework.save_paper(desk, ref, DECISION, body)
    return Decision(**body)


def departures_counted(desk: Desk) -> Departures:
    """How often it was departed from the rules, in all cases of this person; for learning about the rules, not about people.

    Raises:
        NotPermitted: figures are not for this role.
    """
    casework.require_right(desk, "team.read_figures")
    listing = replace(desk, for_list=True)
    lines, found, counted = casework.list_cases(listing), 0, dict[str, int]()
    for line in lines:
        paper = casework.paper(listing, line.ref, SEVERITY)
        body = paper.body if paper else {}
        domains = [domain for future in body for domain in departures_of(body, future)]
        found += bool(domains)
        for domain in domains:
            counted[domain] = counted.get(domain, 0) + 1
    return Departures(found, len(lines), dict(sorted(counted.items())))


def _outcomes() -> frozenset[str]:
    """Titles and wordings of every outcome there is, as they would be copied."""
    known = [translated(load_instrument(id), language) for id in instrument_files() for language in languages()]
    return frozenset(" ".join(text.split()).casefold().rstrip(".") for one in known for outcome in one.outcomes for text in (outcome.title, outcome.wording))

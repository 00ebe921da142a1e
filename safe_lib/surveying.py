"""Surveys for every door: links, answers by link, by paper and from files, each with the same rules and the same rights.

A survey is answered by professionals, and nothing here touches a case. Who answers by a link is not known to the store, and
nobody is signed in then; everything else needs a right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from safe_lib.casework import Desk, _may
from safe_lib.catalogue.surveys import load_survey
from safe_lib.engine import surveys as rules
from safe_lib.model.errors import WrongUse
from safe_lib.model.survey import Said, Survey, Wrong
from safe_lib.store import postbox
from safe_lib.store.surveys import Arrived, Coding, Link, Response

USUAL: Final = 60  # days for which a link works, where nothing else is said
LONGEST: Final = 366
LONGEST_NUMBER: Final = 40  # signs of the number on a paper
ADDRESS: Final = "/survey/"


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that was made; its address is told this once."""

    link: Link
    path: str  # of the address, on the server of this store


def open_link(desk: Desk, survey: str, days: int = USUAL) -> Opened:
    """Make a link by which a survey can be answered without an account.

    Raises:
        WrongUse: there is no such survey, or the days are out of bounds.
        NotPermitted: for whoever may not.
    """
    store = _may(desk, "survey.manage")
    whole = load_survey(survey)
    if not 1 <= days <= LONGEST:
        raise WrongUse(f"survey: a link works for 1 to {LONGEST} days.\n  Give another number.")
    link, token = store.open_survey(whole.id, whole.version, desk.today + timedelta(days=days), by=desk.person, at=desk.now())
    return Opened(link, f"{ADDRESS}{token}")


def close_link(desk: Desk, id: int) -> None:
    """Close a link; what waits in its letter box is fetched first."""
    store = _may(desk, "survey.manage")
    store.fetch_letters(id, desk.today, by=desk.person, at=desk.now())
    store.close_survey(id, desk.today, by=desk.person, at=desk.now())


def erase_link(desk: Desk, id: int) -> int:
    """Erase a link with every response; how many there were."""
    return _may(desk, "survey.manage").erase_survey(id, by=desk.person, at=desk.now())


def links(desk: Desk) -> tuple[Link, ...]:
    """The links with how many answered; for whoever may enter."""
    return _may(desk, "survey.enter").survey_links()


def link(desk: Desk, id: int) -> Link:
    """One link.

    Raises:
        WrongUse: there is none with this number.
    """
    found = next((one for one in links(desk) if one.id == id), None)
    if found is None:
        raise WrongUse(f"survey: there is no link {id}.\n  `safe survey list` names those there are.")
    return found


def responses(desk: Desk, id: int) -> tuple[Response, ...]:
    """Every response by a link, after its letter box was emptied."""
    store = _may(desk, "survey.read")
    store.fetch_letters(id, desk.today, by=desk.person, at=desk.now())
    return store.responses(id)


# Answers


def for_token(store: Path, token: str, today: date, language: str) -> tuple[postbox.Slot, Survey] | None:
    """The survey that somebody with this link may answer today; None for every reason why not."""
    slot = postbox.find(store, token, today)
    return None if slot is None else (slot, load_survey(slot.survey, language))


def answer(store: Path, token: str, today: date, said: Said, once: str = "") -> tuple[Wrong, ...]:
    """Put a response into the letter box; what is wrong with it, and then nothing was put in.

    Args:
        once: a number by chance; a form that is sent twice with the same counts once.

    Raises:
        WrongUse: the link does not work.
        BoxFull: too many wait.
    """
    found = for_token(store, token, today, "en")
    if found is None:
        raise WrongUse("survey: this link does not work.\n  Ask whoever sent it to you.")
    slot, survey = found
    if wrong := rules.wrongs(survey, said):
        return wrong
    postbox.put_in(store, slot, {"said": {place: list(codes) for place, codes in rules.cleaned(survey, said).items()}}, once)
    return ()


def enter(desk: Desk, id: int, said: Said, paper: str) -> tuple[Wrong, ...]:
    """Enter what somebody answered on paper; what is wrong with it, and then nothing is kept.

    Args:
        paper: the number on the paper, which is entered once.

    Raises:
        WrongUse: the paper has no number, or was entered before.
    """
    store, number = _may(desk, "survey.enter"), " ".join(paper.split())
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise WrongUse(f"survey: a paper has a number of 1 to {LONGEST_NUMBER} signs, so that it is entered once.\n  Write one on it, and give it here.")
    survey = load_survey(link(desk, id).survey)
    if wrong := rules.wrongs(survey, said):
        return wrong
    one = Arrived(f"paper {number}", rules.cleaned(survey, said))
    if not store.add_responses(id, "paper", [one], desk.today, by=desk.person, at=desk.now()):
        raise WrongUse("survey: a paper with this number was entered before.\n  Nothing was changed.")
    return ()


def add_from_file(desk: Desk, id: int, arrived: Iterable[Arrived]) -> tuple[str, ...]:
    """Keep responses from a file, each once; which of them are new."""
    return _may(desk, "survey.manage").add_responses(id, "file", arrived, desk.today, by=desk.person, at=desk.now())


# Open answers


def code(desk: Desk, id: int, answer: int, place: str, codes: Sequence[str]) -> None:
    """Say which codes of the codebook an open answer has; each colleague codes for themselves.

    Raises:
        WrongUse: there is no such open answer, or no such code.
    """
    store = _may(desk, "survey.read")
    survey = load_survey(link(desk, id).survey)
    known, question = {one.id for one in survey.codes}, survey.places.get(place)
    found = next((one for one in store.responses(id) if one.id == answer), None)
    if question is None or question.kind != "open" or found is None or not found.said.get(place):
        raise WrongUse("survey: there is no such open answer.\n  Name its number and its question.")
    if not codes or not set(codes) <= known:
        raise WrongUse(f"survey: an answer has at least one code of the codebook.\n  There are: {', '.join(sorted(known))}.")
    store.code_answer(Coding(answer, place, desk.person, tuple(sorted(set(codes)))), id, at=desk.now())


def codings(desk: Desk, id: int) -> tuple[Coding, ...]:
    """How open answers were coded, by whom."""
    return _may(desk, "survey.read").codings(id)


def open_answers(desk: Desk, id: int) -> Mapping[tuple[int, str], str]:
    """The open answers, by response and question."""
    survey = load_survey(link(desk, id).survey)
    places = [place for place, question in survey.places.items() if question.kind == "open"]
    return {(one.id, place): one.said[place][0] for one in responses(desk, id) for place in places if one.said.get(place)}

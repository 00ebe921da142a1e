"""Rectification (GDPR Art. 16): the person says what is wrong; it is changed, or their disagreement stands beside it.

Nothing is overwritten: the earlier version stays in the history, the correction says why, and both are told in reports
that hold the answer and in what the person is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.model.case import SHARED, Paper, SavedAnswer
from safe_lib.model.correction import Correction, corrections_in
from safe_lib.model.errors import WrongUse
from safe_lib.model.instrument import Instrument
from safe_lib.model.processing import CORRECTIONS
from safe_lib.store import PaperChanged

TRIES: Final = 5  # to add a line to a paper that others write in at the same time


def corrections(desk: Desk, ref: str) -> tuple[Correction, ...]:
    """What was asked and what came of it, oldest first."""
    paper = casework.paper(desk, ref, CORRECTIONS)
    return corrections_in(paper.body) if paper else ()


def correct_answer(desk: Desk, ref: str, instrument: Instrument, said: Said, reason: str, scenario: str = SHARED) -> Correction:
    """Change an answer because the person says it is wrong; the earlier one is kept.

    Raises:
        WrongUse: no reason, nothing was recorded to this item, or the new answer is the old one.
        AnswersError: the item or the code is not one of the instrument's.
    """
    reason = _words(reason, "reason", "what is wrong, in the person's words")
    before = _recorded(desk, ref, instrument, said.item, scenario)
    after = casework.record(desk, ref, instrument, said, scenario)
    if after.revision == before.revision:
        raise WrongUse("correction: the new answer is the old one, so nothing was changed.\n  If it stays as it is, write down the disagreement.")
    return _note(desk, ref, Correction("answer", instrument.id, said.item, scenario, reason, "changed", before.revision, after.revision))


def correct_paper(desk: Desk, ref: str, kind: str, body: Mapping[str, Any], reason: str) -> Correction:
    """Change a paper because the person says it is wrong; the earlier version is kept.

    Raises:
        WrongUse: no reason, there is no such paper, or it says the same.
    """
    reason = _words(reason, "reason", "what is wrong, in the person's words")
    before = _paper(desk, ref, kind)
    after = casework.save_paper(desk, ref, kind, body, seen=before.revision)
    if after.revision == before.revision:
        raise WrongUse("correction: the new version says the same, so nothing was changed.\n  If it stays as it is, write down the disagreement.")
    return _note(desk, ref, Correction("paper", kind, "", SHARED, reason, "changed", before.revision, after.revision))


def disagree_with_answer(desk: Desk, ref: str, instrument: Instrument, item: str, reason: str, why_not: str, words: str, scenario: str = SHARED) -> Correction:
    """Leave an answer as it is, with why, and keep the person's own words beside it.

    Raises:
        WrongUse: a part is missing, or nothing was recorded to this item.
    """
    before = _recorded(desk, ref, instrument, item, scenario).revision
    return _not_changed(desk, ref, Correction("answer", instrument.id, item, scenario, reason, "not_changed", before, before), why_not, words)


def disagree_with_paper(desk: Desk, ref: str, kind: str, reason: str, why_not: str, words: str) -> Correction:
    """The same for a paper."""
    before = _paper(desk, ref, kind).revision
    return _not_changed(desk, ref, Correction("paper", kind, "", SHARED, reason, "not_changed", before, before), why_not, words)


def _not_changed(desk: Desk, ref: str, asked: Correction, why_not: str, words: str) -> Correction:
    return _note(desk, ref, replace(
        asked, reason=_words(asked.reason, "reason", "what is wrong, in the person's words"),
        why_not=_words(why_not, "why not", "why it stays as it is"), disagreement=_words(words, "disagreement", "what the person says to that")))


def _note(desk: Desk, ref: str, made: Correction) -> Correction:
    """Add it to the paper of corrections; whoever writes at the same time loses nothing."""
    made = replace(made, by=desk.person, on=desk.today.isoformat())
    for last in (False,) * (TRIES - 1) + (True,):
        known = casework.paper(desk, ref, CORRECTIONS)
        body = {"corrections": [*(one.to_json() for one in (corrections_in(known.body) if known else ())), made.to_json()]}
        try:
            casework.save_paper(desk, ref, CORRECTIONS, body, seen=known.revision if known else 0)
        except PaperChanged:
            if last:
                raise
            continue
        return made
    raise AssertionError("the last try returns or raises")


def _recorded(desk: Desk, ref: str, instrument: Instrument, item: str, scenario: str) -> SavedAnswer:
    found = casework.saved_answers(desk, ref, instrument.id, scenario).get(item)
    if found is None:
        raise WrongUse(f"{item}: nothing is recorded to this question, so nothing can be corrected.\n  Record an answer on the page.")
    return found


def _paper(desk: Desk, ref: str, kind: str) -> Paper:
    found = casework.paper(desk, ref, kind)
    if found is None or kind == CORRECTIONS:
        raise WrongUse(f"{kind}: there is no such paper in this case, so nothing can be corrected.")
    return found


def _words(text: str, name: str, wanted: str) -> str:
    if not text.strip():
        raise WrongUse(f"{name}: write down {wanted}.\n  It stands in the case, and the person can read it.")
    return text.strip()

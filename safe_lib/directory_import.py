"""Entries from a file of others as proposals: each waits for a second person, as additions and corrections on the page do.

What a file calls verified does not count here: somebody of this office asks the organisation, and says so in two presses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from safe_lib import changes
from safe_lib.casework import Desk, require_right
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.listings import ORGANISATIONS, entry_now
from safe_lib.catalogue.organisation_writing import entry_of
from safe_lib.directory_files import Import
from safe_lib.engine.hsds import RowProblem
from safe_lib.model.change import Change, ChangeRefused, Proposal
from safe_lib.model.errors import WrongUse
from safe_lib.model.organisation import NOBODY, Organisation
from safe_lib.model.texts import Texts

_OURS: Final = ("verified", "next_check", "reviewed")  # who asked, who looked, when again: said here and taken from no file


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of the entries of a file."""

    made: tuple[Proposal, ...]
    waiting: tuple[str, ...]  # ids of entries for which the same is proposed already
    problems: tuple[RowProblem, ...]


def propose_import(desk: Desk, taken: Import, differs: str = "") -> Proposed:
    """Propose every new and every changed entry; nothing is written into a file before a second person has looked at each.

    Args:
        differs: what may differ for people, in a sentence; empty names the fields that are other.

    Raises:
        NotPermitted: this person may propose nothing.
    """
    require_right(desk, "propose")
    waits = [one.change for one in changes.proposals(desk, waiting=True) if one.change.listing == ORGANISATIONS.key]
    made: list[Proposal] = []
    waiting: list[str] = []
    problems: list[RowProblem] = []
    for one, is_new in (*((entry, True) for entry in taken.new), *((entry, False) for entry in taken.changed)):
        try:
            change = _change(desk, one, differs, is_new=is_new)
            if change is None:
                continue
            if any(_is_same(change, other) for other in waits):
                waiting.append(one.id)
                continue
            made.append(changes.propose_change(desk, change))
        except ChangeRefused as refused:
            problems += [RowProblem(0, one.id, f"{wrong.field}: {wrong.says}" if wrong.field else wrong.says) for wrong in refused.problems]
        except WrongUse as problem:
            problems.append(RowProblem(0, one.id, " ".join(str(problem).split())))
    return Proposed(tuple(made), tuple(waiting), tuple(problems))


def _is_same(one: Change, other: Change) -> bool:
    return (one.place, one.id, one.what, dict(one.entry)) == (other.place, other.id, other.what, dict(other.entry))


def _change(desk: Desk, one: Organisation, differs: str, *, is_new: bool) -> Change | None:
    """The change that an entry means here; None where only what is ours differs."""
    former = {} if is_new else entry_now(ORGANISATIONS.path(one.country).read_bytes(), ORGANISATIONS, one.id) or {}
    fields = {key: value for key, value in entry_of(one).items() if key not in _OURS}
    without = tuple(key for key in former if key not in fields and key not in _OURS)
    other = tuple(_differing(fields, former))
    if not other and not without:
        return None
    if is_new or "contact" in (*other, *without):
        fields["verified"] = NOBODY  # another number is another thing to verify
    texts = load_texts(desk.language)
    names = ", ".join(_named(texts, key) for key in (*other, *without))
    said = differs.strip() or (texts("directory.import.new") if is_new else texts("directory.import.other", fields=names))
    return changes.change_for(desk, one.country, ORGANISATIONS.key, "add" if is_new else "correct", one.id, fields, without=without, differs=said)


def _differing(fields: Mapping[str, Any], former: Mapping[str, Any]) -> Iterator[str]:
    """The fields that are other than here."""
    return (key for key, value in fields.items() if key != "id" and former.get(key) != value)


def _named(texts: Texts, key: str) -> str:
    """A field in words, where it has a name on the page."""
    return texts(f"change.field.{key}") if texts.has(f"change.field.{key}") else key

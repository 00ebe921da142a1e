"""The one path of reviewed changes: may I? → what stands there now → amend → check → keep → audit.

Who proposes does not confirm. The file is written only by `confirm_change`, whole or not at all, and only if the entry
still is what the proposal was made from. Pages, the command line and later editors call these functions and nothing
below them.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from safe_lib.casework import Desk, has_right, require_right
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.amending import Amendment, amend, raised
from safe_lib.catalogue.change_rules import names_a_case, text_rules, texts_of
from safe_lib.catalogue.lines import read_text
from safe_lib.catalogue.listings import Listing, entry_now, listing_of
from safe_lib.catalogue.reading import content_hash
from safe_lib.catalogue.writing import held, replace_file
from safe_lib.model.change import DONE, WHATS, Change, ChangeRefused, EntryChanged, Proposal, Wrong
from safe_lib.model.errors import CountryInfoError, WrongUse
from safe_lib.rights.permission import Verb
from safe_lib.store import Store
from safe_lib.store.proposals import require_person

LATER: Final = "…"  # in a preview, what only the confirmation brings


@dataclass(frozen=True, slots=True)
class Preview:
    """A change that may be proposed: the file before and after it."""

    change: Change
    file: str
    before: bytes
    after: bytes

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The lines of the file that differ: `-` or `+`, and the line."""
        old, new = (text.decode("utf-8").splitlines() for text in (self.before, self.after))
        found = (line for line in difflib.unified_diff(old, new, lineterm="", n=0) if not line.startswith(("---", "+++", "@@")))
        return tuple((line[0], line[1:]) for line in found)


def change_for(desk: Desk, place: str, listing: str, what: str, id: str, fields: Mapping[str, Any], *, without: Collection[str] = (),
               sources: Mapping[str, Mapping[str, Any]] | None = None, differs: str = "", since: str = "", signed: str = "") -> Change:
    """A whole change from what is new: `fields` over the entry as it stands now.

    Args:
        without: fields that the entry shall have no more.
        differs: what may differ for people, in a sentence.
        since: from which day; empty takes the day the claim was true, or today.
        signed: how the person at the desk is named in the file; empty takes the user name.

    Raises:
        WrongUse: there is no such list, file or entry, or an entry to add is there already.
    """
    require_right(desk, "propose")
    kind = listing_of(listing)
    if what not in WHATS:
        raise WrongUse(f"An entry cannot be changed in this way.\n  There are: {', '.join(WHATS)}.")
    former = entry_now(kind.path(place).read_bytes(), kind, id, kind.name(place)) or {}
    if bool(former) is (what == "add"):
        said = f'There is an entry "{id}" already' if former else f'There is no entry "{id}"'
        raise WrongUse(f"{kind.name(place)}: {said}.\n  {'Renew or correct it, or choose another id.' if former else 'Check the id.'}")
    entry = {} if what == "withdraw" else {**former, **fields, "id": id}
    kept = {key: value for key, value in entry.items() if key not in (*without, kind.stamp)}
    day = since or str((what != "withdraw" and kept.get("as_of")) or desk.today.isoformat())
    return Change(place, kind.key, what, id, kept, former, dict(sources or {}), differs.strip(), day, signed.strip() or desk.person)


def preview_change(desk: Desk, change: Change) -> Preview:
    """What would be written, if somebody confirmed it; nothing is kept.

    Raises:
        ChangeRefused: something in it is wrong; every problem stands in `problems`, beside its field.
        EntryChanged: the entry is no longer what the change was made from.
    """
    require_right(desk, "propose")
    kind = listing_of(change.listing)
    before = kind.path(change.place).read_bytes()
    return Preview(change, kind.name(change.place), before, _amended(desk, kind, change, before))


def propose_change(desk: Desk, change: Change) -> Proposal:
    """Keep a change for a second person; refused as `preview_change` refuses."""
    store = _may(desk, "propose")
    shown = preview_change(desk, change)
    return store.propose(change, file=shown.file, based_on=content_hash(shown.before), by=desk.person, at=desk.now())


def proposals(desk: Desk, *, waiting: bool = False) -> tuple[Proposal, ...]:
    """The proposals there have been, oldest first; or those that wait for somebody."""
    return tuple(one for one in _reader(desk).proposals() if not waiting or one.state == "proposed")


def proposal(desk: Desk, id: str) -> Proposal:
    """One proposal; StoreError if there is none."""
    return _reader(desk).proposal(id)


def preview_of(desk: Desk, id: str) -> Preview:
    """What confirming a proposal would write; refused as `preview_change` refuses."""
    return preview_change(desk, proposal(desk, id).change)


def rests_on(change: Change) -> dict[str, Mapping[str, Any]]:
    """The sources of an entry as it shall be, in full: a second person has to open them, new or not."""
    kind = listing_of(change.listing)
    known = read_text(kind.path(change.place).read_bytes(), kind.name(change.place)).get("sources") or {}
    cited = [str(id) for id in change.entry.get("sources") or ()]
    quoted = [id for id in change.sources if id not in cited]
    return {id: change.sources.get(id) or known.get(id) or {} for id in (*cited, *quoted)}


def confirm_change(desk: Desk, id: str, *, signed: str = "") -> Proposal:
    """Write a proposed change into its file, as the second person who has looked at its sources.

    Should the program be ended between writing and noting that it was written, confirming again notes it.

    Args:
        signed: how the person at the desk is named in the file; empty takes the user name.

    Raises:
        NotPermitted: who proposed it cannot confirm it.
        EntryChanged: somebody changed the entry meanwhile; it holds what was, what is and what was wanted.
        ChangeRefused: the file could not be read afterwards, or what was proposed is wrong today.
        CountryInfoError: the file cannot be written. In every case it stands as it was.
    """
    store = _may(desk, "confirm")
    found = store.proposal(id)
    require_person(found, "confirmed", desk.person)
    kind = listing_of(found.change.listing)
    path = kind.path(found.change.place)
    with held(path.parent):
        before = path.read_bytes()
        if _is_written(before, kind.name(found.change.place), id):
            return store.decide(id, "confirmed", by=desk.person, at=desk.now())
        after = _amended(desk, kind, found.change, before, confirmed=found, signed=signed)
        return store.decide(id, "confirmed", by=desk.person, at=desk.now(), then=lambda: replace_file(path, after))


def reject_change(desk: Desk, id: str, reason: str) -> Proposal:
    """Turn a proposal down, with the reason in words; nothing is written into the file."""
    if not reason.strip():
        raise WrongUse("A rejection needs a reason, so that who proposed it can mend it.\n  Say it in a sentence.")
    return _may(desk, "confirm").decide(id, "rejected", by=desk.person, at=desk.now(), reason=reason.strip()[:1000])


def withdraw_change(desk: Desk, id: str, reason: str = "") -> Proposal:
    """Take back what one proposed oneself."""
    return _may(desk, "propose").decide(id, "withdrawn", by=desk.person, at=desk.now(), reason=reason.strip()[:1000])


def may_change(desk: Desk) -> bool:
    """Whether the person at the desk may propose changes, so that a page can leave its links out."""
    return has_right(desk, "propose")


def _may(desk: Desk, verb: Verb) -> Store:
    require_right(desk, verb)
    return desk.open_store()


def _reader(desk: Desk) -> Store:
    """Who may propose or confirm may read what was proposed."""
    return _may(desk, "confirm" if has_right(desk, "confirm") else "propose")


def _amended(desk: Desk, kind: Listing, change: Change, before: bytes, *, confirmed: Proposal | None = None, signed: str = "") -> bytes:
    """The file after the change, read again and found right."""
    name = kind.name(change.place)
    file = read_text(before, name)
    if (now := entry_now(before, kind, change.id, name)) != (change.former or None):
        raise EntryChanged(name, change, now)
    _refuse(name, [*_broken(desk, kind, change, file), *_wrong_name(desk, signed)])
    try:
        after = amend(before, name, _amendment(desk, kind, change, file, confirmed, signed))
    except CountryInfoError as problem:
        raise ChangeRefused(name, [Wrong("", str(problem))]) from None
    _refuse(name, kind.problems(change, after))
    return after


def _refuse(name: str, problems: Collection[Wrong]) -> None:
    if problems:
        raise ChangeRefused(name, tuple(dict.fromkeys(problems)))


def _broken(desk: Desk, kind: Listing, change: Change, file: Mapping[str, Any]) -> list[Wrong]:
    """The rules that the change does not keep, in the words of the person at the desk."""
    texts = load_texts(desk.language)
    found = [Wrong(one.at, texts(f"change.wrong.{one.rule}", **one.facts)) for rules in kind.rules for one in rules(change, file, desk.today)]
    references = _references(desk)
    return [*found, *(Wrong(name, texts("change.wrong.case")) for name, text in texts_of(change) if names_a_case(text, references))]


def _wrong_name(desk: Desk, signed: str) -> list[Wrong]:
    """What is wrong with the name under which a second person signs: it goes into the file like every other text."""
    texts = load_texts(desk.language)
    found = [Wrong("signed", texts(f"change.wrong.{one.rule}", **one.facts)) for one in text_rules("signed", signed)]
    return [*found, *([Wrong("signed", texts("change.wrong.case"))] if names_a_case(signed, _references(desk)) else [])]


def _references(desk: Desk) -> frozenset[str]:
    """The cases this person may list. Others are not looked at: a refusal must not tell that they exist."""
    if desk.store is None or not has_right(desk, "list"):
        return frozenset()
    return frozenset(line.ref for line in desk.store.cases() if not line.ref.isdecimal())  # a bare number is a number


def _amendment(desk: Desk, kind: Listing, change: Change, file: Mapping[str, Any], confirmed: Proposal | None, signed: str) -> Amendment:
    version = raised(file.get("version"), words_only=change.what == "correct")
    reviewed = (signed.strip() or desk.person) if confirmed else LATER
    mark = {"date": desk.today.isoformat(), "by": reviewed} if confirmed else kind.nobody
    entry = None if change.what == "withdraw" else {**change.entry, kind.stamp: mark}
    line: dict[str, Any] = {
        "version": version, "date": desk.today.isoformat(), "what": DONE[change.what], "entry": change.id, "change": change.differs, "from": change.since,
        "by": change.signed, "reviewed": reviewed, "proposal": confirmed.id if confirmed else LATER,
    }
    if change.former:
        line["former"] = {key: value for key, value in change.former.items() if key != "id"}
    return Amendment(kind.key, change.id, entry, version, line, change.sources, kind.order, kind.group, kind.heading(change.entry) if change.entry else "")


def _is_written(raw: bytes, file: str, id: str) -> bool:
    """Whether the history says that this proposal is in the file already."""
    history = read_text(raw, file).get("history") or []
    return any(isinstance(line, dict) and line.get("proposal") == id for line in history)

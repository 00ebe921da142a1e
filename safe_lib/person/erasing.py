"""Erasure with a proof (GDPR Art. 17 and 19, PRI-06): two people, nothing left but a tombstone, and a paper for the person.

The erasing itself is `Store.erase`: rows out, pages written over, the key's half in the vault overwritten. Here it is
counted before and looked for after, and said which copies may still exist, and until when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from safe_lib import copies, teamwork
from safe_lib.casework import Desk, _may
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.processing import load_processing
from safe_lib.model.document import Block, Bullets, Document, Facts, Heading, Notice, Table, Text
from safe_lib.model.errors import CaseNotFound, StoreError, WrongUse
from safe_lib.model.person import Request
from safe_lib.model.texts import Texts
from safe_lib.person.colleagues import Colleagues
from safe_lib.store import Store

OLDEST_COPY: Final = timedelta(days=30)  # of the vault (SECURITY.md, Erasing, and safety copies)


@dataclass(frozen=True, slots=True)
class Left:
    """One document that had left before the case was erased; whoever received it is told of the erasure (Art. 19)."""

    on: date
    recipient: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That a case was erased: when, by whom, what was taken out, what was looked for, and which copies may still exist.

    What was taken out and who had received documents is known only in the moment of erasing: nothing of it is kept.
    """

    ref: str
    at: datetime  # UTC
    asked_by: str  # the role of who asked
    agreed_by: str  # the role of who agreed
    looked_again: date
    groups: Mapping[str, int] | None = None  # title of a field group → rows that were taken out
    left: tuple[Left, ...] | None = None  # None: not known to who erased, or not any more
    old_copies: int = 0  # places whose newest safety copy of the vault is from before the erasure

    @property
    def copies_until(self) -> date:
        """The last day on which a copy of the vault may still exist, where copies are kept as SECURITY.md says."""
        return self.at.date() + OLDEST_COPY


def agree(desk: Desk, number: int) -> Proof | None:
    """Agree to a request; where it was an erasure, the proof of it.

    Raises:
        StoreError: something of the case is still there; the case is gone all the same, and this is told.
        NotPermitted: one's own request, or no right to agree to it.
    """
    store = desk.open_store()
    request = next((one for one in teamwork.requests(desk) if one.id == number), None)
    if request is None or request.what != "erase":
        teamwork.agree(desk, number)
        return None
    _may(desk, "agree_erase", request.subject)
    colleagues = Colleagues.of(store, desk.language)
    counted, left, halves = _grouped(store, request.subject, desk.language), _left(store, request.subject), store.halves(request.subject)
    teamwork.agree(desk, number)
    _require_gone(store, request.subject, halves)
    return Proof(request.subject, _when(store, request.subject), colleagues.role(request.asked_by), colleagues.role(desk.person), desk.today, counted, left,
                 len(copies.waiting(desk)))


def proof_again(desk: Desk, ref: str) -> Proof:
    """The proof of an earlier erasure, as far as it can still be told: the store is looked through again.

    Raises:
        WrongUse: no such case was erased.
        StoreError: something of it is still there.
    """
    store = _may(desk, "agree_erase", ref)
    found = store.tombstone(ref)
    if found is None:
        raise WrongUse("proof: no case with this reference was erased.\n  Check the reference.")
    _require_gone(store, ref, ())
    colleagues, request = Colleagues.of(store, desk.language), store.request_done("erase", ref)
    asked = colleagues.role(request.asked_by) if request else ""
    return Proof(ref, found[1], asked, colleagues.role(found[0]), desk.today, old_copies=len(copies.waiting(desk)))


def _require_gone(store: Store, ref: str, halves: tuple[bytes, ...]) -> None:
    still = store.leftovers(ref, halves)
    if still:
        raise StoreError(f"{ref}: the case was erased, but something of it is still in {', '.join(still)}.\n  Tell who looks after the program at once.")


def _when(store: Store, ref: str) -> datetime:
    found = store.tombstone(ref)
    if found is None:
        raise StoreError(f"{ref}: the agreement counts, but the case was not erased.\n  Ask for it again.")
    return found[1]


def _grouped(store: Store, ref: str, language: str) -> dict[str, int]:
    """Rows by field group, of what says something of the person."""
    rows, policy = store.holdings(ref), load_processing(language)
    with_the_case = {purpose.id for purpose in policy.clocks()}
    counted = {group.title: sum(rows.get(table, 0) for table in group.tables) for group in policy.groups if with_the_case.intersection(group.purposes)}
    return {title: number for title, number in counted.items() if number}


def _left(store: Store, ref: str) -> tuple[Left, ...] | None:
    """Which documents had left; None where whoever erases holds no key of the case and may not know."""
    try:
        store.case(ref)
    except CaseNotFound:
        return None
    return tuple(Left(line.at.date(), line.recipient) for line in store.disclosures(ref))


# The paper


def proof_document(proof: Proof, language: str, *, discreet: bool = False) -> Document:
    """The proof as a paper that can be given to the person.

    Args:
        discreet: a title that tells nothing.
    """
    texts = load_texts(language)
    title = texts("rights.discreet_title" if discreet else "rights.erased.title")
    marks = (texts("report.mark.draft_translation"),) if texts.status == "draft" else ()
    return Document(title, language, texts.direction, "person", proof.ref, proof.looked_again.isoformat(), tuple(_blocks(proof, texts)),
                    footer=texts("rights.erased.footer"), marks=marks)


def _blocks(proof: Proof, texts: Texts) -> list[Block]:
    by = texts("rights.erased.by_two", asked=proof.asked_by or texts("rights.a_colleague"), agreed=proof.agreed_by)
    facts = ((texts("rights.erased.day"), proof.at.date().isoformat()), (texts("rights.erased.by"), by))
    return [Text(texts("rights.erased.lead"), "lead"), Facts(facts), *_what(proof, texts), Heading(texts("rights.erased.looked")),
            Text(texts("rights.erased.looked_text", day=proof.looked_again.isoformat())), Heading(texts("rights.erased.copies")),
            Bullets((texts("rights.erased.copy_database"), texts("rights.erased.copy_vault", until=proof.copies_until.isoformat()),
                     texts("rights.erased.copy_places", count=proof.old_copies), texts("rights.erased.copy_paper"))),
            *_recipients(proof, texts), Heading(texts("rights.erased.remains")), Text(texts("rights.erased.remains_text", ref=proof.ref))]


def _what(proof: Proof, texts: Texts) -> list[Block]:
    if proof.groups is None:
        return [Notice(texts("rights.erased.what"), texts("rights.erased.what_unknown"), "info")]
    rows = tuple((title, str(number)) for title, number in proof.groups.items())
    return [Table(texts("rights.erased.what"), (texts("rights.erased.group"), texts("rights.erased.entries")), rows)]


def _recipients(proof: Proof, texts: Texts) -> list[Block]:
    heading = Heading(texts("rights.erased.left"))
    if proof.left is None:
        return [heading, Text(texts("rights.erased.left_unknown"))]
    if not proof.left:
        return [heading, Text(texts("rights.erased.left_none"))]
    rows = tuple((line.on.isoformat(), line.recipient) for line in proof.left)
    return [heading, Text(texts("rights.erased.left_text")), Table(texts("rights.erased.left"), (texts("rights.day"), texts("rights.recipient")), rows)]


def open_request(desk: Desk, ref: str) -> Request | None:
    """The request to erase this case that waits for a second person, if there is one."""
    return next((one for one in teamwork.requests(desk) if (one.what, one.subject, one.status) == ("erase", ref, "asked")), None)

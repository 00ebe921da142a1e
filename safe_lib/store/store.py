"""The encrypted case store: the only place that reads and writes what is known of a person.

One process, one connection, any thread. Each write is one transaction with its audit line, and is on the disk when
the call returns. Several processes may have the same store open; writers wait for each other.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, select

from safe_lib.model.answers import Answer
from safe_lib.model.case import (
    SHARED,
    AuditLine,
    Case,
    CaseLine,
    Disclosure,
    Identity,
    KeptAssessment,
    Paper,
    Report,
    SavedAnswer,
    Status,
)
from safe_lib.model.disclosure import Basis
from safe_lib.store import answers, audit, boxes, cases, erasing, papers, people, renewing, reports
from safe_lib.store.batch import KeepsBatch
from safe_lib.store.boxes import Holder
from safe_lib.store.copies import KeepsCopies
from safe_lib.store.editions import KeepsEditions
from safe_lib.store.grounds import KeepsGrounds
from safe_lib.store.hours import KeepsHours
from safe_lib.store.keys import STRONG, Cost, key_file
from safe_lib.store.learning import KeepsLearning
from safe_lib.store.making import First, make_store, remove_unfinished, transaction, update
from safe_lib.store.moment import moment_is_over
from safe_lib.store.opening import PATIENCE, begin_reading, give_up, shut
from safe_lib.store.opinions import KeepsOpinions
from safe_lib.store.programme import KeepsProgramme
from safe_lib.store.proposals import KeepsProposals
from safe_lib.store.releases import KeepsReleases
from safe_lib.store.retention import KeepsTime
from safe_lib.store.sealing_old import FOUNDER_ROLES
from safe_lib.store.slots import KeyRing
from safe_lib.store.surveys import KeepsSurveys
from safe_lib.store.tables import FACTS
from safe_lib.store.team import Team
from safe_lib.store.telling import TellsAll
from safe_lib.store.trouble import store_error, told, wrong_key
from safe_lib.store.turning import open_for, stamp_of
from safe_lib.store.upgrade import FIRST_PERSON, ring_for
from safe_lib.store.vault import Vault

_TRAINING = select(FACTS.c.value).where(FACTS.c.name == "training")


class Store(Team, KeepsProposals, KeepsGrounds, KeepsBatch, KeepsCopies, KeepsEditions, KeepsTime, KeepsHours, KeepsLearning, KeepsOpinions,
            KeepsProgramme, KeepsSurveys, KeepsReleases, TellsAll):
    """An open case store. Use it in a `with` statement, or call `close`.

    Every method raises `StoreBusy` when another program keeps writing, and `StoreError` when the disk is full, gone
    or read-only, or the file was damaged; then nothing of the call was saved and everything before it still is.
    Methods that write take `by`, the id of the person at work, and `at`, a moment with a zone.
    """

    def __init__(self, path: Path, connection: Connection, holder: Holder, stamp: tuple[int, int], *, patience: float = PATIENCE) -> None:
        """Hold an open connection; use `create`, `open` or `open_with_key`."""
        self.path = path
        self._connection: Connection | None = connection
        self._holder = holder
        self._patience = patience
        self._stamp = stamp  # of the key file, from before the database was opened with it
        self._stood, self._reads = {}, {}
        self._process = os.getpid()
        self._lock = RLock()
        holder.watches = True
        with self._reading() as ready:
            self.training = ready.execute(_TRAINING).scalar_one() == "true"  # invented persons only
            people.as_seen(ready, holder.ring, training=self.training)  # refused here, before anything is read
            waits, left = renewing.must_catch_up(ready), erasing.unfinished(ready)
        if left:
            self._finish_erasing()
        if waits:
            with self._writing() as ready:
                renewing.catch_up(ready)

    # ── opening and closing ──

    @classmethod
    def create(cls, path: Path | str, passphrase: str, *, training: bool = False, cost: Cost = STRONG,
               by: str = "setup", at: datetime | None = None, person: str = FIRST_PERSON, name: str = "",
               roles: Collection[str] = FOUNDER_ROLES) -> Self:
        """Make a new store with its key file and its vault, and open it.

        Args:
            path: where no file is yet; a missing folder is made, for the owner only.
            cost: of one guess of the passphrase; `CHEAP` is for tests.
            at: None takes the clock.
            person: the user name of the first person, with this `name` and these `roles`.

        Raises:
            StoreError: something is there already, or the folder cannot be written.
        """
        path = Path(path)
        ring = make_store(path, passphrase, cost, First(training, by, at or datetime.now(UTC), person, name, roles))
        try:
            return cls.open_with_key(path, ring.to_bytes())
        except BaseException:
            remove_unfinished(path)
            raise

    @classmethod
    def open(cls, path: Path | str, passphrase: str, *, person: str | None = None, patience: float = PATIENCE) -> Self:
        """Open a store with a person's passphrase; this takes about half a second on purpose.

        Args:
            person: user name; None where only one person can be meant.

        Raises:
            WrongKey: always in the same words.
            StoreError: no store there, or one of a newer version of the program.
        """
        path = Path(path)
        if not path.is_file():
            raise store_error(path, "there is no store here.", "Check the path, or make a new store.")
        return cls.open_with_key(path, ring_for(path, passphrase, person).to_bytes(), patience=patience)

    @classmethod
    def open_with_key(cls, path: Path | str, key: bytes, *, patience: float = PATIENCE) -> Self:
        """Open a store with a person's key ring, for a process that was handed it; older tables are brought to today's form.

        Args:
            key: from `derive_key`.
            patience: seconds to wait for another program that writes.

        Raises:
            WrongKey: the ring opens nothing here, or not any more.
        """
        path = Path(path)
        ring = KeyRing.from_bytes(key)
        if ring is None:
            raise wrong_key(path)
        holder = Holder(ring, Vault(path))
        stamp = stamp_of(path) if key_file(path).exists() else (0, 0)
        connection = open_for(path, ring, patience=patience)
        try:
            holder.vault.require()
            boxes.hold(connection, holder)
            with told(path):
                update(path, connection)
            return cls(path, connection, holder, stamp, patience=patience)
        except BaseException:
            shut(connection)
            raise

    def close(self) -> None:
        """Close the file. Closing twice does no harm."""
        with self._lock:
            connection, self._connection = self._connection, None
            self._holder.forget()
            if connection is not None:
                with told(self.path):
                    shut(connection)

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        """Close."""
        self.close()

    def __repr__(self) -> str:
        """Where it is; nothing of what is in it."""
        return f"Store({str(self.path)!r})"

    # ── cases ──

    def new_case(self, *, by: str, at: datetime, ref: str | None = None, alias: str = "") -> Case:
        """Open a case with an opaque reference; None lets the store choose one by chance.

        Raises:
            WrongUse: the reference could be a name.
            StoreError: the reference is taken.
        """
        with self._writing() as connection:
            return cases.add(connection, ref, training=self.training, by=by, at=at, alias=alias)

    def cases(self) -> tuple[CaseLine, ...]:
        """One line per case, in the order of their references."""
        with self._reading() as connection:
            return cases.every(connection)

    def case(self, ref: str) -> Case:
        """One case; CaseNotFound if there is none with this reference."""
        with self._reading() as connection:
            return cases.get(connection, ref)

    def set_status(self, ref: str, status: Status, *, by: str, at: datetime) -> Case:
        """Close a case or open it again."""
        with self._writing() as connection:
            return cases.set_status(connection, ref, status, by=by, at=at)

    def identity(self, ref: str) -> Identity:
        """Who the person is; kept apart from everything else. CaseNotFound if there is no such case."""
        with self._reading() as connection:
            return cases.identity(connection, ref)

    def set_identity(self, ref: str, *, alias: str, details: Mapping[str, str], by: str, at: datetime) -> Identity:
        """Write alias and details anew; the earlier ones are kept as revisions."""
        with self._writing() as connection:
            return cases.set_identity(connection, ref, Identity(ref, alias, details), by=by, at=at)

    # ── answers ──

    def answers(self, ref: str, instrument: str, scenario: str | None = None) -> tuple[SavedAnswer, ...]:
        """What counts now, by item: the shared answers, or a scenario's own answers over the shared ones.

        Empty where nobody answered, and where there is no such case.
        """
        with self._reading() as connection:
            return answers.current(connection, ref, instrument, scenario or SHARED)

    def save_answer(self, ref: str, instrument: str, item: str, answer: Answer, *, note: str = "",
                    scenario: str = SHARED, by: str, at: datetime, seen: int | None) -> SavedAnswer:
        """Save one answer; when this returns it is on the disk.

        The same answer sent twice is saved once. To undo, save the older answer again.

        Args:
            scenario: whose answer it is; `SHARED` for all futures.
            seen: the revision of this item that the editor had on screen, 0 for none; None writes over what is there.

        Raises:
            CaseChanged: (`AnswerChanged`) somebody saved another answer after `seen`; it stands in `.theirs`, and
                nothing was overwritten.
            CaseNotFound: there is no such case.
        """
        new = SavedAnswer(item, scenario, answer, note, 0, by, at)
        with self._writing() as connection:
            return answers.save(connection, ref, instrument, new, seen=seen)

    def history(self, ref: str, instrument: str, item: str) -> tuple[SavedAnswer, ...]:
        """Every answer ever saved to one item, in all scenarios, oldest first."""
        with self._reading() as connection:
            return answers.history(connection, ref, instrument, item)

    # ── documents of a case ──

    def paper(self, ref: str, kind: str) -> Paper | None:
        """A document as last saved; None where there is none yet."""
        with self._reading() as connection:
            return papers.newest(connection, ref, kind)

    def paper_history(self, ref: str, kind: str) -> tuple[Paper, ...]:
        """Every revision of a document, oldest first."""
        with self._reading() as connection:
            return papers.history(connection, ref, kind)

    def save_paper(self, ref: str, kind: str, body: Mapping[str, Any], *, by: str, at: datetime,
                   seen: int | None) -> Paper:
        """Save a document whole, by the same rule as `save_answer`.

        Raises:
            CaseChanged: (`PaperChanged`) somebody saved another version after `seen`; it stands in `.theirs`.
            CaseNotFound: there is no such case.
            WrongUse: `body` is not plain JSON.
        """
        with self._writing() as connection:
            return papers.save(connection, ref, kind, body, by=by, at=at, seen=seen)

    def keep_assessment(self, ref: str, instrument: str, scenario: str, text: str, *, hash: str, by: str,
                        at: datetime) -> KeptAssessment:
        """Keep an assessment as it was made.

        Args:
            text: the JSON of the assessment, kept byte for byte.
            hash: the fingerprint of all it was made from (instrument, country files, engine).
        """
        with self._writing() as connection:
            return papers.keep(connection, ref, instrument, scenario, text, hash=hash, by=by, at=at)

    def assessments(self, ref: str, instrument: str, scenario: str | None = None) -> tuple[KeptAssessment, ...]:
        """The assessments kept with one instrument, newest first; None gives those of all scenarios."""
        with self._reading() as connection:
            return papers.kept(connection, ref, instrument, scenario)

    # ── reports ──

    def free_report_id(self) -> str:
        """A number to print on a document that is about to be made."""
        with self._reading() as connection:
            return reports.free_id(connection)

    def seal_report(self, ref: str, content: bytes, *, workbook: str, profile: str, format: str, language: str, by: str,
                    at: datetime, id: str = "") -> Report:
        """Keep a finished document in the store, where it cannot be changed; `id` is the number printed on it."""
        with self._writing() as connection:
            return reports.seal(connection, ref, content, workbook=workbook, profile=profile, format=format, language=language, by=by, at=at, id=id)

    def reports(self, ref: str) -> tuple[Report, ...]:
        """The reports of a case, oldest first, without their content."""
        with self._reading() as connection:
            return reports.of_case(connection, ref)

    def report(self, id: str) -> Report:
        """One report without its content; StoreError if there is none."""
        with self._reading() as connection:
            return reports.get(connection, id)

    def report_bytes(self, id: str, *, by: str, at: datetime, purpose: str = "") -> bytes:
        """The document as it was sealed; the reading is audited.

        Raises:
            StoreError: there is no such report, or it is no longer what was sealed.
        """
        with self._writing() as connection:
            return reports.content(connection, id, by=by, at=at, purpose=purpose)

    def disclose(self, id: str, *, recipient: str, purpose: str, by: str, at: datetime, basis: Basis | None = None,
                 expires: date | None = None, consents_seen: int | None = None) -> Disclosure:
        """Enter a disclosure into the register, before the document leaves; refused where the paper of consents is newer than `consents_seen`."""
        with self._writing() as connection:
            said = {"recipient": recipient, "purpose": purpose, "by": by}
            return reports.disclose(connection, id, **said, at=at, basis=basis, expires=expires, consents_seen=consents_seen)

    def disclosures(self, ref: str) -> tuple[Disclosure, ...]:
        """The register of one case, oldest first."""
        with self._reading() as connection:
            return reports.disclosures(connection, ref)

    # ── audit trail ──

    def note(self, *, by: str, at: datetime, what: str, ref: str = "", detail: str = "") -> AuditLine:
        """Write an audit line for something that is no write: a reading, an entry, a refusal. No content in it."""
        if what == "case.read":
            self._reads[by, ref] = at
        with self._writing() as connection:
            return audit.add(connection, by=by, at=at, what=what, ref=ref, detail=detail)

    def audit(self, ref: str | None = None) -> tuple[AuditLine, ...]:
        """The audit trail of one case, or of the whole store with None; oldest first."""
        with self._reading() as connection:
            return audit.lines(connection, ref)

    def audit_end(self) -> tuple[int, str]:
        """Number and hash of the last audit line; noted elsewhere, they show whether lines were cut off."""
        with self._reading() as connection:
            return audit.end(connection)

    def audit_break(self) -> int | None:
        """The number of the first audit line that was changed, moved or taken out; None where all is whole."""
        with self._reading() as connection:
            return audit.first_break(connection)

    def audit_missing(self) -> tuple[tuple[str, str], ...]:
        """Cases of which less is there than the trail says was written, each with what is missing."""
        with self._reading() as connection:
            return audit.missing(connection)

    # ── transactions ──

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._lock, told(self.path):
            connection = self._usable()
            try:
                begin_reading(connection)
                self._holder.blind = None
                yield connection
            finally:
                give_up(connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock, told(self.path), transaction(self._usable()) as connection:
            self._stood.clear()
            self._holder.blind = None
            moment_is_over()
            yield connection

    def _usable(self) -> Connection:
        if self._connection is None:
            raise store_error(self.path, "the store is closed.", "Open it again with its passphrase.")
        if os.getpid() != self._process:  # SQLite must not be carried through a fork
            raise store_error(self.path, "the store was opened in another process.", "Open it again in this one.")
        if stamp_of(self.path) != self._stamp or self._connection.invalidated:
            self._open_again()
        return self._connection

    def _open_again(self) -> None:
        """The key file was written anew: this person may have no way in any more, or the file a new key."""
        stamp = stamp_of(self.path)
        old, self._connection = self._connection, None
        if old is not None and not old.invalidated:
            shut(old)
        self._take_over(open_for(self.path, self._holder.ring, patience=self._patience), stamp)

    def _take_over(self, connection: Connection, stamp: tuple[int, int]) -> None:
        self._stamp = stamp
        self._connection = connection
        boxes.hold(connection, self._holder)

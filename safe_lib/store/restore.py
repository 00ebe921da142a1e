"""From a safety copy to a store, on this machine or another one; never over a store that is there.

What was erased after an older copy was made does not come back with it: the newest vault copy has no key for it, and
says which cases these are.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from safe_lib.model.errors import CaseNotFound, StoreError, WrongKey
from safe_lib.store import audit, boxes, erasing, renewing, server
from safe_lib.store.backup import COPY, DATABASE, HALVES, KEYS, MANIFEST, VAULT, store_id
from safe_lib.store.boxes import Holder
from safe_lib.store.carrying import settle
from safe_lib.store.copyfile import SHARES, Head, Part, damaged, open_copy, read_head, sealed_for
from safe_lib.store.keys import key_file, sync_folder, write_private
from safe_lib.store.making import transaction, update
from safe_lib.store.opening import PATIENCE, shut
from safe_lib.store.postbox import IN_A_COPY, folder_of, put_back
from safe_lib.store.sealing import NotSealedSo, opened_by
from safe_lib.store.shares import joined_shares
from safe_lib.store.slots import KeyRing, file_keys, unlock
from safe_lib.store.soundness import damages
from safe_lib.store.tables import TOMBSTONES
from safe_lib.store.trouble import store_error, told, wrong_key
from safe_lib.store.turning import open_for
from safe_lib.store.vault import Vault, vault_file

COMPANIONS: Final = ("", ".key", ".vault", ".post", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Opener:
    """What opens a copy: a person's passphrase, and for a team's copies two shares."""

    passphrase: str
    person: str | None = None
    shares: Sequence[str] = ()

    def __repr__(self) -> str:
        """No words: this may end in a trace."""
        return "Opener()"


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that was brought back."""

    store: Path
    made: datetime  # when the copy was made
    cases: int
    erased: tuple[str, ...]  # references of cases in the copy that had been erased since, and were not brought back


def copies_in(place: Path) -> tuple[Path, ...]:
    """The copies of the database in a folder, oldest first."""
    found = [(int(match[1]), file) for file in place.iterdir() if (match := COPY.fullmatch(file.name))]
    return tuple(file for _, file in sorted(found))


def chosen_copy(place: Path, number: int | None = None) -> tuple[Path, Path]:
    """The two files to restore from: a single file, or the newest of a folder or the one with a number.

    Raises:
        StoreError: there is none.
    """
    if not place.is_dir():
        return place, place.with_name(place.name + ".vault")
    fitting = [file for file in copies_in(place) if number is None or int(file.stem) == number]
    if not fitting:
        raise store_error(place, "there is no such safety copy in this folder.", "Look which numbers are there.")
    return fitting[-1], place / VAULT


def restore(copy: Path, vault: Path, to: Path, opener: Opener, *, at: datetime) -> Restored:
    """Bring a copy back as the store `to`; it opens, is sound and has its whole trail, or nothing is left of it.

    Raises:
        StoreError: there is a store, or the copy was changed, is damaged, or its vault belongs to another store.
        WrongKey: passphrase or shares do not open it.
    """
    _require_nothing(to)
    with told(to):
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=to.parent, prefix=".safe-") as temporary:
            work = Path(temporary) / DATABASE
            head = read_head(copy)
            if head.key_file:
                write_private(key_file(work), head.key_file.encode())  # so that a passphrase gives the ring that opens the copy
            known = None if head.needs_shares else unlock(work, opener.passphrase, opener.person)
            said = _opened(copy, head, "database", opener, known, work)
            of_vault = _opened(vault, read_head(vault), "vault", opener, known, work)
            _require_one_store(said, of_vault, work, vault)
            ring = known or unlock(work, opener.passphrase, opener.person)
            erased = _finished(work, ring, said, of_vault, at)
            _put_in_place(work, to, ring)
    return Restored(to, datetime.fromisoformat(said["made"]), said["cases"] - len(erased), erased)


def _require_nothing(to: Path) -> None:
    if any(to.with_name(to.name + ending).exists() for ending in COMPANIONS):
        raise store_error(to, "there is a store already, or a part of one; a copy is never restored over it.", "Choose another name for the restored store.")


def _opened(file: Path, head: Head, part: Part, opener: Opener, ring: KeyRing | None, work: Path) -> dict[str, Any]:
    """Write the files of one part beside the store to be, and what its manifest says."""
    key = _key_of(head, part, opener, ring, work)
    into = work.parent / part
    into.mkdir(mode=0o700)
    found = open_copy(file, key, into)
    try:
        said: dict[str, Any] = json.loads((into / MANIFEST).read_bytes())
        whole = said["files"] == {name: sum for name, sum in found.items() if name != MANIFEST}
    except (OSError, ValueError, KeyError):
        raise damaged(file) from None
    own = {name for name in said["files"] if part == "vault" or not IN_A_COPY.fullmatch(name)}
    if not whole or own != ({DATABASE, KEYS} if part == "database" else {HALVES}):
        raise damaged(file)
    for name in said["files"]:
        (into / name).replace(work.parent / name)
    return said


def _key_of(head: Head, part: Part, opener: Opener, ring: KeyRing | None, work: Path) -> bytes:
    """The key of one file of a copy: by two shares, or by the ring of a person it was sealed to."""
    if head.part != part:
        raise store_error(part, "this is the other part of a safety copy.", "Name the copy itself; its vault is found beside it.")
    if head.needs_shares:
        private, sealed = joined_shares(opener.shares), head.to[SHARES]
    elif ring is not None:
        private, sealed = ring.private, head.to.get(ring.slot, b"")
    else:
        raise store_error(part, "this part of the safety copy was made for one person, the other one for a team.", "Bring both parts of one safety copy.")
    try:
        return opened_by(private, sealed, sealed_for(part))
    except NotSealedSo:
        if head.needs_shares:
            raise WrongKey("shares: these do not open the safety copy. Take the shares that were made for this store.") from None
        raise wrong_key(work) from None


def _require_one_store(said: dict[str, Any], of_vault: dict[str, Any], work: Path, vault: Path) -> None:
    if not said["of"] == of_vault["of"] == store_id(work):
        raise store_error(vault, "this vault belongs to another store.", "Bring both parts of one safety copy.")
    if of_vault["made"] < said["made"]:
        raise store_error(vault, "this vault is older than the copy of the database, and would not open its newest cases.",
                          "Bring the vault that was made with the copy, or a later one.")


def _finished(work: Path, ring: KeyRing, said: dict[str, Any], of_vault: dict[str, Any], at: datetime) -> tuple[str, ...]:
    """Show that what was brought back is sound and whole, and finish the erasures it does not know of."""
    Vault(work).require()
    connection = open_for(work, ring, patience=PATIENCE)
    try:
        boxes.hold(connection, Holder(ring, Vault(work)))
        update(work, connection)
        lines = audit.end(connection)
        if damages(connection) or audit.first_break(connection) is not None or list(lines) != said["audit"]:
            raise StoreError("restore: the database in this copy is not sound; nothing was restored.\n  Take the copy before it.")
        connection.rollback()
        with transaction(connection):
            erased = _erase_again(connection, of_vault["erased"], work)
            audit.add(connection, by=ring.user, at=at, what="store.restored", detail=f"copy of {said['made']}")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.rollback()
    finally:
        shut(connection)
    return erased


def _erase_again(connection: Connection, erased: Sequence[Sequence[str]], work: Path) -> tuple[str, ...]:
    """Take out the cases that were erased after this copy was made."""
    known = set(connection.execute(select(TOMBSTONES.c.ref)).scalars())
    done = []
    for ref, by, moment in erased:
        if ref in known:
            continue
        at = datetime.fromisoformat(moment)
        with suppress(CaseNotFound):  # it came and went after the copy was made
            renewing.erase(connection, ref, by=by, at=at)
            done.append(ref)
            continue
        connection.execute(insert(TOMBSTONES), {"ref": ref, "by": by, "at": at})
    erasing.finish(connection, Vault(work))  # all of it is thrown away together, should this not come to an end
    return tuple(done)


def _put_in_place(work: Path, to: Path, ring: KeyRing) -> None:
    """The database last: as long as it is not there, there is no store. A database on a server takes the rows over."""
    write_private(vault_file(to), vault_file(work).read_bytes())
    try:
        write_private(key_file(to), key_file(work).read_bytes())
        put_back(to, {file.name: file.read_bytes() for file in sorted(work.parent.iterdir()) if IN_A_COPY.fullmatch(file.name)})
        if address := server.address_named(to):
            with closing(open_for(work, ring, patience=PATIENCE)) as source:
                settle(source, to, address, file_keys(work, ring)[0])
        else:
            work.chmod(0o600)
            work.rename(to)
    except BaseException:
        for file in (vault_file(to), key_file(to)):
            file.unlink(missing_ok=True)
        shutil.rmtree(folder_of(to), ignore_errors=True)
        raise
    sync_folder(to.parent)


"""Safety copies while the store is in use: database, key file and what waits in the letter box in one file, the vault in another.

A place is a folder of copies (`0007.copy`, `0008.copy` … and one `vault.copy`) or a single file with `FILE.vault` beside
it. Copies of the database pile up as long as the organisation wishes. Of the vault each place has one: it opens every
older copy of the database too, except for cases that were erased meanwhile. So an erasure counts in a place from the
next copy made there.

Each file has a key by chance of its own, sealed to those who hold shares of the team's key (`shares`). Where one person
works, or only invented persons are in the store, it is sealed to the people in the key file instead.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select

from safe_lib.model.errors import StoreError, WrongUse
from safe_lib.store import audit, postbox
from safe_lib.store.carrying import snapshot
from safe_lib.store.copyfile import SHARES, Head, Part, open_copy, sealed_for, write_copy
from safe_lib.store.keys import alone, key_file, sync_folder
from safe_lib.store.migrate import version_of
from safe_lib.store.opening import PATIENCE, open_file, shut
from safe_lib.store.sealing import new_key, sealed_to
from safe_lib.store.slots import KeyRing, file_keys, read_key_file
from safe_lib.store.soundness import damages
from safe_lib.store.tables import CASES, COPIES, FACTS, PEOPLE, TOMBSTONES, stamp
from safe_lib.store.trouble import store_error, told
from safe_lib.store.vault import vault_file

PUBLIC: Final = "copies_public"  # name of a fact: to whom copies are sealed, hex
OLDEST: Final = timedelta(days=30)  # that a copy of the vault may become (SECURITY.md, "Erasing, and safety copies")
COPY: Final = re.compile(r"(\d{4,})\.copy")
VAULT: Final = "vault.copy"
MANIFEST: Final = "manifest.json"
DATABASE: Final = "store"  # names inside a copy
KEYS: Final = "store.key"
HALVES: Final = "store.vault"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a copy goes: its two files, and its number there."""

    folder: Path
    database: Path
    vault: Path
    number: int

    @property
    def name(self) -> str:
        """As the store remembers it."""
        single = self.number == 0
        return str(self.database.absolute() if single else self.folder.absolute())


@dataclass(frozen=True, slots=True)
class Copied:
    """A safety copy that was made and read back."""

    database: Path
    vault: Path
    cases: int
    lines: int  # of the trail
    last: str  # hash of the last of them


@dataclass(frozen=True, slots=True)
class LastCopy:
    """The newest copy in one place."""

    place: str
    number: int  # 0 for a single file
    by: str
    at: datetime
    erased_since: int  # cases whose erasure does not count there yet

    def is_overdue(self, now: datetime) -> bool:
        """It is time for the next one: because of its age, or of an erasure that has waited long enough."""
        return now - self.at > OLDEST


def place_of(to: Path) -> Place:
    """A folder that is there takes the next number; any other name is a new file.

    Raises:
        StoreError: a copy is there already under this name.
    """
    if to.is_dir():
        number = 1 + max((int(found[1]) for found in map(COPY.fullmatch, (file.name for file in to.iterdir())) if found), default=0)
        return Place(to, to / f"{number:04}.copy", to / VAULT, number)
    place = Place(to.parent, to, to.with_name(to.name + ".vault"), 0)
    if place.database.exists() or place.vault.exists():
        raise store_error(to, "there is a file already, and copies are never written over.", "Choose another name, or name a folder.")
    return place


def back_up(path: Path, ring: KeyRing, place: Place, *, at: datetime) -> Copied:
    """Make both files and read them back; the store stays in use meanwhile.

    Raises:
        StoreError: the store or the copy is damaged, or the disk does not take it; then the copy before it is kept.
        WrongUse: several people work here, and the key of the copies was not made yet.
    """
    with told(place.folder), tempfile.TemporaryDirectory(dir=place.folder, prefix=".safe-") as temporary:
        work = Path(temporary)
        with alone(vault_file(path)):  # neither keys nor people change while it is copied
            key, letters = _key(path, ring), postbox.for_a_copy(path)
            snapshot(path, work / DATABASE, key)
            keys, halves = key_file(path).read_bytes(), vault_file(path).read_bytes()
        manifest, heads = _looked_at(work / DATABASE, key, path, keys, at)
        database: dict[str, Path | bytes] = {DATABASE: work / DATABASE, KEYS: keys, **letters}
        copy = _written(work / "database", "database", heads["database"], database, manifest)
        vault = _written(work / "vault", "vault", heads["vault"], {HALVES: halves}, manifest)
        copy.rename(place.database)
        vault.replace(place.vault)  # from here on the vault of the copies before is gone
        sync_folder(place.folder)
    return Copied(place.database, place.vault, manifest["cases"], *manifest["audit"])


def remember(connection: Connection, place: Place, *, by: str, at: datetime) -> None:
    """Write down that a place has a new copy."""
    forget(connection, place.name)
    connection.execute(insert(COPIES), {"place": place.name, "number": place.number, "by": by, "at": at})
    audit.add(connection, by=by, at=at, what="copy.made")


def forget(connection: Connection, place: str) -> bool:
    """A place is not there any more; whether it was known."""
    return connection.execute(delete(COPIES).where(COPIES.c.place == place)).rowcount > 0


def places(connection: Connection) -> tuple[LastCopy, ...]:
    """Every place with its newest copy."""
    erased = connection.execute(select(TOMBSTONES.c.at)).scalars().all()
    rows = connection.execute(select(COPIES).order_by(COPIES.c.place)).all()
    return tuple(LastCopy(row.place, row.number, row.by, row.at, sum(moment > row.at for moment in erased)) for row in rows)


def keep_public(connection: Connection, public: bytes, *, by: str, at: datetime) -> None:
    """From now on copies are sealed to this key; copies before stay under theirs."""
    connection.execute(delete(FACTS).where(FACTS.c.name == PUBLIC))
    connection.execute(insert(FACTS), {"name": PUBLIC, "value": public.hex()})
    audit.add(connection, by=by, at=at, what="copy.key_made")


def store_id(path: Path) -> str:
    """What a store and all its copies have in common; it says nothing."""
    return hashlib.sha256(b"SAFE copies of " + read_key_file(path).salt).hexdigest()[:16]


def _key(path: Path, ring: KeyRing) -> bytes:
    key, before = file_keys(path, ring)
    if before is not None:
        raise StoreError("store: its key is being changed.\n  Open it once, then make the copy again.")
    return key


def _looked_at(copy: Path, key: bytes, path: Path, keys: bytes, at: datetime) -> tuple[dict[str, Any], dict[Part, tuple[Head, bytes]]]:
    """A copy of the database is shown to be sound; what is told of it, and the key of each file."""
    connection = open_file(copy, key, patience=PATIENCE)
    try:
        if damages(connection) or audit.first_break(connection) is not None:
            raise StoreError("store: the copy is not sound: a part of the store was changed or damaged from outside.\n"
                             "  Keep the older copies, and tell who looks after the store.")
        manifest = _manifest(connection, path, at)
        heads = {part: _head(connection, path, keys, part) for part in ("database", "vault")}
    finally:
        connection.rollback()
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shut(connection)
    return manifest, heads  # type: ignore[return-value]


def _manifest(connection: Connection, path: Path, at: datetime) -> dict[str, Any]:
    return {"of": store_id(path), "made": stamp(at), "tables": version_of(connection), "audit": list(audit.end(connection)),
            "cases": connection.execute(select(func.count()).select_from(CASES)).scalar_one(),
            "erased": [[row.ref, row.by, stamp(row.at)] for row in connection.execute(select(TOMBSTONES).order_by(TOMBSTONES.c.at))]}


def _head(connection: Connection, path: Path, keys: bytes, part: Part) -> tuple[Head, bytes]:
    """To whom this file is sealed, and its key."""
    key, about = new_key(), sealed_for(part)
    public = connection.execute(select(FACTS.c.value).where(FACTS.c.name == PUBLIC)).scalar()
    if public:
        return Head(part, {SHARES: sealed_to(bytes.fromhex(public), key, about)}), key
    people = connection.execute(select(PEOPLE.c.user, PEOPLE.c.public).where(PEOPLE.c.status == "active")).all()
    training = connection.execute(select(FACTS.c.value).where(FACTS.c.name == "training")).scalar() == "true"
    if len(people) > 1 and not training:
        raise WrongUse("backup: several people work in this store, and the key of its safety copies was not made yet.\n"
                       "  Make it once, in three shares for three people: safe backup --new-key FOLDER.")
    file = read_key_file(path)
    to = {file.slot_id(person.user): sealed_to(person.public, key, about) for person in people}
    return Head(part, to, keys.decode("ascii")), key


def _written(file: Path, part: Part, sealed: tuple[Head, bytes], parts: Mapping[str, Path | bytes], manifest: Mapping[str, Any]) -> Path:
    """One file of a copy, read back whole before anybody relies on it."""
    head, key = sealed
    sums = {name: hashlib.sha256(content if isinstance(content, bytes) else content.read_bytes()).hexdigest() for name, content in parts.items()}
    write_copy(file, head, key, {**parts, MANIFEST: json.dumps({**manifest, "files": sums}).encode()})
    with tempfile.TemporaryDirectory(dir=file.parent) as temporary:
        found = open_copy(file, key, Path(temporary))
    if {name: found.get(name) for name in sums} != sums:
        raise store_error(file.parent, f"the {part} was not written as it is.", "Check the disk, then make the copy again.")
    return file

"""The key file beside a store, `<store>.key`: one slot for each person who may open it.

A slot is found by a keyed hash of the user name, so the file names nobody; but whoever has it can try names. It holds,
under the person's passphrase, the person's private key; and, sealed to that key, the key of the database file. So the
file key can be changed without anybody's passphrase, and a passphrase without touching the database.

Format 1 had one passphrase for everybody, which was the file key itself; `safe_lib.store.upgrade` brings it here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from safe_lib.model.errors import StoreError, WrongUse
from safe_lib.store.keys import SALT_LENGTH, Cost, alone, key_file, new_salt, replace_private, stretched, write_private
from safe_lib.store.sealing import FORMAT, NotSealedSo, locked, opened_by, public_of, sealed_to, unlocked
from safe_lib.store.trouble import store_error, told, wrong_key
from safe_lib.store.vault import vault_file

LARGEST: Final = 4_000_000  # bytes; some 4,000 persons
FILE: Final = "key of the file"  # what the file key is sealed for


@dataclass(frozen=True, slots=True)
class KeyRing:
    """What a person holds while working: who they are, and their private key. It is handed from process to process, never written."""

    person: str  # id
    user: str  # the name they work under
    slot: str
    private: bytes
    guest: bool = False  # works in a training store under a name of their own

    def __repr__(self) -> str:
        return "KeyRing()"

    def to_bytes(self) -> bytes:
        """As it is handed over."""
        return json.dumps({**asdict(self), "private": self.private.hex()}).encode()

    @classmethod
    def from_bytes(cls, said: bytes) -> KeyRing | None:
        """The ring that was handed over; None where it is none."""
        try:
            found = json.loads(said)
            return cls(**{**found, "private": bytes.fromhex(found["private"])})
        except (ValueError, TypeError, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class Slot:
    """One person's way in."""

    id: str
    salt: bytes
    cost: Cost
    ring: bytes  # under the passphrase
    file: bytes  # the file key, sealed to the person
    before: bytes = b""  # the file key before, while it is being changed


@dataclass(frozen=True, slots=True)
class KeyFile:
    """All slots of a store; the first is that of whoever made it."""

    salt: bytes
    training: bool
    cost: Cost  # of new slots
    slots: tuple[Slot, ...]

    def slot_id(self, user: str) -> str:
        """The number of a user name in this store; capitals and forms of letters do not count."""
        name = unicodedata.normalize("NFKC", user).casefold().strip()
        return hmac.digest(self.salt, f"{FORMAT} slot {name}".encode("utf-8", "surrogatepass"), hashlib.sha256)[:16].hex()

    def slot(self, id: str) -> Slot | None:
        """The slot with this number."""
        return next((one for one in self.slots if one.id == id), None)

    def with_slot(self, slot: Slot) -> KeyFile:
        """With a slot put in, or in the place of the one with its number."""
        found = tuple(slot if one.id == slot.id else one for one in self.slots)
        return replace(self, slots=found if self.slot(slot.id) else (*found, slot))

    def without(self, id: str) -> KeyFile:
        """With a slot taken away."""
        return replace(self, slots=tuple(one for one in self.slots if one.id != id))


def new_slot(file: KeyFile, ring: KeyRing, passphrase: str, file_key: bytes) -> Slot:
    """A slot that opens with this passphrase."""
    salt = new_salt()
    key = stretched(passphrase, salt, file.cost)
    id = file.slot_id(ring.user)
    return Slot(id, salt, file.cost, locked(key, replace(ring, slot=id).to_bytes(), _about(file, id)), sealed_to(public_of(ring.private), file_key, FILE))


def unlock(path: Path, passphrase: str, user: str | None = None) -> KeyRing:
    """The ring of a person; a slot that is cheaper than today's cost is made dearer on the way.

    Args:
        user: None where only one person can be meant: a store of one person, or a training store.

    Raises:
        WrongKey: unknown name or wrong passphrase; always in the same words, after the same work.
        WrongUse: no name was given, and several persons could be meant.
    """
    file = read_key_file(path)
    slot, guest = _meant(file, user)
    known = slot or replace(file.slots[0], ring=file.slots[0].ring[::-1])  # the same work for a name that is not there
    try:
        said = unlocked(stretched(passphrase, known.salt, known.cost), known.ring, _about(file, known.id))
    except NotSealedSo:
        raise wrong_key(path) from None
    ring = KeyRing.from_bytes(said)
    if ring is None:
        raise wrong_key(path)
    if known.cost != known.cost.today:
        _make_dearer(path, ring, passphrase)
    return replace(ring, user=str(user), guest=True) if guest else ring


def file_keys(path: Path, ring: KeyRing) -> tuple[bytes, bytes | None]:
    """The key of the database file, and the one before it where a change is under way.

    Raises:
        WrongKey: this person has no slot any more, or it was changed.
    """
    slot = read_key_file(path).slot(ring.slot)
    if slot is None:
        raise wrong_key(path)
    try:
        before = opened_by(ring.private, slot.before, FILE) if slot.before else None
        return opened_by(ring.private, slot.file, FILE), before
    except NotSealedSo:
        raise wrong_key(path) from None


def first_key_file(training: bool, cost: Cost) -> KeyFile:
    """The beginnings of a key file: no slot yet."""
    return KeyFile(new_salt(), training, cost, ())


def write_key_file(path: Path, file: KeyFile, *, new: bool = False) -> None:
    """Write it, durably and whole.

    Raises:
        StoreError: `new`, and there is one already; it may be the only way into another store.
    """
    place = key_file(path)
    with told(place):
        if not new:
            replace_private(place, _text(file))
            return
        try:
            write_private(place, _text(file))
        except FileExistsError:
            raise store_error(place, "there is a key file already; a store that was moved may need it.",
                              "Choose another name for the new store.") from None


def read_key_file(path: Path) -> KeyFile:
    """The key file of the store at `path`.

    Raises:
        StoreError: the file is missing, unreadable or says something no store of ours says.
    """
    found = _key_file_of(read_said(path))
    if found is None:
        raise not_a_key_file(path)
    return found


def read_said(path: Path) -> Any:
    """What the key file says, in any format; StoreError where it is missing or no JSON."""
    place = key_file(path)
    if not place.is_file():
        raise store_error(place, "this file is missing, and without it no passphrase opens the store.",
                          "Copy it back from the place where the store came from.")
    with told(place):
        text = place.read_bytes()[:LARGEST]
    try:
        return json.loads(text)
    except ValueError:
        raise not_a_key_file(path) from None


def not_a_key_file(path: Path) -> StoreError:
    """What is told of a file that cannot be used."""
    return store_error(key_file(path), "this is not the key file of a store.", "Copy it back from the last safety copy; do not mend it by hand.")


def _meant(file: KeyFile, user: str | None) -> tuple[Slot | None, bool]:
    """The slot of a name, and whether somebody comes as a guest of a training store."""
    if user is not None:
        slot = file.slot(file.slot_id(user))
        return (slot, False) if slot or not file.training else (file.slots[0], True)
    if len(file.slots) > 1 and not file.training:
        raise WrongUse("store: several people work in this store.\n  Say who you are: --person NAME, or a second line `person: NAME` in the passphrase file.")
    return file.slots[0], False


def _make_dearer(path: Path, ring: KeyRing, passphrase: str) -> None:
    with alone(vault_file(path)):
        file = read_key_file(path)
        file = replace(file, cost=file.cost.today)
        write_key_file(path, file.with_slot(new_slot(file, ring, passphrase, file_keys(path, ring)[0])))


def _about(file: KeyFile, id: str) -> bytes:
    return f"{FORMAT} slot {file.salt.hex()} {id}".encode()


def _text(file: KeyFile) -> bytes:
    slots = [{"id": one.id, "method": "argon2id", "salt": one.salt.hex(), **asdict(one.cost), "ring": one.ring.hex(), "file": one.file.hex(),
              **({"before": one.before.hex()} if one.before else {})} for one in file.slots]
    said = {"about": "One slot for each person who may open the store of the same name. Useless without a passphrase; keep it.",
            "format": 2, "salt": file.salt.hex(), "training": file.training, "cost": asdict(file.cost), "slots": slots}
    return json.dumps(said, indent=1).encode() + b"\n"


def _key_file_of(said: Any) -> KeyFile | None:
    """What the file describes; None where it is not one."""
    try:
        if said["format"] != 2:
            return None
        file = KeyFile(bytes.fromhex(said["salt"]), said["training"] is True, _cost(said["cost"]), tuple(_slot(one) for one in said["slots"]))
    except (ValueError, KeyError, TypeError):
        return None
    whole = file.slots and len(file.salt) == SALT_LENGTH and all(len(one.salt) == SALT_LENGTH for one in file.slots)
    bearable = all(cost.is_bearable for cost in (file.cost, *(one.cost for one in file.slots)))
    return file if whole and bearable else None


def _slot(said: Any) -> Slot:
    if said["method"] != "argon2id":
        raise ValueError("another method")
    return Slot(str(said["id"]), bytes.fromhex(said["salt"]), _cost(said), bytes.fromhex(said["ring"]), bytes.fromhex(said["file"]),
                bytes.fromhex(said.get("before", "")))



def _cost(said: Any) -> Cost:
    return Cost(int(said["memory"]), int(said["passes"]), int(said["lanes"]))

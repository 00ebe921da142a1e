"""The letter box of a survey: whoever has the link can put an answer in, and only the store can take one out.

It stands in a folder beside the store, because nobody is signed in when somebody answers and the store is shut. A letter is
sealed to the public key of its link and padded to a few sizes; it holds the answers, the language and a number by chance. No
moment, address or device is written, neither in a letter nor beside it. Of a link the folder knows a hash, so that whoever
reads the folder cannot answer by it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from safe_lib.model.errors import WrongUse
from safe_lib.store.keys import alone, replace_private, sync_folder, write_private
from safe_lib.store.sealing import NotSealedSo, opened_by, sealed_to
from safe_lib.store.trouble import told

TOKEN: Final = 16  # bytes by chance in a link: nobody guesses one
NUMBER: Final = 16  # bytes of the number of a letter
PADDED_TO: Final = 4096  # bytes
LARGEST: Final = 60_000  # bytes of a letter before it is sealed
MOST: Final = 5_000  # letters that wait in one box
IN_A_COPY: Final = re.compile(r"post\.(links\.json|\d+\.box)")  # names in a safety copy
_LIST: Final = "links.json"
_LOCK: Final = "lock"


class BoxFull(WrongUse):
    """No more letters before it is emptied."""

    def __init__(self) -> None:
        """The same words for everybody."""
        super().__init__("survey: the letter box is full.\n  Try again another day.")


@dataclass(frozen=True, slots=True)
class Slot:
    """What the letter box knows of a link."""

    id: int
    survey: str
    version: str
    until: str  # ISO 8601, the last day
    public: str  # key, base64
    closed: bool = False

    def is_open(self, today: date) -> bool:
        """Whether it can be answered today."""
        return not self.closed and today.isoformat() <= self.until


def folder_of(store: Path) -> Path:
    """Where the letter box of a store stands."""
    return store.with_name(store.name + ".post")


def new_token() -> str:
    """What a link ends with."""
    return secrets.token_urlsafe(TOKEN)


def put_up(store: Path, token: str, slot: Slot) -> None:
    """From now on the link works."""
    folder = folder_of(store)
    with told(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / _LOCK).touch(mode=0o600)
    with _alone(store):
        _write(store, {**_read(store), _hash(token): slot})


def take_down(store: Path, id: int, *, forget: bool = False) -> None:
    """The link does not work any more; letters that wait stay, unless it is forgotten with them."""
    if not folder_of(store).is_dir():
        return
    with _alone(store):
        slots = {key: slot for key, slot in _read(store).items() if not (forget and slot.id == id)}
        _write(store, {key: Slot(**{**asdict(slot), "closed": slot.closed or slot.id == id}) for key, slot in slots.items()})
        if forget:
            _file(store, id).unlink(missing_ok=True)


def find(store: Path, token: str, today: date) -> Slot | None:
    """The link with this token, if it can be answered today; the same for a wrong one, a closed one and one that is over."""
    slot = _read(store).get(_hash(token)) if token and token.isascii() and len(token) < 100 else None
    return slot if slot is not None and slot.is_open(today) else None


def put_in(store: Path, slot: Slot, said: dict[str, Any], number: str = "") -> None:
    """Put an answer in; it is on the disk when this returns.

    Args:
        number: by chance; the same comes into the store once. Empty draws one.

    Raises:
        BoxFull: too many wait, or the answer is longer than any that the form can give.
    """
    text = json.dumps({**said, "number": number or secrets.token_hex(NUMBER)}, ensure_ascii=False).encode()
    if len(text) > LARGEST:
        raise BoxFull
    line = b64encode(sealed_to(b64decode(slot.public), text + b" " * (-len(text) % PADDED_TO), _about(slot.id))) + b"\n"
    with _alone(store), told(_file(store, slot.id)):
        file = os.open(_file(store, slot.id), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if waiting(store, slot.id) >= MOST:
                raise BoxFull
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)


def waiting(store: Path, id: int) -> int:
    """How many letters wait."""
    file = _file(store, id)
    return file.read_bytes().count(b"\n") if file.is_file() else 0


def letters(store: Path, id: int, private: bytes) -> Iterator[dict[str, Any]]:
    """What waits, opened; a letter that somebody damaged is left where it is."""
    for line in _lines(store, id):
        found = _opened(line, id, private)
        if found is not None:
            yield found


def emptied(store: Path, id: int, private: bytes, taken: frozenset[str]) -> None:
    """Take out the letters with these numbers, after they are safe elsewhere."""
    with _alone(store), told(_file(store, id)):
        left = [line for line in _lines(store, id) if (_opened(line, id, private) or {}).get("number") not in taken]
        replace_private(_file(store, id), b"".join(line + b"\n" for line in left))


def for_a_copy(store: Path) -> dict[str, bytes]:
    """The links and what waits, by the names they have in a safety copy.

    Taken before the database is: so a letter may come twice, which its number shows, and never not at all.
    """
    if not folder_of(store).is_dir():
        return {}
    with _alone(store), told(folder_of(store)):
        files = ((f"post.{file.name}", file) for file in sorted(folder_of(store).iterdir()))
        return {name: file.read_bytes() for name, file in files if IN_A_COPY.fullmatch(name)}


def put_back(store: Path, files: Mapping[str, bytes]) -> None:
    """Put up the letter box as a safety copy has it, where none is."""
    if not files:
        return
    folder = folder_of(store)
    with told(folder):
        folder.mkdir(mode=0o700)
        for name, content in {**files, f"post.{_LOCK}": b""}.items():
            write_private(folder / name.removeprefix("post."), content)
        sync_folder(folder)


def _opened(line: bytes, id: int, private: bytes) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(opened_by(private, b64decode(line), _about(id)))
        return found
    except (NotSealedSo, ValueError):
        return None


def _lines(store: Path, id: int) -> list[bytes]:
    file = _file(store, id)
    return file.read_bytes().splitlines() if file.is_file() else []


def _about(id: int) -> str:
    return f"letter of survey {id}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _file(store: Path, id: int) -> Path:
    return folder_of(store) / f"{id}.box"


def _alone(store: Path) -> Any:
    return alone(folder_of(store) / _LOCK)


def _read(store: Path) -> dict[str, Slot]:
    file = folder_of(store) / _LIST
    return {key: Slot(**said) for key, said in json.loads(file.read_bytes()).items()} if file.is_file() else {}


def _write(store: Path, slots: dict[str, Slot]) -> None:
    replace_private(folder_of(store) / _LIST, json.dumps({key: asdict(slot) for key, slot in slots.items()}).encode())

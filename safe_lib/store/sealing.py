"""Sealing: content under the key of its case, keys for the people who may read, and marks to look things up by.

Content is AES-256-GCM with additional data that names its table and its row, so that nothing sealed can be moved to
another row and still open (NIST SP 800-38D). Keys travel to people by an ephemeral X25519 exchange, HKDF-SHA256 and
AES-256-GCM (the manner of RFC 9180). Only `cryptography` computes; here it is only put together.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safe_lib.model.errors import StoreError

KEY: Final = 32  # bytes, of every key here
NONCE: Final = 12  # bytes (SP 800-38D, section 8.2.2: by chance, at most 2^32 under one key; a case has thousands)
MARK: Final = 16  # bytes of a lookup mark
PADDED_TO: Final = 128  # bytes; the size of what is sealed tells little of what it says
WORTH_PACKING: Final = 2000  # bytes; kept assessments become an eighth, an answer nothing
PACKED: Final = b"z"  # how packed text begins; JSON never does
FORMAT: Final = "safe-1"  # of everything sealed; part of the additional data


class NotSealedSo(StoreError):
    """What is sealed does not open: it was changed, moved, or is meant for somebody else."""

    def __init__(self) -> None:
        """The same words for every reason."""
        super().__init__("a part of this case was changed or damaged from outside, or is not meant for this person.\n"
                         "  Stop working in it, keep the files as they are, and tell who looks after the store.")


def new_key() -> bytes:
    """A key by chance."""
    return secrets.token_bytes(KEY)


def derived(secret: bytes, purpose: str, *, salt: bytes = b"") -> bytes:
    """A key for one purpose, from a secret (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY, salt=salt or None, info=f"{FORMAT} {purpose}".encode()).derive(secret)


def locked(key: bytes, plain: bytes, about: bytes) -> bytes:
    """Encrypted and authenticated; `about` is not in it, but it opens only with the same."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def unlocked(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """What was sealed.

    Raises:
        NotSealedSo: it was sealed with another key, about something else, or was changed since.
    """
    return _decrypted(AESGCM(key), sealed, about)


def _decrypted(ready: AESGCM, sealed: bytes, about: bytes) -> bytes:
    try:
        return ready.decrypt(sealed[:NONCE], sealed[NONCE:], about)
    except (InvalidTag, ValueError):  # too short to hold a nonce is changed too
        raise NotSealedSo from None


# Keys for people


def new_private() -> bytes:
    """A private key (X25519) by chance."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_of(private: bytes) -> bytes:
    """The public key that belongs to a private one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sealed_to(public: bytes, secret: bytes, about: str) -> bytes:
    """A secret that only the holder of the private key can read. `about` says what it is for."""
    once = X25519PrivateKey.generate()
    ours = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    return ours + locked(derived(shared, "sealed to a person", salt=ours + public), secret, f"{FORMAT} {about}".encode())


def opened_by(private: bytes, sealed: bytes, about: str) -> bytes:
    """The secret that was sealed to this person, for the same purpose.

    Raises:
        NotSealedSo: it was not.
    """
    try:
        shared = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(sealed[:KEY]))
    except ValueError:  # too short, or a point that gives no secret
        raise NotSealedSo from None
    return unlocked(derived(shared, "sealed to a person", salt=sealed[:KEY] + public_of(private)), sealed[KEY:], f"{FORMAT} {about}".encode())


# Content of a case


@dataclass(frozen=True, slots=True)
class Box:
    """The key of one case, ready for use."""

    ref: str
    version: int  # counts how often the key of the case was changed, from 1
    key: bytes
    marks: bytes = field(init=False)  # the key of the marks, which follows from it
    ready: AESGCM = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Derive it once: a page asks for hundreds of marks, and a look through ten thousand cases opens two million answers."""
        object.__setattr__(self, "marks", derived(self.key, "marks"))
        object.__setattr__(self, "ready", AESGCM(self.key))

    def __repr__(self) -> str:
        return "Box()"  # no key and no case: this may end in a trace

    def seal(self, table: str, row: Sequence[Any], content: bytes) -> bytes:
        """Content of one row; `row` is what makes the row this one and no other, and stands beside it unsealed."""
        return locked(self.key, content, self._about(table, row))

    def open(self, table: str, row: Sequence[Any], sealed: bytes) -> bytes:
        """The content of the row; NotSealedSo if it was sealed for another."""
        return _decrypted(self.ready, sealed, self._about(table, row))

    def seal_words(self, table: str, row: Sequence[Any], said: Any) -> bytes:
        """Plain JSON, packed where it is long, and filled up with blanks to a round length."""
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        if len(text) > WORTH_PACKING:
            text = PACKED + zlib.compress(text, 6)
        return self.seal(table, row, text + b" " * (-len(text) % PADDED_TO))

    def open_words(self, table: str, row: Sequence[Any], sealed: bytes) -> Any:
        """The JSON that `seal_words` sealed."""
        text = self.open(table, row, sealed)
        return json.loads((zlib.decompressobj().decompress(text[len(PACKED):]) if text.startswith(PACKED) else text).decode())

    def mark(self, *words: str) -> bytes:
        """What rows are looked up by instead of words: the same words give the same mark in this case and in no other."""
        named = json.dumps([FORMAT, *words]).encode()
        return hmac.digest(self.marks, named, hashlib.sha256)[:MARK]

    def _about(self, table: str, row: Sequence[Any]) -> bytes:
        return about(table, self.ref, row)


def about(table: str, ref: str, row: Sequence[Any]) -> bytes:
    """What is sealed with a row and not in it: the JSON list of format, table, case and what makes the row this one; bytes in hexadecimal.

    Written part by part, because two million of them are wanted at once.
    """
    return f"[{', '.join([_part(FORMAT), _part(table), _part(ref), *map(_part, row)])}]".encode()


def _part(part: Any) -> str:
    kind = type(part)
    if kind is str:
        return encode_basestring_ascii(part)
    if kind is bytes:
        return f'"{part.hex()}"'
    return str(part) if kind is int else json.dumps(part.hex() if isinstance(part, bytes) else part)

"""Signed data files: who answers for the instruments, countries, texts, templates and workbooks of a release (SEC-42, SEC-43).

`SIGNATURES.json` beside the package names every data file with its SHA-256, and is signed with Ed25519. Whoever runs the
suite decides once whose key they trust, by putting it into their own data folder; from then on only data files that were
signed with it are used. Without a trusted key this is author mode: everything works, and every page says that the data
files are not signed.

It protects against data files that were changed, added, taken away or put back to an older release on their way here: in a
copy, an update, a shared folder, a USB stick. It does not protect against somebody who can change the programs themselves or
the data folder of this user.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from safe_lib.catalogue import paths
from safe_lib.model.errors import CatalogueError, Problems

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAME: Final = "SIGNATURES.json"
FORMAT: Final = 1
LARGEST: Final = 4_000_000  # bytes of the list; each file takes about 150
TRUSTED: Final = "release.pub"  # in the data folder: the key that this user trusts
SEEN: Final = "release.json"  # beside it: the newest release that was used, so that no older one comes back unseen
MOST_TOLD: Final = 20  # files named in one refusal

_AGAIN: Final = "Get the release again from where you trust it, or ask who looks after the suite."
_SIGN_AGAIN: Final = "If you changed it yourself, sign the release again: safe sign --key FILE."


class SignatureError(CatalogueError):
    """The data files are not those that somebody trusted has signed."""


@dataclass(frozen=True, slots=True)
class Release:
    """What was signed: a number that only grows, the day, and the SHA-256 of every data file."""

    number: int
    made: str  # ISO date
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the data files stand. `signed`: by a trusted key, and unchanged. Otherwise author mode."""

    signed: bool
    number: int = 0  # of the release; 0 in author mode


# Files


def data_folders() -> dict[str, Path]:
    """The folders of a release, by the name under which their files are signed."""
    return {"instruments": paths.INSTRUMENTS, "locales": paths.LOCALES, "workbooks": paths.WORKBOOKS, "country_info": paths.COUNTRY_INFO,
            "templates": paths.TEMPLATES}  # fmt: skip


def data_files() -> dict[str, Path]:
    """Every data file of the release by its signed name, such as `instruments/indicators/unodc.yaml`; hidden ones are none."""
    return {f"{name}/{file.relative_to(folder).as_posix()}": file for name, folder in data_folders().items() for file in sorted(folder.rglob("*"))
            if file.is_file() and not any(part.startswith((".", "__")) for part in file.relative_to(folder).parts)}  # fmt: skip


def fingerprint(file: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def signatures_file() -> Path:
    """Where the signed list of this release stands."""
    return paths.PACKAGE / NAME


# Signing


def sign_release(key: Ed25519PrivateKey, *, number: int, on: date) -> Path:
    """Sign the data files as they are now.

    Raises:
        SignatureError: the number is not greater than that of the list that is there.
    """
    file = signatures_file()
    before = _last_number(file)
    if number <= before:
        raise SignatureError(NAME, 0, f"release {before} is signed already, and numbers only grow.", repair=f"Give a number from {before + 1}.")
    release = Release(number, on.isoformat(), {name: fingerprint(path) for name, path in data_files().items()})
    said = {**asdict(release), "format": FORMAT, "key": key_name(key.public_key()), "signature": base64.b64encode(key.sign(_signed_bytes(release))).decode()}
    _replace(file, json.dumps(said, indent=1, sort_keys=True).encode() + b"\n")
    return file


def next_number() -> int:
    """The number that the next release will have."""
    return _last_number(signatures_file()) + 1


def _last_number(file: Path) -> int:
    try:
        return int(json.loads(file.read_bytes())["number"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _signed_bytes(release: Release) -> bytes:
    """What the signature covers: always the same bytes for the same release, and for nothing else."""
    return b"SAFE Workbooks data files\n" + json.dumps({**asdict(release), "format": FORMAT}, sort_keys=True, separators=(",", ":")).encode()


def key_name(key: Ed25519PublicKey) -> str:
    """The short name of a key, to compare over the telephone."""
    print_of = hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
    return "-".join(print_of[place : place + 4] for place in range(0, 16, 4))


# Keys


def make_key(file: Path, passphrase: str) -> Ed25519PrivateKey:
    """A new signing key in a file of its own, locked with a passphrase; its public half beside it, as `FILE.pub`.

    Raises:
        SignatureError: there is a file already, or it cannot be written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    key = Ed25519PrivateKey.generate()
    _write_new(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())), 0o600)
    _write_new(public_file(file), _public_text(key.public_key()), 0o644)
    return key


def public_file(file: Path) -> Path:
    """Where the public half of a key stands."""
    return file.with_name(file.name + ".pub")


def read_key(file: Path, passphrase: str) -> Ed25519PrivateKey:
    """A signing key.

    Raises:
        SignatureError: the file or the passphrase is not that of a signing key; always in the same words.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_few_bytes(file), passphrase.encode())
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SignatureError(file.name, 0, "this is not a signing key, or the passphrase is another one.", repair="Make one with: safe sign --new-key FILE.")
    return key


def read_public_key(file: Path) -> Ed25519PublicKey:
    """The public half of a key.

    Raises:
        SignatureError: it is none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_few_bytes(file))
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SignatureError(file.name, 0, "this is not the public half of a signing key.", repair="Give the file that ends with .pub.")
    return key


def trust(key: Ed25519PublicKey, folder: Path) -> Path:
    """Trust a key from now on, in place of any other; what was seen of the other's releases is forgotten."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / SEEN).unlink(missing_ok=True)
    _replace(folder / TRUSTED, _public_text(key))
    return folder / TRUSTED


def _public_text(key: Ed25519PublicKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


# Verifying


def standing(folder: Path) -> Standing:
    """Where the data files stand for a user with this data folder; looked at again when the list or the key changes.

    Raises:
        SignatureError, Problems: a key is trusted, and the data files are not those that it signed.
    """
    if not (folder / TRUSTED).is_file():
        return Standing(signed=False)
    return Standing(signed=True, number=release_of(folder).number)


def verify(folder: Path) -> Standing:
    """Look at every data file; the newest release that was seen is remembered.

    Raises:
        SignatureError, Problems: a key is trusted, and the data files are not those that it signed.
    """
    now = standing(folder)
    if not now.signed:
        return now
    release = release_of(folder)
    if found := list(_differences(release)):
        raise Problems(found)
    if release.number > _last_number(folder / SEEN):
        _replace(folder / SEEN, json.dumps({"number": release.number}).encode())
    return now


def require_signed(name: str, folder: Path) -> None:
    """One data file is as it was signed, or nobody's signature is asked for.

    Raises:
        SignatureError: it was changed, or is no part of the release.
    """
    if not (folder / TRUSTED).is_file():
        return
    wanted, file = release_of(folder).files.get(name), data_files().get(name)
    if file is None or wanted is None or fingerprint(file) != wanted:
        raise SignatureError(name, 0, "this file is not the one that was signed.", repair=_AGAIN)


_KEPT: dict[tuple[Any, ...], Release] = {}  # by the times of the files it was read from


def release_of(folder: Path) -> Release:
    """The release as the trusted key has signed it.

    Raises:
        SignatureError: the list is missing, was signed with another key, was changed, or is older than one that was used before.
    """
    list_file, key_file = signatures_file(), folder / TRUSTED
    if not list_file.is_file():
        raise SignatureError(NAME, 0, "the data files are not signed, and a key is trusted on this computer.", repair=_AGAIN)
    stamp = (str(folder), list_file.stat().st_mtime_ns, key_file.stat().st_mtime_ns)
    if stamp not in _KEPT:
        _KEPT.clear()
        _KEPT[stamp] = _verified(list_file, read_public_key(key_file))
    release = _KEPT[stamp]
    if release.number < (seen := _last_number(folder / SEEN)):
        raise SignatureError(NAME, 0, f"this is release {release.number}, and release {seen} was used before.", repair=_AGAIN)
    return release


def _verified(file: Path, key: Ed25519PublicKey) -> Release:
    from cryptography.exceptions import InvalidSignature

    said = _said(file)
    try:
        release = Release(said["number"], said["made"], said["files"])
        signature = base64.b64decode(said["signature"], validate=True)
        if said["format"] != FORMAT or type(release.number) is not int or not isinstance(release.files, dict):
            raise ValueError
        key.verify(signature, _signed_bytes(release))
    except (KeyError, ValueError, TypeError):
        raise SignatureError(NAME, 0, "this is not a list of signed data files.", repair=_AGAIN) from None
    except InvalidSignature:
        raise SignatureError(NAME, 0, f"the data files were not signed with the key that is trusted here ({key_name(key)}).", repair=_AGAIN) from None
    return release


def _said(file: Path) -> Any:
    if file.stat().st_size > LARGEST:
        raise SignatureError(NAME, 0, "this is not a list of signed data files.", repair=_AGAIN)
    try:
        said = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise SignatureError(NAME, 0, "this is not a list of signed data files.", repair=_AGAIN)
    return said


def _differences(release: Release) -> Iterator[SignatureError]:
    """Files that were changed, are missing, or were added; the first of many."""
    here = {name: fingerprint(file) for name, file in data_files().items()}
    found = [(name, "this file was changed after it was signed.") for name in sorted(here.keys() & release.files.keys()) if here[name] != release.files[name]]
    found += [(name, "this file was signed, and is missing.") for name in sorted(release.files.keys() - here.keys())]
    found += [(name, "this file is no part of the signed release.") for name in sorted(here.keys() - release.files.keys())]
    for name, problem in found[:MOST_TOLD]:
        yield SignatureError(name, 0, problem, repair=_SIGN_AGAIN)
    if len(found) > MOST_TOLD:
        yield SignatureError(NAME, 0, f"{len(found) - MOST_TOLD} more files differ.", repair=_AGAIN)


# Writing and reading small files


def _few_bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(10_000)
    except OSError as problem:
        raise SignatureError(file.name, 0, f"the file cannot be read ({problem.strerror}).", repair="Check the name and the rights.") from None


def _write_new(file: Path, content: bytes, mode: int) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
            out.write(content)
    except OSError as problem:
        raise SignatureError(file.name, 0, f"the file cannot be made ({problem.strerror}).", repair="Choose another name.") from None


def _replace(file: Path, content: bytes) -> None:
    new = file.with_name(f".{file.name}.new")
    new.write_bytes(content)
    new.replace(file)

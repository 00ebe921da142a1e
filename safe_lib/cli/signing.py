"""`safe sign`: a key for releases, a signature over the data files, and whose signature is trusted on this computer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from safe_lib.cli.options import AsJson, PassphraseFile
from safe_lib.cli.printing import say_json
from safe_lib.model.errors import WrongUse

_FILE = "FILE"


def sign(
    key: Annotated[Path | None, typer.Option("--key", metavar=_FILE, help="Sign the data files as they are now with this key.")] = None,
    new_key: Annotated[Path | None, typer.Option("--new-key", metavar=_FILE, help="Make a signing key; its public half is FILE.pub.")] = None,
    trust: Annotated[Path | None, typer.Option("--trust", metavar=_FILE, help="From now on use only data files signed with this key: FILE.pub.")] = None,
    number: Annotated[int | None, typer.Option("--number", min=1, help="Number of the release; without it, one more than the last.")] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign instruments, countries, texts, templates and workbooks, or say whose signature is trusted here.

    Without a trusted key everything works, and pages say that the data files are not signed. With one, data files that
    were changed, added, taken away or put back to an older release are refused by `serve`, `check` and every command that opens a store.
    """
    if sum(choice is not None for choice in (key, new_key, trust)) != 1:
        raise WrongUse("safe sign: say one thing at a time.\n  Give --new-key FILE, --key FILE or --trust FILE.pub.")
    if trust is not None:
        done = _trust(trust)
    elif new_key is not None:
        done = _new_key(new_key, passphrase_file)
    else:
        done = _sign(Path(str(key)), number, passphrase_file)
    if as_json:
        say_json(done)
    else:
        print(done["says"])


def _new_key(file: Path, passphrase_file: Path | None) -> dict[str, Any]:
    from safe_lib.catalogue.signing import key_name, make_key, public_file
    from safe_lib.store.passphrase import read_passphrase

    phrase = read_passphrase(passphrase_file, prompt="Passphrase for the new key: ")
    if passphrase_file is None and read_passphrase(None, prompt="Once more: ") != phrase:
        raise WrongUse("safe sign: the two passphrases differ.\n  Nothing was made; try again.")
    name = key_name(make_key(file, phrase).public_key())
    return {"key": name, "file": str(file), "public": str(public_file(file)),
            "says": f"Signing key {name} in {file}; give {public_file(file)} to those who shall trust it, and compare the name by another way."}  # fmt: skip


def _sign(file: Path, number: int | None, passphrase_file: Path | None) -> dict[str, Any]:
    from safe_lib.catalogue.signing import key_name, next_number, read_key, sign_release
    from safe_lib.store.passphrase import read_passphrase

    key = read_key(file, read_passphrase(passphrase_file, prompt="Passphrase of the key: "))
    release = number or next_number()
    made = sign_release(key, number=release, on=date.today())
    name = key_name(key.public_key())
    return {"key": name, "number": release, "file": str(made), "says": f"Release {release} is signed with {name}: {made}"}


def _trust(file: Path) -> dict[str, Any]:
    from safe_lib.catalogue.signing import key_name, read_public_key, trust
    from safe_lib.store.folders import data_folder

    key = read_public_key(file)
    kept = trust(key, data_folder())
    return {"key": key_name(key), "file": str(kept),
            "says": f"From now on only data files signed with {key_name(key)} are used; remove {kept} to go back to author mode."}  # fmt: skip

"""What many commands ask for: the store, its passphrase, the day, the language, JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from safe_lib.model.errors import StoreError, WrongUse

if TYPE_CHECKING:
    from safe_lib.casework import Desk


def store_named(said: str) -> Path:
    """The path of a store that was named: a file, or a database on a server by its address."""
    from safe_lib.store.folders import SCHEME

    if not said.startswith(SCHEME):
        return Path(said)
    from safe_lib.store.server import name_store

    return name_store(said)


StorePath = Annotated[Path | None, typer.Option("--store", metavar="PATH", parser=store_named,
                                                help="The case store, or postgresql://ACCOUNT@HOST/DATABASE; else that of your data folder or for training.")]
PassphraseFile = Annotated[Path | None, typer.Option("--passphrase-file", metavar="FILE", help="A file only you may read (mode 600); else you are asked.")]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON instead of words.")]
Day = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="As of this day; without it, today.")]
Language = Annotated[str | None, typer.Option("--lang", metavar="xx", help="Language of the words, such as en or nl.")]
Person = Annotated[str | None, typer.Option("--person", metavar="NAME", help="Your user name, where several people work in the store.")]
PersonName = Person
CaseReference = Annotated[str, typer.Argument(metavar="REF", help="Reference of the case, such as DEMO-001.")]

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def day_of(text: str | None) -> date | None:
    """The day that was typed; None where none was.

    Raises:
        WrongUse: it is no day.
    """
    if text is None:
        return None
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse("--date: this is not a day.\n  Write YYYY-MM-DD, such as 2026-11-21.") from None


def language_of(language: str | None) -> str:
    """The language that was asked for, English without one.

    Raises:
        WrongUse: there is no such language.
    """
    from safe_lib.catalogue import languages

    if language is not None and language not in languages():
        raise WrongUse(f"--lang: there is no such language.\n  There are: {', '.join(languages())}.")
    return language or "en"


@contextmanager
def open_desk(
    store: Path | None, passphrase_file: Path | None, *, language: str = "en", today: date | None = None, person: str | None = None
) -> Iterator[Desk]:
    """The desk of who runs the command, at an open store; the store is closed at the end.

    The person is the one named, else the one that the passphrase file names on its second line; in a training store
    whoever runs the command works under the name that the computer knows them by.

    Raises:
        StoreError: there is no store; told before anybody is asked for a passphrase.
        WrongKey: the passphrase does not open it.
        WrongUse: the passphrase file is missing or others may read it, or several persons could be meant.
        SignatureError: a key is trusted here, and the data files are not those that it signed.
    """
    from safe_lib import release
    from safe_lib.casework import Desk
    from safe_lib.store import Store
    from safe_lib.store.folders import passphrase_of, training_store
    from safe_lib.store.passphrase import read_passphrase, read_person

    path = existing_store(store)
    release.verify()
    if passphrase_file is None and path == training_store() and passphrase_of(path).is_file():
        passphrase_file = passphrase_of(path)
    passphrase = read_passphrase(passphrase_file)
    named = person or read_person(passphrase_file)
    with Store.open(path, passphrase, person=named) as opened:
        by = worker() if opened.training and named is None else opened.me.user
        yield Desk(opened, by, language, today or date.today())


def existing_store(store: Path | None) -> Path:
    """The store that was named, or the one of the data folder; where there is none yet, the training store, said on stderr.

    Raises:
        StoreError: it is not there.
    """
    from safe_lib.store.folders import default_store, training_store

    path = store or default_store()
    if path.is_file():
        return path
    if store is None and training_store().is_file():
        typer.echo(f"{training_store().name}: the training store with invented persons, because there is no {path.name} yet.", err=True)
        return training_store()
    raise StoreError(f"{path}: there is no store here.\n  Name one with --store PATH, or make one with invented persons: safe demo --store PATH.")


def worker() -> str:
    """Who runs the command, as the audit trail names them."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a process without a user name
        return "command line"

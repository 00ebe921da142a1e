"""Where a passphrase comes from: a private file, the keyboard, or chance. Never the command line or the environment."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from functools import cache
from getpass import getpass
from importlib.resources import files
from pathlib import Path
from typing import Final

from safe_lib.model.errors import WrongUse
from safe_lib.store.keys import write_private
from safe_lib.store.trouble import told

WORDS: Final = 6  # of about 1,300 each: 62 bits, and every guess costs half a second
FEWEST_WORDS: Final = 5
LONGEST: Final = 4096  # bytes

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def read_passphrase(file: Path | str | None = None, *, prompt: str = "Passphrase: ") -> str:
    """The first line of a private file, or what is typed at the prompt without showing it.

    Args:
        file: only its owner may read it (mode 600); None asks at the keyboard.

    Raises:
        WrongUse: others may read the file, it is missing or empty, or there is nobody to ask.
    """
    return _typed(prompt) if file is None else _from_file(Path(file))


def make_passphrase(words: int = WORDS) -> str:
    """Words by chance, joined by dashes: long enough to keep, simple enough to remember and to say.

    Raises:
        WrongUse: fewer than five words.
    """
    if words < FEWEST_WORDS:
        raise WrongUse(f"a passphrase has at least {FEWEST_WORDS} words.")
    return "-".join(secrets.choice(word_list()) for _ in range(words))


def write_passphrase(file: Path | str, passphrase: str) -> None:
    """Write a passphrase into a new file that only its owner may read.

    Raises:
        WrongUse: there is a file already.
        StoreError: the disk does not take it.
    """
    file = Path(file)
    with told(file):
        try:
            write_private(file, passphrase.encode() + b"\n")
        except FileExistsError:
            raise WrongUse(f"{file}: there is a file already. Choose another name.") from None


@cache
def word_list() -> tuple[str, ...]:
    """Our own list of simple English words, each once."""
    return tuple((files("safe_lib.store") / "words.txt").read_text(encoding="utf-8").split())


def _typed(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise WrongUse("there is no keyboard to ask for the passphrase. Give --passphrase-file FILE (mode 600).")
    return _some(getpass(prompt), "The passphrase")


def _from_file(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            if os.name == "posix" and stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & _OTHERS:
                raise WrongUse(f"{file}: others on this computer may read this file. Run: chmod 600 {file}")
            text = opened.read(LONGEST)
    except OSError as problem:
        raise WrongUse(f"{file}: the file cannot be read ({problem.strerror}). Check its name and rights.") from None
    try:
        line = text.decode("utf-8-sig").partition("\n")[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise WrongUse(f"{file}: the text is not UTF-8. Save it again as UTF-8.") from None
    return _some(line, str(file))


def _some(passphrase: str, place: str) -> str:
    if not passphrase.strip():
        raise WrongUse(f"{place}: there is no passphrase. Write it into the first line.")
    return passphrase

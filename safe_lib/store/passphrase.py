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
SHORTEST: Final = 15  # signs of a passphrase that somebody chooses (OWASP ASVS 5.0, 6.2)
LOCAL_WORDS: Final = ("safe", "workbook", "workbooks", "werkboek", "shelter", "opvang", "redcross", "rodekruis", "training", "trafficking", "mensenhandel")
STRONG_ENOUGH: Final = 4  # of zxcvbn's 0 to 4: more than 10^10 guesses, each of which costs half a second
LOOKED_AT: Final = 72  # signs; more only takes longer to judge

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


def check_passphrase(passphrase: str, *own: str) -> None:
    """Whether somebody may choose this: long, and neither a common word nor made of common words, names and rows of keys.

    Any signs may stand in it, and it never has to be changed for its age.

    Args:
        own: names of the person, which do not count as secret.

    Raises:
        WrongUse: it is too short or too easy to guess; the words do not repeat it.
    """
    from zxcvbn import zxcvbn

    if len(passphrase) < SHORTEST:
        raise WrongUse(f"passphrase: it has to have {SHORTEST} signs or more.\n  Take five words that do not belong together.")
    if len(passphrase.encode()) > LONGEST - 1:
        raise WrongUse("passphrase: it is longer than can be kept.\n  Take five words that do not belong together.")
    if zxcvbn(passphrase[:LOOKED_AT], user_inputs=[*LOCAL_WORDS, *(word for word in own if word)])["score"] < STRONG_ENOUGH:
        raise WrongUse("passphrase: this is easy to guess: common words, names or rows of keys.\n  Take five words that do not belong together.")


def read_person(file: Path | str | None) -> str | None:
    """The person that a passphrase file names on its second line, `person: NAME`; None where it names nobody."""
    if file is None:
        return None
    lines = _text_of(Path(file)).splitlines()
    name = lines[1].partition("person:")[2].strip() if len(lines) > 1 and lines[1].startswith("person:") else ""
    return name or None


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
    return _some(_text_of(file).partition("\n")[0].removesuffix("\r"), str(file))


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            if os.name == "posix" and stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & _OTHERS:
                raise WrongUse(f"{file}: others on this computer may read this file. Run: chmod 600 {file}")
            text = opened.read(LONGEST)
    except OSError as problem:
        raise WrongUse(f"{file}: the file cannot be read ({problem.strerror}). Check its name and rights.") from None
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUse(f"{file}: the text is not UTF-8. Save it again as UTF-8.") from None


def _some(passphrase: str, place: str) -> str:
    if not passphrase.strip():
        raise WrongUse(f"{place}: there is no passphrase. Write it into the first line.")
    return passphrase

"""The key file: tokens of publishers and the address at which they can reach who asks. Only its owner may read it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any, Final

import yaml

from safe_lib.model.errors import WrongUse
from safe_lib.sources.service import Keys

LARGEST: Final = 20_000  # bytes
EXAMPLE: Final = "contact: desk@shelter.example"

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_CONTACT: Final = re.compile(r"[A-Za-z0-9@._+:/-]{3,100}")
_HEADER: Final = re.compile(r"[\x21-\x7e]{1,2000}")  # what may stand in a header or an address
_TYPED: Final = re.compile(r"[^\x00-\x1f\x7f]{1,2000}")
_FORM_ONLY: Final = ("username", "password")


def read_keys(file: Path | None) -> Keys:
    """What the key file says; nothing without one.

    Raises:
        WrongUse: others may read it, it cannot be read, or an entry cannot be meant. No message repeats an entry.
    """
    if file is None or not file.exists():
        return Keys()
    try:
        with file.open("rb") as opened:
            if os.name == "posix" and stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & _OTHERS:
                raise WrongUse(f"{file.name}: others on this computer may read this key file.\n  Run: chmod 600 {file}")
            said = yaml.load(opened.read(LARGEST), Loader=yaml.BaseLoader)  # noqa: S506 - makes plain texts only
    except OSError as problem:
        raise WrongUse(f"{file.name}: the key file cannot be read ({problem.strerror}).\n  Check its name and rights.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise WrongUse(f"{file.name}: the key file is not YAML.\n  Write lines such as {EXAMPLE}, and `ucdp: {{token: …}}`.") from None
    return _keys(said, file.name)


def _keys(said: Any, name: str) -> Keys:
    if not isinstance(said, dict):
        raise WrongUse(f"{name}: the key file holds no entries.\n  Write lines such as {EXAMPLE}, and `ucdp: {{token: …}}`.")
    contact = said.get("contact") or ""
    if contact and not (isinstance(contact, str) and _CONTACT.fullmatch(contact)):
        raise WrongUse(f"{name}: the contact is no address.\n  Write a mail or web address, such as {EXAMPLE}.")
    entries = {}
    for service, secrets in said.items():
        if service == "contact":
            continue
        if not isinstance(secrets, dict) or not all(_can_be_meant(key, secret) for key, secret in secrets.items()):
            raise WrongUse(f"{name}: an entry for a publisher cannot be meant.\n  Write it such as `ucdp: {{token: …}}`, without spaces in the token.")
        entries[service] = dict(secrets)
    return Keys(contact, entries)


def _can_be_meant(key: str, secret: Any) -> bool:
    return isinstance(secret, str) and bool((_TYPED if key in _FORM_ONLY else _HEADER).fullmatch(secret))

"""The encrypted case store: unlocks, reads, saves, audits. Names are loaded when first used: most bring the database along."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safe_lib.store.keys import CHEAP, STRONG, Cost
    from safe_lib.store.store import Store
    from safe_lib.store.trouble import AnswerChanged, PaperChanged

_HOME = {"CHEAP": "keys", "STRONG": "keys", "Cost": "keys", "Store": "store", "AnswerChanged": "trouble", "PaperChanged": "trouble"}

__all__ = ["CHEAP", "STRONG", "AnswerChanged", "Cost", "PaperChanged", "Store", "derive_key"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"safe_lib.store has no name {name!r}.")
    return getattr(import_module(f"safe_lib.store.{_HOME[name]}"), name)


def derive_key(path: Path, passphrase: str, person: str | None = None) -> bytes:
    """The key ring of a person, ready to be handed over; `Store.open_with_key` takes it.

    Raises:
        WrongKey: unknown name or wrong passphrase; always in the same words.
        StoreError: the key file is missing or cannot be used.
    """
    from safe_lib.store.upgrade import ring_for

    return ring_for(path, passphrase, person).to_bytes()

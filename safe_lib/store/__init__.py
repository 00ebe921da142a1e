"""The encrypted case store: unlocks, reads, saves, audits."""

from pathlib import Path

from safe_lib.store.keys import CHEAP, STRONG, Cost
from safe_lib.store.store import Store
from safe_lib.store.trouble import AnswerChanged, PaperChanged
from safe_lib.store.upgrade import ring_for


def derive_key(path: Path, passphrase: str, person: str | None = None) -> bytes:
    """The key ring of a person, ready to be handed over; `Store.open_with_key` takes it.

    Raises:
        WrongKey: unknown name or wrong passphrase; always in the same words.
        StoreError: the key file is missing or cannot be used.
    """
    return ring_for(path, passphrase, person).to_bytes()


__all__ = ["CHEAP", "STRONG", "AnswerChanged", "Cost", "PaperChanged", "Store", "derive_key"]

"""The encrypted case store: unlocks, reads, saves, audits."""

from safe_lib.store.keys import CHEAP, STRONG, Cost, derive_key
from safe_lib.store.store import Store
from safe_lib.store.trouble import AnswerChanged, PaperChanged

__all__ = ["CHEAP", "STRONG", "AnswerChanged", "Cost", "PaperChanged", "Store", "derive_key"]

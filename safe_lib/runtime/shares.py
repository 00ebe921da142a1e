"""What goes to a worker on another machine, and what comes back: a share of a batch, sealed for that worker alone.

The scheduler in between carries bytes that it cannot read: no reference, no key, no address, no reason.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from safe_lib.batching import Order
from safe_lib.casework import Desk
from safe_lib.rights.permission import Role
from safe_lib.store.lending import LentStore
from safe_lib.store.loans import Loan
from safe_lib.store.sealing import opened_by, sealed_to

ABOUT_SHARE: Final = "share of a batch"
ABOUT_ANSWER: Final = "answer to a share of a batch"
PATIENCE: Final = 120.0  # seconds to wait for other writers, and for a worker that was thought lost


def fingerprint(public: bytes) -> str:
    """How the trail calls a worker: the beginning of the hash of its public key."""
    return hashlib.sha256(public).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Share:
    """Some cases of a batch, with their keys and all that a worker must know to make their reports."""

    order: Order
    edition: str  # fingerprint of what the reports share; the worker's has to be the same
    files: str  # and of every data file
    refs: tuple[str, ...]
    most: int  # cases at the same time
    loan: Loan
    language: str
    today: date
    role: Role
    answer_to: bytes  # public key of who asks

    def sealed(self, public: bytes) -> bytes:
        """As it goes to the worker with this key."""
        said = {"order": asdict(self.order), "edition": self.edition, "files": self.files, "refs": self.refs, "most": self.most, "loan": self.loan.to_data(),
                "language": self.language, "today": self.today.isoformat(), "role": self.role, "answer_to": self.answer_to.hex()}
        return sealed_to(public, json.dumps(said).encode(), ABOUT_SHARE)

    @classmethod
    def opened(cls, private: bytes, sealed: bytes) -> Share:
        """As the worker reads it.

        Raises:
            NotSealedSo: it was sealed for another worker, or changed.
        """
        said = json.loads(opened_by(private, sealed, ABOUT_SHARE))
        order = Order(**{**said["order"], "formats": tuple(said["order"]["formats"])})
        return cls(order, said["edition"], said["files"], tuple(said["refs"]), int(said["most"]), Loan.from_data(said["loan"]), said["language"],
                   date.fromisoformat(said["today"]), said["role"], bytes.fromhex(said["answer_to"]))

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The desk of whoever lent the keys, in this process."""
        with LentStore.open_lent(self.loan, patience=PATIENCE) as store:
            yield Desk(store, self.loan.user, self.language, self.today, self.role, for_list=True)

    def answer(self, said: dict[str, Any]) -> bytes:
        """What came of it, sealed for who asked."""
        return sealed_to(self.answer_to, json.dumps(said).encode(), ABOUT_ANSWER)


def read_answer(private: bytes, sealed: bytes) -> dict[str, Any]:
    """What a worker said.

    Raises:
        NotSealedSo: it was not said to this process.
    """
    said: dict[str, Any] = json.loads(opened_by(private, sealed, ABOUT_ANSWER))
    return said

"""What is lent to a process on another machine: the keys of single cases, for one job and a short time.

No passphrase, no person's key, not the key of the store and nothing of the vault: whoever has a loan reads the cases in it,
as they are under their present keys, and writes in them under the name of whoever lent it. That lasts until the moment in
it, until the person loses the case, or until the case gets a new key. A program that is not ours could keep what it was
lent; the next key of a case shuts it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from safe_lib.store.sealing import Box


@dataclass(frozen=True, slots=True)
class Loan:
    """Keys of cases, where their store is, on whose behalf, and until when."""

    address: str  # of the database
    person: str  # id
    user: str
    guest: bool  # of a training store
    until: datetime
    boxes: Mapping[str, Box] = field(repr=False)

    def to_data(self) -> dict[str, Any]:
        """As plain JSON; it is sealed before it goes anywhere."""
        cases = {ref: [box.version, box.key.hex()] for ref, box in self.boxes.items()}
        return {"address": self.address, "person": self.person, "user": self.user, "guest": self.guest, "until": self.until.isoformat(), "cases": cases}

    @classmethod
    def from_data(cls, said: Mapping[str, Any]) -> Loan:
        """The loan that was sealed."""
        boxes = {ref: Box(ref, int(version), bytes.fromhex(key)) for ref, (version, key) in said["cases"].items()}
        return cls(said["address"], said["person"], said["user"], said["guest"] is True, datetime.fromisoformat(said["until"]), boxes)

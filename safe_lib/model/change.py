"""A reviewed change to what is known in general: proposed by one person, confirmed by a second one.

It is about an entry of a list in a file of `country_info`: a claim today, an organisation of the social map later.
Nothing in it is about a person or a case.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from safe_lib.model.errors import CatalogueError

What = Literal["add", "renew", "correct", "withdraw"]
State = Literal["proposed", "confirmed", "rejected", "withdrawn"]

WHATS: Final[tuple[What, ...]] = ("add", "renew", "correct", "withdraw")
DECIDED: Final[tuple[State, ...]] = ("confirmed", "rejected", "withdrawn")
DONE: Final[Mapping[str, str]] = {"add": "added", "renew": "renewed", "correct": "corrected", "withdraw": "withdrawn"}  # as `history` tells it


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody proposes to do with one entry.

    `entry` is the whole entry as it shall be, without the mark of who has looked at it; empty where it is withdrawn.
    `former` is the whole entry as it stood when this was proposed; empty where it is new.
    """

    place: str  # folder of `country_info`, such as XAA
    listing: str  # claims
    what: What
    id: str
    entry: Mapping[str, Any] = field(default_factory=dict)
    former: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # new ones, by id
    differs: str = ""  # what may differ for people
    since: str = ""  # YYYY-MM-DD; from which day it may differ
    signed: str = ""  # how who proposed it is named in the file

    def to_json(self) -> dict[str, Any]:
        """Plain values, as they are kept."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that waits for a second person, or has been decided."""

    id: str
    change: Change
    file: str  # within `country_info`, such as XAA/profile.yaml
    based_on: str  # hash of the file as it was when the change was proposed
    by: str
    at: datetime  # UTC
    state: State = "proposed"
    decided_by: str = ""
    decided_at: datetime | None = None  # UTC
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, as commands tell them."""
        return {
            "id": self.id, "state": self.state, "file": self.file, "based_on": self.based_on, "by": self.by, "at": self.at.isoformat(),
            "decided_by": self.decided_by or None, "decided_at": self.decided_at.isoformat() if self.decided_at else None, "reason": self.reason or None,
            "change": self.change.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one field of a change, and how to mend it. The fields of a new source are named `sources.ID.title`."""

    field: str  # empty: the change as a whole
    says: str


class ChangeRefused(CatalogueError):
    """A change that cannot be written as it is; `problems` holds every one."""

    def __init__(self, file: str, problems: Sequence[Wrong]) -> None:
        """Tell all problems together; there is at least one."""
        super().__init__(file, 0, problems[0].says, repair="Mend it and propose it again.")
        self.problems = tuple(problems)
        self.args = ("\n".join(f"{file}: {problem.field + ': ' if problem.field else ''}{problem.says}" for problem in problems),)


class EntryChanged(CatalogueError):
    """The entry is no longer what the change was made from: `former` then, `now` in the file, `wanted` by the change."""

    def __init__(self, file: str, change: Change, now: Mapping[str, Any] | None) -> None:
        """Say which; nothing was written."""
        super().__init__(file, 0, f'"{change.id}" was changed meanwhile by somebody else; nothing was written.',
                         repair="Compare the two, reject this proposal and propose again from what stands there now.")
        self.former, self.now, self.wanted = change.former, now or {}, change.entry


def change_from(said: Mapping[str, Any]) -> Change:
    """A change from its plain values."""
    return Change(**{name: said[name] for name in Change.__slots__ if name in said})


def same_person(one: str, other: str) -> bool:
    """Whether two user names are one person's: capitals, spaces and forms of letters do not make a second person.

    >>> same_person("Noor", " noor "), same_person("noor", "samira")
    (True, False)
    """
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", name) if unicodedata.category(sign) not in ("Cf", "Cc"))
    return " ".join(seen.casefold().split())


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """The fields that differ between two forms of an entry: name, before, after; None where one has none."""
    names = dict.fromkeys((*after, *before))
    return tuple((name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name) or (name in before) != (name in after))

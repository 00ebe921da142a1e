"""Who works with the store: people with their roles, what they are told, and what they ask of a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

Role = Literal["specialist", "volunteer", "coordinator", "analyst", "administrator", "batch"]
ROLES: Final[tuple[Role, ...]] = ("specialist", "volunteer", "coordinator", "analyst", "administrator", "batch")

EVERY_CASE: Final[frozenset[str]] = frozenset({"coordinator", "batch"})  # roles that hold the key of every case
ASSIGNED: Final[frozenset[str]] = frozenset({"specialist", "volunteer"})  # roles that hold the keys of cases assigned to them
TEAM: Final[frozenset[str]] = frozenset({"specialist"})  # roles that hold every key where the cases are open to the team
IN_EMERGENCY: Final[frozenset[str]] = frozenset({"specialist"})  # roles that may break the glass


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may open the store."""

    id: str
    user: str  # what they sign in with
    name: str  # as colleagues know them
    roles: frozenset[str]
    active: bool
    has_code: bool = False  # a second factor is on
    recovery_left: int = 0
    must_renew: bool = False  # the passphrase was given by somebody else
    guest: bool = False  # under a name of their own in a training store

    def has(self, *roles: str) -> bool:
        """One of these roles is theirs."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Gate:
    """What somebody who works with real cases has passed, where the team settled that the course comes first."""

    passed: tuple[tuple[str, date], ...]  # course and day
    grace: int  # days after a refresher is due in which cases stay open


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a case."""

    me: Member
    assigned: bool = False  # or its glass broken within the hour
    excluded: bool = False
    held: bool = False  # they can open it
    blind: bool = False  # they give a second opinion about it now, and are shown nothing of it
    gate: Gate | None = None  # real cases open only after the course; None where they open without it


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person has to know, on their start page until they have seen it. It names a case at most."""

    id: int
    what: str  # such as `glass.broken`
    ref: str
    by: str
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Request:
    """What one person asked and another has to agree to."""

    id: int
    what: str  # erase | export | policy | publish
    subject: str  # references, or a setting and its value; never a name
    asked_by: str  # user name
    asked: datetime  # UTC
    status: str  # asked | agreed | withdrawn | done
    agreed_by: str = ""

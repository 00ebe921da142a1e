"""What a team has settled: a few named values, each with its default and its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from safe_lib.model.errors import WrongUse
from safe_lib.store.tables import FACTS

_VALUE = select(FACTS.c.value).where(FACTS.c.name == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to settle; `choices` are words, or `least` and `most` bound a whole number."""

    default: str
    training: str
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0


SETTINGS: Final[Mapping[str, Setting]] = {
    "open_to": Setting("assigned", "team", ("assigned", "team")),  # who of the specialists holds the key of a case
    "emergency": Setting("on", "on", ("on", "off")),  # may a specialist break the glass of a case
    "rest_minutes": Setting("10", "30", least=2, most=30),  # of quiet, then the page locks (SEC-23)
    "cases_an_hour": Setting("30", "200", least=5, most=500),  # read by one person; more slows down and is told (SEC-18)
    "cases_at_once": Setting("10", "10", least=1, most=10),  # that leave together without a second person (SEC-17)
    "smallest_group": Setting("10", "10", least=5, most=100),  # persons; smaller groups are withheld
    "hours_a_week": Setting("8", "8", least=1, most=40),  # that somebody who helps agreed to (legal support, section 8)
    "quiet_days": Setting("28", "28", least=7, most=120),  # without a contact with the person, then somebody looks (rule W4)
    "module_first": Setting("off", "off", ("off", "on")),  # real cases only for who has passed the course
    "module_grace": Setting("30", "30", least=0, most=180),  # days after a refresher is due in which they stay open
    "keep_help": Setting("24", "24", least=1, most=240),  # months after closure (PRI-07); `rights/processing.yaml` has the same default
    "keep_documents": Setting("24", "24", least=1, most=240),  # months after closure, documents and their register
}


def get(connection: Connection, name: str) -> str:
    """The value that holds now."""
    value = connection.execute(_VALUE, {"wanted": name}).scalar()
    if value is not None:
        return str(value)
    training = connection.execute(_VALUE, {"wanted": "training"}).scalar() == "true"
    return SETTINGS[name].training if training else SETTINGS[name].default


def put(connection: Connection, name: str, value: str) -> None:
    """Settle it otherwise.

    Raises:
        WrongUse: there is no such setting, or it cannot have this value.
    """
    check(name, value)
    connection.execute(delete(FACTS).where(FACTS.c.name == name))
    connection.execute(insert(FACTS), {"name": name, "value": value})


def check(name: str, value: str) -> None:
    """Refuse a setting that is not there and a value out of bounds."""
    setting = SETTINGS.get(name)
    if setting is None:
        raise WrongUse(f"policy: there is no such setting.\n  There are: {', '.join(SETTINGS)}.")
    if setting.choices and value not in setting.choices:
        raise WrongUse(f"policy: {name} is one of {', '.join(setting.choices)}.")
    if not setting.choices and not (value.isdecimal() and setting.least <= int(value) <= setting.most):
        raise WrongUse(f"policy: {name} is a whole number from {setting.least} to {setting.most}.")

"""May this person do this? The one place that answers; every door asks it through `casework`.

The table stands in `table.yaml`, which is also the page that people read. Verbs of a case and of country information have no
prefix (`read`, `propose`); others have the name of their object (`people.manage`). That a second person confirms what one
proposed is kept by the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

from safe_lib.model.errors import NotPermitted
from safe_lib.model.person import ROLES

Role = Literal["own", "nobody"]  # of a desk: the roles of whoever opened the store, or none at all
Verb = Literal[
    "list", "open", "read", "write", "assess", "report", "draft", "disclose", "close", "trail", "assign", "exclude", "emergency", "ask_erase",
    "agree_erase", "propose", "confirm", "evaluate",
    "people.see", "people.manage", "team.see_policy", "team.ask_policy", "team.agree_policy", "team.ask_export", "team.agree_export", "team.ask_publish",
    "team.agree_publish", "team.verify_trail", "team.read_trail", "team.read_figures", "team.back_up", "team.copies_key",
    "team.coordinate", "team.see_work", "team.see_programme", "team.plan_programme",
    "survey.manage", "survey.enter", "survey.read",
    "team.release_figures", "team.raise_finding", "team.read_findings",
]
SHORT: Final = ("case", "information")  # objects whose verbs have no prefix
CELLS: Final = ("all", "theirs", "assigned")


@lru_cache(maxsize=1)
def table() -> Mapping[str, Mapping[str, str]]:
    """Verb → role → all, theirs or assigned; a role that is not there may not.

    Raises:
        ValueError: the file names a role or a cell that there is not; the program does not start with it.
    """
    found: dict[str, Mapping[str, str]] = {}
    for name, verbs in _read().items():
        if name == "roles":
            continue
        for verb, cells in verbs.items():
            if not set(cells) <= set(ROLES) or not set(cells.values()) <= set(CELLS):
                raise ValueError(f"rights/table.yaml: {name}.{verb} has a role or a word that there is not.")
            found[verb if name in SHORT else f"{name}.{verb}"] = cells
    return found


def role_sentences() -> Mapping[str, str]:
    """Role → what it is, in a sentence."""
    return {role: str(sentence) for role, sentence in _read()["roles"].items()}


def cell(roles: Iterable[str], verb: str) -> str:
    """The widest of what these roles allow: all, theirs, assigned, or nothing."""
    allowed = {table()[verb].get(role, "") for role in roles}
    return next((one for one in CELLS if one in allowed), "")


def may(roles: Iterable[str], verb: str, *, assigned: bool = False) -> bool:
    """Whether roles allow a verb; `assigned` says whether the case in question is assigned to the person.

    `theirs` is settled by the key: who does not hold it does not find the case.
    """
    found = cell(roles, verb)
    return found in ("all", "theirs") or (found == "assigned" and assigned)


def refused(verb: str, ref: str = "") -> NotPermitted:
    """What is told: not whether the case exists, nor what the table says."""
    return NotPermitted(f"{ref or 'the store'}: this is not open to you ({verb}).\n  Ask the coordinator.")


def _read() -> Mapping[str, Mapping[str, Any]]:
    import yaml

    text = (files("safe_lib.rights") / "table.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Mapping[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return read

"""SAFE Workbooks: decision support for recognising trafficking, and for a safe return, relocation or stay.

It never decides. It asks, remembers, compares with dated country information, says what follows and why, and shows
what is still unknown. These are the public names; the rest may change. Each is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from safe_lib.version import __version__

if TYPE_CHECKING:
    from safe_lib.catalogue import load_instrument
    from safe_lib.catalogue.countries import load_country
    from safe_lib.engine import assess, compare, explain, plan
    from safe_lib.model.answers import Answer, Answers
    from safe_lib.workbook import open_workbook

_HOME = {
    "open_workbook": "safe_lib.workbook",
    "load_instrument": "safe_lib.catalogue",
    "load_country": "safe_lib.catalogue.countries",
    "assess": "safe_lib.engine",
    "explain": "safe_lib.engine",
    "plan": "safe_lib.engine",
    "compare": "safe_lib.engine",
    "Answer": "safe_lib.model.answers",
    "Answers": "safe_lib.model.answers",
}

__all__ = ["Answer", "Answers", "__version__", "assess", "compare", "explain", "load_country", "load_instrument", "open_workbook", "plan"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"safe_lib has no public name {name!r}.")
    return getattr(import_module(_HOME[name]), name)

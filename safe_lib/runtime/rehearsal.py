"""What every kernel does for its page, done once to see what it imports: what is imported late is imported by each kernel alone."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Final

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.store import CHEAP, Store
from safe_lib.widgets.form import Form, form_for
from safe_lib.workbook import Workbook

DAY: Final = date(2026, 11, 21)
NOBODY: Final = "rehearsal"
WORKBOOKS: Final = {"identification": ("ilo_adult_labour", "DR01"), "safe_return": ("safe_return", "SAF-01")}  # → an instrument of it, and an item


def make_store(path: Path, phrase: str) -> None:
    """A store of nobody, made in a process of its own: a kernel opens stores and makes none, so what making one takes is no matter here."""
    if (child := os.fork()) == 0:
        try:
            Store.create(path, phrase, training=True, cost=CHEAP).close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def rehearse(folder: Path) -> None:
    """In a process that is thrown away: open a store of nobody, and answer in it.

    Never in a process that others are forked from: they would go on with the same state of the store's own random numbers.
    """
    path, phrase = folder / "rehearsal.safe", os.urandom(16).hex()
    make_store(path, phrase)
    with Store.open(path, phrase) as store:
        desk = Desk(store, NOBODY, "en", DAY)
        ref = casework.open_case(desk, "").ref
        for name, (id, item) in WORKBOOKS.items():
            casework.record(desk, ref, casework.instrument_for(desk, id), Said(item, "unknown", seen=None))
            _answer(form_for(Workbook(desk, name, ref)), id, item)


def _answer(form: Form, instrument: str, item: str) -> None:
    form._receive(form, {"type": "answer", "seq": 1, "instrument": instrument, "item": item, "code": "present", "seen": None}, None)

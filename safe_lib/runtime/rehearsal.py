"""What every kernel does for its page, done once with a store of nobody.

Once to see what it imports (`learning`), for what is imported late is imported by each kernel alone; and once in the
prepared process itself, for what is put together at first use, statements of the database above all, would be by each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.store import CHEAP, Store
from safe_lib.store.moment import one_moment
from safe_lib.store.opening import in_the_clear
from safe_lib.widgets.form import form_for
from safe_lib.widgets.page import inside_of, live_views
from safe_lib.widgets.questions import counts
from safe_lib.widgets.saving import save_answer
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
    for book, id, item in _books(folder):
        form = form_for(book)
        form._receive(form, {"type": "answer", "seq": 1, "instrument": id, "item": item, "code": "present", "seen": None}, None)


def rehearse_before_forks(folder: Path) -> None:
    """The same without a widget, which belongs to a kernel, and without the cipher, whose random numbers do."""
    with in_the_clear():
        for book, id, item in _books(folder):
            with one_moment():
                live_views(book)
            save_answer(book, {"seq": 1, "instrument": id, "item": item, "code": "present", "seen": None})
            book.forget()
            with one_moment():
                inside_of(book, "outcome")
                live_views(book)
                counts(book.stages)


def _books(folder: Path) -> Iterator[tuple[Workbook, str, str]]:
    """Workbooks of a case of nobody, each with an instrument and an item to answer."""
    path, phrase = folder / "rehearsal.safe", os.urandom(16).hex()
    make_store(path, phrase)
    with Store.open(path, phrase) as store:
        desk = Desk(store, NOBODY, "en", DAY)
        ref = casework.open_case(desk, "").ref
        for name, (id, item) in WORKBOOKS.items():
            casework.record(desk, ref, casework.instrument_for(desk, id), Said(item, "unknown", seen=None))
            yield Workbook(desk, name, ref), id, item

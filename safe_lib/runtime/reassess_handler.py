"""The route `/reassess`: the list is made in a thread of its own on a connection of its own, so that nobody's answer waits for it."""

from __future__ import annotations

import asyncio
import os
from datetime import date
from pathlib import Path

import tornado.web

from safe_lib import release
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.reassessing import Reassessed, reassess
from safe_lib.runtime.handlers import Page
from safe_lib.runtime.visits import Session
from safe_lib.store import Store
from safe_lib.widgets.reassess_page import PATH, reassess_page


class Reassess(Page):
    """Which open cases would come out otherwise, and why."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Show it for today, or for a later day."""
        self.keep_language()
        session = self.signed_in()
        today = date.today()
        on = day_of(self.get_argument("date", ""), today)
        found = await asyncio.to_thread(looked, self.suite.path, session, self.language, on)
        texts = load_texts(self.language)
        keep = (("date", on.isoformat()),) if on != today else ()
        self.finish(reassess_page(self.frame(here=f"/{PATH}", marks=release.marks(self.desk(), texts), keep=keep), found, today))


def looked(path: Path, session: Session, language: str, on: date) -> Reassessed:
    """Look through the store on a connection of its own."""
    with Store.open_with_key(path, session.key) as store:
        return reassess(Desk(store, session.person, language, on, session.role), workers=os.cpu_count() or 1)


def day_of(text: str, today: date) -> date:
    """The day that was asked for; today for anything that is no day to come."""
    try:
        return max(date.fromisoformat(text), today) if text else today
    except ValueError:
        return today

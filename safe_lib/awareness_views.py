"""The views of the messages for people, as a notebook calls them. They are about no case, and nothing of them is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from safe_lib.catalogue.awareness import load_plan, load_words
from safe_lib.engine import awareness as rules
from safe_lib.model.awareness import Plan, Words
from safe_lib.model.document import Block, Bullets, Heading, Notice, Table, Text
from safe_lib.model.texts import Texts
from safe_lib.view import View
from safe_lib.widgets.awareness_page import Place

if TYPE_CHECKING:
    from safe_lib.casework import Desk

AWARENESS: Final = "awareness"  # the workbook

Blocks = tuple[Block, ...]


class AwarenessViews:
    """What a notebook calls to show the messages. Mixed into `Workbook`, which brings desk, texts and mode."""

    desk: Desk
    name: str
    texts: Texts
    message_place: Place | None = None  # on a page: what was chosen

    if TYPE_CHECKING:

        def _view(self, region: str, make: Callable[[], Sequence[Block]], attributes: Mapping[str, str] | None = None) -> View: ...

    @property
    def is_messages(self) -> bool:
        """Whether this is the workbook of the messages, which is about no case and has no instrument."""
        return self.name == AWARENESS

    @cached_property
    def message_plan(self) -> Plan:
        """The plan in the language of the desk."""
        return load_plan(self.desk.language)

    @property
    def messages_kept(self) -> tuple[tuple[str, str], ...]:
        """What links to the same page in another language keep."""
        place = self.message_place
        return (*place.chosen.items(), *((("at", place.at),) if place.at else ())) if place else ()

    def messages(self) -> View:
        """The messages of the first theme for adults; a page offers the others."""
        return self._view("messages", lambda: messages_blocks(self.message_plan, self._message_words, "safety", "adults", self.texts))

    def sessions(self) -> View:
        """The session plans with their minutes."""
        return self._view("sessions", lambda: sessions_blocks(self.message_plan, self.texts))

    def prints(self) -> View:
        """What can be printed, and the rules for handing it out."""
        return self._view("prints", lambda: prints_blocks(self.message_plan, self.texts))

    @property
    def _message_words(self) -> Words:
        return load_words(self.desk.language if self.desk.language == "nl" else "en")

    def _messages_statement(self) -> Blocks:
        return (Notice(self.texts("report.statement"), self.texts("aware.statement")),)

    def _messages_example(self) -> View:
        """The messages of one theme, the same on every day and machine."""
        told = messages_blocks(self.message_plan, self._message_words, "safety", "adults", self.texts)
        return View("example", (Heading(self.texts("aware.example"), 3), *told, *sessions_blocks(self.message_plan, self.texts)), self.texts, {})


def messages_blocks(plan: Plan, words: Words, theme: str, audience: str, texts: Texts) -> Blocks:
    """The messages of a theme for a group as a table."""
    heads = tuple(texts(f"aware.column.{name}") for name in ("message", "headline", "body", "do"))
    rows = tuple((one.id, one.headline, one.body, one.do) for one in rules.said(words, rules.heard(plan, theme, audience), audience))
    return (Table(f"{plan.themes[theme].title}, {plan.audiences[audience].title}", heads, rows),)


def sessions_blocks(plan: Plan, texts: Texts) -> Blocks:
    """Each session with its parts."""
    heads = tuple(texts(f"aware.{name}") for name in ("part", "when", "does"))
    found = []
    for one in plan.sessions.values():
        rows = tuple((part.title, str(part.minutes), part.does) for part in one.blocks)
        found.append(Table(f"{one.title}, {texts('aware.minutes', minutes=one.minutes)}", heads, rows))
    return tuple(found)


def prints_blocks(plan: Plan, texts: Texts) -> Blocks:
    """Names of the prints, and the rules."""
    return (Text(texts("aware.prints_about")), Bullets(tuple(one.title for one in plan.prints.values())), Heading(texts("aware.rules"), 3),
            Bullets((*plan.rules.values(), *plan.refusals.values())))

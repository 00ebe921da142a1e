"""The views of the social map, as a notebook calls them. The map is read without a case; beside one it shows who could help."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from safe_lib import social_map
from safe_lib.casework import has_right
from safe_lib.model.assessment import Truth
from safe_lib.model.document import Block, Bullets, Facts, Heading, Notice, Table, Text
from safe_lib.model.texts import Texts
from safe_lib.social_map import Helpers, Known, helpers_of, known_of
from safe_lib.view import View
from safe_lib.widgets.inputs import Wrongs
from safe_lib.widgets.social.asked import Asked, asked_of, parts_of
from safe_lib.widgets.social.entry import facts_of
from safe_lib.widgets.social.helpers import WORDS, reason_words
from safe_lib.widgets.social.missing import missing_by_group
from safe_lib.widgets.social.reading import PRACTICE, Reading
from safe_lib.widgets.social.seat import Seat
from safe_lib.widgets.social.work import gaps_by_service

if TYPE_CHECKING:
    from safe_lib.casework import Desk

NAME: Final = "social_map"  # the workbook
MOST: Final = 60  # entries of a list in a notebook

Blocks = tuple[Block, ...]


class SocialMapViews:
    """What a notebook calls to show the social map. Mixed into `Workbook`, which brings desk, texts, mode and case."""

    desk: Desk
    name: str
    case: str | None
    mode: str
    choice: str
    texts: Texts
    shared: bool

    if TYPE_CHECKING:

        def _view(self, region: str, make: Callable[[], Sequence[Block]], attributes: Mapping[str, str] | None = None) -> View: ...

    @property
    def is_social_map(self) -> bool:
        """Whether this is the social map, which asks no questions and has no instrument."""
        return self.name == NAME

    @cached_property
    def map_reading(self) -> Reading:
        """What the page asks for."""
        return Reading(asked_of(self.choice), self.desk.today, self.texts)

    def seat(self, xsrf: str = "", *, done: str = "", typed: Mapping[str, str] | None = None, wrong: Wrongs | None = None) -> Seat:
        """What the person at the desk may do on the page, and what is read for them."""
        asked = self.map_reading.asked
        entry = self.map_reading.entry
        may_propose = self.desk.store is not None and has_right(self.desk, "propose")
        history = social_map.history_of(entry.country, entry.id) if entry else ()
        helpers = self._helpers(asked) if self.case else None
        may_refer = bool(self.case) and has_right(self.desk, "disclose")
        return Seat(xsrf, social_map.may_verify(self.desk), may_propose, may_refer, history, helpers, typed or {}, wrong or Wrongs(), self.shared, done)

    def _helpers(self, asked: Asked) -> Helpers:
        return helpers_of(self.desk, str(self.case), known_from(asked))

    def directory(self) -> View:
        """Who can help: the list, with how far each entry can be relied on."""
        return self._view("directory", lambda: directory_blocks(self.map_reading))

    def entry(self) -> View:
        """One entry, with everything it says and does not say."""
        return self._view("entry", lambda: entry_blocks(self.map_reading))

    def helpers(self) -> View:
        """Who could help the person of the open case, and why."""
        return self._view(
            "helpers", lambda: helpers_blocks(self.map_reading, self._helpers(self.map_reading.asked)) if self.case and self.is_social_map else ()
        )

    def to_verify(self) -> View:
        """What has to be verified; on a page, with a way to say that it was."""
        return self._view("to_verify", lambda: waiting_blocks(self.map_reading))

    def gaps(self) -> View:
        """Which services are missing in which region."""
        return self._view("gaps", lambda: gap_blocks(self.map_reading))

    def _map_statement(self) -> Blocks:
        texts = self.texts
        return (Notice(texts("report.statement"), texts("social.statement")),)

    def _map_example(self, on: date) -> View:
        """The map of Exampleland on a fixed day, the same on every machine."""
        reading = Reading(Asked(country=PRACTICE, need="place_to_sleep"), on, self.texts)
        head = Heading(self.texts("social.example"), 3)
        return View("example", (head, Text(self.texts("social.example_says")), *directory_blocks(reading)), self.texts, {})

    @property
    def map_kept(self) -> tuple[tuple[str, str], ...]:
        """What a link to the same page in another language keeps besides the case."""
        return tuple((key, value) for key, value in parts_of(self.map_reading.asked) if key != "case")


def known_from(asked: Asked) -> Known:
    """What whoever looks added to what the case says."""
    agrees = {"yes": Truth.HOLDS, "no": Truth.FAILS}.get(asked.agrees, Truth.OPEN)
    return known_of((asked.target,) if asked.target else (), (), country=asked.country, region="", languages=(asked.spoken,) if asked.spoken else (),
                    residence=asked.residence, authorities=agrees, avoid=frozenset(asked.avoid))  # fmt: skip


def directory_blocks(reading: Reading) -> Blocks:
    """The entries that answer, as a table."""
    texts = reading.texts
    if not reading.found:
        return (Text(texts("social.none")),)
    columns = tuple(texts(f"social.column.{name}") for name in ("name", "place", "services", "contact", "state"))
    rows = tuple(
        (one.name, ", ".join(filter(None, (one.city, one.country))), ", ".join(reading.word("services", code) for code in one.services),
         "; ".join(part.value for part in one.contact) or texts("social.not_known"), texts(f"social.fresh.{reading.fresh(one)}"))
        for one in reading.found[:MOST])  # fmt: skip
    waiting = sum(reading.fresh(one) != "verified" for one in reading.found)
    return (Table("", columns, rows), Text(texts("social.counted", n=len(reading.found), waiting=waiting), "quiet"))


def entry_blocks(reading: Reading) -> Blocks:
    """The entry that is open."""
    one = reading.entry
    return (Heading(one.name, 3), Facts(tuple(facts_of(one, reading)))) if one else ()


def waiting_blocks(reading: Reading) -> Blocks:
    """The work list."""
    texts = reading.texts
    if not reading.waiting:
        return (Text(texts("social.work.none")),)
    lines = tuple(f"{one.name} ({one.country}): {texts(f'social.fresh.{reading.fresh(one)}')}" for one in reading.waiting[:MOST])
    return (Text(texts("social.work.count", n=len(reading.waiting)), "quiet"), Bullets(lines))


def gap_blocks(reading: Reading) -> Blocks:
    """Services with the number of regions that have an entry, and a verified one."""
    texts = reading.texts
    if not reading.asked.country:
        return (Text(texts("social.gaps.choose"), "quiet"),)
    columns = (texts("social.service"), texts("social.gaps.regions"), texts("social.gaps.verified"))
    rows = tuple((reading.word("services", code), str(every), str(verified)) for code, (every, verified) in gaps_by_service(reading).items())
    table = Table(texts("social.gaps.caption"), columns, rows)
    by_group = {} if reading.asked.target else missing_by_group(reading)
    lines = tuple(f"{reading.word('target_groups', group)}: {texts('social.missing.of_group', n=len(there))}" for group, there in by_group.items())
    named: Blocks = (Heading(texts("social.missing.groups"), 4), Bullets(lines)) if lines else ()
    return (Text(texts("social.gaps.says"), "quiet"), table, *named)


def helpers_blocks(reading: Reading, found: Helpers) -> Blocks:
    """The needs of the case, and for each those who fit or have to be asked, with what is open."""
    texts = reading.texts
    blocks: list[Block] = [Text(texts("social.help.lead" if reading.asked.country else "social.help.choose"), "quiet")]
    first = [fit.organisation.name for fit in found.coordination if fit.truth is not Truth.FAILS]
    blocks += [Heading(texts("social.help.first"), 3), Bullets(tuple(first))] if first else []
    for seen in (one for one in found.needs if one.truth is not Truth.FAILS):
        need = next(one for one in reading.vocabulary.needs if one.id == seen.id)
        blocks.append(Heading(f"{need.name.get(texts.language) or need.name['en']}: {texts(f'social.need.{WORDS[seen.truth]}')}", 3))
        listed = [fit for fit in found.fits.get(seen.id, ()) if fit.truth is not Truth.FAILS]
        if listed:
            blocks.append(Bullets(tuple(
                f"{fit.organisation.name}: {texts(f'social.fits.{WORDS[fit.truth]}')}. "
                + " ".join(reason_words(reason, reading) for reason in fit.reasons if reason.truth is not Truth.HOLDS) for fit in listed)))  # fmt: skip
    return tuple(blocks)

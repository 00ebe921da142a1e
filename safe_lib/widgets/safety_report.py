"""The personal safety report: chapter by chapter the person's account, what sources say, where they point apart, and the gaps.

It weighs nothing and gives no level. Which answers and topics stand in which chapter is data (`templates/report/safety_report.yaml`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from safe_lib import casework
from safe_lib.casework import CHILDREN_ITEM, Desk, country_named
from safe_lib.catalogue.chapters import load_chapters
from safe_lib.engine.country import theme_view
from safe_lib.engine.tension import tension
from safe_lib.model.answers import Answer
from safe_lib.model.case import SavedAnswer
from safe_lib.model.chapter import Chapter, Chapters
from safe_lib.model.country import Country, ThemeView
from safe_lib.model.document import Block, Bullets, Cell, Facts, Heading, Notice, Quote, Table, Text
from safe_lib.model.errors import SafeError
from safe_lib.model.instrument import Instrument, Item
from safe_lib.model.texts import Texts
from safe_lib.widgets import country_views, views
from safe_lib.widgets.views import Blocks, Shown, answer_words

if TYPE_CHECKING:
    from safe_lib.view import View
    from safe_lib.workbook import Workbook
else:
    View = Workbook = Any

SHARE: Final = "SHARE"  # agreement that the lawyer reads the report
WROTE: Final = "WROTE"
READ_BACK: Final = "READ_BACK"
NOT_KNOWN: Final = "NOT_KNOWN"
RECORD: Final = CHILDREN_ITEM[0]  # the instrument around the weighing, with consent, language and cut-off day
AGREED: Final = "agreed"
EXAMPLE: Final = (3, "XAA", "protection")  # an example of the instrument that weighs, told for Exampleland in one chapter


@dataclass(frozen=True, slots=True)
class Told:
    """What the chapters are told from."""

    chapters: Chapters
    asks: Instrument
    shown: Callable[[Chapter], Shown]  # the answers of the instrument that weighs, for the future of a chapter
    words: Mapping[str, SavedAnswer]  # the person's own words, by item
    country: Callable[[Chapter], str]  # where the future of a chapter leads; empty where that is not known
    on: date
    texts: Texts
    notes: bool  # with what staff wrote beside answers


class SafetyReportViews:
    """The views of a workbook that make the safety report."""

    @cached_property
    def told(self) -> Told:
        """What the chapters are told from; read once for each state of the answers."""
        return told_of(cast("Workbook", self))

    def safety_frame(self) -> View:
        """For whom and when it was written, by whom, from what, and what it is not."""
        book = cast("Workbook", self)
        return book._view("safety_frame", lambda: frame(book))

    def standing(self) -> View:
        """Whether it was read back and may be passed on, and what to do next; for who writes it."""
        book = cast("Workbook", self)
        attributes = {"data-view": "outcome", "data-outcome": book.shown.assessment.outcome.id}
        return book._view("standing", lambda: standing(book.shown), attributes)

    def threat(self) -> View:
        """Who is feared and why."""
        return self._chapter("threat")

    def protection(self) -> View:
        """What authorities could do for this person."""
        return self._chapter("protection")

    def punishment(self) -> View:
        """What could follow from what was done under coercion."""
        return self._chapter("punishment")

    def reintegration(self) -> View:
        """Where, with whom and on what the person could live."""
        return self._chapter("reintegration")

    def relocation(self) -> View:
        """Whether a named other place could be lived in."""
        return self._chapter("relocation")

    def staying(self) -> View:
        """What staying without status would mean."""
        return self._chapter("staying")

    def unknown(self) -> View:
        """What is not known, over all chapters."""
        book = cast("Workbook", self)
        return book._view("unknown", lambda: unknown(book.told) if book.case else ())

    def _chapter(self, id: str) -> View:
        book = cast("Workbook", self)

        def make() -> Blocks:
            told = book.told
            return chapter_blocks(told, next(chapter for chapter in told.chapters.chapters if chapter.id == id))

        return book._view(id, make if book.case else tuple)


def standing(shown: Shown) -> Blocks:
    """Draft, agreed, or not to be passed on; both ends while that is open; and the next steps."""
    said, texts = shown.explanation, shown.texts
    ends = (Facts(((texts("views.if_absent"), said.ends[0]), (texts("views.if_present"), said.ends[1]))),) if said.ends else (Text(said.wording),)
    return (Text(said.outcome, "strong"), *ends, *views.next_steps(shown))


# What it is told from


def told_of(book: Workbook) -> Told:
    """Everything the chapters of one case are told from."""
    chapters = load_chapters()
    considered = {future.kind: future for future in book.futures}
    read: dict[str, Shown] = {}

    def shown(chapter: Chapter) -> Shown:
        future = next((kind for kind in chapter.futures if kind in considered), chapter.futures[0])
        if future not in read:
            read[future] = book.shown_for(chapters.weighs, future)
        return read[future]

    def country(chapter: Chapter) -> str:
        return next((considered[kind].country for kind in chapter.futures if kind in considered and considered[kind].country), "")

    words = casework.saved_answers(book.desk, str(book.case), chapters.asks)
    asks = casework.instrument_for(book.desk, chapters.asks)
    return Told(chapters, asks, shown, words, country, book.desk.today, book.texts, book.profile.account_notes)


def countries_of(told: Told) -> tuple[str, ...]:
    """The countries that its chapters speak of."""
    return tuple(dict.fromkeys(country for chapter in told.chapters.chapters if (country := told.country(chapter))))


# The frame


def frame(book: Workbook) -> Blocks:
    """Who wrote it for whom, on which day, from what; whether it may be passed on; and what it is not."""
    texts = book.texts
    what_not = (Text(texts("safety.is_not"), "strong"), Bullets(tuple(texts(f"safety.is_not.{number}") for number in range(1, 6))))
    if book.case is None:
        return what_not
    told = book.told
    return (*_may_be_shared(told), Facts(tuple(_facts(book, told))), *what_not, Text(texts("safety.factors"), "quiet"))


def _may_be_shared(told: Told) -> Blocks:
    """A stop above everything where the person has not agreed that it is read."""
    saved = told.words.get(SHARE)
    if saved and saved.answer.code == AGREED:
        return ()
    return (Notice(told.texts("safety.not_shared"), told.texts("safety.not_shared_about", answer=_said(told, SHARE)), "stop"),)


def _said(told: Told, id: str) -> str:
    """An answer to one of the questions around the account, in words."""
    saved = told.words.get(id)
    return answer_words(told.asks, told.asks.item(id), saved.answer.code, told.texts) if saved else told.texts("code.not_asked")


def _facts(book: Workbook, told: Told) -> list[tuple[str, Cell]]:
    texts = book.texts
    record = casework.saved_answers(book.desk, str(book.case), RECORD)
    wrote = told.words.get(WROTE)
    weighs = casework.instrument_for(book.desk, told.chapters.weighs)
    places = ", ".join(f"{name} ({future.order})" for future in book.futures if (name := book.future_names_of(weighs).get(future.kind, future.kind)))
    pairs = [
        (texts("safety.written_by"), wrote.note if wrote and wrote.note else "–"),
        (texts("safety.read_back"), _said(told, READ_BACK)),
        (texts("safety.made_by"), book.desk.person),
        (texts("safety.made_on"), book.desk.today.isoformat()),
        (texts("safety.last_answer"), _last_day(told) or "–"),
        (texts("safety.looked_up_to"), record["CUTOFF"].note if "CUTOFF" in record else "–"),
        (texts("safety.futures"), places or "–"),
        (texts("safety.language"), record["LANGUAGE"].note if "LANGUAGE" in record else "–"),
        (texts("safety.rests_on"), "; ".join(f"{one.title} {one.version} ({one.hash})" for one in (told.asks, weighs))),
        (texts("safety.country_files"), "; ".join(f"{iso3} ({country_named(iso3).hash})" for iso3 in _known(countries_of(told))) or "–"),
    ]
    return list(pairs)


def _known(codes: Sequence[str]) -> list[str]:
    """Those that are countries here; somebody may have written another code."""
    found = []
    for iso3 in codes:
        try:
            country_named(iso3)
        except SafeError:
            continue
        found.append(iso3)
    return found


def _last_day(told: Told) -> str:
    saved = [*told.words.values(), *(one for chapter in told.chapters.chapters for one in told.shown(chapter).saved.values())]
    return max((one.at.date().isoformat() for one in saved), default="")


# A chapter


def chapter_blocks(told: Told, chapter: Chapter) -> Blocks:
    """The account, the sources, where they point apart, and the gaps of one chapter."""
    texts, shown = told.texts, told.shown(chapter)
    country, themes = _country(told.country(chapter)), _themes(told, chapter)
    return (
        Heading(texts("safety.account"), 3), *_account(told, chapter, shown),
        Heading(texts("safety.sources"), 3), *_sources(told, chapter, country),
        Heading(texts("safety.apart"), 3), *_apart(told, chapter, shown, country, themes),
        Heading(texts("safety.gaps"), 3), *_gaps(told, chapter, shown, themes),
    )


def _country(iso3: str) -> Country | None:
    try:
        return country_named(iso3) if iso3 else None
    except SafeError:
        return None


def _themes(told: Told, chapter: Chapter) -> dict[str, ThemeView]:
    """The topics of a chapter as they stand for its place; none where no place is known."""
    country = _country(told.country(chapter))
    return {theme: theme_view(country, theme, told.on) for theme in chapter.themes} if country else {}


def _items(chapter: Chapter, shown: Shown) -> list[Item]:
    """The hard stops and questions of a chapter that this person's form asks."""
    wanted = {*chapter.items, *chapter.hard_stops}
    used = shown.assessment.domains
    asked = [item for item in shown.instrument.items if item.id in wanted]
    return [item for item in asked if item.kind == "hard_stop" or item.group in used or item.id in shown.answers.given]


def _account(told: Told, chapter: Chapter, shown: Shown) -> Blocks:
    """The person's own words, then what was answered, what it rests on and what was noted beside it."""
    blocks: list[Block] = []
    for item in (item for group in chapter.asks for item in told.asks.members(group)):
        saved = told.words.get(item.id)
        if saved and saved.note:
            by = told.texts("views.written_by", by=saved.by, date=saved.at.date().isoformat())
            blocks += [Text(item.label, "strong"), Quote(saved.note, by)]
    rows = tuple(_row(told, shown, item) for item in _items(chapter, shown) if not _answer(shown, item).is_open)
    if rows:
        texts = told.texts
        columns = (texts("views.question"), texts("views.answer"), texts("views.rests_on"), texts("safety.noted"))
        blocks.append(Table(texts("safety.answers"), columns, rows))
    return tuple(blocks) or (Text(told.texts("views.nothing_recorded")),)


def _answer(shown: Shown, item: Item) -> Answer:
    return shown.answers.of(item.id, item.kind)


def _row(told: Told, shown: Shown, item: Item) -> tuple[Cell, ...]:
    answer, saved = _answer(shown, item), shown.saved.get(item.id)
    words = answer_words(shown.instrument, item, answer.code, told.texts)
    if answer.reason:
        words = f"{words}. {told.texts('views.reason')}: {answer.reason}"
    if saved and saved.note and told.notes:
        words = f"{words}. {saved.note}"
    basis = ", ".join(told.texts(f"evidence.{kind}") for kind in answer.evidence)
    return (f"{item.label} ({item.id})", words, basis or "–", saved.at.date().isoformat() if saved else "–")


def _sources(told: Told, chapter: Chapter, country: Country | None) -> Blocks:
    if country is None:
        return (Text(told.texts("views.no_country"), "quiet"),)
    return country_views.country_blocks(country.iso3, told.on, told.texts, chapter.themes)


# Where they point apart


def _apart(told: Told, chapter: Chapter, shown: Shown, country: Country | None, themes: Mapping[str, ThemeView]) -> Blocks:
    """Sources that disagree among themselves, and answers that differ from what sources say; no side outweighs the other."""
    texts = told.texts
    blocks: list[Block] = []
    for view in themes.values():
        if view.status == "conflicting" and country:
            blocks.append(Notice(f"{_title(texts, view.id)}: {texts('return.conflict')}", country_views.conflict_words(country, view, told.on, texts), "open"))
    rows = [row for view in themes.values() for row in _tensions(texts, chapter, shown, view)]
    if rows:
        columns = (texts("safety.topic"), texts("safety.how_apart"), texts("safety.answers"))
        blocks += [Table(texts("safety.account_and_sources"), columns, tuple(rows)), Text(texts("safety.apart_about"), "quiet")]
    return tuple(blocks) or (Text(texts("safety.nothing_apart")),)


def _tensions(texts: Texts, chapter: Chapter, shown: Shown, view: ThemeView) -> list[tuple[Cell, ...]]:
    found: dict[str, list[str]] = {}
    for item in _items(chapter, shown):
        if view.id in item.themes and (kind := tension(item, _answer(shown, item).code, view.level)):
            found.setdefault(kind, []).append(f"{item.label} ({item.id})")
    topic = f"{_title(texts, view.id)}: {country_views.status_words(view, texts)}"
    return [(topic, texts(f"safety.apart.{kind}"), "; ".join(labels)) for kind, labels in found.items()]


def _title(texts: Texts, theme: str) -> str:
    return f"{theme} {texts(f'theme.{theme}')}" if texts.has(f"theme.{theme}") else theme


# The gaps


def _gaps(told: Told, chapter: Chapter, shown: Shown, themes: Mapping[str, ThemeView]) -> Blocks:
    """Questions without an answer, critical ones first; topics of which nothing is known today; and what was searched in vain."""
    texts = told.texts
    lines = [*_open_questions(texts, chapter, shown), *_open_topics(texts, chapter, themes)]
    blocks: list[Block] = [Bullets(tuple(lines))] if lines else [Text(texts("safety.no_gaps"))]
    searched = [f"{view.id}: {text}" for view in themes.values() for text in view.not_found]
    return (*blocks, *((Text(texts("return.not_found"), "strong"), Bullets(tuple(searched))) if searched else ()))


def _open_questions(texts: Texts, chapter: Chapter, shown: Shown) -> list[str]:
    items = sorted((item for item in _items(chapter, shown) if _answer(shown, item).is_open), key=lambda item: not _is_critical(item))
    return [texts("safety.open_critical" if _is_critical(item) else "safety.open", label=item.label, item=item.id,
                  code=answer_words(shown.instrument, item, _answer(shown, item).code, texts)) for item in items]


def _is_critical(item: Item) -> bool:
    return item.critical or item.kind == "hard_stop"


def _open_topics(texts: Texts, chapter: Chapter, themes: Mapping[str, ThemeView]) -> list[str]:
    found = []
    for theme in chapter.themes:
        view = themes.get(theme)
        if view is None or view.status != "current":
            found.append(f"{_title(texts, theme)}: {country_views.status_words(view, texts) if view else texts('claim.missing')}")
        elif doubts := country_views.doubts(view, texts):
            found.append(f"{_title(texts, theme)}: {', '.join(doubts)}")
    return found


def unknown(told: Told) -> Blocks:
    """What is not known in the words of who wrote it, and how much is open in each chapter."""
    texts = told.texts
    saved = told.words.get(NOT_KNOWN)
    quote = (Quote(saved.note, texts("views.written_by", by=saved.by, date=saved.at.date().isoformat())),) if saved and saved.note else ()
    rows = []
    for chapter in told.chapters.chapters:
        shown, themes = told.shown(chapter), _themes(told, chapter)
        asked = _items(chapter, shown)
        still_open = sum(_answer(shown, item).is_open for item in asked)
        topics = sum(theme not in themes or themes[theme].status != "current" for theme in chapter.themes)
        of = (texts("safety.of", n=still_open, all=len(asked)), texts("safety.of", n=topics, all=len(chapter.themes)))
        rows.append((texts(f"safety.chapter.{chapter.id}"), *of))
    columns = (texts("safety.chapter"), texts("safety.open_questions"), texts("safety.open_topics"))
    return (*quote, Table(texts("safety.open_by_chapter"), columns, tuple(rows)), Text(texts("return.sources_about"), "quiet"))


# The worked example


def example_blocks(desk: Desk, texts: Texts, on: date, shown: Callable[[Instrument, int], Shown]) -> Blocks:
    """One chapter told of an invented person and of Exampleland, the same on every day and machine."""
    chapters = load_chapters()
    number, country, id = EXAMPLE
    example = shown(casework.instrument_for(desk, chapters.weighs), number)
    asks = casework.instrument_for(desk, chapters.asks)
    told = Told(chapters, asks, lambda chapter: replace(example, saved={}), {}, lambda chapter: country, on, texts, notes=False)
    return chapter_blocks(told, next(chapter for chapter in chapters.chapters if chapter.id == id))

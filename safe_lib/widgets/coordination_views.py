"""The views of the coordination workbook: the board of a team or of one colleague, as blocks.

Cases stand by their reference, people by name; there is no order by how much or how well somebody did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from safe_lib import casework
from safe_lib.coordination import board as boards
from safe_lib.coordination import figures
from safe_lib.coordination.board import Board
from safe_lib.coordination.due import Due
from safe_lib.coordination.example import example_board
from safe_lib.coordination.hours import SEE_WORK, Load
from safe_lib.model.coordination import HourEntry, Referral
from safe_lib.model.document import Badge, Block, Bullets, Cell, Heading, Table, Text
from safe_lib.model.texts import Texts
from safe_lib.widgets.case_log import log_blocks
from safe_lib.widgets.pages import date_in_words

if TYPE_CHECKING:
    from safe_lib.view import View
    from safe_lib.workbook import Workbook
else:
    View = Workbook = Any

NAME: Final = "coordination"  # the workbook
Blocks = tuple[Block, ...]
SIGNS: Final = {"overdue": ("stop", "active"), "unknown": ("stop", "open")}  # bands that need a sign besides their word
OVER: Final = {"over": "active", "nearly": "open", "within": "cleared"}
MOST: Final = 30  # rows of a log on a page; `safe coordination --json` gives all


class CoordinationViews:
    """What a notebook calls to show the work of a team. Mixed into `Workbook`, which brings desk, texts, mode and choice."""

    team_now: Any = None  # on a page: who looks, and what came of the form that was sent

    @property
    def is_about_the_team(self) -> bool:
        """Whether this is the coordination workbook, which is about no single case and has no instrument."""
        return cast("Workbook", self).name == NAME

    @cached_property
    def board(self) -> Board:
        """The board of whoever looks, or of the colleague that was chosen; of nobody where no store is open."""
        book = cast("Workbook", self)
        return example_board() if book.desk.store is None else boards.board(book.desk, book.choice)

    def caseload(self) -> View:
        """Who carries how much, beside what was agreed."""
        return self._team_view("caseload", caseload_blocks)

    def due_dates(self) -> View:
        """What is due in the next thirty days, what is overdue, and what has no date."""
        return self._team_view("due_dates", due_blocks)

    def quiet_cases(self) -> View:
        """Cases in which nobody has spoken with the person for too long."""
        return self._team_view("quiet_cases", quiet_blocks)

    def stuck_steps(self) -> View:
        """What should have gone on and has not."""
        return self._team_view("stuck_steps", stuck_blocks)

    def waiting(self) -> View:
        """Referrals that wait, and consents that end."""
        return self._team_view("waiting", waiting_blocks)

    def second_looks(self) -> View:
        """Cases that chance has drawn for a second look."""
        return self._team_view("second_looks", looks_blocks)

    def hands(self) -> View:
        """Who works on which case; what goes along when somebody leaves."""
        return self._team_view("hands", hands_blocks)

    def case_log(self) -> View:
        """What was written down about the help in the case that was chosen."""
        book = cast("Workbook", self)
        return book._view("case_log", lambda: log_blocks(book.desk, book.case, book.texts) if book.case else (Text(book.texts("coord.choose"), "quiet"),))

    def meetings(self) -> View:
        """Meetings, training and supervision."""
        return self._team_view("meetings", meetings_blocks)

    def hours_log(self) -> View:
        """Hours, the newest first."""
        return self._team_view("hours_log", hours_blocks)

    def closed_files(self) -> View:
        """Closed cases whose list nobody went through."""
        return self._team_view("closed_files", closed_blocks)

    def yearly_figures(self) -> View:
        """Figures of this year, each with what it counts."""
        book = cast("Workbook", self)
        return book._view("yearly_figures", lambda: figures_of(book))

    def _team_view(self, region: str, make: Callable[[Board, Texts], Blocks]) -> View:
        book = cast("Workbook", self)
        return book._view(region, lambda: make(book.board, book.texts))

    def _team_example(self) -> Blocks:
        """The board of an invented team on a fixed day."""
        texts = cast("Workbook", self).texts
        found = example_board()
        return (Heading(texts("coord.example"), 3), *caseload_blocks(found, texts), *due_blocks(found, texts), *quiet_blocks(found, texts))


def caseload_blocks(found: Board, texts: Texts) -> Blocks:
    """One line for each colleague who helps, by name."""
    if not found.loads:
        return (Text(texts("coord.none.loads"), "quiet"),)
    heads = _heads(texts, "colleague", "cases", "hours_a_week", "agreed", "load", "supervised")
    return (Table(texts("coord.caption.caseload"), heads, tuple(_load(one, found.today, texts) for one in found.loads)),)


def _load(one: Load, today: date, texts: Texts) -> tuple[Cell, ...]:
    supervised = day_in_words(one.supervised, texts) if one.supervised else texts("coord.never")
    if one.supervised and one.needs_supervision(today):
        supervised = texts("coord.needs_supervision", day=supervised)
    return (one.name, str(one.cases), hours_in_words(one.minutes_a_week, texts), hours_in_words(one.agreed, texts),
            Badge("stop", OVER[one.band], texts(f"coord.load.{one.band}")), supervised)


def due_blocks(found: Board, texts: Texts) -> Blocks:
    """Band by band: what has no date, what is overdue, this week, within thirty days; later only as a number."""
    rows = [_due(one, band, found.today, texts) for band in ("unknown", "overdue", "week", "month") for one in found.band(band)]
    later = Text(texts("coord.later", count=len(found.band("later"))), "quiet")
    if not rows:
        return (_none(found, texts, "due"), later)
    return (Table(texts("coord.caption.due"), _heads(texts, "case", "band", "plan", "last", "what", "verified"), tuple(rows)), later)


def _due(one: Due, band: str, today: date, texts: Texts) -> tuple[Cell, ...]:
    words = texts(f"coord.band.{band}")
    said: Cell = Badge(*SIGNS[band], words) if band in SIGNS else words
    return (one.ref, said, day_in_words(one.plan, texts) if one.plan else "–", day_in_words(one.last, texts) if one.last else "–", _what(one, texts),
            _verified(one, today, texts))


def _verified(one: Due, today: date, texts: Texts) -> str:
    """When the rule behind a day was last verified; one from memory never was, and an old one is to be verified first."""
    if one.rule is None:
        return texts("coord.no_rule")
    said = texts("coord.recalled") if one.rule.recalled else day_in_words(one.rule.day, texts)
    return f"{said}; {texts('procedure.verify_first')}" if today > one.rule.by else said


def _none(found: Board, texts: Texts, about: str, **facts: object) -> Text:
    """That there is nothing of a kind; where there is no case at all, that is said and nothing else: no news is then no good news."""
    return Text(texts(f"coord.none.{about}", **facts) if found.cases else texts("coord.none.cases"), "quiet")


def _what(one: Due, texts: Texts) -> str:
    return f"{one.title} ({one.id})" if one.what == "deadline" else f"{texts(f'coord.what.{one.what}')}: {one.title}"


def quiet_blocks(found: Board, texts: Texts) -> Blocks:
    """Cases by reference, with the last contact."""
    rows = tuple((one.ref, day_in_words(one.spoken, texts) if one.spoken else texts("coord.never"), str(one.quiet), _hands(one, texts))
                 for one in found.quiet)
    if not rows:
        return (_none(found, texts, "quiet", days=found.quiet_after),)
    return (Table(texts("coord.caption.quiet", days=found.quiet_after), _heads(texts, "case", "spoken", "days", "hands"), rows),)


def stuck_blocks(found: Board, texts: Texts) -> Blocks:
    """What is late, and procedures in which nobody has written for four weeks."""
    rows = tuple((one.ref, _what(one, texts), texts("coord.since", day=day_in_words(one.plan, texts)) if one.plan else "–")
                 for case in found.cases for one in case.stuck)
    if not rows:
        return (_none(found, texts, "stuck"),)
    return (Table(texts("coord.caption.stuck"), _heads(texts, "case", "what", "since"), rows),)


def waiting_blocks(found: Board, texts: Texts) -> Blocks:
    """Referrals that wait, and consents that ended, end soon or were taken back."""
    asked = tuple((case.ref, one.organisation, day_in_words(one.asked_on, texts), texts(f"coord.answer.{one.state}"),
                   _again(case, one, found.today, texts), one.id) for case in found.cases for one in case.referrals)
    ends = tuple((case.ref, one.recipient, texts(f"coord.consent.{_consent(one.state, one.until, found.today)}", day=day_in_words(one.until, texts)), one.id)
                 for case in found.cases for one in case.consents)
    blocks: list[Block] = []
    if asked:
        blocks.append(Table(texts("coord.caption.referrals"), _heads(texts, "case", "organisation", "asked_on", "answer", "again", "number"), asked))
    if ends:
        blocks.append(Table(texts("coord.caption.consents"), _heads(texts, "case", "organisation", "consent", "number"), ends))
    return tuple(blocks) or (_none(found, texts, "waiting"),)


def _again(case: boards.CaseWork, one: Referral, today: date, texts: Texts) -> Cell:
    """When somebody asks again; marked where that day has gone by, or where the person took back what it rests on."""
    if any(said.id == one.consent and said.state == "withdrawn" for said in case.consents):
        return Badge("stop", "active", texts("referral.withdrawn"))
    day = day_in_words(one.due, texts) if one.due else "–"
    return Badge("stop", "active", texts("referral.late", day=day)) if one.due and one.due < today else day


def _consent(state: str, until: date, today: date) -> str:
    return "withdrawn" if state == "withdrawn" else "ended" if until < today else "ends"


def looks_blocks(found: Board, texts: Texts) -> Blocks:
    """Cases that were drawn, and on which draw."""
    rows = tuple((case.ref, day_in_words(one.drawn_on, texts), str(one.seed)) for case in found.cases for one in case.looks)
    if not rows:
        return (_none(found, texts, "looks"),)
    return (Table(texts("coord.caption.looks"), _heads(texts, "case", "drawn_on", "seed"), rows),)


def hands_blocks(found: Board, texts: Texts) -> Blocks:
    """Every open case by reference, and who works on it."""
    rows = tuple((one.ref, _hands(one, texts), day_in_words(one.opened, texts), _open_in(one, texts)) for one in found.cases)
    if not rows:
        return (Text(texts("coord.none.cases"), "quiet"),)
    return (Table(texts("coord.caption.hands"), _heads(texts, "case", "hands", "opened", "open"), rows),)


def _hands(one: boards.CaseWork, texts: Texts) -> str:
    return ", ".join(one.hands) or texts("coord.nobody")


def _open_in(one: boards.CaseWork, texts: Texts) -> str:
    counts = (("due", len(one.due)), ("stuck", len(one.stuck)), ("referrals", len(one.referrals)), ("looks", len(one.looks)))
    return ", ".join(texts(f"coord.open.{name}", count=count) for name, count in counts if count) or "–"


def meetings_blocks(found: Board, texts: Texts) -> Blocks:
    """The last eight weeks, the newest first; who came stands in one line."""
    together: dict[tuple[date, str, str, int], list[str]] = {}
    for one in found.meetings:
        together.setdefault((one.day, one.category, one.topic, one.minutes), []).append(one.user)
    rows = tuple((day_in_words(day, texts), texts(f"coord.category.{category}"), topic, hours_in_words(minutes, texts), ", ".join(sorted(users)))
                 for (day, category, topic, minutes), users in together.items())
    if not rows:
        return (Text(texts("coord.none.meetings"), "quiet"),)
    return (Table(texts("coord.caption.meetings"), _heads(texts, "day", "kind", "topic", "time", "who"), rows),)


def hours_blocks(found: Board, texts: Texts) -> Blocks:
    """The last four weeks, the newest first."""
    if not found.hours:
        return (Text(texts("coord.none.hours"), "quiet"),)
    table = Table(texts("coord.caption.hours"), _heads(texts, "day", "colleague", "time", "kind", "case", "number"),
                  tuple(_entry(one, texts) for one in found.hours[:MOST]))
    more = len(found.hours) - MOST
    return (table, Text(texts("coord.more", count=more), "quiet")) if more > 0 else (table,)


def _entry(one: HourEntry, texts: Texts) -> tuple[str, ...]:
    return (day_in_words(one.day, texts), one.user, hours_in_words(one.minutes, texts), texts(f"coord.category.{one.category}"), one.ref or one.topic or "–",
            str(one.id))


def closed_blocks(found: Board, texts: Texts) -> Blocks:
    """Cases that were closed without their list."""
    if not found.unfinished:
        return (Text(texts("coord.none.closed"), "quiet"),)
    rows = tuple((one.ref, texts("coord.missing", count=len(one.missing))) for one in found.unfinished)
    return (Table(texts("coord.caption.closed"), _heads(texts, "case", "open"), rows),)


def figures_of(book: Workbook) -> Blocks:
    """The figures of this year and the last, for a coordinator; nothing for others."""
    desk, texts = book.desk, book.texts
    if desk.store is None or book.board.of or not casework.has_right(desk, SEE_WORK):
        return ()
    years = (desk.today.year - 1, desk.today.year)
    counted = [figures.figures(desk, year) for year in years]
    rows = tuple((texts(f"coord.figure.{last.definition.id}"), str(last.number), str(now.number), texts(f"coord.counts.{last.definition.counts}"))
                 for last, now in zip(*counted, strict=True))
    heads = (texts("coord.column.figure"), *map(str, years), texts("coord.column.counts"))
    return (Table(texts("coord.caption.figures"), heads, rows), *published_blocks(texts))


def published_blocks(texts: Texts) -> Blocks:
    """What was published, and with which of our definitions it is compared."""
    said = (texts("coord.published", year=one.year, number=one.number, source=one.source,
                  definition=texts(f"coord.counts.{figures.definition(one.compared_with).counts}")) for one in figures.published())
    return (Text(texts("coord.published_about"), "quiet"), Bullets(tuple(said)))


def day_in_words(day: date, texts: Texts) -> str:
    """A day without its weekday."""
    return date_in_words(day, texts, "medium")


def hours_in_words(minutes: float, texts: Texts) -> str:
    """Hours and minutes, such as 7:30 h."""
    whole = round(minutes)
    return texts("coord.time", hours=whole // 60, minutes=f"{whole % 60:02}")


def _heads(texts: Texts, *names: str) -> tuple[str, ...]:
    return tuple(texts(f"coord.column.{name}") for name in names)


def references(found: Board) -> Iterable[str]:
    """The cases that the views name."""
    return (*(one.ref for one in found.cases), *(one.ref for one in found.unfinished))

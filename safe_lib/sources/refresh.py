"""`safe refresh`: asks the publishers, checks what came beside what is here, and only then puts it in its place.

Fetching one dataset is: read every list page by page (a journal keeps each page), make the values, compare them with the
edition that is here, write data, description, table and notice together. What goes wrong is told in words, and the
edition that is here stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from safe_lib.model.errors import SourceError
from safe_lib.sources import files
from safe_lib.sources.description import Fetched
from safe_lib.sources.feeds import FILES, SERVICES, Described, chosen, codes_of, described, in_order
from safe_lib.sources.journal import Journal, Kept
from safe_lib.sources.passes import Pass
from safe_lib.sources.reader import NotThere, Origin, Reader, Unreachable, origin_of
from safe_lib.sources.replacing import alone, settle, tidy
from safe_lib.sources.review import Change, Review, review
from safe_lib.sources.service import STAYS, Codes, Feed, Figures, Hint, Keys, Page, Place, Request, Series, Service
from safe_lib.sources.values import POPULATION, added_up, shortened

TOLD: Final = 3  # problems of one dataset; the others are counted
MOST_PAGES: Final = 300  # of one list; the longest has some fifty


@dataclass(frozen=True, slots=True)
class Result:
    """What came of fetching one dataset."""

    dataset: str
    service: str
    state: str  # replaced | same | failed
    edition: str = ""
    values: int = 0
    countries: int = 0
    changes: tuple[Change, ...] = ()
    left_out: tuple[str, ...] = ()  # codes of the publisher that are no country here
    problem: str = ""
    repair: str = ""


@dataclass(frozen=True)
class Errand:
    """How a refresh goes about its work."""

    folder: Path  # country_info/_datasets
    server: str | None = None  # the address of one that plays the publisher
    keys: Keys = field(default_factory=Keys)
    accept: bool = False  # a person has looked at the unlikely changes
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    pause: Callable[[float], None] = time.sleep
    step: Callable[[], None] = lambda: None  # called after each list that was read and each dataset that was checked


def steps_of(errand: Errand, source: str | None) -> int:
    """How many steps a refresh will take, for a progress bar: each list that is read, and each dataset that is checked."""
    codes, day = codes_of(errand.folder), errand.now().date()
    return sum(1 + len(one.service.series(one.feed, day, codes)) for one in chosen(described(errand.folder), source) if one.feed and one.service)


def refresh(errand: Errand, source: str | None = None) -> tuple[Result, ...]:
    """Fetch the datasets of a service, one dataset, or all that are here and have a service.

    Returns:
        One result per dataset; one that failed does not stop the others.

    Raises:
        WrongUse: there is no such source, the server cannot be asked, or another refresh is running.
        CountryInfoError: the descriptions that are here cannot be used.
    """
    with alone(errand.folder):
        settle(errand.folder)
        silent: set[str] = set()  # services that did not answer; their other datasets would wait in vain
        found = tuple(_fetched(errand, one, silent) for one in in_order(chosen(described(errand.folder), source)))
        tidy(errand.folder)
    return found


def _fetched(errand: Errand, one: Described, silent: set[str]) -> Result:
    if one.feed is None or one.service is None:
        raise TypeError(f"{one.id} has no service")
    if one.service.id in silent:
        return Result(one.id, one.service.id, "failed", problem=f"{one.service.name} did not answer before, so it was not asked again.", repair=STAYS)
    try:
        return _one(errand, one, one.feed, one.service)
    except SourceError as problem:
        if isinstance(problem, Unreachable):
            silent.add(one.service.id)
        return Result(one.id, one.service.id, "failed", problem=f"{problem.file}: {problem.problem}", repair=problem.repair)


def _one(errand: Errand, one: Described, feed: Feed, service: Service) -> Result:
    codes = codes_of(errand.folder)
    origin = origin_of(service, errand.server)
    lists = service.series(feed, errand.now().date(), codes)
    journal = Journal(errand.folder, one.id, origin.address, lists, errand.now().date())
    try:
        _read_all(errand, journal, origin, lists, feed, codes)
    except SourceError:
        if not journal.pages:  # nothing to go on with
            journal.end()
        raise
    try:
        result = _kept(errand, one, feed, service, journal)
    except Unlikely:  # what was read is kept, so that a person may look and accept it without asking again
        raise
    except SourceError:
        journal.end()
        raise
    journal.end()
    errand.step()
    return result


# Reading


def _read_all(errand: Errand, journal: Journal, origin: Origin, lists: tuple[Series, ...], feed: Feed, codes: Codes) -> None:
    """Every page of every list that the journal has not yet."""
    service = SERVICES[feed.service]
    keys = errand.keys if not origin.own or origin.is_here else Keys(errand.keys.contact)  # a secret goes to its publisher, or nowhere
    with Reader(service, origin, contact=keys.contact, pause=errand.pause) as reader:
        passes = Pass(reader, service, keys)
        for series in lists:
            _read_list(passes, journal, series, feed, codes)
            errand.step()


def _read_list(passes: Pass, journal: Journal, series: Series, feed: Feed, codes: Codes) -> None:
    """Every page of one list that the journal has not yet."""
    service, origin = passes.service, passes.reader.origin
    while (request := _next(journal.of(series.name), series, service, origin)) is not None:
        kept = journal.of(series.name)
        place = Place(service.name, series.name, len(kept) + 1)
        if len(kept) >= MOST_PAGES:
            raise place.refuse(f"the list has more than {MOST_PAGES} pages; it seems to have no end.")
        request, answer = _answered(passes, request, () if kept else series.otherwise, place)
        page = service.read(feed, series, request, answer, codes)
        _refuse_endless(kept, page, service, place)
        journal.keep(Kept(series.name, request.told(origin.address), page))


def _next(kept: list[Kept], series: Series, service: Service, origin: Origin) -> Request | None:
    following = kept[-1].page.following if kept else series.first
    if not isinstance(following, str):
        return following
    request = origin.request_for(following)
    if request is None:
        raise Place(service.name, series.name, len(kept)).refuse("the next page is said to be on another server; it is not asked.")
    return request


def _answered(passes: Pass, request: Request, otherwise: tuple[Request, ...], place: Place) -> tuple[Request, Any]:
    """The answer, of an earlier edition where the newest is not out yet."""
    for candidate in (request, *otherwise):
        try:
            return candidate, passes.ask(candidate, place)
        except NotThere as problem:
            missing = problem
    raise missing


def _refuse_endless(kept: list[Kept], page: Page, service: Service, place: Place) -> None:
    if kept and page.found and page.found == kept[-1].page.found:
        raise place.refuse("the same page came again.")
    rows = len(page.found) + sum(len(one.page.found) for one in kept)
    if rows > service.largest_series:
        raise place.refuse(f"the list has more than {service.largest_series:,} values; that cannot be meant.")
    if service.one_edition and kept and page.edition != kept[-1].page.edition:
        raise place.refuse("the publisher has renewed the list while it was read.", "Run the same command again tomorrow.")


# Keeping


class Unlikely(SourceError):
    """A person has to look before this takes the place of what is here."""

    def __init__(self, dataset: str, problem: str) -> None:
        """`problem` says what has changed so much."""
        super().__init__(dataset, 0, problem, repair="Look at the publisher's own page. If it is so, run the same command with --accept.")


def _kept(errand: Errand, one: Described, feed: Feed, service: Service, journal: Journal) -> Result:
    """Check what was read and put it in its place."""
    pages = [kept.page for kept in journal.pages]
    left_out = tuple(sorted(frozenset[str]().union(*(page.left_out for page in pages))))
    edition = max((page.edition for page in pages), default="")
    if service.kind == "reading":
        hints = files.newest_hints(hint for page in pages for hint in page.found if isinstance(hint, Hint))
        old_hints = files.read_hints(errand.folder, one.id)
        if old_hints and not hints and not errand.accept:
            raise Unlikely(one.id, "the list of reports is empty now.")
        same, content, seen, years = hints == old_hints, files.hints_text(hints), Review(()), None
        countries, values = len({hint.iso3 for hint in hints}), len(hints)
    else:
        figures = _figures(errand.folder, one.id, feed, service, pages)
        old = files.read_figures(errand.folder, one.id, service.kind)
        seen = reviewed(errand, one.id, old, figures)
        same, content, years = figures == old, files.figures_content(figures, service.kind, one.id), years_of(figures)
        countries, values = len({iso3 for iso3, _, _ in figures}), len(figures)
    fetched = Fetched(edition, errand.now(), years, _addresses(journal), FILES[service.kind], content)
    becomes = feed.settings.get("becomes") or {}
    files.put(errand.folder, one, {**one.about, **becomes, "notes": becomes.get("notes")}, fetched)
    return Result(one.id, service.id, "same" if same else "replaced", edition, values, countries,
                  tuple(change for change in seen.changes if not change.is_none), left_out)


def _figures(folder: Path, id: str, feed: Feed, service: Service, pages: list[Page]) -> Figures:
    cells = (cell for page in pages for cell in page.found if not isinstance(cell, Hint))
    population = files.read_figures(folder, "wb_wdi", "figures", only=POPULATION) if feed.settings.get("rates") else {}
    return shortened(service.finish(added_up(id, cells), feed, population))


def reviewed(errand: Errand, id: str, old: Figures, new: Figures) -> Review:
    """Compare a new edition with what is here.

    Raises:
        SourceError: it has no values, or values that are impossible.
        Unlikely: a person has to look at it, and has not accepted it yet.
    """
    seen = review(old, new, files.scales(errand.folder), errand.now().year)
    if not new:
        raise SourceError(id, 0, "there are no values at all.", repair="The figures that are here stay. Check the file, or the codes in the `refresh` part.")
    if seen.impossible:
        raise SourceError(id, 0, f"{_several(seen.impossible)}.", repair="The figures that are here stay. Tell who looks after the program.")
    if seen.unlikely and not errand.accept:
        raise Unlikely(id, f"{_several(seen.unlikely)}.")
    return seen


def _several(problems: tuple[str, ...]) -> str:
    more = f"; and {len(problems) - TOLD} more" if len(problems) > TOLD else ""
    return "; ".join(problems[:TOLD]) + more


def years_of(figures: Figures) -> tuple[int, int]:
    """The first and the last year of some figures."""
    years = [year for _, _, year in figures]
    return min(years), max(years)


def _addresses(journal: Journal) -> list[str]:
    first: Mapping[str, str] = {kept.series: kept.address for kept in reversed(journal.pages)}
    return [first[name] for name in dict.fromkeys(kept.series for kept in journal.pages)]

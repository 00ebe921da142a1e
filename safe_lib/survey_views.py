"""The views of a survey, as a notebook calls them: one chapter after the other. They are about no case and no respondent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from safe_lib import surveying
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.surveys import load_survey, survey_ids
from safe_lib.model.document import Block, Details, Facts, Heading, Notice, Table, Text
from safe_lib.model.errors import ReportError
from safe_lib.model.survey import Question, Said, Survey
from safe_lib.model.texts import Texts
from safe_lib.report.make import TYPES, document_of, written
from safe_lib.survey_analysis import TARGET, Analysis, Crossed
from safe_lib.view import View
from safe_lib.widgets.survey.desk_page import SurveySeat
from safe_lib.widgets.survey.pictures import percent, share_cells, shares_picture, shares_table

if TYPE_CHECKING:
    from safe_lib.casework import Desk

SURVEY: Final = "survey"  # the workbook
PROFILE: Final = "survey"  # whom its report is for
USUAL: Final = 10  # respondents in the smallest group, where no store says otherwise
SHOWN: Final = 15  # options of a long list, such as nationalities
GROUPED: Final = {"trends": ("B1",), "bottlenecks": ("C1",), "needs": ("E1",)}  # chapter → matrices that are shown by country and sector
ROWS_GROUPED: Final = 3  # rows of a matrix that are shown by groups: those with the largest shares

Blocks = tuple[Block, ...]


class SurveyViews:
    """What a notebook calls to show a survey. Mixed into `Workbook`, which brings desk, texts, mode and choice."""

    desk: Desk
    name: str
    texts: Texts
    choice: str
    survey_seat: SurveySeat | None = None  # on a page: who looks, and what came of a form

    if TYPE_CHECKING:

        def _view(self, region: str, make: Callable[[], Sequence[Block]], attributes: Mapping[str, str] | None = None) -> View: ...

    @property
    def is_survey(self) -> bool:
        """Whether this is the workbook of surveys, which is about no case and has no instrument."""
        return self.name == SURVEY

    @cached_property
    def survey_link(self) -> int:
        """The link whose answers are shown; 0 where none was chosen."""
        return int(self.choice) if self.choice.isascii() and self.choice.isdecimal() else 0

    @cached_property
    def survey(self) -> Survey:
        """The survey in the language of the desk."""
        id = surveying.link(self.desk, self.survey_link).survey if self.survey_link else survey_ids()[0]
        return load_survey(id, self.desk.language)

    @cached_property
    def analysis(self) -> Analysis:
        """Its figures; without a link, of nobody."""
        if not self.survey_link:
            return Analysis(self.survey, (), USUAL, self.texts("survey.others"))
        return analysis_of(self.desk, self.survey_link, self.texts)

    def survey_statement(self) -> Blocks:
        """What the figures are and what they cannot say."""
        return (Notice(self.texts("report.statement"), self.survey.limits),
                Text(self.texts("survey.methods", smallest=self.analysis.smallest), "quiet"))

    def responses(self) -> View:
        """Who answered: how many, where, in which sector."""
        return self._view("responses", lambda: self._survey_chapter("about") if self.survey_link else (Text(self.texts("survey.none_chosen"), "quiet"),))

    def trends(self) -> View:
        """What changes."""
        return self._view("trends", lambda: self._survey_chapter("trends"))

    def bottlenecks(self) -> View:
        """What hinders early identification."""
        return self._view("bottlenecks", lambda: self._survey_chapter("bottlenecks"))

    def needs(self) -> View:
        """What protection, safe return and the respondents themselves need."""
        return self._view("needs", lambda: self._survey_chapter("needs"))

    def best_practices(self) -> View:
        """What works, as far as respondents say."""
        return self._view("best_practices", lambda: self._survey_chapter("best_practices"))

    def _survey_chapter(self, name: str) -> Blocks:
        return chapter_blocks(self.analysis, name, self.texts) if self.survey_link else ()

    def _survey_example(self) -> View:
        """A chapter over invented responses, the same on every day and machine."""
        found = Analysis(self.survey, invented(self.survey, 60), USUAL, self.texts("survey.others"))
        blocks = chapter_blocks(found, "bottlenecks", self.texts)
        return View("example", (Heading(self.texts("survey.example"), 3), *blocks[:3]), self.texts, {})


def report_bytes(desk: Desk, link: int, format: str) -> bytes:
    """The report of a link, by papermill: what the workbook shows, without what its reader needs not.

    Raises:
        NotPermitted: for whoever may not read it.
        ReportError: there is no such format, or it could not be made.
    """
    if format not in TYPES:
        raise ReportError(f'report: there is no format "{format}".\n  There are: {", ".join(TYPES)}.')
    surveying.responses(desk, link)  # refused here, before a kernel starts
    document = document_of(replace(desk, for_list=True), "", SURVEY, PROFILE, about=str(link))
    survey = load_survey(surveying.link(desk, link).survey, desk.language)
    texts = load_texts(desk.language)
    words = {"report.document": texts("survey.report"), "report.reference": texts("survey.report.of"), "report.profile": texts("survey.report.kind"),
             f"report.profile.{PROFILE}": texts("survey.report")}
    told = replace(document, title=survey.title, reference=f"{survey.id} {survey.version}, {link}", footer=survey.limits)
    return written(told, format, labels=words)


def analysis_of(desk: Desk, link: int, texts: Texts) -> Analysis:
    """The figures of what was answered by a link.

    Raises:
        NotPermitted: for whoever may not read it.
    """
    said = surveying.responses(desk, link)
    smallest = int(desk.open_store().setting("smallest_group"))
    return Analysis(load_survey(surveying.link(desk, link).survey, desk.language), [one.said for one in said], smallest, texts("survey.others"),
                    surveying.codings(desk, link))


def invented(survey: Survey, count: int) -> list[Said]:
    """Invented responses, in a plain pattern: for an example."""
    found: list[Said] = []
    for number in range(count):
        said: dict[str, tuple[str, ...]] = {}
        for at, (place, question) in enumerate(survey.places.items()):
            codes = list(question.options)
            if question.kind in ("single", "matrix") and codes:
                said[place] = (codes[(number * (at % 3 + 1) + at) % len(codes)],)
            elif question.kind in ("rank", "multiple"):
                said[place] = tuple(codes[(number + step * 2 + at) % len(codes)] for step in range(min(3, len(codes))))
        found.append(said)
    return found


def chapter_blocks(analysis: Analysis, chapter: str, texts: Texts) -> Blocks:
    """A chapter: every question of it, then what differs by country and sector."""
    blocks: list[Block] = []
    if chapter == "about":
        blocks.append(Facts(((texts("survey.respondents"), str(len(analysis.responses))),)))
    if len(analysis.responses) < analysis.smallest:
        return (*blocks, Text(texts("survey.too_few", smallest=analysis.smallest)))
    for section in analysis.survey.sections:
        if section.chapter == chapter:
            for question in section.questions:
                blocks += question_blocks(analysis, question, texts)
    for id in GROUPED.get(chapter, ()):
        blocks += _by_groups(analysis, id, texts)
    return tuple(blocks)


def question_blocks(analysis: Analysis, question: Question, texts: Texts) -> Iterator[Block]:
    """One question with its picture and table."""
    if question.kind == "consent":
        return
    yield Heading(question.ask, 3)
    if question.kind == "matrix":
        rows = analysis.matrix(question.id)
        yield shares_picture(question.ask, [(row.words, row.above) for row in rows if row.above], texts)
        if rows and rows[0].above:
            yield Text(texts("survey.above", answers=rows[0].above.words), "quiet")
    elif question.kind == "rank":
        yield _ranking(analysis, question, texts)
    elif question.kind == "number":
        yield from _measured(analysis, question, texts)
    elif question.kind == "open":
        yield from _open(analysis, question, texts)
    else:
        yield from _counted(analysis, question, texts)


def _counted(analysis: Analysis, question: Question, texts: Texts) -> Iterator[Block]:
    found = analysis.asked(question.id)
    rows = [(share.words, share) for share in found.shares]
    if question.countries:  # long lists: what was named most; who is small is with the others
        rows = sorted((row for row in rows if row[1].count), key=lambda row: -(row[1].count or 0))[:SHOWN]
    if question.id == analysis.survey.country:
        groups = sorted(set(analysis.by_country.values()), key=lambda one: (-one.size, one.words))
        yield Table(question.ask, (texts("survey.column.group"), texts("survey.respondents")), tuple((one.words, str(one.size)) for one in groups))
        return
    if question.id == analysis.survey.sector:
        groups = sorted(set(analysis.by_sector.values()), key=lambda one: (-one.size, one.words))
        yield Table(question.ask, (texts("survey.column.group"), texts("survey.respondents")), tuple((one.words, str(one.size)) for one in groups))
        return
    yield shares_picture(question.ask, rows, texts) if rows else Text(texts("survey.too_few", smallest=analysis.smallest), "quiet")
    if question.kind == "multiple":
        yield Text(texts("survey.several_said"), "quiet")


def _ranking(analysis: Analysis, question: Question, texts: Texts) -> Table:
    heads = tuple(texts(f"survey.column.{name}") for name in ("answer", "points", "first", "base", "share", "interval"))
    rows = tuple((one.words, texts("survey.withheld") if one.points is None else str(one.points), *share_cells(one.first, texts))
                 for one in analysis.ranking(question.id))
    return Table(question.ask, heads, rows)


def _measured(analysis: Analysis, question: Question, texts: Texts) -> Iterator[Block]:
    found = analysis.measured(question.id)
    if found.quartiles is None:
        yield Text(texts("survey.too_few", smallest=analysis.smallest), "quiet")
        return
    low, middle, high = (f"{value:g}" for value in found.quartiles)
    unknown = texts("survey.withheld") if found.unknown is None else str(found.unknown)
    yield Facts(((texts("survey.median"), middle), (texts("survey.quartiles"), texts("survey.from_to", low=low, high=high)),
                 (texts("survey.column.base"), str(found.base)), (texts("survey.unknown"), unknown)))


def _open(analysis: Analysis, question: Question, texts: Texts) -> Iterator[Block]:
    codes = analysis.coded([question.id])
    if not codes:
        yield Text(texts("survey.not_coded"), "quiet")
        return
    rows = tuple((one.words, texts("survey.withheld") if one.answers is None else str(one.answers),
                  "" if one.agreement.value is None else f"{one.agreement.value:.2f}",
                  "" if one.agreement.low is None or one.agreement.high is None else texts("survey.from_to", low=f"{one.agreement.low:.2f}",
                                                                                          high=f"{one.agreement.high:.2f}"),
                  str(one.agreement.cases)) for one in codes)
    heads = tuple(texts(f"survey.column.{name}") for name in ("code", "answers", "kappa", "interval", "coded_twice"))
    yield Table(question.ask, heads, rows)
    yield Text(texts("survey.kappa", target=f"{TARGET:.2f}"), "quiet")


def _by_groups(analysis: Analysis, id: str, texts: Texts) -> Iterator[Block]:
    """The rows of a matrix with the largest shares, by country and by sector."""
    question = analysis.survey.question(id)
    if question is None:
        return
    counted = analysis.survey.scales[question.scale].counted
    for key, groups in (("country", analysis.by_country), ("sector", analysis.by_sector)):
        if len(set(groups.values())) < 2:
            continue
        blocks: list[Block] = []
        for row in analysis.matrix(id)[:ROWS_GROUPED]:
            crossed = analysis.crossed(row.place, counted, groups)
            blocks.append(shares_table(row.words, [(group.words, share) for group, share in crossed.groups], texts))
            blocks.append(Text(_difference(crossed, texts), "quiet"))
        yield Details(texts(f"survey.by_{key}", ask=question.ask), tuple(blocks))


def _difference(crossed: Crossed, texts: Texts) -> str:
    if crossed.effect is None or crossed.chance is None:
        return texts("survey.no_difference")
    return texts("survey.difference", effect=f"{crossed.effect:.2f}", chance=percent(crossed.chance))


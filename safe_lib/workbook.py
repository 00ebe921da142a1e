"""What a notebook sees: `open_workbook`, and views with one name each.

A view is the same on the page, in JupyterLab and in a report: blocks, shown as HTML or as text. In a report it holds
only what its profile may hold; what is left out is never made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from safe_lib import casework, release
from safe_lib.atlas import CountryViews
from safe_lib.awareness_views import AwarenessViews
from safe_lib.casework import Desk, Future
from safe_lib.catalogue import instrument_files, load_instrument, load_texts, translated, translation_status
from safe_lib.catalogue.chapters import SAFETY_REPORT, load_chapters
from safe_lib.catalogue.prose import workbook_names
from safe_lib.engine import assess, explain
from safe_lib.engine.plan import plan as make_plan
from safe_lib.findings_views import FindingsViews
from safe_lib.model.answers import PRESENT, Answers
from safe_lib.model.case import SHARED, SavedAnswer
from safe_lib.model.document import Block, Heading, Notice, Text
from safe_lib.model.errors import WrongUse
from safe_lib.model.instrument import Instrument
from safe_lib.proceedings import ProcedureViews
from safe_lib.report.profiles import Profile, load_profile
from safe_lib.rights.handover import VARIABLE, receive
from safe_lib.rights.jobs import job_here
from safe_lib.social_views import SocialMapViews
from safe_lib.store import Store
from safe_lib.store.folders import passphrase_of, training_store
from safe_lib.survey_views import SurveyViews
from safe_lib.topics import EXAMPLE_DAY, chosen, topic_of
from safe_lib.training_views import TrainingViews
from safe_lib.view import PAGE, View
from safe_lib.widgets import country_views, futures, pages_data, stages, views
from safe_lib.widgets.coordination_views import CoordinationViews
from safe_lib.widgets.corrections import correction_blocks
from safe_lib.widgets.plain import plain_view
from safe_lib.widgets.questions import Stage
from safe_lib.widgets.return_country import ReturnCountryViews
from safe_lib.widgets.safety_report import SafetyReportViews, example_blocks
from safe_lib.widgets.views import Blocks, Shown

TRAINING: Final = "SAFE_TRAINING_STORE"  # variable: path of a training store, for JupyterLab


def open_workbook(
    name: str, *, case: str | None = None, on: str | date | None = None, language: str = "en", mode: str = PAGE, country: str | None = None
) -> Workbook:
    """Open a workbook for one case.

    Args:
        name: the workbook, which is the notebook's own name; or the id of an instrument.
        case: reference of the case, or the number of a run; None takes the one chosen on the page, or shows the worked example alone.
        on: day of the assessment; None takes today.
        language: of the page and the report; the desk's own language comes first where there is one.
        mode: `page`, or the profile of a report: own_file, lawyer, partner, person.
        country: three letters, for the country workbook in a notebook; None takes the one chosen on the page.
    """
    if (run := job_here(case)) is not None:
        case, on, language, mode = run.ref or None, run.on, run.language, run.profile
    choice = f"country={country}" if country else run.about if run else ""
    day = (date.fromisoformat(on) if isinstance(on, str) else on) or date.today()
    here = casework.desk_here() or _desk_of_training(wanted=case is not None and VARIABLE not in os.environ)
    if here is None and (visit := receive()):
        store = Store.open_with_key(visit.store, bytes.fromhex(visit.key))
        casework.work_at(Desk(store, visit.person, visit.language, day, visit.role))
        return Workbook(
            Desk(store, visit.person, visit.language, day, visit.role),
            visit.workbook or name,
            visit.case or case,
            mode,
            scenario=visit.scenario,
            choice=visit.choice,
        )
    if here is None:
        if case is not None:
            raise WrongUse("case: no store is open here, so no case can be read.\n  Use `safe report`, or open the page.")
        return Workbook(Desk(None, "example", language, day, "nobody"), name, None, mode, choice=choice)
    return Workbook(replace(here, language=language, today=day), casework.topic_here() or name, case, mode, choice=choice)


def _desk_of_training(wanted: bool) -> Desk | None:
    """In JupyterLab, or where a case is named and nobody handed over a desk: the training store with invented persons, whose passphrase lies beside it."""
    path = Path(os.environ[TRAINING]) if TRAINING in os.environ else training_store() if wanted else None
    if path is None or not passphrase_of(path).is_file():
        return None
    store = Store.open(path, passphrase_of(path).read_text(encoding="utf-8").strip())
    if not store.training:
        store.close()
        raise WrongUse("store: this is not a training store.\n  JupyterLab works on invented persons only.")
    casework.work_at(Desk(store, "analyst", "en", date.today()))
    return casework.desk_here()


class Workbook(CountryViews, ReturnCountryViews, SafetyReportViews, CoordinationViews, ProcedureViews, SocialMapViews, TrainingViews, AwarenessViews,
               SurveyViews, FindingsViews):
    """A document that happens to work: one case, one kind of work, one view after the other."""

    def __init__(self, desk: Desk, name: str, case: str | None, mode: str = PAGE, *, scenario: str = SHARED, choice: str = "") -> None:
        """Hold what every view needs; nothing is read before a view asks for it.

        Args:
            desk: who works, where, in which language, on which day.
            name: the workbook, or an instrument that has no workbook of its own.
            case: reference of the case, or None.
            mode: `page` or a report profile.
            scenario: the future that answers are given for; SHARED for all.
            choice: the instrument chosen on the page, where the workbook offers several; what the country workbook was asked for.
        """
        self.desk, self.name, self.case, self.mode, self.scenario, self.choice = desk, name, case, mode, scenario, choice
        self._shown: dict[tuple[str, str], Shown] = {}
        self.shared = False  # others use this computer too: nothing is saved to its disk
        self.texts = load_texts(desk.language)
        self.profile: Profile = load_profile(mode)

    # What the views rest on, read once for each state of the answers

    @cached_property
    def instrument(self) -> Instrument:
        """The instrument this workbook is about, in the language of the desk."""
        return translated(load_instrument(self._instrument_id()), self.desk.language)

    def _instrument_id(self) -> str:
        if self.choice in instrument_files():
            return self.choice
        if self.name == "identification":
            return self._identification_set()
        if self.name == SAFETY_REPORT:
            return load_chapters().asks
        if self.name in instrument_files():
            return self.name
        names = dict.fromkeys((*workbook_names(), *instrument_files()))
        raise WrongUse(f"{self.name}: there is no such workbook or instrument.\n  There are: {', '.join(names)}.")

    def _identification_set(self) -> str:
        """The set with answers; without any, the one for work and services, for the age that was noted."""
        sets = [id for id in instrument_files() if id.startswith("ilo_")]
        if self.case:
            counts = {id: len(casework.saved_answers(self.desk, self.case, id)) for id in sets}
            if any(counts.values()):
                return max(sets, key=counts.__getitem__)
            if casework.person_facts(self.desk, self.case).age_group in ("child", "disputed"):
                return "ilo_child_labour"
        return "ilo_adult_labour"

    @cached_property
    def shown(self) -> Shown:
        """The assessment of this case, put into words; without a case, the worked example."""
        if self.case is None:
            return self.example_shown
        return self.shown_for(self.instrument.id, self.focus)

    @property
    def focus(self) -> str:
        """The future the result is about: the one chosen on the page, else what the person wants most."""
        kinds = [kind.id for kind in self.instrument.scenarios]
        if self.scenario in kinds:
            return self.scenario
        return next((future.kind for future in self.futures if future.kind in kinds), kinds[0] if kinds else SHARED)

    def shown_for(self, instrument_id: str, scenario: str = SHARED, answers: Answers | None = None) -> Shown:
        """An assessment of this case by one instrument for one future."""
        if self.case is None:
            raise WrongUse("case: no case is open.\n  Choose one on the start page.")
        if answers is None and (instrument_id, scenario) in self._shown:
            return self._shown[instrument_id, scenario]
        instrument = casework.instrument_for(self.desk, instrument_id)
        said = answers or casework.recorded(self.desk, self.case, instrument, scenario)
        found = casework.assess_case(self.desk, self.case, instrument_id, scenario, answers=said)
        saved = casework.saved_answers(self.desk, self.case, instrument_id, scenario)
        shown = Shown(instrument, found, explain(found, instrument, self.texts), said, self.texts, saved)
        if answers is None and self.mode != PAGE:  # in a report nothing changes while it is made; a page may hear of others' answers
            self._shown[instrument_id, scenario] = shown
        return shown

    @cached_property
    def example_shown(self) -> Shown:
        """The first example of the instrument, on a fixed day: an invented person, no store."""
        return self._example_of(self.instrument, 0)

    def _example_of(self, instrument: Instrument, number: int) -> Shown:
        from safe_lib.catalogue.checks import example_answers

        said = example_answers(instrument, instrument.examples[number])
        found = assess(instrument, said, on=EXAMPLE_DAY)
        return Shown(instrument, found, explain(found, instrument, self.texts), said, self.texts)

    @cached_property
    def futures(self) -> tuple[Future, ...]:
        """The futures considered for this case, in the person's own order."""
        return casework.futures(self.desk, self.case) if self.case else ()

    def forget(self) -> None:
        """Read everything again at the next view: something was saved."""
        for name in ("shown", "futures", "example_shown", "stages", "told", "places", "board", "legal"):
            self.__dict__.pop(name, None)

    # Views: what a notebook calls

    def questions(self) -> Any:
        """The form, on a page with a case; in a report, `recorded` shows the answers."""
        if self.mode == PAGE and self.case:
            from safe_lib.widgets.form import form_for

            return form_for(self)
        return View("questions", (), self.texts, {})

    def recorded(self) -> View:
        """Everything that is recorded, in a report; on a page the form shows it."""
        return self._view("recorded", self._answers if self.mode != PAGE or self.case is None else tuple)

    def outcome(self) -> View:
        """What the answers show so far."""
        attributes = {"data-view": "outcome", "data-outcome": self.shown.assessment.outcome.id}
        return self._view("outcome", self._outcome, attributes)

    def pattern(self) -> View:
        """The dimensions with their indicators."""
        return self._view("pattern", lambda: views.pattern(self.shown))

    def matrix(self) -> View:
        """The domains, each by itself."""
        return self._view("matrix", lambda: views.matrix(self.shown))

    def hard_stops(self) -> View:
        """What has to be settled before anything else."""
        return self._view("hard_stops", lambda: views.hard_stops(self.shown))

    def explanation(self) -> View:
        """Why: every finding with its trace."""
        return self._view("explanation", lambda: views.explanation(self.shown, everything=self.mode != PAGE and self.profile.everything))

    def open_questions(self) -> View:
        """What would change it."""
        return self._view("open_questions", lambda: (*views.open_questions(self.shown, most=5 if self.mode == PAGE else None), *self.open_topics()))

    def what_if(self) -> View:
        """Try answers without saving them; on a page only."""
        return self._view("what_if", lambda: (Text(self.texts("form.what_if"), "quiet"),) if self.mode == PAGE else ())

    def next_steps(self) -> View:
        """What to do now."""
        return self._view("next_steps", self._next_steps)

    def own_words(self) -> View:
        """What the person wants, in their own words, and the professional's own judgement."""
        if self.is_about_procedures:
            return self.legal_view("own_words")
        return self._view("own_words", self._own_words)

    def scenarios(self) -> View:
        """The futures side by side, in the person's own order."""
        return self._view("scenarios", self._scenarios)

    def plan(self) -> View:
        """Who does what by when."""
        return self._view("plan", self._plan)

    def follow_up(self) -> View:
        """When somebody asks how it goes."""
        return self._view("follow_up", lambda: views.follow_up(make_plan(self.shown.assessment, self.shown.instrument), self.texts, folded=self.mode == PAGE))

    def sources(self) -> View:
        """Where all this comes from, and its limits."""
        if self.is_about_procedures:
            return self.legal_view("sources")
        return self._view("sources", lambda: (*views.sources(self.shown), *self.whose()))

    def sign_off(self) -> View:
        """Who decided; places to sign in a report."""
        labels = [self.texts(f"sign.{who}") for who in ("professional", "second", "interpreter", "person")]
        return self._view("sign_off", lambda: views.sign_off(self.texts, labels) if self.mode != PAGE else ())

    def reports(self) -> View:
        """The sealed reports of this case; on a page, with a way to make one."""
        return self._view("reports", lambda: pages_data.reports_blocks(self.desk, self.case, self.texts) if self.case and self.mode == PAGE else ())

    def statement(self) -> View:
        """What this is and what it is not; on every screen and report."""
        if topic := topic_of(self):
            return topic.statement(self)
        return self._view("statement", lambda: (Notice(self.texts("report.statement"), self.instrument.statement),) if self.instrument.statement else ())

    def cases(self) -> View:
        """The open cases, and where each stands."""
        return self._view("cases", lambda: pages_data.cases_blocks(self.desk, self.texts))

    def workbooks(self) -> View:
        """The other workbooks by title and first paragraph."""
        return self._view("workbooks", lambda: pages_data.workbooks_blocks(self.texts))

    def example(self) -> View:
        """A worked example on an invented person, the same on every day and machine."""
        if self.name == SAFETY_REPORT:
            told = example_blocks(self.desk, self.texts, EXAMPLE_DAY, self._example_of)
            return View("example", (Heading(self.texts("views.worked_example"), 3), *told), self.texts, {})
        if topic := topic_of(self):
            return topic.example(self)
        shown = self.example_shown
        name = str(self.instrument.examples[0]["name"])
        return View(
            "example", (Heading(self.texts("views.worked_example"), 3), Text(name), *views.outcome(shown), *views.open_questions(shown, most=3)), self.texts, {}
        )

    # How the larger views are put together

    def _view(self, region: str, make: Callable[[], Sequence[Block]], attributes: Mapping[str, str] | None = None) -> View:
        blocks: Blocks = ()
        if self.mode == PAGE or region in self.profile.views:
            blocks = plain_view(self, region, make) if self.profile.plain else tuple(make())
        return View(region, blocks, self.texts, attributes or {}, f"{self.name} {self.case}")

    @property
    def _tells_futures(self) -> bool:
        """A report of a workbook about futures tells all that were considered, not only the first."""
        return self.mode != PAGE and bool(self.instrument.scenarios and self.futures)

    def _next_steps(self) -> Blocks:
        return futures.next_steps(self) if self._tells_futures else views.next_steps(self.shown)

    def _outcome(self) -> Blocks:
        if self._tells_futures and "scenarios" not in self.profile.views:  # that view tells them too
            return futures.outcomes(self)
        said = views.outcome(self.shown, flags=self.profile.flags)
        dangers = self._dangers() if self.profile.suggestions else ()
        return (*dangers, *self._about_future(), *said, *views.caveats(self.shown))

    def _dangers(self) -> Blocks:
        """Dangers found in the first step lead, whatever the indicators say."""
        if self.name != "identification" or self.case is None:
            return ()
        steps = casework.instrument_for(self.desk, stages.STEPS)
        saved = casework.saved_answers(self.desk, self.case, steps.id)
        active = [item for item in steps.items if item.kind == "danger" and item.id in saved and saved[item.id].answer.code == PRESENT]
        return views.dangers(active, self.texts)

    def _about_future(self) -> Blocks:
        """Which future the outcome beside the questions is about."""
        if not self.case or not self.instrument.scenarios:
            return ()
        titles = {kind.id: kind.title for kind in self.instrument.scenarios}
        names = titles if self.mode == PAGE else self.future_names()  # a page shows the place with the futures, where it can be masked
        return (Text(names[self.focus], "quiet"),)

    def _answers(self) -> Blocks:
        if self.case is None:
            return views.answers_table(self.example_shown)
        notes = self.profile.notes
        blocks: list[Block] = []
        for id in stages.instruments_of(self.name, self.instrument.id):
            shown = self.shown_for(id)
            if shown.saved:
                blocks += [Heading(shown.instrument.title, 3), *views.answers_table(shown, notes=notes)]
                blocks += correction_blocks(self, (shown.instrument,), words=notes)
        return tuple(blocks) or views.answers_table(self.shown, notes=notes)

    def _own_words(self) -> Blocks:
        if self.case is None:
            return ()
        record = ("safe_return_record", "OWN_WORDS")
        pairs = {"identification": ("first_level", "WORDS"), "safe_return": record, SAFETY_REPORT: record}
        id, item = pairs.get(self.name, ("", ""))
        if id not in instrument_files():
            return ()
        saved = casework.saved_answers(self.desk, self.case, id).get(item)
        if self.mode == PAGE and not (saved and saved.note):
            return (Text(self.texts("views.no_words", item=item), "quiet"),)
        by = self.texts("views.written_by", by=saved.by, date=saved.at.date().isoformat()) if saved else ""
        return views.own_words(saved, by)

    def shown_futures(self) -> list[tuple[Future, Shown]]:
        """Each future with its assessment, in the person's own order."""
        return [(future, self.shown_for(self.instrument.id, future.kind)) for future in self.futures]

    def future_names(self) -> dict[str, str]:
        """Scenario → its title, with the place where one is known."""
        return self.future_names_of(self.instrument)

    def future_names_of(self, instrument: Instrument) -> dict[str, str]:
        """The same by the titles of another instrument."""
        titles = {kind.id: kind.title for kind in instrument.scenarios}
        places = {future.kind: country_views.place_words(future.country, future.subdivision, self.desk.language) for future in self.futures}
        return {id: f"{title} ({places[id]})" if places.get(id) else title for id, title in titles.items()}

    def _scenarios(self) -> Blocks:
        if not self.instrument.scenarios:
            return ()
        if not self.futures:
            return (Text(self.texts("views.no_scenarios"), "quiet"),)
        return views.scenarios(self.shown_futures(), self.future_names())

    def _plan(self) -> Blocks:
        if not self.instrument.scenarios:
            return ()
        if self._tells_futures:
            return futures.plans(self)
        agreed = views.agreed_table(futures.measures_of(self), self.shown, self.future_names())
        suggested = views.suggestions(make_plan(self.shown.assessment, self.shown.instrument), self.texts) if self.profile.suggestions else ()
        return (*agreed, *suggested)

    # What a page needs besides

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The steps of the form with their questions and saved answers."""
        if self.case is None:
            return ()
        return stages.stages_of(self)

    def saved(self, instrument: str) -> dict[str, SavedAnswer]:
        """What counts now for one instrument in the chosen future."""
        return casework.saved_answers(self.desk, self.case, instrument, self.scenario) if self.case else {}

    def make_report(self, profile: str, format: str, although: str = "", *, printed: bool = False) -> tuple[str, str, bytes]:
        """Make a report of this workbook, seal it and register that it leaves: name, type, content."""
        from safe_lib.report.make import make_and_seal

        name = self.name if self.name in workbook_names() else self.instrument.id
        return make_and_seal(self.desk, str(self.case), name, profile, format, although=although, printed=printed)

    def marks(self) -> tuple[str, ...]:
        """What must be said above every page and report: a draft translation, an invented person."""
        found, draft = release.marks(self.desk, self.texts), self.texts("report.mark.draft_translation")
        if draft in found or not (self.has_instrument and self._translation() in ("draft", "missing")):
            return found
        return (draft, *found)

    @property
    def has_instrument(self) -> bool:
        """Whether it asks the questions of an instrument."""
        return topic_of(self) is None

    def _translation(self) -> str:
        return translation_status(load_instrument(self.instrument.id), self.desk.language)

    def versions(self) -> tuple[str, ...]:
        """What the page rests on, for its foot."""
        if topic := topic_of(self):
            return topic.versions(self)
        return (f"{self.instrument.title} {self.instrument.version}",)

    def kept(self) -> tuple[tuple[str, str], ...]:
        """What links to the same page in another language keep."""
        topic = topic_of(self)
        return topic.kept(self) if topic else chosen(self)

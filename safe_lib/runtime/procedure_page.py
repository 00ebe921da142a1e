"""The workbook on procedures: the whole page in its first bytes, and each entry of its forms saved as it is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import tornado.web

from safe_lib import casework, procedures, release
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.prose import read_notebook
from safe_lib.engine import legal
from safe_lib.model.answers import UNKNOWN
from safe_lib.model.errors import BasisRefused, CaseNotFound, ReasonNeeded, ReportError, SafeError, WrongUse
from safe_lib.model.legal import PARTS, CaseFact, Contact, Entry, EntryRefused, FileDocument, LegalFile, Part, PersonStatement, StepDone, Task
from safe_lib.procedures import EntryChanged
from safe_lib.proceedings import NAME
from safe_lib.rights.permission import may
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.country_pages import CountryPage
from safe_lib.runtime.handlers import _reference
from safe_lib.widgets.legal.page import live
from safe_lib.widgets.legal.reading import Reading, reading_of
from safe_lib.widgets.legal.sheet import Sheet
from safe_lib.workbook import Workbook

LONGEST: Final = 20_000  # letters of one field as it is sent
SEPARATE: Final = ("written", "id")  # fields of an entry that no form sends by their name
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says before everything else."""

    done: str = ""
    wrong: str = ""


class ProceduresPage(CountryPage):
    """The procedures of one case."""

    def prepare(self) -> Any:
        """The case that the page is about, from its address."""
        self.ref = self.get_argument("case", "")
        return super().prepare()

    @tornado.web.authenticated
    async def get(self, name: str = NAME) -> None:
        """The page; without a case, the list of cases to choose one from."""
        self.keep_language()
        if not self.ref:
            self.redirect(f"/?{urlencode({'lang': self.language, 'for': NAME})}#cases")
            return
        desk = self.desk()
        self.look_up_own(desk)
        release.require_signed(f"workbooks/{NAME}.ipynb")
        self.book = Workbook(desk, NAME, self.ref)
        self.book.shared = self.shared
        notebook = read_notebook(NAME, desk.language)
        if any(firstbytes.is_own(cell) for cell in self.marked(notebook)["cells"]):
            await self.through_kernel(NAME)
            return
        self.show(desk, notebook, Told(done=self.told_done()))

    def look_up_own(self, desk: Desk) -> None:
        """There is this case, for this person; its reading leaves a line."""
        try:
            casework.find_case(desk, _reference(self.ref), what=f"page.{NAME}")
        except CaseNotFound:
            raise tornado.web.HTTPError(404) from None

    def told_done(self) -> str:
        """Said after a form was sent without a script."""
        return load_texts(self.language)("legal.saved") if self.get_argument("saved", "") else ""

    def show(self, desk: Desk, notebook: Mapping[str, Any], told: Told) -> None:
        """The page in its first bytes."""
        self.book.legal_rights = self.rights_here(desk)
        start, end = firstbytes.page_start(
            self.book, notebook, here=self.request.path, base_url="/", assets=addresses("/"), xsrf=self.xsrf_token.decode(), theme=self.theme,
            masked=self.masked, more=self.rest, told=(told.done, told.wrong))
        self.finish(f"{start}{end}</body></html>\n")

    def rights_here(self, desk: Desk) -> tuple[bool, bool]:
        """Whether this colleague may write in this case, and make a report of it that leaves."""
        standing = desk.open_store().standing(self.ref)
        write, report, disclose = (may(standing.me.roles, verb, assigned=standing.assigned) for verb in ("write", "report", "disclose"))
        return write, report and disclose

    # What a form does

    @tornado.web.authenticated
    async def post(self, name: str = NAME) -> None:
        """Save one entry, or make a report; a script is told in its own way."""
        desk, action = self.desk(), self.sent("action")
        casework.find_case(desk, _reference(self.ref))
        if action == "report":
            self.report(desk)
            return
        do = self.actions().get(action)
        if do is None:
            raise tornado.web.HTTPError(400)
        if self.wants_json():
            self.reply(self.answer(desk, action, do))
            return
        try:
            do(desk)
        except (EntryRefused, EntryChanged) as problem:
            self.again(desk, problem)
            return
        self.redirect(f"/{NAME}?{urlencode({'case': self.ref, 'lang': self.language, 'saved': 'yes'})}", status=303)

    def sent(self, name: str) -> str:
        """One field of a form."""
        return str(self.get_body_argument(name, "", strip=True)[:LONGEST])

    def wants_json(self) -> bool:
        """Whether a script asks."""
        return JSON in self.request.headers.get("Accept", "")

    def reply(self, said: Mapping[str, Any]) -> None:
        """What a script is told."""
        self.set_header("Content-Type", JSON)
        self.finish(json.dumps(said))

    def again(self, desk: Desk, problem: EntryRefused | EntryChanged) -> None:
        """The page once more, with what was wrong; nothing was saved."""
        self.set_status(409 if isinstance(problem, EntryChanged) else 400)
        self.book = Workbook(desk, NAME, self.ref)
        self.book.shared = self.shared
        self.show(desk, self.marked(read_notebook(NAME, desk.language)), Told(wrong=self.sentence(desk, problem)))

    def answer(self, desk: Desk, action: str, do: Callable[[Desk], LegalFile]) -> dict[str, Any]:
        """Saved, in conflict or refused, with the parts of the page as they are now."""
        before = procedures.legal_file(desk, self.ref)
        known = self.parts(desk) if self.sent("shown") == str(before.revision) else {}  # what the page shows already is not sent again
        try:
            file = do(desk)
        except EntryRefused as refused:
            return {"type": "refused", "field": refused.field, "sentence": self.sentence(desk, refused)}
        except EntryChanged as changed:
            told = self.sentence(desk, changed)
            return {"type": "conflict", "revision": changed.revision, "sentence": told, "shown": changed.revision, "html": self.parts(desk)}
        added = next(iter(set(_ids(file, action)) - set(_ids(before, action))), "") if action in PARTS else ""
        html = {name: text for name, text in self.parts(desk).items() if known.get(name) != text}
        return {"type": "saved", "revision": file.revision, "id": added, "shown": file.revision, "html": html}

    def parts(self, desk: Desk) -> dict[str, str]:
        """The parts of the page that may have changed."""
        write, report = self.rights_here(desk)
        return live(Sheet(self.reading(desk), self.frame(here=f"/{NAME}"), self.ref, write, report))

    def reading(self, desk: Desk) -> Reading:
        """The case as it stands."""
        return reading_of(desk, self.ref, load_texts(desk.language))

    def sentence(self, desk: Desk, problem: EntryRefused | EntryChanged) -> str:
        """What was wrong, in the language of the page; of another's entry, who wrote it and what it says."""
        texts = load_texts(self.language)
        if isinstance(problem, EntryRefused):
            return texts(f"legal.lack.{problem.key}")
        if problem.theirs is None:
            return texts("legal.they_took_it_out")
        return texts("legal.they_wrote", by=problem.theirs.written.by, words=in_words(self.reading(desk), problem.theirs))

    def actions(self) -> dict[str, Callable[[Desk], LegalFile]]:
        """Part of the file, or something to do → what saves it."""
        return {**{part: self.entry(part) for part in PARTS}, "jurisdictions": self.jurisdictions, "add_papers": self.add_papers}

    def entry(self, part: Part) -> Callable[[Desk], LegalFile]:
        """What saves one entry of a part, or takes it out."""
        save = {"facts": self.fact, "followed": self.follow, "steps": self.step, "documents": self.document, "tasks": self.task, "contacts": self.contact,
                "statement": self.statement}[part]

        def write(desk: Desk) -> LegalFile:
            if self.sent("gone"):
                return procedures.take_out(desk, self.ref, part, self.sent("id"), self.seen())
            return save(desk)
        return write

    def fact(self, desk: Desk) -> LegalFile:
        """A fact; an empty value is one that is not known."""
        said = CaseFact(self.sent("name"), self.sent("value") or UNKNOWN, self.sent("source"), self.day("learned"), self.sent("procedure"))
        return procedures.save_fact(desk, self.ref, said, self.seen())

    def follow(self, desk: Desk) -> LegalFile:
        """Follow a procedure, say where it stands, or follow it no more."""
        return procedures.follow(desk, self.ref, self.sent("id"), self.sent("stage"), self.seen(), ended=self.day("ended"))

    def step(self, desk: Desk) -> LegalFile:
        """A step was done, or is open again."""
        procedure, _, step = self.sent("id").partition("/")
        return procedures.save_step(desk, self.ref, StepDone(procedure, step, self.day("done"), self.sent("doer")), self.seen())

    def document(self, desk: Desk) -> LegalFile:
        """A document of the checklist."""
        return procedures.save_document(desk, self.ref, FileDocument(**self.fields(FileDocument)), self.seen())

    def task(self, desk: Desk) -> LegalFile:
        """A task."""
        return procedures.save_task(desk, self.ref, Task(**self.fields(Task)), self.seen())

    def contact(self, desk: Desk) -> LegalFile:
        """A contact."""
        return procedures.save_contact(desk, self.ref, Contact(**self.fields(Contact)), self.seen())

    def statement(self, desk: Desk) -> LegalFile:
        """The statement."""
        said = self.fields(PersonStatement)
        said.pop("id")
        return procedures.save_statement(desk, self.ref, PersonStatement(**said), self.seen())

    def jurisdictions(self, desk: Desk) -> LegalFile:
        """Whose procedures are looked at."""
        return procedures.look_in(desk, self.ref, self.get_body_arguments("jurisdictions"))

    def add_papers(self, desk: Desk) -> LegalFile:
        """Put the documents a procedure needs on the checklist."""
        return procedures.add_needed(desk, self.ref, self.sent("id"))

    def fields(self, kind: type[Entry]) -> dict[str, Any]:
        """The fields of an entry as they were sent; what was not sent keeps its default."""
        sent = {one.name: self.sent(one.name) for one in fields(kind) if one.name not in SEPARATE and one.name in self.request.body_arguments}
        return {"id": self.sent("id"), **{name: self.day(name) if name in legal.DAYS else value for name, value in sent.items()}}

    def seen(self) -> int | None:
        """The revision that was on screen; a form without one was read in none."""
        return int(self.sent("seen")) if self.sent("seen").isdecimal() else 0

    def day(self, name: str) -> date | None:
        """A day of the form; None where it is empty.

        Raises:
            EntryRefused: it is no day.
        """
        try:
            return date.fromisoformat(self.sent(name)) if self.sent(name) else None
        except ValueError:
            raise EntryRefused("procedures", name, "value_day", "this is no day.\n  Write YYYY-MM-DD.") from None

    def report(self, desk: Desk) -> None:
        """Make a report for one reader and send it, with its line in the register."""
        profile, _, format = self.sent("report").partition(" ")
        self.book = Workbook(desk, NAME, self.ref)
        self.book.shared = self.shared
        try:
            if self.shared:
                raise WrongUse(load_texts(self.language)("disclose.page.shared"))
            name, mime, document = self.book.make_report(profile, format, self.sent("although"))
        except (BasisRefused, ReasonNeeded, ReportError, WrongUse) as problem:
            self.set_status(400 if isinstance(problem, (ReportError, WrongUse)) else 403)
            self.show(desk, self.marked(read_notebook(NAME, desk.language)), Told(wrong=self.why_not(problem)))
            return
        self.set_header("Content-Type", mime)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(document)

    def why_not(self, problem: SafeError) -> str:
        """Why no report was made, and where to go on."""
        texts = load_texts(self.language)
        if isinstance(problem, BasisRefused):
            return f"{texts(f'disclose.lack.{problem.key}')} {texts('disclose.page.elsewhere')}"
        return texts("leaflet.needed") if isinstance(problem, ReasonNeeded) else " ".join(str(problem).split())


def _ids(file: LegalFile, part: str) -> tuple[str, ...]:
    held = getattr(file, part)
    return tuple(held) if isinstance(held, Mapping) else ()


def in_words(reading: Reading, entry: Entry) -> str:
    """What an entry says, in a line, for whoever is told that somebody else wrote it."""
    if isinstance(entry, CaseFact):
        return f"{reading.value(entry.name, entry.value)} ({reading.said_by(entry)})"
    said = legal.fields_of(entry)
    told = {"document": lambda key: reading.document(key), "procedure": reading.procedure, "stage": reading.state}
    return "; ".join(told[name](value) if name in told else str(value) for name, value in said.items() if name not in ("version", "step") and value)

"""`safe training`: the parts of the course, how far one is, who of a team has passed, the certificate, and the package for a learning platform."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.model.course import Course, Progress

app = typer.Typer(name="training", invoke_without_command=True, rich_markup_mode=None,
                  help="The course of 35 minutes: its parts, how far one is, certificates, packages for learning platforms.")

Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write; there must be none with this name.")]
Country = Annotated[str, typer.Option("--country", metavar="ISO2", help="Whose rights are told and asked, such as NL; without it, what holds in the EU.")]


@app.callback()
def training(context: typer.Context, language: Language = None, as_json: AsJson = False) -> None:
    """The parts of the course with their minutes; this needs no store."""
    if context.invoked_subcommand is not None:
        return
    from safe_lib.catalogue.course import load_course

    course = load_course(language_of(language))
    if as_json:
        say_json(course_data(course))
        return
    for one in course.lessons:
        print(printable(f"{one.unit}  {one.seconds // 60:>2}:{one.seconds % 60:02}  {one.title}"))
    print(printable(f"{course.id} {course.version}: {course.seconds // 60}:{course.seconds % 60:02}, {len(course.bank.questions)} questions."))


def course_data(course: Course) -> dict[str, Any]:
    """The course as JSON, without its texts."""
    lessons = [{"id": one.id, "unit": one.unit, "title": one.title, "seconds": one.seconds, "screens": len(one.places), "modules": list(one.modules),
                "objective": one.objective or None, "checks": list(one.checks)} for one in course.lessons]
    return {"id": course.id, "version": course.version, "title": course.title, "language": course.language, "draft": course.draft, "hash": course.hash,
            "seconds": course.seconds, "pass_percent": course.bank.pass_percent, "quiz_items": course.bank.quiz_items, "questions": len(course.bank.questions),
            "valid_months": course.valid_months, "lessons": lessons}


@app.command("quiz")
def quiz(seed: Annotated[int, typer.Option("--seed", metavar="N", help="Draws the same again.")] = 1, country: Country = "", on: Day = None,
         language: Language = None, as_json: AsJson = False) -> None:
    """The questions of one draw of the final quiz, with answers and reasons, for trainers; this needs no store."""
    from safe_lib.catalogue.course import load_course
    from safe_lib.engine import course as rules

    course = load_course(language_of(language))
    drawn = rules.draw(course, seed, country=country, on=day_of(on) or date.today())
    asked = [course.bank.questions[id] for id in drawn.questions]
    if as_json:
        say_json({"seed": seed, "country": country or None, "missing": list(drawn.missing), "questions": [
            {"id": one.id, "module": one.module, "type": one.kind, "stem": one.stem, "options": dict(one.options), "correct": list(one.correct),
             "rationale": one.rationale, "sources": list(one.sources), "confidence": one.confidence} for one in asked]})
        return
    for number, one in enumerate(asked, start=1):
        print(printable(f"{number}. {one.stem} [{one.id}, {one.module}]"))
        for id, text in one.options.items():
            print(printable(f"   {'*' if id in one.correct else ' '} {id}  {text}"))
        print(printable(f"   {one.rationale}"))
    for module in drawn.missing:
        print(printable(f"{module}: nothing may be asked before the bank was read again."))


@app.command("progress")
def progress(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
             as_json: AsJson = False) -> None:
    """How far one is oneself, with everything that is kept."""
    from safe_lib import training as learning

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        course, found = learning.course(desk), learning.progress(desk)
    if as_json:
        say_json(progress_data(course, found))
        return
    data = progress_data(course, found)
    print(printable(f"{data['screens_done']} of {data['screens']} screens, {data['attempts']} quizzes handed in"
                    f"{', complete' if data['complete'] else ''}; next: {found.at or 'the quiz' if found.seen else course.places[0]}."))


def progress_data(course: Course, found: Progress) -> dict[str, Any]:
    """How far somebody is as JSON: what counts, and what is kept."""
    from safe_lib.engine import course as rules
    from safe_lib.engine.course_json import to_body

    result = rules.best(course, found)
    said = None if result is None else {
        "percent": result.percent, "passed": result.passed, "right": len(result.right), "of": len(result.right) + len(result.wrong),
        "again": list(result.again), "date": result.on.isoformat(), "refresher": result.refresher.isoformat() if result.refresher else None}
    return {"course": course.id, "version": course.version, "screens": len(course.places), "screens_done": sum(one in found.seen for one in course.places),
            "lessons_done": list(rules.done_lessons(course, found)), "seconds_left": rules.seconds_left(course, found),
            "attempts": sum(one.handed_in is not None for one in found.attempts), "complete": rules.is_complete(course, found), "result": said,
            "kept": to_body(found)}


@app.command("team")
def team(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """As a coordinator: who has passed, and until when that holds."""
    from safe_lib import training as learning

    with open_desk(store, passphrase_file, person=person) as desk:
        found = learning.team(desk)
    if as_json:
        say_json([{**asdict(one), "on": one.on.isoformat(), "refresher": one.refresher.isoformat()} for one in found])
        return
    for one in found:
        print(printable(f"{one.learner:<24} {one.on.isoformat()}  {one.version}  refresher {one.refresher.isoformat()}"))


@app.command("certificate")
def certificate(out: Out, name: Annotated[str, typer.Option("--name", metavar="NAME", help="As it shall stand on it; it is kept nowhere.")],
                store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None) -> None:
    """One's own certificate as PDF, once every part is done and the quiz is passed."""
    from safe_lib.report.certificate import certificate_of

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        content = certificate_of(desk, name)
    _write(out, content)


@app.command("forget")
def forget(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Take out what is kept of one's own course."""
    from safe_lib import training as learning

    with open_desk(store, passphrase_file, person=person) as desk:
        print("Taken out." if learning.forget(desk) else "There was nothing.")


@app.command("statements")
def statements(home: Annotated[str, typer.Option("--home", metavar="URL", help="Address of your organisation; it gives the code its meaning.")],
               code: Annotated[str, typer.Option("--code", metavar="CODE", help="For whom; never a name. Without it, one is made from the user name.")] = "",
               store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None) -> None:
    """What one did oneself, as xAPI statements in JSON, for a learning record store. Nothing is sent."""
    from hashlib import sha256

    from safe_lib import training as learning
    from safe_lib.engine.statements import statements as told

    if not home.startswith(("https://", "http://")):
        raise WrongUse("--home: it is an address that begins with https://.")
    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        course, found = learning.course(desk), learning.progress(desk)
        learner = code or sha256(f"{home} {desk.person}".encode()).hexdigest()[:16]
    say_json(list(told(course, found, learner=learner, home=home)))


@app.command("package")
def package(out: Out, scorm: Annotated[str, typer.Option("--scorm", metavar="VERSION", help="1.2 or 2004.")] = "2004", country: Country = "",
            on: Day = None, language: Language = None) -> None:
    """The course as a SCORM package for a learning platform; this needs no store."""
    from safe_lib.report.package import package as made

    _write(out, made(scorm, language_of(language), country=country, on=day_of(on) or date.today()))


def _write(out: Path, content: bytes) -> None:
    """Write a new file that only its owner reads."""
    if out.exists():
        raise WrongUse("--out: there is a file with this name.\n  Choose another one.")
    out.touch(mode=0o600)
    out.write_bytes(content)
    print(f"{out.name}: written.")

"""`safe survey`: links, answers by paper and from files, forms for telephones, figures and the report of a survey among professionals."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, Language, PassphraseFile, PersonName, StorePath, language_of, open_desk
from safe_lib.cli.printing import printable, say, say_json, say_json_list
from safe_lib.model.errors import AnswersError, WrongUse

if TYPE_CHECKING:
    from safe_lib.engine.survey_rows import RowTrouble
    from safe_lib.model.survey import Wrong
    from safe_lib.store.surveys import Link

app = typer.Typer(name="survey", no_args_is_help=True, rich_markup_mode=None,
                  help="Surveys among professionals: links, answers by paper and from files, XLSForms, figures and reports.")

Number = Annotated[int, typer.Argument(metavar="LINK", help="Number of a link, as `safe survey list` says it.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write; there must be none with this name.")]
USUAL: str = "safe_survey"


@app.command("list")
def listed(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """The links with how many answered."""
    from safe_lib import surveying

    with open_desk(store, passphrase_file, person=person) as desk:
        found = surveying.links(desk)
    if as_json:
        say_json_list(link_data(one) for one in found)
        return
    for one in found:
        state = f"closed {one.closed}" if one.closed else f"until {one.until}"
        print(printable(f"{one.id:>3}  {one.survey} {one.version}  {state}  {one.answers} responses, {one.waiting} waiting"))


def link_data(one: Link) -> dict[str, Any]:
    """A link as JSON."""
    return {"link": one.id, "survey": one.survey, "version": one.version, "until": one.until.isoformat(), "closed": one.closed and one.closed.isoformat(),
            "by": one.by, "responses": one.answers, "waiting": one.waiting}


@app.command("open")
def opened(survey: Annotated[str, typer.Argument(metavar="SURVEY")] = USUAL, days: Annotated[int, typer.Option("--days", help="1 to 366.")] = 60,
           store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Make a link that needs no account; it is told this once."""
    from safe_lib import surveying

    with open_desk(store, passphrase_file, person=person) as desk:
        found = surveying.open_link(desk, survey, days)
    if as_json:
        say_json({**link_data(found.link), "path": found.path})
        return
    print(printable(f"Link {found.link.id}, until {found.link.until}. Put this behind the address of your server; it is told this once:\n{found.path}"))


@app.command("close")
def closed(link: Number, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Close a link; what was answered stays."""
    from safe_lib import surveying

    with open_desk(store, passphrase_file, person=person) as desk:
        surveying.close_link(desk, link)
        found = surveying.link(desk, link)
    if as_json:
        say_json(link_data(found))
    else:
        print(f"Link {link} works no more.")


@app.command("erase")
def erase(link: Number, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Erase a link with everything that was answered by it; no copy can be read any more."""
    from safe_lib import surveying

    with open_desk(store, passphrase_file, person=person) as desk:
        count = surveying.erase_link(desk, link)
    if as_json:
        say_json({"link": link, "erased": count})
    else:
        print(f"Link {link} and {count} responses were erased.")


@app.command("enter")
def enter(link: Number, answers: Annotated[Path, typer.Option("--answers", metavar="FILE", help="YAML: question or question.row, then the answer or a list.")],
          paper: Annotated[str, typer.Option("--paper", metavar="NUMBER", help="Number on the paper; it is entered once.")],
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
          as_json: AsJson = False) -> None:
    """Enter what somebody answered on paper."""
    from safe_lib import surveying

    said = _answers_in(answers)
    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        wrong = surveying.enter(desk, link, said, paper)
        problems = [{"place": one.place, "problem": text} for one, text in zip(wrong, _words(wrong, desk.language), strict=True)]
    if as_json:
        say_json({"link": link, "entered": not problems, "problems": problems})
    else:
        for one in problems:
            print(printable(f"{one['place']}: {one['problem']}"), file=sys.stderr)
        print("Nothing was kept." if problems else "Entered.")
    if problems:
        raise typer.Exit(AnswersError.exit_code)


def _answers_in(file: Path) -> dict[str, tuple[str, ...]]:
    from safe_lib.catalogue.reading import read_yaml

    value = read_yaml(file, error=AnswersError).value
    if not isinstance(value, dict):
        raise WrongUse("--answers: the file is no map of questions and answers.\n  Write a line for each, such as `A1: NLD`.")
    return {str(place): tuple(str(one) for one in (said if isinstance(said, list) else [said])) for place, said in value.items()}


def _words(wrong: Sequence[Wrong | RowTrouble], language: str) -> list[str]:
    from safe_lib.catalogue import load_texts

    texts = load_texts(language)
    return [texts(one.key, **one.facts) for one in wrong]


@app.command("import")
def imported(file: Annotated[Path, typer.Argument(metavar="FILE", help="Answers as CSV or XLSX from KoboToolbox or ODK; with --form, an XLSForm.")],
             link: Annotated[int | None, typer.Option("--link", metavar="LINK", help="The link the answers belong to.")] = None,
             form: Annotated[bool, typer.Option("--form", help="Read a questionnaire instead of answers, and write it as files into --out.")] = False,
             out: Annotated[Path | None, typer.Option("--out", metavar="PATH", help="A CSV for rows that were not taken; with --form, a folder.")] = None,
             store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
             as_json: AsJson = False) -> None:
    """Read answers in, each once; every problem is named by row and column, and good rows come in all the same."""
    if form:
        _form(file, out, language_of(language), as_json=as_json)
        return
    if link is None:
        raise WrongUse("survey: answers belong to a link.\n  Name it with --link; `safe survey list` names those there are.")
    from safe_lib.survey_files import kept_apart, take_file

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        taken = take_file(desk, link, _bytes_of(file), file.name)
        apart = kept_apart(desk, taken)
        told = _troubles(taken.trouble, desk.language)
    if out is not None and taken.rows.kept_apart:
        _write(out, apart)
    if as_json:
        say_json({"link": link, "new": taken.new, "known": taken.known, "kept_apart": list(taken.rows.kept_apart), "left_out": list(taken.rows.left_out),
                  "problems": told})
    else:
        _print_troubles(told)
        print(f"{taken.new} new, {taken.known} known already, {len(taken.rows.kept_apart)} not taken.")
    if taken.rows.kept_apart or (taken.trouble and not taken.rows.good):
        raise typer.Exit(AnswersError.exit_code)


def _form(file: Path, out: Path | None, language: str, *, as_json: bool) -> None:
    """An XLSForm as the files of a survey, for somebody to look at."""
    import yaml

    from safe_lib.xlsforms import read_form

    read = read_form(_bytes_of(file), file.name)
    told = _troubles(read.trouble, language)
    if out is not None:
        if out.exists():
            raise WrongUse("--out: there is something with this name.\n  Choose another folder.")
        for code, body in {"": read.survey, **read.words}.items():
            target = out / code / f"{read.survey['id']}.yaml"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=160), encoding="utf-8")
    if as_json:
        say_json({"survey": read.survey["id"], "questions": sum(len(part["questions"]) for part in read.survey["sections"]), "languages": ["en", *read.words],
                  "warnings": read.warnings, "problems": told})
        return
    _print_troubles(told)
    print(printable(f"{read.survey['id']}: read in {', '.join(['en', *read.words])}."))


def _troubles(trouble: Sequence[RowTrouble], language: str) -> list[dict[str, Any]]:
    return [{"row": one.row, "column": one.column, "problem": text} for one, text in zip(trouble, _words(trouble, language), strict=True)]


def _print_troubles(told: Sequence[dict[str, Any]]) -> None:
    for one in told:
        print(printable(f"row {one['row']}{', ' + one['column'] if one['column'] else ''}: {one['problem']}"), file=sys.stderr)


@app.command("export")
def export(out: Out, survey: Annotated[str, typer.Argument(metavar="ID", help="A survey; with --format xlsform also an instrument.")] = USUAL,
           format: Annotated[str, typer.Option("--format", help="xlsform: for KoboToolbox and ODK; paper: a page to print.")] = "xlsform",
           language: Language = None) -> None:
    """A survey as an XLSForm in all its languages, or to print; any instrument as an XLSForm. This needs no store."""
    from safe_lib.catalogue.surveys import load_survey, survey_ids

    if format == "paper":
        from safe_lib.catalogue import load_texts
        from safe_lib.widgets.survey.form_page import paper_html

        words = language_of(language)
        _write(out, paper_html(load_survey(survey, words), load_texts(words)).encode())
        return
    if format != "xlsform":
        raise WrongUse("--format: there are xlsform and paper.")
    from safe_lib.xlsforms import survey_form

    if survey in survey_ids():
        _write(out, survey_form(survey))
        return
    from safe_lib.instrument_forms import instrument_form

    _write(out, instrument_form(survey))


@app.command("analyse")
def analyse(link: Number, chapter: Annotated[str, typer.Option("--chapter", help="about, trends, bottlenecks, needs or best_practices.")] = "",
            store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
            as_json: AsJson = False) -> None:
    """The figures of a link; small groups are withheld."""
    from safe_lib.catalogue import load_texts
    from safe_lib.model.survey import CHAPTERS
    from safe_lib.report.blocks_json import to_json
    from safe_lib.survey_views import analysis_of, chapter_blocks

    if chapter and chapter not in CHAPTERS:
        raise WrongUse(f"--chapter: there are {', '.join(CHAPTERS)}.")
    words = language_of(language)
    texts = load_texts(words)
    with open_desk(store, passphrase_file, person=person, language=words) as desk:
        found = analysis_of(desk, link, texts)
    chapters = {name: chapter_blocks(found, name, texts) for name in ([chapter] if chapter else CHAPTERS)}
    if as_json:
        say_json({"link": link, "survey": found.survey.id, "version": found.survey.version, "responses": len(found.responses), "smallest_group": found.smallest,
                  "limits": found.survey.limits, "methods": texts("survey.methods", smallest=found.smallest),
                  "chapters": {name: _without_drawings(to_json(blocks)) for name, blocks in chapters.items()}})
        return
    for blocks in chapters.values():
        say(blocks)


def _without_drawings(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same without the drawings: the table beside each says what it says."""
    return [{key: value for key, value in one.items() if key != "svg"} for one in blocks]


@app.command("report")
def report(link: Number, out: Out, format: Annotated[str, typer.Option("--format", help="html, pdf, docx or json.")] = "pdf", store: StorePath = None,
           passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None) -> None:
    """A report with the chapters trends, bottlenecks, needs and best practices; small groups are withheld."""
    from safe_lib.survey_views import report_bytes

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        content = report_bytes(desk, link, format)
    _write(out, content)


@app.command("code")
def code(link: Number, answer: Annotated[int | None, typer.Option("--answer", help="Number of a response.")] = None,
         question: Annotated[str, typer.Option("--question", help="An open question, such as B5.")] = "",
         codes: Annotated[list[str] | None, typer.Option("--code", help="A code of the codebook; several times for several.")] = None,
         store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
         as_json: AsJson = False) -> None:
    """Code an open answer; without --answer, those that you have not coded yet. Colleagues code apart: nobody is shown the codes of others."""
    from safe_lib import surveying

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        if answer is not None:
            surveying.code(desk, link, answer, question, codes or [])
            say_json({"answer": answer, "question": question, "codes": codes}) if as_json else print("Kept.")
            return
        mine = {(one.answer, one.place) for one in surveying.codings(desk, link) if one.coder == desk.person}
        left = [{"answer": id, "question": place, "text": text} for (id, place), text in surveying.open_answers(desk, link).items() if (id, place) not in mine]
    if as_json:
        say_json_list(left)
        return
    for one in left:
        print(printable(f"{one['answer']} {one['question']}: {json.dumps(one['text'], ensure_ascii=False)}"))


def _bytes_of(file: Path) -> bytes:
    from safe_lib.tables.reading import read_bytes

    return read_bytes(file)


def _write(out: Path, content: bytes) -> None:
    """Write a new file that only its owner reads."""
    if out.exists():
        raise WrongUse("--out: there is a file with this name.\n  Choose another one.")
    out.touch(mode=0o600)
    out.write_bytes(content)
    print(f"{out.name}: written.", file=sys.stderr)


@app.command("drafts")
def drafts(file: Annotated[Path, typer.Argument(metavar="FILE", help="Answers to the XLSForm of an instrument, as CSV or XLSX.")],
           instrument: Annotated[str, typer.Argument(metavar="INSTRUMENT", help="Such as ilo_adult_labour or safe_return.")],
           out: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="A new folder for a file of answers for each row.")] = None,
           language: Language = None, as_json: AsJson = False) -> None:
    """Answers from telephones as drafts to look at, never as assessments; unknown codes are named by row and column. This needs no store."""
    from safe_lib.catalogue import load_instrument, load_texts
    from safe_lib.instrument_forms import drafts_of
    from safe_lib.tables.reading import parse_tables

    words = language_of(language)
    tables = [one for one in parse_tables(_bytes_of(file), file.name) if one.rows]
    if len(tables) != 1:
        raise WrongUse("survey: the file has not one table with answers.\n  Export one sheet, without repeats.")
    found = drafts_of(load_instrument(instrument), tables[0])
    told = _troubles(found.trouble, words)
    if out is not None:
        _write_drafts(out, {one.row: one.as_file() for one in found.drafts})
    if as_json:
        say_json({"instrument": instrument, "left_out": list(found.left_out), "problems": told,
                  "drafts": [{"row": one.row, "instance": one.instance, "draft": True, **one.as_file()} for one in found.drafts]})
    else:
        _print_troubles(told)
        for one in found.drafts:
            print(load_texts(words)("survey.draft", row=one.row, count=len(one.answers)))
    if told:
        raise typer.Exit(AnswersError.exit_code)


def _write_drafts(out: Path, files: dict[int, dict[str, Any]]) -> None:
    import yaml

    if out.exists():
        raise WrongUse("--out: there is something with this name.\n  Choose another folder.")
    out.mkdir(mode=0o700)
    for row, body in files.items():
        target = out / f"row_{row}.yaml"
        target.touch(mode=0o600)
        target.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=160), encoding="utf-8")

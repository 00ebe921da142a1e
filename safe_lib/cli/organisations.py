"""`safe organisations`: the social map, who can help, where, and when somebody last asked them."""

from __future__ import annotations

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safe_lib.cli.options import AsJson, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import say, say_json, say_json_list
from safe_lib.model.errors import CatalogueError, WrongUse

if TYPE_CHECKING:
    from safe_lib.directory_files import Import
    from safe_lib.directory_import import Proposed
    from safe_lib.model.document import Block
    from safe_lib.model.organisation import Organisation, Vocabulary
    from safe_lib.model.texts import Texts


class Form(StrEnum):
    """The forms in which the directory is given."""

    json = "json"
    csv = "csv"
    hsds = "hsds"


app = typer.Typer(
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The social map: organisations by country, service, group and language; and files of others.",
)


@app.callback(invoke_without_command=True)
def organisations(
    context: typer.Context,
    country: Annotated[str | None, typer.Option("--country", metavar="ISO3", help="Three letters, such as NLD; XAA for the invented one.")] = None,
    service: Annotated[str | None, typer.Option("--service", metavar="CODE", help="Such as shelter_emergency.")] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="CODE", help="The group of people, such as minors.")] = None,
    spoken: Annotated[str | None, typer.Option("--language", metavar="xx", help="A language in which they can be spoken to, such as ar.")] = None,
    format: Annotated[Form | None, typer.Option("--format", help="json, csv or hsds (Open Referral HSDS 3) instead of words.")] = None,
    day: Day = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """List who can help, with what somebody verified first, and what nobody has verified marked."""
    if context.invoked_subcommand is not None:
        return
    from safe_lib.catalogue.organisations import load_vocabulary
    from safe_lib.engine.directory import Looked, in_order, selected

    words, on = language_of(language), day_of(day) or date.today()
    vocabulary = load_vocabulary()
    looked = Looked(
        _country(country), "", _known("--service", service, vocabulary.services), _known("--target", target, vocabulary.target_groups), (spoken or "").lower()
    )
    found = in_order(selected(_all(looked.country), looked), vocabulary, on)
    _tell(found, vocabulary, on, Form.json if as_json else format, words)


@app.command("import")
def take(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with the columns that --format csv writes, or HSDS 3 as JSON.")],
    country: Annotated[str | None, typer.Option("--country", metavar="ISO3", help="The country of the file, where it names none, and of --out.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write organisations.yaml of that country with what could be taken.")] = None,
    propose: Annotated[bool, typer.Option("--propose", help="Propose each new and changed entry; a second person looks at every one.")] = False,
    differs: Annotated[str, typer.Option("--differs", metavar="TEXT", help="What may differ for people, in a sentence; with --propose.")] = "",
    day: Day = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Look through a directory of others: what is new, changed or the same here, and every row's problem. Nothing here is changed.

    With --propose each new and changed entry waits for a second person, on the page of proposals. Exit 0 if every row could be taken, 10 if not.
    """
    from safe_lib.directory_files import read_directory_file

    code = _country(country)
    if out is not None and not code:
        raise WrongUse("safe organisations import: a file is of one country.\n  Add --country ISO3.")
    taken = read_directory_file(file, code)
    if out is not None:
        from safe_lib.cli.countries import write_whole
        from safe_lib.directory_files import import_text

        write_whole(out, import_text(taken, code, day_of(day) or date.today()).encode())
    proposed = None
    if propose:
        from safe_lib.directory_import import propose_import

        with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
            proposed = propose_import(desk, taken, differs)
    _tell_import(taken, out, proposed, as_json)
    if taken.problems or (proposed and proposed.problems):
        raise typer.Exit(CatalogueError.exit_code)


@app.command("card")
def card(
    country: Annotated[str, typer.Option("--country", metavar="ISO3", help="Whose numbers.")],
    entries: Annotated[list[str], typer.Option("--entry", metavar="ID", help="An organisation, such as nl-comensha; several, in the order of the card.")],
    languages: Annotated[list[str], typer.Option("--in", metavar="xx", help="A language of the card; several make a leaflet, a page for each.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The PDF, on A6.")],
    day: Day = None,
) -> None:
    """A card or leaflet for a person: verified numbers in neutral words, and nothing that gives them away."""
    from safe_lib.catalogue.organisations import load_directory, load_vocabulary
    from safe_lib.cli.countries import write_whole
    from safe_lib.report.card import card_pdf

    known = {one.id: one for one in load_directory(_country(country)).organisations}
    unknown = [id for id in entries if id not in known]
    if unknown:
        repair = f"See `safe organisations --country {country.upper()}`."
        raise WrongUse(f"--entry: {len(unknown)} of these are not in the social map of {country.upper()}.\n  {repair}")
    chosen, on = [known[id] for id in entries], day_of(day) or date.today()
    write_whole(out, card_pdf(chosen, languages, load_vocabulary(), on, leaflet=len(languages) > 1))
    print(f"{len(chosen)} entries in {len(languages)} languages: {out}")


def _country(code: str | None) -> str:
    """The code of a country that exists, or nothing."""
    if not code:
        return ""
    from safe_lib.catalogue.countries import list_countries

    if code.upper() not in {entry.iso3 for entry in list_countries()}:
        raise WrongUse("--country: there is no such country.\n  Use the three letters of ISO 3166-1, such as NLD, or XKX for Kosovo.")
    return code.upper()


def _known(option: str, word: str | None, there: object) -> str:
    words = list(there)  # type: ignore[call-overload]
    if word and word not in words:
        raise WrongUse(f"{option}: there is no such code.\n  There are: {', '.join(words)}.")
    return word or ""


def _all(country: str) -> tuple[Organisation, ...]:
    from safe_lib.catalogue.organisations import load_organisations

    return load_organisations(country or None)


def _tell(found: tuple[Organisation, ...], vocabulary: Vocabulary, on: date, form: Form | None, language: str) -> None:
    from safe_lib.directory_files import csv_of
    from safe_lib.engine.directory import as_data
    from safe_lib.engine.hsds import to_hsds

    match form:
        case Form.json:
            say_json_list(as_data(one, vocabulary, on) for one in found)
        case Form.hsds:
            say_json_list(to_hsds(found, vocabulary))
        case Form.csv:
            sys.stdout.flush()
            sys.stdout.buffer.write(csv_of(found))
            sys.stdout.buffer.flush()
        case None:
            from safe_lib.catalogue import load_texts

            say(_blocks(found, vocabulary, on, load_texts(language)))


def _blocks(found: tuple[Organisation, ...], vocabulary: Vocabulary, on: date, texts: Texts) -> tuple[Block, ...]:
    from safe_lib.model.document import Table, Text
    from safe_lib.model.organisation import freshness

    columns = tuple(texts(f"social.column.{name}") for name in ("id", "name", "place", "services", "contact", "state"))
    rows = tuple(
        (
            one.id,
            one.name,
            ", ".join(filter(None, (one.city, one.country))),
            ", ".join(vocabulary.services[code].said(texts.language) for code in one.services),
            "; ".join(part.value for part in one.contact) or "–",
            texts(f"social.fresh.{freshness(one, vocabulary, on)}"),
        )
        for one in found
    )
    waiting = sum(freshness(one, vocabulary, on) != "verified" for one in found)
    counted = Text(texts("social.counted", n=len(found), waiting=waiting), "quiet")
    return (Table("", columns, rows), counted) if rows else (Text(texts("social.none")),)


def _tell_import(taken: Import, out: Path | None, proposed: Proposed | None, as_json: bool) -> None:
    problems = (*taken.problems, *(proposed.problems if proposed else ()))
    if as_json:
        say_json(
            {
                "new": [one.id for one in taken.new],
                "changed": [one.id for one in taken.changed],
                "same": [one.id for one in taken.same],
                "problems": [{"row": one.row, "id": one.id or None, "problem": one.problem} for one in problems],
                "file": str(out) if out else None,
                "proposed": {one.change.id: one.id for one in proposed.made} if proposed else None,
                "waiting": list(proposed.waiting) if proposed else None,
            }
        )
        return
    for one in problems:
        print(f"{f'row {one.row}' if one.row else 'record'}{f', {one.id}' if one.id else ''}: {one.problem}")
    print(f"{len(taken.new)} new, {len(taken.changed)} changed, {len(taken.same)} the same, {len(problems)} problems{f': {out}' if out else '.'}")
    if proposed is not None:
        print(f"{len(proposed.made)} proposed, {len(proposed.waiting)} proposed already; a second person looks at each before it counts.")

"""`safe assess`: what an instrument says of answers in a file, or of a stored case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from safe_lib.cli.options import AsJson, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk, worker
from safe_lib.cli.printing import say, say_json, say_line
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.model.answers import Answers
    from safe_lib.model.assessment import Assessment
    from safe_lib.model.instrument import Instrument
    from safe_lib.model.texts import Texts

Results = dict[str, "tuple[Assessment, Answers]"]


def assess(
    instrument: Annotated[str | None, typer.Argument(metavar="INSTRUMENT", help="Such as safe_return; it may also stand in the file.")] = None,
    answers: Annotated[str | None, typer.Option("--answers", metavar="FILE|-", help="Answers in YAML or JSON; `-` reads standard input.")] = None,
    country: Annotated[str | None, typer.Option("--country", metavar="ISO3", help="The country considered, such as XAA.")] = None,
    day: Day = None,
    case: Annotated[str | None, typer.Option("--case", metavar="REF", help="A stored case instead of a file.")] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", metavar="NAME", help="One future only, such as home_region.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the assessment of a stored case, for `safe compare` and `safe reassess`.")] = False,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """What an instrument says of some answers, why, and what is still open. It never decides.

    A file with `scenarios:` gives one result for each; with --json that is {"scenarios": {name: result}}. A stored case
    without --scenario is read for the future the person wants most.

    JSON comes in the plain words of every kept assessment, the same input always as the same bytes; with --lang in the
    words of that language.
    """
    words = language_of(language)
    if case is not None:
        if answers is not None or instrument is None:
            raise WrongUse("safe assess: --case takes the name of an instrument, and no --answers.\n  Write: safe assess --case REF INSTRUMENT --store PATH.")
        with open_desk(store, passphrase_file, language=words, today=day_of(day), person=person) as desk:
            used, results = _of_case(desk, case, instrument, scenario, country, keep)
            _tell(desk, used, results, language, as_json)
        return
    if answers is None:
        raise WrongUse("safe assess: there is nothing to assess.\n  Give --answers FILE, or --case REF with --store PATH.")
    from safe_lib.casework import Desk

    desk = Desk(None, worker(), words, date.today())
    used, results = _of_file(desk, instrument, answers, scenario, country, day_of(day))
    _tell(desk, used, results, language, as_json)


def _of_file(desk: Desk, named: str | None, place: str, scenario: str | None, country: str | None, day: date | None) -> tuple[Instrument, Results]:
    from safe_lib.casework import assess_answers, instrument_for
    from safe_lib.cli.answers_file import read_answers, scenarios_of

    file = read_answers(place)
    id = named or file.instrument
    if id is None:
        raise WrongUse("safe assess: no instrument is named.\n  Name it on the command line, or write `instrument:` into the file.")
    instrument = instrument_for(desk, id)
    on = day or file.date or desk.today
    found = {name: (assess_answers(desk, id, said, country, on), said) for name, said in scenarios_of(file, instrument, scenario).items()}
    return instrument, found


def _of_case(desk: Desk, ref: str, id: str, scenario: str | None, country: str | None, keep: bool) -> tuple[Instrument, Results]:
    from safe_lib import casework

    instrument = casework.instrument_for(desk, id)
    casework.find_case(desk, ref, what=f"assess.{id}")
    name = scenario_of(desk, ref, instrument, scenario)
    said = casework.recorded(desk, ref, instrument, name)
    found = casework.assess_case(desk, ref, id, name, answers=said, country=country)
    if keep:
        casework.keep(desk, ref, found)
    return instrument, {"": (found, said)}


def scenario_of(desk: Desk, ref: str, instrument: Instrument, named: str | None) -> str:
    """The future to look at: the one named, else the one the person wants most; none where the instrument has no futures.

    Raises:
        WrongUse: the instrument has no such future.
    """
    from safe_lib import casework
    from safe_lib.model.case import SHARED

    kinds = [kind.id for kind in instrument.scenarios]
    if named is not None:
        if named not in kinds:
            raise WrongUse(f"--scenario: {instrument.id} has no such future.\n  There are: {', '.join(kinds) or 'none'}.")
        return named
    return next((future.kind for future in casework.futures(desk, ref) if future.kind in kinds), SHARED) if kinds else SHARED


def _tell(desk: Desk, instrument: Instrument, results: Results, language: str | None, as_json: bool) -> None:
    if as_json:
        _tell_json({name: found for name, (found, _) in results.items()}, language)
        return
    from safe_lib.cli.result_in_words import result_blocks

    for name, (found, said) in results.items():
        say(result_blocks(instrument, found, said, desk.language, name))


def _tell_json(results: dict[str, Assessment], language: str | None) -> None:
    from safe_lib.catalogue.wording import SOURCE
    from safe_lib.engine import as_data, as_json

    texts = machine_texts(language or SOURCE)
    if list(results) == [""]:
        say_line(as_json(results[""], texts))
    else:
        say_json({"scenarios": {name: as_data(found, texts) for name, found in results.items()}})


def machine_texts(language: str) -> Texts:
    """The texts of a language, with items named by their ids alone, as other programs know them."""
    from safe_lib.catalogue import load_texts

    texts = load_texts(language)
    return replace(texts, entries={key: text.replace("{label} ({item})", "{item}") for key, text in texts.entries.items()})


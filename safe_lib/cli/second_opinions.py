"""`safe second-opinion`: a colleague answers about the same case blind; then both sides, line by line, and the readings they agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, CaseReference, Language, PassphraseFile, PersonName, StorePath, language_of, open_desk
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.coordination.opinion import Compared, Opinion
    from safe_lib.model.answers import Answer

app = typer.Typer(name="second-opinion", no_args_is_help=True, rich_markup_mode=None,
                  help="A colleague answers about the same case without seeing its answers; then both stand side by side.")

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Of the second opinion, from `safe second-opinion mine`.")]
Instrument = Annotated[str, typer.Argument(metavar="INSTRUMENT", help="Whose questions are answered, such as first_level.")]


@app.command("ask")
def ask(ref: CaseReference, instrument: Instrument, of: Annotated[str, typer.Option("--of", metavar="USER", help="The colleague; the case is shut to them.")],
        scenario: Annotated[str, typer.Option("--scenario", metavar="NAME", help="The future it is about, such as home_region.")] = "",
        words: Annotated[str, typer.Option("--words", metavar="WORDS", help="What to base it on; never what you think yourself.")] = "",
        store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Ask a colleague. Until they are done or leave it, no page, report or list shows them anything of the case."""
    from safe_lib.coordination import opinion

    with open_desk(store, passphrase_file, person=person) as desk:
        number = opinion.ask(desk, ref, instrument, of, scenario=scenario, words=words)
    print(printable(f"{ref}: second opinion {number} is asked of {of}; the case is shut to them until they are done."))


@app.command("mine")
def mine(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """The second opinions one is asked for oneself."""
    from safe_lib.coordination import opinion

    with open_desk(store, passphrase_file, person=person) as desk:
        found = opinion.mine(desk)
    if as_json:
        say_json([_mine(one) for one in found])
        return
    for one in found:
        what = one.instrument or "sealed to an earlier key: it can only be left"
        print(printable(f"{one.id}  {one.ref}  {what}  {len(one.answers.given)} answered  {one.words}"))


def _mine(one: Opinion) -> dict[str, Any]:
    return {"id": one.id, "case": one.ref, "instrument": one.instrument or None, "scenario": one.answers.scenario, "asked_by": one.asked_by,
            "asked": one.asked.isoformat(), "words": one.words, "seen_before": one.seen_before,
            "answers": {item: answer.code for item, answer in one.answers.given.items()}}


@app.command("answer")
def answer(number: Number, answers: Annotated[str, typer.Option("--answers", metavar="FILE", help="Answers as for `safe assess`; - reads standard input.")],
           store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Answer questions from a file; those it does not name stay as they are."""
    from safe_lib.cli.answers_file import read_answers
    from safe_lib.coordination import opinion

    file = read_answers(answers)
    if list(file.scenarios) != [""]:
        raise WrongUse("--answers: a second opinion is about one future.\n  Take out the scenarios.")
    said = file.scenarios[""]
    with open_desk(store, passphrase_file, person=person) as desk:
        found = opinion.answer(desk, number, said.given, said.person)
    print(printable(f"{number}: {len(found.answers.given)} questions are answered."))


@app.command("done")
def done(number: Number, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
         as_json: AsJson = False) -> None:
    """Say that one is done: the case opens again, and both sides are shown."""
    from safe_lib.coordination import opinion

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        _show(desk, [opinion.done(desk, number)], as_json)


@app.command("leave")
def leave(number: Number, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Leave it unfinished: what was answered goes, and the case opens again."""
    from safe_lib.coordination import opinion

    with open_desk(store, passphrase_file, person=person) as desk:
        opinion.leave(desk, number)
    print(printable(f"{number}: left."))


@app.command("show")
def show(ref: CaseReference, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
         as_json: AsJson = False) -> None:
    """Every second opinion of a case that is done: both sides, line by line, with both outcomes."""
    from safe_lib import casework
    from safe_lib.coordination import opinion

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        casework.find_case(desk, ref, what="second_opinion")
        _show(desk, list(opinion.compared(desk, ref)), as_json)


@app.command("agree")
def agree(ref: CaseReference, number: Number, item: Annotated[str, typer.Argument(metavar="ITEM", help="The question, such as DR01.")],
          code: Annotated[str, typer.Argument(metavar="CODE", help="The reading you hold now, such as unknown.")],
          words: Annotated[str, typer.Option("--words", metavar="WORDS", help="Why.")] = "",
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Say which reading of a question you hold now; it is agreed once somebody of each side says the same. No answer of the case changes."""
    from safe_lib.coordination import opinion

    with open_desk(store, passphrase_file, person=person) as desk:
        reading = opinion.agree(desk, ref, number, item, code, words)
        colleague = next(one.colleague for one in opinion.compared(desk, ref) if one.id == number)
    print(printable(f"{item}: {reading.code}, said by {', '.join(reading.by)}{'; agreed' if reading.is_agreed(colleague) else ''}."))


def _show(desk: Desk, found: list[Compared], as_json: bool) -> None:
    told = [compared_data(desk, one) for one in found]
    if as_json:
        say_json(told)
        return
    for one in told:
        blind = "read before, so not blind" if one["seen_before"] else "blind"
        differ = f"{one['differing']} of {len(one['lines'])} lines differ"
        print(printable(f"{one['id']}  {one['instrument']}  {one['colleague']}  {one['done']}  {blind}: {differ}"))
        print(printable(f"   outcome: {one['outcomes']['first']} | {one['outcomes']['second']}"))
        for line in one["lines"]:
            mark, agreed = "≠" if line["differs"] else " ", line["reading"]
            said = f"  → {agreed['code']}{'' if agreed['agreed'] else ' (one side)'}" if agreed else ""
            print(printable(f"   {mark} {line['item']}: {_words(line['first'])} | {_words(line['second'])}{said}"))


def _words(side: dict[str, Any]) -> str:
    return f"{side['code']} ({', '.join(side['evidence'])})" if side["evidence"] else str(side["code"])


def compared_data(desk: Desk, one: Compared) -> dict[str, Any]:
    """Both sides as JSON: each line with both answers and what they rest on, and both outcomes."""
    from safe_lib.coordination import opinion

    first, second = opinion.results(desk, one)
    return {"id": one.id, "case": one.ref, "instrument": one.instrument, "scenario": one.scenario or None, "colleague": one.colleague,
            "done": one.done.isoformat(), "seen_before": one.seen_before, "outcomes": {"first": first.outcome.id, "second": second.outcome.id},
            "differing": len(one.differing), "lines": [
                {"item": line.item, "differs": line.differs, "first": _side(line.first), "second": _side(line.second),
                 "reading": line.reading and {"code": line.reading.code, "words": line.reading.words, "by": list(line.reading.by),
                                              "agreed": line.reading.is_agreed(one.colleague)}} for line in one.lines]}


def _side(answer: Answer) -> dict[str, Any]:
    return {"code": answer.code, "evidence": list(answer.evidence), "reason": answer.reason}

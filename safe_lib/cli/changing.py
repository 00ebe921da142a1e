"""`safe claim`: changes to what is said of a country, proposed by one person and confirmed by a second."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from safe_lib.cli.options import AsJson, Day, Language, PassphraseFile, Person, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import say, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.model.change import Change, Proposal
    from safe_lib.model.document import Block
    from safe_lib.model.texts import Texts

CLAIMS: Final = "claims"
KEYS: Final = ("change", "claim", "fields", "without", "sources", "differs", "from", "signed")  # of a file with a change

Number = Annotated[str, typer.Argument(metavar="ID", help="Number of the proposal, such as C7KQ-M4X2.")]
Signed = Annotated[str, typer.Option("--signed", metavar="NAME", help="How you are named in the file; without it, your user name.")]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]},
                  help="Claims about a country: propose a change, look at it, and confirm it as a second person.")


@app.command("propose")
def propose(
    iso3: Annotated[str, typer.Argument(metavar="ISO3", help="The country, such as XAA.")],
    file: Annotated[Path, typer.Option("--file", metavar="FILE", help="The change, in YAML; country_info/README.md shows one.")],
    try_only: Annotated[bool, typer.Option("--try", help="Only show what would change; keep nothing.")] = False,
    day: Day = None,
    person: Person = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Propose to add, renew, correct or withdraw a claim. It is checked at once, and waits for a second person."""
    from safe_lib import changes

    said = _read(file)
    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        change = _change(desk, iso3.upper(), said)
        shown = changes.preview_change(desk, change)
        made = None if try_only else changes.propose_change(desk, change)
        _tell(desk, change, shown.file, shown.lines, made, as_json)


@app.command("list")
def listed(
    every: Annotated[bool, typer.Option("--all", help="Those that were decided as well.")] = False,
    person: Person = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """The proposals that wait for a second person."""
    from safe_lib import changes
    from safe_lib.catalogue import load_texts
    from safe_lib.model.document import Table, Text

    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        found = changes.proposals(desk, waiting=not every)
    texts = load_texts(language_of(language))
    if as_json:
        say_json([one.to_json() for one in found])
    elif not found:
        say((Text(texts("change.waiting.none") + "."),))
    else:
        columns = tuple(texts(f"change.waiting.column.{name}") for name in ("number", "claim", "state", "by", "decided", "reason"))
        say((Table("", columns, tuple((one.id, f"{one.change.place} {one.change.id}", texts(f"change.state.{one.state}"), one.by, one.decided_by or "–",
                                       one.reason or "–") for one in found)),))


@app.command("show")
def show(
    id: Number,
    person: Person = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """What a proposal changes, in words and in lines of the file."""
    from safe_lib import changes
    from safe_lib.model.errors import CatalogueError

    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        found = changes.proposal(desk, id)
        lines: tuple[tuple[str, str], ...] = ()
        problem = ""
        if found.state == "proposed":
            try:
                lines = changes.preview_of(desk, id).lines
            except CatalogueError as wrong:  # told beside the rest: it is why this cannot be confirmed
                problem = str(wrong)
        _tell(desk, found.change, found.file, lines, found, as_json, problem)


@app.command("confirm")
def confirm(
    id: Number,
    signed: Signed = "",
    day: Day = None,
    person: Person = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Write a proposed change into its file. By this you say: I have opened its sources, and they say this."""
    from safe_lib import changes

    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        _told_state(desk, changes.confirm_change(desk, id, signed=signed), as_json)


@app.command("reject")
def reject(
    id: Number,
    reason: Annotated[str, typer.Option("--reason", help="What has to be mended; nothing about a person or a case.")],
    person: Person = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Turn a proposal down. Nothing is written."""
    from safe_lib import changes

    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        _told_state(desk, changes.reject_change(desk, id, reason), as_json)


@app.command("withdraw")
def withdraw(
    id: Number,
    reason: Annotated[str, typer.Option("--reason", help="Why; it may stay empty.")] = "",
    person: Person = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Take back what you proposed yourself."""
    from safe_lib import changes

    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        _told_state(desk, changes.withdraw_change(desk, id, reason), as_json)


def _read(file: Path) -> Mapping[str, Any]:
    """The change as it is written in a file."""
    from safe_lib.catalogue.reading import read_yaml
    from safe_lib.model.errors import CountryInfoError

    located = read_yaml(file, error=CountryInfoError)
    if not isinstance(located.value, dict):
        raise CountryInfoError(file.name, 1, "this is not a change.", repair="Write `change: renew`, `claim: …` and below it what is new.")
    for key in located.value:
        if key not in KEYS:
            raise CountryInfoError(file.name, located.line(key), f'"{key}" is not a word known here.', repair=f"Use {', '.join(KEYS)}.")
    for key, kind in (("fields", dict), ("sources", dict), ("without", list)):
        if not isinstance(located.value.get(key, kind()), kind):
            raise CountryInfoError(file.name, located.line(key), f"{key} is not written as it should be.", repair="See the example in country_info/README.md.")
    if any(not isinstance(about, dict) for about in located.value.get("sources", {}).values()):
        raise CountryInfoError(file.name, located.line("sources"), "a source is not a map.", repair="Write `report_2026: {title: …, publisher: …}`.")
    return located.value


def _change(desk: Desk, place: str, said: Mapping[str, Any]) -> Change:
    from safe_lib import changes

    if not said.get("change") or not said.get("claim"):
        raise WrongUse("safe claim propose: the file does not say what to do with which claim.\n  Write `change: renew` and `claim: shelter_places`.")
    words = {key: str(said.get(key) or "") for key in ("differs", "from", "signed")}
    return changes.change_for(desk, place, CLAIMS, str(said["change"]), str(said["claim"]), said.get("fields", {}), without=said.get("without", []),
                              sources=said.get("sources"), differs=words["differs"], since=words["from"], signed=words["signed"])


def _tell(desk: Desk, change: Change, file: str, lines: tuple[tuple[str, str], ...], made: Proposal | None, as_json: bool, problem: str = "") -> None:
    from safe_lib.catalogue import load_texts
    from safe_lib.model.change import difference
    from safe_lib.model.document import Text

    rows = [{"field": name, "before": before, "after": after} for name, before, after in difference(change.former, change.entry) if name != "id"]
    if as_json:
        say_json({"proposal": made.to_json() if made else None, "file": file, "difference": rows, "lines": [sign + line for sign, line in lines],
                  "problem": problem or None})
        return
    texts = load_texts(desk.language)
    say(_blocks(change, file, lines, made, texts))
    if problem:
        say((Text(problem),))


def _blocks(change: Change, file: str, lines: tuple[tuple[str, str], ...], made: Proposal | None, texts: Texts) -> tuple[Block, ...]:
    from safe_lib import changes
    from safe_lib.model.document import Bullets, Facts, Heading, Table
    from safe_lib.widgets.claim_article import difference_in_words

    who = ((texts("change.waiting.column.number"), made.id), (texts("change.waiting.column.state"), texts(f"change.state.{made.state}")),
           (texts("change.waiting.column.by"), made.by)) if made else ()
    about = tuple((texts(f"change.field.{name}"), value) for name, value in (("differs", change.differs), ("since", change.since), ("signed", change.signed)))
    columns = tuple(texts(f"change.preview.column.{name}") for name in ("field", "before", "after"))
    rows = difference_in_words(change, texts)
    blocks: list[Block] = [Heading(f"{texts(f'change.what.{change.what}')}: {change.place} {change.id}"), Facts((*who, *about))]
    if rows:
        blocks.append(Table(texts("change.preview.differences"), columns, rows))
    if sources := changes.rests_on(change):
        blocks += [Heading(texts("change.preview.sources"), 3), Bullets(tuple(f"{id}: {_in_one_line(about)}" for id, about in sources.items()))]
    if lines:
        blocks += [Heading(texts("change.preview.lines", file=file), 3), Bullets(tuple(f"{sign} {line}" for sign, line in lines))]
    return tuple(blocks)


def _in_one_line(source: Mapping[str, Any]) -> str:
    """A source as somebody needs it to open it: who says it, when, which part, and where it stands."""
    return ", ".join(str(source[key]) for key in ("title", "publisher", "published", "where", "read_in", "url") if source.get(key))


def _told_state(desk: Desk, made: Proposal, as_json: bool) -> None:
    from safe_lib.catalogue import load_texts
    from safe_lib.model.document import Text

    if as_json:
        say_json({"proposal": made.to_json()})
    else:
        say((Text(load_texts(desk.language)(f"change.done.{made.state}", id=made.id)),))

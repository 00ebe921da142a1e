"""`safe practice`: the practice cases, working and handing them in, the agreed reading beside one's own, and how far a group agrees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.agreement import readings_data
from safe_lib.cli.options import AsJson, Language, PassphraseFile, PersonName, StorePath, language_of, open_desk
from safe_lib.cli.printing import printable, say_json

if TYPE_CHECKING:
    from safe_lib.engine.readings import Readings
    from safe_lib.model.practice import Worked
    from safe_lib.practice import Seat

app = typer.Typer(name="practice", invoke_without_command=True, rich_markup_mode=None,
                  help="Invented persons to practise on, in a training store: work them, hand them in, see the agreed reading.")

Practice = Annotated[str, typer.Argument(metavar="CASE", help="Id of a practice case, from `safe practice`.")]


@app.callback()
def practice(context: typer.Context, language: Language = None, as_json: AsJson = False) -> None:
    """Every practice case with its instrument; this needs no store, and shows no agreed reading."""
    if context.invoked_subcommand is not None:
        return
    from safe_lib.catalogue.practice import practice_cases

    found = practice_cases(language_of(language))
    if as_json:
        say_json([{"id": one.id, "title": one.title, "instrument": one.instrument, "scenario": one.scenario or None, "story": one.story,
                   "version": one.version, "draft": one.draft} for one in found.values()])
        return
    for one in found.values():
        print(printable(f"{one.id:<20} {one.instrument:<18} {one.title}"))


@contextmanager
def _seat(store: Path | None, passphrase_file: Path | None, person: str | None, language: str | None) -> Iterator[Seat]:
    from safe_lib.practice import Seat

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        yield Seat(desk)


@app.command("begin")
def begin(id: Practice, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None) -> None:
    """Begin a practice case: its file is worked with the same pages as any other."""
    from safe_lib import practice as practising

    with _seat(store, passphrase_file, person, language) as seat:
        print(practising.begin(seat, id))
        print(printable(practising.case(seat, id).story))


@app.command("hand-in")
def hand_in(id: Practice, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
            as_json: AsJson = False) -> None:
    """Hand it in: the answers are written down as they are, and the agreed reading is shown."""
    from safe_lib import practice as practising

    with _seat(store, passphrase_file, person, language) as seat:
        _show([practising.hand_in(seat, id)], as_json)


@app.command("show")
def show(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
         as_json: AsJson = False) -> None:
    """What one handed in oneself, each case as it was the first time, beside the agreed reading and the counts of peers."""
    from safe_lib import practice as practising

    with _seat(store, passphrase_file, person, language) as seat:
        _show(list(practising.worked(seat)), as_json)


@app.command("group")
def group(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
          as_json: AsJson = False) -> None:
    """How far the trainees of this store agree with the agreed readings, and among each other; nobody is named."""
    from safe_lib import practice as practising

    with _seat(store, passphrase_file, person, language) as seat:
        found, spoken = practising.group(seat), seat.desk.language
    if as_json:
        say_json({"trainees": found.trainees, **{name: [{"instrument": id, **readings_data(one)} for id, one in parts]
                                                 for name, parts in (("with_agreed", found.with_agreed), ("among", found.among))}})
        return
    for name, parts in (("with the agreed readings", found.with_agreed), ("among each other", found.among)):
        for id, one in parts:
            _figures(f"{id}, {name}", one, spoken)


def _figures(title: str, one: Readings, language: str) -> None:
    from safe_lib.catalogue import load_texts
    from safe_lib.widgets.agreement_views import figure_words, of_words

    texts = load_texts(language)
    print(printable(f"{title}: {of_words(one, texts)}"))
    for figure in one.figures:
        print(printable(f"   {texts(f'second.measure.{figure.measure}')}: {figure_words(figure, texts)}"))


def _show(found: list[Worked], as_json: bool) -> None:
    if as_json:
        say_json([worked_data(one) for one in found])
        return
    for one in found:
        print(printable(f"{one.case.id}: {one.case.title}"))
        for line in one.lines:
            peers = ", ".join(f"{count} × {code}" for code, count in line.peers.items()) or "no peers yet"
            print(printable(f"   {line.item}: agreed {line.agreed}, yours {line.mine} ({line.way}); {peers}"))
        print(printable(f"   {one.case.why}"))


def worked_data(one: Worked) -> dict[str, Any]:
    """One practice case that was handed in, as JSON."""
    return {"id": one.case.id, "version": one.case.version, "instrument": one.case.instrument, "ways": dict(one.counts()), "why": one.case.why,
            "lines": [{"item": line.item, "agreed": line.agreed, "mine": line.mine, "way": line.way, "peers": dict(line.peers)} for line in one.lines]}

"""`safe awareness`: the messages for people, and cards, posters, talk sheets, scripts and session plans made of them. It needs no store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, Day, Language, day_of, language_of
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.model.awareness import Plan, Situation, Words

app = typer.Typer(name="awareness", no_args_is_help=True, rich_markup_mode=None,
                  help="Messages for people from twelve years on: list them, print cards, posters, talk sheets, audio scripts and session plans.")

Group = Annotated[str, typer.Option("--group", metavar="GROUP", help="Such as adults or young_12_15; `list` names them all.")]
ThemeName = Annotated[str, typer.Option("--theme", metavar="THEME", help="safety, relations or work.")]
In = Annotated[str, typer.Option("--in", metavar="xx", help="The language of the people.")]
LengthName = Annotated[str, typer.Option("--length", metavar="LENGTH", help="short, or talk with an example.")]


@app.command("list")
def listed(theme: ThemeName = "safety", group: Group = "adults", of: In = "en", language: Language = None, as_json: AsJson = False) -> None:
    """The messages of a theme for a group, in a language of the people; with everything there is to choose from."""
    from safe_lib.catalogue.awareness import load_plan, load_words, word_files
    from safe_lib.engine import awareness as rules

    plan, words = load_plan(language_of(language)), load_words(of)
    _require(plan, theme, group)
    if as_json:
        say_json(data_of(plan, words, theme, group, {code: load_words(code) for code in word_files()}))
        return
    for one in rules.said(words, rules.heard(plan, theme, group), group):
        print(printable(f"{one.id}  {one.headline}\n    {one.body}\n    {one.do}"))
    print(printable(f"Themes: {', '.join(plan.themes)}. Groups: {', '.join(plan.audiences)}. Prints: {', '.join(plan.prints)}."))
    print(printable(f"Languages: {', '.join(word_files())}. {f'{words.name}: not reviewed by a native speaker.' if words.draft else ''}".rstrip()))


def _require(plan: Plan, theme: str, group: str) -> None:
    for what, name, known in (("--theme", theme, plan.themes), ("--group", group, plan.audiences)):
        if name not in known:
            raise WrongUse(f"{what}: there is none with this name.\n  There are: {', '.join(known)}.")


def data_of(plan: Plan, words: Words, theme: str, group: str, languages: dict[str, Words]) -> dict[str, Any]:
    """The messages as JSON, with their sources, and what a language lacks."""
    from dataclasses import asdict

    from safe_lib.engine import awareness as rules

    told = [{"id": one.id, "headline": one.headline, "body": one.body, "do": one.do, "example": one.example or None,
             "do_not_say": plan.messages[one.id].do_not_say, "check": plan.messages[one.id].check or None,
             "sources": [asdict(plan.sources[id]) for id in plan.messages[one.id].sources]}
            for one in rules.said(words, rules.heard(plan, theme, group), group)]  # fmt: skip
    return {"id": plan.id, "version": plan.version, "hash": plan.hash, "theme": theme, "group": group, "language": words.language, "draft": words.draft,
            "messages": told, "themes": list(plan.themes), "groups": list(plan.audiences), "prints": list(plan.prints),
            "sessions": {id: one.minutes for id, one in plan.sessions.items()},
            "languages": [{"code": code, "name": one.name, "direction": one.direction, "draft": one.draft,
                           "without_example": [id for id, said in one.messages.items() if not said.example]} for code, one in languages.items()]}  # fmt: skip


@app.command("print")
def printed(
    kind: Annotated[str, typer.Argument(metavar="PRINT", help="card, pocket_card, poster, talk_sheet, audio_script, session_plan or questions.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write; there must be none with this name.")],
    theme: ThemeName = "safety", group: Group = "adults", of: In = "en", length: LengthName = "short",
    format: Annotated[str, typer.Option("--format", metavar="FORMAT", help="pdf or html.")] = "pdf",
    entries: Annotated[list[str] | None, typer.Option("--entry", metavar="ID", help="An organisation of the social map whose number stands on it.")] = None,
    country: Annotated[str, typer.Option("--country", metavar="ISO3", help="The country of those organisations.")] = "",
    way: Annotated[str, typer.Option("--way", metavar="WAY", help="How it reaches people: wall, group, one_person.")] = "wall",
    trained: Annotated[bool, typer.Option("--trained", help="You are trained for work with young people.")] = False,
    alone: Annotated[bool, typer.Option("--alone", help="Nobody else is there.")] = False,
    asked: Annotated[bool, typer.Option("--asked", help="The person said that it is safe to take it.")] = False,
    controller_near: Annotated[bool, typer.Option("--controller-near", help="Somebody who may control others is near.")] = False,
    on: Day = None, language: Language = None,
) -> None:  # fmt: skip
    """Make one print, once the rules of handing out allow it."""
    from datetime import date

    from safe_lib.catalogue import load_texts
    from safe_lib.catalogue.awareness import load_plan, load_words
    from safe_lib.catalogue.organisations import load_vocabulary
    from safe_lib.model.awareness import LENGTHS
    from safe_lib.report.messages import Wanted, make

    if length not in LENGTHS or format not in ("pdf", "html"):
        raise WrongUse("--length is short or talk, --format is pdf or html.")
    code, day = language_of(language), day_of(on) or date.today()
    wanted = Wanted(kind, theme, group, length, format, _situation(way, trained, alone, asked, controller_near))
    content = make(load_plan(code), load_words(of), load_texts(code), wanted, day, _contacts(country, entries or []), vocabulary=load_vocabulary())
    if out.exists():
        raise WrongUse("--out: there is a file with this name.\n  Choose another one.")
    out.write_bytes(content)
    print(f"{out.name}: written.")


def _situation(way: str, trained: bool, alone: bool, asked: bool, controller_near: bool) -> Situation:
    from safe_lib.model.awareness import WAYS, Situation

    if way not in WAYS:
        raise WrongUse(f"--way: one of {', '.join(WAYS)}.")
    return Situation(next(one for one in WAYS if one == way), trained, alone, asked, controller_near)


def _contacts(country: str, ids: list[str]) -> list[Any]:
    from safe_lib.catalogue.organisations import load_directory

    if not ids:
        return []
    known = {one.id: one for one in load_directory(country.upper()).organisations} if country else {}
    if missing := [id for id in ids if id not in known]:
        raise WrongUse(f"--entry: there is no such organisation in this country: {', '.join(missing)}.\n  Name its country with --country.")
    return [known[id] for id in ids]

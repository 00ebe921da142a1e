"""`safe programme`: workshops for professionals, planned, held and passed on; and the report to whoever pays for them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, Language, PassphraseFile, PersonName, StorePath, language_of, open_desk
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.model.programme import Evaluation, Group, Plan, Reach, Workshop
    from safe_lib.programme import Overview

app = typer.Typer(name="programme", no_args_is_help=True, rich_markup_mode=None,
                  help="Workshops for professionals: planned, held, passed on; figures with what they count, and a report. It names nobody from outside.")

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Of the workshop, as `safe programme list` shows it.")]
OnPlatform = Annotated[int, typer.Option("--platform", metavar="NUMBER", help="Of the platform, as `safe programme list` shows it.")]
OnDay = Annotated[str, typer.Option("--day", metavar="YYYY-MM-DD", help="The day.")]


@app.command("list")
def listed(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
           as_json: AsJson = False) -> None:
    """Platforms, workshops and occasions; colleagues by name for a coordinator only."""
    from safe_lib import programme

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        found = programme.overview(desk)
    if as_json:
        say_json(overview_data(found))
        return
    for one in found.platforms:
        print(printable(f"platform {one.number:>3}  {one.country}  {one.name}{' (international)' if one.international else ''}"))
    for workshop in found.workshops:
        came = f"  {workshop.attended} took part" if workshop.groups else ""
        print(printable(f"workshop {workshop.number:>3}  {workshop.day.isoformat()}  {workshop.state:<9} {workshop.town}, {workshop.country}{came}"))
    for reach in found.reaches:
        if not reach.taken_back:
            print(printable(f"reach    {reach.number:>3}  {reach.day.isoformat()}  {reach.country}  {reach.sector}, "
                            f"{'unknown' if reach.persons is None else reach.persons} ({reach.evidence})"))


@app.command("workshop")
def workshop_plan(language: Language = None, as_json: AsJson = False) -> None:
    """The plan of the workshop: minutes, goal, what the trainer does, what it needs; this needs no store."""
    from safe_lib.catalogue.programme import load_programme

    about = load_programme(language_of(language)).plan
    if as_json:
        say_json(asdict(about))
        return
    for line in plan_lines(about):
        print(printable(line))


def plan_lines(about: Plan) -> list[str]:
    """The plan as text, to print and to stand with."""
    lines = [f"{about.title}: {about.minutes} minutes.", about.about]
    for part in about.parts:
        begins = about.begins(part.id)
        needs = ", ".join(about.materials[id].title for id in (*part.material, *part.handouts))
        lines += ["", f"{begins:>3} to {begins + part.minutes:>3}  {part.title} ({part.method})", f"  {part.goal}", *(f"  - {one}" for one in part.trainer)]
        lines += [f"  [{needs}]"] if needs else []
    return lines


@app.command("platform")
def platform(name: Annotated[str, typer.Argument(metavar="NAME", help="Of an organisation or a platform, never of a person.")],
             country: Annotated[str, typer.Option("--country", metavar="ISO3", help="Such as NLD.")],
             international: Annotated[bool, typer.Option("--international", help="People from several countries come together on it.")] = False,
             store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """As a coordinator: a country or an organisation that trains."""
    from safe_lib import programme

    with open_desk(store, passphrase_file, person=person) as desk:
        made = programme.add_platform(desk, name, country, international=international)
    if as_json:
        say_json(asdict(made))
        return
    print(printable(f"platform {made.number}: {made.name}."))


@app.command("trained")
def trained(user: Annotated[str, typer.Argument(metavar="USER", help="User name of a colleague.")], platform: OnPlatform, day: OnDay,
            store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """As a coordinator: a colleague was trained to train."""
    from safe_lib import programme

    with open_desk(store, passphrase_file, person=person) as desk:
        programme.note_trained(desk, user, platform, day_said(day, "--day"))
    print("Written.")


@app.command("plan")
def plan(platform: OnPlatform, day: OnDay, town: Annotated[str, typer.Option("--town", metavar="TOWN", help="Where; no address.")],
         trainer: Annotated[list[str] | None, typer.Option("--trainer", metavar="USER", help="A colleague who trains; may be given several times.")] = None,
         outside: Annotated[int, typer.Option("--outside-trainers", metavar="N", help="Trainers from outside, as a number.")] = 0,
         invited: Annotated[int | None, typer.Option("--invited", metavar="N", help="How many are invited; left out: not known.")] = None,
         number: Annotated[int, typer.Option("--number", metavar="NUMBER", help="Plan this workshop anew.")] = 0,
         store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """As a coordinator: put a workshop down."""
    from safe_lib import programme
    from safe_lib.programme import Planned

    said = Planned(platform, day_said(day, "--day"), town, tuple(trainer or ()), outside, invited)
    with open_desk(store, passphrase_file, person=person) as desk:
        _told(programme.plan(desk, said, number=number), as_json)


@app.command("held")
def held(number: Number,
         member: Annotated[list[str] | None, typer.Option("--member", metavar="USER", help="A colleague who took part; may be given several times.")] = None,
         sector: Annotated[str, typer.Option("--sector", metavar="SECTOR", help="Of these colleagues.")] = "unknown",
         group: Annotated[list[str] | None, typer.Option("--group", metavar="ISO3:SECTOR:N[:FIRST]",
                                                         help="People from outside: country, sector, how many, and how many for the first time.")] = None,
         material: Annotated[list[str] | None, typer.Option("--material", metavar="ID", help="What was used (safe programme workshop --json).")] = None,
         evaluation: Annotated[str, typer.Option("--evaluation", metavar="N,N,N,N", help="Forms, and of them: useful, felt safe, ready.")] = "",
         store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """As a coordinator: what came of a workshop; once more, and it takes the place of what was written before."""
    from safe_lib import programme
    from safe_lib.programme import Came

    came = Came(tuple(member or ()), sector, tuple(map(group_said, group or ())), tuple(material or ()), evaluation_said(evaluation))
    with open_desk(store, passphrase_file, person=person) as desk:
        _told(programme.held(desk, number, came), as_json)


@app.command("cancel")
def cancel(number: Number, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """As a coordinator: a workshop does not take place."""
    from safe_lib import programme

    with open_desk(store, passphrase_file, person=person) as desk:
        _told(programme.cancel(desk, number), as_json)


@app.command("reach")
def reach(platform: Annotated[int, typer.Option("--platform", metavar="NUMBER", help="Of those who passed it on.")] = 0,
          day: Annotated[str, typer.Option("--day", metavar="YYYY-MM-DD", help="The day of the occasion.")] = "",
          country: Annotated[str, typer.Option("--country", metavar="ISO3", help="Where.")] = "",
          sector: Annotated[str, typer.Option("--sector", metavar="SECTOR", help="Who was there.")] = "unknown",
          persons: Annotated[int | None, typer.Option("--persons", metavar="N", help="How many were there; left out: not known.")] = None,
          counted: Annotated[str, typer.Option("--counted", metavar="HOW", help="list, count or estimate.")] = "estimate",
          take_back: Annotated[int, typer.Option("--take-back", metavar="NUMBER", help="This occasion was not so.")] = 0,
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """As a coordinator: an occasion on which somebody who took part passed it on."""
    from safe_lib import programme
    from safe_lib.model.programme import Reach

    with open_desk(store, passphrase_file, person=person) as desk:
        if take_back:
            made = programme.take_back_reach(desk, take_back)
        else:
            said = Reach(0, day_said(day, "--day"), platform, country, sector, persons, counted)  # type: ignore[arg-type]  # looked at where it is kept
            made = programme.note_reach(desk, said)
    if as_json:
        say_json(reach_data(made))
        return
    print(f"reach {made.number}: {'taken back' if made.taken_back else 'written'}.")


@app.command("report")
def report(first: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="The first day of a month.")],
           last: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day of a month.")],
           format: Annotated[str, typer.Option("--format", metavar="FORMAT", help="html, pdf, docx or json.")] = "html",
           out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The file to write; there must be none with this name.")] = None,
           store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
           as_json: AsJson = False) -> None:
    """The report to whoever pays for it: figures with what they count, small groups withheld, nobody named. Without --out, the figures alone."""
    from safe_lib import programme
    from safe_lib.report.programme import report_of

    days = day_said(first, "--from"), day_said(last, "--to")
    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        if out is None:
            _figures(programme.told(desk, *days), as_json, language_of(language))
            return
        if out.exists():
            raise WrongUse("--out: there is a file with this name.\n  Choose another one.")
        content = report_of(desk, *days, format)
    out.touch(mode=0o600)
    out.write_bytes(content)
    print(f"{out.name}: written.")


def _figures(found: Any, as_json: bool, language: str) -> None:
    from safe_lib.catalogue import load_texts
    from safe_lib.catalogue.programme import load_programme
    from safe_lib.programme import country_names
    from safe_lib.report.programme import figures_blocks
    from safe_lib.widgets.blocks import blocks_text

    blocks = figures_blocks(found, load_programme(language), country_names(language), load_texts(language))
    if as_json:
        from safe_lib.report.blocks_json import to_json

        say_json({"from": found.period.first.isoformat(), "to": found.period.last.isoformat(), "planned": found.planned, "held": found.held,
                  "cancelled": found.cancelled, "blocks": to_json(blocks)})
        return
    print(printable(blocks_text(blocks)))


# What was typed


def day_said(text: str, what: str) -> date:
    """A day; WrongUse where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{what}: a day is written 2026-11-27.") from None


def group_said(text: str) -> Group:
    """A counted group, such as `XAA:police:12:10`; WrongUse where it is none."""
    from safe_lib.model.programme import Group

    parts = text.split(":")
    if len(parts) not in (3, 4) or not all(one.isascii() and one.isdecimal() and len(one) < 7 for one in parts[2:]):
        raise WrongUse("--group: country, sector, how many, and if it is known how many for the first time, such as XAA:police:12:10.")
    return Group(parts[0], parts[1], int(parts[2]), int(parts[3]) if len(parts) == 4 else None)  # type: ignore[arg-type]  # looked at where it is kept


def evaluation_said(text: str) -> Evaluation | None:
    """The four numbers, such as `12,11,12,9`; None for nothing, WrongUse where they are none."""
    from safe_lib.model.programme import Evaluation

    if not text:
        return None
    parts = text.split(",")
    if len(parts) != 4 or not all(one.isascii() and one.isdecimal() and len(one) < 7 for one in parts):
        raise WrongUse("--evaluation: four numbers, such as 12,11,12,9: forms, and of them useful, felt safe, ready.")
    return Evaluation(*map(int, parts))


# As JSON


def _told(made: Workshop, as_json: bool) -> None:
    if as_json:
        say_json(workshop_data(made))
        return
    print(printable(f"workshop {made.number}: {made.state}, {made.day.isoformat()}, {made.town}, {made.country}."))


def workshop_data(one: Workshop) -> dict[str, Any]:
    """A workshop as JSON; colleagues by user name where who asks may see them."""
    groups = [{"country": group.country, "sector": group.sector, "number": group.number, "first_time": group.first, "user": group.user or None}
              for group in one.groups]
    return {"number": one.number, "state": one.state, "day": one.day.isoformat(), "platform": one.platform, "country": one.country, "town": one.town,
            "plan": one.plan, "invited": one.invited, "trainers": list(one.trainers), "outside_trainers": one.outside_trainers,
            "material": list(one.material), "groups": groups, "evaluation": asdict(one.evaluation) if one.evaluation else None}


def reach_data(one: Reach) -> dict[str, Any]:
    """An occasion as JSON."""
    return {**asdict(one), "day": one.day.isoformat()}


def overview_data(found: Overview) -> dict[str, Any]:
    """Everything that is kept, as far as who asks may see it."""
    return {"platforms": [asdict(one) for one in found.platforms],
            "trained": [{"user": one.user, "platform": one.platform, "day": one.day.isoformat()} for one in found.trained],
            "workshops": [workshop_data(one) for one in found.workshops], "reaches": [reach_data(one) for one in found.reaches]}

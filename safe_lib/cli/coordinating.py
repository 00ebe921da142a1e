"""`safe coordination` and `safe calendar`: the board of a team or of one's own cases, hours, contacts, second looks, hand-overs, figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, CaseReference, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.coordination.board import Board
    from safe_lib.coordination.due import Due, Verified
    from safe_lib.model.coordination import HourEntry, Referral

app = typer.Typer(name="coordination", invoke_without_command=True, rich_markup_mode=None,
                  help="What waits in the cases of a team, or in one's own: due, quiet, stuck; hours, hand-overs, figures.")

Of = Annotated[str, typer.Option("--of", metavar="USER", help="As a coordinator: what this colleague sees.")]
OnDay = Annotated[str | None, typer.Option("--day", metavar="YYYY-MM-DD", help="The day; without it, today.")]
Minutes = Annotated[int, typer.Option("--minutes", metavar="N", help="How long.")]


@app.callback()
def coordination(context: typer.Context, of: Of = "", day: Day = None, store: StorePath = None, passphrase_file: PassphraseFile = None,
                 person: PersonName = None, language: Language = None, as_json: AsJson = False) -> None:
    """What waits in the cases of a team, or in one's own: due, quiet, stuck; hours, hand-overs, figures."""
    if context.invoked_subcommand is not None:
        return
    from safe_lib.catalogue import load_texts
    from safe_lib.coordination.board import board
    from safe_lib.widgets import coordination_views as views
    from safe_lib.widgets.blocks import blocks_text

    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        found = board(desk, of)
    if as_json:
        say_json(as_data(found))
        return
    texts = load_texts(language_of(language))
    parts = (views.due_blocks, views.quiet_blocks, views.stuck_blocks, views.waiting_blocks, views.looks_blocks, views.hands_blocks, views.caseload_blocks)
    print(printable("\n".join(blocks_text(part(found, texts)) for part in parts)))


def as_data(found: Board) -> dict[str, Any]:
    """The board as JSON: cases by reference, colleagues by user name, in the order of their names."""
    from safe_lib.coordination.due import BANDS

    cases = [{"case": one.ref, "hands": list(one.hands), "last_contact": one.spoken.isoformat() if one.spoken else None, "days_without_contact": one.quiet,
              "second_look": bool(one.looks), "referrals": [_referral(ask) for ask in one.referrals],
              "consents": [consent.id for consent in one.consents], "stuck": [_due(due) for due in one.stuck]} for one in found.cases]
    loads = [{"user": one.user, "cases": one.cases, "minutes_a_week": one.minutes_a_week, "agreed": one.agreed, "band": one.band,
              "supervised": one.supervised.isoformat() if one.supervised else None} for one in found.loads]
    hours = [entry_data(one) for one in found.hours]
    return {"date": found.today.isoformat(), "of": found.of or None, "quiet_after": found.quiet_after, "cases": cases,
            "due": {band: [_due(one) for one in found.band(band)] for band in BANDS}, "quiet": [one.ref for one in found.quiet], "loads": loads, "hours": hours,
            "closed_without_list": [one.ref for one in found.unfinished]}


def _referral(one: Referral) -> dict[str, Any]:
    return {"id": one.id, "asked_on": one.asked_on.isoformat(), "state": one.state, "remind_on": one.due.isoformat() if one.due else None}


def entry_data(one: HourEntry) -> dict[str, Any]:
    """An entry of the log as JSON."""
    return {"id": one.id, "user": one.user, "day": one.day.isoformat(), "minutes": one.minutes, "category": one.category, "case": one.ref or None,
            "topic": one.topic}


def _due(one: Due) -> dict[str, Any]:
    return {"case": one.ref, "what": one.what, "id": one.id, "title": one.title, "plan": one.plan.isoformat() if one.plan else "unknown",
            "last": one.last.isoformat() if one.last else None, "rule": _rule(one.rule) if one.rule else None}


def _rule(one: Verified) -> dict[str, Any]:
    return {"verified": None if one.recalled else one.day.isoformat(), "recalled": one.recalled, "verify_by": one.by.isoformat()}


@app.command("hours")
def hours(minutes: Minutes = 0, category: Annotated[str, typer.Option("--category", metavar="KIND", help="client, travel, admin, training, …")] = "client",
          case: Annotated[str, typer.Option("--case", metavar="REF", help="Of this case; without it, in general.")] = "", on: OnDay = None,
          user: Annotated[str, typer.Option("--user", metavar="USER", help="As a coordinator: hours of this colleague.")] = "",
          back: Annotated[int | None, typer.Option("--take-back", metavar="ID", help="Take this entry back instead.")] = None,
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Write hours down, or take an entry back."""
    from safe_lib.coordination import hours as log

    with open_desk(store, passphrase_file, person=person) as desk:
        worked = log.Worked(day_of(on) or desk.today, minutes, category, case)  # type: ignore[arg-type]
        found = log.log(desk, worked, user=user) if back is None else log.take_back(desk, back)
    say_json(entry_data(found)) if as_json else print(f"{found.id}: {found.user}, {found.day.isoformat()}, {found.minutes} minutes.")


@app.command("log")
def log_of(since: Annotated[str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="From this day on; without it, this year.")] = None, of: Of = "",
           store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Hours that count, the newest day first: one's own, or as a coordinator the team's."""
    from safe_lib.coordination import hours as log

    with open_desk(store, passphrase_file, person=person) as desk:
        found = log.entries(desk, day_of(since) or desk.today.replace(month=1, day=1), of=of)
    if as_json:
        say_json([entry_data(one) for one in found])
        return
    for one in found:
        print(printable(f"{one.id:>6}  {one.day.isoformat()}  {one.user:<20} {one.minutes:>4}  {one.category:<12} {one.ref or one.topic}").rstrip())
    print(f"{sum(one.minutes for one in found)} minutes.")


@app.command("meeting")
def meeting(topic: Annotated[str, typer.Option("--topic", metavar="TEXT", help="A few words; nothing of a case.")], minutes: Minutes,
            who: Annotated[list[str], typer.Option("--who", metavar="USER", help="Who was there; repeated.")],
            category: Annotated[str, typer.Option("--category", metavar="KIND", help="training, team_meeting or supervision.")] = "team_meeting",
            on: OnDay = None, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Write down a meeting; the time counts as hours of each who came."""
    from safe_lib.coordination import hours as log

    with open_desk(store, passphrase_file, person=person) as desk:
        found = log.meet(desk, log.Worked(day_of(on) or desk.today, minutes, category, topic=topic), who)  # type: ignore[arg-type]
    say_json([{"id": one.id, "user": one.user} for one in found]) if as_json else print(f"{len(found)} colleagues.")


@app.command("contact")
def contact(ref: CaseReference, kind: Annotated[str, typer.Option("--with", metavar="WHOM", help="person, attempt, lawyer, authority or shelter.")] = "person",
            channel: Annotated[str, typer.Option("--by", metavar="HOW", help="meeting, call, video, message or letter.")] = "call", minutes: Minutes = 0,
            interpreter: Annotated[bool, typer.Option("--interpreter", help="With an interpreter.")] = False, on: OnDay = None, store: StorePath = None,
            passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Write a contact down; its minutes count as one's own hours with this case."""
    from safe_lib.coordination import contacts

    with open_desk(store, passphrase_file, person=person) as desk:
        made = contacts.note(desk, ref, day=day_of(on) or desk.today, channel=channel, kind=kind, minutes=minutes, interpreter=interpreter)  # type: ignore[arg-type]
    say_json({"case": ref, **made.to_body()}) if as_json else print(f"{ref}: {made.day.isoformat()}.")


@app.command("draw")
def draw(percent: Annotated[int, typer.Option("--percent", metavar="N", help="Of the open cases.")] = 10,
         seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Draws the same again; without it, one by chance.")] = None,
         store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Draw open cases for a second look; the draw is noted with its seed."""
    from safe_lib.coordination import second_look

    with open_desk(store, passphrase_file, person=person) as desk:
        found = second_look.draw(desk, percent, seed)
    say_json({"seed": found.seed, "of": found.of, "cases": list(found.refs)}) if as_json else print(f"{found.seed}: {', '.join(found.refs)}")


@app.command("handover")
def handover(ref: CaseReference, giver: Annotated[str, typer.Option("--from", metavar="USER", help="Who hands it over.")],
             taker: Annotated[str, typer.Option("--to", metavar="USER", help="Who takes it.")],
             words: Annotated[str, typer.Option("--open", metavar="TEXT", help="What is open, and what the person knows of the change.")],
             store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Hand a case over to a colleague, with what is open; the colleague is told."""
    from safe_lib.coordination import handing_over

    with open_desk(store, passphrase_file, person=person) as desk:
        made = handing_over.hand_over(desk, ref, giver=giver, taker=taker, words=words)
    say_json({"case": ref, "from": made.giver, "to": made.taker, "day": made.day.isoformat()}) if as_json else print(f"{ref}: {made.giver} → {made.taker}.")


@app.command("figures")
def figures(year: Annotated[int | None, typer.Option("--year", metavar="YYYY", help="Without it, this one.")] = None, store: StorePath = None,
            passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None, as_json: AsJson = False) -> None:
    """Figures of a year, each with what it counts; and those that were published."""
    from safe_lib.catalogue import load_texts
    from safe_lib.coordination import figures as counting

    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        wanted = year or desk.today.year
        found = counting.figures(desk, wanted)
        texts = load_texts(desk.language)
    rows = [{"id": one.definition.id, "number": one.number, "counts": texts(f"coord.counts.{one.definition.counts}")} for one in found]
    known = [{"year": one.year, "number": one.number, "compared_with": one.compared_with, "source": one.source, "reading": one.reading}
             for one in counting.published()]
    if as_json:
        say_json({"year": wanted, "figures": rows, "published": known})
        return
    for row in rows:
        print(printable(f"{row['number']:>6}  {row['counts']}"))


@app.command("close")
def close(ref: CaseReference, reason: Annotated[str, typer.Option("--reason", metavar="ID", help="Why; see --json without it.")] = "",
          words: Annotated[str, typer.Option("--words", metavar="TEXT", help="What was decided with the person, in your own words.")] = "",
          handed: Annotated[list[str] | None, typer.Option("--handed", metavar="LINE", help="With this line something was handed over; repeated.")] = None,
          line: Annotated[str, typer.Option("--line", metavar="LINE", help="Say how this line of the list stands; then --state.")] = "",
          state: Annotated[str, typer.Option("--state", metavar="STATE", help="done, not_needed or left_open.")] = "done",
          again: Annotated[bool, typer.Option("--open-again", help="Open it again; the list begins anew.")] = False,
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """The list before a file is closed: see it, say how a line stands, close the file, open it again."""
    from safe_lib.coordination import closing

    with open_desk(store, passphrase_file, person=person) as desk:
        if line:
            closing.tick(desk, ref, line, state, words)  # type: ignore[arg-type]
        elif again:
            closing.open_again(desk, ref)
        elif reason:
            closing.close_file(desk, ref, reason, words, handed or ())
        found, rules = closing.closing(desk, ref), closing.rules()
    if as_json:
        closed = found.closed_on.isoformat() if found.closed_on else None
        say_json({"case": ref, "closed_on": closed, "reason": found.reason or None, "handed": list(found.handed),
                  "lines": {id: found.looked[id].state if id in found.looked else None for id in rules.items}, "reasons": list(rules.reasons)})
        return
    for id in rules.items:
        print(f"{found.looked[id].state if id in found.looked else '–':<12} {id}")
    print(f"{ref}: {f'closed, {found.reason}' if found.closed_on else f'{len(found.missing)} lines to look at'}.")


def calendar(of: Of = "", out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The file; without it, standard output.")] = None,
             name: Annotated[str, typer.Option("--name", metavar="REF", help="The person wishes this reference in calendars.")] = "",
             leave_out: Annotated[str, typer.Option("--leave-out", metavar="REF", help="The person does not wish it any more.")] = "",
             store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None) -> None:
    """What is due, as a calendar file that gives nobody away; the trail of each case notes that its days left."""
    import sys

    from safe_lib.coordination import calendar as dates

    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        if wished := name or leave_out:
            dates.let_name(desk, wished, bool(name))
            print(f"{wished}: {'named in calendars' if name else 'not named'}.")
            return
        if out is not None and out.exists():
            raise WrongUse("--out: there is a file with this name.\n  Choose another one.")
        content = dates.take_along(desk, of)
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        out.touch(mode=0o600)
        out.write_bytes(content)

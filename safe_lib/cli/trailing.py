"""`safe trail affected`: after a breach, which cases, kinds of data and recipients were touched."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, Language, PassphraseFile, PersonName, StorePath, language_of, open_desk
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.affected import Affected, Touched

trail = typer.Typer(name="trail", no_args_is_help=True, help="What the trail and the register say after a breach.", rich_markup_mode=None)


@trail.callback()
def _trail() -> None:
    """One command so far; it keeps its name when others join it."""


@trail.command("affected")
def affected(
    since: Annotated[str, typer.Option("--from", metavar="TIME", help="From this day, or this moment (2026-11-20T14:30, in UTC).")],
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="To this day or moment, itself included; without it, until now.")] = None,
    by: Annotated[str, typer.Option("--by", metavar="USER", help="Only what this person did, such as one whose device is lost.")] = "",
    store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None, as_json: AsJson = False,
) -> None:
    """Cases, kinds of data and recipients that were touched in a window of time: what an authority asks within 72 hours."""
    from safe_lib.affected import affected as find
    from safe_lib.catalogue import load_texts

    begins, ends = moment(since), moment(until, end=True) if until else datetime.now(UTC)
    if ends < begins:
        raise WrongUse("--to: it lies before --from.\n  Write the earlier one first.")
    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        found = find(desk, begins, ends, by=by.strip())
        texts = load_texts(desk.language)
    if as_json:
        say_json(as_data(found))
        return
    print(printable(texts("disclose.affected.count", cases=len(found.cases), recipients=len(found.recipients), lists=found.lists)))
    for one in found.cases:
        groups = ", ".join(texts(f"disclose.data.{group}") for group in one.groups)
        print(printable("  ".join((one.ref, groups, ", ".join(one.people), "; ".join(dict.fromkeys(copy.recipient for copy in one.copies))))).rstrip())


def moment(text: str, *, end: bool = False) -> datetime:
    """A day or a moment as it was typed, in UTC; `end` takes the last moment of a day.

    Raises:
        WrongUse: it is neither.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse("--from, --to: this is neither a day nor a moment.\n  Write 2026-11-20, or 2026-11-20T14:30.") from None
    if len(text) == len("2026-11-20"):
        found = datetime.combine(found.date(), time.max if end else time.min)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def as_data(found: Affected) -> dict[str, Any]:
    """All of it as JSON."""
    return {"from": found.since.isoformat(), "to": found.until.isoformat(), "by": found.by, "lists": found.lists, "recipients": list(found.recipients),
            "cases": [_case_data(one) for one in found.cases]}


def _case_data(one: Touched) -> dict[str, Any]:
    copies = [{"copy": copy.report, "recipient": copy.recipient, "at": copy.at.isoformat(), "kind": copy.kind} for copy in one.copies]
    return {"case": one.ref, "groups": list(one.groups), "people": list(one.people), "lines": one.lines, "copies": copies}

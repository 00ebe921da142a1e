"""`safe close` and `safe retention`: when a case ends, how long it is kept, and what has to be decided soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, CaseReference, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.person.retention import Keeping


def close(ref: CaseReference,
          words: Annotated[str, typer.Option("--words", metavar="TEXT", help="What was decided with the person, in your own words.")] = "",
          although: Annotated[str, typer.Option("--although", metavar="REASON", help="Why it cannot wait for the list; it stands in the case.")] = "",
          again: Annotated[bool, typer.Option("--open-again", help="Open it again; its time begins anew when it is closed.")] = False,
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Close a case without its list; with it: safe coordination close. From this day its time runs (safe retention)."""
    from safe_lib.coordination import closing

    with open_desk(store, passphrase_file, person=person) as desk:
        case = closing.open_again(desk, ref) if again else closing.close_without_list(desk, ref, words, although)
    say_json({"case": case.ref, "status": case.status}) if as_json else print(f"{case.ref} is {case.status}.")


def retention(
    extend: Annotated[str | None, typer.Option("--extend", metavar="REF", help="Keep this case longer; then --purpose, --until and --reason as well.")] = None,
    purpose: Annotated[str, typer.Option("--purpose", metavar="ID", help="help or procedures.")] = "",
    until: Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="The first day on which it may be erased.")] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stands in the case.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also closed cases whose time runs for longer than thirty days.")] = False,
    day: Day = None, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Closed cases whose time runs out within thirty days, for each purpose. Two people erase (safe erase), or it is extended with a reason."""
    from safe_lib.person import retention as clock

    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        if extend is not None:
            last = day_of(until)
            if last is None:
                raise WrongUse("--until: say until when.\n  Write YYYY-MM-DD.")
            clock.extend(desk, extend, purpose, last, reason)
        found = [one for one in clock.keeping(desk) if everything or one.state != "running" or one.ref == extend]
        rows = [_as_data(one) for one in found]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        for one in row["purposes"]:
            longer = f" (extended: {one['reason']})" if one["extended"] else ""
            print(printable(f"{row['case']:<20} {one['until']}  {one['state']:<8} {one['title']}{longer}"))
    print(f"{len(rows)} of the closed cases need a decision." if not everything else f"{len(rows)} closed cases.")


def _as_data(one: Keeping) -> dict[str, Any]:
    purposes = [{"purpose": clock.purpose, "title": clock.title, "until": clock.until.isoformat(), "state": clock.state, "extended": clock.extended,
                 "reason": clock.reason} for clock in one.clocks]
    return {"case": one.ref, "closed": one.closed.isoformat(), "until": one.until.isoformat(), "state": one.state, "erasure_asked": one.asked,
            "purposes": purposes}

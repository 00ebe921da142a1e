"""`safe procedure --changed-since DAY` and `--law-change FILE`: the stored cases for which the law gives other days or another state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import day_of
from safe_lib.cli.printing import counting, say, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.engine.law_changes import Days
    from safe_lib.law_changes import LookedAt, Pair, TouchedCase
    from safe_lib.model.document import Block
    from safe_lib.model.texts import Texts

LawChangeFile = Annotated[Path | None, typer.Option("--law-change", metavar="FILE", help="A procedure as it is to become: the stored cases it touches.")]
ChangedSince = Annotated[str | None, typer.Option("--changed-since", metavar="YYYY-MM-DD",
                                                  help="The stored cases touched by what is law since this day, and how; of ID, or of all.")]


def pairs_of(id: str | None, file: Path | None, since: str | None, facts: str | None) -> tuple[Pair, ...]:
    """Each procedure before and after the change that was named.

    Raises:
        WrongUse: both ways of naming a change, or facts of one case beside them.
    """
    from safe_lib import law_changes
    from safe_lib.catalogue.procedure_checks import proposed_procedure

    if facts is not None or (file is not None and (since is not None or id is not None)):
        raise WrongUse("safe procedure: a change of the law is looked at over the stored cases.\n"
                       "  Give --law-change FILE alone, or --changed-since DAY with or without ID.")
    if file is not None:
        return (law_changes.against(proposed_procedure(file)),)
    day = day_of(since)
    return law_changes.since(day, id.upper() if id else None) if day else ()


def tell_touched(desk: Desk, pairs: tuple[Pair, ...], texts: Texts, as_json: bool) -> None:
    """Look through the cases of the desk and tell which are touched, and how."""
    from safe_lib.law_changes import cases_touched

    with counting(texts("law_change.progress")) as begin:
        found = cases_touched(desk, pairs, begin=begin)
    say_json(_as_data(found, texts)) if as_json else say(_blocks(found, texts))


def _as_data(found: LookedAt, texts: Texts) -> dict[str, Any]:
    from safe_lib.engine.law_changes import differs_as_data

    touched = [{"case": one.ref, "status": one.status, "followed": one.followed, **differs_as_data(one.differs)} for one in found.touched]
    return {"date": found.on.isoformat(), "procedures": list(found.procedures), "cases_looked_at": found.cases, "unread": list(found.unread),
            "touched": touched, "not_legal_advice": texts("procedure.not_legal_advice")}


def _blocks(found: LookedAt, texts: Texts) -> tuple[Block, ...]:
    from safe_lib.model.document import Bullets, Heading, Notice, Table, Text

    touched = len({one.ref for one in found.touched})
    counted = texts("law_change.looked", cases=found.cases, touched=touched, procedures=", ".join(found.procedures) or "–")
    columns = tuple(texts(f"law_change.{name}") for name in ("case", "followed", "what", "before", "after"))
    rows = tuple(row for one in found.touched for row in _rows(one, texts))
    shown = (Table(texts("law_change.heading"), columns, rows), Text(texts("law_change.verify")))
    listed: tuple[Block, ...] = shown if rows else (Text(texts("law_change.none")),)
    unread = (Heading(texts("law_change.unread"), 3), Bullets(found.unread)) if found.unread else ()
    return (Heading(texts("law_change.heading")), Notice(texts("procedure.not_legal_advice"), counted), *listed, *unread)


def _rows(one: TouchedCase, texts: Texts) -> Iterator[tuple[str, ...]]:
    """A line for each day, state and condition that differs."""
    closed = f" ({texts('law_change.closed')})" if one.status == "closed" else ""
    head, differs = (one.ref + closed, texts(f"law_change.{'yes' if one.followed else 'no'}")), one.differs
    for id, (before, after) in differs.deadlines.items():
        yield (*head, id, _days(before, texts), _days(after, texts))
    if differs.state:
        yield (*head, f"{differs.procedure}: {texts('law_change.state')}", *(texts(f"procedure.states.{state}") if state else "–" for state in differs.state))
    for id, truths in differs.may_apply.items():
        yield (*head, f"{id}: {texts('procedure.may_apply')}",
               *(texts(f"procedure.truth.{truth.value.replace(' ', '_')}") if truth else "–" for truth in truths))


def _days(days: Days | None, texts: Texts) -> str:
    if days is None:
        return texts("law_change.no_deadline")
    _, plan, last = days
    if last is None:
        return texts("procedure.unknown_day")
    return texts("law_change.days", last=last.isoformat(), plan=plan.isoformat() if plan else "–")

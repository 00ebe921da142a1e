"""All commands by name.

Only light modules are imported here; what a command needs comes with the command, so that `safe --help` is there at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from safe_lib.cli import (
    access,
    agreement,
    assessing,
    awareness,
    batching,
    changing,
    checking,
    comparing,
    coordinating,
    countries,
    documents,
    findings,
    handing_over,
    kept_again,
    letters,
    organisations,
    people,
    persons,
    persons_rights,
    policy,
    practice,
    procedures,
    programme,
    referrals,
    refreshing,
    running,
    safekeeping,
    second_opinions,
    sharing,
    signing,
    survey,
    trailing,
    training,
)
from safe_lib.cli.around import new_app, run_one

_PASSES_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True}  # what `safe test` does not know, pytest does

app = new_app()

app.command("serve")(running.serve)
app.command("assess")(assessing.assess)
app.command("compare")(comparing.compare)
app.command("reassess")(comparing.reassess)
app.command("kept")(kept_again.kept)
app.command("country")(countries.country)
app.command("procedure")(procedures.procedure)
app.command("letter")(letters.letter)
app.command("refresh")(refreshing.refresh)
app.add_typer(changing.app, name="claim")
app.add_typer(organisations.app, name="organisations")
app.command("report")(documents.report)
app.command("batch")(batching.batch)
app.command("check")(checking.check)
app.command("sign")(signing.sign)
app.command("demo")(persons.demo)
app.command("lab")(running.lab)
app.command("tidy")(documents.tidy)
app.command("test", context_settings=_PASSES_ON)(running.test)
app.command("bench")(running.bench)
app.command("hub")(running.hub)
app.add_typer(people.user)
app.add_typer(people.audit)
app.command("erase")(people.erase)
app.command("backup")(safekeeping.backup)
app.command("restore")(safekeeping.restore)
app.command("disclosures")(sharing.disclosures)
app.add_typer(sharing.consent)
app.command("handover")(handing_over.handover)
app.command("receive")(handing_over.receive)
app.add_typer(trailing.trail)
app.command("access")(access.access)
app.command("correct")(access.correct)
app.command("close")(persons_rights.close)
app.command("retention")(persons_rights.retention)
app.add_typer(policy.app)
coordinating.app.command("refer")(referrals.refer)
coordinating.app.command("answer")(referrals.answer)
app.add_typer(coordinating.app)
app.command("calendar")(coordinating.calendar)
app.add_typer(training.app)
app.add_typer(second_opinions.app)
app.add_typer(practice.app)
app.command("agreement")(agreement.agreement)
app.add_typer(programme.app)
app.add_typer(awareness.app)
app.add_typer(survey.app)
app.add_typer(findings.app)


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Problems are told on standard error."""
    return run_one(app, arguments)

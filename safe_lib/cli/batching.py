"""`safe batch`: the reports of many cases, sealed into the store."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from safe_lib.cli.comparing import cores
from safe_lib.cli.options import AsJson, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import counting, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.runtime.batch import Batch

COORDINATION: Final = "coordination"  # the workbook that is about no case
A_REPORT: Final = 40  # exit code where a report could not be made
MOST_SHOWN: Final = 20  # cases set apart that are told in words; --json tells all


class EngineChoice(StrEnum):
    """What runs the notebooks."""

    safe = "safe"
    papermill = "papermill"


def batch(
    workbook: Annotated[str, typer.Argument(metavar="WORKBOOK", help="Such as safe_return or identification.")],
    profile: Annotated[str, typer.Option("--for", metavar="PROFILE", help="own_file, lawyer, partner or person; of coordination, digest.")] = "",
    cases: Annotated[list[str] | None, typer.Option("--cases", metavar="all|open|REF", help="Which cases; references with commas, or repeated.")] = None,
    formats: Annotated[str, typer.Option("--formats", "--format", metavar="LIST", help="html, pdf, docx, json; several with commas.")] = "html",
    workers: Annotated[int | None, typer.Option("--workers", min=1, max=64, metavar="N", help="Cases at the same time; without it, one a core.")] = None,
    engine: Annotated[EngineChoice, typer.Option("--engine", help="papermill: its usual engine, with a kernel for each case; slow.")] = EngineChoice.safe,
    scheduler: Annotated[str | None, typer.Option("--scheduler", metavar="ADDRESS", help="On the workers of a Dask cluster; store in PostgreSQL.")] = None,
    day: Day = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """The reports of many cases, sealed into the store. Begun again, it makes only what is not there or no longer up to date.

    Nothing leaves the store. Ctrl-C lets the cases that were begun end; the same command goes on later.
    """
    from safe_lib import batching
    from safe_lib.runtime.batch import run_batch

    if workbook == COORDINATION:
        _digests(profile, day, store, passphrase_file, person, language, as_json)
        return
    if not profile:
        raise WrongUse("--for: say for whom.\n  Write own_file, lawyer, partner or person.")
    order = batching.Order(workbook, profile, tuple(dict.fromkeys(filter(None, formats.split(",")))), day or "")
    with (open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk,
          counting("Reports", still=True) as begin):
        refs = batching.references(desk, _which(cases))
        if scheduler is not None:
            _require_own_engine(engine, workers)
            from safe_lib.runtime.cluster import run_on_cluster

            found = run_on_cluster(desk, order, refs, scheduler=scheduler, begin=begin)
        else:
            found = run_batch(desk, order, refs, workers=workers or cores(), engine=engine.value, begin=begin)
    say_json(as_data(found, order)) if as_json else _tell(found)
    if found.left:
        raise typer.Abort
    if found.failed:
        raise typer.Exit(A_REPORT)


def _digests(profile: str, day: str | None, store: Any, passphrase_file: Any, person: str | None, language: str | None, as_json: bool) -> None:
    """The digest of the week for each colleague, sealed to them; about no single case."""
    from safe_lib.report.digests import PROFILE, make_digests

    if profile not in ("", PROFILE):
        raise WrongUse(f"--for: {COORDINATION} is made for {PROFILE} alone: for each colleague their own.")
    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        made = make_digests(desk)
    if as_json:
        say_json({"workbook": COORDINATION, "profile": PROFILE, "done": len(made), "digests": [{"user": one.user, "week": one.week} for one in made]})
    else:
        print(f"{len(made)} digests of {made[0].week if made else 'this week'}, each sealed to its reader.")


def _which(cases: list[str] | None) -> Any:
    words = [word for one in cases or ["open"] for word in one.replace(",", " ").split()]
    if words in (["all"], ["open"]):
        return words[0]
    if not words or {"all", "open"} & set(words):
        raise WrongUse("--cases: all or open stand alone.\n  Write one of them, or references such as DEMO-001.")
    return words


def _require_own_engine(engine: EngineChoice, workers: int | None) -> None:
    if engine is EngineChoice.papermill or workers is not None:
        raise WrongUse("safe batch --scheduler: the cluster's workers use the engine `safe`, each as many processes as it was started with.\n"
                       "  Leave --engine and --workers away; dask worker --nthreads N says how many.")


def as_data(found: Batch, order: Any) -> dict[str, Any]:
    """The summary and the manifest; references and digests, nothing of what a case says."""
    manifest = [{"case": one.ref, "format": one.format, "report": one.report, "key": one.key, "sha256": one.sha256, "size": one.size,
                 "state": "done" if one.made else "kept"} for one in sorted(found.reports, key=lambda one: (one.ref, one.format))]
    return {"workbook": order.workbook, "profile": order.profile, "formats": list(order.formats),
            "done": len(found.done), "kept": len(found.kept), "failed": len(found.failed), "left": len(found.left),
            "seconds": round(found.seconds, 2), "cpu_seconds": round(found.cpu, 2), "most_memory_kib": max(found.memory, default=0),
            "reports": manifest, "failures": [{"case": one.ref, "reason": one.reason} for one in sorted(found.failed, key=lambda one: one.ref)]}


def _tell(found: Batch) -> None:
    print(f"{len(found.done)} cases done, {len(found.kept)} kept as they were, {len(found.failed)} failed; "
          f"{found.seconds:.1f} seconds, {found.cpu:.1f} seconds of processor.")
    for one in sorted(found.failed, key=lambda one: one.ref)[:MOST_SHOWN]:
        print(f"  {one.reason.splitlines()[0]}")
    if len(found.failed) > MOST_SHOWN:
        print(f"  … and {len(found.failed) - MOST_SHOWN} more; --json tells all.")
    if found.left:
        print(f"Stopped: {len(found.left)} cases were not begun. The same command goes on with them.")

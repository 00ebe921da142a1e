"""`safe check`: reads everything the suite knows in general and tells every problem, with file, line and repair."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from safe_lib.cli.options import AsJson
from safe_lib.cli.printing import printable, progress, say_json
from safe_lib.model.errors import CatalogueError

A_DATA_FILE = CatalogueError.exit_code


def check(
    schemas: Annotated[Path | None, typer.Option("--schemas", metavar="FOLDER", help="Also write the JSON Schemas of the data files there.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every instrument, procedure, country, dataset, text and template, and the signature over them. Exit 0 if all is well, 10 if not."""
    if schemas is not None:
        from safe_lib.catalogue.schemas import write_schemas

        write_schemas(schemas)
    parts = _parts()
    found: dict[str, list[CatalogueError]] = {}
    with progress("Data files", len(parts)) as step:
        for name, problems_of in parts.items():
            found[name] = list(problems_of())
            step()
    problems = [problem for part in found.values() for problem in part]
    if as_json:
        say_json({"ok": not problems, "checked": list(parts), "problems": [_as_data(problem) for problem in problems]})
    else:
        for problem in problems:
            print(printable(str(problem)))
        print(f"{', '.join(parts)}: {_counted(len(problems))}.")
    if problems:
        raise typer.Exit(A_DATA_FILE)


def _parts() -> dict[str, Callable[[], Iterable[CatalogueError]]]:
    from safe_lib.catalogue.awareness_checks import check_awareness
    from safe_lib.catalogue.checks import check_instruments
    from safe_lib.catalogue.countries import check_countries
    from safe_lib.catalogue.course_checks import check_course
    from safe_lib.catalogue.locale_checks import check_locales
    from safe_lib.catalogue.organisations import check_organisations
    from safe_lib.catalogue.practice import check_practice
    from safe_lib.catalogue.procedure_checks import check_procedures
    from safe_lib.catalogue.programme import check_programme
    from safe_lib.catalogue.template_checks import check_templates
    from safe_lib.policy.checks import check_processing

    return {"instruments": check_instruments, "countries": check_countries, "texts": check_locales, "templates": check_templates,
            "processing": check_processing, "procedures": check_procedures, "organisations": check_organisations, "course": check_course,
            "practice": check_practice, "programme": check_programme, "messages": check_awareness, "signatures": _check_signatures}  # fmt: skip


def _check_signatures() -> Iterable[CatalogueError]:
    """Where a key is trusted, every data file is as it was signed."""
    from safe_lib import release
    from safe_lib.model.errors import Problems

    try:
        release.verify()
    except Problems as several:
        return several.problems
    except CatalogueError as problem:
        return (problem,)
    return ()


def _counted(number: int) -> str:
    return {0: "no problem", 1: "one problem"}.get(number, f"{number} problems")


def _as_data(problem: CatalogueError) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "problem": problem.problem, "repair": problem.repair}

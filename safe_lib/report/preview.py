"""What a report for one reader holds and what it leaves out, before it is made: group by group (SEC-48).

A profile chooses what is read; nothing is made and then hidden. The preview runs the workbook for the reader and for the
own file, and compares which views hold something; it shows no content of either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any, Final

from safe_lib.casework import Desk
from safe_lib.catalogue.chapters import require_reader
from safe_lib.catalogue.prose import source_of
from safe_lib.model.errors import ReportError
from safe_lib.report.make import BLOCKS_TYPE, run
from safe_lib.report.profiles import Profile, load_profile

WHOLE: Final = "own_file"  # the reader who gets everything a report can hold
NEVER: Final = ("identity", "trail", "other_workbooks")  # what no report holds
INSIDE: Final = {  # what a profile chooses inside views → the views in which it would stand
    "notes": ("recorded", "pattern", "matrix", "hard_stops"), "account_notes": ("threat", "protection", "punishment", "reintegration", "relocation", "staying"),
    "everything": ("explanation",), "plan_details": ("plan",), "suggestions": ("plan",), "flags": ("outcome",),
}
_CALL: Final = re.compile(r"workbook\.([a-z_]+)\(\)")


@dataclass(frozen=True, slots=True)
class Preview:
    """The groups of one report, in the order of the workbook."""

    goes: tuple[str, ...]
    left_out: tuple[str, ...]  # groups that hold something and are not for this reader, then what no report holds
    empty: tuple[str, ...]  # groups this reader would get, in which nothing is recorded


def preview(desk: Desk, ref: str, workbook: str, profile: str) -> Preview:
    """What would go and what would not; nothing is sealed, and nothing leaves.

    Raises:
        ReportError: there is no such profile, or the report is not for this reader.
        CaseNotFound, NotPermitted: as everywhere.
    """
    chosen = load_profile(profile)
    if not chosen.views or chosen.id == "country":
        raise ReportError("preview: this is not a reader of a case.\n  There are: own_file, lawyer, partner, person.")
    require_reader(workbook, profile)
    for_reader, for_file = _held(run(desk, ref, workbook, profile)), _held(run(desk, ref, workbook, WHOLE))
    goes = tuple(view for view, held in for_reader.items() if held)
    left = tuple(view for view, held in for_file.items() if held and view not in chosen.views)
    empty = tuple(view for view, held in for_reader.items() if not held and view in chosen.views)
    return Preview(goes, (*left, *_inside(chosen, for_file, goes), *NEVER), empty)


def _held(notebook: Any) -> dict[str, bool]:
    """View → whether it holds something."""
    found = {}
    for cell in notebook["cells"]:
        called = _CALL.fullmatch(source_of(cell).strip()) if cell["cell_type"] == "code" else None
        if called and "example" not in cell["metadata"].get("tags", []):
            found[called[1]] = any(output.get("data", {}).get(BLOCKS_TYPE) for output in cell.get("outputs", []))
    return found


def _inside(chosen: Profile, for_file: dict[str, bool], goes: tuple[str, ...]) -> tuple[str, ...]:
    """What stands inside views that go, and is not for this reader."""
    whole = load_profile(WHOLE)
    off = [part.name for part in fields(Profile) if part.name in INSIDE and getattr(whole, part.name) and not getattr(chosen, part.name)]
    return tuple(name for name in off if any(for_file.get(view) and view in goes for view in INSIDE[name]))

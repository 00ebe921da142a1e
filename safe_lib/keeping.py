"""What a report rests on is kept when the report is sealed: the assessments it tells, with the country information of that day.

So every case that somebody relies on can be looked at again when something changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_instrument
from safe_lib.catalogue.chapters import SAFETY_REPORT, load_chapters
from safe_lib.engine.grounds import snapshot, topics_used
from safe_lib.engine.results import print_of, result_of, with_scenario
from safe_lib.model.assessment import Assessment
from safe_lib.model.case import SHARED, KeptAssessment
from safe_lib.model.grounds import Grounds, Snapshot
from safe_lib.store.moment import one_moment

FIRST_LEVEL: Final = "first_level"
SETS: Final = "ilo_"  # how the sets of indicators begin


def keep_for_report(desk: Desk, ref: str, workbook: str) -> tuple[Assessment, ...]:
    """Keep the assessments that a report of this workbook tells, each future by itself; what is kept already is not kept twice.

    Returns:
        Those that were kept now.

    Raises:
        NotPermitted: the person may not make reports of this case.
    """
    with one_moment():  # what several futures share is read once, and before the first is kept: writing ends the moment
        casework.marks_of(desk, ref, verb="report")
        to_keep = [_to_keep(desk, ref, instrument, scenario) for instrument, scenario in assessments_of(desk, ref, workbook)]
    return tuple(keep() for keep in to_keep if keep is not None)


def assessments_of(desk: Desk, ref: str, workbook: str) -> tuple[tuple[str, str], ...]:
    """Instrument and future of each assessment that a workbook tells of a case; none where nothing is recorded."""
    if workbook == "identification":
        sets = (id for id in instrument_files() if id == FIRST_LEVEL or id.startswith(SETS))
        return tuple((id, SHARED) for id in sets if casework.saved_answers(desk, ref, id))
    id = load_chapters().weighs if workbook == SAFETY_REPORT else workbook
    if id not in instrument_files():
        return ()
    kinds = [kind.id for kind in load_instrument(id).scenarios]
    futures = [future.kind for future in casework.futures(desk, ref) if future.kind in kinds] if kinds else [SHARED]
    return tuple((id, scenario) for scenario in futures if casework.saved_answers(desk, ref, id, scenario))


def _to_keep(desk: Desk, ref: str, instrument_id: str, scenario: str) -> Callable[[], Assessment] | None:
    """What keeps the assessment of one future; None where the newest that is kept says the same."""
    instrument, store = load_instrument(instrument_id), desk.open_store()
    said = casework.recorded(desk, ref, instrument, scenario)
    newest = next(iter(store.assessments(ref, instrument_id, scenario)), None)
    before = store.grounds(newest.id) if newest else None
    if before is not None and before.said == print_of(with_scenario(instrument, said)):
        found = casework.assess_case(desk, ref, instrument_id, scenario, answers=said)
        now = Grounds(casework.made_with(instrument), found.engine, found.said, "", result_of(found))
        held = json.loads(json.dumps(snapshot(casework.country_of(said), topics_used(instrument, said), desk.today)))
        if replace(before, snapshot="") == now and store.snapshot(before.snapshot) == held:
            return None
    return casework.assess_to_keep(desk, ref, instrument_id, scenario, verb="report")


# Reading it later


@dataclass(frozen=True, slots=True)
class KeptAgain:
    """One kept assessment as a later reader finds it: what it concluded, from what, and the country information of that day.

    `grounds` is None and `held` empty for one that was kept before grounds were.
    """

    line: KeptAssessment
    grounds: Grounds | None
    held: Snapshot


def kept_of(desk: Desk, ref: str) -> tuple[KeptAgain, ...]:
    """Every assessment kept of a case, the newest first; a line in the audit trail says that they were read.

    Raises:
        CaseNotFound: there is no such case.
    """
    casework.find_case(desk, ref, what="kept")
    store = desk.open_store()
    lines = [line for id in instrument_files() for line in store.assessments(ref, id)]
    grounds = {line.id: store.grounds(line.id) for line in lines}
    held = {line.id: store.snapshot(one.snapshot) if (one := grounds[line.id]) and one.snapshot else {} for line in lines}
    return tuple(KeptAgain(line, grounds[line.id], held[line.id]) for line in sorted(lines, key=lambda line: -line.id))

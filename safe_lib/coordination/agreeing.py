"""How far a team agrees, from its second opinions: per instrument and question, for a coordinator. No person is named or ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from safe_lib import casework
from safe_lib.casework import Desk, _may
from safe_lib.coordination import opinion
from safe_lib.coordination.hours import COORDINATE
from safe_lib.coordination.opinion import Compared, code_of
from safe_lib.engine.readings import Readings, Row, readings


@dataclass(frozen=True, slots=True)
class TeamAgreement:
    """How far first and second readings with one instrument agree."""

    instrument: str
    not_blind: int  # second opinions of somebody who had read the case before: they count in no figure
    readings: Readings


def team(desk: Desk, instrument: str = "") -> tuple[TeamAgreement, ...]:
    """How far the second opinions of all cases agree with the first, for each instrument of which there are any.

    Only those that were blind count; how many were not stands beside them.

    Args:
        instrument: only this one; empty: all.

    Raises:
        NotPermitted: only a coordinator sees the work of the team.
    """
    _may(desk, COORDINATE)
    listing = replace(desk, for_list=True)
    found = [one for line in casework.list_cases(desk) if line.readable for one in opinion.compared(listing, line.ref)]
    ids = sorted({one.instrument for one in found if instrument in ("", one.instrument)})
    return tuple(_agreement(desk, id, [one for one in found if one.instrument == id]) for id in ids)


def _agreement(desk: Desk, id: str, found: list[Compared]) -> TeamAgreement:
    blind = [one for one in found if not one.seen_before]
    return TeamAgreement(id, len(found) - len(blind), readings(casework.instrument_for(desk, id), list(rows(blind))))


def rows(found: Iterable[Compared]) -> Iterator[Row]:
    """One row for each question of each case and future: the first's answer, then those of the colleagues.

    The first's answer is the one that stood when the first of the colleagues was done.
    """
    together: dict[tuple[str, str], list[Compared]] = {}
    for one in found:
        together.setdefault((one.ref, one.scenario), []).append(one)
    for (ref, _), several in together.items():
        items = dict.fromkeys(line.item for one in several for line in one.lines)
        for item in items:
            yield Row(ref, item, (code_of(several[0].first, item), *(code_of(one.second, item) for one in several)))

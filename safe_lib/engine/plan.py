"""What follows from an assessment, to be agreed with the person."""

from __future__ import annotations

from datetime import date, timedelta

from safe_lib.model.assessment import Assessment
from safe_lib.model.instrument import Instrument
from safe_lib.model.plan import Action, Moment, Plan


def plan(assessment: Assessment, instrument: Instrument, *, arrival: date | None = None) -> Plan:
    """Actions in the order of urgency: hard stops, domains, then the outcome's own next steps.

    Args:
        assessment: of one considered future.
        instrument: the one it was made with; its measures and follow-up moments are used.
        arrival: day of arrival; None leaves the follow-up without dates.
    """
    stops = [Action(id, stop.response, "act_now" if stop.kind == "absolute" else "condition")
             for id, stop in assessment.hard_stops.items() if stop.state == "active"]
    stops += [Action(id, instrument.item(id).ask, "find_out") for id, stop in assessment.hard_stops.items() if stop.state == "open"]
    groups = {group.id: group for group in instrument.groups}
    domains = [Action(id, groups[id].title, "measure" if domain.level in ("high", "very_high") else "find_out", groups[id].measures)
               for id, domain in assessment.domains.items() if domain.level in ("high", "very_high", "undetermined")]
    steps = [Action("outcome", step, "next_step") for step in assessment.next_steps]
    return Plan((*stops, *domains, *steps), follow_up(instrument, arrival))


def follow_up(instrument: Instrument, arrival: date | None) -> tuple[Moment, ...]:
    """The moments after a return at which somebody asks how it goes; day 0 is the day of arrival."""
    return tuple(Moment(moment.day, arrival + timedelta(days=moment.day) if arrival else None, moment.title, moment.content)
                 for moment in instrument.follow_up)

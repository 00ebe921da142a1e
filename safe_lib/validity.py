"""Figures beside outcomes: how far the topics of the figures agree with what was counted outside. About figures, never about a person."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from safe_lib.casework import Desk, require_right
from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import list_countries, list_datasets, load_country
from safe_lib.catalogue.figures import switched_off

if TYPE_CHECKING:
    from safe_lib.engine.validity import Comparison

INSIDE: Final[Mapping[str, tuple[str, ...]]] = {  # outcomes that are among the figures already → what says the same
    "refugees_from_rate": ("refugees_from",), "idps_conflict_rate": ("idps_conflict",), "homicide_rate": (),
    "conflict_deaths_rate": ("conflict_deaths", "onesided_deaths", "nonstate_deaths", "proximity_to_conflict_women"),
}


def figures_beside_outcomes(desk: Desk, file: Path | None = None) -> tuple[Comparison, ...]:
    """How far the topics of the figures agree with what was counted outside; about the figures, never about a person.

    Args:
        desk: only for those who judge the figures, not for those who work on a case.
        file: outcomes of one's own; None takes those that were fetched and those that are among the figures.
    """
    from safe_lib.engine.validity import compare, outcomes_inside
    from safe_lib.sources.feeds import codes_of
    from safe_lib.sources.outcomes import outcome_files, read_outcomes

    require_right(desk, "evaluate")
    datasets = paths.COUNTRY_INFO / "_datasets"
    countries = [load_country(entry.iso3) for entry in list_countries() if entry.has_figures and not entry.invented]
    brought = (file,) if file else outcome_files(datasets)
    outside = [outcome for one in brought for outcome in read_outcomes(one, codes_of(datasets))]
    return compare(countries, [*outside, *(() if file else outcomes_inside(countries, INSIDE))])


def credits_of_figures() -> tuple[str, ...]:
    """The credit line of every dataset that is here and not switched off."""
    off = switched_off(paths.COUNTRY_INFO / "_datasets")
    return tuple(dataset.credit for dataset in list_datasets() if dataset.id not in off)

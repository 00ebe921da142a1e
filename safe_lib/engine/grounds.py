"""The country information an assessment rests on, as it counted that day, and what is otherwise on a later day.

A snapshot is plain JSON and holds no person, no case and no day: the same information gives the same text, so that ten
thousand cases share a few snapshots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from safe_lib.engine.conditions import Known, Seen, sentences
from safe_lib.engine.country import claim_facts, figure_facts, origins, source_facts, theme_view
from safe_lib.engine.methods.risk_matrix import domains_in_use
from safe_lib.engine.results import with_scenario
from safe_lib.model.answers import NOT_APPLICABLE, Answers
from safe_lib.model.country import Country, ThemeView
from safe_lib.model.grounds import Snapshot
from safe_lib.model.instrument import Instrument

_SHOWN_OF_CLAIM: Final = ("level", "says", "who", "where", "as_of", "review_by", "checked", "sources", "disagrees_with", "note")


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing an assessment rests on that is otherwise now.

    `what` is claim_expired, claim_renewed, claim_new, claim_gone, claim_changed, source_changed, figure_changed,
    search_changed or country; `before` and `after` are what to show of it: a day, a level, a value with its year.
    """

    what: str
    theme: str
    id: str
    before: str = ""
    after: str = ""


def topics_used(instrument: Instrument, answers: Answers) -> tuple[str, ...]:
    """The topics that these answers draw on: of the domains in use, of hard stops that apply, and of the rules."""
    said = with_scenario(instrument, answers)
    known = Known(instrument, said, instrument.by_id())
    used = {group.id for group in domains_in_use(known)} if instrument.matrix else {group.id for group in instrument.groups}
    drawing = [item for item in instrument.items if item.themes and (item.group in used or item.kind == "hard_stop")]
    themes = {theme for item in drawing if known.answer(item.id).code != NOT_APPLICABLE for theme in item.themes}
    conditions = (*(rule.when for rule in instrument.rules), *(row.when for row in instrument.outcomes if row.when))
    themes |= {one.name for condition in conditions for one in sentences(condition) if one.subject == "country"}
    return tuple(sorted(themes))


def snapshot(country: Country | None, themes: Iterable[str], on: date) -> Snapshot:
    """What was known on these topics of a country on a day; empty where no topic is drawn on."""
    listed = tuple(themes)
    if not listed:
        return {}
    if country is None:
        return {"country": None, "themes": dict.fromkeys(listed), "sources": {}}
    views = {theme: theme_view(country, theme, on) for theme in listed}
    cited = {id for view in views.values() for claim in view.claims for id in claim.sources if id in country.sources}
    return {
        "country": country.iso3,
        "themes": {theme: _theme(view, country, on) for theme, view in views.items()},
        "sources": {id: source_facts(country.sources[id]) for id in sorted(cited)},
    }


def _theme(view: ThemeView, country: Country, on: date) -> dict[str, Any]:
    current = [claim for claim in view.claims if not claim.is_outdated(on)]
    return {
        "level": view.level, "status": view.status, "as_of": view.as_of.isoformat() if view.as_of else None,
        "single_source": view.single_source, "circular": view.circular, "voices": len(origins(current, country.sources)),
        "claims": {claim.id: claim_facts(claim, country, on) for claim in view.claims},
        "figures": {figure.id: figure_facts(figure) for figure in view.figures if figure.value is not None},
        "not_found": list(view.not_found),
    }


def seen_in_snapshot(held: Snapshot, theme: str) -> Seen:
    """What rules could know of a topic when the snapshot was taken."""
    about = held["themes"].get(theme)
    if about is None:
        return Seen(None, "missing")
    return Seen(about["level"], about["status"], about["as_of"] or "", about["single_source"], about["circular"])


def can_matter(held: Snapshot, look: Callable[[str], Seen]) -> bool:
    """Whether rules now know something else of any topic in it: only then can a result be otherwise for its sake."""
    return any(_weighs(seen_in_snapshot(held, theme)) != _weighs(look(theme)) for theme in held.get("themes", ()))


def _weighs(seen: Seen) -> tuple[object, ...]:
    return seen.level, seen.status, seen.single, seen.circular


def changes(before: Snapshot, after: Snapshot) -> tuple[Changed, ...]:
    """What is otherwise now on the topics that were drawn on, topic by topic; topics of only one side are left out."""
    if not before or not after:
        return ()
    if before["country"] != after["country"]:
        return (Changed("country", "", after["country"] or "", before["country"] or "", after["country"] or ""),)
    found: list[Changed] = []
    for theme in sorted(before["themes"].keys() & after["themes"].keys()):
        old, new = before["themes"][theme], after["themes"][theme]
        if old is not None and new is not None and old != new:
            found += [*_claims(theme, old["claims"], new["claims"]), *_figures(theme, old["figures"], new["figures"])]
            if old["not_found"] != new["not_found"]:
                found.append(Changed("search_changed", theme, theme))
    return (*found, *_sources(before, after))


def _claims(theme: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Changed]:
    for id in dict.fromkeys([*old, *new]):
        before, after = old.get(id), new.get(id)
        if before is None:
            yield Changed("claim_new", theme, id, "", _level(after))
        elif after is None:
            yield Changed("claim_gone", theme, id, _level(before), "")
        elif any(before[about] != after[about] for about in _SHOWN_OF_CLAIM):
            renewed = before["status"] == "outdated" and after["status"] == "current"
            yield Changed("claim_renewed" if renewed else "claim_changed", theme, id, _level(before), _level(after))
        elif before["status"] != after["status"]:
            yield Changed("claim_expired" if after["status"] == "outdated" else "claim_renewed", theme, id, before["as_of"], after["review_by"])


def _level(claim: Mapping[str, Any] | None) -> str:
    return (claim or {}).get("level") or ""


def _figures(theme: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Changed]:
    for id in dict.fromkeys([*old, *new]):
        before, after = _shown(old.get(id)), _shown(new.get(id))
        if before != after:
            yield Changed("figure_changed", theme, id, before, after)


def _shown(figure: Mapping[str, Any] | None) -> str:
    return f"{figure['value']:g} ({figure['year']})" if figure else ""


def _sources(before: Snapshot, after: Snapshot) -> Sequence[Changed]:
    both = before["sources"].keys() & after["sources"].keys()
    return [Changed("source_changed", "", id) for id in sorted(both) if before["sources"][id] != after["sources"][id]]

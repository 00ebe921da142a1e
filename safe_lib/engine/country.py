"""What the claims and figures about a country say on a given day.

Claims set a level; figures are background and set nothing. Neither is ever added up to one number for a country.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from itertools import groupby
from statistics import median
from typing import Any, Final

from safe_lib.model.country import REMARKS, Claim, Country, CountrySource, Figure, ThemeView

ONE_JUDGEMENT: Final = frozenset({"tip_tier", "tip_watch_level"})  # one government rates all others: it never decides alone


def positions(values: Mapping[str, float], direction: str) -> dict[str, float]:
    """Where each country stands among those with a value, from 0 (least safe) to 1 (safest).

    Args:
        values: country code → newest value; countries without data are not in it.
        direction: `higher_is_safer`, `higher_is_riskier` or `neutral`.

    Returns:
        Country code → mean rank divided by the highest rank, four decimals; equal values share one position.
        Empty for a neutral indicator and where fewer than two countries have a value.
    """
    if direction == "neutral" or len(values) < 2:
        return {}
    least_safe_first = sorted(values, key=lambda code: values[code], reverse=direction == "higher_is_riskier")
    last, before, found = len(values) - 1, 0, {}
    for _, equal in groupby(least_safe_first, key=lambda code: values[code]):
        codes = list(equal)
        rank = before + (len(codes) - 1) / 2
        found.update(dict.fromkeys(codes, round(rank / last, 4)))
        before += len(codes)
    return found


def theme_view(country: Country, theme_id: str, on: date) -> ThemeView:
    """One theme of a country on one day.

    A claim that became true after `on` is not there yet; one whose review date has come counts as unknown. The current
    claims conflict where their levels differ, or where one of them and a current claim of any theme are said to
    disagree; a claim without a level describes and conflicts only where that is said.

    Returns:
        `level` only where the current claims agree on one; `status` says why there is none. `as_of` is the newest day
        among the claims that count, or among the outdated ones where nothing else is left. Current claims come first.
    """
    known = [claim for claim in country.claims if claim.theme == theme_id and claim.as_of <= on]
    known.sort(key=lambda claim: (claim.is_outdated(on), -claim.as_of.toordinal(), claim.id))
    current = [claim for claim in known if not claim.is_outdated(on)]
    levels = {claim.level for claim in current if claim.level}
    conflicting = len(levels) > 1 or _is_disputed(current, country, on)
    return ThemeView(
        id=theme_id,
        level=next(iter(levels)) if len(levels) == 1 and not conflicting else None,
        status=_status(known, current, conflicting),
        as_of=max((claim.as_of for claim in current or known), default=None),
        claims=tuple(known),
        figures=_figures_of(country, theme_id),
        single_source=len(origins(current, country.sources)) == 1,
        circular=is_circular(current, country.sources),
        not_found=tuple(one.says for one in country.not_found if one.theme == theme_id),
    )


def _is_disputed(current: list[Claim], country: Country, on: date) -> bool:
    standing = {claim.id for claim in country.claims if claim.as_of <= on and not claim.is_outdated(on)}
    return any(not standing.isdisjoint(opposite(claim, country)) for claim in current)


def opposite(claim: Claim, country: Country) -> frozenset[str]:
    """The claims, by id, that say otherwise: those it names and those that name it."""
    return frozenset({*claim.disagrees_with, *(other.id for other in country.claims if claim.id in other.disagrees_with)})


def _status(known: list[Claim], current: list[Claim], conflicting: bool) -> str:
    if not known:
        return "missing"
    if not current:
        return "outdated"
    return "conflicting" if conflicting else "current"


def _figures_of(country: Country, theme_id: str) -> tuple[Figure, ...]:
    theme = country.themes.get(theme_id)
    return tuple(country.figures[id] for id in theme.indicators if id in country.figures) if theme else ()


def origins(claims: Iterable[Claim], sources: Mapping[str, CountrySource]) -> frozenset[str]:
    """The independent voices behind some claims.

    Five articles that quote one report are one voice, and so are two texts of one publisher (no round-tripping). A text
    that repeats several originals is one voice, and none of its own beside one of them.

    Returns:
        One name for each voice; of several originals, or of a ring of texts that quote each other, the first by alphabet.
    """
    behind = {_behind(source, sources) for source in _cited(claims)}
    counted: set[str] = set()
    voices: set[str] = set()
    for originals in sorted(behind, key=lambda names: (len(names), sorted(names))):  # who repeats least is counted first
        if counted.isdisjoint(originals):
            counted |= originals
            voices.add(min(originals))
    return frozenset(voices)


def is_circular(claims: Iterable[Claim], sources: Mapping[str, CountrySource]) -> bool:
    """Whether all there is behind some claims goes round in a ring of quotations, so that no original is known."""
    cited = _cited(claims)
    return bool(cited) and not any(_originals(source, sources) for source in cited)


def _cited(claims: Iterable[Claim]) -> frozenset[str]:
    return frozenset(source for claim in claims for source in claim.sources)


def _behind(source_id: str, sources: Mapping[str, CountrySource]) -> frozenset[str]:
    """Whose voices a source carries: of those it goes back to, and of a ring on the way."""
    ring = {id for id in _reached(source_id, sources) if any(id in _reached(quoted, sources) for quoted in _quoted(id, sources))}
    return frozenset(_voice(id, sources) for id in ring | _originals(source_id, sources))


def _originals(source_id: str, sources: Mapping[str, CountrySource]) -> set[str]:
    return {id for id in _reached(source_id, sources) if not _quoted(id, sources)}


def _reached(source_id: str, sources: Mapping[str, CountrySource]) -> frozenset[str]:
    """A source, those it quotes, those they quote, and so on."""
    found: set[str] = set()
    waiting = [source_id]
    while waiting:
        if (id := waiting.pop()) not in found:
            found.add(id)
            waiting += _quoted(id, sources)
    return frozenset(found)


def _quoted(id: str, sources: Mapping[str, CountrySource]) -> tuple[str, ...]:
    return sources[id].quotes if id in sources else ()


def _voice(id: str, sources: Mapping[str, CountrySource]) -> str:
    if id not in sources:  # an original that was not read: `publisher, title`
        return id.partition(",")[0].strip().casefold()
    return (sources[id].voice or sources[id].publisher).strip().casefold() or id


def topics(country: Country) -> dict[str, dict[str, float | int | None]]:
    """Per topic: the median position of its indicators, how many there are, and the years they are from.

    Left out of the median are neutral indicators, countries without data, and counts that also exist as a rate (a large
    country has large counts). The rating by one government gives no position where it stands alone.
    """
    found: dict[str, dict[str, float | int | None]] = {}
    for topic in dict.fromkeys(figure.topic for figure in country.figures.values()):
        found[topic] = standing([figure for figure in country.figures.values() if figure.topic == topic], country.figures)
    return found


def standing(figures: Iterable[Figure], known: Container[str]) -> dict[str, float | int | None]:
    """The median position of some figures of one country, how many were compared, and the years they are from.

    Args:
        figures: of one topic, or of one theme.
        known: the ids of all indicators; a count is left out where its rate is among them.
    """
    compared = [figure for figure in figures if figure.position is not None and f"{figure.id}_rate" not in known]
    places = [figure.position for figure in compared if figure.position is not None]
    years = [figure.year for figure in compared if figure.year is not None]
    alone = all(figure.id in ONE_JUDGEMENT for figure in compared)
    return {
        "position": None if alone else round(median(places), 4),
        "indicators": len(compared),
        "newest": max(years, default=None),
        "oldest": min(years, default=None),
    }


def country_view(country: Country, on: date) -> dict[str, Any]:
    """The JSON of `safe country ISO3` as of one day: every theme and every topic, and no overall number."""
    return {
        "iso3": country.iso3,
        "name": country.name,
        "invented": country.invented,
        "date": on.isoformat(),
        "hash": country.hash,
        "themes": {id: _theme_json(theme_view(country, id, on), country, on) for id in country.themes},
        "topics": topics(country),
    }


def _theme_json(view: ThemeView, country: Country, on: date) -> dict[str, Any]:
    return {
        "title": country.themes[view.id].title,
        "level": view.level,
        "status": view.status,
        "as_of": view.as_of.isoformat() if view.as_of else None,
        "single_source": view.single_source,
        "circular": view.circular,
        "not_found": list(view.not_found),
        "claims": [_claim_json(claim, country, on) for claim in view.claims],
        "indicators": [figure_facts(figure) for figure in view.figures],
    }


def _claim_json(claim: Claim, country: Country, on: date) -> dict[str, Any]:
    sources = [source_facts(country.sources[id]) for id in claim.sources if id in country.sources]
    return {"id": claim.id, **claim_facts(claim, country, on), "sources": sources}


def claim_facts(claim: Claim, country: Country, on: date) -> dict[str, Any]:
    """All that a claim says and how it stands on a day, as plain values; its sources by id."""
    return {
        "level": claim.level or None,
        "status": "outdated" if claim.is_outdated(on) else "current",
        "says": claim.says,
        "who": claim.who,
        "where": claim.where,
        "as_of": claim.as_of.isoformat(),
        "review_by": claim.review_by.isoformat(),
        "checked": claim.checked or None,
        "single_source": len(origins([claim], country.sources)) == 1,
        "circular": is_circular([claim], country.sources),
        "disagrees_with": sorted(opposite(claim, country)),
        "note": claim.note or None,
        "sources": list(claim.sources),
    }


def source_facts(source: CountrySource) -> dict[str, Any]:
    """Where a claim comes from and how much of it was read, as plain values."""
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "kind": source.kind,
        "published": source.published,
        "retrieved": source.retrieved or None,
        "url": source.url or None,
        "quotes": list(source.quotes),
        **{about: said for about in REMARKS if (said := getattr(source, about))},
    }


def figure_facts(figure: Figure) -> dict[str, Any]:
    """A figure as plain values."""
    return {
        "id": figure.id,
        "label": figure.label,
        "value": figure.value,
        "year": figure.year,
        "unit": figure.unit,
        "source": figure.source,
        "position": figure.position,
        "note": figure.note or None,
    }

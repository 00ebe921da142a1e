"""The country workbook on paper, in a notebook and as plain text: the same content as the page, as blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safe_lib.engine.beside import disputes
from safe_lib.engine.search import words_of
from safe_lib.model.country import Claim, Country, ThemeView
from safe_lib.model.document import Badge, Block, Bullets, Cell, Details, Facts, Heading, Notice, Table, Text
from safe_lib.model.texts import Texts
from safe_lib.widgets.atlas.claims import claim_badges, facts_of, source_facts, source_words, status_of, theme_badges
from safe_lib.widgets.atlas.compare import figure_words, state_words
from safe_lib.widgets.atlas.credits import datasets_used, licence_words, sources_used
from safe_lib.widgets.atlas.figures import Shown, neighbour_words, newest_words, years_words
from safe_lib.widgets.atlas.names import entries
from safe_lib.widgets.atlas.overview import facts_of_country, status_counts
from safe_lib.widgets.atlas.places import places_of
from safe_lib.widgets.atlas.reading import Reading
from safe_lib.widgets.atlas.search import MOST, search

Blocks = tuple[Block, ...]
SIDES = 3  # claims that fit beside each other on paper; more of them follow each other


def choice_blocks(reading: Reading) -> Blocks:
    """In a notebook: the countries with claims, by code, for writing one into the cell that opens the workbook."""
    texts = reading.texts
    rows = tuple((code, reading.name_by_code(code)) for code, entry in entries().items() if entry.has_claims)
    return (
        Text(texts("atlas.choose.in_notebook"), "quiet"),
        Table(texts("atlas.choose.with_claims", n=len(rows)), (texts("atlas.places.code"), texts("form.country")), rows),
    )


def search_blocks(reading: Reading) -> Blocks:
    """The claims that have the words looked for."""
    texts = reading.texts
    if not reading.asked.words and not reading.asked.status:
        return ()
    found = search(reading.asked, reading.on)
    rows = tuple((f"{one.country.iso3} {one.claim.theme}", one.claim.says, _badge(one.claim, reading), one.claim.as_of.isoformat()) for one in found[:MOST])
    heads = (texts("views.themes"), texts("views.claims"), texts("views.state"), texts("views.as_of"))
    said = texts("atlas.search.found", n=len(found))
    return (Text(f"{' '.join(words_of(reading.asked.words))}: {said}"), *((Table("", heads, rows),) if rows else ()))


def _badge(claim: Claim, reading: Reading) -> Badge:
    status = status_of(claim, reading.on)
    return Badge("claim", status, reading.texts(f"atlas.status.{status}"))


def overview_blocks(reading: Reading) -> Blocks:
    """The facts, what was looked for in vain, and the state of every theme."""
    country, texts = reading.country, reading.texts
    if country is None:
        return ()
    vain = tuple(one.says for one in country.not_found if not one.theme)
    rows = tuple(
        (f"{id} {reading.themes[id].title}", _state(view, texts), state_words(view, texts)) for id, view in reading.views.items() if id in reading.themes
    )
    return (
        Text(texts("atlas.no_number"), "quiet"),
        Facts((*facts_of_country(reading), (texts("views.themes"), status_counts(reading)))),
        *((Heading(texts("atlas.not_found"), 3), Bullets(vain)) if vain else ()),
        Table(texts("atlas.overview"), (texts("views.themes"), texts("views.state"), texts("atlas.known")), rows),
    )


def _state(view: ThemeView, texts: Texts) -> Badge:
    """One badge for a cell: the state, with its doubts in the word."""
    first, *doubts = theme_badges(view, texts)
    return Badge("claim", first.value, "; ".join((first.word, *(badge.word for badge in doubts))))


def themes_blocks(reading: Reading) -> Blocks:
    """Every theme with its questions, claims and figures; a figure that informs several themes stands with the first."""
    country = reading.country
    if country is None:
        return ()
    found: list[Block] = []
    told: dict[str, str] = {}  # indicator → theme it stands with
    for id in reading.themes:
        found += theme_blocks(reading, country, id, told)
        told |= {figure: id for figure in country.themes[id].indicators if figure not in told}
    return tuple(found)


def theme_blocks(reading: Reading, country: Country, id: str, told: Mapping[str, str]) -> Blocks:
    """One theme; `told` are the figures that stand with an earlier one."""
    texts, theme, view = reading.texts, reading.themes[id], reading.views[id]
    shown = reading.figures.of(view)
    again = [f"{one.label} ({told[one.figure.id]})" for one in shown if one.figure.id in told]
    return (
        Heading(f"{id} {theme.title}", 3),
        Facts(
            (
                (texts("views.state"), _state(view, texts)),
                (texts("atlas.known"), state_words(view, texts)),
                (texts("atlas.good_for"), texts("atlas.months", n=theme.months)),
            )
        ),
        Text(" ".join(theme.questions), "quiet"),
        *_claims(view, country, reading),
        *_figures([one for one in shown if one.figure.id not in told], texts),
        *((Text(texts("atlas.figure.again", figures="; ".join(again)), "quiet"),) if again else ()),
    )


def _claims(view: ThemeView, country: Country, reading: Reading) -> Blocks:
    texts = reading.texts
    groups = disputes(view.claims, country, reading.on)
    disputed = {claim.id for group in groups for claim in group}
    blocks: list[Block] = [block for group in groups for block in _versus(group, country, reading)]
    blocks += [block for claim in view.claims if claim.id not in disputed for block in _claim(claim, country, reading)]
    if view.not_found:
        blocks += [Notice(texts("atlas.not_found"), " ".join(view.not_found), "open")]
    elif not view.claims:
        blocks.append(Notice(texts("atlas.status.missing"), texts("atlas.missing"), "open"))
    return tuple(blocks)


def _versus(group: Sequence[Claim], country: Country, reading: Reading) -> Blocks:
    """Claims that disagree: beside each other as long as they fit."""
    texts = reading.texts
    key = "atlas.versus.current" if any(not claim.is_outdated(reading.on) for claim in group) else "atlas.versus.outdated"
    notice = Notice(texts("atlas.status.conflicting"), texts(key, n=len(group)), "open")
    if len(group) > SIDES:
        return (notice, *(block for claim in group for block in _claim(claim, country, reading)))
    facts = [dict(facts_of(claim, country, reading.on, texts)) for claim in group]
    names = dict.fromkeys(name for one in facts for name in one)
    rows: list[tuple[Cell, ...]] = [
        (texts("views.claims"), *(claim.says for claim in group)),
        (texts("views.state"), *(_claim_state(claim, country, reading) for claim in group)),
        (texts("views.level"), *(_graded(claim, texts) for claim in group)),
        *((name, *(one.get(name, "–") for one in facts)) for name in names),
        (texts("atlas.claim.sources"), *("; ".join(_source_lines(claim, country, texts)) for claim in group)),
    ]
    return (notice, Table("", ("", *(claim.id for claim in group)), tuple(rows)))


def _claim_state(claim: Claim, country: Country, reading: Reading) -> Badge:
    first, *doubts = claim_badges(claim, country, reading.on, reading.texts)
    return Badge("claim", first.value, "; ".join((first.word, *(badge.word for badge in doubts))))


def _graded(claim: Claim, texts: Texts) -> str:
    return texts("atlas.claim.says_level", level=texts(f"coi.level.{claim.level}")) if claim.level else texts("atlas.claim.no_level")


def _claim(claim: Claim, country: Country, reading: Reading) -> Blocks:
    """What a claim says, everything about it, and its sources with what was read of them."""
    texts = reading.texts
    facts: tuple[tuple[str, Cell], ...] = (
        (texts("views.state"), _claim_state(claim, country, reading)),
        (texts("views.level"), _graded(claim, texts)),
        *facts_of(claim, country, reading.on, texts),
    )
    return (Details(claim.says, (Facts(facts), Bullets(tuple(_source_lines(claim, country, texts))))),)


def _source_lines(claim: Claim, country: Country, texts: Texts) -> list[str]:
    lines = []
    for id in claim.sources:
        source = country.sources.get(id)
        if source is None:
            lines.append(id)
            continue
        parts = [source_words(source, texts), *(f"{name}: {value}" for name, value in source_facts(source, country, texts)), source.url]
        lines.append(". ".join(part.rstrip(".") for part in parts if part))
    return lines


def _figures(shown: Sequence[Shown], texts: Texts) -> Blocks:
    if not shown:
        return ()
    rows = tuple(
        (f"{one.label} [{one.figure.source}]", newest_words(one, texts), years_words(one.series, texts) or "–", _place(one, texts) or "–") for one in shown
    )
    heads = (texts("views.indicator"), texts("atlas.figure.newest"), texts("atlas.figure.years"), texts("views.position"))
    return (Table(texts("atlas.figures_heading"), heads, rows),)


def _place(one: Shown, texts: Texts) -> str:
    """Where a figure stands, in the few words a column has, and its note."""
    figure = one.figure
    if figure.value is None:
        return one.note
    place = texts("atlas.figure.neutral") if figure.position is None else f"{texts('atlas.figure.position_short', n=round(figure.position * 100))}."
    return " ".join(filter(None, (place, neighbour_words(one, texts), one.note)))


def places_blocks(reading: Reading) -> Blocks:
    """The regions that claims name."""
    country, texts = reading.country, reading.texts
    if country is None:
        return ()
    places = places_of(country)
    if not places:
        return (Text(texts("atlas.places.none")),)
    rows = tuple((one.place.name, one.place.code, "; ".join(f"{claim.theme}: {claim.says}" for claim in one.claims)) for one in places if one.claims)
    heads = tuple(texts(f"atlas.places.{key}") for key in ("place", "code", "claims"))
    listed = ", ".join(one.place.name for one in places)
    return (
        *((Table(texts("atlas.places.named"), heads, rows),) if rows else (Text(texts("atlas.places.none_named")),)),
        Text(f"{texts('atlas.places.all', n=len(places))}: {listed}.", "quiet"),
    )


def compare_blocks(reading: Reading) -> Blocks:
    """The countries beside each other, where others are asked for."""
    countries, texts = reading.together, reading.texts
    if len(countries) < 2:
        return ()
    names = tuple(reading.name(country) for country in countries)
    views = [reading.views_of(country) for country in countries]
    rows: list[tuple[Cell, ...]] = [(f"{id} {theme.title}", *(_state(view[id], texts) for view in views)) for id, theme in reading.themes.items()]
    wanted = dict.fromkeys(id for theme in countries[0].themes.values() for id in theme.indicators if id in countries[0].figures)
    figures = tuple((countries[0].figures[id].label, *(figure_words(country.figures.get(id), texts) for country in countries)) for id in wanted)
    return (
        Text(texts("atlas.compare.says"), "quiet"),
        Table(texts("atlas.compare.caption", names=", ".join(names)), (texts("views.themes"), *names), tuple(rows)),
        *((Table(texts("views.figures"), (texts("views.indicator"), *names), figures),) if figures else ()),
    )


def credits_blocks(reading: Reading) -> Blocks:
    """Sources of the claims; licence and credit line of every dataset behind a figure."""
    countries, texts = reading.together, reading.texts
    if not countries:
        return ()
    blocks: list[Block] = []
    for country in countries:
        used = sources_used(country)
        lines = tuple(f"{source_words(source, texts)}. {source.url}".strip() for source in used)
        blocks += [
            Heading(texts("atlas.credits.sources", name=reading.name(country), n=len(used)), 3),
            Bullets(lines) if lines else Text(texts("atlas.credits.no_sources")),
        ]
    rows = tuple(
        (f"[{one.id}]", one.credit, f"{licence_words(one, texts)} {texts('atlas.credits.retrieved', day=one.retrieved)}") for one in datasets_used(countries)
    )
    heads = (texts("atlas.credits.dataset"), texts("atlas.credits.credit"), texts("atlas.credits.licence"))
    return (*blocks, Heading(texts("atlas.credits.figures"), 3), Text(texts("atlas.credits.says"), "quiet"), Table("", heads, rows))


def statement_blocks(reading: Reading) -> Blocks:
    """What country information is and is not, and what has to be known before reading."""
    country, texts = reading.country, reading.texts
    blocks: list[Block] = [Notice(texts("report.statement"), texts("atlas.statement"))]
    if country is not None:
        if country.claims and not any(claim.checked for claim in country.claims):
            blocks.append(Notice(texts("atlas.mark.unreviewed"), texts("atlas.unreviewed"), "open"))
        if country.invented:
            blocks.append(Notice(texts("atlas.mark.invented"), texts("atlas.notice.invented"), "draft"))
        if texts.language != "en":
            blocks.append(Notice(texts("atlas.mark.english"), texts("atlas.english"), "info"))
    return tuple(blocks)

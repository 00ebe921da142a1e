"""Country information beside the work: one theme next to a question, all themes of one country as a view."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from safe_lib.casework import country_named
from safe_lib.catalogue.countries import list_subdivisions, load_themes
from safe_lib.engine.country import theme_view
from safe_lib.model.country import Claim, Country, Figure, Theme, ThemeView
from safe_lib.model.document import Badge, Block, Cell, Details, Heading, Table, Text
from safe_lib.model.errors import SafeError
from safe_lib.model.instrument import Item
from safe_lib.model.texts import Texts

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any


def place_words(iso3: str, subdivision: str, language: str) -> str:
    """A place in words: the region and the country, as far as they are known."""
    if not iso3:
        return ""
    try:
        country = country_named(iso3)
        regions = {region.code: region.name for region in list_subdivisions(iso3)}
    except SafeError:
        return iso3
    name = country.names.get(language) or country.name
    return f"{regions.get(subdivision, subdivision)}, {name}" if subdivision else name


def beside_item(book: Workbook, item: Item) -> str:
    """What sources say on the themes of one question, for the places of this case; HTML, one press away."""
    countries = dict.fromkeys(future.country for future in book.futures if future.country)
    parts = []
    for iso3 in countries:
        try:
            country = country_named(iso3)
        except SafeError:
            continue
        for theme_id in item.themes:
            parts.append(_beside(country, theme_id, book))
    return "".join(parts)


def _beside(country: Country, theme_id: str, book: Workbook) -> str:
    themes = load_themes(language=book.desk.language)
    view = theme_view(country, theme_id, book.desk.today)
    name = country.names.get(book.desk.language) or country.name
    title = themes[theme_id].title if theme_id in themes else theme_id
    summary = book.texts("form.country_beside", theme=f"{name}, {title}", status=status_words(view, book.texts))
    return f'<details class="more coi"><summary>{escape(summary)}</summary><div class="listen">{_claims_in_brief(country, view, book.texts)}</div></details>'


def _claims_in_brief(country: Country, view: ThemeView, texts: Texts) -> str:
    """What each claim says, with its day and publisher; the figures stand in the country view."""
    said = "".join(_claim_in_brief(country, claim) for claim in view.claims)
    link = f'<p><a href="#view-country">{escape(texts("form.country_more"))}</a></p>'
    return (said or f"<p>{escape(texts('claim.missing'))}</p>") + link


def _claim_in_brief(country: Country, claim: Claim) -> str:
    since = "; ".join((claim.as_of.isoformat(), *(_publisher(country, id) for id in claim.sources)))
    return f'<p>{escape(claim.says)} <span class="quiet">{escape(since)}</span></p>'


def _publisher(country: Country, id: str) -> str:
    return country.sources[id].publisher if id in country.sources else id


def status_words(view: ThemeView, texts: Texts) -> str:
    """The status of a theme in words, with the day it was true."""
    word = texts(f"claim.{view.status}")
    return f"{word}, {view.as_of.isoformat()}" if view.as_of else word


def theme_blocks(country: Country, view: ThemeView, on: date, texts: Texts) -> tuple[Block, ...]:
    """The claims of a theme with their sources, then its figures with year and unit."""
    blocks: list[Block] = []
    if view.claims:
        rows = tuple(
            (claim.says, _status(claim, on, texts), claim.as_of.isoformat(), "; ".join(_source(country, id) for id in claim.sources)) for claim in view.claims
        )
        blocks.append(Table(texts("views.claims"), (texts("views.claims"), texts("views.state"), texts("views.as_of"), texts("views.source")), rows))
    if view.figures:
        blocks.append(figures_table(view.figures, texts))
    return tuple(blocks) or (Text(texts("claim.missing")),)


def _status(claim: Claim, on: date, texts: Texts) -> Badge:
    status = "outdated" if claim.is_outdated(on) else "current"
    return Badge("claim", status, texts(f"claim.{status}"))


def _source(country: Country, id: str) -> str:
    source = country.sources.get(id)
    return f"{source.title}, {source.publisher}, {source.published}" if source else id


def figures_table(figures: tuple[Figure, ...], texts: Texts) -> Table:
    """Newest values with year, unit, source and position; a missing one is no data, never zero."""
    rows = tuple(
        (figure.label, _value(figure, texts), str(figure.year) if figure.year else "–", figure.unit or "–", figure.source, _position(figure, texts))
        for figure in figures
    )
    return Table(
        texts("views.figures"),
        (texts("views.indicator"), texts("views.value"), texts("views.year"), texts("views.unit"), texts("views.source"), texts("views.position")),
        rows,
    )


def _value(figure: Figure, texts: Texts) -> Cell:
    if figure.value is None:
        return texts("views.no_data")
    return f"{figure.value:,.0f}" if abs(figure.value) >= 1000 else f"{figure.value:g}"


def _position(figure: Figure, texts: Texts) -> str:
    return "–" if figure.position is None else texts("views.position_words", n=round(figure.position * 100))


def country_blocks(iso3: str, on: date, texts: Texts) -> tuple[Block, ...]:
    """Every theme of one country on one day."""
    try:
        country = country_named(iso3)
    except SafeError as problem:
        return (Text(str(problem)),)
    themes = load_themes(language=texts.language)
    blocks: list[Block] = [Heading(country.names.get(texts.language) or country.name, 3)]
    for theme in themes.values():
        view = theme_view(country, theme.id, on)
        blocks.append(Details(f"{theme.id} {theme.title}: {status_words(view, texts)}", (*_questions(theme), *theme_blocks(country, view, on, texts))))
    return tuple(blocks)


def _questions(theme: Theme) -> tuple[Block, ...]:
    return (Text(" ".join(theme.questions), "quiet"),) if theme.questions else ()

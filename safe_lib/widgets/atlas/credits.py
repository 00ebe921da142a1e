"""Where everything comes from: sources of claims, datasets of figures with licence and credit line, the outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from safe_lib.catalogue import paths
from safe_lib.catalogue.figures import Dataset, load_dataset
from safe_lib.catalogue.outlines import FOLDER
from safe_lib.model.country import Country, CountrySource
from safe_lib.model.texts import Texts
from safe_lib.widgets.atlas.claims import address_html, in_english, source_words
from safe_lib.widgets.atlas.figures import datasets_by_id
from safe_lib.widgets.atlas.reading import Reading

OUTLINES = "natural_earth"
LISTS = ("iso_countries", "iso_subdivisions")  # behind the names of countries and of their regions


def datasets_used(countries: Sequence[Country]) -> tuple[Dataset, ...]:
    """The datasets of every figure with a value, the lists of names, and the outlines of the map."""
    known = datasets_by_id()
    wanted = {figure.source for country in countries for figure in country.figures.values() if figure.value is not None}
    listed = [dataset for id, dataset in sorted(known.items()) if id in wanted or id in LISTS]
    return (*listed, replace(load_dataset(paths.COUNTRY_INFO, FOLDER), id=OUTLINES))


def sources_used(country: Country) -> tuple[CountrySource, ...]:
    """The sources of a country's claims, those they quote, and of an invented country those of its figures; by title."""
    cited = {id for claim in country.claims for id in claim.sources}
    quoted = {id for source in country.sources.values() if source.id in cited for id in source.quotes}
    figures = {figure.source for figure in country.figures.values() if figure.value is not None}
    found = [source for id, source in country.sources.items() if id in cited | quoted | figures]
    return tuple(sorted(found, key=lambda source: (source.publisher.casefold(), source.title.casefold())))


def licence_words(dataset: Dataset, texts: Texts) -> str:
    """Licence, kind of terms, and whether the figures may be passed on."""
    return f"{dataset.licence}. {texts(f'atlas.terms.{dataset.terms}')}. {dataset.may_be_passed_on}"


def credits_html(reading: Reading) -> str:
    """Sources and credits of everything on the page."""
    countries, texts = reading.together, reading.texts
    if not countries:
        return ""
    sources = "".join(_sources(country, reading) for country in countries)
    figures = f'<h3>{escape(texts("atlas.credits.figures"))}</h3><p class="quiet small">{escape(texts("atlas.credits.says"))}</p>'
    return f"{sources}{figures}{_datasets(countries, texts)}"


def _sources(country: Country, reading: Reading) -> str:
    texts, used = reading.texts, sources_used(country)
    title = texts("atlas.credits.sources", name=reading.name(country), n=len(used))
    if not used:
        return f'<h3>{escape(title)}</h3><p class="quiet">{escape(texts("atlas.credits.no_sources"))}</p>'
    items = "".join(f"<li><span{in_english(texts)}>{escape(source_words(source, texts))}</span>{address_html(source)}</li>" for source in used)
    return f'<h3>{escape(title)}</h3><ul class="sources plain">{items}</ul>'


def _datasets(countries: Sequence[Country], texts: Texts) -> str:
    items = "".join(_dataset(dataset, texts) for dataset in datasets_used(countries))
    return f'<ul class="sources plain credits">{items}</ul>'


def _dataset(dataset: Dataset, texts: Texts) -> str:
    """The line a publisher asks for, then licence and day."""
    foreign = in_english(texts)
    licence = f"{licence_words(dataset, texts)} {texts('atlas.credits.retrieved', day=dataset.retrieved)}"
    terms = f'<span class="quiet small"{foreign}>{escape(licence)}</span>'
    return f'<li data-dataset="{escape(dataset.id)}"><span{foreign}>{escape(dataset.credit)}</span> {terms}</li>'

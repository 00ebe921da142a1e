"""Figures in the background of a theme: the newest value, the years before, the place among all countries and neighbours.

The year and the unit always stand beside a value. A missing value is no data, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import pairwise
from typing import Final

from babel.numbers import format_decimal

from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import list_datasets
from safe_lib.catalogue.figures import Dataset, Stamp, stamp
from safe_lib.catalogue.indicator_words import IndicatorWords, indicator_words
from safe_lib.catalogue.series import Series, load_series
from safe_lib.engine.beside import Among, among
from safe_lib.model.country import Country, Figure, ThemeView
from safe_lib.model.texts import Texts
from safe_lib.widgets.atlas.names import figures_of, names_in, neighbours_of
from safe_lib.widgets.charts import runs_of, spark_svg

OPEN: Final = 3  # figures of a theme that are in sight; the others are one press away
MOST_NAMED: Final = 4  # neighbours named one by one; more are counted


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure with everything that is said about it."""

    figure: Figure
    label: str
    unit: str
    note: str
    source: str  # who publishes it
    series: Series
    among: Among | None  # None: neutral, without a value, or nobody to compare with
    translated: bool  # the label is in the language of the page


@dataclass(frozen=True)
class Figures:
    """What is needed to show the figures of one country: its years, its neighbours' figures, words, datasets."""

    country: Country
    texts: Texts
    series: Mapping[str, Series]
    neighbours: Mapping[str, Mapping[str, Figure]]
    words: IndicatorWords
    datasets: Mapping[str, Dataset]

    def of(self, view: ThemeView) -> tuple[Shown, ...]:
        """The figures of a theme, those with a value first; no data is shown as well."""
        shown = [self._shown(figure) for figure in view.figures]
        return tuple(sorted(shown, key=lambda one: one.figure.value is None))

    def _shown(self, figure: Figure) -> Shown:
        beside = {code: self._position(figures, figure.id) for code, figures in self.neighbours.items()}
        compared = among(figure.position, beside) if figure.position is not None and beside else None
        note = " ".join(self.words.notes.get(part, part) for part in _sentences(figure.note))
        label = self.words.labels.get(figure.id, figure.label)
        series = self.series.get(figure.id) or ({figure.year: figure.value} if figure.year and figure.value is not None else {})
        source = self.publisher(figure)
        return Shown(
            figure,
            label,
            self.words.units.get(figure.unit, figure.unit),
            note,
            source,
            series,
            compared,
            self.texts.language == "en" or figure.id in self.words.labels,
        )

    @staticmethod
    def _position(figures: Mapping[str, Figure], id: str) -> float | None:
        return figures[id].position if id in figures else None

    def publisher(self, figure: Figure) -> str:
        """Who publishes a figure, with the edition; of an invented country, the invented source."""
        if figure.source in self.datasets:
            dataset = self.datasets[figure.source]
            return f"{dataset.publisher}, {dataset.title}"
        source = self.country.sources.get(figure.source)
        return f"{source.publisher}, {source.title}" if source else figure.source


def figures_for(country: Country, texts: Texts) -> Figures:
    """Read what the figures of one country need, once for a page."""
    neighbours = {code: figures_of(code) for code in neighbours_of(country.iso3)}
    return Figures(country, texts, load_series(country.iso3), neighbours, indicator_words(texts.language), datasets_by_id())


def datasets_by_id() -> Mapping[str, Dataset]:
    """The datasets behind the figures; read again with the table of newest figures, which names each of them."""
    return _datasets(stamp(paths.COUNTRY_INFO / "_datasets" / "latest.jsonl"))


@lru_cache(maxsize=4)
def _datasets(_table: Stamp) -> Mapping[str, Dataset]:
    return {dataset.id: dataset for dataset in list_datasets()}


def _sentences(note: str) -> list[str]:
    """A note may be one sentence on the indicator and one on the country; each is translated by itself."""
    parts = [part.strip() for part in note.split(". ") if part.strip()]
    return [part if part.endswith(".") else f"{part}." for part in parts]


# Words


@lru_cache(maxsize=8192)
def value_words(value: float, language: str) -> str:
    """A value as the language writes numbers, to four figures at most after the point where it is small."""
    pattern = "#,##0" if abs(value) >= 1000 else "#,##0.##" if abs(value) >= 10 else "#,##0.####" if abs(value) < 0.1 else "#,##0.###"
    return str(format_decimal(value, format=pattern, locale=language.replace("-", "_")))


def newest_words(shown: Shown, texts: Texts) -> str:
    """Value, unit and year in one line; or that there is no data."""
    figure = shown.figure
    if figure.value is None:
        return texts("views.no_data")
    return f"{value_words(figure.value, texts.language)} {shown.unit}, {figure.year}"


def years_words(series: Series, texts: Texts) -> str:
    """Lowest and highest value with their years, and the years without a figure in between."""
    if len(series) < 2:
        return texts("atlas.figure.one_year") if series else ""
    low, high = min(series, key=lambda year: series[year]), max(series, key=lambda year: series[year])
    if series[low] == series[high]:
        said = texts("atlas.figure.unchanged", first=min(series), last=max(series))
    else:
        said = texts(
            "atlas.figure.range", low=value_words(series[low], texts.language), low_year=low, high=value_words(series[high], texts.language), high_year=high
        )
    gaps = [f"{one[-1] + 1}" if other[0] - one[-1] == 2 else f"{one[-1] + 1}–{other[0] - 1}" for one, other in pairwise(runs_of(sorted(series)))]
    return f"{said} {texts('atlas.figure.gaps', years=', '.join(gaps))}" if gaps else said


def position_words(shown: Shown, texts: Texts) -> str:
    """Where the country stands among all countries with a figure."""
    figure = shown.figure
    if figure.value is None:
        return ""
    if figure.position is None:
        return texts("atlas.figure.neutral")
    return texts("atlas.figure.position", n=round(figure.position * 100))


def neighbour_words(shown: Shown, texts: Texts) -> str:
    """Where it stands among its neighbours."""
    if shown.among is None:
        return ""
    found = shown.among
    known = len(found.better) + len(found.same) + len(found.worse)
    if not known:
        return texts("atlas.figure.no_neighbour")
    pairs = (("better_than", found.worse), ("worse_than", found.better), ("same_as", found.same))
    said = [texts(f"atlas.figure.{key}", who=who_words(codes, texts)) for key, codes in pairs if codes]
    return texts("atlas.figure.neighbours", n=known, said="; ".join(said))


def who_words(codes: Sequence[str], texts: Texts) -> str:
    """Neighbours by name; many of them by number."""
    if len(codes) > MOST_NAMED:
        return texts("atlas.figure.so_many", n=len(codes))
    names = names_in(texts.language)
    return ", ".join(sorted(names.get(code, code) for code in codes))


# HTML


def figures_html(shown: Sequence[Shown], theme: str, texts: Texts) -> str:
    """The figures of a theme: a few in sight, the others one press away; those without data in one line."""
    with_data, without = [one for one in shown if one.figure.value is not None], [one for one in shown if one.figure.value is None]
    if not shown:
        return f'<p class="small quiet">{escape(texts("atlas.figure.none"))}</p>'
    first = "".join(figure_html(one, theme, texts) for one in with_data[:OPEN])
    rest = "".join(figure_html(one, theme, texts) for one in with_data[OPEN:])
    hidden = len(with_data) - OPEN
    words = texts("atlas.figure.more_one" if hidden == 1 else "atlas.figure.more", n=hidden)
    more = f'<details class="more"><summary>{escape(words)}</summary><div class="in-more spark-list">{rest}</div></details>' if rest else ""
    listed = f'<div class="spark-list">{first}</div>' if first else ""
    return f"{listed}{more}{_no_data_html(without, texts)}"


def _no_data_html(without: Sequence[Shown], texts: Texts) -> str:
    if not without:
        return ""
    items = "; ".join(f"<span{_foreign(one)}>{escape(one.label)}</span>" + (f" ({escape(one.note.rstrip('.'))})" if one.note else "") for one in without)
    return f'<p class="small no-data" data-status="missing"><b>{escape(texts("views.no_data"))}:</b> {items}</p>'


def figure_html(shown: Shown, theme: str, texts: Texts) -> str:
    """One figure: value, unit, year; the years as a drawing and in words; where it stands; the numbers and the source."""
    figure, id = shown.figure, f"{theme}-{shown.figure.id}"
    value = value_words(figure.value, texts.language) if figure.value is not None else texts("views.no_data")
    lines = [years_words(shown.series, texts), position_words(shown, texts), neighbour_words(shown, texts)]
    said = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    note = f'<p class="outlier">{escape(shown.note)}</p>' if shown.note else ""
    source = f'<p class="source" lang="en">{escape(shown.source)}</p>'
    drawing = spark_svg(shown.series, texts("atlas.figure.drawing", label=shown.label))
    newest = f'<p class="val">{escape(value)} <small>{escape(shown.unit)}, {figure.year}</small></p>'
    return (
        f'<figure class="spark" aria-labelledby="{id}"><h4 id="{id}"{_foreign(shown)}>{escape(shown.label)}</h4>'
        f"{newest}{drawing}{said}{note}{source}{_numbers_html(shown, texts)}</figure>"
    )


def _foreign(shown: Shown) -> str:
    return "" if shown.translated else ' lang="en"'


def _numbers_html(shown: Shown, texts: Texts) -> str:
    years = range(min(shown.series), max(shown.series) + 1) if shown.series else range(0)
    rows = "".join(f'<tr><th scope="row">{year}</th><td>{escape(year_words(shown.series, year, texts))}</td></tr>' for year in years)
    heads = "".join(f'<th scope="col">{escape(word)}</th>' for word in (texts("views.year"), f"{texts('views.value')} ({shown.unit})"))
    return (
        f'<details class="more"><summary>{escape(texts("atlas.figure.numbers"))}<span class="vh">: {escape(shown.label)}</span></summary><div class="in-more">'
        f'<table class="tbl years"><caption class="vh"{_foreign(shown)}>{escape(shown.label)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def year_words(series: Series, year: int, texts: Texts) -> str:
    """The value of a year; a year in a gap has no data."""
    return value_words(series[year], texts.language) if year in series else texts("views.no_data")

"""Up to four countries beside each other, theme by theme and figure by figure: no sum, no order of merit."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from safe_lib.catalogue.indicator_words import indicator_words
from safe_lib.engine.search import folded
from safe_lib.model.country import Country, Figure, ThemeView
from safe_lib.model.texts import Texts
from safe_lib.widgets.atlas.asked import MOST_BESIDE, hidden
from safe_lib.widgets.atlas.claims import theme_badges
from safe_lib.widgets.atlas.figures import value_words
from safe_lib.widgets.atlas.names import entries, name_of
from safe_lib.widgets.atlas.reading import Reading
from safe_lib.widgets.atlas.search import select_html
from safe_lib.widgets.blocks import badge_html


def compare_html(reading: Reading) -> str:
    """The form for choosing others, and the comparison where others are chosen."""
    if reading.country is None:
        return ""
    return f"{_form(reading)}{_table(reading)}"


def _form(reading: Reading) -> str:
    asked, texts = reading.asked, reading.texts
    known = sorted(((code, name_of(entry, texts.language)) for code, entry in entries().items() if code != asked.country), key=lambda pair: folded(pair[1]))
    chosen = [*asked.beside, *[""] * (MOST_BESIDE - len(asked.beside))]
    options = [("", texts("atlas.compare.nobody")), *known]
    selects = "".join(select_html(f"with-{place}", "with", texts("atlas.compare.other", n=place), options, code) for place, code in enumerate(chosen, start=2))
    kept = hidden(asked, texts.language, ("with", "q", "status", "name", "map"))
    return (
        f'<form class="tools card no-print" method="get" action="#view-compare_countries">{kept}{selects}'
        f'<button class="btn" type="submit">{escape(texts("atlas.compare.go"))}</button></form>'
    )


def _table(reading: Reading) -> str:
    countries, texts = reading.together, reading.texts
    if len(countries) < 2:
        return ""
    views = [reading.views_of(country) for country in countries]
    names = [reading.name(country) for country in countries]
    heads = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in (texts("views.themes"), *names))
    rows = "".join(_theme_row(id, f"{id} {theme.title}", [view[id] for view in views], names, texts) for id, theme in reading.themes.items())
    return (
        f'<p class="quiet small">{escape(texts("atlas.compare.says"))}</p>'
        f'<table class="tbl fold-rows beside" role="table"><caption>{escape(texts("atlas.compare.caption", names=", ".join(names)))}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
        + "".join(_figures(id, f"{id} {theme.title}", countries, names, texts) for id, theme in reading.themes.items() if theme.indicators)
    )


def _theme_row(id: str, title: str, views: Sequence[ThemeView], names: Sequence[str], texts: Texts) -> str:
    cells = "".join(f'<td role="cell" data-label="{escape(name)}"><div>{_state(view, texts)}</div></td>' for view, name in zip(views, names, strict=True))
    return f'<tr role="row" data-theme="{id}"><th scope="row" role="rowheader">{escape(title)}</th>{cells}</tr>'


def _state(view: ThemeView, texts: Texts) -> str:
    """The state of a theme in one country: badges, level, day, number of claims."""
    badges = "".join(badge_html(badge) for badge in theme_badges(view, texts))
    return f'<div class="row">{badges}</div><p class="small quiet">{escape(state_words(view, texts))}</p>'


def state_words(view: ThemeView, texts: Texts) -> str:
    """Level, newest day and number of claims in one line."""
    parts = [
        texts("atlas.level", level=texts(f"coi.level.{view.level}")) if view.level else "",
        texts("atlas.as_of", day=view.as_of.isoformat()) if view.as_of else "",
        texts("atlas.claims", n=len(view.claims)),
    ]
    return "; ".join(part for part in parts if part)


def _figures(id: str, title: str, countries: Sequence[Country], names: Sequence[str], texts: Texts) -> str:
    words = indicator_words(texts.language)
    wanted = [figure_id for figure_id in countries[0].themes[id].indicators if any(figure_id in country.figures for country in countries)]
    if not wanted:
        return ""
    heads = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in (texts("views.indicator"), *names))
    rows = ""
    for figure_id in wanted:
        figures = [country.figures.get(figure_id) for country in countries]
        known = next(figure for figure in figures if figure)
        label = f"{words.labels.get(figure_id, known.label)} ({words.units.get(known.unit, known.unit)})"
        foreign = "" if texts.language == "en" or figure_id in words.labels else ' lang="en"'
        cells = "".join(
            f'<td role="cell" data-label="{escape(name)}"><div>{escape(figure_words(figure, texts))}</div></td>'
            for figure, name in zip(figures, names, strict=True)
        )
        rows += f'<tr role="row"><th scope="row" role="rowheader"{foreign}>{escape(label)}</th>{cells}</tr>'
    return (
        f'<details class="more"><summary>{escape(texts("atlas.compare.figures", theme=title, n=len(wanted)))}</summary><div class="in-more">'
        f'<table class="tbl fold-rows" role="table"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table></div></details>'
    )


def figure_words(figure: Figure | None, texts: Texts) -> str:
    """Value, year and place among all countries in one line; a missing one is no data."""
    if figure is None or figure.value is None:
        return texts("views.no_data")
    place = "" if figure.position is None else f"; {texts('atlas.figure.position_short', n=round(figure.position * 100))}"
    return f"{value_words(figure.value, texts.language)} ({figure.year}){place}"

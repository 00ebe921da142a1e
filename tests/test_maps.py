"""Promises about maps: every country is there and can be pressed, no data is hatched, and neighbours are neighbours."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import math
import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.countries import check_countries
from safe_lib.catalogue.outlines import FOLDER, WORLD, load_outlines
from safe_lib.sources.equal_earth import area, clipped, project, simplified, unwrapped
from safe_lib.sources.outlines import dissolved, spread
from safe_lib.widgets.atlas.asked import Asked
from safe_lib.widgets.atlas.choose import around_html, choose_html, legend_of, shades_of
from safe_lib.widgets.atlas.names import entries, names_in, neighbours_of, sheet_of
from safe_lib.widgets.atlas.reading import Reading
from safe_lib.widgets.maps import NONE, POINT, SHADES, STEPS, Shade, map_svg, rings_of, window_around

TODAY = date(2026, 11, 21)
EMPTY = {"ATA", "ATF", "BVT", "HMD", "SGS", "UMI"}  # nobody lives there for good
LISTED = {row["iso3"]: row for row in csv.DictReader((paths.COUNTRY_INFO / "_datasets" / "countries.csv").open(encoding="utf-8", newline=""))}
WITH_FIGURES = [json.loads(line)["iso3"] for line in (paths.COUNTRY_INFO / "_datasets" / "latest.jsonl").read_text(encoding="utf-8").splitlines()[1:]]


def reading(language: str = "en", **asked: object) -> Reading:
    return Reading(Asked(**asked), TODAY, load_texts(language))  # type: ignore[arg-type]


def drawing(html: str) -> ElementTree.Element:
    """The map of a page as a tree; it has to be well-formed for that."""
    svg = re.search(r'<svg class="atlas".*?</svg>', html, re.DOTALL)
    assert svg
    return ElementTree.fromstring(svg[0].replace("<svg", '<svg xmlns:x="x"', 1))


# Who is on the map


def test_the_figures_are_about_198_countries() -> None:
    """What the map has to show at least."""
    assert len(WITH_FIGURES) == 198


def test_every_country_is_on_the_world_map_and_is_a_link_with_its_name() -> None:
    """All that are listed, whether they have figures or not; only places where nobody lives are left out, and what is invented."""
    page = choose_html(reading())
    links = {re.search(r"country=([A-Z]{3})", link.get("href", ""))[1]: link for link in drawing(page).iter("a")}  # type: ignore[index]

    assert set(links) == LISTED.keys() - EMPTY
    assert set(WITH_FIGURES) <= set(links)
    assert "XAA" not in links
    for code, link in links.items():
        shapes = [part.tag for part in link]
        assert link.findtext("title", "").startswith(f"{names_in('en')[code]}: ")
        assert "path" in shapes or "circle" in shapes, code


@pytest.mark.parametrize("code", WITH_FIGURES)
def test_every_country_can_be_pressed_somewhere(code: str) -> None:
    """On one of the maps it is larger than a point, or a point that no other point covers."""
    assert any(is_pressable(code, name) for name in load_outlines().sheets), code


def is_pressable(code: str, name: str) -> bool:
    sheet = load_outlines().sheets[name]
    if code not in sheet.places:
        return False
    x, y = sheet.places[code]
    radius = POINT * sheet.width
    others = [sheet.places[other] for other in sheet.small if other != code]
    free = all(math.hypot(u - x, v - y) > 2 * radius for u, v in others)
    within = radius < x < sheet.width - radius and radius < y < sheet.height - radius
    if code in sheet.small:
        return free and within
    return max(max(point[axis] for point in ring) - min(point[axis] for point in ring) for ring in rings_of(sheet.paths[code]) for axis in (0, 1)) > 2 * radius


@pytest.mark.parametrize("name", list(load_outlines().sheets))
def test_points_do_not_cover_each_other(name: str) -> None:
    """A chain of small islands is a chain of points."""
    sheet = load_outlines().sheets[name]
    pairs = itertools.combinations(sorted(sheet.small), 2)
    near = [(one, other) for one, other in pairs if math.dist(sheet.places[one], sheet.places[other]) <= 2 * POINT * sheet.width]

    assert near == []


def test_small_states_have_a_point_of_their_own_on_the_world() -> None:
    """Nobody has to aim at two pixels."""
    world = load_outlines().sheets[WORLD]

    assert {"MLT", "SGP", "TUV", "NRU", "KIR", "VAT", "LIE", "XKX", "STP", "MDV", "BHR", "LUX", "MUS", "GIB"} <= world.small
    assert world.small.isdisjoint({"NGA", "UKR", "VNM", "ALB", "MAR"})


# What it shows


def test_no_data_is_hatched_and_never_a_step_of_the_scale() -> None:
    """Countries without a figure on the theme are hatched, and say that there is no data."""
    shown = reading(theme="T05")
    shades = shades_of(shown)
    page = choose_html(shown)
    hatched = {link.findtext("title", "") for link in drawing(page).iter("a") if link.get("fill") == f"url(#map-{NONE})"}

    assert {shades[code].kind for code in ("GRL", "ESH", "GIB")} == {NONE}
    assert {shades[code].kind for code in ("NGA", "ALB", "NOR")} <= set(STEPS)
    assert all(title.endswith(": no data") for title in hatched)
    assert len(hatched) == sum(shade.kind == NONE for code, shade in shades.items() if code not in EMPTY)
    assert 'class="hatch-line"' in page


@pytest.mark.parametrize("theme", ["", "T01", "T05", "T18"])
def test_the_list_says_all_that_the_map_shows(theme: str) -> None:
    """The list stands before the map, with the same countries and the same words."""
    shown = reading(theme=theme)
    page = choose_html(shown)
    before, _, _ = page.partition('<svg class="atlas"')

    for code, shade in shades_of(shown).items():
        assert f"country={code}&amp;lang=en" in before
        assert shade.words in before


def test_nothing_is_told_by_colour_alone() -> None:
    """Each step has its own texture or is the only plain one of its lightness, its own word, and its own swatch in the legend."""
    shown = reading(theme="T05")
    words = [shown.texts(f"atlas.fifth.{step}") for step in range(5)]
    legend = legend_of(shown, "map")

    assert len(set(words)) == 5
    assert all(word in legend for word in (*words, "no data"))
    patterns = re.findall(r'<pattern id="map-(m\d|none)"[^>]*>(.*?)</pattern>', choose_html(shown))
    textures = [re.sub(r"<rect[^>]*>", "", inside) for _, inside in patterns]
    assert len(textures) == 6
    assert len([one for one in textures if one]) == len({one for one in textures if one}) == 4  # two are plain: the middle and the highest


def test_a_theme_without_figures_gives_no_map_of_guesses() -> None:
    """Where no indicator informs a theme, every country is without data."""
    assert {shade.kind for shade in shades_of(reading(theme="T04")).values()} == {NONE}


def test_the_map_says_that_it_has_no_opinion_on_borders() -> None:
    """In both languages, with whose outlines they are, and where the invented country is."""
    assert "show no opinion" in choose_html(reading())
    assert "geen oordeel" in choose_html(reading("nl"))
    for language in ("en", "nl"):
        assert "Natural Earth" in choose_html(reading(language))
        assert "Natural Earth" in around_html(reading(language, country="NGA"))
    assert "has no place on the map" in around_html(reading(country="XAA"))
    assert "<svg" not in around_html(reading(country="XAA"))


def test_a_map_asks_nothing_of_anybody() -> None:
    """No address but links within the page, no picture, no style, no script; small enough for a slow line."""
    page = choose_html(reading(theme="T05"))

    assert len(page.encode()) < 150_000
    assert not re.search(r"https?:|<script|<image|<img|style=|\son\w+=", page)
    for name in load_outlines().sheets:
        assert len(choose_html(reading(theme="T05", sheet=name)).encode()) < 150_000, name


def test_a_name_is_never_markup() -> None:
    """Whatever stands in a list of countries stays text."""
    sheet = load_outlines().sheets[WORLD]
    svg = map_svg(sheet, {"NGA": Shade("m0", "<b>words</b>")}, {"NGA": '<script>"&'}, title="<t>", href=lambda code: code, id="map")

    assert "<script" not in svg and "<b>" not in svg and "<t>" not in svg
    assert ElementTree.fromstring(svg).find(".//title").text == '<script>"&: <b>words</b>'  # type: ignore[union-attr]


# One country and what lies around it


def test_neighbours_are_those_of_the_list_of_countries() -> None:
    """Computed from shared borders; they are those that another source lists, but for a strait that it counts as a border."""
    found = load_outlines().neighbours
    differing = {code: set(found.get(code, ())) ^ set(filter(None, row["borders"].split("|"))) for code, row in LISTED.items()}

    assert found["NGA"] == ("BEN", "CMR", "NER", "TCD")
    assert set(found["MAR"]) == {"DZA", "ESH", "ESP"}
    assert found["ALB"] == ("GRC", "MKD", "MNE", "XKX")
    assert {code: codes for code, codes in differing.items() if codes} == {"LKA": {"IND"}}
    assert all(code in found[other] for code, others in found.items() for other in others)


def test_disputed_territory_is_drawn_as_the_list_of_countries_has_it() -> None:
    """Crimea, Western Sahara, Somaliland and Northern Cyprus lie where the list of the United Nations has them."""
    world, europe, africa = (load_outlines().sheets[name] for name in (WORLD, "europe", "africa"))

    assert is_inside(spot("europe", 34.2, 45.2), europe.paths["UKR"])
    assert not is_inside(spot("europe", 34.2, 45.2), europe.paths["RUS"])
    assert is_inside(spot("africa", -13.5, 25.5), africa.paths["ESH"])
    assert not is_inside(spot("africa", -13.5, 25.5), africa.paths["MAR"])
    assert is_inside(spot("africa", 45.5, 9.6), africa.paths["SOM"])
    assert len(rings_of(world.paths["CYP"])) == 1
    assert "SOM" in load_outlines().neighbours["DJI"]


def spot(name: str, longitude: float, latitude: float) -> tuple[float, float]:
    from safe_lib.sources.outlines import SHEETS

    sheet = SHEETS[name]
    x, y = project(longitude - sheet.middle, latitude)
    left, _, _, high = sheet.box
    return (x - left) * sheet.scale, (high - y) * sheet.scale


def is_inside(place: tuple[float, float], path: str) -> bool:
    """By counting how often a line from the place crosses the outline."""
    x, y = place
    crossings = 0
    for ring in rings_of(path):
        for (a, b), (c, d) in zip(ring, [*ring[1:], ring[0]], strict=True):
            crossings += (b > y) != (d > y) and x < a + (y - b) / (d - b) * (c - a)
    return crossings % 2 == 1


@pytest.mark.parametrize("code", WITH_FIGURES)
def test_every_country_has_a_map_around_it(code: str) -> None:
    """A part of a sheet with the country in it, inside the sheet."""
    sheet = sheet_of(entries()[code])
    assert sheet
    window = window_around(code, sheet)
    assert window
    x, y = sheet.places[code]

    assert window.left <= x <= window.left + window.width
    assert window.top <= y <= window.top + window.height
    assert window.left >= 0 and window.left + window.width <= sheet.width + 1
    assert window.top >= 0 and window.top + window.height <= sheet.height + 1


def test_the_map_around_a_country_links_its_neighbours() -> None:
    """And names them before it; the country itself is no link."""
    page = around_html(reading(country="NGA"))
    links = {re.search(r"country=([A-Z]{3})", link.get("href", ""))[1] for link in drawing(page).iter("a")}  # type: ignore[index]

    assert links == set(neighbours_of("NGA"))
    assert page.index("Cameroon") < page.index("<svg")
    assert 'fill="url(#around-here)"' in page


def test_patterns_of_two_maps_are_told_apart() -> None:
    """Each map has its own patterns, and every shade has one."""
    svg = map_svg(load_outlines().sheets[WORLD], {}, {}, title="", href=None, id="one")

    assert re.findall(r'<pattern id="([^"]+)"', svg) == [f"one-{kind}" for kind in SHADES]


# How it is made


def test_the_outlines_are_described_and_small() -> None:
    """Publisher, licence and hash stand beside them; the file is what they describe."""
    assert check_countries() == ()
    assert (paths.COUNTRY_INFO / FOLDER / "outlines.json.gz").stat().st_size < 400_000


def test_outlines_that_were_changed_are_refused(tmp_path: Path) -> None:
    """A file that cannot be read is told in a sentence, with the way to build it again."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    for content in (b"nothing", gzip.compress(b'{"sheets": {}}'), gzip.compress(b"[1]")):
        (folder / "outlines.json.gz").write_bytes(content)
        with pytest.raises(Exception, match="outlines cannot be read"):
            load_outlines(tmp_path)


def test_the_projection_keeps_areas_and_its_published_edges() -> None:
    """The corner points of the paper, and one square degree as large at 60 degrees as its part of the sphere."""
    assert project(180, 0)[0] == pytest.approx(2.7066, abs=1e-4)
    assert project(0, 90)[1] == pytest.approx(1.3173, abs=1e-4)
    for latitude in (0, 30, 60, 75):
        corners = [project(x, y) for x, y in ((100, latitude), (101, latitude), (101, latitude + 1), (100, latitude + 1))]
        on_sphere = math.radians(1) * (math.sin(math.radians(latitude + 1)) - math.sin(math.radians(latitude)))
        assert abs(area(corners)) == pytest.approx(on_sphere, rel=0.002)


def test_lines_keep_their_ends_and_rings_stay_rings() -> None:
    """What is simple stays; what bends little goes; a ring keeps three points besides its ends."""
    line = [(0.0, 0.0), (1.0, 0.001), (2.0, 0.0), (2.0, 5.0)]
    ring = [(0.0, 0.0), (0.001, 0.0), (0.001, 0.001), (0.0, 0.001), (0.0, 0.0)]

    assert simplified(line, 1e-5) == [(0.0, 0.0), (2.0, 0.0), (2.0, 5.0)]
    assert simplified(ring, 1.0) == [(0.0, 0.0), (0.001, 0.0), (0.001, 0.001), (0.0, 0.001), (0.0, 0.0)]
    assert unwrapped([(179.0, 1.0), (-179.0, 1.0)]) == [(179.0, 1.0), (181.0, 1.0)]
    assert area(clipped([(-1.0, -1.0), (2.0, -1.0), (2.0, 2.0), (-1.0, 2.0)], (0, 0, 1, 1))) == pytest.approx(1)


def test_parts_of_a_country_are_joined_without_the_border_between_them() -> None:
    """Two squares that share a side become one ring; a third apart from them stays."""
    assert [sorted(ring) for ring in dissolved([(0, 1), (~1, 2), (3,)])] == [[3], [0, 2]]


def test_points_are_moved_apart_and_no_further() -> None:
    """Two on one spot part; one alone stays."""
    moved = spread({"A": (100, 100), "B": (100, 100), "C": (500, 500)}, 20)

    assert math.dist(moved["A"], moved["B"]) >= 19
    assert moved["C"] == [500, 500]

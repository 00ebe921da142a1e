"""Promises about the country workbook: states with fixed dates, sources and credits in full, figures with their years, places, search."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from safe_lib import casework
from safe_lib.atlas import profile_bytes, profile_document
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.countries import list_datasets
from safe_lib.catalogue.figures import load_table
from safe_lib.catalogue.indicator_words import indicator_words
from safe_lib.catalogue.series import load_series
from safe_lib.cli.app import run
from safe_lib.engine.beside import Among, among, disputes, fifth
from safe_lib.engine.search import folded, has_all, marked, words_of
from safe_lib.model.country import Claim, Country, CountrySource
from safe_lib.model.document import Table
from safe_lib.model.errors import ReportError, WrongUse
from safe_lib.report.make import document_of
from safe_lib.widgets.atlas import claims as claims_of_page
from safe_lib.widgets.atlas.asked import Asked, asked_of, link, parts_of
from safe_lib.widgets.atlas.claims import address_html, claims_html
from safe_lib.widgets.atlas.compare import compare_html
from safe_lib.widgets.atlas.credits import datasets_used, sources_used
from safe_lib.widgets.atlas.figures import years_words
from safe_lib.widgets.atlas.names import found_by
from safe_lib.widgets.atlas.overview import overview_html, themes_html
from safe_lib.widgets.atlas.page import PARTS, heading_html
from safe_lib.widgets.atlas.places import places_of
from safe_lib.widgets.atlas.reading import Reading
from safe_lib.widgets.atlas.search import Found, search, search_html
from safe_lib.widgets.blocks import blocks_text
from safe_lib.widgets.charts import runs_of, spark_svg
from safe_lib.workbook import Workbook, open_workbook

TODAY = date(2026, 11, 21)
LATER = date(2027, 11, 21)
REAL = ["NGA", "ALB", "VNM", "MAR"]


def reading(country: str = "", on: date = TODAY, language: str = "en", **more: object) -> Reading:
    return Reading(Asked(country=country, **more), on, load_texts(language))  # type: ignore[arg-type]


def page(shown: Reading) -> str:
    """All parts of the page."""
    return heading_html(shown, "Country information", "") + "".join(part(shown) for part in PARTS.values())


class Marks(HTMLParser):
    """Every element with its attributes, and the texts of headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, {key: value or "" for key, value in attrs}))

    def of(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        keys = {key.replace("_", "-").rstrip("-"): value for key, value in wanted.items()}
        return [said for name, said in self.all if name == tag and all(said.get(key) == value for key, value in keys.items())]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the country information that a test may spoil, in place of the shipped one."""
    copy = shutil.copytree(paths.COUNTRY_INFO, tmp_path / "country_info")
    monkeypatch.setattr(paths, "COUNTRY_INFO", copy)
    yield copy


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# The state of themes and claims


@pytest.mark.parametrize(("theme", "statuses"), [
    ("T02", ["current"]), ("T06", ["outdated"]), ("T15", ["missing"]), ("T05", ["conflicting"]), ("T01", ["current", "single"]),
    ("T07", ["current", "single", "circular"]),
])
def test_every_state_of_a_theme_is_word_shape_and_colour(theme: str, statuses: list[str]) -> None:
    """On a fixed day Exampleland shows each state: a word, a sign, and the mark that gives it its colour."""
    html = themes_html(reading("XAA"))
    section = html[html.index(f'<section class="theme" id="{theme}"'):].split('<div class="theme-cols">')[0]
    badges = re.findall(r'<span class="cstat" data-status="([a-z]+)"><svg[^>]*><use href="#(c-[a-z]+)"/></svg>([^<]+)</span>', section)

    assert [status for status, _, _ in badges] == statuses
    assert [sign for _, sign, _ in badges] == [f"c-{status}" for status in statuses]
    assert [word for _, _, word in badges] == [load_texts()(f"atlas.status.{status}") for status in statuses]


@pytest.mark.parametrize("code", ["XAA", *REAL])
def test_a_year_later_every_expired_claim_is_flagged(code: str) -> None:
    """On the page and on paper, each claim whose review date has come is marked outdated, and no theme rests on it."""
    shown = reading(code, LATER)
    country = shown.country
    assert country
    expired = {claim.id for claim in country.claims if claim.review_by <= LATER}
    articles = Marks(themes_html(shown)).of("article", class_="claim")
    flagged = {said["data-claim"] for said in articles if said.get("data-status") == "outdated"}

    assert flagged == expired
    assert {said["data-claim"] for said in articles if "data-claim" in said} == {claim.id for claim in country.claims}
    assert code != "XAA" or len(expired) > len(country.claims) - 4
    paper = blocks_text(profile_document(shown).blocks)
    assert paper.count("Review was due") >= len({claim.theme for claim in country.claims if claim.id in expired})
    assert all(view.level is None or any(not claim.is_outdated(LATER) for claim in view.claims) for view in shown.views.values())


def test_a_day_in_the_address_shows_that_day() -> None:
    """`?date=` leaves later claims out, flags what is expired by then, and says which day it is."""
    early = Reading(asked_of("country=XAA&date=2026-03-31"), TODAY, load_texts())
    ids = {claim.id for view in early.views.values() for claim in view.claims}

    assert "road_to_high_fells" not in ids
    assert "recruiters_are_known" in ids
    assert "Shown as of 2026-03-31" in page(early)
    assert "Shown as of" not in page(reading("XAA"))


def test_a_ring_of_three_quotations_is_one_voice_on_the_page(folder: Path) -> None:
    """A quotes B, B quotes C, C quotes A: the claim is marked as sources that only repeat each other, with one voice."""
    profile = folder / "XAA" / "profile.yaml"
    spoil(profile, "    quotes: fells_courier_2026\n\n  border_blog_2026:", "    quotes: border_blog_2026\n\n  border_blog_2026:")
    shown = reading("XAA")
    assert shown.country
    quotes = {id: shown.country.sources[id].quotes for id in ("fells_courier_2026", "fells_online_2026", "border_blog_2026")}
    assert quotes == {"fells_courier_2026": ("fells_online_2026",), "fells_online_2026": ("border_blog_2026",), "border_blog_2026": ("fells_courier_2026",)}
    claim = next(claim for claim in shown.country.claims if claim.theme == "T07")
    html = themes_html(shown)
    (article,) = Marks(html).of("article", data_claim=claim.id)

    assert len(claim.sources) == 3
    assert article["data-voices"] == "1"
    inside = html[html.index(f'id="claim-{claim.id}"'):].split("</article>")[0]
    assert "Sources that only repeat each other" in inside
    assert "Single source" in inside
    assert "<dt>Independent voices</dt><dd>1: " in inside
    assert "Sources that only repeat each other" in blocks_text(profile_document(shown).blocks)


def test_sources_that_disagree_stand_beside_each_other() -> None:
    """Both claims, with their levels and sources, in one place that says so; on paper in one table."""
    html = themes_html(reading("XAA"))
    versus = html[html.index('<div class="versus"'):].split("</article></div></div>")[0]

    assert "These 2 claims disagree" in versus
    assert versus.count('<article class="claim"') == 2
    assert "says protection is partial" in versus
    assert "says protection is weak" in versus
    (table,) = (block for block in profile_document(reading("XAA")).blocks if isinstance(block, Table) and block.columns[0] == "")
    assert len(table.columns) == 3
    assert len([row for row in table.rows if row[1] != row[2]]) >= 5


def claim(id: str, level: str = "", against: tuple[str, ...] = (), review: date = LATER) -> Claim:
    return Claim(id, "T05", level, "Words.", "all", "everywhere", date(2026, 1, 1), review, ("one",), disagrees_with=against)


def test_claims_that_disagree_are_grouped() -> None:
    """By name, through others, outdated or not; by level only where nobody has named the disagreement."""
    country = Country("XAA", "Exampleland", "")
    old = claim("old", against=("a",), review=date(2026, 2, 1))
    chain = (claim("a"), claim("b", against=("a",)), claim("c", against=("b",)), claim("d"), old)
    levels = (claim("p", "weak"), claim("q", "strong"), claim("r"))

    assert [[one.id for one in group] for group in disputes(chain, replace(country, claims=chain), TODAY)] == [["a", "b", "c", "old"]]
    assert [[one.id for one in group] for group in disputes(levels, replace(country, claims=levels), TODAY)] == [["p", "q"]]
    assert disputes(levels, replace(country, claims=levels), LATER) == ()
    assert disputes((claim("p", "weak"), claim("q", "weak")), country, TODAY) == ()


def test_what_was_looked_for_in_vain_is_told() -> None:
    """With its theme, or with the country; a theme without anything says that nothing is known, which is no good news."""
    html = page(reading("XAA"))

    assert "whether the Norrin unit takes reports from men in practice; searched 14 November 2026." in html
    assert "replacing lost papers from abroad" in html
    assert "blood feud; searched 21 November 2026." in overview_html(reading("ALB"))
    assert "does not say that nothing is there" in themes_html(reading("NOR"))


def test_claims_nobody_has_reviewed_say_so() -> None:
    """On the page, on each claim, on every page of the document."""
    shown = reading("NGA")
    book = Workbook(Desk(None, "noor", "en", TODAY), "country_information", None, choice="country=NGA")

    assert "No professional has reviewed them yet" in str(book.statement())
    assert themes_html(shown).count("not reviewed by a professional") == len(shown.country.claims)  # type: ignore[union-attr]
    assert "Claims not reviewed by a professional" in profile_document(shown).marks
    assert "Claims not reviewed by a professional" not in profile_document(reading("XAA")).marks


# Sources and credits


@pytest.mark.parametrize("code", ["XAA", *REAL])
def test_every_claim_shows_its_sources_in_full(code: str) -> None:
    """Title, publisher, date and address of each source, and what was read of it; on the page and on paper."""
    shown = reading(code)
    assert shown.country
    html, paper = page(shown), blocks_text(profile_document(shown).blocks)

    for one in shown.country.claims:
        for source in (shown.country.sources[id] for id in one.sources):
            for words in (source.title, source.publisher, source.published, source.url, source.where, source.read_in, source.retrieved):
                assert words in html.replace("&#x27;", "'").replace("&amp;", "&").replace("&quot;", '"')
                assert words.rstrip(".") in paper


@pytest.mark.parametrize("code", ["NGA", "NOR"])
def test_every_figure_has_the_credit_line_of_its_dataset(code: str) -> None:
    """Licence and credit of every dataset behind a figure that is shown, of the lists of names and of the outlines; on page and paper."""
    shown = reading(code)
    assert shown.country
    behind = {figure.source for figure in shown.country.figures.values() if figure.value is not None}
    wanted = [dataset for dataset in list_datasets() if dataset.id in behind | {"iso_countries", "iso_subdivisions"}]
    html = PARTS["credits"](shown).replace("&#x27;", "'").replace("&amp;", "&")
    listed = {said["data-dataset"] for said in Marks(html).of("li") if "data-dataset" in said}

    assert len(behind) > 15
    assert listed == {dataset.id for dataset in wanted} | {"natural_earth"}
    assert "made with Natural Earth" in html
    for kind in ("html", "json"):
        document = profile_bytes(code, kind, TODAY).decode().replace("&#x27;", "'").replace("&amp;", "&")
        for dataset in wanted:
            assert dataset.credit in document.replace('\\"', '"')
            assert dataset.credit in html
            assert dataset.licence in html


def test_the_figures_of_an_invented_country_name_their_invented_sources() -> None:
    """Exampleland has no dataset of a real publisher behind a value."""
    country = reading("XAA").country
    assert country

    assert {dataset.id for dataset in datasets_used([country])} == {"iso_countries", "iso_subdivisions", "natural_earth"}
    assert {"statistics_office_2026", "health_atlas_2026"} <= {source.id for source in sources_used(country)}


def test_a_source_address_is_a_link_only_if_it_is_one_of_the_web() -> None:
    """Anything else is shown as text; a link tells the other side nothing of where it stood."""
    source = CountrySource("one", "Title", "Publisher", "ngo", "2026")
    links = [said for said in Marks(page(reading("NGA"))).of("a") if said.get("href", "").startswith("http")]

    assert address_html(replace(source, url="javascript:alert(1)//")) == ' <span class="url">javascript:alert(1)//</span>'
    assert address_html(source) == ""
    assert len(links) > 50
    assert all("noreferrer" in said["rel"] for said in links)


def test_hostile_words_in_a_claim_stay_words(folder: Path) -> None:
    """On the page and in the document, markup in a claim is text."""
    spoil(folder / "XAA" / "profile.yaml", "says: In 61 of 84 court files", "says: <script>alert(1)</script><img src=x onerror=y> In 61 of 84 court files")
    shown = reading("XAA", words="court")

    assert "<script>alert" not in page(shown)
    assert "&lt;script&gt;alert(1)" in page(shown)
    assert b"<script>alert" not in profile_bytes("XAA", "html", TODAY)


# Figures


def test_every_value_has_its_year_and_unit() -> None:
    """In sight beside the value; the years in a table; a year without a figure says no data."""
    shown = reading("NGA")
    html = themes_html(shown)
    values = re.findall(r'<p class="val">([^<]+) <small>([^<]+), (\d{4})</small>', html)

    assert len(values) > 100
    assert all(unit.strip() for _, unit, _ in values)
    watch = html[html.index('id="T01-tip_watch_level"'):].split("</figure>")[0]
    assert "No figure for 2016–2019, 2021." in watch
    assert '<tr><th scope="row">2017</th><td>no data</td></tr>' in watch


def test_no_data_is_never_zero() -> None:
    """A country without a figure on something says so, in words and with the mark of what is missing."""
    html = themes_html(reading("XKX"))
    section = html[html.index('<section class="theme" id="T16"'):].split("</section>")[0]

    assert 'class="small no-data" data-status="missing"><b>no data:</b>' in section
    assert '<p class="val">0 ' not in section


def test_series_are_those_of_the_data_files() -> None:
    """Value by value; the newest is the one that is shown everywhere else."""
    series = load_series("NGA")
    figures = load_table(paths.COUNTRY_INFO / "_datasets").figures("NGA")

    assert series["fh_due_process"][2012] == 1
    assert {id: (max(values), values[max(values)]) for id, values in series.items()} == {
        id: (figure.year, figure.value) for id, figure in figures.items() if figure.value is not None
    }
    assert load_series("../x") == {} == load_series("XAA")


def test_a_broken_line_of_data_is_told(folder: Path) -> None:
    """A data file that cannot be read is refused in a sentence."""
    import gzip

    file = folder / "_datasets" / "fh_fiw" / "data.csv.gz"
    file.write_bytes(gzip.compress(b"iso3,indicator,year,value\nNGA,fh_total,2024,many\n"))
    with pytest.raises(Exception, match=r"fh_fiw/data.csv.gz.*a line of NGA is no figure"):
        load_series("NGA")
    file.write_bytes(b"nothing")
    with pytest.raises(Exception, match="cannot be unpacked"):
        load_series("NGA")


def test_a_gap_in_the_years_is_a_gap_in_the_drawing() -> None:
    """Dashes over the years without a figure, a line over the others, a point for a year alone; no drawing of one year."""
    svg = spark_svg({2012: 1, 2013: 2, 2016: 3, 2019: 2, 2020: 2}, "Title")

    assert svg.count('class="ln gap"') == 2
    assert svg.count('class="ln"') == 2
    assert svg.count('class="dot"') == 2
    assert ">2012<" in svg and ">2020<" in svg
    assert spark_svg({2020: 1}, "Title") == ""
    assert runs_of([2012, 2013, 2016]) == [[2012, 2013], [2016]]
    assert years_words({2012: 1.0, 2013: 2.0, 2016: 3.0}, load_texts()) == "Lowest 1 (2012), highest 3 (2016). No figure for 2014–2015."


def test_known_outliers_carry_their_note() -> None:
    """Palestine has no row of its own in the conflict data; a rating by one government never decides alone."""
    assert "deaths in Gaza and the West Bank are counted under Israel" in themes_html(reading("PSE"))
    assert "It never decides alone." in themes_html(reading("NGA"))
    assert "Het beslist nooit alleen." in themes_html(reading("NGA", language="nl"))


def test_places_among_all_countries_and_neighbours_are_words() -> None:
    """Better, worse, the same, and who has no figure; a neutral figure takes no side."""
    assert among(0.5, {"A": 0.4, "B": 0.6, "C": 0.5, "D": None}) == Among(better=("B",), same=("C",), worse=("A",), without=("D",))
    assert [fifth(place) for place in (0, 0.19, 0.2, 0.5, 0.99, 1)] == [0, 0, 1, 2, 4, 4]
    html = themes_html(reading("NGA"))
    trust = html[html.index('id="T05-vdem_rule_of_law"'):].split("</figure>")[0]

    assert "Among all countries with a figure: does better than about" in trust
    assert re.search(r"Among 4 neighbours with a figure: better than [A-Z]", trust)
    assert "Neither end of this figure is better" in html
    assert "neighbours with a figure" not in themes_html(reading("XAA"))


def test_there_is_no_overall_number() -> None:
    """Nothing is added up over themes, for a country or beside others; no place is called safe."""
    ours = " ".join(text for key, text in load_texts().entries.items() if key.startswith(("atlas.", "coi.")))

    assert "never added up to one number" in page(reading("NGA", beside=("ALB",)))
    assert not re.search(r"\boverall\b|\bscore (of|for)\b|\brank(ed|ing)?\b|\bsafe (place|country|return)\b|\b(is|are) safe\b|\bvictim", ours, re.IGNORECASE)


# Beside each other, places, names


def test_up_to_four_countries_stand_beside_each_other() -> None:
    """Theme by theme, figure by figure; a fifth is not taken, and the page says how many there can be."""
    shown = Reading(asked_of("country=NGA&with=ALB&with=VNM&with=MAR"), TODAY, load_texts())
    html = compare_html(shown)
    rows = Marks(html).of("tr", role="row")

    assert [country.iso3 for country in shown.together] == ["NGA", "ALB", "VNM", "MAR"]
    assert len([said for said in rows if "data-theme" in said]) == 20
    assert all(html.count(f'data-label="{name}"') > 100 for name in ("Nigeria", "Albania", "Vietnam", "Morocco"))
    assert "with" in asked_of("country=NGA&with=ALB&with=VNM&with=MAR&with=UKR").unread
    assert compare_html(reading("NGA")).count("<table") == 0


def test_places_are_named_by_claims_and_not_by_chance() -> None:
    """“Edo State” names Edo; “Niger Delta” names neither Niger nor Delta; a list of places names each."""
    nigeria, albania = reading("NGA").country, reading("ALB").country
    assert nigeria and albania
    named = {one.place.name: {claim.where for claim in one.claims} for one in places_of(nigeria) if one.claims}

    assert "Edo" in named
    wheres = ("Niger Delta", "southern Nigeria", "Edo and Delta States", "Niger State", "Abuja Federal Capital Territory")
    sample = replace(nigeria, claims=tuple(replace(nigeria.claims[0], id=where, where=where) for where in wheres))
    assert {one.place.name: [claim.where for claim in one.claims] for one in places_of(sample) if one.claims} == {
        "Edo": [wheres[2]], "Delta": [wheres[2]], "Niger": [wheres[3]], "Abuja Federal Capital Territory": [wheres[4]],
    }
    cities = replace(albania, claims=(replace(albania.claims[0], where="Tirana, Durres and Vlora"),))
    assert {one.place.name for one in places_of(cities) if one.claims} == {"Tiranë", "Durrës", "Vlorë"}
    assert len(places_of(nigeria)) == 37


@pytest.mark.parametrize(("words", "codes"), [
    ("Nigeria", ["NGA"]), ("nga", ["NGA"]), ("NG", ["NGA"]), ("Alban", ["ALB"]), ("Oekraïne", ["UKR"]), ("oekraine", ["UKR"]), ("Việt Nam", ["VNM"]),
    ("Косово", ["XKX"]), ("Exampleland", ["XAA"]), ("congo", ["COD", "COG"]), ("zzz", []), ("", []), ("'; DROP", []),
])
def test_a_country_is_found_by_what_people_call_it(words: str, codes: list[str]) -> None:
    """By code, by name in any language, with or without accents, by its beginning."""
    found = [entry.iso3 for entry in found_by(words, "en")]

    assert sorted(found) == codes


# Searching


def test_every_word_has_to_be_there_whatever_its_accents() -> None:
    """All words, each at the beginning of a word; what was found is marked in the text as it is written."""
    found = search(Asked(words="SHELTER women"), TODAY)

    assert len(found) > 5
    assert all(has_all(folded(everything_of(one)), ("shelter", "women")) for one in found)
    assert {one.claim.id for one in search(Asked(words="Norrin"), TODAY)} == {one.claim.id for one in search(Asked(words="ñorrín"), TODAY)}
    assert all(re.search(r"\brap", folded(everything_of(one))) for one in search(Asked(words="rap"), TODAY))
    assert "<mark>Norrin</mark>" in search_html(reading(words="ñorrín"))


def everything_of(found: Found) -> str:
    claim, country = found.claim, found.country
    sources = (country.sources[id] for id in claim.sources)
    told = (claim.says, claim.who, claim.where, claim.note, claim.id.replace("_", " "), country.name, country.themes[claim.theme].title)
    return " ".join((*told, *(f"{source.title} {source.publisher} {source.where}" for source in sources)))


def test_a_search_can_be_narrowed() -> None:
    """By country, theme and status; what still counts comes first."""
    everything = search(Asked(words="protection"), TODAY)
    states = [one.claim.is_outdated(TODAY) for one in everything]

    assert states == sorted(states)
    assert {one.country.iso3 for one in search(Asked(words="protection", country="ALB"), TODAY)} == {"ALB"}
    assert {one.claim.theme for one in search(Asked(words="protection", theme="T05"), TODAY)} == {"T05"}
    assert not any(one.claim.is_outdated(TODAY) for one in search(Asked(words="a", status="current"), TODAY))
    assert all(one.claim.is_outdated(TODAY) for one in search(Asked(status="outdated", country="XAA"), TODAY))
    assert {one.claim.theme for one in search(Asked(status="conflicting", country="XAA"), TODAY)} == {"T05"}
    assert {one.claim.theme for one in search(Asked(status="single", country="XAA"), TODAY)} >= {"T01", "T07"}
    assert search(Asked(), TODAY) == ()


def test_a_claim_that_became_true_later_is_not_found() -> None:
    """The day of the page is the day of the search."""
    assert search(Asked(words="High Fells closed night", country="XAA"), TODAY)
    assert search(Asked(words="High Fells closed night", country="XAA"), date(2026, 9, 1)) == ()


def test_what_is_found_is_as_it_is_written() -> None:
    """Marks are put around the text's own letters; nothing is lost, whatever the letters are."""
    assert words_of("Durrës, durres — ‘İstanbul’") == ("durres", "istanbul")
    for text in ("In Durrës and DURRES.", "Straße ﬁne", "a\u0301 b", "", "Łódź"):
        assert "".join(piece for piece, _ in marked(text, ("durres", "strasse", "a", "lodz"))) == text
    assert marked("Łódź", ("lodz",)) == (("Łódź", True),)
    assert marked("therapy", ("rap",)) == (("therapy", False),)


# Addresses


def test_an_address_is_understood_or_what_was_not_is_named() -> None:
    """Nothing is guessed: what cannot be read is left out and told."""
    asked = asked_of("country=nga&with=alb&with=VNM&theme=T05&q=x&status=outdated&map=africa&date=2026-01-31&case=K7M-2042")

    assert asked == Asked("NGA", ("ALB", "VNM"), "T05", "x", "outdated", "", "africa", date(2026, 1, 31), "K7M-2042")
    assert asked_of("&".join(f"{key}={value}" for key, value in parts_of(asked))) == asked
    wrong = asked_of("country=N1&theme=T5&status=gone&map=moon&date=2026-02-30&with=1")
    assert set(wrong.unread) == {"country", "theme", "status", "map", "date", "with"}
    assert replace(wrong, unread=()) == Asked()
    assert all(load_texts(language).has(f"atlas.notice.unread.{key}") for language in ("en", "nl") for key in wrong.unread)
    assert len(asked_of("q=" + "x" * 5000).words) == 200
    assert link(Asked(words='"><script>'), "en") == "?q=%22%3E%3Cscript%3E&amp;lang=en"


def test_a_country_that_does_not_exist_is_told() -> None:
    """The page says so and offers the list."""
    html = page(reading("QQQ"))

    assert "There is no country with the code QQQ" in html
    assert 'id="name"' in html


# The place for the editor


def test_each_theme_has_a_place_for_adding_a_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an editor it says how a claim is written; with one it is a link, and each claim can be renewed."""
    shown = reading("XAA")
    country = shown.country
    assert country
    assert len(re.findall(r'data-editor="T\d\d"', themes_html(shown))) == 20
    monkeypatch.setattr(claims_of_page, "EDITOR", "/claims")
    html = themes_html(shown)

    assert 'href="/claims?country=XAA&amp;theme=T05&amp;lang=en"' in html
    assert html.count("&amp;claim=") == len(country.claims)
    assert "claim=recruiters_are_known" in claims_html(shown.views["T01"], country, TODAY, shown.texts)


# The profile


@pytest.mark.parametrize("kind", ["html", "pdf", "docx", "json"])
def test_the_profile_is_made_in_every_form(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command, without a store; whole, and with its size said."""
    out = tmp_path / f"profile.{kind}"

    assert run(["country", "XAA", "--format", kind, "--out", str(out), "--date", "2026-11-21", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"country": "XAA", "format": kind, "language": "en", "date": "2026-11-21", "size": out.stat().st_size, "file": str(out)}
    assert out.read_bytes()[:4] in (b"<!do", b"%PDF", b"PK\x03\x04", b"{\n \"")
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize(("words", "code"), [
    (["country", "--all", "--format", "pdf", "--out", "x.pdf"], 2), (["country", "XAA", "--format", "pdf"], 2), (["country", "XAA", "--out", "x.xyz"], 2),
    (["country", "QQQ", "--out", "x.pdf"], 2), (["country", "XAA", "--out", "no/such/folder/x.html"], 40),
])
@pytest.mark.usefixtures("elsewhere")
def test_a_profile_that_cannot_be_made_is_refused_in_a_sentence(words: list[str], code: int, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exit code and repair; nothing is left behind."""

    assert run(words) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert "\n  " in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_document_needs_a_country_and_a_form() -> None:
    """Neither is guessed."""
    with pytest.raises(WrongUse):
        profile_bytes("QQQ", "html", TODAY)
    with pytest.raises(ReportError):
        profile_bytes("XAA", "odt", TODAY)


def test_the_profile_tells_gaps_and_what_it_is() -> None:
    """Every theme is there, also without a claim; the statement, the day, and nothing of a case."""
    document = profile_document(reading("NOR"))
    text = blocks_text(document.blocks)

    assert document.title == "Country profile: Norway"
    assert document.reference == "Norway (NOR)"
    assert all(f"### T{number:02}" in text for number in range(1, 21))
    assert text.count("Nobody has written a claim on this theme yet") == 20
    assert "does not say whether anybody can live there" in text
    html = profile_bytes("NOR", "html", TODAY).decode()
    assert "Case reference" not in html
    assert "<title>Country profile Norway (NOR)</title>" in html


def test_a_figure_stands_once_on_paper() -> None:
    """One that informs several themes stands with the first and is named with the others."""
    text = blocks_text(profile_document(reading("NGA")).blocks)

    country = reading("NGA").country
    assert country
    behind = sum(figure.source == "wjp_roli" for figure in country.figures.values())

    assert text.count("[wjp_roli] |") == behind + 1  # and once with its licence
    assert "Shown with an earlier theme: " in text


def test_the_profile_speaks_dutch_and_marks_what_does_not() -> None:
    """Fixed words and themes in Dutch; claims and sources are said to be in English."""
    shown = reading("XAA", language="nl")
    text = blocks_text(profile_document(shown).blocks)

    assert "Netwerken en hun bereik" in text
    assert "Uitspraken, bronnen en opmerkingen staan in het Engels" in text
    assert 'lang="en">In 61 of 84 court files' in themes_html(shown)
    assert not re.search(r"\batlas\.|\bcoi\.", page(shown) + text)


def test_the_dutch_of_figures_is_whole_and_of_no_others() -> None:
    """Every label, unit and note that is shown has its Dutch; none is left over from an indicator that is gone."""
    table = load_table(paths.COUNTRY_INFO / "_datasets")
    words = indicator_words("nl")

    assert words.labels.keys() == {about["id"] for about in table.indicators}
    assert words.units.keys() == {about["unit"] for about in table.indicators}
    assert all(f"{part.rstrip('.')}." in words.notes for about in table.indicators for part in about["note"].split(". ") if part)
    assert indicator_words("en").labels == {}


# The workbook


def test_the_workbook_needs_no_case_and_shows_that_of_a_case(desk: Desk, case: str) -> None:
    """Without a case it is open to everybody who is signed in; with one, the countries of its futures come first."""
    alone = Workbook(desk, "country_information", None, choice="country=XAA")
    beside = Workbook(desk, "country_information", case)

    assert "T05 State protection" in str(alone.themes())
    assert beside.reading.of_case == ("XAA",)
    assert "Countries of this case" in page(beside.reading)
    assert str(beside.themes()) == ""
    document = document_of(desk, case, "country_information", "lawyer")
    assert "T05 State protection" in blocks_text(document.blocks)
    assert "Mira" not in blocks_text(document.blocks)
    assert casework.alias_of(desk, case) not in page(beside.reading)


@pytest.mark.parametrize("profile", ["partner", "person"])
def test_readers_who_get_no_country_information_get_none(desk: Desk, case: str, profile: str) -> None:
    """What a profile does not name is not made."""
    text = blocks_text(document_of(desk, case, "country_information", profile).blocks)

    assert "T05" not in text
    assert "Sources of the claims" not in text


def test_an_analyst_chooses_a_country_where_the_workbook_is_opened() -> None:
    """In a notebook, by code; without one the views say how."""
    book = open_workbook("country_information", country="XAA", on=TODAY)
    other = open_workbook("country_information", on=TODAY)

    assert "26, of which" in str(book.country_overview())
    assert 'country="NGA"' in str(other.choose_country())
    assert str(other.country_overview()) == ""
    assert "Beside" not in str(book.compare_countries())
    assert str(book.subdivisions()).strip()
    assert not str(book.country_profile())


def test_every_text_of_the_pages_exists() -> None:
    """No key is asked for that no language has: what a page shows is words."""
    wanted = set()
    for file in (*(paths.PACKAGE / "widgets" / "atlas").glob("*.py"), paths.PACKAGE / "atlas.py"):
        wanted |= set(re.findall(r"""texts\(\s*["'](atlas\.[a-z_.0-9]+)["'][,)]""", file.read_text(encoding="utf-8")))

    assert len(wanted) > 90
    assert [key for key in sorted(wanted) if not load_texts().has(key)] == []
    assert [key for key in load_texts().entries if key.startswith("atlas.") and key not in load_texts("nl").entries] == []


def test_a_claims_voices_are_counted_once_each() -> None:
    """Two texts of one publisher are one voice; the name is as the publisher writes it."""
    sources = {id: CountrySource(id, id, "Example Mission", "ngo", "2026") for id in ("one", "two")}
    country = Country("XAA", "Exampleland", "", sources=sources)

    assert claims_of_page.voices_of(replace(claim("a"), sources=("one", "two")), country) == ("Example Mission",)

"""Promises about country information: dated, sourced, strict, and silent where nothing is known."""

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from safe_lib.catalogue import paths
from safe_lib.catalogue.claims import CountryInfoProblems
from safe_lib.catalogue.countries import check_countries, list_countries, list_datasets, list_subdivisions, load_country, load_themes
from safe_lib.engine.country import country_view, origins, positions, theme_view, topics
from safe_lib.model.country import Claim, Country, CountrySource, Figure
from safe_lib.model.errors import CountryInfoError, WrongUse
from safe_lib.sources.latest import TABLE, build_latest

ON = date(2026, 11, 21)
DATASETS = paths.COUNTRY_INFO / "_datasets"


@pytest.fixture(scope="module")
def exampleland() -> Country:
    return load_country("XAA")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the country information that a test may spoil."""
    return shutil.copytree(paths.COUNTRY_INFO, tmp_path / "country_info")


def spoil(folder: Path, old: str, new: str, file: str = "XAA/profile.yaml") -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def claim(id: str = "a", level: str = "weak", sources: tuple[str, ...] = ("one",), as_of: str = "2026-01-01", review_by: str = "2027-01-01") -> Claim:
    return Claim(id, "T05", level, "Something is so.", "adults", "whole country", date.fromisoformat(as_of), date.fromisoformat(review_by), sources)


def source(id: str, publisher: str, *quotes: str, voice: str = "") -> CountrySource:
    return CountrySource(id, "A title", publisher, "ngo", "2026", quotes=quotes, voice=voice)


def country(*claims: Claim, sources: tuple[CountrySource, ...] = ()) -> Country:
    return Country("XAA", "Exampleland", "", claims, {one.id: one for one in sources})


# --- themes


@pytest.mark.parametrize(("theme", "status", "level"), [
    ("T01", "current", "weak"), ("T05", "conflicting", None), ("T06", "outdated", None), ("T15", "missing", None), ("T04", "current", None),
])
def test_exampleland_shows_every_state(exampleland: Country, theme: str, status: str, level: str | None) -> None:
    """Exampleland has a theme for every state a page must be able to show."""
    view = theme_view(exampleland, theme, ON)

    assert (view.status, view.level) == (status, level)


def test_outdated_claim_opens_the_question() -> None:
    """From its review date on, that day included, a claim counts as unknown."""
    place = country(claim(review_by="2026-06-30"))

    assert theme_view(place, "T05", date(2026, 6, 29)).level == "weak"
    assert theme_view(place, "T05", date(2026, 6, 30)).level is None
    assert theme_view(place, "T05", date(2026, 6, 30)).status == "outdated"


def test_an_earlier_day_does_not_know_later_claims() -> None:
    """As of a day before a claim was true, it is not there."""
    assert theme_view(country(claim(as_of="2026-05-01")), "T05", date(2026, 4, 30)).status == "missing"


def test_disagreeing_claims_open_the_theme_and_stay_both() -> None:
    """Two current claims with different levels are both shown; neither wins. An outdated one does not take part."""
    both = theme_view(country(claim("a"), claim("b", "partial")), "T05", ON)
    one = theme_view(country(claim("a"), claim("b", "partial", review_by="2026-02-01")), "T05", ON)

    assert (both.status, both.level, len(both.claims)) == ("conflicting", None, 2)
    assert (one.status, one.level, len(one.claims)) == ("current", "weak", 2)


def test_a_named_disagreement_opens_the_theme_whatever_the_levels() -> None:
    """Claims that are said to disagree open their themes, both of them, while both are current."""
    one, other = claim("a"), replace(claim("b", "", review_by="2026-12-01"), theme="T02", disagrees_with=("a",))

    for theme in ("T05", "T02"):
        assert theme_view(country(one, other), theme, ON).status == "conflicting"
        assert theme_view(country(one, other), theme, ON).level is None
    assert theme_view(country(one, other), "T05", date(2026, 12, 1)).level == "weak"


def test_sources_that_only_repeat_each_other_are_marked(exampleland: Country) -> None:
    """In Exampleland three texts on the dismissed officers quote each other, and no original is known."""
    circular = [id for id in exampleland.themes if theme_view(exampleland, id, ON).circular]

    assert circular == ["T07"]
    assert [one["circular"] for one in country_view(exampleland, ON)["themes"]["T07"]["claims"]] == [True]


@pytest.mark.parametrize(("sources", "voices"), [
    ((source("one", "A"), source("two", "B")), 2),
    ((source("one", "A"), source("two", "B", "one")), 1),
    ((source("one", "A", "two"), source("two", "B", "one")), 1),
    ((source("one", "A", "The report of 2025"), source("two", "B", "The report of 2025")), 1),
    ((source("one", "A", "The ministry, report"), source("two", "B", "The ministry, speech")), 1),
    ((source("one", "A", "The ministry", "The court"), source("two", "B", "The court")), 1),
    ((source("one", "A", "The ministry", "The court"), source("two", "B", "The union")), 2),
    ((source("one", "A"), source("two", "A")), 1),
    ((source("one", "A"), source("two", "B", voice="A")), 1),
])
def test_sources_that_repeat_each_other_count_once(sources: tuple[CountrySource, ...], voices: int) -> None:
    """No round-tripping: who quotes, or has the same publisher or voice, is no second voice."""
    place = country(claim(sources=("one", "two")), sources=sources)

    assert len(origins(place.claims, place.sources)) == voices
    assert theme_view(place, "T05", ON).single_source is (voices == 1)


# --- what is refused


@pytest.mark.parametrize(("line", "problem"), [
    ("    as_of: 2026-03-31\n", "has no date"),
    ("    review_by: 2027-03-31\n", "has no review date"),
    ("    sources: [university_files_2026]\n", "has no source"),
    ("    level: weak\n", "has no level"),
    ("    theme: T01\n", "has no theme"),
    ("    says: In 61 of 84 court files the recruiter was a relative, a neighbour or a former schoolmate.\n", "has no says"),
    ("    applies_to: {who: women and girls, where: Lake Vara and Eastern Hills}\n", "does not say for whom and where"),
])
def test_an_unfounded_claim_is_refused(folder: Path, line: str, problem: str) -> None:
    """A claim without a date, a source, a level, a theme, words or a scope is refused, with file, line and repair."""
    spoil(folder, line, "")

    with pytest.raises(CountryInfoError, match=f'claim "recruiters_are_known" {problem}') as refused:
        load_country("XAA", folder)
    assert refused.value.file == "XAA/profile.yaml"
    assert refused.value.line == 15
    assert refused.value.repair
    assert refused.value.exit_code == 10


@pytest.mark.parametrize(("old", "new", "problem"), [
    ("theme: T01", "theme: T99", '"T99", which is not a theme'),
    ("level: weak", "level: safe", 'the level "safe"'),
    ("level: null", "level:", "is left empty"),
    ("as_of: 2026-03-31", "as_of: March 2026", "which is not a day"),
    ("review_by: 2027-03-31", "review_by: 2026-03-31", "reviewed before it was true"),
    ("sources: [university_files_2026]", "sources: [university_files_2025]", 'Did you mean "university_files_2026"'),
    ("    says: In 61", "    sais: In 61", 'Did you mean "says"'),
    ("id: found_through_relatives", "id: recruiters_are_known", "stands twice"),
    ("quotes: fells_online_2026", "quotes: fells_onlin_2026", "which is not a source here"),
    ("quotes: fells_online_2026", "quotes: [The courier, fells_onlin_2026]", "which is not a source here"),
    ("quotes: fells_online_2026", "quotes: fells_courier_2026", "quotes itself"),
    ("disagrees_with: [unit_without_orders]", "disagrees_with: [unit_without_order]", "which is not a claim here"),
    ("disagrees_with: [unit_without_orders]", "disagrees_with: [police_unit_norrin]", "disagrees with itself"),
    ("published: 2026-06\n", "published: summer of 2026\n", "which is not a date"),
    ("published: 2026-06\n", "published: about 2026\n", "without a word on how that is known"),
    ("published: 2026-06\n", "published: undated\n", "without a word on how that is known"),
    ('"T05: whether', '"T55: whether', '"T55" is not a theme'),
    ("not_found:\n", "not_found:\n  - T18\n", "does not say what was not found"),
    ("    published: 2026-06\n", "", "has no published"),
    ("kind: academic", "kind: rumour", 'the kind "rumour"'),
    ("country: XAA", "country: XAB", "but lies in XAA"),
])
def test_a_slip_is_named_with_its_repair(folder: Path, old: str, new: str, problem: str) -> None:
    """A misspelt word, level, theme, date or source is never passed over."""
    spoil(folder, old, new)

    with pytest.raises(CountryInfoError, match=problem):
        load_country("XAA", folder)


def test_what_is_known_loosely_is_kept_as_it_is_known(folder: Path) -> None:
    """A year that was inferred, several originals, the speaker behind a publisher and the place of reading are not lost."""
    spoil(folder, "published: 2026-06\n", "published: about 2026\n    published_note: from the number of the series\n    read_in: copy on another site\n"
                  "    quotes: ['Supreme Court, files', court_circular_2026]\n")
    spoil(folder, "publisher: Example Supreme Court\n", "publisher: Example Gazette\n    voice: Example Supreme Court\n")
    found = load_country("XAA", folder)
    read = found.sources["university_files_2026"]

    assert (read.published, read.published_note, read.read_in) == ("about 2026", "from the number of the series", "copy on another site")
    assert read.quotes == ("Supreme Court, files", "court_circular_2026")
    assert found.sources["court_circular_2026"].voice == "Example Supreme Court"
    assert country_view(found, ON)["themes"]["T01"]["claims"][0]["sources"][0]["read_in"] == "copy on another site"


def test_a_theme_tells_what_was_looked_for_in_vain(exampleland: Country) -> None:
    """Missing is not empty: what was not found, and when it was searched, stands with the theme."""
    assert theme_view(exampleland, "T15", ON).not_found == ("replacing lost papers from abroad; searched 14 November 2026.",)
    assert theme_view(exampleland, "T01", ON).not_found == ()


def test_all_problems_are_told_at_once(folder: Path) -> None:
    """Who mends a file sees everything there is to mend."""
    spoil(folder, "theme: T01", "theme: T99")
    spoil(folder, "kind: court", "kind: rumour")

    with pytest.raises(CountryInfoProblems) as refused:
        load_country("XAA", folder)
    assert len(refused.value.problems) == len(check_countries(folder)) == 2


def test_a_real_country_cannot_bring_its_own_figures(folder: Path) -> None:
    """Figures of real countries come from the datasets alone, and a real country is not invented."""
    shutil.copytree(folder / "XAA", folder / "ISL")
    spoil(folder, "country: XAA", "country: ISL", "ISL/profile.yaml")

    problems = [problem.problem for problem in check_countries(folder)]
    assert problems == ["a real country cannot be invented.", "figures of a real country do not stand in its profile."]


@pytest.mark.parametrize(("word", "advice"), [("NG", "NGA"), ("Nederland", "NLD"), ("NA", "NAM"), ("../XAA", "ISO 3166-1"), ("ZZZ", "ISO 3166-1")])
def test_a_country_that_does_not_exist_is_wrong_use(word: str, advice: str) -> None:
    """Two letters or a name lead to the right code; nothing else opens a folder."""
    with pytest.raises(WrongUse, match=advice):
        load_country(word)


# --- figures


def test_positions_share_ranks_and_follow_the_direction() -> None:
    """0 is least safe, 1 safest; equal values share the mean of their ranks; neutral or alone has none."""
    values = {"AAA": 1.0, "BBB": 2.0, "CCC": 2.0, "DDD": 5.0, "EEE": 9.0}

    assert positions(values, "higher_is_safer") == {"AAA": 0.0, "BBB": 0.375, "CCC": 0.375, "DDD": 0.75, "EEE": 1.0}
    assert positions(values, "higher_is_riskier") == {"EEE": 0.0, "DDD": 0.25, "BBB": 0.625, "CCC": 0.625, "AAA": 1.0}
    assert positions(values, "neutral") == positions({"AAA": 1.0}, "higher_is_safer") == {}


def test_every_country_of_the_datasets_opens() -> None:
    """198 countries have figures, each with a year; where there is no data there is no value, never zero."""
    entries = [entry for entry in list_countries() if entry.has_figures and not entry.invented]

    assert len(entries) == 198
    for figure in (figure for entry in entries for figure in load_country(entry.iso3).figures.values()):
        assert (figure.value is None) == (figure.year is None)
        assert figure.position is None or (figure.value is not None and 0 <= figure.position <= 1)


def test_the_known_traps_of_country_codes() -> None:
    """Namibia is not missing, Kosovo has a code, and Palestine has no conflict figure but says where it is counted."""
    by_code = {entry.iso3: entry for entry in list_countries()}
    palestine = load_country("PSE").figures["conflict_deaths_rate"]

    assert (by_code["NAM"].iso2, by_code["NAM"].has_figures) == ("NA", True)
    assert (by_code["XKX"].name, by_code["XKX"].has_figures) == ("Kosovo", True)
    assert (palestine.value, palestine.position) == (None, None)
    assert "Israel" in palestine.note
    assert load_country("ESH").figures["hdi"].value is None
    assert {part.code for part in list_subdivisions("NGA")} >= {"NG-ED", "NG-LA"}


def test_figures_are_the_newest_and_come_with_their_terms() -> None:
    """A hand-checked value: newest year, unit, source and licence stand beside it."""
    figure = load_country("nga").figures["vdem_rule_of_law"]

    assert (figure.value, figure.year, figure.unit, figure.source) == (0.243, 2024, "index 0-1", "vdem_v15")
    assert figure.licence == "CC BY-SA 4.0"


def test_a_topic_rests_on_rates_and_never_on_one_government() -> None:
    """Large countries have large counts; and the rating by one government does not decide alone."""
    blank = Figure("x", "X", 1.0, 2024, "", "", "displacement", 0.2)
    figures = [replace(blank, id="idps_conflict", position=0.9), replace(blank, id="idps_conflict_rate", position=0.2),
               replace(blank, id="tip_tier", topic="trafficking"), replace(blank, id="tip_watch_level", topic="trafficking")]
    found = topics(Country("XAA", "Exampleland", "", figures={figure.id: figure for figure in figures}))

    assert found["displacement"] == {"position": 0.2, "indicators": 1, "newest": 2024, "oldest": 2024}
    assert found["trafficking"]["position"] is None


def test_the_view_is_the_contract(exampleland: Country) -> None:
    """`safe country` gives every theme and topic, as JSON, and no overall number."""
    view = country_view(exampleland, ON)

    assert json.loads(json.dumps(view)) == view
    assert list(view["themes"]) == [f"T{number:02}" for number in range(1, 21)]
    assert set(view["themes"]["T05"]) >= {"level", "status", "as_of", "claims", "indicators"}
    assert set(view["themes"]["T05"]["indicators"][0]) >= {"id", "value", "year", "unit", "source", "position"}
    assert set(view["topics"]["state_protection"]) == {"position", "indicators", "newest", "oldest"}
    assert not [key for key, value in view.items() if isinstance(value, int | float) and not isinstance(value, bool)]


# --- the table of newest figures


@pytest.mark.parametrize("file", ["fh_fiw/data.csv.gz", "fh_fiw/dataset.yaml", "indicators.yaml"])
def test_the_table_cannot_grow_old_unnoticed(folder: Path, file: str) -> None:
    """When a file behind the table changes, nothing is opened until it is built again."""
    changed = folder / "_datasets" / file
    changed.write_bytes(changed.read_bytes() + b"\n")

    with pytest.raises(CountryInfoError, match=file):
        load_country("NGA", folder)


def test_the_table_is_what_the_data_give(folder: Path) -> None:
    """Built again from the data files, the table has the same bytes."""
    assert build_latest(folder / "_datasets").read_bytes() == (DATASETS / TABLE).read_bytes()


@pytest.mark.parametrize(("line", "problem"), [
    ("ZZZ,cpi_corruption,2023,5", "countries.csv"), ("NAM,cpi,2023,5", "indicators.yaml"), ("NAM,hdi,2023,5", "belongs to"),
    ("NAM,cpi_corruption,23,5", "not a year"), ("NAM,cpi_corruption,2023,nan", "not a number"), ("NAM,cpi_corruption,2023,", "not a number"),
    ("NAM,cpi_corruption,2023,49", "stands twice"), ("NAM,cpi_corruption,2023", "cells"),
])
def test_a_wrong_line_of_data_is_refused(folder: Path, line: str, problem: str) -> None:
    """A code, indicator, year or value that cannot be meant stops the building; the old table stays."""
    file = folder / "_datasets" / "ti_cpi" / "data.csv.gz"
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()) + f"{line}\n".encode()))

    with pytest.raises(CountryInfoError, match=problem):
        build_latest(folder / "_datasets")
    assert (folder / "_datasets" / TABLE).read_bytes() == (DATASETS / TABLE).read_bytes()


def test_opening_a_country_needs_no_pandas() -> None:
    """A page opens quickly: the data files are not read and pandas is not loaded."""
    code = "import sys; from safe_lib.catalogue.countries import load_country; load_country('NGA'); sys.exit('pandas' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=paths.PACKAGE.parent, check=False).returncode == 0


# --- the files themselves


def test_country_information_has_no_problems() -> None:
    """Every profile, theme, dataset and indicator that is shipped can be used."""
    assert check_countries() == ()


def test_every_indicator_informs_a_theme_and_a_doubtful_one_never_alone() -> None:
    """Only context stands outside the themes; what is not shipped is never the only background of a theme."""
    described = yaml.safe_load((DATASETS / "indicators.yaml").read_text(encoding="utf-8"))["indicators"]
    themes = load_themes()
    shipped = load_country("NGA").figures.keys()

    assert {id for theme in themes.values() for id in theme.indicators} == {id for id, about in described.items() if about["topic"] != "context"}
    assert all(set(theme.indicators) & shipped for theme in themes.values() if theme.indicators)


def test_nothing_of_unclear_terms_is_shipped() -> None:
    """Every dataset has a licence and a credit line; doubtful ones are left out."""
    datasets = list_datasets()

    assert len(datasets) == 22
    assert {dataset.terms for dataset in datasets} == {"open", "share-alike", "non-commercial"}
    assert not list(DATASETS.glob("equaldex*"))


def test_themes_are_whole_in_dutch() -> None:
    """Every theme has its title and all its questions in Dutch."""
    english, dutch = load_themes(), load_themes(language="nl")

    for id, theme in english.items():
        assert dutch[id].title != theme.title or id == "T11"  # "Stigma" is Dutch too
        assert len(dutch[id].questions) == len(theme.questions)
        assert set(dutch[id].questions).isdisjoint(theme.questions)


def test_exampleland_keeps_to_the_age_limits(exampleland: Country) -> None:
    """The example to copy from: review dates within the months of the theme, addresses that do not exist."""
    for one in exampleland.claims:
        months = (one.review_by.year - one.as_of.year) * 12 + one.review_by.month - one.as_of.month
        assert months <= max(exampleland.themes[one.theme].months, 12 if one.review_by.year == 2024 else 0), one.id
    assert exampleland.invented
    assert all(not one.url or one.url.startswith("https://example.org/") for one in exampleland.sources.values())


def test_the_hash_follows_the_files(folder: Path) -> None:
    """A changed profile or theme changes the hash of the country; another country's profile does not."""
    def hashes() -> Iterator[str]:
        return (load_country(code, folder).hash for code in ("XAA", "NGA"))

    exampleland, nigeria = hashes()
    spoil(folder, "In 61 of 84", "In 60 of 84")
    after_profile = tuple(hashes())
    spoil(folder, "Who recruits", "Who now recruits", "themes.yaml")
    after_themes = tuple(hashes())

    assert after_profile[0] != exampleland
    assert after_profile[1] == nigeria
    assert after_themes[1] != nigeria

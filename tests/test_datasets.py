"""Promises about the datasets: small, dated, with their terms beside them, each to be switched off in one line."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_datasets import DATASETS

from safe_lib import casework
from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import check_countries, list_countries, list_datasets, list_subdivisions, load_country
from safe_lib.catalogue.figures import SWITCHED_OFF, TERMS, load_dataset, switched_off
from safe_lib.engine.country import country_view
from safe_lib.model.errors import CountryInfoError, SourceError, WrongUse
from safe_lib.sources import files
from safe_lib.sources.latest import read_plain
from safe_lib.sources.notice import check_notice, write_notice
from safe_lib.sources.own_file import read_in
from safe_lib.sources.refresh import Errand, Result

ON = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 10, 30, tzinfo=UTC)
IDS = sorted(path.parent.name for path in DATASETS.glob("*/dataset.yaml"))
INDICATORS = yaml.safe_load((DATASETS / "indicators.yaml").read_text(encoding="utf-8"))["indicators"]


# --- what is shipped


def test_all_figures_together_are_small() -> None:
    """Data, descriptions and the table of newest figures take at most 3 MB."""
    assert sum(path.stat().st_size for path in DATASETS.rglob("*") if path.is_file()) <= 3_000_000


def test_every_indicator_is_here_or_says_why_not() -> None:
    """All 114 indicators of the base and its 23 sources are described; the four that are not shipped, and the optional ones, have a reason."""
    packed = [path.read_bytes() for path in DATASETS.glob("*/data.csv.gz")]
    shipped = {line.split(",")[1] for content in packed for line in gzip.decompress(content).decode().splitlines()[1:]}
    about = read_plain(DATASETS / "not_shipped.yaml")
    explained = {id for id, said in INDICATORS.items() if said["source"] in about["datasets"]} | set(about["parts"])

    assert len(shipped) == 110
    assert set(INDICATORS) - shipped == explained
    assert all(said["why"] for said in [*about["datasets"].values(), *about["parts"].values()])
    assert len({*IDS, "equaldex_copy"}) == 23


def test_nothing_of_unclear_terms_is_shipped() -> None:
    """Terms are one of four; what is unclear is not here, and neither are event rows or texts of others."""
    assert {dataset.terms for dataset in list_datasets()} <= set(TERMS) - {"unclear"}
    assert not {"equaldex_copy", "acled_counts", "reliefweb_reports"} & set(IDS)


def test_the_notice_says_what_the_datasets_say() -> None:
    """The NOTICE names every dataset with its terms, licence and credit line, and what is not here with the reason."""
    notice = " ".join((DATASETS / "NOTICE").read_text(encoding="utf-8").split())

    check_notice(DATASETS)
    for dataset in list_datasets():
        for words in (f"{dataset.id} ({dataset.terms})", dataset.licence, dataset.credit, dataset.may_be_passed_on, dataset.retrieved):
            assert " ".join(words.split()) in notice, words
    assert "equaldex_copy (unclear)" in notice and "Owned by Gallup" in notice


def test_a_notice_that_grew_old_is_named(small_datasets: Path) -> None:
    """When a licence changes and the notice does not, the check says how to make it again."""
    file = small_datasets / "_datasets" / "unhcr_rdf" / "dataset.yaml"
    file.write_text(file.read_text().replace("licence: CC BY 4.0", "licence: CC BY-SA 4.0"))

    with pytest.raises(CountryInfoError, match="NOTICE") as told:
        check_notice(small_datasets / "_datasets")
    assert "safe_lib.sources.notice" in told.value.repair
    write_notice(small_datasets / "_datasets")
    check_notice(small_datasets / "_datasets")


@pytest.mark.parametrize(("iso3", "indicator", "said"), [
    ("CAF", "life_expectancy", "crisis deaths"), ("CAF", "under5_mortality", "crisis deaths"), ("UKR", "conflict_deaths", "real in the source"),
    ("ISR", "conflict_deaths_rate", "Gaza"), ("LBN", "conflict_deaths", "real in the source"), ("MEX", "conflict_deaths", "real in the source"),
    ("RUS", "conflict_deaths", "real in the source"), ("SDN", "conflict_deaths_rate", "real in the source"), ("PSE", "conflict_deaths", "under Israel"),
])
def test_known_outliers_carry_their_note(iso3: str, indicator: str, said: str) -> None:
    """An extreme value that is real in the source says so beside it."""
    assert said in load_country(iso3).figures[indicator].note


# --- one line switches a dataset off


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all country information, in which datasets are switched off."""
    return shutil.copytree(paths.COUNTRY_INFO, tmp_path_factory.mktemp("off") / "country_info")


def switch_off(folder: Path, *ids: str) -> None:
    (folder / "_datasets" / SWITCHED_OFF).write_text(f"switched_off: [{', '.join(ids)}]\n", encoding="utf-8")


@pytest.mark.parametrize("id", [id for id in IDS if id != "iso_countries"])
def test_a_dataset_is_switched_off_in_one_line(whole: Path, id: str) -> None:
    """Its figures are gone from every country, invented ones too; all others keep value and position; nothing is built again."""
    switch_off(whole)
    before = {code: load_country(code, whole) for code in ("NGA", "XAA")}
    table = (whole / "_datasets" / "latest.jsonl").read_bytes()
    switch_off(whole, id)
    mine = {indicator for indicator, about in INDICATORS.items() if about["source"] == id}

    for code, was in before.items():
        now = load_country(code, whole)
        assert now.figures == {indicator: figure for indicator, figure in was.figures.items() if indicator not in mine}
        assert (now.hash != was.hash) == bool(mine & was.figures.keys())
        view = country_view(now, ON)
        assert not mine & {one["id"] for theme in view["themes"].values() for one in theme["indicators"]}
        assert all(topic["position"] is None or 0 <= topic["position"] <= 1 for topic in view["topics"].values())
    assert bool(list_subdivisions("NGA", whole)) == (id != "iso_subdivisions")
    assert check_countries(whole) == ()
    assert (whole / "_datasets" / "latest.jsonl").read_bytes() == table


def test_with_everything_off_countries_still_open(whole: Path) -> None:
    """No figure at all is shown as no figure: no country claims to have any, and none is missing."""
    switch_off(whole)
    all_of_them = {entry.iso3 for entry in list_countries(whole)}
    switch_off(whole, *(id for id in IDS if id != "iso_countries"))
    entries = list_countries(whole)

    assert {entry.iso3 for entry in entries} == all_of_them
    assert not any(entry.has_figures for entry in entries if not entry.invented)
    assert load_country("NGA", whole).figures == {} and load_country("NGA", whole).claims


@pytest.mark.parametrize(("text", "said"), [
    ("switched_off: [iso_countries]", "every country is found by it"), ("switched_off: [rsf]", "no dataset of that name"),
    ("switched_off: rsf_pfi", "no list of datasets"), ("off: [rsf_pfi]", "no list of datasets"),
])
def test_a_switch_that_cannot_be_meant_is_told(whole: Path, text: str, said: str) -> None:
    """A misspelt name must not leave a dataset on unnoticed."""
    (whole / "_datasets" / SWITCHED_OFF).write_text(text + "\n", encoding="utf-8")

    with pytest.raises(CountryInfoError, match=said):
        load_country("NGA", whole)
    assert any(said in problem.problem for problem in check_countries(whole))
    switch_off(whole)


def test_without_the_file_nothing_is_off(whole: Path) -> None:
    """The file may be missing."""
    (whole / "_datasets" / SWITCHED_OFF).unlink()

    assert switched_off(whole / "_datasets") == frozenset()
    assert "rsf_press_freedom" in load_country("NGA", whole).figures


def test_a_page_that_is_open_follows_the_switch(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A running server shows the country without the dataset at its next look, without being started again."""
    monkeypatch.setattr(paths, "COUNTRY_INFO", whole)
    switch_off(whole)
    assert "rsf_press_freedom" in casework.country_named("NGA").figures
    switch_off(whole, "rsf_pfi")

    assert "rsf_press_freedom" not in casework.country_named("NGA").figures


# --- a copy of one's own


Read = Callable[..., Result]


@pytest.fixture
def read(small_datasets: Path, tmp_path: Path) -> Read:
    """Read a CSV text into a dataset of the small copy."""
    def from_text(dataset: str, text: str | bytes, **options: Any) -> Result:
        file = tmp_path / "own.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_in(Errand(small_datasets / "_datasets", accept=options.pop("accept", False), now=lambda: NOW), dataset, file, **options)

    return from_text


def test_an_organisation_reads_in_its_own_copy_of_equaldex(read: Read, small_datasets: Path) -> None:
    """A table with countries by code or name and the index in columns; unknown places are named; the terms come with it."""
    table = "\ufeffCountry;Legal Index;Public Opinion Index;Equality Index\nNetherlands;97;84%;90\nNG;8;12;10\nSomewhere;1;2;3\nALB;-;41;\n"
    result = read("equaldex_copy", table, year=2026)
    figures = load_country("NLD", small_datasets).figures
    dataset = load_dataset(small_datasets / "_datasets", "equaldex_copy")

    assert (result.state, result.countries, result.left_out) == ("replaced", 3, ("Somewhere",))
    assert (figures["lgbt_legal_index"].value, figures["lgbt_opinion_index"].value, figures["lgbt_legal_index"].year) == (97, 84, 2026)
    assert load_country("ALB", small_datasets).figures["lgbt_legal_index"].value is None
    assert (dataset.terms, dataset.edition) == ("unclear", "own copy of 2026-11-26")
    assert "copy of 2026-11-26" in dataset.credit and dataset.may_be_passed_on.startswith("No")
    assert "equaldex_copy (unclear)\n  LGBT Equality Index parts" in (small_datasets / "_datasets" / "NOTICE").read_text()
    switch_off(small_datasets, "equaldex_copy")
    assert "lgbt_legal_index" not in load_country("NLD", small_datasets).figures


def test_the_template_takes_a_yearly_edition(read: Read, small_datasets: Path) -> None:
    """One line per value; series that the file does not hold stay; edition and credit say where the figures are from."""
    folder = small_datasets / "_datasets"
    before = files.read_figures(folder, "who_gho", "figures")
    lines = [f"{iso3},{id},{year},{value},who_gho" for (iso3, id, year), value in before.items()] + ["NGA,nurses_midwives,2025,16.1,who_gho"]
    result = read("who_gho", "\n".join(["iso3,indicator_id,year,value,source_id", *lines, ""]), edition="edition of 2026")
    again = read("who_gho", "\n".join(["iso3,indicator_id,year,value,source_id", *lines, ""]), edition="edition of 2026")
    about = yaml.safe_load((folder / "who_gho" / "dataset.yaml").read_text())

    assert (result.state, again.state) == ("replaced", "same")
    assert files.read_figures(folder, "who_gho", "figures") == {**before, ("NGA", "nurses_midwives", 2025): 16.1}
    assert (about["edition"], about["requests"]) == ("edition of 2026", ["file own.csv"])
    assert about["credit"].count("Read in from a file: edition of 2026.") == 1
    assert about["refresh"]["service"] == "who_gho"


def test_a_part_that_may_not_be_passed_on_changes_the_terms(read: Read, whole: Path, tmp_path: Path) -> None:
    """Gallup's series read in from an own copy joins its dataset, whose terms then say that it stays here."""
    folder = shutil.copytree(whole, tmp_path / "again") / "_datasets"
    file = tmp_path / "gallup.csv"
    file.write_text("iso3,indicator_id,year,value\nNGA,community_safety_women,2024,44\n")
    read_in(Errand(folder, now=lambda: NOW), "giwps_wps25", file)
    figures = load_country("NGA", folder.parent).figures

    assert figures["community_safety_women"].value == 44 and figures["proximity_to_conflict_women"].value is not None
    assert load_dataset(folder, "giwps_wps25").terms == "unclear"
    assert "community_safety_women" in load_dataset(folder, "giwps_wps25").may_be_passed_on


HEAD = "iso3,indicator_id,year,value,source_id\n"


@pytest.mark.parametrize(("dataset", "text", "said"), [
    ("who_gho", HEAD + "ZZZ,nurses_midwives,2024,5,who_gho\n", 'own.csv:2: "ZZZ" is not in countries.csv'),
    ("who_gho", HEAD + "NGA,nurses,2024,5,who_gho\n", '"nurses" is no indicator of who_gho'),
    ("who_gho", HEAD + "NGA,nurses_midwives,2024,5,fh_fiw\n", '"fh_fiw" is another source than who_gho'),
    ("who_gho", HEAD + "NGA,nurses_midwives,24,5,who_gho\n", '"24" is not a year'),
    ("who_gho", HEAD + "NGA,nurses_midwives,2024,many,who_gho\n", '"many" is not a number'),
    ("who_gho", HEAD + "NGA,nurses_midwives,2024,5,who_gho\nNGA,nurses_midwives,2024,6,who_gho\n", "own.csv:3: nurses_midwives of NGA in 2024 stands twice"),
    ("who_gho", HEAD + "NGA,nurses_midwives,2024,5\n", "there are 4 cells instead of 5"),
    ("who_gho", HEAD + "NGA,nurses_midwives,2024,-5,who_gho\n", "outside its scale of 0 to any"),
    ("who_gho", HEAD + "NGA,nurses_midwives,2031,5,who_gho\n", "a year that is still to come"),
    ("who_gho", HEAD + "NGA,nurses_midwives,2024,5,who_gho\n", "has lost"),
    ("who_gho", HEAD, "there are no values"),
    ("who_gho", "", "the file is empty"),
    ("who_gho", "country,nurses\nNGA,5\n", "no column for the country, or none for an indicator"),
    ("equaldex_copy", "iso3,legal\nNGA,5\n", "nothing says of which year the values are"),
    ("equaldex_copy", "iso3,legal,year\nNGA,500,2026\n", "outside its scale of 0 to 100"),
    ("equaldex_copy", b"iso3,legal,year\nNGA,5\xff,2026\n", "the text is not UTF-8"),
])
def test_a_line_that_cannot_be_meant_is_named(read: Read, small_datasets: Path, dataset: str, text: str | bytes, said: str) -> None:
    """The same checks hold as for a publisher's answer; file and line are named, and what was here stays."""
    before = (small_datasets / "_datasets" / "latest.jsonl").read_bytes()

    with pytest.raises(SourceError, match=r".") as told:
        read(dataset, text)
    assert said in str(told.value) and told.value.repair
    assert (small_datasets / "_datasets" / "latest.jsonl").read_bytes() == before


def test_a_file_belongs_to_a_dataset_with_figures(read: Read) -> None:
    """A dataset that does not exist, or has no figures, takes no file."""
    for dataset in ("nowhere", "iso_countries", "reliefweb_reports"):
        with pytest.raises(WrongUse, match="no figures of a file belong to"):
            read(dataset, HEAD)

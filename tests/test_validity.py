"""Promises about how far figures can be trusted: a correlation with its interval, said with its limits, and never to a caseworker."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from math import asin, pi, sqrt
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.countries import list_datasets, load_country
from safe_lib.cli.app import run
from safe_lib.engine.rank_correlation import RankCorrelation, rank_correlation, ranks
from safe_lib.engine.validity import Comparison, Outcome, compare, outcomes_inside
from safe_lib.model.country import Country, Figure
from safe_lib.model.document import Bullets, Details, Table
from safe_lib.model.errors import NotPermitted, SourceError, WrongUse
from safe_lib.sources.feeds import codes_of
from safe_lib.sources.outcomes import read_outcomes
from safe_lib.validity import figures_beside_outcomes
from safe_lib.widgets.blocks import blocks_html, blocks_text
from safe_lib.widgets.validity_views import validity_blocks

TODAY = date(2026, 11, 26)
CODES = codes_of(paths.COUNTRY_INFO / "_datasets")


# --- the correlation


def test_the_correlation_is_that_of_a_published_example() -> None:
    """Ten people, their IQ and hours of television: rho is -29/165 (Wikipedia, Spearman's rank correlation coefficient)."""
    iq, hours = (106, 100, 86, 101, 99, 103, 97, 113, 112, 110), (7, 27, 2, 50, 28, 29, 20, 12, 6, 17)

    assert rank_correlation(list(zip(iq, hours, strict=True))).rho == pytest.approx(-29 / 165, abs=1e-12)


def test_equal_values_share_their_ranks() -> None:
    """With ties the value is that of an independent implementation (scipy 1.16, stats.spearmanr)."""
    first, second = (3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8), (2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5)

    assert ranks([10, 20, 20, 5]) == [2, 3.5, 3.5, 1]
    assert rank_correlation(list(zip(first, second, strict=True))).rho == pytest.approx(0.1415796863640157, abs=1e-12)


def test_the_interval_is_the_one_of_bonett_and_wright() -> None:
    """Worked out by hand for rho -29/165 and ten pairs: tanh(atanh(rho) ± 1.95996 · sqrt((1 + rho²/2) / 7))."""
    iq, hours = (106, 100, 86, 101, 99, 103, 97, 113, 112, 110), (7, 27, 2, 50, 28, 29, 20, 12, 6, 17)
    found = rank_correlation(list(zip(iq, hours, strict=True)))

    assert (found.low, found.high) == (pytest.approx(-0.72783, abs=1e-5), pytest.approx(0.51455, abs=1e-5))


@pytest.mark.parametrize(("rho", "n"), [(0.0, 20), (0.5, 60), (-0.6, 120)])
def test_the_interval_keeps_its_promise(rho: float, n: int) -> None:
    """Of 600 drawn samples, about 95 in 100 intervals hold the true correlation (of a normal pair: 6/π · asin(rho/2))."""
    chance, true, held = Random(20261126), 6 / pi * asin(rho / 2), 0
    for _ in range(600):
        drawn = [(x, rho * x + sqrt(1 - rho * rho) * chance.gauss(0, 1)) for x in (chance.gauss(0, 1) for _ in range(n))]
        found = rank_correlation(drawn)
        assert found.low is not None and found.high is not None
        held += found.low <= true <= found.high

    assert 0.93 <= held / 600 <= 0.985


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=10, max_size=60))
def test_only_the_order_counts(pairs: list[tuple[int, int]]) -> None:
    """Another unit changes nothing; exchanging the two changes nothing; turning one round turns the sign."""
    found = rank_correlation(pairs)
    if found.rho is None:
        assert len({a for a, _ in pairs}) == 1 or len({b for _, b in pairs}) == 1
        return

    assert rank_correlation([(a**3 + 7, 0.5 * b) for a, b in pairs]).rho == pytest.approx(found.rho)
    assert rank_correlation([(b, a) for a, b in pairs]).rho == pytest.approx(found.rho)
    assert rank_correlation([(-a, b) for a, b in pairs]).rho == pytest.approx(-found.rho)
    assert found.low is None or (found.high is not None and -1 <= found.low <= found.rho <= found.high <= 1)


def test_where_nothing_can_be_told_nothing_is_told() -> None:
    """Fewer than ten pairs or a value that is the same for all give no correlation; a perfect order gives no interval."""
    assert rank_correlation([(1, 2)] * 9) == RankCorrelation(9, None)
    assert rank_correlation([(number, 1) for number in range(20)]) == RankCorrelation(20, None)
    assert rank_correlation([(number, number * 2) for number in range(20)]) == RankCorrelation(20, 1.0)


# --- topics beside outcomes


def place(iso3: str, **figures: tuple[float, float | None]) -> Country:
    """A country with indicators of one topic: value and position."""
    made = {id: Figure(id, id, value, 2024, "", "a_source", "state_protection", position) for id, (value, position) in figures.items()}
    return Country(iso3, iso3, "", figures=made)


def line(number: int) -> str:
    return f"X{number // 26 + 65:c}{number % 26 + 65:c}"


def test_an_outcome_of_the_topic_is_left_out_of_it_first() -> None:
    """An outcome is not compared with itself: position is worked out without it and what says the same, and the line says so."""
    countries = [place(line(number), harm=(number, 1 - number / 20), other=(number, (number * 7 % 20) / 20)) for number in range(20)]
    (inside,) = outcomes_inside(countries, {"harm": ()})
    (found,) = compare(countries, [inside])
    (whole,) = compare(countries, [replace(inside, indicators=frozenset())])

    assert (inside.direction, found.circular, found.expected) == ("higher_is_riskier", "part", -1)
    assert found.agreement.rho == rank_correlation([(number * 7 % 20, number) for number in range(20)]).rho
    assert whole.agreement.rho != found.agreement.rho
    assert whole.circular == "source"


@pytest.mark.parametrize(("values", "direction", "reading"), [
    ([40 - number for number in range(40)], "higher_is_riskier", "open"),  # exactly opposite: no interval
    ([40 - number + number % 3 * 4 for number in range(40)], "higher_is_riskier", "agrees"),
    ([10 * (number * 17 % 40) - 4 * number for number in range(40)], "higher_is_riskier", "weakly"),
    ([number + number % 3 * 4 for number in range(40)], "higher_is_riskier", "contradicts"),
    ([(number * 17) % 40 for number in range(40)], "higher_is_riskier", "open"),
    ([number + number % 3 * 4 for number in range(40)], "", "open"),
])
def test_a_reading_is_careful(values: list[int], direction: str, reading: str) -> None:
    """The orders agree, agree weakly, contradict each other, or it cannot be told: an interval with zero in it never becomes an agreement."""
    countries = [place(line(number), one=(number, number / 40)) for number in range(40)]
    outcome = Outcome("harm", "somebody", {line(number): (2024, float(value)) for number, value in enumerate(values)}, direction)

    assert compare(countries, [outcome])[0].reading == reading


def test_countries_without_data_are_left_out_and_counted() -> None:
    """No data is not zero: a country without a position or an outcome is in no pair."""
    countries = [place(line(number), one=(number, None if number % 4 == 0 else number / 40)) for number in range(40)]
    (found,) = compare(countries, [Outcome("harm", "somebody", {line(number): (2020 + number % 3, 1.0 * number) for number in range(20)})])

    assert (found.agreement.n, found.outcome_years, found.position_years) == (15, (2020, 2022), (2024, 2024))
    assert compare([], [Outcome("harm", "somebody", {})]) == ()


def test_the_shipped_comparison_says_where_it_is_circular() -> None:
    """Outcomes among the figures: deaths are compared with conflict without deaths, and refugees with displacement without refugees."""
    found = {(one.topic, one.outcome): one for one in figures_beside_outcomes(desk())}

    assert len(found) == 7 * 4
    assert {key for key, one in found.items() if one.circular == "part"} == {
        ("conflict_violence", "homicide_rate"), ("conflict_violence", "conflict_deaths_rate"), ("displacement", "refugees_from_rate"),
        ("displacement", "idps_conflict_rate")}
    assert all(one.agreement.n > 150 and one.expected == -1 for one in found.values())
    kept = {id for id, figure in load_country("NGA").figures.items() if figure.topic == "conflict_violence"}
    assert {"conflict_deaths", "conflict_deaths_rate", "onesided_deaths", "nonstate_deaths"} <= kept


def desk(role: str = "specialist") -> Desk:
    return Desk(None, "noor", "en", TODAY, role=role)  # type: ignore[arg-type]


def test_it_is_only_for_those_who_judge_the_figures() -> None:
    """A role without that right is refused; there is no way to it from a case."""
    with pytest.raises(NotPermitted):
        figures_beside_outcomes(desk("nobody"))


# --- outcomes of one's own


def written(folder: Path, text: str) -> Path:
    file = folder / "outcomes.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_team_brings_its_own_outcomes(tmp_path: Path) -> None:
    """The newest year of a country counts; `-` is no data; the source is kept."""
    file = written(tmp_path, "iso3,outcome,value,year,source\nNGA,returns that failed,12,2023,own files\nNGA,returns that failed,15,2024,own files\n"
                             "ALB,returns that failed,-,2024,own files\nALB,complaints,3,2024,ombudsman\n")
    failed, complaints = read_outcomes(file, CODES)

    assert (failed.id, failed.source, failed.values, failed.direction) == ("returns that failed", "own files", {"NGA": (2024, 15.0)}, "")
    assert complaints.values == {"ALB": (2024, 3.0)}


@pytest.mark.parametrize(("text", "said"), [
    ("iso3,outcome,value,year\nNGA,x,1,2024\n", "outcomes.csv:1: the columns are not the agreed ones"),
    ("iso3,outcome,value,year,source\nZZZ,x,1,2024,us\n", 'outcomes.csv:2: "ZZZ" is not in countries.csv'),
    ("iso3,outcome,value,year,source\nNGA,x,1,2024,\n", '"x" has no source'),
    ("iso3,outcome,value,year,source\nNGA,x,1,2024,us\nALB,x,1,2024,them\n", '"x" has two sources'),
    ("iso3,outcome,value,year,source\nNGA,x,1,2024,us\nNGA,x,2,2024,us\n", "NGA stands twice in 2024"),
    ("iso3,outcome,value,year,source\nNGA,x,many,2024,us\n", "the year or the value of NGA is not a number"),
    ("iso3,outcome,value,year,source\nNGA,<b>x</b>,1,2024,us\n", "is no name of an outcome"),
    ("iso3,outcome,value,year,source\nNGA,x,1,2024,<script>\n", "there is markup"),
    ("iso3,outcome,value,year,source\n" + "".join(f"NGA,x{number},1,2024,us\n" for number in range(51)), "there are 51 outcomes"),
])
def test_outcomes_that_cannot_be_meant_are_named(tmp_path: Path, text: str, said: str) -> None:
    """File, line and repair."""
    with pytest.raises(SourceError) as told:
        read_outcomes(written(tmp_path, text), CODES)

    assert said in str(told.value) and told.value.repair


def test_the_command_shows_the_table_with_its_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`safe bench validity` in words and as JSON; with a file only its outcomes; a slip ends with 10, wrong use with 2."""
    rows = "".join(f"{row['iso3']},complaints,{number},2024,own count\n" for number, row in enumerate(CODES.rows))
    file = written(tmp_path, f"iso3,outcome,value,year,source\n{rows}")
    assert run(["bench", "validity", "--outcomes", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert {one["outcome"] for one in found["comparisons"]} == {"complaints"}
    assert {one["reading"] for one in found["comparisons"]} == {"open"}
    assert set(found["comparisons"][0]) == {
        "topic", "outcome", "source", "n", "rho", "low", "high", "expected", "reading", "circular", "position_years", "outcome_years"}
    assert "overall" not in json.dumps(found)
    assert run(["bench", "validity", "--lang", "nl"]) == 0
    said = capsys.readouterr().out
    assert "Rangcorrelatie" in said
    assert all(dataset.credit in said for dataset in list_datasets())
    assert run(["bench", "validity", "--outcomes", str(written(tmp_path, "iso3\n"))]) == 10
    assert run(["bench", "engine", "--outcomes", str(file)]) == 2


# --- the page


def blocks(language: str = "en", count: int = 2) -> tuple[object, ...]:
    one = Comparison("state_protection", "homicide_rate", "wb_wdi", RankCorrelation(176, -0.2, -0.34, -0.05), -1, "part", (2020, 2024), (2023, 2023))
    few = Comparison("documents", "own outcome", "somebody", RankCorrelation(4, None), 0, "", None, None)
    return validity_blocks(([one, few] * count)[: count if count > 2 else 2], load_texts(language))


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_limits_stand_before_the_numbers(language: str) -> None:
    """Who reads the table has read what it can tell and what not; chance, circularity and the lack of a composite are said."""
    shown = blocks(language)
    kinds = [type(block) for block in shown]

    assert kinds.index(Bullets) < kinds.index(Table)
    table = next(block for block in shown if isinstance(block, Table))
    assert table.rows[0][2:4] == ("176", "−0.20 (−0.34 … −0.05)") and table.rows[0][5] == "2020–2024; 2023"
    assert table.rows[1][3] == "–" and load_texts(language)("validity.few") in table.rows[1][6]
    assert load_texts(language)("validity.circular.part") in table.rows[0][6]
    assert not any(block.startswith("validity.") for block in blocks_text(shown).split())  # type: ignore[arg-type]


def test_the_page_is_plain_blocks(tmp_path: Path) -> None:
    """Shown as any other view: a table with headings and no markup of others; many lines are one press away; nothing gives a sentence."""
    html = blocks_html(blocks(), load_texts())  # type: ignore[arg-type]

    assert '<th scope="col" role="columnheader">Outcome</th>' in html and "own outcome" in html
    assert any(isinstance(block, Details) for block in blocks(count=61))
    assert "There is nothing to compare." in blocks_text(validity_blocks((), load_texts()))


def test_wrong_language_is_wrong_use() -> None:
    """As with every command."""
    assert run(["bench", "validity", "--lang", "xx"]) == WrongUse.exit_code

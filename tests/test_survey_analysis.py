"""Figures of a survey: worked out by hand on a few, quick on many, and silent about small groups."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safe_lib.catalogue.surveys import load_survey
from safe_lib.engine.shares import cramers_v, wilson, withheld
from safe_lib.store.surveys import Coding
from safe_lib.survey_analysis import Analysis, by_chance

SURVEY = load_survey("safe_survey")
Answers = dict[str, tuple[str, ...]]


def analysis(responses: list[Answers], smallest: int = 5, codings: tuple[Coding, ...] = ()) -> Analysis:
    return Analysis(SURVEY, responses, smallest, "other countries", codings)


def many(count: int, seed: int = 1) -> list[Answers]:
    """Invented responses to every question."""
    chance, found = random.Random(seed), []
    for _ in range(count):
        said: Answers = {}
        for place, question in SURVEY.places.items():
            if question.kind == "number":
                said[place] = (str(chance.randrange(40)),) if chance.random() < 0.8 else ("unknown",)
            elif question.kind == "open":
                said[place] = (f"Answer {chance.randrange(9)}.",)
            elif question.kind == "consent":
                said[place] = ("yes",)
            elif chance.random() < 0.95:
                some = chance.sample(list(question.options), min(question.most or 3, 3, len(question.options)))
                said[place] = tuple(some if question.kind in ("multiple", "rank") else some[:1])
        found.append(said)
    return found


@pytest.mark.parametrize(("count", "base", "low", "high"), [(5, 10, 0.2366, 0.7634), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)])
def test_intervals_are_those_of_the_literature(count: int, base: int, low: float, high: float) -> None:
    """Wilson's score interval; the last is Newcombe's example (1998), 81 of 263."""
    found = wilson(count, base)
    assert found is not None and (round(found.low, 4), round(found.high, 4)) == (low, high) and wilson(0, 0) is None


def test_who_does_not_know_is_no_part_of_a_share() -> None:
    """Ten say it rose, ten that it did not, six do not know, four did not answer: 50 percent of 20."""
    said = [("increased",)] * 10 + [("stable",)] * 10 + [("dont_know",)] * 6 + [()] * 4
    found = analysis([{"A1": ("NLD",), "B1.labour": one} for one in said]).asked("B1.labour")

    assert (found.base, found.unknown) == (20, 6) and found.above is not None and found.above.count == 10
    assert found.above.interval is not None and found.above.interval.share == 0.5
    assert {share.code: share.count for share in found.shares} == {"decreased": 0, "stable": 10, "increased": 10}


def test_ranks_give_points_and_the_share_of_first_places() -> None:
    """3, 2, 1; the order is by points."""
    found = analysis([{"C6": ("shame", "no_shelter", "interpreters")}] * 6 + [{"C6": ("no_shelter", "shame")}] * 5).ranking("C6")

    assert [(one.code, one.points, one.first.count) for one in found[:3]] == [("shame", 28, 6), ("no_shelter", 27, 5), ("interpreters", 6, 0)]


def test_numbers_are_medians_of_enough_and_capped() -> None:
    """One enormous number moves nothing; nine are too few."""
    numbers = [{"A4": (str(one),)} for one in (1, 2, 2, 3, 3, 3, 4, 4, 5, 999999)]
    assert analysis(numbers).measured("A4").quartiles == (2.25, 3.0, 4.0)
    assert analysis(numbers[:9]).measured("A4").quartiles is None and analysis(numbers).measured("A4").base == 10
    assert analysis([*numbers, *[{"A4": ("unknown",)}] * 5]).measured("A4").unknown == 5


def test_a_small_country_is_shown_with_its_region_and_nobody_is_left_over() -> None:
    """Six in the Netherlands alone; three in Belgium and two in France with Western Europe; two in Norway are not left to be worked out."""
    countries = ["NLD"] * 6 + ["BEL"] * 3 + ["FRA"] * 2 + ["NOR"] * 2
    groups = analysis([{"A1": (one,)} for one in countries]).by_country
    sizes = {group.words: group.size for group in groups.values()}

    assert sizes == {"Netherlands": 6, "other countries": 7} and len(groups) == 13
    assert {group.words for group in analysis([{"A1": (one,)} for one in countries[:11]]).by_country.values()} == {
        "Netherlands", "Western Europe (other countries)"}


def test_trends_by_country_have_intervals_and_withhold_small_cells() -> None:
    """Shares per group with their base; where a cell is small, it and what would give it away are not shown, nor is a test over them."""
    rows = [("NLD", "increased", 8), ("NLD", "stable", 12), ("DEU", "increased", 15), ("DEU", "stable", 5)]
    responses: list[Answers] = [{"A1": (land,), "B1.labour": (code,)} for land, code, count in rows for _ in range(count)]
    found = analysis(responses).crossed("B1.labour", ("increased",), analysis(responses).by_country)

    assert {group.id: share.count for group, share in found.groups} == {"NLD": 8, "DEU": 15}
    assert found.effect == pytest.approx(0.3540, abs=1e-4) and found.chance is not None and 0.01 < found.chance < 0.08
    small = analysis(responses[:-3], 6)
    hidden = small.crossed("B1.labour", ("increased",), small.by_country)
    assert all(share.count is None and share.interval is None for _, share in hidden.groups) and hidden.effect is hidden.chance is None


def test_chance_is_that_of_drawing_groups() -> None:
    """Against all ways to divide twelve people in two groups (Fisher's exact test by enumeration)."""
    from math import comb

    table = [[5, 1], [1, 5]]
    exact = sum(comb(6, one) * comb(6, 6 - one) for one in (0, 1, 5, 6)) / comb(12, 6)

    assert by_chance(table) == pytest.approx(exact, abs=0.015) and by_chance([[6, 0], [6, 0]]) is None
    assert cramers_v([[10, 0], [0, 10]]) == pytest.approx(1.0) and cramers_v([[5, 5], [5, 5]]) == 0.0 and cramers_v([[5, 5]]) is None


TABLES = st.integers(2, 4).flatmap(lambda wide: st.lists(st.lists(st.integers(0, 12), min_size=wide, max_size=wide), min_size=2, max_size=3))


@settings(max_examples=60, deadline=None)
@given(TABLES, st.integers(2, 6))
def test_no_small_count_can_be_read_or_subtracted(table: list[list[int]], smallest: int) -> None:
    """Nothing small is shown, and no row or column has exactly one cell withheld, so that no total gives one away."""
    hidden = withheld(table, smallest)

    for i, j in product(range(len(table)), range(len(table[0]))):
        assert (i, j) in hidden or not 0 < table[i][j] < smallest
    for line in [[(i, j) for j in range(len(table[0]))] for i in range(len(table))] + [[(i, j) for i in range(len(table))] for j in range(len(table[0]))]:
        assert len(hidden.intersection(line)) != 1
    assert withheld([[3, 20, 40]], 5) == {(0, 0), (0, 1)} and withheld([[9, 20]], 5) == frozenset()


def test_open_answers_show_codes_with_agreement_and_never_words() -> None:
    """Counts of codes over a smallest number; kappa of the two who coded the same answers."""
    codings = tuple(Coding(answer, "B5", who, ("T-ONLINE",) if answer % 2 or (who == "bo" and answer < 3) else ("T-ROUTE",))
                    for answer in range(20) for who in ("ana", "bo"))
    found = {one.code: one for one in analysis([], 5, codings).coded(["B5"])}

    assert found["T-ONLINE"].answers == 12 and found["T-ROUTE"].answers == 10 and "T-CRIM" not in found
    assert found["T-ONLINE"].agreement.value == pytest.approx(0.8) and found["T-ONLINE"].agreement.cases == 20
    assert analysis([], 5, codings[:8]).coded(["B5"])[0].agreement.why == "few" and analysis([], 13, codings).coded(["B5"])[0].answers is None


def test_every_figure_is_there_and_small_groups_are_not() -> None:
    """Each question of each kind; a figure of fewer than ten appears nowhere."""
    whole = analysis(many(300), 10)
    shares = [share for place, question in SURVEY.places.items() if question.options and question.kind not in ("rank", "matrix")
              for share in whole.asked(place).shares]
    shares += [share for id in ("B1", "B4", "C1", "D1", "D3", "E1") for row in whole.matrix(id) for share in row.shares]

    assert len(shares) > 400 and all(share.count is None or share.count == 0 or share.count >= 10 for share in shares)
    assert any(share.count is None for share in shares)
    assert all(whole.by_country[at].size >= 10 for at in whole.by_country) and all(whole.by_sector[at].size >= 10 for at in whole.by_sector)

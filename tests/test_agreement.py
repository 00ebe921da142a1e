"""Promises about agreement: the figures are those of published examples and of independent programs, and are silent where they could not be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from safe_lib.engine.agreement import FEWEST, Agreement, cohen_kappa, counted, fleiss_kappa, krippendorff_alpha

CODES = ("absent", "partly", "present", "unknown")
REFERENCES = yaml.safe_load((Path(__file__).parent / "agreement" / "references.yaml").read_text())


def close(value: float) -> Any:
    return pytest.approx(value, abs=1e-9)


def pairs_of(table: list[list[int]]) -> list[tuple[str, str]]:
    return [(CODES[row], CODES[column]) for row, counts in enumerate(table) for column, count in enumerate(counts) for _ in range(count)]


def rows_of(words: str) -> list[list[str | None]]:
    return [[None if sign == "." else CODES[int(sign)] for sign in word] for word in words.split()]


def answers(people: int = 2) -> st.SearchStrategy[list[tuple[str, ...]]]:
    """Ten cases or more, so many answers to each, and at least two different ones among them."""
    rows = st.lists(st.tuples(*[st.sampled_from(CODES)] * people), min_size=FEWEST, max_size=25)
    return rows.filter(lambda found: len({code for row in found for code in row}) > 1)


def same_figures(one: Agreement, other: Agreement) -> None:
    for first, second in ((one.value, other.value), (one.low, other.low), (one.high, other.high)):
        assert first == (second if second is None else close(second))


# --- published examples


def test_cohens_kappa_is_that_of_a_published_example() -> None:
    """Fifty applications, two readers: 20 both yes, 15 both no, 5 and 10 apart: kappa is 0.4 (Wikipedia, Cohen's kappa, simple example)."""
    found = cohen_kappa([("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15)

    assert (found.value, found.cases, found.ratings) == (close(0.4), 50, 100)


def test_fleiss_kappa_is_that_of_a_published_example() -> None:
    """Fourteen people, ten cases, five answers; 0.20993 in exact fractions (Wikipedia, Fleiss' kappa, worked example)."""
    counts = ([0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2],
              [6, 5, 2, 1, 0], [0, 2, 2, 3, 7])
    seen = sum(count * (count - 1) for row in counts for count in row) / (10 * 14 * 13)
    chance = sum(sum(row[answer] for row in counts) ** 2 for answer in range(5)) / 140**2
    found = fleiss_kappa([[str(answer) for answer, count in enumerate(row) for _ in range(count)] for row in counts])

    assert found.value == close((seen - chance) / (1 - chance))
    assert found.value == pytest.approx(0.20993, abs=1e-5)


def test_alpha_is_that_of_a_published_example() -> None:
    """Four observers, twelve units, with gaps (Krippendorff 2011, example C): nominal 0.743, ordinal 0.815; in full as krippendorff 0.9.0 gives them."""
    table = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
    rows = [[None if said == "." else said for said in unit] for unit in zip(*(row.split() for row in table), strict=True)]
    nominal, ordinal = krippendorff_alpha(rows), krippendorff_alpha(rows, order=tuple("12345"))

    assert (nominal.cases, nominal.ratings) == (11, 40)
    assert (round(nominal.value or 0, 3), round(ordinal.value or 0, 3)) == (0.743, 0.815)
    assert (nominal.value, ordinal.value) == (close(0.743421052631579), close(0.8153875037548814))


# --- independent programs


@pytest.mark.parametrize("case", REFERENCES, ids=range(len(REFERENCES)))
def test_every_figure_is_that_of_an_independent_program(case: dict[str, Any]) -> None:
    """Kappa with and without weights and its analytic interval, Fleiss' kappa, alpha nominal and ordinal with gaps: twelve samples, to 1e-9."""
    pairs = pairs_of(case["table"])
    for weights in ("none", "linear", "quadratic"):
        found = cohen_kappa(pairs, weights, CODES, method="analytic")
        value, _, low, high = case[weights]
        assert (found.value, found.low, found.high) == (close(value), close(max(low, -1)), close(min(high, 1)))
    assert fleiss_kappa(rows_of(case["group"])).value == close(case["fleiss"])
    assert krippendorff_alpha(rows_of(case["gaps"])).value == close(case["nominal"])
    assert krippendorff_alpha(rows_of(case["gaps"]), order=CODES).value == close(case["ordinal"])


def test_the_interval_is_the_jackknife_worked_out_by_hand() -> None:
    """Nine cases alike and one apart: leaving out one gives two values only, so the interval can be worked out: t(0.975, 9) is 2.262157."""
    pairs = [("yes", "yes")] * 5 + [("no", "no")] * 4 + [("yes", "no")]
    found = cohen_kappa(pairs)
    whole, yes, no, apart = 0.8, 1 - 9 / 41, 1 - 9 / 39, 1.0
    pseudo = [10 * whole - 9 * one for one in [yes] * 5 + [no] * 4 + [apart]]
    mean = sum(pseudo) / 10
    half = 2.262157 * (sum((one - mean) ** 2 for one in pseudo) / 90) ** 0.5

    assert found.value == close(whole)
    assert (found.low, found.high) == (pytest.approx(whole - half, abs=1e-4), 1.0)


# --- what holds for all


@given(answers())
def test_agreement_in_everything_is_one_and_has_no_interval(rows: list[tuple[str, ...]]) -> None:
    """Nobody differed: every figure is 1; an interval without width would say more than is known."""
    alike = [(first, first) for first, _ in rows]
    if len(set(alike)) == 1:
        alike.append(("other", "other"))
    for found in (cohen_kappa(alike), cohen_kappa(alike, "quadratic", (*CODES, "other")), fleiss_kappa(alike), krippendorff_alpha(alike),
                  krippendorff_alpha(alike, (*CODES, "other"))):
        assert (found.value, found.low, found.method) == (close(1), None, "")


@given(answers(3), st.permutations(CODES))
def test_what_the_answers_are_called_changes_nothing(rows: list[tuple[str, ...]], names: list[str]) -> None:
    """Other names for the same answers give the same figures; the reverse order as well, where there is one."""
    called = dict(zip(CODES, names, strict=True))
    other = [tuple(called[code] for code in row) for row in rows]

    same_figures(cohen_kappa([row[:2] for row in rows]), cohen_kappa([row[:2] for row in other]))
    same_figures(fleiss_kappa(rows), fleiss_kappa(other))
    same_figures(krippendorff_alpha(rows), krippendorff_alpha(other))
    same_figures(krippendorff_alpha(rows, CODES), krippendorff_alpha(rows, CODES[::-1]))
    same_figures(cohen_kappa([row[:2] for row in rows], "linear", CODES), cohen_kappa([row[:2] for row in other], "linear", names))


@given(answers(3), st.randoms(use_true_random=False))
def test_nobodys_place_and_no_cases_place_changes_anything(rows: list[tuple[str, ...]], chance: Any) -> None:
    """Who stands first, and in which order the cases come, does not matter: no figure is about one colleague."""
    other = [tuple(chance.sample(row, len(row))) for row in chance.sample(rows, len(rows))]

    same_figures(fleiss_kappa(rows), fleiss_kappa(other))
    same_figures(krippendorff_alpha(rows), krippendorff_alpha(other))
    same_figures(cohen_kappa([row[:2] for row in rows]), cohen_kappa([row[1::-1] for row in rows]))


@given(answers())
def test_for_two_people_the_measures_know_each_other(rows: list[tuple[str, ...]]) -> None:
    """Fleiss' kappa of two is Scott's pi, and alpha is 1 - (1 - pi) · (2n - 1) / 2n; both exact."""
    pi, alpha = fleiss_kappa(rows).value, krippendorff_alpha(rows).value
    assert pi is not None and alpha is not None

    assert alpha == close(1 - (1 - pi) * (2 * len(rows) - 1) / (2 * len(rows)))


@given(answers(3))
def test_a_gap_of_nobody_changes_nothing(rows: list[tuple[str, ...]]) -> None:
    """A person who answered nothing, and a case that one alone answered, compare nothing."""
    wider: list[tuple[str | None, ...]] = [*[(*row, None) for row in rows], (None, "present", None, None)]

    same_figures(krippendorff_alpha(rows), krippendorff_alpha(wider))
    assert krippendorff_alpha(wider).cases == len(rows)


@given(answers())
def test_the_interval_holds_the_figure(rows: list[tuple[str, ...]]) -> None:
    for found in (cohen_kappa(rows), fleiss_kappa(rows), krippendorff_alpha(rows)):
        if found.low is not None and found.high is not None and found.value is not None:
            assert -1 <= found.low <= found.value <= found.high <= 1


# --- silence


def test_under_ten_cases_there_is_no_figure() -> None:
    """Nine cases: counted, not rated; forty answers about four persons are four cases."""
    nine, forty = [("absent", "present"), ("present", "present"), ("absent", "absent")] * 3, [("absent", "present"), ("present", "present")] * 20
    about = [place % 4 for place in range(40)]

    for found in (cohen_kappa(nine), fleiss_kappa(nine), krippendorff_alpha(nine), cohen_kappa(forty, about=about), krippendorff_alpha(forty, about=about)):
        assert (found.value, found.low, found.why) == (None, None, "few")
    assert cohen_kappa(forty, about=about).cases == 4
    assert counted(nine).total == 9


def test_one_answer_of_all_tells_nothing() -> None:
    """Where everybody always said the same, chance would agree as well: no figure, and the reason."""
    same = [("absent", "absent")] * 12
    for found in (cohen_kappa(same), fleiss_kappa(same), krippendorff_alpha(same)):
        assert (found.value, found.why) == (None, "same")


def test_fleiss_needs_as_many_answers_to_each() -> None:
    rows = [["absent", "present", "absent"]] * 6 + [["present", "present"]] * 6

    assert (fleiss_kappa(rows).value, fleiss_kappa(rows).why) == (None, "unequal")
    assert krippendorff_alpha(rows).value is not None


def test_an_open_answer_is_never_dropped_in_silence() -> None:
    """Unknown against present is a difference; an ordinal figure, which has no place for it, tells how many answers it leaves out."""
    pairs = [("absent", "absent"), ("present", "present"), ("partly", "partly")] * 4 + [("unknown", "present")] * 2
    order = ("absent", "partly", "present")

    assert (cohen_kappa(pairs).value or 1) < 1
    assert counted(pairs).with_any(frozenset({"unknown"})) == 2
    assert (counted(pairs).total, counted(pairs).same) == (14, 12)
    assert (cohen_kappa(pairs, "linear", order).outside, krippendorff_alpha(pairs, order).outside) == (4, 4)
    assert cohen_kappa(pairs, "linear", order).cases == 12


def test_a_weight_needs_an_order() -> None:
    with pytest.raises(ValueError, match="from lowest to highest"):
        cohen_kappa([("absent", "present")] * 12, "linear")


def test_more_questions_about_the_same_persons_do_not_make_one_surer() -> None:
    """Each pair repeated five times: the same figure; with persons named, the same interval, because they are still twelve persons."""
    pairs = [("absent", "absent")] * 5 + [("present", "present")] * 4 + [("absent", "present")] * 3
    once, often = cohen_kappa(pairs), cohen_kappa(pairs * 5, about=list(range(12)) * 5)

    same_figures(once, often)
    assert (often.cases, often.ratings) == (12, 120)

"""The course: 35 minutes in eight lessons, a quiz drawn by rule, and a learner who goes on where they stopped."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safe_lib.catalogue import paths
from safe_lib.catalogue.course import load_course, picture_svg
from safe_lib.catalogue.course_checks import check_course
from safe_lib.engine import course as rules
from safe_lib.model.course import EVERYWHERE, Attempt, Course, Progress

DAY = date(2026, 11, 27)
COURSE = load_course()
QUESTIONS = COURSE.bank.questions
seeds, countries = st.integers(0, 2**32), st.sampled_from(["", *COURSE.countries])


def passed_progress(on: date = DAY) -> Progress:
    """Somebody who went through everything and answered every question rightly."""
    found = Progress(on)
    for place in COURSE.places:
        found = rules.gone_on(COURSE, found, place)
    found = rules.begun(COURSE, found, 7, on)
    for id in found.attempts[-1].questions:
        found = rules.quiz_answered(COURSE, found, id, QUESTIONS[id].correct)
    return rules.handed_in(COURSE, found, on)


# What is written


def test_the_course_has_no_problems_and_takes_thirty_five_minutes() -> None:
    """Eight lessons, 35:00 in all, every module of the bank taught, every picture and source there, Dutch complete."""
    assert check_course() == []
    assert len(COURSE.lessons) == 8 and sum(one.seconds for one in COURSE.lessons) == COURSE.seconds == 35 * 60
    assert len(QUESTIONS) == 42 and rules.scored_modules(COURSE) == tuple(COURSE.bank.modules) == tuple(f"M{n}" for n in range(1, 9))
    assert all(len(one.checks) == 2 for one in COURSE.lessons[1:]) and not COURSE.lessons[0].checks


@pytest.mark.parametrize(("file", "old", "new", "says"), [
    ("signals.yaml", "seconds: 420", "seconds: 421", "35:01"),
    ("signals.yaml", "right: true, text: The same van", "right: maybe, text: The same van", "right"),
    ("talking.yaml", "checks: [Q021, Q023]", "checks: [Q021, Q031]", "Q031 is no question"),
    ("route.yaml", "draw: route", "draw: rotue", 'no picture "rotue"'),
    ("question_bank.yaml", "correct: [a, c, b, d, e]", "correct: [a, c, b, d]", "leaves an option out"),
    ("question_bank.yaml", "correct: [b]\n  rationale: For anyone", "correct: [a, b]\n  rationale: For anyone", "has one answer by its type"),
    ("myths.yaml", "sources: [S13, S14, S9]", "sources: [S13, S14, S99]", '"S99", which is not listed'),
    ("pictures/rest.svg", "<title>", '<script href="x"/><title>', "more than draw"),
])  # fmt: skip
def test_a_mistake_in_a_file_is_told_with_its_place_and_repair(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    """Each is found, and the message names the file."""
    shutil.copytree(paths.INSTRUMENTS / "lessons", tmp_path / "lessons")
    path = tmp_path / "lessons" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = [problem for problem in check_course(tmp_path) if says in str(problem)]

    assert problems and problems[0].repair
    assert Path(file).name in str(problems[0]) or "course.yaml" in str(problems[0])


def test_a_sentence_that_is_not_translated_is_told(tmp_path: Path) -> None:
    """A lesson with one sentence less in Dutch is named."""
    shutil.copytree(paths.LOCALES / "nl" / "lessons", tmp_path / "nl" / "lessons")
    path = tmp_path / "nl" / "lessons" / "route.yaml"
    path.write_text("\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if "Iemand zonder papieren" not in line), encoding="utf-8")
    (problem,) = check_course(locales=tmp_path)

    assert problem.file == "locales/nl/lessons/route.yaml" and "who_can_be_used: points has another number" in problem.problem


def test_dutch_is_whole_and_marked_as_a_draft() -> None:
    """No sentence of the lessons is the same in both languages, apart from names and numbers; the draft is marked."""
    dutch = load_course("nl")

    assert dutch.draft and not COURSE.draft and dutch.hash == COURSE.hash
    for one, other in zip(COURSE.lessons, dutch.lessons, strict=True):
        assert (one.id, one.seconds, one.checks, one.places) == (other.id, other.seconds, other.checks, other.places)
        assert one.title != other.title and one.goal != other.goal
        for mine, theirs in zip(one.screens, other.screens, strict=True):
            assert not set(mine.text) & set(theirs.text) and not set(mine.points) & set(theirs.points)
    assert all(QUESTIONS[id].stem != dutch.bank.questions[id].stem for id in QUESTIONS)


def test_a_picture_says_what_it_shows_in_the_language_of_the_lesson() -> None:
    """Title, description and labels are in it, escaped; nothing is left to fill in."""
    for course in (COURSE, load_course("nl")):
        for screen in (one for lesson in course.lessons for one in lesson.screens if one.picture):
            svg = picture_svg(screen.picture)  # type: ignore[arg-type]
            assert f"<title>{screen.picture.title}</title>" in svg and "{" not in svg  # type: ignore[union-attr]
    odd = replace(COURSE.lessons[1].screens[0].picture, title='<b>"&')  # type: ignore[type-var]
    assert "<title>&lt;b&gt;&quot;&amp;</title>" in picture_svg(odd)  # type: ignore[arg-type]


# The draw


@given(seed=seeds, country=countries)
def test_a_draw_has_every_module_and_no_question_twice(seed: int, country: str) -> None:
    """Eight questions, one of each module at least, none of another country, and the same again for the same seed."""
    found = rules.draw(COURSE, seed, country=country, on=DAY)

    assert len(found.questions) == len(set(found.questions)) == COURSE.bank.quiz_items == 8 and found.missing == ()
    assert set(rules.modules_of(COURSE.bank, found.questions)) == set(COURSE.bank.modules)
    assert all(QUESTIONS[id].scope in (EVERYWHERE, country) for id in found.questions)
    assert found == rules.draw(COURSE, seed, country=country, on=DAY)


def test_every_question_comes_up_for_somebody() -> None:
    """Over many seeds each question of the Netherlands or of everybody is drawn, unless it is a check of a module with others."""
    checks = {id for one in COURSE.lessons for id in one.checks}
    drawn = {id for seed in range(400) for id in rules.draw(COURSE, seed, country="NL", on=DAY).questions}

    assert drawn == {one.id for one in rules.may_be_asked(COURSE, "NL", DAY)} - checks


def test_what_depends_on_law_is_not_asked_after_its_review_day() -> None:
    """From 15 January 2027 no volatile question is drawn until the bank was read again; the module without questions is named, and eight are still asked."""
    before, after = (rules.draw(COURSE, 3, country="NL", on=day) for day in (date(2027, 1, 14), date(2027, 1, 15)))
    again = replace(COURSE, bank=replace(COURSE.bank, updated=date(2027, 1, 15)))

    assert before.missing == () and after.missing == ("M6",) and len(after.questions) == 8
    assert not any(QUESTIONS[id].volatile for id in after.questions)
    assert rules.draw(again, 3, country="NL", on=date(2027, 1, 16)).missing == ()


def test_options_are_mixed_but_true_stands_before_false() -> None:
    """The order hangs on the seed; nothing is lost."""
    orders = {rules.options_in_order(QUESTIONS["Q002"], seed) for seed in range(40)}

    assert len(orders) > 10 and all(sorted(order) == ["a", "b", "c", "d"] for order in orders)
    assert {rules.options_in_order(QUESTIONS["Q003"], seed) for seed in range(40)} == {("a", "b")}


# Marks


@pytest.mark.parametrize(("right", "of", "enough"), [(8, 8, True), (7, 8, True), (6, 8, False), (4, 5, True), (3, 4, False), (0, 0, False), (0, 8, False)])
def test_eighty_percent_is_enough(right: int, of: int, enough: bool) -> None:
    """Seven of eight pass, six do not; exactly four of five do; nothing asked is nothing passed."""
    assert rules.is_passed(right, of, 80) is enough


@given(seed=seeds, wrong=st.integers(0, 8))
def test_a_result_counts_what_was_right_and_says_what_to_look_at_again(seed: int, wrong: int) -> None:
    """So many wrong answers, that percentage, passed from seven on; the lessons to look at again teach exactly what was wrong."""
    drawn = rules.draw(COURSE, seed, on=DAY).questions
    said = {id: (QUESTIONS[id].correct if place >= wrong else ()) for place, id in enumerate(drawn)}
    found = rules.marked(COURSE, Attempt(seed, "1.0.0", drawn, (), said, DAY))
    assert found is not None

    assert (len(found.wrong), found.percent, found.passed) == (wrong, (8 - wrong) * 100 // 8, wrong <= 1)
    taught = {module for id in found.again for module in COURSE.lesson(id).modules}  # type: ignore[union-attr]
    assert {QUESTIONS[id].module for id in found.wrong} <= taught
    assert len(found.again) <= wrong and (found.refresher is not None) == found.passed


def test_an_order_must_be_the_order() -> None:
    """The same steps in another order are not right; of several answers the order does not matter."""
    steps, several = QUESTIONS["Q021"], QUESTIONS["Q001"]

    assert rules.is_right(steps, ("a", "c", "b", "d", "e")) and not rules.is_right(steps, ("a", "b", "c", "d", "e"))
    assert rules.is_right(several, ("c", "a", "b")) and not rules.is_right(several, ("a", "b")) and not rules.is_right(several, ("a", "b", "c", "d"))


@pytest.mark.parametrize(("passed", "due"), [
    (date(2026, 11, 27), date(2028, 11, 27)), (date(2028, 2, 29), date(2030, 2, 28)), (date(2027, 12, 31), date(2029, 12, 31))])  # fmt: skip
def test_a_refresher_is_due_after_two_years(passed: date, due: date) -> None:
    """The day with the same number, or the last of the month."""
    assert rules.refresher(COURSE, passed) == due


# Going on


def test_a_learner_goes_on_and_ends_with_a_passed_course() -> None:
    """Every screen in order; the place to go on is the next one; with all done and passed the course is complete."""
    found = Progress(DAY)
    for place, following in zip(COURSE.places, (*COURSE.places[1:], ""), strict=True):
        left = rules.seconds_left(COURSE, found)
        found = rules.gone_on(COURSE, found, place)
        assert found.at == following and rules.seconds_left(COURSE, found) <= left
    assert rules.seconds_left(COURSE, found) == 0 and not rules.is_complete(COURSE, found)
    done = passed_progress()

    assert rules.is_complete(COURSE, done) and rules.best(COURSE, done).percent == 100  # type: ignore[union-attr]


def test_an_open_quiz_goes_on_and_is_handed_in_only_when_whole() -> None:
    """Beginning twice draws once; with a question open nothing is handed in; afterwards another one may begin."""
    found = rules.begun(COURSE, Progress(DAY), 11, DAY)
    assert rules.begun(COURSE, found, 99, DAY) == found
    for id in found.attempts[-1].questions[:-1]:
        found = rules.quiz_answered(COURSE, found, id, QUESTIONS[id].correct)
    assert rules.handed_in(COURSE, found, DAY) == found
    last = found.attempts[-1].questions[-1]
    found = rules.handed_in(COURSE, rules.quiz_answered(COURSE, found, last, tuple(QUESTIONS[last].options)[:1]), DAY)
    assert rules.marked(COURSE, found.attempts[-1]) is not None
    again = rules.begun(COURSE, found, 12, DAY)

    assert len(again.attempts) == 2 and again.attempts[0] == found.attempts[0] and again.open_attempt is not None


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e", "zz", ""]), max_size=8), st.sampled_from([*list(QUESTIONS)[:10], "signals/the_van", "nowhere", ""]))
def test_whatever_is_sent_only_options_are_kept(said: list[str], id: str) -> None:
    """An answer holds options of its own question, each once; anything else changes nothing."""
    found = rules.answered(COURSE, Progress(DAY), id, said)
    kept = found.said.get(id, ())

    assert set(kept) <= set(rules.options_of(COURSE, id)) and len(kept) == len(set(kept))
    assert (found == Progress(DAY)) == (not kept)


def test_another_version_of_the_course_begins_another_quiz() -> None:
    """An open quiz of an older version is left; one that was handed in still counts."""
    newer: Course = replace(COURSE, version="1.1.0")
    found = rules.begun(newer, rules.begun(COURSE, passed_progress(), 5, DAY), 6, DAY)

    assert [one.version for one in found.attempts] == ["1.0.0", "1.1.0"] and rules.is_complete(newer, found)
    assert rules.open_quiz(newer, found) is not None and rules.open_quiz(COURSE, found) is None

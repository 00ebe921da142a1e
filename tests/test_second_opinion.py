"""Promises about a second opinion: it is given blind at every door, both sides stand as they were, and nothing is decided by the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import html
from team import REF, make_team, opened, phrase
from test_rights import DOORS

from safe_lib import casework, teamwork
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import load_texts
from safe_lib.cli.app import run
from safe_lib.coordination import agreeing, opinion
from safe_lib.engine.agreement import cohen_kappa
from safe_lib.model.answers import Answer, Person
from safe_lib.model.errors import CaseNotFound, NotPermitted, SafeError, StoreError, WrongUse
from safe_lib.store import Store, boxes, renewing
from safe_lib.widgets.opinion_page import OpinionView, Sides, opinion_page
from safe_lib.widgets.people_pages import Said as Said_of_page
from safe_lib.widgets.shell import Frame

FORM = "ilo_adult_labour"
CANARY = "Quincunx Marlowe-Bell 3381"
FIRST = {"DR01": "present", "DR02": "absent", "EX01": "unknown"}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[dict[str, Desk]]:
    """Sven's case with three answers, and everybody's desk."""
    path = make_team(tmp_path)
    with ExitStack() as stack:
        found = {}
        for user in ("sven", "sofie", "cora", "vera", "anna", "ada", "batch"):
            store = stack.enter_context(opened(path, user))
            found[user] = Desk(store, user, "en", datetime.now(UTC).date())
        sven = found["sven"]
        sven.open_store().new_case(by="sven", at=sven.now(), ref=REF, alias=CANARY)
        instrument = casework.instrument_for(sven, FORM)
        for item, code in FIRST.items():
            casework.record(sven, REF, instrument, Said(item, code, ("account",), note=CANARY, seen=0))
        yield found


def look(desk: Desk) -> Desk:
    """The same desk a second later, when a page asks anew who may do what."""
    desk.open_store()._stood.clear()
    return desk


def ask(desks: dict[str, Desk], of: str = "sofie") -> int:
    number = opinion.ask(desks["sven"], REF, FORM, of, words="The talk of 12 November.")
    look(desks[of])
    return number


def finish(desks: dict[str, Desk], given: dict[str, str], of: str = "sofie") -> opinion.Compared:
    number = ask(desks, of)
    opinion.answer(desks[of], number, {item: Answer(code, ("observation",)) for item, code in given.items()})
    return opinion.done(desks[of], number)


# --- blind


def test_a_colleague_who_is_asked_is_shown_nothing_of_the_case_at_any_door(desks: dict[str, Desk]) -> None:
    """Every verb of the table that is about a case, the list, the store itself and its trail: nothing, until they are done."""
    look(desks["cora"])
    assert casework.saved_answers(desks["cora"], REF, FORM)["DR01"].answer.code == "present"
    ask(desks, "cora")
    cora = desks["cora"]

    for verb in ("read", "write", "assess", "report", "draft", "disclose", "close", "trail", "assign", "exclude"):
        if verb in DOORS:
            with pytest.raises((NotPermitted, CaseNotFound)) as told:
                DOORS[verb](cora, REF)
            assert CANARY not in str(told.value) and "present" not in str(told.value)
    assert casework.list_cases(cora) == ()
    assert CANARY not in repr([line for line in cora.open_store().audit() if line.ref == REF])
    assert all(line.detail == "" for line in cora.open_store().audit() if line.ref == REF and line.by == "sven" and "answer" in line.what)


def test_the_store_itself_opens_nothing_of_it(desks: dict[str, Desk]) -> None:
    """Below every door: without its key in hand nothing of the case is read, whoever asks."""
    ask(desks)
    store = desks["sofie"].open_store()

    assert store.answers(REF, FORM) == () and store.paper(REF, "plan") is None and store.cases() == ()
    assert store.assessments(REF, FORM) == () and not store.kept_newest() and store.reports(REF) == ()
    for read in (store.case, store.identity, store.everything, store.opinions_asked):
        with pytest.raises(CaseNotFound):
            read(REF)
    with store._reading() as connection:
        assert boxes.find_box(connection, REF) is None and REF not in boxes.every_box(connection)


def test_it_is_shut_at_once_even_to_a_store_that_is_open_elsewhere(desks: dict[str, Desk]) -> None:
    """Not a second later: the next statement after somebody else asked finds nothing."""
    store = desks["sofie"].open_store()
    desks["sven"].open_store().assign(REF, "sofie", by="sven", at=desks["sven"].now())
    assert store.answers(REF, FORM) and [line.ref for line in store.cases()] == [REF]
    opinion.ask(desks["sven"], REF, FORM, "sofie")

    assert store.cases() == () and store.answers(REF, FORM) == () and store.paper(REF, "plan") is None


def test_nobody_else_sees_what_they_answer_before_they_are_done(desks: dict[str, Desk]) -> None:
    """It is sealed to them: not the first, not the coordinator, not the bytes of the file."""
    number = ask(desks)
    opinion.answer(desks["sofie"], number, {"DR01": Answer("absent", (), CANARY + " secretly")})

    for user in ("sven", "cora"):
        found = opinion.asked(look(desks[user]), REF)
        assert [(row.colleague, row.status, row.body) for row in found] == [("sofie", "open", None)]
        assert opinion.compared(desks[user], REF) == ()
        with pytest.raises(WrongUse):
            opinion.opinion(desks[user], number)
        with pytest.raises(StoreError):
            desks[user].open_store().end_opinion(number, by=user, at=desks[user].now())
    assert opinion.mine(desks["sven"]) == ()


def test_others_work_on_meanwhile_and_keys_go_on(desks: dict[str, Desk]) -> None:
    """The case is shut to one colleague only; a new colleague gets its key even from the one who reads blind."""
    ask(desks, "cora")
    instrument = casework.instrument_for(desks["sven"], FORM)
    casework.record(desks["sven"], REF, instrument, Said("EX02", "present", (), seen=0))
    desks["ada"].open_store().add_person("cleo", phrase("cleo"), roles=("coordinator",), by="ada", at=desks["ada"].now())
    cora = desks["cora"].open_store()
    with cora._writing() as connection:
        renewing.catch_up(connection)
    with cora._reading() as connection:
        assert "cleo" in boxes.holders(connection, REF)


def test_whoever_read_the_case_before_is_not_called_blind(desks: dict[str, Desk]) -> None:
    casework.find_case(look(desks["cora"]), REF, what="page.identification")
    seen = finish(desks, {"DR01": "absent"}, of="cora")
    blind = finish(desks, {"DR01": "absent"})

    assert (seen.seen_before, blind.seen_before) == (True, False)


def test_leaving_it_opens_the_case_again_and_keeps_nothing(desks: dict[str, Desk]) -> None:
    """Nobody is locked out of a case in need: leaving is one step, and so is opening it in an emergency."""
    number = ask(desks)
    opinion.answer(desks["sofie"], number, {"DR01": Answer("absent")})
    opinion.leave(desks["sofie"], number)

    assert casework.saved_answers(look(desks["sofie"]), REF, FORM)["DR01"].answer.code == "present"
    assert opinion.compared(desks["sven"], REF) == () and opinion.mine(desks["sofie"]) == ()
    assert [line.what for line in desks["sven"].open_store().audit() if "opinion" in line.what] == ["opinion.asked", "opinion.saved", "opinion.left"]


def test_breaking_the_glass_ends_it(desks: dict[str, Desk]) -> None:
    ask(desks)
    teamwork.break_glass(desks["sofie"], REF, "The person is in hospital.")

    assert casework.saved_answers(look(desks["sofie"]), REF, FORM)["DR01"].answer.code == "present"
    assert opinion.mine(desks["sofie"]) == ()


# --- asking


def test_only_somebody_else_is_asked_and_once(desks: dict[str, Desk]) -> None:
    """Not whoever answered; not twice at a time; not somebody excluded, nor whoever works on no cases."""
    with pytest.raises(WrongUse, match="answered some of it themselves"):
        opinion.ask(desks["sven"], REF, FORM, "sven")
    with pytest.raises(StoreError):
        opinion.ask(desks["sven"], REF, FORM, "nobody-here")
    with pytest.raises(SafeError):
        opinion.ask(desks["sven"], REF, FORM, "anna")
    with pytest.raises(WrongUse, match="futures"):
        opinion.ask(desks["sven"], REF, FORM, "sofie", scenario="home_region")
    ask(desks)
    with pytest.raises(WrongUse, match="already"):
        opinion.ask(desks["sven"], REF, FORM, "sofie")
    for user in ("anna", "ada", "batch"):
        with pytest.raises((NotPermitted, CaseNotFound)):
            opinion.ask(desks[user], REF, FORM, "vera")


def test_it_is_told_to_the_colleague_and_in_the_trail(desks: dict[str, Desk]) -> None:
    ask(desks)

    assert [(one.what, one.ref, one.by) for one in desks["sofie"].open_store().notices()][:1] == [("opinion.asked", REF, "sven")]
    assert [(line.what, line.detail) for line in desks["sven"].open_store().audit() if line.what == "opinion.asked"] == [("opinion.asked", "sofie")]


# --- side by side


def test_both_sides_stand_as_they_were_with_every_difference(desks: dict[str, Desk]) -> None:
    """Each question one of them answered: both answers, what each rests on; later changes of the case do not change it."""
    one = finish(desks, {"DR01": "absent", "DR02": "absent", "CD01": "present"})
    instrument = casework.instrument_for(desks["sven"], FORM)
    casework.record(look(desks["sven"]), REF, instrument, Said("DR01", "absent", (), seen=1))
    again = opinion.compared(desks["sven"], REF)[0]

    assert {line.item: (line.first.code, line.second.code) for line in again.lines} == {
        "DR01": ("present", "absent"), "DR02": ("absent", "absent"), "EX01": ("unknown", "not_asked"), "CD01": ("not_asked", "present")}
    assert [line.item for line in again.differing] == [line.item for line in again.lines if line.item != "DR02"]
    assert (again.lines[0].first.evidence, again.lines[0].second.evidence) == (("account",), ("observation",))
    assert again == one
    first, second = opinion.results(desks["sven"], again)
    assert first.dimensions["DR"] != second.dimensions["DR"] and first.dimensions["CR"] == second.dimensions["CR"]


def test_what_the_colleague_knows_of_the_person_is_theirs(desks: dict[str, Desk]) -> None:
    number = ask(desks)
    opinion.answer(desks["sofie"], number, {"DR01": Answer("present")}, Person("disputed", True))
    one = opinion.done(desks["sofie"], number)

    assert (one.first.person, one.second.person) == (Person(), Person("disputed", True))


def test_a_reading_is_agreed_by_one_of_each_side_and_changes_no_answer(desks: dict[str, Desk]) -> None:
    """One side alone agrees with nobody; another reading begins anew; the answers of the case stay as they are."""
    one = finish(desks, {"DR01": "absent", "DR02": "absent"})
    sven, sofie, cora = desks["sven"], desks["sofie"], desks["cora"]

    assert not opinion.agree(sven, REF, one.id, "DR01", "unknown", "It was told by a cousin.").is_agreed("sofie")
    assert not opinion.agree(look(cora), REF, one.id, "DR01", "unknown").is_agreed("sofie")
    agreed = opinion.agree(look(sofie), REF, one.id, "DR01", "unknown")
    assert agreed.is_agreed("sofie") and agreed.by == ("sven", "cora", "sofie") and agreed.words == "It was told by a cousin."
    assert casework.saved_answers(sven, REF, FORM)["DR01"].answer.code == "present"
    assert opinion.agree(sofie, REF, one.id, "DR01", "present").by == ("sofie",)
    with pytest.raises(WrongUse, match="do not differ"):
        opinion.agree(sven, REF, one.id, "DR02", "present")
    with pytest.raises(SafeError):
        opinion.agree(sven, REF, one.id, "DR01", "no such code")


def test_done_is_done_even_if_the_program_ends_in_between(desks: dict[str, Desk]) -> None:
    """Marked as done, and the power goes: nothing changes any more, and the next look writes it down, once."""
    number = ask(desks)
    sofie = desks["sofie"]
    opinion.answer(sofie, number, {"DR01": Answer("absent")})
    sofie.open_store().end_opinion(number, by="sofie", at=sofie.now())

    with pytest.raises((WrongUse, StoreError)):
        opinion.answer(sofie, number, {"DR01": Answer("present")})
    opinion.mine(look(sofie))
    assert [one.lines[0].second.code for one in opinion.compared(sofie, REF)] == ["absent"]


def test_an_empty_one_is_not_done(desks: dict[str, Desk]) -> None:
    number = ask(desks)
    with pytest.raises(WrongUse, match="nothing is answered"):
        opinion.done(desks["sofie"], number)


def test_it_goes_with_the_case_and_with_the_colleague(desks: dict[str, Desk]) -> None:
    """A case that is erased takes it along; a colleague who leaves leaves none behind."""
    ask(desks)
    desks["ada"].open_store().remove_person("sofie", by="ada", at=desks["ada"].now())

    assert opinion.asked(look(desks["sven"]), REF) == ()


# --- the page


def controls(page: str) -> html.HtmlElement:
    """A page in which every control has its label, every choice its legend, every id is there once, and every form its proof."""
    found = html.fromstring(page)
    ids = found.xpath("//@id")
    assert len(ids) == len(set(ids))
    for control in found.xpath("//main//input[@type!='hidden'] | //main//select"):
        assert control.getparent().tag == "label" or found.xpath(f"//label[@for='{control.get('id')}']"), control.get("name")
    for choice in found.xpath("//main//input[@type='radio' or @type='checkbox']"):
        assert choice.xpath("ancestor::fieldset/legend//text()"), choice.get("name")
    assert all(form.xpath(".//input[@name='_xsrf']") and form.xpath(".//button[@type='submit']") for form in found.xpath("//main//form"))
    return found


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_while_it_is_given_holds_nobody_elses_answers(desks: dict[str, Desk], language: str) -> None:
    """Every question with all its answers, none chosen but one's own; words of colleagues stay words."""
    texts = load_texts(language)
    number = opinion.ask(desks["sven"], REF, FORM, "sofie", words="<b>The talk</b> & more")
    opinion.answer(look(desks["sofie"]), number, {"DR02": Answer("unknown", ("document",))}, Person("child", True))
    one, instrument = opinion.opinion(desks["sofie"], number), casework.instrument_for(replace(desks["sofie"], language=language), FORM)
    page = opinion_page(Frame(texts, xsrf="x"), OpinionView(giving=(one, instrument)), said=Said_of_page())
    found = controls(page)

    assert CANARY not in page and "<b>The talk" not in page and "&lt;b&gt;The talk&lt;/b&gt; &amp; more" in page
    assert [one.get("name") for one in found.xpath("//input[@type='radio' and @checked]")] == ["DR02"]
    assert {one.get("data-item") for one in found.xpath("//fieldset[@data-item]")} == {item.id for item in opinion.comparable(instrument)}
    assert found.xpath("//option[@selected]/@value") == ["child"]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_shows_each_side_what_it_rests_on_and_what_was_agreed(desks: dict[str, Desk], language: str) -> None:
    one = finish(desks, {"DR01": "absent", "DR02": "absent"})
    opinion.agree(desks["sven"], REF, one.id, "DR01", "unknown", "<i>why</i>")
    texts, sven = load_texts(language), replace(desks["sven"], language=language)
    instrument, again = casework.instrument_for(sven, FORM), opinion.compared(sven, REF)[0]
    team = tuple((found, instrument) for found in agreeing.team(look(desks["cora"])))
    view = OpinionView(REF, (), None, (), (Sides(again, instrument, opinion.results(sven, again)),), True, True, (instrument,), team)
    found = controls(page := opinion_page(Frame(texts, xsrf="x"), view, said=Said_of_page()))

    assert found.xpath("//*[@data-differs='true']/@data-item") == ["DR01", "EX01"]
    assert len(found.xpath("//*[@data-outcome]")) == 2 and "<i>why" not in page
    assert texts("second.reading.said", code=texts("code.unknown"), by="sven") in found.xpath("string(//main)")
    assert texts("second.why.few", cases=1, fewest=10) in found.xpath("string(//main)")
    for key in [key for key in texts.entries if key.startswith("second.")]:
        assert key not in page


# --- over a team


def test_over_a_team_figures_come_with_ten_cases_and_name_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nine blind cases: counts and no figure; eleven: kappa with its interval per instrument and question; what was not blind is told, and counts in none."""
    path = make_team(tmp_path, users=("ada", "cora", "sven", "sofie"))
    with ExitStack() as stack:
        stores = {user: stack.enter_context(opened(path, user)) for user in ("sven", "sofie", "cora")}
        desks = {user: Desk(store, user, "en", datetime.now(UTC).date()) for user, store in stores.items()}
        for number in range(11):
            one_more(desks, f"K7M-20{number:02}", "present" if number % 3 else "absent", "present" if number % 2 else "absent")
            if number == 8:
                few = agreeing.team(look(desks["cora"]))[0].readings
        casework.find_case(look(desks["cora"]), "K7M-2000", what="page.identification")
        opinion.ask(desks["sven"], "K7M-2000", FORM, "cora")
        number = opinion.mine(look(desks["cora"]))[0].id
        opinion.answer(desks["cora"], number, {"DR01": Answer("absent")})
        opinion.done(desks["cora"], number)
        many = agreeing.team(look(desks["cora"]))[0]
        with pytest.raises(NotPermitted):
            agreeing.team(desks["sven"])

    assert (few.cases, few.counts.total, {one.why for one in few.figures}) == (9, 18, {"few"})
    assert (many.readings.cases, many.not_blind, many.readings.counts.total) == (11, 1, 22)
    by_item = {one.item: one for one in many.readings.items}
    pairs = [("present" if number % 3 else "absent", "present" if number % 2 else "absent") for number in range(11)]
    assert by_item["DR01"].kappa == cohen_kappa(pairs) and by_item["DR01"].kappa.value is not None
    assert by_item["DR02"].counts.pairs == {("not_asked", "unknown"): 11} and many.readings.open_pairs == 11
    assert all(one.low is not None and one.method == "jackknife" for one in many.readings.figures[:3])
    (tmp_path / "cora.txt").write_text(phrase("cora"))
    (tmp_path / "cora.txt").chmod(0o600)
    for more in ((), ("--json",)):
        assert run(["agreement", "--store", str(path), "--passphrase-file", str(tmp_path / "cora.txt"), "--person", "cora", *more]) == 0
        told = capsys.readouterr().out
        assert not any(user in told for user in ("sven", "sofie", "cora")) and FORM in told


def one_more(desks: dict[str, Desk], ref: str, first: str, second: str) -> None:
    """A case that Sven answers and Sofie reads blind."""
    desks["sven"].open_store().new_case(by="sven", at=desks["sven"].now(), ref=ref)
    casework.record(desks["sven"], ref, casework.instrument_for(desks["sven"], FORM), Said("DR01", first, (), seen=0))
    number = opinion.ask(desks["sven"], ref, FORM, "sofie")
    opinion.answer(look(desks["sofie"]), number, {"DR01": Answer(second), "DR02": Answer("unknown")})
    opinion.done(desks["sofie"], number)


# --- the command line


def test_the_whole_way_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ask, answer from a file, be refused the case, be done, see both sides, agree."""
    path = make_team(tmp_path, users=("ada", "sven", "sofie"))
    with opened(path, "sven") as store:
        store.new_case(by="sven", at=datetime.now(UTC) - timedelta(days=1), ref=REF)
        sven = Desk(store, "sven", "en", datetime.now(UTC).date())
        casework.record(sven, REF, casework.instrument_for(sven, FORM), Said("DR01", "present", (), seen=0))
    words = {}
    for user in ("sven", "sofie"):
        words[user] = tmp_path / f"{user}.txt"
        words[user].write_text(phrase(user))
        words[user].chmod(0o600)
    answers = tmp_path / "answers.yaml"
    answers.write_text("answers: {DR01: absent, DR02: unknown}\nevidence: {DR01: [document]}\n")

    def safe(user: str, *arguments: str) -> int:
        return run([*arguments, "--store", str(path), "--passphrase-file", str(words[user]), "--person", user])

    assert safe("sven", "second-opinion", "ask", REF, FORM, "--of", "sofie", "--words", "the talk") == 0
    capsys.readouterr()
    assert safe("sofie", "second-opinion", "show", REF) == 30
    assert safe("sofie", "second-opinion", "mine", "--json") == 0
    number = str(json.loads(capsys.readouterr().out)[0]["id"])
    assert safe("sofie", "second-opinion", "answer", number, "--answers", str(answers)) == 0
    capsys.readouterr()
    assert safe("sofie", "second-opinion", "done", number, "--json") == 0
    told = json.loads(capsys.readouterr().out)[0]

    assert [(line["item"], line["first"]["code"], line["second"]["code"], line["second"]["evidence"]) for line in told["lines"]] == [
        ("DR01", "present", "absent", ["document"]), ("DR02", "not_asked", "unknown", [])]
    assert set(told["outcomes"]) == {"first", "second"} and not told["seen_before"]
    assert safe("sofie", "second-opinion", "agree", REF, number, "DR01", "unknown") == 0
    assert safe("sven", "second-opinion", "agree", REF, number, "DR01", "unknown") == 0
    assert "agreed" in capsys.readouterr().out
    assert safe("sven", "second-opinion", "show", REF) == 0
    assert "≠ DR01: present | absent (document)  → unknown" in capsys.readouterr().out


def test_a_guest_of_a_training_store_reads_blind_under_their_own_name(tmp_path: Path) -> None:
    """Guests share one key; it is the name they came under that the case is shut to."""
    path = make_team(tmp_path, training=True, users=("ada", "cora"))
    with opened(path, "cora") as store:
        cora = Desk(store, "cora", "en", datetime.now(UTC).date())
        store.new_case(by="cora", at=cora.now(), ref=REF)
        casework.record(cora, REF, casework.instrument_for(cora, FORM), Said("DR01", "present", (), seen=0))
        guests = {name: replace(store._holder.ring, user=name, guest=True) for name in ("gina", "gus")}
        opinion.ask(cora, REF, FORM, "gina")
    with Store.open_with_key(path, guests["gina"].to_bytes()) as gina, Store.open_with_key(path, guests["gus"].to_bytes()) as gus:
        assert gina.cases() == () and [line.ref for line in gus.cases()] == [REF]
        assert [one.ref for one in opinion.mine(Desk(gina, "gina", "en", datetime.now(UTC).date()))] == [REF]
        assert opinion.mine(Desk(gus, "gus", "en", datetime.now(UTC).date())) == ()

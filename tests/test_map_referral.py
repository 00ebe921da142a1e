"""From the social map to a referral: shown word for word, agreed to or not, kept, followed to its outcome; never sent, never against a reason of safety."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from conftest import PHRASE, give

from safe_lib import casework, disclosing
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.organisations import load_directory
from safe_lib.cli.app import run
from safe_lib.coordination import board as boards
from safe_lib.coordination import calendar, map_referral, referring
from safe_lib.coordination.map_referral import Agreement, Offer, Passing, as_passed, carrying, offer_of, pass_on, scope_of
from safe_lib.model.assessment import Truth
from safe_lib.model.coordination import AFTER, OUTCOMES, REFERRAL_STATES, Referral
from safe_lib.model.disclosure import Basis
from safe_lib.model.errors import BasisRefused, NotPermitted, WrongUse
from safe_lib.model.organisation import Organisation
from safe_lib.social_map import Known
from safe_lib.widgets.case_log import log_blocks
from safe_lib.widgets.social.asked import asked_of
from safe_lib.widgets.social.helpers import helpers_html
from safe_lib.widgets.social.reading import Reading
from safe_lib.widgets.social.refer import Step, first_words, refer_page
from safe_lib.widgets.social.seat import Seat
from safe_lib.workbook import Workbook

DAY = date(2026, 11, 20)
HOUSE, POLICE, LAWYERS = "xa-harbour-house", "xa-police", "xa-lawyers"
WORDS = "Is there a bed for one woman from tonight?\nShe speaks French."
ENGLISH = Known(country="XAA", languages=("en",))
YES = Agreement("given", "fr", True, "spoken")


def one_of(id: str) -> Organisation:
    return next(one for one in load_directory("XAA").organisations if one.id == id)


@pytest.fixture
def here(desk: Desk, case: str) -> Desk:
    """A desk on the day of the scenarios, and a case whose assessment shows that a bed is needed."""
    give(desk, case, "safe_return", {"HS10": "active"})
    futures = [{"kind": "stay", "order": 1, "country": "", "subdivision": "", "words": ""}]
    casework.save_paper(desk, case, casework.FUTURES, {"futures": futures}, seen=1)
    return replace(desk, today=DAY)


def offered(desk: Desk, case: str, id: str = HOUSE, known: Known = ENGLISH, need: str = "place_to_sleep") -> Offer:
    return offer_of(desk, case, one_of(id), known, need)


def asked(desk: Desk, case: str, words: str = WORDS, agreement: Agreement = YES) -> Referral | None:
    return pass_on(desk, offered(desk, case), Passing("a bed", words), agreement)


def states(desk: Desk, case: str) -> list[tuple[str, str]]:
    return [(one.organisation, one.state) for one in referring.referrals(desk, case)]


# What is passed on, and on what it rests


def test_the_very_words_that_were_agreed_to_are_kept_with_the_consent_for_them(here: Desk, case: str) -> None:
    """One organisation, one purpose, these words: the referral holds them to the letter, the consent their beginning and their print."""
    made = asked(here, case)
    assert made is not None
    consent = disclosing.sharing(here, case).standing[0]

    assert (made.passed_on, made.entry, made.consent) == (WORDS, f"XAA {HOUSE}", consent.id)
    assert (consent.state, consent.recipient, consent.purpose, consent.language, consent.interpreter) == ("given", "Harbour House", "a bed", "fr", True)
    assert consent.scope == scope_of(WORDS) and consent.scope != scope_of(WORDS + " Soon.")
    assert referring.referrals(here, case) == (made,)


def test_a_no_is_written_down_and_passes_nothing_on(here: Desk, case: str) -> None:
    """The refusal is kept as every other; there is no referral, and the same consent cannot carry one afterwards."""
    assert asked(here, case, agreement=replace(YES, now="refused")) is None
    said = disclosing.sharing(here, case).standing[0]

    assert said.state == "refused" and referring.referrals(here, case) == ()
    with pytest.raises(BasisRefused):
        asked(here, case, agreement=Agreement(basis=Basis("consent", said.id)))


def test_without_a_consent_it_needs_another_basis_with_its_reason(here: Desk, case: str) -> None:
    """Nothing chosen, or no reason: nothing is kept."""
    for basis in (Basis(), Basis("vital_interests"), Basis("vital_interests", reason="short"), Basis("consent", "C000000")):
        with pytest.raises(BasisRefused):
            asked(here, case, agreement=Agreement(basis=basis))
    assert referring.referrals(here, case) == () and disclosing.sharing(here, case).statements == ()
    made = asked(here, case, agreement=Agreement(basis=Basis("vital_interests", reason="she has nowhere to go tonight")))

    assert made is not None and made.consent == "vital_interests: she has nowhere to go tonight"


def test_an_earlier_consent_carries_it_only_for_this_organisation_and_purpose(here: Desk, case: str) -> None:
    """A yes to one body is no yes to another, and a consent that was taken back is not offered."""
    other = disclosing.record_consent(here, case, disclosing.Asked("given", "Somebody else", "a bed", "that a bed is needed", "fr", False))
    fine = disclosing.record_consent(here, case, disclosing.Asked("given", "Harbour House", "a bed", "that a bed is needed", "fr", False))

    assert [one.id for one in offered(here, case).usable] == [fine.id]
    with pytest.raises(BasisRefused):
        asked(here, case, agreement=Agreement(basis=Basis("consent", other.id)))
    made = asked(here, case, agreement=Agreement(basis=Basis("consent", fine.id)))
    assert made is not None and made.consent == fine.id
    disclosing.withdraw_consent(here, case, fine.id)
    assert offered(here, case).usable == ()


def test_a_yes_to_some_words_is_no_yes_to_others(here: Desk, case: str) -> None:
    """A consent that was given for words read aloud carries these words again, and no others, not even with one more."""
    first = asked(here, case)
    assert first is not None
    again = Agreement(basis=Basis("consent", first.consent))
    with pytest.raises(WrongUse, match="other words"):
        asked(here, case, WORDS + "\nShe is ill.", again)

    offer, other = offered(here, case), disclosing.Asked("given", "Harbour House", "a talk", "that somebody calls", "fr", False)
    disclosing.record_consent(here, case, other)

    assert [one.id for one in carrying(offer, Passing("a bed", WORDS))] == [first.consent]
    assert carrying(offered(here, case), Passing("a bed", "Other words.")) == () and len(offered(here, case).usable) == 2
    assert asked(here, case, WORDS, again) is not None and len(referring.referrals(here, case)) == 2


@pytest.mark.parametrize(("words", "purpose"), [("", "a bed"), ("Is there room?", "  "), ("x" * 1001, "a bed"), ("Room for {case}?", "a bed"),
                                                 ("She waits at Kerkstraat 12.", "a bed"), ("Room for Sparrow?", "a bed"), ("Is there room?", "for sparrow")])
def test_words_that_are_none_too_many_or_name_the_case_go_nowhere(here: Desk, words: str, purpose: str) -> None:
    """What the case is called here is for here only; nothing is cut off unseen."""
    ref = casework.open_case(here, "Sparrow").ref
    with pytest.raises(WrongUse):
        pass_on(here, offered(here, ref), Passing(purpose, words.format(case=ref)), YES)

    assert referring.referrals(here, ref) == () and disclosing.sharing(here, ref).statements == ()


def test_what_is_shown_is_what_is_kept_whatever_spaces_were_typed() -> None:
    """Lines stay; spaces at the ends and empty lines go before anything is shown."""
    assert as_passed("  Is  there room?\r\n\r\n \t\nShe speaks French. ") == "Is there room?\nShe speaks French."


def test_who_may_let_nothing_leave_refers_nobody(here: Desk, case: str) -> None:
    """The right is that of letting something leave."""
    with pytest.raises(NotPermitted):
        offered(replace(here, role="nobody"), case)


# What speaks against it


def returning(desk: Desk, case: str, stop: str) -> None:
    give(desk, case, "safe_return", {stop: "active"})
    future = {"kind": "home_region", "order": 1, "country": "XAA", "subdivision": "", "words": ""}
    casework.save_paper(desk, case, casework.FUTURES, {"futures": [future]}, seen=2)


def test_a_hard_stop_keeps_the_authorities_of_the_country_of_return_from_being_asked_whoever_agrees(here: Desk, case: str) -> None:
    """HS06 is active and the return leads there: no words, no consent and no reason pass anything on to its police."""
    returning(here, case, "HS06")
    offer = offered(here, case, POLICE, replace(ENGLISH, authorities=Truth.HOLDS), "protection")

    assert [one.key for one in offer.stops] == ["authority_there"]
    with pytest.raises(WrongUse, match="safety"):
        pass_on(here, offer, Passing("help", "Can you help?", "it was all settled with a lawyer"), YES)
    assert disclosing.sharing(here, case).statements == ()


def test_nobody_near_those_who_threaten_is_asked(here: Desk, case: str) -> None:
    """A town that was named as within their reach stops the referral to everybody in it whose place is not secret."""
    near = offered(here, case, LAWYERS, replace(ENGLISH, avoid=frozenset({one_of(LAWYERS).region})), "lawyer")

    assert [one.key for one in near.stops] == ["network"]


def test_what_is_not_settled_needs_a_reason_that_stays_in_the_file(here: Desk, case: str) -> None:
    """In the country of return the consent, the asylum question and the lawyer come first: without words about them nothing goes on."""
    returning(here, case, "HS10")
    offer = offered(here, case)
    assert "there" in [one.key for one in offer.to_weigh] and offer.stops == ()
    with pytest.raises(WrongUse, match="settled"):
        pass_on(here, offer, Passing("a bed", WORDS, "yes"), YES)
    made = pass_on(here, offer, Passing("a bed", WORDS, "the lawyer found this channel on Monday"), YES)

    assert made is not None and made.although == "the lawyer found this channel on Monday"


# What becomes of it


def test_a_referral_is_followed_from_the_question_to_the_outcome(here: Desk, case: str) -> None:
    """Asked, accepted, seen, ended: each step on its day, and the words of each stay."""
    made = asked(here, case)
    assert made is not None
    for state, words, later in (("accepted", "a bed from Friday", 2), ("seen", "", 5)):
        referring.answer(replace(here, today=DAY + timedelta(days=later)), case, made.id, state, words)  # type: ignore[arg-type]
    with pytest.raises(WrongUse, match="came of it"):
        referring.answer(here, case, made.id, "ended", "it went well")
    done = referring.answer(replace(here, today=DAY + timedelta(days=40)), case, made.id, "ended", "she has a room of her own", outcome="helped")
    says = str(log_blocks(here, case, load_texts("en")))

    assert (done.answered_on, done.seen_on, done.ended_on) == (date(2026, 11, 22), date(2026, 11, 25), date(2026, 12, 30))
    assert (done.words, done.outcome, done.outcome_words, done.waits) == ("a bed from Friday", "helped", "she has a room of her own", False)
    assert "It helped" in says and "she has a room of her own" in says and "Is there a bed for one woman from tonight?" in says


@pytest.mark.parametrize("state", REFERRAL_STATES)
def test_no_step_is_written_down_before_the_one_it_follows(here: Desk, case: str, state: Any) -> None:
    """Nobody was there before somebody said yes; what has ended is not opened again."""
    made = asked(here, case)
    assert made is not None
    kept = replace(made, state=state)
    casework.save_paper(here, case, "referrals", {"entries": [kept.to_body()]}, seen=1)
    for following in REFERRAL_STATES:
        outcome = "not_known" if following == "ended" else ""
        if following in AFTER.get(state, ()):
            continue
        with pytest.raises(WrongUse):
            referring.answer(here, case, made.id, following, "because", outcome=outcome)

    assert states(here, case) == [("Harbour House", state)]


def test_that_nobody_could_find_out_is_an_outcome_too() -> None:
    """Not known is said, and never taken for a good or a bad end."""
    assert "not_known" in OUTCOMES and load_texts("nl")("referral.outcome.not_known") != load_texts("nl")("referral.outcome.not_helped")


def test_somebody_is_reminded_until_nothing_is_to_come(here: Desk, case: str) -> None:
    """A week after asking, two weeks after a yes, four after the visit, or on the day that was named; then never again."""
    made = asked(here, case)
    assert made is not None
    dues = [made.due]
    for state, day, more in (("accepted", None, {}), ("seen", DAY + timedelta(days=3), {}), ("ended", None, {"outcome": "partly"})):
        dues.append(referring.answer(here, case, made.id, state, remind_on=day, **more).due)  # type: ignore[arg-type]

    assert dues == [date(2026, 11, 27), date(2026, 12, 4), date(2026, 11, 23), None]
    with pytest.raises(WrongUse, match="gone by"):
        referring.answer(here, case, made.id, "seen", remind_on=DAY - timedelta(days=1))


def test_the_board_shows_a_referral_that_waits_in_its_band_and_marks_the_one_that_is_late(here: Desk, case: str) -> None:
    """Within a week it is due, after it overdue; ended it is nowhere."""
    made = asked(here, case)
    assert made is not None
    bands = {day: [one.id for band in ("week", "overdue") for one in boards.board(replace(here, today=day)).band(band) if one.what == "referral"]
             for day in (DAY, DAY + timedelta(days=8))}
    page = str(Workbook(replace(here, today=DAY + timedelta(days=8)), "coordination", None).waiting())
    referring.answer(here, case, made.id, "taken_back")

    assert bands == {DAY: [made.id], DAY + timedelta(days=8): [made.id]}
    assert boards.board(replace(here, today=DAY)).band("week") == () or made.id not in [one.id for one in boards.board(here).band("week")]
    assert "ask now" in page


def test_a_consent_that_was_taken_back_is_told_beside_the_referral_that_rests_on_it(here: Desk, case: str) -> None:
    """The organisation knows something on the ground of a yes that no longer holds: somebody has to tell it."""
    made = asked(here, case)
    assert made is not None
    before = str(Workbook(here, "coordination", None).waiting())
    disclosing.withdraw_consent(here, case, made.consent)
    after = str(Workbook(here, "coordination", None).waiting())

    assert "was taken back: tell them" not in before and "was taken back: tell them" in after


def test_a_referral_of_before_the_map_is_read_as_it_was() -> None:
    """Papers of earlier versions have fewer fields."""
    old = {"id": "V123456", "organisation": "Legal aid", "purpose": "advice", "consent": "C1", "asked_on": "2026-11-01", "by": "cora", "state": "asked",
           "answered_on": "", "words": ""}
    read = Referral.from_body(old)

    assert (read.passed_on, read.entry, read.due) == ("", "", date(2026, 11, 8))
    assert Referral.from_body(read.to_body()) == read


# The page


def reading(language: str = "en", choice: str = "country=XAA&entry=xa-harbour-house&need=place_to_sleep&spoken=fr") -> Reading:
    return Reading(asked_of(choice), DAY, load_texts(language))


def frame(language: str = "en") -> Any:
    from safe_lib.widgets.shell import Frame

    return Frame(texts=load_texts(language), here="/referral", base_url="/", xsrf="proof")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_words_to_begin_with_give_nobody_away(here: Desk, case: str, language: str) -> None:
    """A service and a language; no reference, no name, nothing of what happened, and no word of the field."""
    words = first_words(reading(language), offered(here, case))

    assert case not in words and casework.alias_of(here, case) not in words.split()
    assert not any(word in words.casefold() for word in ("traffick", "mensenhandel", "victim", "slachtoffer", "exploit", "uitbuit", "return", "terugkeer"))
    assert words == as_passed(words)


def test_the_second_step_shows_the_words_and_chooses_nothing(here: Desk, case: str) -> None:
    """What is read to the person is what is sent along with the form; no answer is chosen beforehand."""
    from safe_lib.widgets.people_pages import Said

    html = refer_page(frame(), reading(), offered(here, case), Step(Passing("a bed", WORDS), shown=True), said=Said())
    shown = html.partition("data-passed-on")[2].partition("</blockquote>")[0]
    chosen = [part.partition(">")[0] for part in html.split('<input type="radio"')[1:]]

    assert all(line in shown for line in WORDS.splitlines())
    assert unescape(html.partition('name="words" value="')[2].partition('"')[0]) == WORDS
    assert len(chosen) == 6 and not any("checked" in one for one in chosen)


def test_what_attackers_write_stays_words_at_every_step(here: Desk, case: str) -> None:
    """In the words, the purpose, the reason, and in what was typed beside them; before it is shown, while it is read, and when it was kept."""
    from safe_lib.widgets.people_pages import Said

    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    offer = offered(here, case)
    kept = pass_on(here, offer, Passing(evil, evil, evil), YES)
    typed = dict.fromkeys(("rests", "explained", "how", "interpreter", "reason"), evil)
    for step in (Step(Passing(evil, evil, evil)), Step(Passing(evil, evil, evil), shown=True, typed=typed), Step(Passing("", ""), kept=kept)):
        html = refer_page(frame(), reading(), offer, step, said=Said(wrong=evil))

        assert "<script>alert" not in html and "<img src=x" not in html and "&lt;script&gt;" in html


def test_the_map_leads_there_from_everybody_but_those_who_do_not_fit(here: Desk, case: str) -> None:
    """And only for who may let something leave."""
    book = Workbook(here, "social_map", case, choice=f"case={case}&country=XAA&spoken=fr&agrees=no")
    seat = book.seat("proof")
    html = helpers_html(book.map_reading, seat)
    failing = {fit.organisation.id for fits in (seat.helpers.fits if seat.helpers else {}).values() for fit in fits if fit.truth is Truth.FAILS}
    shown = re.findall(r'data-fit="[^"]+" data-truth="(?:holds|open)"', html)

    assert seat.may_refer and html.count("data-refer=") == len(shown) > 5
    assert "need=place_to_sleep" in html and failing
    assert "data-refer" not in helpers_html(book.map_reading, Seat("proof", helpers=seat.helpers))


def test_a_referral_that_was_kept_is_found_by_its_number_in_its_own_case_only(here: Desk, case: str) -> None:
    """The number of another case leads nowhere."""
    made = asked(here, case)
    other = casework.open_case(here).ref

    assert made is not None and map_referral.kept(here, case, made.id) == made and map_referral.kept(here, other, made.id) is None


# The calendar and the command line


def test_a_reminder_in_a_calendar_names_nobody(here: Desk, case: str) -> None:
    """The day is there; the organisation, the purpose and the words are not."""
    made = asked(here, case)
    assert made is not None and made.due is not None
    content = calendar.take_along(here).decode()

    assert made.due.strftime("%Y%m%d") in content
    assert not [word for word in ("Harbour", "bed", "French", made.id, case) if word in content]


def test_the_command_shows_first_and_keeps_what_the_person_said(
    here: Desk, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an answer of the person the words are shown and nothing is kept; with it, it is the same referral as from the page."""
    words, phrase = tmp_path / "words.txt", tmp_path / "phrase"
    words.write_text(WORDS, encoding="utf-8")
    phrase.write_text(f"{PHRASE}\n", encoding="utf-8")
    phrase.chmod(0o600)
    way_in = ["--store", str(here.open_store().path), "--passphrase-file", str(phrase), "--json"]
    what = ["coordination", "refer", case, "--country", "XAA", "--entry", HOUSE, "--purpose", "a bed", "--words", str(words), "--speaks", "fr"]
    shown = (run([*what, *way_in]), json.loads(capsys.readouterr().out), referring.referrals(here, case))
    wrong = run([*what, "--agreed-in", "fr", "--refused-in", "fr", *way_in])
    capsys.readouterr()
    kept = (run([*what, "--agreed-in", "fr", "--interpreter", *way_in]), json.loads(capsys.readouterr().out))
    made = referring.referrals(here, case)[0]
    answered = (run(["coordination", "answer", case, made.id, "accepted", "--words", "from Friday", *way_in]), json.loads(capsys.readouterr().out))

    assert shown[0] == 0 and shown[1]["passed_on"] == WORDS and shown[1]["referral"] is None and shown[2] == () and wrong == 2
    assert kept[0] == 0 and kept[1]["referral"] == made.id and made.passed_on == WORDS and made.entry == f"XAA {HOUSE}"
    assert answered[0] == 0 and (answered[1]["state"], answered[1]["words"]) == ("accepted", "from Friday")

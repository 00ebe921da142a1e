"""The social map beside the work: its page, what is verified and by whom, corrections by two persons, help for one person."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from conftest import give
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from some_changes import as_person
from test_matching import ASKINGS, INVENTED, WORDS

from safe_lib import casework, changes, social_map
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.organisations import load_directory, load_organisations
from safe_lib.catalogue.prose import read_notebook
from safe_lib.engine.matching import Asking, match
from safe_lib.model.assessment import Truth
from safe_lib.model.change import ChangeRefused
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.organisation import NOBODY, Organisation, Position, freshness, may_be_printed
from safe_lib.report.card import card_pdf
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.social_pages import change_of
from safe_lib.social_map import Known, helpers_of, verify_today
from safe_lib.widgets.drawing import width_of
from safe_lib.widgets.maps import Window
from safe_lib.widgets.social.asked import asked_of, parts_of
from safe_lib.widgets.social.correct import typed_from
from safe_lib.widgets.social.drawn import MOST, map_html, marks_of
from safe_lib.widgets.social.helpers import reason_words
from safe_lib.widgets.social.lists import list_html
from safe_lib.widgets.social.missing import missing_by_group, missing_by_service
from safe_lib.widgets.social.page import directory_html
from safe_lib.widgets.social.reading import ON_A_PAGE, Reading
from safe_lib.widgets.social.seat import Seat
from safe_lib.widgets.social.town_names import SIZE, Box, Spot, town_names
from safe_lib.workbook import Workbook

DAY = date(2026, 11, 20)
NOWHERE = Desk(None, "noor", "en", DAY)
SHELTER, DUE, RECALLED = "xa-harbour-house", "xa-norrin-shelter", "xa-work-rights"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the social map of Exampleland, which this process takes for its own; all else is only linked."""
    made = tmp_path / "country_info"
    made.mkdir()
    for one in paths.COUNTRY_INFO.iterdir():
        if one.name != "XAA":
            (made / one.name).symlink_to(one)
    shutil.copytree(paths.COUNTRY_INFO / "XAA", made / "XAA")
    monkeypatch.setattr(paths, "COUNTRY_INFO", made)
    return made


def page(desk: Desk, choice: str, case: str | None = None) -> str:
    """The page in its first bytes."""
    book = Workbook(desk, "social_map", case, choice=choice)
    start, end = firstbytes.page_start(
        book,
        read_notebook("social_map", desk.language),
        here="/social_map",
        base_url="/",
        assets=addresses("/"),
        xsrf="proof",
        theme="",
        masked=False,
        seat=book.seat("proof"),
    )
    return start + end


def reading(choice: str, organisations: list[Organisation] | None = None) -> Reading:
    return Reading(asked_of(choice), DAY, load_texts("en"), organisations)


def one_of(id: str) -> Organisation:
    return next(one for one in load_directory("XAA").organisations if one.id == id)


# The page


def test_the_page_answers_by_country_need_group_and_language() -> None:
    """Each part narrows the list; the form shows what was chosen; verified entries come first and stale ones last."""
    shown = re.findall(r'data-entry="([^"]+)"', page(NOWHERE, "country=XAA&need=place_to_sleep"))
    narrowed = re.findall(r'data-entry="([^"]+)"', page(NOWHERE, "country=XAA&need=place_to_sleep&group=men&spoken=en"))
    children = page(NOWHERE, "country=XAA&service=child_protection")

    assert shown == ["xa-coordination", SHELTER, "xa-men-shelter", DUE]
    assert narrowed == ["xa-men-shelter"]
    assert re.findall(r'data-entry="([^"]+)"( data-stale="true")?', children) == [("xa-child-office", ""), ("xa-children-friends", ' data-stale="true"')]
    assert '<option value="place_to_sleep" selected>' in page(NOWHERE, "need=place_to_sleep")


def test_the_list_stands_before_the_map_and_says_the_same() -> None:
    """List first; every mark of the map counts entries of the list."""
    html = page(NOWHERE, "country=NLD")
    counted = [int(number) for number in re.findall(r'<a class="spot".*?<title>[^<]*?: (\d+) entries, 0 of them verified</title>', html)]

    assert html.index('id="list"') < html.index('data-map="')
    assert sum(counted) == 45 and 5 < len(counted) <= MOST and len(counted) == html.count('<a class="spot')


def test_a_mark_leads_to_the_entries_of_its_part_of_the_map() -> None:
    """The link of each mark gives exactly the entries it counts, all marks together give all."""
    seen: list[str] = []
    for mark in marks_of(reading("country=NLD").found, reading("country=NLD")):
        inside = reading(f"country=NLD&box={mark.box}").found
        assert len(inside) == mark.entries
        seen += [one.id for one in inside]

    assert len(seen) == len(set(seen)) == 45


def test_what_nobody_wrote_down_is_said_to_be_not_known() -> None:
    """An entry tells its gaps, its source, that nobody verified it, and that a secret place stands nowhere."""
    html = page(NOWHERE, "country=NLD&entry=nl-fier")

    assert html.count("not known") >= 4 and "verified by nobody" in html
    assert "Wegwijzer mensenhandel" in html and "address is probably kept secret" in html
    assert "written down from memory" in page(NOWHERE, "country=NLD&entry=nl-iom")


def test_without_rights_nobody_is_offered_to_verify_or_correct() -> None:
    """A page without a store reads only."""
    html = page(NOWHERE, f"country=XAA&entry={DUE}&show=verify")

    assert "data-verify" not in html and 'value="propose"' not in html and "edit=yes" not in html


def test_what_an_address_cannot_mean_is_left_out_and_told() -> None:
    """Nothing is guessed; words of an attacker stay words."""
    asked = asked_of("country=ZZZZ&need=none&service=x&box=1,2&entry=../x&page=99999999&date=2026-02-30&q=<script>alert(1)</script>")
    html = page(NOWHERE, "q=%3Cscript%3Ealert(1)%3C/script%3E&country=xa1")

    assert set(asked.unread) == {"country", "need", "service", "box", "entry", "date"} and asked.page == 1
    assert "<script>alert" not in html and "&lt;script&gt;" in html and "could not be understood" in html


def test_an_address_says_what_it_was_read_from() -> None:
    """Reading the parts of an address again gives the same, so that links and other languages lose nothing."""
    asked = asked_of(
        "country=XAA&region=XA-NO&need=care&service=psychological&group=women&spoken=en&q=lake&page=2&show=gaps&avoid=XA-LI&avoid=XA-EH&agrees=yes&residence=settled"
    )

    assert asked_of({key: [value for name, value in parts_of(asked) if name == key] for key, _ in parts_of(asked)}) == asked


def test_every_text_of_the_page_is_there_in_both_languages() -> None:
    """No key stands on a page instead of its words."""
    for language in ("en", "nl"):
        for choice in ("", "country=XAA", f"country=XAA&entry={DUE}", "country=XAA&show=verify", "country=XAA&show=gaps", "country=NLD&show=gaps&group=minors"):
            assert not re.search(
                r"\b(?:social|match|atlas|change)\.[a-z_]+\.?[a-z_]*\b(?!@|\.example)",
                re.sub(r"<[^>]+>", " ", page(replace(NOWHERE, language=language), choice)),
            )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ASKINGS)
def test_every_reason_is_a_sentence_in_both_languages(asks: Asking) -> None:
    """Whatever comes out of the engine can be read."""
    for language in ("en", "nl"):
        book = Reading(asked_of("country=XAA"), DAY, load_texts(language))
        for fit in match(INVENTED, asks, WORDS):
            for reason in fit.reasons:
                words = reason_words(reason, book)
                assert words.endswith(".") and not words.startswith("match.") and "{" not in words


def test_the_map_and_the_list_take_ten_thousand_entries_without_a_stall() -> None:
    """167 and 10,000 entries: few marks, one page of the list, well under two seconds for both."""
    base = one_of(SHELTER)
    many = [
        replace(
            base,
            id=f"xa-m{place}",
            name=f"House {place}",
            country="NLD",
            city=f"Town {place % 900}",
            position=Position(round(50.8 + place % 270 / 100, 3), round(3.4 + place // 270 % 37 / 10, 3)),
        )
        for place in range(10_000)
    ]
    for organisations, count in ((None, 45), (many, 10_000)):
        book = reading("country=NLD", organisations)
        start = time.process_time()
        html = list_html(book) + map_html(book)
        took = time.process_time() - start  # seconds of the processor, whatever else the machine does

        assert len(book.found) == count and took < 2
        assert 0 < html.count('<a class="spot') <= MOST and html.count("<li class=") <= ON_A_PAGE
        assert len(html) < 150_000


def test_gaps_name_every_region_and_say_what_a_dash_means() -> None:
    """All twelve provinces stand in the table, with or without entries."""
    html = page(NOWHERE, "country=NLD&show=gaps&group=minors")

    assert all(name in html for name in load_directory("NLD").regions.values())
    assert "not that nothing is there" in html


# Verified today


def test_verified_today_records_who_when_and_how_and_keeps_what_stood_there(desk: Desk, folder: Path) -> None:
    """The entry is fresh and may be printed; the history has what it said before; the trail a line; no other line of the file differs."""
    before = (folder / "XAA" / "organisations.yaml").read_text(encoding="utf-8")
    made = verify_today(desk, "XAA", DUE, "phone")
    after = (folder / "XAA" / "organisations.yaml").read_text(encoding="utf-8")
    line = social_map.history_of("XAA", DUE)[0]
    gone = [text for text in before.splitlines() if text not in after.splitlines()]

    assert made.verified is not None and (made.verified.on, made.verified.by, made.verified.how) == (desk.today, "noor", "phone")
    assert freshness(one_of(DUE), WORDS, desk.today) == "verified" and may_be_printed(one_of(DUE), WORDS, desk.today)
    assert line["by"] == "noor" and line["former"] == {"verified": {"date": "2026-03-01", "by": "map desk", "how": "phone"}}
    assert gone == ["version: 1.0.0", "    verified: {date: 2026-03-01, by: map desk, how: phone}"]
    assert [(one.what, one.by, one.detail) for one in desk.open_store().audit() if one.what.startswith("organisation")] == [
        ("organisation.verified", "noor", f"XAA {DUE} phone")
    ]
    assert card_pdf([one_of(DUE)], ["en"], WORDS, desk.today).startswith(b"%PDF")


def test_a_recalled_entry_that_was_verified_counts_as_seen(desk: Desk, folder: Path) -> None:
    """The organisation itself is its source from then on; that it was recalled stays in the history."""
    verify_today(desk, "XAA", RECALLED, "email")

    assert one_of(RECALLED).status == "seen"
    assert social_map.history_of("XAA", RECALLED)[0]["former"] == {"status": "recalled", "verified": NOBODY}


def test_what_we_concluded_ourselves_is_said_to_be_our_reading_until_somebody_asked(desk: Desk, folder: Path) -> None:
    """On the page and in the data; verified, the mark goes and stays in the history. Every conclusion about a state, an area or a secret place is marked."""
    path = folder / "XAA" / "organisations.yaml"
    line = "    verified: {date: 2026-03-01, by: map desk, how: phone}"
    path.write_text(path.read_text(encoding="utf-8").replace(line, f"    own_reading: [state_actor]\n{line}"), encoding="utf-8")
    before = page(desk, f"country=XAA&entry={DUE}")
    verify_today(desk, "XAA", DUE, "phone")
    real = [one for one in load_organisations() if one.state_actor is not None or one.area or one.confidential]

    assert "Not part of a state (our own reading; no source says so" in before and "our own reading" not in page(desk, f"country=XAA&entry={DUE}")
    assert social_map.history_of("XAA", DUE)[0]["former"]["own_reading"] == ["state_actor"]
    assert len(real) == 165 and all(("state_actor" in one.own_reading) is (one.state_actor is not None) for one in real)
    assert all(("area" in one.own_reading) is bool(one.area) and ("confidential" in one.own_reading) is one.confidential for one in real)
    assert "probably kept secret (our own reading)" in page(desk, "country=NLD&entry=nl-fier")


def test_the_check_that_was_asked_for_is_done_with_it(desk: Desk, folder: Path) -> None:
    """An earlier date for the next check goes with the verification that it asked for."""
    verify_today(desk, "XAA", "xa-new-start", "visit")

    assert one_of("xa-new-start").next_check is None


def test_verifying_twice_keeps_both(desk: Desk, folder: Path) -> None:
    """Each verification has its line."""
    verify_today(desk, "XAA", DUE, "phone")
    verify_today(as_person(desk, "samira"), "XAA", DUE, "email")

    assert [line["by"] for line in social_map.history_of("XAA", DUE)] == ["samira", "noor"]


def test_who_may_not_confirm_may_not_verify_and_nonsense_is_refused(desk: Desk, folder: Path) -> None:
    """An entry gets on a client's card by this: it is for those who may confirm; nothing is written otherwise."""
    before = (folder / "XAA" / "organisations.yaml").read_bytes()
    with pytest.raises(NotPermitted):
        verify_today(replace(desk, role="nobody"), "XAA", DUE, "phone")
    for country, id, how in (("XAA", "xa-nothing", "phone"), ("XAA", DUE, "rumour"), ("ZZZ", DUE, "phone")):
        with pytest.raises(WrongUse):
            verify_today(desk, country, id, how)

    assert (folder / "XAA" / "organisations.yaml").read_bytes() == before


def test_the_page_offers_two_presses(desk: Desk, folder: Path) -> None:
    """Open it, say how: a form with one button for each way, and nothing else to fill in."""
    html = page(desk, "country=XAA&show=verify")

    assert html.count("data-verify=") == html.count("data-waits=") > 3
    assert html.count('name="how"') == html.count("data-verify=") * len(WORDS.ways)


def test_the_page_offers_a_card_of_verified_numbers_only() -> None:
    """Each entry that may be printed can be chosen; the others cannot; where there is none a sentence says why; a shared computer downloads nothing."""
    html = page(NOWHERE, "country=XAA")
    offered = re.findall(r'name="entry" value="([^"]+)"', html)
    book = Workbook(NOWHERE, "social_map", None, choice="country=XAA")
    book.shared = True

    assert sorted(offered) == sorted(one.id for one in INVENTED if may_be_printed(one, WORDS, DAY) and one.of_kind("phone"))
    assert DUE not in offered and RECALLED not in offered and len(offered) > 5
    assert "nothing to print" in page(NOWHERE, "country=NLD")
    assert "card.pdf" not in directory_html(book.map_reading, book.seat("proof"))


# Corrections by two persons


def typed(**more: str) -> dict[str, str]:
    return {**typed_from(one_of(SHELTER)), "differs": "The house has another number.", **more}


def test_a_correction_counts_when_a_second_person_confirmed_it(desk: Desk, folder: Path) -> None:
    """Proposed, waiting, confirmed; the history keeps what stood there."""
    made = changes.propose_change(desk, change_of(desk, "XAA", SHELTER, typed(opening="9 to 21")))
    waits = one_of(SHELTER).opening
    with pytest.raises(NotPermitted):
        changes.confirm_change(desk, made.id)
    changes.confirm_change(as_person(desk, "samira"), made.id)

    assert waits == "day and night" and one_of(SHELTER).opening == "9 to 21"
    assert one_of(SHELTER).reviewed == f"samira, {desk.today.isoformat()}"
    assert social_map.history_of("XAA", SHELTER)[0]["former"]["opening"] == "day and night"
    assert one_of(SHELTER).verified is not None  # another hour is no other number


def test_another_number_has_to_be_verified_again(desk: Desk, folder: Path) -> None:
    """No number that nobody called gets on a card: with another contact the verification goes, and keeping it is refused."""
    change = change_of(desk, "XAA", SHELTER, typed(phone="+00 100 200 999"))
    made = changes.propose_change(desk, change)
    changes.confirm_change(as_person(desk, "samira"), made.id)
    kept: dict[str, Any] = {"contact": [{"kind": "phone", "value": "+00 100 200 998"}]}

    assert one_of(SHELTER).verified is None and not may_be_printed(one_of(SHELTER), WORDS, desk.today)
    with pytest.raises(ChangeRefused, match="another one"):
        changes.propose_change(desk, changes.change_for(desk, "XAA", "organisations", "correct", "xa-care", kept, differs="Another number."))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("note", "Ring at Kerkstraat 12"),
        ("safe_contact", "12 Mill Lane"),
        ("phone", "ask there"),
        ("email", "anna.jansen@house.example"),
        ("opening", "as K7M-2042 said"),
        ("services", ""),
        ("languages", "English"),
    ],
)
def test_a_correction_with_an_address_or_nonsense_is_refused_beside_its_field(desk: Desk, folder: Path, name: str, value: str) -> None:
    """An address, a person's mailbox, the reference of a case, words that are none: nothing of it is kept."""
    with pytest.raises((ChangeRefused, WrongUse)):
        changes.propose_change(desk, change_of(desk, "XAA", SHELTER, typed(**{name: value})))

    assert changes.proposals(desk) == ()


def test_an_entry_is_added_by_two_persons_and_verified_by_nobody_yet(desk: Desk, folder: Path) -> None:
    """It gets an id of its own, stands at the end, and is on the work list."""
    said = typed(name="Quiet Corner Lindava", type="ngo", city="Lindava", phone="+00 100 200 777", source="Their own leaflet")
    made = changes.propose_change(desk, change_of(desk, "XAA", "new", said))
    changes.confirm_change(as_person(desk, "samira"), made.id)
    added = load_directory("XAA").organisations[-1]

    assert (added.id, added.name, added.verified, added.status) == ("xa-quiet-corner-lindava", "Quiet Corner Lindava", None, "seen")
    assert added.id in page(desk, "country=XAA&show=verify")


# Help for one person


def test_a_case_shows_its_needs_and_who_could_help_with_reasons(desk: Desk, case: str) -> None:
    """A hard stop calls for a lawyer and keeps authorities of the country of return away; each entry tells why."""
    give(desk, case, "safe_return", {"HS03": "active", "HS10": "active"})
    desk = replace(desk, today=DAY)
    found = helpers_of(desk, case, Known(country="XAA", languages=("en",), residence="undocumented"))
    lawyers = {fit.organisation.id: fit for fit in found.fits["lawyer"]}
    html = page(desk, f"case={case}&country=XAA&spoken=en&residence=undocumented", case)

    assert {seen.id: seen.truth for seen in found.needs}["lawyer"] is Truth.HOLDS and found.cautions["no_state_actor"].truth is Truth.HOLDS
    assert lawyers["xa-legal-desk"].truth is Truth.FAILS and lawyers["xa-lawyers"].truth is not Truth.FAILS
    assert html.index('data-need="lawyer"') > 0 and "Keep away:" in html and "Verified on 2026-10-30." in html


def test_a_person_who_may_return_keeps_its_authorities_away(desk: Desk, case: str) -> None:
    """Where the return leads to the country that is looked at, its police do not fit while HS06 is active."""
    give(desk, case, "safe_return", {"HS06": "active", "HS04": "active"})
    casework.save_paper(
        desk, case, casework.FUTURES, {"futures": [{"kind": "home_region", "order": 1, "country": "XAA", "subdivision": "", "words": ""}]}, seen=1
    )
    found = helpers_of(replace(desk, today=DAY), case, Known(country="XAA", authorities=Truth.HOLDS))
    police = [fit for fits in found.fits.values() for fit in fits if fit.organisation.state_actor is True]

    assert found.return_country == "XAA" and police
    assert all(fit.truth is Truth.FAILS for fit in police)


def test_the_coordination_point_is_named_first_whatever_is_needed_unless_a_reason_speaks_against_it(desk: Desk, case: str) -> None:
    """Rule B5.7. Where it may be an authority that must hear nothing, it is not offered."""
    give(desk, case, "safe_return", {"HS03": "active"})
    html = page(replace(desk, today=DAY), f"case={case}&country=XAA", case)
    found = helpers_of(replace(desk, today=DAY), case, Known(country="BGR", authorities=Truth.FAILS))

    assert 0 < html.index("data-coordination") < html.index("data-need=")
    assert "Coordination Point Exampleland" in html.partition("data-coordination")[2].partition("</section>")[0]
    assert found.coordination and all(fit.truth is Truth.FAILS for fit in found.coordination if fit.organisation.state_actor)


def test_a_country_that_any_future_leads_to_is_a_country_of_return_though_the_person_wants_to_stay(desk: Desk, case: str) -> None:
    """The first wish is to stay, the second future leads to XAA: its police hear nothing while HS06 is active, and nobody there is called before the gate."""
    give(desk, case, "safe_return", {"HS06": "active"})
    found = helpers_of(replace(desk, today=DAY), case, Known(country="XAA", authorities=Truth.HOLDS))
    fits = [fit for each in found.fits.values() for fit in each]

    assert (found.scenario, found.return_country) == ("stay", "XAA")
    assert all(fit.truth is Truth.FAILS for fit in fits if fit.organisation.state_actor is True)
    assert all("there" in [one.key for one in fit.reasons if one.truth is Truth.OPEN] for fit in fits)


def test_looking_for_help_keeps_nothing_of_it(desk: Desk, case: str) -> None:
    """No paper, no assessment, no line in the trail but that the case was read: what was chosen is kept nowhere."""
    store = desk.open_store()
    page(desk, f"case={case}", case)
    before = [(one.what, one.detail) for one in store.audit()]
    page(desk, f"case={case}&country=XAA&group=women&residence=undocumented&avoid=XA-NO&agrees=no", case)

    assert [(one.what, one.detail) for one in store.audit()] == before
    assert store.assessments(case, "safe_return") == ()
    assert "XA-NO" not in "".join(one.detail for one in store.audit())


def test_a_stranger_to_the_case_gets_nothing_of_it(desk: Desk, case: str) -> None:
    """Beside a case that somebody may not read the map shows nothing of it."""
    with pytest.raises(NotPermitted):
        page(replace(desk, role="nobody"), f"case={case}&country=XAA", case)


# Notebook and report


def test_the_views_say_the_same_without_a_page() -> None:
    """In a notebook the list, the entry, the work list and the gaps are tables and sentences."""
    book = Workbook(NOWHERE, "social_map", None, choice=f"country=XAA&entry={SHELTER}")

    assert "Harbour House" in str(book.directory()) and "not known" not in str(book.directory())
    assert "Call first; nobody is told where the house is before a talk." in str(book.entry())
    assert "Norrin Shelter (XAA): due for a check" in str(book.to_verify())
    assert "Shelter (first weeks)" in str(book.gaps()) and "Minors: " in str(book.gaps()) and str(book.helpers()) == ""
    assert "Harbour House" in str(book.example())


# What a line and the map tell at a glance


def test_a_line_of_the_list_has_a_number_to_call_and_the_day_it_was_verified() -> None:
    """So that nobody opens ten entries to ring one; where there is no number, or nobody asked, that is what it says."""
    lines = dict(re.findall(r'data-entry="([^"]+)".*?data-reach><bdi>(.*?)</bdi>', list_html(reading("country=XAA"))))
    real = dict(re.findall(r'data-entry="([^"]+)".*?data-reach><bdi>(.*?)</bdi>', list_html(reading("country=NLD"))))

    assert lines[SHELTER] == "+00 100 200 310 · verified on 2026-09-15" and lines[DUE].endswith("verified on 2026-03-01")
    assert len(lines) == 16 and not any("verified on" in words for words in real.values())
    assert real["nl-lsi"] == "No telephone written down"


SPOTS = st.lists(
    st.builds(Spot, st.integers(0, 1000).map(float), st.integers(0, 750).map(float), st.integers(15, 36).map(float),
              st.sampled_from(["Amsterdam", "Den Haag +3", "Ede", "'s-Hertogenbosch", ""]), st.integers(1, 30)), max_size=25)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(SPOTS)
def test_names_of_towns_lie_on_no_mark_on_no_other_name_and_within_the_map(spots: list[Spot]) -> None:
    """Whatever the country: what is written can be read, and what has no room stands in the list."""
    window = Window(0, 0, 1000, 750)
    size = 1000 * SIZE
    found = [(float(x), float(y), name) for x, y, name in re.findall(r'<text x="([\d.]+)" y="([\d.]+)">([^<]*)</text>', town_names(spots, window))]
    boxes = [Box(x - width_of(unescape(name), size) / 2, y - 0.75 * size, x + width_of(unescape(name), size) / 2, y + 0.25 * size) for x, y, name in found]
    marks = [Box(one.x - one.radius, one.y - one.radius, one.x + one.radius, one.y + one.radius) for one in spots]
    slack = 0.02  # numbers are written with two decimals

    for box in boxes:
        inner = Box(box.left + slack, box.top + slack, box.right - slack, box.bottom - slack)
        assert inner.left >= 0 and inner.right <= 1000 and inner.top >= 0 and inner.bottom <= 750
        assert not any(inner.meets(other) for other in (*marks, *(one for one in boxes if one is not box)))
    assert all(name for _, _, name in found)


def test_the_largest_towns_are_named_on_the_map_of_a_country() -> None:
    """The outline of the country lies below, the towns with most entries have their names, and each stands once."""
    html = map_html(reading("country=NLD"))
    named = re.findall(r"<text[^>]*>([^<]+)</text>", html.partition('class="towns"')[2].partition("</g>")[0])

    assert {"Amsterdam", "Utrecht"} <= {name.partition(" +")[0] for name in named} and len(named) == len(set(named)) > 5
    assert 'fill="url(#map-near)"' in html  # the country itself, in our own outlines


def test_ten_thousand_entries_are_a_small_page() -> None:
    """What a browser has to lay out does not grow with the entries: elements are counted, since times differ between machines."""
    base = one_of(SHELTER)
    sizes = []
    for count in (167, 10_000):
        many = [replace(base, id=f"xa-m{place}", name=f"House {place}", country="NLD", city=f"Town {place % 900}",
                        position=Position(round(50.8 + place % 270 / 100, 3), round(3.4 + place // 270 % 37 / 10, 3))) for place in range(count)]  # fmt: skip
        book = reading("country=NLD", many)
        sizes.append(len(re.findall(r"<[a-z]", directory_html(book, Seat("proof", may_verify=True, may_propose=True)))))

    assert max(sizes) < 1500 and "9960 more can be printed" in directory_html(book, Seat("proof"))


def test_what_is_missing_is_told_by_region_and_by_group() -> None:
    """Services that no entry offers anywhere, those missing in some regions, and each group; the sentences say what the table says."""
    book = reading("country=XAA&show=gaps")
    by_service, by_group = missing_by_service(book), missing_by_group(book)
    html = page(NOWHERE, "country=XAA&show=gaps")

    assert by_service["safe_transport"] == tuple(load_directory("XAA").regions) and by_service["hotline"] == ()
    assert 0 < len(by_service["vocational"]) < len(load_directory("XAA").regions)
    for gap in book.missing:
        assert (gap.region in by_service[gap.service]) is (gap.entries == 0)
    assert set(by_group) == set(WORDS.target_groups) - {"professionals", "public"}
    for group, services in by_group.items():
        there = {gap.service for gap in reading(f"country=XAA&show=gaps&group={group}").missing if gap.entries}
        assert not there & set(services) and there | set(services) == set(by_service)
    assert "Accompanied transport" in html.partition('data-missing="nowhere"')[2].partition("</ul>")[0]
    for service, gone in by_service.items():
        name, has = WORDS.services[service].said("en"), [said for id, said in load_directory("XAA").regions.items() if id not in gone]
        assert not gone or not has or (f"{name}: only in {', '.join(has)}" if len(has) < len(gone) else f"{name}: not in ") in unescape(html)
    assert 'data-missing="groups"' in html and 'data-missing="groups"' not in page(NOWHERE, "country=XAA&show=gaps&group=minors")


def test_every_country_of_the_list_is_on_a_map() -> None:
    """Without a country the maps lead to each that has entries, also far from Europe; where all lie in Europe one map is enough."""
    html = map_html(reading(""))
    linked = set(re.findall(r'href="\?country=([A-Z]{3})', html))

    assert linked == {one.country for one in load_organisations()} and {"NGA", "VNM", "NLD"} <= linked
    assert html.count("data-map=") == 2 and map_html(reading("", [one for one in load_organisations() if one.country == "NLD"])).count("data-map=") == 1

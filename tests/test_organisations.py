"""The social map as data: every entry carried over with its doubts, words from one vocabulary, no address, and honest dates."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.organisation_checks import names_an_address
from safe_lib.catalogue.organisation_writing import directory_text, entry_of, problems_of
from safe_lib.catalogue.organisations import check_organisations, directory_as, load_directory, load_organisations, load_vocabulary
from safe_lib.cli.app import run
from safe_lib.directory_files import COLUMNS, csv_of, read_directory_file
from safe_lib.engine.directory import Looked, as_data, gaps, in_order, selected, to_verify
from safe_lib.engine.hsds import from_hsds, to_hsds
from safe_lib.model.organisation import READ, Contact, Organisation, Position, Verification, freshness, may_be_printed, months_later
from safe_lib.tables.limits import ForeignFileError
from tests.hostile.formulas import FORMULAS
from tests.hostile.words import WORDS

DAY = date(2026, 11, 20)
WORDS_OF = load_vocabulary()
REAL = load_organisations()
INVENTED = {one.id: one for one in load_organisations("XAA")}
SCHEMA = json.loads((Path(__file__).parent / "hsds_3_schema.json").read_text(encoding="utf-8"))
HSDS = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
STREET = "Kerkstraat 12"  # invented; planted where nothing of the kind may stay

Capture = pytest.CaptureFixture[str]


# What was carried over


def test_all_entries_were_carried_over_with_their_status() -> None:
    """167 entries: 98 seen in a source, 69 recalled; none was lost and none is invented."""
    counted = Counter(one.status for one in REAL)
    by_country = Counter(one.country for one in REAL)

    assert counted == {"seen": 98, "recalled": 69}
    assert len({one.id for one in REAL}) == 167 and len(by_country) == 42
    assert (by_country["NLD"], by_country["BGR"], by_country["HUN"], by_country["MKD"], by_country["NGA"]) == (45, 20, 18, 15, 6)


def test_nobody_has_verified_an_entry_yet_and_none_may_be_printed() -> None:
    """Seen in a source is not verified: no real entry goes on a client's card before somebody has asked the organisation."""
    assert not any(one.verified for one in REAL)
    assert not any(may_be_printed(one, WORDS_OF, DAY) for one in REAL)
    assert {freshness(one, WORDS_OF, DAY) for one in REAL} == {"unverified"}


def test_the_social_map_has_no_problems() -> None:
    """`safe check` finds nothing in the files that come along."""
    assert check_organisations() == []


def test_every_word_of_the_vocabulary_has_two_languages_and_the_codes_are_complete() -> None:
    """41 services and 21 groups, each in English and Dutch; the terms of Open Eligibility are names only."""
    assert (len(WORDS_OF.services), len(WORDS_OF.target_groups), len(WORDS_OF.types)) == (41, 21, 20)
    terms = [
        term for kind in ("services", "target_groups", "types", "residence", "areas", "costs", "channels", "ways") for term in getattr(WORDS_OF, kind).values()
    ]
    assert all(term.name["en"] and term.name["nl"] for term in terms)
    assert WORDS_OF.services["hotline"].open_eligibility == "Help Hotlines"
    assert WORDS_OF.target_groups["undocumented"].open_eligibility == "Undocumented"


def test_shelters_say_that_their_place_is_secret_and_who_can_be_called() -> None:
    """Every entry with a shelter keeps its place back, and names a way to ask."""
    shelters = [one for one in REAL if {"shelter_emergency", "shelter_long_term"} & set(one.services)]

    assert len(shelters) > 40
    assert all(one.confidential and (one.contact or one.safe_contact) for one in shelters)


def test_an_invented_country_is_not_among_the_real_ones() -> None:
    """Exampleland is there for who asks for it by name."""
    assert not any(one.country == "XAA" for one in REAL)
    assert len(INVENTED) == 16


# Dates


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 1, 14), "unverified"),
        (date(2026, 1, 15), "verified"),
        (date(2026, 7, 14), "verified"),
        (date(2026, 7, 15), "due"),
        (date(2027, 1, 14), "due"),
        (date(2027, 1, 15), "stale"),
    ],
)
def test_a_verification_holds_six_months_and_is_stale_after_twelve(day: date, state: str) -> None:
    """On the day itself and the days around each limit; one from a later day does not count."""
    one = replace(INVENTED["xa-line"], verified=Verification(date(2026, 1, 15), "map desk", "phone"))

    assert freshness(one, WORDS_OF, day) == state
    assert may_be_printed(one, WORDS_OF, day) is (state == "verified")


def test_an_earlier_check_that_somebody_asked_for_comes_first_and_a_later_one_counts_for_nothing() -> None:
    """`next_check` can shorten the six months, never lengthen them."""
    verified = Verification(date(2026, 10, 1), "map desk", "phone")
    soon = replace(INVENTED["xa-line"], verified=verified, next_check=date(2026, 11, 1))
    late = replace(soon, next_check=date(2030, 1, 1))

    assert freshness(soon, WORDS_OF, DAY) == "due"
    assert freshness(late, WORDS_OF, date(2027, 4, 1)) == "due"


def test_a_recalled_entry_is_never_printed_even_if_its_date_is_fresh() -> None:
    """Who verifies an entry says where it was seen as well."""
    assert not may_be_printed(replace(INVENTED["xa-line"], status="recalled"), WORDS_OF, DAY)


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(0, 60))
def test_months_later_stays_in_the_month_it_names(day: date, months: int) -> None:
    """The month is the one counted to, and the day is never later than the one begun with."""
    later = months_later(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day and (later.day == day.day or later.day >= 28)


# Checks


BROKEN = [
    ("services: [hotline, information_referral]", "services: [hotlin]", 'says "hotlin"', 'Did you mean "hotline"?'),
    ("target_groups: [all_victims, public]", "target_groups: [victims]", 'says "victims"', "Did you mean"),
    ("type: hotline", "type: phone_line", 'says "phone_line"', "Did you mean"),
    ("languages: [en, nl, fr, ar, hu]", "languages: [English]", "languages", "schema"),
    (
        "opening: day and night\n    cost: free\n    residence: [undocumented, reflection_period, asylum_procedure, temporary_permit, settled]\n    source",
        f"opening: ring at {STREET}\n    source",
        "looks like an address",
        "No address stands here",
    ),
    ("name: Listening Line", "name: Listening Line\n    address: Mill Lane 4", '"organisations.1.address" is not a key', "Check the spelling"),
    ("{kind: phone, value: 0800 000 (XA), note: day and night}", "{kind: phone, value: ask at the desk}", "a phone", "0800 123 (NL)"),
    ("{kind: phone, value: 0800 000 (XA), note: day and night}", "{kind: email, value: anna.jansen@line.example}", "mailbox of one person", "info@"),
    ("verified: {date: 2026-10-20, by: map desk, how: phone}", "verified: {date: 2026-02-30, by: map desk, how: phone}", "is not a day", "YYYY-MM-DD"),
    ("verified: {date: 2026-10-20, by: map desk, how: phone}", "verified: {date: 2026-10-20, by: map desk, how: rumour}", 'says "rumour"', "There are"),
    ("id: xa-line", "id: xa-coordination", "stands twice", "its own id"),
    ("position: {lat: 44.2, lon: -31.4}", "position: {lat: 44.21883, lon: -31.4}", "that of a house", "3 decimals"),
    ("region: XA-PS", "region: XA-QQ", 'says "XA-QQ"', "Did you mean"),
    ("country: XAA", "country: NLD", 'is of "NLD"', "Move the file"),
    ("    contact: [{kind: phone, value: +00 100 200 310}]\n    opening: day and night\n    cost: free\n", "", None, None),
]


@pytest.mark.parametrize(("before", "after", "problem", "repair"), BROKEN)
def test_every_problem_has_its_file_its_line_and_its_repair(tmp_path: Path, before: str, after: str, problem: str | None, repair: str | None) -> None:
    """Each mistake is found where it stands; what is only unusual passes."""
    folder = _folder(tmp_path)
    file = folder / "XAA" / "organisations.yaml"
    text = file.read_text(encoding="utf-8")

    assert before in text

    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    found = check_organisations(folder)
    if problem is None or repair is None:
        assert found == []
        return
    lines = [one for one in found if problem in str(one)]

    assert lines and repair in str(lines[0]) and str(lines[0]).startswith("XAA/organisations.yaml:")


def test_an_entry_in_two_countries_is_told(tmp_path: Path) -> None:
    """An id leads to one organisation."""
    folder = _folder(tmp_path)
    (folder / "NLD").mkdir()
    text = (folder / "XAA" / "organisations.yaml").read_text(encoding="utf-8")
    kept = text.replace("country: XAA", "country: NLD")
    (folder / "NLD" / "organisations.yaml").write_text(kept, encoding="utf-8")

    assert any("stands in NLD as well" in str(one) for one in check_organisations(folder))


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "country_info"
    (folder / "XAA").mkdir(parents=True)
    shutil.copyfile(paths.COUNTRY_INFO / "XAA" / "organisations.yaml", folder / "XAA" / "organisations.yaml")
    shutil.copyfile(paths.COUNTRY_INFO / "social_map.yaml", folder / "social_map.yaml")
    return folder


@pytest.mark.parametrize(
    "text",
    [
        STREET,
        "12 Mill Lane",
        "Mill Lane 12",
        "ul. Vitosha 15",
        "Váci utca 7",
        "12 rue de la Paix",
        "rue de la Paix 12",
        "1012 AB Amsterdam",
        "SW1A 1AA",
        "Hauptstraße 3b",
        "улица Витоша 15",
        "Via Roma 8",
    ],
)
def test_addresses_are_recognised(text: str) -> None:
    """The common ways to write a street with a house, or a postcode."""
    assert names_an_address(f"Come to {text}.")


def test_no_sentence_of_the_directory_is_taken_for_an_address() -> None:
    """Names, sources and notes of the 167 pass the same test."""
    assert not [one.id for one in REAL if names_an_address(" | ".join((one.name, one.local_name, one.source, one.note, one.safe_contact)))]


def test_what_is_written_is_read_back_the_same() -> None:
    """A file made of entries gives the same entries, for every country."""
    for country in ("NLD", "XAA", "HUN"):
        directory = load_directory(country)
        text = directory_text(country, directory.organisations, DAY, directory.regions)

        assert directory_as(country, text.encode()).organisations == directory.organisations


# Looking up


def test_entries_are_found_by_country_service_group_language_and_words() -> None:
    """Each part of a question narrows the answer, accents and capitals make no difference."""
    asked = Looked(country="NLD", service="care_coordination", target="minors", language="nl")

    assert {one.id for one in selected(REAL, asked)} == {"nl-fier", "nl-mee-veluwe", "nl-koraal"}
    assert {one.id for one in selected(REAL, Looked(words="LIÈGE"))} == {"be-surya"}
    assert {one.id for one in selected(REAL, Looked(country="NLD", region="NL-FR"))} == {"nl-fier", "nl-cjib"}


def test_verified_entries_lead_and_stale_ones_are_set_back() -> None:
    """The order says nothing of quality: how fresh, then coordination, then the name."""
    order = [one.id for one in in_order(tuple(INVENTED.values()), WORDS_OF, DAY)]
    states = [freshness(INVENTED[id], WORDS_OF, DAY) for id in order]

    assert order[0] == "xa-coordination"
    assert states == sorted(states, key=("verified", "due", "unverified", "stale").index)
    assert order[-1] == "xa-children-friends"


def test_the_work_list_begins_with_what_nobody_verified() -> None:
    """Then what was due longest ago; what is verified is not on it."""
    assert [one.id for one in to_verify(INVENTED.values(), WORDS_OF, DAY)] == ["xa-legal-desk", "xa-work-rights", "xa-children-friends", "xa-norrin-shelter"]


def test_gaps_count_entries_for_the_whole_country_in_every_region() -> None:
    """What is written down for a region and a group, and how much of it somebody verified."""
    regions = load_directory("XAA").regions
    found = {
        (one.region, one.service): (one.entries, one.verified)
        for one in gaps(tuple(INVENTED.values()), regions, ("shelter_emergency", "vocational"), "men", WORDS_OF, DAY)
    }

    assert found["XA-NO", "shelter_emergency"] == (1, 1)  # the shelter for men takes people from the whole country
    assert found["XA-EH", "vocational"] == (1, 1)
    assert found["XA-LI", "vocational"] == (0, 0)


# HSDS 3 and CSV


def test_hsds_output_has_the_shapes_of_the_standard() -> None:
    """Every service of every entry, real and invented, validates; no field is there that the standard does not have."""
    made = list(to_hsds((*REAL, *INVENTED.values()), WORDS_OF))

    assert not [error.message for error in HSDS.iter_errors(made)]
    assert len(made) == sum(len(one.services) for one in (*REAL, *INVENTED.values()))
    assert len({one["id"] for one in made}) == len(made)


def test_the_schema_refuses_what_the_standard_does_not_have() -> None:
    """A test that cannot fail would show nothing."""
    made = list(to_hsds(INVENTED.values(), WORDS_OF))[:1]
    made[0]["organization"] = {**made[0]["organization"], "locations": [{"id": made[0]["id"], "location_type": "physical", "addresses": []}]}

    assert list(HSDS.iter_errors(made))
    assert list(HSDS.iter_errors([{**made[0], "status": "closed"}]))


def test_an_hsds_round_trip_loses_nothing() -> None:
    """Out as JSON and back: all fields of all 183 entries, in their order."""
    every = (*REAL, *INVENTED.values())
    back, problems = from_hsds(json.loads(json.dumps(list(to_hsds(every, WORDS_OF)))))

    assert back == every and problems == ()


def test_a_csv_round_trip_loses_nothing(tmp_path: Path) -> None:
    """Out as CSV and in again: every entry is the same as here, real and invented."""
    for name, every in (("real", REAL), ("invented", tuple(INVENTED.values()))):
        (tmp_path / f"{name}.csv").write_bytes(csv_of(every))
        taken = read_directory_file(tmp_path / f"{name}.csv")

        assert (taken.new, taken.changed, taken.problems) == ((), (), ()) and len(taken.same) == len(every)


CODES = st.sampled_from(sorted(WORDS_OF.services))
PLAIN = st.text("abcdefghij XYZéßй'()", min_size=2, max_size=20).map(lambda text: f"A {text.strip()} b")
ENTRIES = st.builds(
    Organisation,
    id=st.from_regex(r"xa-[a-z0-9]{1,8}", fullmatch=True),
    country=st.just("XAA"),
    name=PLAIN,
    type=st.sampled_from(sorted(WORDS_OF.types)),
    services=st.lists(CODES, min_size=1, max_size=4, unique=True).map(tuple),
    target_groups=st.lists(st.sampled_from(sorted(WORDS_OF.target_groups)), min_size=1, max_size=3, unique=True).map(tuple),
    status=st.sampled_from(["seen", "recalled"]),
    source=PLAIN,
    local_name=st.just("") | PLAIN,
    state_actor=st.sampled_from([None, True, False]),
    confidential=st.booleans(),
    city=st.just("") | PLAIN,
    cost=st.sampled_from(["", *WORDS_OF.costs]),
    residence=st.lists(st.sampled_from(sorted(WORDS_OF.residence)), unique=True).map(tuple),
    safe_contact=st.just("") | PLAIN,
    note=st.just("") | PLAIN,
    next_check=st.none() | st.dates(),
    own_reading=st.lists(st.sampled_from(READ), unique=True).map(tuple),
    verified=st.none() | st.builds(Verification, on=st.dates(), by=st.just("desk"), how=st.sampled_from(sorted(WORDS_OF.ways))),
)


FAR = "Дом الأمل 希望 \u202bRTL\u202c 👩‍👧 e\u0301 <b>&amp;</b> \"'; =1+1 \\ " + "x" * 240
EXTREMES = (
    replace(REAL[0], id="xa-one", name=FAR, local_name=FAR, city=FAR, opening=FAR, safe_contact=FAR, note=FAR, source=FAR, source_date="n.d.; 2019-02-29 ~"),
    replace(REAL[0], id="xa-two", contact=tuple(Contact(kind, value, note) for note in ("", FAR, "a\nb; c [d]") for kind, value in (
        ("email", "info@far.example"), ("phone", "627 (NG)"), ("website", "https://far.example/a?b=c&d=%20"), ("chat", "https://far.example/chat")))),
    replace(REAL[0], id="xa-three", contact=(Contact("phone", "1", ""),) * 3, languages=("zh", "ar", "nl", "yue"), residence=tuple(WORDS_OF.residence),
            services=tuple(WORDS_OF.services), target_groups=tuple(WORDS_OF.target_groups), own_reading=READ),
    replace(REAL[0], id="xa-four", city="", position=Position(-89.999, 179.999), region="XA-LI", area="city", cost="depends", reviewed=f"{FAR}, 2026-11-26"),
    replace(REAL[0], id="xa-five", city="Only a town", position=None, contact=(), languages=(), source_date="", next_check=date(9999, 12, 31),
            verified=Verification(date(1, 1, 1), FAR, "partner")),
    replace(REAL[0], id="xa-six", confidential=True, state_actor=None, status="recalled", position=Position(0.0, -0.001), source_date="-"),
)  # fmt: skip


@pytest.mark.parametrize("one", EXTREMES, ids=lambda one: one.id)
def test_the_farthest_entries_come_back_from_hsds_as_they_were(one: Organisation) -> None:
    """Other scripts, directions, joined signs, marks of HTML and of formulas, 300 signs; many contacts of one kind, none at all; the ends of the calendar."""
    made = list(to_hsds([one], WORDS_OF))
    back, problems = from_hsds(json.loads(json.dumps(made)))

    assert (back, problems) == ((one,), ())
    assert not [error.message for error in HSDS.iter_errors(made)]


def test_a_note_with_the_signs_that_part_a_cell_comes_back_from_csv(tmp_path: Path) -> None:
    """A semicolon and brackets within a note neither make two contacts of one nor lose a word."""
    phone = Contact("phone", "+00 100 200 320", "mornings; ask for the desk [not the shop]")
    others = (Contact("email", "info@lawyers.example", "; slow"), Contact("website", "https://lawyers.example/a;b"))
    one = replace(INVENTED["xa-lawyers"], contact=(phone, *others))
    (tmp_path / "one.csv").write_bytes(csv_of([one]))
    taken = read_directory_file(tmp_path / "one.csv")

    assert taken.problems == () and taken.changed == (one,)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ENTRIES)
def test_any_entry_comes_back_from_hsds_as_it_was(one: Organisation) -> None:
    """Whatever fields are filled."""
    back, problems = from_hsds(json.loads(json.dumps(list(to_hsds([one], WORDS_OF)))))

    assert (back, problems) == ((one,), ())


# Files of others


def test_an_address_in_a_file_of_others_never_gets_in(tmp_path: Path) -> None:
    """A planted street is left out or refused, and no message repeats it."""
    record = {
        "id": "1",
        "name": "A house",
        "status": "active",
        "organization": {
            "id": "2",
            "name": "Far Shelter",
            "description": "A shelter",
            "website": "https://far.example",
            "locations": [
                {
                    "id": "3",
                    "location_type": "physical",
                    "name": "Lindava",
                    "latitude": 45.123456,
                    "longitude": -30.2,
                    "addresses": [{"id": "4", "address_1": STREET, "city": "Lindava"}],
                }
            ],
        },
        "attributes": [{"id": "5", "taxonomy_term": {"taxonomy": "safe-service", "code": "shelter_emergency", "id": "6", "name": "x", "description": "x"}}],
    }
    in_text = {**record, "organization": {**record["organization"], "id": "7", "name": f"Shelter at {STREET}"}}  # type: ignore[dict-item]
    file = tmp_path / "others.json"
    file.write_text(json.dumps([record, in_text]), encoding="utf-8")
    taken = read_directory_file(file, "XAA")

    assert [one.name for one in taken.new] == ["Far Shelter"]
    assert STREET not in repr(taken)
    assert any("address" in one.problem and "left out" in one.problem for one in taken.problems)
    assert any("looks like an address" in one.problem for one in taken.problems)
    assert taken.new[0].position is not None and taken.new[0].position.lat == 45.12
    assert taken.new[0].status == "recalled" and taken.new[0].verified is None


def test_the_date_of_another_directory_is_no_verification_of_ours(tmp_path: Path) -> None:
    """That somebody else calls a date assured puts nothing on a client's card."""
    record = {
        "id": "1",
        "name": "s",
        "status": "active",
        "assured_date": "2026-11-01",
        "organization": {"id": "2", "name": "Far Help", "description": "d"},
        "metadata": [{"id": "9", "last_action_type": "verified", "last_action_date": "2026-11-01", "updated_by": "them", "replacement_value": "phone"}],
        "attributes": [{"id": "5", "taxonomy_term": {"taxonomy": "safe-service", "code": "legal_aid"}}],
    }
    (tmp_path / "others.json").write_text(json.dumps([record]), encoding="utf-8")

    assert [one.verified for one in read_directory_file(tmp_path / "others.json", "XAA").new] == [None]


def test_every_row_with_a_problem_is_named_and_the_others_are_taken(tmp_path: Path, capsys: Capture) -> None:
    """Row and id stand beside each problem; the file is not refused whole, and no cell is repeated."""
    rows = [
        ["xa-a", "One", "", "ngo", "XAA", "", "", "", "hotline", "public", "en", "", "+31 20 1", "src", "", "seen in source"],
        ["xa-b", "Two", "", "ngo", "XAA", "", "", "", "no_such", "public", "en", "", "", "src", "", "seen in source"],
        ["xa-c", "Three", "", "ngo", "XAA", "", "north", "1", "hotline", "public", "en", "", "", "src", "", ""],
        ["xa-d", "Four", "", "ngo", "QQQQ", "", "", "", "hotline", "public", "en", "", "", "src", "", "certain"],
        ["xa-a", "Five", "", "ngo", "XAA", "", "", "", "hotline", "public", "en", "", "", "src", "", ""],
    ]
    file = tmp_path / "rows.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([COLUMNS[:16], *rows])
    code = run(["organisations", "import", str(file), "--json"])
    said = json.loads(capsys.readouterr().out)

    assert code == 10 and said["new"] == ["xa-a"]
    assert [(one["row"], one["id"]) for one in said["problems"]] == [(4, "xa-c"), (5, "xa-d"), (3, "xa-b"), (6, "xa-a")]
    assert not [word for word in ("north", "certain", "no_such", "QQQQ") if word in json.dumps(said)]


def test_columns_that_a_file_does_not_have_take_nothing_away(tmp_path: Path) -> None:
    """The directory as it was compiled has sixteen columns; region, cost or verification here stay."""
    rows = list(csv.reader(io.StringIO(csv_of(INVENTED.values()).decode("utf-8-sig"))))
    file = tmp_path / "short.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(row[:16] for row in rows)
    taken = read_directory_file(file)

    assert len(taken.same) + len(taken.changed) == 16 and not taken.new
    assert {one.id: one.verified for one in taken.entries} == {id: one.verified for id, one in INVENTED.items()}


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"contents": 3}', '[1, null, {}, {"organization": 3}]', '"x"'])
def test_a_file_that_is_no_directory_is_refused_or_told(tmp_path: Path, text: str) -> None:
    """Broken, endless or foreign JSON ends in a sentence, never in a traceback."""
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    try:
        taken = read_directory_file(file, "XAA")
    except ForeignFileError as problem:
        assert "x.json" in str(problem)
    else:
        assert not taken.entries and taken.problems


def test_what_attackers_write_stays_text(tmp_path: Path) -> None:
    """Formulas and markup in a name come through as words, and leave as words that no spreadsheet runs."""
    hostile = [
        text
        for text in (*(one if isinstance(one, str) else one[0] for one in FORMULAS), *(one if isinstance(one, str) else one[0] for one in WORDS))
        if len(text) < 150
    ][:80]
    base = INVENTED["xa-care"]
    every = [replace(base, id=f"xa-h{place}", name=f"{text} x") for place, text in enumerate(hostile)]
    cells = list(csv.reader(io.StringIO(csv_of(every).decode("utf-8-sig"))))[1:]
    back, _ = from_hsds(json.loads(json.dumps(list(to_hsds(every, WORDS_OF)))))

    assert len(cells) == len(every) > 20
    assert not [row[1] for row in cells if row[1].lstrip()[:1] in tuple("=+-@")]
    assert [one.name for one in back] == [one.name for one in every]


# The command


def test_the_command_gives_an_array_of_entries_with_their_state(capsys: Capture) -> None:
    """JSON as the contract has it: an array, narrowed by every option."""
    assert run(["organisations", "--country", "XAA", "--service", "legal_aid", "--format", "json", "--date", DAY.isoformat()]) == 0

    said = json.loads(capsys.readouterr().out)

    assert [one["id"] for one in said] == ["xa-lawyers", "xa-legal-desk"]
    assert said[0] == json.loads(json.dumps(as_data(INVENTED["xa-lawyers"], WORDS_OF, DAY)))
    assert (said[0]["printable"], said[1]["printable"], said[1]["freshness"]) == (True, False, "unverified")


def test_the_command_lists_all_real_entries_and_takes_every_option(capsys: Capture) -> None:
    """Without an option it is the whole directory; `--json` and `--format json` are the same."""
    assert run(["organisations", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert run(["organisations", "--country", "nld", "--target", "minors", "--language", "en", "--json"]) == 0
    narrowed = json.loads(capsys.readouterr().out)

    assert len(whole) == 167
    assert narrowed and all(one["country"] == "NLD" and "minors" in one["target_groups"] and "en" in one["languages"] for one in narrowed)


def test_the_command_gives_csv_and_hsds(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Both forms on standard output, whole."""
    assert run(["organisations", "--country", "XAA", "--format", "hsds"]) == 0
    services = json.loads(capsysbinary.readouterr().out)
    assert run(["organisations", "--country", "XAA", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode("utf-8-sig"))))

    assert not list(HSDS.iter_errors(services)) and len({one["organization"]["id"] for one in services}) == 16
    assert len(rows) == 16 and list(rows[0]) == list(COLUMNS)


@pytest.mark.parametrize(("option", "word"), [("--service", "shelter"), ("--target", "victims"), ("--country", "ZZZ")])
def test_a_code_that_is_none_is_refused_with_those_there_are(option: str, word: str, capsys: Capture) -> None:
    """Wrong use, in one paragraph; an empty list would look as if there were no help."""
    assert run(["organisations", option, word]) == 2
    assert option in capsys.readouterr().err


def test_import_writes_the_file_of_one_country(tmp_path: Path, capsys: Capture) -> None:
    """What could be taken stands in it beside what is here, and it can be read again."""
    new = replace(INVENTED["xa-care"], id="xa-new-clinic", name="New Clinic")
    (tmp_path / "in.csv").write_bytes(csv_of([new, replace(INVENTED["xa-line"], opening="10 to 22")]))
    assert run(["organisations", "import", str(tmp_path / "in.csv"), "--country", "XAA", "--out", str(tmp_path / "organisations.yaml")]) == 0

    made = directory_as("XAA", (tmp_path / "organisations.yaml").read_bytes()).organisations

    assert "1 new, 1 changed, 0 the same" in capsys.readouterr().out
    assert len(made) == 17 and made[-1] == new and {one.id: one.opening for one in made}["xa-line"] == "10 to 22"


def test_words_of_the_command_are_there_in_dutch(capsys: Capture) -> None:
    """The same list in the language asked for."""
    assert run(["organisations", "--country", "XAA", "--service", "hotline", "--lang", "nl", "--date", DAY.isoformat()]) == 0
    said = capsys.readouterr().out

    assert "Telefoonlijn" in said and load_texts("nl")("social.fresh.verified") in said


def test_the_entry_of_an_organisation_passes_its_own_checks() -> None:
    """What `problems_of` says of the entries here: nothing."""
    assert not [one.id for one in REAL if problems_of(one, load_directory(one.country).regions, WORDS_OF)]
    assert "address" not in {key for one in REAL for key in entry_of(one)}


def test_the_entry_that_the_manual_shows_passes_the_checks() -> None:
    """What `country_info/README.md` shows is what a file takes."""
    shown = (paths.COUNTRY_INFO / "README.md").read_text(encoding="utf-8").partition("## The social map")[2].split("```")[1].removeprefix("yaml\n")
    inside = "".join(f"  {line}\n" for line in shown.splitlines())
    head = "country: XAA\nversion: 1.0.0\ncompiled: 2026-11-14\nregions: {XA-LI: Lindava}\norganisations:\n"

    assert [one.id for one in directory_as("XAA", (head + inside).encode()).organisations] == ["xa-lawyers"]

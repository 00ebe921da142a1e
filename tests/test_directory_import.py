"""A directory of others becomes proposals that a second person looks at; and an address that was planted reaches no door."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import PHRASE
from some_changes import as_person
from test_social_map import DAY, DUE, SHELTER, folder, one_of, page  # noqa: F401

from safe_lib import changes, social_map
from safe_lib.casework import Desk
from safe_lib.catalogue.listings import ORGANISATIONS
from safe_lib.catalogue.organisation_writing import entry_of
from safe_lib.catalogue.organisations import load_directory, load_vocabulary
from safe_lib.cli.app import run
from safe_lib.directory_files import csv_of, read_directory_file
from safe_lib.directory_import import Proposed, propose_import
from safe_lib.engine.directory import as_data
from safe_lib.engine.hsds import to_hsds
from safe_lib.model.change import ChangeRefused, EntryChanged
from safe_lib.model.errors import CatalogueError, NotPermitted, WrongUse
from safe_lib.model.organisation import Contact, Organisation, Verification
from safe_lib.report.card import card_pdf
from safe_lib.runtime.social_pages import change_of
from safe_lib.widgets.social.correct import typed_from
from safe_lib.workbook import Workbook

WORDS = load_vocabulary()
STRANGE = replace(one_of(SHELTER), id="xa-far-house", name="Far House", contact=(Contact("phone", "+00 100 200 999"),))

pytestmark = pytest.mark.usefixtures("folder")


def proposed(desk: Desk, tmp_path: Path, *entries: Organisation, form: str = "csv") -> Proposed:
    """The entries as somebody else's file, looked through and proposed."""
    file = tmp_path / f"others.{form}"
    file.write_bytes(csv_of(entries) if form == "csv" else json.dumps(list(to_hsds(entries, WORDS))).encode())
    return propose_import(desk, read_directory_file(file, "XAA"))


@pytest.mark.parametrize("form", ["csv", "json"])
def test_each_new_and_changed_entry_waits_for_a_second_person(desk: Desk, tmp_path: Path, form: str) -> None:
    """Nothing is in the file before; afterwards the entry is, with who looked at it, and the history has what stood there."""
    made = proposed(desk, tmp_path, STRANGE, replace(one_of(SHELTER), opening="9 to 21"), one_of(DUE), form=form).made
    before = (len(load_directory("XAA").organisations), one_of(SHELTER).opening)
    with pytest.raises(NotPermitted):
        changes.confirm_change(desk, made[0].id)
    for one in made:
        changes.confirm_change(as_person(desk, "samira"), one.id)
    line = social_map.history_of("XAA", SHELTER)[0]

    assert [(one.change.what, one.change.id) for one in made] == [("add", "xa-far-house"), ("correct", SHELTER)]
    assert before == (16, "day and night") and one_of(SHELTER).opening == "9 to 21"
    assert load_directory("XAA").organisations[-1].reviewed == f"samira, {desk.today.isoformat()}"
    assert line["former"]["opening"] == "day and night" and "Opening hours" in line["change"]


def test_what_a_file_calls_verified_puts_nothing_on_a_card(desk: Desk, tmp_path: Path) -> None:
    """A new entry and one with another number arrive verified by nobody, whatever the file says; a verification of ours stays where the number is the same."""
    forged = replace(one_of(DUE), verified=Verification(DAY, "somebody", "phone"), contact=(Contact("phone", "+00 100 200 666"),))
    fresh = replace(one_of("xa-care"), verified=Verification(DAY, "somebody", "phone"), opening="mornings")
    made = proposed(desk, tmp_path, replace(STRANGE, verified=Verification(DAY, "somebody", "phone")), forged, fresh).made
    for one in made:
        changes.confirm_change(as_person(desk, "samira"), one.id)

    assert one_of("xa-far-house").verified is None and one_of(DUE).verified is None
    assert one_of("xa-care").opening == "mornings" and (one_of("xa-care").verified or Verification(DAY, "", "")).by != "somebody"


def test_a_file_that_only_says_when_somebody_verified_proposes_nothing(desk: Desk, tmp_path: Path) -> None:
    """Who asked, who looked and when again are said here."""
    found = proposed(desk, tmp_path, replace(one_of(DUE), verified=Verification(DAY, "somebody", "phone")))

    assert found == Proposed((), (), ()) and changes.proposals(desk) == ()


def test_the_same_file_twice_proposes_once(desk: Desk, tmp_path: Path) -> None:
    """What waits already is told, and not asked of the second person again."""
    proposed(desk, tmp_path, STRANGE)
    again = proposed(desk, tmp_path, STRANGE)

    assert again.made == () and again.waiting == ("xa-far-house",) and len(changes.proposals(desk, waiting=True)) == 1


def test_what_cannot_be_proposed_is_told_by_entry_and_the_others_are_proposed(desk: Desk, tmp_path: Path) -> None:
    """A country without a file begins with one; every problem names its entry."""
    found = proposed(desk, tmp_path, replace(STRANGE, id="za-far-house", country="ZAF", region=""), STRANGE)

    assert [one.change.id for one in found.made] == ["xa-far-house"]
    assert [one.id for one in found.problems] == ["za-far-house"] and "begins with a file" in found.problems[0].problem


def test_who_may_propose_nothing_proposes_nothing_by_a_file(desk: Desk, tmp_path: Path) -> None:
    """The right is the same as on the page, and an entry that somebody changed meanwhile is not overwritten."""
    with pytest.raises(NotPermitted):
        proposed(replace(desk, role="nobody"), tmp_path, STRANGE)
    first, second = (proposed(desk, tmp_path, replace(one_of(SHELTER), opening=said)).made[0] for said in ("9 to 21", "10 to 20"))
    changes.confirm_change(as_person(desk, "samira"), first.id)
    with pytest.raises(EntryChanged):
        changes.confirm_change(as_person(desk, "samira"), second.id)

    assert one_of(SHELTER).opening == "9 to 21"


def test_the_command_proposes_and_says_what_waits(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`safe organisations import FILE --propose`, with the numbers of the proposals."""
    file = tmp_path / "others.csv"
    file.write_bytes(csv_of([STRANGE]))
    store = desk.open_store()
    path, secret = store.path, tmp_path / "phrase"
    secret.write_text(f"{PHRASE}\n", encoding="utf-8")
    secret.chmod(0o600)
    code = run(["organisations", "import", str(file), "--country", "XAA", "--propose", "--store", str(path), "--passphrase-file", str(secret), "--json"])
    said = capsys.readouterr()

    assert code == 0, said.err
    assert set(json.loads(said.out)["proposed"]) == {"xa-far-house"} and [one.change.id for one in changes.proposals(desk)] == ["xa-far-house"]


# An address that was planted

HOUSE = "Nachtegaalstraat 4711"
SIGNS = ("Nachtegaal", "4711")  # by which it would be known again


def everywhere_in_hsds() -> list[dict[str, Any]]:
    """A directory of others that tells where a shelter is in every place the standard has for it, and in some that it has not."""
    place = {"id": "p", "location_type": "physical", "name": "Lindava", "addresses": [{"id": "a", "address_1": HOUSE, "city": "Lindava"}],
             "latitude": 45.123456, "longitude": -30.234567, "description": HOUSE, "transportation": HOUSE, "alternate_name": HOUSE}
    organization = {"id": "o", "name": "Told House", "description": HOUSE, "locations": [place], "legal_status": HOUSE, "logo": f"https://x.example/{HOUSE}",
                    "phones": [{"id": "t", "number": "+00 100 200 555", "description": "office"}], "contacts": [{"id": "c", "name": HOUSE}]}
    term = {"id": "x", "code": "shelter_emergency", "name": "x", "description": "x", "taxonomy": "safe-service"}
    service = {"id": "s", "name": f"Shelter, {HOUSE}", "status": "active", "organization": organization, "alert": HOUSE, "description": HOUSE,
               "application_process": HOUSE, "eligibility_description": HOUSE, "fees_description": HOUSE, "wait_time": HOUSE,
               "schedules": [{"id": "h", "description": f"ring at {HOUSE}"}], "service_at_locations": [{"id": "l", "location": place}],
               "attributes": [{"id": "y", "taxonomy_term": term, "value": HOUSE}]}
    with_value = [{"id": "z", "value": HOUSE, "taxonomy_term": {**term, "taxonomy": f"safe-{name}", "code": "x"}} for name in
                  ("safe-contact", "note", "source", "reviewed", "contact-order", "region", "area")]
    told = {**organization, "id": "o2", "name": "Told Twice", "attributes": with_value}
    return [service, {**service, "id": "s2", "organization": told}, {**service, "id": "s3", "organization": {**organization, "id": "o3", "name": HOUSE}},
            {**service, "id": "s4", "schedules": [], "organization": {**organization, "id": "o4", "name": "Told Once"}}]


def plant(desk: Desk, tmp_path: Path) -> list[str]:
    """Try every way in, as colleague, as file of others and as editor of the data; give what was answered, and confirm what got through."""
    answers: list[str] = []
    fields = ("name", "city", "opening", "safe_contact", "note", "source", "differs", "phone", "email", "website", "chat", "languages")
    for entry in (SHELTER, "new"):
        for field in fields:
            typed = {**typed_from(one_of(SHELTER)), "name": "Another House", "differs": "It has other hours.", field: f"x {HOUSE}"}
            try:
                changes.propose_change(desk, change_of(desk, "XAA", entry, typed))
            except (ChangeRefused, CatalogueError, WrongUse) as refused:
                answers.append(repr(refused.problems) if isinstance(refused, ChangeRefused) else str(refused))
    rows = [replace(STRANGE, **{field: f"x {HOUSE}"}) for field in ("name", "city", "opening", "safe_contact", "note", "source")]
    for form, content in (("json", json.dumps(everywhere_in_hsds()).encode()), ("csv", csv_of(rows))):
        file = tmp_path / f"told.{form}"
        file.write_bytes(content)
        taken = read_directory_file(file, "XAA")
        found = propose_import(desk, taken)
        answers += [repr(taken), repr(found)]
    for one in changes.proposals(desk, waiting=True):
        with suppress(EntryChanged):  # several of one entry
            changes.confirm_change(as_person(desk, "samira"), one.id)
    return answers


def doors(desk: Desk, case: str) -> Iterator[tuple[str, str]]:
    """Everything the social map says, by the name of the door."""
    entries = load_directory("XAA").organisations
    choices = ["", "country=XAA", "country=XAA&show=verify", "country=XAA&show=gaps", "country=XAA&service=shelter_emergency&q=house",
               *(f"country=XAA&entry={one.id}" for one in entries)]
    for choice in choices:
        yield f"page {choice}", page(desk, choice)
    yield "page beside a case", page(desk, f"case={case}&country=XAA", case)
    yield "form", page(desk, f"country=XAA&entry={entries[-1].id}&edit=yes")
    book = Workbook(desk, "social_map", None, choice=f"country=XAA&entry={entries[-1].id}")
    for view in (book.directory, book.entry, book.to_verify, book.gaps):
        yield view.__name__, str(view())
    yield "json", json.dumps([as_data(one, WORDS, DAY) for one in entries])
    yield "hsds", json.dumps(list(to_hsds(entries, WORDS)))
    yield "csv", csv_of(entries).decode()
    yield "audit", repr(desk.open_store().audit())
    yield "proposals", repr(changes.proposals(desk))
    yield "file", ORGANISATIONS.path("XAA").read_text(encoding="utf-8")


def hidden_in(text: str) -> list[str]:
    """The signs of the house that stand in a text, as they are or in another coding."""
    forms: tuple[Callable[[bytes], bytes], ...] = (bytes, base64.b64encode, lambda raw: raw.hex().encode())
    return [sign for sign in SIGNS for form in forms if form(sign.encode()) in text.encode()]


def test_a_confidential_address_reaches_no_page_map_export_card_log_or_index(
    desk: Desk, case: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Planted by form, by CSV, by HSDS in every field, and confirmed where it got through: not a sign of the house is anywhere, also not in a refusal."""
    answers = plant(desk, tmp_path)
    got_in = {one.id for one in load_directory("XAA").organisations}
    found = {name: hidden for name, text in doors(desk, case) if (hidden := hidden_in(text))}
    said = capfd.readouterr()
    ready = [one for one in load_directory("XAA").organisations if one.verified and one.of_kind("phone")][:3]
    card = card_pdf(ready, ["en", "nl"], WORDS, DAY, leaflet=True)
    files = [file.read_bytes() for file in desk.open_store().path.parent.iterdir() if file.is_file() and file.suffix not in (".json", ".csv")]

    assert "xaa-told-once" in got_in  # so that this means something: the entry came in, and the house did not
    assert found == {}
    assert [answer for answer in answers if hidden_in(answer)] == []
    assert hidden_in(said.out + said.err + caplog.text) == []
    assert not any(sign.encode() in content for sign in SIGNS for content in (card, *files, *_inflated(card)))


def _inflated(pdf: bytes) -> Iterator[bytes]:
    """The streams of a PDF as they read."""
    for part in pdf.split(b"stream")[1::2]:
        try:
            yield zlib.decompress(part.strip(b"\r\n"))
        except zlib.error:
            continue


def test_the_place_of_a_house_from_a_file_of_others_is_told_to_a_kilometre(desk: Desk, tmp_path: Path) -> None:
    """Degrees of others may be those of the house: two decimals are kept, and our own middle of a town to three."""
    file = tmp_path / "told.json"
    file.write_text(json.dumps(everywhere_in_hsds()), encoding="utf-8")
    taken = {one.name: one for one in read_directory_file(file, "XAA").new}

    assert taken["Told Once"].position is not None and (taken["Told Once"].position.lat, taken["Told Once"].position.lon) == (45.12, -30.23)


@pytest.mark.parametrize("field", ["address", "street", "postal_code", "location"])
def test_a_file_with_a_field_for_an_address_is_not_read_and_its_words_are_not_repeated(folder: Path, field: str) -> None:  # noqa: F811
    """Somebody edits the data by hand: the map of that country is refused, by name of the field."""
    path = ORGANISATIONS.path("XAA")
    path.write_text(path.read_text(encoding="utf-8").replace(f"  - id: {SHELTER}\n", f"  - id: {SHELTER}\n    {field}: {HOUSE}\n"), encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        load_directory("XAA")

    assert field in str(refused.value) and hidden_in(str(refused.value)) == []


def test_what_is_written_for_a_proposal_is_what_the_checks_of_the_data_accept() -> None:
    """An entry of ours means itself, so that a file of our own proposes nothing."""
    assert all(entry_of(one)["id"] == one.id for one in load_directory("XAA").organisations)

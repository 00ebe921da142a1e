"""A client's card: verified numbers in neutral words, on A6, and nothing that tells why somebody carries it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from safe_lib.catalogue import paths
from safe_lib.catalogue.card_words import check_card_words, load_card_words
from safe_lib.catalogue.organisations import load_organisations, load_vocabulary
from safe_lib.cli.app import run
from safe_lib.model.errors import ReportError, WrongUse
from safe_lib.model.organisation import SEEN, Contact, Organisation, Verification
from safe_lib.report.card import card_pdf

DAY = date(2026, 11, 20)
WORDS = load_vocabulary()
CARD = load_card_words()
INVENTED = {one.id: one for one in load_organisations("XAA")}
FIVE = [INVENTED[id] for id in ("xa-line", "xa-harbour-house", "xa-men-shelter", "xa-lawyers", "xa-red-cross")]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture(scope="module")
def leaflet() -> bytes:
    """Five entries in every language there is."""
    return card_pdf(FIVE, list(CARD.languages), WORDS, DAY, leaflet=True)


def test_a_leaflet_has_one_a6_page_for_each_language_and_can_be_read_aloud(leaflet: bytes) -> None:
    """105 × 148 mm, tagged, with its language and a neutral title; as many entries as are allowed fit in every language."""
    pdf = PdfReader(io.BytesIO(leaflet))

    assert len(pdf.pages) == len(CARD.languages) == 9
    assert all((round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)) == (105, 148) for page in pdf.pages)
    assert "/StructTreeRoot" in pdf.trailer["/Root"] and pdf.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index, operator]
    assert pdf.metadata is not None and pdf.metadata.title == "Useful numbers" and not pdf.metadata.author
    assert b"pdfuaid" in leaflet


def test_the_numbers_stand_on_every_page(leaflet: bytes) -> None:
    """In every language the same numbers, read from left to right."""
    for page in PdfReader(io.BytesIO(leaflet)).pages:
        said = page.extract_text().replace(" ", "")
        assert all(
            part.value.replace(" ", "")[-9:] in said or part.value.split(" (")[0].replace(" ", "") in said for one in FIVE for part in one.of_kind("phone")
        )


def test_nothing_on_a_card_gives_the_person_away(leaflet: bytes) -> None:
    """No name, note, title or file detail holds one of the words; a name that does gives way to a plain word."""
    said = text_of(leaflet)

    assert not [line for line in said.splitlines() if CARD.gives_away(line)]
    assert "Shelter for Men" not in said and "Housing" in said and "Harbour House" in said
    assert not [word for word in ("XAA", "Lindava", "Port Sellen", "https", "safe", "SAFE") if word in said]


def verified(one: Organisation) -> Organisation:
    return replace(one, status=SEEN, verified=Verification(date(2026, 11, 1), "map desk", "phone"),
                   contact=one.of_kind("phone") or (Contact("phone", "+31 20 123 45 67"),))  # fmt: skip


def test_no_real_name_on_a_card_gives_the_person_away() -> None:
    """Each of the 167, were it verified: what would be printed of it holds none of the words, nor its town."""
    every = [verified(one) for one in load_organisations()]
    for start in range(0, len(every), 5 * 11):
        pages = [text_of(card_pdf(every[at : at + 5], ["en"], WORDS, DAY)) for at in range(start, min(start + 5, len(every)), 5)]
        assert not [line for page in pages for line in page.splitlines() if CARD.gives_away(line)]


@pytest.mark.parametrize(
    "name", ["Human Trafficking Desk", "Victim Support", "Slachtofferhulp", "Shelter for Men", "National Hotline", "LA STRADA", "Áldozatsegítő Vonal", "Žrtve"]
)
def test_names_that_give_away_are_recognised(name: str) -> None:
    """In several languages, whatever the capitals and accents."""
    assert CARD.gives_away(name)


@pytest.mark.parametrize("name", ["Harbour House", "FairWork", "Exampleland Red Cross", "Legal Desk Norrin"])
def test_plain_names_are_kept(name: str) -> None:
    """A card that names nothing helps nobody."""
    assert not CARD.gives_away(name)


@pytest.mark.parametrize("id", ["xa-norrin-shelter", "xa-children-friends", "xa-legal-desk", "xa-work-rights"])
def test_what_was_not_verified_within_six_months_is_refused_by_name(id: str) -> None:
    """Due, stale, verified by nobody, recalled: none of them gets on paper, not even beside good ones."""
    with pytest.raises(ReportError, match=id):
        card_pdf([INVENTED["xa-line"], INVENTED[id]], ["en"], WORDS, DAY)


def test_six_months_later_the_same_card_is_refused() -> None:
    """The day decides, not the entry alone."""
    with pytest.raises(ReportError, match="xa-line"):
        card_pdf([INVENTED["xa-line"]], ["en"], WORDS, date(2027, 5, 1))


def test_a_card_needs_numbers_a_known_language_and_few_entries() -> None:
    """Wrong use is told, with what there is."""
    with pytest.raises(ReportError, match="xa-migration-office"):
        card_pdf([INVENTED["xa-migration-office"]], ["en"], WORDS, DAY)
    with pytest.raises(WrongUse, match="There are"):
        card_pdf(FIVE, ["tlh"], WORDS, DAY)
    with pytest.raises(WrongUse, match="between one and"):
        card_pdf([*FIVE, INVENTED["xa-care"]], ["en"], WORDS, DAY)


def test_the_same_card_gives_the_same_bytes() -> None:
    """No time, number or machine is in it."""
    assert card_pdf(FIVE[:2], ["en", "ar"], WORDS, DAY) == card_pdf(FIVE[:2], ["en", "ar"], WORDS, DAY)


def test_a_draft_is_marked_at_its_foot() -> None:
    """English was read; the others are drafts, and their foot has the mark."""
    feet = {code: text_of(card_pdf(FIVE[:1], [code], WORDS, DAY)).strip().splitlines()[-1] for code in ("en", "nl")}

    assert not feet["en"].endswith("*") and feet["nl"].endswith("*")


def test_the_words_have_no_problems_and_problems_are_found(tmp_path: Path) -> None:
    """Every language is whole; a missing label, a lost place and a word that gives away are told with their line."""
    assert check_card_words() == []
    (tmp_path / "report").mkdir()
    text = (paths.TEMPLATES / "report" / "card.yaml").read_text(encoding="utf-8")
    broken = (
        text.replace("Checked in {month}", "Checked").replace("title: Handige nummers", "title: Nummers voor slachtoffers").replace("safety: Logement, ", "")
    )
    (tmp_path / "report" / "card.yaml").write_text(broken, encoding="utf-8")
    found = [str(one) for one in check_card_words(tmp_path)]

    assert len(found) == 3 and all("card.yaml:" in one for one in found)
    assert any("{month}" in one for one in found) and any("gives away" in one for one in found) and any("no label for safety" in one for one in found)


def test_the_command_writes_a_card_and_refuses_what_may_not_be_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`safe organisations card` as a person types it."""
    said = ["organisations", "card", "--country", "XAA", "--in", "en", "--out", str(tmp_path / "card.pdf"), "--date", DAY.isoformat()]
    assert run([*said, "--entry", "xa-line", "--entry", "xa-care"]) == 0
    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF")
    assert run([*said, "--entry", "xa-norrin-shelter"]) == 40
    assert run([*said, "--entry", "nl-comensha"]) == 2
    assert "xa-norrin-shelter" in capsys.readouterr().err

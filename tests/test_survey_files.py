"""Answers from KoboToolbox and ODK: each problem by row and column, nothing lost, nothing twice, nothing of who sent it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PHRASE, TODAY

from safe_lib import surveying
from safe_lib.casework import Desk
from safe_lib.catalogue.surveys import load_survey
from safe_lib.engine.survey_rows import read_rows
from safe_lib.model.errors import NotPermitted
from safe_lib.store import CHEAP, Store
from safe_lib.survey_files import kept_apart, take_file
from safe_lib.tables.reading import ForeignFileError
from safe_lib.tables.writing import Sheet, xlsx_file

SURVEY, DUTCH = load_survey("safe_survey"), load_survey("safe_survey", "nl")

KOBO = (  # as KoboToolbox exports: groups by slash, several answers as one column and as columns of 0 and 1
    ("start", "deviceid", "username", "A/C0", "A/A1", "A/A3", "A/A3/reception", "A/A3/return", "A/A4",
     "A/A4_unknown", "B/B1/B1_labour",
     "C/C6/C6_1", "C/C6/C6_2", "B/B5", "_id", "_uuid", "_submission_time", "_submitted_by"),
    ("2026-05-01T10:00", "imei:356938035643809", "worker7", "yes", "NLD", "reception return", "1", "1", "3", "", "increased",
     "shame", "no_shelter", "They wait near the centre.", "1", "u-1", "2026-05-01T10:31", "worker7"),
    ("2026-05-01T10:00", "imei:356938035643809", "worker7", "yes", "BEL", "", "0", "1", "",
     "1", "stable", "", "", "", "2", "u-2", "2026-05-01T10:31", "worker7"))
ODK = (  # as ODK Central exports: groups by hyphen
    ("SubmissionDate", "A-C0", "A-A1", "A-A3", "A-A4", "B-B1-B1_labour", "meta-instanceID", "KEY", "SubmitterName", "DeviceID", "FormVersion"),
    ("2026-05-01", "yes", "FRA", "detention", "0", "dont_know", "uuid:k-1", "uuid:k-1", "Worker Seven", "collect:x", "1"))


def as_csv(rows: tuple[tuple[str, ...], ...]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


@pytest.fixture
def analyst(tmp_path: Path) -> Iterator[Desk]:
    with Store.create(tmp_path / "survey.store", PHRASE, cost=CHEAP, roles=("analyst", "administrator"), person="ana") as store:
        desk = Desk(store, "ana", "en", TODAY)
        surveying.open_link(desk, "safe_survey")
        yield desk


def test_an_export_of_kobo_comes_in_once(analyst: Desk) -> None:
    """Codes in one column or in columns of 0 and 1, ranks, unknown numbers; read again, it is known."""
    taken = take_file(analyst, 1, as_csv(KOBO), "kobo.csv")
    again = take_file(analyst, 1, as_csv(KOBO), "kobo.csv")
    first, second = surveying.responses(analyst, 1)

    assert (taken.new, taken.known, taken.trouble) == (2, 0, ()) and (again.new, again.known) == (0, 2)
    assert first.said == {"C0": ("yes",), "A1": ("NLD",), "A3": ("reception", "return"), "A4": ("3",), "B1.labour": ("increased",),
                          "B5": ("They wait near the centre.",), "C6": ("shame", "no_shelter")}
    assert second.said == {"C0": ("yes",), "A1": ("BEL",), "A3": ("return",), "A4": ("unknown",), "B1.labour": ("stable",)}
    assert set(taken.rows.left_out) == {"start", "deviceid", "username", "_id", "_submission_time", "_submitted_by"}


def test_an_export_of_odk_as_a_workbook_comes_in(analyst: Desk) -> None:
    """XLSX, groups by hyphen; the same response as CSV is known again."""
    book = xlsx_file({"data": Sheet(ODK[0], ODK[1:])})

    assert (taken := take_file(analyst, 1, book, "odk.xlsx")).new == 1 and taken.trouble == ()
    assert take_file(analyst, 1, as_csv(ODK), "odk.csv").known == 1
    assert surveying.responses(analyst, 1)[0].said["A4"] == ("0",)


def test_nothing_of_who_sent_a_row_is_kept(analyst: Desk) -> None:
    """No device, name or time of the file is in the database, the audit trail or beside it."""
    take_file(analyst, 1, as_csv(KOBO), "kobo.csv")
    store = analyst.open_store()
    said = str([*(one.said for one in surveying.responses(analyst, 1)), *store.audit()])
    assert not [word for word in ("imei", "worker7", "2026-05-01", "10:31") if word in said]


def test_each_problem_is_named_by_row_and_column_and_good_rows_come_in(analyst: Desk) -> None:
    """Bad rows are given back with their reasons; mended, they come in, and nothing twice."""
    head, good, other = KOBO
    bad = list(other)
    bad[head.index("A/A1")], bad[head.index("B/B1/B1_labour")] = "Nowhere", "rising"
    same_number = (*good[:-3], "u-1", *good[-2:])
    unagreed = list(other)
    unagreed[head.index("A/C0")], unagreed[head.index("_uuid")] = "", "u-9"
    taken = take_file(analyst, 1, as_csv((head, good, tuple(bad), same_number, tuple(unagreed))), "kobo.csv")

    assert [(one.row, one.column, one.key) for one in taken.trouble] == [
        (3, "A/A1", "survey.row.code"), (3, "B/B1/B1_labour", "survey.row.code"), (4, "_uuid", "survey.row.again"), (5, "A/C0", "survey.wrong.required")]
    assert taken.new == 1 and taken.rows.kept_apart == (3, 4, 5)
    back = list(csv.DictReader(io.StringIO(kept_apart(analyst, taken).decode("utf-8-sig"))))
    assert [one["_row"] for one in back] == ["3", "4", "5"] and back[0]["_reason"].count("A/A1") == 1 and back[0]["A/A1"] == "Nowhere"
    mended = [dict(back[0], **{"A/A1": "BEL", "B/B1/B1_labour": "stable"})]
    rows = (tuple(mended[0]), *(tuple(one.values()) for one in mended))
    assert take_file(analyst, 1, as_csv(rows), "mended.csv").new == 1
    assert len(surveying.responses(analyst, 1)) == 2


def test_columns_that_no_question_has_and_files_without_numbers_are_told() -> None:
    """A column of something else is named, a second one of the same question too; without numbers nothing comes in."""
    found = read_rows(SURVEY, ("C0", "A1", "colour", "A/A1", "_uuid"), [("yes", "NLD", "red", "NLD", "u")])
    assert [(one.row, one.column, one.key) for one in found.trouble] == [(1, "colour", "survey.row.column"), (1, "A/A1", "survey.row.column_twice")]
    assert len(found.good) == 1
    assert [one.key for one in read_rows(SURVEY, ("C0", "A1"), [("yes", "NLD")]).trouble] == ["survey.row.no_instance"]
    missing = read_rows(SURVEY, ("C0", "A1", "_uuid"), [("yes", "NLD", "")])
    assert [one.key for one in missing.trouble] == ["survey.row.no_instance_here"] and missing.kept_apart == (2,)


@pytest.mark.parametrize(("column", "cell", "place", "codes"), [
    ("A2", "Shelter", "A2", ("shelter",)), ("A2", "Opvang voor slachtoffers", "A2", ("shelter",)), ("A1", "Niederlande", "A1", None),
    ("A4", "12.0", "A4", ("12",)), ("A4", "-2", "A4", None), ("C6", "shame no_shelter", "C6", ("shame", "no_shelter")), ("F2", "none", "F2", ("none",)),
    ("A4", "n/a", "A4", ()), ("data/A:A2", "igo", "A2", ("igo",))])
def test_words_of_any_language_are_understood_and_nothing_is_guessed(column: str, cell: str, place: str, codes: tuple[str, ...] | None) -> None:
    """Codes, labels in English or Dutch, numbers as spreadsheets write them; anything else is a problem of its cell."""
    found = read_rows(SURVEY, ("C0", "A1" if column != "A1" else "B5", column, "_uuid"), [("yes", "NLD", cell, "u")], [DUTCH])

    if codes is None:
        assert [(one.row, one.column) for one in found.trouble] == [(2, column)] and not found.good
    else:
        assert found.trouble == () and found.good[0].said.get(place, ()) == codes


def test_a_file_that_is_no_table_and_a_person_who_may_not(analyst: Desk) -> None:
    """Told in a sentence, nothing is kept."""
    with pytest.raises(ForeignFileError):
        take_file(analyst, 1, b"PK no workbook", "data.xlsx")
    volunteer = Desk(analyst.store, "ana", "en", TODAY, role="nobody")
    with pytest.raises(NotPermitted):
        take_file(volunteer, 1, as_csv(KOBO), "kobo.csv")

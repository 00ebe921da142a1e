"""What leaves as a spreadsheet holds texts and numbers, and no formula (SEC-38)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hostile.formulas import FORMULAS, HARMLESS
from hypothesis import given
from hypothesis import strategies as st

from safe_lib.tables.writing import CUT, LONGEST, Sheet, csv_file, neutral, xlsx_file

# Told apart from the code: everything up to the first letter, digit, quote of ours or sign that prints.
UNSEEN = (r'\s\x00-\x1f\x7f-\xa0\xad"\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164'
          r"\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff")
LEADS_TO_A_FORMULA = re.compile(f"^[{UNSEEN}]*[=+\\-@%|＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−]")


def test_the_corpus_is_large_enough() -> None:
    """SEC-38 asks for 300."""
    assert len(FORMULAS) >= 300
    assert all(any(LEADS_TO_A_FORMULA.match(part) for part in re.split(r"[;\t\r\n]", text)) for text in FORMULAS)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_sec_38_no_field_of_a_csv_file_begins_a_formula(separator: str) -> None:
    """However the program that opens it breaks it into cells: many take the semicolon of their country."""
    text = csv_file(Sheet(("=column", "b"), [(formula, "x") for formula in FORMULAS])).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]

    assert len(cells) > len(FORMULAS)
    assert [cell for cell in cells if LEADS_TO_A_FORMULA.match(cell)] == []


def test_sec_38_no_cell_of_a_workbook_is_a_formula() -> None:
    """Every text is kept as a text, marked as one, and neutral when somebody saves the workbook as CSV."""
    file = xlsx_file({"=1+1": Sheet(("=column",), [(formula,) for formula in FORMULAS])})
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    cells = [row[0] for row in openpyxl.load_workbook(io.BytesIO(file)).active.iter_rows()]  # type: ignore[union-attr]

    assert "<f" not in sheet.replace("<frozen", "")
    assert len(cells) == len(FORMULAS) + 1
    assert all(cell.data_type in ("s", "inlineStr") and cell.quotePrefix for cell in cells)
    assert [cell.value for cell in cells if LEADS_TO_A_FORMULA.match(str(cell.value))] == []


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    """Words, names in any script, dates, addresses."""
    assert neutral(text) == text


@given(st.text())
def test_neutral_never_leads_to_a_formula_and_says_all_that_can_be_seen(text: str) -> None:
    """For every text there is: only apostrophes are added, only what cannot be printed is lost; and once is enough."""
    once = neutral(text)

    assert not any(LEADS_TO_A_FORMULA.match(part) for part in re.split(r"[;\t\n]", once))
    assert neutral(once) == once
    assert [letter for letter in once if letter.isprintable() and letter != "'"] == [letter for letter in text if letter.isprintable() and letter != "'"]


def test_numbers_and_days_stay_what_they_are() -> None:
    """A number is no text, so a minus before it is a minus."""
    row = (-5, -1.5, True, date(2026, 11, 21), datetime(2026, 11, 21, 12, 0, tzinfo=UTC), None, float("nan"))
    sheet = Sheet(tuple("abcdefg"), [row])
    text = csv_file(sheet).decode("utf-8-sig").splitlines()[1]
    _, cells = openpyxl.load_workbook(io.BytesIO(xlsx_file({"s": sheet}))).active.iter_rows(values_only=True)  # type: ignore[union-attr]

    assert text == '"-5","-1.5","true","2026-11-21","2026-11-21T12:00:00+00:00","",""'
    assert cells == (-5, -1.5, True, datetime(2026, 11, 21), datetime(2026, 11, 21, 12), None, None)


def test_a_text_too_long_for_a_cell_says_so() -> None:
    """It ends with a mark rather than without one."""
    assert neutral("a" * 40_000).endswith(CUT)
    assert len(neutral("a" * 40_000)) == LONGEST


def test_a_workbook_names_nobody_and_no_time() -> None:
    """The same tables give the same bytes, whatever their sheets are called."""
    sheets = {"one": Sheet(("a",), [("b",)]), "two [x]": Sheet(("a",), []), "a" * 40: Sheet(("a",), []), "a" * 41: Sheet(("a",), []), "": Sheet(("a",), [])}
    with zipfile.ZipFile(io.BytesIO(xlsx_file(sheets))) as archive:
        about = archive.read("docProps/core.xml").decode()

    assert xlsx_file(sheets) == xlsx_file(sheets)
    assert re.findall(r">([^<]+)<", about.partition("?>")[2]) == ["1980-01-01T00:00:00Z"] * 2


def test_a_workbook_is_made_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cell of it touches the disk on the way."""
    def on_disk(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory", "SpooledTemporaryFile"):
        monkeypatch.setattr(f"tempfile.{name}", on_disk)

    assert xlsx_file({"s": Sheet(("a",), [("b",)] * 5_000)})


@pytest.mark.parametrize("rows", [[("a", "b")], [()]])
def test_a_row_that_does_not_fit_is_a_fault(rows: list[tuple[str, ...]]) -> None:
    """A file with a column out of place would say something false."""
    for write in (csv_file, lambda sheet: xlsx_file({"s": sheet})):
        with pytest.raises(ValueError, match="row 1 has"):
            write(Sheet(("a",), rows))
    with pytest.raises(ValueError, match="at least one sheet"):
        xlsx_file({})

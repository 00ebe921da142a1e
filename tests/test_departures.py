"""Severities set otherwise than usual: what they need, who may set them, and that both values stay visible (F2, F3)."""

from __future__ import annotations

from typing import Any

import pytest

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import load_instrument, load_texts
from safe_lib.engine.departures import UNFINISHED, Lack, severity_body, severity_rows
from safe_lib.report.make import make_report
from safe_lib.widgets.editors import editor_of
from safe_lib.widgets.saving import save_paper
from safe_lib.workbook import Workbook

RETURN = load_instrument("safe_return")  # SAF is usually 4, LIV usually 2
RAISED = {"future": "home_region", "domain": "LIV", "level": "3", "reason": "Winter, and a small child."}
LOWERED = {"future": "home_region", "domain": "SAF", "level": "2", "reason": "The group was broken up.", "second": "Sara, lawyer", "evidence": "Court file."}


def lacks(row: dict[str, str], **changed: str) -> Lack | None:
    return severity_body([{**row, **changed}], RETURN, by="noor")[1][0]


@pytest.mark.parametrize(
    ("row", "changed", "expected"),
    [
        (RAISED, {}, None),
        (LOWERED, {}, None),
        (RAISED, {"future": ""}, Lack("future", "future")),
        (RAISED, {"domain": "HS"}, Lack("domain", "domain")),
        (RAISED, {"future": "stay"}, Lack("domain", "not_weighed")),
        (RAISED, {"level": "5"}, Lack("level", "level")),
        (RAISED, {"level": "2"}, Lack("level", "usual")),
        (RAISED, {"reason": "  "}, Lack("reason", "reason")),
        (LOWERED, {"reason": ""}, Lack("reason", "reason")),
        (LOWERED, {"second": ""}, Lack("second", "second")),
        (LOWERED, {"second": " Noor "}, Lack("second", "second_is_you")),
        (LOWERED, {"evidence": ""}, Lack("evidence", "evidence")),
    ],
)
def test_raising_takes_a_reason_and_lowering_a_second_professional_with_evidence(row: dict[str, str], changed: dict[str, str], expected: Lack | None) -> None:
    """The first thing that is missing is told, with the field it belongs in."""
    assert lacks(row, **changed) == expected


def test_two_rows_about_one_domain_in_one_future_cannot_both_count() -> None:
    """The first one counts; the second is told so and kept."""
    body, found = severity_body([RAISED, {**RAISED, "level": "4"}], RETURN, by="noor")

    assert found == (None, Lack("domain", "twice"))
    assert body["home_region"]["LIV"]["level"] == 3
    assert [row["level"] for row in body[UNFINISHED]] == ["4"]


@pytest.mark.parametrize("rows", [[RAISED, LOWERED], [LOWERED, {**RAISED, "reason": ""}], [{**RAISED, "domain": ""}], []])
def test_nothing_that_was_typed_is_lost(rows: list[dict[str, str]]) -> None:
    """Rows that count and rows that do not come back as they were typed."""
    body, _ = severity_body(rows, RETURN, by="noor")
    back = [{key: value for key, value in row.items() if key != "by" and value} for row in severity_rows(body)]

    assert sorted(map(str, back)) == sorted(str({key: value for key, value in row.items() if value}) for row in rows)


def test_a_row_stays_with_who_wrote_it() -> None:
    """When the second professional adds a row, hers are judged by her name, and the earlier ones by theirs."""
    mine = {**LOWERED, "second": "sara"}
    first, _ = severity_body([mine], RETURN, by="noor")
    then, found = severity_body([mine, RAISED], RETURN, by="sara", before=first)

    assert found == (None, None)
    assert then["home_region"]["SAF"]["by"] == "noor"
    assert then["home_region"]["LIV"]["by"] == "sara"


def test_a_departure_counts_for_its_future_alone(desk: Desk, case: str) -> None:
    """The severity moves in the future it was set for; nothing else does."""
    before = casework.assess_case(desk, case, "safe_return", "home_region")
    casework.save_severities(desk, case, RETURN, [LOWERED])
    after = casework.assess_case(desk, case, "safe_return", "home_region")
    stay = casework.assess_case(desk, case, "safe_return", "stay")

    assert (before.domains["SAF"].severity, after.domains["SAF"].severity) == (4, 2)
    assert after.domains["SAF"].departure == LOWERED["reason"]
    assert "SAF" not in stay.domains
    assert all(domain.departure == "" for domain in stay.domains.values())


def test_a_row_without_its_grounds_changes_no_result(desk: Desk, case: str) -> None:
    """It is kept, and counts for nothing."""
    before = casework.assess_case(desk, case, "safe_return", "home_region")
    paper, found = casework.save_severities(desk, case, RETURN, [{**LOWERED, "second": ""}])

    assert found == (Lack("second", "second"),)
    assert casework.assess_case(desk, case, "safe_return", "home_region") == before
    assert casework.departures(desk, case, "home_region") == {}
    assert paper.body[UNFINISHED][0]["reason"] == LOWERED["reason"]


def say(book: Workbook, rows: list[dict[str, str]], seen: int = 0) -> dict[str, Any]:
    return save_paper(book, {"type": "paper", "seq": 1, "kind": "severity", "body": rows, "seen": seen})


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_says_at_the_row_what_it_lacks_and_keeps_it(desk: Desk, case: str, language: str) -> None:
    """The reply names the field, and the row comes back with its sentence when the page is loaded again."""
    from dataclasses import replace

    there = replace(desk, language=language)
    reply = say(Workbook(there, "safe_return", case), [RAISED, {**LOWERED, "evidence": ""}, {}])
    sentence = load_texts(language)("departure.lacks.evidence")
    page = editor_of(Workbook(there, "safe_return", case), "matrix")

    assert reply["type"] == "saved"
    assert reply["rows"] == [None, {"field": "evidence", "sentence": sentence}, None]
    assert sentence in page
    assert page.count('aria-invalid="true"') == 1
    assert LOWERED["reason"] in page


def test_both_values_stand_on_the_page_and_in_the_reports_that_hold_the_domains(desk: Desk, case: str) -> None:
    """Set to and usually, the reason, the second professional, the evidence; partner and person read none of it."""
    casework.save_severities(desk, case, RETURN, [LOWERED])
    line = "severity set to 2 (considerable, reversible), usually 4 (death, torture, renewed trafficking)."
    said = {profile: make_report(desk, case, "safe_return", profile, "json").decode() for profile in ("own_file", "lawyer", "partner", "person")}
    page = " ".join(str(Workbook(desk, "safe_return", case, scenario="home_region").matrix()).split())

    for told in (page, said["own_file"], said["lawyer"]):
        assert line in told
        assert [words for words in (LOWERED["reason"], LOWERED["second"], LOWERED["evidence"], "Set by: noor") if words not in told] == []
    for withheld in (said["partner"], said["person"]):
        assert LOWERED["reason"] not in withheld

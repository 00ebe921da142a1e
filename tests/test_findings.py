"""Figures from a store: made by a coordinator, read by an analyst who sees no case, checked against all that was published before."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from team import desk_of, make_team

from safe_lib import casework, teamwork
from safe_lib.catalogue import load_instrument
from safe_lib.engine.protecting import CannotBeProtected
from safe_lib.findings import gathering, releasing
from safe_lib.model.errors import NotPermitted, StoreError, WrongUse
from safe_lib.model.findings import Released, Suppressed
from safe_lib.person import erasing
from safe_lib.store import Store

TODAY = date(2026, 11, 27)
QUARTERS = gathering.Period("2026Q1", "2026Q2")
AGES = ("adult",) * 40 + ("child",) * 25 + ("disputed",) * 3 + ("not_asked",) * 12


def opened_on(number: int) -> datetime:
    return datetime(2026, 2 if number % 2 else 5, 3, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory):
    """A store with eighty invented persons who have nothing but an age, some of them rare."""
    path = make_team(tmp_path_factory.mktemp("figures"))
    with desk_of(path, "cora") as desk:
        first = load_instrument("first_level")
        for number, age in enumerate(AGES):
            case = desk.open_store().new_case(by="cora", at=opened_on(number), ref=f"XAA-{number:04d}", alias="")
            casework.record(desk, case.ref, first, casework.Said("AGE", age))
    return path


@pytest.fixture(scope="module")
def published(team):
    with desk_of(team, "cora") as desk:
        return releasing.publish(desk, QUARTERS, ["form_age"])


def test_who_reads_figures_sees_no_case(team, published):
    """An analyst reads what was published, gathers nothing and lists nothing; a specialist reads no figures."""
    with desk_of(team, "anna") as desk:
        assert [one.name for one in releasing.published(desk)] == ["form_age"]
        for refused in (lambda: casework.list_cases(desk), lambda: gathering.gather(desk, QUARTERS), lambda: releasing.publish(desk, QUARTERS)):
            with pytest.raises(NotPermitted):
                refused()
        assert desk.open_store().counted() == ()  # sealed with keys that an analyst does not hold
    with desk_of(team, "sven") as desk, pytest.raises(NotPermitted):
        releasing.published(desk)


def test_what_is_published_has_only_two_kinds_of_cells(published):
    """A number that is rounded, or nothing: the three of whom the age is disputed cannot be worked out."""
    table = published[0].table

    assert {type(one) for one in table.cells.values()} == {Released, Suppressed}
    assert isinstance(table.cells["", "disputed"], Suppressed) and table.cells["", ""] == Released(80)
    assert all(one.number == 0 or one.number >= 10 for one in table.cells.values() if isinstance(one, Released))
    assert releasing.from_body(json.loads(json.dumps(releasing.to_body(table, QUARTERS)))) == table


def test_one_person_more_is_no_second_publication(team, published):
    """Who was added since could be worked out by subtracting; the refusal names nobody and says what can be done."""
    with desk_of(team, "cora") as desk:
        desk.open_store().new_case(by="cora", at=opened_on(0), ref="XAA-9999", alias="")
        with pytest.raises(CannotBeProtected, match="fewer than 10 persons") as told:
            releasing.publish(desk, QUARTERS, ["form_age"])

        assert "XAA" not in str(told.value) and "has not been published" in str(told.value)
        assert len(releasing.published(desk)) == 1


def test_an_erased_person_is_not_given_away_by_the_next_publication(team, published):
    """The ledger still counts them, without knowing who they were; so a table without them is refused."""
    with desk_of(team, "cora") as desk:
        desk.open_store().case("XAA-9999")
        for ref in ("XAA-9999", "XAA-0003"):
            number = teamwork.ask_erasure(desk, ref).id
            with desk_of(team, "ada") as second:
                erasing.agree(second, number)
        assert "counted" not in desk.open_store().leftovers("XAA-0003")
        with pytest.raises(CannotBeProtected, match="fewer than 10 persons"):
            releasing.publish(desk, QUARTERS, ["form_age"])


def test_the_ledger_is_only_ever_added_to(team, published):
    """What was published cannot be changed or taken out, not by another program either."""
    with desk_of(team, "cora") as desk:
        store: Store = desk.open_store()
        for statement in ("UPDATE releases SET body = '{}'", "DELETE FROM releases"):
            with pytest.raises(StoreError, match="could not do this"), store._writing() as connection:
                connection.exec_driver_sql(statement)
        assert store.releases()[0].hash == published[0].hash
        with pytest.raises(WrongUse, match="somebody published meanwhile"):
            store.publish({"x": ({}, {})}, {}, seen=0, by="cora", at=desk.now())


def test_a_smaller_group_needs_two_persons(team, published):
    """One asks, another agrees; alone nobody lowers it, and never below five."""
    with desk_of(team, "cora") as desk:
        request = teamwork.ask_policy(desk, releasing.SMALLEST, "5")
        with pytest.raises(NotPermitted):
            teamwork.agree(desk, request.id)
        with pytest.raises(WrongUse):
            teamwork.ask_policy(desk, releasing.SMALLEST, "4")
        assert releasing.rules_of(desk.open_store()).smallest == 10
        with desk_of(team, "ada") as second:
            teamwork.agree(second, request.id)
        assert releasing.rules_of(desk.open_store()).smallest == 5


def test_periods():
    """Whole quarters, up to this one."""
    assert gathering.period("2025Q4-2026Q2", TODAY).quarters == ("2025Q4", "2026Q1", "2026Q2") and str(gathering.period("2026q1", TODAY)) == "2026Q1"
    for words in ("2026", "2026Q5", "2026Q2-2026Q1", "2027Q1", "2020Q1-2026Q1", "x"):
        with pytest.raises(WrongUse):
            gathering.period(words, TODAY)


def test_what_a_case_counts_as():
    """A few words from fixed lists; what is not there is said to be not there."""
    def line(instrument, outcome, id, scenario="", **levels):
        return SimpleNamespace(instrument=instrument, id=id, scenario=scenario, grounds=SimpleNamespace(result=SimpleNamespace(outcome=outcome, levels=levels)))

    referrals = [{"state": "refused", "asked_on": "2026-02-01", "answered_on": "2026-02-05"}, {"state": "asked", "asked_on": "2026-03-01", "answered_on": ""}]
    file = SimpleNamespace(
        answers={"first_level": (("AGE", "", "adult", ""),),
                 "safe_return": (("HS01", "", "cleared", ""), ("HS01", "stay", "active", ""), ("HS02", "", "unknown", ""))},
        papers={"referrals": {"entries": referrals}, "futures": {"futures": [
            {"kind": "home_region", "order": 2, "country": "XAA"}, {"kind": "stay", "order": 1, "country": ""}]}})
    kept = (line("ilo_adult_labour", "trafficking_case", 1, DR="positive"), line("safe_return", "conditions_first", 2, "home_region"),
            line("safe_return", "more_information_needed", 3, "stay"))
    found = dict(gathering.counts_as(file, kept, date(2026, 2, 1), date(2026, 4, 1)))

    assert {name: found[name] for name in ("form", "age", "country", "indicators", "return", "referral", "wait", "closed", "procedures")} == {
        "form": "labour", "age": "adult", "country": "XAA", "indicators": "trafficking_case", "return": "more_information_needed", "referral": "waiting",
        "wait": "within_7_days", "closed": "within_91_days", "procedures": "none"}
    assert (found["stop_HS01"], found["stop_HS02"], found["stop_HS03"]) == ("active", "open", "not_assessed")
    assert (found["dimension_DR"], found["dimension_CR"], found["quarter"]) == ("positive", "not_assessed", "2026Q1")
    for one in gathering.definitions().values():  # every value there is, is one that a table has
        for id in one.by:
            values = gathering.dimension(id, QUARTERS, [gathering.Counted("x", found)], 1).values
            assert found[f"{id}_{one.about}" if one.about else id] in values

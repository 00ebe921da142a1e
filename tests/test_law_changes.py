"""A change of the law over the stored cases: exactly those it touches are listed, with what differs; and the invented cases it is tried on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from team import desk_of, make_team

from safe_lib import casework, law_changes, procedures
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.procedure_checks import proposed_procedure
from safe_lib.catalogue.procedures import load_law
from safe_lib.cli.app import run
from safe_lib.engine import law_changes as engine
from safe_lib.engine.facts import Facts
from safe_lib.engine.law_changes import differs_as_data
from safe_lib.engine.procedure_json import standpoint_as_data
from safe_lib.engine.procedures import standpoint
from safe_lib.model.assessment import Truth
from safe_lib.model.errors import NotPermitted, Problems, WrongUse
from safe_lib.model.legal import CaseFact
from safe_lib.runtime.demo_law import legal_paper
from safe_lib.runtime.demo_stories import STORIES
from safe_lib.store import CHEAP, Store

TODAY = date(2026, 11, 26)
SINCE = date(2023, 5, 19)
FILE = paths.INSTRUMENTS / "procedures" / "nld" / "nl_reflect.yaml"
CASES = 120
PHRASE = "invented words for tests only here"


def make_cases(path: Path, number: int) -> Store:
    """A training store with the files of procedures that `safe demo` invents, and nothing else of their persons."""
    store = Store.create(path, PHRASE, training=True, cost=CHEAP)
    for place in range(1, number + 1):
        ref, at = f"DEMO-{place:03d}", datetime(2026, 11, 20, 12, tzinfo=UTC)
        store.new_case(by="demo", at=at, ref=ref, alias="Invented")
        for kind, body in legal_paper(f"3/{place}/law", STORIES[place % len(STORIES)], date(2026, 11, 20), by="demo").items():
            store.save_paper(ref, kind, body, by="demo", at=at, seen=0)
    return store


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk over invented cases."""
    with make_cases(tmp_path_factory.mktemp("law") / "demo.store", CASES) as store:
        yield Desk(store, "noor", "en", TODAY)


# An independent reading of the two versions: months by dateutil, the state of the period by its last day, nothing of the engine.


def months_after(day: date, months: int) -> date:
    from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

    return day + relativedelta(months=months)


def last_day(granted: date, responsible: str, *, short: int | None, since: date) -> date:
    """The end of a reflection period: three months, or `short` days since a day where another state is or may be responsible."""
    long = months_after(granted, 3)
    if short is None or granted < since or responsible == "no":
        return long
    return granted + timedelta(days=short) if responsible == "yes" else min(long, granted + timedelta(days=short))


def read_plainly(desk: Desk, before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[date, date]]:
    """Case → last day before and after, of those where it is another one; from the papers as they are stored."""
    found = {}
    for line in desk.open_store().cases():
        paper = desk.open_store().paper(line.ref, "procedures")
        facts = {name: one["value"] for name, one in paper.body.get("facts", {}).items()} if paper else {}
        granted = facts.get("reflection_granted", "unknown")
        if granted != "unknown":
            pair = tuple(last_day(date.fromisoformat(granted), facts.get("responsibility_case", "unknown"), **law) for law in (before, after))
            if pair[0] != pair[1]:
                found[line.ref] = pair
    return found


def test_what_is_law_since_a_day_lists_exactly_the_cases_it_touches(stored: Desk) -> None:
    """The thirty days of 2023: each case with a grant since, where another state is or may be responsible, with both last days."""
    found = law_changes.cases_touched(stored, law_changes.since(SINCE, "NL-REFLECT"))
    wanted = read_plainly(stored, {"short": None, "since": SINCE}, {"short": 30, "since": SINCE})
    told = {one.ref: tuple(days[2] for days in one.differs.deadlines["NL-REFLECT-END"] if days) for one in found.touched}

    assert told == wanted and 5 <= len(wanted) < CASES / 2
    assert (found.cases, found.unread, found.procedures) == (CASES, (), ("NL-REFLECT",))


def changed_file(folder: Path, days: int = 60, since: str = "2025-01-01") -> Path:
    """NL-REFLECT as a bill would have it: another short period from a day on."""
    text = FILE.read_text(encoding="utf-8")
    rule, rest = text.split("  - id: NL-REFLECT-MID\n")
    rule += (f"      - in_force_from: {since}\n        terms:\n          - {{term: 3 months, sources: [L7, L9], status: seen}}\n"
             f"          - {{term: {days} days, when: responsibility_case is yes, sources: [L8], status: design}}\n")
    file = folder / "bill.yaml"
    file.write_text(f"{rule}  - id: NL-REFLECT-MID\n{rest}", encoding="utf-8")
    return file


def test_a_bill_lists_exactly_the_cases_it_would_touch(stored: Desk, tmp_path: Path) -> None:
    """Sixty days from 2025 on, read from a file that is not part of the suite; older cases keep the law of their date."""
    bill = proposed_procedure(changed_file(tmp_path))
    found = law_changes.cases_touched(stored, [law_changes.against(bill)])
    wanted = set(read_plainly(stored, {"short": 30, "since": date(2025, 1, 1)}, {"short": 60, "since": date(2025, 1, 1)}))

    assert {one.ref for one in found.touched} == wanted and wanted
    running = {one.ref: one.differs.state for one in found.touched if one.differs.state}
    assert set(running.values()) <= {("ended_lapsed", "running")}


def test_the_same_law_touches_nobody(stored: Desk) -> None:
    """A file that changes nothing lists nobody, and neither does a day after every change."""
    assert law_changes.cases_touched(stored, [law_changes.against(proposed_procedure(FILE))]).touched == ()
    assert law_changes.since(date(2035, 1, 1)) == ()


def test_a_deadline_is_told_with_its_own_procedure_only(stored: Desk) -> None:
    """NL-RESP and NL-DETENTION show the days of NL-REFLECT; a case is not listed for each of them, nor for what has no day in it."""
    found = law_changes.cases_touched(stored, law_changes.since(SINCE))

    assert "NL-RESP" not in found.procedures and "NL-DETENTION" not in found.procedures
    assert {one.differs.procedure for one in found.touched} == {"NL-REFLECT"}
    assert len({one.ref for one in found.touched}) == len(found.touched)


def test_it_leaves_one_line_and_reads_no_case_by_name(stored: Desk) -> None:
    """That somebody looked stands in the trail once, not once for each case."""
    before = len(stored.open_store().audit())
    law_changes.cases_touched(stored, law_changes.since(SINCE, "NL-REFLECT"))
    added = stored.open_store().audit()[before:]

    assert [(line.what, line.ref) for line in added if line.what != "cases.listed"] == [("cases.law_change", "")]


def test_only_the_cases_of_the_desk_are_looked_at(tmp_path: Path) -> None:
    """A volunteer learns of a change for what was assigned to them; who may list no case learns nothing."""
    team = make_team(tmp_path, users=("ada", "sven", "vera"))
    with desk_of(team, "sven") as sven:
        mine = casework.open_case(sven, "Maple").ref
        for name, value in (("reflection_granted", "2026-10-31"), ("responsibility_case", "yes")):
            procedures.save_fact(sven, mine, CaseFact(name, value, "letter"))
        assert [one.ref for one in law_changes.cases_touched(sven, law_changes.since(SINCE, "NL-REFLECT")).touched] == [mine]
    with desk_of(team, "vera") as vera:
        found = law_changes.cases_touched(vera, law_changes.since(SINCE, "NL-REFLECT"))
        assert (found.cases, found.touched) == (0, ())
    with desk_of(team, "ada") as ada, pytest.raises(NotPermitted):
        law_changes.cases_touched(ada, law_changes.since(SINCE))


def test_how_it_differs_is_told_with_every_day() -> None:
    """Days, state, and whether it may apply: before and after; a deadline that was not there before is null."""
    law = load_law().procedures["NL-REFLECT"]
    facts = Facts({"reflection_granted": date(2026, 10, 1), "responsibility_case": "yes"})
    found = engine.differs(engine.as_before(law, SINCE), law, facts, on=date(2026, 11, 26))
    assert found is not None
    told = differs_as_data(found)

    assert told["deadlines"]["NL-REFLECT-END"] == {"before": {"earliest": "2026-10-02", "plan": "2026-12-31", "last": "2027-01-01"},
                                                   "after": {"earliest": "2026-10-02", "plan": "2026-10-30", "last": "2026-10-31"}}
    assert told["state"] == {"before": "running", "after": "ended_lapsed"} and told["may_apply"] == {}


@given(st.sampled_from(["NL-REFLECT", "NL-EXT", "MK-COMP", "EU-1346-25"]), st.dates(date(2020, 1, 1), date(2027, 1, 1)), st.dates(date(2021, 1, 1), TODAY),
       st.sampled_from(["yes", "no", "unknown", None]), st.dates(date(2022, 1, 1), date(2027, 6, 1)))
def test_a_case_is_listed_if_and_only_if_what_a_reader_sees_differs(id: str, since: date, anchor: date, said: str | None, on: date) -> None:
    """Whatever the day of the change and of the case: looked at both versions whole, as `safe procedure` tells them, the answer is the same."""
    law = load_law().procedures[id]
    facts = Facts({law.deadlines[0].anchor: anchor, **({"responsibility_case": said} if said else {})})
    seen = [standpoint_as_data(standpoint(one, facts, on=on), (), {}, load_texts()) for one in (engine.as_before(law, since), law)]
    told = [(one["state"], one["may_apply"], {name: [days[key] for key in ("earliest", "plan", "last")] for name, days in one["deadlines"].items()})
            for one in seen]

    assert (engine.differs(engine.as_before(law, since), law, facts, on=on) is not None) is (told[0] != told[1])


def test_a_deadline_that_begins_with_the_change_is_told_where_it_counts() -> None:
    """With its day, or where the case follows the procedure; not for every case there is."""
    after = load_law().procedures["MK-COMP"]
    before = engine.as_before(after, date(2023, 5, 25))
    dated = engine.differs(before, after, Facts({"crime_date": date(2024, 1, 31), "commission_term": "6 months"}), on=TODAY, followed=False)

    assert dated is not None and dated.deadlines["MK-COMP-FILE"][0] is None
    assert engine.differs(before, after, Facts(), on=TODAY, followed=False) is None
    unknown = engine.differs(before, after, Facts(), on=TODAY, followed=True)
    assert unknown is not None and unknown.deadlines["MK-COMP-FILE"] == (None, (None, None, None))


def test_another_condition_is_a_difference_too(tmp_path: Path) -> None:
    """A change that lets a procedure apply, with the same days, is listed with the old and the new answer."""
    file = tmp_path / "bill.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace("    - lawful_stay is no\n", ""), encoding="utf-8")
    facts = Facts({"presumed_victim": "yes", "lawful_stay": "yes", "role": "victim", "reflection_before": "no"})
    found = engine.differs(*law_changes.against(proposed_procedure(file)), facts, on=TODAY)

    assert found is not None and found.deadlines == {}
    assert found.may_apply == {"NL-REFLECT": (Truth.FAILS, Truth.HOLDS)}


@pytest.mark.parametrize(("old", "new", "told"), [
    ("sources: [L7, L8, L9, L2]\n", "", '"sources" is missing'), ("source: L8", "source: L888", 'no source "L888"')])
def test_a_file_that_could_not_stand_in_the_suite_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """With file, line and repair, as `safe check` would."""
    file = tmp_path / "bill.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(Problems) as refused:
        proposed_procedure(file)

    assert told in str(refused.value) and str(refused.value).startswith("bill.yaml:")


def test_a_law_that_the_suite_does_not_know_is_told(tmp_path: Path) -> None:
    """There is nothing to compare it with."""
    file = tmp_path / "bill.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace("NL-REFLECT", "NL-NEW"), encoding="utf-8")
    with pytest.raises(WrongUse, match="nothing to compare"):
        law_changes.against(proposed_procedure(file))
    with pytest.raises(WrongUse):
        law_changes.since(SINCE, "NL-NOTHING")


def test_the_command_lists_them(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As JSON and in both languages; two ways of naming the change at once are wrong use."""
    secret = tmp_path / "secret"
    secret.write_text(PHRASE, encoding="utf-8")
    secret.chmod(0o600)
    make_cases(tmp_path / "demo.store", 14).close()
    mine = ["--store", str(tmp_path / "demo.store"), "--passphrase-file", str(secret), "--date", "2026-11-26"]

    assert run(["procedure", "nl-reflect", "--changed-since", "2023-05-19", "--json", *mine]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["cases_looked_at"] == 14 and told["procedures"] == ["NL-REFLECT"] and told["touched"] and "not legal advice" in told["not_legal_advice"]
    assert {"case", "status", "followed", "procedure", "deadlines", "state", "may_apply"} == set(told["touched"][0])
    for language, word in (("en", "Cases that the change of law touches"), ("nl", "Zaken die de wetswijziging raakt")):
        assert run(["procedure", "--law-change", str(changed_file(tmp_path)), "--lang", language, *mine]) == 0
        said = capfd.readouterr().out
        assert word in said and "law_change." not in said
    assert run(["procedure", "--law-change", str(changed_file(tmp_path)), "--changed-since", "2023-05-19", *mine]) == 2


# The invented files


def test_an_invented_file_is_the_same_from_the_same_source() -> None:
    """Every kind of file occurs; what is open names nobody who said it; the same source gives the same paper."""
    papers = [legal_paper(f"1/{number}/law", STORIES[number % len(STORIES)], TODAY, by="demo") for number in range(200)]

    assert papers == [legal_paper(f"1/{number}/law", STORIES[number % len(STORIES)], TODAY, by="demo") for number in range(200)]
    followed = {id for paper in papers for id in paper.get("procedures", {}).get("followed", {})}
    assert followed == {"NL-REFLECT", "NL-B83", "NL-EXT", "NL-OBJ", "NL-SGM", "NL-ID"} and {} in papers
    facts = [one for paper in papers for one in paper.get("procedures", {}).get("facts", {}).values()]
    assert all(bool(one.get("source")) is (one["value"] not in ("unknown", "declined")) for one in facts)
    assert {one["name"] for one in facts} <= set(load_law().facts)


def test_every_invented_fact_can_be_read(stored: Desk) -> None:
    """A demo store holds nothing that a person could not have written there."""
    for line in stored.open_store().cases()[:12]:
        for one in procedures.procedures_for(stored, line.ref):
            assert one.seen.state in (*one.seen.procedure.states, "")

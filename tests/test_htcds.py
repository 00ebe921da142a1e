"""Records of IOM's case data standard: only with the person's consent to exactly this, only in groups, and naming who asserted what."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from team import desk_of, make_team

from safe_lib import casework, disclosing, teamwork
from safe_lib.catalogue import load_instrument
from safe_lib.disclosing import Asked
from safe_lib.findings import htcds
from safe_lib.model.errors import NotPermitted, WrongUse

TO = "IOM data desk"


def one(**more):
    return {"cas_Status": "Active", "vic_AgreementToManagePersonalData": "true", "vic_MethodsOfControl": "Threats", "x_AgeGroup": "adult",
            "x_CountryOfReturnConsidered": "XAA", "x_FormAssessed": "labour", "x_YearOpened": "2026", "x_VictimStatus": "NotAsserted",
            "x_VictimStatusAssertedBy": "", **more}


def test_twelve_records_with_one_that_is_rare_leave_the_age_out_first():
    """The reference test of rule D7: the rare one joins the others without its age where that is enough, else it does not leave."""
    records = {f"r{number}": one() for number in range(11)} | {"rare": one(x_AgeGroup="child")}
    found = htcds.generalised(records, 11)
    assert "rare" not in found and len(found) == 11  # alone without an age it would be rare still

    many = {f"r{number}": one(x_AgeGroup="adult" if number % 2 else "child") for number in range(16)}
    found = htcds.generalised(many, 11)
    assert len(found) == 16 and {record["x_AgeGroup"] for record in found.values()} == {"Unknown"}


def test_every_group_that_leaves_is_large_and_says_nothing_of_each():
    """At least eleven alike; and where all of a group share a method of control, it is not told."""
    records = {f"r{a}{b}{number}": one(x_AgeGroup=a, x_FormAssessed=b, vic_MethodsOfControl="Threats" if b == "labour" or number % 2 else "DebtBondage")
               for a, b, count in (("adult", "labour", 14), ("child", "labour", 5), ("adult", "sexual", 12), ("child", "sexual", 2)) for number in range(count)}
    found = htcds.generalised(records, 11)

    groups = Counter(htcds._group(record) for record in found.values())
    assert min(groups.values()) >= 11 and len(found) == 26
    assert {record["vic_MethodsOfControl"] for record in found.values() if record["x_FormAssessed"] == "labour"} == {"Unknown"}
    assert {record["vic_MethodsOfControl"] for record in found.values() if record["x_FormAssessed"] == "sexual"} == {"Threats", "DebtBondage"}
    assert {record["x_VictimStatus"] for record in found.values()} == {"Unknown"}


@pytest.mark.parametrize(("facts", "expected"), [
    ({"recognised_presumed": ("2026-02-01", "letter of the IND")}, ("RecognisedPresumedVictim", "ImmigrationService")),
    ({"presumed_victim": ("yes", "police")}, ("PresumedVictim", "LawEnforcement")), ({"presumed_victim": ("unknown", "")}, ("NotAsserted", "")),
    ({"identified_presumed": ("2026-02-01", "Mira Example")}, ("SignsRecorded", "Other")), ({}, ("NotAsserted", "")),
])
def test_a_record_names_the_kind_of_body_that_asserted_it(facts, expected):
    """Never a name: what stands in the source is read for its kind and does not leave."""
    body = {"facts": {name: {"name": name, "value": value, "source": source} for name, (value, source) in facts.items()}}

    assert htcds.asserted(SimpleNamespace(papers={"procedures": body})) == expected


def test_methods_of_control_are_those_answered_present():
    answers = {"ilo_adult_labour": (("CD01", "", "present", ""), ("CD02", "", "absent", ""), ("CD14", "", "verified", ""), ("CD05", "", "unknown", ""))}

    assert set(htcds.methods(SimpleNamespace(answers=answers))) == {"WithholdsDocuments", "TakesEarnings"}
    known = {item.id for item in load_instrument("ilo_adult_labour").items}
    assert all(set(items) <= known for items in htcds._mapping()["methods"].values())


def test_only_who_agreed_to_this_recipient_and_purpose(tmp_path):
    """Consent is looked at when the records leave: another recipient, another purpose, withdrawn or ended is none; and two persons are needed."""
    path = make_team(tmp_path)
    until = datetime.now(UTC).date() + timedelta(days=30)
    with desk_of(path, "cora") as desk:
        store, first = desk.open_store(), load_instrument("first_level")
        for number in range(16):
            ref = store.new_case(by="cora", at=datetime(2026, 2, 3, 9, tzinfo=UTC), ref=f"XAA-{number:04d}", alias="").ref
            casework.record(desk, ref, first, casework.Said("AGE", "adult"))
            if number < 14:
                purpose = "statistics" if number < 13 else "help"
                given = disclosing.record_consent(desk, ref, Asked("given", TO if number != 12 else "somebody else", purpose, "codes", "en", False, until))
                if number == 11:
                    disclosing.withdraw_consent(desk, ref, given.id)
        with pytest.raises(NotPermitted, match="second person"):
            htcds.export(desk, TO)
        request = teamwork.ask_export(desk)
        with desk_of(path, "ada") as second:
            teamwork.agree(second, request.id)
        with pytest.raises(WrongUse):
            htcds.export(desk, " ")
        found = htcds.export(desk, TO)

        assert (len(found.records), found.without_consent, found.too_rare) == (11, 5, 0)
        assert all(set(record) == set(htcds.FIELDS) and "XAA-" not in str(record) for record in found.records)
        assert [line.what for line in teamwork.trail(desk, "XAA-0000")].count("records.exported") == 1
    with desk_of(path, "anna") as desk, pytest.raises(NotPermitted):
        htcds.export(desk, TO)

"""What a person is told about themselves: plain words, addressed to them, nothing that gives them away; and every future."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import give

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_instrument, load_texts, paths, translated
from safe_lib.catalogue.checks import LONGEST_PLAIN, check_instrument
from safe_lib.model.instrument import Instrument, Outcome
from safe_lib.report.make import make_report

TOLD = [id for id in instrument_files() if load_instrument(id).for_person]
LANGUAGES = ("en", "nl")
FOLLOW_UP = next(item for item in load_instrument("reintegration_followup").items if item.kind == "risk")
# Words that would frighten, judge or give away whoever holds the paper.
GIVE_AWAY = re.compile(
    r"victim|traffick|exploit|police|crime|criminal|violen|threat|danger|escape|debt|prostit|sexual|smuggl|authorit|\bsafe|risk|must\b|never"
    r"|slachtoffer|mensenhandel|uitbuit|politie|misdaad|misdrijf|geweld|dreig|gevaar|vlucht|schuld|seksu|smokkel|autoriteit|veilig|risico|\bmoet u\b|nooit",
    re.IGNORECASE,
)
CHOICE = re.compile(r"\b(You can|You may|U kunt|Je kunt|U mag)\b")
UNKNOWN = re.compile(
    r"do not know|not clear|not known|know only|does not say|before anything can be said"
    r"|weten niet|nog niet duidelijk|niet bekend|weten alleen|staat niet|weten nog niet|voordat er iets"
)


def rows(language: str) -> list[tuple[Instrument, Outcome]]:
    found = [translated(load_instrument(id), language) for id in TOLD]
    return [(instrument, row) for instrument in found for row in instrument.outcomes]


def test_the_instruments_of_the_two_workbooks_and_the_follow_up_are_told_to_persons() -> None:
    """Every set whose report a person may get."""
    assert set(TOLD) == {"ilo_adult_labour", "ilo_adult_sexual", "ilo_child_labour", "ilo_child_sexual", "first_level", "unodc", "safe_return",
                         "safe_return_quick", "reintegration_followup"}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_says_what_is_unknown_and_what_can_be_chosen(language: str) -> None:
    """In both languages, in short sentences, and in words that give nothing away."""
    for instrument, row in rows(language):
        said = " ".join(row.plain)
        where = f"{instrument.id} {row.id}: {said}"
        sentences = re.split(r"(?<=[.?!])\s+", said)

        assert CHOICE.search(said), where
        assert UNKNOWN.search(said), where
        assert not GIVE_AWAY.search(said), (where, GIVE_AWAY.search(said))
        assert max(len(sentence.split()) for sentence in sentences) <= LONGEST_PLAIN + 4 * (language != "en"), where  # Dutch needs a few more


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_around_give_nothing_away_either(language: str) -> None:
    """Headings, statement and closing words of the person's report."""
    texts = load_texts(language)
    said = [text for key, text in texts.entries.items() if key.startswith("plain.")]

    assert len(said) > 20
    assert [text for text in said if GIVE_AWAY.search(text)] == []


@pytest.fixture
def instruments(tmp_path: Path) -> Path:
    """A copy of the instruments, to be spoilt."""
    shutil.copytree(paths.INSTRUMENTS, tmp_path / "instruments")
    return tmp_path / "instruments"


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("    plain:\n      - You told us how you are and how things go.\n      - We keep to what we agreed for the next contact.\n"
         "      - We know only what you told us. You do not have to tell everything.\n"
         "      - You can ask for more contact, for less contact, or for other help.\n", "", 'outcome "go_on_as_agreed" has no words for the person.'),
        ("      - You can say what worries you and what has helped so far.\n", f"      - {'You can say more and ' * 5}more.\n", "more than 18 words"),
    ],
)  # fmt: skip
def test_safe_check_demands_words_for_the_person(instruments: Path, was: str, becomes: str, problem: str) -> None:
    """Missing words and sentences that are too long are told with the line of the outcome."""
    file = instruments / "assessments" / "reintegration_followup.yaml"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, becomes), encoding="utf-8")
    found = check_instrument("reintegration_followup", instruments)

    assert [problem in str(one) and one.line > 1 for one in found] == [True]


def told(desk: Desk, ref: str, workbook: str, profile: str = "person") -> tuple[str, dict[str, Any]]:
    document = json.loads(make_report(desk, ref, workbook, profile, "json"))
    return json.dumps(document["blocks"], ensure_ascii=False), document


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("workbook", ["identification", "safe_return", "reintegration_followup", "first_level"])
def test_the_persons_report_holds_no_wording_for_professionals(desk: Desk, case: str, workbook: str, language: str) -> None:
    """Neither outcomes nor domains nor next steps nor rules: only plain words and what the person said."""
    there = replace(desk, language=language)
    give(desk, case, "first_level", {"ET05": "present", "DG01": "present"})
    give(desk, case, "reintegration_followup", {FOLLOW_UP.id: "present"})
    casework.save_paper(desk, case, casework.PLAN, {"rows": [{"about": "SAF", "measure": "A new number.", "owner": "Quill", "status": "done"}]})
    said, document = told(there, case, workbook)
    texts = load_texts(language)

    assert document["title"] == texts("plain.title")
    assert texts("plain.statement") in said
    for id in TOLD:
        instrument = translated(load_instrument(id), language)
        forbidden = [*(row.wording for row in instrument.outcomes), *(step for row in instrument.outcomes for step in row.next_steps)]
        forbidden += [group.title for group in instrument.groups if group.severity]
        assert [words for words in forbidden if words in said] == []
    assert not GIVE_AWAY.search(re.sub(r'"(tone|kind|block|type)": "\w+"', "", said))


def test_the_person_reads_every_future_in_their_own_order(desk: Desk, case: str) -> None:
    """What they want most comes first, with their own words; what is the same is said once."""
    said, _ = told(desk, case, "safe_return")
    give(desk, case, "safe_return", {"HS01": "active"})
    same, _ = told(desk, case, "safe_return")

    for words in (said, same):
        places = [words.index(part) for part in ("1. Stay here", "I want to stay", "2. Home region (Exampleland)", "Not my uncle's house.")]
        assert places == sorted(places)
    assert said.count("We talked about this possibility") == 2
    assert same.count("We talked about this possibility") == 1
    assert "What stands under 1 is true here too." in same


def test_a_partner_reads_every_future_without_the_persons_words(desk: Desk, case: str) -> None:
    """Outcome, next steps and plan of each, in the person's own order; no words of the person, no suggestions."""
    give(desk, case, "safe_return", {"HS04": "active"}, "home_region")
    plan = [
        {"future": "", "about": "SAF", "measure": "A new number.", "owner": "Quill"},
        {"future": "home_region", "about": "LIV", "measure": "A room for six months.", "owner": "Sara"},
    ]
    casework.save_paper(desk, case, casework.PLAN, {"rows": plan})
    said, _ = told(desk, case, "safe_return", "partner")
    stay, home = said.index("1. Stay here"), said.index("2. Home region (Exampleland)")

    assert stay < said.index("More information needed") < home < said.index("Do not prepare this now")
    assert said.count("1. Stay here") == 2  # outcome, next steps
    assert said.count("2. Home region (Exampleland)") == 3  # and a plan of its own
    assert said.index("Every future") < said.index("A new number.") < said.rindex("2. Home region (Exampleland)") < said.index("A room for six months.")
    assert "uncle" not in said
    assert "uggestions from the rules" not in said


def test_measures_for_all_futures_alone_need_no_heading(desk: Desk, case: str) -> None:
    """A plan as it was written until now is shown as it was."""
    casework.save_paper(desk, case, casework.PLAN, {"rows": [{"about": "SAF", "measure": "A new number."}]})
    said, _ = told(desk, case, "safe_return", "partner")

    assert "A new number." in said
    assert "Every future" not in said


def test_an_instrument_without_words_for_the_person_refers_to_whoever_helps(desk: Desk, case: str) -> None:
    """Never the wording for professionals in their place."""
    give(desk, case, "safe_return_record", {"CONSENT": "agreed"})
    said, _ = told(desk, case, "safe_return_record")

    assert load_texts("en")("plain.unsaid") in said
    assert "The frame is recorded." not in said

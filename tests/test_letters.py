"""Letters and forms: nothing is invented, the person's words stay theirs, and a letter to an embassy gives nothing away."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Emu
from hypothesis import given
from hypothesis import strategies as st
from team import desk_of, make_team, phrase

from safe_lib import casework, disclosing, lettering, procedures
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.letter_checks import check_letters
from safe_lib.catalogue.letters import load_letter, load_letters
from safe_lib.cli.app import run
from safe_lib.engine.facts import Facts
from safe_lib.engine.letters import fill, looked_for, texts_of
from safe_lib.model.document import Quote
from safe_lib.model.errors import BasisRefused, NotPermitted, ReasonNeeded, ReportError
from safe_lib.model.legal import CaseFact, Contact, FileDocument, PersonStatement
from safe_lib.model.letter import Filled
from safe_lib.model.procedure import is_recalled
from safe_lib.report.letter_docx import letter_docx
from safe_lib.report.letters import frame_of, make_letter
from safe_lib.report.make import Terms
from safe_lib.widgets.letters_page import Shown, _verified, letters_page
from safe_lib.widgets.pages import date_in_words
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.shell import Frame

ALL = load_letters()
IDS = sorted(ALL.letters)
LANGUAGES = ("en", "nl")
DAY = date(2026, 11, 26)
# Words chosen here and not taken from the list that the letters are checked with.
TELLING = ("traffick", "mensenhandel", "victim", "slachtoffer", "exploit", "uitbuit", "asyl", "asiel", "refug", "vlucht", "residence", "verblijf", "permit",
           "vergunning", "procedure", "immigra", "police", "politie", "lawyer", "advocaat", "court", "recht", "shelter", "opvang", "volunt", "vrijwil",
           "organi", "stichting", "foundation", "red cross", "rode kruis", "ngo", "safe", "workbook", "report", "case", "dossier", "training", "oefen",
           "law.", "legal", "juridi", "draft translation", "conceptvert", "noor")
CITIZEN = Facts({"person_name": "Mira Vell", "date_of_birth": date(1999, 2, 3), "place_of_birth": "Norrin, Exampleland", "nationality": "Exampleland",
                 "document_wanted": "passport", "embassy": "Embassy of Exampleland", "reply_address": "Box 12, 1000 AA Examplecity",
                 "gate_checked": date(2026, 11, 20), "earlier_document": "XA 123", "embassy_appointment": date(2026, 12, 4)})


def filled_in(id: str, known: dict[str, Any], language: str = "en") -> Filled:
    """A letter with these facts and nothing else."""
    return fill(load_letter(id), Facts(known), lettering.stock_of(load_texts(language)))


def said(letter: Filled) -> str:
    """Everything its reader sees."""
    return "\n".join(texts_of(letter))


def printed(content: bytes) -> str:
    """Every word of a DOCX, also what no reader sees: parts, styles, metadata."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


# The data


def test_the_letters_of_the_project_are_sound() -> None:
    """Eight kinds of letter; each says what for, for whom, what must be there, its sources, and until when to trust it."""
    assert check_letters() == []
    assert {"nl_extension_request", "own_statement", "request_for_file", "nl_compensation_application", "embassy", "referral", "consent",
            "information_sheet"} <= set(IDS)
    for letter in ALL.letters.values():
        assert letter.sources and letter.must and letter.before and letter.verified < letter.verify_by
        assert all(words["en"] and words["nl"] for words in (letter.title, letter.purpose, *letter.before))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("id", IDS)
def test_nothing_known_makes_gaps_and_nothing_else(id: str, language: str) -> None:
    """Every fact that must be there is a gap under its name; no place is left to fill, and no day appears from nowhere."""
    letter = filled_in(id, {}, language)

    assert set(load_letter(id).must) <= set(letter.gaps)
    assert letter.gaps and not set(letter.gaps) & set(load_letter(id).helps)
    gap = {"en": "not known]", "nl": "niet bekend]"}[language]
    assert gap in said(letter)
    assert "{" not in said(letter) and "19" not in said(letter) and "202" not in said(letter)


KNOWN = {field: f"Invented {field} 7" for field in ALL.fields if ALL.fields[field].kind == "word"}


@given(st.sampled_from(IDS), st.sets(st.sampled_from(sorted(KNOWN))), st.sampled_from(LANGUAGES))
def test_what_is_known_stands_there_and_what_is_not_is_a_gap(id: str, names: set[str], language: str) -> None:
    """Whatever is known and whatever is not: every fact that must be there is one or the other, and no other word comes in."""
    letter, wanted = filled_in(id, {name: KNOWN[name] for name in names}, language), load_letter(id)
    text = said(letter)

    for name in wanted.must:
        assert (KNOWN.get(name, "") in text) if name in names else name in letter.gaps, name
    assert not set(letter.gaps) & names
    assert all(KNOWN[name] not in text for name in set(KNOWN) - names)
    assert all(KNOWN[name] not in text for name in names - {*wanted.must, *wanted.helps, *wanted.sender})


@pytest.mark.parametrize("answer", ["unknown", "declined", "unsafe_to_ask", "not_asked"])
def test_an_open_answer_is_a_gap(answer: str) -> None:
    """Somebody who did not want to say is not quoted as having said so."""
    letter = filled_in("nl_extension_request", {"permit_end_date": answer, "condition_still_met": answer})

    assert {"permit_end_date", "condition_still_met"} <= set(letter.gaps)
    assert answer not in said(letter) and "I still meet" not in said(letter)


def test_a_claim_stands_only_where_its_fact_does() -> None:
    """Yes gives the sentence, no leaves it out, and not knowing leaves a gap that somebody has to fill."""
    sentence = "I have not received compensation"

    assert sentence in said(filled_in("nl_compensation_application", {"paid_elsewhere": "no"}))
    assert sentence not in said(filled_in("nl_compensation_application", {"paid_elsewhere": "yes"}))
    unknown = filled_in("nl_compensation_application", {})
    assert sentence not in said(unknown) and "paid_elsewhere" in unknown.gaps
    assert "read back to me, and I could" not in said(filled_in("own_statement", {"statement": "Words.", "statement_read_back": "no"}))


@pytest.mark.parametrize(("fact", "language", "written"), [
    (date(2027, 2, 28), "en", "28 February 2027"), (date(2027, 2, 28), "nl", "28 februari 2027"), ("yes", "en", "[Last day of the permit: not known]")])
def test_days_are_written_as_the_language_does(fact: Any, language: str, written: str) -> None:
    """A day in words; that it has come, without a day, is not a day."""
    assert written in said(filled_in("nl_extension_request", {"permit_end_date": fact}, language))


# The person's words

WORDS = "They said: {permit_end_date}.\n\n  Two  spaces, [name: not known], “quotes” & <b>no markup</b>.\nÇa, नमस्ते, שלום.\nI am a victim of nothing you know."


def test_the_words_of_the_person_are_not_touched(desk: Desk, case: str) -> None:
    """Whatever they hold, places and signs too: the document holds them letter by letter."""
    procedures.save_statement(desk, case, PersonStatement(WORDS, "Sellish", "yes"))
    made = make_letter(desk, case, "own_statement")
    quoted = [block.text for block in made.draft.filled.blocks if isinstance(block, Quote)]
    document = docx.Document(io.BytesIO(desk.open_store().report_bytes(made.report.id, by="noor", at=desk.now(), purpose="a test")))

    assert quoted == [WORDS]
    assert [one.text for one in document.paragraphs if one.style and one.style.name == "Quote"] == [WORDS]
    assert "statement" not in made.draft.filled.gaps


# The embassy


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", [CITIZEN, Facts({"gate_checked": date(2026, 11, 20)})], ids=["all", "nothing"])
def test_the_letter_to_an_embassy_gives_nothing_away(desk: Desk, case: str, language: str, known: Facts) -> None:
    """No word of it, of its styles or of what is said about the file tells what happened, what is asked elsewhere, or who helps."""
    made = make_letter(replace(desk, language=language), case, "embassy", Terms("The embassy", "passport"), besides=known)
    content = desk.open_store().report_bytes(made.report.id, by="noor", at=desk.now(), purpose="a test")
    document = docx.Document(io.BytesIO(content))
    core = document.core_properties
    edges = (*document.sections[0].header.paragraphs, *document.sections[0].footer.paragraphs)
    about = ("title", "subject", "author", "last_modified_by", "comments", "keywords", "category", "identifier")
    seen = "\n".join([said(made.draft.filled), *(one.text for one in (*document.paragraphs, *edges)), *(str(style.name) for style in document.styles),
                      *(str(getattr(core, name)) for name in about)])

    assert [word for word in TELLING if word in seen.casefold()] == []
    for hidden in (case, made.report.id, "Red Cross", "docx", "python", "Mira D."):
        assert hidden not in seen and (hidden in ("docx", "Red Cross") or hidden not in printed(content))


SMUGGLED = ("Shelter Rosa, Examplecity", "c/o the Red Cross", "IND office", "Kantoor van de advo\u00adcaat", "the S\u200bh\u200be\u200blter", "Ópvang Zuid",
            "COA, Ter Apel", "Stichting De Brug", "MENSENHANDEL team")


def test_a_fact_cannot_smuggle_it_in(desk: Desk, case: str) -> None:
    """An address that says who helps is refused by name of the field, and is not repeated."""
    for place in SMUGGLED:
        with pytest.raises(ReportError) as refused:
            lettering.draft_of(desk, case, "embassy", Facts({**CITIZEN.given, "reply_address": place}))
        assert "reply_address" in str(refused.value) and place not in str(refused.value)


def test_what_a_letter_says_of_itself_is_kept(desk: Desk, case: str) -> None:
    """A fact that says what the letter must never hold is refused; the person's own words are theirs."""
    with pytest.raises(ReportError, match="offence_place"):
        lettering.draft_of(desk, case, "nl_compensation_application", Facts({"offence_place": "the house of the trafficker"}))
    theirs = lettering.draft_of(desk, case, "nl_compensation_application", Facts({"statement": "The trafficker kept my pay."}))

    assert "The trafficker kept my pay." in said(theirs.filled)


def test_what_a_case_holds_does_not_reach_the_embassy(desk: Desk, case: str) -> None:
    """A case full of facts, contacts and words changes nothing in it: only fields that are marked quiet are read."""
    before = said(lettering.draft_of(desk, case, "embassy", CITIZEN).filled)
    for name, value in (("asylum_pending", "no"), ("reflection_granted", "2026-10-01"), ("presumed_victim", "yes")):
        procedures.save_fact(desk, case, CaseFact(name, value, "file"))
    procedures.save_contact(desk, case, Contact(role="lawyer", office="Office of law", contact="Mr Example"))
    procedures.save_statement(desk, case, PersonStatement(WORDS, "Sellish", "yes"))

    assert said(lettering.draft_of(desk, case, "embassy", CITIZEN).filled) == before


def test_nothing_goes_to_an_embassy_before_the_lawyer_has_looked(desk: Desk, case: str) -> None:
    """Without the day of the gate check it is refused; a reason is noted in the trail."""
    with pytest.raises(ReasonNeeded, match="in writing"):
        make_letter(desk, case, "embassy")
    assert desk.open_store().reports(case) == ()
    make_letter(desk, case, "embassy", although="The lawyer said yes by telephone today.")
    assert any(line.what == "report.although" and "telephone" in line.detail for line in desk.open_store().audit(case))
    procedures.save_fact(desk, case, CaseFact("gate_checked", "2026-11-20", "lawyer"))

    assert make_letter(desk, case, "embassy").report.workbook == "letter_embassy"


def test_short_words_are_looked_for_whole_and_long_ones_anywhere() -> None:
    """IND is no part of Indonesia, and no way of writing hides a shelter."""
    assert looked_for("Flight to Indonesia in a kind mood", ["ind", "coa", "aid"]) == ()
    assert looked_for("the i.n.d., IND; night\u2060shelter", ["ind", "shelter"]) == ("ind", "shelter")


# The document


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("id", IDS)
def test_a_letter_is_a4_read_aloud_in_its_language_and_the_same_twice(id: str, language: str) -> None:
    """A4; one first heading and no level skipped; language and neutral title set; gaps marked; the same bytes again."""
    at = Desk(None, "noor", language, DAY)
    letter = filled_in(id, {"permit_end_date": date(2027, 2, 28)}, language)
    contents = [letter_docx(letter, frame_of(at, letter.letter, None)) for _ in range(2)]
    document = docx.Document(io.BytesIO(contents[0]))
    section, core = document.sections[0], document.core_properties
    levels = [int(one.style.name[-1]) for one in document.paragraphs if one.style and str(one.style.name).startswith("Heading")]

    assert contents[0] == contents[1]
    assert (round(Emu(section.page_width or 0).mm), round(Emu(section.page_height or 0).mm)) == (210, 297)
    assert levels[0] == 1 and levels.count(1) == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    assert (core.language, core.author, core.title) == (language, "", {"en": "Letter", "nl": "Brief"}[language])
    marked = [run.text for one in document.paragraphs for run in one.runs if run.font.highlight_color is not None]
    assert len(marked) == sum(text.count("not known]" if language == "en" else "niet bekend]") for text in (one.text for one in document.paragraphs))
    assert marked and all(text.startswith("[") and text.endswith("]") for text in marked)


def test_every_letter_but_the_quiet_one_says_that_it_is_a_draft_and_no_advice() -> None:
    """On every page: a draft, no legal advice, a lawyer reads it; an English copy of a Dutch letter says that it is not the one that is sent."""
    for id in IDS:
        letter = filled_in(id, {})
        content = letter_docx(letter, frame_of(Desk(None, "noor", "en", DAY), letter.letter, None))
        head = docx.Document(io.BytesIO(content)).sections[0].header.paragraphs[0].text
        assert ("not legal advice" in head and "lawyer" in head) is not load_letter(id).quiet
        assert ("Reading copy" in head) is (load_letter(id).sent_in == "nl")
        assert "Draft" in head


def test_a_letter_tells_what_has_come_of_its_papers(desk: Desk, case: str) -> None:
    """The list of papers is that of the procedure; what came is ticked, what went back is not."""
    procedures.save_document(desk, case, FileDocument(document="residence_card", procedure="NL-EXT", received=date(2026, 11, 2)))
    draft = lettering.draft_of(desk, case, "nl_extension_request")

    assert "☒ Residence card" in said(draft.filled)
    assert said(draft.filled).count("☐") == len(lettering.stock_of(load_texts("en")).documents["NL-EXT"]) - 1


def test_facts_contacts_and_identity_of_the_case_are_filled_in(desk: Desk, case: str) -> None:
    """A fact of the procedure counts before that of the case; of two lawyers nobody here chooses."""
    desk.open_store().set_identity(case, alias="Mira D.", details={"name": "Mira Vell", "vnumber": "123 456 789"}, by="noor", at=desk.now())
    procedures.save_fact(desk, case, CaseFact("permit_end_date", "2027-02-28", "card"))
    procedures.save_fact(desk, case, CaseFact("permit_end_date", "2027-03-31", "letter", procedure="NL-EXT"))
    procedures.save_contact(desk, case, Contact(role="lawyer", office="Example Law", contact="A. Lawyer"))
    one = lettering.draft_of(desk, case, "nl_extension_request")
    assert all(words in said(one.filled) for words in ("Mira Vell", "123 456 789", "31 March 2027", "A. Lawyer, Example Law"))
    procedures.save_contact(desk, case, Contact(role="lawyer", office="Other Law", contact="B. Lawyer"))

    assert "Law" not in said(lettering.draft_of(desk, case, "nl_extension_request").filled)


# What leaves


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Desk]:
    """A specialist's desk in a store for real persons (who are invented)."""
    with desk_of(make_team(tmp_path, users=("ada", "sven", "cora")), "sven") as desk:
        yield replace(desk, today=DAY)


def test_a_letter_leaves_under_the_rules_of_every_report(real: Desk) -> None:
    """Without a basis nothing is made; with the person's consent it leaves once, with its line; after the withdrawal it does not."""
    ref = casework.open_case(real, "Maple").ref
    terms = Terms("Immigration office", "extension of the permit")
    with pytest.raises(BasisRefused):
        make_letter(real, ref, "nl_extension_request", terms)
    assert real.open_store().reports(ref) == ()

    consent = disclosing.record_consent(real, ref, disclosing.Asked("given", terms.recipient, terms.purpose, "the letter", "Sellish", True))
    agreed = replace(terms, basis=disclosing.casework.Basis("consent", consent.id))
    made = make_letter(real, ref, "nl_extension_request", agreed)
    _, line = casework.disclose(real, made.report, recipient=agreed.recipient, purpose=agreed.purpose, basis=agreed.basis)
    assert (line.kind, line.recipient, line.expires) == ("letter_nl_extension_request authority", terms.recipient, consent.until)

    disclosing.withdraw_consent(real, ref, consent.id)
    assert [one.standing for one in disclosing.sharing(real, ref).lines] == ["withdrawn"]
    with pytest.raises(BasisRefused):
        make_letter(real, ref, "nl_extension_request", agreed)


def test_who_may_do_nothing_gets_no_letter(desk: Desk, case: str) -> None:
    """May I? comes before everything else."""
    with pytest.raises(NotPermitted):
        make_letter(replace(desk, role="nobody"), case, "consent")


def test_the_command_makes_seals_and_discloses(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Without --out it stays in the store; with it the register has its line and the file is the owner's alone; the gate holds here too."""
    store = make_team(tmp_path, users=("ada", "sven"))
    with desk_of(store, "sven") as desk:
        ref = casework.open_case(desk, "Maple").ref
    secret = tmp_path / "sven.txt"
    secret.write_text(f"{phrase('sven')}\nperson: sven\n", encoding="utf-8")
    secret.chmod(0o600)
    mine = ["--store", str(store), "--passphrase-file", str(secret)]
    facts, out = tmp_path / "facts.yaml", tmp_path / "letter.docx"
    facts.write_text("permit_end_date: 2027-02-28\nperson_name: Mira Vell\n", encoding="utf-8")

    assert run(["letter", "nl_extension_request", ref, "--facts", str(facts), "--lang", "nl", "--json", *mine]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["file"] is None and told["disclosure"] is None and "permit_end_date" not in told["gaps"] and "v_number" in told["gaps"]
    assert run(["letter", "nl_extension_request", ref, "--out", str(out), *mine]) == 2  # nobody is named who gets it
    assert run(["letter", "nl_extension_request", ref, "--out", str(out), "--recipient", "IND", "--purpose", "extension", *mine]) == 30
    assert not out.exists()
    assert run(["letter", "nl_extension_request", ref, "--out", str(out), "--recipient", "IND", "--purpose", "extension", "--lang", "nl", "--json",
                "--basis", "legal_claims", "--reason", "The permit ends and the lawyer files today.", *mine]) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600 and json.loads(capfd.readouterr().out)["disclosure"]["recipient"] == "IND"
    assert run(["letter", "embassy", ref, *mine]) == 30
    assert run(["letter", "nothing", ref, *mine]) == 2 and "nl_extension_request" in capfd.readouterr().err


def test_the_list_says_for_whom_and_until_when(capfd: pytest.CaptureFixture[str]) -> None:
    """Without a case the letters are listed, with that they are no legal advice."""
    assert run(["letter", "--json"]) == 0
    listed = {one["id"]: one for one in json.loads(capfd.readouterr().out)}

    assert sorted(listed) == IDS and listed["embassy"]["gives_nothing_away"] and listed["nl_extension_request"]["sent_in"] == "nl"
    assert all("not legal advice" in one["not_legal_advice"] and one["verify_by"] for one in listed.values())


def test_a_letter_from_memory_never_says_that_it_was_verified() -> None:
    """In the list, beside the letter and in its foot: a day for those that were compared with their sources, and a word for those that never were."""
    texts = load_texts("en")
    shown = Shown(tuple(ALL.letters.values()), (("en", "English"),), None, "en", None, True)
    listed = letters_page(Frame(texts, here="/letters"), disclosing.Sharing("K7M-2042", (), (), None, DAY), shown, said=Said())
    rows = {id: row for row in listed.split("<tr")[1:] for id in IDS if f'data-letter="{id}"' in row}

    recalled = {id for id in IDS if is_recalled(ALL.letters[id].standing)}
    assert recalled and recalled != set(IDS)
    assert {id for id, row in rows.items() if "never verified" in row} == recalled
    for id in IDS:
        verified = date_in_words(ALL.letters[id].verified, texts, "medium")
        assert (verified in rows[id]) == (id not in recalled), id
        foot = _verified(texts, ALL.letters[id])
        assert foot.startswith("Written down from memory" if id in recalled else "Verified"), id


@pytest.mark.parametrize("value", ["soon", "2026-02-30"])
def test_a_fact_that_cannot_be_meant_is_refused_without_repeating_it(tmp_path: Path, value: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Place, problem, repair; a field that no letter knows is told too."""
    file = tmp_path / "facts.yaml"
    file.write_text(f"permit_end_date: {value}\n", encoding="utf-8")
    assert run(["letter", "embassy", "DEMO-001", "--facts", str(file)]) == 10
    told = capfd.readouterr().err
    assert "permit_end_date" in told and value not in told
    file.write_text("nickname: Mi\n", encoding="utf-8")
    assert run(["letter", "embassy", "DEMO-001", "--facts", str(file)]) == 10


# Spoiled files


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the letters that a test may spoil."""
    shutil.copytree(paths.TEMPLATES / "letters", tmp_path / "letters")
    return tmp_path


@pytest.mark.parametrize(("file", "old", "new", "told"), [
    ("embassy", "quiet: true\n", "", "must give nothing away"),
    ("embassy", "Please tell me:", "I am in an asylum procedure. Please tell me:", '"asylum"'),
    ("embassy", "Wilt u mij laten weten:", "De opvang vraagt:", '"opvang"'),
    ("embassy", "nationality, document_wanted, embassy", "nationality, v_number, document_wanted, embassy", '"v_number" gives something away'),
    ("embassy", "  - sign: [{en: \"Signature\", nl: \"Handtekening\"}]", "  - documents: NL-ID", 'no "documents"'),
    ("embassy", "gate_checked is yes", "gate_chekked is yes", 'Did you mean "gate_checked"'),
    ("nl_extension_request", "verify_by: 2027-01-31", "verify_by: 2026-01-31", "before it was verified"),
    ("nl_extension_request", "sources: [L15, L16, L17]", "sources: [L15, L999]", 'no source "L999"'),
    ("nl_extension_request", "sources: [L15, L16, L17]\n", "", '"sources" is missing'),
    ("nl_extension_request", "geldig tot en met {permit_end_date}", "geldig", "two languages"),
    ("nl_extension_request", "    needs: [permit_start]\n", "", "which may be missing"),
    ("nl_extension_request", "must: [person_name, ", "must: [", "does not name under facts"),
    ("nl_extension_request", "helps: [", "helps: [fund_letter_date, ", "nowhere used"),
    ("nl_extension_request", "condition_still_met is yes", "condition_still_met = yes", "not understood"),
    ("nl_extension_request", "I still meet the conditions", "This person is a victim and meets the conditions", '"is a victim"'),
    ("referral", "parts:\n", "parts:\n  - fill: [person_name]\n", "which it must never hold"),
    ("referral", "help_wanted, safe_contact]", "help_wanted, safe_contact, person_name]", "nowhere used"),
    ("information_sheet", "You decide.", "You decide. You are no victim of exploitation.", '"exploitation"'),
    ("information_sheet", "You decide. We tell you", "You decide about all of this by yourself and with nobody else here, and then when you have we tell you",
     "a sentence to the person has"),
    ("information_sheet", "never:\n", "nevr:\n", '"never" is missing'),
    ("nl_extension_request", "documents: NL-EXT", "documents: NL-EXTRA", 'no procedure "NL-EXTRA"'),
    ("nl_extension_request", "id: nl_extension_request", "id: nl_extension", "its file"),
    ("shared", "  quiet:\n    en:", "  loud:\n    en:", '"never.quiet" is missing'),
    ("shared", "nl: \"Geboortedatum\", kind: day", "nl: \"Geboortedatum\", kind: word", "another kind"),
])
def test_a_spoiled_letter_is_refused(own: Path, file: str, old: str, new: str, told: str) -> None:
    """What would give somebody away, invent a fact or be trusted too long is refused, with line and repair."""
    path = own / "letters" / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    problems = check_letters(own)

    assert any(told in str(problem) and problem.repair and f"{file}.yaml" in problem.file for problem in problems), [str(one) for one in problems]

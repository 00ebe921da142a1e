"""What stands below the answers: from the server where something is recorded, else made by the page from one template."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from small_instruments import instrument as made_of
from small_instruments import item, outcome

from safe_lib.catalogue import load_texts
from safe_lib.model.answers import EVIDENCE, Answer
from safe_lib.model.case import SavedAnswer
from safe_lib.widgets.questions import question_html
from safe_lib.widgets.tails import EMPTY, heard_in, tail_html, tail_template

EN = load_texts("en")
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SMALL = made_of("rules", [item("SAF1", "SAF", "risk", listen_for="Silence.\nA glance at the door.", note="Not alone.", clears_when="")], [outcome("a")])
ASKED = SMALL.items[0]


def saved(code: str, evidence: tuple[str, ...] = (), reason: str = "", note: str = "") -> SavedAnswer:
    return SavedAnswer(ASKED.id, "", Answer(code, evidence, reason), note, 1, "noor", NOW)


@pytest.mark.parametrize("nothing", [None, saved("active"), saved("unknown")])
def test_a_bare_answer_has_an_empty_tail(nothing: SavedAnswer | None) -> None:
    assert tail_html(ASKED, nothing, EN) == EMPTY


@pytest.mark.parametrize(("said", "words"), [
    (saved("active", ("account",)), 'value="account" checked'),
    (saved("active", note="Said so twice."), 'data-note="Said so twice."'),
    (saved("not_applicable", reason="Lives alone."), 'value="Lives alone."'),
])  # fmt: skip
def test_what_is_recorded_is_there_before_any_script(said: SavedAnswer, words: str) -> None:
    tail = tail_html(ASKED, said, EN)
    assert words in tail
    assert "A glance at the door." in tail


def test_the_template_is_the_same_tail_with_a_gap_for_the_question() -> None:
    """One source: what the page makes is what the server would have sent."""
    filled = tail_template(EN).removeprefix("<template data-tail>").removesuffix("</template>").replace("{item}", ASKED.id)
    heard = "".join(f"<p>{text}</p>" for text in heard_in(ASKED, EN))
    note = saved("active", note="-")
    assert filled.replace('<div class="listen"></div>', f'<div class="listen">{heard}</div>').replace('data-note=""', 'data-note="-"').replace(
        EN("form.add_note"), EN("form.see_note")) == tail_html(ASKED, note, EN)
    assert filled.count('type="checkbox"') == len(EVIDENCE)


def test_what_to_listen_for_travels_with_the_question() -> None:
    """A paragraph is a line, whatever its own lines are."""
    assert 'data-listen="Silence. A glance at the door.\nNot alone."' in question_html(SMALL, ASKED, None, EN)

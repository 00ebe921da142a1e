"""Words that look like markup, script or template are words in a real browser, also without the page policy (SEC-40)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hostile.words import WORDS

from browser.running import Running
from browser.visitor import PATIENT, Visitor
from safe_lib import casework
from safe_lib.casework import Said

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
INSTRUMENTS = ("ilo_adult_labour", "first_level", "safe_return")
KINDS = """() => [...new Set([...document.querySelectorAll("*")].map((one) => [one.localName, ...[...one.attributes].map(({ name }) => name).sort()].join(" ")))]"""
NOTES = """() => Object.fromEntries([...document.querySelectorAll("fieldset[data-item]")].map((place) => [`${place.dataset.instrument} ${place.dataset.item}`,
  place.querySelector("textarea")?.value ?? place.querySelector("details.q-note")?.dataset.note ?? ""]))"""


def case_with(server: Running, words: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """A case in which each note, wish, place and measure is another of these words; what was saved, by item."""
    ref = server.new_case(words[0][:60])
    noted: dict[str, str] = {}
    with server.desk() as desk:
        places = [(id, one) for id in INSTRUMENTS for one in casework.instrument_for(desk, id).items if one.kind != "danger" and one.scale != "day"]
        for number, (id, one) in enumerate(places):
            code = "written" if one.scale == "text" else "unknown"
            noted[f"{id} {one.id}"] = words[number % len(words)]
            casework.record(desk, ref, casework.instrument_for(desk, id), Said(one.id, code, (), words[number % len(words)], seen=None))
        rows = [words[number % len(words)] for number in range(40)]
        casework.save_paper(desk, ref, casework.FUTURES, {"futures": [{"kind": kind, "order": order, "country": "XAA", "subdivision": rows[order], "words": rows[-order]}
                                                                      for order, kind in enumerate(("stay", "home_region", "relocation"), start=1)]})  # fmt: skip
        casework.save_paper(desk, ref, casework.PLAN, {"rows": [{"about": "SAF", "measure": word, "owner": word, "proof": word, "status": "planned"} for word in rows]})
    return ref, noted


def kinds_of(desk: Visitor, name: str, ref: str) -> set[str]:
    """Every kind of element of a live page, with the names of its attributes; everything is open, and a view has come from the kernel."""
    desk.open(name, ref)
    desk.unfold_all()
    desk.answer("DR09" if name == "identification" else "SAF-02", "present")
    desk.wait_until_saved(PATIENT)
    desk.page.wait_for_timeout(500)
    return set(desk.page.evaluate(KINDS))


def without_state(kinds: set[str]) -> set[str]:
    """Apart from what a script sets while somebody works, and the button that comes while a busy machine is waited for."""
    states = ("open", "checked", "aria-disabled", "tabindex", "data-connection", "hidden", "dir")
    return {" ".join(word for word in kind.split() if word not in states) for kind in kinds if "data-says-reload" not in kind}


@pytest.mark.parametrize("name", ["identification", "safe_return"])
def test_sec_40_no_word_becomes_an_element_in_a_browser(server: Running, visit: Visit, name: str) -> None:
    """With the whole corpus in notes, wishes, places and measures, a page has the same kinds of elements as with plain words; nothing runs, nothing is asked for."""
    desk = visit(bypass_csp=True)
    ran: list[str] = []
    desk.page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    desk.page.on("request", lambda request: ran.append(request.url) if ":9/" in request.url or request.url[-1:] == "x" else None)
    plain, _ = case_with(server, ("plain words", "two\nlines", "\u0633\u0644\u0627\u0645"))
    usual = without_state(kinds_of(desk, name, plain))
    ref, noted = case_with(server, WORDS)
    found = without_state(kinds_of(desk, name, ref))

    assert found <= usual
    assert ran == []
    assert desk.problems == []
    shown: dict[str, str] = desk.page.evaluate(NOTES)
    asked = [item for item in noted if item in shown and not item.endswith((" DR09", " SAF-02"))]
    assert len(asked) > 60
    assert {item: (shown[item], noted[item]) for item in asked if as_field(shown[item]) != as_field(noted[item])} == {}
    assert desk.page.title() == "Workbook"


def as_field(text: str) -> str:
    """As a field of a page can hold it: one kind of line end, no zero, no half of a character."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").encode("utf-8", "replace").decode().replace("?", "\ufffd")


def test_sec_40_a_word_in_conflict_is_a_word(server: Running, visit: Visit) -> None:
    """Two versions of a note, both hostile, stand side by side as text."""
    first = visit(bypass_csp=True)
    ref = server.new_case("Aspen")
    first.open("identification", ref)
    with server.desk() as desk:
        casework.record(desk, ref, casework.instrument_for(desk, "ilo_adult_labour"), Said("DR01", "present", (), "<img src=x onerror=alert(1)>", seen=None))
    first.write_note("DR01", "<script>alert(2)</script>")
    first.page.locator('fieldset[data-item="DR01"] .conflict').wait_for()
    box = first.page.locator('fieldset[data-item="DR01"] .conflict')

    assert "<img src=x onerror=alert(1)>" in box.inner_text()
    assert "<script>alert(2)</script>" in box.inner_text()
    assert box.locator("img, script").count() == 0

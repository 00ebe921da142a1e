"""A person at the desk, with a browser: what they do on the pages, and what they see."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from playwright.sync_api import BrowserContext, Locator, Page

from browser.running import DANGERS, PHRASE, Running

LIVE = 'html[data-live="true"]'
SAVED = '[role=status][data-saved="true"]'
LOST = '[data-connection="lost"]'
LOST_WITHIN = 5.0  # seconds (contract, section 5)
PATIENT = 60_000  # ms; a kernel on a busy machine
SOON = 60_000  # ms

TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PRESS = """answers => { for (const [item, code] of answers) document.querySelector(`fieldset[data-item="${item}"] input[value="${code}"]`).click(); }"""
STATE = """() => Object.fromEntries([...document.querySelectorAll("fieldset[data-item]")].map((place) => [place.dataset.item, {
  code: place.querySelector(".answers input:checked")?.value ?? "",
  basis: [...place.querySelectorAll(".chips input:checked")].map((input) => input.value),
  note: (place.querySelector("details.q-note textarea")?.value || place.querySelector("details.q-note")?.dataset.note) ?? "",
  words: place.querySelector(`[name="${place.dataset.item}"]:is(textarea, [type=date])`)?.value ?? "",
}]).filter(([, said]) => said.code || said.words || said.note))"""


def text_of_pdf(content: bytes) -> str:
    """All that stands in it, a page after the other; read by poppler, which is a hundred times as fast as a reader in Python."""
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()


@dataclass
class Visitor:
    """One tab of somebody who has signed in."""

    server: Running
    page: Page
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SOON)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("console", lambda said: self.problems.append(f"console: {said.text}") if said.type == "error" else None)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def another_tab(self) -> Visitor:
        return Visitor(self.server, self.context.new_page())

    # Coming and going

    def sign_in(self, user: str = "noor", **more: str) -> None:
        self.page.goto(f"{self.server.url}/login?{urlencode(more)}")
        self.page.fill("#user", user)
        self.page.fill("#pass", PHRASE)
        self.page.click("form.card button[type=submit]")
        self.page.wait_for_url(re.compile(r"/(\?.*)?$"))

    def open(self, name: str, ref: str, more: Mapping[str, str] | None = None, *, live: bool = True) -> None:
        """One workbook of one case; live unless somebody wants to be earlier. `more` goes into its address."""
        self.page.goto(f"{self.server.url}/{name}?{urlencode({'case': ref, **(more or {})})}", wait_until="commit")
        if live:
            self.wait_until_live()

    def wait_until_live(self) -> None:
        self.page.wait_for_selector(LIVE, state="attached", timeout=PATIENT)

    def reload(self) -> None:
        self.page.reload(wait_until="commit")
        self.wait_until_live()

    # Answers

    def question(self, item: str) -> Locator:
        return self.page.locator(f'fieldset[data-item="{item}"]')

    def choice(self, item: str, code: str) -> Locator:
        return self.question(item).locator(f'.answers input[value="{code}"]')

    def answer(self, item: str, code: str) -> None:
        """As a person does: open the part it stands in, and press the answer."""
        self.unfold(item)
        self.choice(item, code).check()

    def answer_all(self, items: Iterable[str], code: str) -> None:
        """As fast as a script can press."""
        self.press_all([(item, code) for item in items])

    def press_all(self, answers: Iterable[tuple[str, str]]) -> None:
        self.page.evaluate(PRESS, list(answers))

    def unfold(self, item: str) -> None:
        place = self.question(item)
        place.wait_for(state="attached")
        for group in place.locator("xpath=ancestor::details[not(@open)]").all():
            summary = group.locator(":scope > summary")
            summary.scroll_into_view_if_needed()
            self.page.evaluate(TWO_FRAMES)  # what stands below the questions that came near is there then, and nothing moves any more
            summary.click()
        place.scroll_into_view_if_needed()  # what stands below its answers is made when it comes near

    def unfold_all(self, kind: str = "details") -> None:
        self.page.evaluate("kind => document.querySelectorAll(kind).forEach(one => { one.open = true; })", kind)

    def pass_gate(self) -> None:
        self.answer_all(DANGERS, "absent")

    def write_note(self, item: str, words: str) -> None:
        self.unfold(item)
        note = self.question(item).locator("details.q-note")
        if note.get_attribute("open") is None:
            note.locator("summary").click()
        note.locator("textarea").fill(words)

    def write(self, item: str, words: str) -> None:
        """Into a question that is answered in words, or with a day."""
        self.unfold(item)
        self.question(item).locator(f'[name="{item}"]').fill(words)

    def press(self, selector: str) -> None:
        """A press where it stands, without the scrolling that comes before a click of Playwright's."""
        box = self.page.locator(selector).bounding_box()
        assert box
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def rests_on(self, item: str, kind: str) -> None:
        self.question(item).locator(f'.chips input[value="{kind}"]').check()

    def state(self) -> dict[str, dict[str, object]]:
        """Everything that is shown as recorded, by item: answer, what it rests on, note, words."""
        shown: dict[str, dict[str, object]] = self.page.evaluate(STATE)
        return shown

    def chosen(self, item: str) -> str:
        """The code of the answer that is shown; empty without one."""
        checked = self.question(item).locator(".answers input:checked")
        return (checked.get_attribute("value") or "") if checked.count() else ""

    # What the page says

    def wait_until_saved(self, timeout: float = SOON) -> None:
        self.page.wait_for_selector(SAVED, state="attached", timeout=timeout)

    def wait_for_outcome(self, outcome: str) -> None:
        self.page.wait_for_selector(f'[data-view="outcome"][data-outcome="{outcome}"]', state="attached")

    @property
    def outcome(self) -> str:
        return self.page.get_attribute('[data-view="outcome"]', "data-outcome") or ""

    def time_to_lost(self, patience: float = 15.0) -> float:
        """Seconds until the page says, for everybody to see, that the connection is lost."""
        began = time.monotonic()
        self.page.wait_for_selector(f"[data-part=connection]{LOST}", state="visible", timeout=patience * 1000)
        return time.monotonic() - began

    def says(self, selector: str) -> str:
        return " ".join(self.page.inner_text(selector).split())

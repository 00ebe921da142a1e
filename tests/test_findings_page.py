"""The page of findings, without a browser: what each reader gets to see, every control labelled, nothing typed becomes markup."""

from __future__ import annotations

import itertools

import pytest
from lxml import html

from safe_lib.catalogue import load_texts
from safe_lib.catalogue.prose import read_notebook
from safe_lib.engine.disclosure import release
from safe_lib.findings.observing import Finding, Raised
from safe_lib.findings.releasing import Published
from safe_lib.findings.screens import screened
from safe_lib.findings_views import EXAMPLE, EXAMPLE_RULES
from safe_lib.model.findings import Dimension, Tally
from safe_lib.widgets.findings_page import FindingsSeat, page_html

TALLY = Tally((Dimension("form", ("labour", "sexual", "both")), Dimension("age", ("adult", "child"))), {
    (form, age): EXAMPLE.counts[group, gender]
    for form, group in (("labour", "A"), ("sexual", "B"), ("both", "C")) for age, gender in (("adult", "women"), ("child", "men"))})
TABLE = Published(1, "form_age", "2026Q1", "1.0.0", release(TALLY, EXAMPLE_RULES), "ab" * 32, "cora", "2026-11-27")


def page(language: str = "en", **more: object) -> html.HtmlElement:
    seat = FindingsSeat(load_texts(language), xsrf="token", **more)  # type: ignore[arg-type]
    made = page_html(seat, "Findings", "about", "", read_notebook("findings", language), lambda source: "<h2>prose</h2>" if source else "")
    return html.fromstring(f"<main>{made}</main>")


EVERYTHING = {"published": (TABLE,), "findings": (Finding(1, Raised("<b>People</b> wait."), "2026-11-27", None),), "may_release": True, "may_raise": True,
              "screen": screened("80-90", "70-80", "2-5"), "typed": {"claim": '"><script>'}}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_it_can_be_read_aloud_and_sent_without_a_script(language: str) -> None:
    """One first heading, no level left out, a label for each control, a hidden token in each form that changes something."""
    found = page(language, **EVERYTHING)

    levels = [int(one.tag[1]) for one in found.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = found.xpath("//@id")
    assert len(ids) == len(set(ids))
    for control in found.xpath("//input[@type!='hidden'] | //select | //textarea"):
        assert found.xpath(f"//label[@for='{control.get('id')}']"), control.get("id")
    assert all(form.xpath(".//input[@name='_xsrf']") for form in found.xpath("//form[@method='post']"))
    assert not found.xpath("//script | //@style | //b")


def test_each_reader_sees_what_they_may() -> None:
    """A volunteer raises; an analyst reads and publishes nothing; nobody sees a number that is withheld."""
    volunteer, analyst = page(may_raise=True), page(published=(TABLE,), findings=())

    assert volunteer.xpath("//form[@id='raise']") and not volunteer.xpath("//*[@data-view='published'] | //form[@id='release'] | //*[@data-view='raised']")
    assert analyst.xpath("//*[@data-view='published']") and not analyst.xpath("//form[@method='post']")
    cells = analyst.xpath("//*[@data-view='published']//td//text()")
    assert cells.count("withheld") == 4 and not {"18", "9", "12", "3"} & set(cells)
    assert len(analyst.xpath("//a[contains(@href, 'file=')]")) == 3
    assert not page(published=(TABLE,), findings=EVERYTHING["findings"], shared=True).xpath("//a[contains(@href, 'file=')]")

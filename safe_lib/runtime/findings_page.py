"""Findings as a page without a kernel: figures, findings from the work, base rates, and the files of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

import tornado.web

from safe_lib import casework, release
from safe_lib.casework import Desk
from safe_lib.catalogue.prose import read_notebook
from safe_lib.engine.base_rates import Predicted, predicted
from safe_lib.findings import gathering, observing, releasing, showing
from safe_lib.findings.screens import rate, screens
from safe_lib.findings_views import FINDINGS
from safe_lib.model.errors import SafeError, WrongUse
from safe_lib.report.findings_brief import brief_of
from safe_lib.report.make import TYPES
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.handlers import WorkbookPage
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.widgets.findings_page import BRIEF_FILES, FIGURE_FILES, PATH, WORDS, FindingsSeat
from safe_lib.workbook import Workbook

LARGEST: Final = 40_000  # bytes of a form
FIELDS: Final = (*WORDS, "channel", "confidentiality", "supports", "period", "table", "tool", "sensitivity", "specificity", "base")
KINDS: Final = {**TYPES, "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet", "yaml": "application/yaml", "json": "application/json"}


class FindingsPage(PersonPage, WorkbookPage):
    """What one may see of figures and findings, and what one may do with them."""

    @tornado.web.authenticated
    async def get(self, name: str = FINDINGS) -> None:
        """Show it, or give a file of it."""
        self.keep_language()
        desk = self.desk()
        if file := self.given("file"):
            self.file(desk, file)
            return
        try:
            found, wrong = self.screened(), ""
        except WrongUse as problem:
            found, wrong = None, " ".join(str(problem).split())
            self.set_status(400)
        done = {"raised": self.words("findings.raise.done"), "released": self.words("findings.release.done", count=self.given("count")[:4])}
        self.show(desk, screen=found, wrong=wrong, done=done.get(self.given("done"), ""))

    def typed(self) -> dict[str, str]:
        """What stands in the forms."""
        return {name: self.get_argument(name, "")[:observing.LONGEST + 1] for name in FIELDS}

    def show(self, desk: Desk, *, screen: Predicted | None = None, wrong: str = "", done: str = "") -> None:
        """The whole page in its first bytes."""
        book = Workbook(desk, FINDINGS, None)
        book.shared = self.shared
        release.require_signed(f"workbooks/{FINDINGS}.ipynb")
        book.findings_seat = FindingsSeat(
            book.texts, releasing.published(desk) if casework.has_right(desk, releasing.READ) else None,
            observing.findings(desk) if casework.has_right(desk, observing.READ_FINDINGS) else None, casework.has_right(desk, gathering.RELEASE),
            casework.has_right(desk, observing.RAISE), screen, self.typed(), self.xsrf_token.decode(), wrong, done, self.shared)
        start, end = firstbytes.page_start(
            book, read_notebook(FINDINGS, desk.language), here=self.request.path, base_url="/", assets=addresses("/"), xsrf=self.xsrf_token.decode(),
            theme=self.theme, masked=self.masked, more=self.rest)
        self.finish(f"{start}{end}</body></html>\n")

    def screened(self) -> Predicted | None:
        """What the base-rate form asks for; None where nothing is asked."""
        tool = screens().get(self.given("tool"))
        own = {name: self.given(name) for name in ("sensitivity", "specificity", "base")}
        if tool is None and not any(own.values()):
            return None
        if tool is None or (tool.base is None and not own["base"]):
            return predicted(rate(own["sensitivity"]) if tool is None else tool.sensitivity, rate(own["specificity"]) if tool is None else tool.specificity,
                             rate(own["base"]))
        return predicted(tool.sensitivity, tool.specificity, rate(own["base"]) if own["base"] or tool.base is None else tool.base)

    @tornado.web.authenticated
    async def post(self, name: str = FINDINGS) -> None:
        """Publish figures or raise a finding; what was wrong is told on the same page, with what was typed."""
        if len(self.request.body) > LARGEST:
            raise tornado.web.HTTPError(413)
        actions: dict[str, Callable[[Desk], dict[str, Any]]] = {"release": self.release_figures, "raise": self.raise_finding}
        desk, do = self.desk(), actions.get(self.given("action"))
        if do is None:
            raise tornado.web.HTTPError(400)
        try:
            told = do(desk)
        except SafeError as problem:
            self.set_status(400 if isinstance(problem, WrongUse) else 403)
            self.show(desk, wrong=" ".join(str(problem).split()))
            return
        self.redirect(f"{PATH}?{urlencode({**told, 'lang': desk.language})}", status=303)

    def release_figures(self, desk: Desk) -> dict[str, Any]:
        """Check and publish."""
        typed = self.typed()
        found = releasing.publish(desk, gathering.period(typed["period"], desk.today), [typed["table"]] if typed["table"] else ())
        return {"done": "released", "count": len(found)}

    def raise_finding(self, desk: Desk) -> dict[str, Any]:
        """Check and raise."""
        typed = self.typed()
        observing.observe(desk, observing.Raised(
            typed["claim"], typed["affected_group"], typed["policy_ask"], typed["addressee"], typed["channel"], typed["confidentiality"],
            typed["external_source"], typed["external_page"], typed["supports"]))
        return {"done": "raised"}

    def file(self, desk: Desk, format: str) -> None:
        """Published figures or the brief as a file; not on a computer that others use too."""
        if self.shared or format not in (*FIGURE_FILES, *BRIEF_FILES):
            raise tornado.web.HTTPError(404)
        content, name = (brief_of(desk, format), "brief") if format in BRIEF_FILES else (self.figures(desk, format), "figures")
        self.set_header("Content-Type", KINDS[format])
        self.set_header("Content-Disposition", f'attachment; filename="{name}.{format}"')
        self.finish(content)

    def figures(self, desk: Desk, format: str) -> bytes:
        """What was published, in one format."""
        found = releasing.published(desk)
        if format == "json":
            return json.dumps(showing.as_json(found), ensure_ascii=False).encode()
        return showing.as_csv(found) if format == "csv" else showing.as_parquet(found)

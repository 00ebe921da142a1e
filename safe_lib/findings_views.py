"""What a notebook calls to show findings. Mixed into `Workbook`, which brings desk, texts and mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from safe_lib import casework
from safe_lib.findings.observing import READ_FINDINGS, findings
from safe_lib.findings.releasing import READ, Published, published
from safe_lib.findings.showing import brief_blocks, figure_blocks, screen_blocks, shown, statement
from safe_lib.model.document import Block, Heading, Table, Text
from safe_lib.model.findings import Dimension, Rules, Tally
from safe_lib.model.texts import Texts
from safe_lib.view import View

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.widgets.findings_page import FindingsSeat

FINDINGS: Final = "findings"  # the workbook

Blocks = tuple[Block, ...]
# The reference test of the disclosure rules (survey text, F.2), of invented persons.
EXAMPLE: Final = Tally((Dimension("group", ("A", "B", "C")), Dimension("gender", ("women", "men"))), {
    ("A", "women"): 18, ("A", "men"): 9, ("B", "women"): 12, ("B", "men"): 3, ("C", "women"): 9, ("C", "men"): 12})
EXAMPLE_RULES: Final = Rules(smallest=5)


class FindingsViews:
    """The views of the workbook on findings."""

    desk: Desk
    name: str
    texts: Texts
    findings_seat: FindingsSeat | None = None  # on a page: who looks, and what they may

    if TYPE_CHECKING:

        def _view(self, region: str, make: Callable[[], Sequence[Block]], attributes: Mapping[str, str] | None = None) -> View: ...

    @property
    def is_findings(self) -> bool:
        """Whether this is the workbook on findings, which is about no case and has no instrument."""
        return self.name == FINDINGS

    def figures(self) -> View:
        """What was published, for whoever reads figures."""
        return self._view("figures", lambda: [block for one in self._published() for block in figure_blocks(one, self.texts)]
                          or (Text(self.texts("findings.none"), "quiet"),))

    def raised(self) -> View:
        """What colleagues raised, as a brief, for whoever makes one."""
        found = findings(self.desk) if self.desk.store is not None and casework.has_right(self.desk, READ_FINDINGS) else ()
        return self._view("raised", lambda: brief_blocks(found, self.texts) if found else (Text(self.texts("findings.raised.none"), "quiet"),))

    def screens(self) -> View:
        """What a positive screen means with the published tools."""
        return self._view("screens", lambda: screens_blocks(self.texts))

    def _published(self) -> Sequence[Published]:
        return published(self.desk) if self.desk.store is not None and casework.has_right(self.desk, READ) else ()

    def _findings_statement(self) -> Blocks:
        return (statement(self.texts),)

    def _findings_example(self) -> View:
        return View("example", (Heading(self.texts("findings.example"), 3), *example_blocks(self.texts)), self.texts, {})


def screens_blocks(texts: Texts) -> Blocks:
    """Each tool with its source, and what follows at the base rate it was tried at."""
    from safe_lib.engine.base_rates import predicted
    from safe_lib.findings.screens import screens

    blocks: list[Block] = []
    for one in screens().values():
        if one.base is not None:
            found = predicted(one.sensitivity, one.specificity, one.base)
            blocks += [Heading(one.title, 3), Text(f"{one.source} ({one.status})", "quiet"), *screen_blocks(found, texts)]
    return tuple(blocks)


def example_blocks(texts: Texts) -> Blocks:
    """The reference table before and after."""
    from safe_lib.engine.disclosure import every_cell, release

    counted, found = every_cell(EXAMPLE), release(EXAMPLE, EXAMPLE_RULES).cells
    heads = (texts("findings.example.group"), texts("findings.example.women"), texts("findings.example.men"), texts("findings.total"))
    groups, genders = ("A", "B", "C", ""), ("women", "men", "")

    def rows(cell: Callable[[tuple[str, str]], str]) -> tuple[tuple[str, ...], ...]:
        return tuple((group or texts("findings.total"), *(cell((group, gender)) for gender in genders)) for group in groups)

    return (Table(texts("findings.example.counted"), heads, rows(lambda key: str(counted[key]))),
            Table(texts("findings.example.shown"), heads, rows(lambda key: shown(found[key], texts))))

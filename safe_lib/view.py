"""One part of a workbook as a notebook, a page and a report see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from safe_lib.model.document import Block
from safe_lib.model.texts import Texts
from safe_lib.report.blocks_json import to_json
from safe_lib.widgets.blocks import blocks_html, blocks_text

PAGE: Final = "page"  # the mode of a workbook on a page; any other is the profile of a report
BLOCKS_TYPE: Final = "application/vnd.safe.blocks+json"


@dataclass(frozen=True, slots=True)
class View:
    """One part of a workbook: its blocks, in its language, with the mark by which a page finds it again."""

    region: str
    blocks: tuple[Block, ...]
    texts: Texts
    attributes: Mapping[str, str]
    of: str = ""  # workbook and case: in a notebook, a form renews the views of its own workbook and no others

    @property
    def html(self) -> str:
        """The inside of its region as HTML."""
        return blocks_html(self.blocks, self.texts)

    @property
    def section(self) -> str:
        """The region with its marks."""
        marks = "".join(f' {name}="{escape(value)}"' for name, value in {"data-of": self.of, **self.attributes}.items())
        return f'<div data-region="{self.region}"{marks}>{self.html}</div>'

    def __str__(self) -> str:
        return blocks_text(self.blocks)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        if kwargs.get("include") == {BLOCKS_TYPE}:  # a report asks for nothing else, and makes its own form of them
            return {BLOCKS_TYPE: to_json(self.blocks)}
        return {"text/plain": str(self), "text/html": self.section, BLOCKS_TYPE: to_json(self.blocks)}

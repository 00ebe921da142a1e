"""Reports worth reading on a country, beside its claims and never among them."""

from __future__ import annotations

from safe_lib.catalogue.hints import hints_for
from safe_lib.model.document import Block, Bullets, Heading, Text
from safe_lib.model.texts import Texts
from safe_lib.sources.service import Hint


def reading_hints_blocks(iso3: str, texts: Texts) -> tuple[Block, ...]:
    """Title, day, publisher and link of each report, and that nobody has looked at what it says; nothing where there is no list."""
    hints, credit = hints_for(iso3)
    if not hints:
        return ()
    return (Heading(texts("hints.title"), 3), Text(texts("hints.about"), "quiet"), Bullets(tuple(_line(hint, texts) for hint in hints)), Text(credit, "quiet"))


def _line(hint: Hint, texts: Texts) -> str:
    who = ", ".join(part for part in (hint.publisher, hint.day or texts("hints.undated")) if part)
    return f"{hint.title} ({who}): {hint.link}"

"""How far the figures can be trusted: topics beside outcomes, as a table with its limits. For those who judge the figures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from safe_lib.engine.rank_correlation import CONFIDENCE, FEWEST
from safe_lib.engine.validity import Comparison
from safe_lib.model.document import Block, Bullets, Details, Heading, Table, Text
from safe_lib.model.texts import Texts
from safe_lib.widgets.blocks import blocks_html

LIMITS: Final = ("countries", "sign", "interval", "circular", "causes", "no_composite")
COLUMNS: Final = ("topic", "outcome", "countries", "agreement", "reading", "years", "note")


def validity_blocks(found: Sequence[Comparison], texts: Texts, credits: Sequence[str] = ()) -> tuple[Block, ...]:
    """What it is, what it can tell and what not, and one line for each topic beside each outcome.

    The limits come first: a table of numbers is read before the words under it. `credits` are the lines of the datasets.
    """
    heading, lead = Heading(texts("validity.title")), Text(texts("validity.lead"), "lead")
    if not found:
        return (heading, lead, Text(texts("validity.none")))
    told = sum(one.agreement.rho is not None for one in found)
    limits = Bullets(tuple(texts(f"validity.limit.{name}", n=told, chance=round(told * (1 - CONFIDENCE))) for name in LIMITS))
    sources = (Details(texts("validity.credits"), (Bullets(tuple(credits)),)),) if credits else ()
    return (heading, lead, Heading(texts("validity.limits"), 3), limits, *_tables(found, texts), *sources)


def validity_page(found: Sequence[Comparison], texts: Texts, credits: Sequence[str] = ()) -> str:
    """The same as the body of a page: its heading is the first one."""
    _, *rest = validity_blocks(found, texts, credits)
    return f'<div class="head"><div><h1>{escape(texts("validity.title"))}</h1></div></div><div class="stack">{blocks_html(rest, texts)}</div>'


def _tables(found: Sequence[Comparison], texts: Texts) -> tuple[Block, ...]:
    columns = tuple(texts(f"validity.{name}") for name in COLUMNS)
    table = Table(texts("validity.table"), columns, tuple(_row(one, texts) for one in found))
    return (Details(texts("validity.table"), (table,)),) if len(found) > MANY else (table,)


MANY: Final = 60  # lines; more are one press away


def _row(one: Comparison, texts: Texts) -> tuple[str, ...]:
    return (texts(f"validity.topic.{one.topic}"), _outcome(one, texts), str(one.agreement.n), _agreement(one),
            texts(f"validity.reading.{one.reading}"), _years(one), _note(one, texts))


def _outcome(one: Comparison, texts: Texts) -> str:
    key = f"validity.outcome.{one.outcome}"
    return texts(key) if texts.has(key) else one.outcome


def _agreement(one: Comparison) -> str:
    said = one.agreement
    if said.rho is None:
        return "–"
    return _signed(said.rho) if said.low is None or said.high is None else f"{_signed(said.rho)} ({_signed(said.low)} … {_signed(said.high)})"


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−")


def _years(one: Comparison) -> str:
    return "; ".join(_span(years) for years in (one.position_years, one.outcome_years))


def _span(years: tuple[int, int] | None) -> str:
    if years is None:
        return "–"
    return str(years[0]) if years[0] == years[1] else f"{years[0]}–{years[1]}"


def _note(one: Comparison, texts: Texts) -> str:
    notes = []
    if one.agreement.n < FEWEST:
        notes.append(texts("validity.few"))
    elif one.agreement.rho is not None and one.agreement.low is None:
        notes.append(texts("validity.exact"))
    if one.circular:
        notes.append(texts(f"validity.circular.{one.circular}"))
    if not one.expected:
        notes.append(texts("validity.unsigned"))
    return " ".join([*notes, texts("validity.source", source=one.source)])

"""How far readings agree, in words: figures with their intervals, what is too little to tell, and how many answers were left out."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from babel.numbers import format_decimal

from safe_lib.engine.agreement import FEWEST, Agreement
from safe_lib.engine.readings import Readings
from safe_lib.model.texts import Texts
from safe_lib.widgets.tables import table_html


def figure_words(one: Agreement, texts: Texts) -> str:
    """A figure with its interval, or the sentence that says why there is none."""
    if one.value is None:
        return texts(f"second.why.{one.why}", cases=one.cases, fewest=FEWEST)
    words = (texts("second.figure", value=_number(one.value, texts), low=_number(one.low, texts), high=_number(one.high, texts), cases=one.cases)
             if one.low is not None and one.high is not None else texts("second.figure_alone", value=_number(one.value, texts), cases=one.cases))
    return f"{words} {texts('second.outside', count=one.outside)}" if one.outside else words


def _number(value: float | None, texts: Texts) -> str:
    return format_decimal(round(value or 0.0, 2), format="0.00", locale=texts.language.replace("-", "_"))


def of_words(found: Readings, texts: Texts) -> str:
    """How many pairs of answers were compared, how many are the same, and how many leave a question open."""
    return texts("second.counts", cases=found.cases, pairs=found.counts.total, same=found.counts.same, open=found.open_pairs)


def readings_html(found: Readings, texts: Texts, id: str, labels: dict[str, str]) -> str:
    """Counts, figures, and a table of questions; `labels` are their words by id."""
    figures = "".join(f'<li data-measure="{one.measure}">{escape(texts(f"second.measure.{one.measure}"))}: {escape(figure_words(one, texts))}</li>'
                      for one in found.figures)
    heads = [texts(f"second.column.{name}") for name in ("item", "same", "differ", "kappa")]
    rows = [(f'<span data-item="{escape(one.item)}">{escape(labels.get(one.item, one.item))} <span class="id">{escape(one.item)}</span></span>',
             escape(texts("second.same_of", same=one.counts.same, total=one.counts.total)), escape(_differing(one.counts.pairs, texts)),
             escape(figure_words(one.kappa, texts))) for one in found.items]
    table = table_html(id, heads, rows) if rows else ""
    return f'<p>{escape(of_words(found, texts))}</p><ul class="plain">{figures}</ul><p class="quiet">{escape(texts("second.about_figures"))}</p>{table}'


def _differing(pairs: Mapping[tuple[str, str], int], texts: Texts) -> str:
    """The pairs that differ, most often first: what the first and what the colleague answered."""
    apart = sorted(((count, pair) for pair, count in pairs.items() if pair[0] != pair[1]), key=lambda one: (-one[0], one[1]))
    said = (texts("second.pair", first=code_words(first, texts), second=code_words(second, texts), count=count) for count, (first, second) in apart)
    return "; ".join(said) or "–"


def code_words(code: str, texts: Texts) -> str:
    """An answer in words; one of a scale of its own as its code."""
    return texts(f"code.{code}") if texts.has(f"code.{code}") else code

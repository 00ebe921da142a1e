"""Figures and findings as blocks, files and documents. It takes what was published, and has no way to a number that was not."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final

from safe_lib.engine.base_rates import Predicted, Rate
from safe_lib.findings.observing import LEGS, Finding
from safe_lib.findings.releasing import Published, to_body
from safe_lib.model.document import Block, Facts, Heading, Notice, Table, Text
from safe_lib.model.findings import TOTAL, Dimension, Released, Shown
from safe_lib.model.texts import Texts
from safe_lib.tables.writing import Sheet, csv_file

COLUMNS: Final = ("publication", "table", "period", "by_1", "value_1", "by_2", "value_2", "by_3", "value_3", "number",
                  "withheld", "smallest_group", "rounded_to")


def figure_blocks(one: Published, texts: Texts) -> tuple[Block, ...]:
    """One table with its definition, its period and the rules (rule D12)."""
    rules = one.table.rules
    return (
        Heading(title_of(one.name, texts), 3), Text(definition_of(one.name, texts)), _table(one, texts),
        Text(texts("findings.rules", period=one.period, smallest=rules.smallest, base=rules.base, publication=one.publication, day=one.day,
                   hash=one.hash[:12]), "quiet"),
    )


def statement(texts: Texts) -> Notice:
    """What must stand beside all figures."""
    return Notice(texts("findings.statement.title"), texts("findings.statement"))


def title_of(name: str, texts: Texts) -> str:
    """The name of a table in words; of a stop or dimension with its code."""
    kind, _, about = _kind(name)
    return texts(f"findings.table.{kind}", about=about)


def definition_of(name: str, texts: Texts) -> str:
    """What a table counts."""
    kind, _, about = _kind(name)
    return texts(f"findings.definition.{kind}", about=about)


def _kind(name: str) -> tuple[str, str, str]:
    return name.partition("_") if name.startswith(("stops_", "dimensions_")) else (name, "", "")


def value_of(dimension: str, value: str, texts: Texts) -> str:
    """A value of a dimension in words; quarters and countries stand by their codes."""
    if value == TOTAL:
        return texts("findings.total")
    if dimension == "quarter" or (dimension == "country" and value.isupper()):
        return value
    return texts(f"findings.value.{dimension}.{value}")


def shown(cell: Shown, texts: Texts) -> str:
    """A cell in words."""
    return str(cell.number) if isinstance(cell, Released) else texts("findings.withheld")


def _table(one: Published, texts: Texts) -> Table:
    """The last dimension across, the others down; totals last."""
    *down, across = one.table.dimensions
    caption = f"{title_of(one.name, texts)}, {one.period}"
    if not down:
        rows = tuple((value_of(across.id, value, texts), shown(one.table.cells[value,], texts)) for value in _values(across) if (value,) in one.table.cells)
        return Table(caption, (texts(f"findings.by.{across.id}"), texts("findings.number")), rows)
    heads = (", ".join(texts(f"findings.by.{by.id}") for by in down), *(value_of(across.id, value, texts) for value in _values(across)))
    body = []
    for key in product(*(_values(by) for by in down)):
        head = ", ".join(value_of(by.id, value, texts) for by, value in zip(down, key, strict=True))
        body.append((head, *(shown(one.table.cells[*key, value], texts) for value in _values(across))))
    return Table(caption, heads, tuple(body))


def _values(one: Dimension) -> tuple[str, ...]:
    return (*one.values, TOTAL)


# Files for analysts


def rows_of(found: Sequence[Published]) -> Iterator[tuple[str | int | bool | None, ...]]:
    """Every cell of what was published; a cell that is withheld has no number."""
    for one in found:
        for key, cell in one.table.cells.items():
            by: list[str] = [part for dimension, value in zip(one.table.dimensions, key, strict=True) for part in (dimension.id, value or "total")]
            number = cell.number if isinstance(cell, Released) else None
            yield (one.publication, one.name, one.period, *by, *[""] * (6 - len(by)), number, number is None, one.table.rules.smallest, one.table.rules.base)


def as_csv(found: Sequence[Published]) -> bytes:
    """For spreadsheets and scripts."""
    return csv_file(Sheet(COLUMNS, rows_of(found)))


def as_parquet(found: Sequence[Published]) -> bytes:
    """For analysts' notebooks: whole numbers, empty where withheld, with the definition of it all in the file."""
    import pyarrow
    from pyarrow import parquet

    columns = list(zip(*rows_of(found), strict=True)) or [()] * len(COLUMNS)
    kinds = {"publication": pyarrow.int32(), "number": pyarrow.int64(), "withheld": pyarrow.bool_(), "smallest_group": pyarrow.int32(),
             "rounded_to": pyarrow.int32()}
    arrays = [pyarrow.array(list(column), kinds.get(name, pyarrow.string())) for name, column in zip(COLUMNS, columns, strict=True)]
    told = {"definitions": found[0].definitions if found else "", "says": "Registration is not prevalence. Numbers are rounded; withheld ones are empty."}
    table = pyarrow.table(arrays, names=list(COLUMNS)).replace_schema_metadata(told)
    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


def as_json(found: Sequence[Published]) -> list[dict[str, Any]]:
    """What the ledger published, with its hash."""
    return [{"publication": one.publication, "table": one.name, "hash": one.hash, "day": one.day, **json.loads(json.dumps(_body(one)))} for one in found]


def _body(one: Published) -> dict[str, Any]:
    return {**to_body(one.table, one.period), "definitions": one.definitions}


# The brief


def brief_blocks(found: Sequence[Finding], texts: Texts) -> tuple[Block, ...]:
    """A policy brief: each claim with its figures, what is asked of whom, and a word where it stands on one leg."""
    blocks: list[Block] = [statement(texts)]
    for one in found:
        said = one.raised
        pairs = [(texts(f"findings.field.{name}"), getattr(said, name)) for name in ("affected_group", "policy_ask", "addressee") if getattr(said, name)]
        pairs += [(texts("findings.field.channel"), texts(f"findings.channel.{said.channel}")),
                  (texts("findings.field.confidentiality"), texts(f"findings.confidentiality.{said.confidentiality}"))]
        if said.external_source:
            pairs.append((texts("findings.field.external_source"), ", ".join(filter(None, (said.external_source, said.external_page)))))
        blocks += [Heading(texts("findings.brief.finding", number=one.number)), Text(said.claim, "lead"), Facts(tuple(pairs))]
        if one.figures is not None:
            blocks += figure_blocks(one.figures, texts)
        if one.legs < LEGS:
            blocks.append(Notice(texts("findings.brief.leg.title"), texts("findings.brief.leg"), "open"))
    return tuple(blocks)


# Base rates


def screen_blocks(found: Predicted, texts: Texts) -> tuple[Block, ...]:
    """What a positive and a negative screen mean, in shares and in persons of so many."""
    rows = ((texts("findings.screen.positive"), str(found.true_positive), str(found.false_positive)),
            (texts("findings.screen.negative"), str(found.false_negative), str(found.true_negative)))
    heads = (texts("findings.screen.result", among=found.among), texts("findings.screen.concerned"), texts("findings.screen.not_concerned"))
    return (Text(_said(found.ppv, "ppv", texts), "strong"), Text(_said(found.npv, "npv", texts), "strong"),
            Table(texts("findings.screen.caption", among=found.among), heads, rows), Text(texts("findings.screen.says"), "quiet"))


def _said(rate: Rate, which: str, texts: Texts) -> str:
    """A share with its ends; where nothing gives a range, it says so instead of repeating the number."""
    return texts(f"findings.screen.{which}" if rate.low < rate.high else f"findings.screen.{which}_point", **_ends(rate))


def _ends(rate: Rate) -> dict[str, str]:
    return {"low": f"{100 * rate.low:.1f}", "point": f"{100 * rate.point:.1f}", "high": f"{100 * rate.high:.1f}"}

"""Rows of two sides: the ratio first, then whether it is what was wanted, then the figures of both."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

HEAD: Final = f"{'stock:ours':>10}  {'wanted':>7}  {'':>4}  {'stock':>9}  {'(from–to)':>19}  {'ours':>9}  {'(from–to)':>19}  what"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured on both sides in turn. `wanted` is how many times as much the stock side has to take; None where nothing was asked.

    With `most`, ours has to stay at or below that, whatever the stock side takes.
    """

    what: str
    unit: str
    stock: tuple[float, ...]
    ours: tuple[float, ...]
    wanted: float | None = None
    most: float | None = None

    @property
    def ratio(self) -> float:
        """Stock through ours, of the medians."""
        return median(self.stock) / (median(self.ours) or float("nan"))

    @property
    def holds(self) -> bool | None:
        """Whether it is what was wanted; None where nothing was."""
        if self.most is not None:
            return median(self.ours) <= self.most
        return None if self.wanted is None else self.ratio >= self.wanted

    def to_data(self) -> dict[str, Any]:
        """For JSON."""
        wanted = {"wanted_at_most": self.most} if self.most is not None else {"wanted": self.wanted}
        return {"what": self.what, "unit": self.unit, "ratio": round(self.ratio, 3), **wanted, "holds": self.holds,
                "stock": _figures(self.stock), "ours": _figures(self.ours)}


def show(rows: Iterable[Row]) -> str:
    """A line for each."""
    return "\n".join([HEAD, *(_line(row) for row in rows)])


def _line(row: Row) -> str:
    wanted = f"≤ {row.most:g}" if row.most is not None else f"{row.wanted:g}" if row.wanted is not None else "–"
    held = {True: "yes", False: "NO", None: ""}[row.holds]
    sides = "  ".join(f"{_number(median(one)):>9}  {f'({_number(min(one))}–{_number(max(one))})':>19}" for one in (row.stock, row.ours))
    return f"{row.ratio:>10.1f}  {wanted:>7}  {held:>4}  {sides}  {row.what}, {row.unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _figures(taken: Sequence[float]) -> dict[str, float | int]:
    return {"median": round(median(taken), 3), "from": round(min(taken), 3), "to": round(max(taken), 3), "runs": len(taken)}


def told(kind: str, rows: Sequence[Row], about: Mapping[str, Any]) -> dict[str, Any]:
    """Everything measured, with day and machine."""
    machine = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None}
    return {"kind": kind, "at": datetime.now(UTC).isoformat(timespec="minutes"), "machine": machine, **about, "measured": [row.to_data() for row in rows]}


def finish(kind: str, rows: Sequence[Row], about: Mapping[str, Any], *, as_json: bool, out: Path | None) -> None:
    """Print what was measured, and write it where that was asked for."""
    found = told(kind, rows, about)
    if out is not None:
        out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, ensure_ascii=False) if as_json else show(rows))

"""What a refresh has read so far, page by page, so that one that was broken off goes on where it stopped.

One file per dataset in the working folder beside the data. Each line is one page, written through to the disk before
the next is asked for; a line that was cut by a killed process is dropped. A journal of another server, another
question or another day is not gone on with: publishers renew their figures.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from safe_lib.sources.replacing import WORK
from safe_lib.sources.service import Cell, Hint, Page, Request, Series

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """One page that was read."""

    series: str
    address: str  # without secrets
    page: Page


class Journal:
    """The pages of one dataset, in the order in which they were read."""

    def __init__(self, folder: Path, dataset: str, origin: str, series: Sequence[Series], on: date) -> None:
        """Open the journal of a dataset; what belongs to another question is thrown away."""
        self.file = folder / WORK / f"{dataset}.jsonl"
        self.head = _line({"format": FORMAT, "origin": origin, "day": on.isoformat(), "asks": [asdict(one.first) for one in series]})
        self.pages: list[Kept] = self._read()
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._write("".join([self.head, *(_line(_as_data(kept)) for kept in self.pages)]).encode(), "wb")

    def of(self, series: str) -> list[Kept]:
        """The pages of one list."""
        return [kept for kept in self.pages if kept.series == series]

    def keep(self, kept: Kept) -> None:
        """Add a page, durable when this returns."""
        self._write(_line(_as_data(kept)).encode(), "ab")
        self.pages.append(kept)

    def end(self) -> None:
        """Throw it away: the edition is in its place, or cannot be used."""
        self.file.unlink(missing_ok=True)

    def _read(self) -> list[Kept]:
        try:
            head, *lines = self.file.read_text(encoding="utf-8").splitlines(keepends=True)
        except (OSError, UnicodeDecodeError, ValueError):
            return []
        if head != self.head:
            return []
        found = []
        for line in lines:
            try:
                found.append(_from_data(json.loads(line)))
            except (ValueError, KeyError, TypeError):
                break  # the process was killed while it wrote this line
        return found

    def _write(self, content: bytes, mode: str) -> None:
        with self.file.open(mode) as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _as_data(kept: Kept) -> Mapping[str, Any]:
    page = kept.page
    following = asdict(page.following) if isinstance(page.following, Request) else page.following
    return {"series": kept.series, "address": kept.address, "following": following, "edition": page.edition,
            "left_out": sorted(page.left_out), "kind": "hints" if any(isinstance(one, Hint) for one in page.found) else "cells",
            "found": [list(one) for one in page.found]}


def _from_data(data: Mapping[str, Any]) -> Kept:
    following = data["following"]
    if isinstance(following, dict):
        following = Request(following["path"], tuple((name, value) for name, value in following["query"]), following["body"])
    found: Any = tuple((Hint if data["kind"] == "hints" else Cell)(*one) for one in data["found"])
    return Kept(data["series"], data["address"], Page(found, following, data["edition"], frozenset(data["left_out"])))

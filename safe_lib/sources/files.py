"""Reads and writes the files of a dataset: figures, outside outcomes, and lists for reading."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from safe_lib.model.errors import CountryInfoError
from safe_lib.sources.description import Fetched, rewritten
from safe_lib.sources.feeds import FILES, Described
from safe_lib.sources.latest import COLUMNS, TABLE, parts, read_plain, table_text
from safe_lib.sources.notice import NOTICE, read_notice
from safe_lib.sources.replacing import current, replace_together
from safe_lib.sources.service import Figures, Hint

OUTCOME_COLUMNS: Final = ["iso3", "outcome", "value", "year", "source"]
HINTS_EACH: Final = 40  # reports for one country; the newest


def read_figures(folder: Path, id: str, kind: str, only: str = "") -> Figures:
    """The values that are here, of one indicator or of all; none where the dataset is not here."""
    file = current(folder, f"{id}/{FILES[kind]}")
    if not file.exists():
        return {}
    try:
        raw = file.read_bytes()
        text = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode()
        order = COLUMNS if kind == "figures" else OUTCOME_COLUMNS
        place = [order.index(name) for name in ("iso3", "indicator" if kind == "figures" else "outcome", "year", "value")]
        rows = [[cells[at] for at in place] for cells in list(csv.reader(text.splitlines()))[1:]]
        return {(iso3, name, int(year)): float(value) for iso3, name, year, value in rows if not only or name == only}
    except (OSError, EOFError, ValueError, IndexError):
        raise CountryInfoError(f"{id}/{file.name}", 0, "the file that is here cannot be read.", repair="Restore it from the history.") from None


def figures_content(figures: Figures, kind: str, source: str) -> bytes:
    """The bytes of a data file; the same values give the same bytes."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    if kind == "figures":
        lines.writerow(COLUMNS)
        lines.writerows((iso3, indicator, year, _short(figures[iso3, indicator, year])) for iso3, indicator, year in sorted(figures))
        return gzip.compress(text.getvalue().encode(), mtime=0)
    lines.writerow(OUTCOME_COLUMNS)
    lines.writerows((iso3, outcome, _short(figures[iso3, outcome, year]), year, source) for iso3, outcome, year in sorted(figures))
    return text.getvalue().encode()


def _short(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def scales(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Indicator → the lowest and the highest value it can have."""
    described = read_plain(folder / "indicators.yaml").get("indicators") or {}
    return {id: about.get("scale") or {} for id, about in described.items()}


def newest_hints(hints: Iterable[Hint]) -> tuple[Hint, ...]:
    """The newest reports of each country, each once."""
    found: dict[str, dict[str, Hint]] = {}
    for hint in sorted(set(hints), key=lambda one: (one.iso3, _backwards(one.day), one.title)):
        of_country = found.setdefault(hint.iso3, {})
        if len(of_country) < HINTS_EACH:
            of_country.setdefault(hint.link, hint)
    return tuple(hint for of_country in found.values() for hint in of_country.values())


def _backwards(day: str) -> int:
    return -int(day.replace("-", "") or "0")


def hints_text(hints: Iterable[Hint]) -> bytes:
    """One line for each report."""
    return "".join(json.dumps(hint._asdict(), ensure_ascii=False, separators=(",", ":")) + "\n" for hint in hints).encode()


def read_hints(folder: Path, id: str) -> tuple[Hint, ...]:
    """The reports that are here; none where the list was never fetched."""
    file = current(folder, f"{id}/{FILES['reading']}")
    if not file.exists():
        return ()
    try:
        return tuple(Hint(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError, TypeError):
        raise CountryInfoError(f"{id}/{file.name}", 0, "the list that is here cannot be read.", repair=f"Fetch it again: safe refresh {id}") from None


def put(folder: Path, one: Described, about: Mapping[str, Any], fetched: Fetched) -> None:
    """Put a checked edition in the place of the old one, with the description, the table and the notice that belong to it.

    Args:
        folder: `country_info/_datasets`.
        one: the dataset as it was.
        about: what its description says from now on.
        fetched: the new edition.

    Raises:
        CountryInfoError: the table of newest figures cannot be made with it; nothing is changed.
    """
    before = current(folder, f"{one.id}/dataset.yaml").read_text(encoding="utf-8") if one.is_here else ""
    new = {f"{one.id}/{fetched.file}": fetched.content, f"{one.id}/dataset.yaml": rewritten(one.id, about, fetched, before).encode()}

    def further(making: Path) -> Mapping[str, bytes]:
        made = {name: making / name for name in new if name.endswith(("/data.csv.gz", "/dataset.yaml"))}
        table = table_text(dict(sorted({**parts(folder), **made}.items())), folder / "countries.csv")
        return {TABLE: table.encode(), NOTICE: read_notice(folder, {name: new[name] for name in new if name.endswith(".yaml")}).encode()}

    replace_together(folder, new, further)

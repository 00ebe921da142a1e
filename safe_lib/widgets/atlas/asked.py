"""What an address of the country workbook asks for, and addresses that ask for something else.

Everything the page can show stands in its address, so that no script is needed and a link can be kept. Nothing of a person
is ever in it but the reference of a case, where one is open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from safe_lib.catalogue.outlines import WORLD, load_outlines

MOST_BESIDE: Final = 3  # countries beside the first: four together
LONGEST: Final = 200  # letters of a search
STATUSES: Final = ("current", "outdated", "single", "conflicting")  # by which claims can be looked for
_CODE: Final = re.compile(r"[A-Z]{3}")
_THEME: Final = re.compile(r"T\d\d")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to show: one country or none, others beside it, a theme, words to look for, a map, a day."""

    country: str = ""  # three letters
    beside: tuple[str, ...] = ()  # three letters each
    theme: str = ""  # of the map, and of a search
    words: str = ""  # to look for in claims
    status: str = ""  # of the claims looked for
    name: str = ""  # of a country, as somebody typed it
    sheet: str = WORLD  # the map
    on: date | None = None  # None: today
    case: str = ""
    unread: tuple[str, ...] = field(default=())  # names of parts that could not be understood, such as `date`

    @property
    def countries(self) -> tuple[str, ...]:
        """The country and those beside it."""
        return (self.country, *self.beside) if self.country else self.beside


def asked_of(query: str | Mapping[str, Sequence[str]]) -> Asked:
    """Read an address; what cannot be understood is left out and named, never guessed."""
    said = parse_qs(query.lstrip("?"), max_num_fields=40) if isinstance(query, str) else query
    one = {key: str(values[-1]).strip() for key, values in said.items() if values}
    day, bad_day = _day(one.get("date", ""))
    codes = list(dict.fromkeys(code.strip().upper() for code in said.get("with", ()) if code.strip()))
    country, beside = one.get("country", "").upper(), [code for code in codes if _CODE.fullmatch(code)]
    known = {
        "country": not country or bool(_CODE.fullmatch(country)),
        "with": len(beside) == len(codes) and len(beside) <= MOST_BESIDE,
        "theme": not one.get("theme") or bool(_THEME.fullmatch(one["theme"])),
        "status": one.get("status", "") in ("", *STATUSES),
        "map": one.get("map", WORLD) in load_outlines().sheets,
        "date": not bad_day,
    }
    return Asked(
        country=country if known["country"] else "",
        beside=tuple(code for code in beside if code != country)[:MOST_BESIDE],
        theme=one.get("theme", "") if known["theme"] else "",
        words=one.get("q", "")[:LONGEST],
        status=one.get("status", "") if known["status"] else "",
        name=one.get("name", "")[:LONGEST],
        sheet=one.get("map", WORLD) if known["map"] else WORLD,
        on=day,
        case=one.get("case", ""),
        unread=tuple(key for key, fine in known.items() if not fine),
    )


def _day(text: str) -> tuple[date | None, bool]:
    """The day, and whether something was written that is none."""
    if not text:
        return None, False
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None, not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
    except ValueError:
        return None, True


def parts_of(asked: Asked) -> list[tuple[str, str]]:
    """The parts of an address that asks for this, without the language."""
    said = [
        ("case", asked.case),
        ("country", asked.country),
        *(("with", code) for code in asked.beside),
        ("theme", asked.theme),
        ("q", asked.words),
        ("status", asked.status),
        ("name", asked.name),
        ("map", "" if asked.sheet == WORLD else asked.sheet),
        ("date", asked.on.isoformat() if asked.on else ""),
    ]
    return [(key, value) for key, value in said if value]


def link(asked: Asked, language: str, anchor: str = "", **changes: Any) -> str:
    """The address that asks for the same with some changes, within this page and ready for an attribute."""
    parts = [*parts_of(replace(asked, **changes)), ("lang", language)]
    return escape(f"?{urlencode(parts)}{'#' + anchor if anchor else ''}")


def hidden(asked: Asked, language: str, without: Iterable[str]) -> str:
    """The parts of the address that a form has to keep; `without` are those the form asks for itself."""
    left_out = set(without)
    return "".join(
        f'<input type="hidden" name="{key}" value="{escape(value)}">' for key, value in [*parts_of(asked), ("lang", language)] if key not in left_out
    )

"""What the address of the social map asks for, and how links say it. A person is known here by a case reference at most."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from safe_lib.catalogue.organisations import load_vocabulary
from safe_lib.engine.directory import Looked

LONGEST: Final = 200  # letters of a search
MOST_PAGES: Final = 10_000
NEW: Final = "new"  # in place of an entry: one is to be added
REFERRAL: Final = "referral"  # the page on which an organisation is asked for one person
VIEWS: Final = ("verify", "gaps")  # parts that are made when they are asked for
_COUNTRY: Final = re.compile(r"[A-Z]{3}")
_ENTRY: Final = re.compile(r"[a-z]{2,3}-[a-z0-9-]{1,57}|new")
_CODE: Final = re.compile(r"[a-z_]{1,40}|[A-Z]{2}-[A-Z0-9]{1,4}|[a-z]{2,3}")
_BOX: Final = re.compile(r"-?\d{1,4},-?\d{1,4},(?:0\.05|0\.1|0\.25|0\.5|1|2|5)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to show; an empty part asks for nothing."""

    country: str = ""
    region: str = ""
    need: str = ""
    service: str = ""
    target: str = ""
    spoken: str = ""  # language in which they can be spoken to
    words: str = ""
    box: str = ""  # a cell of the map; see `reading.Box`
    entry: str = ""
    edit: bool = False  # the form to correct it
    page: int = 1
    show: str = ""  # verify | gaps
    case: str = ""
    residence: str = ""
    agrees: str = ""  # yes | no: whether the person agrees to contact with an authority
    avoid: tuple[str, ...] = ()
    on: date | None = None
    unread: tuple[str, ...] = field(default=())

    @property
    def looked(self) -> Looked:
        """The same for the engine."""
        return Looked(self.country, self.region, self.service, self.target, self.spoken, self.words)

    @property
    def looks(self) -> bool:
        """Whether anything is looked for."""
        return any((self.country, self.need, self.service, self.target, self.spoken, self.words))


def asked_of(query: str | Mapping[str, Sequence[str]]) -> Asked:
    """Read an address; what cannot be understood is left out and named, never guessed."""
    said = parse_qs(query.lstrip("?"), max_num_fields=60) if isinstance(query, str) else query
    one = {key: str(values[-1]).strip() for key, values in said.items() if values}
    words = load_vocabulary()
    country, day = one.get("country", "").upper(), _day(one.get("date", ""))
    needs = {need.id for need in words.needs}
    fine = {
        "country": not country or bool(_COUNTRY.fullmatch(country)),
        "region": _is(one, "region", _CODE),
        "need": not one.get("need") or one["need"] in needs,
        "service": not one.get("service") or one["service"] in words.services,
        "group": not one.get("group") or one["group"] in words.target_groups,
        "spoken": _is(one, "spoken", _CODE),
        "box": _is(one, "box", _BOX),
        "entry": _is(one, "entry", _ENTRY),
        "residence": not one.get("residence") or one["residence"] in words.residence,
        "date": not one.get("date") or day is not None,
    }
    kept = {key: one.get(key, "") if good else "" for key, good in fine.items()}
    page = one.get("page", "1")
    return Asked(
        country=country if fine["country"] else "",
        region=kept["region"],
        need=kept["need"],
        service=kept["service"],
        target=kept["group"],
        spoken=kept["spoken"],
        words=one.get("q", "")[:LONGEST],
        box=kept["box"],
        entry=kept["entry"],
        edit=one.get("edit") == "yes",
        page=min(max(int(page), 1), MOST_PAGES) if page.isascii() and page.isdecimal() and len(page) < 6 else 1,
        show=one.get("show", "") if one.get("show", "") in VIEWS else "",
        case=one.get("case", ""),
        residence=kept["residence"],
        agrees=one.get("agrees", "") if one.get("agrees", "") in ("yes", "no") else "",
        avoid=tuple(code for code in said.get("avoid", ()) if _CODE.fullmatch(code))[:20],
        on=day,
        unread=tuple(key for key, good in fine.items() if not good),
    )


def _is(one: Mapping[str, str], key: str, form: re.Pattern[str]) -> bool:
    return not one.get(key) or bool(form.fullmatch(one[key]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def parts_of(asked: Asked) -> list[tuple[str, str]]:
    """The parts of an address that asks for this, without the language."""
    said = [
        ("case", asked.case),
        ("country", asked.country),
        ("region", asked.region),
        ("need", asked.need),
        ("service", asked.service),
        ("group", asked.target),
        ("spoken", asked.spoken),
        ("q", asked.words),
        ("box", asked.box),
        ("entry", asked.entry),
        ("edit", "yes" if asked.edit else ""),
        ("page", "" if asked.page == 1 else str(asked.page)),
        ("show", asked.show),
        ("residence", asked.residence),
        ("agrees", asked.agrees),
        *(("avoid", code) for code in asked.avoid),
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


def refer_address(asked: Asked, language: str, entry: str, need: str = "") -> str:
    """The page on which an organisation is asked for the person of the open case, with what was added for this look; ready for an attribute."""
    bare = replace(asked, entry=entry, need=need or asked.need, edit=False, page=1, show="", box="", words="", service="")
    return escape(f"/{REFERRAL}?{urlencode([*parts_of(bare), ('lang', language)])}")

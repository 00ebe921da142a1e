"""Which lists of `country_info` may be changed from the pages and commands: one record for each, and nothing else to add.

A list has entries with an `id`, in a file with `version` and `history`: the claims, and the organisations of a country.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.amending import entry_of
from safe_lib.catalogue.change_rules import Broken, common_rules
from safe_lib.catalogue.claim_rules import claim_rules
from safe_lib.catalogue.claims import NOBODY
from safe_lib.catalogue.countries import country_as, load_themes
from safe_lib.catalogue.lines import read_text
from safe_lib.catalogue.organisation_writing import ORDER, organisation_rules
from safe_lib.catalogue.organisations import FILE, directory_as
from safe_lib.model.change import Change, Wrong
from safe_lib.model.errors import CatalogueError, Problems, WrongUse
from safe_lib.model.organisation import NOBODY as NOT_REVIEWED

Rules = Callable[[Change, Mapping[str, Any], date], Iterator[Broken]]
Read = Callable[[str, bytes], object]

_PLACE: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Listing:
    """One kind of list.

    `read` reads a whole file of this kind as `safe check` does, and raises what is wrong with it; `rules` are those for
    what is new. `stamp` is the field that says who looked at an entry last, `nobody` what it says until then.
    """

    key: str  # of the list in its file
    file: str
    order: tuple[str, ...]  # of the fields of an entry
    stamp: str
    nobody: Any
    group: str  # entries that agree on this field stand together
    heading: Callable[[Mapping[str, Any]], str]  # a comment above the first entry of its group; empty: none
    read: Read
    rules: tuple[Rules, ...]

    def path(self, place: str) -> Path:
        """The file of this list for one country.

        Raises:
            WrongUse: there is no such country, or it has no file yet.
        """
        file = paths.COUNTRY_INFO / place / self.file
        if not _PLACE.fullmatch(place) or not file.is_file():
            raise WrongUse(f"There is no {self.file} of a country of this name.\n"
                           "  Use three letters such as XAA; a new country begins with a file, see country_info/README.md.")
        return file

    def name(self, place: str) -> str:
        """The file as messages and proposals name it."""
        return f"{place}/{self.file}"

    def problems(self, change: Change, result: bytes) -> tuple[Wrong, ...]:
        """What `safe check` would say of the file as it would be, each beside the field of the change that it is about."""
        try:
            self.read(change.place, result)
        except Problems as several:
            found: tuple[CatalogueError, ...] = tuple(several.problems)
        except CatalogueError as problem:
            found = (problem,)
        else:
            return ()
        listed = read_text(result, self.name(change.place)).get(self.key) or []
        number = next((number for number, entry in enumerate(listed) if isinstance(entry, dict) and entry.get("id") == change.id), None)
        return tuple(self._wrong(problem, number) for problem in found)

    def _wrong(self, problem: CatalogueError, number: int | None) -> Wrong:
        match problem.where:
            case (self.key, place, str(field), *_) if place == number:
                return Wrong(field, f"{problem.problem} {problem.repair}")
            case ("sources", str(id), str(field), *_):
                return Wrong(f"sources.{id}.{field}", f"{problem.problem} {problem.repair}")
        return Wrong("", str(problem))


def entry_now(raw: bytes, listing: Listing, id: str, file: str = "") -> dict[str, Any] | None:
    """An entry as it stands in a file, which messages call `file`; None where there is none with this id."""
    return entry_of(read_text(raw, file or listing.file), listing.key, id)


def listing_of(key: str) -> Listing:
    """The kind of list with this key.

    Raises:
        WrongUse: there is none.
    """
    if key not in LISTINGS:
        raise WrongUse(f"There is no list of {key} that can be changed here.\n  There are: {', '.join(LISTINGS)}.")
    return LISTINGS[key]


def _theme_heading(entry: Mapping[str, Any]) -> str:
    theme = load_themes().get(str(entry.get("theme", "")))
    return f"{theme.id} {theme.title}." if theme else ""


CLAIMS: Final = Listing(
    key="claims",
    file="profile.yaml",
    order=("id", "theme", "level", "says", "applies_to", "as_of", "review_by", "sources", "disagrees_with", "checked", "note"),
    stamp="checked",
    nobody=NOBODY,
    group="theme",
    heading=_theme_heading,
    read=country_as,
    rules=(common_rules, claim_rules),
)
ORGANISATIONS: Final = Listing(
    key="organisations",
    file=FILE,
    order=ORDER,
    stamp="reviewed",
    nobody=NOT_REVIEWED,
    group="",
    heading=lambda entry: "",
    read=directory_as,
    rules=(organisation_rules,),
)
LISTINGS: Final[dict[str, Listing]] = {listing.key: listing for listing in (CLAIMS, ORGANISATIONS)}

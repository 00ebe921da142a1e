"""Which datasets there are, which of them can be fetched, and what their descriptions say."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from safe_lib.model.errors import CountryInfoError, WrongUse
from safe_lib.sources import acled, eurostat, hapi, reliefweb, ucdp, unhcr, who_gho, world_bank
from safe_lib.sources.latest import read_plain
from safe_lib.sources.notice import NOT_SHIPPED
from safe_lib.sources.replacing import current, names
from safe_lib.sources.service import Codes, Feed, Service

SERVICES: Final[Mapping[str, Service]] = {
    module.SERVICE.id: module.SERVICE for module in (world_bank, unhcr, ucdp, who_gho, eurostat, hapi, reliefweb, acled)}
ALSO_CALLED: Final = {"who": "who_gho", "gho": "who_gho", "worldbank": "world_bank", "wb": "world_bank", "hdx": "hapi", "hdx_hapi": "hapi"}
FILES: Final = {"figures": "data.csv.gz", "outcomes": "outcomes.csv", "reading": "reports.jsonl"}


@dataclass(frozen=True, slots=True)
class Described:
    """A dataset as its description tells it."""

    id: str
    about: Mapping[str, Any]  # title, edition and credit may still name `{edition}` and `{day}`
    feed: Feed | None  # None: it comes by hand
    here: Mapping[str, Any]  # the description of the edition that is here; empty where it was never fetched

    @property
    def is_here(self) -> bool:
        """Whether there is an edition of it."""
        return bool(self.here)

    @property
    def service(self) -> Service | None:
        """The publisher's service."""
        return SERVICES[self.feed.service] if self.feed else None


def described(folder: Path) -> tuple[Described, ...]:
    """Every dataset: those that are here by name, then those that are not shipped.

    Raises:
        CountryInfoError: a description names a service that there is not, or no codes.
    """
    here = sorted(name.partition("/")[0] for name in names(folder, "*/dataset.yaml"))
    others = read_plain(folder / NOT_SHIPPED).get("datasets") or {}
    found = []
    for id in here:
        said = read_plain(current(folder, f"{id}/dataset.yaml"))
        about = {**said, **others.get(id, {})}  # its words before edition and day were filled in
        found.append(Described(id, about, _feed(id, about), said))
    return (*found, *(Described(id, about, _feed(id, about), {}) for id, about in others.items() if id not in here))


def _feed(id: str, about: Mapping[str, Any]) -> Feed | None:
    asked = about.get("refresh")
    if asked is None:
        return None
    if not isinstance(asked, dict) or asked.get("service") not in SERVICES or not isinstance(asked.get("codes"), dict):
        raise CountryInfoError(f"{id}/dataset.yaml", 0, "the `refresh` part names no service that there is, or no codes.",
                               repair=f"Write service: one of {', '.join(SERVICES)}, and codes: indicator to code.")
    return Feed(id, asked["service"], asked["codes"], asked)


def chosen(all_of_them: tuple[Described, ...], source: str | None) -> tuple[Described, ...]:
    """The datasets that are fetched: those of a service, one by name, or all that are here already.

    Raises:
        WrongUse: there is no such service or dataset, or it comes by hand.
    """
    source = ALSO_CALLED.get(source.lower(), source) if source else None
    if source is None:
        return tuple(one for one in all_of_them if one.feed and one.is_here)
    found = tuple(one for one in all_of_them if one.feed and source in (one.id, one.feed.service))
    if not found and any(one.id == source for one in all_of_them):
        raise WrongUse(f"safe refresh: {source} has no service to ask; it comes as a file of its publisher.\n"
                       f"  Read one in: safe refresh {source} --file FILE")
    if not found:
        fetched = sorted(one.id for one in all_of_them if one.feed)
        raise WrongUse(f"safe refresh: there is no such source.\n  Services: {', '.join(SERVICES)}. Datasets: {', '.join(fetched)}.")
    return found


def codes_of(folder: Path) -> Codes:
    """The codes of all countries, as `countries.csv` has them."""
    with (folder / "countries.csv").open(encoding="utf-8", newline="") as lines:  # "NA" (Namibia) stays text here
        return Codes(tuple(csv.DictReader(lines)))


def in_order(feeds: tuple[Described, ...]) -> tuple[Described, ...]:
    """Population first: the rates of other datasets are made with it."""
    return tuple(sorted(feeds, key=lambda one: (bool(one.feed and one.feed.settings.get("rates")), one.id)))

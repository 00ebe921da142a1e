"""Changes that several tests propose: a copy of the country information to change, and a renewed claim about Exampleland."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from safe_lib import changes
from safe_lib.casework import Desk
from safe_lib.catalogue import paths
from safe_lib.model.change import Change

CLAIM = "shelter_places_now"
FIELDS: dict[str, Any] = {
    "says": "Three shelters with 71 places together; two people were on the waiting list on 10 November 2026.", "level": "partial",
    "as_of": "2026-11-10", "review_by": "2027-05-10", "sources": ["shelter_interview_2026", "places_2026"],
}
SOURCE: dict[str, Any] = {
    "title": "Places: an overview", "publisher": "Example Ministry of Justice", "kind": "government", "published": "2026-11-15", "retrieved": "2026-11-20",
    "url": "https://example.org/places", "where": "table 2", "quotation": "Seventy-one places stood ready on 10 November.",
}
DIFFERS = "A third shelter admits women with children in Norrin."


def copy_of_countries(folder: Path) -> Path:
    """The country information where a test may change it; what begins with _ is only linked, nothing changes them."""
    made = folder / "country_info"
    for profile in paths.COUNTRY_INFO.glob("*/profile.yaml"):
        (made / profile.parent.name).mkdir(parents=True)
        shutil.copyfile(profile, made / profile.parent.name / "profile.yaml")
    for folder_of_data in paths.COUNTRY_INFO.glob("_*"):
        (made / folder_of_data.name).symlink_to(folder_of_data)
    shutil.copyfile(paths.COUNTRY_INFO / "themes.yaml", made / "themes.yaml")
    return made


def renewal(desk: Desk, **more: Any) -> Change:
    """The claim on shelter places in Exampleland, renewed with a new source."""
    said: dict[str, Any] = {"sources": {"places_2026": SOURCE}, "differs": DIFFERS, **more}
    return changes.change_for(desk, "XAA", "claims", "renew", CLAIM, {**FIELDS, **said.pop("fields", {})}, **said)


def addition(desk: Desk, **fields: Any) -> Change:
    """A new claim on papers, a theme of Exampleland that has none."""
    entry = {"theme": "T15", "level": "weak", "says": "A lost passport is replaced within nine weeks.", "applies_to": {"who": "adults", "where": "Lindava"},
             "as_of": "2026-10-31", "review_by": "2027-04-30", "sources": ["justice_ministry_2026"]}
    return changes.change_for(desk, "XAA", "claims", "add", "papers_nine_weeks", {**entry, **fields}, differs="Papers can be had, slowly.")


def as_person(desk: Desk, name: str) -> Desk:
    """The same desk with somebody else at it."""
    return replace(desk, person=name)

"""The chapters of a report that tells an account beside country information, such as the personal safety report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: whose answers it tells, for which futures, and on which topics sources are heard."""

    id: str
    futures: tuple[str, ...]  # scenarios: the first that is considered gives the answers, the first with a country the place
    asks: tuple[str, ...]  # groups with the person's own words
    items: tuple[str, ...]  # of the instrument that weighs
    hard_stops: tuple[str, ...]
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapters:
    """A whole report: its chapters in their order, the two instruments it draws on, and who may have it."""

    id: str
    version: str
    weighs: str
    asks: str
    readers: tuple[str, ...]  # profiles
    chapters: tuple[Chapter, ...]
    left_out: Mapping[str, str]  # domain or hard stop → why it stands in no chapter

    @property
    def themes(self) -> tuple[str, ...]:
        """Every topic of every chapter, in their order."""
        return tuple(sorted({theme for chapter in self.chapters for theme in chapter.themes}))

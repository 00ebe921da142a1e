"""Kept assessments that somebody should look at again, in words: for the terminal, the page and other programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from safe_lib.casework import country_named
from safe_lib.catalogue import instrument_files, load_instrument, translated
from safe_lib.engine.grounds import Changed
from safe_lib.model.document import Block, Heading, Table, Text
from safe_lib.model.errors import SafeError
from safe_lib.model.grounds import Result
from safe_lib.model.instrument import Instrument
from safe_lib.model.texts import Texts
from safe_lib.reassessing import Again, Reassessed

EXPIRED = "claim_expired"


def blocks(found: Reassessed, texts: Texts, *, resting: bool) -> tuple[Block, ...]:
    """What would come out otherwise; with `resting` also what stays on other ground, and which claims are waited for most."""
    listed: list[Block] = [Text(texts("reassess.looked", kept=found.kept, computed=found.computed), "quiet")]
    if found.differing:
        listed += [Heading(texts("reassess.differing")), table(found.differing, texts)]
    else:
        listed.append(Text(texts("reassess.none")))
    if resting and found.resting:
        listed += [Heading(texts("reassess.resting")), Text(texts("reassess.resting_about"), "quiet"), table(found.resting, texts)]
    if resting:
        listed += waited_for(found, texts)
    return tuple(listed)


def table(found: tuple[Again, ...], texts: Texts) -> Table:
    """One row for each kept assessment: both outcomes, what moves, and why."""
    columns = tuple(texts(f"reassess.{name}") for name in ("case", "instrument", "future", "before", "after", "moved", "why"))
    return Table("", columns, tuple(_row(one, texts) for one in found))


def _row(one: Again, texts: Texts) -> tuple[str, ...]:
    words = _Words(one, texts)
    return (one.ref, words.title, words.future, words.outcome(one.then), words.outcome(one.now), "; ".join(words.moved()) or "–", _why(one, texts))


def _why(one: Again, texts: Texts) -> str:
    """What moved the result in full; of the rest, the topics."""
    told = [changed for changed in one.why if changed in one.telling or not one.differs]
    others = dict.fromkeys(changed.theme for changed in one.why if changed not in told and changed.theme)
    sentences = [why_words(changed, texts) for changed in told]
    return " ".join([*sentences, *([texts("reassess.also", topics=", ".join(others))] if others else [])]) or "–"


class _Words:
    """The titles of one instrument around one kept assessment."""

    def __init__(self, one: Again, texts: Texts) -> None:
        self.one, self.texts = one, texts
        self.instrument = _instrument(one.instrument, texts.language)

    @property
    def title(self) -> str:
        return self.instrument.title if self.instrument else self.one.instrument

    @property
    def future(self) -> str:
        titles = {kind.id: kind.title for kind in self.instrument.scenarios} if self.instrument else {}
        return titles.get(self.one.scenario, self.one.scenario) or self.texts("reassess.all_futures")

    def outcome(self, result: Result) -> str:
        titles = {row.id: row.title for row in reversed(self.instrument.outcomes)} if self.instrument else {}
        return titles.get(result.outcome) or (self.texts("outcome.open") if result.outcome == "open" else result.outcome)

    def moved(self) -> list[str]:
        """Each domain or dimension that moves, and each flag raised or gone."""
        titles = {group.id: group.title for group in self.instrument.groups} if self.instrument else {}
        found = [self._moved(titles.get(id, id), before, after) for id, (before, after) in self.one.moved.items()]
        then, now = self.one.then.flags, self.one.now.flags
        found += [self.texts("reassess.flag_raised", flag=self._flag(flag)) for flag in now if flag not in then]
        return found + [self.texts("reassess.flag_gone", flag=self._flag(flag)) for flag in then if flag not in now]

    def _moved(self, title: str, before: tuple[str, str], after: tuple[str, str]) -> str:
        facts = {"title": title, "before": self._level(before[0]), "after": self._level(after[0]), "known_before": self._known(before[1]),
                 "known_after": self._known(after[1])}
        key = "level" if before[1] == after[1] else "confidence" if before[0] == after[0] else "both"
        return self.texts(f"reassess.moved_{key}", **facts)

    def _level(self, level: str) -> str:
        return next((self.texts(f"{kind}.{level}") for kind in ("level", "result") if self.texts.has(f"{kind}.{level}")), level or "–")

    def _known(self, confidence: str) -> str:
        return self.texts(f"confidence.{confidence}") if confidence else "–"

    def _flag(self, flag: str) -> str:
        key = f"flag.{flag}"
        return self.texts(key) if self.texts.has(key) else flag.replace("_", " ")


def _instrument(id: str, language: str) -> Instrument | None:
    return translated(load_instrument(id), language) if id in instrument_files() else None


def why_words(changed: Changed, texts: Texts) -> str:
    """One reason as a sentence."""
    theme = f"{changed.theme} {texts(f'theme.{changed.theme}')}" if texts.has(f"theme.{changed.theme}") else changed.theme
    facts = {"theme": theme, "id": changed.id, "before": changed.before or "–", "after": changed.after or "–"}
    if changed.what == "claim_changed" and changed.before != changed.after:
        levels = {name: texts(f"level.{facts[name]}") if texts.has(f"level.{facts[name]}") else facts[name] for name in ("before", "after")}
        return texts("reassess.why.claim_level", **{**facts, **levels})
    return texts(f"reassess.why.{changed.what}", **facts)


@dataclass(frozen=True, slots=True)
class Expired:
    """One claim that ran out, and how many kept assessments draw on it."""

    country: str
    theme: str
    id: str
    day: str  # on which its review was due
    count: int


def expired(found: Reassessed) -> list[Expired]:
    """The claims that ran out, those that most kept assessments draw on first. Claims are put in order, never cases or persons."""
    counted = Counter((one.country, changed.theme, changed.id, changed.after) for one in found.found for changed in one.why if changed.what == EXPIRED)
    return [Expired(*claim, count) for claim, count in sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))]


def waited_for(found: Reassessed, texts: Texts) -> list[Block]:
    """The claims that ran out as a table; nothing where none did."""
    listed = expired(found)
    if not listed:
        return []
    rows = tuple((f"{one.country} {one.id}", says_of(one.country, one.id), f"{one.theme} {texts(f'theme.{one.theme}')}", one.day, str(one.count))
                 for one in listed)
    columns = (texts("reassess.claim"), texts("views.claims"), texts("views.themes"), texts("return.review_by"), texts("reassess.count"))
    return [Heading(texts("reassess.renew")), Text(texts("reassess.renew_about"), "quiet"), Table("", columns, rows)]


def says_of(iso3: str, claim_id: str) -> str:
    """What a claim says today; a dash where it is no longer there."""
    try:
        country = country_named(iso3)
    except SafeError:
        return "–"
    return next((claim.says for claim in country.claims if claim.id == claim_id), "–")


def as_data(one: Again, texts: Texts) -> dict[str, Any]:
    """One kept assessment for other programs; `before` and `after` are the outcomes."""
    return {
        "case": one.ref, "instrument": one.instrument, "scenario": one.scenario, "before": one.then.outcome, "after": one.now.outcome,
        "differs": one.differs, "kept": one.kept, "country": one.country or None,
        "domains": {id: {"before": _known(before), "after": _known(after)} for id, (before, after) in one.moved.items()},
        "flags": {"before": list(one.then.flags), "after": list(one.now.flags)},
        "why": [{"what": changed.what, "theme": changed.theme or None, "id": changed.id or None, "before": changed.before or None,
                 "after": changed.after or None, "moved": changed in one.telling, "says": why_words(changed, texts)} for changed in one.why],
    }


def _known(both: tuple[str, str]) -> dict[str, str | None]:
    level, confidence = both
    return {"level": level or None, "confidence": confidence or None}

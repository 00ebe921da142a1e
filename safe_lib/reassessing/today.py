"""What is known today of everything that kept assessments rest on, read once for all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from safe_lib.casework import country_named, made_with
from safe_lib.catalogue import instrument_files, load_instrument
from safe_lib.engine.assess import ENGINE, seen_in
from safe_lib.engine.conditions import Seen
from safe_lib.engine.country import theme_view
from safe_lib.engine.grounds import Changed, can_matter, changes, snapshot
from safe_lib.model.country import Country
from safe_lib.model.errors import WrongUse
from safe_lib.model.grounds import KeptLine, Marks, Result, Snapshot
from safe_lib.model.instrument import Instrument
from safe_lib.store import Store

NOTHING: Mapping[str, Seen] = {}


@dataclass
class Today:
    """The instruments and countries of one day beside the snapshots of a store; each is read when it is first asked for."""

    store: Store
    on: date
    _instruments: dict[str, Instrument | None] = field(default_factory=dict)
    _countries: dict[str, Country | None] = field(default_factory=dict)
    _seen: dict[str, Mapping[str, Seen]] = field(default_factory=dict)
    _held: dict[str, Snapshot] = field(default_factory=dict)
    _changes: dict[str, tuple[Changed, ...]] = field(default_factory=dict)
    _can_matter: dict[str, bool] = field(default_factory=dict)

    def instrument(self, id: str) -> Instrument | None:
        """The instrument as it is now; None where its file is gone."""
        if id not in self._instruments:
            self._instruments[id] = load_instrument(id) if id in instrument_files() else None
        return self._instruments[id]

    def country(self, iso3: str) -> Country | None:
        """The country as it is now; None where there is none, or none was named."""
        if iso3 not in self._countries:
            try:
                self._countries[iso3] = country_named(iso3) if iso3 else None
            except WrongUse:  # somebody wrote a code that is no country, or its folder is gone
                self._countries[iso3] = None
        return self._countries[iso3]

    def seen(self, iso3: str) -> Mapping[str, Seen]:
        """Topic → what rules may know of it today, for one country; nothing where there is none."""
        if iso3 not in self._seen:
            country = self.country(iso3)
            self._seen[iso3] = {theme: seen_in(theme_view(country, theme, self.on)) for theme in country.themes} if country else NOTHING
        return self._seen[iso3]

    def country_kept(self, line: KeptLine) -> str:
        """The country a kept assessment rests on; empty for none."""
        if line.grounds is None:
            return str((self.kept_json(line).get("country") or {}).get("iso3", ""))
        return self.held(line.grounds.snapshot).get("country") or ""

    def kept_json(self, line: KeptLine) -> Mapping[str, Any]:
        """The whole of a kept assessment, for one that was kept before its grounds were."""
        found: Mapping[str, Any] = json.loads(self.store.kept_text(line.id))
        return found

    def result_kept(self, line: KeptLine) -> Result:
        """What a kept assessment concluded."""
        if line.grounds is not None:
            return line.grounds.result
        said = self.kept_json(line)
        domains = said.get("domains", {})
        levels = {id: one["level"] for id, one in domains.items()} or {id: one["result"] for id, one in said.get("dimensions", {}).items()}
        return Result(said["outcome"]["id"], levels, {id: one["confidence"] for id, one in domains.items()}, tuple(said.get("flags", ())))

    def may_differ(self, line: KeptLine, marks: Marks) -> bool:
        """Whether anything that could change a result is otherwise than when this was kept."""
        grounds, instrument = line.grounds, self.instrument(line.instrument)
        if instrument is None:
            return False
        if grounds is None or marks != line.marks:
            return True
        return made_with(instrument) != grounds.instrument or grounds.engine != ENGINE or self._may_matter(grounds.snapshot)

    def _may_matter(self, hash: str) -> bool:
        if hash not in self._can_matter:
            held = self.held(hash)
            seen = self.seen(held.get("country") or "")
            self._can_matter[hash] = can_matter(held, lambda theme: seen.get(theme, Seen(None, "missing")))
        return self._can_matter[hash]

    def held(self, hash: str) -> Snapshot:
        """A snapshot of the store; empty for none."""
        if hash not in self._held:
            self._held[hash] = self.store.snapshot(hash) if hash else {}
        return self._held[hash]

    def changes(self, hash: str) -> tuple[Changed, ...]:
        """What is otherwise today on the topics of a snapshot."""
        if hash not in self._changes:
            held = self.held(hash)
            now = snapshot(self.country(held.get("country") or ""), held.get("themes", ()), self.on)
            self._changes[hash] = changes(held, now)
        return self._changes[hash]

    def made_otherwise(self, line: KeptLine) -> tuple[Changed, ...]:
        """What of the instrument and the rules is otherwise than when this was kept."""
        instrument = self.instrument(line.instrument)
        if instrument is None:
            return (Changed("instrument_gone", "", line.instrument),)
        if line.grounds is None:
            return self._of_json(self.kept_json(line), instrument)
        return (*_instrument(line.grounds.instrument, instrument), *_engine(line.grounds.engine))

    def _of_json(self, said: Mapping[str, Any], instrument: Instrument) -> tuple[Changed, ...]:
        """The same from the fingerprints in a kept text; which claim is otherwise cannot be said of it, only that the country is."""
        about, kept = said.get("instrument", {}), said.get("country") or {}
        made = f"{about.get('version', '?')} {about.get('hash', '?')}"
        country = self.country(kept.get("iso3", ""))
        other = kept and (country is None or country.hash != kept["hash"])
        return (*_instrument(made, instrument), *_engine(said.get("engine", "?")), *((Changed("country_changed", "", kept["iso3"]),) if other else ()))


def _instrument(kept: str, instrument: Instrument) -> tuple[Changed, ...]:
    now = made_with(instrument)
    if kept == now:
        return ()
    before, after = kept.partition(" ")[0], instrument.version
    return (Changed("instrument_changed", "", instrument.id, *((before, after) if before != after else (kept, now))),)


def _engine(kept: str) -> tuple[Changed, ...]:
    return () if kept == ENGINE else (Changed("engine_changed", "", "", kept, ENGINE),)

"""What a language says: its interface texts with the titles of topics, and the words of instruments by the same ids."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import load_themes
from safe_lib.catalogue.instruments import instrument_files, load_instrument, shaped
from safe_lib.catalogue.reading import read_yaml
from safe_lib.catalogue.shapes import TranslationShape, WordsShape
from safe_lib.catalogue.wording import SOURCE, interface_texts
from safe_lib.model.errors import CountryInfoError, LocaleError
from safe_lib.model.instrument import FollowUp, Group, Instrument, Item, Outcome, Rule, Scale, ScenarioKind
from safe_lib.model.texts import Texts

OF_OUTCOME: Final = ("title", "wording", "plain", "next_steps")  # what an outcome says


@lru_cache(maxsize=64)
def load_texts(language: str = SOURCE, root: Path | None = None) -> Texts:
    """The interface texts of one language and the titles of topics, with the source language behind them.

    Raises:
        LocaleError: there is no such language.
    """
    texts = interface_texts(language, root)
    return replace(texts, entries={**_titles_of_themes(language), **texts.entries})


def _titles_of_themes(language: str) -> dict[str, str]:
    """`theme.T05` → its title, so that a reason can name a topic of country information; they stand where the themes do."""
    try:
        return {f"theme.{id}": theme.title for id, theme in load_themes(language=language).items()}
    except CountryInfoError:  # told by the check of country information; the ids stand in for the titles
        return {}


def translated(instrument: Instrument, language: str, root: Path | None = None) -> Instrument:
    """The instrument in another language; what nobody has translated stays in its own words."""
    if language == instrument.language:
        return instrument
    return _translated(instrument.id, instrument.hash, language, root) or instrument


def translation_status(instrument: Instrument, language: str, root: Path | None = None) -> str:
    """`own`, `reviewed`, `draft`, or `missing`: whether a translation may be trusted, or has to be marked."""
    if language == instrument.language:
        return "own"
    shapes = _translations(instrument.id, language, root)
    if not shapes:
        return "missing"
    return "draft" if any(shape.status == "draft" for shape in shapes) else "reviewed"


@lru_cache(maxsize=128)
def _translated(id: str, hash: str, language: str, root: Path | None) -> Instrument | None:
    instrument = load_instrument(id)
    if instrument.hash != hash:
        return None
    for shape in _translations(id, language, root):
        instrument = _in_words(instrument, shape, _variants(id))
    return instrument


def _translations(id: str, language: str, root: Path | None) -> list[TranslationShape]:
    """The bank's words first, so that the instrument's own stand over them."""
    base = (root or paths.LOCALES) / language / "instruments"
    files = instrument_files()
    uses = read_yaml(files[id]).value.get("uses") if id in files else None
    found = []
    for name in filter(None, (uses, id)):
        path = base / f"{name}.yaml"
        if path.is_file():
            found.append(shaped(TranslationShape, read_yaml(path, error=LocaleError), LocaleError))
    return found


def _variants(id: str) -> list[str]:
    written = read_yaml(instrument_files()[id]).value.get("variant") or []
    return [written] if isinstance(written, str) else list(written)


def _in_words(instrument: Instrument, words: TranslationShape, variants: list[str]) -> Instrument:
    own = words.translates.id == instrument.id
    return replace(
        instrument, language=instrument.language,
        title=(words.title if own else "") or instrument.title, about=(words.about if own else "") or instrument.about,
        statement=words.statement or instrument.statement, limits=_limits(instrument, words, own),
        groups=tuple(_group(group, words) for group in instrument.groups),
        items=tuple(_item(item, words, variants) for item in instrument.items),
        rules=tuple(_rule(rule, words) for rule in instrument.rules),
        outcomes=tuple(_outcome(outcome, words) for outcome in instrument.outcomes),
        scenarios=tuple(_scenario(kind, words) for kind in instrument.scenarios),
        follow_up=tuple(_moment(moment, words) for moment in instrument.follow_up),
        scales={id: _scale(scale, words) for id, scale in instrument.scales.items()},
    )


def _limits(instrument: Instrument, words: TranslationShape, own: bool) -> tuple[str, ...]:
    """The bank's limits come first in an instrument, so their words come first too; its own follow."""
    if not words.limits:
        return instrument.limits
    given = tuple(words.limits)
    if not own:
        return (*given, *instrument.limits[len(given):])
    if len(given) >= len(instrument.limits):
        return given[:len(instrument.limits)]
    return (*instrument.limits[:len(instrument.limits) - len(given)], *given)


def _said(record: Any, words: Any, *keys: str) -> Any:
    changes = {key: getattr(words, key) for key in keys if words is not None and getattr(words, key)}
    changes = {key: tuple(value) if isinstance(value, list) else value for key, value in changes.items()}
    return replace(record, **changes) if changes else record


def _group(group: Group, words: TranslationShape) -> Group:
    said: Group = _said(group, words.groups.get(group.id), "title", "heading", "about", "measures")
    return said


def _item(item: Item, words: TranslationShape, variants: list[str]) -> Item:
    mine = words.items.get(item.id)
    said: Item = _said(item, mine, *WordsShape.model_fields)
    for variant in variants:
        said = _said(said, mine.variants.get(variant) if mine else None, *WordsShape.model_fields)
    return said


def _rule(rule: Rule, words: TranslationShape) -> Rule:
    said: Rule = _said(rule, words.rules.get(rule.id), "because", "then")
    return said


def _outcome(outcome: Outcome, words: TranslationShape) -> Outcome:
    mine = words.outcomes.get(outcome.id)
    said: Outcome = _said(outcome, mine, *OF_OUTCOME)
    if mine and outcome.reading in mine.readings:
        said = _said(said, mine.readings[outcome.reading], *OF_OUTCOME)
    return said


def _scenario(kind: ScenarioKind, words: TranslationShape) -> ScenarioKind:
    said: ScenarioKind = _said(kind, words.scenarios.get(kind.id), "title", "about")
    return said


def _moment(moment: FollowUp, words: TranslationShape) -> FollowUp:
    said: FollowUp = _said(moment, words.follow_up.get(str(moment.day)), "title", "content")
    return said


def _scale(scale: Scale, words: TranslationShape) -> Scale:
    labels = words.scales.get(scale.id)
    return replace(scale, labels={**scale.labels, **labels}) if labels else scale

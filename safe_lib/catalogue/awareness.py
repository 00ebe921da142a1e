"""The messages for people, read from their files: the plan, and the words of each language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.awareness_shapes import LanguageShape, MessageWords, PlanShape, PlanWords
from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.awareness import Audience, Message, MessagePlan, MessageSource, Plan, Print, Session, SessionBlock, Theme, Words
from safe_lib.model.errors import CatalogueError, WrongUse

FOLDER: Final = "awareness"
PLAN: Final = "plan"
WORDS: Final = "words"
OWN: Final = "en"  # the language of the plan itself


def folder(root: Path | None = None) -> Path:
    """Where the files lie: beside the lessons. Their languages are those of the people, not of the pages of staff."""
    return (root or paths.INSTRUMENTS) / FOLDER


def plan_file(language: str = OWN, root: Path | None = None) -> Path:
    """The plan, or its words for staff in another language."""
    return folder(root) / (f"{PLAN}.yaml" if language == OWN else f"{PLAN}_{language}.yaml")


def word_files(root: Path | None = None) -> dict[str, Path]:
    """Language code → the file with the words for people; English first, then Dutch, the rest by code."""
    found = {path.stem: path for path in (folder(root) / WORDS).glob("*.yaml")}
    return dict(sorted(found.items(), key=lambda entry: (entry[0] != OWN, entry[0] != "nl", entry[0])))


def load_plan(language: str = OWN) -> Plan:
    """The plan, with the words for staff of a language; English where nobody has translated it.

    Raises:
        CatalogueError, Problems: a file is missing or cannot be used as it is written.
    """
    return _plan(language, *(path.stat().st_mtime_ns if path.is_file() else 0 for path in (plan_file(), plan_file(language))))


def load_words(language: str) -> Words:
    """The words for people in a language.

    Raises:
        WrongUse: nobody has written them in this language.
        CatalogueError, Problems: the file cannot be used as it is written.
    """
    files = word_files()
    if language not in files:
        raise WrongUse(f"language: there are no messages in it.\n  There are: {', '.join(files)}.")
    return _words(files[language], files[language].stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _plan(language: str, *_stamps: int) -> Plan:
    located = read_yaml(plan_file())
    words = plan_words(plan_file(language)) if language != OWN and plan_file(language).is_file() else None
    return in_words(shaped(PlanShape, located, CatalogueError), language, words, located.hash)


@lru_cache(maxsize=32)
def _words(path: Path, _stamp: int) -> Words:
    return words_of(shaped(LanguageShape, read_yaml(path), CatalogueError))


def plan_words(path: Path) -> PlanWords:
    """The words for staff of another language, as they are written."""
    found: PlanWords = shaped(PlanWords, read_yaml(path), CatalogueError)
    return found


# From files to records


def in_words(plan: PlanShape, language: str, words: PlanWords | None, hashed: str) -> Plan:
    """The plan as a record, with the words of a language over its own."""
    said: Any = words
    themes = {str(id): Theme(id, said.themes.get(id, one.title) if said else one.title, tuple(one.messages)) for id, one in plan.themes.items()}
    audiences = {id: _audience(id, plan, said.audiences.get(id) if said else None) for id in plan.audiences}
    messages = {id: MessagePlan(id, told.do_not_say, told.check if one.check else "", tuple(one.sources))
                for id, one in plan.messages.items() for told in [said.messages.get(id, one) if said else one]}
    prints = {id: Print(id, said.prints.get(id, one.title) if said else one.title, *one.millimetres, one.in_hand, one.carried, one.most, tuple(one.formats))
              for id, one in plan.prints.items()}
    sessions = {id: _session(id, plan, said.sessions.get(id) if said else None) for id in plan.sessions}
    sources = {id: MessageSource(id, one.title, str(one.published), one.url, one.status) for id, one in plan.sources.items()}
    rules = {**plan.rules, **(said.rules if said else {})}
    refusals = {str(id): said.refusals.get(id, text) if said else text for id, text in plan.refusals.items()}
    return Plan(plan.id, plan.version, said.title if said else plan.title, language, words is not None and words.status == "draft",
                date.fromisoformat(plan.reviewed.date), themes, audiences, messages, prints, sessions, rules, refusals,
                sources, plan.words_a_minute, hashed)  # fmt: skip


def _audience(id: str, plan: PlanShape, words: Any) -> Audience:
    one = plan.audiences[id]
    said = words or one
    return Audience(id, said.title, one.ages, tuple(one.leaves_out), tuple(one.needs), tuple(one.questions or plan.questions), tuple(said.notes),
                    one.unnamed)


def _session(id: str, plan: PlanShape, words: Any) -> Session:
    one = plan.sessions[id]
    blocks = []
    for block in one.blocks:
        said = (words.blocks.get(block.id) if words else None) or block
        blocks.append(SessionBlock(block.id, block.minutes, said.title, said.does, tuple(block.messages)))
    return Session(id, one.theme, (words or one).title, tuple(one.audiences), one.minutes, tuple(blocks))


def words_of(said: LanguageShape) -> Words:
    """The words of a language as a record."""
    fixed = said.fixed
    texts = {name: getattr(fixed, name) for name in type(fixed).model_fields if name not in ("themes", "answers")}
    texts |= {f"theme.{id}": text for id, text in fixed.themes.items()} | {f"answer.{id}": text for id, text in fixed.answers.items()}
    messages = {id: Message(id, one.headline, one.body, one.do, one.example) for id, one in said.messages.items()}
    variants = {(id, audience): _variant(messages[id], told) for id, one in said.messages.items() for audience, told in _variants(one).items()}
    return Words(said.language, said.name, said.direction, said.status == "draft", texts, messages, variants, said.questions, tuple(said.never),
                 tuple(said.not_in_hand))


def _variants(one: MessageWords) -> Mapping[str, Any]:
    return one.variants


def _variant(general: Message, told: Any) -> Message:
    """Where a group has a body of its own, the general example is not told beside it: it may not be for their ages."""
    example = told.example or ("" if told.body else general.example)
    return Message(general.id, told.headline or general.headline, told.body or general.body, told.do or general.do, example)

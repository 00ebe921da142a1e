"""Messages for people from twelve years on: what there is, for whom, in which words, and what may be handed out. No person is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

ADULT: Final = 18  # years; under it only trained staff give something on paper
A6: Final = (105.0, 148.0)  # mm; what somebody carries is never larger, so that a hand can close over it
HEADLINE_WORDS, BODY_WORDS = 8, 45  # of a message at most (message structure, E.2)

Length = Literal["short", "talk"]
LENGTHS: Final[tuple[Length, ...]] = ("short", "talk")
Way = Literal["wall", "group", "one_person"]
WAYS: Final[tuple[Way, ...]] = ("wall", "group", "one_person")  # how it reaches people: hangs there, the same for all, or given to one


@dataclass(frozen=True, slots=True)
class Message:
    """One message in one language, for one audience."""

    id: str
    headline: str
    body: str
    do: str
    example: str  # said in a talk, and on nothing that is taken away; empty where nobody has written it in this language


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """What staff know of a message: what they leave unsaid, who has to read it before it is used in a country, where it comes from."""

    id: str
    do_not_say: str
    check: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """A subject, with its messages in the order in which they are told; the last says where one can ask."""

    id: str
    title: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """A group that hears them."""

    id: str
    title: str
    ages: tuple[int, int]  # years, both included
    leaves_out: tuple[str, ...]  # messages it does not hear
    needs: tuple[str, ...]  # messages that must have words of its own
    questions: tuple[str, ...]
    notes: tuple[str, ...]
    unnamed: bool = False  # no print says that it was made for this group

    @property
    def young(self) -> bool:
        """Whether anybody in it may be under 18."""
        return self.ages[0] < ADULT


@dataclass(frozen=True, slots=True)
class Print:
    """A thing that can be made: its page, and what is true of it."""

    id: str
    title: str
    width: float  # mm
    height: float  # mm
    in_hand: bool  # somebody takes it away or reads it on a wall; else staff hold it
    carried: bool  # somebody carries it on them
    most: int  # messages on it
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionBlock:
    """A part of a session."""

    id: str
    minutes: int
    title: str
    does: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """A plan for a group."""

    id: str
    theme: str
    title: str
    audiences: tuple[str, ...]
    minutes: int
    blocks: tuple[SessionBlock, ...]


@dataclass(frozen=True, slots=True)
class MessageSource:
    """Where something comes from; `status` says whether it was seen or is recalled."""

    id: str
    title: str
    published: str
    url: str
    status: str


@dataclass(frozen=True, slots=True)
class Words:
    """What people read and hear, in one language."""

    language: str
    name: str  # of the language, in its own words
    direction: str  # ltr | rtl
    draft: bool
    fixed: Mapping[str, str]  # such as `title`, `theme.safety`, `answer.yes`
    messages: Mapping[str, Message]
    variants: Mapping[tuple[str, str], Message]  # message and audience → its own words for that audience
    questions: Mapping[str, str]
    never: tuple[str, ...]  # beginnings of words that stand on no print
    not_in_hand: tuple[str, ...]  # and on nothing that is taken away or hangs on a wall

    def message(self, id: str, audience: str) -> Message:
        """A message for an audience; the general words where it has none of its own."""
        return self.variants.get((id, audience)) or self.messages[id]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything but the words for people; what staff read is in `language`."""

    id: str
    version: str
    title: str
    language: str
    draft: bool
    reviewed: date
    themes: Mapping[str, Theme]
    audiences: Mapping[str, Audience]
    messages: Mapping[str, MessagePlan]
    prints: Mapping[str, Print]
    sessions: Mapping[str, Session]
    rules: Mapping[str, str]
    refusals: Mapping[str, str]
    sources: Mapping[str, MessageSource]
    words_a_minute: int
    hash: str


@dataclass(frozen=True, slots=True)
class Situation:
    """How something would reach people, as the member of staff says it. What nobody said does not hold."""

    way: Way = "wall"
    trained: bool = False  # staff trained for work with children
    alone: bool = False  # nobody else is there
    asked: bool = False  # the person was asked whether it is safe to take it, and said yes
    controller_near: bool = False  # somebody who may control others is there

"""Which messages a group hears in which theme, and what may be handed out in which situation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from safe_lib.engine.directory import folded
from safe_lib.model.awareness import LENGTHS, Audience, Length, Message, Plan, Print, Session, Situation, Words

WORDS_BEGIN_FREELY = frozenset(("ar", "fa", "ti"))  # articles and prefixes are written together with the word


def heard(plan: Plan, theme: str, audience: str) -> tuple[str, ...]:
    """The messages of a theme that a group hears, in their order; none where the theme is not for it."""
    group = plan.audiences[audience]
    found = tuple(id for id in plan.themes[theme].messages if id not in group.leaves_out)
    return found if has_theme(plan, theme, audience) else ()


def has_theme(plan: Plan, theme: str, audience: str) -> bool:
    """Whether a theme is for a group: it hears the message that the theme begins with, or the first but one."""
    return any(id not in plan.audiences[audience].leaves_out for id in plan.themes[theme].messages[:2])


def on_print(plan: Plan, kind: Print, theme: str, audience: str) -> tuple[str, ...]:
    """Those of them that a print holds: the first ones, and always the last, which says where one can ask."""
    found = heard(plan, theme, audience)
    return found if len(found) <= kind.most else (*found[: kind.most - 1], found[-1])


def said(words: Words, ids: Iterable[str], audience: str) -> tuple[Message, ...]:
    """The messages in the words of a language for a group."""
    return tuple(words.message(id, audience) for id in ids)


def sentences(message: Message, length: Length) -> tuple[str, ...]:
    """A message as it is read out: short, or with its example for a talk.

    Raises:
        ValueError: there is no such length.
    """
    if length not in LENGTHS:
        raise ValueError(length)
    told = (message.headline, message.body, *((message.example,) if length == "talk" and message.example else ()), message.do)
    return tuple(f"{one}." if one[-1:].isalnum() else one for one in told)


def sessions_for(plan: Plan, theme: str, audience: str) -> tuple[Session, ...]:
    """The plans of a theme that are made for a group."""
    return tuple(one for one in plan.sessions.values() if one.theme == theme and audience in one.audiences)


# What may be handed out


def refusal(kind: Print, audience: Audience, situation: Situation, format: str) -> str:
    """Why this may not be made now, as a key of the refusals of the plan; empty where it may.

    What staff hold themselves is made in every situation; what people take away or read is not.
    """
    if format not in kind.formats:
        return "form"
    if not kind.in_hand:
        return ""
    if situation.controller_near:
        return "controller"
    if audience.young and kind.carried and not situation.trained:
        return "trained"
    if situation.way == "one_person" and not situation.alone:
        return "alone"
    if situation.way == "one_person" and not situation.asked:
        return "asked"
    return ""


# Words that give somebody away


def given_away(words: Words, texts: Iterable[str], *, in_hand: bool) -> tuple[str, ...]:
    """The words of a language's lists that stand in these texts; capitals and accents make no difference."""
    wanted = words.never + (words.not_in_hand if in_hand else ())
    plain = "\n".join(map(folded, texts))
    begin = "" if words.language in WORDS_BEGIN_FREELY else r"\b"
    return tuple(word for word in wanted if re.search(begin + re.escape(folded(word)), plain))

"""How well a domain is known: first what was answered, then what sources say on its topics. It never changes a level.

Source: F2, F3 and E1 of the return safety assessment (project proposal, 2026). E1: confidence is high only with at least
two independent voices, within the age limit and without an open conflict; after the limit it drops one step, and for a
critical item the information counts as unknown. Information that nobody has looked up is as unknown as outdated one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from safe_lib.engine.conditions import OPEN, Known, Seen
from safe_lib.model.answers import NOT_APPLICABLE, PARTLY, PRESENT, VERIFIED, Answer
from safe_lib.model.assessment import Confidence, Step
from safe_lib.model.instrument import Item

TOPIC, CRITICAL_TOPIC = "trace.topic", "trace.topic_critical"  # steps that tell of a doubt about country information
TOPICS: Final = (TOPIC, CRITICAL_TOPIC)
UNKNOWN_STATES: Final = ("missing", "outdated")  # no claim counts any more, or none ever did
IN_DOUBT: Final = (*UNKNOWN_STATES, "conflicting")
_FOUND: Final = (PARTLY, PRESENT, VERIFIED)
_LOWER: Final[Mapping[Confidence, Confidence]] = {"high": "medium", "medium": "low", "low": "low"}


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of country information that a domain draws on, and why it can be relied on less than it should."""

    theme: str
    seen: Seen
    critical: bool  # a critical question that applies draws on it

    @property
    def doubt(self) -> str:
        """missing | outdated | conflicting | circular | single; empty where two or more independent voices agree today."""
        if self.seen.status in IN_DOUBT:
            return self.seen.status
        return "circular" if self.seen.circular else "single" if self.seen.single else ""

    @property
    def is_decisive(self) -> bool:
        """Nothing can be said on it today, and a critical question draws on it."""
        return self.critical and self.seen.status in UNKNOWN_STATES

    @property
    def step(self) -> Step:
        """The doubt as a line of the trace."""
        facts = {"theme": self.theme, "doubt": self.doubt, "as_of": self.seen.as_of, "critical": self.critical}
        return Step(CRITICAL_TOPIC if self.is_decisive else TOPIC, OPEN, facts)


def topics_of(known: Known, items: Iterable[Item]) -> tuple[Topic, ...]:
    """The topics that the questions of a domain draw on, in their order; a question that does not apply needs none."""
    critical: dict[str, bool] = {}
    for item in items:
        if known.answer(item.id).code != NOT_APPLICABLE:
            for theme in item.themes:
                critical[theme] = critical.get(theme, False) or item.critical
    return tuple(Topic(theme, known.themes(theme), is_critical) for theme, is_critical in critical.items())


def from_answers(answers: Iterable[Answer], hard_to_tell: bool) -> Confidence:
    """What the answers alone allow.

    Low: a critical item is open, or a third of the risk items are. High: nothing is open, and everything recorded as
    present rests on a document or a third party.
    """
    if hard_to_tell:
        return "low"
    given = tuple(answers)
    proven = all(answer.code == VERIFIED or {"document", "third_party"} & set(answer.evidence) for answer in given if answer.code in _FOUND)
    return "high" if proven and not any(answer.is_open for answer in given) else "medium"


def with_topics(confidence: Confidence, topics: Iterable[Topic]) -> Confidence:
    """What is left of it beside the country information.

    One step less where any topic is outdated, missing, told by a single voice or disputed, however many are; low where
    a critical question draws on a topic of which nothing is known today.
    """
    doubtful = [topic for topic in topics if topic.doubt]
    if any(topic.is_decisive for topic in doubtful):
        return "low"
    return _LOWER[confidence] if doubtful else confidence

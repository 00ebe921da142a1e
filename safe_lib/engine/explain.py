"""An assessment in plain language: what it says, why, what is open, and what to keep in mind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from safe_lib.model.assessment import Assessment, Finding, OpenQuestion, Step, Truth
from safe_lib.model.document import Tree
from safe_lib.model.instrument import Instrument
from safe_lib.model.texts import Texts


@dataclass(frozen=True, slots=True)
class Explained:
    """One finding in words: what it is about, its truth, why, what it rests on, and the whole trace."""

    id: str
    kind: str
    title: str
    truth: str
    word: str
    because: str
    basis: tuple[str, ...]
    answers: tuple[str, ...]
    unverified: tuple[str, ...]
    tree: Tree


@dataclass(frozen=True, slots=True)
class OpenInWords:
    """One open question in words."""

    item: str
    label: str
    ask: str
    why: str
    changes: tuple[str, ...]
    rank: int
    danger: bool


@dataclass(frozen=True)
class Explanation:
    """A whole assessment in words. The findings are put into words when somebody asks for them: an answer is shown before they are."""

    title: str
    outcome: str
    wording: str
    ends: tuple[str, str] | None  # titles of the two ends where the outcome is open
    next_steps: tuple[str, ...]
    open_questions: tuple[OpenInWords, ...]
    caveats: tuple[str, ...]
    flags: tuple[str, ...]
    plain: tuple[str, ...] = ()  # the outcome for the person it is about; empty where nobody wrote words for them
    find: Callable[[], tuple[Explained, ...]] = field(default=tuple, repr=False, compare=False)  # puts the findings into words

    @cached_property
    def findings(self) -> tuple[Explained, ...]:
        """Every finding with its reason and its trace."""
        return self.find()

    def __str__(self) -> str:
        """Plain text: one paragraph a finding, its trace indented."""
        lines = [self.title, self.wording, ""]
        for finding in self.findings:
            basis = f" ({', '.join(finding.basis)})" if finding.basis else ""
            lines += [f"{finding.title}: {finding.word}. {finding.because}{basis}", *_lines(finding.tree, 1)]
        return "\n".join(lines)


def explain(assessment: Assessment, instrument: Instrument, texts: Texts) -> Explanation:
    """Put an assessment into the words of one language; `instrument` is the one it was made with, translated."""
    words = _Words(instrument, texts)
    outcome = assessment.outcome
    ends = (words.outcome(outcome.if_unknown_absent), words.outcome(outcome.if_unknown_present))
    return Explanation(
        title=instrument.title, outcome=words.outcome(outcome.id), wording=assessment.wording,
        ends=ends if outcome.id == "open" else None, next_steps=assessment.next_steps,
        open_questions=tuple(words.question(question) for question in assessment.open_questions),
        caveats=tuple(words.caveat(key, facts) for key, facts in assessment.caveats),
        flags=tuple(words.flag(flag, assessment) for flag in assessment.flags),
        plain=words.plain(outcome.id), find=lambda: tuple(words.finding(finding) for finding in assessment.findings),
    )


class _Words:
    """Titles of ids, and sentences of keys."""

    def __init__(self, instrument: Instrument, texts: Texts) -> None:
        self.instrument, self.texts = instrument, texts
        self.items = instrument.by_id()
        self.groups = {group.id: group for group in instrument.groups}
        self.rules = {rule.id: rule for rule in instrument.rules}
        self.outcomes = {outcome.id: outcome.title for outcome in reversed(instrument.outcomes)}

    def outcome(self, id: str) -> str:
        return self.outcomes.get(id) or self.texts("outcome.open")

    def plain(self, id: str) -> tuple[str, ...]:
        return next((row.plain for row in self.instrument.outcomes if row.id == id), ())

    def title(self, id: str) -> str:
        if id in self.groups:
            return self.groups[id].title
        if id in self.items:
            return self.items[id].label
        if id in self.rules:
            return self.rules[id].then or id.replace("_", " ")
        return self.texts(f"finding.{id}")

    def finding(self, finding: Finding) -> Explained:
        because = finding.because if finding.kind == "rule" else self.sentence(finding.because, finding.trace.facts)
        basis = tuple(self.source(id) for id in finding.basis)
        return Explained(finding.id, finding.kind, self.title(finding.id), finding.truth.name.lower(), self.texts(f"truth.{finding.truth.name.lower()}"),
                         because, basis, finding.answers, finding.unverified, self.tree(finding.trace))

    def flag(self, flag: str, assessment: Assessment) -> str:
        """What a raised flag asks for: the words of the first rule that raised it."""
        holding = {finding.id for finding in assessment.findings if finding.truth is Truth.HOLDS}
        said = next((rule.then for rule in self.instrument.rules if rule.flag == flag and rule.id in holding and rule.then), "")
        return said or self.texts(f"flag.{flag}")

    def source(self, id: str) -> str:
        source = self.instrument.sources.get(id)
        if source is None:
            return self.texts(f"basis.{self.instrument.method}")
        return f"{source.title}, {source.publisher}" if source.publisher else source.title

    def question(self, question: OpenQuestion) -> OpenInWords:
        item = self.items[question.item]
        changes = tuple(self.texts("open.the_outcome") if id == "outcome" else self.title(id) for id in question.would_change if id != item.id)
        return OpenInWords(item.id, item.label, item.ask, self.texts(question.why), changes, question.rank, question.danger)

    def caveat(self, key: str, facts: Mapping[str, Any]) -> str:
        return self.sentence(key, facts)

    def tree(self, step: Step) -> Tree:
        word = self.texts(f"truth.{step.truth.name.lower()}")
        return Tree(self.sentence(step.key, step.facts), step.truth.name.lower(), word, tuple(self.tree(part) for part in step.parts))

    def sentence(self, key: str, facts: Mapping[str, Any]) -> str:
        """The sentence of a key; codes and ids in its facts are put into words."""
        said = {name: self.word(name, value) for name, value in facts.items()}
        if "item" in facts and str(facts["item"]) in self.items:
            said["label"] = self.items[str(facts["item"])].label
        if "theme" in facts:  # what is not known leaves no gap in the sentence
            said["since"] = f", {facts['as_of']}" if facts["as_of"] else ""
            said["told"] = "".join(f", {word}" for word in (said.get("level"), facts["as_of"]) if word)
        return self.texts(key, **said)

    def word(self, name: str, value: Any) -> str:
        text = str(value)
        if name == "group":
            return self.groups[text].title if text in self.groups else text
        if name in ("outcome", "low", "high") and (text in self.outcomes or text == "open"):
            return self.outcome(text)
        if name == "theme" and self.texts.has(f"theme.{text}"):
            return f"{self.texts(f'theme.{text}')} ({text})"
        if name in _WORDED and text:
            return self.texts(f"{_WORDED[name]}.{text}")
        return text


_WORDED = {
    "code": "code", "state": "code", "level": "level", "lowest": "level", "highest": "level", "strength": "strength",
    "certainty": "certainty", "result": "result", "case": "case", "kind": "stop", "status": "claim", "doubt": "claim", "age": "age",
}


def _lines(tree: Tree, depth: int) -> list[str]:
    own = f"{'  ' * depth}{tree.word}: {tree.line}"
    return [own, *(line for part in tree.parts for line in _lines(part, depth + 1))]


def in_words_of(assessment: Assessment, instrument: Instrument) -> Assessment:
    """The same assessment with wording and next steps in the language of `instrument`."""
    from safe_lib.engine.assess import spoken

    wording, steps = spoken(instrument, assessment.outcome)
    rules = {rule.id: rule.because for rule in instrument.rules}
    findings = tuple(replace(f, because=rules.get(f.id, f.because)) if f.kind == "rule" else f for f in assessment.findings)
    return replace(assessment, wording=wording, next_steps=steps, findings=findings)

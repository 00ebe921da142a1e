"""Access (GDPR Art. 15): all that is kept of a person, in plain words, for the person.

What the program cannot know is who else is named in free words. So every free text is put before a colleague, who lets
it pass or holds it back with a reason; until each has been looked at, no pack leaves. Colleagues are told by their role.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from safe_lib.casework import Desk, _may, require_leaflet
from safe_lib.catalogue import instrument_files, languages, load_instrument, translated
from safe_lib.model.case import Everything, Paper, SavedAnswer
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.instrument import Instrument
from safe_lib.person.colleagues import Colleagues
from safe_lib.person.retention import Keeping, keeping_of, settled_months

PACK: Final = "access"  # what the register and the sealed report call it


@dataclass(frozen=True, slots=True)
class FreeText:
    """Words that somebody typed, which may name another person."""

    id: str  # the same whenever it is asked, such as `answers/first_level/WORDS/2/note`
    where: str  # in words, for the colleague who looks
    text: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What a colleague decided about the free texts: those that may go, and those held back, each with why."""

    passed: frozenset[str] = frozenset()
    withheld: Mapping[str, str] = field(default_factory=dict)  # id → why

    def may_go(self, id: str) -> bool:
        """Somebody looked at this text, and it may go."""
        return id in self.passed and id not in self.withheld

    def why(self, id: str) -> str | None:
        """Why a text is held back; None where it is not."""
        return self.withheld.get(id)


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that is kept, and what is needed to put it into words."""

    everything: Everything
    texts: tuple[FreeText, ...]
    instruments: Mapping[str, Instrument]  # in the language of the pack
    colleagues: Colleagues
    keeping: Keeping | None
    months: Mapping[str, int]  # purpose → as settled
    language: str  # in which it is written
    asked_for: str  # the language that was asked for

    @property
    def is_in_their_language(self) -> bool:
        """Whether the person gets it in the language they asked for."""
        return self.language == self.asked_for


def language_given(asked: str) -> str:
    """The language of the pack: the one asked for, or English where there is none (and the pack says so)."""
    return asked if asked in languages() else "en"


def gather(desk: Desk, ref: str, asked_for: str) -> Pack:
    """Read all that is kept of one person; the trail says that it was read for them.

    Args:
        asked_for: code of the person's language, also one there are no texts in.
    """
    store, language = _may(desk, "report", ref), language_given(asked_for)
    found = store.everything(ref)
    store.note(by=desk.person, at=desk.now(), what="access.gathered", ref=ref)
    known = {id: translated(load_instrument(id), language) for id in dict.fromkeys(one for one, _ in found.answers) if id in instrument_files()}
    return Pack(found, tuple(free_texts(found, known)), known, Colleagues.of(store, language), keeping_of(replace(desk, language=language), ref),
                settled_months(store), language, asked_for)


def looked_at(pack: Pack, passed: Collection[str], withheld: Mapping[str, str], *, every: bool = False) -> Looked:
    """What a colleague decided; with `every`, all that is not held back may go.

    Raises:
        WrongUse: a text is named that there is not, or one is held back without a reason.
    """
    known = {text.id for text in pack.texts}
    for id in (*passed, *withheld):
        if id not in known:
            raise WrongUse("texts: one of those named is not there.\n  See the list: safe access REF.")
    if not all(why.strip() for why in withheld.values()):
        raise WrongUse("texts: say why a text is held back.\n  The person reads the reason in its place.")
    going = known - set(withheld) if every else set(passed) - set(withheld)
    return Looked(frozenset(going), dict(withheld))


def require_looked_at(pack: Pack, looked: Looked) -> None:
    """Refuse a pack in which some free text has been looked at by nobody.

    Raises:
        NotPermitted: with how many there are.
    """
    missing = [text for text in pack.texts if text.id not in looked.passed and looked.why(text.id) is None]
    if missing:
        raise NotPermitted(f"access: {len(missing)} free texts have been looked at by nobody; they may name other people.\n"
                           "  Read each, and let it pass or hold it back with a reason (safe access REF --pass ID, --withhold ID=REASON).")


def require_may_be_given(desk: Desk, ref: str, although: str) -> None:
    """Something on paper can endanger the person; where the record says so, a reason is needed."""
    require_leaflet(desk, ref, PACK, although)


# Free words


def free_texts(found: Everything, instruments: Mapping[str, Instrument]) -> Iterator[FreeText]:
    """Every text that somebody typed, once each, in the order of the pack."""
    for who in found.identities:
        for key, words in who.details.items():
            yield from _text(f"identities/{who.revision}/{key}", key, words)
    for id, saved in found.answers:
        where = f"{_title(instruments, id)}: {_label(instruments, id, saved.item)}"
        yield from _text(text_id(id, saved, "note"), where, saved.note)
        yield from _text(text_id(id, saved, "reason"), where, saved.answer.reason)
    first = first_said(found.papers)
    for paper in found.papers:
        for path, words in paper_words(paper):
            if first[paper.kind, path, words] == paper.revision:  # a paper that is saved often says most of it again each time
                yield from _text(paper_text_id(paper.kind, paper.revision, path), f"{paper.kind}: {path}", words)
    for number, line in enumerate(found.disclosures, 1):
        yield from _text(f"disclosures/{number}/recipient", line.report, line.recipient)
        yield from _text(f"disclosures/{number}/purpose", line.report, line.purpose)
        yield from _text(f"disclosures/{number}/reason", line.report, line.basis.reason)
    for one in found.extensions:
        yield from _text(f"extensions/{one.id}/reason", one.purpose, one.reason)


def text_id(instrument: str, saved: SavedAnswer, part: str) -> str:
    """The id of a free text of an answer."""
    return f"answers/{instrument}/{saved.item}/{saved.revision}/{part}"


CODED: Final = frozenset({  # fields of papers that hold codes, days or numbers, and no free words
    "kind", "country", "subdivision", "order", "instrument", "item", "scenario", "result", "before", "after", "where", "name", "by", "on", "level", "domain",
    "status", "due", "revision", "id", "state", "until", "at", "language",
    "day", "channel", "asked_on", "answered_on", "drawn_on", "looked_on", "closed_on", "form", "how",
    "value", "learned", "procedure", "stage", "version", "ended", "step", "done", "document", "copy", "received", "returned", "role", "safe", "read_back",
    "jurisdictions"})


def first_said(papers: Sequence[Paper]) -> dict[tuple[str, str, str], int]:
    """Kind, place and words → the revision in which these words first stood there; papers come oldest first."""
    found: dict[tuple[str, str, str], int] = {}
    for paper in papers:
        for path, words in paper_words(paper):
            found.setdefault((paper.kind, path, words), paper.revision)
    return found


def paper_text_id(kind: str, revision: int, path: str) -> str:
    """The id of a free text of a paper, by the revision in which it was first said."""
    return f"papers/{kind}/{revision}/{path}"


def paper_words(paper: Paper) -> Iterator[tuple[str, str]]:
    """The free words of a paper: where in it, and what they say."""
    for path, value in paper_values(paper.body):
        if isinstance(value, str) and value.strip() and path.rsplit(".", 1)[-1] not in CODED:
            yield path, value


def paper_values(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value in a paper, with the way to it: `futures.0.words`."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from paper_values(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, part in enumerate(value):
            yield from paper_values(part, f"{path}.{place}")
    else:
        yield path, value


def _text(id: str, where: str, words: str) -> Iterator[FreeText]:
    if words.strip():
        yield FreeText(id, where, words)


def _title(instruments: Mapping[str, Instrument], id: str) -> str:
    return instruments[id].title if id in instruments else id


def _label(instruments: Mapping[str, Instrument], id: str, item: str) -> str:
    known = instruments[id].by_id() if id in instruments else {}
    return f"{known[item].label} ({item})" if item in known else item

"""Cards, posters, talk sheets, audio scripts and session plans as PDF/UA and as one HTML file, in neutral words.

No organisation, logo or reason stands on them. A language that nobody of it has read says so on every print.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from safe_lib.catalogue.card_words import load_card_words
from safe_lib.engine import awareness as rules
from safe_lib.engine.directory import folded
from safe_lib.model.awareness import Length, Message, Plan, Print, Situation, Words
from safe_lib.model.errors import WrongUse
from safe_lib.model.organisation import Organisation, Vocabulary
from safe_lib.model.texts import Texts
from safe_lib.report.card import require_printable

LAYOUT: Final = "messages.typ"
FILE_NAME: Final = "living_and_working"  # of every print; a file is seen too
POLICE: Final = "police"  # a type of organisation of the social map
MOST_CONTACTS: Final = 3  # numbers on a print
NOT_REVIEWED: Final = "Not reviewed by a native speaker."  # beside the same in the language, for staff who do not read it
STAFF: Final = ("en", "nl")  # languages in which staff need no second sentence

# Margin in millimetres, letters in points from the largest to the smallest, and those of the foot.
_LOOKS: Final = {
    "card": (7, (11, 10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7), 6.5), "pocket_card": (4, (9, 8.5, 8, 7.5, 7, 6.5, 6), 5.5),
    "poster": (22, (34, 32, 30, 28, 26, 24, 22, 20, 18), 12),
}  # fmt: skip
_SHEET: Final = (18, (10.5,), 8.5)

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to have made."""

    print: str
    theme: str
    audience: str
    length: Length = "short"
    format: str = "pdf"
    situation: Situation = field(default_factory=Situation)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A print in parts, before it is PDF or HTML."""

    kind: Print
    language: str
    direction: str
    window: str  # the neutral title
    pages: tuple[tuple[Part, ...], ...]
    foot: tuple[Part, ...]

    def texts(self) -> list[str]:
        """Everything that stands on it."""
        return [text for page in (*self.pages, self.foot) for part in page for text in _texts(part)]


def _texts(part: Part) -> Iterable[str]:
    yield from (part[name] for name in ("label", "text") if name in part)
    yield from (*part.get("items", ()), *part.get("columns", ()))
    yield from (cell["text"] for row in part.get("rows", ()) for cell in row)


def make(plan: Plan, words: Words, texts: Texts, wanted: Wanted, on: date, contacts: Sequence[Organisation] = (), *, vocabulary: Vocabulary) -> bytes:
    """One print as a file.

    Raises:
        WrongUse: the rules of handing out forbid it now, the group does not hear the theme, or there is no such thing.
        ReportError: a number was not verified lately, or a script has no font on this machine.
    """
    sheet = sheet_of(plan, words, texts, wanted, on, contacts, vocabulary=vocabulary)
    if wanted.format == "html":
        from safe_lib.report.messages_html import page_html

        return page_html(sheet).encode()
    from safe_lib.report.pdf import FAMILIES, typeset

    margin, sizes, foot = _LOOKS.get(sheet.kind.id, _SHEET)
    data = {"language": sheet.language, "direction": sheet.direction, "window": sheet.window, "width": sheet.kind.width, "height": sheet.kind.height,
            "margin": margin, "sizes": sizes, "foot-size": foot, "one-page": sheet.kind.in_hand, "pages": sheet.pages, "foot": sheet.foot,
            "fonts": FAMILIES, "fonts-rtl": sorted(FAMILIES, key=lambda name: name != "Noto Sans Arabic")}  # fmt: skip
    return typeset(data, on.isoformat(), LAYOUT)


def sheet_of(plan: Plan, words: Words, texts: Texts, wanted: Wanted, on: date, contacts: Sequence[Organisation] = (), *, vocabulary: Vocabulary) -> Sheet:
    """The parts of a print, once every rule allows it.

    Raises:
        WrongUse, ReportError: see `make`.
    """
    kind = _allowed(plan, wanted)
    if len(contacts) > MOST_CONTACTS:
        raise WrongUse(f"{kind.id}: at most {MOST_CONTACTS} numbers fit.\n  Name those that people here need.")
    if contacts:
        _require_open(contacts, kind, words)
        require_printable(contacts, vocabulary, on)
    work = _Work(plan, words, texts, wanted, kind, tuple(contacts), vocabulary)
    pages = {"card": work.card, "pocket_card": work.pocket, "poster": work.card, "talk_sheet": work.talk, "audio_script": work.audio,
             "session_plan": work.session, "questions": work.questions}[kind.id]()  # fmt: skip
    people = kind.in_hand or kind.id == "questions"
    whose: Words | Texts = words if people else texts
    title = words.fixed["title"] if people else plan.title
    sheet = Sheet(kind, whose.language, whose.direction, title, tuple(map(tuple, pages)), tuple(work.foot(on)))
    _require_neutral(sheet, words)
    return sheet


def _allowed(plan: Plan, wanted: Wanted) -> Print:
    for what, name, known in (("print", wanted.print, plan.prints), ("theme", wanted.theme, plan.themes), ("group", wanted.audience, plan.audiences)):
        if name not in known:
            raise WrongUse(f"{what}: there is none with this name.\n  There are: {', '.join(known)}.")
    kind = plan.prints[wanted.print]
    why = rules.refusal(kind, plan.audiences[wanted.audience], wanted.situation, wanted.format)
    if not why and not rules.heard(plan, wanted.theme, wanted.audience):
        why = "theme"
    if why:
        raise WrongUse(f"{kind.id}: {plan.refusals[why]}")
    return kind


def _require_open(contacts: Sequence[Organisation], kind: Print, words: Words) -> None:
    """Nobody is led to call the police without knowing it, and no number stands there without a word for who answers."""
    card = load_card_words()
    if any(one.type == POLICE for one in contacts):
        raise WrongUse(f"{kind.id}: a number of the police does not stand on it, as its name cannot.\n  Tell it in a talk, where people can choose.")
    if words.language not in card.languages and any(card.gives_away(one.name) for one in contacts):
        raise WrongUse(f"{kind.id}: in this language there is no neutral word yet for one of these.\n  Leave it out, or offer the number by heart.")


def _require_neutral(sheet: Sheet, words: Words) -> None:
    """The last look before anything is made: the lists hold for names and numbers too, not only for the texts that were checked."""
    found = rules.given_away(words, sheet.texts(), in_hand=sheet.kind.in_hand)
    if sheet.kind.in_hand:
        found += tuple(word for word in load_card_words().giveaways if folded(word) in "\n".join(map(folded, _names(sheet))))
    if found:
        raise WrongUse(f"{sheet.kind.id}: a word on it gives somebody away ({', '.join(found)}).\n  Say it in other words.")


def _names(sheet: Sheet) -> list[str]:
    return [part["text"] for page in sheet.pages for part in page if part["is"] == "contact"]


@dataclass(frozen=True, slots=True)
class _Work:
    """Puts the parts of one print together."""

    plan: Plan
    words: Words
    texts: Texts
    wanted: Wanted
    kind: Print
    contacts: tuple[Organisation, ...]
    vocabulary: Vocabulary

    # Parts

    def people(self, what: str, text: str = "", **more: Any) -> Part:
        """A part in the language of the people."""
        return {"is": what, "text": text, "language": self.words.language, "direction": self.words.direction, **more}

    def staff(self, what: str, text: str = "", **more: Any) -> Part:
        """A part in the language of staff."""
        return {"is": what, "text": text, "language": self.texts.language, "direction": self.texts.direction, **more}

    def messages(self) -> tuple[Message, ...]:
        """Those that stand on it. What people take away is the same card for everybody: only children have words of their own on it."""
        group = self.plan.audiences[self.wanted.audience]
        own = group.id if group.needs or not self.kind.in_hand else ""
        return rules.said(self.words, rules.on_print(self.plan, self.kind, self.wanted.theme, group.id), own)

    def numbers(self) -> list[Part]:
        """Where one can ask: verified numbers under a neutral name, or a line to write one on."""
        card = load_card_words()
        if not self.contacts:
            return [self.people("line")]
        found = []
        for one in self.contacts:
            neutral = not card.gives_away(one.name)
            name = one.name if neutral else card.languages[self.words.language]["labels"][self.vocabulary.services[one.services[0]].group]
            found.append(self.people("contact", name, numbers=[part.value for part in one.of_kind("phone")]))
        return found

    def foot(self, on: date) -> list[Part]:
        """Version and month, and that nobody has read it where that is so."""
        mark = self.words.fixed["not_reviewed"]
        found = [self.people("quiet", mark)] if mark else []
        if mark and self.words.language not in STAFF:
            found.append({"is": "quiet", "text": NOT_REVIEWED, "language": "en", "direction": "ltr"})
        return [*found, {"is": "quiet", "text": f"{self.plan.version} · {on:%Y-%m}", "language": "en", "direction": "ltr"}]

    # Prints

    def card(self) -> list[list[Part]]:
        """A side of A6, or a poster: some messages in short, the last of them with the numbers."""
        parts = [self.people("title", self.words.fixed["title"])]
        for one in self.messages():
            parts += [self.people("headline", one.headline), self.people("text", one.body)]
        return [[*parts, *self.numbers()]]

    def pocket(self) -> list[list[Part]]:
        """Front and back of a bank card: headlines, and where one can ask."""
        *first, last = self.messages()
        front = [self.people("title", self.words.fixed["title"]), *(self.people("text", one.headline) for one in first)]
        return [front, [self.people("headline", last.headline), self.people("text", last.body), *self.numbers()]]

    def heading(self) -> list[Part]:
        """What staff see first on their own sheets."""
        group = self.plan.audiences[self.wanted.audience]
        named = (group.title,) if not group.unnamed else ()
        about = " · ".join((*named, self.plan.themes[self.wanted.theme].title, self.words.name))
        mark = self.words.fixed["not_reviewed"]
        told = [self.staff("title", f"{self.plan.title}: {self.kind.title}"), self.staff("quiet", about)]
        return [*told, *([self.staff("quiet", self.texts("aware.draft", language=self.words.name))] if mark else [])]

    def talk(self) -> list[list[Part]]:
        """What is said, with what staff leave unsaid, and the rules."""
        parts = [*self.heading(), self.people("text", self.words.fixed["opening"])]
        for one in self.messages():
            plan = self.plan.messages[one.id]
            parts += [self.people("headline", one.headline), self.people("text", one.body)]
            if self.wanted.length == "talk" and one.example:
                parts.append(self.people("labelled", one.example, label=f"{self.words.fixed['example']}:"))
            parts.append(self.people("labelled", one.do, label=f"{self.words.fixed['do']}:"))
            parts.append(self.staff("quiet", f"{self.texts('aware.do_not_say')}: {plan.do_not_say}"))
            if plan.check:
                parts.append(self.staff("quiet", f"{self.texts('aware.check')}: {plan.check}"))
        return [[*parts, self.people("text", self.words.fixed["closing"]), *self.rules()]]

    def rules(self) -> list[Part]:
        """For this group, and for handing out; with who may not be handed paper."""
        group = self.plan.audiences[self.wanted.audience]
        refused = [self.plan.refusals[name] for name in ("controller", *(("trained",) if group.young else ()), "asked")]
        return [self.staff("headline", self.texts("aware.notes")), self.staff("list", items=list(group.notes)),
                self.staff("headline", self.texts("aware.rules")), self.staff("list", items=[*self.plan.rules.values(), *refused])]

    def audio(self) -> list[list[Part]]:
        """Each sentence with the seconds it takes, at the words a minute of the plan."""
        lines = [self.words.fixed["opening"]]
        for one in self.messages():
            lines += rules.sentences(one, self.wanted.length)
        lines.append(self.words.fixed["closing"])
        seconds = [max(1, round(60 * len(line.split()) / self.plan.words_a_minute)) + 1 for line in lines]  # a second to breathe
        rows = [[self.staff("cell", str(number)), self.people("cell", line), self.staff("cell", str(took))]
                for number, (line, took) in enumerate(zip(lines, seconds, strict=True), start=1)]
        columns = [self.texts(f"aware.{name}") for name in ("line", "words", "seconds")]
        total = f"{sum(seconds) // 60}:{sum(seconds) % 60:02}"
        return [[*self.heading(), self.staff("text", self.texts("aware.read_aloud")), self.staff("table", columns=columns, rows=rows, shares=[1, 9, 2]),
                 self.staff("text", self.texts("aware.total", time=total))]]

    def session(self) -> list[list[Part]]:
        """The parts of the session with their minutes, the notes and the rules.

        Raises:
            WrongUse: no plan is made for this group and theme.
        """
        found = rules.sessions_for(self.plan, self.wanted.theme, self.wanted.audience)
        if not found:
            raise WrongUse(f"session_plan: {self.texts('aware.no_session')}")
        parts = self.heading()
        for session in found:
            parts += [self.staff("headline", f"{session.title}, {self.texts('aware.minutes', minutes=session.minutes)}"), self._blocks(session.blocks)]
        return [[*parts, *self.rules()]]

    def _blocks(self, blocks: Sequence[Any]) -> Part:
        heard = rules.heard(self.plan, self.wanted.theme, self.wanted.audience)
        rows, begin = [], 0
        for block in blocks:
            told = ". ".join(self.words.message(id, self.wanted.audience).headline for id in block.messages if id in heard)
            cells = [self.staff("cell", text) for text in (f"{begin}–{begin + block.minutes}", block.title, block.does)]
            rows.append([*cells, self.people("cell", told)])
            begin += block.minutes
        columns = [self.texts(f"aware.{name}") for name in ("when", "part", "does", "says")]
        return self.staff("table", columns=columns, rows=rows, shares=[2, 3, 6, 5])

    def questions(self) -> list[list[Part]]:
        """Questions for oneself; the sentence below them is the same whatever is chosen."""
        answers = [self.words.fixed[f"answer.{name}"] for name in ("yes", "no", "unsure")]
        asked = [self.people("question", self.words.questions[id], id=id, items=answers) for id in self.plan.audiences[self.wanted.audience].questions]
        return [[self.people("title", self.words.fixed["questions"]), self.people("text", self.words.fixed["private"]), *asked,
                 self.people("text", self.words.fixed["after"]), *(self.numbers() if self.contacts else [])]]

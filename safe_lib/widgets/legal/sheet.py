"""Forms of the workbook on procedures: one for each entry, which works without a script and saves itself with one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

from safe_lib.model.document import Block
from safe_lib.model.legal import Part
from safe_lib.widgets.blocks import blocks_html
from safe_lib.widgets.legal.reading import Reading
from safe_lib.widgets.shell import Frame, hidden_fields

PATH: Final = "procedures"
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every form of the page needs: the case as it stands, the frame, and what this colleague may do."""

    reading: Reading
    frame: Frame
    case: str
    may_write: bool
    may_report: bool = False

    def say(self, key: str, **facts: object) -> str:
        """A text of the page, escaped."""
        return escape(self.reading.texts(f"legal.{key}", **facts))

    def show(self, blocks: Iterable[Block]) -> str:
        """Blocks as on every page."""
        return blocks_html(blocks, self.reading.texts)

    # Forms

    def entry(self, part: Part, id: str, legend: str, fields: str, *, gone: bool = True, about: str = "", state: str = "") -> str:
        """One entry: its fields, the revision it was read in, a button for those without a script, and a way to take it out.

        With `state`, what it says in a few words, the form is one press away.
        """
        out = f'<button class="btn btn-2" type="submit" name="gone" value="yes" formnovalidate>{self.say("take_out")}</button>' if id and gone else ""
        form = (f'<form class="legal-entry" method="post" action="{self.action}" data-entry data-part="{part}"{_marked(id)} autocomplete="off">'
                f'{self._unseen(part, id)}<fieldset><legend>{legend}</legend>{about}<div class="row">{fields}<span class="legal-acts no-print">'
                f'<button class="btn btn-2" type="submit">{self.say("save")}</button>{out}</span></div></fieldset>'
                '<p class="q-msg" role="status" hidden></p></form>')
        return folded(f"{part}-{id}", f'{legend}<span class="legal-state">{escape(state)}</span>', form) if state else form

    def act(self, part: str, id: str, words: str, fields: str = "", *, kind: str = "btn btn-2") -> str:
        """One thing to do: a button."""
        return (f'<form class="no-print" method="post" action="{self.action}" data-entry data-act data-part="{part}"{_marked(id)}>'
                f'{self._unseen(part, id)}{fields}<button class="{kind}" type="submit">{words}</button><p class="q-msg" role="status" hidden></p></form>')

    @property
    def action(self) -> str:
        """Where forms are sent."""
        return f"{escape(self.frame.base_url)}{PATH}?case={escape(self.case)}"

    def _unseen(self, part: str, id: str) -> str:
        sent, seen = hidden_fields(self.frame, action=part), self.reading.file.revisions.get((part, id), 0)
        return f'{sent}<input type="hidden" name="id" value="{escape(id)}"><input type="hidden" name="seen" value="{seen}">'

    # Fields

    def text(self, name: str, value: str = "", *, needed: bool = False, most: int = 200) -> str:
        """A short text."""
        return self._field(name, f'<input class="input" name="{name}" value="{escape(value)}" maxlength="{most}" dir="auto"{_needed(needed)}>')

    def long(self, name: str, value: str = "", *, most: int = 20_000, rows: int = 8) -> str:
        """A long text."""
        return self._field(name, f'<textarea class="input" name="{name}" maxlength="{most}" rows="{rows}" dir="auto">{escape(value)}</textarea>')

    def day(self, name: str, value: date | None, *, needed: bool = False) -> str:
        """A day."""
        said = value.isoformat() if value else ""
        return self._field(name, f'<input class="input" type="date" name="{name}" value="{said}" min="1900-01-01" max="2199-12-31"{_needed(needed)}>')

    def choice(self, name: str, options: Options, chosen: str, *, needed: bool = False) -> str:
        """A choice."""
        listed = "".join(f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>' for value, words in options)
        return self._field(name, f'<select class="input" name="{name}"{_needed(needed)}>{listed}</select>')

    def _field(self, name: str, control: str) -> str:
        return f'<label class="field"><span>{self.say("field." + name)}</span>{control}</label>'

    def procedures(self, chosen: str, none: str) -> str:
        """For which procedure something is: those that are followed, and the one it is for already."""
        shown = dict.fromkeys((*(one.id for one in self.reading.followed), *([chosen] if chosen else [])))
        return self.choice("procedure", [("", self.reading.texts(f"legal.{none}")), *((id, f"{self.reading.procedure(id)} ({id})") for id in shown)], chosen)


def folded(key: str, summary: str, inside: str, *, open: bool = False) -> str:
    """Something one press away; the key keeps it open when the part is shown anew."""
    return (f'<details class="more" data-key="{escape(key)}"{" open" if open else ""}><summary>{summary}</summary>'
            f'<div class="in-more stack">{inside}</div></details>') if inside else ""


def _marked(id: str) -> str:
    return f' data-id="{escape(id)}"' if id else ""


def _needed(needed: bool) -> str:
    return " required" if needed else ""

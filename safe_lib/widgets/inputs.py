"""Labelled fields of a form that is sent as a whole and needs no script: label, help, what is wrong, and what was typed.

What was typed is shown again whatever it is. Nothing is marked `required` for the browser, so that everything that is
wrong is told together, in the words of the suite.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from safe_lib.catalogue.change_rules import day_in
from safe_lib.catalogue.reading import content_hash
from safe_lib.model.texts import Texts
from safe_lib.widgets.shell import icon

_ROWS: Final = 3  # lines of a field for longer text
_WORD: Final = re.compile(r"[A-Za-z0-9_-]+")  # what may be part of an id


@dataclass(frozen=True, slots=True)
class Wrongs:
    """What is wrong, by the input it belongs to; an empty name: the form as a whole."""

    found: tuple[tuple[str, str], ...] = ()

    def of(self, name: str) -> tuple[str, ...]:
        """The sentences about one input."""
        return tuple(says for at, says in self.found if at == name)

    def any_of(self, prefix: str) -> bool:
        """Whether something is wrong with an input whose name begins so."""
        return any(at.startswith(prefix) for at, _ in self.found)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Makes the fields of one form. `typed` gives what was typed into a field, empty for nothing.

    `prefix` stands before every id, so that several forms with the same fields can be on one page.
    """

    typed: Callable[[str], str]
    wrong: Wrongs
    texts: Texts
    prefix: str = ""

    def line(self, name: str, label: str, hint: str = "", *, optional: bool = False) -> str:
        """A field of one line."""
        return self._field(name, label, hint, optional, lambda marks: self._line(name, "text", marks))

    def day(self, name: str, label: str, hint: str = "", *, optional: bool = False) -> str:
        """A field for a day. The browser would show nothing of a text that is none, so such a text is shown as text."""
        kind = "date" if not self.typed(name) or day_in(self.typed(name)) else "text"
        return self._field(name, label, hint, optional, lambda marks: self._line(name, kind, marks))

    def area(self, name: str, label: str, hint: str = "", *, optional: bool = False) -> str:
        """A field for some sentences."""
        return self._field(name, label, hint, optional, lambda marks: self._area(name, marks))

    def choice(self, name: str, label: str, options: Mapping[str, str], hint: str = "", *, optional: bool = False) -> str:
        """One of several; nothing is chosen beforehand, and a value that is not offered stays in sight."""
        chosen = self.typed(name)
        known = {"": self.texts("change.level.choose"), **options}
        known.setdefault(chosen, chosen)
        listed = "".join(f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>' for value, words in known.items())
        return self._field(name, label, hint, optional, lambda marks: f'<select class="input" id="{self.prefix}{name}" name="{name}"{marks}>{listed}</select>')

    def tick(self, name: str, value: str, words: str, *, chosen: bool = False) -> str:
        """One box of several with the same name."""
        id = f"{self.prefix}{name}-{value if _WORD.fullmatch(value) else content_hash(value.encode())}"
        return (f'<div class="tick"><input type="checkbox" id="{id}" name="{name}" value="{escape(value)}"{" checked" if chosen else ""}>'
                f'<label for="{id}"><bdi>{escape(words)}</bdi></label></div>')

    def must_tick(self, name: str, words: str) -> str:
        """A box that has to be ticked, with its error."""
        errors, id = self._errors(name), f"{self.prefix}{name}"
        marks = f' aria-invalid="true" aria-describedby="{id}-error"' if errors else ""
        return (f'{errors}<div class="tick"><input type="checkbox" id="{id}" name="{name}" value="yes" aria-required="true"{marks}>'
                f'<label for="{id}">{escape(words)}</label></div>')

    def group(self, title: str, inside: str, hint: str = "", *, id: str = "") -> str:
        """Fields that belong together; with `id` the group itself can be wrong."""
        told = f'<p class="quiet small">{escape(hint)}</p>' if hint else ""
        errors = self._errors(id) if id else ""
        tied = f' aria-describedby="{self.prefix}{id}-error"' if errors else ""
        name = f' id="{self.prefix}{id}" tabindex="-1"' if id else ""
        return f'<fieldset class="card group-of"{name}{tied}><legend>{escape(title)}</legend><div class="stack">{told}{errors}{inside}</div></fieldset>\n'

    def summary(self, labels: Callable[[str], str]) -> str:
        """Everything that is wrong, with the way to each field; `labels` gives the label of an input, empty where there is none."""
        if not self.wrong.found:
            return ""
        lines = "".join(f"<li>{self._pointed(name, labels(name), says)}</li>" for name, says in self.wrong.found)
        title = escape(self.texts("change.form.wrong_title"))
        return (f'<section class="notice notice-stop below" id="wrong" role="alert" aria-labelledby="wrong-title" tabindex="-1">{icon("i-warn")}'
                f'<div><h2 class="notice-title" id="wrong-title">{title}</h2><ul class="plain">{lines}</ul></div></section>\n')

    @staticmethod
    def _pointed(name: str, label: str, says: str) -> str:
        there = f'<a href="#{escape(name)}">{escape(label)}</a>: ' if label else ""
        return f"{there}<bdi>{escape(says)}</bdi>"

    def _field(self, name: str, label: str, hint: str, optional: bool, control: Callable[[str], str]) -> str:
        errors, id = self._errors(name), f"{self.prefix}{name}"
        shown = f'<span class="hint" id="{id}-hint">{escape(hint)}</span>' if hint else ""
        tied = " ".join(part for part, there in ((f"{id}-hint", hint), (f"{id}-error", errors)) if there)
        marks = "".join((f' aria-describedby="{tied}"' if tied else "", ' aria-invalid="true"' if errors else "", "" if optional else ' aria-required="true"'))
        words = f"{label} ({self.texts('change.form.may_stay_empty')})" if optional else label
        return f'<div class="field"><label for="{id}">{escape(words)}</label>{shown}{errors}{control(marks)}</div>\n'

    def _line(self, name: str, kind: str, marks: str) -> str:
        value = escape(self.typed(name))
        return f'<input class="input" id="{self.prefix}{name}" name="{name}" type="{kind}" value="{value}" dir="auto" autocomplete="off"{marks}>'

    def _area(self, name: str, marks: str) -> str:
        # The line break after the tag is none of the text; without it a first empty line would be lost.
        text = escape(self.typed(name))
        return f'<textarea class="input" id="{self.prefix}{name}" name="{name}" rows="{_ROWS}" dir="auto" autocomplete="off"{marks}>\n{text}</textarea>'

    def _errors(self, name: str) -> str:
        lines = "".join(f'<span class="error">{icon("i-warn")}<bdi>{escape(says)}</bdi></span>' for says in self.wrong.of(name))
        return f'<div id="{self.prefix}{name}-error">{lines}</div>' if lines else ""

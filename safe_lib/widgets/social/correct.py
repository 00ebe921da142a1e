"""The form to correct an entry or to add one, and what it means as a change that a second person reviews."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from safe_lib.catalogue.organisation_writing import entry_of
from safe_lib.model.organisation import NOBODY, RECALLED, SEEN, Organisation
from safe_lib.widgets.inputs import Inputs
from safe_lib.widgets.shell import icon
from safe_lib.widgets.social.asked import NEW
from safe_lib.widgets.social.entry import PLACE
from safe_lib.widgets.social.reading import Reading
from safe_lib.widgets.social.seat import Seat

CHANNELS: Final = ("phone", "email", "website", "chat")
LINES: Final = ("name", "city", "languages", "opening", "safe_contact", "source", "note")  # of one text each
CHOSEN: Final = ("type", "cost")
TICKED: Final = ("services", "target_groups", "residence")
FIELDS: Final = (*LINES, *CHOSEN, *TICKED, *CHANNELS, "differs")


def form_html(reading: Reading, seat: Seat) -> str:
    """The form, filled with what stands there or with what was typed; nothing where nobody asks for it or may."""
    one, texts = reading.entry, reading.texts
    is_new = reading.asked.entry == NEW and bool(reading.asked.country)
    if not seat.may_propose or not (is_new or (one is not None and reading.asked.edit)):
        return ""
    known = typed_from(one) if one else {}
    make = Inputs(lambda name: seat.typed.get(name, known.get(name, "")), seat.wrong, texts, "c-")
    title = texts("social.add.title") if is_new else texts("social.correct.title")
    inside = "".join(_fields(make, reading, seat, known, is_new=is_new))
    lead = f'<p class="quiet">{escape(texts("social.correct.lead"))}</p>'
    hidden = seat.hidden(reading, act="propose", entry=NEW if is_new else one.id if one else "", country=reading.asked.country or (one.country if one else ""))
    return (
        f'<section class="card" id="correct" tabindex="-1" aria-labelledby="correct-h"><h3 id="correct-h">{escape(title)}</h3>{lead}'
        f"{make.summary(lambda name: texts(f'social.form.{name}') if name in FIELDS else '')}"
        f'<form method="post" action="{PLACE}"><div class="stack">{hidden}{inside}'
        f'<button class="btn" type="submit">{icon("i-tick")}{escape(texts("social.correct.send"))}</button></div></form></section>'
    )


def _fields(make: Inputs, reading: Reading, seat: Seat, known: Mapping[str, str], *, is_new: bool) -> list[str]:
    texts, words = reading.texts, reading.vocabulary
    label: Callable[[str], str] = lambda name: texts(f"social.form.{name}")  # noqa: E731
    hint: Callable[[str], str] = lambda name: texts(f"social.form.{name}.hint")  # noqa: E731
    found = []
    if is_new:
        types = {code: reading.word("types", code) for code in words.types}
        found += [make.line("name", label("name")), make.choice("type", label("type"), types), make.line("city", label("city"), hint("city"), optional=True)]
    for name in TICKED:
        codes: Mapping[str, Any] = getattr(words, name)
        chosen = set((seat.typed.get(name) if name in seat.typed else known.get(name, "")).split())  # type: ignore[union-attr]
        ticks = "".join(make.tick(name, code, reading.word(name, code), chosen=code in chosen) for code in codes)
        found.append(make.group(label(name), f'<div class="ticks">{ticks}</div>', id=name))
    found += [make.area("phone", label("phone"), hint("phone"), optional=True)]
    found += [make.line(name, label(name), optional=True) for name in ("email", "website", "chat")]
    found += [make.line("languages", label("languages"), hint("languages"), optional=True), make.line("opening", label("opening"), optional=True)]
    found.append(make.choice("cost", label("cost"), {code: reading.word("costs", code) for code in words.costs}, optional=True))
    found += [make.area("safe_contact", label("safe_contact"), hint("safe_contact"), optional=True), make.line("note", label("note"), optional=True)]
    found += [make.line("source", label("source"), hint("source")), make.area("differs", label("differs"), hint("differs"))]
    return found


def typed_from(one: Organisation) -> dict[str, str]:
    """An entry as the form shows it."""
    said = entry_of(one)
    found = {name: str(said.get(name, "")) for name in (*LINES, *CHOSEN)}
    found |= {name: " ".join(said.get(name, ())) for name in TICKED}
    found["languages"] = " ".join(one.languages)
    found |= {kind: "\n".join(f"{part.value} [{part.note}]" if part.note else part.value for part in one.of_kind(kind)) for kind in CHANNELS}
    return found


def fields_of(typed: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a form means as fields of an entry, and those that the entry shall have no more."""
    fields: dict[str, Any] = {name: " ".join(typed.get(name, "").split()) for name in (*LINES, *CHOSEN)}
    fields["languages"] = typed.get("languages", "").replace(",", " ").split()
    fields |= {name: typed.get(name, "").split() for name in TICKED}
    fields["contact"] = [_contact(kind, line) for kind in CHANNELS for line in typed.get(kind, "").splitlines() if line.strip()]
    kept = {key: value for key, value in fields.items() if value}
    return kept, tuple(key for key in fields if key not in kept)


def _contact(kind: str, line: str) -> dict[str, str]:
    value, _, note = line.strip().partition(" [")
    return {"kind": kind, "value": value.strip(), **({"note": note.removesuffix("]")} if note else {})}


def of_new(typed: Mapping[str, str]) -> dict[str, Any]:
    """What an added entry has besides: it was seen where its source says, and verified by nobody."""
    return {"status": SEEN if typed.get("source", "").strip() else RECALLED, "verified": NOBODY}

"""What stands below the answers of a question: what they rest on, what to listen for, a note, and that it does not apply.

A page has a hundred questions and more, and their tails are a third of its weight. So a tail comes from the server only
where something stands in it; the page makes the others from one template when their question comes near (`question.js`).
"""

from __future__ import annotations

from html import escape
from typing import Final

from safe_lib.model.answers import EVIDENCE, NOT_APPLICABLE, Answer
from safe_lib.model.case import SavedAnswer
from safe_lib.model.instrument import Item
from safe_lib.model.texts import Texts

ITEM: Final = "{item}"  # in the template, where a question has its id
EMPTY: Final = '<div class="q-tail"></div>'


def tail_html(item: Item, saved: SavedAnswer | None, texts: Texts) -> str:
    """The tail with what is recorded; an empty place where nothing but the answer is."""
    if saved is None or not (saved.note or saved.answer.evidence or saved.answer.code == NOT_APPLICABLE):
        return EMPTY
    heard = "".join(f"<p>{escape(text)}</p>" for text in heard_in(item, texts))
    return _tail(item.id, _listen(item.id, heard, texts) if heard else "", saved.answer, saved.note, texts)


def tail_template(texts: Texts) -> str:
    """The tail of any question in which nothing is recorded; `{item}` stands for its id."""
    return f"<template data-tail>{_tail(ITEM, _listen(ITEM, '', texts), Answer(''), '', texts)}</template>"


def heard_in(item: Item, texts: Texts) -> tuple[str, ...]:
    """What to listen for, each as a paragraph."""
    return tuple(text for text in (item.listen_for, item.note, item.clears_when and f"{texts('form.clears_when')}: {item.clears_when}") if text)


def in_lines(paragraphs: tuple[str, ...]) -> str:
    """Paragraphs for an attribute, one in a line."""
    return "\n".join(" ".join(text.split()) for text in paragraphs)


def _tail(id: str, listen: str, answer: Answer, note: str, texts: Texts) -> str:
    shown = "" if answer.code == NOT_APPLICABLE else " hidden"
    reason = (
        f'<div class="field q-reason"{shown}><label for="{id}-reason">{escape(texts("form.reason"))}</label>'
        f'<input class="input" id="{id}-reason" name="{id}-reason" value="{escape(answer.reason)}" dir="auto" autocomplete="off"></div>'
    )
    word = texts("form.see_note") if note else texts("form.add_note")
    return (
        f'<div class="q-tail">{_chips(id, answer, texts)}{reason}{listen}<details class="more q-note" data-note="{escape(note)}"><summary>{escape(word)}'
        f"{_about(id, texts)}</summary></details>{_not_applicable(id, answer, texts)}</div>"
    )


def _about(id: str, texts: Texts) -> str:
    """For those who hear one control after the other: which question it belongs to."""
    return f'<span class="vh">: {escape(texts("form.about_item", item=id))}</span>'


def _chips(id: str, answer: Answer, texts: Texts) -> str:
    chips = "".join(
        f'<label class="chip"><input type="checkbox" name="{id}-basis" value="{kind}"{" checked" if kind in answer.evidence else ""}>'
        f"{escape(texts(f'evidence.{kind}'))}</label>"
        for kind in EVIDENCE
    )
    named = escape(texts("form.rests_on_item", item=id))
    return f'<div class="chips" role="group" aria-label="{named}"><span aria-hidden="true">{escape(texts("form.rests_on"))}</span>{chips}</div>'


def _listen(id: str, heard: str, texts: Texts) -> str:
    return f'<details class="more"><summary>{escape(texts("form.listen_for"))}{_about(id, texts)}</summary><div class="listen">{heard}</div></details>'


def _not_applicable(id: str, answer: Answer, texts: Texts) -> str:
    if answer.code == NOT_APPLICABLE:
        return ""
    return (
        f'<button class="link" type="button" data-action="not-applicable" data-word="{escape(texts("code.not_applicable"))}">'
        f'{escape(texts("form.does_not_apply"))}{_about(id, texts)}</button>'
    )

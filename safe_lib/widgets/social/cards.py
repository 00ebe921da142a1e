"""A card or leaflet for a person, from the entries that somebody verified lately: which numbers, in which languages."""

from __future__ import annotations

from html import escape
from typing import Final

from safe_lib.catalogue.card_words import load_card_words
from safe_lib.model.organisation import may_be_printed
from safe_lib.widgets.social.reading import ON_A_PAGE, Reading
from safe_lib.widgets.social.seat import Seat

CARD: Final = "/social_map/card.pdf"


def card_html(reading: Reading, seat: Seat) -> str:
    """The form; a sentence where no entry of the country may be printed. On a shared computer nothing is downloaded."""
    texts, words = reading.texts, load_card_words()
    if not reading.asked.country or seat.shared:
        return ""
    ready = [one for one in reading.answering if may_be_printed(one, reading.vocabulary, reading.on) and one.of_kind("phone")]
    if not ready:
        none = f'<p class="in-more">{escape(texts("social.card.none"))}</p>'
        return f'<details class="more no-print"><summary>{escape(texts("social.card"))}</summary>{none}</details>'
    entries = "".join(_tick("entry", one.id, one.name, f"card-{one.id}") for one in ready[:ON_A_PAGE])
    more = f'<p class="small">{escape(texts("social.card.more", n=len(ready) - ON_A_PAGE))}</p>' if len(ready) > ON_A_PAGE else ""
    languages = "".join(_tick("in", code, str(said["name"]), f"card-in-{code}", chosen=code == texts.language) for code, said in words.languages.items())
    says = escape(texts("social.card.says", most=words.most))
    return (
        f'<details class="more no-print" id="card"><summary>{escape(texts("social.card"))}</summary><form class="in-more stack" method="get" action="{CARD}">'
        f'<p class="small">{says}</p><input type="hidden" name="country" value="{escape(reading.asked.country)}">'
        f'<fieldset class="group-of"><legend>{escape(texts("social.card.numbers"))}</legend><div class="ticks">{entries}</div>{more}</fieldset>'
        f'<fieldset class="group-of"><legend>{escape(texts("social.card.languages"))}</legend><div class="ticks">{languages}</div></fieldset>'
        f'<button class="btn btn-2" type="submit">{escape(texts("social.card.make"))}</button></form></details>'
    )


def _tick(name: str, value: str, words: str, id: str, *, chosen: bool = False) -> str:
    mark = " checked" if chosen else ""
    box = f'<input type="checkbox" id="{id}" name="{name}" value="{escape(value)}"{mark}>'
    return f'<div class="tick">{box}<label for="{id}"><bdi>{escape(words)}</bdi></label></div>'

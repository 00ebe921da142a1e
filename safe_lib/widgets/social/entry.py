"""One entry: everything it says and what nobody has written down, who verified it, and the ways to verify or correct it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from safe_lib.model.organisation import Organisation, check_due
from safe_lib.model.texts import Texts
from safe_lib.widgets.shell import icon
from safe_lib.widgets.social.asked import link, refer_address
from safe_lib.widgets.social.lists import fresh_html
from safe_lib.widgets.social.reading import Reading
from safe_lib.widgets.social.seat import Seat

PLACE: Final = "/social_map"


def entry_html(reading: Reading, seat: Seat) -> str:
    """The open entry; nothing where none is open."""
    one, texts = reading.entry, reading.texts
    if one is None:
        return ""
    back = f'<p class="no-print"><a href="{link(reading.asked, texts.language, "list", entry="", edit=False)}">{escape(texts("social.back"))}</a></p>'
    facts = "".join(f"<dt>{escape(name)}</dt><dd><bdi>{escape(value)}</bdi></dd>" for name, value in facts_of(one, reading))
    local = f'<p class="quiet"><bdi>{escape(one.local_name)}</bdi></p>' if one.local_name else ""
    return (
        f'<article class="card social-entry" id="entry" tabindex="-1" aria-labelledby="entry-h" data-entry="{escape(one.id)}">{back}'
        f'<div class="top"><h3 id="entry-h"><bdi>{escape(one.name)}</bdi></h3>{fresh_html(one, reading)}</div>{local}{_notices(one, reading)}'
        f'<dl class="facts">{facts}</dl>{_history(reading, seat)}{_refer(one, reading, seat)}{verify_form(one, reading, seat)}'
        f"{_correct(reading, seat)}</article>"
    )


def _notices(one: Organisation, reading: Reading) -> str:
    texts = reading.texts
    said = []
    if one.status == "recalled":
        said.append(texts("social.recalled"))
    if reading.fresh(one) != "verified":
        said.append(texts(f"social.before_use.{reading.fresh(one)}"))
    if one.confidential:
        said.append(secret_words(one, texts))
    return "".join(f'<div class="notice below" role="note">{icon("i-info")}<p>{escape(words)}</p></div>' for words in said)


def secret_words(one: Organisation, texts: Texts) -> str:
    """That there is a place whose address is kept secret, or that we read so."""
    return texts("social.confidential_read" if "confidential" in one.own_reading else "social.confidential")


def facts_of(one: Organisation, reading: Reading) -> Iterator[tuple[str, str]]:
    """What an entry says, by name; what nobody has written down is said to be not known."""
    texts, unknown = reading.texts, reading.texts("social.not_known")
    state = unknown if one.state_actor is None else _read(texts(f"social.state.{'yes' if one.state_actor else 'no'}"), "state_actor", one, reading)
    place = ", ".join(filter(None, (one.city, reading.directory.regions.get(one.region, ""), reading.country_name(one.country))))
    yield texts("social.fact.kind"), reading.word("types", one.type)
    yield texts("social.fact.services"), ", ".join(reading.word("services", code) for code in one.services)
    yield texts("social.fact.groups"), ", ".join(reading.word("target_groups", code) for code in one.target_groups)
    yield texts("social.fact.place"), place
    yield texts("social.fact.area"), _read(reading.word("areas", one.area), "area", one, reading) if one.area else unknown
    yield texts("social.fact.languages"), ", ".join(reading.language_name(code) for code in one.languages) or unknown
    for part in one.contact:
        yield reading.word("channels", part.kind), f"{part.value}{f' ({part.note})' if part.note else ''}"
    if not one.contact:
        yield texts("social.column.contact"), unknown
    yield texts("social.fact.opening"), one.opening or unknown
    yield texts("social.fact.cost"), reading.word("costs", one.cost) if one.cost else unknown
    yield texts("social.fact.residence"), ", ".join(reading.word("residence", code) for code in one.residence) or unknown
    yield texts("social.fact.safe_contact"), one.safe_contact or unknown
    yield texts("social.fact.state"), state
    yield texts("social.fact.source"), ", ".join(filter(None, (one.source, one.source_date)))
    yield texts("social.fact.verified"), verified_words(one, reading)
    if due := check_due(one, reading.vocabulary):
        yield texts("social.fact.next_check"), due.isoformat()
    if one.note:
        yield texts("social.fact.note"), one.note


def _read(words: str, field: str, one: Organisation, reading: Reading) -> str:
    """What an entry says, marked where it is our own reading."""
    return reading.texts("social.own_reading", says=words) if field in one.own_reading else words


def verified_words(one: Organisation, reading: Reading) -> str:
    """When, by whom and how an entry was verified."""
    texts, said = reading.texts, one.verified
    if said is None:
        return texts("social.nobody")
    return texts("social.verified_by", day=said.on.isoformat(), by=said.by, how=reading.word("ways", said.how))


def verify_form(one: Organisation, reading: Reading, seat: Seat) -> str:
    """Two presses: open it, and say how it was verified. It is sent as it is; nothing else changes."""
    if not seat.may_verify:
        return ""
    texts = reading.texts
    buttons = "".join(
        f'<button class="btn btn-2" type="submit" name="how" value="{way}">{escape(reading.word("ways", way))}</button>' for way in reading.vocabulary.ways
    )
    hidden = seat.hidden(reading, act="verify", entry=one.id, country=one.country)
    who = f'<span class="vh">: {escape(one.name)}</span>'
    return (
        f'<details class="more no-print" data-verify="{escape(one.id)}"><summary>{escape(texts("social.verify"))}{who}</summary><div class="in-more stack-s">'
        f'<p class="small">{escape(texts("social.verify_says"))}</p><form method="post" action="{PLACE}">{hidden}'
        f'<div class="row">{buttons}</div></form></div></details>'
    )


def _history(reading: Reading, seat: Seat) -> str:
    texts = reading.texts
    if not seat.history:
        return ""
    lines = "".join(f"<li><bdi>{escape(_told(line))}</bdi></li>" for line in seat.history)
    title = escape(texts("social.history", n=len(seat.history)))
    return f'<details class="more"><summary>{title}</summary><div class="in-more"><ul class="plain">{lines}</ul></div></details>'


def _told(line: Mapping[str, Any]) -> str:
    return f"{line.get('date', '')}: {line.get('change', '')} ({line.get('by', '')})"


def _refer(one: Organisation, reading: Reading, seat: Seat) -> str:
    """The way to ask them for the person of the open case."""
    if not seat.may_refer:
        return ""
    texts = reading.texts
    return f'<p class="no-print"><a href="{refer_address(reading.asked, texts.language, one.id)}">{escape(texts("referral.open"))}</a></p>'


def _correct(reading: Reading, seat: Seat) -> str:
    if not seat.may_propose or reading.asked.edit:
        return ""
    return (
        f'<p class="no-print"><a href="{link(reading.asked, reading.texts.language, "correct", edit=True)}">{escape(reading.texts("social.correct"))}</a></p>'
    )

"""Asking an organisation of the map for one person: what speaks for and against it, the words, what the person says, and what was kept.

Two steps: the words are written and then shown exactly as they would be passed on, to be read to the person. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.coordination.map_referral import LONGEST, Offer, Passing, carrying
from safe_lib.engine.matching import Reason
from safe_lib.model.assessment import Truth
from safe_lib.model.coordination import Referral
from safe_lib.model.disclosure import HOWS, REASONED
from safe_lib.model.texts import Texts
from safe_lib.widgets.pages import date_in_words
from safe_lib.widgets.people_pages import Said, _field, _told
from safe_lib.widgets.shell import Frame, hidden_fields, icon, page_shell
from safe_lib.widgets.social.asked import REFERRAL, parts_of
from safe_lib.widgets.social.entry import secret_words
from safe_lib.widgets.social.helpers import reason_html, within
from safe_lib.widgets.social.lists import fresh_html
from safe_lib.widgets.social.reading import Reading

NOW: Final = ("given", "refused")  # what the person says now


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: the words as they are, whether they are shown to be read to the person, and what was kept."""

    passing: Passing
    shown: bool = False
    kept: Referral | None = None
    typed: dict[str, str] = field(default_factory=dict)  # of the second form, when it could not be kept


def refer_page(frame: Frame, reading: Reading, offer: Offer, step: Step, *, said: Said) -> str:
    """The whole page."""
    texts = frame.texts
    inside = _kept(frame, reading, offer, step.kept) if step.kept else _asking(frame, reading, offer, step)
    title = escape(texts("referral.title"))
    name = f"<bdi>{escape(offer.organisation.name)}</bdi>"
    return page_shell(frame, (
        f'<div class="head"><div><h1>{title}: {name}</h1><p class="lead">{escape(texts("referral.lead"))}</p></div></div>\n'
        f'{_told(texts, said)}<div class="stack">{inside}{_ways(frame, reading)}</div>\n'))


def first_words(reading: Reading, offer: Offer) -> str:
    """A draft that gives nobody away: what is asked for, the language, and what to do with the question."""
    texts, asked = reading.texts, reading.asked
    services = ", ".join(within(reading.word("services", code)) for code in offer.services)
    lines = [texts("referral.draft.ask", services=services)]
    lines += [texts("referral.draft.language", language=reading.language_name(asked.spoken))] if asked.spoken else []
    return "\n".join([*lines, texts("referral.draft.keep"), texts("referral.draft.answer")])


def _asking(frame: Frame, reading: Reading, offer: Offer, step: Step) -> str:
    why = _why(reading, offer)
    if offer.stops:
        stop = f'<p class="notice notice-stop" role="alert">{icon("i-warn")}<span>{escape(frame.texts("referral.wrong.stopped"))}</span></p>'
        return f"{stop}{why}"
    return why + (_read_form(frame, reading, offer, step) if step.shown else _words_form(frame, reading, offer, step))


def _card(id: str, title: str, inside: str) -> str:
    return f'<section class="card stack" id="{id}" aria-labelledby="{id}-title"><h2 id="{id}-title">{escape(title)}</h2>{inside}</section>\n'


def _why(reading: Reading, offer: Offer) -> str:
    """How far the entry can be relied on, how to reach them, what was asked of them before, and every reason for and against."""
    texts, one = reading.texts, offer.organisation
    before = "".join(f'<li>{escape(texts("referral.before", day=date_in_words(asked.asked_on, texts, "medium"), purpose=asked.purpose, id=asked.id))}</li>'
                     for asked in offer.before)
    known = f'<ul class="plain">{before}</ul>' if before else ""
    reasons = "".join(reason_html(reason, reading) for reason in sorted(offer.fit.reasons, key=_against))
    return _card("why", texts("referral.why"), f"<p>{fresh_html(one, reading)}</p>{_reach(reading, offer)}{known}<ul class=\"reasons\">{reasons}</ul>")


def _against(reason: Reason) -> int:
    """What speaks against it stands first."""
    return (Truth.FAILS, Truth.OPEN, Truth.HOLDS).index(reason.truth)


def _reach(reading: Reading, offer: Offer) -> str:
    texts, one = reading.texts, offer.organisation
    reach = "; ".join(part.value for part in one.contact) or texts("social.not_known")
    heed = f'<p>{escape(texts("social.fact.safe_contact"))}: <bdi>{escape(one.safe_contact)}</bdi></p>' if one.safe_contact else ""
    secret = f"<p>{escape(secret_words(one, texts))}</p>" if one.confidential else ""
    return f'<p>{escape(texts("social.column.contact"))}: <bdi>{escape(reach)}</bdi></p>{heed}{secret}'


# First step: the words


def _words_form(frame: Frame, reading: Reading, offer: Offer, step: Step) -> str:
    texts, passing = frame.texts, step.passing
    hint = escape(texts("referral.words_hint", most=LONGEST))
    area = (f'<div class="field"><label for="words">{escape(texts("referral.words"))}</label><span class="hint" id="words-hint">{hint}</span>'
            f'<textarea class="input" id="words" name="words" rows="6" maxlength="{LONGEST}" dir="auto" autocomplete="off" required '
            f'aria-describedby="words-hint">{escape(passing.words)}</textarea></div>')
    fields = _field(texts, "purpose", "coord.purpose", hint="referral.purpose_hint", value=passing.purpose, required=True) + area
    if offer.to_weigh:
        fields += _field(texts, "although", "referral.although", hint="referral.although_hint", value=passing.although, required=True)
    button = f'<p><button class="btn" type="submit">{escape(texts("referral.show"))}</button></p>'
    return _card("say", texts("referral.step_words"), _form(frame, reading, "show", fields + button))


def _form(frame: Frame, reading: Reading, action: str, inside: str, **more: str) -> str:
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in parts_of(reading.asked))
    return f'<form class="stack" method="post" action="{escape(frame.base_url)}{REFERRAL}">{hidden_fields(frame, action=action, **more)}{kept}{inside}</form>'


# Second step: the person


def _read_form(frame: Frame, reading: Reading, offer: Offer, step: Step) -> str:
    texts, passing = frame.texts, step.passing
    shown = (f'<p>{escape(texts("referral.exactly", organisation=offer.organisation.name, purpose=passing.purpose))}</p>'
             f'<blockquote class="passed" data-passed-on dir="auto">{_lines(passing.words)}</blockquote>'
             f'<p class="quiet">{escape(texts("referral.nothing_else"))}</p>')
    fields = _rests_on(texts, offer, step) + _explained(texts, step)
    buttons = (f'<div class="row"><button class="btn" type="submit" name="action" value="keep">{escape(texts("referral.keep"))}</button>'
               f'<button class="btn btn-2" type="submit" name="action" value="change" formnovalidate>{escape(texts("referral.change"))}</button></div>'
               f'<p class="quiet">{escape(texts("referral.not_sent"))}</p>')
    kept = {"words": passing.words, "purpose": passing.purpose, "although": passing.although}
    return _card("read", texts("referral.step_read"), shown) + _card("agree", texts("referral.step_agree"), _form(frame, reading, "", fields + buttons, **kept))


def _lines(words: str) -> str:
    return "<br>".join(f"<span>{escape(line)}</span>" for line in words.splitlines())


def _rests_on(texts: Texts, offer: Offer, step: Step) -> str:
    """What it rests on; nothing is chosen beforehand: one press of a tired hand agrees to nothing."""
    chosen = step.typed.get("rests", "")
    options: list[tuple[str, str]] = [(one, texts(f"referral.now.{one}")) for one in NOW]
    options += [(f"consent {one.id}", texts("referral.earlier", day=date_in_words(one.at.date(), texts, "medium"), purpose=one.purpose, scope=one.scope))
                for one in carrying(offer, step.passing)]
    options += [(one, texts("referral.without", basis=texts(f"disclose.basis.{one}"))) for one in REASONED]
    radios = "".join(_radio("rests", value, words, chosen=value == chosen) for value, words in options)
    return f'<fieldset class="group-of"><legend>{escape(texts("referral.rests"))}</legend><div class="stack-s">{radios}</div></fieldset>'


def _radio(name: str, value: str, words: str, *, chosen: bool) -> str:
    id, mark = f"{name}-{value.replace(' ', '-')}", " checked" if chosen else ""
    box = f'<input type="radio" id="{escape(id)}" name="{name}" value="{escape(value)}" required{mark}>'
    return f'<label class="one-of" for="{escape(id)}">{box} <span>{escape(words)}</span></label>'


def _explained(texts: Texts, step: Step) -> str:
    typed = step.typed
    how = "".join(f'<option value="{one}"{" selected" if typed.get("how") == one else ""}>{escape(texts(f"disclose.how.{one}"))}</option>' for one in HOWS)
    mark = " checked" if typed.get("interpreter") else ""
    ways = f'<div class="field"><label for="how">{escape(texts("referral.how"))}</label><select class="input" id="how" name="how">{how}</select></div>'
    box = f'<label class="row" for="interpreter"><input type="checkbox" id="interpreter" name="interpreter" value="yes"{mark}> '
    return (_field(texts, "explained", "referral.explained", hint="referral.explained_hint", value=typed.get("explained", "")) + ways
            + f'{box}{escape(texts("referral.interpreter"))}</label>'
            + _field(texts, "reason", "referral.reason", hint="referral.reason_hint", value=typed.get("reason", "")))


# What was kept


def _kept(frame: Frame, reading: Reading, offer: Offer, kept: Referral) -> str:
    """The words once more, how to reach them, and what to do now."""
    texts = frame.texts
    due = date_in_words(kept.due, texts, "long") if kept.due else ""
    steps: Sequence[str] = [texts("referral.now_do.say"), texts("referral.now_do.answer", due=due)] if kept.waits else []
    listed = "".join(f"<li>{escape(one)}</li>" for one in steps)
    query = urlencode({"case": offer.ref, "lang": texts.language})
    ways = "".join(f'<li><a href="{escape(frame.base_url)}{path}?{escape(query)}{anchor}">{escape(texts(key))}</a></li>' for path, anchor, key in (
        ("coordination", "#view-case_log", "referral.to.coordination"), ("letters", "", "referral.to.letters"), ("disclosures", "", "referral.to.disclosures")))
    state = texts(f"coord.answer.{kept.state}")
    head = f'<p data-referral="{escape(kept.id)}" data-state="{kept.state}">{escape(texts("referral.number", id=kept.id, state=state))}</p>'
    words = f'<blockquote class="passed mask" data-passed-on dir="auto">{_lines(kept.passed_on)}</blockquote>'
    return _card("kept", texts("referral.kept"), f'{head}{words}{_reach(reading, offer)}<ol>{listed}</ol><ul class="plain">{ways}</ul>')


def _ways(frame: Frame, reading: Reading) -> str:
    query = urlencode([*parts_of(reading.asked), ("lang", frame.texts.language)])
    return f'<p class="no-print"><a href="{escape(frame.base_url)}social_map?{escape(query)}#view-helpers">{escape(frame.texts("referral.back"))}</a></p>'

"""Who could help one person: the needs that an assessment shows, and for each who fits, who has to be asked, who does not fit, and why."""

from __future__ import annotations

from html import escape
from typing import Final

from safe_lib.engine.matching import Fit, Reason, Seen
from safe_lib.model.assessment import Truth
from safe_lib.model.document import Badge
from safe_lib.widgets.atlas.search import select_html
from safe_lib.widgets.blocks import badge_html
from safe_lib.widgets.social.asked import hidden, link, refer_address
from safe_lib.widgets.social.reading import Reading
from safe_lib.widgets.social.seat import Seat

FIRST: Final = "first"  # in place of a need: everything that an organisation offers
WORDS: Final = {Truth.HOLDS: "holds", Truth.OPEN: "open", Truth.FAILS: "fails"}


def helpers_html(reading: Reading, seat: Seat) -> str:
    """The needs of the open case; nothing without one."""
    found, texts = seat.helpers, reading.texts
    if found is None:
        return ""
    cautions = "".join(_caution(id, seen, reading) for id, seen in found.cautions.items() if seen.truth is not Truth.FAILS)
    seen_first = sorted((one for one in found.needs if one.truth is not Truth.FAILS), key=lambda one: one.truth is Truth.OPEN)
    needs = "".join(_need(seen, found.fits.get(seen.id, ()), reading, seat) for seen in seen_first)
    lead = texts("social.help.lead") if reading.asked.country else texts("social.help.choose")
    first = _coordination(found.coordination, reading, seat)
    return f'<p class="quiet">{escape(lead)}</p>{_form(reading)}{cautions}{first}<div class="stack">{needs}</div>'


def _coordination(fits: tuple[Fit, ...], reading: Reading, seat: Seat) -> str:
    """Whom to ask before all others, whatever is needed; nobody whom a reason speaks against."""
    items = "".join(_fit(fit, reading, "" if not seat.may_refer else FIRST) for fit in fits if fit.truth is not Truth.FAILS)
    if not items:
        return ""
    title = escape(reading.texts("social.help.first"))
    return f'<section data-coordination aria-label="{title}"><h3>{title}</h3><ul class="social-list">{items}</ul></section>'


def _form(reading: Reading) -> str:
    """What is added for this look and kept nowhere."""
    asked, texts = reading.asked, reading.texts
    unknown = ("", texts("social.not_known"))
    residence = [unknown, *((code, reading.word("residence", code)) for code in reading.vocabulary.residence)]
    groups = [unknown, *((code, reading.word("target_groups", code)) for code in reading.vocabulary.target_groups if code != "professionals")]
    agrees = [unknown, ("yes", texts("social.help.yes")), ("no", texts("social.help.no"))]
    avoid = [("", texts("social.help.nowhere_named")), *sorted(reading.directory.regions.items(), key=lambda pair: pair[1])]
    fields = [
        select_html("h-country", "country", texts("social.help.where"), [("", texts("social.every_country")), *reading.countries()], asked.country),
        select_html("h-group", "group", texts("social.group"), groups, asked.target),
        select_html("h-spoken", "spoken", texts("social.help.speaks"), [unknown, *reading.languages()], asked.spoken),
        select_html("h-residence", "residence", texts("social.help.residence"), residence, asked.residence),
        select_html("h-agrees", "agrees", texts("social.help.agrees"), agrees, asked.agrees),
        select_html("h-avoid", "avoid", texts("social.help.avoid"), avoid, next(iter(asked.avoid), "")) if len(avoid) > 1 else "",
    ]
    kept = hidden(asked, texts.language, ("country", "group", "spoken", "residence", "agrees", "avoid", "entry", "edit", "page", "show"))
    button = f'<button class="btn btn-2" type="submit">{escape(texts("social.help.go"))}</button>'
    return f'<form class="tools card" method="get" action="#view-helpers">{kept}{"".join(fields)}{button}</form>'


def _caution(id: str, seen: Seen, reading: Reading) -> str:
    texts = reading.texts
    said = next(one for one in reading.vocabulary.cautions if one.id == id)
    words = said.because.get(texts.language) or said.because["en"]
    tone = " notice-stop" if seen.truth is Truth.HOLDS else ""
    title = texts(f"social.caution.{WORDS[seen.truth]}")
    told = f"<p><strong>{escape(title)}</strong> {escape(words)} ({escape(', '.join(seen.signs))})</p>"
    return f'<div class="notice{tone} below" role="note" data-caution="{id}">{told}</div>'


def _need(seen: Seen, fits: tuple[Fit, ...], reading: Reading, seat: Seat) -> str:
    texts = reading.texts
    need = next(one for one in reading.vocabulary.needs if one.id == seen.id)
    name = need.name.get(texts.language) or need.name["en"]
    open_mark = " open" if seen.truth is Truth.HOLDS else ""
    badge = badge_html(Badge("truth", WORDS[seen.truth], texts(f"social.need.{WORDS[seen.truth]}")))
    signs = f'<p class="small quiet">{escape(texts("social.need.signs", signs=", ".join(seen.signs)))}</p>' if seen.signs else ""
    listed = "".join(_fits(truth, [fit for fit in fits if fit.truth is truth], reading, need.id if seat.may_refer else "") for truth in WORDS)
    inside = listed or (f"<p>{escape(texts('social.none'))}</p>" if reading.asked.country else "")
    return (
        f'<details class="more" data-need="{need.id}"{open_mark}><summary>{escape(name)} {badge}</summary><div class="in-more">{signs}{inside}</div></details>'
    )


def _fits(truth: Truth, fits: list[Fit], reading: Reading, need: str) -> str:
    """Those with one answer; with a need, a way to ask them for the person, but for those who do not fit."""
    if not fits:
        return ""
    texts, word = reading.texts, WORDS[truth]
    items = "".join(_fit(fit, reading, need if truth is not Truth.FAILS else "") for fit in fits)
    title = f"{texts(f'social.fits.{word}')} ({len(fits)})"
    if truth is Truth.FAILS:
        return f'<details class="more"><summary>{escape(title)}</summary><div class="in-more"><ul class="social-list">{items}</ul></div></details>'
    return f'<h3>{escape(title)}</h3><ul class="social-list">{items}</ul>'


def _fit(fit: Fit, reading: Reading, need: str) -> str:
    texts, one = reading.texts, fit.organisation
    services = ", ".join(reading.word("services", code) for code in fit.services)
    address = link(reading.asked, texts.language, "entry", entry=one.id)
    telling = [reason for reason in fit.reasons if reason.truth is not Truth.HOLDS] or list(fit.reasons)
    others = [reason for reason in fit.reasons if reason not in telling]
    reasons = "".join(reason_html(reason, reading) for reason in (*telling, *others))
    name = f'<span class="vh">: {escape(one.name)}</span>'
    ask = f'<p><a data-refer="{escape(one.id)}" href="{refer_address(reading.asked, texts.language, one.id, "" if need == FIRST else need)}">' if need else ""
    ask += f"{escape(texts('referral.open'))}{name}</a></p>" if need else ""
    return (
        f'<li class="social-one" data-fit="{escape(one.id)}" data-truth="{WORDS[fit.truth]}"><h4><a href="{address}">'
        f'<bdi>{escape(one.name)}</bdi></a> <span class="light small">{escape(services)}</span></h4><ul class="reasons">{reasons}</ul>{ask}</li>'
    )


def reason_html(reason: Reason, reading: Reading) -> str:
    """A reason as a line of a list: its answer as word, shape and colour, and its sentence."""
    word = WORDS[reason.truth]
    badge = badge_html(Badge("truth", word, reading.texts(f"social.reason.{word}")))
    return f"<li>{badge} <span>{escape(reason_words(reason, reading))}</span></li>"


def reason_words(reason: Reason, reading: Reading) -> str:
    """A reason as a sentence, its codes as words."""
    kinds = {"groups": "target_groups", "residence": "residence"}
    facts = {
        key: value
        if isinstance(value, str)
        else ", ".join(reading.language_name(code) if key == "languages" else within(reading.word(kinds[key], code)) for code in value)
        for key, value in reason.facts.items()
    }
    return reading.texts(f"match.{reason.key}.{WORDS[reason.truth]}", **facts)


def within(word: str) -> str:
    """A word as it stands within a sentence."""
    return word[:1].lower() + word[1:]

"""The page about the rights of one person: how long the case is kept, what they are given, what they want corrected, erasure, and children.

It takes values and returns HTML text; every form works without a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.model.case import SavedAnswer
from safe_lib.model.correction import Correction
from safe_lib.model.instrument import Instrument
from safe_lib.model.person import Request
from safe_lib.model.texts import Texts
from safe_lib.person.access_pack import FreeText, Looked
from safe_lib.person.children import BestInterest, Gate
from safe_lib.person.retention import Keeping
from safe_lib.widgets.pages import date_in_words
from safe_lib.widgets.people_pages import Said, _field, _form, _told
from safe_lib.widgets.shell import Frame, icon, page_shell
from safe_lib.widgets.views import answer_words

PERSON: Final = "person"
FORMATS: Final = ("html", "pdf", "docx", "json")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer that counts now, with the question it answers."""

    instrument: Instrument
    saved: SavedAnswer


@dataclass(frozen=True, slots=True)
class PersonView:
    """What the page shows to one colleague."""

    ref: str
    closed: bool
    keeping: Keeping | None
    recorded: tuple[Recorded, ...]
    chosen: Recorded | None  # the answer that is being corrected
    papers: tuple[str, ...]  # kinds of papers there are
    chosen_paper: str  # the paper that the person disagrees with; empty for none
    corrections: tuple[Correction, ...]
    texts: tuple[FreeText, ...]  # to look at before the person is given what is kept
    looked: Looked  # what was decided about them on the form that was sent last
    gate: Gate
    best_interest: BestInterest | None
    request: Request | None  # to erase, waiting for a second person
    may_close: bool
    may_give: bool
    may_erase: bool


def person_page(frame: Frame, view: PersonView, *, said: Said) -> str:
    """Everything that can be done for the rights of one person."""
    texts = frame.texts
    care = _children(frame, view) if view.gate.applies else ""
    right = _keeping(frame, view) + (_erase(frame, view) if view.may_erase else "")
    left = care + (_access(frame, view) if view.may_give else "") + _correct(frame, view)
    return page_shell(frame, (
        f'<div class="head"><div><h1>{escape(texts("rights.title"))}</h1><p class="lead">{escape(texts("rights.page.lead"))}</p></div></div>\n'
        f'{_told(texts, said)}<div class="cols"><div class="stack">{left}</div><div class="stack">{right}</div></div>\n'))


# How long


def _keeping(frame: Frame, view: PersonView) -> str:
    texts = frame.texts
    if view.keeping is None:
        listed = f'{frame.base_url}closing?{urlencode({"case": view.ref, "lang": texts.language})}'
        inside = (f'<p>{escape(texts("rights.page.keeping.open"))}</p>'
                  f'<p><a href="{escape(listed)}">{escape(texts("coord.closing.go"))}</a></p>')
    else:
        facts = "".join(_clock(frame, clock.title, clock.until, clock.state, clock.reason) for clock in view.keeping.clocks)
        inside = f'<p>{escape(texts("rights.page.keeping.closed", day=date_in_words(view.keeping.closed, texts, "long")))}</p><dl class="facts">{facts}</dl>'
    if view.may_close:
        again = texts("rights.page.keeping.open_again")
        inside += _here(frame, view, "open", "", again, quiet=True) + _extend(frame, view) if view.keeping else _without_list(frame, view)
    return _card(texts, "keeping", inside)


def _without_list(frame: Frame, view: PersonView) -> str:
    """Closing before the list was gone through: one press away, with the reason."""
    texts = frame.texts
    fields = "".join(_field(texts, name, f"rights.page.keeping.{name}", hint=f"rights.page.keeping.{name}_hint", required=True, place="close")
                     for name in ("although", "words"))
    words = texts("rights.page.keeping.close_without")
    return _folded(words, _here(frame, view, "close", fields, words, quiet=True))


def _clock(frame: Frame, title: str, until: object, state: str, reason: str) -> str:
    texts = frame.texts
    said = texts(f"rights.page.keeping.{state}", until=date_in_words(until, texts, "long"))  # type: ignore[arg-type]
    sign = icon("i-warn") if state != "running" else ""
    why = f'<br><span class="quiet mask">{escape(texts("rights.page.keeping.extended", why=reason))}</span>' if reason and not frame.masked else ""
    return f"<div><dt>{escape(title)}</dt><dd>{sign}{escape(said)}{why}</dd></div>"


def _extend(frame: Frame, view: PersonView) -> str:
    texts = frame.texts
    options = "".join(f'<option value="{escape(clock.purpose)}">{escape(clock.title)}</option>' for clock in (view.keeping.clocks if view.keeping else ()))
    choice = (f'<div class="field"><label for="extend-purpose">{escape(texts("rights.purpose"))}</label>'
              f'<select class="input" id="extend-purpose" name="purpose">{options}</select></div>')
    day = (f'<div class="field"><label for="extend-until">{escape(texts("rights.page.keeping.until"))}</label>'
           f'<input class="input" id="extend-until" name="until" type="date" required></div>')
    fields = choice + day + _field(texts, "reason", "rights.page.keeping.why", required=True, place="extend")
    return _folded(texts("rights.page.keeping.extend"), _here(frame, view, "extend", fields, texts("rights.page.keeping.extend")))


# Access


def _access(frame: Frame, view: PersonView) -> str:
    texts = frame.texts
    about = f'<p>{escape(texts("rights.page.access.about"))}</p>'
    if frame.shared or frame.masked:
        return _card(texts, "access", about + _notice(texts("rights.page.access.shared" if frame.shared else "rights.page.access.masked")))
    listed = "".join(_free_text(texts, number, text, view.looked) for number, text in enumerate(view.texts))
    count = texts("rights.page.access.texts", count=len(view.texts))
    again = " open" if view.looked.passed or view.looked.withheld else ""  # what was ticked before is not lost
    looked = f'<details class="more"{again}><summary>{escape(count)}</summary><div class="in-more stack">{listed}</div></details>' if view.texts else ""
    return _card(texts, "access", about + _here(frame, view, "access", _choices(frame) + looked, texts("rights.page.access.give")))


def _choices(frame: Frame) -> str:
    texts = frame.texts
    formats = "".join(f'<option value="{one}">{one.upper()}</option>' for one in FORMATS)
    return (
        _field(texts, "language", "rights.page.access.language", hint="rights.page.access.language_hint", value=texts.language, required=True, place="access") +
        f'<div class="field"><label for="access-format">{escape(texts("rights.form"))}</label>'
        f'<select class="input" id="access-format" name="format">{formats}</select></div>'
        f'<label class="row" for="access-discreet"><input type="checkbox" id="access-discreet" name="discreet" value="true"> '
        f'{escape(texts("rights.page.access.discreet"))}</label>' +
        _field(texts, "although", "rights.page.access.although", hint="rights.page.access.although_hint", place="access"))


def _free_text(texts: Texts, number: int, text: FreeText, looked: Looked) -> str:
    """One text to look at: it may go, or is held back with a reason."""
    ticked, why = " checked" if text.id in looked.passed else "", looked.why(text.id) or ""
    return (
        f'<fieldset class="stack-s"><legend class="small quiet">{escape(text.where)}</legend>'
        f'<blockquote class="mask" dir="auto">{escape(text.text)}</blockquote>'
        f'<label class="row" for="pass-{number}"><input type="checkbox" id="pass-{number}" name="pass" value="{escape(text.id)}"{ticked}> '
        f'{escape(texts("rights.page.access.pass"))}</label>'
        f'<div class="field"><label for="hold-{number}">{escape(texts("rights.page.access.hold"))}</label>'
        f'<input class="input" id="hold-{number}" name="hold:{escape(text.id)}" value="{escape(why)}" '
        f'maxlength="200" dir="auto" autocomplete="off"></div></fieldset>')


# Correction


def _correct(frame: Frame, view: PersonView) -> str:
    texts = frame.texts
    about = f'<p>{escape(texts("rights.page.correct.about"))}</p>'
    chosen = _correction_form(frame, view, view.chosen) if view.chosen else _paper_form(frame, view) if view.chosen_paper else ""
    links = "".join(_link(frame, view, f"paper/{kind}", texts(f"rights.paper.{kind}")) for kind in view.papers)
    links += "".join(_link(frame, view, _key(one), _label(one)) for one in view.recorded)
    none = f'<p class="none-yet">{escape(texts("rights.access.nothing"))}</p>'
    listed = _folded(texts("rights.page.correct.choose"), f'<ul class="plain">{links}</ul>') if links else none
    return _card(texts, "correct", about + chosen + listed + _made(frame, view))


def _link(frame: Frame, view: PersonView, key: str, words: str) -> str:
    path = f"{frame.base_url}{PERSON}?{urlencode({'case': view.ref, 'item': key, 'lang': frame.texts.language})}#correct"
    return f'<li><a href="{escape(path)}">{escape(words)}</a></li>'


def _paper_form(frame: Frame, view: PersonView) -> str:
    """A paper is changed where it is written; here the person's disagreement with it is kept."""
    texts, kind = frame.texts, view.chosen_paper
    fields = f'<input type="hidden" name="item" value="paper/{escape(kind)}">' + "".join(
        _field(texts, name, f"rights.page.correct.{name}", required=True, place="correct") for name in ("reason", "why_not", "words"))
    return (f'<h3 id="correct">{escape(texts(f"rights.paper.{kind}"))}</h3><p>{escape(texts("rights.page.correct.paper"))}</p>'
            f'{_here(frame, view, "correct", fields, texts("rights.page.correct.do"))}')


def _correction_form(frame: Frame, view: PersonView, one: Recorded) -> str:
    texts, item = frame.texts, one.instrument.by_id()[one.saved.item]
    words = one.saved.note if one.saved.answer.code == "written" else answer_words(one.instrument, item, one.saved.answer.code, texts)
    now = "" if frame.masked else f'<p>{escape(texts("rights.page.correct.now", says=words))}</p>'
    scale = one.instrument.scales.get(item.scale)
    codes = [code for code in (scale.codes if scale else ()) if code != one.saved.answer.code]
    options = "".join(f'<option value="{escape(code)}">{escape(answer_words(one.instrument, item, code, texts))}</option>' for code in codes)
    stays = f'<option value="">{escape(texts("rights.page.correct.stays"))}</option>'
    fields = (f'<input type="hidden" name="item" value="{escape(_key(one))}">' +
              _field(texts, "reason", "rights.page.correct.reason", required=True, place="correct") +
              f'<div class="field"><label for="correct-to">{escape(texts("rights.page.correct.to"))}</label>'
              f'<select class="input" id="correct-to" name="to">{stays}{options}</select></div>' +
              _field(texts, "why_not", "rights.page.correct.why_not", hint="rights.page.correct.why_not_hint", place="correct") +
              _field(texts, "words", "rights.page.correct.words", place="correct"))
    return f'<h3 id="correct">{escape(_label(one))}</h3><p>{escape(item.ask)}</p>{now}{_here(frame, view, "correct", fields, texts("rights.page.correct.do"))}'


def _made(frame: Frame, view: PersonView) -> str:
    texts = frame.texts
    if not view.corrections or frame.masked:
        return ""
    rows = "".join(
        f"<li><strong>{escape(one.item or one.name)}</strong>, {escape(one.on)}: {escape(texts(f'rights.correction.{one.result}'))}. "
        f'<span class="mask">{escape(one.reason)}{escape(" / " + one.disagreement if one.disagreement else "")}</span></li>' for one in view.corrections)
    return f'<h3>{escape(texts("rights.correction.title"))}</h3><ul class="plain stack-s">{rows}</ul>'


def _key(one: Recorded) -> str:
    return f"{one.instrument.id}/{one.saved.item}"


def _label(one: Recorded) -> str:
    return f"{one.instrument.by_id()[one.saved.item].label} ({one.saved.item})"


# Erasure, and children


def _erase(frame: Frame, view: PersonView) -> str:
    texts = frame.texts
    about = f'<p>{escape(texts("rights.page.erase.about"))}</p>'
    if view.request is not None:
        return _card(texts, "erase", about + _notice(texts("rights.page.erase.asked", by=view.request.asked_by)))
    return _card(texts, "erase", about + _folded(texts("rights.page.erase.ask"), _here(frame, view, "erase", "", texts("rights.page.erase.ask"), quiet=True)))


def _children(frame: Frame, view: PersonView) -> str:
    texts, known = frame.texts, view.best_interest
    missing = "".join(f"<li>{escape(texts(f'rights.child.missing_{name}'))}</li>" for name in view.gate.missing)
    notice = (f'<div class="notice notice-stop" role="status">{icon("i-warn")}<div><p>{escape(texts("rights.child.first"))}</p><ul>{missing}</ul></div></div>'
              if missing else "")
    values = {"guardian": known.guardian, "note": known.note, "view": known.view} if known and not frame.masked else {}
    fields = "".join(_field(texts, name, f"rights.child.{name}", hint=f"rights.child.{name}_hint", value=values.get(name, ""), required=True, place="child")
                     for name in ("guardian", "note", "view"))
    return _card(texts, "child", f'<p>{escape(texts("rights.child.about"))}</p>{notice}' + _here(frame, view, "child", fields, texts("rights.child.save")))


# Parts


def _card(texts: Texts, id: str, inside: str) -> str:
    title = escape(texts(f"rights.page.{id}.title"))
    return f'<section class="card stack" aria-labelledby="{id}-title"><h2 id="{id}-title" class="below">{title}</h2>{inside}</section>\n'


def _notice(words: str) -> str:
    return f'<p class="notice" role="status">{icon("i-info")}<span>{escape(words)}</span></p>'


def _folded(words: str, inside: str) -> str:
    return f'<details class="more"><summary>{escape(words)}</summary><div class="in-more">{inside}</div></details>'


def _here(frame: Frame, view: PersonView, action: str, fields: str, words: str, *, quiet: bool = False) -> str:
    return _form(frame, PERSON, action, f'<input type="hidden" name="case" value="{escape(view.ref)}">{fields}', words, quiet=quiet)


def answers_of(instruments: Sequence[tuple[Instrument, Sequence[SavedAnswer]]]) -> tuple[Recorded, ...]:
    """The answers that count now and are still asked, in the order of their instruments."""
    return tuple(Recorded(instrument, saved) for instrument, several in instruments for saved in several if saved.item in instrument.by_id())

"""The page of letters and forms of one person: what each is for, what is not known, what is done before it leaves, and how it leaves.

It takes values and returns HTML text; every form works without a script.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from safe_lib.catalogue.letters import load_letters
from safe_lib.disclosing import Sharing
from safe_lib.engine.procedure_json import said as in_words
from safe_lib.lettering import Draft, Waiting, names_of
from safe_lib.model.disclosure import CONSENT, EXERCISE, REASONED
from safe_lib.model.document import Block, Heading
from safe_lib.model.letter import Letter
from safe_lib.model.procedure import Words, is_recalled
from safe_lib.model.texts import Texts
from safe_lib.widgets.blocks import blocks_html
from safe_lib.widgets.disclosure_page import OF_ITSELF, TABLE, Link, _day, _field, _row, _select, _told
from safe_lib.widgets.pages import date_in_words
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.shell import Frame, hidden_fields, icon, page_shell

PATH: Final = "letters"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: every letter, the one that was chosen, in which language it is drafted, and what came of it."""

    letters: tuple[Letter, ...]
    languages: tuple[tuple[str, str], ...]  # code and name
    chosen: Letter | None
    language: str
    draft: Draft | None  # None where a fact says what the letter must not, which `said` tells
    training: bool
    may_leave: bool = True  # False: this colleague drafts, and another lets it leave
    may_draft: bool = True
    waiting: tuple[Waiting, ...] = ()  # drafts that lie in the file


def letters_page(frame: Frame, found: Sharing, shown: Shown, *, said: Said, link: Link | None = None) -> str:
    """The whole page."""
    texts, ref = frame.texts, escape(found.ref)
    way = f'{escape(frame.base_url)}disclosures?case={ref}&amp;lang={escape(texts.language)}'
    chosen = _chosen(frame, found, shown) if shown.chosen else ""
    return page_shell(frame, (
        f'<div class="head"><div><p class="quiet"><a class="ref" href="{escape(frame.base_url)}identification?case={ref}&amp;'
        f'lang={escape(texts.language)}"><bdi>{ref}</bdi></a></p><h1>{escape(texts("letter.page.title"))}</h1>'
        f'<p class="lead">{escape(texts("letter.page.lead"))}</p></div></div>\n'
        f'<div class="stack"><p class="notice" data-advice>{icon("i-warn")}<span>{escape(texts("procedure.not_legal_advice"))}</span></p>'
        f'{_told(frame, said, link)}{chosen}{_waiting(frame, found, shown)}'
        f'{_list(frame, found, shown)}<p><a href="{way}">{escape(texts("disclose.page.open"))}</a></p></div>\n'))


def _section(texts: Texts, id: str, title: str, inside: str) -> str:
    return (f'<section class="card stack" id="{id}" aria-labelledby="{id}-title"><h2 id="{id}-title">{escape(title)}</h2>{inside}</section>\n')


def _list(frame: Frame, found: Sharing, shown: Shown) -> str:
    texts = frame.texts
    names = [escape(texts(f"letter.column.{name}")) for name in ("title", "reader", "sent_in", "verified", "verify_by")]
    heads = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in names)
    rows = "".join(_row(names, _line(frame, found.ref, one, shown)) for one in shown.letters)
    return _section(texts, "all", texts("letter.list"), TABLE.format(id="all", heads=heads, rows=rows))


def _line(frame: Frame, ref: str, one: Letter, shown: Shown) -> tuple[str, ...]:
    texts = frame.texts
    here = ' aria-current="true"' if shown.chosen is not None and one.id == shown.chosen.id else ""
    sent = dict(shown.languages).get(one.sent_in, texts("letter.any_language"))
    return (_way(frame.base_url, ref, texts, one, here), escape(texts(f"letter.reader.{one.reader}")), escape(sent),
            escape(verified_in_words(one, texts)), date_in_words(one.verify_by, texts, "medium"))


def verified_in_words(one: Letter, texts: Texts) -> str:
    """The day on which it was last compared with its sources, or that it never was."""
    return texts("letter.recalled") if is_recalled(one.standing) else date_in_words(one.verified, texts, "medium")


def _in(texts: Texts, words: Words) -> str:
    return in_words(words, texts.language)


def _waiting(frame: Frame, found: Sharing, shown: Shown) -> str:
    """Drafts that lie in the file: whoever may let one leave chooses its letter, reads it, and makes the copy that goes."""
    texts = frame.texts
    if not shown.waiting:
        return ""
    names = [escape(texts(f"letter.column.{name}")) for name in ("id", "number", "drafted")]
    heads = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in names)
    rows = "".join(_row(names, _draft(frame, found.ref, one)) for one in shown.waiting)
    about = f'<p class="quiet">{escape(texts("letter.waiting_about" if shown.may_leave else "letter.waiting_theirs"))}</p>'
    return _section(texts, "waiting", texts("letter.waiting"), about + TABLE.format(id="waiting", heads=heads, rows=rows))


def _draft(frame: Frame, ref: str, one: Waiting) -> tuple[str, ...]:
    texts = frame.texts
    drafted = texts("letter.drafted_by", by=one.report.by, day=date_in_words(one.report.made.date(), texts, "medium"))
    return _way(frame.base_url, ref, texts, one.letter), f'<bdi data-draft="{escape(one.report.id)}">{escape(one.report.id)}</bdi>', escape(drafted)


def _chosen(frame: Frame, found: Sharing, shown: Shown) -> str:
    """One letter: what for, what is missing, what comes first, how it reads, and the form by which it is made."""
    texts, letter = frame.texts, shown.chosen
    if letter is None:
        return ""
    never = f"<strong>{escape(texts('letter.never'))}:</strong> {escape(_in(texts, letter.never))}"
    about = f'<p>{escape(_in(texts, letter.purpose))}</p><p data-never>{never}</p><p class="quiet">{escape(_verified(texts, letter))}</p>'
    if shown.draft is None:
        return _section(texts, "chosen", _in(texts, letter.title), about)
    shut = "" if shown.draft.gate_open or letter.gate is None else _notice(texts("letter.gate"), _in(texts, letter.gate.says))
    late = _notice(texts("procedure.verify_first"), texts("letter.verify_first", by=letter.verify_by.isoformat())) if shown.draft.verify_first else ""
    inside = about + shut + late + _gaps(texts, shown.draft) + _before(texts, letter) + _preview(frame, shown) + _by_which(frame, found, shown, letter)
    return _section(texts, "chosen", _in(texts, letter.title), inside)


def _verified(texts: Texts, letter: Letter) -> str:
    known = "letter.never_verified" if is_recalled(letter.standing) else "letter.footer"
    days = {"day": date_in_words(letter.verified, texts, "medium"), "by": date_in_words(letter.verify_by, texts, "medium")}
    return f"{texts(known, **days)} {texts('letter.sources')}: {', '.join(one.title for one in letter.sources.values())}."


def _notice(title: str, text: str) -> str:
    return f'<p class="notice notice-stop">{icon("i-warn")}<span><strong>{escape(title)}.</strong> {escape(text)}</span></p>'


def _gaps(texts: Texts, draft: Draft) -> str:
    names = names_of(draft.filled.gaps, texts.language)
    listed = "".join(f'<li data-gap="{id}">{escape(name)}</li>' for id, name in zip(draft.filled.gaps, names, strict=True))
    inside = f'<ul class="plain">{listed}</ul>' if listed else f'<p>{escape(texts("letter.no_gaps"))}</p>'
    return f'<div class="stack-s"><h3>{escape(texts("letter.gaps"))}</h3>{inside}</div>'


def _before(texts: Texts, letter: Letter) -> str:
    listed = "".join(f"<li>{escape(_in(texts, words))}</li>" for words in letter.before)
    return f'<div class="stack-s"><h3>{escape(texts("letter.before"))}</h3><ul class="plain">{listed}</ul></div>'


def _preview(frame: Frame, shown: Shown) -> str:
    """How it reads, in the language in which it is drafted."""
    texts, draft = frame.texts, shown.draft
    if draft is None:
        return ""
    head = "".join(f"<p>{escape(line)}</p>" for line in (*draft.filled.sender, draft.filled.addressee) if line)
    text = f'<p class="strong">{escape(draft.filled.title)}</p>{blocks_html(_lower(draft), texts)}'
    return (f'<details class="more"><summary>{escape(texts("letter.page.preview"))}</summary>'
            f'<div class="in-more stack-s" lang="{escape(shown.language)}" data-preview>{head}{text}</div></details>')


def _lower(draft: Draft) -> list[Block]:
    """Headings of the letter stand below those of the page."""
    return [replace(block, level=4) if isinstance(block, Heading) else block for block in draft.filled.blocks]


def _by_which(frame: Frame, found: Sharing, shown: Shown, letter: Letter) -> str:
    """The form that fits what this colleague may do."""
    if shown.may_leave:
        return _make(frame, found, shown, letter)
    return _draft_only(frame, found, shown, letter) if shown.may_draft else f'<p class="quiet">{escape(frame.texts("letter.page.read_only"))}</p>'


def _draft_only(frame: Frame, found: Sharing, shown: Shown, letter: Letter) -> str:
    """Put it into the file; a colleague lets it leave."""
    texts = frame.texts
    fields = f'<input type="hidden" name="letter" value="{letter.id}">{_language(frame, shown)}{_although(texts, shown, letter)}'
    return (f'<form class="stack" method="post" action="{escape(frame.base_url)}{PATH}">{hidden_fields(frame, action="draft", case=found.ref)}{fields}'
            f'<p class="quiet" id="draft-about">{escape(texts("letter.page.draft_about"))}</p>'
            f'<p><button class="btn" type="submit" aria-describedby="draft-about">{escape(texts("letter.page.draft"))}</button></p></form>')


def _although(texts: Texts, shown: Shown, letter: Letter) -> str:
    """Why it is made although something has to come first; asked where that may be."""
    shut = shown.draft is not None and not shown.draft.gate_open
    label = "although" if letter.reader == "person" else "although_first"
    return _field(texts, "although", place="make", label=label) if shut or letter.reader == "person" else ""


def _make(frame: Frame, found: Sharing, shown: Shown, letter: Letter) -> str:
    texts = frame.texts
    consents = [(f"{CONSENT} {one.id}", texts("disclose.page.basis_consent", id=one.id, recipient=one.recipient, purpose=one.purpose)) for one in found.usable]
    kinds = [*filter(None, [OF_ITSELF.get(letter.reader)]), *([EXERCISE] if shown.training else []), *REASONED]
    bases = consents + [(kind, texts(f"disclose.basis.{kind}")) for kind in kinds]
    although = _although(texts, shown, letter)
    hidden = f'<input type="hidden" name="letter" value="{letter.id}">'
    fields = (hidden + _language(frame, shown) + _select(texts, "basis", bases, bases[0][0]) + _field(texts, "reason", place="make", hint=True) +
              _field(texts, "recipient", place="make", hint=True) + _field(texts, "purpose", place="make") + although + _day(texts, found, "make"))
    return (f'<form class="stack" method="post" action="{escape(frame.base_url)}{PATH}">{hidden_fields(frame, action="make", case=found.ref)}{fields}'
            f'<p><button class="btn" type="submit">{escape(texts("letter.page.make"))}</button></p></form>')


def _language(frame: Frame, shown: Shown) -> str:
    texts = frame.texts
    options = "".join(f'<option value="{code}" lang="{code}"{" selected" if code == shown.language else ""}>{escape(name)}</option>'
                      for code, name in shown.languages)
    return (f'<div class="field"><label for="choose-written">{escape(texts("letter.page.language"))}</label>'
            f'<select class="input" id="choose-written" name="written">{options}</select></div>')


def letters_list(base_url: str, ref: str, texts: Texts, followed: Collection[str]) -> str:
    """The way to the letters of a case, for the workbook on procedures: those of what is followed, each with its title, then all."""
    fit = [one for one in load_letters().letters.values() if set(one.procedures) & set(followed)]
    listed = "".join(f"<li>{_way(base_url, ref, texts, one)}</li>" for one in fit)
    fitting = f'<ul class="plain">{listed}</ul>' if listed else ""
    every = f'<p><a href="{_address(base_url, ref, texts)}" data-letters>{escape(texts("letter.page.all"))}</a></p>'
    return f'<div class="stack-s no-print"><h3>{escape(texts("letter.page.title"))}</h3>{fitting}{every}</div>'


def _way(base_url: str, ref: str, texts: Texts, one: Letter, more: str = "") -> str:
    return f'<a href="{_address(base_url, ref, texts, one.id)}" data-letter="{one.id}"{more}>{escape(_in(texts, one.title))}</a>'


def _address(base_url: str, ref: str, texts: Texts, id: str = "") -> str:
    chosen = f"&letter={id}" if id else ""
    return escape(f"{base_url}{PATH}?case={ref}{chosen}&lang={texts.language}{'#chosen' if id else ''}")

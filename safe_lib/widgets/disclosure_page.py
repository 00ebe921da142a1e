"""The page of what leaves about one person: who has what, what the person said about sharing, and what a copy would hold.

It takes values and returns HTML text; every form works without a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from safe_lib.disclosing import Line, Sharing, letter
from safe_lib.model.disclosure import CONSENT, EXERCISE, HOWS, REASONED, STATES, Consent
from safe_lib.model.texts import Texts
from safe_lib.rights.consent_forms import FIRST, consent_forms
from safe_lib.widgets.pages import date_in_words
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.shell import Frame, hidden_fields, icon, page_shell

PATH: Final = "disclosures"
READERS: Final = ("lawyer", "partner", "person", "own_file")
OF_ITSELF: Final = {"own_file": "own_work", "person": "own_request"}
FORMATS: Final = ("pdf", "html", "docx", "json")
TABLE: Final = ('<table class="tbl fold-rows" role="table" aria-labelledby="{id}-title"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
                '<tbody role="rowgroup">{rows}</tbody></table>')


@dataclass(frozen=True, slots=True)
class Groups:
    """What one copy would hold, by group; `safe_lib.report.preview` finds it."""

    goes: tuple[str, ...]
    left_out: tuple[str, ...]
    empty: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The workbook and the reader on the page; `preview` is None before both were asked for."""

    workbooks: tuple[tuple[str, str], ...]  # name and title
    workbook: str
    profile: str
    preview: Groups | None
    training: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A copy that is ready: its number, and the token of the link by which it leaves."""

    id: str
    token: str


def disclosure_page(frame: Frame, found: Sharing, chosen: Chosen, *, said: Said, link: Link | None = None) -> str:
    """The whole page."""
    texts = frame.texts
    return page_shell(frame, (
        f'<div class="head"><div><p class="quiet"><a class="ref" href="{escape(frame.base_url)}identification?case={escape(found.ref)}&amp;'
        f'lang={escape(texts.language)}"><bdi>{escape(found.ref)}</bdi></a></p><h1>{escape(texts("disclose.page.title"))}</h1>'
        f'<p class="lead">{escape(texts("disclose.page.lead"))}</p>{_to_letters(frame, found.ref)}</div></div>\n'
        f'<div class="stack">{_told(frame, said, link)}{_to_ask_back(texts, found)}{_consents(frame, found)}{_prepare(frame, found, chosen)}'
        f"{_register(texts, found)}</div>\n"))


def _to_letters(frame: Frame, ref: str) -> str:
    """The way to the letters and forms, which leave by the same rules."""
    address = escape(f"{frame.base_url}letters?case={ref}&lang={frame.texts.language}")
    return f'<p><a href="{address}" data-letters>{escape(frame.texts("letter.page.open"))}</a></p>'


def _told(frame: Frame, said: Said, link: Link | None) -> str:
    way = ""
    if link is not None:
        words = frame.texts("disclose.page.fetch", id=link.id)
        way = f'<p><a class="btn" href="{escape(frame.base_url)}{PATH}/copy/{escape(link.token)}" data-copy="{escape(link.id)}">{escape(words)}</a></p>'
    if said.wrong:
        return f'<p class="notice notice-stop" role="alert">{icon("i-warn")}<span>{escape(said.wrong)}</span></p>'
    return f'<div class="notice" role="status">{icon("i-tick")}<div class="stack-s"><p>{escape(said.done)}</p>{way}</div></div>' if said.done else ""


def _section(texts: Texts, id: str, inside: str, about: str = "") -> str:
    told = f'<p class="quiet">{escape(texts(about))}</p>' if about else ""
    return (f'<section class="card stack" id="{id}" aria-labelledby="{id}-title"><h2 id="{id}-title">{escape(texts(f"disclose.page.{id}"))}</h2>'
            f"{told}{inside}</section>\n")


def _table(texts: Texts, id: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    """Rows of HTML cells; the first of each heads its row."""
    names = [escape(texts(f"disclose.page.{column}")) for column in columns]
    heads = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in names)
    return TABLE.format(id=id, heads=heads, rows="".join(_row(names, row) for row in rows))


def _row(names: Sequence[str], row: tuple[str, ...]) -> str:
    cells = "".join(f'<td role="cell" data-label="{name}"><div>{cell}</div></td>' for name, cell in zip(names[1:], row[1:], strict=True))
    return f'<tr role="row"><th scope="row" role="rowheader">{row[0]}</th>{cells}</tr>'


# Who has what


def _register(texts: Texts, found: Sharing) -> str:
    if not found.lines:
        return _section(texts, "register", f'<p class="none-yet">{escape(texts("disclose.none"))}</p>')
    columns = ("column.copy", "column.day", "recipient", "purpose", "column.basis", "until", "column.standing")
    return _section(texts, "register", _table(texts, "register", columns, [_line(texts, one) for one in reversed(found.lines)]))


def _line(texts: Texts, one: Line) -> tuple[str, ...]:
    left = one.disclosure
    standing = texts(f"disclose.standing.{one.standing}")
    newer = f" {texts('disclose.page.replaced_by', id=one.replaced_by)}" if one.replaced_by else ""
    basis = " ".join(filter(None, (texts(f"disclose.basis.{left.basis.kind or 'none'}"), left.basis.consent, left.basis.reason)))
    until = date_in_words(left.expires, texts, "medium") if left.expires else "–"
    return (f"<bdi>{escape(left.report)}</bdi>", date_in_words(left.at.date(), texts, "medium"), f'<span dir="auto">{escape(left.recipient)}</span>',
            f'<span dir="auto">{escape(left.purpose)}</span>', f'<span dir="auto">{escape(basis)}</span>', until,
            f'<span data-standing="{one.standing}">{escape(standing + newer)}</span>')


def _to_ask_back(texts: Texts, found: Sharing) -> str:
    """The recipients of what rested on a consent that is no more, each with the letter to write."""
    if not found.to_ask_back:
        return ""
    letters = "".join(
        f'<details class="more" data-back="{escape(one.disclosure.report)}"><summary>'
        f'{escape(texts("disclose.page.back_letter", recipient=one.disclosure.recipient, id=one.disclosure.report))}</summary>'
        f'<div class="in-more stack-s">{"".join(f"<p>{escape(part)}</p>" for part in letter(one, texts).split(chr(10) * 2))}</div></details>'
        for one in found.to_ask_back)
    return _section(texts, "back", letters, "disclose.page.back_about")


# What the person said


def _consents(frame: Frame, found: Sharing) -> str:
    texts = frame.texts
    no = ""
    if found.no is not None:
        said = texts("disclose.page.general_no", day=date_in_words(found.no.at.date(), texts, "long"))
        no = f'<p class="notice notice-stop">{icon("i-warn")}<span>{escape(said)}</span></p>'
    columns = ("column.number", "recipient", "purpose", "scope", "column.said", "column.counts", "until")
    listed = _table(texts, "consents", columns, [_consent(frame, found, one) for one in found.standing]) if found.standing else ""
    form = _form(frame, found.ref, "consent", _consent_fields(texts, found), texts("disclose.page.record"))
    folded = "" if found.standing else " open"
    more = f'<details class="more"{folded}><summary>{escape(texts("disclose.page.record"))}</summary><div class="in-more">{form}</div></details>'
    return _section(texts, "consents", no + listed + more, "disclose.page.consents_about")


def _consent(frame: Frame, found: Sharing, one: Consent) -> tuple[str, ...]:
    texts, why = frame.texts, found.lack(one)
    with_whom = f', {texts("disclose.page.interpreter").lower()}' if one.interpreter else ""
    day = date_in_words(one.at.date(), texts, "medium")
    how = f', {texts(f"disclose.how.{one.how}").lower()}' if one.how else ""
    kind = f'. {texts(f"disclose.form.{one.form}")}' if one.form else ""
    said = f'{texts(f"disclose.page.state.{one.state}")} ({day}, {one.by}; {one.language}{with_whom}{how}){kind}'
    counts = texts(f"disclose.lack.{why}") if why else texts("disclose.counts")
    number = f'<input type="hidden" name="consent" value="{escape(one.id)}">'
    back = _form(frame, found.ref, "withdraw", number, texts("disclose.page.withdraw"), quiet=True) if one.state == "given" else ""
    return (f"<bdi>{escape(one.id)}</bdi>", *(f'<span dir="auto">{escape(words)}</span>' for words in (one.recipient, one.purpose, one.scope, said)),
            f'<span data-counts="{"no" if why else "yes"}">{escape(counts)}</span>{back}', date_in_words(one.until, texts, "medium"))


def _consent_fields(texts: Texts, found: Sharing) -> str:
    states = "".join(
        f'<label class="row" for="state-{state}"><input type="radio" id="state-{state}" name="state" value="{state}" required> '
        f'{escape(texts(f"disclose.page.state.{state}"))}</label>' for state in STATES[:2])
    interpreter = (f'<label class="row" for="interpreter"><input type="checkbox" id="interpreter" name="interpreter" value="yes"> '
                   f'{escape(texts("disclose.page.interpreter"))}</label>')
    return (_field(texts, "recipient", place="consent", hint=True, required=True) + _field(texts, "purpose", place="consent", required=True) +
            _field(texts, "scope", place="consent", required=True) +
            _select(texts, "form", [(one, texts(f"disclose.form.{one}")) for one in consent_forms()], FIRST) +
            _select(texts, "how", [(one, texts(f"disclose.how.{one}")) for one in HOWS], HOWS[0]) +
            _field(texts, "explained", place="consent", label="language", required=True) + interpreter +
            f'<fieldset class="stack-s"><legend class="strong">{escape(texts("disclose.page.answer"))}</legend>{states}</fieldset>'
            + _day(texts, found, "consent"))


# A copy


def _prepare(frame: Frame, found: Sharing, chosen: Chosen) -> str:
    texts = frame.texts
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in (("case", found.ref), ("lang", texts.language)))
    choice = (f'<form class="row" method="get" action="{escape(frame.base_url)}{PATH}#prepare">{hidden}'
              f'{_select(texts, "workbook", chosen.workbooks, chosen.workbook)}'
              f'{_select(texts, "profile", [(one, texts(f"report.profile.{one}")) for one in READERS], chosen.profile, label="reader")}'
              f'<button class="btn btn-2" type="submit">{escape(texts("disclose.page.choose"))}</button></form>')
    return _section(texts, "prepare", choice + (_what_goes(texts, chosen.preview) + _make(frame, found, chosen) if chosen.preview else ""))


def _what_goes(texts: Texts, groups: Groups) -> str:
    """What goes and what is left out, group by group, each with its reason."""
    goes = "".join(f'<li data-goes="{one}">{escape(texts(f"disclose.group.{one}"))}</li>' for one in groups.goes)
    left = "".join(f'<li data-left="{one}"><strong>{escape(texts(f"disclose.group.{one}"))}.</strong> {escape(texts(f"disclose.why.{one}"))}</li>'
                   for one in groups.left_out)
    names = ", ".join(texts(f"disclose.group.{one}").lower() for one in groups.empty)
    empty = f'<p class="quiet">{escape(texts("disclose.page.empty", groups=names))}</p>' if names else ""
    return (f'<div class="cols cols-2"><div class="stack-s"><h3>{escape(texts("disclose.page.goes"))}</h3><ul class="plain">{goes}</ul>{empty}</div>'
            f'<div class="stack-s"><h3>{escape(texts("disclose.page.left"))}</h3><ul class="plain">{left}</ul></div></div>')


def _make(frame: Frame, found: Sharing, chosen: Chosen) -> str:
    texts = frame.texts
    own = OF_ITSELF.get(chosen.profile)
    kinds = ([own] if own else []) + ([EXERCISE] if chosen.training else []) + list(REASONED)
    consents = [(f"{CONSENT} {one.id}", texts("disclose.page.basis_consent", id=one.id, recipient=one.recipient, purpose=one.purpose)) for one in found.usable]
    bases = consents + [(kind, texts(f"disclose.basis.{kind}")) for kind in kinds]
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in
                     (("workbook", chosen.workbook), ("profile", chosen.profile)))
    although = _field(texts, "although", place="make") if chosen.profile == "person" else ""
    fields = (hidden + _select(texts, "basis", bases, bases[0][0]) + _field(texts, "reason", place="make", hint=True) +
              _field(texts, "recipient", place="make", hint=True) + _field(texts, "purpose", place="make") + although + _day(texts, found, "make") +
              _select(texts, "format", [(one, one.upper()) for one in FORMATS], FORMATS[0]))
    return _form(frame, found.ref, "make", fields, texts("disclose.page.make"))


# Parts of forms


def _form(frame: Frame, ref: str, action: str, fields: str, words: str, *, quiet: bool = False) -> str:
    kind = "btn btn-2" if quiet else "btn"
    return (f'<form class="stack" method="post" action="{escape(frame.base_url)}{PATH}">{hidden_fields(frame, action=action, case=ref)}{fields}'
            f'<p><button class="{kind}" type="submit">{escape(words)}</button></p></form>')


def _field(texts: Texts, name: str, *, place: str, label: str = "", hint: bool = False, required: bool = False) -> str:
    id, key = f"{place}-{name}", f"disclose.page.{label or name}"
    told = f'<span class="hint" id="{id}-hint">{escape(texts(f"{key}_hint"))}</span>' if hint else ""
    more = (' required' if required else '') + (f' aria-describedby="{id}-hint"' if hint else "")
    return (f'<div class="field"><label for="{id}">{escape(texts(key))}</label>{told}'
            f'<input class="input" id="{id}" name="{name}" maxlength="200" dir="auto" autocomplete="off"{more}></div>')


def _day(texts: Texts, found: Sharing, place: str) -> str:
    id = f"{place}-until"
    return (f'<div class="field"><label for="{id}">{escape(texts("disclose.page.until"))}</label><span class="hint" id="{id}-hint">'
            f'{escape(texts("disclose.page.until_hint"))}</span><input class="input" id="{id}" name="until" type="date" min="{found.today.isoformat()}" '
            f'autocomplete="off" aria-describedby="{id}-hint"></div>')


def _select(texts: Texts, name: str, options: Sequence[tuple[str, str]], chosen: str, *, label: str = "") -> str:
    listed = "".join(f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>' for value, words in options)
    return (f'<div class="field"><label for="choose-{name}">{escape(texts(f"disclose.page.{label or name}"))}</label>'
            f'<select class="input" id="choose-{name}" name="{name}">{listed}</select></div>')

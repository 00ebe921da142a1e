"""The pages around the workbooks: sign-in, start, neutral page after leaving, errors, empty and locked places.

They take values and return HTML text. What they show comes in the records below; nothing is fetched here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from safe_lib.model.texts import Texts
from safe_lib.widgets.shell import (
    NEW_CASE,
    SIGN_IN,
    Frame,
    address,
    hidden_fields,
    icon,
    language_links,
    masked,
    page_shell,
)

SOON: Final = 3  # days; a date this close is marked


@dataclass(frozen=True, slots=True)
class WorkbookCard:
    """A workbook on the start page. `sign` is a symbol (`b-ident`, `b-return`); only main ones show it."""

    title: str
    about: str
    path: str
    main: bool = False
    sign: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One open case: where it stands, what is open, what comes next, all in words."""

    reference: str
    path: str  # of the workbook to go on with
    alias: str = ""
    stands: str = ""
    still_open: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class ComingDate:
    """A date on which something has to happen in a case."""

    on: date
    what: str
    reference: str = ""
    remark: str = ""  # such as “last day 26 Nov”
    path: str = ""  # of the page on which it is worked on


@dataclass(frozen=True, slots=True)
class Start:
    """What the start page shows to one person at one moment."""

    name: str
    now: datetime  # in the time zone of the organisation
    workbooks: tuple[WorkbookCard, ...] = ()
    cases: tuple[CaseRow, ...] = ()
    dates: tuple[ComingDate, ...] = ()
    beside_dates: tuple[str, ...] = ()  # what has no place among them: overdue, without a day, further ones; in words
    may_open_cases: bool = True
    choose_for: str = ""  # title of a workbook that needs a case first
    notices: tuple[tuple[str, str], ...] = ()  # what the person has to know: words, and the reference of a case or nothing
    closed: str = ""  # why no cases are shown, where they may not be opened
    beside: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()  # further cards: id, title, and links as words and path


def sign_in_page(frame: Frame, *, error: str = "", user: str = "", then: str = "") -> str:
    """The sign-in page; posts `user`, `pass` and `next`.

    Args:
        frame: what surrounds the page; nobody is signed in.
        error: one sentence, shown above the passphrase; the same whatever was wrong.
        user: the name typed before, so that only the passphrase has to be typed again.
        then: the address to go to afterwards.
    """
    texts = frame.texts
    ticks = "".join(f"<li>{icon('i-tick')}<span>{escape(texts(f'page.sign_in.promise_{number}'))}</span></li>"
                    for number in (1, 2, 3))
    langs = "".join(language_links(frame))
    nav = f'<nav class="langs" aria-label="{escape(texts("page.languages"))}">{langs}</nav>' if langs else ""
    body = (
        f'<div class="sign"><div class="stack"><h1>{escape(texts("page.sign_in.heading"))}</h1>'
        f'<p class="lead">{escape(texts("page.sign_in.lead"))}</p><ul class="ticks">{ticks}</ul>{nav}</div>\n'
        f"{_sign_in_form(frame, error, user, then)}</div>\n"
    )
    return page_shell(frame, body)


def start_page(frame: Frame, start: Start) -> str:
    """Greeting, workbooks, the person's open cases and dates, a new case, and what to think of before beginning."""
    body = (
        f"{_greeting(frame, start)}\n{_notices(frame, start)}"
        f'<div class="cols cols-side"><div class="stack">\n{_workbooks(frame, start)}\n{_cases(frame, start)}\n'
        f"{_new_case(frame) if start.may_open_cases else ''}</div>\n"
        f'<div class="stack">\n{_dates(frame, start)}\n{_beside(frame, start)}{_before_you_begin(frame.texts)}</div></div>\n'
    )
    return page_shell(frame, body)


def error_page(frame: Frame, code: int | str, sentence: str, way: tuple[str, str] | None = None) -> str:
    """Something did not work: one sentence in plain words, a short code, and a way on; `way` is another one, as words and path."""
    texts = frame.texts
    path = frame.base_url if frame.signed_in else frame.base_url + SIGN_IN
    words = texts("page.error.back") if frame.signed_in else texts("page.error.sign_in")
    first = f'<p><a class="btn" href="{escape(address(frame, way[1]))}">{escape(way[0])}</a></p>' if way else ""
    body = (
        '<div class="plain-page stack">'
        f'<h1>{escape(texts("page.error.heading"))}</h1><p class="lead">{escape(sentence)}</p>'
        f'{first}<p><a class="btn{" btn-2" if way else ""}" href="{escape(address(frame, path))}">{escape(words)}</a></p>'
        f'<p class="code-line">{escape(texts("page.error.code", code=code))}</p></div>\n'
    )
    return page_shell(frame, body)


def leave_page() -> str:
    """The neutral page after quick exit: nothing of us in it, no style, no script, no link back."""
    return ('<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark"><title>New page</title>'
            '<link rel="icon" href="data:,"></head>\n'
            "<body><main><h1>New page</h1><p>There is nothing here yet.</p></main></body>\n</html>\n")


def empty_state(title: str, sentence: str, *, sign: str = "b-ident", action: str = "", words: str = "") -> str:
    """A place where nothing is yet: what will stand here, and the way to begin. `action` is an address."""
    link = f'<a class="btn" href="{escape(action)}">{escape(words)}</a>' if action else ""
    return f'<div class="empty">{icon(sign)}<h3>{escape(title)}</h3><p>{escape(sentence)}</p>{link}</div>'


def locked_state(title: str, sentence: str, *, action: str = "", words: str = "") -> str:
    """A place that is closed for now: why, and what opens it."""
    link = f'<p><a class="btn btn-2" href="{escape(action)}">{escape(words)}</a></p>' if action else ""
    return (f'<div class="card locked stack-s"><h3 class="row">{icon("i-lock")}{escape(title)}</h3>'
            f"<p>{escape(sentence)}</p>{link}</div>")


def date_in_words(on: date, texts: Texts, form: str = "full") -> str:
    """A date as the language writes it, in Latin numbers; `form` is Babel's: full, long, or a pattern such as `d MMM`.

    A language that Babel does not know gets the ISO date.
    """
    name = "en_GB" if texts.language == "en" else texts.language.replace("-", "_")
    try:
        locale = Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return on.isoformat()
    return format_date(on, form, locale=locale)


# Sign-in.

_SHARED: Final = ("private", "leave", "cannot")


def _sign_in_form(frame: Frame, error: str, user: str, then: str) -> str:
    texts = frame.texts
    shared = _shared_choice(frame)
    wrong = f'<p class="error" id="pass-error" role="alert">{icon("i-warn")}{escape(error)}</p>' if error else ""
    invalid = ' aria-invalid="true"' if error else ""
    tied = "pass-hint pass-error" if error else "pass-hint"
    # autocomplete is off on purpose: on a shared computer the browser would keep who has signed in.
    return (
        f'<form class="card" method="post" action="{escape(frame.base_url)}{SIGN_IN}" aria-labelledby="sign-in-title">'
        f'{hidden_fields(frame, next=then)}<h2 id="sign-in-title">{escape(texts("page.sign_in.title"))}</h2>\n'
        f'<div class="field"><label for="user">{escape(texts("page.sign_in.user"))}</label>'
        f'<input class="input" id="user" name="user" value="{escape(user)}" autocomplete="off" autocapitalize="none" '
        'spellcheck="false" required></div>\n'
        f'<div class="field"><label for="pass">{escape(texts("page.sign_in.pass"))}</label>'
        f'<span class="hint" id="pass-hint">{escape(texts("page.sign_in.pass_hint"))}</span>{wrong}'
        # One-time-code: a browser takes it for nothing to be kept, neither the passphrase nor who typed it.
        f'<input class="input" id="pass" name="pass" type="password" autocomplete="one-time-code" required{invalid} '
        f'aria-describedby="{tied}"></div>\n'
        f'<div class="field"><label for="code">{escape(texts("people.sign_in.code"))}</label>'
        f'<span class="hint" id="code-hint">{escape(texts("people.sign_in.code_hint"))}</span>'
        '<input class="input" id="code" name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" '
        'aria-describedby="code-hint"></div>\n'
        f"{shared}\n"
        f'<button class="btn" type="submit">{escape(texts("page.sign_in.go"))}</button>\n'
        f'<p class="small quiet">{escape(texts("page.sign_in.forgotten"))}</p></form>\n'
    )


def _shared_choice(frame: Frame) -> str:
    """Whether others use this computer too, and what that changes."""
    texts = frame.texts
    checked = " checked" if frame.shared else ""
    more = _folded(texts("leaving.shared_more"), [texts(f"page.shared.{key}") for key in _SHARED])
    box = f'<input type="checkbox" id="shared" name="shared" value="true" aria-describedby="shared-about"{checked}>'
    return (f'<div class="stack-s"><label class="chip" for="shared">{box}{escape(texts("page.shared.title"))}</label>'
            f'<p class="small quiet" id="shared-about">{escape(texts("leaving.shared_about"))}</p>{more}</div>')


# Start page.

def _greeting(frame: Frame, start: Start) -> str:
    texts = frame.texts
    close = sum(_days(start, one) <= SOON for one in start.dates)
    many = "none" if close == 0 else "one" if close == 1 else "more"
    today = date_in_words(start.now.date(), texts)
    words = f"{today[:1].upper()}{today[1:]}. {texts(f'page.start.close_{many}', count=close)}"
    button = (f'<a class="btn" href="#new">{escape(texts("page.start.new_case"))}</a>' if start.may_open_cases else "")
    return (f'<div class="head"><div><h1>{escape(texts(_greeting_key(start.now), name=start.name))}</h1>'
            f'<p class="quiet">{escape(words)}</p></div>{button}</div>')


def _greeting_key(now: datetime) -> str:
    part = "morning" if 5 <= now.hour < 12 else "afternoon" if 12 <= now.hour < 18 else "evening"
    return f"page.start.good_{part}"


def _workbooks(frame: Frame, start: Start) -> str:
    main = "".join(_book(frame, one) for one in start.workbooks if one.main)
    others = "".join(_book(frame, one) for one in start.workbooks if not one.main)
    return (f'<section aria-labelledby="books-title"><h2 id="books-title" class="vh">'
            f"{escape(frame.texts('page.start.workbooks'))}</h2>"
            + (f'<div class="books books-main">{main}</div>' if main else "")
            + (f'<div class="books">{others}</div>' if others else "") + "</section>")


def _book(frame: Frame, book: WorkbookCard) -> str:
    sign = icon(book.sign) if book.main and book.sign else ""
    kind = "book book-main" if book.main else "book"
    link = f'<a href="{escape(address(frame, book.path))}">{escape(book.title)}</a>'
    return f'<article class="{kind}">{sign}<h3>{link}</h3><p>{escape(book.about)}</p></article>'


def _cases(frame: Frame, start: Start) -> str:
    texts = frame.texts
    title = f'<h2 id="cases-title">{escape(texts("page.start.cases"))}</h2>'
    if start.choose_for:
        title += f'<p class="notice" role="status">{icon("i-info")}<span>{escape(texts("page.start.choose_for", title=start.choose_for))}</span></p>'
    if start.closed:
        way = f'<p><a class="btn" href="{escape(address(frame, "/training"))}">{escape(texts("programme.gate.way"))}</a></p>'
        return (f'<section class="card stack" id="cases" aria-labelledby="cases-title">{title}<p role="status" data-gate="closed">{escape(start.closed)}</p>'
                f"{way}</section>")
    if not start.cases:
        action, words = ("#new", texts("page.start.new_case")) if start.may_open_cases else ("", "")
        inside = empty_state(texts("page.start.no_cases"), texts("page.start.no_cases_text"), action=action,
                             words=words)
        return f'<section class="card stack" id="cases" aria-labelledby="cases-title">{title}{inside}</section>'
    names = [texts(f"page.start.column.{name}") for name in ("case", "person", "stands", "open", "next")]
    heads = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in names)
    rows = "".join(_case_row(frame, row, names) for row in start.cases)
    head = f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
    return (f'<section class="card stack" id="cases" aria-labelledby="cases-title">{title}'
            '<table class="tbl fold-rows" role="table" aria-labelledby="cases-title">'
            f'{head}<tbody role="rowgroup">{rows}</tbody></table>{_look_again(frame)}</section>')


def _look_again(frame: Frame) -> str:
    """The way to what was kept and would come out otherwise today."""
    return f'<p><a href="{escape(address(frame, frame.base_url + "reassess"))}">{escape(frame.texts("reassess.link"))}</a></p>'


def _case_row(frame: Frame, row: CaseRow, names: list[str]) -> str:
    link = (f'<a class="ref" href="{escape(address(frame, row.path, case=row.reference))}">'
            f"<bdi>{escape(row.reference)}</bdi></a>")
    values = [masked(frame, row.alias, row.reference), escape(row.stands), escape(row.still_open), escape(row.next_step)]
    cells = "".join(f'<td role="cell" data-label="{escape(name)}"><div>{value}</div></td>'
                    for name, value in zip(names[1:], values, strict=True))
    return f'<tr role="row"><th scope="row" role="rowheader">{link}</th>{cells}</tr>'


def _new_case(frame: Frame) -> str:
    texts = frame.texts
    return (
        f'<section class="card" id="new" tabindex="-1" aria-labelledby="new-title">'
        f'<form class="new-case" method="post" action="{escape(frame.base_url)}{NEW_CASE}">{hidden_fields(frame, **dict(frame.keep))}'
        f'<h2 id="new-title">{escape(texts("page.start.new_case"))}</h2>'
        f'<p class="quiet small">{escape(texts("page.start.new_case_text"))}</p>'
        f'<div class="field"><label for="alias">{escape(texts("page.start.alias"))}</label>'
        f'<span class="hint" id="alias-hint">{escape(texts("page.start.alias_hint"))}</span>'
        '<input class="input" id="alias" name="alias" maxlength="60" dir="auto" autocomplete="off" spellcheck="false" '
        'aria-describedby="alias-hint"></div>'
        f'<button class="btn" type="submit">{escape(texts("page.start.new_case_go"))}</button></form></section>\n'
    )


def _dates(frame: Frame, start: Start) -> str:
    texts = frame.texts
    items = "".join(_date(frame, start, one) for one in sorted(start.dates, key=lambda one: one.on))
    none = f'<p class="none-yet">{escape(texts("page.start.no_dates"))}</p>'
    more = "".join(f"<li>{escape(words)}</li>" for words in start.beside_dates)
    way = f'<p><a href="{escape(address(frame, frame.base_url + "coordination"))}">{escape(texts("page.start.all_dates"))}</a></p>'
    listed = f'<ol class="due">{items}</ol>' if items else ""
    inside = listed + (f'<ul class="plain">{more}</ul>' if more else "") + (way if items or more else none)
    return (f'<section class="card" aria-labelledby="dates-title"><h2 id="dates-title" class="below">'
            f'{escape(texts("page.start.dates"))}</h2>{inside}</section>')


def _date(frame: Frame, start: Start, one: ComingDate) -> str:
    texts = frame.texts
    days = _days(start, one)
    kind = "day soon" if days <= SOON else "day"
    named = f'<bdi class="ref">{escape(one.reference)}</bdi>'
    way = f'<a href="{escape(address(frame, one.path, case=one.reference))}">{named}</a>' if one.path else named
    reference = f" · {way}" if one.reference else ""
    remark = f" · {escape(one.remark)}" if one.remark else ""
    month = escape(date_in_words(one.on, texts, "LLL"))
    return (
        f'<li><time class="{kind}" datetime="{one.on.isoformat()}"><b>{one.on.day}</b>{month}</time>'
        f"<div><strong>{escape(one.what)}</strong><p>{escape(_when(days, texts))}{remark}{reference}</p></div></li>"
    )


def _notices(frame: Frame, start: Start) -> str:
    """What the person has to know, until they say that they have seen it."""
    if not start.notices:
        return ""
    texts = frame.texts
    lines = "".join(f"<li>{escape(words)}</li>" for words, _ in start.notices)
    return (
        f'<section class="notice notice-stop" aria-labelledby="notices-title">{icon("i-warn")}<div class="stack-s">'
        f'<h2 id="notices-title">{escape(texts("people.notice.title"))}</h2><ul>{lines}</ul>'
        f'<form method="post" action="{escape(frame.base_url)}seen">{hidden_fields(frame)}'
        f'<button class="btn btn-2" type="submit">{escape(texts("people.notice.seen"))}</button></form></div></section>\n'
    )


def _beside(frame: Frame, start: Start) -> str:
    """Cards with links to pages that belong to no case."""
    return "".join(
        f'<section class="card" aria-labelledby="{escape(id)}-title"><h2 id="{escape(id)}-title" class="below">{escape(title)}</h2><ul class="plain">'
        + "".join(f'<li><a href="{escape(address(frame, path))}">{escape(words)}</a></li>' for words, path in links) + "</ul></section>\n"
        for id, title, links in start.beside)


def _days(start: Start, one: ComingDate) -> int:
    return (one.on - start.now.date()).days


def _when(days: int, texts: Texts) -> str:
    close = {-1: "page.when.yesterday", 0: "page.when.today", 1: "page.when.tomorrow"}
    return texts(close.get(days, "page.when.in_days" if days > 0 else "page.when.days_ago"), days=abs(days))


def _before_you_begin(texts: Texts) -> str:
    signs = (("place", "i-lock"), ("interpreter", "i-people"), ("leave", "i-leave"))
    items = "".join(
        f"<li>{icon(sign, 'i flip' if sign == 'i-leave' else 'i')}<span>"
        f"<strong>{escape(texts(f'page.begin.{key}'))}</strong> {escape(texts(f'page.begin.{key}_text'))}</span></li>"
        for key, sign in signs)
    limits = _folded(texts("page.begin.limits"), [texts("page.shared.cannot"), texts("page.shared.private")])
    return (
        f'<section class="card" aria-labelledby="begin-title"><h2 id="begin-title" class="below">'
        f'{escape(texts("page.begin.title"))}</h2><ul class="ticks">{items}</ul>{limits}</section>'
    )


def _folded(summary: str, sentences: list[str]) -> str:
    inside = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    return (f'<details class="more"><summary>{escape(summary)}</summary>'
            f'<div class="in-more stack-s small">{inside}</div></details>')

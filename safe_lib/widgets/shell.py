"""What surrounds every page: head, leave link, top bar, case line, notices, foot.

Pure functions from values to HTML text. A page is sent in three pieces, so that the first can leave before the last is
known: `head`, `body_start`, then the page's own content, then `body_end`. `page_shell` is all of them together.

No inline script, no event attribute, no style attribute: the page policy forbids them. What the page script needs to
find is marked with `data-action` (a control) and `data-part` (a place for words); the words it may have to say stand in
`data-says-*` of the element that shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.model.texts import Texts
from safe_lib.widgets.style import symbols

# Addresses below the base address of the server.
SIGN_IN: Final = "login"
LOCK: Final = "logout"
LEAVE: Final = "leave"
HELP: Final = "help"
NEW_CASE: Final = "cases"

SIDE_BY_SIDE: Final = 3  # languages; more of them stand behind one word
SHARED_REST: Final = 5 * 60  # seconds of quiet after which a page on a shared computer locks (SEC-23: 2 to 30 minutes)
MASKED: Final = "•••••"


@dataclass(frozen=True, slots=True)
class Language:
    """A language on offer, in its own words."""

    code: str  # BCP 47
    name: str
    direction: str = "ltr"


@dataclass(frozen=True, slots=True)
class Tab:
    """A workbook of the case and its path, without question mark."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What the case line shows. `alias` is a working name; empty where the reader may not see it."""

    reference: str
    alias: str = ""
    age_group: str = ""  # in words
    language: str = ""  # of the talks, in words


@dataclass(frozen=True, slots=True)
class Frame:
    """All that surrounds one page.

    `title` is the heading of the page; the tab always reads “Workbook”, so that nobody learns from it what is open.
    `here` is the path of this page, `keep` further parts of its address that links between languages must keep.
    `style` is the text of the style sheet, or `style_url` its address. `saved_at` is a time of day in words.
    `versions` stand in the foot; `marks` stand above the page, such as “Training: invented persons”.
    `masked` leaves names out of the page altogether; the page script fetches one when it is asked for.
    `names_url` is the address that tells a masked name for a case; `alive_url` the one that tells the server that
    somebody is still there, and `rest` the seconds of quiet after which the page locks; empty or 0: the server has none.
    `coming`: until its script says that it has come, it is laid out only as far as somebody sees it.
    `shared`: others use this computer too; the page locks sooner, and saves nothing to the disk.
    `unsigned`: the data files behind the page are signed by nobody who is trusted here; said in the foot.
    With `own_main` the content brings its own `<main id="main">`.
    """

    texts: Texts
    here: str = "/"
    title: str = ""
    case: CaseHead | None = None
    tabs: tuple[Tab, ...] = ()
    languages: tuple[Language, ...] = ()
    base_url: str = "/"
    script_url: str = ""
    style: str = ""
    style_url: str = ""
    live: bool = False
    coming: bool = False
    theme: str = ""  # light | dark; empty: as the device says
    masked: bool = False
    signed_in: bool = True
    xsrf: str = ""
    saved_at: str = ""
    keep: tuple[tuple[str, str], ...] = ()
    marks: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    names_url: str = ""
    alive_url: str = ""
    rest: int = 0  # seconds
    own_main: bool = False
    unsigned: bool = False
    shared: bool = False
    saves: bool = True  # what is answered is saved by itself, and the bar says so; False: forms have a button


def page_shell(frame: Frame, body: str) -> str:
    """A whole page around its content (HTML text)."""
    return head(frame) + body_start(frame) + body + body_end(frame)


def head(frame: Frame) -> str:
    """The document up to `</head>`. It holds nothing of a case and can be sent at once."""
    texts = frame.texts
    script = f'<script type="module" async src="{escape(frame.script_url)}"></script>' if frame.script_url else ""
    return (
        f'<!doctype html>\n<html lang="{escape(texts.language)}" dir="{_direction(texts.direction)}" '
        f'data-live="{_word(frame.live)}" data-base="{escape(frame.base_url)}"{_choices(frame)} translate="no">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(texts('page.tab'))}</title>\n"
        # An empty icon: without one the browser would ask for /favicon.ico.
        f'<link rel="icon" href="data:,">\n{script}{_look(frame)}\n</head>\n'
    )


def body_start(frame: Frame) -> str:
    """From `<body>` to the place where the page's own content begins."""
    main = "" if frame.own_main else '<main id="main" class="wrap page" tabindex="-1">\n'
    heading = f'<div class="head"><h1>{escape(frame.title)}</h1></div>\n' if frame.title else ""
    idle = idle_notice(frame) if frame.signed_in else ""
    # What is written here is nobody else's business: a browser may send it away to have it spelled or translated.
    return (f'<body spellcheck="false">\n{sprite()}\n{top_bar(frame)}\n{mark_line(frame)}{idle}{case_bar(frame)}'
            f"{main}{heading}")


def body_end(frame: Frame) -> str:
    """From the end of the page's own content to `</html>`."""
    return ("" if frame.own_main else "</main>\n") + footer(frame) + "</body>\n</html>\n"


def address(frame: Frame, path: str = "", *, language: str = "", case: str = "") -> str:
    """A path within the suite with what a link must keep: the case and the language.

    Without `path` it is this page again, with everything in `frame.keep` as well.
    """
    reference = case or (frame.case.reference if frame.case else "")
    parts = [("case", reference)] if reference else []
    parts.append(("lang", language or frame.texts.language))
    if not path:
        parts.extend(frame.keep)
    return f"{path or frame.here}{'&' if '?' in path else '?'}{urlencode(parts)}"


def icon(name: str, kind: str = "i") -> str:
    """One symbol of the sprite; `kind` is `i` (a sign) or `shape` (a level), with `flip` where it points somewhere."""
    return f'<svg class="{kind}" aria-hidden="true" focusable="false"><use href="#{escape(name)}"/></svg>'


def top_bar(frame: Frame) -> str:
    """Leave link first, then the skip link, the brand, the state of saving, the controls; below them the lost connection."""
    texts, base = frame.texts, frame.base_url
    # Within the bar, which stays in sight: however many rows it has, it never covers the notice.
    lost = connection_notice(frame) if frame.signed_in else ""
    home = address(frame, base) if frame.signed_in else address(frame, base + SIGN_IN)
    return (
        '<header class="bar">\n'
        f'<a class="leave" data-action="leave" href="{escape(base)}{LEAVE}">{icon("i-leave", "i flip")}'
        f"{escape(texts('page.leave'))} <kbd>{escape(texts('page.leave.keys'))}</kbd></a>\n"
        f'<a class="skip" href="#main">{escape(texts("page.skip"))}</a>\n<div class="bar-in">\n'
        f'<a class="brand" href="{escape(home)}">{icon("i-mark", "mark")}'
        f"<span>{escape(texts('page.brand'))}</span></a>\n"
        f"{_status(frame)}{_controls(frame)}</div>\n{lost}</header>"
    )


def case_bar(frame: Frame) -> str:
    """Whose work this is, and the workbooks of the case; nothing where no case is open."""
    case, texts = frame.case, frame.texts
    if case is None:
        return ""
    known = ((texts("page.case"), f'<bdi>{escape(case.reference)}</bdi>', "ref"),
             (texts("page.person"), masked(frame, case.alias, case.reference), ""),
             (texts("page.age_group"), escape(case.age_group), ""),
             (texts("page.language"), escape(case.language), ""))
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd{_class(kind)}>{value}</dd></div>"
                    for name, value, kind in known if value)
    return (f'<section class="caseline" aria-label="{escape(texts("page.case"))}"><div class="wrap caseline-in">'
            f"<dl>{facts}</dl>{_tabs(frame)}</div></section>\n")


def _tabs(frame: Frame) -> str:
    """The workbooks of the case side by side; on a narrow screen, where they would fill half of it, behind the word for this one."""
    if not frame.tabs:
        return ""
    links = [f'<a href="{escape(address(frame, tab.path))}"{_current(tab.path == frame.here, "page")}>{escape(tab.title)}</a>' for tab in frame.tabs]
    label = escape(frame.texts("page.workbooks_of_case"))
    here = next((escape(tab.title) for tab in frame.tabs if tab.path == frame.here), label)
    folded = "".join(f"<li>{link}</li>" for link in links)
    return (f'<nav class="places" aria-label="{label}"><div class="tabs">{"".join(links)}</div>'
            f'<details class="menu tabs-folded"><summary>{here}</summary><ul>{folded}</ul></details></nav>')


def masked(frame: Frame, words: str, reference: str = "") -> str:
    """A name, place or date of birth. In mask mode it is not in the page: a button stands for it."""
    if not words:
        return ""
    if not frame.masked:
        return f'<span class="mask"><bdi>{escape(words)}</bdi></span>'
    told = f"{frame.names_url}?{urlencode({'case': reference})}" if frame.names_url and reference else ""
    source = f' data-from="{escape(told)}"' if told else ""
    label = escape(frame.texts("page.masked"))
    return f'<button class="mask" type="button" data-action="reveal" aria-label="{label}"{source}>{MASKED}</button>'


def connection_notice(frame: Frame) -> str:
    """Says that the connection is lost, or that nobody is signed in any more; hidden until the page script sets `data-connection="lost"` on it.

    The way to sign in opens another tab, so that what was typed in this one stays.
    """
    say = {name: escape(frame.texts(f"page.connection.{name}"))
           for name in ("lost", "none_unsent", "some_unsent", "stay", "gone", "try", "reload", "form", "out", "sign_in")}
    door = f'<a href="{escape(f"{frame.base_url}{SIGN_IN}?lang={frame.texts.language}")}" target="_blank" rel="noopener">{say["sign_in"]}</a>'
    return (
        f'<div class="banner connection no-print" data-part="connection" data-connection="kept" data-says-form="{say["form"]}" '
        f'data-says-out="{say["out"]}" role="alert" hidden>'
        f"{icon('i-off')}<div><strong>{say['lost']}</strong> "
        f'<span data-part="unsent" data-says-none="{say["none_unsent"]}" data-says-some="{say["some_unsent"]}">'
        f'{say["none_unsent"]}</span> <span data-part="stay">{say["stay"]}</span>'
        f'<span data-part="gone" hidden>{say["gone"]}</span><span data-part="out" hidden>{door}</span></div>'
        '<div class="acts"><button class="btn btn-2" type="button" data-action="reconnect" '
        f'data-says-reload="{say["reload"]}">{say["try"]}</button></div></div>\n'
    )


def idle_notice(frame: Frame) -> str:
    """The warning before the page locks itself; opened with `show()`, so that the leave link stays within reach."""
    texts = frame.texts
    stay = f'<button class="btn" type="button" data-action="stay">{escape(texts("page.idle.stay"))}</button>'
    lock = _lock(frame, "btn btn-2", escape(texts("page.idle.lock")))
    rest = min(frame.rest or SHARED_REST, SHARED_REST) if frame.shared else frame.rest
    after = f' data-after="{rest}"' if rest else ""
    alive = f' data-alive="{escape(frame.alive_url)}"' if frame.alive_url else ""
    return (
        f'<dialog class="card idle" data-part="idle"{after}{alive} aria-labelledby="idle-title"><div class="stack">'
        f'<h2 id="idle-title" data-says="{escape(texts("page.idle.seconds"))}">{escape(texts("page.idle.title"))}</h2>'
        f'<p>{escape(texts("page.idle.saved"))}</p><div class="row">{stay}{lock}</div></div></dialog>\n'
    )


def mark_line(frame: Frame) -> str:
    """What is true of everything on this page, such as training with invented persons."""
    if not frame.marks:
        return ""
    marks = "".join(f"<span>{icon('i-info')}{escape(mark)}</span>" for mark in frame.marks)
    return f'<section class="mark-line" aria-label="{escape(frame.texts("page.marks"))}">{marks}</section>\n'


def footer(frame: Frame) -> str:
    """What the workbook is and is not, the versions behind it, and the mark of an unread translation."""
    texts = frame.texts
    versions = f"<p>{escape(' · '.join(frame.versions))}</p>" if frame.versions else ""
    draft = (f'<p class="draft">{icon("i-doc")}{escape(texts("page.draft_translation"))}</p>'
             if texts.status == "draft" else "")
    draft += f'<p class="draft" data-part="unsigned">{icon("i-info")}{escape(texts("page.unsigned"))}</p>' if frame.unsigned else ""
    help_link = f'<p class="no-print"><a href="{escape(address(frame, frame.base_url + HELP))}">{escape(texts("leaving.link"))}</a></p>'
    return (f'<footer class="foot"><div class="wrap foot-in"><p>{escape(texts("page.statement"))}</p>'
            f"{versions}{draft}{help_link}</div></footer>\n")


def sprite() -> str:
    """The symbols of the suite; every page carries them once, at its start."""
    return symbols()


def language_links(frame: Frame, *, short: bool = False) -> list[str]:
    """One link a language, each to this same place; `short` shows only the code on narrow windows."""
    return [_language_link(frame, one, short) for one in frame.languages]


def hidden_fields(frame: Frame, **more: str) -> str:
    """What a form sends along unseen: the proof that it came from this page, the language, and `more`."""
    known = {"_xsrf": frame.xsrf, "lang": frame.texts.language, **more}
    return "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
                   for name, value in known.items() if value)


def _language_link(frame: Frame, one: Language, short: bool) -> str:
    code, name = escape(one.code), escape(one.name)
    words = f'<span class="code">{code}</span> <span class="hide-mid">{name}</span>' if short else name
    return (f'<a data-lang="{code}" lang="{code}" hreflang="{code}" dir="{_direction(one.direction)}" '
            f'href="{escape(address(frame, language=one.code))}"{_current(one.code == frame.texts.language, "true")}>'
            f"{words}</a>")


def _status(frame: Frame) -> str:
    if frame.case is None or not (frame.signed_in and frame.saves):
        return ""
    texts = frame.texts
    says = {name: texts(f"page.status.{name}") for name in ("saved", "saving", "waiting", "lost")}
    words = "".join(f' data-says-{name}="{escape(text)}"' for name, text in says.items())
    now = texts("page.status.saved", time=frame.saved_at) if frame.saved_at else texts("page.status.ready")
    return (f'<p class="status" role="status" data-saved="true"{words}>{icon("i-tick")}'
            f'<span data-part="says">{escape(now)}</span></p>\n')


def _controls(frame: Frame) -> str:
    if not frame.signed_in:  # the sign-in page has its languages in the middle, and nothing to lock
        return ""
    texts = frame.texts
    covered = f' data-says-masked="{escape(texts("page.masked"))}"'
    mask = _toggle("mask", "i-mask", texts("page.mask"), frame.masked, covered)
    theme = _toggle("theme", "i-theme", texts("page.dark"), frame.theme == "dark")
    scripted = f"{mask}{theme}" if frame.script_url else ""  # without a script these two could do nothing
    lock = _lock(frame, "ctl", f'{icon("i-lock")}<span class="hide-mid">{escape(texts("page.lock"))}</span>')
    return f'<div class="ctls">{scripted}{_languages(frame)}{lock}</div>\n'


def _toggle(action: str, sign: str, words: str, pressed: bool, says: str = "") -> str:
    return (f'<button class="ctl" type="button" data-action="{action}" aria-pressed="{_word(pressed)}"{says}>'
            f'{icon(sign)}<span class="hide-mid">{escape(words)}</span></button>')


def _languages(frame: Frame) -> str:
    if len(frame.languages) < 2:
        return ""
    label = escape(frame.texts("page.languages"))
    if len(frame.languages) <= SIDE_BY_SIDE:
        return f'<nav class="tongues" aria-label="{label}">{"".join(language_links(frame, short=True))}</nav>'
    own = next((one.name for one in frame.languages if one.code == frame.texts.language), frame.texts.language)
    items = "".join(f"<li>{link}</li>" for link in language_links(frame))
    summary = f'<summary>{icon("i-lang")}<span class="hide-mid">{escape(own)}</span></summary>'
    return f'<nav aria-label="{label}"><details class="menu">{summary}<ul>{items}</ul></details></nav>'


def _lock(frame: Frame, kind: str, inside: str) -> str:
    """Locking leads back here after signing in; the page script adds the question somebody was at."""
    return (f'<form method="post" action="{escape(frame.base_url)}{LOCK}">{hidden_fields(frame, next=address(frame))}'
            f'<button class="{kind}" type="submit" data-action="lock">{inside}</button></form>')


def _look(frame: Frame) -> str:
    if frame.style_url:
        return f'<link rel="stylesheet" href="{escape(frame.style_url)}">'
    return f"<style>{frame.style}</style>" if frame.style else ""


def _choices(frame: Frame) -> str:
    theme = f' data-theme="{frame.theme}"' if frame.theme in ("light", "dark") else ""
    said = (("data-masked", frame.masked), ("data-shared", frame.shared), ("data-coming", frame.coming))
    return theme + "".join(f' {name}="true"' for name, is_so in said if is_so)


def _direction(direction: str) -> str:
    return "rtl" if direction == "rtl" else "ltr"


def _word(truth: bool) -> str:
    return "true" if truth else "false"


def _current(truth: bool, kind: str) -> str:
    return f' aria-current="{kind}"' if truth else ""


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""

"""Findings as a page: what was published, what may be asked for, what colleagues raise, and what a positive screen means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

from safe_lib.engine.base_rates import Predicted
from safe_lib.findings.gathering import definitions
from safe_lib.findings.observing import CHANNELS, CONFIDENTIALITY, Finding
from safe_lib.findings.releasing import Published
from safe_lib.findings.screens import screens
from safe_lib.findings.showing import figure_blocks, screen_blocks, title_of
from safe_lib.model.texts import Texts
from safe_lib.widgets.blocks import blocks_html
from safe_lib.widgets.page import sections
from safe_lib.widgets.shell import icon

PATH: Final = "/findings"
WORDS: Final = ("claim", "affected_group", "policy_ask", "addressee", "external_source", "external_page")
FIGURE_FILES: Final = ("csv", "parquet", "json")
BRIEF_FILES: Final = ("pdf", "docx", "yaml")


@dataclass(frozen=True, slots=True)
class FindingsSeat:
    """What one reader may see and do; None where they may not see it at all."""

    texts: Texts
    published: tuple[Published, ...] | None = None
    findings: tuple[Finding, ...] | None = None
    may_release: bool = False
    may_raise: bool = False
    screen: Predicted | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    xsrf: str = ""
    wrong: str = ""
    done: str = ""
    shared: bool = False  # others use this computer too: nothing is saved to its disk

    def hidden(self, action: str) -> str:
        """What a form sends along unseen."""
        known = {"_xsrf": self.xsrf, "lang": self.texts.language, "action": action}
        return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in known.items() if value)


def page_html(seat: FindingsSeat, title: str, about: str, statement: str, notebook: Mapping[str, Any], prose_html: Callable[[str], str]) -> str:
    """The parts that this reader may see, each under the prose of the notebook."""
    told = _notice("status", "plain", "i-tick", seat.done) + _notice("alert", "stop", "i-warn", seat.wrong)
    parts = (f'<section class="section stack" id="view-{one.view}" data-region="{one.view}">{prose_html(one.prose)}{PARTS[one.view](seat)}</section>'
             for one in sections(notebook) if one.view in PARTS and (one.view != "figures" or seat.published is not None))
    return f'<div class="plain-page stack"><h1>{escape(title)}</h1><p class="lead">{escape(about)}</p>{told}{statement}{"".join(parts)}</div>'


def _notice(role: str, tone: str, sign: str, words: str) -> str:
    wrong = ' id="wrong"' if role == "alert" else ""
    return f'<p class="notice notice-{tone}" role="{role}"{wrong}>{icon(sign)}<span>{escape(words)}</span></p>' if words else ""


def figures_html(seat: FindingsSeat) -> str:
    """What was published, the newest publication first; for a coordinator the way to publish more."""
    texts, found = seat.texts, seat.published or ()
    newest = sorted(found, key=lambda one: -one.publication)
    shown = "".join(blocks_html(figure_blocks(one, texts), texts) for one in newest) or f'<p class="quiet">{escape(texts("findings.none"))}</p>'
    forms = (_release(seat) if seat.may_release else "") + _files(seat, FIGURE_FILES if found else (), "findings.file")
    return f'{forms}<div class="stack" data-view="published">{shown}</div>'


def _release(seat: FindingsSeat) -> str:
    texts = seat.texts
    rows = [("", texts("findings.tables.core")), *((one.name, title_of(one.name, texts)) for one in definitions().values())]
    return (f'<form method="post" action="{PATH}" class="card stack" id="release"><h3>{escape(texts("findings.release"))}</h3>{seat.hidden("release")}'
            f'<p>{escape(texts("findings.release.says"))}</p>{_input(seat, "period", "findings.release.period", "findings.release.hint")}'
            f'{_select(seat, "table", "findings.tables", rows)}<p><button class="btn" type="submit">{escape(texts("findings.release.do"))}</button></p></form>')


def _files(seat: FindingsSeat, formats: tuple[str, ...], key: str) -> str:
    """Links to files; none on a computer that others use too."""
    if seat.shared or not formats:
        return ""
    lines = []
    for format in formats:
        words = seat.texts(f"{key}.{format}") if key == "findings.file" else seat.texts(key, format=format.upper())
        lines.append(f'<li><a href="{PATH}?{escape(urlencode({"file": format, "lang": seat.texts.language}))}">{escape(words)}</a></li>')
    return f'<ul>{"".join(lines)}</ul>'


def raised_html(seat: FindingsSeat) -> str:
    """The form for a finding from the work, and what was raised for whoever may read it."""
    texts = seat.texts
    form = _raise(seat) if seat.may_raise else ""
    if seat.findings is None:
        return form
    brief = f'<p class="quiet">{escape(texts("findings.raised.none"))}</p>'
    if seat.findings:
        brief = (f'<h3>{escape(texts("findings.raised"))}</h3><p>{escape(texts("findings.brief.says"))} {escape(texts("findings.brief.draft"))}</p>'
                 f'{_files(seat, BRIEF_FILES, "findings.brief.file")}<ol data-view="raised">'
                 f'{"".join(f"<li>{escape(one.raised.claim)}</li>" for one in seat.findings)}</ol>')
    return form + brief


def _raise(seat: FindingsSeat) -> str:
    texts = seat.texts
    fields = "".join(_input(seat, name, f"findings.field.{name}", "" if name == "claim" else "findings.optional", long=name == "claim") for name in WORDS)
    channels = [(one, texts(f"findings.channel.{one}")) for one in CHANNELS]
    readers = [(one, texts(f"findings.confidentiality.{one}")) for one in reversed(CONFIDENTIALITY)]
    known = ((f"{one.publication} {one.name}", f"{title_of(one.name, texts)}, {one.period}") for one in seat.published or ())
    tables = [("", texts("findings.choose")), *known]
    standing = _select(seat, "supports", "findings.published", tables) if seat.published else ""
    return (f'<form method="post" action="{PATH}" class="card stack" id="raise"><h3>{escape(texts("findings.raise"))}</h3>{seat.hidden("raise")}'
            f'<p>{escape(texts("findings.raise.says"))}</p>{fields}{_select(seat, "channel", "findings.field.channel", channels)}'
            f'{_select(seat, "confidentiality", "findings.field.confidentiality", readers)}{standing}'
            f'<p><button class="btn" type="submit">{escape(texts("findings.raise.do"))}</button></p></form>')


def screens_html(seat: FindingsSeat) -> str:
    """The base-rate calculator: a tool whose figures are known, or one's own."""
    texts = seat.texts
    tools = [("", texts("findings.screen.own")), *((one.id, f"{one.title} ({one.status})") for one in screens().values())]
    fields = "".join(_input(seat, name, f"findings.screen.{name}", "findings.screen.hint") for name in ("sensitivity", "specificity", "base"))
    tool = screens().get(seat.typed.get("tool", ""))
    source = f'<p class="quiet">{escape(f"{tool.source} ({tool.status})")}</p>' if tool is not None else ""
    found = f'<div class="stack" data-view="screened">{blocks_html(screen_blocks(seat.screen, texts), texts)}{source}</div>' if seat.screen is not None else ""
    return (f'<p>{escape(texts("findings.screen.says_first"))}</p><form method="get" action="{PATH}#view-screens" class="card stack" id="screen">'
            f'<input type="hidden" name="lang" value="{escape(texts.language)}">{_select(seat, "tool", "findings.screen.tool", tools)}{fields}'
            f'<p><button class="btn" type="submit">{escape(texts("findings.screen.do"))}</button></p></form>{found}')


def _input(seat: FindingsSeat, name: str, key: str, hint: str = "", *, long: bool = False) -> str:
    label, typed = escape(seat.texts(key)), escape(seat.typed.get(name, ""))
    told = f'<p class="quiet" id="h-{name}">{escape(seat.texts(hint))}</p>' if hint else ""
    more = f' aria-describedby="h-{name}"' if hint else ""
    box = (f'<textarea class="input" id="f-{name}" name="{name}" rows="4" maxlength="1000" required{more}>{typed}</textarea>' if long
           else f'<input class="input" type="text" id="f-{name}" name="{name}" value="{typed}" maxlength="1000" autocomplete="off"{more}>')
    return f'<div class="field"><label for="f-{name}">{label}</label>{told}{box}</div>'


def _select(seat: FindingsSeat, name: str, key: str, choices: list[tuple[str, str]]) -> str:
    chosen = seat.typed.get(name, "")
    options = "".join(f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>' for value, words in choices)
    label = escape(seat.texts(key))
    return f'<div class="field"><label for="f-{name}">{label}</label><select class="input" id="f-{name}" name="{name}">{options}</select></div>'


PARTS: Final[Mapping[str, Callable[[FindingsSeat], str]]] = {"figures": figures_html, "raised": raised_html, "screens": screens_html}

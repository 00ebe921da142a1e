"""The pages of claims: the choice of a country, its claims by theme with what can be done, and the preview of a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any, Final

from safe_lib.engine.country import theme_view
from safe_lib.model.change import Change
from safe_lib.model.country import Claim, Country, Theme, ThemeView
from safe_lib.model.document import Badge
from safe_lib.model.texts import Texts
from safe_lib.widgets.blocks import badge_html
from safe_lib.widgets.claim_article import claim_article, difference_in_words, in_short, value_words
from safe_lib.widgets.claim_fields import Typed, names_of_form
from safe_lib.widgets.claim_form import CLAIMS, list_address, no_case_notice
from safe_lib.widgets.shell import Frame, address, hidden_fields, icon, page_shell

WAITING: Final = "claims/waiting"  # address of what waits, below the base address


@dataclass(frozen=True, slots=True)
class ClaimsView:
    """All that the list shows: a country on a day, its themes in the language of the page, what waits."""

    country: Country
    name: str  # of the country, in the language of the page
    themes: tuple[Theme, ...]
    on: date
    waiting: frozenset[str] = frozenset()  # ids of claims with a change that waits
    wait: int = 0  # how many changes wait, of all countries
    only_one: bool = False


def choose_page(frame: Frame, countries: Iterable[tuple[str, str]], wait: int) -> str:
    """The choice of a country by name; a form that is sent by its button."""
    texts = frame.texts
    options = "".join(f'<option value="{escape(code)}">{escape(name)}</option>' for code, name in countries)
    body = (
        f'<div class="head"><div><h1>{escape(texts("change.list.choose_title"))}</h1><p class="lead">{escape(texts("change.list.choose_lead"))}</p></div>'
        f"{_waiting_link(frame, wait)}</div>\n"
        f'<form class="card stack" method="get" action="{escape(frame.base_url)}{CLAIMS}"><input type="hidden" name="lang" value="{escape(texts.language)}">'
        f'<div class="field"><label for="country">{escape(texts("change.list.country"))}</label>'
        f'<span class="hint" id="country-hint">{escape(texts("change.list.country_hint"))}</span>'
        f'<select class="input" id="country" name="country" aria-describedby="country-hint">{options}</select></div>'
        f'<button class="btn" type="submit">{escape(texts("change.list.show"))}</button></form>\n'
    )
    return page_shell(frame, body)


def claims_page(frame: Frame, view: ClaimsView) -> str:
    """The claims of a country by theme, each with the ways to change it."""
    texts = frame.texts
    sections = "".join(_theme(frame, view, theme) for theme in view.themes)
    one = (f'<p class="notice notice-plain below">{icon("i-info")}<span>{escape(texts("change.list.one_theme"))} '
           f'<a href="{escape(list_address(frame, view.country.iso3))}">{escape(texts("change.list.all_themes"))}</a></span></p>' if view.only_one else "")
    body = (
        f'<div class="head"><div><h1>{escape(texts("change.list.title", country=view.name))}</h1><p class="lead">{escape(texts("change.list.lead"))}</p>'
        f'<p><a href="{escape(address(frame, frame.base_url + CLAIMS))}">{escape(texts("change.list.other_country"))}</a></p></div>'
        f"{_waiting_link(frame, view.wait)}</div>\n{no_case_notice(texts)}{one}{sections}"
    )
    return page_shell(frame, body)


def _waiting_link(frame: Frame, wait: int) -> str:
    words = escape(frame.texts("change.list.waiting", count=wait))
    return f'<a class="btn btn-2" href="{escape(address(frame, frame.base_url + WAITING))}">{words}</a>'


def _theme(frame: Frame, view: ClaimsView, theme: Theme) -> str:
    texts, seen = frame.texts, theme_view(view.country, theme.id, view.on)
    claims = "".join(_claim(frame, view, claim) for claim in seen.claims)
    none = f'<p class="quiet">{escape(texts("change.list.none"))}</p>' if not claims else ""
    vain = "".join(f'<p class="quiet small">{escape(texts("change.list.not_found", says=says))}</p>' for says in seen.not_found)
    add = escape(list_address(frame, view.country.iso3, theme.id, do="add"))
    return (
        f'<section class="section" id="{theme.id}" tabindex="-1" aria-labelledby="{theme.id}-title">'
        f'<div class="coi-head"><h2 id="{theme.id}-title">{escape(theme.id)} {escape(theme.title)}</h2>{_status(seen, texts)}</div>'
        f'<p class="quiet below">{escape(" ".join((*theme.questions, texts("change.list.months", months=theme.months))))}</p>'
        f'<div class="claims">{claims}</div>{none}{vain}'
        f'<p class="above"><a class="btn btn-2" href="{add}">{escape(texts("change.do.add"))}<span class="vh">: {escape(theme.title)}</span></a></p>'
        "</section>\n"
    )


def _status(seen: ThemeView, texts: Texts) -> str:
    return badge_html(Badge("claim", seen.status, texts(f"claim.{seen.status}")))


def _claim(frame: Frame, view: ClaimsView, claim: Claim) -> str:
    texts = frame.texts
    waits = f'<p class="strong small row">{icon("i-clock")}{escape(texts("change.list.waits"))}</p>' if claim.id in view.waiting else ""
    links = "".join(
        f'<a href="{escape(list_address(frame, view.country.iso3, claim.theme, claim=claim.id, do=what))}">{escape(texts(f"change.do.{what}"))}'
        f'<span class="vh">: {escape(in_short(claim.says))}</span></a>' for what in ("renew", "correct", "withdraw"))
    return claim_article(claim, view.country, texts, on=view.on, foot=f'{waits}<p class="row row-wide doing">{links}</p>', id=f"claim-{claim.id}")


# The preview


@dataclass(frozen=True, slots=True)
class PreviewView:
    """All that the preview shows. `after` is the country as it would be; `lines` those of the file that change."""

    typed: Typed
    change: Change
    name: str
    theme: Theme
    after: Country
    file: str
    lines: tuple[tuple[str, str], ...]
    on: date
    seen: str = ""
    rests_on: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # its sources in full


def preview_page(frame: Frame, view: PreviewView) -> str:
    """How the claim will look and what changes; one button proposes it, another leads back to the form."""
    texts = frame.texts
    claim = next((one for one in view.after.claims if one.id == view.change.id), None)
    already = claim is not None and claim.is_outdated(view.on)
    note = f'<p class="notice below">{icon("i-clock")}<span>{escape(texts("change.preview.outdated_already"))}</span></p>' if already else ""
    body = (
        f'<div class="head"><div><p class="quiet">{escape(view.name)} · {escape(view.theme.id)} {escape(view.theme.title)} · '
        f'{escape(texts(f"change.what.{view.change.what}"))}</p><h1>{escape(texts("change.preview.title"))}</h1>'
        f'<p class="lead">{escape(texts("change.preview.lead"))}</p></div></div>\n{note}{_looks(frame, view, claim)}'
        f"{change_in_words(view.change, texts, view.rests_on)}{lines_of_file(view.file, view.lines, texts, is_open=True)}{_go_on(frame, view)}"
    )
    return page_shell(frame, body)


def _looks(frame: Frame, view: PreviewView, claim: Claim | None) -> str:
    if claim is None:
        return ""
    shown = claim_article(claim, view.after, frame.texts, on=view.on)
    title = escape(frame.texts("change.preview.as_it_will_look"))
    return f'<section class="stack-s below" aria-labelledby="looks-title"><h2 id="looks-title">{title}</h2>{shown}</section>\n'


def _go_on(frame: Frame, view: PreviewView) -> str:
    texts, typed = frame.texts, view.typed
    known = {name: typed(name) for name in names_of_form() if typed(name)}
    many = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, values in (("keep", typed.keep), ("disagrees", typed.disagrees))
                   for value in values)
    fields = hidden_fields(frame, do=typed.what, country=typed.country, theme=typed.theme, claim=typed.claim, seen=view.seen, **known)
    return (
        f'<form class="row row-wide above" method="post" action="{escape(frame.base_url)}{CLAIMS}">{fields}{many}'
        f'<button class="btn" type="submit" name="step" value="propose">{escape(texts("change.preview.propose"))}</button>'
        f'<button class="btn btn-2" type="submit" name="step" value="edit">{escape(texts("change.preview.edit"))}</button></form>\n'
    )


# What changes, in words and in lines; the list of what waits shows the same


def change_in_words(change: Change, texts: Texts, rests_on: Mapping[str, Mapping[str, Any]], *, at: str = "change", level: int = 2) -> str:
    """What may differ for people, the fields before and after, and the sources in full, new and known.

    `at` keeps ids apart where several stand on one page, `level` is that of its heading.
    """
    facts = {"differs": change.differs, "since": change.since, "signed": change.signed}
    told = "".join(f"<dt>{escape(texts(f'change.field.{name}'))}</dt><dd><bdi>{escape(value)}</bdi></dd>" for name, value in facts.items())
    return (
        f'<section class="card stack-s below" aria-labelledby="{at}-differs"><h{level} class="smaller" id="{at}-differs">'
        f'{escape(texts("change.preview.differences"))}</h{level}><dl class="facts">{told}</dl>'
        f"{_table(difference_in_words(change, texts), texts, f'{at}-differs')}"
        f"{_sources(rests_on, texts, level + 1)}</section>\n"
    )


def _table(rows: tuple[tuple[str, str, str], ...], texts: Texts, named: str) -> str:
    if not rows:
        return ""
    names = [texts(f"change.preview.column.{name}") for name in ("field", "before", "after")]
    heads = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in names)
    lines = "".join(_row(row, names) for row in rows)
    return (f'<table class="tbl fold-rows" role="table" aria-labelledby="{named}"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
            f'<tbody role="rowgroup">{lines}</tbody></table>')


def _row(row: tuple[str, str, str], names: list[str]) -> str:
    label, *sides = row
    cells = "".join(f'<td role="cell" data-label="{escape(name)}"><div><bdi>{escape(words)}</bdi></div></td>'
                    for name, words in zip(names[1:], sides, strict=True))
    return f'<tr role="row"><th scope="row" role="rowheader">{escape(label)}</th>{cells}</tr>'


def _sources(sources: Mapping[str, Mapping[str, Any]], texts: Texts, level: int) -> str:
    if not sources:
        return ""
    shown = "".join(f'<div class="claim"><p class="strong"><bdi>{escape(str(about.get("title") or id))}</bdi></p><dl class="facts">'
                    f"{_source(id, about, texts)}</dl></div>" for id, about in sources.items())
    return f'<h{level} class="smaller">{escape(texts("change.preview.sources"))}</h{level}><div class="claims">{shown}</div>'


def _source(id: str, about: Mapping[str, Any], texts: Texts) -> str:
    words = {"where": "pinpoint", "note": "source_note"}
    shown = {**about, "kind": texts(f"change.form.kind.{about['kind']}")} if texts.has(f"change.form.kind.{about.get('kind')}") else about
    pairs = [(texts("change.field.id"), id), *((texts(f"change.form.{words.get(key, key)}"), value_words(key, value, texts))
                                               for key, value in shown.items() if key != "title")]
    return "".join(f"<dt>{escape(name)}</dt><dd><bdi>{escape(value)}</bdi></dd>" for name, value in pairs)


def lines_of_file(file: str, lines: Iterable[tuple[str, str]], texts: Texts, *, is_open: bool = False) -> str:
    """The lines of the file that would differ, each with a sign and a word for what happens to it."""
    shown = "".join(_line(sign, line, texts) for sign, line in lines)
    return (f'<details class="more below"{" open" if is_open else ""}><summary>{escape(texts("change.preview.lines", file=file))}</summary>'
            f'<ol class="diff">{shown}</ol></details>\n')


def _line(sign: str, line: str, texts: Texts) -> str:
    kind, tag = ("added", "ins") if sign == "+" else ("removed", "del")
    return (f'<li><{tag}><span class="what" aria-hidden="true">{sign}</span><span class="vh">{escape(texts(f"change.preview.{kind}"))}: </span>'
            f"<code><bdi>{escape(line)}</bdi></code></{tag}></li>")

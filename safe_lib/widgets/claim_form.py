"""The form that adds, renews, corrects or withdraws a claim, as HTML that needs no script."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.catalogue.claims import KINDS
from safe_lib.model.country import Claim, Country, Theme
from safe_lib.model.texts import Texts
from safe_lib.widgets.claim_article import claim_article, in_short, level_words, source_words
from safe_lib.widgets.claim_fields import NEW_SOURCES, NO_LEVEL, Typed
from safe_lib.widgets.inputs import Inputs, Wrongs
from safe_lib.widgets.shell import Frame, address, hidden_fields, icon, page_shell

CLAIMS: Final = "claims"  # address of the list and the form, below the base address

_SHORT: Final = ("title", "publisher", "kind", "published", "retrieved", "where", "url", "quotation")
_MORE: Final = ("read_in", "quotes", "voice", "published_note", "interest", "note")
_WORDS_OF: Final = {"where": "pinpoint", "note": "source_note"}  # fields of a source whose words have another key
_HINTED: Final = frozenset({"publisher", "published", "retrieved", "where", "url", "quotation", "read_in", "quotes", "voice", "interest"})
_OF_CLAIM: Final = ("says", "who", "where", "level", "as_of", "review_by", "note")
_OF_CHANGE: Final = ("differs", "since", "signed")
_NOTHING_WRONG: Final = Wrongs()


@dataclass(frozen=True, slots=True)
class FormView:
    """All that the form shows: what was typed, the country and theme it is about, the claim as it stands, what is wrong."""

    typed: Typed
    country: Country
    theme: Theme
    name: str  # of the country, in the language of the page
    claim: Claim | None = None
    seen: str = ""  # mark of the entry as it is shown; another one when the form comes back means that somebody changed it
    wrong: Wrongs = field(default=_NOTHING_WRONG)


def form_page(frame: Frame, view: FormView) -> str:
    """The page with the form; posts to the list of claims, `step` says what the pressed button is for."""
    texts, typed = frame.texts, view.typed
    make = _Form(view, texts)
    body = (
        f'<div class="head"><div><p class="quiet">{escape(view.name)} · {escape(view.theme.id)} {escape(view.theme.title)}</p>'
        f"<h1>{escape(texts(f'change.form.{typed.what}'))}</h1>"
        f'<p class="lead">{escape(texts(f"change.form.lead.{typed.what}"))}</p></div></div>\n'
        f"{no_case_notice(texts)}{make.inputs.summary(make.label)}{_as_now(view, texts)}"
        f'<form class="change" method="post" action="{escape(frame.base_url)}{CLAIMS}" novalidate>'
        f"{hidden_fields(frame, do=typed.what, country=typed.country, theme=typed.theme, claim=typed.claim, seen=view.seen)}<div class='stack'>\n"
        f"{'' if typed.what == 'withdraw' else make.claim()}{make.about()}"
        f'<div class="row row-wide"><button class="btn" type="submit" name="step" value="preview">{escape(texts("change.form.preview"))}</button>'
        f'<a href="{escape(list_address(frame, typed.country, typed.theme))}">{escape(texts("change.form.cancel"))}</a></div></div></form>\n'
    )
    return page_shell(frame, body)


def list_address(frame: Frame, country: str, theme: str = "", **more: str) -> str:
    """The address of the list of one country, of one theme of it, or of a form."""
    parts = {"country": country, **({"theme": theme} if theme else {}), **more}
    return f"{address(frame, frame.base_url + CLAIMS)}&{urlencode(parts)}"


def no_case_notice(texts: Texts) -> str:
    """What must not be written here; on every page where something can be."""
    return f'<p class="notice notice-plain below">{icon("i-lock")}<span>{escape(texts("change.no_case"))} {escape(texts("change.form.english"))}</span></p>\n'


def _as_now(view: FormView, texts: Texts) -> str:
    if view.claim is None:
        return ""
    shown = claim_article(view.claim, view.country, texts)
    return f'<section class="stack-s below" aria-labelledby="now-title"><h2 id="now-title">{escape(texts("change.form.as_now"))}</h2>{shown}</section>\n'


class _Form:
    """The parts of the form."""

    def __init__(self, view: FormView, texts: Texts) -> None:
        self.view, self.typed, self.texts = view, view.typed, texts
        self.inputs = Inputs(view.typed, view.wrong, texts)

    def label(self, name: str) -> str:
        """The label of an input; empty where this form has none of this name."""
        place, _, key = name.partition("_")
        adds_claim = self.typed.what != "withdraw"
        if place in NEW_SOURCES and key in (*_SHORT, *_MORE):
            return self.texts(f"change.form.{_WORDS_OF.get(key, key)}") if adds_claim else ""
        if name in ("keep", "disagrees"):
            return self.texts({"keep": "change.field.sources", "disagrees": "change.field.disagrees_with"}[name]) if adds_claim else ""
        known = (*_OF_CHANGE, *(_OF_CLAIM if adds_claim else ()), *(("id",) if self.typed.what == "add" else ()))
        return self.texts(f"change.field.{name}") if name in known else ""

    def claim(self) -> str:
        """What it says, its dates, its sources, who says otherwise."""
        make, label, texts = self.inputs, self.label, self.texts
        levels = {level: level_words(level, texts) for level in self.view.theme.levels}
        said = "".join((
            make.area("says", label("says"), texts("change.form.says_hint")), make.line("who", label("who"), texts("change.form.who_hint")),
            make.line("where", label("where"), texts("change.form.where_hint")),
            make.choice("level", label("level"), {**levels, NO_LEVEL: texts("change.level.null")}, texts("change.form.level_hint"))))
        days = make.day("as_of", label("as_of"), texts("change.form.as_of_hint")) + make.day(
            "review_by", label("review_by"), texts("change.form.review_by_hint", months=self.view.theme.months))
        sources = self._kept() + self._new_source("s1") + self._second_source("s2")
        return make.group(texts("change.form.claim"), said) + make.group(texts("change.form.days"), days) + sources + self._disagreement()

    def about(self) -> str:
        """What the change means for people, from when, and who signs it."""
        make, label, texts = self.inputs, self.label, self.texts
        out = self.typed.what == "withdraw"
        parts = [make.area("differs", label("differs"), texts("change.form.differs_hint_withdraw" if out else "change.form.differs_hint")),
                 make.day("since", label("since"), texts("change.form.since_hint"), optional=True),
                 make.line("signed", label("signed"), texts("change.form.signed_hint"))]
        if not out:
            parts.append(make.area("note", label("note"), texts("change.form.note_hint"), optional=True))
        if self.typed.what == "add":
            parts.append(make.line("id", label("id"), texts("change.form.id_hint"), optional=True))
        return make.group(texts("change.form.about"), "".join(parts))

    def _kept(self) -> str:
        """The sources of the file: those of the claim and of its theme in sight, the others one press away."""
        sources, ticked = self.view.country.sources, self.typed.keep
        near = {id for claim in self.view.country.claims if claim.theme == self.view.theme.id for id in claim.sources} | set(ticked)
        first = [id for id in (*sources, *(id for id in ticked if id not in sources)) if id in near]
        rest = [id for id in sources if id not in near]
        title = self.texts("change.form.other_kept", count=len(rest))
        folded = f'<details class="more"><summary>{escape(title)}</summary><div class="in-more ticked">{self._ticks(rest)}</div></details>' if rest else ""
        none = f'<p class="quiet">{escape(self.texts("change.form.no_kept"))}</p>' if not sources else ""
        return self.inputs.group(self.texts("change.form.kept"), f'<div class="ticked">{self._ticks(first)}</div>{none}{folded}',
                                 self.texts("change.form.kept_hint"), id="keep")

    def _ticks(self, ids: list[str]) -> str:
        sources = self.view.country.sources
        return "".join(self.inputs.tick("keep", id, f"{source_words(sources[id])} [{id}]" if id in sources else id, chosen=id in self.typed.keep) for id in ids)

    def _new_source(self, place: str, title: str = "change.form.source", hint: str = "change.form.source_hint") -> str:
        more = "".join(self._of_source(place, key) for key in _MORE)
        is_open = any(self.typed(f"{place}_{key}") or self.view.wrong.of(f"{place}_{key}") for key in _MORE)
        inside = (f'{"".join(self._of_source(place, key) for key in _SHORT)}<details class="more"{" open" if is_open else ""}>'
                  f'<summary>{escape(self.texts("change.form.more_of_source"))}</summary><div class="in-more stack">{more}</div></details>')
        return self.inputs.group(self.texts(title), inside, self.texts(hint) if hint else "")

    def _second_source(self, place: str) -> str:
        is_open = bool(self.typed.source(place)) or self.view.wrong.any_of(place)
        title = "change.form.source_2"
        return (f'<details class="more"{" open" if is_open else ""}><summary>{escape(self.texts(title))}</summary>'
                f'<div class="in-more">{self._new_source(place, title, "")}</div></details>\n')

    def _of_source(self, place: str, key: str) -> str:
        make, name = self.inputs, f"{place}_{key}"
        label, hint = self.label(name), self.texts(f"change.form.{_WORDS_OF.get(key, key)}_hint") if key in _HINTED else ""
        if key == "kind":
            return make.choice(name, label, {kind: self.texts(f"change.form.kind.{kind}") for kind in KINDS})
        if key in ("quotation", "quotes"):
            return make.area(name, label, hint, optional=True)
        return make.day(name, label, hint) if key == "retrieved" else make.line(name, label, hint, optional=key == "url" or key in _MORE)

    def _disagreement(self) -> str:
        others = sorted((claim for claim in self.view.country.claims if claim.id != self.typed.claim), key=lambda claim: claim.theme != self.view.theme.id)
        if not others:
            return ""
        ticks = "".join(self.inputs.tick("disagrees", one.id, f"{one.theme} {in_short(one.says)}", chosen=one.id in self.typed.disagrees) for one in others)
        group = self.inputs.group(self.texts("change.field.disagrees_with"), f'<div class="ticked">{ticks}</div>', self.texts("change.form.disagreement_hint"),
                                  id="disagrees")
        is_open = " open" if self.typed.disagrees else ""
        return (f'<details class="more"{is_open}><summary>{escape(self.texts("change.form.disagreement"))}</summary>'
                f'<div class="in-more">{group}</div></details>\n')

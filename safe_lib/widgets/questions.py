"""The form as semantic HTML: the same text for the first bytes of a page, for JupyterLab and for a print.

One question is a fieldset with its legend, its answers as radio buttons, what it rests on, what to listen for and a
note. Everything a script needs stands in `data-*`; everything a person needs is readable before any script runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from html import escape

from safe_lib.engine.assess import FREE_SCALES
from safe_lib.model.answers import ACTIVE, DECLINED, NOT_APPLICABLE, NOT_ASKED, PRESENT, UNKNOWN, UNSAFE_TO_ASK, VERIFIED
from safe_lib.model.case import SavedAnswer
from safe_lib.model.instrument import Group, Instrument, Item
from safe_lib.model.texts import Texts
from safe_lib.widgets.tails import heard_in, in_lines, tail_html, tail_template

SHOWN_OPEN = (UNKNOWN, NOT_ASKED, DECLINED, UNSAFE_TO_ASK)
NO_FACTS = ("absent", "cleared", "no")  # drawn quietly: a fact, and not a sign
READING_ORDER = ("present", "active", "verified", "partly", "absent", "cleared")  # of the usual facts; other scales keep their own order


@dataclass(frozen=True, slots=True)
class Part:
    """The questions of one group of one instrument, with what is saved; `beside` is HTML that stands after an item."""

    instrument: Instrument
    group: Group
    items: tuple[Item, ...]
    saved: Mapping[str, SavedAnswer]
    open: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """How many have an answer."""
        return sum(1 for item in self.items if is_answered(item, self.saved.get(item.id)))


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the work: a title, some guidance, its parts; a gate holds back what comes after it."""

    id: str
    number: int
    title: str
    about: str
    parts: tuple[Part, ...]
    gate: bool = False
    before: str = ""  # HTML above the questions, such as a choice of set

    @property
    def is_done(self) -> bool:
        """Every question has an answer."""
        return all(part.answered == len(part.items) for part in self.parts)

    @property
    def is_begun(self) -> bool:
        """Some question has an answer."""
        return any(part.answered for part in self.parts)

    @property
    def is_passed(self) -> bool:
        """Nothing here holds back what comes after: every question about danger has an answer."""
        return all(item.id in part.saved for part in self.parts for item in part.items if item.kind == "danger")


def is_answered(item: Item, saved: SavedAnswer | None) -> bool:
    """Somebody chose an answer, be it that it was not asked; free words count once they are written."""
    return saved is not None and (item.scale not in FREE_SCALES or saved.answer.code != NOT_ASKED)


def form_html(stages: Sequence[Stage], texts: Texts, *, name: str, case: str, scenario: str = "") -> str:
    """The whole form; locked parts say why they are locked."""
    locked = False
    parts = []
    for stage in stages:
        parts.append(_stage(stage, texts, locked=locked))
        if stage.gate and not stage.is_passed:
            locked = True
    said = {
        "form": name,
        "case": case,
        "scenario": scenario,
        "note-label": texts("form.note"),
        "saving": texts("form.saving"),
        "saved": texts("form.saved"),
        "kept": texts("form.kept"),
        "keep-theirs": texts("form.keep_theirs"),
        "save-mine": texts("form.save_mine"),
        "conflict": texts("form.conflict"),
        "theirs": texts("form.theirs"),
        "mine": texts("form.mine"),
        "found": texts("form.found"),
        "outcome-changed": texts("form.outcome_changed"),
        "undone": texts("form.undone"),
        "unanswered": texts("form.all_answered"),
    }
    data = " ".join(f'data-{key}="{escape(value)}"' for key, value in said.items())
    return f'<form class="safe-form" method="dialog" autocomplete="off" {data}>{_tools(texts)}{"".join(parts)}{tail_template(texts)}</form>'


def rail_html(stages: Sequence[Stage], texts: Texts) -> str:
    """The steps beside the form, with how far each is."""
    lines = rail_lines(stages, texts)
    return f'<nav class="rail" aria-label="{escape(texts("form.steps"))}" data-region="rail" data-mark="{mark_of(lines)}">{lines}</nav>'


def mark_of(html: str) -> str:
    """Tells one state of a view from another, so that a kernel need not send what the page has from the server."""
    return blake2b(html.encode(), digest_size=8).hexdigest()


def rail_lines(stages: Sequence[Stage], texts: Texts) -> str:
    """The inside of the steps; the furthest one that was begun is the present one."""
    now = next((stage for stage in reversed(stages) if stage.is_begun), stages[0])
    lines = "".join(_rail_line(stage, stage is now, texts) for stage in stages)
    where = texts("form.step_of", n=now.number, of=len(stages), title=now.title)
    return f'<p class="rail-title">{escape(where)}</p><ol>{lines}</ol>'


def _rail_line(stage: Stage, now: bool, texts: Texts) -> str:
    state = "now" if now else "done" if stage.is_done else "todo"
    mark = '<svg class="i" aria-hidden="true"><use href="#i-tick"/></svg>' if state == "done" else str(stage.number)
    done = f'<span class="vh">({escape(texts("form.done"))})</span>' if state == "done" else ""
    current = ' aria-current="step"' if now else ""
    sub = ""
    if len(stage.parts) > 1 and now:
        sub = "".join(
            f'<li><a href="#group-{part.group.id}"><span>{escape(part.group.title)}</span>'
            f'<span class="num" data-count-for="{part.group.id}">{part.answered}/{len(part.items)}</span></a></li>'
            for part in stage.parts
        )
        sub = f'<ul class="sub">{sub}</ul>'
    return (
        f'<li data-step="{state}"><a href="#{stage.id}"{current}><span class="n">{mark}</span><span class="t">{escape(stage.title)}</span>{done}</a>{sub}</li>'
    )


def _tools(texts: Texts) -> str:
    return (
        f'<div class="tools"><div class="field"><label for="form-search">{escape(texts("form.search"))}</label>'
        f'<input class="input" id="form-search" type="search" data-search autocomplete="off"></div>'
        f'<button class="btn btn-2" type="button" data-action="next-open">{escape(texts("form.next_open"))}</button>'
        f'<button class="btn btn-2" type="button" data-action="undo" disabled>{escape(texts("form.undo"))}</button>'
        f'<p class="small quiet" data-search-count role="status"></p></div>'
    )


def _stage(stage: Stage, texts: Texts, *, locked: bool) -> str:
    body = "".join(_part(part, texts, alone=len(stage.parts) == 1, locked=locked) for part in stage.parts)
    why = f'<p class="locked" data-lock-reason{"" if locked else " hidden"}>{escape(texts("form.locked"))}</p>'
    about = f"<p>{escape(stage.about)}</p>" if stage.about else ""
    if stage.gate:
        return _gate(stage, texts, about, body)
    return (
        f'<section class="stage" id="{stage.id}" data-locked="{str(locked).lower()}" aria-labelledby="{stage.id}-h">'
        f'<h2 id="{stage.id}-h">{escape(stage.title)}</h2>{about}{why}{stage.before}{body}</section>'
    )


def _gate(stage: Stage, texts: Texts, about: str, body: str) -> str:
    items = [(part, item) for part in stage.parts for item in part.items]
    dangers = [(item, part.saved[item.id].answer) for part, item in items if item.id in part.saved]
    active = [item for item, answer in dangers if answer.code in (PRESENT, ACTIVE, VERIFIED)]
    state = "active" if active else "done" if stage.is_passed else "waiting"
    responses = "".join(
        f'<li data-response-for="{item.id}"{"" if item in active else " hidden"}><strong>{escape(item.label)}.</strong> {escape(item.response)}</li>'
        for _, item in items
        if item.response
    )
    head = (
        f'<div class="gate-top"><svg class="shape" aria-hidden="true"><use href="#lv-very_high"/></svg><div>'
        f'<h2 id="{stage.id}-h">{escape(stage.title)}</h2>{about}'
        f"<p data-gate-waiting{'' if state == 'waiting' else ' hidden'}>{escape(texts('form.gate_waiting'))}</p>"
        f"<div data-gate-active{'' if active else ' hidden'}><p><strong>{escape(texts('form.gate_active'))}</strong></p><ul>{responses}</ul></div></div></div>"
    )
    return f'<section class="gate stage" id="{stage.id}" data-gate="{state}" aria-labelledby="{stage.id}-h">{head}<div class="gate-list">{body}</div></section>'


def _part(part: Part, texts: Texts, *, alone: bool, locked: bool) -> str:
    questions = "".join(
        question_html(part.instrument, item, part.saved.get(item.id), texts, locked=locked) + part.beside.get(item.id, "") for item in part.items
    )
    about = f"<p>{escape(part.group.about)}</p>" if part.group.about else ""
    if alone:
        return f'<div class="card" id="group-{part.group.id}">{about}{questions}</div>'
    count = escape(texts("form.count", answered=part.answered, all=len(part.items)))
    opened = " open" if part.open else ""
    return (
        f'<details class="group" id="group-{part.group.id}"{opened}><summary><h3>{escape(part.group.title)}</h3>'
        f'<span class="count" data-count-for="{part.group.id}">{count}</span><span class="fold" aria-hidden="true"></span></summary>'
        f'<div class="group-in">{about}{questions}</div></details>'
    )


def question_html(instrument: Instrument, item: Item, saved: SavedAnswer | None, texts: Texts, *, locked: bool = False) -> str:
    """One question with its answer; readable without any script."""
    disabled = " disabled" if locked else ""
    revision = saved.revision if saved else 0
    only_here = ' data-own="true"' if saved and saved.scenario else ""
    ask = f'<p class="q-ask">{escape(item.ask)}</p>' if item.ask and item.ask != item.label else ""
    body = _free(item, saved, texts) if item.scale in FREE_SCALES else _answers(instrument, item, saved, texts) + tail_html(item, saved, texts)
    here = f'<p class="q-own small">{escape(texts("form.only_here"))}</p>' if only_here else ""
    heard = "" if item.scale in FREE_SCALES else f' data-listen="{escape(in_lines(heard_in(item, texts)))}"'
    act = f'<p class="q-act"><strong>{escape(texts("views.response"))}:</strong> {escape(item.response)}</p>' if item.response else ""
    return (
        f'<fieldset class="q" data-item="{item.id}" data-instrument="{instrument.id}" data-kind="{item.kind}" data-scale="{item.scale}" '
        f'data-revision="{revision}"{only_here}{heard} id="{item.id}"{disabled}><legend><span>{escape(item.label)}</span>{_sign(item, texts)}</legend>'
        f'{ask}{here}{body}{act}<p class="q-msg" role="status" hidden></p></fieldset>'
    )


def _sign(item: Item, texts: Texts) -> str:
    weight = next(iter(item.weights.values()), None)
    words = []
    if weight:
        mark = "" if weight.certainty == "seen" else "?"
        words.append(texts(f"strength.{weight.strength}") + mark)
    if item.critical:
        words.append(f"★ {texts('form.critical')}")
    if item.stop:
        words.append(texts(f"stop.{item.stop}"))
    return f'<span class="id">{escape(" · ".join([*words, item.id]))}</span>'


def _answers(instrument: Instrument, item: Item, saved: SavedAnswer | None, texts: Texts) -> str:
    scale = instrument.scales[item.scale]
    chosen = saved.answer.code if saved else ""
    facts = sorted(scale.codes, key=lambda code: READING_ORDER.index(code) if code in READING_ORDER else 0)
    cells = [_choice(item, code, scale.labels.get(code) or texts(f"code.{code}"), chosen, "no" if code in NO_FACTS else "") for code in facts]
    cells += [_choice(item, code, texts(f"code.{code}"), chosen, "open") for code in SHOWN_OPEN]
    if chosen == NOT_APPLICABLE:
        cells.append(_choice(item, chosen, texts("code.not_applicable"), chosen, "open"))
    return f'<div class="answers" data-n="{len(cells)}">{"".join(cells)}</div>'


def _choice(item: Item, code: str, word: str, chosen: str, kind: str) -> str:
    css = f' class="{kind}"' if kind else ""
    checked = " checked" if code == chosen else ""
    return f'<label{css}><input type="radio" name="{item.id}" value="{code}"{checked}>{escape(word)}</label>'


def _free(item: Item, saved: SavedAnswer | None, texts: Texts) -> str:
    text = saved.note if saved else ""
    label = f'<label class="vh" for="{item.id}-text">{escape(item.label)}</label>'
    if item.scale == "day":
        return (
            f'<div class="field">{label}<input class="input" type="date" id="{item.id}-text" name="{item.id}" value="{escape(text)}" autocomplete="off"></div>'
        )
    marks = f'class="input" id="{item.id}-text" name="{item.id}" rows="3" dir="auto" autocomplete="off"'
    return f'<div class="field">{label}<textarea {marks}>{escape(text)}</textarea></div>'


def counts(stages: Iterable[Stage]) -> dict[str, tuple[int, int]]:
    """Group → answered and all, for the live counts."""
    return {part.group.id: (part.answered, len(part.items)) for stage in stages for part in stage.parts}

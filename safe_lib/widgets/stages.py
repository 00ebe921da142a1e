"""Which questions a page asks, in which order: the seven steps of identification, the stages of a return, or just the groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from safe_lib import casework
from safe_lib.catalogue import instrument_files, load_instrument, translated
from safe_lib.engine.conditions import FAILS, Known
from safe_lib.engine.methods.risk_matrix import domains_in_use
from safe_lib.model.case import SHARED
from safe_lib.model.instrument import Group, Instrument, Item
from safe_lib.model.texts import Texts
from safe_lib.widgets.beside import beside_item
from safe_lib.widgets.questions import Part, Stage

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any

STEPS = "first_level"  # the instrument whose groups say which of the seven steps they belong to
RECORD = "safe_return_record"


def instruments_of(name: str, chosen: str) -> tuple[str, ...]:
    """The instruments whose answers belong to a workbook."""
    if name == "identification":
        return (STEPS, chosen)
    if name == "safe_return":
        return (RECORD, chosen)
    return (chosen,)


def stages_of(book: Workbook) -> tuple[Stage, ...]:
    """The stages of one workbook for one case."""
    if book.name == "identification":
        return _seven_steps(book)
    if book.name == "safe_return":
        return _return_stages(book)
    instrument = book.instrument
    return (Stage("stage-1", 1, book.texts("stage.questions"), instrument.about, _parts(book, instrument, instrument.groups, first_open=True)),)


def _seven_steps(book: Workbook) -> tuple[Stage, ...]:
    steps = translated(load_instrument(STEPS), book.desk.language)
    found = []
    for number in sorted({group.step for group in steps.groups if group.step}):
        groups = [group for group in steps.groups if group.step == number]
        parts = _parts(book, steps, groups, first_open=number != 5)
        before = ""
        if number == 5:
            parts = (*_parts(book, book.instrument, book.instrument.groups, first_open=True), *parts)
            before = _choice_of_set(book)
        about = book.texts(f"step.{number}.about") if book.texts.has(f"step.{number}.about") else ""
        found.append(Stage(f"step-{number}", number, book.texts(f"step.{number}"), about, parts, any(group.gate for group in groups), before))
    return tuple(found)


def _return_stages(book: Workbook) -> tuple[Stage, ...]:
    instrument, texts = book.instrument, book.texts
    record = translated(load_instrument(RECORD), book.desk.language)
    by_id = {group.id: group for group in record.groups}
    stops = [group for group in instrument.groups if not group.severity]
    domains = _domains(book)
    return (
        Stage("stage-1", 1, texts("return.stage.frame"), "", _parts(book, record, [by_id["FRAME"]], first_open=True), before=_choice_of_future(book)),
        Stage("stage-2", 2, texts("return.stage.stops"), "", _parts(book, instrument, stops, first_open=True)),
        Stage("stage-3", 3, texts("return.stage.domains"), "", _parts(book, instrument, domains, first_open=True), before=_choice_of_depth(book)),
        Stage("stage-4", 4, texts("return.stage.formulation"), "", _parts(book, record, [by_id["FORM"]], first_open=True)),
        Stage("stage-5", 5, texts("return.stage.sign"), "", _parts(book, record, [by_id["SIGN"]], first_open=True)),
    )


def _domains(book: Workbook) -> list[Group]:
    """The domains of the chosen future; while all futures are answered together, those of the futures considered."""
    instrument = book.instrument
    kinds = [book.scenario] if book.scenario != SHARED else [future.kind for future in book.futures] or [kind.id for kind in instrument.scenarios[:1]]
    used: set[str] = set()
    for kind in kinds:
        answers = casework.recorded(book.desk, str(book.case), instrument, kind)
        used |= {group.id for group in domains_in_use(Known(instrument, answers, instrument.by_id()))}
    return [group for group in instrument.groups if group.id in used]


def _parts(book: Workbook, instrument: Instrument, groups: Iterable[Group], *, first_open: bool) -> tuple[Part, ...]:
    saved = book.saved(instrument.id)
    known = Known(instrument, casework.recorded(book.desk, str(book.case), instrument, book.scenario), instrument.by_id())
    found: list[Part] = []
    for group in groups:
        items = tuple(item for item in instrument.members(group.id) if _is_asked(known, item))
        if items:
            beside = {item.id: html for item in items if item.themes and (html := beside_item(book, item))}
            is_open = first_open and (instrument.id == book.instrument.id or not found)  # the chosen set lies open; the rest is folded
            found.append(Part(instrument, group, items, saved, is_open, beside))
    return tuple(found)


def _is_asked(known: Known, item: Item) -> bool:
    if item.only_if is None:
        return True
    known.answer(item.id)
    return known.hidden.get(item.id) is not FAILS


def _choice_of_set(book: Workbook) -> str:
    sets = [translated(load_instrument(id), book.desk.language) for id in instrument_files() if id.startswith("ilo_")]
    chosen = _links(book, "form.set", "form.set_about", "set", [(one.id, one.title) for one in sets], book.instrument.id)
    age = casework.person_facts(book.desk, str(book.case)).age_group
    if age in ("child", "disputed") and book.instrument.reading == "adult":
        return f'<p class="notice" role="note">{escape(book.texts("form.set_child"))}</p>{chosen}'
    return chosen


def _choice_of_future(book: Workbook) -> str:
    names, titles = book.future_names(), {kind.id: kind.title for kind in book.instrument.scenarios}
    kinds = [future.kind for future in book.futures] or list(titles)
    options = [(SHARED, book.texts("form.all_futures")), *((kind, titles[kind]) for kind in kinds)]
    return _links(book, "form.scenario", "", "scenario", options, book.scenario, {kind: names[kind].removeprefix(titles[kind]) for kind in kinds})


def _choice_of_depth(book: Workbook) -> str:
    options = [("safe_return_quick", book.texts("form.quick")), ("safe_return", book.texts("form.full"))]
    return _links(book, "", "", "set", options, book.instrument.id)


def _links(book: Workbook, title: str, about: str, key: str, options: list[tuple[str, str]], chosen: str, places: Mapping[str, str] | None = None) -> str:
    """Links to this page with another choice; `places` are left out while names are masked."""
    keep = {"case": str(book.case), "lang": book.desk.language, "set": book.choice, "scenario": book.scenario}
    lines = "".join(_link(keep, key, value, escape(word) + _place((places or {}).get(value, "")), value == chosen) for value, word in options)
    return f'<nav class="choices" aria-label="{escape(_said(book.texts, title))}">{_head(book.texts, title, about)}<ul>{lines}</ul></nav>'


def _head(texts: Texts, title: str, about: str) -> str:
    head = f"<p><strong>{escape(texts(title))}</strong></p>" if title else ""
    return head + (f'<p class="small quiet">{escape(texts(about))}</p>' if about else "")


def _said(texts: Texts, title: str) -> str:
    return texts(title) if title else texts("stage.questions")


def _place(words: str) -> str:
    return f'<span class="mask-aside">{escape(words)}</span>' if words else ""


def _link(keep: dict[str, str], key: str, value: str, inside: str, chosen: bool) -> str:
    from urllib.parse import urlencode

    query = urlencode({name: text for name, text in {**keep, key: value}.items() if text})
    current = ' aria-current="true"' if chosen else ""
    return f'<li><a href="?{escape(query)}"{current}>{inside}</a></li>'

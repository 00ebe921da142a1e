"""The page of practice cases: the list, one with its story or beside the agreed reading, how one reads, and how far a group agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.model.instrument import Instrument
from safe_lib.model.practice import PracticeCase, PracticeLine, Worked
from safe_lib.model.texts import Texts
from safe_lib.practice import Begun, Group
from safe_lib.widgets.agreement_views import figure_words, of_words
from safe_lib.widgets.calibration import calibration_svg, legend_html
from safe_lib.widgets.people_pages import Said, _form, _told
from safe_lib.widgets.shell import Frame, page_shell
from safe_lib.widgets.tables import table_html

PATH: Final = "practice"


@dataclass(frozen=True, slots=True)
class PracticeView:
    """What the page shows to one trainee; instruments are those of its cases, by id."""

    cases: Mapping[str, PracticeCase]
    mine: tuple[Begun, ...]
    worked: tuple[Worked, ...]
    instruments: Mapping[str, Instrument]
    chosen: str = ""  # the practice case that is open on the page
    group: Group | None = None


def practice_page(frame: Frame, view: PracticeView, *, said: Said) -> str:
    """The whole page."""
    texts = frame.texts
    head = f'<div class="head"><div><h1>{escape(texts("practice.title"))}</h1><p class="lead">{escape(texts("practice.lead"))}</p></div></div>\n'
    parts = [_one(frame, view, view.cases[view.chosen])] if view.chosen else [_list(frame, view), _picture(texts, view), _group(texts, view)]
    return page_shell(frame, f'{head}{_told(texts, said)}<div class="stack">{"".join(parts)}</div>\n')


def _card(texts: Texts, id: str, title: str, inside: str) -> str:
    return f'<section class="card stack" id="{id}" aria-labelledby="{id}-title"><h2 id="{id}-title">{escape(title)}</h2>{inside}</section>\n'


def _list(frame: Frame, view: PracticeView) -> str:
    texts = frame.texts
    heads = [texts(f"practice.column.{name}") for name in ("case", "questions", "stands")]
    handed = {one.practice for one in view.mine if one.handed_in}
    begun = {one.practice for one in view.mine if not one.handed_in}
    rows = []
    for one in view.cases.values():
        address = f"{frame.base_url}{PATH}?{urlencode({'id': one.id, 'lang': texts.language})}"
        state = "begun" if one.id in begun else "handed_in" if one.id in handed else "new"
        rows.append((f'<a href="{escape(address)}">{escape(one.title)}</a>', escape(view.instruments[one.instrument].title),
                     f'<span data-practice="{one.id}" data-state="{state}">{escape(texts(f"practice.state.{state}"))}</span>'))
    return _card(texts, "list", texts("practice.list"), table_html("list", heads, rows))


def _one(frame: Frame, view: PracticeView, one: PracticeCase) -> str:
    """The story and where to work it; once it is handed in, the agreed reading."""
    texts, open_now = frame.texts, next((found for found in view.mine if found.practice == one.id and not found.handed_in), None)
    hidden = f'<input type="hidden" name="id" value="{escape(one.id)}">'
    draft = f'<p class="quiet">{escape(texts("practice.draft"))}</p>' if one.draft else ""
    story = f'<p class="quiet">{escape(texts("practice.invented"))}</p><p data-story>{escape(one.story)}</p>{draft}'
    worked = next((found for found in view.worked if found.case.id == one.id), None)
    if open_now:
        page = view.instruments[one.instrument].workbook or one.instrument
        chosen = {"set": one.instrument} if one.instrument.startswith("ilo_") else {}
        query = {"case": open_now.ref, "lang": texts.language, **chosen}
        address = f"{frame.base_url}{page}?{urlencode(query)}"
        future = f'<p>{escape(texts("practice.future", title=_future(view.instruments[one.instrument], one.scenario)))}</p>' if one.scenario else ""
        asked = f'<p>{escape(texts("practice.asked", title=view.instruments[one.instrument].title))}</p>'
        actions = (f'{asked}{future}<p><a class="btn btn-2" data-work href="{escape(address)}">{escape(texts("practice.work", ref=open_now.ref))}</a></p>'
                   f'<p class="quiet">{escape(texts("practice.hand_in_about"))}</p>{_form(frame, PATH, "hand_in", hidden, texts("practice.hand_in"))}')
    else:
        again = f'<p class="quiet">{escape(texts("practice.again"))}</p>' if worked else ""
        actions = again + _form(frame, PATH, "begin", hidden, texts("practice.begin"), quiet=bool(worked))
    beside = _beside(texts, view.instruments[one.instrument], worked) if worked else ""
    back = f'<p><a href="{escape(frame.base_url)}{PATH}?lang={escape(texts.language)}">{escape(texts("practice.all"))}</a></p>'
    return _card(texts, "story", one.title, story + actions) + beside + back


def _future(instrument: Instrument, id: str) -> str:
    return next((kind.title for kind in instrument.scenarios if kind.id == id), id)


def _beside(texts: Texts, instrument: Instrument, worked: Worked) -> str:
    heads = [texts(f"practice.column.{name}") for name in ("question", "agreed", "yours", "way", "peers")]
    rows = [_row(texts, instrument, line) for line in worked.lines]
    why = f'<p>{escape(worked.case.why)}</p><p class="quiet">{escape(texts("practice.proposal"))}</p>'
    return _card(texts, "beside", texts("practice.beside"), table_html("beside", heads, rows) + why)


def _row(texts: Texts, instrument: Instrument, line: PracticeLine) -> Sequence[str]:
    item = instrument.by_id()[line.item]
    labels = instrument.scales[item.scale].labels

    def word(code: str) -> str:
        return labels.get(code) or texts(f"code.{code}")

    peers = "; ".join(texts("practice.peers", count=count, code=word(code)) for code, count in line.peers.items()) or texts("practice.no_peers")
    name = f'<span data-item="{item.id}" data-way="{line.way}">{escape(item.label)} <span class="id">{escape(item.id)}</span></span>'
    return (name, escape(word(line.agreed)), escape(word(line.mine)), escape(texts(f"practice.way.{line.way}")), escape(peers))


def _picture(texts: Texts, view: PracticeView) -> str:
    if not view.worked:
        return ""
    heads = [texts("practice.column.case"), *(texts(f"practice.way.{way}") for way in view.worked[0].counts())]
    rows = [(escape(one.case.title), *(str(count) for count in one.counts().values())) for one in view.worked]
    summary = f'<summary>{escape(texts("practice.in_numbers"))}</summary>'
    table = f'<details class="more">{summary}<div class="in-more">{table_html("picture", heads, rows)}</div></details>'
    about = f'<p class="quiet">{escape(texts("practice.picture_about"))}</p>'
    return _card(texts, "picture", texts("practice.how"), about + calibration_svg(view.worked, texts) + legend_html(texts) + table)


def _group(texts: Texts, view: PracticeView) -> str:
    if view.group is None or not view.group.trainees:
        return ""
    parts = []
    for name, listed in (("with_agreed", view.group.with_agreed), ("among", view.group.among)):
        figures = "".join(
            f"<li>{escape(view.instruments[id].title)}: {escape(of_words(one, texts))}<ul>"
            + "".join(f'<li data-measure="{figure.measure}">{escape(texts(f"second.measure.{figure.measure}"))}: {escape(figure_words(figure, texts))}</li>'
                      for figure in one.figures) + "</ul></li>" for id, one in listed)
        parts.append(f'<h3>{escape(texts(f"practice.group.{name}"))}</h3><ul class="plain">{figures}</ul>')
    about = f'<p class="quiet">{escape(texts("practice.group_about", count=view.group.trainees))} {escape(texts("second.about_figures"))}</p>'
    return _card(texts, "group", texts("practice.group"), about + "".join(parts))

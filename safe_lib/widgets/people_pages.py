"""The pages about people: one's own way in, the team, emergencies, the table of rights, and the first person of all.

They take values and return HTML text; every form works without a script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from safe_lib.model.person import ROLES, Member, Request
from safe_lib.model.texts import Texts
from safe_lib.widgets.shell import Frame, hidden_fields, icon, page_shell

ACCOUNT: Final = "account"
PEOPLE: Final = "people"
EMERGENCY: Final = "emergency"
RIGHTS: Final = "rights"
FIRST: Final = "first"


@dataclass(frozen=True, slots=True)
class Said:
    """What came of the form that was sent: a sentence that it worked or not, and words that are shown this once."""

    done: str = ""
    wrong: str = ""
    once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Turning codes on: the picture for the telephone as SVG, and the same in letters."""

    picture: str
    secret: str


@dataclass(frozen=True, slots=True)
class TeamView:
    """What the page of people shows to one person."""

    members: tuple[Member, ...]
    requests: tuple[Request, ...]
    policy: Mapping[str, str]
    me: str  # user name
    may_manage: bool
    may_assign: bool
    anchor: str = ""  # of the audit trail, to be noted elsewhere


def account_page(frame: Frame, me: Member, *, said: Said, limit: str = "", enrolment: Enrolment | None = None) -> str:
    """One's own passphrase, codes, and signing out everywhere."""
    texts = frame.texts
    why = f'<p class="notice" role="status">{icon("i-info")}<span>{escape(texts(f"people.account.limit_{limit}"))}</span></p>' if limit else ""
    codes = "" if me.guest else _codes(frame, me, enrolment)
    own = "" if me.guest else _passphrase(frame)
    guest = f'<p class="card">{escape(texts("people.account.guest"))}</p>' if me.guest else ""
    roles = ", ".join(texts(f"people.role.{role}") for role in ROLES if role in me.roles)
    return page_shell(frame, (
        f'<div class="head"><div><h1>{escape(texts("people.account.title"))}</h1>'
        f'<p class="quiet">{escape(texts("people.account.you", user=me.user, roles=roles))}</p></div></div>\n{why}{_told(texts, said)}'
        f'<div class="cols"><div class="stack">{own}{guest}{_everywhere(frame)}</div><div class="stack">{codes}</div></div>\n'))


def people_page(frame: Frame, view: TeamView, *, said: Said) -> str:
    """Everybody there is, the requests that wait, what is settled; and for those who may, the ways to change it."""
    texts = frame.texts
    manage = _add(frame) + _change(frame, view) if view.may_manage else ""
    assign = _hands(frame, view) if view.may_assign else ""
    return page_shell(frame, (
        f'<div class="head"><h1>{escape(texts("people.team.title"))}</h1></div>\n{_told(texts, said)}'
        f'<div class="stack">{_members(texts, view)}{_requests(frame, view)}<div class="cols"><div class="stack">{manage}</div>'
        f'<div class="stack">{assign}{_policy(frame, view)}{_anchor(texts, view)}</div></div></div>\n'))


def emergency_page(frame: Frame, *, said: Said, ref: str = "", open_until: str = "") -> str:
    """Open a case that is not one's own, with a reason, for an hour."""
    texts = frame.texts
    go = ""
    if open_until:
        words = texts("people.emergency.go", ref=ref)
        go = f'<p><a class="btn" href="{escape(frame.base_url)}identification?case={escape(ref)}&amp;lang={escape(texts.language)}">{escape(words)}</a></p>'
    fields = (_field(texts, "ref", "people.emergency.ref", required=True) +
              _field(texts, "reason", "people.emergency.reason", hint="people.emergency.reason_hint", required=True))
    return page_shell(frame, (
        f'<div class="plain-page stack"><h1>{escape(texts("people.emergency.title"))}</h1><p class="lead">{escape(texts("people.emergency.lead"))}</p>'
        f"{_told(texts, said)}{go}{_form(frame, EMERGENCY, 'break', fields, texts('people.emergency.do'))}</div>\n"))


def rights_page(frame: Frame, table: Mapping[str, Mapping[str, str]]) -> str:
    """The table of rights as it stands in the program: who may do what."""
    texts = frame.texts
    heads = "".join(f'<th scope="col">{escape(texts(f"people.role.{role}"))}</th>' for role in ROLES)
    rows = "".join(_right(texts, verb, cells) for verb, cells in table.items())
    roles = "".join(f"<dt>{escape(texts(f'people.role.{role}'))}</dt><dd>{escape(texts(f'people.role_is.{role}'))}</dd>" for role in ROLES)
    return page_shell(frame, (
        f'<div class="head"><div><h1>{escape(texts("people.rights.title"))}</h1><p class="lead">{escape(texts("people.rights.lead"))}</p></div></div>\n'
        f'<div class="stack"><section class="card stack" aria-labelledby="roles-title"><h2 id="roles-title">{escape(texts("people.rights.roles"))}</h2>'
        f"<dl>{roles}</dl></section>\n"
        f'<div class="card stack"><h2 id="table-title">{escape(texts("people.rights.table"))}</h2>'
        f'<div class="wide" tabindex="0" role="region" aria-labelledby="table-title"><table class="tbl"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></div></div>\n"))


def first_page(frame: Frame, *, said: Said, user: str = "", name: str = "") -> str:
    """The first person of a new store: an administrator, who lets the others in and reads no case."""
    texts = frame.texts
    fields = (_field(texts, "code", "people.first.code", hint="people.first.code_hint", required=True) +
              _field(texts, "user", "people.user", hint="people.user_hint", value=user, required=True) + _field(texts, "name", "people.name", value=name) +
              _secret(texts, "new", "people.account.new", hint="people.account.new_hint") + _secret(texts, "again", "people.account.again"))
    return page_shell(frame, (
        f'<div class="plain-page stack"><h1>{escape(texts("people.first.title"))}</h1><p class="lead">{escape(texts("people.first.lead"))}</p>'
        f"{_told(texts, said)}{_form(frame, FIRST, 'first', fields, texts('people.first.do'))}</div>\n"))


# Own account


def _passphrase(frame: Frame) -> str:
    texts = frame.texts
    fields = (_secret(texts, "old", "people.account.old") + _secret(texts, "new", "people.account.new", hint="people.account.new_hint") +
              _secret(texts, "again", "people.account.again"))
    return _card(texts, "passphrase", _form(frame, ACCOUNT, "passphrase", fields, texts("people.account.change")))


def _codes(frame: Frame, me: Member, enrolment: Enrolment | None) -> str:
    texts = frame.texts
    about = f'<p>{escape(texts("people.codes.about"))}</p>'
    if enrolment is not None:
        picture = f'<div class="qr">{enrolment.picture}</div>'  # made by our own program, from letters and digits
        letters = f'<p>{escape(texts("people.codes.letters"))} <code>{escape(enrolment.secret)}</code></p>'
        fields = f'<input type="hidden" name="secret" value="{escape(enrolment.secret)}">' + _field(texts, "code", "people.codes.now", required=True, code=True)
        inside = about + picture + letters + _form(frame, ACCOUNT, "code_on", fields, texts("people.codes.on"))
    elif me.has_code:
        left = f'<p>{escape(texts("people.codes.left", count=me.recovery_left))}</p>'
        now = _field(texts, "code", "people.codes.now", required=True, code=True)
        inside = about + left + _form(frame, ACCOUNT, "code_off", now, texts("people.codes.off"))
    else:
        inside = about + _form(frame, ACCOUNT, "code_start", "", texts("people.codes.start"))
    return _card(texts, "codes", inside)


def _everywhere(frame: Frame) -> str:
    texts = frame.texts
    about = f'<p>{escape(texts("people.everywhere.about"))}</p>'
    return _card(texts, "everywhere", about + _form(frame, ACCOUNT, "everywhere", "", texts("people.everywhere.do")))


# The team


def _members(texts: Texts, view: TeamView) -> str:
    names = [texts(f"people.column.{name}") for name in ("user", "name", "roles", "codes")]
    heads = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in names)
    rows = "".join(_member(texts, one, names) for one in view.members)
    return (f'<section class="card stack" aria-labelledby="team-title"><h2 id="team-title">{escape(texts("people.team.members"))}</h2>'
            f'<table class="tbl fold-rows" role="table" aria-labelledby="team-title"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
            f'<tbody role="rowgroup">{rows}</tbody></table></section>\n')


def _member(texts: Texts, one: Member, names: Sequence[str]) -> str:
    roles = ", ".join(texts(f"people.role.{role}") for role in ROLES if role in one.roles) if one.active else texts("people.team.removed")
    values = (one.name, roles, texts("people.codes.are_on" if one.has_code else "people.codes.are_off") if one.active else "")
    cells = "".join(f'<td role="cell" data-label="{escape(name)}"><div>{escape(value)}</div></td>' for name, value in zip(names[1:], values, strict=True))
    return f'<tr role="row"><th scope="row" role="rowheader"><bdi>{escape(one.user)}</bdi></th>{cells}</tr>'


def _requests(frame: Frame, view: TeamView) -> str:
    texts = frame.texts
    if not view.requests:
        return _card(texts, "requests", f'<p class="none-yet">{escape(texts("people.requests.none"))}</p>')
    return _card(texts, "requests", '<ul class="plain stack">' + "".join(_one_request(frame, view, one) for one in view.requests) + "</ul>")


def _one_request(frame: Frame, view: TeamView, one: Request) -> str:
    texts = frame.texts
    words = texts(f"people.requests.{one.what}", subject=_subject(texts, one), by=one.asked_by)
    number = f'<input type="hidden" name="number" value="{one.id}">'
    agree = "" if one.asked_by == view.me or one.status != "asked" else _form(frame, PEOPLE, "agree", number, texts("people.requests.agree"))
    back = texts("people.requests.withdraw" if one.asked_by == view.me else "people.requests.refuse")
    refuse = _form(frame, PEOPLE, "refuse", number, back, quiet=True) if one.status == "asked" else f'<p>{escape(texts("people.requests.agreed"))}</p>'
    return f'<li class="stack-s"><p>{escape(words)}</p><div class="row">{agree}{refuse}</div></li>'


def _subject(texts: Texts, one: Request) -> str:
    if one.what != "policy":
        return one.subject
    name, _, value = one.subject.partition("=")
    return f"{texts(f'people.policy.{name}')}: {_value(texts, value)}"


def _add(frame: Frame) -> str:
    texts = frame.texts
    fields = (_field(texts, "user", "people.user", hint="people.user_hint", required=True, place="add") + _field(texts, "name", "people.name", place="add") +
              _roles(texts, "add"))
    return _card(texts, "add", f'<p>{escape(texts("people.add.about"))}</p>' + _form(frame, PEOPLE, "add", fields, texts("people.add.do")))


def _change(frame: Frame, view: TeamView) -> str:
    texts = frame.texts
    who = _choice(texts, "user", "people.user", [one.user for one in view.members if one.active], place="{}")
    forms = "".join(
        _form(frame, PEOPLE, action, who.replace("{}", action) + (_roles(texts, action) if action == "roles" else ""), texts(f"people.change.{action}"),
              quiet=action != "roles")
        for action in ("roles", "reset", "remove"))
    return _card(texts, "change", f'<p>{escape(texts("people.change.about"))}</p>{forms}')


def _hands(frame: Frame, view: TeamView) -> str:
    texts = frame.texts
    users = [one.user for one in view.members if one.active]
    forms = []
    for action in ("assign", "take_off", "exclude", "include"):
        reason = _field(texts, "reason", "people.hands.reason", required=True, place=action) if action in ("exclude", "include") else ""
        fields = _field(texts, "ref", "people.emergency.ref", required=True, place=action) + _choice(texts, "user", "people.user", users, place=action) + reason
        words = texts(f"people.hands.{action}")
        inside = f'<div class="in-more">{_form(frame, PEOPLE, action, fields, words)}</div>'
        forms.append(f'<details class="more"><summary>{escape(words)}</summary>{inside}</details>')
    return _card(texts, "hands", f'<p>{escape(texts("people.hands.about"))}</p>' + "".join(forms))


def _policy(frame: Frame, view: TeamView) -> str:
    texts = frame.texts
    names = {name: escape(texts(f"people.policy.{name}")) for name in view.policy}
    facts = "".join(f"<div><dt>{names[name]}</dt><dd>{escape(_value(texts, value))}</dd></div>" for name, value in view.policy.items())
    options = "".join(f'<option value="{escape(name)}">{words}</option>' for name, words in names.items())
    fields = (f'<div class="field"><label for="policy-setting">{escape(texts("people.policy.setting"))}</label>'
              f'<select class="input" id="policy-setting" name="setting">{options}</select></div>' +
              _field(texts, "value", "people.policy.value", hint="people.policy.value_hint", required=True, place="policy"))
    return _card(texts, "policy", f'<dl class="facts">{facts}</dl>' + _form(frame, PEOPLE, "ask_policy", fields, texts("people.policy.ask"), quiet=True))


def _anchor(texts: Texts, view: TeamView) -> str:
    line, _, noted = view.anchor.partition(":")
    if not noted:
        return ""
    broken = "<wbr>".join(noted[place:place + 8] for place in range(0, len(noted), 8))  # it has to fit a telephone; copied, it is in one piece
    return _card(texts, "anchor", f'<p>{escape(texts("people.anchor.about"))}</p><p><code>{escape(line)}:<wbr>{broken}</code></p>')


def _value(texts: Texts, value: str) -> str:
    return value if value.isdecimal() else texts(f"people.policy.is_{value}")


def _right(texts: Texts, verb: str, cells: Mapping[str, str]) -> str:
    found = "".join(f"<td>{escape(texts(f'people.rights.cell_{cells[role]}') if role in cells else '–')}</td>" for role in ROLES)
    return f'<tr><th scope="row">{escape(texts(f"people.verb.{verb}"))}</th>{found}</tr>'


# Parts of forms


def _told(texts: Texts, said: Said) -> str:
    once = "".join(f"<li><code>{escape(word)}</code></li>" for word in said.once)
    shown = f'<ul class="plain">{once}</ul><p>{escape(texts("people.once"))}</p>' if once else ""
    done = f'<div class="notice" role="status">{icon("i-tick")}<div class="stack-s"><p>{escape(said.done)}</p>{shown}</div></div>' if said.done else ""
    wrong = f'<p class="notice notice-stop" role="alert">{icon("i-warn")}<span>{escape(said.wrong)}</span></p>' if said.wrong else ""
    return done + wrong


def _card(texts: Texts, id: str, inside: str) -> str:
    title = escape(texts(f"people.{id}.title"))
    return f'<section class="card stack" aria-labelledby="{id}-title"><h2 id="{id}-title" class="below">{title}</h2>{inside}</section>\n'


def _form(frame: Frame, path: str, action: str, fields: str, words: str, *, quiet: bool = False) -> str:
    kind = "btn btn-2" if quiet else "btn"
    return (f'<form class="stack" method="post" action="{escape(frame.base_url)}{path}">{hidden_fields(frame, action=action)}{fields}'
            f'<p><button class="{kind}" type="submit">{escape(words)}</button></p></form>')


def _field(texts: Texts, name: str, label: str, *, hint: str = "", value: str = "", required: bool = False, code: bool = False, place: str = "") -> str:
    id = f"{place}-{name}" if place else name
    described = f' aria-describedby="{id}-hint"' if hint else ""
    told = f'<span class="hint" id="{id}-hint">{escape(texts(hint))}</span>' if hint else ""
    need = " required" if required else ""
    fill = "one-time-code" if code else "off"
    return (f'<div class="field"><label for="{id}">{escape(texts(label))}</label>{told}<input class="input" id="{id}" name="{name}" value="{escape(value)}" '
            f'maxlength="200" dir="auto" autocomplete="{fill}" autocapitalize="none" spellcheck="false"{need}{described}></div>')


def _secret(texts: Texts, name: str, label: str, *, hint: str = "") -> str:
    described = f' aria-describedby="{name}-hint"' if hint else ""
    told = f'<span class="hint" id="{name}-hint">{escape(texts(hint))}</span>' if hint else ""
    return (f'<div class="field"><label for="{name}">{escape(texts(label))}</label>{told}'
            f'<input class="input" id="{name}" name="{name}" type="password" autocomplete="off" required{described}></div>')


def _choice(texts: Texts, name: str, label: str, values: Sequence[str], *, place: str) -> str:
    options = "".join(f'<option value="{escape(value)}">{escape(value)}</option>' for value in values)
    return (f'<div class="field"><label for="{place}-{name}">{escape(texts(label))}</label>'
            f'<select class="input" id="{place}-{name}" name="{name}">{options}</select></div>')


def _roles(texts: Texts, place: str) -> str:
    boxes = "".join(
        f'<label class="row" for="{place}-{role}"><input type="checkbox" id="{place}-{role}" name="role" value="{role}"> '
        f'{escape(texts(f"people.role.{role}"))}</label>'
        for role in ROLES)
    return f'<fieldset class="stack-s"><legend>{escape(texts("people.column.roles"))}</legend>{boxes}</fieldset>'

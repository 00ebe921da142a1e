"""What leaves about a person, for every door: the register of copies, what the person said about sharing, and the letters that ask for a copy back.

The manner is that of `casework`: a `Desk` first, then may I?, then the store, with its line in the audit trail. That a
document may leave is settled in `casework.disclose` and nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from safe_lib import casework
from safe_lib.casework import CONSENTS, Desk, _may
from safe_lib.engine import consents
from safe_lib.model.case import Disclosure
from safe_lib.model.disclosure import CONSENT, HOWS, KEEP_FOR, STATES, Consent, GeneralNo, State
from safe_lib.model.errors import WrongUse
from safe_lib.model.texts import Texts
from safe_lib.rights.consent_forms import FIRST, consent_forms

Standing = Literal["current", "ended", "superseded", "withdrawn"]
AS_LONG_AS_IT_TAKES: Final = timedelta(days=3653)  # until the file is closed, or until it is taken back; after ten years the person is asked again
LONGEST: Final = 200  # letters of a recipient, a purpose, a scope


@dataclass(frozen=True, slots=True)
class Line:
    """One copy that left, and how it stands today."""

    disclosure: Disclosure
    standing: Standing
    replaced_by: str = ""  # number of the newer copy
    withdrawn: date | None = None  # the day the consent it rests on was withdrawn


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a case shows of sharing: who has what, and what the person said about it."""

    ref: str
    lines: tuple[Line, ...]  # oldest first
    statements: tuple[Consent, ...]  # every one, oldest first
    no: GeneralNo | None  # to sharing at all
    today: date

    @property
    def standing(self) -> tuple[Consent, ...]:
        """What counts of each consent."""
        return consents.standing(self.statements)

    def lack(self, consent: Consent) -> str:
        """Why nothing may leave on a consent today; empty where it may."""
        return consents.lack(consent, on=self.today, no=self.no, used=consents.is_used([line.disclosure for line in self.lines], consent))

    @property
    def usable(self) -> tuple[Consent, ...]:
        """The consents on which something may leave today."""
        return tuple(one for one in self.standing if not self.lack(one))

    @property
    def to_ask_back(self) -> tuple[Line, ...]:
        """Copies whose consent was withdrawn: what each recipient is to be asked to delete."""
        return tuple(line for line in self.lines if line.standing == "withdrawn")


def sharing(desk: Desk, ref: str) -> Sharing:
    """The register and the consents of a case.

    Raises:
        NotPermitted, CaseNotFound: as everywhere.
    """
    store = _may(desk, "read", ref)
    statements, no = _statements(desk, ref), casework.general_no(desk, ref)
    register = store.disclosures(ref)
    newer = {line.replaces: line.report for line in register if line.replaces}
    ends = _ends(statements, no)
    nos = {workbook: casework.general_no(desk, ref, workbook) for workbook in casework.SHARE_ITEMS if workbook}
    lines = tuple(_line(one, newer.get(one.report, ""), ends.get(one.basis.consent) or _no_to(one, nos), desk.today) for one in register)
    return Sharing(ref, lines, statements, no, desk.today)


def _line(one: Disclosure, newer: str, withdrawn: date | None, today: date) -> Line:
    """A withdrawal comes before everything else: it asks for something to be done."""
    standing: Standing = "current"
    if withdrawn is not None:
        standing = "withdrawn"
    elif newer:
        standing = "superseded"
    elif one.expires is not None and one.expires < today:
        standing = "ended"
    return Line(one, standing, newer, withdrawn)


def _no_to(one: Disclosure, nos: Mapping[str, GeneralNo | None]) -> date | None:
    """The day of the person's no to this very report, said after it left on their consent."""
    no = nos.get(one.kind.partition(" ")[0])
    return no.at.date() if no is not None and one.basis.kind == CONSENT and no.at > one.at else None


def _ends(statements: tuple[Consent, ...], no: GeneralNo | None) -> dict[str, date]:
    """The day each consent was withdrawn, by its own statement or by a later no to sharing at all."""
    found = {one.id: one.at.date() for one in consents.standing(statements) if one.state != "given"}
    if no is not None:
        found |= {one.id: no.at.date() for one in consents.standing(statements) if one.state == "given" and no.at > one.at}
    return found


# What the person said


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked the person about sharing, and the answer; one recipient, one purpose."""

    state: State
    recipient: str
    purpose: str
    scope: str  # what may be shared, in words
    language: str  # in which it was explained
    interpreter: bool
    until: date | None = None  # None: as long as consents of this kind last
    form: str = FIRST  # what kind of consent it is
    how: str = "spoken"  # spoken, written or read_aloud


def record_consent(desk: Desk, ref: str, asked: Asked) -> Consent:
    """Keep what the person said; an earlier statement for the same recipient and purpose stays, and this one counts from now on.

    Raises:
        WrongUse: no recipient, purpose, scope or language.
    """
    said = {name: " ".join(getattr(asked, name).split())[:LONGEST] for name in ("recipient", "purpose", "scope", "language")}
    empty = [name for name, words in said.items() if not words]
    if empty or asked.state not in STATES:
        raise WrongUse(f"consent: say also {', '.join(empty) or 'given, refused or withdrawn'}.\n  One recipient and one purpose, in the person's own choice.")
    form = consent_forms().get(asked.form)
    if form is None or asked.how not in HOWS:
        raise WrongUse(f"consent: its kind is one of {', '.join(consent_forms())}; it was said {', '.join(HOWS)}.")
    until = asked.until or desk.today + (timedelta(days=KEEP_FOR) if form.lasts in ("months", "once") else AS_LONG_AS_IT_TAKES)
    if until < desk.today:
        raise WrongUse("consent: its last day lies in the past.\n  Name a day to come, or none for six months.")
    earlier = next((one for one in consents.standing(_statements(desk, ref))
                    if consents.same(one.recipient, said["recipient"]) and consents.same(one.purpose, said["purpose"])), None)
    id = earlier.id if earlier else f"C{secrets.token_hex(3).upper()}"
    return _add(desk, ref, Consent(id, asked.state, **said, interpreter=asked.interpreter, until=until, by=desk.person, at=desk.now(), form=form.id,
                                    how=asked.how, once=form.lasts == "once"))


def withdraw_consent(desk: Desk, ref: str, id: str) -> tuple[Consent, tuple[Line, ...]]:
    """The person takes a consent back: nothing further leaves on it from this moment; the copies that left on it, to ask for.

    Raises:
        WrongUse: there is no such consent.
    """
    standing = next((one for one in consents.standing(_statements(desk, ref)) if one.id == id), None)
    if standing is None:
        raise WrongUse("consent: there is none with this number.\n  See: safe disclosures REF.")
    taken = standing if standing.state == "withdrawn" else _add(desk, ref, replace(standing, state="withdrawn", by=desk.person, at=desk.now()))
    return taken, tuple(line for line in sharing(desk, ref).lines if line.disclosure.basis.consent == id)


def end_with_file(desk: Desk, ref: str) -> tuple[Consent, ...]:
    """The file is closed: consents that last as long as it is open end today."""
    of_the_file = [one for one in consents.standing(_statements(desk, ref)) if one.state == "given" and one.until > desk.today
                   and one.form in consent_forms() and consent_forms()[one.form].lasts == "closure"]
    return tuple(_add(desk, ref, replace(one, until=desk.today, by=desk.person, at=desk.now())) for one in of_the_file)


def _statements(desk: Desk, ref: str) -> tuple[Consent, ...]:
    paper = _may(desk, "read", ref).paper(ref, CONSENTS)
    return consents.statements_in(paper.body if paper else {})


def _add(desk: Desk, ref: str, statement: Consent) -> Consent:
    """Add one statement; somebody else's that came between is kept as well."""
    store = _may(desk, "write", ref)
    paper = store.paper(ref, CONSENTS)
    said = (*consents.statements_in(paper.body if paper else {}), statement)
    store.save_paper(ref, CONSENTS, consents.body_of(said), by=desk.person, at=desk.now(), seen=paper.revision if paper else 0)
    store.note(by=desk.person, at=desk.now(), what=f"consent.{statement.state}", ref=ref, detail=statement.id)
    return statement


def letter(line: Line, texts: Texts) -> str:
    """What to write to a recipient whose copy the person no longer wants them to have; it names the copy and nobody else."""
    from babel.dates import format_date

    left = line.disclosure
    day = format_date(left.at.date(), "long", locale={"en": "en_GB"}.get(texts.language, texts.language))
    return "\n\n".join(texts(f"disclose.letter.{part}", id=left.report, day=day, recipient=left.recipient) for part in ("to", "ask", "confirm", "thanks"))

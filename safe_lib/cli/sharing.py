"""`safe disclosures` and `safe consent`: who has what of a case, and what the person said about sharing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, CaseReference, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import say_json

if TYPE_CHECKING:
    from safe_lib.disclosing import Line
    from safe_lib.model.case import Disclosure
    from safe_lib.model.disclosure import Consent

consent = typer.Typer(name="consent", no_args_is_help=True, help="What the person said about sharing: one recipient, one purpose.", rich_markup_mode=None)

Who = Annotated[str, typer.Option("--recipient", metavar="WHO", help="One organisation.")]
WhatFor = Annotated[str, typer.Option("--purpose", metavar="TEXT", help="One purpose.")]
Scope = Annotated[str, typer.Option("--scope", metavar="TEXT", help="What may be shared, in words.")]
Explained = Annotated[str, typer.Option("--explained-in", metavar="LANGUAGE", help="The language in which it was explained.")]
Interpreter = Annotated[bool, typer.Option("--interpreter", help="With an interpreter.")]
Until = Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="Its last day; without it, six months.")]


def disclosures(ref: CaseReference, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None,
                language: Language = None, as_json: AsJson = False) -> None:
    """Who has which copy of a case, until when, on which basis; and what the person said about sharing."""
    from safe_lib import disclosing
    from safe_lib.catalogue import load_texts

    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        found = disclosing.sharing(desk, ref)
        texts = load_texts(desk.language)
    if as_json:
        say_json({"case": ref, "disclosures": [_standing_data(line) for line in found.lines],
                  "consents": [{**_consent_data(one), "lack": found.lack(one)} for one in found.standing],
                  "statements": [_consent_data(one) for one in found.statements]})
        return
    for line in found.lines:
        left = line.disclosure
        basis = texts(f"disclose.basis.{left.basis.kind or 'none'}")
        print(f"{left.report}  {left.at.date().isoformat()}  {texts(f'disclose.standing.{line.standing}')}  {left.recipient}  {left.purpose}  "
              f"{basis} {left.basis.consent}".rstrip())
    for one in found.standing:
        why = found.lack(one)
        print(f"{one.id}  {one.at.date().isoformat()}  {texts(f'disclose.lack.{why}') if why else texts('disclose.counts')}  {one.recipient}  {one.purpose}")
    if not found.lines and not found.statements:
        print(texts("disclose.none"))


def line_data(left: Disclosure) -> dict[str, Any]:
    """A line of the register as JSON."""
    return {"recipient": left.recipient, "purpose": left.purpose, "at": left.at.isoformat(), "by": left.by,
            "basis": {"kind": left.basis.kind, "consent": left.basis.consent, "reason": left.basis.reason},
            "expires": left.expires.isoformat() if left.expires else None, "copy": left.report, "sha256": left.sha256, "replaces": left.replaces}


def _standing_data(line: Line) -> dict[str, Any]:
    return {**line_data(line.disclosure), "kind": line.disclosure.kind, "standing": line.standing, "replaced_by": line.replaced_by,
            "withdrawn": line.withdrawn.isoformat() if line.withdrawn else None}


def _consent_data(one: Consent) -> dict[str, Any]:
    return {"id": one.id, "state": one.state, "recipient": one.recipient, "purpose": one.purpose, "scope": one.scope, "language": one.language,
            "interpreter": one.interpreter, "until": one.until.isoformat(), "by": one.by, "at": one.at.isoformat(), "form": one.form or None,
            "how": one.how or None, "once": one.once}


@consent.command("give")
def give(ref: CaseReference, recipient: Who, purpose: WhatFor, scope: Scope, explained_in: Explained, interpreter: Interpreter = False, until: Until = None,
         form: Annotated[str, typer.Option("--form", metavar="KIND", help="What kind; CF-EMBASSY, CF-FAMILY and CF-STORY are for one use.")] = "CF-REFERRAL",
         how: Annotated[str, typer.Option("--how", metavar="HOW", help="spoken, written or read_aloud.")] = "spoken",
         refused: Annotated[bool, typer.Option("--refused", help="The person said no; help goes on as before.")] = False,
         store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Keep what the person said: yes, or with --refused no. Refusing costs nothing."""
    from safe_lib import disclosing
    from safe_lib.disclosing import Asked

    with open_desk(store, passphrase_file, person=person) as desk:
        said = Asked("refused" if refused else "given", recipient, purpose, scope, explained_in, interpreter, day_of(until), form, how)
        kept = disclosing.record_consent(desk, ref, said)
    if as_json:
        say_json(_consent_data(kept))
    else:
        print(f"{kept.id}: {kept.state}, until {kept.until.isoformat()}.")


@consent.command("withdraw")
def withdraw(ref: CaseReference, id: Annotated[str, typer.Argument(metavar="ID", help="Number of the consent.")], store: StorePath = None,
             passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None, as_json: AsJson = False) -> None:
    """The person takes it back: nothing further leaves on it, and the copies that left are listed, each with a letter to its recipient."""
    from safe_lib import disclosing
    from safe_lib.catalogue import load_texts

    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        taken, lines = disclosing.withdraw_consent(desk, ref, id)
        texts = load_texts(desk.language)
    letters = [{**_standing_data(line), "letter": disclosing.letter(line, texts)} for line in lines]
    if as_json:
        say_json({**_consent_data(taken), "disclosures": letters})
        return
    print(f"{taken.id}: {texts('disclose.lack.withdrawn')}")
    for one in letters:
        print(f"\n{one['copy']}  {one['recipient']}\n{one['letter']}")

"""`safe coordination refer` and `answer`: an organisation of the social map is asked for one person, and what became of it. Nothing is sent."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from safe_lib.cli.options import AsJson, CaseReference, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.coordination.map_referral import Agreement, Offer
    from safe_lib.model.organisation import Organisation

LARGEST: Final = 20_000  # bytes of the words; the path below says how many letters may be passed on


def refer(
    ref: CaseReference,
    country: Annotated[str, typer.Option("--country", metavar="ISO3", help="Where the organisation is.")],
    entry: Annotated[str, typer.Option("--entry", metavar="ID", help="The organisation, such as nl-comensha.")],
    purpose: Annotated[str, typer.Option("--purpose", metavar="TEXT", help="What for, in a few words.")],
    words: Annotated[Path, typer.Option("--words", metavar="FILE", help="What is passed on, word for word; - reads standard input.")],
    need: Annotated[str, typer.Option("--need", metavar="ID", help="The need it is about, such as lawyer.")] = "",
    speaks: Annotated[str, typer.Option("--speaks", metavar="xx", help="The language of the person.")] = "",
    although: Annotated[str, typer.Option("--although", metavar="TEXT", help="What was settled, where something speaks against it.")] = "",
    agreed: Annotated[str, typer.Option("--agreed-in", metavar="xx", help="The person heard these words in this language, and agrees.")] = "",
    refused: Annotated[str, typer.Option("--refused-in", metavar="xx", help="The person heard them in this language, and does not agree.")] = "",
    interpreter: Annotated[bool, typer.Option("--interpreter", help="With an interpreter.")] = False,
    how: Annotated[str, typer.Option("--how", metavar="HOW", help="spoken, written or read_aloud.")] = "spoken",
    consent: Annotated[str, typer.Option("--consent", metavar="ID", help="An earlier consent for this organisation and purpose.")] = "",
    basis: Annotated[str, typer.Option("--basis", metavar="KIND", help="Another basis, such as vital_interests; with --reason.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What was weighed, and by whom.")] = "",
    day: Day = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Ask an organisation of the social map to help one person. Without an answer of the person it shows what would be passed on, and keeps nothing."""
    from safe_lib.coordination import map_referral
    from safe_lib.social_map import Known

    one, passing = _organisation(country.upper(), entry), map_referral.Passing(purpose, map_referral.as_passed(_words(words)), although)
    said = _agreement(agreed, refused, consent, basis, reason, interpreter=interpreter, how=how)
    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        offer = map_referral.offer_of(desk, ref, one, Known(country=one.country, languages=(speaks,) if speaks else ()), need)
        map_referral.require_passable(desk, offer, passing)
        made = map_referral.pass_on(desk, offer, passing, said) if said else None
    data = {"case": ref, "organisation": one.id, "passed_on": passing.words, "weighed": [reason.key for reason in offer.to_weigh],
            "referral": made.id if made else None, "remind_on": made.due.isoformat() if made and made.due else None}  # fmt: skip
    say_json(data) if as_json else print(printable(_told(offer, passing.words, made.id if made else "", asked=said is not None)))


def answer(
    ref: CaseReference,
    id: Annotated[str, typer.Argument(metavar="ID", help="Of the referral.")],
    state: Annotated[str, typer.Argument(metavar="STATE", help="accepted, refused, taken_back, seen or ended.")],
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="Why it cannot help, or what it will do.")] = "",
    outcome: Annotated[str, typer.Option("--outcome", metavar="ID", help="With ended: helped, partly, not_helped or not_known.")] = "",
    remind_on: Annotated[str | None, typer.Option("--remind-on", metavar="YYYY-MM-DD", help="When somebody asks again.")] = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    as_json: AsJson = False,
) -> None:
    """Write down what an organisation answered, that the person was there, or what came of it."""
    from safe_lib.coordination import referring

    again: date | None = day_of(remind_on)
    with open_desk(store, passphrase_file, person=person) as desk:
        made = referring.answer(desk, ref, id, state, words, outcome=outcome, remind_on=again)  # type: ignore[arg-type]
    say_json({"case": ref, **made.to_body()}) if as_json else print(f"{ref}, {made.id}: {made.state}.")


def _organisation(country: str, entry: str) -> Organisation:
    from safe_lib.catalogue.organisations import directory_countries, load_directory

    listed = load_directory(country).organisations if country in directory_countries() else ()
    found = next((one for one in listed if one.id == entry), None)
    if found is None:
        raise WrongUse("--entry: this is not in the social map of that country.\n  See `safe organisations --country ISO3`.")
    return found


def _words(file: Path) -> str:
    """What is passed on; never on the command line, where other programs of this computer can read it."""
    try:
        raw = sys.stdin.buffer.read(LARGEST + 1) if str(file) == "-" else file.read_bytes()
        if len(raw) > LARGEST:
            raise WrongUse("--words: that is too long.")
        return raw.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise WrongUse("--words: this file cannot be read as text.\n  Check its name; it has to be UTF-8.") from None


def _agreement(agreed: str, refused: str, consent: str, basis: str, reason: str, *, interpreter: bool, how: str) -> Agreement | None:
    """What it rests on; None where nothing is said yet, and it is only shown."""
    from safe_lib.coordination.map_referral import Agreement
    from safe_lib.model.disclosure import CONSENT, Basis

    if sum(map(bool, (agreed, refused, consent, basis))) > 1:
        raise WrongUse("A referral rests on one thing.\n  Say --agreed-in, --refused-in, --consent or --basis.")
    if agreed or refused:
        return Agreement("given" if agreed else "refused", agreed or refused, interpreter, how)
    if consent or basis:
        return Agreement(basis=Basis(CONSENT, consent.upper()) if consent else Basis(basis, reason=reason))
    return None


def _told(offer: Offer, words: str, id: str, *, asked: bool) -> str:
    if id:
        return f"{offer.ref}, {id}: written down. Nothing was sent; ring or write yourself."
    if asked:
        return f"{offer.ref}: the refusal is written down, and nothing is passed on."
    against = ", ".join(reason.key for reason in offer.to_weigh)
    settle = f"To be settled: {against}.\n" if against else ""
    return f"{words}\n\n{settle}Nothing is written down yet. Read it to the person, then say --agreed-in or --refused-in."

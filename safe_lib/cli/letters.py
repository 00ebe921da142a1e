"""`safe letter`: drafts of letters and forms of a case as DOCX. They are no legal advice; a lawyer reads them before they leave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.documents import _basis, _require_room, _terms, _write
from safe_lib.cli.options import AsJson, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import say, say_json
from safe_lib.cli.sharing import line_data
from safe_lib.model.disclosure import REASONED
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.engine.facts import Facts
    from safe_lib.model.case import Disclosure
    from safe_lib.model.document import Block
    from safe_lib.model.letter import Letter
    from safe_lib.model.texts import Texts
    from safe_lib.report.letters import Made


def letter(
    id: Annotated[str | None, typer.Argument(metavar="ID", help="Such as embassy or nl_extension_request; without one, the list.")] = None,
    ref: Annotated[str | None, typer.Argument(metavar="REF", help="Reference of the case, such as DEMO-001.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Disclose it into this file; without it the letter stays in the store.")] = None,
    facts: Annotated[Path | None, typer.Option("--facts", metavar="FILE", help="What is known besides, for this letter only; it is not kept.")] = None,
    recipient: Annotated[str, typer.Option("--recipient", help="Who gets the file; it stands in the register.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="What for; it stands in the register.")] = "",
    although: Annotated[str, typer.Option("--although", metavar="REASON", help="Why, where something has to come first; it stands in the trail.")] = "",
    consent: Annotated[str, typer.Option("--consent", metavar="ID", help="The consent on which it leaves; see: safe disclosures REF.")] = "",
    basis: Annotated[str, typer.Option("--basis", metavar="KIND", help="Without consent: " + ", ".join(REASONED) + ".")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why this basis holds; it stands in the register.")] = "",
    until: Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="The last day it may be used; without it, six months.")] = None,
    day: Day = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """A draft of a letter or form as DOCX: what is known filled in, what is not a gap. It is not legal advice; a lawyer reads it."""
    from safe_lib.catalogue import load_texts
    from safe_lib.catalogue.letters import load_letter, load_letters
    from safe_lib.report.make import Terms, with_reason

    texts = load_texts(language_of(language))
    if id is None:
        listed = tuple(load_letters().letters.values())
        say_json([_row(one, texts) for one in listed]) if as_json else say(_list_blocks(listed, texts))
        return
    wanted = load_letter(id)
    if ref is None:
        raise WrongUse("letter: say for which case.\n  Write: safe letter ID REF.")
    besides = _facts(facts)
    terms = Terms(recipient.strip(), with_reason(purpose.strip(), although), _basis(consent, basis, reason), day_of(until)) if out else None
    if out is not None:
        _require_room(out)
    with open_desk(store, passphrase_file, language=texts.language, today=day_of(day), person=person) as desk:
        made, line = _made(desk, ref, wanted, terms, out, although, besides)
    if as_json:
        say_json(_as_data(made, line, out, texts))
        return
    say(_blocks(made, out, texts))


def _made(desk: Desk, ref: str, wanted: Letter, terms: Any, out: Path | None, although: str, besides: Facts) -> tuple[Made, Disclosure | None]:
    """Make it, and let it leave where a file is named."""
    from safe_lib import casework
    from safe_lib.report.letters import make_letter

    if terms is None or out is None:
        return make_letter(desk, ref, wanted.id, although=although, besides=besides), None
    settled = _terms(desk, ref, wanted.reader, terms)
    made = make_letter(desk, ref, wanted.id, settled, although=although, besides=besides)
    document, line = casework.disclose(desk, made.report, recipient=settled.recipient, purpose=settled.purpose, basis=settled.basis, expires=settled.expires)
    _write(out, document)
    return made, line


def _facts(file: Path | None) -> Facts:
    from safe_lib.cli.answers_file import bytes_of
    from safe_lib.lettering import NOTHING, facts_for_letters

    return facts_for_letters(bytes_of(file), file.name) if file else NOTHING


def _row(one: Letter, texts: Texts) -> dict[str, Any]:
    from safe_lib.engine.procedure_json import said, standing_as_data

    words = {name: said(getattr(one, name), texts.language) for name in ("title", "purpose", "never")}
    return {"id": one.id, **words, "reader": one.reader, "sent_in": one.sent_in or None, "gives_nothing_away": one.quiet,
            "procedures": list(one.procedures), "facts": {"must": list(one.must), "helps": list(one.helps)}, "version": one.version,
            "verified": one.verified.isoformat(), "verify_by": one.verify_by.isoformat(), "sources": list(one.sources),
            "not_legal_advice": texts("letter.mark.draft"), **standing_as_data(one.standing)}


def _list_blocks(listed: tuple[Letter, ...], texts: Texts) -> tuple[Block, ...]:
    from safe_lib.engine.procedure_json import said
    from safe_lib.model.document import Table, Text
    from safe_lib.model.procedure import is_recalled

    columns = tuple(texts(f"letter.column.{name}") for name in ("id", "title", "reader", "sent_in", "verified", "verify_by"))
    rows = tuple((one.id, said(one.title, texts.language), texts(f"letter.reader.{one.reader}"), one.sent_in or texts("letter.any_language"),
                  texts("letter.recalled") if is_recalled(one.standing) else one.verified.isoformat(), one.verify_by.isoformat()) for one in listed)
    return Table(texts("letter.list"), columns, rows), Text(texts("letter.mark.draft"), "quiet")


def _as_data(made: Made, line: Disclosure | None, out: Path | None, texts: Texts) -> dict[str, Any]:
    sealed, draft = made.report, made.draft
    return {"letter": draft.filled.letter.id, "report": sealed.id, "case": sealed.ref, "format": sealed.format, "language": sealed.language,
            "sha256": sealed.sha256, "size": sealed.size, "gaps": list(draft.filled.gaps), "verify_first": draft.verify_first,
            "not_legal_advice": texts("letter.mark.draft"), "file": str(out) if out else None, "disclosure": line_data(line) if line else None}


def _blocks(made: Made, out: Path | None, texts: Texts) -> tuple[Block, ...]:
    from safe_lib.engine.procedure_json import said
    from safe_lib.lettering import names_of
    from safe_lib.model.document import Bullets, Heading, Notice, Text

    letter, gaps = made.draft.filled.letter, names_of(made.draft.filled.gaps, texts.language)
    notice = Notice(texts("procedure.verify_first"), texts("letter.verify_first", by=letter.verify_by.isoformat()), "warning")
    late = [notice] if made.draft.verify_first else []
    told = Text(texts("letter.disclosed", file=str(out))) if out else Text(texts("letter.sealed"))
    return (Heading(f"{made.report.id}: {said(letter.title, texts.language)}"), Notice(texts("letter.mark.draft"), said(letter.purpose, texts.language)), *late,
            Heading(texts("letter.gaps"), 3), Bullets(gaps) if gaps else Text(texts("letter.no_gaps")),
            Heading(texts("letter.never"), 3), Text(said(letter.never, texts.language)),
            Heading(texts("letter.before"), 3), Bullets(tuple(said(words, texts.language) for words in letter.before)), told)

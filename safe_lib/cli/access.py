"""`safe access` and `safe correct`: what is kept of a person, given to them, and corrected as they ask."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.documents import Format, _require_room, _write
from safe_lib.cli.options import AsJson, CaseReference, Day, PassphraseFile, PersonName, StorePath, day_of, open_desk
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.person.access_pack import Looked, Pack

Words = Annotated[str, typer.Option("--reason", metavar="TEXT", help="What is wrong, in the person's words.")]


def access(
    ref: CaseReference,
    language: Annotated[str, typer.Option("--language", "--lang", metavar="xx", help="The person's language; where there is none, the paper says so.")] = "en",
    format: Annotated[Format, typer.Option("--format", help="The form of the paper.")] = Format.html,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Give it; without it, the free texts are listed for you to look at.")] = None,
    passed: Annotated[list[str] | None, typer.Option("--pass", metavar="ID", help="You read this text, and it names nobody else; repeatable.")] = None,
    every: Annotated[bool, typer.Option("--pass-all", help="You read every text that is not held back, and none names anybody else.")] = False,
    withheld: Annotated[list[str] | None, typer.Option("--withhold", metavar="ID=REASON", help="Hold this text back; the person reads the reason.")] = None,
    discreet: Annotated[bool, typer.Option("--discreet", help="A title that tells a stranger nothing.")] = False,
    although: Annotated[str, typer.Option("--although", metavar="REASON", help="Why, where the record speaks against a paper; for the register.")] = "",
    day: Day = None, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False,
) -> None:
    """All that is kept of a person, for the person (GDPR Art. 15). First without --out: read the free texts, which may name other people."""
    from safe_lib.person.access_pack import gather, looked_at
    from safe_lib.report.for_person import give_access

    if out is not None:
        _require_room(out)
    with open_desk(store, passphrase_file, today=day_of(day), person=person) as desk:
        pack = gather(desk, ref, language)
        looked = looked_at(pack, passed or (), dict(_withheld(one) for one in withheld or ()), every=every)
        if out is None:
            _say_texts(pack, looked, as_json)
            return
        report, content = give_access(desk, pack, looked, format.value, discreet=discreet, although=although)
        _write(out, content)
    if as_json:
        say_json({"report": report.id, "case": ref, "format": report.format, "language": report.language, "their_language": pack.is_in_their_language,
                  "texts": len(pack.texts), "held_back": len(looked.withheld), "file": str(out)})
        return
    print(f"Report {report.id} in {out}; the register says that the person received it.")
    if not pack.is_in_their_language:
        print(printable(f"There are no texts in {language}; it is in {pack.language} and says so. Read it with an interpreter."))


def correct(
    ref: CaseReference,
    instrument: Annotated[str, typer.Argument(metavar="INSTRUMENT", help="Such as safe_return; or a paper, such as futures or plan.")],
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Such as SAF-01; of a paper, a dash.")],
    reason: Words,
    code: Annotated[str, typer.Option("--to", metavar="CODE", help="The answer from now on; without it, the answer stays and the disagreement is kept.")] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="The note beside the new answer.")] = "",
    why_not: Annotated[str, typer.Option("--why-not", metavar="TEXT", help="Why it stays as it is.")] = "",
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="What the person says to that, in their words.")] = "",
    new: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="Of a paper: its new version, as JSON.")] = None,
    scenario: Annotated[str, typer.Option("--scenario", metavar="NAME", help="Of one future; without it, of all.")] = "",
    store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False,
) -> None:
    """Correct an answer or a paper as the person asks, or keep their disagreement beside it (GDPR Art. 16). Both versions stay."""
    from safe_lib.casework import Said, instrument_for
    from safe_lib.catalogue import instrument_files
    from safe_lib.person import correcting

    body = _body(new) if new is not None else None
    with open_desk(store, passphrase_file, person=person) as desk:
        form = instrument_for(desk, instrument) if instrument in instrument_files() else None
        if form is None and body is not None:
            made = correcting.correct_paper(desk, ref, instrument, body, reason)
        elif form is None:
            made = correcting.disagree_with_paper(desk, ref, instrument, reason, why_not, words)
        elif code:
            made = correcting.correct_answer(desk, ref, form, Said(item, code, note=note, seen=None), reason, scenario)
        else:
            made = correcting.disagree_with_answer(desk, ref, form, item, reason, why_not, words, scenario)
    if as_json:
        say_json({"case": ref, "instrument": instrument, "item": item, "result": made.result, "before": made.before, "after": made.after})
    else:
        came = "changed; both versions are kept" if made.result == "changed" else "not changed; the disagreement stands beside it"
        print(f"{ref}, {instrument} {item}: {came}.")


def _body(file: Path) -> dict[str, Any]:
    """The new version of a paper."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise WrongUse("--from: this is no file with JSON.\n  Write the paper as one JSON object.") from None
    if not isinstance(said, dict):
        raise WrongUse("--from: a paper is one JSON object.\n  Put it into braces.")
    return said


def _withheld(text: str) -> tuple[str, str]:
    id, _, why = text.partition("=")
    if not why.strip():
        raise WrongUse("--withhold: say why the text is held back.\n  Write ID=REASON; the person reads the reason.")
    return id, why.strip()


def _say_texts(pack: Pack, looked: Looked, as_json: bool) -> None:
    rows = [{"id": text.id, "where": text.where, "text": text.text, "may_go": looked.may_go(text.id), "held_back": looked.why(text.id)} for text in pack.texts]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        print(printable(f"{row['id']}\n  {row['where']}\n  {row['text']}"))
    print(f"{len(rows)} free texts. Do they name anybody else?")
    print("Let each pass (--pass ID, --pass-all) or hold it back (--withhold ID=REASON), then add --out FILE.")

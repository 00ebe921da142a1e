"""`safe kept`: the assessments that were kept of a case, and the very country information each rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, CaseReference, Language, PassphraseFile, StorePath, language_of, open_desk
from safe_lib.cli.printing import say, say_json
from safe_lib.model.errors import StoreError

if TYPE_CHECKING:
    from safe_lib.keeping import KeptAgain
    from safe_lib.model.document import Block
    from safe_lib.model.grounds import Snapshot
    from safe_lib.model.texts import Texts
    from safe_lib.reassessing.of_then import OfThen


def kept(
    ref: CaseReference,
    number: Annotated[int | None, typer.Argument(metavar="NUMBER", help="One of them, with all it rests on.")] = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """The assessments kept of a case; with a number, the claims and figures one of them rests on, as they were that day."""
    from safe_lib.catalogue import load_texts
    from safe_lib.keeping import kept_of
    from safe_lib.reassessing.of_then import computed_again

    words = language_of(language)
    with open_desk(store, passphrase_file, language=words) as desk:
        found = kept_of(desk, ref)
        again = {one.line.id: computed_again(desk, ref, one.line) for one in found if one.line.id == number}
    chosen = [one for one in found if number is None or one.line.id == number]
    if number is not None and not chosen:
        there_are = ", ".join(str(one.line.id) for one in found) or "none"
        raise StoreError(f"{ref}: no assessment with this number is kept.\n  There are: {there_are}.")
    if as_json:
        say_json([_as_data(one, again.get(one.line.id)) for one in chosen])
    else:
        say(_list(found, load_texts(words)) if number is None else _one(chosen[0], again[chosen[0].line.id], load_texts(words)))


def _as_data(one: KeptAgain, again: OfThen | None) -> dict[str, Any]:
    line, grounds = one.line, one.grounds
    about = {"kept": line.id, "instrument": line.instrument, "scenario": line.scenario, "at": line.at.isoformat(), "by": line.by,
             "outcome": grounds.result.outcome if grounds else None, "made_with": grounds.instrument if grounds else None,
             "engine": grounds.engine if grounds else None, "answers": grounds.said if grounds else None,
             "snapshot": grounds.snapshot or None if grounds else None, "country": one.held.get("country")}
    if again is None:
        return about
    same = {"same": again.is_same, "lacks": again.lacks, "outcome": again.again.outcome if again.again else None}
    return {**about, "rests_on": one.held, "computed_again": same}


def _list(found: tuple[KeptAgain, ...], texts: Texts) -> tuple[Block, ...]:
    from safe_lib.model.document import Table, Text

    if not found:
        return (Text(texts("kept.none")),)
    columns = tuple(texts(f"kept.{name}") for name in ("number", "instrument", "future", "at", "outcome", "country", "fingerprint"))
    rows = tuple((str(one.line.id), one.line.instrument, one.line.scenario or texts("reassess.all_futures"), one.line.at.date().isoformat(),
                  one.grounds.result.outcome if one.grounds else "–", str(one.held.get("country") or "–"),
                  one.grounds.snapshot[:16] or "–" if one.grounds else "–") for one in found)
    return (Table("", columns, rows),)


def _one(one: KeptAgain, again: OfThen, texts: Texts) -> tuple[Block, ...]:
    from safe_lib.model.document import Facts, Heading, Table, Text

    line, grounds = one.line, one.grounds
    if grounds is None:
        return (Text(texts("kept.no_grounds")),)
    facts = Facts(((texts("kept.instrument"), f"{line.instrument} {grounds.instrument}"), (texts("views.engine"), grounds.engine),
                   (texts("kept.at"), line.at.isoformat()), (texts("kept.answers"), grounds.said), (texts("kept.fingerprint"), grounds.snapshot or "–"),
                   (texts("kept.again"), _again(again, texts))))
    columns = tuple(texts(name) for name in ("views.themes", "views.claims", "views.level", "views.state", "return.days", "views.source"))
    rows = tuple(_claims(one.held, texts))
    blocks: tuple[Block, ...] = (Heading(f"{line.ref}, {line.id}"), facts)
    return (*blocks, Table("", columns, rows)) if rows else (*blocks, Text(texts("kept.no_country")))


def _again(found: OfThen, texts: Texts) -> str:
    if found.again is None:
        return texts(f"kept.again.lacks.{found.lacks}")
    return texts("kept.again.same") if found.is_same else texts("kept.again.other", outcome=found.again.outcome)


def _claims(held: Snapshot, texts: Texts) -> list[tuple[str, ...]]:
    """Each claim that was there that day, as it stood."""
    rows: list[tuple[str, ...]] = []
    for theme, about in sorted(held.get("themes", {}).items()):
        for id, claim in (about or {"claims": {}})["claims"].items():
            days = f"{texts('return.true_on', day=claim['as_of'])}; {texts('return.counts_until', day=claim['review_by'])}"
            level = texts(f"level.{claim['level']}") if claim["level"] else "–"
            says = f"{claim['says']} ({claim['who']}; {claim['where']}; {id})"
            sources = "; ".join(_source(held, source, texts) for source in claim["sources"])
            rows.append((theme, says, level, texts(f"claim.{claim['status']}"), days, sources))
    return rows


def _source(held: Snapshot, id: str, texts: Texts) -> str:
    source = held["sources"].get(id)
    if source is None:
        return id
    read = texts("return.source.where", said=source["where"]) if source.get("where") else ""
    return ", ".join(filter(None, (source["title"], source["publisher"], source["published"], read)))

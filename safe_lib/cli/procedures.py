"""`safe procedure`: what follows from some facts under a legal procedure, and by when. It is not legal advice."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.law_changes import ChangedSince, LawChangeFile, pairs_of, tell_touched
from safe_lib.cli.options import AsJson, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import say, say_json

if TYPE_CHECKING:
    from safe_lib.catalogue.facts import FactsFile
    from safe_lib.catalogue.procedures import Law
    from safe_lib.model.document import Block
    from safe_lib.model.texts import Texts

STANDARD_INPUT = "-"


def procedure(
    id: Annotated[str | None, typer.Argument(metavar="ID", help="Such as NL-REFLECT, or a ground such as NL-B83-a; without one, the list.")] = None,
    facts: Annotated[str | None, typer.Option("--facts", metavar="FILE", help="YAML or JSON, one fact a line; - reads standard input.")] = None,
    law_change: LawChangeFile = None,
    changed_since: ChangedSince = None,
    day: Day = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """State, steps, documents and deadlines of a legal procedure for some facts; or the stored cases that a change of the law touches.

    It is not legal advice.
    """
    from safe_lib.catalogue import load_texts
    from safe_lib.catalogue.procedures import load_law

    texts, law = load_texts(language_of(language)), load_law()
    if law_change is not None or changed_since is not None:
        pairs = pairs_of(id, law_change, changed_since, facts)
        with open_desk(store, passphrase_file, language=texts.language, today=day_of(day), person=person) as desk:
            tell_touched(desk, pairs, texts, as_json)
        return
    if id is None:
        rows = [_row(one, texts) for one in law.procedures.values()]
        say_json(rows) if as_json else say(_list_blocks(rows, texts))
        return
    file = _facts_of(facts, law)
    view = _view(id, file, day_of(day) or file.date or date.today(), texts)
    say_json(view) if as_json else say(_blocks(view, texts))


def _facts_of(place: str | None, law: Law) -> FactsFile:
    from safe_lib.catalogue.facts import FactsFile, parse_facts
    from safe_lib.catalogue.reading import LARGEST
    from safe_lib.cli.answers_file import bytes_of
    from safe_lib.engine.facts import Facts

    if place is None:
        return FactsFile(Facts(), None)
    if place == STANDARD_INPUT:
        return parse_facts(sys.stdin.buffer.read(LARGEST + 1), "standard input", law.kinds, law.other_names)
    return parse_facts(bytes_of(Path(place)), Path(place).name, law.kinds, law.other_names)


def _view(id: str, file: FactsFile, on: date, texts: Texts) -> dict[str, Any]:
    from safe_lib.catalogue.procedures import load_law, load_procedure
    from safe_lib.engine.procedure_json import standpoint_as_data
    from safe_lib.engine.procedures import banners, standpoint

    law, (found, variant) = load_law(), load_procedure(id)
    seen = standpoint(found, file.facts, on=on, variant=variant, minimum_days=law.minimum_days())
    return standpoint_as_data(seen, banners(found, law.changes), law.documents, texts)


def _row(one: Any, texts: Texts) -> dict[str, Any]:
    from safe_lib.engine.procedure_json import said, standing_as_data

    return {"id": one.id, "country": one.country, "kind": one.kind, "name": said(one.name, texts.language), "version": one.version,
            "variants": [variant.id for variant in one.variants], "verified": one.verified.isoformat(), "verify_by": one.verify_by.isoformat(),
            "not_legal_advice": texts("procedure.not_legal_advice"), **standing_as_data(one.standing)}


def _list_blocks(rows: list[dict[str, Any]], texts: Texts) -> tuple[Block, ...]:
    from safe_lib.model.document import Table, Text

    columns = tuple(texts(f"procedure.column.{name}") for name in ("id", "country", "name", "status", "verify_by"))
    table = Table(texts("procedure.list"), columns, tuple((row["id"], row["country"], row["name"], _standing(row, texts), row["verify_by"]) for row in rows))
    return table, Text(texts("procedure.not_legal_advice"), "quiet")


def _standing(row: dict[str, Any], texts: Texts) -> str:
    word = texts(f"procedure.status.{row['status'].partition(',')[0]}")
    return f"{word} ({texts('procedure.confidence.' + row['confidence'])})" if row["confidence"] else word


def _blocks(view: dict[str, Any], texts: Texts) -> tuple[Block, ...]:
    from safe_lib.model.document import Bullets, Facts, Heading, Notice

    warned = [Notice(texts("procedure.verify_first"), texts("procedure.verify_first_about", day=view["verify_by"]), "warning")] if view["verify_first"] else []
    draft = [Notice(texts("page.draft_translation"), texts("procedure.draft_about"))] if view["translation"] == "draft" else []
    unused = [Notice(texts("procedure.unused"), ", ".join(view["unused_facts"]), "warning")] if view["unused_facts"] else []
    return (
        Heading(f"{view['variant'] or view['procedure']}: {view['name']}"), Notice(texts("procedure.not_legal_advice"), _last_verified(view, texts)),
        *warned, *unused, *draft, Facts(tuple(_facts(view, texts))),
        *(Notice(f"{one['id']} {one['topic']} ({one['since'] or '–'})", f"{one['says']} [{_standing(one, texts)}]") for one in view["banners"]),
        _deadline_table(view, texts), Bullets(tuple(f"{id}: {one['remark']}" for id, one in view["deadlines"].items() if one["remark"])),
        *_alternatives(view, texts),
        Heading(texts("procedure.steps"), 3), Bullets(tuple(_step(step, texts) for step in view["steps"])),
        Heading(texts("procedure.documents"), 3), Bullets(tuple(f"{one['name']} ({texts('procedure.need.' + one['need'])})" for one in view["documents"])),
        Heading(texts("procedure.remarks"), 3), Bullets(tuple(f"{one['says']} [{_standing(one, texts)}]" for one in view["remarks"])),
        Heading(texts("procedure.sources"), 3), Bullets(tuple(f"{one['id']} {one['title']} ({one['status']})" for one in view["sources"])),
    )


def _last_verified(view: dict[str, Any], texts: Texts) -> str:
    known = "never_verified" if view["status"].startswith("recalled") else "last_verified"
    return texts(f"procedure.{known}", day=view["verified"], by=view["verify_by"], status=_standing(view, texts))


def _facts(view: dict[str, Any], texts: Texts) -> list[tuple[str, str]]:
    told = [(texts("procedure.as_of"), view["date"]), (texts("procedure.may_apply"), texts(f"procedure.truth.{view['may_apply'].replace(' ', '_')}"))]
    told += [(texts("procedure.state"), texts(f"procedure.states.{view['state']}"))] if view["state"] else []
    told += [(texts("procedure.breached"), texts(f"procedure.truth.{view['breached'].replace(' ', '_')}"))] if view["breached"] else []
    told += [(texts("procedure.unknown"), ", ".join(view["unknown_facts"]))] if view["unknown_facts"] else []
    return told + [(law["source"], law["law"]) for law in view["basis"]]


def _deadline_table(view: dict[str, Any], texts: Texts) -> Block:
    from safe_lib.model.document import Table

    columns = tuple(texts(f"procedure.column.{name}") for name in ("deadline", "earliest", "plan", "last", "band", "status"))
    rows = [(id, *(_day(one[key], texts) for key in ("earliest", "plan", "last")), texts(f"procedure.band.{one['band']}"), _standing(one, texts))
            for id, one in view["deadlines"].items()]
    return Table(texts("procedure.deadlines"), columns, tuple(rows))


def _day(text: str, texts: Texts) -> str:
    return texts("procedure.unknown_day") if text == "unknown" else text


def _alternatives(view: dict[str, Any], texts: Texts) -> list[Block]:
    from safe_lib.model.document import Table

    columns = tuple(texts(f"procedure.column.{name}") for name in ("term", "last", "sources", "used"))
    found: list[Block] = []
    for id, one in view["deadlines"].items():
        for key in ("conflict", "undecided"):
            rows = tuple((part["term"], _day(part["last"], texts), ", ".join(part["sources"]), texts("procedure.used") if part["used"] else "–")
                         for part in one[key] or ())
            found += [Table(f"{id}: {texts('procedure.' + key)}", columns, rows)] if rows else []
    return found


def _step(step: dict[str, Any], texts: Texts) -> str:
    by = f" [{step['deadline']}]" if step["deadline"] else ""
    return f"{texts('procedure.actor.' + step['actor'])}: {step['action']}{by}"

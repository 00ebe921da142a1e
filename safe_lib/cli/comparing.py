"""`safe compare` and `safe reassess`: where two assessments differ, and which open cases would come out otherwise today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from safe_lib.cli.options import AsJson, CaseReference, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import say, say_json, say_json_list
from safe_lib.model.answers import Answers
from safe_lib.model.errors import StoreError, WrongUse

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.model.assessment import Assessment
    from safe_lib.model.document import Block
    from safe_lib.model.instrument import Instrument

Side = Annotated[str, typer.Argument(help="A future, such as home_region, read today; or the number of a kept assessment.")]

RETURN: Final = "safe_return"


@dataclass(frozen=True, slots=True)
class Read:
    """One side of a comparison; a kept assessment comes without the answers it was made from."""

    name: str
    assessment: Assessment
    answers: Answers | None


def compare(
    ref: CaseReference,
    a: Side,
    b: Side,
    instrument: Annotated[str, typer.Option("--instrument", metavar="ID", help="The instrument both were made with.")] = RETURN,
    day: Day = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """What differs between two assessments of one case: two futures side by side, or what was kept earlier and today."""
    from safe_lib import casework
    from safe_lib.engine import compare as difference_of

    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        used = casework.instrument_for(desk, instrument)
        casework.find_case(desk, ref, what=f"compare.{instrument}")
        before, after = (_side(desk, ref, used, name) for name in (a, b))
        both = (before.answers, after.answers) if before.answers and after.answers else None
        if as_json:
            changes = difference_of(before.assessment, after.assessment, both).changes
            say_json({"case": ref, "instrument": instrument, "before": _told(before), "after": _told(after),
                      "changes": [{"what": change.what, "id": change.id, "before": change.before, "after": change.after} for change in changes]})
        else:
            say(_in_words(used, before, after, desk.language))


def reassess(
    day: Day = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, max=64, metavar="N", help="Processes to share the work; without it, one a core.")] = None,
    resting: Annotated[bool, typer.Option("--resting", help="Also those whose result stays while what it rests on is otherwise.")] = False,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    language: Language = None,
    person: PersonName = None,
    as_json: AsJson = False,
) -> None:
    """Open cases whose outcome would differ under the instruments, the country information and the answers of a day, or a level or confidence.

    Nothing is changed. Only what depends on something that changed is computed.
    """
    from safe_lib.catalogue import load_texts
    from safe_lib.cli.printing import counting
    from safe_lib.reassessing import reassess as look_again
    from safe_lib.widgets.reassess_views import as_data, blocks

    words = language_of(language)
    texts = load_texts(words)
    with open_desk(store, passphrase_file, language=words, today=day_of(day), person=person) as desk, counting(texts("reassess.case")) as begin:
        found = look_again(desk, workers=workers or cores(), begin=begin)
    if as_json:
        say_json_list(as_data(one, texts) for one in (found.found if resting else found.differing))
    else:
        say(blocks(found, texts, resting=resting))


def cores() -> int:
    """How many processors this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _side(desk: Desk, ref: str, instrument: Instrument, name: str) -> Read:
    from safe_lib import casework

    if name.isdecimal():
        return _kept(desk, ref, instrument, int(name))
    kinds = [kind.id for kind in instrument.scenarios]
    if name not in kinds:
        raise WrongUse(f"safe compare: {instrument.id} has no such future.\n  There are: {', '.join(kinds) or 'none'}; the number of a kept one will do too.")
    said = casework.recorded(desk, ref, instrument, name)
    return Read(name, casework.assess_case(desk, ref, instrument.id, name, answers=said), said)


def _kept(desk: Desk, ref: str, instrument: Instrument, number: int) -> Read:
    from safe_lib.cli.kept import assessment_of

    kept = desk.open_store().assessments(ref, instrument.id)
    for one in kept:
        if one.id == number:
            return Read(f"{number}, {one.at.date().isoformat()}", assessment_of(one.text), None)
    there_are = ", ".join(f"{one.id} ({one.scenario or 'all futures'}, {one.at.date().isoformat()})" for one in kept)
    raise StoreError(f"{ref}: no assessment with this number is kept for {instrument.id}.\n  There are: {there_are or 'none'}.")


def _told(side: Read) -> dict[str, str | None]:
    found = side.assessment
    return {"name": side.name, "scenario": found.scenario, "date": found.date.isoformat(), "outcome": found.outcome.id}


def _in_words(instrument: Instrument, before: Read, after: Read, language: str) -> tuple[Block, ...]:
    from safe_lib.catalogue import load_texts
    from safe_lib.engine.explain import Explanation
    from safe_lib.model.document import Heading, Table
    from safe_lib.widgets.views import Shown, what_changes

    texts = load_texts(language)
    unsaid = Explanation("", "", "", None, (), (), (), ())  # a comparison looks at results, not at reasons
    both = before.answers is not None and after.answers is not None
    sides = [Shown(instrument, side.assessment, unsaid, side.answers if both and side.answers else Answers(), texts) for side in (before, after)]
    titles = {kind.id: kind.title for kind in instrument.scenarios}
    names = tuple(titles.get(side.name, side.name) for side in (before, after))
    blocks = [replace(block, caption="", columns=(*block.columns[:2], *names)) if isinstance(block, Table) else block for block in what_changes(*sides)]
    return (Heading(f"{names[0]} – {names[1]}"), *blocks)

"""A team of invented people around a store with an invented person, for the tests of keys, rights and sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from safe_lib.casework import Desk
from safe_lib.model.answers import PRESENT, Answer
from safe_lib.model.grounds import Grounds, Marks, Result
from safe_lib.store import CHEAP, Store

MOMENT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
REF, OTHER = "K7M-2042", "A2B-0001"
FORM = "safe_return"
CANARY = "Zyxomma Quillfeather 7719"
ADMIN = "ada"
ROLE_OF = {"ada": "administrator", "cora": "coordinator", "sven": "specialist", "sofie": "specialist", "vera": "volunteer", "anna": "analyst", "batch": "batch"}


def phrase(user: str) -> str:
    """The invented passphrase of an invented colleague."""
    return f"{user} knows some invented words"


def make_team(folder: Path, *, training: bool = False, users: tuple[str, ...] = tuple(ROLE_OF)) -> Path:
    """A store made by an administrator, with one colleague for each role and no case yet."""
    path = folder / "team.safe"
    with Store.create(path, phrase(ADMIN), cost=CHEAP, at=MOMENT, training=training, person=ADMIN, roles=("administrator",)) as store:
        for user in users:
            if user != ADMIN:
                store.add_person(user, phrase(user), roles=(ROLE_OF[user],), by=ADMIN, at=MOMENT)
    return path


def opened(path: Path, user: str) -> Store:
    """The store as a colleague opens it."""
    return Store.open(path, phrase(user), person=user)


@contextmanager
def desk_of(path: Path, user: str) -> Iterator[Desk]:
    """The desk of a colleague, now."""
    with opened(path, user) as store:
        yield Desk(store, user, "en", datetime.now(UTC).date())


def fill(store: Store, ref: str, *, by: str) -> None:
    """A case with something in every table."""
    store.new_case(by=by, at=MOMENT, ref=ref, alias=CANARY)
    store.set_identity(ref, alias=CANARY, details={"name": CANARY}, by=by, at=MOMENT)
    for number in range(3):
        store.save_answer(ref, FORM, f"SAF-0{number}", Answer(PRESENT, ("account",), CANARY), note=CANARY, by=by, at=MOMENT, seen=None)
    store.save_paper(ref, "plan", {"says": CANARY}, by=by, at=MOMENT, seen=0)
    store.keep_on_grounds(ref, FORM, "", f'{{"says": "{CANARY}"}}', hash="h", grounds=Grounds("1.0.0 0", "0", "0", "", Result("conditions_first")),
                          snapshot={}, marks=Marks(), by=by, at=MOMENT)
    report = store.seal_report(ref, CANARY.encode() * 20, workbook=FORM, profile="lawyer", format="html", language="en", by=by, at=MOMENT)
    store.disclose(report.id, recipient=CANARY, purpose=CANARY, by=by, at=MOMENT)


def everything(store: Store, ref: str) -> tuple[object, ...]:
    """All that a case says, as somebody with its key reads it."""
    return (store.case(ref), store.identity(ref), store.answers(ref, FORM), store.history(ref, FORM, "SAF-00"), store.paper(ref, "plan"),
            store.assessments(ref, FORM), store.kept_newest(), store.reports(ref), store.disclosures(ref))

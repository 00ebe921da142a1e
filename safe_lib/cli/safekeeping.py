"""`safe backup` and `safe restore`: safety copies, the restore drill, moving to another machine."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safe_lib.cli.options import AsJson, PassphraseFile, PersonName, StorePath, open_desk, store_named
from safe_lib.cli.printing import say_json
from safe_lib.model.errors import StoreError, WrongUse

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.store.backup import LastCopy

CopyTo = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A folder of copies, or a new file; its vault goes into FILE.vault.")]
CopyFrom = Annotated[Path, typer.Argument(metavar="FILE", help="The copy, or the folder of copies: then the newest.")]
ToFolder = Annotated[Path | None, typer.Option("--to", metavar="FOLDER", help="A folder of copies; it is made where there is none.")]
NewKey = Annotated[Path | None, typer.Option("--new-key", metavar="FOLDER", help="A key for a team's copies: three shares, a file each.")]
ShareFiles = Annotated[list[Path] | None, typer.Option("--share-file", metavar="FILE", help="A share of the key of the copies (mode 600); twice.")]


def backup(
    file: CopyTo = None,
    to: ToFolder = None,
    new_key: NewKey = None,
    drill: Annotated[bool, typer.Option("--drill", help="Copy, bring back elsewhere, compare, take away.")] = False,
    places: Annotated[bool, typer.Option("--places", help="Where copies are, and which should be made again.")] = False,
    gone: Annotated[str | None, typer.Option("--gone", metavar="PLACE", help="The copies in this place were destroyed.")] = None,
    share_file: ShareFiles = None,
    store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False,
) -> None:
    """Make a safety copy while the store is in use, encrypted under a key of its own and read back before it counts."""
    if sum((file is not None, to is not None, new_key is not None, drill, places, gone is not None)) != 1:
        raise WrongUse("backup: say one thing: a FILE, --to FOLDER, --new-key FOLDER, --drill, --places or --gone PLACE.\n  See: safe backup --help.")
    with open_desk(store, passphrase_file, person=person) as desk:
        if new_key is not None:
            _new_key(desk, new_key, as_json)
        elif drill:
            _drill(desk, passphrase_file, share_file or [], as_json)
        elif places:
            _places(desk, as_json)
        elif gone is not None:
            _gone(desk, gone)
        else:
            _copy(desk, file, to, as_json)


def restore(
    file: CopyFrom,
    store: Annotated[Path, typer.Option("--store", metavar="NEW", parser=store_named, help="The store to make; nothing may be there yet.")],
    copy: Annotated[int | None, typer.Option("--copy", metavar="NUMBER", help="Of a folder of copies, this one; without it, the newest.")] = None,
    vault: Annotated[Path | None, typer.Option("--vault", metavar="FILE", help="The vault of the copy, where it was kept apart.")] = None,
    share_file: ShareFiles = None,
    passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False,
) -> None:
    """Bring a safety copy back as a new store, here or on another machine; never over a store that is there."""
    from safe_lib.store.passphrase import read_passphrase, read_person
    from safe_lib.store.restore import Opener, chosen_copy
    from safe_lib.store.restore import restore as bring_back

    database, beside = chosen_copy(file, copy)
    opener = Opener(read_passphrase(passphrase_file), person or read_person(passphrase_file), _shares(share_file or []))
    made = bring_back(database, vault or beside, store, opener, at=datetime.now(UTC))
    if as_json:
        say_json({"store": str(made.store), "made": made.made.isoformat(), "cases": made.cases, "erased_since": list(made.erased)})
        return
    print(f"{made.store}: {made.cases} cases, as they were on {made.made.astimezone().strftime('%Y-%m-%d %H:%M')}.")
    if made.erased:
        print(f"Erased after that copy, and not brought back: {', '.join(made.erased)}.")


def say_waiting(found: tuple[LastCopy, ...]) -> None:
    """After an erasure: where a copy of the vault can still open what was erased, and until when."""
    for one in found:
        print(f"  Not yet in the safety copies of {one.place}: make the next one there, or destroy them (safe backup --gone PLACE), within 30 days.")


def _copy(desk: Desk, file: Path | None, to: Path | None, as_json: bool) -> None:
    from safe_lib import copies

    if to is not None:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = to or file
    assert place is not None  # noqa: S101  # `backup` has seen to it
    warn("the store", desk.open_store().path)
    warn("this safety copy", place)
    made = copies.back_up(desk, place)
    overdue = copies.overdue(desk)
    if as_json:
        say_json({"copy": str(made.database), "vault": str(made.vault), "cases": made.cases, "lines": made.lines, "last": made.last,
                  "overdue": [one.place for one in overdue]})
        return
    print(f"{made.database}: {made.cases} cases; read back and found whole. Note elsewhere: line {made.lines} of the trail, {made.last}")
    print(f"{made.vault}: half of every key. Keep it apart; it replaced the one before.")
    for one in overdue:
        print(f"Older than 30 days: the copy of the vault in {one.place}. Make the next one there, or destroy it (safe backup --gone PLACE).")


def warn(what: str, where: Path) -> None:
    """Say so where something lies in a folder that a service copies to other computers."""
    from safe_lib.store.folders import copying_service

    if service := copying_service(where):
        print(f"{where.name}: {what} lies in a folder that {service} copies to other computers, where nobody can erase it for sure.\n"
              "  Move it to a folder that stays on this machine.", file=sys.stderr)


def _new_key(desk: Desk, folder: Path, as_json: bool) -> None:
    from safe_lib import casework, copies
    from safe_lib.store.passphrase import write_passphrase

    casework.require_right(desk, "team.copies_key")  # before a folder is made
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = [folder / f"share-{number}.txt" for number in (1, 2, 3)]
    if any(file.exists() for file in files):
        raise WrongUse(f"{folder}: there are shares already.\n  Choose another folder.")
    for file, words in zip(files, copies.new_key(desk), strict=True):
        write_passphrase(file, words)
    if as_json:
        say_json({"shares": [str(file) for file in files], "needed": 2})
        return
    print(f"Three shares stand in {folder}, a line of words each; any two open the safety copies, one says nothing.")
    print("Write each on paper for one of three people, then delete the files. Copies made before open with what opened them then.")


def _drill(desk: Desk, passphrase_file: Path | None, share_files: list[Path], as_json: bool) -> None:
    from safe_lib import copies
    from safe_lib.store.passphrase import read_passphrase

    store = desk.open_store()
    named = None if store.training else store.me.user
    came = copies.try_restore(desk, read_passphrase(passphrase_file, prompt="Passphrase, once more: "), named, _shares(share_files))
    if as_json:
        say_json({"cases": came.cases, "rows": came.rows, "seconds": round(came.seconds, 2), "differences": list(came.differences)})
    elif not came.differences:
        print(f"Brought back in {came.seconds:.1f} s and the same: {came.cases} cases that you can open, {came.rows} rows.")
    if came.differences:
        raise StoreError(f"backup: what was brought back differs in {', '.join(came.differences)}.\n"
                         "  Try again while nobody works in the store; if it stays, tell who looks after the program.")


def _places(desk: Desk, as_json: bool) -> None:
    from safe_lib import copies

    found, now = copies.copies(desk), desk.now()
    if as_json:
        say_json([{"place": one.place, "number": one.number, "by": one.by, "at": one.at.isoformat(), "erased_since": one.erased_since,
                   "overdue": one.is_overdue(now)} for one in found])
        return
    for one in found:
        late = "  overdue" if one.is_overdue(now) else ""
        print(f"{one.at.astimezone().strftime('%Y-%m-%d %H:%M')}  {one.number or '':>5}  erased since: {one.erased_since}{late}  {one.place}")
    if not found:
        print("There are no safety copies yet. Make one: safe backup --to FOLDER.")


def _gone(desk: Desk, place: str) -> None:
    from safe_lib import copies

    named = str(Path(place).absolute())
    if not copies.forget(desk, named):
        raise WrongUse("backup: no copies are known in this place.\n  See: safe backup --places.")
    print(f"{named}: not counted any more.")


def _shares(files: list[Path]) -> tuple[str, ...]:
    from safe_lib.store.passphrase import read_passphrase

    return tuple(read_passphrase(file) for file in files)

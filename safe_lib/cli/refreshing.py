"""`safe refresh`: figures fetched again from their publishers, checked, and only then in place of the old ones."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from safe_lib.cli.options import AsJson
from safe_lib.cli.printing import progress, say, say_json
from safe_lib.model.errors import CatalogueError, WrongUse

if TYPE_CHECKING:
    from safe_lib.model.document import Block
    from safe_lib.sources.feeds import Described
    from safe_lib.sources.refresh import Result
    from safe_lib.sources.review import Change

A_DATA_FILE: Final = CatalogueError.exit_code
KEYS: Final = "refresh_keys.yaml"  # in the data folder
STATES: Final = {"replaced": "new edition", "same": "as before", "failed": "FAILED"}

Source = Annotated[str | None, typer.Argument(metavar="SOURCE", help="A service such as unhcr, or a dataset such as wb_wdi; else all that are here.")]
Server = Annotated[str | None, typer.Option("--from", metavar="URL", help="A server that plays the publisher, instead of the publisher's own.")]
OwnFile = Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Read in a CSV file of your own instead of asking anybody.")]
KeyFile = Annotated[Path | None, typer.Option("--keys", metavar="FILE", help="Tokens and a contact address (mode 600); else the one in your data folder.")]
Into = Annotated[Path | None, typer.Option("--into", metavar="FOLDER", help="Another country_info folder.")]


def refresh(
    source: Source = None,
    server: Server = None,
    file: OwnFile = None,
    year: Annotated[int | None, typer.Option("--year", min=1990, max=2100, help="With --file: the year of its values, where it has no such column.")] = None,
    edition: Annotated[str, typer.Option("--edition", metavar="TEXT", help="With --file: what the publisher calls this edition.")] = "",
    keys: KeyFile = None,
    into: Into = None,
    accept: Annotated[bool, typer.Option("--accept", help="Take an edition whose changes are unlikely: you have looked at them.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="The sources, and when each was last retrieved.")] = False,
    as_json: AsJson = False,
) -> None:
    """Figures about countries fetched again from their publishers; the old ones stay until the new are checked.

    Only codes of countries and indicators are sent out. What was broken off goes on where it stopped.
    """
    folder = _folder(into)
    if listing:
        _list(folder, as_json)
        return
    if file is None and (year is not None or edition):
        raise WrongUse("safe refresh: --year and --edition belong to --file.\n  Leave them out, or name the file.")
    results = _from_file(folder, source, file, year, edition, accept) if file else _from_publishers(folder, source, server, keys, accept)
    say_json({"sources": [_as_data(result) for result in results]}) if as_json else say(_blocks(results))
    if any(result.state == "failed" for result in results):
        raise typer.Exit(A_DATA_FILE)


def _folder(into: Path | None) -> Path:
    from safe_lib.catalogue import paths

    folder = (into or paths.COUNTRY_INFO) / "_datasets"
    if not (folder / "indicators.yaml").is_file():
        raise WrongUse("--into: there are no datasets in this folder.\n  Name a country_info folder.")
    return folder


def _from_publishers(folder: Path, source: str | None, server: str | None, keys: Path | None, accept: bool) -> tuple[Result, ...]:
    from safe_lib.sources.keys import read_keys
    from safe_lib.sources.reader import origin_of
    from safe_lib.sources.refresh import Errand, steps_of
    from safe_lib.sources.refresh import refresh as run
    from safe_lib.sources.world_bank import SERVICE
    from safe_lib.store.folders import data_folder

    origin_of(SERVICE, server)  # an address that cannot be meant is wrong use, before anything is read
    if keys is not None and not keys.exists():
        raise WrongUse("--keys: there is no such file.\n  Name the key file, or leave the option out.")
    errand = Errand(folder, server, read_keys(keys or data_folder() / KEYS), accept)
    with progress("Figures", steps_of(errand, source)) as step:
        return run(replace(errand, step=step), source)


def _from_file(folder: Path, source: str | None, file: Path, year: int | None, edition: str, accept: bool) -> tuple[Result, ...]:
    from safe_lib.model.errors import SourceError
    from safe_lib.sources.own_file import read_in
    from safe_lib.sources.refresh import Errand, Result

    if source is None:
        raise WrongUse("safe refresh: nothing says which dataset the file belongs to.\n  Write it first: safe refresh equaldex_copy --file FILE")
    try:
        return (read_in(Errand(folder, accept=accept), source, file, year=year, edition=edition),)
    except SourceError as problem:
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        return (Result(source, "file", "failed", problem=f"{place}: {problem.problem}", repair=problem.repair),)


# What is shown


def _as_data(result: Result) -> dict[str, Any]:
    return {**asdict(result), "changes": [asdict(change) for change in result.changes], "left_out": list(result.left_out)}


def _blocks(results: tuple[Result, ...]) -> tuple[Block, ...]:
    from safe_lib.model.document import Bullets, Heading, Text

    blocks: list[Block] = []
    for result in results:
        blocks.append(Heading(f"{result.dataset}: {STATES[result.state]}", 3))
        if result.state == "failed":
            blocks += [Text(result.problem), Text(result.repair, "quiet")]
            continue
        blocks.append(Text(f"{result.values:,} values of {result.countries} countries{f', edition {result.edition}' if result.edition else ''}."))
        if result.changes:
            blocks.append(Bullets(tuple(_change(change) for change in result.changes)))
        if result.left_out:
            blocks.append(Text(f"Left out, no countries here: {_listed(result.left_out)}", "quiet"))
    return tuple(blocks) or (Text("Nothing here has a service to ask."),)


def _change(change: Change) -> str:
    counts = ", ".join(f"{number:,} {word}" for number, word in ((change.added, "new"), (change.removed, "gone"), (change.changed, "changed")) if number)
    was = "" if change.newest_before in (None, change.newest) else f" (was {change.newest_before})"
    lost = f"; without data now: {_listed(change.lost)}" if change.lost else ""
    return f"{change.indicator}: {counts}; {change.countries} countries (were {change.countries_before}), to {change.newest}{was}{lost}"


def _listed(codes: tuple[str, ...]) -> str:
    from safe_lib.sources.service import listed

    return listed(codes)


def _list(folder: Path, as_json: bool) -> None:
    from safe_lib.catalogue.figures import switched_off
    from safe_lib.model.document import Table, Text
    from safe_lib.sources.feeds import described

    off = switched_off(folder)
    rows = [_row(one, one.id in off) for one in described(folder)]
    if as_json:
        say_json({"sources": rows})
        return
    words = tuple((row["dataset"], row["publisher"], row["edition"] or "–", row["retrieved"] or "never", row["fetched_by"], row["terms"],
                   "off" if row["off"] else "") for row in rows)
    say((Table("", ("Dataset", "Publisher", "Edition", "Retrieved", "Fetched by", "Terms", ""), words),
         Text("Datasets never retrieved are fetched only when named. Switch one off in switched_off.yaml.", "quiet")))


def _row(one: Described, is_off: bool) -> dict[str, Any]:
    about = one.about
    by_hand = "file" if about.get("file", "data.csv.gz") == "data.csv.gz" else "new version of the program"
    return {"dataset": one.id, "fetched_by": one.feed.service if one.feed else by_hand, "publisher": str(about["publisher"]), "terms": str(about["terms"]),
            "edition": _here(one, "edition"), "retrieved": _here(one, "retrieved"), "off": is_off}


def _here(one: Described, key: str) -> str | None:
    """What the description in the folder says; a dataset that was never fetched has none."""
    return str(one.here[key]) if one.here.get(key) else None

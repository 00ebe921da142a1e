"""`safe demo`: a store with invented persons, for training, trying out and tests."""

from __future__ import annotations

from typing import Annotated

import typer

from safe_lib.cli.options import AsJson, Day, StorePath, day_of
from safe_lib.cli.printing import progress, say_json


def demo(
    store: StorePath = None,
    cases: Annotated[int, typer.Option("--cases", min=1, max=20_000, help="How many invented persons.")] = 12,
    seed: Annotated[int, typer.Option("--seed", help="The same number gives the same persons.")] = 1,
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """A new store with invented persons from Exampleland, each with an identification and a return assessment.

    Its passphrase is written beside it, into a file that only you may read.
    """
    from datetime import date

    from safe_lib.runtime.demo import make_demo
    from safe_lib.store.folders import training_store

    path = store or training_store()
    with progress("Invented persons", cases) as step:
        made = make_demo(path, cases=cases, seed=seed, today=day_of(day) or date.today(), step=step)
    if as_json:
        say_json({"store": str(made.store), "passphrase_file": str(made.passphrase_file), "cases": list(made.cases)})
        return
    print(f"{len(made.cases)} invented persons, {made.cases[0]} to {made.cases[-1]}, in {made.store}")
    print(f"The passphrase stands in {made.passphrase_file}")
    print(f"Next: safe assess --case {made.cases[0]} safe_return --store {made.store} --passphrase-file {made.passphrase_file}")

"""`safe serve`, `safe lab`, `safe test` and `safe bench`: what runs for a while."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from safe_lib.cli.options import AsJson, Language, PassphraseFile, StorePath, existing_store, language_of, worker
from safe_lib.cli.printing import progress, say, say_json
from safe_lib.cli.safekeeping import warn
from safe_lib.model.errors import WrongUse


def serve(
    store: StorePath = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port on this machine.")] = 8866,
    new: Annotated[bool, typer.Option("--new", help="A new store for real work, whose first person is made on the first page.")] = False,
    host: Annotated[str, typer.Option("--host", help="Another address than this machine alone; it needs a certificate.")] = "127.0.0.1",
    certificate: Annotated[Path | None, typer.Option("--certificate", metavar="FILE", help="For TLS: the certificate, with those above it.")] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="For TLS: its key, in a file only you may read.")] = None,
    behind_hub: Annotated[bool, typer.Option("--behind-hub", help="JupyterHub starts it and says where (see `safe hub`).")] = False,
) -> None:
    """The pages, on this machine only: http://127.0.0.1:8866/. With no store yet, a training store is made."""
    from safe_lib.runtime.door import serve as run
    from safe_lib.runtime.place import Place

    place = _place_of_hub(certificate, key) if behind_hub else Place(host, port, certificate, key)
    place.require_safe()
    if behind_hub and new:
        raise WrongUse("safe serve --behind-hub: the first person of a store is made on its own machine.\n  Run safe serve --new there first.")
    path = _new_store(store) if new else existing_store(store) if store is not None or behind_hub else _store_or_training()
    warn("the store", path)
    run(path, place)


def _place_of_hub(certificate: Path | None, key: Path | None) -> Any:
    from safe_lib.runtime.behind import hub_here
    from safe_lib.runtime.place import Place

    hub = hub_here()
    return Place(hub.host, hub.port, certificate, key, hub)


def hub() -> None:
    """The configuration for JupyterHub, with which it starts this server for each person: prints where it stands."""
    from safe_lib.catalogue import paths

    print(paths.TEMPLATES / "hub" / "jupyterhub_config.py")


def _new_store(store: Path | None) -> Path:
    from safe_lib.model.errors import StoreError
    from safe_lib.store.folders import default_store

    path = store or default_store()
    if path.exists():
        raise StoreError(f"{path}: there is a file already.\n  Leave --new away to open it, or name another place with --store PATH.")
    return path


def _store_or_training() -> Path:
    from safe_lib.store.folders import default_store, passphrase_of

    if default_store().is_file():
        return default_store()
    path = training()
    print(f"Training store with invented persons: {path}")
    print("Sign in with any user name and this passphrase (invented persons only, so it may be shown):")
    print(f"  {passphrase_of(path).read_text(encoding='utf-8').strip()}", flush=True)
    return path


def training() -> Path:
    """The training store, made where there is none yet."""
    from safe_lib.runtime.demo import DEMO_CASES, training_store_made

    with progress("Invented persons", DEMO_CASES) as step:
        return training_store_made(step)


def lab(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port on this machine.")] = 8888,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """JupyterLab on the workbooks, with the training store: invented persons only."""
    from safe_lib.runtime.lab import lab as run

    raise typer.Exit(run(training(), port, browser=browser))


def test(context: typer.Context) -> None:
    """Every test: unit, scenarios, notebooks and browser. What stands behind the command goes to pytest."""
    from safe_lib.runtime.tests import run_tests

    raise typer.Exit(run_tests(context.args))


def bench(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="pages, batch, resume, kernels, engine, reassess, audit, soak, survey, findings or validity.")],
    outcomes: Annotated[Path | None, typer.Option("--outcomes", metavar="FILE", help="With validity: a CSV file iso3,outcome,value,year,source.")] = None,
    cases: Annotated[int | None, typer.Option("--cases", min=1, max=20_000, help="Invented persons; reassess, findings 300, batch 100, resume 500.")] = None,
    rounds: Annotated[int | None, typer.Option("--rounds", min=1, max=100, help="How often each side has its turn, with pages (7) and kernels (9).")] = None,
    visitors: Annotated[int | None, typer.Option("--visitors", min=1, max=500, help="How many at once, with pages and kernels (12) and soak (50).")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="With pages and kernels: also write the figures there, as JSON.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", min=0.1, max=600, help="How long, with soak (20).")] = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """The suite and the stock tools side by side in one run; ratios first. With validity: figures beside outcomes.

    With reassess or findings and a store: that store is looked through.
    """
    if kind == "validity":
        _validity(outcomes, language_of(language), as_json)
        return
    if outcomes is not None:
        raise WrongUse("safe bench: --outcomes belongs to `safe bench validity`.\n  Leave it out.")
    from safe_lib.runtime.bench import main as run

    more: dict[str, dict[str, Any]] = {
        "reassess": {"cases": cases or 300, "store": store, "passphrase_file": passphrase_file},
        "findings": {"cases": cases or 300, "store": store, "passphrase_file": passphrase_file}, "batch": {"cases": cases or 100},
        "resume": {"cases": cases or 500}, "soak": {"visitors": visitors or 50, "minutes": minutes or 20.0},
        "pages": {"rounds": rounds or 7, "visitors": visitors or 12, "out": out}, "kernels": {"rounds": rounds or 9, "visitors": visitors or 12, "out": out}}
    raise typer.Exit(run(kind, as_json, **more.get(kind, {})))


def _validity(outcomes: Path | None, language: str, as_json: bool) -> None:
    """Topic positions beside outcomes: about the figures, for those who judge them."""
    from datetime import date

    from safe_lib.casework import Desk
    from safe_lib.catalogue import load_texts
    from safe_lib.engine.validity import as_data
    from safe_lib.validity import credits_of_figures, figures_beside_outcomes
    from safe_lib.widgets.validity_views import validity_blocks

    found = figures_beside_outcomes(Desk(None, worker(), language, date.today()), outcomes)
    say_json(as_data(found)) if as_json else say(validity_blocks(found, load_texts(language), credits_of_figures()))

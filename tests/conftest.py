"""What tests share: a desk with a temporary encrypted store, invented persons, fixed days."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from databases import BOTH, leave_out_files, stores_in
from small_datasets import make_small_datasets
from xdist.scheduler import LoadScopeScheduling

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.store import CHEAP, Store

TODAY = date(2026, 11, 21)
PHRASE = "invented words for tests only here"
LAST = "/browser/test_shared_computer.py"
SECOND_HALF = "test_k"  # the first name of the second half of the browser tests


def pytest_configure(config: pytest.Config) -> None:
    """Without a Chromium the browser tests cannot run; in CI that is a failure, elsewhere a sentence with the remedy."""
    if os.environ.get("CI") == "true" and not chromium():
        raise pytest.UsageError("No Chromium was found, so the browser tests cannot run. Install the package chromium.")


def chromium() -> str | None:
    """The Chromium of this machine."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def light_chromium() -> str | None:
    """The same browser without its windows where the system has it: a third less for the processor to do."""
    return shutil.which("chromium-headless-shell") or chromium()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests come first, but for the longest file of them; where there is no Chromium they are reported as not run, with the remedy."""
    leave_out_files(config, items)
    items.sort(key=lambda item: 2 if LAST in item.nodeid else item.get_closest_marker("browser") is None)
    for item in items if not chromium() else ():
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="not run: no Chromium here; `apt-get install chromium` and run again"))


class ThreeProcesses(LoadScopeScheduling):
    """Browser tests stay together in two processes, which often wait; other tests stay with their file, whose fixtures are dear.

    The longest file of browser tests is for whichever process is done first.
    """

    def _split_scope(self, nodeid: str) -> str:
        """What is run by the same process."""
        file = nodeid.partition("::")[0]
        if "/browser/" not in file or LAST in file:
            return file
        return "browser, first half" if file.rpartition("/")[2] < SECOND_HALF else "browser, second half"


@pytest.hookimpl(optionalhook=True)  # without xdist everything runs in one process
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ThreeProcesses | None:
    """How the whole suite is shared out (`safe test`)."""
    return ThreeProcesses(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the stores of a test are: once in a file, once on a server."""
    with stores_in(request.param):
        yield request.param


@pytest.fixture(scope="module", params=BOTH)
def database_of_module(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same for stores that all tests of a module share."""
    with stores_in(request.param):
        yield request.param


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with an empty training store, on a fixed day."""
    with Store.create(tmp_path / "cases.safe", PHRASE, training=True, cost=CHEAP) as store:
        yield Desk(store, "noor", "en", TODAY, now=lambda: datetime(2026, 11, 21, 12, 0, tzinfo=UTC))


@pytest.fixture
def case(desk: Desk) -> str:
    """A case with some answers to identification and to return safety, and two futures."""
    ref = casework.open_case(desk, "Mira D.").ref
    give(desk, ref, "ilo_adult_labour", {"DR02": "present", "DR05": "present", "DR08": "present", "EX01": "present", "EX02": "present", "CD02": "unknown"})
    give(desk, ref, "safe_return", {"HS03": "cleared", "SAF-01": "present", "SAF-02": "unknown", "LIV-01": "partly"})
    casework.save_paper(desk, ref, casework.FUTURES, {"futures": [
        {"kind": "stay", "order": 1, "country": "", "subdivision": "", "words": "I want to stay until my case is finished."},
        {"kind": "home_region", "order": 2, "country": "XAA", "subdivision": "", "words": "Not my uncle's house."}]})
    return ref


def give(desk: Desk, ref: str, instrument: str, answers: dict[str, str], scenario: str = "") -> None:
    """Record some answers."""
    asked = casework.instrument_for(desk, instrument)
    for item, code in answers.items():
        casework.record(desk, ref, asked, Said(item, code, seen=None), scenario)


@pytest.fixture(scope="session")
def small_datasets_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country_info folder with a few datasets; only to be copied."""
    return make_small_datasets(tmp_path_factory.mktemp("small") / "country_info")


@pytest.fixture
def small_datasets(small_datasets_made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return shutil.copytree(small_datasets_made, tmp_path / "country_info")

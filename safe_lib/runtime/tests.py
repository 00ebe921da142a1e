"""Every test in one run with one closing line: unit, scenarios, notebooks (nbval) and browser."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue.paths import PACKAGE
from safe_lib.model.errors import WrongUse

CHECKOUT: Final = PACKAGE.parent
CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY: Final = "Install one: apt-get install chromium (Debian, Ubuntu), or: python -m playwright install chromium"
FAILED: Final = 1  # pytest's own code for failed tests


def run_tests(arguments: Sequence[str] = ()) -> int:
    """Run pytest on `tests` and, cell by cell, on `workbooks`; its exit code.

    Args:
        arguments: for pytest. If they name files or tests, only those are run.

    Raises:
        WrongUse: there are no tests here (an installed program), or pytest is missing.
    """
    if not (CHECKOUT / "tests").is_dir():
        raise WrongUse("safe test: an installed program carries no tests.\n  Run it in a checkout of the project.")
    if importlib.util.find_spec("pytest") is None:
        raise WrongUse("safe test: pytest is not installed.\n  Run: python3 -m safe_lib test, which sets everything up.")
    import pytest

    everything = os.environ.get("CI", "").lower() == "true"
    browser = Browser(found=chromium() is not None, needed=everything)
    told = ("--durations=40", "--durations-min=4") if everything else ()
    return int(pytest.main([*(_side_by_side(arguments) if browser.found else ()), *told, *_chosen(arguments), *arguments], plugins=[browser]))


def _chosen(arguments: Sequence[str]) -> list[str]:
    """Everything, unless somebody named what to run. The notebooks in `tests` are material of tests, not tests."""
    named = any(not word.startswith("-") and Path(word.partition("::")[0]).exists() for word in arguments)
    options = ["-c", str(CHECKOUT / "pyproject.toml"), "--nbval-lax", f"--ignore-glob={CHECKOUT / 'tests' / 'notebooks'}/*"]
    return options if named else [*options, str(CHECKOUT / "tests"), str(CHECKOUT / "workbooks")]


def _side_by_side(arguments: Sequence[str]) -> tuple[str, ...]:
    """Where everything runs on two cores or more: two processes for the browser tests, which often wait, and one for the others, a file at a time."""
    alone = any(Path(word.partition("::")[0]).exists() or word in ("--collect-only", "--co", "--pdb") or word.startswith("-n") for word in arguments)
    return () if alone or (os.cpu_count() or 1) < 2 else ("-n", "3", "--dist", "loadscope", "--no-loadscope-reorder")


def chromium() -> Path | None:
    """A Chromium of the system, or the one that Playwright keeps for this user; None where there is none."""
    for name in CHROMIUMS:
        if found := shutil.which(name):
            return Path(found)
    kept = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return next(iter(sorted(kept.glob("chromium-*/chrome-linux*/chrome"), reverse=True)), None)


class Browser:
    """A pytest plugin: without a Chromium the browser tests are told as not run; where `CI` is true that is a failure."""

    def __init__(self, *, found: bool, needed: bool) -> None:
        """Say whether there is a Chromium, and whether there has to be one."""
        self.found, self.needed, self.left_out = found, needed, 0

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Skip what needs a Chromium that is not there."""
        import pytest

        for item in items if not self.found else ():
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium"))
                self.left_out += 1

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was not run, and the remedy."""
        if self.left_out:
            terminalreporter.write_line(f"Browser tests: {self.left_out} not run, because there is no Chromium. {REMEDY}")

    def pytest_sessionfinish(self, session: Any, exitstatus: int) -> None:
        """What was not run has not passed, where it has to."""
        if self.left_out and self.needed and exitstatus == 0:
            session.exitstatus = FAILED

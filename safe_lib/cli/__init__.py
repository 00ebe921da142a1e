"""The `safe` command: a thin door. Each command reads what was asked, calls one function, and prints what came of it."""

from safe_lib.cli.app import main, run

__all__ = ["main", "run"]

"""The `safe` command: thin doors to `casework`, the catalogue, reports and the server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

HELP = Path(__file__).with_name("help.txt")  # what `safe --help` prints, kept so that it is there at once; a test holds it to the commands


def main() -> NoReturn:
    """Run one command."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        print(HELP.read_text(encoding="utf-8"), end="")
        sys.exit(0)
    from safe_lib.cli.app import main as run

    run()

"""The `safe` command: thin doors to `casework`, the catalogue, reports and the server."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import NoReturn

HELP = Path(__file__).with_name("help.txt")  # what `safe --help` prints, kept so that it is there at once; a test holds it to the commands


def main() -> NoReturn:
    """Run one command."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        print(HELP.read_text(encoding="utf-8"), end="")
        sys.exit(0)
    if sys.argv[1:2] == ["serve"]:
        from safe_lib.runtime.clean_memory import begin_again

        begin_again("serve")  # before anything large is loaded, which would otherwise be loaded twice
        gc.disable()  # nothing that is loaded now goes away again: looking for it would be a fifth of the start; `listen` turns it on
    from safe_lib.cli.app import main as run

    run()

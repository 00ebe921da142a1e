"""The `safe` command: thin doors to `casework`, the catalogue, reports and the server."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import typer

HELP = Path(__file__).with_name("help.txt")  # what `safe --help` prints, kept so that it is there at once; a test holds it to the commands


def main() -> NoReturn:
    """Run one command."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        print(HELP.read_text(encoding="utf-8"), end="")
        sys.exit(0)
    app = _only_serve() if sys.argv[1:2] == ["serve"] else _all()
    from safe_lib.cli.around import end

    end(app)


def _only_serve() -> typer.Typer:
    """The command that starts the server, alone: reading what forty others take would be a quarter of the time until it listens."""
    from safe_lib.runtime.clean_memory import begin_again

    begin_again("serve")  # before anything large is loaded, which would otherwise be loaded twice
    gc.disable()  # nothing that is loaded now goes away again: looking for it would be a fifth of the start; the whole server turns it on
    from safe_lib.cli.around import new_app
    from safe_lib.cli.running import serve

    app = new_app()
    app.command("serve")(serve)
    return app


def _all() -> typer.Typer:
    from safe_lib.cli.app import app

    return app

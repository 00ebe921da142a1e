"""What surrounds every command, and how a problem ends: one paragraph with place, problem and repair, and its exit code."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
import typer.main

from safe_lib.cli.printing import printable
from safe_lib.model.errors import SafeError
from safe_lib.version import __version__

DEBUG: Final = "--debug"
INSIDE: Final = 1  # exit code of a fault of the program itself
WRONG_USE: Final = 2

_REWORDED: Final = (  # what the parser says, without what was typed
    (re.compile(r"Got unexpected extra argument.*"), "There are more words than this command takes"),
    (re.compile(r"No such command '[^']*'\.?"), "There is no such command."),
    (re.compile(r"Value error, "), ""),
    (re.compile(r"'[^']*' is not one of"), "it is not one of"),
    (re.compile(r"Input should be"), "it should be"),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"safe {__version__}")
        raise typer.Exit


def safe(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="The version, and nothing else.")] = False,
    debug: Annotated[bool, typer.Option(DEBUG, help="Anywhere on the line: show where in the program a problem arose.")] = False,
) -> None:
    """SAFE Workbooks: recognise people who may have been trafficked, and prepare a return, a relocation or a stay."""


def new_app() -> typer.Typer:
    """The `safe` command without any command of its own."""
    app = typer.Typer(
        name="safe", add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Exit codes: 0 done, 2 wrong use, 10 a data file, 20 the store, 21 wrong passphrase, 30 not permitted, 40 a report.")
    app.callback()(safe)
    return app


def end(app: typer.Typer) -> NoReturn:
    """The `safe` command itself, with the words it was given."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter is no reason to stop
    sys.exit(run_one(app, sys.argv[1:]))


def run_one(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Problems are told on standard error."""
    own, others = _split(arguments)
    debug = DEBUG in own
    try:
        code = _command(app)(args=[*(word for word in own if word != DEBUG), *others], prog_name="safe", standalone_mode=False)
        sys.stdout.flush()
    except Exception as problem:
        return _told(problem, debug)
    return code if isinstance(code, int) else 0


@cache
def _command(app: typer.Typer) -> Callable[..., Any]:
    """Every command with its words, put together once: that takes a quarter of a second."""
    return typer.main.get_command(app)


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words for us, and those after `--`, which are for somebody else."""
    words = list(arguments)
    end = words.index("--") if "--" in words else len(words)
    return words[:end], words[end:]


def _told(problem: Exception, debug: bool) -> int:
    if isinstance(problem, BrokenPipeError):  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INSIDE
    if debug:
        traceback.print_exception(problem)
    message, code = _message(problem)
    print(printable(message), file=sys.stderr)
    return code


def _message(problem: Exception) -> tuple[str, int]:
    match problem:
        case SafeError():
            return str(problem), problem.exit_code
        case typer.TyperException():
            return _misused(problem), WRONG_USE
        case typer.Abort():
            return "safe: stopped.", WRONG_USE
        case OSError():
            place = Path(str(problem.filename)).name if problem.filename else "a file"
            return f"{place}: it cannot be read or written ({problem.strerror}).\n  Check the name, the rights and the room on the disk.", WRONG_USE
    return (f"safe: something went wrong inside the program ({type(problem).__name__} in {_where(problem)}).\n"
            f"  What was saved stays saved. Run the same command with {DEBUG}, and tell who looks after the program."), INSIDE


def _where(problem: Exception) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _misused(problem: typer.TyperException) -> str:
    """What is wrong with the command line, without repeating what was typed: it may be a passphrase or a name."""
    context = getattr(problem, "ctx", None)
    place = context.command_path if context is not None else "safe"
    message = " ".join(problem.format_message().split())
    for pattern, words in _REWORDED:
        message = pattern.sub(words, message)
    end = "" if message.endswith("?") else "."
    return f"{place}: {message[0].lower()}{message[1:].rstrip('.')}{end}\n  See `{place} --help`."

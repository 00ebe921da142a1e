"""Runs a notebook in a forked child: nothing of it stays in this process, and nothing it does can end it."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError


def run_forked(nb_man: Any, run: Callable[[Any], Any]) -> None:
    """Run a notebook in a child of this process and take over what came of it.

    Args:
        nb_man: papermill's manager of the notebook; afterwards it holds the notebook that was run.
        run: runs the notebook of a manager, in the child.

    Raises:
        DeadKernelError: the child ended before the notebook did.
        CellTimeoutError: a cell took longer than it may.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _in_child(nb_man, run, writing)
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="utf-8") as said:
            told = said.read()
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.waitpid(child, 0)
    _take_over(nb_man, json.loads(told) if told else {})


def _in_child(nb_man: Any, run: Callable[[Any], Any], writing: int) -> NoReturn:
    signal.signal(signal.SIGALRM, lambda *_: _tell(nb_man, writing, too_long=True))
    try:
        _begin_anew()
        run(nb_man)
        _tell(nb_man, writing)
    except BaseException:  # the parent tells of a kernel that died; what is seen here is for who debugs
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(1)


def _tell(nb_man: Any, writing: int, *, too_long: bool = False) -> NoReturn:
    """Send the notebook as it is now, and end."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    with os.fdopen(writing, "w", encoding="utf-8") as line:
        json.dump({"notebook": nbformat.writes(nb_man.nb), "too_long": too_long}, line)
    os._exit(0)


def _begin_anew() -> None:
    """What a fork does not do by itself: other random numbers, and signals that mean what they say."""
    for name in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(name, signal.SIG_DFL)
    random.seed()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()


def _take_over(nb_man: Any, told: dict[str, Any]) -> None:
    if "notebook" not in told:
        raise DeadKernelError("Kernel died")
    nb_man.nb = nbformat.reads(told["notebook"], as_version=4)
    if told["too_long"]:
        raise CellTimeoutError("A cell took longer than it may; the notebook was stopped there.")

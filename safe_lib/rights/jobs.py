"""What a run of a workbook is about: known in this process under a number by chance, which is all that papermill is told.

So neither the parameters nor the metadata of a run, nor what papermill says of it in a log or an error, name a case (SEC-52).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

PARAMETERS: Final = "injected-parameters"  # the tag of the cell that papermill puts into a notebook

_JOBS: Final[dict[str, Job]] = {}


@dataclass(frozen=True, slots=True)
class Job:
    """One run: which case, on which day, in which language, for which reader."""

    ref: str
    on: date
    language: str
    profile: str
    about: str = ""  # whose week it is, where the workbook is about no case


@contextmanager
def job(said: Job) -> Iterator[str]:
    """The number of a run, known as long as the run lasts."""
    number = f"job-{secrets.token_hex(8)}"
    _JOBS[number] = said
    try:
        yield number
    finally:
        del _JOBS[number]


def job_here(number: str | None) -> Job | None:
    """What a run is about, in the process that began it; None for anything else, such as the reference of a case."""
    return _JOBS.get(number or "")

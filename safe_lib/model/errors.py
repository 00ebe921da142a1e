"""The family of errors.

SafeError
├── WrongUse                  a command or a call that cannot be meant        exit 2
├── CatalogueError            a data file                                     exit 10
│   ├── InstrumentError · CountryInfoError · LocaleError · AnswersError · SourceError
│   ├── ChangeRefused · EntryChanged (model/change.py)
├── StoreError                the case database                               exit 20
│   ├── WrongKey                                                              exit 21
│   ├── CaseNotFound · CaseChanged · StoreBusy
├── NotPermitted              the person, the purpose or the consent          exit 30
│   └── ReasonNeeded          allowed with a reason, which is kept
└── ReportError               a document could not be made                    exit 40

A message is one paragraph: place, problem, repair. It never holds an answer, a name or a passphrase.
"""

from __future__ import annotations

from collections.abc import Sequence


class SafeError(Exception):
    """Something went wrong that a person can repair; the message says how."""

    exit_code = 1


class WrongUse(SafeError):
    """A command or a call that cannot be meant."""

    exit_code = 2


class CatalogueError(SafeError):
    """A file in the catalogue cannot be used as it is written."""

    exit_code = 10

    where: tuple[str | int, ...] = ()  # keys and numbers that lead to the value, where they are known

    def __init__(self, file: str, line: int, problem: str, *, repair: str) -> None:
        """Say where (`file`, 1-based `line`; 0 for the whole file), what, and how to mend it."""
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {problem}\n  {repair}")
        self.file, self.line, self.problem, self.repair = file, line, problem, repair


class InstrumentError(CatalogueError):
    """An instrument, or answers to it, cannot be used as written."""


class CountryInfoError(CatalogueError):
    """A country file cannot be used as written."""


class LocaleError(CatalogueError):
    """A translation cannot be used as written."""


class AnswersError(CatalogueError):
    """A file of answers cannot be used as written."""


class SourceError(CatalogueError):
    """What a publisher answered, or a file of figures, cannot be used; the figures that were here stay."""


class Problems(CatalogueError):
    """Several problems of the catalogue, told together so that they can be mended together."""

    def __init__(self, problems: Sequence[CatalogueError]) -> None:
        """Hold every problem in the order it was found; `problems` has at least one."""
        first = problems[0]
        super().__init__(first.file, first.line, first.problem, repair=first.repair)
        self.problems = tuple(problems)
        self.args = ("\n".join(str(problem) for problem in problems),)


class StoreError(SafeError):
    """The case database cannot do what was asked."""

    exit_code = 20


class WrongKey(StoreError):
    """The passphrase does not open this store."""

    exit_code = 21


class CaseNotFound(StoreError):
    """No case with this reference may be seen by this person."""


class CaseChanged(StoreError):
    """Somebody else changed the same answer meanwhile; both versions are kept."""


class StoreBusy(StoreError):
    """Another program holds the store."""


class NotPermitted(SafeError):
    """The person, the purpose or the consent does not allow this."""

    exit_code = 30


class ModuleFirst(NotPermitted):
    """The team settled that real cases open only after the course. `key` is `never`, or `ended` where the time for a refresher is over."""

    def __init__(self, key: str) -> None:
        super().__init__(_MODULE_FIRST[key])
        self.key = key


_MODULE_FIRST = {
    "never": "real cases: your team settled that they open once the course is passed.\n  Follow it on the page Training (safe training says how far you are).",
    "ended": "real cases: a refresher of the course was due, and the time for it is over.\n  Pass the quiz again on the page Training; then they open.",
}


class ReasonNeeded(NotPermitted):
    """The record speaks against this; it can be done all the same with a reason, which is kept."""


class BasisRefused(NotPermitted):
    """Nothing allows this to leave: no consent that counts, and no other basis with its reason. `key` says which of these."""

    def __init__(self, key: str, message: str) -> None:
        """Hold the message, and the key by which a page finds it in the language of its reader."""
        super().__init__(message)
        self.key = key


class ReportError(SafeError):
    """A document could not be made."""

    exit_code = 40

"""The process on a worker's machine that makes reports: it holds the worker's key, which never leaves its memory.

The worker of the cluster starts it (`cluster_worker`) and hands sealed shares through; it opens them, makes the cases in
forked processes as a batch on one machine does, and seals what it says. No thread is ever started here: it forks.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import date
from typing import Any, BinaryIO, Final

from safe_lib import batching, release
from safe_lib.batching import Order
from safe_lib.model.errors import SafeError
from safe_lib.report.make import check_order
from safe_lib.runtime.batch import crew_of, made_by, prepare
from safe_lib.runtime.clean_memory import leave_no_dump
from safe_lib.runtime.prepared import end_with_parent
from safe_lib.runtime.shares import Share
from safe_lib.store.sealing import NotSealedSo, new_private, public_of

OTHER_FILES: Final = ("a worker has another version of the program, of its data files or of the country information.\n"
                      "  Install the same on every machine, and start the workers again.")


class Hand:
    """The worker's key, the data files as they were when it began, and what it has made ready."""

    def __init__(self) -> None:
        """A new key, in memory only."""
        self._private = new_private()
        self.public = public_of(self._private)
        self._files = batching.all_files()
        self._ready: set[tuple[Order, str, date]] = set()

    def answered(self, sealed: bytes) -> bytes:
        """The sealed answer to a sealed share; empty where it was not sealed for this process."""
        try:
            share = Share.opened(self._private, sealed)
        except (NotSealedSo, ValueError, KeyError, TypeError):
            return b""
        try:
            return share.answer(self._made(share))
        except SafeError as problem:
            return share.answer({"refused": str(problem)})

    def _made(self, share: Share) -> dict[str, Any]:
        """Make the reports of a share: what was made, which cases failed and why.

        Raises:
            SafeError: this worker can make none of them.
        """
        release.verify()
        check_order(share.order.workbook, share.order.profile, share.order.formats)
        with share.desk() as desk:
            edition = batching.edition(desk, share.order)
            if edition.hash != share.edition or not self._files == share.files == batching.all_files():
                return {"refused": OTHER_FILES}
            if (share.order, share.language, share.today) not in self._ready:
                prepare(share.order, desk)
                self._ready.add((share.order, share.language, share.today))
        crew = crew_of(share, share.order, edition)
        crew.work(share.refs, share.most, lambda: None)
        return {"made": [asdict(one) for one in made_by(crew)], "failed": [asdict(one) for one in crew.failed], "cpu": crew.cpu, "memory": crew.memory}


def main(parent: int) -> None:
    """Say the public key, then answer one share after another, each a line of hexadecimal digits, until nobody asks any more."""
    end_with_parent(parent)
    os.umask(0o077)
    leave_no_dump()
    asked, says = _lines()
    hand = Hand()
    _say(says, hand.public)
    for line in asked:
        _say(says, hand.answered(bytes.fromhex(line.decode())))


def _lines() -> tuple[BinaryIO, BinaryIO]:
    """Where questions come from and answers go; nothing else that is printed gets there."""
    asked, says = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    return asked, says


def _say(says: BinaryIO, said: bytes) -> None:
    says.write(said.hex().encode() + b"\n")
    says.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))

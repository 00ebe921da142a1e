"""A batch on several machines: a Dask cluster carries sealed shares to its workers, and the store is in PostgreSQL.

Each worker has a key of its own in its memory. This process seals to it the keys of the cases of one share and nothing
else (`shares`), until a moment after which it may no longer use them. When a worker is lost, its cases are given to another;
the database lets only one process at a time make the reports of a case, and keeps each report once under its key.

Whoever can reach a Dask scheduler can run programs on its workers. So it is reached on this machine, or by TLS with
certificates on both sides, and in no other way.
"""

from __future__ import annotations

import logging
import signal
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from time import monotonic, sleep
from typing import Any, Final
from urllib.parse import urlsplit

from safe_lib import batching
from safe_lib.batching import Edition, Order
from safe_lib.casework import Desk
from safe_lib.model.errors import SafeError, WrongUse
from safe_lib.report.make import check_order
from safe_lib.runtime.batch import LONGEST, Batch, MadeReport, there_already
from safe_lib.runtime.cluster_worker import do_share, public_key
from safe_lib.runtime.crew import LOOK, Failed
from safe_lib.runtime.shares import Share, fingerprint, read_answer
from safe_lib.store.sealing import new_private, public_of

CONNECT_WITHIN: Final = 15  # seconds
WITHOUT_WORKER: Final = 60.0  # seconds that a batch waits for a worker to come, at its beginning and after the last one was lost
TRIES: Final = 3  # a case whose worker was lost so often is set apart
MOST: Final = 8  # cases in one share: so many are made again, at most, when a worker is lost
NO_WORKER: Final = "no worker of the cluster is there.\n  Start some (dask worker ADDRESS), and run the batch again."
MARGIN: Final = 60.0  # seconds that a loan lasts beyond what a share can take


def run_on_cluster(desk: Desk, order: Order, refs: Sequence[str], *, scheduler: str, begin: Callable[[int], Callable[[], None]]) -> Batch:
    """Make the reports of many cases on the workers of a cluster; as `batch.run_batch` otherwise.

    Args:
        scheduler: address of the Dask scheduler.

    Raises:
        WrongUse, ReportError: the order cannot be meant, the store is a file, or the cluster cannot be used.
        NotPermitted: the person may not list cases.
    """
    started = monotonic()
    check_order(order.workbook, order.profile, order.formats)
    desk = replace(desk, for_list=True)
    batching.lend(desk, (), until=desk.now(), to="")  # a store in a file is refused before anything is begun
    with _client(scheduler) as client:
        made_with = batching.edition(desk, order)
        reports = there_already(desk, batching.keys_of_all(desk, order, made_with, refs))
        there = {(one.ref, one.format) for one in reports}
        todo = [ref for ref in refs if any((ref, format) not in there for format in order.formats)]
        batching.begin(desk, order, len(refs))
        sharing = Sharing(client, desk, order, made_with)
        sharing.work(todo, begin(len(todo)))
    new = [replace(one, made=(one.ref, one.format) not in there) for one in sharing.made]  # by a worker that was lost before it could say so, too
    known = {(one.ref, one.format) for one in new}
    found = Batch((*(one for one in reports if (one.ref, one.format) not in known), *new), tuple(sharing.failed), tuple(sharing.left),
                  monotonic() - started, sharing.cpu, tuple(sharing.memory), (0, 0))
    batching.end(desk, len(found.done), len(found.kept), len(found.failed))
    return found


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of the cluster, as the scheduler knows it, with its key."""

    address: str
    id: str
    threads: int
    public: bytes


@dataclass(frozen=True, slots=True)
class Out:
    """A share that a worker has."""

    worker: Worker
    refs: tuple[str, ...]
    future: Any


class Sharing:
    """Gives shares to workers, takes in what they made, and gives to others what was lost."""

    def __init__(self, client: Any, desk: Desk, order: Order, made_with: Edition) -> None:
        """Nothing is given yet."""
        self.made, self.failed, self.left, self.memory = list[MadeReport](), list[Failed](), list[str](), list[int]()
        self.cpu = 0.0  # seconds of the workers' processes
        self._client, self._desk, self._order, self._made_with = client, desk, order, made_with
        self._files = batching.all_files()
        self._private = new_private()  # answers are sealed to it
        self._waiting, self._lost = deque[str](), Counter[str]()
        self._out: dict[str, Out] = {}  # by the worker's address
        self._workers: dict[str, Worker] = {}
        self._refused: dict[str, str] = {}  # worker → why it can make none
        self._stopping = False

    def work(self, refs: Sequence[str], step: Callable[[], None]) -> None:
        """Make the reports of these cases; stopped by Ctrl-C, it lets the shares that were given end.

        Raises:
            WrongUse: there is no worker, or none that can make these reports.
        """
        self._waiting.extend(refs)
        with self._stoppable():
            seen = monotonic()
            while self._out or (self._waiting and not self._stopping):
                self._look()
                seen = monotonic() if self._workers else seen
                if not self._workers and (self._refused or monotonic() - seen > WITHOUT_WORKER):
                    break
                self._give()
                for _ in range(self._take_in()):
                    step()
        self.left = list(self._waiting)
        if self.left and not (self._stopping or self.made or self.failed):
            raise WrongUse(next(iter(self._refused.values()), NO_WORKER))

    def _look(self) -> None:
        """Who is there; what a worker had that is no longer there waits again."""
        there = self._client.scheduler_info(n_workers=-1)["workers"]
        for address, worker in list(self._workers.items()):
            if str(there.get(address, {}).get("id")) != worker.id:
                self._forget(address)
        new = [address for address in there if address not in self._workers and address not in self._refused]
        for address, public in self._publics_of(new).items():
            self._workers[address] = Worker(address, str(there[address].get("id")), max(1, int(there[address].get("nthreads", 1))), public)

    def _publics_of(self, addresses: list[str]) -> dict[str, bytes]:
        """The keys of workers, asked for at the same time; without those that have none, or were lost this moment."""
        if not addresses:
            return {}
        try:
            said = self._client.run(public_key, workers=addresses, on_error="return")
        except Exception:  # the scheduler is busy with one that was just lost; all are asked again
            return {}
        return {address: key for address, key in said.items() if isinstance(key, bytes) and key}

    def _forget(self, address: str) -> None:
        """A worker was lost; its cases wait for another, each by itself, and a case that loses worker after worker is set apart."""
        self._workers.pop(address, None)
        out = self._out.pop(address, None)
        if out is None:
            return
        out.future.cancel(force=True)
        self._lost.update(out.refs)
        for ref in reversed(out.refs):
            if self._lost[ref] >= TRIES:
                self.failed.append(Failed(ref, f"{ref}: {TRIES} workers were lost while they made it."))
            else:
                self._waiting.appendleft(ref)

    def _give(self) -> None:
        for address, worker in self._workers.items():
            if self._waiting and not self._stopping and address not in self._out:
                refs = self._next(worker)
                self._out[address] = Out(worker, refs, self._client.submit(do_share, self._sealed(worker, refs), workers=[address], pure=False, retries=0))

    def _next(self, worker: Worker) -> tuple[str, ...]:
        """The next cases for a worker: fewer towards the end, so that all end together; one that was lost before goes alone."""
        if self._lost[self._waiting[0]]:
            return (self._waiting.popleft(),)
        fair = -(-len(self._waiting) // (2 * len(self._workers)))
        found: list[str] = []
        while self._waiting and not self._lost[self._waiting[0]] and len(found) < max(1, min(MOST, 2 * worker.threads, fair)):
            found.append(self._waiting.popleft())
        return tuple(found)

    def _sealed(self, worker: Worker, refs: tuple[str, ...]) -> bytes:
        seconds = LONGEST * -(-len(refs) // worker.threads) + MARGIN
        loan = batching.lend(self._desk, refs, until=self._desk.now() + timedelta(seconds=seconds), to=fingerprint(worker.public))
        return Share(self._order, self._made_with.hash, self._files, refs, worker.threads, loan, self._desk.language, self._desk.today, self._desk.role,
                     public_of(self._private)).sealed(worker.public)

    def _take_in(self) -> int:
        """Wait a moment for a share to end; how many cases have ended."""
        from distributed import wait

        if not self._out:
            sleep(LOOK)
        with suppress(Exception):  # none has ended yet, or one was cancelled; which, is looked at below
            wait([out.future for out in self._out.values()], timeout=LOOK, return_when="FIRST_COMPLETED")
        return sum(self._take(address, out) for address, out in list(self._out.items()) if out.future.status != "pending")

    def _take(self, address: str, out: Out) -> int:
        try:
            said = read_answer(self._private, out.future.result())
        except Exception:  # the worker was lost, or began anew with another key
            before = len(self.failed)
            self._forget(address)
            return len(self.failed) - before
        del self._out[address]
        if "refused" in said:
            self._refused[address] = said["refused"]
            del self._workers[address]
            self._waiting.extendleft(reversed(out.refs))
            return 0
        self._note(said)
        return len(out.refs)

    def _note(self, said: Mapping[str, Any]) -> None:
        self.made += [MadeReport(**one) for one in said["made"]]
        self.failed += [Failed(**one) for one in said["failed"]]
        self.memory += said["memory"]
        self.cpu += said["cpu"]

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """The first Ctrl-C (or SIGTERM) gives nothing more; the second ends it at once, and workers end what they have by themselves."""
        def stop(*_: object) -> None:
            if self._stopping:
                raise KeyboardInterrupt
            self._stopping = True

        before = {name: signal.signal(name, stop) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    """A connection to the scheduler.

    Raises:
        WrongUse: it may not be used, or does not answer.
    """
    address = checked(scheduler)
    try:
        import dask
        from distributed import Client, Security
    except ImportError:
        raise WrongUse("safe batch --scheduler: this installation has no Dask.\n  Install the extra: pip install 'safe-workbooks[cluster]'.") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    encrypted = address.startswith("tls:")
    with dask.config.set({"distributed.comm.tls.min-version": 1.3}), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other versions of other packages; ours are compared by the workers
        security = Security(require_encryption=encrypted)
        if encrypted and not all((security.tls_ca_file, security.tls_client_cert, security.tls_client_key)):
            raise WrongUse("safe batch --scheduler tls://…: no certificates are settled.\n"
                           "  Say in Dask's configuration (distributed.comm.tls) which: ca-file, client.cert, client.key.")
        try:
            client = Client(address, timeout=CONNECT_WITHIN, security=security, set_as_default=False)
        except SafeError:
            raise
        except Exception:  # its words hold addresses and paths
            raise WrongUse(f"safe batch --scheduler: no scheduler answers at {address}, or it does not know this certificate.\n"
                           "  Start one (dask scheduler), and check the address.") from None
        try:
            yield client
        finally:
            client.close()


def checked(scheduler: str) -> str:
    """The address of a scheduler that may be used.

    Raises:
        WrongUse: it is no address, or others could read and write on the way.
    """
    address = scheduler if "://" in scheduler else f"tcp://{scheduler}"
    try:
        parts = urlsplit(address)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        scheme, host, port = "", "", None
    if scheme not in ("tcp", "tls") or not host or port is None:
        raise WrongUse("safe batch --scheduler: this is not the address of a scheduler.\n  Write tls://NAME:8786, or tcp://127.0.0.1:8786 on this machine.")
    if scheme == "tcp" and not _is_here(host):
        raise WrongUse(f"safe batch --scheduler: {host} is another machine, and whoever listens on the way could run programs on the workers.\n"
                       "  Start scheduler and workers with certificates, and write tls://NAME:8786.")
    return address


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

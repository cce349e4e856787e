"""Documents read by a Dask cluster, led from here.

Dask brings machines together, hands out documents and says who is there. Everything else stays where it is on
one machine: each Dask worker reads in a supervised pool of its own, this process writes the records and the
ledger. The scheduler is given each document for one named Dask worker and may not move or repeat it
(``retries=0``, ``allow_other_workers=False``). When a Dask worker is lost, this process gives its documents
to others, a second loss fails the document: it may be what ends the machines. A lost scheduler ends the run
and fails no document.
"""

from __future__ import annotations

import contextlib
import logging
import math
import queue
import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final

from goaltables.errors import ClusterUnreachable, DependencyMissing, DocumentError, UsageError
from goaltables.pipeline.batch.executor import Event, Failed, Finished, PageDone, Task
from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.batch.record_names import shown_path
from goaltables.pipeline.batch.sources.input_file import hash_input
from goaltables.pipeline.messages import say
from goaltables.pipeline.page_outcome import Failure, Reader
from goaltables.pipeline.settings import ReadSettings, RunSettings, package_version

try:
    import distributed
    from distributed.security import Security

    from goaltables.pipeline.batch.cluster.on_worker import Order, describe, read_document
except ModuleNotFoundError as missing:
    raise DependencyMissing("distributed", "python -m pip install 'goaltables[dask]'") from missing

CONNECT_SECONDS: Final = 10.0
LEAVE_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 1.0  # how often it is asked which Dask workers there are
# So long no Dask worker may be there before the run gives up.
LONELY_SECONDS: Final = 60.0
MAX_LOSSES: Final = 2
# Documents that wait at a Dask worker, so that it does not wait for the next one.
AHEAD: Final = 1


@dataclass(slots=True)
class _Member:
    """A Dask worker: `threads` documents at a time."""

    id: str
    threads: int
    records: set[str] = field(default_factory=set)

    @property
    def room(self) -> int:
        return self.threads + AHEAD - len(self.records)


@dataclass(slots=True)
class _InHand:
    task: Task
    losses: int = 0
    future: Any = None
    address: str = ""


class DaskExecutor:
    """An Executor on a cluster. Use it with ``with``."""

    def __init__(
        self, settings: ReadSettings, run_settings: RunSettings, *, reader: Reader | None = None
    ) -> None:
        self._settings = settings
        self._recycle_after = run_settings.recycle_after
        self._reader = reader
        self._address = run_settings.executor.replace("dask://", "tcp://", 1)
        self._topic = f"goaltables-{uuid.uuid4()}"
        self._members: dict[str, _Member] = {}
        self._refused: set[str] = set()
        self._in_hand: dict[str, _InHand] = {}
        self._ended: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._pages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._looked = self._lonely_since = time.monotonic()

    def __enter__(self) -> DaskExecutor:
        """Connect. Raises ClusterUnreachable, UsageError (another version, no certificates)."""
        # What it tells of lost connections is told by our errors; stderr is for our own lines.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            security = Security() if self._address.startswith("tls://") else None
            self._client = distributed.Client(
                self._address,
                timeout=CONNECT_SECONDS,
                set_as_default=False,
                security=security,
                name="goaltables",
            )
        except (OSError, TimeoutError) as error:
            raise self._absent("scheduler") from error
        except (TypeError, ValueError, RuntimeError) as error:
            raise UsageError(say("cluster-unusable", address=self._address, reason=error)) from error
        self._client.subscribe_topic(self._topic, self._page_told)
        try:
            self._look()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def free(self) -> int:
        return sum(max(member.room, 0) for member in self._members.values())

    @property
    def busy(self) -> int:
        return len(self._in_hand)

    def submit(self, task: Task) -> None:
        self._give(_InHand(task))

    def poll(self, seconds: float) -> Sequence[Event]:
        """See Executor. Raises ClusterUnreachable, DependencyMissing, UsageError."""
        events: list[Event] = []
        with contextlib.suppress(queue.Empty):
            ended = self._ended.get(timeout=seconds)
            while True:
                self._take_pages(events)
                self._take(*ended, events)
                ended = self._ended.get_nowait()
        self._take_pages(events)
        if time.monotonic() > self._looked + LOOK_SECONDS:
            self._look()
        self._give_again(events)
        return events

    def close(self) -> None:
        """Leave. The scheduler takes back what is in hand; the Dask workers notice and end its processes.

        A run that is told to stop does not wait for a cluster that does not answer.
        """
        leaving = threading.Thread(target=self._leave, daemon=True)
        leaving.start()
        leaving.join(LEAVE_SECONDS)
        self._in_hand.clear()

    def _leave(self) -> None:
        with contextlib.suppress(Exception):  # the cluster may be gone
            self._client.close(timeout=LEAVE_SECONDS)

    # Who is there

    def _look(self) -> None:
        """Learn which Dask workers there are now. Raises ClusterUnreachable, UsageError."""
        self._looked = time.monotonic()
        if self._client.status != "running":
            raise self._absent("scheduler")
        try:
            found: dict[str, int] = self._client.nthreads()
            new = [
                address for address in found if address not in self._members | dict.fromkeys(self._refused)
            ]
            told = self._client.run(describe, workers=new, on_error="return") if new else {}
        except (OSError, TimeoutError) as error:
            raise self._absent("scheduler") from error
        for address in new:
            self._welcome(address, found[address], told[address])
        for address in [address for address in self._members if address not in found]:
            del self._members[address]
        if self._members:
            self._lonely_since = time.monotonic()
        elif time.monotonic() > self._lonely_since + LONELY_SECONDS:
            raise self._absent("worker")

    def _welcome(self, address: str, threads: int, told: tuple[str, str] | Exception) -> None:
        """Take a Dask worker in. One of another version would make other records: it is left alone, and when
        the first is such a one, that is a mistake in the installation. Raises UsageError.
        """
        theirs = f"({type(told).__name__})" if isinstance(told, Exception) else told[1]
        if not isinstance(told, Exception) and theirs == package_version():
            self._members[address] = _Member(told[0], threads)
            return
        self._refused.add(address)
        if not self._members:
            raise UsageError(say("cluster-version", place=address, theirs=theirs, ours=package_version()))

    def _absent(self, what: str) -> ClusterUnreachable:
        return ClusterUnreachable(say(f"cluster-no-{what}", address=self._address))

    # Documents out

    def _give(self, item: _InHand) -> None:
        """Give a document to the Dask worker with the most room."""
        self._in_hand[item.task.record] = item
        if not self._members:
            item.future, item.address = None, ""
            return
        address, member = max(self._members.items(), key=lambda pair: pair[1].room)
        member.records.add(item.task.record)
        order = Order(item.task, self._settings, self._recycle_after, self._reader, member.id, self._topic)
        item.address = address
        item.future = self._client.submit(
            read_document,
            order,
            key=f"goaltables-{uuid.uuid4()}",
            pure=False,
            retries=0,
            workers=[address],
            allow_other_workers=False,
        )
        record = item.task.record
        item.future.add_done_callback(lambda future: self._ended.put((record, future)))

    def _give_again(self, events: list[Event]) -> None:
        """Give the documents of Dask workers that are lost to others."""
        for item in tuple(self._in_hand.values()):
            member = self._members.get(item.address)
            if member is not None and item.task.record in member.records:
                continue
            if item.future is not None:
                item.losses += 1
                with contextlib.suppress(Exception):
                    self._client.cancel([item.future], force=True)
                item.future = None
            if item.losses >= MAX_LOSSES:
                failure = Failure("crash", f"the machine that read it was lost {MAX_LOSSES} times")
                events.append(Failed(item.task, failure))
                del self._in_hand[item.task.record]
            elif self._members:
                self._give(item)

    # Records in

    def _take(self, record: str, future: Any, events: list[Event]) -> None:
        item = self._in_hand.get(record)
        if item is None or item.future is not future:
            return  # taken back, or given to another meanwhile
        member = self._members.get(item.address)
        if member is not None:
            member.records.discard(record)
        try:
            answer: dict[str, Any] = future.result()
        except CancelledError:
            # We cancel none that we still want: the scheduler is gone, and no document is to blame for that.
            item.future = None
            self._looked = -math.inf
            return
        except (OSError, distributed.scheduler.KilledWorker):
            return  # lost; `_give_again` finds it at no Dask worker
        if answer["kind"] == "lost":
            return
        del self._in_hand[record]
        if answer["kind"] == "missing":
            raise DependencyMissing(answer["what"], answer["remedy"])
        self._refuse_blind(item.task, answer["sha256"])
        events.append(_event(item.task, answer))

    def _refuse_blind(self, task: Task, seen: str) -> None:
        """Raises UsageError when the cluster saw another file, or none, where this machine sees one."""
        if seen == task.sha256 or not task.sha256:
            return
        with contextlib.suppress(DocumentError):
            found = hash_input(task.path, self._settings.max_bytes)
            if found is not None and found[0] == task.sha256:
                raise UsageError(say("cluster-cannot-see", path=shown_path(task.path)))

    def _page_told(self, event: tuple[float, Any]) -> None:
        """In the client's thread."""
        self._pages.put(event[1])

    def _take_pages(self, events: list[Event]) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                record, page, page_count, failure = self._pages.get_nowait()
                if item := self._in_hand.get(record):
                    told = Failure(*failure) if failure else None
                    events.append(PageDone(item.task, page, page_count, told))


def _event(task: Task, answer: dict[str, Any]) -> Event:
    if answer["kind"] == "finished":
        counts = Counts(*answer["counts"])
        record, sha256, state = answer["record"], answer["sha256"], answer["state"]
        return Finished(task, record, sha256, state, counts, answer["pages"], answer["seconds"])
    failure = Failure(*answer["failure"])
    return Failed(task, failure, answer["sha256"], answer["size"], answer["media_type"])

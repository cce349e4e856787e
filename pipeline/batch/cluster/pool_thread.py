"""A worker pool that many threads may use: a thread of its own leads it.

A Dask worker runs each task in a thread and the thread waits here for its document. The pool is that of a run
on one machine, with the same limits and the same supervision; documents that are read at the same time share
its processes.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from goaltables.pipeline.batch.executor import Failed, Finished, PageDone, Task
from goaltables.pipeline.batch.pool.pool import WorkerPool
from goaltables.pipeline.page_outcome import Reader
from goaltables.pipeline.settings import ReadSettings

PageListener: TypeAlias = Callable[[PageDone], None]

# A pool nobody has asked for so long ends its processes: the run is over, or its leader died.
IDLE_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.2


class NotWanted(Exception):
    """Whoever asked for the document does not want it any more."""


@dataclass(frozen=True, slots=True)
class PoolKey:
    """What a pool is made of; another one is another pool."""

    settings: ReadSettings
    workers: int
    recycle_after: int
    reader: Reader | None


@dataclass(slots=True)
class _Request:
    task: Task
    page_done: PageListener
    outcome: Future[Finished | Failed] = field(default_factory=Future)
    is_dropped: bool = False


class PoolThread:
    """The thread and its pool. When `is_over`, make another."""

    def __init__(self, key: PoolKey) -> None:
        self._key = key
        self._requests: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self._wake_fd, self._waker_fd = os.pipe()
        self._door = threading.Lock()  # held to come in, and by the thread to leave
        self.is_over = False
        threading.Thread(target=self._lead, name="goaltables-pool", daemon=True).start()

    def read(self, task: Task, page_done: PageListener, is_wanted: Callable[[], bool]) -> Finished | Failed:
        """Wait for a document; `page_done` hears of its pages, from the pool's thread.

        Raises NotWanted when `is_wanted` says no, and what the pool raises.
        """
        request = _Request(task, page_done)
        with self._door:
            if self.is_over:
                raise NotWanted("the pool has ended")
            self._requests.put(request)
            os.write(self._waker_fd, b"!")
        while True:
            with contextlib.suppress(TimeoutError):
                return request.outcome.result(LOOK_SECONDS)
            if not is_wanted():
                request.is_dropped = True
                raise NotWanted(task.shown)

    def _lead(self) -> None:
        key = self._key
        in_hand: dict[str, _Request] = {}
        try:
            with WorkerPool(
                key.settings,
                key.workers,
                reader=key.reader,
                recycle_after=key.recycle_after,
                wake_fd=self._wake_fd,
            ) as pool:
                self._work(pool, in_hand)
        except BaseException as error:  # each of those who wait hears of it
            for request in in_hand.values():
                with contextlib.suppress(InvalidStateError):
                    request.outcome.set_exception(error)
        finally:
            self._leave()

    def _work(self, pool: WorkerPool, in_hand: dict[str, _Request]) -> None:
        """Until nobody has asked for anything for a while."""
        last_wanted = time.monotonic()
        while in_hand or time.monotonic() < last_wanted + IDLE_SECONDS:
            while pool.free and not self._requests.empty():
                request = self._requests.get()
                if not request.is_dropped:
                    in_hand[request.task.record] = request
                    pool.submit(request.task)
            for record in [record for record, request in in_hand.items() if request.is_dropped]:
                pool.drop(in_hand.pop(record).task)
            for event in pool.poll(1.0):
                if isinstance(event, PageDone):
                    in_hand[event.task.record].page_done(event)
                else:
                    in_hand.pop(event.task.record).outcome.set_result(event)
            if in_hand:
                last_wanted = time.monotonic()

    def _leave(self) -> None:
        with self._door:
            self.is_over = True
            while not self._requests.empty():
                self._requests.get().outcome.set_exception(NotWanted("the pool has ended"))
        os.close(self._wake_fd)
        os.close(self._waker_fd)

"""What runs inside a Dask worker: it hands a document to the machine's own pool and waits for the record.

The Dask worker itself never touches a document: what a hostile one does, it does to a process of the pool.
So a document cannot end a Dask worker, and none is ever started twice for the sake of another.
"""

from __future__ import annotations

import threading
from dataclasses import astuple, dataclass
from typing import Any

from distributed import Worker, get_worker

from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.cluster.pool_thread import NotWanted, PoolKey, PoolThread
from goaltables.pipeline.batch.executor import Failed, Finished, PageDone, Task
from goaltables.pipeline.page_outcome import Reader
from goaltables.pipeline.settings import ReadSettings, package_version


@dataclass(frozen=True, slots=True)
class Order:
    """A document to read, for the Dask worker with the identity `worker_id` and for no other.

    `topic` is where pages are told.
    """

    task: Task
    settings: ReadSettings
    recycle_after: int
    reader: Reader | None
    worker_id: str
    topic: str


def describe(dask_worker: Worker) -> tuple[str, str]:
    """The identity of a Dask worker and its version of ours: asked before it is given anything."""
    return str(dask_worker.id), package_version()


def read_document(order: Order) -> dict[str, Any]:
    """Read a document; how it ended, as plain data. Runs in a thread of a Dask worker."""
    worker = get_worker()
    if worker.id != order.worker_id:  # the one that was meant died, and another has its address
        return {"kind": "lost"}
    key = worker.get_current_task()

    def is_wanted() -> bool:
        """False when the run was stopped, or its leader died: then the scheduler has taken the task back."""
        state = worker.state.tasks.get(key)
        return state is not None and state.state in ("executing", "long-running")

    def page_done(event: PageDone) -> None:
        failure = astuple(event.failure) if event.failure else None
        worker.log_event(order.topic, [event.task.record, event.page, event.page_count, failure])

    pool_key = PoolKey(order.settings, worker.state.nthreads, order.recycle_after, order.reader)
    try:
        event = _pool(pool_key).read(order.task, page_done, is_wanted)
    except NotWanted:
        return {"kind": "lost"}
    except DependencyMissing as error:
        return {"kind": "missing", "what": error.what, "remedy": error.remedy}
    return as_answer(event)


def as_answer(event: Finished | Failed) -> dict[str, Any]:
    """An event as plain data."""
    if isinstance(event, Finished):
        return {
            "kind": "finished",
            "record": event.record,
            "sha256": event.sha256,
            "state": event.state,
            "counts": astuple(event.counts),
            "pages": event.pages,
            "seconds": event.seconds,
        }
    return {
        "kind": "failed",
        "failure": astuple(event.failure),
        "sha256": event.sha256,
        "size": event.size,
        "media_type": event.media_type,
    }


_pools: dict[PoolKey, PoolThread] = {}
_pools_lock = threading.Lock()


def _pool(key: PoolKey) -> PoolThread:
    with _pools_lock:
        for other in [other for other, pool in _pools.items() if pool.is_over]:
            del _pools[other]
        if key not in _pools:
            _pools[key] = PoolThread(key)
        return _pools[key]

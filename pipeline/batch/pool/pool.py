"""Worker processes under supervision: a document that hangs, crashes or swells costs itself alone.

The pool gives its processes (``process.py``) the steps of the documents in hand (``workload.py``), hears
their answers and ends who exceeds what it may use. Each step is in the hands of one process.

Why not a library: ``concurrent.futures`` and joblib lose innocent documents when a worker dies; Pebble loses
only the one, but its clock is the wall's and what a worker started (Tesseract) outlives it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Final

from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.executor import Event, Task
from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.batch.pool.channel import BrokenChannel, Kind
from goaltables.pipeline.batch.pool.in_hand import DocumentInHand, Step, as_facts
from goaltables.pipeline.batch.pool.process import Watch, WorkerProcess
from goaltables.pipeline.batch.pool.server import ForkServer
from goaltables.pipeline.batch.pool.workload import Workload
from goaltables.pipeline.page_outcome import Failure, Reader
from goaltables.pipeline.settings import ReadSettings

POLL_SECONDS: Final = 0.2
# To start a worker only to help with a document must spare more than its model takes to load.
START_SECONDS_SPARED: Final = 1.0
# A worker that keeps more than this part of the memory it may use, between documents, is replaced.
KEPT_SHARE: Final = 0.6
CHANGED: Final = Failure("io", "the file changed while it was read")


@dataclass(slots=True)
class _Slot:
    """A worker, the document it has open and the step it is at."""

    process: WorkerProcess
    document: DocumentInHand | None = None
    step: Step | None = None
    documents: int = 0  # opened so far
    counts: Counts | None = None  # of the record that follows
    is_spent: bool = False


class WorkerPool:
    """An Executor on this machine. Use it with ``with``, or close it: workers never outlive it."""

    def __init__(
        self,
        settings: ReadSettings,
        workers: int,
        *,
        reader: Reader | None = None,
        recycle_after: int = 200,
        wall_seconds: float | None = None,
        wake_fd: int | None = None,
    ) -> None:
        """Take the settings; no process is started yet.

        `reader` None is the product's own. `wall_seconds` bounds a page that waits instead of computing
        (default: 4 x the CPU seconds + 30, room for a loaded machine). A byte at `wake_fd` ends the waiting
        of `poll`.
        """
        self._wake_fd = wake_fd
        self._size = workers
        self._recycle_after = recycle_after
        self._kept_bytes = KEPT_SHARE * settings.memory_megabytes * 1_000_000
        self._job = (settings, reader)
        self._server: ForkServer | None = None
        self._watch = Watch(
            timeout=settings.timeout,
            wall_seconds=wall_seconds or 4 * settings.timeout + 30,
            memory_megabytes=settings.memory_megabytes,
            max_message_bytes=settings.max_record_bytes + 1_000_000,
        )
        self._slots: list[_Slot] = []
        self._work = Workload(self._watch.max_message_bytes)

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def free(self) -> int:
        return self._size - self.busy

    @property
    def busy(self) -> int:
        return len(self._work)

    def submit(self, task: Task) -> None:
        """Take a document in hand. Call only when `free`.

        Raises OutputError: no temporary file can be made.
        """
        self._work.add(task)
        self._set_to_work()

    def poll(self, seconds: float) -> Sequence[Event]:
        """See Executor. Raises WorkerStartError, DependencyMissing, OutputError."""
        self._wait(min(seconds, POLL_SECONDS))
        for slot in tuple(self._slots):
            was_dead = slot.process.is_dead  # before it is heard: its last words count
            self._hear(slot)
            if slot not in self._slots:
                continue
            if was_dead:
                self._bury(slot, None)
            elif slot.step is not None and (excess := slot.process.excess()):
                self._bury(slot, excess)
        self._set_to_work()
        return self._work.events()

    def _wait(self, seconds: float) -> None:
        """Until something is to be heard."""
        sources = [source for slot in self._slots for source in slot.process.sources]
        if self._wake_fd is not None:
            sources.append(self._wake_fd)
        starting = self._server if self._server is not None and not self._server.is_ready else None
        heard = wait([*sources, *starting.sources] if starting else sources, seconds)
        if starting is not None:
            starting.hear(starting.sources[0] in heard)
        if self._wake_fd in heard and self._wake_fd is not None:
            os.read(self._wake_fd, 1 << 10)

    def drop(self, task: Task) -> None:
        """Give a document up, and end whatever works for it."""
        for slot in [slot for slot in self._slots if slot.step and slot.step.document.task is task]:
            self._end(slot)
        self._work.drop(task)

    def close(self) -> None:
        for slot in self._slots:
            slot.process.end()
        if self._server is not None:
            self._server.close()
            self._server = None
        self._work.close()
        self._slots = []

    def _set_to_work(self) -> None:
        """Give every worker that has nothing to do its next step, and start workers while there are steps."""
        for slot in tuple(self._slots):
            if slot.step is None:
                if step := self._next_step(slot):
                    self._begin(slot, step)
                elif slot.is_spent:
                    self._end(slot)
        if self._server is None:
            self._server = ForkServer(*self._job)
        while (
            self._server.is_ready
            and len(self._slots) < self._size
            and (step := self._work.first_step(START_SECONDS_SPARED))
        ):
            slot = _Slot(WorkerProcess(self._server, self._watch))
            self._slots.append(slot)
            self._begin(slot, step)

    def _next_step(self, slot: _Slot) -> Step | None:
        """The next page of what the worker has open, else another step."""
        if slot.document is not None:
            if page := self._work.next_page(slot.document):
                return page
            self._leave(slot)
        return self._work.first_step(0.0, is_spent=slot.is_spent)

    def _begin(self, slot: _Slot, step: Step) -> None:
        document, slot.step = step.document, step
        self._work.begin(step)
        match step.name:
            case "open":
                slot.document = document
                slot.documents += 1
                path = os.fsdecode(document.task.path)
                slot.process.ask(Kind.OPEN, {"path": path}, share=document.share)
            case "read":
                slot.process.ask(Kind.PAGE, {"page": step.page})
            case _:
                content, spool = document.what_to_make(), document.spool
                slot.process.ask(Kind.MAKE, content, share=document.share, descriptors=[spool.fileno()])

    def _leave(self, slot: _Slot) -> None:
        """The worker has no more to do with the document it has open."""
        if slot.document is not None:
            slot.document.readers -= 1
            slot.document = None
        is_used_up = slot.documents >= self._recycle_after
        slot.is_spent |= is_used_up or slot.process.kept_bytes > self._kept_bytes

    def _hear(self, slot: _Slot) -> None:
        try:
            for kind, content in slot.process.messages():
                self._heard(slot, kind, content)
        except (BrokenChannel, ValueError, KeyError, TypeError) as error:
            self._bury(slot, Failure("crash", "the reader sent what is no answer", repr(error)))

    def _heard(self, slot: _Slot, kind: Kind, content: bytes) -> None:
        step = slot.step
        if kind is Kind.MISSING:
            raise DependencyMissing(*json.loads(content))
        if step is None:
            raise BrokenChannel("an answer to nothing")
        if kind is Kind.MADE:
            slot.counts = Counts(*json.loads(content))
        else:
            slot.step = None
            step.document.seconds += step.seconds
            if not step.document.is_over:
                self._answered(slot, step, kind, content)

    def _answered(self, slot: _Slot, step: Step, kind: Kind, content: bytes) -> None:
        document = step.document
        match kind:
            case Kind.OPENED:
                answer = json.loads(content)
                if not document.opened(as_facts(answer["facts"]), str(answer["state"]), step.seconds):
                    self._leave(slot)
                    self._work.failed(step, CHANGED)
            case Kind.READ:
                self._work.page_read(step, content)
            case Kind.RECORD if slot.counts is not None and document.state is not None:
                self._work.made(step, content, slot.counts, document.state)
            case Kind.FAILED:
                answer = json.loads(content)
                if step.name == "open":
                    self._leave(slot)
                self._work.failed(step, Failure(*answer.pop("failure")), _known(answer))
            case _:
                raise BrokenChannel("an answer to another question")

    def _bury(self, slot: _Slot, excess: Failure | None) -> None:
        """End a worker that died, or must: what that means for the document it had."""
        step = slot.step
        cause = self._end(slot)
        if step is not None and not step.document.is_over:
            self._work.died(step, replace(excess, trace=slot.process.printed) if excess else cause)

    def _end(self, slot: _Slot) -> Failure:
        self._slots.remove(slot)
        if slot.document is not None:
            slot.document.readers -= 1
        return slot.process.end()


def _known(answer: dict[str, Any]) -> dict[str, Any]:
    """What a worker told of a file that it could not open."""
    if "sha256" not in answer:
        return {}
    media_type = answer["media_type"]
    return {
        "sha256": str(answer["sha256"]),
        "size": int(answer["size"]),
        "media_type": None if media_type is None else str(media_type),
    }

r"""Worker processes under supervision: a document that hangs, crashes or swells costs itself alone.

::

    submit -> open -> its pages, one after the other -> make the record -> Finished
                       \-> other workers join when they have nothing else to do

Each step is in the hands of one process (``process.py``). Who dies while it opens or makes a document costs
the document, who dies on a page costs that page: another worker reads the rest.

Why not a library: ``concurrent.futures`` and joblib lose innocent documents when a worker dies; Pebble loses
only the one, but its clock is the wall's and what a worker started (Tesseract) outlives it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Final

from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.executor import Event, Failed, Finished, PageDone, Task
from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.batch.pool.channel import BrokenChannel, Kind
from goaltables.pipeline.batch.pool.in_hand import MAX_DEATHS, DocumentInHand, Step, as_facts
from goaltables.pipeline.batch.pool.process import Watch, WorkerProcess
from goaltables.pipeline.batch.pool.server import ForkServer
from goaltables.pipeline.page_outcome import Failure, Reader
from goaltables.pipeline.settings import ReadSettings

POLL_SECONDS: Final = 0.2
# To start a worker only to help with a document must spare more than its model takes to load.
START_SECONDS_SPARED: Final = 1.0
# A worker that keeps more than this part of the memory it may use, between documents, is replaced.
KEPT_SHARE: Final = 0.6


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
        self._documents: list[DocumentInHand] = []
        self._to_open: deque[DocumentInHand] = deque()

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
        return len(self._documents)

    def submit(self, task: Task) -> None:
        """Take a document in hand. Call only when `free`.

        Raises OutputError: no temporary file can be made.
        """
        document = DocumentInHand(task)
        self._documents.append(document)
        self._to_open.append(document)
        self._set_to_work()

    def poll(self, seconds: float) -> Sequence[Event]:
        """See Executor. Raises WorkerStartError, DependencyMissing, OutputError."""
        self._wait(min(seconds, POLL_SECONDS))
        events: list[Event] = []
        for slot in tuple(self._slots):
            was_dead = slot.process.is_dead  # before it is heard: its last words count
            self._hear(slot, events)
            if slot not in self._slots:
                continue
            if was_dead:
                self._bury(slot, None, events)
            elif slot.step is not None and (excess := slot.process.excess()):
                self._bury(slot, excess, events)
        self._set_to_work()
        return events

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
        for document in [document for document in self._documents if document.task is task]:
            for slot in [slot for slot in self._slots if slot.step and slot.step.document is document]:
                self._end(slot)
            with contextlib.suppress(ValueError):
                self._to_open.remove(document)
            self._forget(document)

    def close(self) -> None:
        for slot in self._slots:
            slot.process.end()
        if self._server is not None:
            self._server.close()
            self._server = None
        for document in self._documents:
            document.close()
        self._slots, self._documents = [], []
        self._to_open.clear()

    # What comes next

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
            and (step := self._first_step(START_SECONDS_SPARED))
        ):
            slot = _Slot(WorkerProcess(self._server, self._watch))
            self._slots.append(slot)
            self._begin(slot, step)

    def _next_step(self, slot: _Slot) -> Step | None:
        """The next step of a worker: the next page of what it has open, unless it only helps with that and
        is wanted elsewhere.
        """
        document = slot.document
        if document is not None:
            if document.waiting and not (self._to_open and document.readers > 1):
                return Step("read", document, document.waiting[0])
            self._leave(slot)
        return self._first_step(0.0, is_spent=slot.is_spent)

    def _first_step(self, least_spared: float, *, is_spent: bool = False) -> Step | None:
        """A step for a worker that has no document open: a record to make, a document to open, or one to
        help with, if that spares more than `least_spared` seconds. A spent worker opens no more.
        """
        for document in self._documents:
            if document.is_read and not document.is_being_made:
                return Step("make", document)
        if is_spent:
            return None
        if self._to_open:
            return Step("open", self._to_open[0])
        helped = max(self._documents, key=lambda document: document.seconds_spared, default=None)
        if helped is not None and helped.seconds_spared > least_spared:
            return Step("open", helped)
        return None

    def _begin(self, slot: _Slot, step: Step) -> None:
        document, slot.step = step.document, step
        match step.name:
            case "open":
                if self._to_open and self._to_open[0] is document:
                    self._to_open.popleft()
                slot.document = document
                slot.documents += 1
                document.readers += 1
                path = os.fsdecode(document.task.path)
                slot.process.ask(Kind.OPEN, {"path": path}, share=document.share)
            case "read":
                document.waiting.popleft()
                slot.process.ask(Kind.PAGE, {"page": step.page})
            case _:
                document.is_being_made = True
                content, spool = document.what_to_make(), document.spool
                slot.process.ask(Kind.MAKE, content, share=document.share, descriptors=[spool.fileno()])

    def _leave(self, slot: _Slot) -> None:
        """The worker has no more to do with the document it has open."""
        if slot.document is not None:
            slot.document.readers -= 1
            slot.document = None
        is_used_up = slot.documents >= self._recycle_after
        slot.is_spent |= is_used_up or slot.process.kept_bytes > self._kept_bytes

    # What came

    def _hear(self, slot: _Slot, events: list[Event]) -> None:
        try:
            for kind, content in slot.process.messages():
                self._heard(slot, kind, content, events)
        except (BrokenChannel, ValueError, KeyError, TypeError) as error:
            self._bury(slot, Failure("crash", "the reader sent what is no answer", repr(error)), events)

    def _heard(self, slot: _Slot, kind: Kind, content: bytes, events: list[Event]) -> None:
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
                self._answered(slot, step, kind, content, events)

    def _answered(self, slot: _Slot, step: Step, kind: Kind, content: bytes, events: list[Event]) -> None:
        document = step.document
        match kind:
            case Kind.OPENED:
                self._opened(slot, step, json.loads(content), events)
            case Kind.READ:
                document.page_read(step.page, content, step.seconds)
                events.append(PageDone(document.task, step.page, document.page_count))
                self._bound(document, events)
            case Kind.RECORD if slot.counts is not None and document.state is not None:
                done = Finished(
                    document.task,
                    content,
                    document.facts["sha256"],
                    document.state,
                    slot.counts,
                    document.pages_read,
                    document.seconds,
                )
                events.append(done)
                self._forget(document)
            case Kind.FAILED:
                answer = json.loads(content)
                if step.name == "open":
                    self._leave(slot)
                self._step_failed(step, Failure(*answer.pop("failure")), events, **_known(answer))
            case _:
                raise BrokenChannel("an answer to another question")

    def _opened(self, slot: _Slot, step: Step, answer: dict[str, Any], events: list[Event]) -> None:
        if not step.document.opened(as_facts(answer["facts"]), str(answer["state"]), step.seconds):
            self._leave(slot)
            self._step_failed(step, Failure("io", "the file changed while it was read"), events)

    def _bound(self, document: DocumentInHand, events: list[Event]) -> None:
        """Fail a document whose pages together are longer than any record may be."""
        if document.spool.size > self._watch.max_message_bytes:
            failure = Failure("limit", "what was read is too long for a record; raise max_record_megabytes")
            self._fail(document, failure, events)

    # What went wrong

    def _bury(self, slot: _Slot, excess: Failure | None, events: list[Event]) -> None:
        """End a worker that died, or must: what that means for the document it had."""
        step = slot.step
        cause = self._end(slot)
        if step is None or step.document.is_over:
            return
        failure = replace(excess, trace=slot.process.printed) if excess else cause
        self._step_failed(step, failure, events)
        if step.name == "read" and not step.document.is_over:
            self._go_on_without(step.document, events)

    def _go_on_without(self, document: DocumentInHand, events: list[Event]) -> None:
        """A reader of the document died: another reads what is left, unless too many have died of it."""
        document.deaths += 1
        if document.deaths >= MAX_DEATHS:
            failure = Failure("limit", f"not tried: {MAX_DEATHS} pages before it had ended their reader")
            self._give_up(document, failure, events)
        elif document.waiting and not document.readers:
            self._to_open.appendleft(document)

    def _step_failed(self, step: Step, failure: Failure, events: list[Event], **known: Any) -> None:
        """Note a failure where it belongs: at its page, at the pages nobody can read now, at the document."""
        document = step.document
        if step.name == "read":
            document.page_failed(step.page, failure)
            events.append(PageDone(document.task, step.page, document.page_count, failure))
        elif step.name == "open" and document.is_open:
            document.may_be_helped = False
            if not document.readers:
                self._give_up(document, failure, events)
        else:
            self._fail(document, failure, events, **known)

    def _give_up(self, document: DocumentInHand, failure: Failure, events: list[Event]) -> None:
        """Fail the pages that wait; those in the hands of others are still read."""
        while document.waiting:
            page = document.waiting.popleft()
            document.page_failed(page, failure)
            events.append(PageDone(document.task, page, document.page_count, failure))

    def _fail(self, document: DocumentInHand, failure: Failure, events: list[Event], **known: Any) -> None:
        if document.is_open:
            known = {key: document.facts[key] for key in ("sha256", "size", "media_type")}
        events.append(Failed(document.task, failure, **known))
        self._forget(document)

    def _forget(self, document: DocumentInHand) -> None:
        document.close()
        self._documents.remove(document)

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

r"""The documents a pool has in hand: which step comes next, and what each answer or death means for them.

::

    add -> open -> its pages, one after the other -> make the record -> Finished
                    \-> other workers join when they have nothing else to do

Who dies while it opens or makes a document costs the document, who dies on a page costs that page: another
worker reads the rest. Nothing here knows a process; the pool (``pool.py``) has those.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from goaltables.pipeline.batch.executor import Event, Failed, Finished, PageDone, Task
from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.batch.pool.in_hand import MAX_DEATHS, DocumentInHand, Step
from goaltables.pipeline.page_outcome import Failure

TOO_LONG: Final = Failure("limit", "what was read is too long for a record; raise max_record_megabytes")
KNOWN_OF_OPEN: Final = ("sha256", "size", "media_type")


class Workload:
    """Documents, the steps they still need, and the events that came of those already done."""

    def __init__(self, max_spool_bytes: int) -> None:
        """`max_spool_bytes`: pages that together are longer than any record may be fail their document."""
        self._max_spool_bytes = max_spool_bytes
        self._documents: list[DocumentInHand] = []
        self._to_open: deque[DocumentInHand] = deque()
        self._events: list[Event] = []

    def __len__(self) -> int:
        """How many documents are in hand."""
        return len(self._documents)

    def add(self, task: Task) -> None:
        """Take a document in hand. Raises OutputError: no temporary file can be made."""
        document = DocumentInHand(task)
        self._documents.append(document)
        self._to_open.append(document)

    def drop(self, task: Task) -> None:
        """Give a document up; no event tells of it."""
        for document in [document for document in self._documents if document.task is task]:
            with contextlib.suppress(ValueError):
                self._to_open.remove(document)
            self._forget(document)

    def events(self) -> Sequence[Event]:
        """What has happened since this was asked last."""
        happened, self._events = self._events, []
        return happened

    def close(self) -> None:
        for document in self._documents:
            document.close()
        self._documents = []
        self._to_open.clear()

    # What comes next

    def next_page(self, document: DocumentInHand) -> Step | None:
        """The next page of what a worker has open; None where it only helps and is wanted elsewhere."""
        if document.waiting and not (self._to_open and document.readers > 1):
            return Step("read", document, document.waiting[0])
        return None

    def first_step(self, least_spared: float, *, is_spent: bool = False) -> Step | None:
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

    def begin(self, step: Step) -> None:
        """A worker is at this step from now on."""
        document = step.document
        match step.name:
            case "open":
                if self._to_open and self._to_open[0] is document:
                    self._to_open.popleft()
                document.readers += 1
            case "read":
                document.waiting.popleft()
            case _:
                document.is_being_made = True

    # What was done

    def page_read(self, step: Step, content: bytes) -> None:
        """A page was read. Raises OutputError."""
        document = step.document
        document.page_read(step.page, content, step.seconds)
        self._events.append(PageDone(document.task, step.page, document.page_count))
        if document.spool.size > self._max_spool_bytes:
            self._fail(document, TOO_LONG)

    def made(self, step: Step, record: bytes, counts: Counts, state: str) -> None:
        """The record is there."""
        document = step.document
        facts, task = document.facts, document.task
        self._events.append(
            Finished(task, record, facts["sha256"], state, counts, document.pages_read, document.seconds)
        )
        self._forget(document)

    # What went wrong

    def failed(self, step: Step, failure: Failure, known: Mapping[str, Any] | None = None) -> None:
        """Note a failure where it belongs: at its page, at the pages nobody can read now, at the document.

        `known` is what a worker told of a file that it could not open.
        """
        document = step.document
        if step.name == "read":
            document.page_failed(step.page, failure)
            self._events.append(PageDone(document.task, step.page, document.page_count, failure))
        elif step.name == "open" and document.is_open:
            document.may_be_helped = False
            if not document.readers:
                self._give_up(document, failure)
        else:
            self._fail(document, failure, known)

    def died(self, step: Step, failure: Failure) -> None:
        """The worker at this step died, or had to be ended."""
        self.failed(step, failure)
        document = step.document
        if step.name != "read" or document.is_over:
            return
        document.deaths += 1
        if document.deaths >= MAX_DEATHS:
            why = f"not tried: {MAX_DEATHS} pages before it had ended their reader"
            self._give_up(document, Failure("limit", why))
        elif document.waiting and not document.readers:
            self._to_open.appendleft(document)

    def _give_up(self, document: DocumentInHand, failure: Failure) -> None:
        """Fail the pages that wait; those in the hands of others are still read."""
        while document.waiting:
            page = document.waiting.popleft()
            document.page_failed(page, failure)
            self._events.append(PageDone(document.task, page, document.page_count, failure))

    def _fail(
        self, document: DocumentInHand, failure: Failure, known: Mapping[str, Any] | None = None
    ) -> None:
        if document.is_open:
            known = {key: document.facts[key] for key in KNOWN_OF_OPEN}
        self._events.append(Failed(document.task, failure, **(known or {})))
        self._forget(document)

    def _forget(self, document: DocumentInHand) -> None:
        document.close()
        self._documents.remove(document)

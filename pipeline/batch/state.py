"""The state of one run and what is decided about each input: unchanged, known content, or to be read.

::

    stat says unchanged?  -> done
    hash is the record's? -> done (its file was only touched)
    same content known?   -> copy that record under this name
    same content in hand? -> wait for it (in this run's hand, or in that of another that shares OUT)
    otherwise             -> give it to a worker
"""

from __future__ import annotations

import time
from collections import deque
from typing import Final

from goaltables.errors import DocumentError, UsageError
from goaltables.pipeline.batch.executor import Event, Executor, Finished, PageDone, Task
from goaltables.pipeline.batch.interruption import StopRequest
from goaltables.pipeline.batch.ledgers.entry import Entry, Key
from goaltables.pipeline.batch.ledgers.ledger import Ledger
from goaltables.pipeline.batch.progress import Progress
from goaltables.pipeline.batch.record_names import shown_path
from goaltables.pipeline.batch.records import Records, SeenFile
from goaltables.pipeline.batch.sources.input_file import files_at, hash_input, stated_size
from goaltables.pipeline.batch.sources.inputs import Input, InputList, is_same_file
from goaltables.pipeline.batch.summary import RunSummary
from goaltables.pipeline.messages import say
from goaltables.pipeline.page_outcome import Failure
from goaltables.pipeline.settings import ReadSettings

POLL_SECONDS: Final = 0.2  # how long a signal to stop may wait to be noticed
ELSEWHERE_SECONDS: Final = 2.0  # how often what other runs have in hand is asked after


class Batch:
    """The state of one run: what is known, what is in hand, what waits for it."""

    def __init__(
        self,
        inputs: InputList,
        records: Records,
        ledger: Ledger,
        settings: ReadSettings,
        executor: Executor,
        progress: Progress,
        stop: StopRequest,
    ) -> None:
        self._inputs = inputs
        self._records = records
        self._ledger = ledger
        self._max_bytes = settings.max_bytes
        self._executor = executor
        self._progress = progress
        self._stop = stop
        self._by_record = {item.record: item for item in inputs.inputs}
        self._new = {item.record for item in inputs.inputs if records.get(item.record) is None}
        self._in_hand: dict[str, tuple[str, str]] = {}  # record -> sha256 and state it was submitted with
        self._twins: dict[str, list[Input]] = {}  # sha256 in hand -> inputs with the same content
        self._elsewhere: deque[Input] = deque()  # in the hands of other runs
        self._ask_again = 0.0
        self._read = self._copied = self._unchanged = self._pages = self._gone = 0

    def work(self) -> None:
        """Bring every record up to date, or stop early when told to."""
        queue = deque(self._changed())
        self._progress.begin(len(queue), self._unchanged)
        while (queue or self._elsewhere or self._executor.busy) and not self._stop:
            while queue and self._executor.free and not self._stop:
                self._settle(queue.popleft())
            for event in self._executor.poll(POLL_SECONDS if self._executor.busy else 0):
                self._handle(event)
            if self._elsewhere and not queue:
                self._look_elsewhere(queue)

    def _look_elsewhere(self, queue: deque[Input]) -> None:
        """Ask again, now and then, after what other runs that share OUT had in hand."""
        if time.monotonic() >= self._ask_again:
            self._ask_again = time.monotonic() + ELSEWHERE_SECONDS
            queue.extend(self._elsewhere)
            self._elsewhere.clear()
        elif not self._executor.busy:
            time.sleep(POLL_SECONDS)

    def _changed(self) -> list[Input]:
        """The inputs that a stat does not show to be done."""
        changed, moved = [], []
        for item in self._inputs.inputs:
            entry = self._records.get(item.record)
            if entry is None:
                changed.append(item)
            elif (
                entry.state is None or not self._records.is_current(entry) or entry.state != item.state_now()
            ):
                self._refuse_foreign(item, entry)
                changed.append(item)
            else:
                self._unchanged += 1
                if entry.input != item.path:
                    moved.append((item, entry, entry.state))
        self._records.note_states(moved)
        return changed

    def _refuse_foreign(self, item: Input, entry: Entry) -> None:
        """Refuse to write over the record of another input that still exists and differs."""
        if entry.input is None or entry.input == item.path:
            return
        if not files_at(entry.input).exists(entry.input) or is_same_file(entry.input, item.path):
            return
        try:
            found = hash_input(item.path, self._max_bytes)
        except DocumentError:
            found = None
        if found is None or found[0] != entry.key.sha256:
            raise UsageError(
                say(
                    "record-of-another-input",
                    record=item.record,
                    first=shown_path(entry.input),
                    second=shown_path(item.path),
                )
            )

    def _settle(self, item: Input) -> None:
        """Bring one input's record up to date, or give it to a worker."""
        if item.problem is not None:
            self._fail(item, Failure("io", item.problem))
            return
        try:
            found = hash_input(item.path, self._max_bytes, lambda: not self._stop)
        except DocumentError as error:
            self._fail(item, Failure(error.error_class, str(error)))
            return
        if found is None:
            return
        sha256, state = found
        key = self._records.key(sha256)
        if self._is_settled(item, key, state):
            return
        if sha256 in self._twins:
            self._twins[sha256].append(item)
        elif not self._ledger.claim(key):
            self._elsewhere.append(item)
        else:
            self._records.learn(item.record, key)  # another run may have ended with it just before
            if self._is_settled(item, key, state):
                self._ledger.release(key)
                return
            self._in_hand[item.record] = (sha256, state)
            self._twins[sha256] = []
            self._executor.submit(Task(item.record, item.path, item.shown, sha256))

    def _is_settled(self, item: Input, key: Key, state: str) -> bool:
        """Bring a record up to date without reading its input, if that can be."""
        own = self._records.get(item.record)
        if own is None or own.key != key:
            self._records.adopt(item.record)
            own = self._records.get(item.record)
        if own is not None and own.key == key and self._records.is_current(own):
            self._unchanged += 1
            self._records.note_states([(item, own, state)])
            self._progress.recorded(item.shown, own.counts, "")
            return True
        twin = self._records.twin(key)
        if twin is None:
            return False
        message = self._records.copy(twin, item, state)
        self._copied += 1
        self._progress.recorded(item.shown, twin.counts, message)
        return True

    def _handle(self, event: Event) -> None:
        if isinstance(event, PageDone):
            self._page_done(event)
            return
        item = self._by_record[event.task.record]
        sha256, state = self._in_hand.pop(item.record)
        self._read += 1
        if isinstance(event, Finished):
            self._pages += event.pages
            # The state as this machine sees it, unless the file changed between the hash and the reading.
            state = state if event.sha256 == sha256 else event.state
            key = self._records.key(event.sha256)
            self._records.put(item, event.record, key, state, event.counts, event.seconds)
            self._progress.recorded(item.shown, event.counts, "")
        else:
            self._log(item.shown, event.failure)
            if event.sha256 not in ("", sha256):  # it changed between the hash and the reading
                self._fail(item, event.failure, SeenFile(event.sha256, event.size, "", event.media_type))
            else:
                seen = SeenFile(sha256, stated_size(state), state, event.media_type)
                self._fail(item, event.failure, seen)
        self._ledger.release(self._records.key(sha256))
        for twin in self._twins.pop(sha256):
            self._settle(twin)

    def _page_done(self, event: PageDone) -> None:
        self._progress.page_done(event.task.shown, event.page, event.page_count)
        if event.failure is not None:
            where = f"{event.task.shown}: page {event.page}: {event.failure.message}"
            self._log(where, event.failure)

    def _log(self, what: str, failure: Failure) -> None:
        """What a person who mends the program wants to know; the record does not hold it."""
        if failure.trace:
            self._progress.log(
                "error" if failure.error_class == "internal" else "debug", f"{what}: {failure.trace}"
            )

    def _fail(self, item: Input, failure: Failure, seen: SeenFile | None = None) -> None:
        counts = self._records.put_failure(item, failure, seen)
        self._progress.recorded(item.shown, counts, failure.message)

    def retire(self) -> None:
        """Take away records that another name replaces, and failed ones whose input is gone."""
        paths = {item.path for item in self._inputs.inputs}
        for entry in self._records:
            if entry.record in self._by_record or entry.input is None:
                continue
            is_gone = self._is_below_roots(entry.input) and not files_at(entry.input).exists(entry.input)
            if entry.input in paths or (is_gone and entry.counts.status == "failed"):
                self._records.remove(entry.record)
            elif is_gone:
                self._gone += 1

    def _is_below_roots(self, path: bytes) -> bool:
        return any(path == root or path.startswith(root + b"/") for root in self._inputs.roots)

    def summary(self, seconds: float) -> RunSummary:
        """What was done so far, and what OUT holds of the inputs."""
        entries = [entry for entry in self._records if entry.record in self._by_record]
        waiting = [
            self._by_record[entry.record].shown
            for entry in entries
            if entry.counts.status == "failed" and not self._records.is_written(entry.record)
        ]
        return RunSummary.of(
            [entry.counts for entry in entries],
            inputs=len(self._inputs.inputs),
            read=self._read,
            copied=self._copied,
            new=sum(self._records.is_written(record) for record in self._new),
            unchanged=self._unchanged,
            waiting=waiting,
            gone=self._gone,
            left_out=self._inputs.left_out,
            pages=self._pages,
            seconds=seconds,
            signum=self._stop.signum,
        )

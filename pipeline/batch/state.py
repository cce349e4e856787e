"""The state of one run and what is decided about each input: unchanged, known content, or to be read.

::

    stat says unchanged?  -> done
    hash is the record's? -> done (its file was only touched)
    same content known?   -> copy that record under this name
    same content in hand? -> wait for it
    otherwise             -> give it to a worker

Records are written here, one after the other, each on the disk before the ledger knows it.
"""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path

from goaltables.document import Document
from goaltables.errors import DocumentError, OutputError, UsageError
from goaltables.pipeline.batch.executor import Died, Event, Executor, Finished, PageBegun, Task
from goaltables.pipeline.batch.failure import failed_document
from goaltables.pipeline.batch.input_file import FileState, hash_input, sniff_media_type
from goaltables.pipeline.batch.inputs import Input, InputList
from goaltables.pipeline.batch.interruption import StopRequest
from goaltables.pipeline.batch.ledger import Counts, Entry, Key, Ledger
from goaltables.pipeline.batch.progress import Progress
from goaltables.pipeline.batch.summary import RunSummary
from goaltables.pipeline.batch.write import remove_durably, write_durably
from goaltables.pipeline.messages import say
from goaltables.pipeline.settings import ReadSettings, RunSettings, package_version

POLL_SECONDS = 0.2  # how long a signal to stop may wait to be noticed


class Batch:
    """The state of one run: what is known, what is in hand, what waits for it."""

    def __init__(
        self,
        inputs: InputList,
        out: Path,
        ledger: Ledger,
        read_settings: ReadSettings,
        run_settings: RunSettings,
        executor: Executor,
        progress: Progress,
        stop: StopRequest,
    ) -> None:
        self._inputs = inputs
        self._documents = out / "documents"
        self._ledger = ledger
        self._settings = read_settings
        self._retry_failed = run_settings.retry_failed
        self._executor = executor
        self._progress = progress
        self._stop = stop
        self._entries = ledger.entries()
        self._by_content = {entry.key: entry for entry in self._entries.values()}
        self._version = package_version()
        self._by_record = {item.record: item for item in inputs.inputs}
        self._fresh: set[str] = set()  # records written by this run
        self._hashes: dict[str, str] = {}  # record in hand -> sha256 it was submitted with
        self._twins: dict[str, list[Input]] = {}  # sha256 in hand -> inputs with the same content
        self._read = self._copied = self._unchanged = self._pages = self._gone = 0

    def work(self) -> None:
        """Bring every record up to date, or stop early when told to."""
        queue = deque(self._changed())
        self._progress.begin(len(queue), self._unchanged)
        while (queue or self._executor.busy) and not self._stop:
            while queue and self._executor.free and not self._stop:
                self._settle(queue.popleft())
            for event in self._executor.poll(POLL_SECONDS if self._executor.busy else 0):
                self._handle(event)

    def _changed(self) -> list[Input]:
        """The inputs that a stat does not show to be done."""
        changed, moved = [], []
        for item in self._inputs.inputs:
            entry = self._entries.get(item.record)
            if entry is None:
                changed.append(item)
            elif not self._is_current(entry) or entry.state is None or entry.state != _state(item.path):
                self._refuse_foreign(item, entry)
                changed.append(item)
            else:
                self._unchanged += 1
                if entry.input != item.path:
                    moved.append(self._entry(item, entry.key, entry.state, entry.counts))
        self._ledger.put_states(moved)
        return changed

    def _key(self, sha256: str) -> Key:
        """What a record of these bytes is made under now."""
        return Key(sha256, self._version, self._settings.config_sha256(sha256))

    def _is_current(self, entry: Entry) -> bool:
        """Whether a record stands and was made by this version under this configuration (and may stay)."""
        return (
            entry.key == self._key(entry.key.sha256)
            and not (
                self._retry_failed and entry.counts.status == "failed" and entry.record not in self._fresh
            )
            and (self._documents / entry.record).is_file()
        )

    def _refuse_foreign(self, item: Input, entry: Entry) -> None:
        """Refuse to write over the record of another input that still exists and differs."""
        if entry.input is None or entry.input == item.path:
            return
        if not os.path.lexists(entry.input) or _real(entry.input) == _real(item.path):
            return
        try:
            found = hash_input(item.path, self._settings.max_bytes)
        except DocumentError:
            found = None
        if found is None or found[0] != entry.key.sha256:
            raise UsageError(
                say(
                    "record-of-another-input",
                    record=item.record,
                    first=os.fsdecode(entry.input),
                    second=os.fsdecode(item.path),
                )
            )

    def _settle(self, item: Input) -> None:
        """Bring one input's record up to date, or give it to a worker."""
        if item.problem is not None:
            self._fail(item, "io", item.problem)
            return
        try:
            found = hash_input(item.path, self._settings.max_bytes, lambda: not self._stop)
        except DocumentError as error:
            self._fail(item, error.error_class, str(error))
            return
        if found is None:
            return
        sha256, state = found
        key = self._key(sha256)
        own = self._entries.get(item.record)
        if own is not None and own.key == key and self._is_current(own):
            self._unchanged += 1
            self._note(self._entry(item, key, state, own.counts), is_new=False)
            self._progress.recorded(item.shown, own.counts, "")
            return
        twin = self._by_content.get(key)
        if twin is not None and self._is_current(twin):
            self._copy(twin, item, state)
        elif sha256 in self._twins:
            self._twins[sha256].append(item)
        else:
            self._hashes[item.record] = sha256
            self._twins[sha256] = []
            self._executor.submit(Task(item.record, item.path, item.shown))

    def _handle(self, event: Event) -> None:
        if isinstance(event, PageBegun):
            self._pages += 1
            self._progress.page_begun(event.task.shown, event.page, event.page_count)
            return
        item = self._by_record[event.task.record]
        submitted = self._hashes.pop(item.record)
        if isinstance(event, Finished):
            self._read += 1
            if event.trace:
                self._progress.log("error", f"{item.shown}: {event.trace}")
            key = self._key(event.sha256)
            state = event.state or _state(item.path)
            self._record(item, event.record, key, state, event.counts, event.message)
        else:
            self._died(item, event, submitted)
        for twin in self._twins.pop(submitted):
            self._settle(twin)

    def _died(self, item: Input, event: Died, sha256: str) -> None:
        self._read += 1
        if event.printed:
            self._progress.log("debug", f"{item.shown}: {event.printed}")
        self._fail(item, event.error_class, event.message, sha256)

    def _fail(self, item: Input, error_class: str, message: str, sha256: str = "") -> None:
        """Record an input that no worker could make a record of."""
        state = _state(item.path)
        document = failed_document(
            error_class,
            message,
            path=item.shown,
            settings=self._settings,
            sha256=sha256,
            size=state.size if state and sha256 else 0,
            media_type=sniff_media_type(_head(item.path)) if sha256 else None,
        )
        key = self._key(sha256)
        self._record(item, document.to_json(), key, state, Counts.of(document), message)

    def _copy(self, twin: Entry, item: Input, state: FileState) -> None:
        """Give an input the record of another with the same content: read once, recorded twice."""
        document = Document.model_validate_json((self._documents / twin.record).read_bytes())
        source = document.source.model_copy(update={"path": item.shown})
        document = document.model_copy(update={"source": source})
        self._copied += 1
        message = document.error.message if document.error else ""
        self._record(item, document.to_json(), twin.key, state, twin.counts, message)

    def _record(
        self, item: Input, record: bytes, key: Key, state: FileState | None, counts: Counts, message: str
    ) -> None:
        path = self._documents / item.record
        if not _real(os.fsencode(path.parent)).startswith(_real(os.fsencode(self._documents))):
            raise OutputError(say("link-in-output", path=str(path.parent)))
        write_durably(path, record)
        self._fresh.add(item.record)
        self._note(self._entry(item, key, state, counts), is_new=True)
        self._progress.recorded(item.shown, counts, message)

    def _entry(self, item: Input, key: Key, state: FileState | None, counts: Counts) -> Entry:
        return Entry(record=item.record, input=item.path, state=state, key=key, counts=counts)

    def _note(self, entry: Entry, *, is_new: bool) -> None:
        if is_new:
            self._ledger.put(entry)
        else:
            self._ledger.put_states([entry])
        self._entries[entry.record] = entry
        self._by_content[entry.key] = entry

    def retire(self) -> None:
        """Take away records that another name replaces, and failed ones whose input is gone."""
        paths = {item.path for item in self._inputs.inputs}
        for entry in tuple(self._entries.values()):
            if entry.record in self._by_record or entry.input is None:
                continue
            is_gone = self._is_below_roots(entry.input) and not os.path.lexists(entry.input)
            if entry.input in paths or (is_gone and entry.counts.status == "failed"):
                remove_durably(self._documents / entry.record)
                self._ledger.remove(entry.record)
                del self._entries[entry.record]
            elif is_gone:
                self._gone += 1

    def _is_below_roots(self, path: bytes) -> bool:
        return any(path == root or path.startswith(root + b"/") for root in self._inputs.roots)

    def _waiting(self) -> list[str]:
        return [
            item.shown
            for record, item in self._by_record.items()
            if record not in self._fresh
            and record in self._entries
            and self._entries[record].counts.status == "failed"
        ]

    def summary(self, seconds: float) -> RunSummary:
        return RunSummary.of(
            [entry.counts for record, entry in self._entries.items() if record in self._by_record],
            inputs=len(self._inputs.inputs),
            read=self._read,
            copied=self._copied,
            unchanged=self._unchanged,
            waiting=self._waiting(),
            gone=self._gone,
            left_out=self._inputs.left_out,
            pages=self._pages,
            seconds=seconds,
            signum=self._stop.signum,
        )


def _state(path: bytes) -> FileState | None:
    """The state of a file now, None when it is gone."""
    try:
        return FileState.of(os.lstat(path))
    except OSError:
        return None


def _real(path: bytes) -> bytes:
    return os.path.realpath(path)


def _head(path: bytes) -> bytes:
    """The first bytes of a file that a worker could already open."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 16)
    finally:
        os.close(descriptor)

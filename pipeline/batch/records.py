"""The records of OUT and what the ledger knows of them: written together, the record always first.

Only the process that leads the batch writes, one record after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from goaltables.document import Document
from goaltables.pipeline.batch.failure import failed_document
from goaltables.pipeline.batch.ledgers.entry import Counts, Entry, Key, recorded_entries
from goaltables.pipeline.batch.ledgers.ledger import Ledger
from goaltables.pipeline.batch.outputs.output import Output
from goaltables.pipeline.batch.sources.input_file import HEAD_BYTES, files_at, sniff_media_type
from goaltables.pipeline.batch.sources.inputs import Input
from goaltables.pipeline.page_outcome import Failure
from goaltables.pipeline.settings import ReadSettings, package_version


@dataclass(frozen=True, slots=True)
class SeenFile:
    """What was seen of a file of which nothing could be read."""

    sha256: str
    size: int
    state: str | None
    media_type: str | None = None


class Records:
    """What OUT holds, and the only way to change it."""

    def __init__(self, output: Output, ledger: Ledger, settings: ReadSettings, *, retry_failed: bool) -> None:
        self._output = output
        self._ledger = ledger
        self._settings = settings
        self._retry_failed = retry_failed
        self._version = package_version()
        self._marks = output.marks()
        self._entries = ledger.entries()
        self._by_content = {entry.key: entry for entry in self._entries.values()}
        self._written: set[str] = set()  # by this run
        self._fresh: set[str] = set()  # by this run or, meanwhile, by another that shares OUT
        self._adopt_unknown()

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries.values()))

    def get(self, record: str) -> Entry | None:
        return self._entries.get(record)

    def key(self, sha256: str) -> Key:
        """The key of a record of that content, made by this run."""
        return Key(sha256, self._version, self._settings.config_sha256(sha256))

    def is_written(self, record: str) -> bool:
        """Whether this run wrote it."""
        return record in self._written

    def is_current(self, entry: Entry) -> bool:
        """Whether a record stands and was made by this version under this configuration (and may stay)."""
        return (
            entry.key == self.key(entry.key.sha256)
            and not (self._retry_failed and entry.counts.is_worth_a_retry and entry.record not in self._fresh)
            and self._stands(entry.record)
        )

    def twin(self, key: Key) -> Entry | None:
        """A current record of the same content."""
        entry = self._by_content.get(key)
        return entry if entry is not None and self.is_current(entry) else None

    def put(
        self,
        item: Input,
        data: bytes,
        key: Key,
        state: str | None,
        counts: Counts,
        seconds: float | None = None,
    ) -> None:
        """Write a record, then note it."""
        mark = self._output.write_record(item.record, data)
        entry = Entry(item.record, item.path, state, key, counts, mark, seconds)
        self._ledger.put(entry)
        self._written.add(item.record)
        self._fresh.add(item.record)
        self._remember(entry)

    def put_failure(self, item: Input, failure: Failure, seen: SeenFile | None) -> Counts:
        """Write the record of an input of which nothing could be read; `seen` is None for one that could not
        even be opened.
        """
        seen = seen or SeenFile("", 0, item.state_now())
        media_type = seen.media_type
        if seen.sha256 and media_type is None:
            media_type = sniff_media_type(files_at(item.path).head(item.path, HEAD_BYTES))
        document = failed_document(
            failure.error_class,
            failure.message,
            path=item.shown,
            settings=self._settings,
            sha256=seen.sha256,
            size=seen.size,
            media_type=media_type,
        )
        counts = Counts.of(document)
        self.put(item, document.to_json(), self.key(seen.sha256), seen.state, counts)
        return counts

    def copy(self, twin: Entry, item: Input, state: str | None) -> str:
        """Give an input the record of another with the same content; the message of its failure, if it has
        one.
        """
        document = Document.model_validate_json(self._output.read_record(twin.record))
        source = document.source.model_copy(update={"path": item.shown})
        document = document.model_copy(update={"source": source})
        self.put(item, document.to_json(), twin.key, state, twin.counts)
        return document.error.message if document.error else ""

    def note_states(self, changed: Sequence[tuple[Input, Entry, str]]) -> None:
        """Note that inputs, unchanged in content, were found under a path and in a state."""
        entries = [replace(entry, input=item.path, state=state) for item, entry, state in changed]
        self._ledger.put_states(entries)
        for entry in entries:
            self._remember(entry)

    def adopt(self, record: str) -> None:
        """Learn of a record that a killed run put in place and could not note any more."""
        if self._marks is None and record not in self._fresh and self._output.has_record(record):
            self._adopt(record)

    def learn(self, record: str, key: Key) -> None:
        """Take in what other runs that share OUT have noted of a record or its content."""
        for entry in self._ledger.known(record, key):
            self._fresh.add(entry.record)
            self._remember(entry)

    def remove(self, record: str) -> None:
        self._output.remove_record(record)
        self._ledger.remove(record)
        del self._entries[record]

    def _remember(self, entry: Entry) -> None:
        self._entries[entry.record] = entry
        self._by_content[entry.key] = entry

    def _stands(self, record: str) -> bool:
        if self._marks is None or record in self._fresh:
            return self._output.has_record(record)
        return record in self._marks

    def _adopt_unknown(self) -> None:
        """Learn of every record that a foreign store holds with another mark than is noted."""
        for record, mark in (self._marks or {}).items():
            entry = self._entries.get(record)
            if entry is None or entry.mark != mark:
                self._adopt(record, mark)

    def _adopt(self, record: str, mark: str = "") -> None:
        for entry in recorded_entries([(record, self._output.read_record(record))], {record: mark}):
            known = self._entries.get(record)
            if known is None or (known.key, known.mark) != (entry.key, mark):
                self._ledger.put(entry)
                self._remember(entry)

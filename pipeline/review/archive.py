"""The records of one OUT as the desk sees them: what each needs, and the cases in work.

An archive has ten thousand records; opening them all takes minutes. So the tallies are kept in the review
database, and a thread makes those that are missing or out of date, while the desk is already at work.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from goaltables.document import Document
from goaltables.errors import OutputError
from goaltables.pipeline.batch.out_layout import DOCUMENTS
from goaltables.pipeline.batch.record_names import RECORD_SUFFIX
from goaltables.pipeline.review.cases import Case, DeskSettings, TableTally, Tally
from goaltables.pipeline.review.decisions import Decision
from goaltables.pipeline.review.store import ReviewStore
from goaltables.pipeline.settings import package_version

OPEN_CASES: Final = 8
LOOK_SECONDS: Final = 10.0
BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in the queue. `last` is the number of the last decision that its tally knows."""

    record: str
    sha256: str
    path: str
    status: str
    error_class: str | None
    pages: int
    last: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class _State:
    mtime_ns: int
    size: int


class Archive:
    """The records of one OUT. Safe to use from several threads; close it when done."""

    def __init__(self, out: Path, store: ReviewStore, settings: DeskSettings) -> None:
        self._documents = out / DOCUMENTS
        self._store = store
        self.settings = settings
        self._mark = f"{package_version()} {settings.below:g} {settings.share:g}"
        self._lock = threading.RLock()
        self._entries: dict[str, tuple[_State, Entry]] = {}
        self._cases: OrderedDict[str, tuple[_State, int, Case]] = OrderedDict()
        self._left = 0
        self._stop = threading.Event()
        self._first_look = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="archive", daemon=True)

    def start(self) -> None:
        """Begin to look at the records, and go on looking for new ones."""
        for record, (mtime_ns, size, content) in self._store.summaries(self._mark).items():
            with contextlib.suppress(ValueError, TypeError, KeyError):  # of another version: made again
                self._entries[record] = (_State(mtime_ns, size), _entry_of(json.loads(content)))
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def entries(self, wait_seconds: float = 1.0) -> tuple[list[Entry], int]:
        """The records that need a person most first, and how many were not looked at yet."""
        self._first_look.wait(wait_seconds)
        with self._lock:
            found = [entry for _, entry in self._entries.values()]
            return sorted(found, key=lambda entry: (-entry.tally.weight, entry.path)), self._left

    def record_of(self, sha256: str) -> str | None:
        """The name of a record of a document's bytes; None: there is none."""
        with self._lock:
            known = sorted(record for record, (_, entry) in self._entries.items() if entry.sha256 == sha256)
        return known[0] if known else None

    def case(self, sha256: str) -> Case | None:
        """The case of a document's bytes as it is now on the disk; None: there is none."""
        record = self.record_of(sha256)
        state = self._state(record) if record is not None else None
        if record is None or state is None:
            return None
        decisions = self._store.decisions(sha256)
        with self._lock:
            kept = self._cases.get(sha256)
            if kept is not None and kept[0] == state:
                case = kept[2] if kept[1] == len(decisions) else kept[2].with_decisions(decisions)
            else:
                document = self._read(record)
                if document is None or document.source.sha256 != sha256:
                    return None
                case = Case.of(document, decisions, self.settings)
            self._cases[sha256] = (state, len(decisions), case)
            self._cases.move_to_end(sha256)
            while len(self._cases) > OPEN_CASES:
                self._cases.popitem(last=False)
        return case

    def decided(self, case: Case) -> None:
        """Take the tally of a case whose decisions have changed."""
        sha256 = case.machine.source.sha256
        last = self._store.documents().get(sha256, 0)
        with self._lock:
            for record, (state, entry) in tuple(self._entries.items()):
                if entry.sha256 == sha256:
                    self._entries[record] = (state, _entry(record, case.machine, last, case.tally))

    # ------------------------------------------------------------------------------------- looking around

    def _keep_looking(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(OutputError):  # the disk is full or away: the next look may do better
                self._look()
            self._first_look.set()
            self._stop.wait(LOOK_SECONDS)

    def _look(self) -> None:
        """Bring the tallies up to date with the records and decisions on the disk."""
        states = dict(self._states())
        decided = self._store.documents()
        with self._lock:
            for record in self._entries.keys() - states.keys():
                del self._entries[record]
            waiting = [
                record for record, state in states.items() if not self._is_current(record, state, decided)
            ]
            self._left = len(waiting)
        done: list[tuple[str, int, int, str]] = []
        for record in waiting:
            if self._stop.is_set():
                return
            entry = self._tallied(record, decided)
            with self._lock:
                self._left -= 1
                if entry is not None:
                    self._entries[record] = (states[record], entry)
            if entry is not None:
                state = states[record]
                content = json.dumps(asdict(entry), ensure_ascii=False)
                done.append((record, state.mtime_ns, state.size, content))
            if len(done) >= BATCH:
                self._store.put_summaries(self._mark, done)
                done.clear()
        if done:
            self._store.put_summaries(self._mark, done)

    def _is_current(self, record: str, state: _State, decided: dict[str, int]) -> bool:
        known = self._entries.get(record)
        return known is not None and known[0] == state and known[1].last == decided.get(known[1].sha256, 0)

    def _states(self) -> Iterator[tuple[str, _State]]:
        for folder, folders, names in os.walk(self._documents):
            folders.sort()
            for name in sorted(names):
                if name.endswith(RECORD_SUFFIX):
                    record = Path(folder, name).relative_to(self._documents).as_posix()
                    state = self._state(record)
                    if state is not None:
                        yield record, state

    def _state(self, record: str) -> _State | None:
        try:
            found = (self._documents / record).stat()
        except OSError:
            return None
        return _State(found.st_mtime_ns, found.st_size)

    def _read(self, record: str) -> Document | None:
        """A record; None when it is gone, or is no record (of this version)."""
        try:
            return Document.model_validate_json((self._documents / record).read_bytes())
        except (OSError, ValidationError):
            return None

    def _tallied(self, record: str, decided: dict[str, int]) -> Entry | None:
        document = self._read(record)
        if document is None:
            return None
        sha256 = document.source.sha256
        decisions: list[Decision] = self._store.decisions(sha256) if sha256 in decided else []
        tally = Case.of(document, decisions, self.settings).tally
        return _entry(record, document, decided.get(sha256, 0), tally)


def _entry(record: str, document: Document, last: int, tally: Tally) -> Entry:
    return Entry(
        record=record,
        sha256=document.source.sha256,
        path=document.source.path,
        status=document.status,
        error_class=document.error.error_class if document.error else None,
        pages=document.source.page_count,
        last=last,
        tally=tally,
    )


def _entry_of(content: dict[str, Any]) -> Entry:
    tally = content.pop("tally")
    tables = tuple(TableTally(**table) for table in tally.pop("tables"))
    return Entry(**content, tally=Tally(tables=tables, **tally))

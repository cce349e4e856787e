"""The ledger (``OUT/ledger.sqlite``): what was done, so that the next run does only what is missing.

One row per record. A record is *current* when it was made by this version under this configuration from these
bytes: the key is (sha256 of the input, goaltables version, sha256 of the configuration). The state of the
file (size, times, inode) only saves the hash: an unchanged file costs one stat; when the state differs, the
hash decides.

A row is written after its record is on the disk, so the ledger never knows more than the disk holds. When
it is lost or damaged it is rebuilt from the records.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, Final

from goaltables.document import Document
from goaltables.errors import OutputError
from goaltables.pipeline.batch.input_file import FileState
from goaltables.pipeline.messages import say

LEDGER_NAME: Final = "ledger.sqlite"
SCHEMA_VERSION: Final = 1

SCHEMA: Final = """
CREATE TABLE record (
    record TEXT PRIMARY KEY,   -- path under OUT/documents
    input BLOB,                -- absolute path of the input, as bytes; NULL after a rebuild
    size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, inode INTEGER, device INTEGER,
    sha256 TEXT NOT NULL,      -- of the input; '' when not even its bytes could be had
    version TEXT NOT NULL,
    config_sha256 TEXT NOT NULL,
    status TEXT NOT NULL,
    error_class TEXT,
    tables INTEGER NOT NULL,
    indicators INTEGER NOT NULL,
    needs_review INTEGER NOT NULL,
    findings_error INTEGER NOT NULL,
    findings_warning INTEGER NOT NULL,
    findings_info INTEGER NOT NULL
) STRICT;
CREATE INDEX record_by_content ON record (sha256, version, config_sha256);
CREATE INDEX record_by_input ON record (input);
CREATE TABLE dataset (is_stale INTEGER NOT NULL) STRICT;
INSERT INTO dataset VALUES (1);
"""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a record current: the content, the version and the configuration."""

    sha256: str
    version: str
    config_sha256: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What a record holds, for the summary and for ``--fail-on``."""

    status: str
    error_class: str | None
    tables: int = 0
    indicators: int = 0
    needs_review: int = 0
    findings_error: int = 0
    findings_warning: int = 0
    findings_info: int = 0

    @classmethod
    def of(cls, document: Document) -> Counts:
        severities = [finding.severity for finding in document.findings]
        for table in document.tables:
            severities.extend(finding.severity for finding in table.findings)
        indicators = [indicator for table in document.tables for indicator in table.indicators]
        return cls(
            status=document.status,
            error_class=document.error.error_class if document.error else None,
            tables=len(document.tables),
            indicators=len(indicators),
            needs_review=sum(indicator.needs_review for indicator in indicators),
            findings_error=severities.count("error"),
            findings_warning=severities.count("warning"),
            findings_info=severities.count("info"),
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a record, where it came from and what is in it."""

    record: str
    input: bytes | None
    state: FileState | None
    key: Key
    counts: Counts


_COLUMNS: Final = (
    "record",
    "input",
    *(f.name for f in fields(FileState)),
    *(f.name for f in fields(Key)),
    *(f.name for f in fields(Counts)),
)
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM record"  # noqa: S608 - our own column names
_INSERT: Final = (
    f"INSERT OR REPLACE INTO record ({', '.join(_COLUMNS)}) "  # noqa: S608 - our own column names
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)


class Ledger:
    """The open ledger of one OUT; only the run that holds OUT may open it. Close it, or use ``with``."""

    def __init__(self, out: Path) -> None:
        """Open or make the ledger; a damaged or missing one is rebuilt from the records.

        Raises OutputError.
        """
        self._path = out / LEDGER_NAME
        self._documents = out / "documents"
        with _as_output_error(self._path):
            try:
                self._connection = self._open()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                _set_aside(self._path)
                self._connection = self._open()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def entries(self) -> dict[str, Entry]:
        """Every row by its record name."""
        with _as_output_error(self._path):
            rows = self._connection.execute(_SELECT).fetchall()
        return {entry.record: entry for entry in map(_entry, rows)}

    def put(self, entry: Entry) -> None:
        """Note a record that is on the disk. Raises OutputError."""
        with _as_output_error(self._path), self._connection:
            self._connection.execute(_INSERT, _row(entry))
            self._connection.execute("UPDATE dataset SET is_stale = 1 WHERE is_stale = 0")

    def put_states(self, entries: list[Entry]) -> None:
        """Note new file states of unchanged content, all at once."""
        with _as_output_error(self._path), self._connection:
            self._connection.executemany(_INSERT, map(_row, entries))

    def remove(self, record: str) -> None:
        """Forget a record. Raises OutputError."""
        with _as_output_error(self._path), self._connection:
            self._connection.execute("DELETE FROM record WHERE record = ?", (record,))
            self._connection.execute("UPDATE dataset SET is_stale = 1")

    @property
    def is_dataset_stale(self) -> bool:
        """Whether a record changed since the dataset was last written, also by a run that was killed."""
        with _as_output_error(self._path):
            found = self._connection.execute("SELECT is_stale FROM dataset").fetchone()
        return bool(found[0])

    def dataset_written(self) -> None:
        with _as_output_error(self._path), self._connection:
            self._connection.execute("UPDATE dataset SET is_stale = 0")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=5)
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, SCHEMA_VERSION):
                raise sqlite3.DatabaseError("made by another version")
            if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("damaged")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            if version == 0:
                self._create(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _create(self, connection: sqlite3.Connection) -> None:
        """Make the tables and fill them from the records, in one transaction."""
        connection.executescript(f"BEGIN; {SCHEMA}")
        connection.executemany(_INSERT, map(_row, _recorded(self._documents)))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.commit()


def _recorded(documents: Path) -> Iterator[Entry]:
    """An entry for every record under OUT/documents that can be read; the others will be made again."""
    for path in sorted(documents.rglob("*.json")):
        try:
            document = Document.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            continue
        engine = document.engine
        yield Entry(
            record=path.relative_to(documents).as_posix(),
            input=None,
            state=None,
            key=Key(document.source.sha256, engine.goaltables, engine.config_sha256),
            counts=Counts.of(document),
        )


def _row(entry: Entry) -> tuple[Any, ...]:
    state = astuple(entry.state) if entry.state else (None,) * len(fields(FileState))
    return (entry.record, entry.input, *state, *astuple(entry.key), *astuple(entry.counts))


def _entry(row: tuple[Any, ...]) -> Entry:
    record, source, *rest = row
    state, rest = rest[:5], rest[5:]
    return Entry(
        record=record,
        input=source,
        state=None if state[0] is None else FileState(*state),
        key=Key(*rest[:3]),
        counts=Counts(*rest[3:]),
    )


def _set_aside(path: Path) -> None:
    """Move a damaged ledger out of the way; it is kept for whoever wants to know what happened."""
    path.replace(path.with_name(path.name + ".damaged"))
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise OutputError(say("output-unwritable", path=path, reason=error)) from error

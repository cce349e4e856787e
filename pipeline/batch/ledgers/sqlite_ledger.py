"""The ledger as one SQLite file inside OUT, in WAL mode, every commit flushed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from goaltables.errors import OutputError
from goaltables.pipeline.batch.ledgers.entry import COLUMNS, Entry, Key, as_row, from_row, recorded_entries
from goaltables.pipeline.messages import say

SCHEMA_VERSION: Final = 2

SCHEMA: Final = """
CREATE TABLE record (
    record TEXT PRIMARY KEY,   -- path under OUT/documents
    input BLOB,                -- absolute path or URL of the input, as bytes; NULL after a rebuild
    state TEXT,                -- of the input when it was read
    mark TEXT NOT NULL,        -- what a foreign store says about the record's content
    seconds REAL,              -- how long its reading took; NULL when nobody timed it
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
    findings_info INTEGER NOT NULL,
    pages_lost INTEGER NOT NULL
) STRICT;
CREATE INDEX record_by_content ON record (sha256, version, config_sha256);
CREATE INDEX record_by_input ON record (input);
CREATE TABLE dataset (changes INTEGER NOT NULL, written INTEGER NOT NULL) STRICT;
INSERT INTO dataset VALUES (1, 0);
"""

_SELECT: Final = f"SELECT {', '.join(COLUMNS)} FROM record"  # noqa: S608 - our own column names
_INSERT: Final = (
    f"INSERT OR REPLACE INTO record ({', '.join(COLUMNS)}) "  # noqa: S608 - our own column names
    f"VALUES ({', '.join('?' * len(COLUMNS))})"
)
_CHANGED: Final = "UPDATE dataset SET changes = changes + 1"


class SqliteLedger:
    """See Ledger. Only the run that holds OUT may open it, so every claim is granted."""

    def __init__(self, path: Path, records: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
        """Open or make the ledger; a damaged or missing one is rebuilt from `records`.

        Raises OutputError.
        """
        self._path = path
        self._records = records
        with _as_output_error(path):
            try:
                self._connection = self._open()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                _set_aside(path)
                self._connection = self._open()

    def __enter__(self) -> SqliteLedger:
        return self

    def __exit__(self, *exception: object) -> None:
        self._connection.close()

    def entries(self) -> dict[str, Entry]:
        with _as_output_error(self._path):
            rows = self._connection.execute(_SELECT).fetchall()
        return {entry.record: entry for entry in map(from_row, rows)}

    def put(self, entry: Entry) -> None:
        with _as_output_error(self._path), self._connection:
            self._connection.execute(_INSERT, as_row(entry))
            self._connection.execute(_CHANGED)

    def put_states(self, entries: Sequence[Entry]) -> None:
        if entries:
            with _as_output_error(self._path), self._connection:
                self._connection.executemany(_INSERT, map(as_row, entries))

    def remove(self, record: str) -> None:
        with _as_output_error(self._path), self._connection:
            self._connection.execute("DELETE FROM record WHERE record = ?", (record,))
            self._connection.execute(_CHANGED)

    @property
    def changes(self) -> int:
        return self._dataset()[0]

    @property
    def is_dataset_stale(self) -> bool:
        changes, written = self._dataset()
        return changes != written

    def _dataset(self) -> tuple[int, int]:
        with _as_output_error(self._path):
            changes, written = self._connection.execute("SELECT changes, written FROM dataset").fetchone()
        return int(changes), int(written)

    def dataset_written(self, changes: int) -> None:
        with _as_output_error(self._path), self._connection:
            self._connection.execute("UPDATE dataset SET written = ?", (changes,))

    def claim(self, key: Key) -> bool:  # noqa: ARG002 - nobody shares this OUT
        return True

    def release(self, key: Key) -> None: ...

    def known(self, record: str, key: Key) -> Sequence[Entry]:  # noqa: ARG002 - nobody else writes
        return ()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        yield True

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
        connection.executemany(_INSERT, map(as_row, recorded_entries(self._records())))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.commit()


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

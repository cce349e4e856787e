"""The review database (``OUT/reviews.sqlite``): decisions, who works on what, given grids.

Kept apart from the records, which digitize may make again at any time. A decision is on the disk when `add`
returns (WAL, ``synchronous = FULL``); nothing is ever updated or deleted in the log. Several desks may have
the file open at once: what must not happen twice is checked inside one transaction.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from goaltables.errors import GoalTablesError, OutputError
from goaltables.pipeline.messages import say
from goaltables.pipeline.review.decisions import Decision

STORE_NAME: Final = "reviews.sqlite"
SCHEMA_VERSION: Final = 1
LEASE_SECONDS: Final = 90.0  # three missed signs of life of the page

SCHEMA: Final = """
CREATE TABLE decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    follows TEXT,
    anchor TEXT NOT NULL,      -- where a first decision belongs: page, box, role
    sha256 TEXT NOT NULL,      -- of the document's bytes
    by TEXT NOT NULL,
    content TEXT NOT NULL      -- the decision as JSON, the line of the exchange file
) STRICT;
CREATE INDEX decision_by_document ON decision (sha256);
CREATE INDEX decision_by_follows ON decision (follows);
CREATE TABLE lease (
    sha256 TEXT NOT NULL, session TEXT NOT NULL, by TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (sha256, session)
) STRICT;
CREATE TABLE given (
    sha256 TEXT NOT NULL, page INTEGER NOT NULL, version INTEGER NOT NULL,
    by TEXT NOT NULL, at TEXT NOT NULL,
    content TEXT NOT NULL,     -- tables with cells as JSON; "[]": nothing is given any more
    PRIMARY KEY (sha256, page, version)
) STRICT;
CREATE TABLE summary (         -- what a record needs, so that a large OUT opens at once; may be lost
    record TEXT PRIMARY KEY, mtime_ns INTEGER NOT NULL, size INTEGER NOT NULL, settings TEXT NOT NULL,
    content TEXT NOT NULL
) STRICT;
CREATE TABLE exported (through INTEGER NOT NULL) STRICT;
INSERT INTO exported VALUES (0);
"""


class Superseded(GoalTablesError):
    """Somebody decided meanwhile. `current` is the decision that was not seen."""

    exit_code = 70

    def __init__(self, current: Decision) -> None:
        super().__init__(f"decided meanwhile by {current.by}")
        self.current = current


@dataclass(frozen=True, slots=True)
class GivenVersion:
    """What a person gave for the grid of a page: the JSON of its tables, and the version for the next one."""

    page: int
    version: int
    content: str


class ReviewStore:
    """The open review database of one OUT. Safe to use from several threads."""

    def __init__(self, out: Path) -> None:
        """Open or make the database. Raises OutputError."""
        self._path = out / STORE_NAME
        self._lock = threading.Lock()
        with _as_output_error(self._path):
            self._connection = sqlite3.connect(
                self._path, timeout=10, check_same_thread=False, isolation_level=None
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> ReviewStore:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        with self._transaction() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            elif version != SCHEMA_VERSION:
                raise OutputError(say("review-newer-database", path=self._path))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time, in this process and among processes; all of it or nothing."""
        with self._lock, _as_output_error(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _read(self, query: str, values: Sequence[object] = ()) -> list[tuple[str, ...]]:
        with self._lock, _as_output_error(self._path):
            return self._connection.execute(query, values).fetchall()

    # ----------------------------------------------------------------------------------------- decisions

    def decisions(self, sha256: str) -> list[Decision]:
        """The decisions about a document's bytes, oldest first."""
        rows = self._read("SELECT content FROM decision WHERE sha256 = ? ORDER BY id", (sha256,))
        return [Decision.model_validate_json(content) for (content,) in rows]

    def all_decisions(self) -> Iterator[Decision]:
        """Every decision, oldest first."""
        for (content,) in self._read("SELECT content FROM decision ORDER BY id"):
            yield Decision.model_validate_json(content)

    def add(self, decision: Decision) -> None:
        """Keep a decision. Raises Superseded when it does not follow the last one about its text."""
        with self._transaction() as connection:
            if decision.follows is not None:
                later = connection.execute(
                    "SELECT content FROM decision WHERE follows = ?", (decision.follows,)
                ).fetchone()
            else:
                later = connection.execute(
                    "SELECT content FROM decision WHERE anchor = ? ORDER BY id DESC", (decision.anchor,)
                ).fetchone()
            if later is not None:
                raise Superseded(Decision.model_validate_json(later[0]))
            connection.execute(_INSERT, _row(decision))

    def take_in(self, decisions: Iterable[Decision]) -> int:
        """Keep decisions of another desk, each once; how many were new."""
        with self._transaction() as connection:
            before = connection.total_changes
            connection.executemany(f"{_INSERT} ON CONFLICT (uid) DO NOTHING", map(_row, decisions))
            return connection.total_changes - before

    def documents(self) -> dict[str, int]:
        """The documents somebody decided on, with the number of the last decision about each."""
        rows = self._read("SELECT sha256, max(id) FROM decision GROUP BY sha256")
        return {sha256: int(last) for sha256, last in rows}

    def people(self) -> dict[str, int]:
        """How many decisions each person made."""
        rows = self._read("SELECT by, count(*) FROM decision GROUP BY by ORDER BY count(*) DESC, by")
        return {by: int(count) for by, count in rows}

    @property
    def not_exported(self) -> int:
        """How many decisions and given grids the dataset files do not know yet."""
        query = "SELECT count(*) FROM decision WHERE id > (SELECT through FROM exported)"
        return int(self._read(query)[0][0])

    def exported(self) -> None:
        """Note that the dataset files hold every decision there is."""
        with self._transaction() as connection:
            connection.execute("UPDATE exported SET through = (SELECT coalesce(max(id), 0) FROM decision)")

    # -------------------------------------------------------------------------------------------- leases

    def take(self, sha256: str, session: str, by: str) -> list[str]:
        """Say that `by` is working on a document; the others who are (another session of `by`, too)."""
        now = time.time()
        with self._transaction() as connection:
            connection.execute("DELETE FROM lease WHERE until < ?", (now,))
            connection.execute(
                "INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)", (sha256, session, by, now + LEASE_SECONDS)
            )
            rows = connection.execute(
                "SELECT by FROM lease WHERE sha256 = ? AND session <> ? ORDER BY by", (sha256, session)
            ).fetchall()
        return [by for (by,) in rows]

    def let_go(self, session: str) -> None:
        """Say that a session works on nothing any more."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM lease WHERE session = ?", (session,))

    def taken(self) -> dict[str, list[str]]:
        """Who works on which document now."""
        rows = self._read("SELECT sha256, by FROM lease WHERE until >= ? ORDER BY by", (time.time(),))
        found: dict[str, list[str]] = {}
        for sha256, by in rows:
            found.setdefault(sha256, []).append(by)
        return found

    # --------------------------------------------------------------------------------------- given grids

    def given(self, sha256: str) -> list[GivenVersion]:
        """What stands for the grids of a document's pages."""
        rows = self._read(
            "SELECT page, max(version), content FROM given WHERE sha256 = ? GROUP BY page ORDER BY page",
            (sha256,),
        )
        return [GivenVersion(int(page), int(version), content) for page, version, content in rows]

    def all_given(self) -> dict[str, list[GivenVersion]]:
        """The same for every document that has any."""
        documents = [sha256 for (sha256,) in self._read("SELECT DISTINCT sha256 FROM given ORDER BY sha256")]
        return {sha256: self.given(sha256) for sha256 in documents}

    def give(self, sha256: str, page: int, content: object, *, by: str, at: str, seen: int) -> bool:
        """Keep what a person gives for a page. False: somebody gave something since version `seen`."""
        with self._transaction() as connection:
            (last,) = connection.execute(
                "SELECT coalesce(max(version), 0) FROM given WHERE sha256 = ? AND page = ?", (sha256, page)
            ).fetchone()
            if last != seen:
                return False
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            connection.execute(
                "INSERT INTO given VALUES (?, ?, ?, ?, ?, ?)", (sha256, page, last + 1, by, at, text)
            )
        return True

    # ----------------------------------------------------------------------------------------- summaries

    def summaries(self, settings: str) -> dict[str, tuple[int, int, str]]:
        """For each record whose summary was made under `settings`: mtime and size it had, and the summary."""
        rows = self._read(
            "SELECT record, mtime_ns, size, content FROM summary WHERE settings = ?", (settings,)
        )
        return {record: (int(mtime), int(size), content) for record, mtime, size, content in rows}

    def put_summaries(self, settings: str, rows: Iterable[tuple[str, int, int, str]]) -> None:
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO summary VALUES (?, ?, ?, ?, ?)",
                ((record, mtime, size, settings, content) for record, mtime, size, content in rows),
            )


_INSERT: Final = "INSERT INTO decision (uid, follows, anchor, sha256, by, content) VALUES (?, ?, ?, ?, ?, ?)"


def _row(decision: Decision) -> tuple[str | None, ...]:
    content = decision.model_dump_json()
    return decision.uid, decision.follows, decision.anchor, decision.sha256, decision.by, content


@contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise OutputError(say("output-unwritable", path=path, reason=error)) from error


def opened_reviews(out: Path) -> ReviewStore | None:
    """The review database of OUT, None when nobody has reviewed anything there yet."""
    return ReviewStore(out) if (out / STORE_NAME).is_file() else None

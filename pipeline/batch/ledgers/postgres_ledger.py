"""The ledger in PostgreSQL, through SQLAlchemy Core: for an OUT that several machines write.

One data base may serve many OUTs: rows carry the identity of theirs, a name that lies in OUT itself and is
the same wherever OUT is mounted. Locks are the server's session locks. They die with the connection, so a
machine that is switched off holds nothing.

Two sessions: one reads and writes rows, each change in a transaction of its own; the other holds the locks.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from goaltables.errors import DependencyMissing, OutputBusy, OutputError, UsageError
from goaltables.pipeline.batch.ledgers.entry import COLUMNS, Entry, Key, as_row, from_row, recorded_entries
from goaltables.pipeline.batch.outputs.output import Output
from goaltables.pipeline.messages import say

try:
    import sqlalchemy as sa
    from sqlalchemy.dialects.postgresql import insert
except ModuleNotFoundError as missing:
    raise DependencyMissing("sqlalchemy", "python -m pip install 'goaltables[postgres]'") from missing

REMEDY: Final = "python -m pip install 'goaltables[postgres]'"
CONNECT_SECONDS: Final = 10
# A statement of ours takes milliseconds; a server that has gone away must not hold a run for ever.
ALIVE: Final = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}

METADATA: Final = sa.MetaData()
RECORD: Final = sa.Table(
    "goaltables_record",
    METADATA,
    sa.Column("out", sa.Text, primary_key=True),
    sa.Column("record", sa.Text, primary_key=True),
    sa.Column("input", sa.LargeBinary),
    sa.Column("state", sa.Text),
    sa.Column("mark", sa.Text, nullable=False),
    sa.Column("seconds", sa.Double),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("config_sha256", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("error_class", sa.Text),
    *(
        sa.Column(name, sa.Integer, nullable=False)
        for name in (
            *("tables", "indicators", "needs_review"),
            *("findings_error", "findings_warning", "findings_info", "pages_lost"),
        )
    ),
    sa.Index("goaltables_record_by_content", "out", "sha256", "version", "config_sha256"),
)
# `changes` counts the changes of an OUT's records, `written` is the count its dataset has seen.
DATASET: Final = sa.Table(
    "goaltables_dataset",
    METADATA,
    sa.Column("out", sa.Text, primary_key=True),
    sa.Column("changes", sa.BigInteger, nullable=False),
    sa.Column("written", sa.BigInteger, nullable=False),
)
_COLUMNS: Final = [RECORD.c[name] for name in COLUMNS]


class PostgresLedger:
    """See Ledger. Use it with ``with``."""

    def __init__(self, url: str, output: Output, *, is_shared: bool) -> None:
        self._engine = _engine(url)
        self._place = f"{output.place} ({self._engine.url.render_as_string(hide_password=True)})"
        self._output = output
        self._is_shared = is_shared
        self._claims: dict[Key, int] = {}

    def __enter__(self) -> PostgresLedger:
        """Connect, take the lock of OUT, make the tables, and fill them from the records of an OUT that the
        data base does not know. Raises OutputError, OutputBusy.
        """
        try:
            self._out = self._output.identity()
            with self._as_output_error():
                self._locks = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._rows = self._engine.connect()
            self._join()
            with self._as_output_error():
                self._prepare()
        except BaseException:
            self._engine.dispose()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        """End both sessions, and with them every lock."""
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            # The end of the session would do; but the server ends it a little later than we do.
            self._locks.execute(sa.select(sa.func.pg_advisory_unlock_all()))
            self._locks.close()
            self._rows.close()
        self._engine.dispose()

    def entries(self) -> dict[str, Entry]:
        rows = self._all(sa.select(*_COLUMNS).where(RECORD.c.out == self._out))
        return {entry.record: entry for entry in map(from_row, rows)}

    def put(self, entry: Entry) -> None:
        self._change(_upsert(self._row(entry)))

    def put_states(self, entries: Sequence[Entry]) -> None:
        with self._as_output_error(), self._rows.begin():
            for entry in entries:
                self._rows.execute(_upsert(self._row(entry)))

    def remove(self, record: str) -> None:
        self._change(sa.delete(RECORD).where(RECORD.c.out == self._out, RECORD.c.record == record))

    @property
    def changes(self) -> int:
        return self._dataset()[0]

    @property
    def is_dataset_stale(self) -> bool:
        changes, written = self._dataset()
        return changes != written

    def dataset_written(self, changes: int) -> None:
        seen = sa.update(DATASET).where(DATASET.c.out == self._out).values(written=changes)
        with self._as_output_error(), self._rows.begin():
            self._rows.execute(seen)

    def claim(self, key: Key) -> bool:
        if not self._is_shared:
            return True
        number = _lock_number(self._out, key.sha256, key.version, key.config_sha256)
        with self._as_output_error():
            is_mine = bool(self._locks.scalar(sa.select(sa.func.pg_try_advisory_lock(number))))
        if is_mine:
            self._claims[key] = number
        return is_mine

    def release(self, key: Key) -> None:
        if (number := self._claims.pop(key, None)) is not None:
            with self._as_output_error():
                self._locks.execute(sa.select(sa.func.pg_advisory_unlock(number)))

    def known(self, record: str, key: Key) -> Sequence[Entry]:
        if not self._is_shared:
            return ()
        is_of_content = sa.and_(
            RECORD.c.sha256 == key.sha256,
            RECORD.c.version == key.version,
            RECORD.c.config_sha256 == key.config_sha256,
        )
        wanted = sa.and_(RECORD.c.out == self._out, sa.or_(RECORD.c.record == record, is_of_content))
        return [from_row(row) for row in self._all(sa.select(*_COLUMNS).where(wanted))]

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """The last of several runs takes the lock of OUT for itself; the others find it shared."""
        if not self._is_shared:
            yield True
            return
        with self._as_output_error():
            self._locks.execute(sa.select(sa.func.pg_advisory_unlock_shared(self._out_lock)))
            is_last = self._locks.scalar(sa.select(sa.func.pg_try_advisory_lock(self._out_lock)))
        yield bool(is_last)

    @property
    def _out_lock(self) -> int:
        return _lock_number(self._out)

    def _join(self) -> None:
        """Hold OUT: alone, or beside other runs that share it. Raises OutputBusy."""
        kind = sa.func.pg_try_advisory_lock_shared if self._is_shared else sa.func.pg_try_advisory_lock
        with self._as_output_error():
            is_held = self._locks.scalar(sa.select(kind(self._out_lock)))
            who = None if is_held else self._holder()
        if not is_held:
            raise OutputBusy(say("output-busy", process=who or "unknown", path=self._place))

    def _holder(self) -> str | None:
        """Machine and program of a session that holds the lock of this OUT."""
        number = self._out_lock & 0xFFFF_FFFF_FFFF_FFFF
        query = sa.text(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND granted AND classid = :high AND objid = :low"
            " AND pid <> pg_backend_pid() LIMIT 1"
        )
        found = self._locks.scalar(query, {"high": number >> 32, "low": number & 0xFFFF_FFFF})
        return None if found is None else str(found)

    def _prepare(self) -> None:
        """Make the tables, one run at a time, and a row for this OUT."""
        number = _lock_number("tables")
        with self._rows.begin():
            self._rows.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))
            METADATA.create_all(self._rows)
            known = self._rows.execute(sa.select(DATASET).where(DATASET.c.out == self._out)).first()
            if known is None:
                for entry in recorded_entries(self._output.records(), dict(self._output.marks() or {})):
                    self._rows.execute(_upsert(self._row(entry)))
                self._rows.execute(sa.insert(DATASET).values(out=self._out, changes=1, written=0))

    def _change(self, statement: sa.Executable) -> None:
        """Change a row and count it, in one transaction."""
        counted = sa.update(DATASET).where(DATASET.c.out == self._out).values(changes=DATASET.c.changes + 1)
        with self._as_output_error(), self._rows.begin():
            self._rows.execute(statement)
            self._rows.execute(counted)

    def _row(self, entry: Entry) -> dict[str, Any]:
        return {"out": self._out, **dict(zip(COLUMNS, as_row(entry), strict=True))}

    def _dataset(self) -> tuple[int, int]:
        query = sa.select(DATASET.c.changes, DATASET.c.written).where(DATASET.c.out == self._out)
        ((changes, written),) = self._all(query)
        return int(changes), int(written)

    def _all(self, query: sa.Select[Any]) -> Sequence[Sequence[Any]]:
        with self._as_output_error(), self._rows.begin():
            return [tuple(row) for row in self._rows.execute(query)]

    @contextmanager
    def _as_output_error(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            cause = str(getattr(error, "orig", None) or error).strip().splitlines()
            raise OutputError(
                say("output-unwritable", path=self._place, reason=cause[0] if cause else type(error).__name__)
            ) from error


def _engine(url: str) -> sa.Engine:
    """Raises UsageError (no URL of a data base), DependencyMissing (psycopg)."""
    try:
        parsed = sa.make_url(url).set(drivername="postgresql+psycopg")
        return sa.create_engine(
            parsed,
            poolclass=sa.pool.NullPool,
            connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": _program(), **ALIVE},
        )
    except sa.exc.ArgumentError as error:
        raise UsageError(say("ledger-unknown", value=url.partition("://")[0])) from error
    except ModuleNotFoundError as error:
        raise DependencyMissing("psycopg", REMEDY) from error


def _program() -> str:
    """What an administrator sees in the list of sessions; 63 bytes are kept."""
    return f"goaltables {os.getpid()} on {socket.gethostname()}"[:63]


def _upsert(row: dict[str, Any]) -> sa.Executable:
    statement = insert(RECORD).values(row)
    changed = {name: statement.excluded[name] for name in COLUMNS if name != "record"}
    return statement.on_conflict_do_update(index_elements=["out", "record"], set_=changed)


def _lock_number(*parts: str) -> int:
    """A 64-bit number for a session lock; two that collide only wait for each other."""
    digest = hashlib.sha256("\0".join(("goaltables", *parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)

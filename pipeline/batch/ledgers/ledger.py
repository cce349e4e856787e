"""The ledger: what was done, so that the next run does only what is missing.

One row per record. A record is *current* when it was made by this version under this configuration from these
bytes: the key is (sha256 of the input, goaltables version, sha256 of the configuration). The state of the
file only saves the hash: an unchanged file costs one stat; when the state differs, the hash decides.

A row is written after its record is on the disk, so the ledger never knows more than OUT holds. When it is
lost or damaged it is rebuilt from the records.

Two kinds: SQLite inside OUT, for one run at a time, and PostgreSQL, where several machines may also share
the work on one OUT. A share is claimed by its content, and a claim dies with the run that made it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from goaltables.pipeline.batch.ledgers.entry import Entry, Key
from goaltables.pipeline.batch.outputs.output import Output


class Ledger(Protocol):
    """The open ledger of one OUT. Everything raises OutputError when it cannot be read or written."""

    def entries(self) -> dict[str, Entry]:
        """Every row by its record name."""
        ...

    def put(self, entry: Entry) -> None:
        """Note a record that is on the disk; the dataset is stale from here on."""
        ...

    def put_states(self, entries: Sequence[Entry]) -> None:
        """Note new file states of unchanged content, all at once; the dataset stays as it is."""
        ...

    def remove(self, record: str) -> None:
        """Forget a record; the dataset is stale from here on."""
        ...

    @property
    def changes(self) -> int:
        """Counts the changes of records: what the dataset must have seen to be up to date."""
        ...

    @property
    def is_dataset_stale(self) -> bool:
        """Whether a record changed since the dataset was last written, also by a run that was killed."""
        ...

    def dataset_written(self, changes: int) -> None:
        """Note that the dataset holds everything up to that count of changes."""
        ...

    def claim(self, key: Key) -> bool:
        """Whether this run may read the document: no other run that shares OUT has it in hand."""
        ...

    def release(self, key: Key) -> None:
        """Let go of a claim, after the record is noted."""
        ...

    def known(self, record: str, key: Key) -> Sequence[Entry]:
        """Rows that other runs may have written meanwhile: of that record, or of that content."""
        ...

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other run shares OUT (any more); while the block lasts none joins."""
        ...


@contextmanager
def open_ledger(url: str | None, output: Output, *, is_shared: bool) -> Iterator[Ledger]:
    """The ledger of `output`: in it, or at a PostgreSQL URL.

    Raises DependencyMissing, OutputError, OutputBusy (another run holds OUT).
    """
    if url is None:
        from goaltables.pipeline.batch.ledgers.sqlite_ledger import SqliteLedger

        with output.ledger_file() as path, SqliteLedger(path, output.records) as ledger:
            yield ledger
    else:
        from goaltables.pipeline.batch.ledgers.postgres_ledger import PostgresLedger

        with PostgresLedger(url, output, is_shared=is_shared) as ledger:
            yield ledger

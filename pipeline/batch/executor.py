"""What the batch needs of whoever reads its documents: tasks go in, events come out.

One implementation today, the worker processes of this machine (``goaltables.pipeline.batch.pool``). The batch
never waits inside an executor for longer than it asks to, so that it stays able to stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from goaltables.pipeline.batch.input_file import FileState
from goaltables.pipeline.batch.ledger import Counts


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is asked to do: read the file at `path` (bytes) as `shown`, for the record `record`."""

    record: str
    path: bytes
    shown: str


@dataclass(frozen=True, slots=True)
class PageBegun:
    """A worker goes on to a page."""

    task: Task
    page: int
    page_count: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A worker made a record. `message` is a failed record's, `trace` a traceback when it met a bug."""

    task: Task
    record: bytes
    sha256: str
    state: FileState | None
    counts: Counts
    message: str
    trace: str


@dataclass(frozen=True, slots=True)
class Died:
    """A worker ended without a record: its class, a message for the record, the end of what it printed."""

    task: Task
    error_class: str
    message: str
    printed: str


Event: TypeAlias = PageBegun | Finished | Died


class Executor(Protocol):
    """What the batch needs of whoever reads its documents."""

    @property
    def free(self) -> int:
        """How many tasks can be submitted now."""
        ...

    @property
    def busy(self) -> int:
        """How many tasks are in hand."""
        ...

    def submit(self, task: Task) -> None: ...

    def poll(self, seconds: float) -> Iterator[Event]:
        """What happened, after waiting at most `seconds` for something to happen."""
        ...

    def close(self) -> None:
        """End everything at once; tasks in hand are lost (the ledger knows them as not done)."""
        ...

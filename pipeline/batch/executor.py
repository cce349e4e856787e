"""What the batch needs of whoever reads its documents: tasks go in, events come out.

The worker processes of this machine (``goaltables.pipeline.batch.pool``) are one, a cluster's another. The
batch never waits inside an executor for longer than it asks to, so that it stays able to stop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.page_outcome import Failure


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is asked to do: read the file at `path` (bytes) as `shown`, for the record `record`.

    `sha256` is what this machine saw in the file; '' when it did not look.
    """

    record: str
    path: bytes
    shown: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PageDone:
    """A page was read, or (`failure`) could not be."""

    task: Task
    page: int
    page_count: int
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A record was made, of `pages` pages that were read, in `seconds` of all workers together. `state` is
    that of the file when it was read.
    """

    task: Task
    record: bytes
    sha256: str
    state: str
    counts: Counts
    pages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """No record can be made. What is known of the file is empty when not even its bytes could be had."""

    task: Task
    failure: Failure
    sha256: str = ""
    size: int = 0
    media_type: str | None = None


Event: TypeAlias = PageDone | Finished | Failed


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

    def poll(self, seconds: float) -> Sequence[Event]:
        """What happened, after waiting at most `seconds` for something to happen."""
        ...

    def close(self) -> None:
        """End everything at once; tasks in hand are lost (the ledger knows them as not done)."""
        ...

"""A document in the hands of the pool: which of its pages wait, are being read, are done.

Pages may be read by several workers; their outcomes come together here. A worker that dies costs the page it
was on. A document that kills worker after worker is not given more of them: what is left of it fails unread.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from goaltables.pipeline.batch.executor import Task
from goaltables.pipeline.batch.pool.page_data import failure_data
from goaltables.pipeline.batch.pool.spool import Spool
from goaltables.pipeline.page_outcome import Failure

MAX_DEATHS: Final = 10
# A step for the whole document may take as many times the CPU seconds of a page as this makes of its pages.
PAGES_OF_A_SHARE: Final = 10
# A worker joins when it would spare more than this beyond what opening the file costs it.
LEAST_SECONDS_SPARED: Final = 1.0


@dataclass(slots=True)
class DocumentInHand:
    """Everything the pool knows of a document until its record is made."""

    task: Task
    facts: dict[str, Any] = field(default_factory=dict)
    state: str | None = None
    waiting: deque[int] = field(default_factory=deque)
    spool: Spool = field(default_factory=Spool)
    readers: int = 0  # workers that open it or read its pages
    deaths: int = 0
    may_be_helped: bool = True
    is_being_made: bool = False
    is_over: bool = False
    seconds: float = 0.0  # of all workers together
    _opening_seconds: float = 0.0
    _page_seconds: float = 0.0
    pages_read: int = 0

    @property
    def is_open(self) -> bool:
        return bool(self.facts)

    @property
    def page_count(self) -> int:
        return int(self.facts["page_count"])

    @property
    def share(self) -> float:
        """The CPU seconds of a step for the whole document, in those of a page."""
        return 1 + (self.page_count / PAGES_OF_A_SHARE if self.is_open else 0)

    @property
    def is_read(self) -> bool:
        return self.is_open and len(self.spool.spans) == self.page_count

    @property
    def seconds_spared(self) -> float:
        """By how much one more worker would likely shorten the reading; negative: it would not."""
        if not (self.is_open and self.may_be_helped and self.pages_read and len(self.waiting) > 1):
            return -1.0
        left = len(self.waiting) * self._page_seconds / self.pages_read
        others = max(self.readers, 1)
        return left / others - left / (others + 1) - 2 * self._opening_seconds - LEAST_SECONDS_SPARED

    def opened(self, facts: dict[str, Any], state: str, seconds: float) -> bool:
        """Note what opening told; whether it is the same file that others opened before."""
        if self.is_open:
            return bool(facts["sha256"] == self.facts["sha256"])
        self.facts, self.state, self._opening_seconds = facts, state, seconds
        self.waiting.extend(range(1, self.page_count + 1))
        return True

    def page_read(self, number: int, data: bytes, seconds: float) -> None:
        """Keep what was read. Raises OutputError."""
        self.spool.add(number, data)
        self._page_seconds += seconds
        self.pages_read += 1

    def page_failed(self, number: int, failure: Failure) -> None:
        self.spool.add(number, failure_data(number, failure))

    def what_to_make(self) -> dict[str, object]:
        """What the worker that makes the record is told; the pages lie in the spool."""
        spans = [self.spool.spans[number] for number in range(1, self.page_count + 1)]
        return {"facts": self.facts, "spans": spans, "shown": self.task.shown}

    def close(self) -> None:
        self.is_over = True
        self.waiting.clear()
        self.spool.close()


@dataclass(slots=True)
class Step:
    """What a worker does for a document now. `page` is 0 unless a page is read."""

    name: str  # open, read, make
    document: DocumentInHand
    page: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


def as_facts(content: dict[str, Any]) -> dict[str, Any]:
    """The facts of a file as they come from a worker, of the right types.

    Raises ValueError, TypeError, KeyError.
    """
    return {
        "sha256": str(content["sha256"]),
        "size": int(content["size"]),
        "media_type": str(content["media_type"]),
        "page_count": int(content["page_count"]),
        "text_reader": str(content["text_reader"]),
        "problems": [{"code": str(p["code"]), "message": str(p["message"])} for p in content["problems"]],
    }

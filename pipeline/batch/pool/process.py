"""One worker process as the pool sees it: started, heard, watched, ended.

It is watched from outside: its death (by the kernel, so none is missed), its clock, its memory, what it
prints.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from goaltables.pipeline.batch.pool.channel import Kind, PoolEnd, as_json
from goaltables.pipeline.batch.pool.printed import Printed
from goaltables.pipeline.batch.pool.server import ForkServer
from goaltables.pipeline.page_outcome import MEMORY_MESSAGE, Failure, tells_of_no_memory

PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Watch:
    """What a worker may use. `wall_seconds` bounds a step that waits instead of computing."""

    timeout: float
    wall_seconds: float
    memory_megabytes: int
    max_message_bytes: int

    @property
    def memory_bytes(self) -> int:
        return self.memory_megabytes * 1_000_000


class WorkerProcess:
    """A worker process."""

    def __init__(self, server: ForkServer, watch: Watch) -> None:
        self._server = server
        self._watch = watch
        self._deadline = 0.0
        self._allowed = watch.timeout  # CPU seconds of the step in hand
        self._folder = tempfile.mkdtemp(prefix="goaltables-")
        self._printed = Printed()
        ours, theirs = socket.socketpair()
        with theirs, self._printed.writer() as printed_fd:
            self._pid = server.fork(self._folder, theirs.fileno(), printed_fd)
        self._pidfd = os.pidfd_open(self._pid)
        self._channel = PoolEnd(ours, watch.max_message_bytes)
        self._allocated_at_start = self._memory_bytes()[1]

    @property
    def sources(self) -> tuple[int, int, int]:
        """Descriptors at which something may be heard of it."""
        return self._channel.fileno(), self._printed.fileno(), self._pidfd

    def ask(
        self, kind: Kind, content: dict[str, object], *, share: float = 1.0, descriptors: Sequence[int] = ()
    ) -> None:
        """Begin a step that may use `share` times the CPU seconds of a page."""
        self._allowed = share * self._watch.timeout
        self._deadline = time.monotonic() + share * self._watch.wall_seconds
        self._channel.send(kind, as_json(content | {"cpu_seconds": self._allowed}), descriptors)

    def messages(self) -> Iterator[tuple[Kind, bytes]]:
        """What it has said. Raises BrokenChannel."""
        self._printed.take()
        yield from self._channel.messages()

    def excess(self) -> Failure | None:
        """The limit, of those watched from outside, that it is over while it works."""
        if time.monotonic() > self._deadline:
            wall = self._watch.wall_seconds
            return Failure("limit", f"no progress for {wall:g} seconds; if it is only slow, raise --timeout")
        if self.resident_bytes > self._watch.memory_bytes:
            return Failure("limit", MEMORY_MESSAGE)
        return None

    @property
    def is_dead(self) -> bool:
        """Whether it has ended by itself; `end` tells how."""
        poller = select.poll()
        poller.register(self._pidfd, select.POLLIN)
        return bool(poller.poll(0))

    @property
    def resident_bytes(self) -> int:
        return self._memory_bytes()[0]

    @property
    def kept_bytes(self) -> int:
        """Memory it holds now: resident, or allocated since its libraries were loaded."""
        resident, allocated = self._memory_bytes()
        return max(resident, allocated - self._allocated_at_start)

    def _memory_bytes(self) -> tuple[int, int]:
        try:
            with open(f"/proc/{self._pid}/statm", "rb") as statm:  # noqa: PTH123
                _, resident, _, _, _, data, _ = statm.read().split()
        except (OSError, ValueError):
            return 0, 0
        return int(resident) * PAGE_BYTES, int(data) * PAGE_BYTES

    @property
    def printed(self) -> str:
        return self._printed.text

    def end(self) -> Failure:
        """End it and all it started; how it had ended, if it had, as a failure of what it was doing."""
        exit_code, peak_bytes = self._server.end(self._pid, self._folder)
        self._printed.take()
        self._channel.close()
        self._printed.close()
        os.close(self._pidfd)
        return self._cause(exit_code, peak_bytes)

    def _cause(self, exit_code: int, peak_bytes: int) -> Failure:
        if exit_code == -signal.SIGXCPU:
            message = f"more than {self._allowed:g} CPU seconds; raise --timeout"
            return Failure("limit", message, self.printed)
        if peak_bytes > 0.9 * self._watch.memory_bytes or tells_of_no_memory(self.printed):
            return Failure("limit", MEMORY_MESSAGE, self.printed)
        if exit_code < 0:
            how = signal.Signals(-exit_code).name if -exit_code in set(signal.Signals) else str(-exit_code)
            return Failure("crash", f"the reader was ended by {how}", self.printed)
        return Failure("crash", f"the reader ended itself with code {exit_code}", self.printed)

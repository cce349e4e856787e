"""The pool's handle on the process that workers are forked from (``fork_server.py``)."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import socket
import subprocess
import sys
import time
from typing import Any, Final

from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.pool.channel import Kind, WorkerEnd, as_json
from goaltables.pipeline.batch.pool.printed import Printed
from goaltables.pipeline.page_outcome import Reader
from goaltables.pipeline.settings import ReadSettings

START_SECONDS: Final = 120.0
# It answers in milliseconds, for it does nothing else; a machine that swaps needs longer.
ANSWER_SECONDS: Final = 60.0

# One thread per worker, everywhere: the workers are the parallelism. The rest keeps runs alike.
ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONHASHSEED": "0",
}


class WorkerStartError(RuntimeError):
    """Worker processes cannot be started: a bug or a broken installation, no document's fault."""


class ForkServer:
    """The server, started at once and ready a little later."""

    def __init__(self, settings: ReadSettings, reader: Reader | None) -> None:
        self._printed = Printed()
        self._deadline = time.monotonic() + START_SECONDS
        self.is_ready = False
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "goaltables.pipeline.batch.pool.fork_server"]
        with theirs, self._printed.writer() as printed_fd:
            self._process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
                [*command, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=printed_fd,
                stderr=printed_fd,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                env=os.environ | ENVIRONMENT,
            )
        ours.settimeout(ANSWER_SECONDS)
        self._socket = ours
        self._channel = WorkerEnd(ours)
        path = [os.path.abspath(folder) for folder in sys.path]  # noqa: PTH100
        start = {"sys_path": path, "job": pickle.dumps((settings, reader))}
        with contextlib.suppress(OSError):  # it is dead already; `hear` tells
            self._channel.send(Kind.START, pickle.dumps(start))

    @property
    def sources(self) -> tuple[int, int]:
        """Descriptors at which something may be heard of it before it is ready."""
        return self._socket.fileno(), self._printed.fileno()

    def hear(self, is_heard: bool) -> None:
        """Note that it is ready, when it says so (`is_heard`: something is to be heard at its channel).

        Raises WorkerStartError, DependencyMissing.
        """
        self._printed.take()
        if is_heard:
            kind, content = self._receive()
            if kind is Kind.MISSING:
                raise DependencyMissing(*json.loads(content))
            self.is_ready = True
        elif time.monotonic() > self._deadline:
            raise self._failed()

    def fork(self, folder: str, worker_fd: int, printed_fd: int) -> int:
        """Fork a worker with a temporary folder; its process id. Raises WorkerStartError."""
        return int(self._ask(Kind.FORK, {"folder": folder}, worker_fd, printed_fd))

    def end(self, worker: int, folder: str) -> tuple[int, int]:
        """End a worker and all it started: its exit code (negative: a signal) and peak memory in bytes."""
        exit_code, peak = self._ask(Kind.END, {"worker": worker, "folder": folder})
        return int(exit_code), int(peak)

    def close(self) -> None:
        """End it; it ends every worker that is left."""
        self._socket.close()
        self._process.wait()
        self._printed.close()

    def _ask(self, kind: Kind, content: dict[str, object], *descriptors: int) -> Any:
        self._printed.take()
        try:
            self._channel.send(kind, as_json(content), descriptors)
        except OSError as error:
            raise self._failed() from error
        return json.loads(self._receive()[1])

    def _receive(self) -> tuple[Kind, bytes]:
        try:
            kind, content, _ = self._channel.receive()
        except (EOFError, OSError) as error:
            raise self._failed() from error
        return kind, content

    def _failed(self) -> WorkerStartError:
        self._process.kill()
        code = self._process.wait()
        self._printed.take()
        return WorkerStartError(f"workers cannot be started (exit code {code}):\n{self._printed.text}")

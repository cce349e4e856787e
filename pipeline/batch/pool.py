"""Worker processes under supervision: a document that hangs, crashes or swells costs itself alone.

Each document is in the hands of one process of its own session. The pool watches it from outside: its death
(by the kernel, so none is missed), its clock, its memory, what it says. Whatever ends, the whole session is
ended before the next document starts, so nothing a reader started outlives it.

Why not a library: ``concurrent.futures`` and joblib lose innocent documents when a worker dies; Pebble loses
only the one, but its clock is the wall's and what a worker started (Tesseract) outlives it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Final

from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch import worker as protocol
from goaltables.pipeline.batch.executor import Died, Event, Finished, PageBegun, Task
from goaltables.pipeline.batch.input_file import FileState
from goaltables.pipeline.batch.ledger import Counts
from goaltables.pipeline.batch.reading import Reader
from goaltables.pipeline.settings import ReadSettings

STDERR_BYTES: Final = 64 * 1024
START_SECONDS: Final = 120.0
POLL_SECONDS: Final = 0.2
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")

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
# What libraries print before they abort for want of memory.
OUT_OF_MEMORY_MARKS: Final = (b"bad_alloc", b"MemoryError", b"out of memory", b"Out of memory")


class WorkerStartError(RuntimeError):
    """A worker process could not even start: a bug or a broken installation, no document's fault."""


@dataclass(slots=True)
class _Worker:
    """A worker process as the pool sees it."""

    process: subprocess.Popen[bytes]
    connection: Connection
    lifeline: int
    printed_fd: int
    pidfd: int
    inherited_peak: int  # bytes: our own peak when it was started; the kernel counts it as the child's
    task: Task | None = None
    is_ready: bool = False
    deadline: float = 0.0
    page: int = 0
    done: int = 0
    printed: bytearray = field(default_factory=bytearray)


class WorkerPool:
    """An Executor on this machine. Use it with ``with``, or close it: workers never outlive it."""

    def __init__(
        self,
        settings: ReadSettings,
        workers: int,
        *,
        reader: Reader | None = None,
        recycle_after: int = 200,
        wall_seconds: float | None = None,
    ) -> None:
        """Take the settings; no process is started yet.

        `reader` None is the product's own. `wall_seconds` bounds a page that waits instead of computing
        (default: 4 x the CPU seconds + 30, room for a loaded machine).
        """
        self._settings = settings
        self._size = workers
        self._recycle_after = recycle_after
        self._wall_seconds = wall_seconds or 4 * settings.timeout + 30
        self._job = pickle.dumps((settings, reader))
        self._workers: list[_Worker] = []

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def free(self) -> int:
        return self._size - self.busy

    @property
    def busy(self) -> int:
        return sum(worker.task is not None for worker in self._workers)

    def submit(self, task: Task) -> None:
        """Give a task to a worker that is free, starting one when all are busy. Call only when `free`."""
        idle = [worker for worker in self._workers if worker.task is None]
        worker = idle[0] if idle else self._start()
        worker.task, worker.page = task, 0
        worker.deadline = time.monotonic() + (self._wall_seconds if worker.is_ready else START_SECONDS)
        with contextlib.suppress(OSError):  # it is dead; the next poll finds out why
            if not idle:
                start = {"sys_path": [os.path.abspath(p) for p in sys.path], "job": self._job}  # noqa: PTH100
                worker.connection.send_bytes(pickle.dumps(start))
            worker.connection.send_bytes(pickle.dumps(astuple(task)))

    def poll(self, seconds: float) -> Iterator[Event]:
        """See Executor. Raises WorkerStartError, DependencyMissing."""
        watched: list[Connection | int] = []
        for worker in self._workers:
            watched += (worker.connection, worker.pidfd, worker.printed_fd)
        ready = set(wait(watched, min(seconds, POLL_SECONDS)))
        for worker in tuple(self._workers):
            if worker.printed_fd in ready:
                _keep_printed(worker)
            yield from self._messages(worker)
            if worker not in self._workers:
                continue  # it had done its share of documents
            if worker.pidfd in ready:
                yield from self._buried(worker)
            elif worker.task is not None and (excess := self._excess(worker)):
                task = worker.task
                self._end(worker)
                yield Died(task, "limit", excess + _on_page(worker), _text(worker.printed))

    def close(self) -> None:
        for worker in tuple(self._workers):
            self._end(worker)

    def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        lifeline_read, lifeline_write = os.pipe()
        printed_read, printed_write = os.pipe()
        os.set_blocking(printed_read, False)
        command = [sys.executable, "-P", "-m", "goaltables.pipeline.batch.worker"]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
                [*command, str(theirs.fileno()), str(lifeline_read)],
                stdin=subprocess.DEVNULL,
                stdout=printed_write,
                stderr=printed_write,
                pass_fds=(theirs.fileno(), lifeline_read),
                start_new_session=True,
                env=os.environ | ENVIRONMENT,
            )
        finally:
            theirs.close()
            os.close(lifeline_read)
            os.close(printed_write)
        worker = _Worker(
            process,
            Connection(ours.detach()),
            lifeline_write,
            printed_read,
            os.pidfd_open(process.pid),
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        )
        self._workers.append(worker)
        return worker

    def _messages(self, worker: _Worker) -> Iterator[Event]:
        """Everything the worker has said."""
        try:
            while worker.connection.poll():
                message = worker.connection.recv_bytes()
                kind, content = message[:1], message[1:]
                if kind == protocol.MISSING:
                    raise DependencyMissing(*json.loads(content))
                if kind == protocol.READY:
                    worker.is_ready = True
                    worker.deadline = time.monotonic() + self._wall_seconds
                elif worker.task is not None and kind == protocol.PAGE:
                    worker.page, page_count = json.loads(content)
                    worker.deadline = time.monotonic() + self._wall_seconds
                    yield PageBegun(worker.task, worker.page, page_count)
                elif worker.task is not None and kind == protocol.DONE:
                    yield self._finished(worker, worker.task, json.loads(content))
                    if worker.done >= self._recycle_after:
                        self._end(worker)
                        return
        except (EOFError, OSError):
            return  # it died, perhaps in the middle of a message; its burial tells

    def _finished(self, worker: _Worker, task: Task, header: dict[str, object]) -> Finished:
        record = worker.connection.recv_bytes()
        worker.task = None
        worker.done += 1
        state, counts = header["state"], header["counts"]
        assert isinstance(counts, list)  # noqa: S101 - our own worker's words
        return Finished(
            task=task,
            record=record,
            sha256=str(header["sha256"]),
            state=FileState(*state) if isinstance(state, list) else None,
            counts=Counts(*counts),
            message=str(header["message"]),
            trace=str(header["trace"]),
        )

    def _excess(self, worker: _Worker) -> str | None:
        """Which limit, watched from outside, a worker is over."""
        if time.monotonic() > worker.deadline:
            return f"no progress for {self._wall_seconds:g} seconds; if it is only slow, raise --timeout"
        allowed = self._settings.memory_megabytes
        if _resident_bytes(worker.process.pid) > allowed * 1_000_000:
            return f"more than {allowed} MB of memory; raise memory_megabytes"
        return None

    def _buried(self, worker: _Worker) -> Iterator[Event]:
        """What the death of a worker means for the document it had."""
        _keep_printed(worker)
        task = worker.task
        exit_code, peak_bytes = self._end(worker)
        if not worker.is_ready:
            raise WorkerStartError(
                f"a worker did not start (exit code {exit_code}):\n{_text(worker.printed)}"
            )
        if task is None:
            return
        error_class, message = self._cause(exit_code, peak_bytes, bytes(worker.printed))
        yield Died(task, error_class, message + _on_page(worker), _text(worker.printed))

    def _cause(self, exit_code: int, peak_bytes: int, printed: bytes) -> tuple[str, str]:
        if exit_code == -signal.SIGXCPU:
            return "limit", f"more than {self._settings.timeout:g} CPU seconds for a page; raise --timeout"
        allowed = self._settings.memory_megabytes
        if peak_bytes > 0.9 * allowed * 1_000_000 or any(mark in printed for mark in OUT_OF_MEMORY_MARKS):
            return "limit", f"more than {allowed} MB of memory; raise memory_megabytes"
        if exit_code < 0:
            how = signal.Signals(-exit_code).name if -exit_code in set(signal.Signals) else str(-exit_code)
            return "crash", f"the reader was ended by {how}"
        return "crash", f"the reader ended itself with code {exit_code}"

    def _end(self, worker: _Worker) -> tuple[int, int]:
        """End a worker and all it started: its exit code (negative: a signal) and its peak memory in bytes.

        The kernel carries the peak of the process that forked over to the child (exec keeps it), so under a
        large parent (a notebook, a test run) the figure says nothing: it is 0 then.
        """
        self._workers.remove(worker)
        with contextlib.suppress(ProcessLookupError):
            # Before the worker is reaped: its process id, and with it the group's, cannot be another's yet.
            os.killpg(worker.process.pid, signal.SIGKILL)
        _, status, usage = os.wait4(worker.process.pid, 0)
        worker.process.returncode = os.waitstatus_to_exitcode(status)
        worker.connection.close()
        for descriptor in (worker.lifeline, worker.printed_fd, worker.pidfd):
            os.close(descriptor)
        peak = usage.ru_maxrss * 1024
        return worker.process.returncode, peak if peak > worker.inherited_peak else 0


def _on_page(worker: _Worker) -> str:
    return f" (page {worker.page})" if worker.page else ""


def _keep_printed(worker: _Worker) -> None:
    """Take what a worker printed, so that it never blocks on it, and keep the end."""
    try:
        while chunk := os.read(worker.printed_fd, 1 << 16):
            worker.printed += chunk
            del worker.printed[:-STDERR_BYTES]
            if len(chunk) < 1 << 12:
                return
    except BlockingIOError:
        return


def _text(printed: bytearray) -> str:
    return printed.decode("utf-8", "backslashreplace")


def _resident_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as statm:  # noqa: PTH123
            return int(statm.read().split()[1]) * PAGE_BYTES
    except (OSError, IndexError):
        return 0

"""A worker process: reads one document after the other, within limits, until it is told to stop.

Started as ``python -m goaltables.pipeline.batch.worker CONNECTION LIFELINE`` by the pool, in a session of
its own, so that whatever it starts (Tesseract) can be ended with it. A guardian, forked before any reader
is loaded, waits on the lifeline: when the pool's process dies in any way, the pipe closes and the guardian
ends the whole session, even while the worker is deep inside a C library and hears no signal.

CPU seconds are the kernel's to count (RLIMIT_CPU): a loaded machine does not make a document fail. The limit
is moved on before each document and each page. The worker answers in JSON and bytes, never in pickles: what
comes back from a process that has read a hostile document is data.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import resource
import signal
import sys
from dataclasses import astuple
from multiprocessing.connection import Connection
from typing import Final

from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.executor import Task
from goaltables.pipeline.batch.failure import failed_document
from goaltables.pipeline.batch.ledger import Counts
from goaltables.pipeline.batch.page_clock import listening
from goaltables.pipeline.batch.reading import Outcome, read_record, stages_reader
from goaltables.pipeline.settings import ReadSettings

READY: Final = b"R"
PAGE: Final = b"P"
DONE: Final = b"D"
MISSING: Final = b"M"
MAX_RECORD_BYTES: Final = 200_000_000


def main(connection_fd: int, lifeline_fd: int) -> None:
    """Serve the pool until it closes the connection."""
    _guard(lifeline_fd)
    os.set_inheritable(connection_fd, False)
    _limit_process()
    with Connection(connection_fd) as connection:
        start = pickle.loads(connection.recv_bytes())  # noqa: S301 - from the pool that started us
        sys.path[:] = start["sys_path"]
        _serve(connection, start["job"])


def _guard(lifeline_fd: int) -> None:
    """Fork the guardian of this session."""
    if os.fork():
        os.close(lifeline_fd)
        return
    os.closerange(3, lifeline_fd)
    os.closerange(lifeline_fd + 1, 256)
    os.read(lifeline_fd, 1)
    os.killpg(0, signal.SIGKILL)


def _limit_process() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(connection: Connection, job: bytes) -> None:
    settings, reader = pickle.loads(job)  # noqa: S301 - from the pool that started us
    try:
        reader = reader or stages_reader()
    except DependencyMissing as error:
        _send_missing(connection, error)
        return
    _limit_memory(settings.memory_megabytes)
    connection.send_bytes(READY)

    def page_begins(page: int, page_count: int) -> None:
        _allow_cpu_seconds(settings.timeout)
        connection.send_bytes(PAGE + json.dumps([page, page_count]).encode())

    while True:
        try:
            task = Task(*pickle.loads(connection.recv_bytes()))  # noqa: S301 - from the pool
        except EOFError:
            return
        _allow_cpu_seconds(settings.timeout)
        try:
            with listening(page_begins):
                outcome = read_record(task.path, task.shown, settings, reader)
        except DependencyMissing as error:
            _send_missing(connection, error)
            return
        finally:
            _allow_any_cpu_seconds()
        record = outcome.document.to_json()
        if len(record) > MAX_RECORD_BYTES:
            outcome = _too_long(outcome, task.shown, settings)
            record = outcome.document.to_json()
        header = {
            "sha256": outcome.document.source.sha256,
            "state": astuple(outcome.state) if outcome.state else None,
            "counts": astuple(Counts.of(outcome.document)),
            "message": outcome.document.error.message if outcome.document.error else "",
            "trace": outcome.trace,
        }
        connection.send_bytes(DONE + json.dumps(header).encode())
        connection.send_bytes(record)


def _too_long(outcome: Outcome, shown: str, settings: ReadSettings) -> Outcome:
    source = outcome.document.source
    message = f"the record would have more than {MAX_RECORD_BYTES} bytes: this is no goal table"
    document = failed_document(
        "limit",
        message,
        path=shown,
        settings=settings,
        sha256=source.sha256,
        size=source.bytes,
        media_type=source.media_type,
    )
    return Outcome(document, outcome.state)


def _send_missing(connection: Connection, error: DependencyMissing) -> None:
    connection.send_bytes(MISSING + json.dumps([error.what, error.remedy]).encode())


def _allow_cpu_seconds(seconds: float) -> None:
    """Let this process use `seconds` more; then the kernel ends it with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _allow_any_cpu_seconds() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _limit_memory(megabytes: int) -> None:
    """Bound the address space: what may be used (the pool watches it), and as much only reserved."""
    limit = 2 * megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

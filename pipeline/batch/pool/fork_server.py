"""The process that workers are forked from: it loads every library once and reads no document itself.

Started as ``python -m goaltables.pipeline.batch.pool.fork_server CHANNEL`` by the pool. A worker that is
forked from it is there in milliseconds, where loading the libraries takes seconds: a batch with many hostile
documents needs many workers.

It is also their guardian. When the pool's process dies in any way, the channel closes, and every worker is
ended with all it started, even while it is deep inside a C library and hears no signal. Whatever a worker
started becomes a child of this process when the worker dies (it is the *subreaper*), and is ended too, also
when it had made itself a session of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import pickle
import shutil
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Final

from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.pool.channel import Kind, WorkerEnd, as_json
from goaltables.pipeline.batch.pool.worker import serve
from goaltables.pipeline.batch.reading import stages_reader
from goaltables.pipeline.page_outcome import Reader
from goaltables.pipeline.settings import ReadSettings

# From <linux/prctl.h>.
PR_SET_PDEATHSIG: Final = 1
PR_SET_CHILD_SUBREAPER: Final = 36


@dataclass(frozen=True, slots=True)
class Job:
    """What every worker is started with."""

    settings: ReadSettings
    reader: Reader


def main(channel_fd: int) -> None:
    """Serve the pool until it closes the channel."""
    os.set_inheritable(channel_fd, False)
    _control(PR_SET_CHILD_SUBREAPER, 1)
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the pool, which ends us in its own way
        signal.signal(number, signal.SIG_IGN)
    channel = WorkerEnd(socket.socket(fileno=channel_fd))
    workers: dict[int, str] = {}  # process id -> its temporary folder
    try:
        _, content, _ = channel.receive()
        start = pickle.loads(content)  # noqa: S301 - from the pool that started us
        sys.path[:] = start["sys_path"]
        settings, reader = pickle.loads(start["job"])  # noqa: S301 - from the pool that started us
        job = Job(settings, reader or stages_reader())
        gc.freeze()  # the collectors of the workers need not walk through the libraries, nor copy their pages
        channel.send(Kind.READY)
        while True:
            _answer(channel, workers, job)
    except DependencyMissing as error:
        channel.send(Kind.MISSING, as_json([error.what, error.remedy]))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    finally:
        for worker, folder in workers.items():
            _end_session(worker)
            shutil.rmtree(folder, ignore_errors=True)
        _end_orphans(set())


def _answer(channel: WorkerEnd, workers: dict[int, str], job: Job) -> None:
    kind, content, descriptors = channel.receive()
    asked = json.loads(content)
    if kind is Kind.FORK:
        worker = os.fork()
        if worker == 0:
            _become_worker(channel, descriptors, asked["folder"], job)
        for descriptor in descriptors:
            os.close(descriptor)
        workers[worker] = asked["folder"]
        channel.send(Kind.FORKED, as_json(worker))
    else:
        worker = asked["worker"]
        _end_session(worker)
        _, status, usage = os.wait4(worker, 0)
        del workers[worker]
        _end_orphans(set(workers))
        shutil.rmtree(asked["folder"], ignore_errors=True)
        channel.send(Kind.ENDED, as_json([os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024]))


def _become_worker(channel: WorkerEnd, descriptors: list[int], folder: str, job: Job) -> None:
    """In the forked process: be a worker, and nothing else, to the end."""
    code = 70
    try:
        _control(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        channel.close()
        worker_fd, printed_fd = descriptors
        os.dup2(printed_fd, 1)
        os.dup2(printed_fd, 2)
        os.close(printed_fd)
        os.environ["TMPDIR"] = folder
        serve(socket.socket(fileno=worker_fd), job.settings, job.reader)
        code = 0
    finally:
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        if code and (error := sys.exc_info()[1]) is not None:
            sys.excepthook(type(error), error, error.__traceback__)
        os._exit(code)


def _end_session(worker: int) -> None:
    """End a worker and its process group. It is not reaped yet, so its number cannot be another's."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):  # it may have died before it made its session
        os.kill(worker, signal.SIGKILL)


def _end_orphans(workers: set[int]) -> None:
    """End what dead workers left: every child of ours that is no worker, until there is none."""
    while orphans := _children() - workers:
        for orphan in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(orphan, 0)


def _children() -> set[int]:
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as children:  # noqa: PTH123
        return {int(child) for child in children.read().split()}


def _control(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value)


if __name__ == "__main__":
    main(int(sys.argv[1]))

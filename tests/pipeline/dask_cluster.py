"""A Dask cluster for the tests: a scheduler and workers, each a process of its own, on loopback."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
START_SECONDS = 90
PR_SET_PDEATHSIG = 1


@dataclass
class Cluster:
    """`address` is the scheduler's, as tcp://HOST:PORT."""

    folder: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def executor(self) -> str:
        return self.address.replace("tcp://", "dask://")

    def add_worker(self, threads: int = 1) -> subprocess.Popen[bytes]:
        options = ["--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
        process = self._start("worker", self.address, *options, "--local-directory", str(self.folder))
        self.workers.append(process)
        return process

    def start_scheduler(self) -> None:
        file = self.folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
        process = self._start("scheduler", *options)
        until = time.monotonic() + START_SECONDS
        while not self.address:
            assert process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            with contextlib.suppress(OSError, ValueError):  # not there, or not written to its end
                self.address = json.loads(file.read_text())["address"]
            time.sleep(0.05)

    def log(self) -> str:
        return "\n".join(path.read_text() for path in self.folder.glob("*.log"))

    def end(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()

    def _start(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
        with (self.folder / f"{what}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", what, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONPATH": path},
                preexec_fn=_die_with_parent,
            )
        self.processes.append(process)
        return process


@contextmanager
def running_cluster(folder: Path, workers: int, threads: int = 1) -> Iterator[Cluster]:
    cluster = Cluster(folder)
    try:
        cluster.start_scheduler()
        for _ in range(workers):
            cluster.add_worker(threads)
        yield cluster
    finally:
        cluster.end()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

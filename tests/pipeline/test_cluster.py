"""A batch on a cluster: scheduler and Dask workers are processes of their own, and may be killed like any."""

# The imports need what may not be installed.

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="distributed is not installed: pip install 'goaltables[dask]'")

from dask_cluster import Cluster, running_cluster
from mock_reader import mock_reader, on_page, script

from goaltables.errors import ClusterUnreachable, UsageError
from goaltables.pipeline.batch.cluster import dask_executor, on_worker
from goaltables.pipeline.batch.progress import SilentProgress
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.batch.summary import RunSummary
from goaltables.pipeline.dataset import export
from goaltables.pipeline.settings import ReadSettings, RunSettings

# The client of Dask leaves sockets and loops to the garbage collector when its scheduler dies.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two Dask workers of two threads each, which no test may hurt."""
    with running_cluster(tmp_path_factory.mktemp("cluster"), workers=2, threads=2) as running:
        yield running


@pytest.fixture(autouse=True)
def no_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "export_dataset", lambda _out: [])


class Place:
    """A folder of mock documents, an OUT, and the log of the pages that were really read."""

    def __init__(self, root: Path) -> None:
        self.root, self.inputs, self.out, self.log = root, root / "in", root / "out", root / "log"
        self.inputs.mkdir()

    def put(self, name: str, **actions: Any) -> None:
        (self.inputs / name).write_bytes(script(count=str(self.log), **actions))

    def run(self, executor: str) -> RunSummary:
        read = ReadSettings(timeout=2)
        return run(
            [self.inputs],
            self.out,
            read,
            RunSettings(workers=2, executor=executor),
            SilentProgress(),
            reader=mock_reader,
        )

    def pages_read(self) -> int:
        """Pages read since the last call."""
        count = len(self.log.read_text().split()) if self.log.exists() else 0
        self.log.unlink(missing_ok=True)
        return count

    def records(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.out / "documents").glob("*.json")}

    def lead(self, executor: str) -> subprocess.Popen[bytes]:
        """The batch in a process of its own."""
        return subprocess.Popen([sys.executable, "-c", LEADER, str(self.root), executor])

    def wait_for(self, records: int, leader: subprocess.Popen[bytes]) -> None:
        _wait_until(lambda: len(self.records()) >= records, leader)

    def wait_for_pages(self, count: int, leader: subprocess.Popen[bytes]) -> None:
        """Until so many pages were begun since the last call of `pages_read`."""
        _wait_until(lambda: self.log.exists() and len(self.log.read_text().split()) >= count, leader)


def _wait_until(is_so: Callable[[], bool], leader: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while not is_so():
        assert leader.poll() is None, "the batch ended early"
        assert time.monotonic() < until
        time.sleep(0.02)


LEADER = f"""
import sys; sys.path[:] = {sys.path!r}
from pathlib import Path
from mock_reader import mock_reader
from goaltables.errors import GoalTablesError
from goaltables.pipeline.dataset import export
from goaltables.pipeline.batch.progress import SilentProgress
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.settings import ReadSettings, RunSettings
export.export_dataset = lambda out: []
root = Path(sys.argv[1])
run_settings = RunSettings(executor=sys.argv[2])
try:
    paths, out, reading = [root / "in"], root / "out", ReadSettings()
    summary = run(paths, out, reading, run_settings, SilentProgress(), reader=mock_reader)
except GoalTablesError as error:
    sys.exit(error.exit_code)
sys.exit(summary.exit_code("never"))
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_cluster_makes_the_records_of_one_machine(cluster: Cluster, place: Place) -> None:
    for n in range(12):
        place.put(f"good-{n:02}.pdf", n=n, pages=1 + n % 3)
    place.put("partial.pdf", pages=3, **on_page(2, exit=3))
    place.put("spins.pdf", spin=1)
    place.put("crashes.pdf", signal=int(signal.SIGSEGV))
    place.put("twin.pdf", n=3, pages=1)
    (place.inputs / "empty.pdf").write_bytes(b"")
    summary = place.run(cluster.executor)
    assert (summary.ok, summary.partial) == (13, 1)
    assert summary.failed == {"crash": 1, "limit": 1, "malformed": 1}
    assert (summary.copied, summary.pages) == (1, sum(1 + n % 3 for n in range(12)) + 2)
    there = place.records()
    assert place.run(cluster.executor).unchanged == 17
    place.out = place.root / "here"
    place.run("local")
    assert place.records() == there


def test_kill_9_of_the_leader_then_only_the_rest_is_read(cluster: Cluster, place: Place) -> None:
    """What the dead leader had in hand at the Dask workers is dropped there, not read to its end."""
    for n in range(16):
        place.put(f"{n:02}.pdf", n=n, sleep=0.02 if n < 6 else 600)
    with place.lead(cluster.executor) as leader:
        place.wait_for(6, leader)
        leader.kill()
    done = set(place.records())
    for n in range(16):
        if f"{n:02}.pdf.json" not in done:
            place.put(f"{n:02}.pdf", n=n)
    started = time.monotonic()
    summary = place.run(cluster.executor)
    assert time.monotonic() - started < 60  # nobody waits for 600 seconds
    assert (summary.ok, summary.read, summary.unchanged) == (16, 16 - len(done), len(done))


def test_a_signal_stops_within_seconds_also_on_a_cluster(cluster: Cluster, place: Place) -> None:
    for n in range(8):
        place.put(f"{n}.pdf", n=n, sleep=0.02 if n < 3 else 600)
    with place.lead(cluster.executor) as leader:
        place.wait_for(2, leader)
        leader.send_signal(signal.SIGTERM)
        try:
            assert leader.wait(timeout=10) == 143  # 5 s are promised; the machine may be busy
        finally:
            leader.kill()


def test_killed_dask_workers_and_a_killed_cluster_lose_nothing(place: Place) -> None:
    folder = place.root / "cluster"
    folder.mkdir()
    for n in range(24):
        place.put(f"{n:02}.pdf", n=n, sleep=0.1)
    with running_cluster(folder, workers=2) as cluster, place.lead(cluster.executor) as leader:
        place.wait_for(4, leader)
        cluster.workers[0].kill()  # its documents go to the other
        place.wait_for(12, leader)
        for process in cluster.processes:
            process.kill()
        assert leader.wait(timeout=60) == ClusterUnreachable.exit_code
    done = len(place.records())
    assert 12 <= done < 24
    # Each document was read once, but for those that the killed ones had in hand.
    assert place.pages_read() <= done + 2 * 2
    summary = place.run("local")
    assert (summary.ok, summary.read, place.pages_read()) == (24, 24 - done, 24 - done)


def test_a_lost_scheduler_is_no_documents_fault(place: Place) -> None:
    """Also not of one that has already been on a machine that was lost: it is read by the next run."""
    folder = place.root / "cluster"
    folder.mkdir()
    for n in range(2):
        place.put(f"{n}.pdf", n=n, sleep=600)
    with running_cluster(folder, workers=1) as cluster, place.lead(cluster.executor) as leader:
        place.wait_for_pages(1, leader)
        cluster.workers[0].kill()
        cluster.add_worker()
        place.wait_for_pages(2, leader)
        cluster.processes[0].kill()
        assert leader.wait(timeout=60) == ClusterUnreachable.exit_code
    assert place.records() == {}


def test_the_pages_of_a_long_document_are_read_by_all_processes_of_a_dask_worker(
    cluster: Cluster, place: Place
) -> None:
    place.put("long.pdf", pages=20, sleep=0.3)
    assert place.run(cluster.executor).pages == 20
    assert len(set(place.log.read_text().split())) == 2


def test_a_dask_worker_of_another_version_is_refused(
    cluster: Cluster, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put("a.pdf")
    monkeypatch.setattr(dask_executor, "package_version", lambda: "99.0")
    with pytest.raises(UsageError, match=r"this machine has 99\.0"):
        place.run(cluster.executor)


def test_a_cluster_that_sees_other_files_is_refused(
    cluster: Cluster, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the folder is not mounted there: the document is not to blame."""
    place.put("a.pdf")
    order = on_worker.Order

    def misled(task: Any, *rest: Any) -> Any:
        return order(type(task)(task.record, b"/not/mounted/a.pdf", task.shown, task.sha256), *rest)

    monkeypatch.setattr(dask_executor, "Order", misled)
    with pytest.raises(UsageError, match="mounted alike"):
        place.run(cluster.executor)
    assert place.records() == {}


def test_a_scheduler_that_is_not_there(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "CONNECT_SECONDS", 1)
    place.put("a.pdf")
    with pytest.raises(ClusterUnreachable, match="dask scheduler"):
        place.run("dask://127.0.0.1:1")


def test_tls_without_certificates_is_a_matter_of_configuration(place: Place) -> None:
    place.put("a.pdf")
    with pytest.raises(UsageError, match="certificates"):
        place.run("tls://127.0.0.1:1")


def test_no_process_of_a_cluster_is_left() -> None:
    """The Dask workers of the tests before are gone, and with them their pools."""
    left = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"dask-scratch" in command:
                left.append(command)
    assert left == []

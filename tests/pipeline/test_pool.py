"""Isolation: what a document does to its worker costs that document and no other."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mock_reader import mock_reader, script

from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.executor import Died, Event, Finished, PageBegun, Task
from goaltables.pipeline.batch.pool import WorkerPool, WorkerStartError
from goaltables.pipeline.settings import ReadSettings

STRICT = ReadSettings(timeout=1, memory_megabytes=400)


def missing_reader(data: bytes, *, path: str, settings: ReadSettings) -> Any:
    raise DependencyMissing("the eye", "apt-get install eye")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def task(folder: Path, name: str, **actions: Any) -> Task:
    path = folder / f"{name}.pdf"
    path.write_bytes(script(**actions))
    return Task(f"{name}.pdf.json", os.fsencode(path), f"{name}.pdf")


def work(pool: WorkerPool, tasks: list[Task]) -> Iterator[Event]:
    waiting = list(tasks)
    while waiting or pool.busy:
        while waiting and pool.free:
            pool.submit(waiting.pop(0))
        yield from pool.poll(1)


def outcomes(pool: WorkerPool, tasks: list[Task]) -> dict[str, str]:
    """Shown path -> status or class of failure."""
    told = {}
    for event in work(pool, tasks):
        if isinstance(event, Finished):
            told[event.task.shown] = event.counts.error_class or event.counts.status
        elif isinstance(event, Died):
            told[event.task.shown] = event.error_class
    return told


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(pid: int, seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_running(pid)


def test_forty_documents_of_which_eight_are_hostile(folder: Path) -> None:
    hostile: dict[str, tuple[str, dict[str, Any]]] = {
        "spins": ("limit", {"spin": 1}),
        "swells": ("limit", {"allocate": 600}),
        "segfaults": ("crash", {"signal": int(signal.SIGSEGV)}),
        "is-killed": ("crash", {"signal": int(signal.SIGKILL)}),
        "exits": ("crash", {"exit": 3}),
        "aborts": ("crash", {"abort": 1}),
        "wants-memory": ("limit", {"raise": "MemoryError"}),
        "recurses": ("malformed", {"raise": "RecursionError"}),
    }
    tasks = [task(folder, f"good-{n}", n=n) for n in range(31)]
    tasks.append(task(folder, "floods", flood=3))
    for number, (name, (_, actions)) in enumerate(hostile.items()):
        tasks.insert(4 * number, task(folder, name, **actions))
    with WorkerPool(STRICT, 2, reader=mock_reader) as pool:
        told = outcomes(pool, tasks)
    assert {name: told.pop(f"{name}.pdf") for name in hostile} == {n: c for n, (c, _) in hostile.items()}
    assert set(told.values()) == {"ok"}
    assert len(told) == 32


def test_a_document_that_waits_for_ever_is_ended_by_the_wall_clock(folder: Path) -> None:
    with WorkerPool(ReadSettings(), 1, reader=mock_reader, wall_seconds=0.5) as pool:
        (died,) = [event for event in work(pool, [task(folder, "a", sleep=60)]) if isinstance(event, Died)]
    assert died.error_class == "limit"
    assert "no progress" in died.message


def test_each_page_has_its_own_cpu_seconds(folder: Path) -> None:
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        assert outcomes(pool, [task(folder, "a", pages=5, spin_seconds=0.5)]) == {"a.pdf": "ok"}


def test_a_child_of_a_worker_ends_with_it(folder: Path) -> None:
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        note = folder / "child"
        told = outcomes(pool, [task(folder, "a", child=str(note), spin=1)])
        assert told == {"a.pdf": "limit"}
        assert gone(int(note.read_text()))
        assert outcomes(pool, [task(folder, "b")]) == {"b.pdf": "ok"}


def test_closing_ends_busy_workers_and_their_children(folder: Path) -> None:
    pool = WorkerPool(ReadSettings(), 1, reader=mock_reader)
    note, count = folder / "child", folder / "count"
    pool.submit(task(folder, "a", count=str(count), child=str(note), sleep=60))
    until = time.monotonic() + 60
    while not (note.exists() and note.read_text()):
        assert time.monotonic() < until
        list(pool.poll(0.1))
    started = time.monotonic()
    pool.close()
    assert time.monotonic() - started < 2
    assert gone(int(note.read_text()))
    assert gone(int(count.read_text()))


def test_workers_and_their_children_die_with_their_parent(folder: Path) -> None:
    """The parent is killed with SIGKILL: it cannot clean up, and nothing may stay."""
    note, count = folder / "child", folder / "count"
    given = task(folder, "a", count=str(count), child=str(note), spin=1)
    code = f"""
import sys; sys.path[:] = {sys.path!r}
from mock_reader import mock_reader
from goaltables.pipeline.batch.executor import Task
from goaltables.pipeline.batch.pool import WorkerPool
from goaltables.pipeline.settings import ReadSettings

pool = WorkerPool(ReadSettings(), 1, reader=mock_reader)
pool.submit(Task({given.record!r}, {given.path!r}, {given.shown!r}))
while True:
    list(pool.poll(1))
"""
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        until = time.monotonic() + 60
        while not (note.exists() and note.read_text()):
            assert parent.poll() is None, "the parent ended early"
            assert time.monotonic() < until
            time.sleep(0.02)
        parent.kill()
    assert gone(int(count.read_text()))
    assert gone(int(note.read_text()))


def test_workers_are_replaced_after_their_share(folder: Path) -> None:
    log = folder / "log"
    tasks = [task(folder, str(n), n=n, count=str(log)) for n in range(6)]
    with WorkerPool(STRICT, 1, reader=mock_reader, recycle_after=2) as pool:
        assert set(outcomes(pool, tasks).values()) == {"ok"}
    workers = log.read_text().split()
    assert len(workers) == 6
    assert len(set(workers)) == 3
    assert all(gone(int(pid)) for pid in workers)


def test_pages_are_reported_and_named_where_a_worker_died(folder: Path) -> None:
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        events = list(work(pool, [task(folder, "a", pages=3), task(folder, "b", exit=1)]))
    pages = [(e.page, e.page_count) for e in events if isinstance(e, PageBegun) and e.task.shown == "a.pdf"]
    assert pages == [(1, 3), (2, 3), (3, 3)]
    (died,) = [event for event in events if isinstance(event, Died)]
    assert died.message == "the reader ended itself with code 1 (page 1)"


def test_what_a_worker_prints_is_kept_in_part_and_never_blocks_it(folder: Path) -> None:
    with WorkerPool(ReadSettings(), 1, reader=mock_reader) as pool:
        (died,) = [e for e in work(pool, [task(folder, "a", flood=3, exit=1)]) if isinstance(e, Died)]
    assert 1000 < len(died.printed) <= 64 * 1024


def test_a_bug_is_a_record_with_a_trace_for_the_log(folder: Path) -> None:
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        events = list(work(pool, [task(folder, "a", **{"raise": "ValueError"})]))
    (done,) = [event for event in events if isinstance(event, Finished)]
    assert done.counts.error_class == "internal"
    assert "on purpose" in done.trace
    record = json.loads(done.record)
    assert record["error"]["class"] == "internal"
    assert str(folder) not in done.record.decode()


def test_passwords_are_tried_in_order(folder: Path) -> None:
    locked = task(folder, "a", password="two")  # noqa: S106
    for passwords, expected in ((("one", "two"), "ok"), (("one",), "encrypted"), ((), "encrypted")):
        with WorkerPool(ReadSettings(passwords=passwords), 1, reader=mock_reader) as pool:
            assert outcomes(pool, [locked]) == {"a.pdf": expected}


def test_a_missing_dependency_stops_the_batch(folder: Path) -> None:
    with (
        WorkerPool(STRICT, 1, reader=missing_reader) as pool,
        pytest.raises(DependencyMissing, match="apt-get install eye"),
    ):
        list(work(pool, [task(folder, "a")]))


def test_a_worker_that_cannot_start_is_no_document_s_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool, pytest.raises(WorkerStartError, match="code 1"):
        list(work(pool, [task(folder, "a")]))


def test_workers_run_on_one_thread_each(folder: Path) -> None:
    with WorkerPool(STRICT, 1, reader=environment_reader) as pool:
        (done,) = [e for e in work(pool, [task(folder, "a")]) if isinstance(e, Finished)]
    assert json.loads(done.record)["source"]["path"] == "1 1 1"


def environment_reader(data: bytes, *, path: str, settings: ReadSettings) -> Any:
    names = ("OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM", "OMP_THREAD_LIMIT")
    return mock_reader(data, path=" ".join(os.environ[name] for name in names), settings=settings)


def test_no_descriptor_and_no_process_is_left(folder: Path) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    before = descriptors()
    with WorkerPool(STRICT, 2, reader=mock_reader) as pool:
        outcomes(pool, [task(folder, str(n), n=n, **({"exit": 1} if n % 3 == 0 else {})) for n in range(9)])
    assert descriptors() == before


def test_a_large_parent_does_not_make_a_crash_a_memory_limit(folder: Path) -> None:
    ballast = bytearray(500_000_000)  # more than the worker may have; the kernel shows it as the child's peak
    ballast[:: resource.getpagesize()] = b"x" * len(ballast[:: resource.getpagesize()])
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        (died,) = [event for event in work(pool, [task(folder, "b", exit=1)]) if isinstance(event, Died)]
    assert died.error_class == "crash"
    assert ballast

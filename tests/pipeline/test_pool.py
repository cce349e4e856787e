"""Isolation: what a document does to its worker costs that document and no other."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from mock_reader import MockPages, make_document, mock_reader, on_page, script

from goaltables.document import Document
from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.executor import Event, Failed, Finished, PageDone, Task
from goaltables.pipeline.batch.pool import in_hand, workload
from goaltables.pipeline.batch.pool import pool as pool_module
from goaltables.pipeline.batch.pool.pool import WorkerPool
from goaltables.pipeline.batch.pool.server import WorkerStartError
from goaltables.pipeline.page_outcome import MEMORY_MESSAGE, Failure, FileFacts, PageOutcome, Reader
from goaltables.pipeline.settings import ReadSettings

STRICT = ReadSettings(timeout=1, memory_megabytes=400)


def open_without_eye(data: bytes, settings: ReadSettings) -> Any:
    raise DependencyMissing("the eye", "apt-get install eye")


missing_reader = Reader(open_without_eye, make_document)


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
        elif isinstance(event, Failed):
            told[event.task.shown] = event.failure.error_class
    return told


def failures(events: Iterator[Event]) -> list[Failure]:
    return [event.failure for event in events if isinstance(event, Failed)]


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
        (failed,) = failures(work(pool, [task(folder, "a", sleep=60)]))
    assert failed.error_class == "limit"
    assert "no progress" in failed.message


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
from goaltables.pipeline.batch.pool.pool import WorkerPool
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


def test_pages_are_reported(folder: Path) -> None:
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        events = list(work(pool, [task(folder, "a", pages=3)]))
    pages = [(e.page, e.page_count) for e in events if isinstance(e, PageDone)]
    assert pages == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("actions", "error_class", "said"),
    [
        ({"spin": 1}, "limit", "more than 1 CPU seconds; raise --timeout"),
        ({"allocate": 600}, "limit", MEMORY_MESSAGE),
        ({"signal": int(signal.SIGSEGV)}, "crash", "the reader was ended by SIGSEGV"),
        ({"exit": 3}, "crash", "the reader ended itself with code 3"),
        ({"raise": "MemoryError"}, "limit", MEMORY_MESSAGE),
        ({"raise": "ValueError"}, "internal", "ValueError; please report this with the document"),
    ],
)
def test_what_ends_a_page_costs_that_page(
    folder: Path, actions: dict[str, Any], error_class: str, said: str
) -> None:
    given = task(folder, "a", pages=4, **on_page(2, **actions))
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        events = list(work(pool, [given]))
    (done,) = [event for event in events if isinstance(event, Finished)]
    record = json.loads(done.record)
    assert (done.counts.status, done.counts.pages_lost) == ("partial", 1)
    assert sorted(record["tables"][0]["fields"]) == ["page 1", "page 3", "page 4"]
    assert record["findings"][0]["message"] == f"2: {error_class}: {said}"
    assert [e.page for e in events if isinstance(e, PageDone) and e.failure] == [2]


def test_a_document_that_kills_reader_after_reader_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workload, "MAX_DEATHS", 3)
    given = task(folder, "a", pages=30, exit=1)
    good = task(folder, "b", pages=2)
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        events = list(work(pool, [given, good]))
    lost = [e.failure for e in events if isinstance(e, PageDone) and e.task is given and e.failure]
    assert len(lost) == 30
    assert sum("ended itself" in failure.message for failure in lost) == 3
    assert sum("not tried" in failure.message for failure in lost) == 27
    assert {type(e) for e in events if e.task is good} == {PageDone, Finished}


@pytest.mark.parametrize("step", ["on open", "on make"])
def test_what_ends_the_opening_or_the_making_costs_the_document(folder: Path, step: str) -> None:
    tasks = [task(folder, "a", pages=3, **{step: {"exit": 3}}), task(folder, "b", pages=3)]
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        assert outcomes(pool, tasks) == {"a.pdf": "crash", "b.pdf": "ok"}


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers help also where it spares next to nothing."""
    monkeypatch.setattr(pool_module, "START_SECONDS_SPARED", 0.0)
    monkeypatch.setattr(in_hand, "LEAST_SECONDS_SPARED", 0.0)


@pytest.mark.usefixtures("eager")
def test_the_pages_of_a_long_document_are_read_by_all_workers(folder: Path) -> None:
    log = folder / "log"
    given = task(folder, "a", pages=24, sleep=0.2, count=str(log), **on_page(7, exit=1))
    with WorkerPool(ReadSettings(), 1, reader=mock_reader) as pool:
        (alone,) = [e for e in work(pool, [given]) if isinstance(e, Finished)]
    log.unlink()
    with WorkerPool(ReadSettings(), 3, reader=mock_reader) as pool:
        (together,) = [e for e in work(pool, [given]) if isinstance(e, Finished)]
    assert len(set(log.read_text().split())) >= 3
    assert together.record == alone.record
    assert together.counts.pages_lost == 1


@pytest.mark.usefixtures("eager")
def test_a_helper_leaves_when_another_document_waits(folder: Path) -> None:
    long = task(folder, "long", pages=40, sleep=0.2)
    short = task(folder, "short")
    with WorkerPool(ReadSettings(), 2, reader=mock_reader) as pool:
        pool.submit(long)
        pages = 0
        while pages < 24:  # by now both read it
            pages += sum(isinstance(event, PageDone) for event in pool.poll(1))
        pool.submit(short)
        order = [e.task.shown for e in work(pool, []) if isinstance(e, Finished)]
    assert order == ["short.pdf", "long.pdf"]


def test_a_file_that_changes_while_its_pages_are_read_is_no_mixture(folder: Path) -> None:
    """The second worker opens other bytes than the first: its pages would be another document's."""
    given = task(folder, "a", pages=3, **on_page(2, exit=1))
    with WorkerPool(ReadSettings(), 1, reader=mock_reader) as pool:
        pool.submit(given)
        events: list[Event] = []
        while not any(isinstance(event, PageDone) for event in events):
            events += pool.poll(1)
        task(folder, "a", pages=3, n=2)
        events += work(pool, [])
    (done,) = [event for event in events if isinstance(event, Finished)]
    messages = [finding["message"] for finding in json.loads(done.record)["findings"]]
    assert messages == [
        "2: crash: the reader ended itself with code 1",
        "3: io: the file changed while it was read",
    ]


def test_what_a_page_gives_is_bounded(folder: Path) -> None:
    small = ReadSettings(max_record_megabytes=0.02)
    with WorkerPool(small, 1, reader=mock_reader) as pool:
        tasks = [task(folder, "long", title=30_000), task(folder, "short", title=10_000)]
        assert outcomes(pool, tasks) == {"long.pdf": "limit", "short.pdf": "ok"}


def test_what_a_worker_prints_is_kept_in_part_and_never_blocks_it(folder: Path) -> None:
    with WorkerPool(ReadSettings(), 1, reader=mock_reader) as pool:
        (page,) = [e for e in work(pool, [task(folder, "a", flood=3, exit=1)]) if isinstance(e, PageDone)]
    assert page.failure is not None
    assert 1000 < len(page.failure.trace) <= 64 * 1024


def test_a_bug_is_a_record_with_a_trace_for_the_log(folder: Path) -> None:
    with WorkerPool(STRICT, 1, reader=mock_reader) as pool:
        (failed,) = failures(work(pool, [task(folder, "a", **{"on open": {"raise": "ValueError"}})]))
    assert failed.error_class == "internal"
    assert "on purpose" in failed.trace
    assert str(folder) not in failed.message


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


def make_document_of_environment(
    facts: FileFacts, outcomes: Sequence[PageOutcome], path: str, settings: ReadSettings
) -> Document:
    names = ("OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM", "OMP_THREAD_LIMIT")
    return make_document(facts, outcomes, " ".join(os.environ[name] for name in names), settings)


environment_reader = Reader(MockPages, make_document_of_environment)


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
        (failed,) = failures(work(pool, [task(folder, "b", exit=1)]))
    assert failed.error_class == "crash"
    assert ballast


def test_a_worker_gives_back_what_its_pages_took() -> None:
    """Pieces below the C library's own bound for big ones stay with the process, unless it is told."""
    script_text = """
from pathlib import Path
from goaltables.pipeline.batch.pool.worker import _return_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

pieces = [bytes(100_000) for _ in range(4000)]
last = pieces[-1]
del pieces
before = resident()
_return_memory()
print(before - resident())
"""
    done = subprocess.run([sys.executable, "-c", script_text], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 200 << 20

"""Killed, out of disk, or without power, at every single write of a small batch: the next run makes it whole.

Documents are read in this process, so that every operation under OUT is one of the batch's own and can be
counted: those of the records, of the dataset, of the lock, and SQLite's.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import pytest
from mock_reader import mock_reader, on_page, script
from power_loss import Disk, materialise
from watched_disk import Operation, watched_disk

from goaltables.errors import OutputError
from goaltables.pipeline.batch.executor import Event, Failed, Finished, Task
from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.batch.progress import SilentProgress
from goaltables.pipeline.batch.reading import read_record
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.batch.write import TEMPORARY_PREFIX
from goaltables.pipeline.page_outcome import Failure
from goaltables.pipeline.settings import ReadSettings, RunSettings

# Fewer operations would mean that the enumeration no longer sees what the batch does.
LEAST_OPERATIONS = 50
OWN_FILES = ("ledger.sqlite", ".lock")  # no two runs write the same bytes


@dataclass
class InThisProcess:
    """An Executor without processes."""

    settings: ReadSettings
    events: list[Event] = field(default_factory=list)
    busy: int = 0
    free: int = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None: ...

    def submit(self, task: Task) -> None:
        outcome = read_record(task.path, task.shown, self.settings, mock_reader)
        document = outcome.document
        if document.error is not None:
            failure = Failure(document.error.error_class, document.error.message)
            self.events.append(Failed(task, failure, document.source.sha256, document.source.bytes))
        else:
            data, counts = document.to_json(), Counts.of(document)
            sha256, state = document.source.sha256, str(outcome.state)
            self.events.append(Finished(task, data, sha256, state, counts, 1, 0.0))
        self.busy, self.free = 1, 0

    def poll(self, seconds: float) -> Sequence[Event]:  # noqa: ARG002
        events, self.events = self.events, []
        self.busy, self.free = 0, 1
        return events


def batch(inputs: Path, out: Path) -> None:
    run(
        [inputs],
        out,
        ReadSettings(),
        RunSettings(workers=1),
        SilentProgress(),
        make_executor=lambda settings, _: InThisProcess(settings),
    )


@dataclass(frozen=True)
class Night:
    """The inputs of this night, OUT as the night before left it, and as it shall be in the morning."""

    inputs: Path
    before: Path
    expected: dict[str, bytes]

    def start(self, out: Path) -> Path:
        """A fresh OUT to work on."""
        shutil.rmtree(out, ignore_errors=True)
        if self.before.exists():
            shutil.copytree(self.before, out)
        return out


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is one: what a disk would do with a flush is the model's part here."""
    shared = Path("/dev/shm")  # noqa: S108
    if not os.access(shared, os.W_OK):
        yield tmp_path_factory.mktemp("disk")
        return
    with tempfile.TemporaryDirectory(prefix="goaltables-", dir=shared) as folder:
        yield Path(folder)


@pytest.fixture(scope="module", params=["first night", "second night"])
def night(request: pytest.FixtureRequest, memory: Path) -> Night:
    root = memory / request.param.replace(" ", "-")
    (root / "in" / "sub").mkdir(parents=True)
    made = {"first night": first_night, "second night": second_night}[request.param](root)
    whole = made.start(root / "whole")
    batch(made.inputs, whole)
    return replace(made, expected=tree(whole))


def first_night(root: Path) -> Night:
    """There is no OUT yet; of one document a page is lost, another cannot be read."""
    inputs = root / "in"
    (inputs / "sub" / "a.pdf").write_bytes(script(pages=2, **on_page(2, **{"raise": "ValueError"})))
    (inputs / "broken.pdf").write_bytes(b"no document")
    return Night(inputs, root / "nothing", {})


def second_night(root: Path) -> Night:
    """A document has changed, one has gone, one has a twin now."""
    inputs, before = root / "in", root / "before"
    (inputs / "changed.pdf").write_bytes(script(n=1))
    (inputs / "gone.pdf").write_bytes(b"no document")
    (inputs / "kept.pdf").write_bytes(script(n=2, names=["甲", "乙"]))
    batch(inputs, before)
    (inputs / "gone.pdf").unlink()
    (inputs / "changed.pdf").write_bytes(script(n=3))
    (inputs / "sub" / "twin.pdf").write_bytes(script(n=2, names=["甲", "乙"]))
    return Night(inputs, before, {})


def test_the_nights_are_what_they_are_said_to_be(night: Night) -> None:
    names = ["sub/a", "broken"]
    if night.before.exists():
        names = ["changed", "kept", "sub/twin"]
        assert "documents/gone.pdf.json" in tree(night.before)
    records = {f"documents/{name}.pdf.json" for name in names}
    assert {name for name in night.expected if name.startswith("documents/")} == records
    assert "dataset/documents.csv" in night.expected


def tree(out: Path) -> dict[str, bytes]:
    """Every file of OUT that must be the same after any two runs."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and not path.name.startswith(OWN_FILES)
    }


def torn_files(night: Night, out: Path) -> set[str]:
    """Files under their final names that are neither as they were nor as they shall be."""
    old, new = tree(night.before), night.expected
    return {
        name
        for name, content in tree(out).items()
        if TEMPORARY_PREFIX not in name and content not in (old.get(name), new.get(name))
    }


def at(number: int, act: Callable[[], bool]) -> Callable[[Operation], bool]:
    """A hook that calls `act` at the operation with that number, from 1."""
    count = 0

    def hook(_: Operation) -> bool:
        nonlocal count
        count += 1
        return act() if count == number else False

    return hook


def kill() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return True


def killed_at(number: int, night: Night, out: Path) -> bool:
    """Run the batch in a process of its own that is killed before an operation; False: it ended before."""
    child = os.fork()
    if child == 0:
        try:
            with watched_disk(out, at(number, kill)):
                batch(night.inputs, out)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def full_at(number: int, night: Night, out: Path) -> bool:
    """Run the batch on a disk that is full at an operation; False when it ended before.

    SQLite may do without an operation that failed (it tries again later): then the run is whole.
    """
    reached = []

    def refuse() -> bool:
        reached.append(number)
        return True

    with contextlib.suppress(OutputError), watched_disk(out, at(number, refuse)):
        batch(night.inputs, out)
    return bool(reached)


@pytest.mark.parametrize("fails_at", [killed_at, full_at])
def test_every_operation_may_fail(
    night: Night, memory: Path, fails_at: Callable[[int, Night, Path], bool]
) -> None:
    number = 1
    while fails_at(number, night, out := night.start(memory / "out")):
        assert torn_files(night, out) == set(), f"operation {number}"
        batch(night.inputs, out)
        assert tree(out) == night.expected, f"operation {number}"
        number += 1
    assert number > LEAST_OPERATIONS


def test_every_state_that_a_power_cut_can_leave_heals(night: Night, memory: Path) -> None:
    out = night.start(memory / "out")
    disk = Disk(out)
    states: dict[Any, str] = {}

    def note(operation: Operation) -> bool:
        for variant, state in disk.states():
            states.setdefault(
                tuple(sorted(state.items())), f"{variant} before {operation.kind} {operation.path}"
            )
        disk.apply(operation)
        return False

    with watched_disk(out, note):
        batch(night.inputs, out)
    final = dict(disk.states())
    assert {n: c for n, c in final["most"].items() if c is not None and n in night.expected} == night.expected
    assert len(states) > LEAST_OPERATIONS
    for number, (state, where) in enumerate(states.items()):
        place = memory / str(number)
        materialise(dict(state), place)
        assert torn_files(night, place) == set(), where
        batch(night.inputs, place)
        assert tree(place) == night.expected, where
        shutil.rmtree(place)


def test_the_model_finds_what_is_left_out(night: Night, memory: Path) -> None:
    """Without the flush before the rename, a power cut leaves a torn file under a final name."""
    out = night.start(memory / "out")
    disk = Disk(out)
    torn = 0

    def note(operation: Operation) -> bool:
        nonlocal torn
        if not (operation.kind == "sync" and TEMPORARY_PREFIX in operation.path):
            disk.apply(operation)
        for _, state in disk.states():
            files = {name: content for name, content in state.items() if name.startswith("documents/")}
            torn += any(
                content is not None and TEMPORARY_PREFIX not in name and not content.endswith(b"}\n")
                for name, content in files.items()
            )
        return False

    with watched_disk(out, note):
        batch(night.inputs, out)
    assert torn > 0

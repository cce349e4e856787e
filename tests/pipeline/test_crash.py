"""Killed, or out of disk, at every single write of a small batch: the next run makes it whole.

The batch needs no worker (pipes and oversized files get their failed records from the leading process), so
that every operation is one of ours and the whole enumeration takes seconds.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goaltables.errors import OutputError
from goaltables.pipeline.batch.ledger import Ledger
from goaltables.pipeline.batch.progress import SilentProgress
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.settings import ReadSettings, RunSettings

# Everything that changes the disk, as far as it is ours; SQLite's own operations hide behind `put`.
OPERATIONS: list[tuple[Any, str]] = [
    (os, "write"),
    (os, "fsync"),
    (os, "truncate"),
    (os, "pwrite"),
    (Path, "mkdir"),
    (Path, "replace"),
]
LEDGER_OPERATIONS: list[tuple[Any, str]] = [(Ledger, "put"), (Ledger, "dataset_written")]
LEAST = 40  # operations: fewer would mean that the enumeration no longer sees what the batch does


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    os.mkfifo(folder / "a.pdf")
    os.mkfifo(folder / "sub" / "b.pdf")
    (folder / "large.pdf").write_bytes(b"%PDF-" + b"x" * 2_000_000)
    return folder


def batch(inputs: Path, out: Path) -> None:
    run([inputs], out, ReadSettings(max_megabytes=1), RunSettings(workers=1), SilentProgress())


def tree(out: Path) -> dict[str, bytes]:
    """Every file of OUT except the ledger's, whose bytes hold inode numbers and times."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and not path.name.startswith("ledger.sqlite")
    }


def at_operation(
    number: int, act: Callable[[], None], operations: list[tuple[Any, str]]
) -> pytest.MonkeyPatch:
    """Call `act` before the operation with that number (from 1)."""
    count = 0
    patch = pytest.MonkeyPatch()

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == number:
                act()
            return original(*arguments, **options)

        return operation

    for place, name in operations:
        patch.setattr(place, name, watched(getattr(place, name)))
    return patch


def killed_at(number: int, inputs: Path, out: Path) -> bool:
    """Run the batch in a process of its own that is killed at an operation; False when it ended before."""
    child = os.fork()
    if child == 0:
        at_operation(number, lambda: os.kill(os.getpid(), signal.SIGKILL), OPERATIONS + LEDGER_OPERATIONS)
        try:
            batch(inputs, out)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def full_at(number: int, inputs: Path, out: Path) -> bool:
    """Run the batch on a disk that is full at an operation; False when it ended before."""

    def refuse() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    patch = at_operation(number, refuse, OPERATIONS)
    try:
        batch(inputs, out)
    except OutputError:
        return True
    finally:
        patch.undo()
    return False


@pytest.mark.parametrize("fails_at", [killed_at, full_at])
def test_every_point_heals(inputs: Path, tmp_path: Path, fails_at: Callable[[int, Path, Path], bool]) -> None:
    batch(inputs, tmp_path / "whole")
    expected = tree(tmp_path / "whole")
    assert len(expected) == 3 + 10 + 1  # records, dataset, lock
    number = 1
    while fails_at(number, inputs, tmp_path / f"out-{number}"):
        out = tmp_path / f"out-{number}"
        torn = {
            name
            for name, content in tree(out).items()
            if ".writing-" not in name and content != expected.get(name)
        }
        assert torn <= {".lock"}, f"operation {number} left {torn} under a final name"
        batch(inputs, out)
        assert tree(out) == expected, f"operation {number}"
        number += 1
    assert number > LEAST

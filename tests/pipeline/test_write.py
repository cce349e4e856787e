"""Writing: whole or not at all, and one run per OUT."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goaltables.errors import OutputBusy, OutputError
from goaltables.pipeline.batch import write
from goaltables.pipeline.batch.write import hold, remove_durably, remove_leftovers, write_durably

# What a durable write asks of the system, in this order and no other.
STEPS = ["write", "fsync", "replace", "fsync"]


def test_a_file_and_its_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.json"
    write_durably(path, b"x" * 100_000)
    assert path.read_bytes() == b"x" * 100_000
    assert [p.name for p in path.parent.iterdir()] == ["c.json"]


def test_the_order_of_the_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def watched(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            seen.append(name)
            return original(*arguments)

        return call

    for place, name in ((os, "write"), (os, "fsync"), (Path, "replace")):
        monkeypatch.setattr(place, name, watched(name, getattr(place, name)))
    write_durably(tmp_path / "a.json", b"new")
    assert seen == STEPS


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_a_full_disk_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OutputError, match="disk is full") as raised:
        write_durably(path, b"new")
    assert raised.value.exit_code == 74
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "documents").write_bytes(b"")
    with pytest.raises(OutputError, match="file is where a folder"):
        write_durably(tmp_path / "documents" / "a.json", b"x")


def test_a_link_in_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f"{write.TEMPORARY_PREFIX}{os.getpid()}-{write._PROCESS_MARK}").symlink_to(victim)
    with pytest.raises(OutputError):
        write_durably(tmp_path / "out" / "a.json", b"x")
    assert victim.read_bytes() == b"precious"


def test_leftovers_of_a_killed_run_go(tmp_path: Path) -> None:
    write_durably(tmp_path / "documents" / "a.json", b"x")
    (tmp_path / "documents" / f"{write.TEMPORARY_PREFIX}99").write_bytes(b"half")
    remove_leftovers(tmp_path)
    assert [p.name for p in (tmp_path / "documents").iterdir()] == ["a.json"]


def test_removing_what_is_not_there(tmp_path: Path) -> None:
    write_durably(tmp_path / "a.json", b"x")
    for _ in range(2):
        remove_durably(tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_is_told_who_holds_the_output(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from goaltables.pipeline.batch.write import hold\n"
        "with hold(Path(sys.argv[1])):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(OutputBusy, match=f"process {holder.pid}") as raised, hold(tmp_path / "out"):
            pass
        assert raised.value.exit_code == 75
        holder.kill()
    with hold(tmp_path / "out"):
        pass

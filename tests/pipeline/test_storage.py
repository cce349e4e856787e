"""Inputs and OUT in a store that is no folder: everything a folder promises holds there too."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from mock_reader import mock_reader, script

from goaltables.errors import DependencyMissing, OutputBusy, UsageError
from goaltables.pipeline.batch import remote
from goaltables.pipeline.batch.outputs import remote_output
from goaltables.pipeline.batch.outputs.remote_output import RemoteOutput
from goaltables.pipeline.batch.progress import SilentProgress
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.batch.sources.inputs import find_inputs
from goaltables.pipeline.batch.summary import RunSummary
from goaltables.pipeline.dataset import export
from goaltables.pipeline.settings import ReadSettings, RunSettings

pytest.importorskip("s3fs", reason="s3fs is not installed: pip install 'goaltables[s3]'")
# The client of S3 leaves its sockets and its loop to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
numbers = itertools.count()


class Store:
    """A bucket with a folder of mock documents, `inputs`, and an OUT, both as URLs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bucket = f"bucket-{next(numbers)}"
        self.inputs, self.out = f"s3://{self.bucket}/in", f"s3://{self.bucket}/out"
        self.log = root / "log"
        self.fs = remote.filesystem("s3")
        self.fs.mkdir(self.bucket)

    def put(self, name: str, **actions: Any) -> None:
        self.fs.pipe_file(f"{self.bucket}/in/{name}", script(count=str(self.log), **actions))

    def run(self, *paths: str, out: str = "", **settings: Any) -> RunSummary:
        run_settings = RunSettings(workers=1, **settings)
        return run(
            list(paths) or [self.inputs], out or self.out, ReadSettings(), run_settings, SilentProgress(),
            reader=mock_reader,
        )  # fmt: skip

    def reads(self) -> int:
        count = len(self.log.read_text().split()) if self.log.exists() else 0
        self.log.unlink(missing_ok=True)
        return count

    def names(self, folder: str) -> list[str]:
        place = f"{self.bucket}/{folder}/"
        return [name.removeprefix(place) for name in self.fs.find(place)]

    def read(self, name: str) -> bytes:
        return bytes(self.fs.cat_file(f"{self.bucket}/{name}"))


@pytest.fixture
def store(s3_endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(remote_output, "SETTLE_SECONDS", 0.01)
    return Store(tmp_path)


def test_records_and_dataset_are_those_of_a_folder(store: Store, tmp_path: Path) -> None:
    names = ("a.pdf", "部门/b.pdf", "sub/c.pdf", "broken.pdf")
    for number, name in enumerate(names[:3]):
        store.put(name, n=number, names=["甲", "乙"])
    store.fs.pipe_file(f"{store.bucket}/in/broken.pdf", b"no mock document")
    store.fs.pipe_file(f"{store.bucket}/in/README.md", b"read me")
    summary = store.run()
    assert (summary.ok, summary.failed, summary.left_out) == (3, {"malformed": 1}, {".md": 1})
    assert store.names("out/documents") == sorted(f"{name}.json" for name in names)
    here = tmp_path / "in"
    for name in names:
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(store.read(f"in/{name}"))
    store.run(str(here), out=str(tmp_path / "out"))
    for folder in ("documents", "dataset"):
        for path in (tmp_path / "out" / folder).rglob("*.*"):
            assert store.read(f"out/{path.relative_to(tmp_path / 'out').as_posix()}") == path.read_bytes()


@pytest.fixture
def no_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "export_dataset", lambda _out: [])


@pytest.mark.usefixtures("no_dataset")
def test_a_second_run_reads_nothing_and_a_change_is_read(store: Store) -> None:
    for number in range(3):
        store.put(f"{number}.pdf", n=number)
    store.run()
    assert store.reads() == 3
    before = store.fs.find(f"{store.bucket}/out/documents", detail=True)
    again = store.run()
    assert (again.unchanged, again.read, store.reads()) == (3, 0, 0)
    assert store.fs.find(f"{store.bucket}/out/documents", detail=True) == before
    store.put("1.pdf", n=99)
    store.fs.rm_file(f"{store.bucket}/out/documents/2.pdf.json")
    changed = store.run()
    assert (changed.read, changed.unchanged, changed.ok, store.reads()) == (2, 1, 3, 2)


@pytest.mark.usefixtures("no_dataset")
def test_inputs_in_a_store_and_records_in_a_folder(store: Store, tmp_path: Path) -> None:
    store.put("a.pdf")
    assert store.run(out=str(tmp_path / "out")).ok == 1
    assert store.run(out=str(tmp_path / "out")).unchanged == 1
    assert store.run(f"{store.inputs}/a.pdf", out=str(tmp_path / "single")).ok == 1
    assert (tmp_path / "single" / "documents" / "a.pdf.json").is_file()


@pytest.mark.usefixtures("no_dataset")
def test_a_failed_record_goes_with_its_object(store: Store) -> None:
    store.put("a.pdf", exit=1)
    store.put("b.pdf", n=1)
    assert store.run().failed == {"crash": 1}
    store.fs.rm_file(f"{store.bucket}/in/a.pdf")
    assert store.run().exit_code("never") == 0
    assert store.names("out/documents") == ["b.pdf.json"]


LEADER = f"""
import sys; sys.path[:] = {sys.path!r}
from mock_reader import mock_reader
from goaltables.pipeline.batch.progress import SilentProgress
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.dataset import export
from goaltables.pipeline.settings import ReadSettings, RunSettings
run_settings = RunSettings(workers=1, ledger=sys.argv[3] or None, share=bool(sys.argv[3]))
summary = run([sys.argv[1]], sys.argv[2], ReadSettings(), run_settings, SilentProgress(), reader=mock_reader)
print(summary.read)
"""


def lead(store: Store, ledger: str = "") -> subprocess.Popen[str]:
    """A run in a process of its own."""
    command = [sys.executable, "-c", LEADER, store.inputs, store.out, ledger]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.usefixtures("no_dataset")
def test_kill_9_in_the_middle_then_only_the_rest_is_read(store: Store) -> None:
    """The ledger had not been put into the store yet: the records themselves tell."""
    for number in range(10):
        store.put(f"{number}.pdf", n=number, sleep=0.05 if number < 5 else 600)
    with lead(store) as leader:
        until = time.monotonic() + 60
        while len(store.names("out/documents")) < 4:
            assert time.monotonic() < until
            time.sleep(0.02)
        leader.kill()
    records = store.names("out/documents")
    done = len(records)
    assert 4 <= done < 10
    for number in range(10):
        if f"{number}.pdf.json" not in records:
            store.put(f"{number}.pdf", n=number)
    assert "ledger.sqlite" not in store.names("out")
    with pytest.raises(OutputBusy, match=r"\d+ on "):  # its lock is not stale yet
        store.run()
    store.fs.rm_file(f"{store.bucket}/out/.lock")
    store.reads()
    summary = store.run()
    assert (summary.ok, summary.read, store.reads()) == (10, 10 - done, 10 - done)


def test_the_lock_of_a_dead_run_is_taken_over(store: Store) -> None:
    lock = f"{store.bucket}/out/.lock"
    store.fs.pipe_file(lock, json.dumps({"holder": "7 on gone", "renewed": time.time()}).encode())
    output = RemoteOutput(store.out)
    with pytest.raises(OutputBusy, match="7 on gone"), _held(output):
        pass
    store.fs.pipe_file(lock, json.dumps({"holder": "7 on gone", "renewed": time.time() - 1000}).encode())
    with _held(output):
        assert str(os.getpid()) in store.fs.cat_file(lock).decode()
        with pytest.raises(OutputBusy), _held(output):
            pass
    assert not store.fs.exists(lock)


def test_the_lock_is_renewed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_output, "RENEW_SECONDS", 0.02)
    with _held(RemoteOutput(store.out)):
        first = store.read("out/.lock")
        until = time.monotonic() + 30
        while store.read("out/.lock") == first:
            assert time.monotonic() < until


def _held(output: RemoteOutput) -> Any:
    return output.hold(is_shared=False, is_locked_elsewhere=False)


def test_keys_that_climb_stay_inside(store: Store, tmp_path: Path) -> None:
    """The key of an object is any text; nothing of it becomes a path that leads out of OUT."""
    for key in ("../up.pdf", "x/../../up.pdf", "a//b.pdf", "-rf.pdf", "x?y#z.pdf"):
        store.put(key, n=1)
    found = find_inputs([store.inputs], tmp_path)
    assert dict(found.left_out) == {"hidden": 2}  # a name that begins with a dot
    records = [item.record for item in found.inputs]
    assert records[:2] == ["-rf.pdf.json", "a/~e3b0c44298fc1c14/b.pdf.json"]
    assert found.inputs[1].shown == "a//b.pdf"
    assert find_inputs([f"{store.inputs}/../up.pdf"], tmp_path).inputs[0].record == "up.pdf.json"


def test_what_cannot_be_listed_or_read_is_a_usage_error(store: Store, tmp_path: Path) -> None:
    store.fs.pipe_file(f"{store.bucket}/out/documents/a.json", b"{}")
    for url, said in (
        (f"s3://{store.bucket}/nothing", "nothing at"),
        ("s3://no-such-bucket/in", "nothing at|cannot read"),
        ("nostore://a/b", "no store nostore"),
        (f"zip://a.pdf::s3://{store.bucket}/x.zip", "chain"),
        (store.out, "output folder"),
    ):
        with pytest.raises(UsageError, match=said):
            find_inputs([url], store.out)


def test_a_store_whose_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    remote.filesystem.cache_clear()
    try:
        with pytest.raises(DependencyMissing, match=r"goaltables\[s3\]"):
            remote.filesystem("s3a")
    finally:
        remote.filesystem.cache_clear()


def test_two_machines_share_the_work_on_one_output(store: Store, postgres_url: str) -> None:
    """Each document is read once, by one of them, and the last to end writes the dataset."""
    for number in range(12):
        store.put(f"{number:02}.pdf", n=number, sleep=0.2)
    store.put("twin.pdf", n=3, sleep=0.2)
    with lead(store, postgres_url) as one, lead(store, postgres_url) as other:
        shares = [int(process.communicate(timeout=120)[0]) for process in (one, other)]
    assert sum(shares) == 12
    assert min(shares) > 0
    assert store.reads() == 12
    assert len(store.names("out/documents")) == 13
    assert store.read("out/dataset/documents.csv").count(b".pdf") >= 13
    assert store.run(ledger=postgres_url).unchanged == 13

"""The batch as a law: every input has a record, nothing is read twice, nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from mock_reader import mock_reader, script

from goaltables.errors import OutputError, UsageError
from goaltables.pipeline.batch import state
from goaltables.pipeline.batch.out_layout import LEDGER_NAME
from goaltables.pipeline.batch.pool import pool
from goaltables.pipeline.batch.progress import SilentProgress
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.batch.summary import RunSummary
from goaltables.pipeline.dataset import export
from goaltables.pipeline.settings import ReadSettings, RunSettings


class Place:
    """A folder of mock documents, an OUT, and the log of what was really read."""

    def __init__(self, root: Path) -> None:
        self.root, self.inputs, self.out = root, root / "in", root / "out"
        self.log = root / "log"
        self.inputs.mkdir()

    def put(self, name: str, **actions: Any) -> Path:
        path = self.inputs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(script(count=str(self.log), **actions))
        return path

    def run(self, *paths: Path, read: ReadSettings | None = None, **options: Any) -> RunSummary:
        return run(
            paths or (self.inputs,),
            self.out,
            read or ReadSettings(timeout=5),
            RunSettings(workers=options.pop("workers", 1), **options),
            SilentProgress(),
            reader=mock_reader,
        )

    def reads(self) -> int:
        """How often a document was really read since the last call."""
        count = len(self.log.read_text().split()) if self.log.exists() else 0
        self.log.unlink(missing_ok=True)
        return count

    def record(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.out / "documents" / f"{name}.json").read_bytes())
        return content

    def records(self) -> dict[str, bytes]:
        documents = self.out / "documents"
        return {
            path.relative_to(documents).as_posix(): path.read_bytes()
            for path in documents.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(autouse=True)
def exports(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The dataset's writer has tests of its own; here only when it is called."""
    calls: list[Path] = []

    def note(out: Path) -> list[Path]:
        calls.append(out)
        (out / "dataset").mkdir(exist_ok=True)
        (out / "dataset" / "datapackage.json").write_text("{}")
        return []

    monkeypatch.setattr(export, "export_dataset", note)
    return calls


def test_every_input_has_a_record(place: Place) -> None:
    place.put("a.pdf", n=1, names=["x", "y"])
    place.put("sub/b.pdf", n=2, status="partial")
    (place.inputs / "c.pdf").write_bytes(b"no mock document")
    (place.inputs / "empty.pdf").write_bytes(b"")
    os.mkfifo(place.inputs / "pipe.pdf")
    (place.inputs / "README.md").write_text("read me")
    summary = place.run()
    assert set(place.records()) == {
        f"{n}.json" for n in ("a.pdf", "c.pdf", "empty.pdf", "pipe.pdf", "sub/b.pdf")
    }
    assert (summary.inputs, summary.ok, summary.partial) == (5, 1, 1)
    assert summary.failed == {"io": 1, "malformed": 2}
    assert (summary.tables, summary.indicators, summary.left_out) == (2, 3, {".md": 1})
    assert summary.exit_code("never") == 4
    failed = place.record("pipe.pdf")
    assert failed["error"]["class"] == "io"
    assert (failed["status"], failed["tables"]) == ("failed", [])


def test_a_second_run_reads_nothing_and_writes_nothing(place: Place, exports: list[Path]) -> None:
    for number in range(5):
        place.put(f"{number}.pdf", n=number)
    place.run(workers=2)
    assert place.reads() == 5
    before = {path: path.stat().st_mtime_ns for path in (place.out / "documents").iterdir()}
    summary = place.run()
    assert (place.reads(), summary.unchanged, summary.read, summary.ok) == (0, 5, 0, 5)
    assert {path: path.stat().st_mtime_ns for path in (place.out / "documents").iterdir()} == before
    assert len(exports) == 1


def test_a_touched_file_is_hashed_but_not_read(place: Place) -> None:
    path = place.put("a.pdf", n=1)
    place.run()
    os.utime(path, (1, 1))
    assert (place.run().unchanged, place.reads()) == (1, 1)


def test_changed_content_is_read_again_even_with_the_old_times(place: Place, exports: list[Path]) -> None:
    path = place.put("a.pdf", n=1)
    place.run()
    found = path.stat()
    place.put("a.pdf", n=2)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert path.stat().st_size == found.st_size
    old = place.record("a.pdf")["source"]["sha256"]
    assert place.run().read == 1
    assert place.record("a.pdf")["source"]["sha256"] != old
    assert len(exports) == 2


def test_two_names_of_one_content_are_read_once_and_recorded_twice(place: Place) -> None:
    place.put("a.pdf", n=1)
    place.put("sub/b.pdf", n=1)
    summary = place.run(workers=2)
    assert (place.reads(), summary.read, summary.copied, summary.ok) == (1, 1, 1, 2)
    one, other = place.record("a.pdf"), place.record("sub/b.pdf")
    assert (one.pop("source")["path"], other.pop("source")["path"]) == ("a.pdf", "sub/b.pdf")
    assert one == other
    place.put("later.pdf", n=1)
    assert (place.run().copied, place.reads()) == (1, 0)


def test_a_copied_record_has_the_bytes_of_a_read_one(place: Place) -> None:
    place.put("a.pdf", n=1, names=["甲", "乙"])
    place.put("b.pdf", n=1, names=["甲", "乙"])
    place.run()
    copied = place.records()["b.pdf.json"]
    (place.inputs / "a.pdf").unlink()
    (place.out / "documents" / "a.pdf.json").unlink()
    (place.out / "documents" / "b.pdf.json").unlink()
    place.run()
    assert place.records()["b.pdf.json"] == copied


def test_failed_ones_wait_for_retry_and_stay_listed(place: Place) -> None:
    path = place.put("a.pdf", exit=1)
    place.put("b.pdf", n=1)
    assert place.run().exit_code("never") == 4
    assert place.reads() == 2
    waiting = place.run()
    assert (waiting.exit_code("never"), waiting.failed, place.reads()) == (4, {"crash": 1}, 0)
    assert place.run(retry_failed=True).read == 1
    assert place.reads() == 1
    place.put("a.pdf", n=2)
    assert place.run().exit_code("never") == 0
    place.put("a.pdf", exit=1)
    assert place.run().exit_code("never") == 4
    path.unlink()
    summary = place.run()
    assert (summary.exit_code("never"), summary.gone) == (0, 0)
    assert "a.pdf.json" not in place.records()


def test_twins_of_a_failed_document_are_retried_once(place: Place) -> None:
    place.put("a.pdf", exit=1)
    place.put("b.pdf", exit=1)
    assert (place.run().failed, place.reads()) == ({"crash": 2}, 1)
    assert (place.run(retry_failed=True).failed, place.reads()) == ({"crash": 2}, 1)


def test_another_configuration_reads_again(place: Place) -> None:
    place.put("a.pdf", n=1)
    place.run()
    assert place.run(read=ReadSettings(max_pages=3)).read == 1
    assert place.run(read=ReadSettings(max_pages=3, timeout=9)).read == 0


def test_a_record_that_was_deleted_is_made_again(place: Place) -> None:
    place.put("a.pdf", n=1)
    place.run()
    record = place.records()
    (place.out / "documents" / "a.pdf.json").unlink()
    assert place.run().read == 1
    assert place.records() == record


def test_a_lost_ledger_costs_no_reading(place: Place, exports: list[Path]) -> None:
    place.put("a.pdf", n=1)
    place.put("b.pdf", exit=1)
    place.run()
    place.reads()
    (place.out / LEDGER_NAME).unlink()
    summary = place.run()
    assert (summary.ok, summary.failed, summary.unchanged) == (1, {"crash": 1}, 2)
    assert place.reads() == 0
    assert len(exports) == 2


def test_data_of_a_vanished_input_stays(place: Place) -> None:
    path = place.put("a.pdf", n=1)
    place.put("b.pdf", n=2)
    place.run()
    path.unlink()
    summary = place.run()
    assert (summary.gone, summary.inputs, summary.exit_code("never")) == (1, 1, 0)
    assert "a.pdf.json" in place.records()


def test_a_file_under_a_new_name_takes_its_record_along(place: Place) -> None:
    place.put("sub/a.pdf", n=1)
    place.run()
    place.reads()
    place.run(place.inputs / "sub")
    assert set(place.records()) == {"a.pdf.json"}
    assert place.reads() == 0


def test_another_input_s_record_is_not_overwritten(place: Place) -> None:
    place.put("a.pdf", n=1)
    place.run()
    other = place.root / "other"
    other.mkdir()
    (other / "a.pdf").write_bytes(script(n=2))
    with pytest.raises(UsageError, match=r"a\.pdf\.json.*in/a\.pdf.*other/a\.pdf"):
        place.run(other)
    (place.inputs / "a.pdf").unlink()
    assert place.run(other).read == 1


def test_findings_decide_the_exit_code_only_when_asked(place: Place) -> None:
    place.put("a.pdf", findings=["warning"])
    summary = place.run()
    assert [summary.exit_code(severity) for severity in ("never", "error", "warning")] == [0, 0, 1]


def test_nothing_is_written_outside_the_output(place: Place) -> None:
    place.put("sub/a.pdf", n=1)
    elsewhere = place.root / "elsewhere"
    elsewhere.mkdir()
    (place.out / "documents").mkdir(parents=True)
    (place.out / "documents" / "sub").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="leads out"):
        place.run()
    assert list(elsewhere.iterdir()) == []


def test_inputs_are_not_touched(place: Place) -> None:
    path = place.put("a.pdf", n=1)
    before = (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes())
    place.run()
    assert (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes()) == before


def test_a_dataset_that_was_not_written_is_written_by_the_next_run(
    place: Place, exports: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(out: Path) -> list[Path]:
        raise OutputError("the disk is full")

    place.put("a.pdf", n=1)
    with monkeypatch.context() as broken:
        broken.setattr(export, "export_dataset", fail)
        with pytest.raises(OutputError):
            place.run()
    assert (place.run().read, len(exports)) == (0, 1)


CODE = f"""
import sys; sys.path[:] = {sys.path!r}
from pathlib import Path
from mock_reader import mock_reader
from goaltables.pipeline.dataset import export
from goaltables.pipeline.batch.progress import JsonProgress
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.settings import ReadSettings, RunSettings
export.export_dataset = lambda out: []
root = Path(sys.argv[1])
summary = run([root / "in"], root / "out", ReadSettings(), RunSettings(workers=2), JsonProgress(sys.stderr),
              reader=mock_reader)
sys.exit(summary.exit_code("never"))
"""


def started(place: Place, documents: int) -> subprocess.Popen[bytes]:
    """The batch in a process of its own, after `documents` records were written."""
    process = subprocess.Popen([sys.executable, "-c", CODE, str(place.root)], stderr=subprocess.PIPE)
    assert process.stderr is not None
    written = 0
    while written < documents:
        line = process.stderr.readline()
        assert line, "the batch ended early"
        written += json.loads(line)["event"] == "document"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_within_seconds_and_the_next_run_goes_on(place: Place, number: signal.Signals) -> None:
    for n in range(12):
        place.put(f"{n:02}.pdf", n=n, sleep=0.05 if n < 6 else 30)
    with started(place, 4) as process:
        begun = time.monotonic()
        process.send_signal(number)
        process.communicate(timeout=10)
        assert time.monotonic() - begun < 5
        assert process.returncode == 128 + number
    done = {name.removesuffix(".json") for name in place.records()}
    assert 4 <= len(done) <= 6
    for n in range(12):
        if f"{n:02}.pdf" not in done:
            place.put(f"{n:02}.pdf", n=n)
    place.reads()
    assert place.run(workers=2).ok == 12
    assert place.reads() == 12 - len(done)


def test_kill_9_in_the_middle_then_only_the_rest_is_read(place: Place) -> None:
    for n in range(30):
        place.put(f"{n:02}.pdf", n=n, sleep=0.02)
    with started(place, 10) as process:
        process.kill()
        process.communicate()
    done = len([name for name in place.records() if name.endswith(".json")])
    assert 10 <= done < 30
    place.reads()
    summary = place.run(workers=2)
    assert (summary.ok, summary.read) == (30, place.reads())
    # Also the record that was on the disk but not yet in the ledger is not read again.
    assert summary.read == 30 - done
    resumed = place.records()
    place.out = place.root / "uninterrupted"
    place.run(workers=2)
    assert place.records() == resumed


def test_a_run_without_changes_opens_no_input_and_starts_no_process(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What makes 1,000 unchanged files a matter of a second: benchmarks/batch.py measures it."""
    for n in range(20):
        (place.inputs / f"{n}.pdf").write_bytes(b"not a mock")
    assert place.run().failed == {"malformed": 20}

    def refuse(*_: object) -> None:
        pytest.fail("an unchanged input costs a stat")

    monkeypatch.setattr(state, "hash_input", refuse)
    monkeypatch.setattr(pool, "ForkServer", refuse)
    assert place.run().unchanged == 20

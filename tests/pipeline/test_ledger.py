"""The ledger: what it knows survives, and what it lost it learns again from the records."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from goaltables.document import Finding, GoalTable, Indicator
from goaltables.errors import OutputError
from goaltables.pipeline.batch.failure import failed_document
from goaltables.pipeline.batch.input_file import FileState
from goaltables.pipeline.batch.ledger import LEDGER_NAME, Counts, Entry, Key, Ledger
from goaltables.pipeline.batch.write import write_durably
from goaltables.pipeline.settings import ReadSettings, package_version

STATE = FileState(size=3, mtime_ns=2**62, ctime_ns=5, inode=2**60, device=7)
KEY = Key("ab" * 32, "1.0", "cd" * 32)
HOSTILE = "'; DROP TABLE record; --.json"


def entry(record: str = "a.pdf.json", status: str = "ok") -> Entry:
    return Entry(record, b"/in/\xb2\xe2.pdf", STATE, KEY, Counts(status, None, 1, 2, 3, 4, 5, 6))


def test_what_is_put_is_there_after_reopening(tmp_path: Path) -> None:
    entries = {e.record: e for e in (entry(), entry(HOSTILE), entry("部门/b.pdf.json", "failed"))}
    with Ledger(tmp_path) as ledger:
        for one in entries.values():
            ledger.put(one)
    with Ledger(tmp_path) as ledger:
        assert ledger.entries() == entries
        ledger.remove(HOSTILE)
        assert HOSTILE not in ledger.entries()


def test_it_is_in_wal_mode_and_flushes_every_commit(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        connection = ledger._connection
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_dataset_is_stale_after_a_change_until_it_is_written(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        assert ledger.is_dataset_stale
        ledger.dataset_written()
    with Ledger(tmp_path) as ledger:
        assert not ledger.is_dataset_stale
        ledger.put_states([entry()])
        assert not ledger.is_dataset_stale
        ledger.put(entry())
    with Ledger(tmp_path) as ledger:
        assert ledger.is_dataset_stale


def test_counts_of_a_document() -> None:
    document = failed_document("limit", "too long", path="a.pdf", settings=ReadSettings())
    assert Counts.of(document) == Counts("failed", "limit")
    found = [Finding(code="c", severity=s, message="m") for s in ("error", "warning", "warning")]
    indicators = [Indicator(name="a", full_name="a", needs_review=n == 1) for n in range(3)]
    table = GoalTable(id="t", form="project", indicators=indicators, findings=found)
    partial = document.model_copy(
        update={"status": "partial", "error": None, "tables": [table], "findings": found[:1]}
    )
    assert Counts.of(partial) == Counts("partial", None, 1, 3, 1, 2, 2, 0)


@pytest.mark.parametrize("damage", ["missing", "garbage", "torn", "other version"])
def test_it_is_rebuilt_from_the_records(tmp_path: Path, damage: str) -> None:
    document = failed_document(
        "malformed", "cut", path="sub/a.pdf", settings=ReadSettings(), sha256="ef" * 32
    )
    write_durably(tmp_path / "documents" / "sub" / "a.pdf.json", document.to_json())
    write_durably(tmp_path / "documents" / "torn.json", b'{"schema_version"')
    path = tmp_path / LEDGER_NAME
    if damage != "missing":
        with Ledger(tmp_path) as ledger:
            for number in range(200):
                ledger.put(entry(f"{number}.json"))
    if damage == "garbage":
        path.write_bytes(b"this is no data base" * 1000)
    elif damage == "torn":
        path.write_bytes(path.read_bytes()[:9000])
    elif damage == "other version":
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
    with Ledger(tmp_path) as ledger:
        assert ledger.entries() == {
            "sub/a.pdf.json": Entry(
                record="sub/a.pdf.json",
                input=None,
                state=None,
                key=Key("ef" * 32, package_version(), ReadSettings().config_sha256()),
                counts=Counts("failed", "malformed"),
            )
        }
        assert ledger.is_dataset_stale


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / LEDGER_NAME).mkdir()
    with pytest.raises(OutputError, match=LEDGER_NAME):
        Ledger(tmp_path)

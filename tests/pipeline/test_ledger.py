"""The ledger: what it knows survives, and what it lost it learns again from the records.

One contract for both kinds; what is particular to SQLite or PostgreSQL comes after it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

import pytest

from goaltables.document import Finding, GoalTable, Indicator
from goaltables.errors import OutputBusy, OutputError
from goaltables.pipeline.batch.failure import failed_document
from goaltables.pipeline.batch.ledgers.entry import Counts, Entry, Key
from goaltables.pipeline.batch.ledgers.ledger import Ledger, open_ledger
from goaltables.pipeline.batch.ledgers.sqlite_ledger import SqliteLedger
from goaltables.pipeline.batch.out_layout import LEDGER_NAME
from goaltables.pipeline.batch.outputs.local_output import LocalOutput
from goaltables.pipeline.batch.write import write_durably
from goaltables.pipeline.settings import ReadSettings, package_version

STATE = "3:4611686018427387904:5:1152921504606846976:7"
KEY = Key("ab" * 32, "1.0", "cd" * 32)
HOSTILE = "'; DROP TABLE record; --.json"

Opener: TypeAlias = Callable[[], AbstractContextManager[Ledger]]


def entry(record: str = "a.pdf.json", status: str = "ok", key: Key = KEY) -> Entry:
    return Entry(
        record, b"/in/\xb2\xe2.pdf", STATE, key, Counts(status, None, 1, 2, 3, 4, 5, 6, 7), "mark", 1.5
    )


@pytest.fixture
def output(tmp_path: Path) -> LocalOutput:
    return LocalOutput(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def opener(request: pytest.FixtureRequest, output: LocalOutput) -> Opener:
    """Opens the ledger of one OUT, again and again."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return lambda: open_ledger(url, output, is_shared=False)


def test_what_is_put_is_there_after_reopening(opener: Opener) -> None:
    entries = {e.record: e for e in (entry(), entry(HOSTILE), entry("部门/b.pdf.json", "failed"))}
    with opener() as ledger:
        for one in entries.values():
            ledger.put(one)
        ledger.put(entries[HOSTILE])
    with opener() as ledger:
        assert ledger.entries() == entries
        ledger.remove(HOSTILE)
        assert HOSTILE not in ledger.entries()


def test_an_entry_without_input_and_state(opener: Opener) -> None:
    bare = Entry("a.json", None, None, KEY, Counts("failed", "io"))
    with opener() as ledger:
        ledger.put(bare)
        assert ledger.entries() == {"a.json": bare}


def test_the_dataset_is_stale_after_a_change_until_it_is_written(opener: Opener) -> None:
    with opener() as ledger:
        assert ledger.is_dataset_stale
        ledger.dataset_written(ledger.changes)
    with opener() as ledger:
        assert not ledger.is_dataset_stale
        ledger.put_states([entry()])
        assert not ledger.is_dataset_stale
        ledger.put(entry())
    with opener() as ledger:
        assert ledger.is_dataset_stale


def test_a_dataset_that_missed_a_change_is_stale(opener: Opener) -> None:
    """Another run noted a record while the dataset was being written."""
    with opener() as ledger:
        seen = ledger.changes
        ledger.put(entry())
        ledger.dataset_written(seen)
        assert ledger.is_dataset_stale
        ledger.dataset_written(ledger.changes)
        ledger.remove("a.pdf.json")
        assert ledger.is_dataset_stale


def test_alone_every_claim_is_granted(opener: Opener) -> None:
    with opener() as ledger:
        assert ledger.claim(KEY)
        assert ledger.claim(KEY)
        ledger.release(KEY)
        assert ledger.known("a.pdf.json", KEY) == ()
        with ledger.alone() as is_alone:
            assert is_alone


def test_a_ledger_that_does_not_know_an_output_learns_it_from_the_records(
    opener: Opener, output: LocalOutput, tmp_path: Path
) -> None:
    write_record(output)
    write_durably(tmp_path / "documents" / "torn.json", b'{"schema_version"')
    with opener() as ledger:
        assert ledger.entries() == {"sub/a.pdf.json": RECORDED}
        assert ledger.is_dataset_stale


RECORDED = Entry(
    record="sub/a.pdf.json",
    input=None,
    state=None,
    key=Key("ef" * 32, package_version(), ReadSettings().config_sha256()),
    counts=Counts("failed", "malformed"),
)


def write_record(output: LocalOutput) -> None:
    document = failed_document(
        "malformed", "cut", path="sub/a.pdf", settings=ReadSettings(), sha256="ef" * 32
    )
    output.write_record("sub/a.pdf.json", document.to_json())


def test_counts_of_a_document() -> None:
    document = failed_document("limit", "too long", path="a.pdf", settings=ReadSettings())
    assert Counts.of(document) == Counts("failed", "limit")
    found = [Finding(code="c", severity=s, message="m") for s in ("error", "warning", "warning")]
    indicators = [Indicator(name="a", full_name="a", needs_review=n == 1) for n in range(3)]
    table = GoalTable(id="t", form="project", indicators=indicators, findings=found)
    partial = document.model_copy(
        update={"status": "partial", "error": None, "tables": [table], "findings": found[:1]}
    )
    assert Counts.of(partial) == Counts("partial", None, 1, 3, 1, 2, 2, 0, 0)


def sqlite_ledger(folder: Path) -> SqliteLedger:
    return SqliteLedger(folder / LEDGER_NAME, LocalOutput(folder).records)


def test_sqlite_is_in_wal_mode_and_flushes_every_commit(tmp_path: Path) -> None:
    with sqlite_ledger(tmp_path) as ledger:
        connection = ledger._connection
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


@pytest.mark.parametrize("damage", ["missing", "garbage", "torn", "other version"])
def test_a_damaged_sqlite_file_is_rebuilt(tmp_path: Path, output: LocalOutput, damage: str) -> None:
    write_record(output)
    path = tmp_path / LEDGER_NAME
    if damage != "missing":
        with sqlite_ledger(tmp_path) as ledger:
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
    with sqlite_ledger(tmp_path) as ledger:
        assert ledger.entries() == {"sub/a.pdf.json": RECORDED}
        assert ledger.is_dataset_stale


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / LEDGER_NAME).mkdir()
    with pytest.raises(OutputError, match=LEDGER_NAME):
        sqlite_ledger(tmp_path)


def test_one_data_base_serves_many_outputs(postgres_url: str, tmp_path: Path) -> None:
    one, other = LocalOutput(tmp_path / "one"), LocalOutput(tmp_path / "other")
    with (
        open_ledger(postgres_url, one, is_shared=False) as first,
        open_ledger(postgres_url, other, is_shared=False) as second,
    ):
        first.put(entry())
        assert second.entries() == {}


def test_a_second_run_is_told_who_holds_the_output(postgres_url: str, output: LocalOutput) -> None:
    with open_ledger(postgres_url, output, is_shared=False):
        for is_shared in (False, True):
            with (
                pytest.raises(OutputBusy, match=r"goaltables \d+ on "),
                open_ledger(postgres_url, output, is_shared=is_shared),
            ):
                pass
    with (
        open_ledger(postgres_url, output, is_shared=True),
        open_ledger(postgres_url, output, is_shared=True),
        pytest.raises(OutputBusy),
        open_ledger(postgres_url, output, is_shared=False),
    ):
        pass


def test_runs_that_share_an_output_claim_what_they_read(postgres_url: str, output: LocalOutput) -> None:
    other_key = Key("ff" * 32, "1.0", "cd" * 32)
    with open_ledger(postgres_url, output, is_shared=True) as one:
        with open_ledger(postgres_url, output, is_shared=True) as other:
            assert one.claim(KEY)
            assert not other.claim(KEY)
            assert other.claim(other_key)
            one.put(entry("b.json"))
            one.put(entry("c.json", key=other_key))
            one.release(KEY)
            assert other.claim(KEY)
            assert [e.record for e in other.known("a.json", KEY)] == ["b.json"]
            assert {e.record for e in other.known("c.json", KEY)} == {"b.json", "c.json"}
            with one.alone() as is_alone:
                assert not is_alone
        # `other` has ended: its claims with it.
        assert one.claim(KEY)
        with one.alone() as is_alone:
            assert is_alone


def test_a_server_that_is_not_there_cannot_be_written(output: LocalOutput) -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/none"
    with pytest.raises(OutputError, match="refused") as raised, open_ledger(url, output, is_shared=False):
        pass
    assert "secret" not in str(raised.value)

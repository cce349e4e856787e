"""Every format: strings come back, nothing becomes a formula, numbers stay exact, bytes stay the same."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import a_document, a_failure, a_table, an_evaluation, an_indicator, put

from goaltables.document import Document
from goaltables.errors import UsageError
from goaltables.pipeline.dataset.columns import Row, dataset_table, dataset_tables
from goaltables.pipeline.dataset.export import export_dataset, write_formats
from goaltables.pipeline.dataset.formats import FORMATS, plain_number, workbook
from goaltables.pipeline.dataset.formats.parquet_files import arrow_table
from goaltables.pipeline.dataset.rows import dataset_rows, flatten

# What spreadsheets take for something else than text.
TRAPS = [
    *("=87人", "=100%", "=SUM(A1)", "=cmd|' /C calc'!A0", "+1", "-5", "@a", "＝87人", "'=1", "'"),
    *("\ttab", "line\nbreak", "a\r\nb", " lead", "trail ", "00123", "1e5", "TRUE", "NA"),
    *("nan", "#N/A", "None"),
    *("http://a.b", "mailto:a@b", 'quote " and ,', "<b>&amp;</b>", "_x0041_", "_x000D_"),
    *("\ufffd", "\ufffe", "𠮷", "\u2028", "\x01"),
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
ALL = tuple(FORMATS)
Tables = dict[str, list[dict[str, Any]]]


def whole(*texts: str) -> list[tuple[str, Any]]:
    """Records that print each text wherever a record can hold one."""
    records: list[tuple[str, Any]] = []
    for number, text in enumerate(texts):
        document = a_document(text=text, tables=[a_table(text), an_evaluation(text)])
        records += [(f"{number}a.pdf", document), (f"{number}b.pdf", a_failure(message=text))]
        records.append((f"{number}c.pdf", document))
    return records


def texts_of(rows: list[Row], table: str) -> list[dict[str, str | None]]:
    """The text columns of a table as the records have them."""
    names = [c.name for c in dataset_table(table).columns if c.type == "string"]
    return [{name: row[name] for name in names} for row in rows]  # type: ignore[misc]


def unescaped(value: str | None) -> str | None:
    """A text of a workbook's XML as Excel shows it: characters that XML cannot hold stand as _xHHHH_."""
    if value is None:
        return None
    return re.sub("_x([0-9A-F]{4})_", lambda match: chr(int(match[1], 16)), value)


def from_csv(folder: Path) -> Tables:
    found: Tables = {}
    for table in dataset_tables():
        data = (folder / f"{table.name}.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by its mark"
        lines = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        found[table.name] = [{name: value or None for name, value in line.items()} for line in lines]
    return found


def from_jsonl(folder: Path) -> Tables:
    return {
        table.name: [json.loads(line) for line in (folder / f"{table.name}.jsonl").read_bytes().splitlines()]
        for table in dataset_tables()
    }


def from_parquet(folder: Path) -> Tables:
    return {
        table.name: pq.read_table(folder / f"{table.name}.parquet").to_pylist() for table in dataset_tables()
    }


def from_sqlite(folder: Path) -> Tables:
    with closing(sqlite3.connect(folder / "goaltables.sqlite")) as connection:
        connection.row_factory = sqlite3.Row
        return {
            table.name: [
                dict(row)
                for row in connection.execute(f"SELECT * FROM {table.name} ORDER BY rowid")  # noqa: S608
            ]
            for table in dataset_tables()
        }


def from_openpyxl(folder: Path) -> Tables:
    book = openpyxl.load_workbook(folder / "goaltables.xlsx")
    found: Tables = {}
    for name in workbook.SHEETS:
        assert all(cell.data_type != "f" for row in book[name].iter_rows() for cell in row)
        head, *lines = book[name].iter_rows(values_only=True)
        found[name] = [
            {str(n): unescaped(v) if isinstance(v, str) else v for n, v in zip(head, line, strict=True)}
            for line in lines
        ]
    return found


def from_pandas(folder: Path) -> Tables:
    sheets = pd.read_excel(folder / "goaltables.xlsx", sheet_name=None, dtype=str, keep_default_na=False)
    return {
        str(name): [
            {str(n): unescaped(v) or None for n, v in row.items()} for row in sheet.to_dict("records")
        ]
        for name, sheet in sheets.items()
    }


READERS: dict[str, tuple[str, Callable[[Path], Tables]]] = {
    "csv": ("csv", from_csv),
    "jsonl": ("jsonl", from_jsonl),
    "parquet": ("parquet", from_parquet),
    "sqlite": ("sqlite", from_sqlite),
    "xlsx by openpyxl": ("xlsx", from_openpyxl),
    "xlsx by pandas": ("xlsx", from_pandas),
}


def check_round_trip(folder: Path, reader: str, texts: Sequence[str]) -> None:
    name, read = READERS[reader]
    write_formats(folder, [name], dataset_rows(whole(*texts)))
    rows = flatten(dataset_rows(whole(*texts)))
    got = read(folder)
    for table in workbook.SHEETS if name == "xlsx" else [table.name for table in dataset_tables()]:
        expected = texts_of(rows[table], table)
        found = [{key: row[key] for key in line} for line, row in zip(expected, got[table], strict=True)]
        assert found == expected, table


@pytest.mark.parametrize("reader", READERS)
def test_traps_come_back_from_every_format(tmp_path: Path, reader: str) -> None:
    check_round_trip(tmp_path, reader, TRAPS)


@pytest.mark.parametrize("reader", READERS)
@settings(derandomize=True, max_examples=2, deadline=None)
@given(texts=st.lists(TEXTS, min_size=20, max_size=20, unique=True))
def test_every_string_comes_back_from_every_format(
    tmp_path_factory: pytest.TempPathFactory, reader: str, texts: list[str]
) -> None:
    check_round_trip(tmp_path_factory.mktemp("out"), reader, texts)


class TestWorkbook:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        write_formats(tmp_path, ["xlsx"], dataset_rows(whole("=87人")))
        return tmp_path

    def test_no_sheet_holds_a_formula_and_every_text_keeps_its_quote_mark(self, folder: Path) -> None:
        with zipfile.ZipFile(folder / "goaltables.xlsx") as parts:
            sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
            styles = parts.read("xl/styles.xml")
        assert len(sheets) == len(workbook.SHEETS) + 1
        assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<hyperlink" in sheet]
        assert b'quotePrefix="1"' in styles

    def test_the_first_sheet_explains_every_column(self, folder: Path) -> None:
        book = openpyxl.load_workbook(folder / "goaltables.xlsx")
        explained = {(row[0], row[1]) for row in book.worksheets[0].iter_rows(values_only=True)}
        for name in workbook.SHEETS:
            assert {(name, column.name) for column in dataset_table(name).columns} <= explained
        assert book.sheetnames[1:] == list(workbook.SHEETS)

    def test_heads_stay_in_sight_and_can_be_filtered(self, folder: Path) -> None:
        book = openpyxl.load_workbook(folder / "goaltables.xlsx")
        for name in workbook.SHEETS:
            sheet = book[name]
            assert (sheet.freeze_panes, bool(sheet.auto_filter.ref)) == ("B2", True)

    def test_numbers_are_numbers_unless_excel_would_round_them(self, tmp_path: Path) -> None:
        long = "12345678901234567.5"
        document = a_document(tables=[a_table(indicators=[an_indicator(value=v) for v in ("0.1", long)])])
        write_formats(tmp_path, ["xlsx"], dataset_rows([("a.pdf", document)]))
        assert [row["value"] for row in from_openpyxl(tmp_path)["indicators"]] == [0.1, long]

    def test_a_text_that_no_cell_holds_says_that_it_was_cut(self, tmp_path: Path) -> None:
        text = "好" * 20_000 + "𠮷" * 10_000
        write_formats(tmp_path, ["csv", "xlsx"], dataset_rows([("a.pdf", a_document(text=text))]))
        (row,) = from_openpyxl(tmp_path)["tables"]
        assert row["annual_goal"].endswith(workbook.CUT_NOTE)
        assert len(row["annual_goal"].encode("utf-16-le")) // 2 <= workbook.LONGEST_TEXT
        assert from_csv(tmp_path)["tables"][0]["annual_goal"] == text

    def test_more_rows_than_a_sheet_holds_go_on_in_another(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workbook, "LAST_ROW", 1)
        write_formats(tmp_path, ["xlsx"], dataset_rows(whole("=87人")))
        book = openpyxl.load_workbook(tmp_path / "goaltables.xlsx")
        assert [sheet.max_row for sheet in (book["documents"], book["documents 2"], book["documents 3"])] == [
            2
        ] * 3


def arrow(document: Document) -> pa.Table:
    """The indicators of a document as the Parquet file has them."""
    table = dataset_table("indicators")
    rows = flatten(dataset_rows([("a.pdf", document)]))["indicators"]
    return arrow_table(table, {column.name: [row[column.name] for row in rows] for column in table.columns})


class TestNumbers:
    @settings(derandomize=True, max_examples=200, deadline=None)
    @given(
        st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20)
    )
    def test_a_machine_number_is_exactly_the_decimal_or_is_not_given(self, value: Decimal) -> None:
        number = plain_number(value)
        assert number is None or Decimal(repr(number)) == value
        if abs(value) < 10**9:
            assert number is not None

    def test_parquet_holds_decimals_doubles_dates_and_categories(self) -> None:
        found = arrow(a_document(tables=[an_evaluation()]))
        assert found.schema.field("value").type == pa.decimal128(38, 10)
        assert found.schema.field("value_double").type == pa.float64()
        assert found.schema.field("period_end").type == pa.date32()
        assert pa.types.is_dictionary(found.schema.field("operator").type)
        assert found.schema.field("name").metadata[b"zh"]
        assert (found["value"][0].as_py(), found["value_double"][0].as_py()) == (Decimal("0.1"), 0.1)

    @pytest.mark.parametrize("text", ["1" * 29, "0.12345678901"])
    def test_parquet_gives_no_decimal_that_would_be_another_number(self, text: str) -> None:
        document = a_document(tables=[a_table(indicators=[an_indicator(value=text)])])
        found = arrow(document)
        assert found["value"][0].as_py() is None
        assert found["value_double"][0].as_py() == float(text)

    def test_jsonl_holds_decimal_strings(self, tmp_path: Path) -> None:
        write_formats(tmp_path, ["jsonl"], dataset_rows(whole("x")))
        assert [row["value"] for row in from_jsonl(tmp_path)["indicators"]] == ["87", "0.10"] * 2
        assert from_jsonl(tmp_path)["tables"][0]["fields"] == {"部门（单位）名称": "x"}


class TestSqlite:
    @pytest.fixture
    def connection(self, tmp_path: Path) -> sqlite3.Connection:
        write_formats(tmp_path, ["sqlite"], dataset_rows(whole("x")))
        connection = sqlite3.connect(tmp_path / "goaltables.sqlite")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def test_is_whole_and_its_keys_hold(self, connection: sqlite3.Connection) -> None:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            connection.execute("INSERT INTO checks VALUES ('x', 'nowhere', 'code', 'pass')")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            connection.execute("UPDATE indicators SET operator = '>='")

    def test_numbers_are_numbers(self, connection: sqlite3.Connection) -> None:
        assert connection.execute("SELECT DISTINCT typeof(value) FROM indicators ORDER BY 1").fetchall() == [
            ("integer",),
            ("real",),
        ]

    def test_foreign_keys_are_indexed(self, connection: sqlite3.Connection) -> None:
        plan = connection.execute("EXPLAIN QUERY PLAN SELECT * FROM indicators WHERE table_id = ?", ("x",))
        assert "USING INDEX" in plan.fetchone()[3]

    def test_it_explains_its_columns(self, connection: sqlite3.Connection) -> None:
        (count,) = connection.execute("SELECT count(*) FROM columns WHERE zh <> '' AND en <> ''").fetchone()
        assert count == sum(len(table.columns) for table in dataset_tables())


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    first = put(tmp_path / "1", {"a.pdf": a_document(), "b.pdf": a_failure()})
    second = put(tmp_path / "2", {"b.pdf": a_failure(), "a.pdf": a_document()})
    written = export_dataset(first, ALL)
    for one, two in zip(written, export_dataset(second, ALL), strict=True):
        assert (one.name, one.read_bytes()) == (two.name, two.read_bytes())
    assert len(written) == 3 * len(dataset_tables()) + 2 + 1


def test_a_format_that_lies_there_is_kept_up_to_date(tmp_path: Path) -> None:
    out = put(tmp_path, {"a.pdf": a_document()})
    export_dataset(out, ["parquet", "sqlite"])
    put(out, {"b.pdf": a_document("b.pdf")})
    export_dataset(out)
    folder = out / "dataset"
    for read in (from_csv, from_parquet, from_sqlite):
        assert [row["document"] for row in read(folder)["documents"]] == ["a.pdf", "b.pdf"]
    assert not (folder / "goaltables.xlsx").exists()


def test_an_empty_output_has_empty_tables_with_all_columns(tmp_path: Path) -> None:
    export_dataset(put(tmp_path, {}), ALL)
    for table in dataset_tables():
        header = (tmp_path / "dataset" / f"{table.name}.csv").read_text("utf-8-sig")
        assert header.strip().split(",") == [column.name for column in table.columns]
        assert from_parquet(tmp_path / "dataset")[table.name] == []


def test_an_unknown_format_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="dbase"):
        export_dataset(put(tmp_path, {}), ["dbase"])

"""Write the dataset files from the records, and load them as typed pandas tables.

``OUT/dataset/*.csv``: UTF-8 with BOM, RFC 4180 (CRLF, quotes doubled), values byte-exact: a cell may start
with ``=`` (``=87人`` is a printed goal), so open them with *import*, not by a double click.
``datapackage.json`` describes every column (Frictionless Data Package).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from goaltables.errors import UsageError
from goaltables.pipeline.batch.write import write_durably
from goaltables.pipeline.dataset.rows import Column, Rows, Table, dataset_tables, flatten, read_records

FORMATS = ("csv",)

# Decimals stay Decimal objects: a float would change printed digits.
_DTYPES = {"string": "string", "integer": "Int64", "boolean": "boolean", "number": "object"}


def export_dataset(out: Path, formats: Sequence[str] = ("csv",)) -> list[Path]:
    """Write OUT/dataset from OUT/documents in the given formats; the files written, in order.

    Raises:
        UsageError: a format that does not exist.
        OutputError: OUT cannot be written.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise UsageError(f"unknown export format {unknown[0]!r}; there is: {', '.join(FORMATS)}")
    rows = flatten(read_records(out))
    folder = out / "dataset"
    written = []
    for table in dataset_tables():
        path = folder / f"{table.name}.csv"
        write_durably(path, _csv_bytes(table, rows))
        written.append(path)
    package = folder / "datapackage.json"
    write_durably(package, json.dumps(describe(), ensure_ascii=False, indent=1).encode() + b"\n")
    return [*written, package]


def load_records(out: str | Path) -> dict[str, pd.DataFrame]:
    """The dataset tables of OUT, read from its records: text as ``string``, whole numbers as ``Int64``,
    truth values as ``boolean``, other numbers as ``decimal.Decimal`` objects; missing is ``<NA>`` or None.
    """
    rows = flatten(read_records(Path(out)))
    return {table.name: _frame(table, rows) for table in dataset_tables()}


def describe() -> dict[str, Any]:
    """The Frictionless Data Package descriptor of the CSV files."""
    return {
        "profile": "tabular-data-package",
        "name": "goaltables-dataset",
        "title": "Performance goal tables (绩效目标表)",
        "description": "Made by goaltables from the documents listed in documents.csv.",
        "resources": [_resource(table) for table in dataset_tables()],
    }


def _frame(table: Table, rows: Rows) -> pd.DataFrame:
    data = rows[table.name]
    return pd.DataFrame(
        {
            column.name: pd.Series([row[column.name] for row in data], dtype=_DTYPES[column.type])
            for column in table.columns
        }
    )


def _csv_bytes(table: Table, rows: Rows) -> bytes:
    text = _frame(table, rows).to_csv(index=False, lineterminator="\r\n")
    return b"\xef\xbb\xbf" + text.encode("utf-8")


def _resource(table: Table) -> dict[str, Any]:
    foreign = [
        {
            "fields": [column.name],
            "reference": {"resource": column.refers, "fields": [_table(column.refers).key]},
        }
        for column in table.columns
        if column.refers
    ]
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "description": f"{table.en} {table.zh}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"delimiter": ",", "doubleQuote": True, "lineTerminator": "\r\n"},
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "missingValues": [""],
            "primaryKey": [table.key],
            **({"foreignKeys": foreign} if foreign else {}),
        },
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.key:
        constraints["unique"] = True
    if column.required:
        constraints["required"] = True
    if column.enum:
        constraints["enum"] = list(column.enum)
    field: dict[str, Any] = {"name": column.name, "type": column.type, "title": column.zh}
    if column.type == "boolean":
        field |= {"trueValues": ["True"], "falseValues": ["False"]}
    field["description"] = column.en
    if constraints:
        field["constraints"] = constraints
    return field


def _table(name: str) -> Table:
    return next(table for table in dataset_tables() if table.name == name)

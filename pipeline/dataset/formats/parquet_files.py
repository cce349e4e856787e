"""``*.parquet``: one typed file a table, for pandas, DuckDB, Polars, R.

A number is there twice: ``value`` as a decimal with ten digits behind the point, exact, and
``value_double`` as a double, for arithmetic. A number that the decimal cannot hold (more than 28 digits
before the point or 10 behind) is null there, and only near in the double; its ``_text`` column is what was
printed. Codes from a short list are dictionaries (pandas: categories), dates are dates, lists and mappings
JSON texts. What a column means stands in the metadata of its field.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from goaltables.pipeline.dataset.columns import Column, Row, Rows, Table, Value, dataset_tables
from goaltables.pipeline.dataset.formats import plain_text

DIGITS: Final = 38
DECIMALS: Final = 10
DOUBLE: Final = "_double"
ROWS_A_GROUP: Final = 50_000

_EXACT: Final = pa.decimal128(DIGITS, DECIMALS)
_TYPES: Final = {
    "string": pa.string(),
    "object": pa.string(),
    "array": pa.string(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "number": _EXACT,
}
_CODE: Final = pa.dictionary(pa.int32(), pa.string())
_STEP: Final = Decimal(1).scaleb(-DECIMALS)
_ROOM: Final = Context(prec=DIGITS + 1)


class ParquetFiles:
    """One file a table; rows wait until they make a group."""

    def __init__(self, folder: Path) -> None:
        self._schemas = {table.name: _schema(table) for table in dataset_tables()}
        self._waiting: Rows = {table.name: [] for table in dataset_tables()}
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd")
            for name, schema in self._schemas.items()
        }

    def put(self, rows: Rows) -> None:
        for table in dataset_tables():
            waiting = self._waiting[table.name]
            waiting += rows.get(table.name, ())
            if len(waiting) >= ROWS_A_GROUP:
                self._write(table)

    def close(self) -> None:
        for table in dataset_tables():
            if self._waiting[table.name]:
                self._write(table)
            self._writers[table.name].close()

    def _write(self, table: Table) -> None:
        group = arrow_table(table, self._waiting[table.name])
        self._writers[table.name].write_table(group)
        self._waiting[table.name].clear()


def arrow_table(table: Table, rows: Iterable[Row]) -> pa.Table:
    """Rows of one table with the types of the files."""
    rows = list(rows)
    arrays: list[Any] = []
    for column in table.columns:
        values = [row[column.name] for row in rows]
        if column.type == "number":
            arrays.append(pa.array([_exact(value) for value in values], _EXACT))
            arrays.append(pa.array([_double(value) for value in values], pa.float64()))
        else:
            arrays.append(pa.array([_cell(column, value) for value in values], _type(column)))
    return pa.Table.from_arrays(arrays, schema=_schema(table))


def _schema(table: Table) -> pa.Schema:
    fields = []
    for column in table.columns:
        meaning = {"en": column.en, "zh": column.zh}
        fields.append(pa.field(column.name, _type(column), metadata=meaning))
        if column.type == "number":
            fields.append(pa.field(column.name + DOUBLE, pa.float64(), metadata=meaning))
    return pa.schema(fields)


def _type(column: Column) -> pa.DataType:
    return _CODE if column.is_category else _TYPES[column.type]


def _cell(column: Column, value: Value) -> object:
    if value is None or column.type in ("string", "integer", "boolean"):
        return value
    return date.fromisoformat(str(value)) if column.type == "date" else plain_text(value)


def _exact(value: Value) -> Decimal | None:
    """A decimal with the digits of the type; None when it has no room for it."""
    if not isinstance(value, Decimal) or value.adjusted() >= DIGITS - DECIMALS:
        return None
    return value if value == value.quantize(_STEP, context=_ROOM) else None


def _double(value: Value) -> float | None:
    return float(value) if isinstance(value, Decimal) else None


def build(folder: Path) -> ParquetFiles:
    return ParquetFiles(folder)

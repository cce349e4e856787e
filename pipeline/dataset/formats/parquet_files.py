"""``*.parquet``: one typed file a table, for pandas, DuckDB, Polars, R.

A number is there twice: ``value`` as a decimal with ten digits behind the point, exact, and
``value_double`` as a double, for arithmetic. A number that the decimal cannot hold (more than 28 digits
before the point or 10 behind) is null there, and only near in the double; its ``_text`` column is what was
printed. Codes from a short list are dictionaries (pandas: categories), dates are dates, lists and mappings
JSON texts. What a column means stands in the metadata of its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Context, Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from goaltables.pipeline.dataset.columns import Column, Rows, Table, Value, dataset_tables
from goaltables.pipeline.dataset.formats import plain_text

DIGITS: Final = 38
DECIMALS: Final = 10
DOUBLE: Final = "_double"
ROWS_A_GROUP: Final = 20_000

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
    """One file a table. Rows wait as columns until they make a group: a hundred thousand dictionaries would
    keep Python's garbage collector busier than the files.
    """

    def __init__(self, folder: Path) -> None:
        self._waiting = {table.name: _no_values(table) for table in dataset_tables()}
        self._writers = {
            table.name: pq.ParquetWriter(folder / f"{table.name}.parquet", _schema(table), compression="zstd")
            for table in dataset_tables()
        }

    def put(self, rows: Rows) -> None:
        for table in dataset_tables():
            waiting = self._waiting[table.name]
            for row in rows.get(table.name, ()):
                for name, values in waiting.items():
                    values.append(row[name])
            if len(waiting[table.key]) >= ROWS_A_GROUP:
                self._write(table)

    def close(self) -> None:
        for table in dataset_tables():
            if self._waiting[table.name][table.key]:
                self._write(table)
            self._writers[table.name].close()

    def _write(self, table: Table) -> None:
        self._writers[table.name].write_table(arrow_table(table, self._waiting[table.name]))
        self._waiting[table.name] = _no_values(table)


def _no_values(table: Table) -> dict[str, list[Value]]:
    return {column.name: [] for column in table.columns}


def arrow_table(table: Table, values: Mapping[str, Sequence[Value]]) -> pa.Table:
    """Columns of one table with the types of the files."""
    arrays: list[Any] = []
    for column in table.columns:
        if column.type == "number":
            arrays.append(pa.array([_exact(value) for value in values[column.name]], _EXACT))
            arrays.append(pa.array([_double(value) for value in values[column.name]], pa.float64()))
        else:
            arrays.append(pa.array([_cell(column, value) for value in values[column.name]], _type(column)))
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

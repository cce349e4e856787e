"""``goaltables.sqlite``: every table with its primary key, foreign keys and indexes; opens in Datasette.

A number is stored as the machine number that is exactly it, and as text where there is none (more than
15 digits), so that sorting and adding work and no digit changes. Truth is 1 and 0; lists and mappings are
JSON texts for SQLite's JSON functions. The table ``columns`` says what every column means.
"""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Final

from goaltables.pipeline.dataset.columns import (
    Column,
    Rows,
    Table,
    Value,
    dataset_table,
    dataset_tables,
    described_columns,
)
from goaltables.pipeline.dataset.formats import plain_number, plain_text

FILE_NAME: Final = "goaltables.sqlite"

# Declared NUMERIC, a text of digits that no machine number equals would become the nearest one; a column
# without a type keeps integers, reals and texts as they are given.
_SQL_TYPES: Final = {
    "string": "TEXT",
    "date": "TEXT",
    "object": "TEXT",
    "array": "TEXT",
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "number": "",
}


class SqliteFile:
    """One file with all tables."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
        # The file is put in place only when it is whole: a journal would protect nothing.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("BEGIN")
        for table in dataset_tables():
            self._connection.execute(_create(table))
        self._describe()

    def put(self, rows: Rows) -> None:
        try:
            self._insert(rows)
        except sqlite3.OperationalError as error:  # the disk is full
            raise OSError(str(error)) from error

    def _insert(self, rows: Rows) -> None:
        for table in dataset_tables():
            names = [column.name for column in table.columns]
            self._connection.executemany(
                f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(names))})",  # noqa: S608 - own names
                ([_cell(row[name]) for name in names] for row in rows.get(table.name, ())),
            )

    def close(self) -> None:
        for table in dataset_tables():
            for column in table.columns:
                if column.index or (column.refers and not column.key):
                    index = f"{table.name}_by_{column.name}"
                    self._connection.execute(f"CREATE INDEX {index} ON {table.name} ({column.name})")
        self._connection.execute("COMMIT")
        self._connection.close()

    def _describe(self) -> None:
        self._connection.execute(
            "CREATE TABLE columns (table_name TEXT, column_name TEXT, type TEXT, en TEXT, zh TEXT, "
            "PRIMARY KEY (table_name, column_name))"
        )
        self._connection.executemany("INSERT INTO columns VALUES (?, ?, ?, ?, ?)", described_columns())


def _create(table: Table) -> str:
    return f"CREATE TABLE {table.name} ({', '.join(_declared(column) for column in table.columns)})"


def _declared(column: Column) -> str:
    """The SQL of one column, all of it from our own description."""
    parts = [column.name, _SQL_TYPES[column.type]]
    if column.key:
        parts.append("PRIMARY KEY")
    if column.required:
        parts.append("NOT NULL")
    if column.refers:
        parts.append(f"REFERENCES {column.refers} ({dataset_table(column.refers).key})")
    if column.enum:
        parts.append(f"CHECK ({column.name} IN ({', '.join(repr(value) for value in column.enum)}))")
    if column.type == "boolean":
        parts.append(f"CHECK ({column.name} IN (0, 1))")
    return " ".join(part for part in parts if part)


def _cell(value: Value) -> str | int | float | None:
    if isinstance(value, Decimal):
        number = plain_number(value)
        return plain_text(value) if number is None else number
    if value is None or isinstance(value, str | int):
        return value
    return plain_text(value)


def build(folder: Path) -> SqliteFile:
    return SqliteFile(folder)

"""The tables and columns of the dataset: data, read from ``pipeline/data/dataset.toml``.

Every format is written from these descriptions, and so are ``datapackage.json``, the first sheet of the
workbook, the ``columns`` table of the SQLite file and docs/dataset.md: no column can be in one of them only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final, TypeAlias

# What a cell of the dataset may hold. Decimals are written with the digits they have; lists and mappings are
# JSON in every format that has no nested values.
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Value: TypeAlias = "str | int | bool | Decimal | list[Json] | dict[str, Json] | None"
Row: TypeAlias = dict[str, Value]
Rows: TypeAlias = dict[str, list[Row]]

# Frictionless type names. A number is a decimal, a date a text in ISO 8601, object and array are JSON.
TYPES: Final = frozenset({"string", "integer", "number", "boolean", "date", "object", "array"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `refers` names the table whose key it holds; `enum` is the closed list of its values.

    `category`: one of few codes. `index`: what people filter and join by. `pattern`, `minimum` and `maximum`
    are promises that a validator can check.
    """

    name: str
    type: str
    en: str
    zh: str
    key: bool = False
    required: bool = False
    refers: str | None = None
    enum: tuple[str, ...] = ()
    category: bool = False
    index: bool = False
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"column {self.name}: no such type: {self.type}")

    @property
    def is_category(self) -> bool:
        return self.category or bool(self.enum)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the dataset."""

    name: str
    en: str
    zh: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        """The one column that names a row."""
        (key,) = [column.name for column in self.columns if column.key]
        return key


@cache
def dataset_tables() -> tuple[Table, ...]:
    """The tables in an order in which foreign keys can be resolved."""
    text = resources.files("goaltables.pipeline.data").joinpath("dataset.toml").read_text(encoding="utf-8")
    tables = []
    for name, entry in tomllib.loads(text).items():
        columns = tuple(Column(**{**c, "enum": tuple(c.get("enum", ()))}) for c in entry["columns"])
        tables.append(Table(name, entry["en"], entry["zh"], columns))
    return tuple(tables)


def dataset_table(name: str) -> Table:
    return next(table for table in dataset_tables() if table.name == name)


def described_columns() -> Iterator[tuple[str, str, str, str, str]]:
    """(table, column, type, English meaning, Chinese meaning) of every column, for people."""
    for table in dataset_tables():
        for column in table.columns:
            yield table.name, column.name, kind_of(column), column.en, column.zh


def kind_of(column: Column) -> str:
    """Type, key and closed values of a column in one phrase."""
    kind = column.type
    if column.key:
        kind += ", key"
    if column.refers:
        kind += f", → {column.refers}"
    if column.enum:
        kind += ": " + " ".join(column.enum)
    return kind

"""The dataset as pandas tables, with the types its columns have."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pandas as pd

from goaltables.pipeline.dataset.columns import Column, Row, Table, dataset_tables
from goaltables.pipeline.dataset.records import read_records
from goaltables.pipeline.dataset.reviewed import reviewed_rows
from goaltables.pipeline.dataset.rows import flatten, with_panel
from goaltables.pipeline.review.publication import Reviews

# Decimals stay Decimal objects: a float would change printed digits.
_DTYPES: Final = {
    "string": "string",
    "integer": "Int64",
    "boolean": "boolean",
    "date": "datetime64[s]",
    "number": "object",
    "object": "object",
    "array": "object",
}


def load_records(out: str | Path) -> dict[str, pd.DataFrame]:
    """The dataset tables of OUT, read from its records and what people decided about them.

    Texts are ``string``, codes of a closed list ``category``, whole numbers ``Int64``, truth values
    ``boolean``, dates ``datetime64``; other numbers are ``decimal.Decimal`` objects (``.astype(float)`` to
    calculate), lists and mappings Python's own. Missing is ``<NA>``, ``NaT`` or None.

    Raises UsageError: a record cannot be read.
    """
    with Reviews(Path(out)) as reviews:
        rows = flatten(with_panel(reviewed_rows(read_records(Path(out)), reviews)))
    return {table.name: _frame(table, rows[table.name]) for table in dataset_tables()}


def _frame(table: Table, rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame({column.name: _series(column, rows) for column in table.columns})


def _series(column: Column, rows: list[Row]) -> pd.Series:
    values: list[Any] = [row[column.name] for row in rows]
    if column.enum:
        return pd.Series(pd.Categorical(values, categories=list(column.enum)))
    return pd.Series(values, dtype=_DTYPES[column.type])

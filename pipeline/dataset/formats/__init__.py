"""The file formats of the dataset. Each module has ``build(folder) -> FormatWriter``.

A writer gets the rows of one document after the other, so that a dataset of any size needs the memory of
one. The files it makes are fresh ones in a folder of its own; putting them in place is not its business.
"""

from __future__ import annotations

import json
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from goaltables.pipeline.dataset.columns import Rows, Value

# Format -> its module, and a file that tells that the format was exported.
FORMATS: Final = {
    "csv": ("goaltables.pipeline.dataset.formats.csv_files", "documents.csv"),
    "jsonl": ("goaltables.pipeline.dataset.formats.jsonl_files", "documents.jsonl"),
    "parquet": ("goaltables.pipeline.dataset.formats.parquet_files", "documents.parquet"),
    "xlsx": ("goaltables.pipeline.dataset.formats.workbook", "goaltables.xlsx"),
    "sqlite": ("goaltables.pipeline.dataset.formats.sqlite_file", "goaltables.sqlite"),
}


class FormatWriter(Protocol):
    """Writes all tables in one format."""

    def put(self, rows: Rows) -> None:
        """Append rows; a table that is not named gets none."""
        ...

    def close(self) -> None:
        """Finish the files."""
        ...


def format_writer(name: str, folder: Path) -> FormatWriter:
    """A writer of the format `name` into `folder`."""
    module, _ = FORMATS[name]
    writer: FormatWriter = import_module(module).build(folder)
    return writer


def plain_text(value: Value) -> str:
    """A value as text: decimals with their digits and without an exponent, lists and mappings as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def plain_number(value: Decimal) -> int | float | None:
    """The machine number that is exactly this decimal; None when there is none (more than 15 digits)."""
    if value == value.to_integral_value():
        return int(value) if abs(value) < 10**15 else None
    number = float(value)
    return number if Decimal(repr(number)) == value else None

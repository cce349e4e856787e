"""``*.csv``: UTF-8 with BOM, RFC 4180 (CRLF, quotes doubled), values byte-exact.

A text may start with ``=`` (``=87人`` is a printed goal). It is written as it is: a guard before it would
change the data of every program that reads the file, and spreadsheets have the workbook.
"""

from __future__ import annotations

import csv
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from goaltables.pipeline.dataset.columns import Rows, Value, dataset_tables
from goaltables.pipeline.dataset.formats import plain_text

# The csv module writes the other types as it should, and None as an empty cell.
_AS_TEXT: Final = ("number", "object", "array")


class CsvFiles:
    """One file a table."""

    def __init__(self, folder: Path) -> None:
        self._open = ExitStack()
        self._writers = {}
        for table in dataset_tables():
            file = (folder / f"{table.name}.csv").open("w", encoding="utf-8-sig", newline="")
            self._writers[table.name] = csv.writer(self._open.enter_context(file), lineterminator="\r\n")
            self._writers[table.name].writerow([column.name for column in table.columns])

    def put(self, rows: Rows) -> None:
        for table in dataset_tables():
            texts = [(column.name, column.type in _AS_TEXT) for column in table.columns]
            self._writers[table.name].writerows(
                [_text(row[name]) if as_text else row[name] for name, as_text in texts]
                for row in rows.get(table.name, ())
            )

    def close(self) -> None:
        self._open.close()


def _text(value: Value) -> str | None:
    return None if value is None else plain_text(value)


def build(folder: Path) -> CsvFiles:
    return CsvFiles(folder)

"""``*.jsonl``: one JSON object a line, UTF-8. Numbers are decimal strings, as in the records: a reader that
takes ``0.1`` for a binary fraction cannot change them. Lists and mappings stay lists and mappings.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

from goaltables.pipeline.dataset.columns import Rows, dataset_tables
from goaltables.pipeline.dataset.formats import plain_text


class JsonlFiles:
    """One file a table."""

    def __init__(self, folder: Path) -> None:
        self._open = ExitStack()
        self._files = {
            table.name: self._open.enter_context(
                (folder / f"{table.name}.jsonl").open("w", encoding="utf-8", newline="\n")
            )
            for table in dataset_tables()
        }

    def put(self, rows: Rows) -> None:
        for table in dataset_tables():
            file = self._files[table.name]
            for row in rows.get(table.name, ()):
                values = {column.name: row[column.name] for column in table.columns}
                file.write(json.dumps(values, ensure_ascii=False, default=_text) + "\n")

    def close(self) -> None:
        self._open.close()


def _text(value: object) -> str:
    if not isinstance(value, Decimal):
        raise TypeError(f"no JSON for {type(value).__name__}")
    return plain_text(value)


def build(folder: Path) -> JsonlFiles:
    return JsonlFiles(folder)

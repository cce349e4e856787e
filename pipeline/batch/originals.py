"""Where the input of a record lies: what the ledger of OUT noted when it was read.

The ledger is only looked at: the run that holds OUT may be writing it at the same time.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from goaltables.pipeline.batch.out_layout import LEDGER_NAME
from goaltables.pipeline.batch.record_names import RECORD_SUFFIX


class Originals:
    """The inputs of one OUT and how long they took, by the names of their records (without .json)."""

    def __init__(self, out: Path) -> None:
        self._ledger = out / LEDGER_NAME

    def path(self, record: str) -> bytes | None:
        """The path of a record's input; None when the ledger does not know it (it was made anew)."""
        query = "SELECT input FROM record WHERE record = ?"
        for (path,) in self._rows(query, record + RECORD_SUFFIX):
            return None if path is None else bytes(path)
        return None

    def seconds(self) -> dict[str, float]:
        """How long each record took to read; those that nobody timed are left out."""
        query = "SELECT record, seconds FROM record WHERE seconds IS NOT NULL"
        return {record.removesuffix(RECORD_SUFFIX): seconds for record, seconds in self._rows(query)}

    def _rows(self, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
        """What the ledger answers; nothing when there is none, or it cannot answer that."""
        if not self._ledger.is_file():
            return
        address = f"file:{quote(str(self._ledger.absolute()))}?mode=ro"
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(address, uri=True)) as ledger,
        ):
            yield from ledger.execute(query, values)

"""Where the input of a record lies now: the desk shows its pages from there, when it can.

The ledger of OUT knows the path that was read. A share that is mounted elsewhere today is given by
``--inputs FOLDER``. Whether the file is still the one that was read is asked when it is opened, by its hash.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from goaltables.pipeline.batch.out_layout import LEDGER_NAME


class Originals:
    """Finds the files that the records of one OUT were read from."""

    def __init__(self, out: Path, inputs: Path | None = None) -> None:
        self._ledger = out / LEDGER_NAME
        self._inputs = inputs.resolve() if inputs is not None else None

    def path(self, record: str, shown: str) -> bytes | None:
        """The path of the input of a record (name with .json) whose source is `shown`; None: not known."""
        if self._inputs is not None:
            found = (self._inputs / shown).resolve()
            # A record is data: what it calls its source must not lead out of the folder that was given.
            if found.is_relative_to(self._inputs) and found.is_file():
                return os.fsencode(found)
        return self._noted(record)

    def _noted(self, record: str) -> bytes | None:
        """What the ledger says. It is only read here: the run that holds OUT may be writing it."""
        if not self._ledger.is_file():
            return None
        address = f"file:{quote(str(self._ledger.absolute()))}?mode=ro"
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(address, uri=True)) as ledger,
        ):
            row = ledger.execute("SELECT input FROM record WHERE record = ?", (record,)).fetchone()
            return bytes(row[0]) if row and row[0] is not None else None
        return None

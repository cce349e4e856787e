"""Where things lie in OUT, be it a folder or a place in a store."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from goaltables.errors import UsageError
from goaltables.pipeline.messages import say

DOCUMENTS: Final = "documents"  # the records, each named by `record_names`
DATASET: Final = "dataset"
PACKAGE: Final = "datapackage.json"  # in the dataset; written last, it is the sign that the rest is there
LEDGER_NAME: Final = "ledger.sqlite"
IDENTITY_NAME: Final = ".goaltables"
LOCK_NAME: Final = ".lock"


def check_output(out: Path) -> None:
    """Raises UsageError: the folder is no OUT of this program."""
    if not (out / DOCUMENTS).is_dir():
        raise UsageError(say("not-an-output", path=out))

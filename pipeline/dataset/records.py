"""The records of OUT, one after the other, as the dataset takes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from goaltables.document import Document
from goaltables.errors import UsageError
from goaltables.pipeline.batch.out_layout import DOCUMENTS
from goaltables.pipeline.batch.record_names import RECORD_SUFFIX
from goaltables.pipeline.messages import reason, say


def read_records(out: Path) -> Iterator[tuple[str, Document]]:
    """(record name without .json, document) of every record under OUT, sorted by name.

    Raises UsageError: a record cannot be read or is none.
    """
    folder = out / DOCUMENTS
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob(f"*{RECORD_SUFFIX}") if path.is_file()
    )
    for name in names:
        record = name.removesuffix(RECORD_SUFFIX)
        yield record, read_record_file(folder / name)


def read_record_file(path: Path) -> Document:
    """One record. Raises UsageError: it cannot be read or is none."""
    try:
        return Document.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(say("record-unreadable", path=path, reason=reason(error))) from error
    except ValidationError as error:
        raise UsageError(say("record-is-none", path=path)) from error

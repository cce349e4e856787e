"""The folder of truth, and the record that belongs to each of its documents.

A truth file is ``a.pdf.truth.json`` beside ``a.pdf``, or ``a.pdf.json`` in a folder of its own. It is an
object with `file` (the document's name) and `tables`, which have the shape of a record's tables
(docs/contract.md) with the finding codes as `errors`. `doc_id`, `tier`, `kind`, `layout` and `tags` name the
groups that it counts in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from goaltables.errors import UsageError
from goaltables.pipeline.batch.out_layout import DOCUMENTS
from goaltables.pipeline.batch.record_names import RECORD_SUFFIX, record_name
from goaltables.pipeline.messages import reason, say
from goaltables.pipeline.score.tables import ScoredTable, scored_tables

TRUTH_SUFFIX: Final = ".truth.json"
GROUP_KEYS: Final = ("tier", "kind", "layout")


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared of a document's record."""

    status: str
    tables: tuple[ScoredTable, ...]


@dataclass(frozen=True, slots=True)
class TruthDocument:
    """What must be read from a document, and what was. `groups` are named ``tier=hard``, ``tag=fax`` …"""

    id: str
    groups: tuple[str, ...]
    tables: tuple[ScoredTable, ...]
    record: Record | None


def read_truth(truth: Path, predicted: Path) -> Iterator[TruthDocument]:
    """Every document of the truth, in the order of its path. Raises UsageError."""
    files = list(truth_files(truth))
    if not files:
        raise UsageError(say("score-no-truth", path=truth))
    if not predicted.is_dir():
        raise UsageError(say("score-no-records", path=predicted))
    records = predicted / DOCUMENTS if (predicted / DOCUMENTS).is_dir() else predicted
    for path in files:
        yield _document(path, truth, records)


def truth_files(truth: Path) -> list[Path]:
    """The truth files of a folder and of the folders below it. Raises UsageError: it cannot be listed."""
    if not truth.is_dir():
        raise UsageError(say("score-no-truth", path=truth))
    marked = sorted(truth.rglob(f"*{TRUTH_SUFFIX}"))
    return marked or sorted(truth.rglob(f"*{RECORD_SUFFIX}"))


def _document(path: Path, root: Path, records: Path) -> TruthDocument:
    content = truth_content(path)
    file = content["file"]
    relative = path.relative_to(root).parent / file
    return TruthDocument(
        id=str(content.get("doc_id") or relative),
        groups=tuple(_groups(content)),
        tables=scored_tables(content),
        record=_record(records / record_name(os.fsencode(relative))),
    )


def truth_content(path: Path) -> dict[str, Any]:
    """A truth file. It is the yardstick: where it is not what it should be, nothing is measured.

    Raises UsageError.
    """
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(say("score-truth-unreadable", path=path, reason=reason(error))) from error
    except ValueError as error:
        raise UsageError(say("score-truth-unreadable", path=path, reason=error)) from error
    if isinstance(content, dict) and isinstance(content.get("file"), str) and "tables" in content:
        return content
    raise UsageError(say("score-not-truth", path=path))


def _record(path: Path) -> Record | None:
    """The record at `path`; None when there is none, or none that can be read: it counts as missing."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict):
        return None
    return Record(str(content.get("status", "")), scored_tables(content))


def _groups(content: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{key}={content[key]}" for key in GROUP_KEYS if key in content)
    yield from (f"tag={tag}" for tag in content.get("tags", ()))

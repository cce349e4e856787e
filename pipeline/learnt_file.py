"""The file of learnt terms: one proposal a line (JSONL), written by the review desk and the command line.

    {"term": "…发放准", "level2": "quality", "full_name": "…发放准确率",
     "documents": ["<sha256>"], "approved": false}

Proposals wait in it until they are taken (`goaltables.normalizers.names.learnt_terms`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from goaltables.errors import UsageError
from goaltables.normalizers.names.learnt_terms import LearntTerm, merged_terms, taken
from goaltables.normalizers.text import clean_text
from goaltables.normalizers.understanding.labels import level2_id, levels
from goaltables.pipeline.batch.write import write_durably
from goaltables.pipeline.messages import reason, say

LONGEST_NAME = 200


@dataclass(config=ConfigDict(extra="forbid", strict=True), frozen=True)
class _Line:
    """A line of the file as it may be written."""

    term: str
    full_name: str
    level2: str | None = None
    documents: list[str] | None = None
    approved: bool = False


_LINE = TypeAdapter(_Line)


def read_terms(path: Path) -> tuple[LearntTerm, ...]:
    """The terms of a file, each once, taken or not.

    Raises UsageError: it cannot be read, is no UTF-8, or a line is no proposal (the message says which).
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(say("vocabulary-unreadable", path=path, reason=reason(error))) from error
    except UnicodeDecodeError as error:
        raise UsageError(say("vocabulary-not-utf8", path=path)) from error
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    return merged_terms(_term(line, path, number) for number, line in numbered)


def taken_terms(path: Path) -> tuple[LearntTerm, ...]:
    """The terms of a file that may be used. Raises UsageError."""
    return taken(read_terms(path))


def _term(line: str, path: Path, number: int) -> LearntTerm:
    try:
        read = _LINE.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise UsageError(
            say("vocabulary-line", path=path, number=number, field=where, reason=first["msg"])
        ) from error
    return made_term(
        read.term, read.full_name, read.level2, tuple(read.documents or ()), approved=read.approved
    )


def made_term(
    term: str, full_name: str, level2: str | None, documents: tuple[str, ...] = (), *, approved: bool
) -> LearntTerm:
    """A term with its texts as they are published and its label as an id. Raises UsageError."""
    term, full_name = (" ".join(clean_text(text).split()) for text in (term, full_name))
    if not 0 < len(term) <= LONGEST_NAME or not 0 < len(full_name) <= LONGEST_NAME:
        raise UsageError(say("vocabulary-length", most=LONGEST_NAME, term=term or full_name))
    label = level2_id(level2) if level2 else None
    if level2 and label is None:
        if level2 not in {level.id for level in levels(2)}:
            raise UsageError(say("vocabulary-level2", value=level2))
        label = level2
    return LearntTerm(term, full_name, label, tuple(sorted(set(documents))), approved)


def write_terms(path: Path, terms: Iterable[LearntTerm]) -> None:
    """Write the file anew: temporary file, fsync, rename."""
    lines = [json.dumps(asdict(term), ensure_ascii=False) + "\n" for term in merged_terms(terms)]
    write_durably(path, "".join(lines).encode())

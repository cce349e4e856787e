"""Decisions in and out as JSONL: one decision a line, as the review database keeps them.

Two desks that worked apart meet by import: each decision is taken in once, by its ``uid``. Where both decided
about one text differently, the text is shown as disputed; nothing is overruled.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from goaltables.errors import UsageError
from goaltables.pipeline.messages import reason, say
from goaltables.pipeline.review.decisions import Decision
from goaltables.pipeline.review.store import ReviewStore


def lines_of(store: ReviewStore) -> Iterator[str]:
    """Every decision, oldest first, a line each."""
    for decision in store.all_decisions():
        yield decision.model_dump_json() + "\n"


def take_in_file(store: ReviewStore, path: Path) -> tuple[int, int]:
    """Take in the decisions of a file: how many were new, how many known.

    Raises UsageError: the file cannot be read, or a line is no decision (then none is taken in).
    """
    decisions = list(_decisions(path))
    new = store.take_in(decisions)
    return new, len(decisions) - new


def _decisions(path: Path) -> Iterator[Decision]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(say("review-unreadable-file", path=path, reason=reason(error))) from error
    except UnicodeDecodeError as error:
        raise UsageError(say("review-unreadable-file", path=path, reason=error)) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield Decision.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise UsageError(say("review-import-line", path=path, line=number, reason=what)) from error

"""Reviewed records for the dataset: what people decided is laid over each record, row by row marked, and
listed.

A row's mark is the weightiest of its texts: ``waiting`` (flagged, or decided against a text that the machine
reads differently now: nothing of that is applied), ``unreadable``, ``corrected``, ``accepted``. An indicator
that needed review does no longer when nothing of it waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from goaltables.document import Document, GoalTable
from goaltables.pipeline.review.cases import Case, DeskSettings
from goaltables.pipeline.review.record_texts import FieldPath
from goaltables.pipeline.review.standing import Standing, Status
from goaltables.pipeline.review.store import ReviewStore, opened_reviews

# A row of a table by its group and number; a table itself by ("table", 0).
RowKey: TypeAlias = tuple[int, str, int]

WAITING: Final = "waiting"
_WEIGHTIEST_FIRST: Final = (WAITING, "unreadable", "corrected", "accepted")
_MARKS: Final = {
    Status.ACCEPTED: "accepted",
    Status.CORRECTED: "corrected",
    Status.UNREADABLE: "unreadable",
    Status.FLAGGED: WAITING,
    Status.CHANGED: WAITING,
    Status.DISPUTED: WAITING,
}


@dataclass(frozen=True, slots=True)
class ReviewedText:
    """One decided text, for each row that it stands in."""

    path: FieldPath
    standing: Standing

    @property
    def mark(self) -> str:
        return _MARKS[self.standing.status]


@dataclass(frozen=True, slots=True)
class Publication:
    """A record as it is published: with its corrections, the mark of each row and what was decided."""

    document: Document
    marks: Mapping[RowKey, str]
    texts: tuple[ReviewedText, ...]


class Reviews:
    """The reviews of one OUT, for whoever publishes its records. Close it, or use ``with``."""

    def __init__(self, out: Path) -> None:
        """Raises OutputError."""
        self._store: ReviewStore | None = opened_reviews(out)
        self._reviewed = self._store.documents() if self._store is not None else {}

    def __enter__(self) -> Reviews:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._store is not None:
            self._store.close()

    def publication(self, document: Document) -> Publication:
        """A record with what people decided about it; as it is when nobody did."""
        sha256 = document.source.sha256
        if self._store is None or sha256 not in self._reviewed:
            return Publication(document, {}, ())
        return published(Case.of(document, self._store.decisions(sha256), DeskSettings()))

    def written(self) -> None:
        """Note that the dataset files hold what was decided so far."""
        if self._store is not None:
            self._store.exported()


def published(case: Case) -> Publication:
    """What a case publishes."""
    texts = tuple(
        ReviewedText(path, standing)
        for standing in case.reviewed.standings
        if standing.status in _MARKS
        for path in standing.item.paths
        if path.group != "cell"
    )
    marks: dict[RowKey, str] = {}
    for text in texts:
        group = "table" if text.path.group in ("field", "evaluation") else text.path.group
        key = (text.path.table, group, text.path.index)
        marks[key] = min((marks.get(key, text.mark), text.mark), key=_WEIGHTIEST_FIRST.index)
    return Publication(_settled(case, texts), marks, texts)


def _settled(case: Case, texts: Iterable[ReviewedText]) -> Document:
    """The reviewed document, in which what was decided needs no review any more."""
    decided = {(t.path.table, t.path.index) for t in texts if t.path.group == "indicator"}
    waiting = {
        (path.table, path.index)
        for standing in case.reviewed.standings
        if case.needs[standing.item.key]
        for path in standing.item.paths
        if path.group == "indicator"
    }
    done = decided - waiting
    if not done:
        return case.reviewed.document
    tables = [
        _settled_table(table, {index for number, index in done if number == at})
        for at, table in enumerate(case.reviewed.document.tables)
    ]
    return case.reviewed.document.model_copy(update={"tables": tables})


def _settled_table(table: GoalTable, done: set[int]) -> GoalTable:
    indicators = [
        indicator.model_copy(update={"needs_review": False}) if index in done else indicator
        for index, indicator in enumerate(table.indicators)
    ]
    return table.model_copy(update={"indicators": indicators})

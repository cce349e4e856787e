"""The rows of the dataset with what people decided: corrected values, a mark for each row, a list of
decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from goaltables.document import Document
from goaltables.pipeline.dataset.columns import Row, Rows
from goaltables.pipeline.dataset.ids import row_id, table_id
from goaltables.pipeline.dataset.rows import document_rows
from goaltables.pipeline.review.publication import Publication, ReviewedText, Reviews, RowKey

# The dataset table of each group of rows, its key, and the letter of its ids.
_TABLES: Final = {
    "table": ("tables", "table_id", ""),
    "budget": ("budget", "budget_id", "b"),
    "indicator": ("indicators", "indicator_id", "i"),
}


def reviewed_rows(records: Iterable[tuple[str, Document]], reviews: Reviews) -> Iterator[Rows]:
    """The rows of one document after the other, as they are published."""
    for record, document in records:
        publication = reviews.publication(document)
        rows = document_rows(record, publication.document)
        _mark(rows, record, publication)
        rows["reviews"] = [
            _decision_row(record, number, text, publication)
            for number, text in enumerate(publication.texts, start=1)
        ]
        yield rows


def _mark(rows: Rows, record: str, publication: Publication) -> None:
    marks = {_id(record, key, publication.document): mark for key, mark in publication.marks.items()}
    for name, key, _ in _TABLES.values():
        for row in rows[name]:
            row["review"] = marks.get(str(row[key]))


def _id(record: str, key: RowKey, document: Document) -> str:
    """The id of a row of the dataset by its place in the record."""
    number, group, index = key
    table = document.tables[number].id
    if group == "table":
        return table_id(record, table)
    return row_id(record, table, _TABLES[group][2], index + 1)


def _decision_row(record: str, number: int, text: ReviewedText, publication: Publication) -> Row:
    decision, item, path = text.standing.decision, text.standing.item, text.path
    assert decision is not None  # noqa: S101 - a text without a decision is not published
    of_row = path.group in _TABLES and path.group != "table"
    return {
        "review_id": f"{record}#/r{number}",
        "document": record,
        "table_id": _id(record, (path.table, "table", 0), publication.document),
        "row_id": _id(record, (path.table, path.group, path.index), publication.document) if of_row else None,
        "field": path.name if path.group != "field" else f"fields: {path.name}",
        "status": text.standing.status.value,
        "machine_text": decision.machine or None,
        "text": decision.after or None,
        "confidence": None if decision.confidence is None else Decimal(repr(decision.confidence)),
        "reviewed_by": decision.by,
        "reviewed_at": decision.at,
        "note": decision.note or None,
        "page": item.page,
        "bbox": " ".join(f"{v:g}" for v in item.box) if item.box else None,
    }

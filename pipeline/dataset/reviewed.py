"""The rows of the dataset with what people decided: corrected values, a mark for each row, a list of
decisions.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from goaltables.pipeline.dataset.rows import Row, Rows, dataset_tables, flatten, read_records
from goaltables.pipeline.review.publication import Publication, Reviews

# The dataset table of each group of rows, and the column that names a row in it.
_TABLES = {
    "table": ("tables", "table_id"),
    "budget": ("budget", "budget_id"),
    "indicator": ("indicators", "indicator_id"),
}


def reviewed_rows(out: Path, reviews: Reviews) -> Rows:
    """All rows of all tables, in the order of the records, as they are published."""
    rows: Rows = {table.name: [] for table in dataset_tables()}
    for record, document in read_records(out):
        publication = reviews.publication(document)
        own = flatten([(record, publication.document)])
        _mark(own, publication)
        own["reviews"] = list(_decided(record, own, publication))
        for name, found in own.items():
            rows[name] += found
    return rows


def _ids(rows: Rows, publication: Publication) -> dict[tuple[int, str, int], Row]:
    """The rows of one document by table, group and number: they come in the order of the record."""
    found: dict[tuple[int, str, int], Row] = {}
    for group, (name, _) in _TABLES.items():
        places = [
            (number, group, index)
            for number, table in enumerate(publication.document.tables)
            for index in range(
                {"table": 1, "budget": len(table.budget), "indicator": len(table.indicators)}[group]
            )
        ]
        found |= dict(zip(places, rows[name], strict=True))
    return found


def _mark(rows: Rows, publication: Publication) -> None:
    for key, row in _ids(rows, publication).items():
        row["review"] = publication.marks.get(key)


def _decided(record: str, rows: Rows, publication: Publication) -> Iterator[Row]:
    by_key = _ids(rows, publication)
    for number, text in enumerate(publication.texts, start=1):
        decision = text.standing.decision
        assert decision is not None  # noqa: S101 - a text without a decision is not published
        group = text.path.group if text.path.group in _TABLES else "table"
        row = by_key.get((text.path.table, group, text.path.index if group == text.path.group else 0))
        item = text.standing.item
        yield {
            "review_id": f"{record}#/r{number}",
            "document": record,
            "table_id": by_key[text.path.table, "table", 0]["table_id"],
            "row_id": row[_TABLES[group][1]] if row is not None and group != "table" else None,
            "field": text.path.name if text.path.group != "field" else f"fields: {text.path.name}",
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

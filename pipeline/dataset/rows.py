"""From records to rows (CONTRACT): each document flattened to the tables that keys join.

Raw and normalised columns stand side by side: ``total_text`` is ``"1,234.50"`` as printed, ``total``
is ``1234.50``; an operator is a word (``ge``), so that no normalised column starts with ``=``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from goaltables.document import Document, Finding, GoalTable
from goaltables.normalizers.values.amounts import parse_amount
from goaltables.pipeline.dataset.columns import Row, Rows, dataset_tables
from goaltables.pipeline.dataset.evidence import Evidence
from goaltables.pipeline.dataset.ids import page_id, row_id, table_id
from goaltables.pipeline.dataset.panel import Candidate, candidates, panel_rows

# Columns that are fields of the record, unchanged.
OF_TABLE = (
    *("form", "title", "fiscal_year", "organization", "county", "division_code", "project", "amount_unit"),
    *("annual_goal", "midterm_goal"),
)
OF_INDICATOR = (
    *("horizon", "level1", "level1_id", "level2", "level2_id"),
    *("name", "full_name", "name_status", "head_id", "vocabulary_id"),
    *("value_text", "unit", "unit_id", "base_unit", "qualitative", "period_start", "period_end", "direction"),
    *("actual_text", "deviation", "needs_review"),
)
MONEY = ("total", "fiscal", "other", "carry")
EXECUTION = ("initial", "adjusted", "executed", "weight", "score")
OPERATOR_WORDS = {"=": "eq", ">=": "ge", "<=": "le", ">": "gt", "<": "lt"}


def dataset_rows(records: Iterable[tuple[str, Document]]) -> Iterator[Rows]:
    """The rows of one record after the other, and at last those that only all of them give."""
    return with_panel(document_rows(record, document) for record, document in records)


def with_panel(parts: Iterable[Rows]) -> Iterator[Rows]:
    """The rows of one document after the other, and at last the panel, which only all of them give."""
    found: list[Candidate] = []
    for rows in parts:
        found += candidates(rows)
        yield rows
    yield {"panel": panel_rows(found)}


def flatten(parts: Iterable[Rows]) -> Rows:
    """All rows of all tables at once, in the order of the documents."""
    flat: Rows = {table.name: [] for table in dataset_tables()}
    for rows in parts:
        for name, found in rows.items():
            flat[name] += found
    return flat


def document_rows(record: str, document: Document) -> Rows:
    """The rows of one document in every table that one document can fill."""
    rows: Rows = {table.name: [] for table in dataset_tables() if table.name != "panel"}
    evidence = Evidence(document)
    rows["documents"].append(_document_row(record, document))
    rows["pages"].extend(_page_rows(record, document))
    rows["findings"].extend(_finding_rows(record, None, document.findings, evidence))
    for table in document.tables:
        rows["tables"].append(_table_row(record, table, evidence))
        rows["budget"].extend(_budget_rows(record, table, evidence))
        rows["execution"].extend(_execution_rows(record, table, evidence))
        rows["indicators"].extend(_indicator_rows(record, table, evidence))
        rows["checks"].extend(_check_rows(record, table))
        rows["findings"].extend(_finding_rows(record, table.id, table.findings, evidence))
    return rows


def _document_row(record: str, document: Document) -> Row:
    indicators = [i for table in document.tables for i in table.indicators]
    routes = [page.route for page in document.pages]
    return {
        "document": record,
        "path": document.source.path,
        "sha256": document.source.sha256 or None,
        "bytes": document.source.bytes,
        "media_type": document.source.media_type or None,
        "page_count": document.source.page_count,
        "status": document.status,
        "error_class": document.error.error_class if document.error else None,
        "error_message": document.error.message if document.error else None,
        "pages_text": routes.count("text"),
        "pages_ocr": routes.count("ocr"),
        "tables": len(document.tables),
        "indicators": len(indicators),
        "findings": len(document.findings) + sum(len(t.findings) for t in document.tables),
        "needs_review": sum(i.needs_review for i in indicators),
        "version": document.engine.goaltables,
        "reader": document.engine.reader or None,
        "model": document.engine.model or None,
        "config_sha256": document.engine.config_sha256,
    }


def _page_rows(record: str, document: Document) -> Iterator[Row]:
    for page in document.pages:
        yield {
            "page_id": page_id(record, page.page),
            "document": record,
            "page": page.page,
            "width": _number(page.width),
            "height": _number(page.height),
            "unit": page.unit,
            "rotation": page.rotation,
            "route": page.route,
            "reason": page.reason,
        }


def _table_row(record: str, table: GoalTable, evidence: Evidence) -> Row:
    pages = evidence.pages_of(table)
    evaluation = table.self_evaluation
    score = evaluation.total_score if evaluation else None
    row: Row = {name: getattr(table, name) for name in OF_TABLE}
    return row | {
        "table_id": table_id(record, table.id),
        "document": record,
        "goal_items": list(table.goal_items) or None,
        "completion": evaluation.completion if evaluation else None,
        "total_score_text": score,
        "total_score": _amount(score),
        "fields": dict(table.fields) or None,
        "first_page": min(pages, default=None),
        "last_page": max(pages, default=None),
        "review": None,
        "bbox": evidence.place_of(table)["bbox"],
    }


def _budget_rows(record: str, table: GoalTable, evidence: Evidence) -> Iterator[Row]:
    for number, line in enumerate(table.budget, start=1):
        row: Row = {
            "budget_id": row_id(record, table.id, "b", number),
            "table_id": table_id(record, table.id),
            "name": line.name,
            "content": line.content,
            "amount_unit": table.amount_unit,
            "review": None,
            **evidence.place(line.source),
        }
        yield row | _amounts(line, MONEY)


def _execution_rows(record: str, table: GoalTable, evidence: Evidence) -> Iterator[Row]:
    lines = table.self_evaluation.execution if table.self_evaluation else []
    for number, line in enumerate(lines, start=1):
        row: Row = {
            "execution_id": row_id(record, table.id, "e", number),
            "table_id": table_id(record, table.id),
            "name": line.name,
            "amount_unit": table.amount_unit,
            "rate_text": line.rate,
            "rate": _amount(line.rate),
            **evidence.place_of(table),
        }
        yield row | _amounts(line, EXECUTION)


def _indicator_rows(record: str, table: GoalTable, evidence: Evidence) -> Iterator[Row]:
    for number, indicator in enumerate(table.indicators, start=1):
        row: Row = {name: getattr(indicator, name) for name in OF_INDICATOR}
        yield row | {
            "indicator_id": row_id(record, table.id, "i", number),
            "table_id": table_id(record, table.id),
            "name_alternatives": [a.model_dump() for a in indicator.name_alternatives] or None,
            "operator": OPERATOR_WORDS[indicator.operator] if indicator.operator else None,
            "value": _decimal(indicator.value),
            "value_upper": _decimal(indicator.value_upper),
            "base_value": _decimal(indicator.base_value),
            **_amounts(indicator, ("weight", "score")),
            "confidence": _number(indicator.confidence),
            "reasons": " ".join(indicator.reasons) or None,
            "review": None,
            **evidence.row_place(indicator.source),
        }


def _check_rows(record: str, table: GoalTable) -> Iterator[Row]:
    owner = table_id(record, table.id)
    for code, outcome in table.checks.items():
        yield {"check_id": f"{owner}/{code}", "table_id": owner, "code": code, "outcome": outcome}


def _finding_rows(
    record: str, table: str | None, findings: Sequence[Finding], evidence: Evidence
) -> Iterator[Row]:
    for number, finding in enumerate(findings, start=1):
        yield {
            "finding_id": row_id(record, table, "f", number),
            "document": record,
            "table_id": None if table is None else table_id(record, table),
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
            **evidence.place(finding.source),
        }


def _amounts(line: object, names: Sequence[str]) -> Row:
    """For each name the printed text and the number it reads as."""
    row: Row = {}
    for name in names:
        printed: str | None = getattr(line, name)
        row |= {f"{name}_text": printed, name: _amount(printed)}
    return row


def _number(value: float) -> Decimal:
    return Decimal(repr(value))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else parse_amount(text)

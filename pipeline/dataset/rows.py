"""The dataset (CONTRACT): records flattened to five tables that keys join.

Raw and normalised columns stand side by side: ``total_text`` is ``"1,234.50"`` as printed, ``total``
is ``1234.50``; an operator is a word (``ge``), so that no normalised column starts with ``=``.
The columns, their types and meanings are data: ``pipeline/data/dataset.toml``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path

from goaltables.document import CellSource, Document, Finding, GoalTable
from goaltables.normalizers.values.amounts import parse_amount

# What a cell of the dataset may hold. Decimals are written with the digits they have.

Value = str | int | bool | Decimal | None
Row = dict[str, Value]
Rows = dict[str, list[Row]]

# Columns of an indicator that are fields of the record, unchanged.
AS_PUBLISHED = (
    *("horizon", "level1", "level1_id", "level2", "level2_id"),
    *("name", "full_name", "name_status", "head_id", "vocabulary_id"),
    *("value_text", "unit", "unit_id", "base_unit", "qualitative", "period_start", "period_end", "direction"),
    *("actual_text", "deviation", "needs_review"),
)
OPERATOR_WORDS = {"=": "eq", ">=": "ge", "<=": "le", ">": "gt", "<": "lt"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a dataset table; `type` is a Frictionless type name."""

    name: str
    type: str
    en: str
    zh: str
    key: bool = False
    required: bool = False
    refers: str | None = None
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the dataset. `key` is the one column that names a row."""

    name: str
    en: str
    zh: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        (key,) = [column.name for column in self.columns if column.key]
        return key


@cache
def dataset_tables() -> tuple[Table, ...]:
    """The tables in the order in which foreign keys can be resolved."""
    text = resources.files("goaltables.pipeline.data").joinpath("dataset.toml").read_text(encoding="utf-8")
    tables = []
    for name, entry in tomllib.loads(text).items():
        columns = tuple(Column(**{**c, "enum": tuple(c.get("enum", ()))}) for c in entry["columns"])
        tables.append(Table(name, entry["en"], entry["zh"], columns))
    return tuple(tables)


def dataset_reference() -> str:
    """docs/dataset.md: every column of every table, in English and Chinese."""
    lines = [
        "# The dataset 数据集",
        "",
        "`OUT/dataset/*.csv`: UTF-8 with BOM, RFC 4180, values byte-exact. A text may start with `=`"
        " (`=87人` is a printed goal): import the files into a spreadsheet, do not double-click them."
        " Normalised columns never start with an operator. An empty cell means: not printed, or not known.",
    ]
    for table in dataset_tables():
        lines += ["", f"## {table.name}.csv", "", f"{table.en} {table.zh}", ""]
        lines += ["| column | type | meaning | 含义 |", "|---|---|---|---|"]
        for column in table.columns:
            kind = column.type
            if column.key:
                kind += ", key"
            if column.refers:
                kind += f", → {column.refers}"
            if column.enum:
                kind += ": " + " ".join(column.enum)
            lines.append(f"| `{column.name}` | {kind} | {column.en} | {column.zh} |")
    return "\n".join(lines) + "\n"


def read_records(out: Path) -> Iterator[tuple[str, Document]]:
    """(record name without .json, document) of every record under OUT, sorted by name."""
    folder = out / "documents"
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.json") if path.is_file())
    for name in names:
        yield name.removesuffix(".json"), Document.model_validate_json((folder / name).read_bytes())


def flatten(records: Iterable[tuple[str, Document]]) -> Rows:
    """All rows of all tables, in the order of the records."""
    rows: Rows = {table.name: [] for table in dataset_tables()}
    for record, document in records:
        rows["documents"].append(_document_row(record, document))
        rows["findings"].extend(_finding_rows(record, None, document.findings))
        for table in document.tables:
            table_id = f"{record}#{table.id}"
            rows["tables"].append(_table_row(record, table_id, table))
            rows["budget"].extend(_budget_rows(table_id, table))
            rows["indicators"].extend(_indicator_rows(table_id, table))
            rows["findings"].extend(_finding_rows(record, table_id, table.findings))
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
    }


def _table_row(record: str, table_id: str, table: GoalTable) -> Row:
    pages = [page.page for page in table.pages] or [
        s.page for i in table.indicators for s in i.source
    ]  # a project of a wide list has its cells on the list's first table
    return {
        "table_id": table_id,
        "document": record,
        "form": table.form,
        "title": table.title,
        "fiscal_year": table.fiscal_year,
        "organization": table.organization,
        "county": table.county,
        "division_code": table.division_code,
        "project": table.project,
        "amount_unit": table.amount_unit,
        "annual_goal": table.annual_goal,
        "midterm_goal": table.midterm_goal,
        "total_score": table.self_evaluation.total_score if table.self_evaluation else None,
        "first_page": min(pages, default=None),
        "last_page": max(pages, default=None),
        "fields": json.dumps(table.fields, ensure_ascii=False),
    }


def _budget_rows(table_id: str, table: GoalTable) -> Iterator[Row]:
    for number, line in enumerate(table.budget, start=1):
        row: Row = {
            "budget_id": f"{table_id}/b{number}",
            "table_id": table_id,
            "name": line.name,
            "content": line.content,
            "amount_unit": table.amount_unit,
            **_place(line.source),
        }
        for kind in ("total", "fiscal", "other", "carry"):
            printed: str | None = getattr(line, kind)
            row[f"{kind}_text"] = printed
            row[kind] = _amount(printed)
        yield row


def _indicator_rows(table_id: str, table: GoalTable) -> Iterator[Row]:
    for number, indicator in enumerate(table.indicators, start=1):
        row: Row = {name: getattr(indicator, name) for name in AS_PUBLISHED}
        row |= {
            "indicator_id": f"{table_id}/i{number}",
            "table_id": table_id,
            "operator": OPERATOR_WORDS[indicator.operator] if indicator.operator else None,
            "value": _decimal(indicator.value),
            "value_upper": _decimal(indicator.value_upper),
            "base_value": _decimal(indicator.base_value),
            "weight_text": indicator.weight,
            "weight": _amount(indicator.weight),
            "score_text": indicator.score,
            "score": _amount(indicator.score),
            "confidence": Decimal(repr(indicator.confidence)),
            "reasons": " ".join(indicator.reasons) or None,
            **_place(indicator.source),
        }
        yield row


def _finding_rows(record: str, table_id: str | None, findings: Sequence[Finding]) -> Iterator[Row]:
    for number, finding in enumerate(findings, start=1):
        yield {
            "finding_id": f"{table_id or record}/f{number}",
            "document": record,
            "table_id": table_id,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
            **_place(finding.source),
        }


def _place(source: Sequence[CellSource]) -> Row:
    """Page and hull of the cells on the first page they stand on."""
    if not source:
        return {"page": None, "bbox": None}
    page = source[0].page
    boxes = [s.bbox for s in source if s.page == page]
    hull = [*(min(b[k] for b in boxes) for k in (0, 1)), *(max(b[k] for b in boxes) for k in (2, 3))]
    return {"page": page, "bbox": " ".join(f"{v:g}" for v in hull)}


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else parse_amount(text)

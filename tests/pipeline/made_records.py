"""Records made for the tests of what is done with records: a document that read well, and one that failed."""

from __future__ import annotations

from pathlib import Path

from goaltables.document import (
    BudgetRow,
    CellSource,
    Document,
    DocumentFailure,
    DocumentPage,
    DocumentSource,
    EngineIdentity,
    ExecutionRow,
    Finding,
    GoalTable,
    Indicator,
    NameAlternative,
    PublishedCell,
    SelfEvaluation,
    TablePage,
)

ENGINE = EngineIdentity(goaltables="0.1", reader="pdfplumber", model="", config_sha256="0" * 64)
# The name, what stands beside it, and the level label that is merged over both of the table's rows.
NAME = CellSource(page=2, bbox=[100.0, 20.0, 200.5, 40.0], row=1, col=2)
VALUE = CellSource(page=2, bbox=[200.5, 20.0, 260.0, 40.0], row=1, col=3)
LEVEL = CellSource(page=2, bbox=[10.0, 20.0, 50.0, 80.0], row=1, col=0)


def an_indicator(text: str = "=87人", **fields: object) -> Indicator:
    given = {
        "level1": "产出指标",
        "level1_id": "output",
        "level2": "数量指标",
        "level2_id": "quantity",
        "name": text,
        "full_name": text,
        "head_id": "H:renshu",
        "value_text": text,
        "operator": "=",
        "value": "87",
        "unit": "人",
        "unit_id": "人",
        "base_value": "87",
        "base_unit": "人",
        "confidence": 0.25,
        "needs_review": True,
        "reasons": ["low-confidence", "name-doubtful"],
        "source": [NAME, VALUE, LEVEL],
    }
    return Indicator.model_validate(given | fields)


def a_table(text: str = "=87人", **fields: object) -> GoalTable:
    given = {
        "id": "p2-1",
        "form": "department_overall",
        "title": "部门（单位）整体支出绩效目标表",
        "fiscal_year": 2022,
        "organization": "松岚县云溪乡人民政府",
        "county": "松岚县",
        "division_code": "990101",
        "amount_unit": "万元",
        "annual_goal": text,
        "goal_items": [text],
        "fields": {"部门（单位）名称": text},
        "budget": [
            BudgetRow(
                name="运转保障", content=text, total="1,234.50", fiscal="１２", other="-", source=[NAME]
            )
        ],
        "indicators": [an_indicator(text)],
        "findings": [Finding(code="missing-total", severity="error", message=text, source=[NAME])],
        "checks": {"missing-total": "finding", "row-total-mismatch": "pass"},
        "pages": [TablePage(page=2, bbox=[10.0, 10.0, 300.0, 80.0], cells=_cells())],
    }
    return GoalTable.model_validate(given | fields)


def _cells() -> list[PublishedCell]:
    return [
        PublishedCell(
            row=source.row, col=source.col, rowspan=rows, colspan=1, text="x", bbox=source.bbox,
            confidence=1.0, reader="pdfplumber",
        )
        for source, rows in ((NAME, 1), (VALUE, 1), (LEVEL, 2))
    ]  # fmt: skip


def a_document(path: str = "a.pdf", text: str = "=87人", tables: list[GoalTable] | None = None) -> Document:
    page = DocumentPage(
        page=2, width=595.2, height=841.8, unit="pt", rotation=0, route="text", reason="text-layer"
    )
    return Document(
        status="ok",
        source=DocumentSource(
            path=path, sha256="a" * 64, bytes=9, media_type="application/pdf", page_count=2
        ),
        pages=[page],
        tables=[a_table(text)] if tables is None else tables,
        findings=[Finding(code="page-failed", severity="error", message="p. 1")],
        engine=ENGINE,
    )


def an_evaluation(text: str = "=87人") -> GoalTable:
    alternative = NameAlternative(full_name=text, probability=0.25)
    return a_table(
        text,
        id="p2-2",
        form="self_evaluation",
        project=text,
        indicators=[
            an_indicator(
                text, name_alternatives=[alternative], actual_text=text, weight="10分", score="9.5",
                value="0.10", period_start="2022-01-01", period_end="2022-12-31",
            )
        ],
        self_evaluation=SelfEvaluation(
            execution=[ExecutionRow(name=text, initial="1", adjusted="2.50", executed="-", rate="98.5%")],
            total_score="98分",
            completion=text,
        ),
    )  # fmt: skip


def a_failure(path: str = "b.pdf", message: str = "the file has no bytes") -> Document:
    source = DocumentSource(path=path, sha256="", bytes=0, media_type="", page_count=0)
    failure = DocumentFailure(error_class="empty", message=message)
    return Document(status="failed", error=failure, source=source, engine=ENGINE)


def put(out: Path, documents: dict[str, Document]) -> Path:
    """OUT with these records in it."""
    (out / "documents").mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        path = out / "documents" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.to_json())
    return out

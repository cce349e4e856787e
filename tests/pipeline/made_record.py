"""Records made by hand for the tests of the review desk: a department table as an OCR run would leave it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from goaltables.document import (
    BudgetRow,
    CellSource,
    Document,
    DocumentPage,
    DocumentSource,
    EngineIdentity,
    GoalTable,
    Indicator,
    PublishedCell,
    TablePage,
)
from goaltables.normalizers.checking.checks import checked
from goaltables.normalizers.names.vocabulary import direction_of, find_head
from goaltables.normalizers.values.target_value import parse_value, value_fields
from goaltables.pipeline.settings import ReadSettings, package_version

ROW_HEIGHT = 20.0
COLUMN_EDGES = (40.0, 120.0, 200.0, 330.0, 400.0, 470.0, 540.0)

# (name, content, total, fiscal, other): 财政拨款 of the second row is misread by one digit.
MONEY = (
    ("人员保障", "用于人员工资", "903.78", "903.78", "0"),
    ("运转保障", "用于日常办公", "80.50", "81.50", "0"),
    ("合计", "", "984.28", "984.28", "0"),
)
# (level 2, name, value, confidence of the value)
GOALS = (
    ("数量指标", "保障工资福利发放人数", "=87人", 0.99),
    ("数量指标", "为民办实事补助发放次数", "≥8次", 0.62),
    ("质量指标", "工资及社保发放准确率", "290%", 0.97),
    ("质量指标", "补助发放准确率", "=100%", 0.99),
)


def cell(
    row: int, col: int, text: str, *, rowspan: int = 1, colspan: int = 1, confidence: float = 0.99
) -> PublishedCell:
    """A cell at its place in the frame of `COLUMN_EDGES`."""
    return PublishedCell(
        row=row,
        col=col,
        rowspan=rowspan,
        colspan=colspan,
        text=text,
        bbox=[
            COLUMN_EDGES[col],
            100 + row * ROW_HEIGHT,
            COLUMN_EDGES[col + colspan],
            100 + (row + rowspan) * ROW_HEIGHT,
        ],
        confidence=confidence,
        reader="rapidocr",
    )


def source(cells: Sequence[PublishedCell], page: int = 1) -> list[CellSource]:
    return [CellSource(page=page, bbox=c.bbox, row=c.row, col=c.col) for c in cells if c.text]


def made_table(
    money: Sequence[tuple[str, str, str, str, str]] = MONEY,
    goals: Sequence[tuple[str, str, str, float]] = GOALS,
    *,
    cut: Sequence[str] = (),
) -> GoalTable:
    """The table. Names in `cut` are said to be completed with 率."""
    cells = [cell(0, 0, "部门（单位）名称", colspan=2), cell(0, 2, "某县某乡人民政府", colspan=4)]
    cells += [
        cell(1, col, text)
        for col, text in enumerate(("", "任务名称", "主要内容", "总额", "财政拨款", "其他资金"))
    ]
    budget = []
    row = 2
    for texts in money:
        own = [cell(row, col + 1, text) for col, text in enumerate(texts)]
        cells += own
        name, content, total, fiscal, other = texts
        budget.append(
            BudgetRow(
                name=name,
                content=content or None,
                total=total or None,
                fiscal=fiscal or None,
                other=other or None,
                source=source(own),
            )
        )
        row += 1
    cells.append(cell(row, 0, "产出指标", rowspan=len(goals)))
    level1 = cells[-1]
    indicators = []
    for level2, name, value, confidence in goals:
        own = [
            cell(row, 1, level2),
            cell(row, 2, name, colspan=2),
            cell(row, 4, value, colspan=2, confidence=confidence),
        ]
        cells += own
        indicators.append(_indicator(level2, name, value, [own[1], own[2], level1, own[0]], name in cut))
        row += 1
    table = GoalTable(
        id="p1-1",
        form="department_overall",
        title="部门整体支出绩效目标表",
        fiscal_year=2022,
        organization="某县某乡人民政府",
        amount_unit="万元",
        fields={"部门（单位）名称": "某县某乡人民政府"},
        budget=budget,
        indicators=indicators,
        pages=[TablePage(page=1, bbox=[40, 100, 540, 100 + row * ROW_HEIGHT], cells=cells)],
    )
    return checked(table)


def _indicator(level2: str, name: str, value: str, cells: Sequence[PublishedCell], is_cut: bool) -> Indicator:
    identity = {"数量指标": "quantity", "质量指标": "quality"}[level2]
    parsed = parse_value(value, level2=identity, fiscal_year=2022)
    full_name = name + "率" if is_cut else name
    return Indicator(
        level1="产出指标",
        level2=level2,
        level1_id="output",
        level2_id=identity,
        name=name,
        full_name=full_name,
        name_status="completed" if is_cut else "printed",
        head_id=find_head(full_name, identity),
        direction=direction_of(full_name, identity),
        value_text=value,
        **value_fields(parsed, value),
        confidence=min(c.confidence for c in cells),
        reasons=[flag.replace("_", "-") for flag in parsed.flags],
        source=source(cells),
    )


def made_document(*tables: GoalTable, path: str = "a.pdf", sha256: str = "", route: str = "ocr") -> Document:
    """A document of one page with the tables (by default `made_table()`)."""
    return Document(
        status="ok",
        source=DocumentSource(
            path=path,
            sha256=sha256 or hashlib.sha256(path.encode()).hexdigest(),
            bytes=1000,
            media_type="application/pdf",
            page_count=1,
        ),
        pages=[
            DocumentPage(
                page=1,
                width=595,
                height=842,
                unit="pt",
                rotation=0,
                route="ocr" if route == "ocr" else "text",
                reason="no-text-layer",
            )
        ],
        tables=list(tables) or [made_table()],
        engine=EngineIdentity(
            goaltables=package_version(),
            reader="rapidocr",
            model="test",
            config_sha256=ReadSettings().config_sha256(),
        ),
    )


def write_record(out: Path, document: Document, name: str = "a.pdf.json") -> Path:
    """Put a record where digitize would."""
    path = out / "documents" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(document.to_json())
    return path


def changed_text(path: Path, before: str, after: str) -> None:
    """Let the record say another text, as another version of the reader would: whole, at once. A desk that
    is open asks for its documents all the time.
    """
    text = path.read_text(encoding="utf-8")
    assert before in text
    made = path.with_suffix(".made")
    made.write_text(
        text.replace(json.dumps(before, ensure_ascii=False), json.dumps(after, ensure_ascii=False)),
        encoding="utf-8",
    )
    made.replace(path)

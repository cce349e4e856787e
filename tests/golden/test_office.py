"""Files without paper, the whole way: a text dump, a Word document and a workbook say what the PDF says."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from goaltables import digitize
from goaltables.document import Document, GoalTable

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
DUMP, PRINT = "seed_dump.txt", "seed_digital.pdf"
OFFICE_FILES = ("project_office.docx", "project_office.xlsx")
RECORD = ("level1", "level2", "name", "value_text", "operator", "value", "unit", "qualitative")
HEAD = ("form", "title", "fiscal_year", "organization", "project", "amount_unit", "fields", "annual_goal")


@functools.cache
def record(file: str) -> Document:
    return digitize(FIXTURES / "documents" / file)


def only_table(file: str) -> GoalTable:
    document = record(file)
    assert document.status == "ok", document.error
    (table,) = document.tables
    return table


def expected(file: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((FIXTURES / "expected" / f"{file}.json").read_text(encoding="utf-8"))
    table: dict[str, Any] = truth["tables"][0]
    return table


def unplaced(table: GoalTable) -> dict[str, Any]:
    """All that a table says, without where it says it and how well it was read."""
    said = table.model_dump(exclude={"pages"})
    for key in ("indicators", "budget", "findings"):
        for item in said[key]:
            item.pop("source")
    for indicator in said["indicators"]:
        indicator["reasons"] = [code for code in indicator["reasons"] if code != "row-realigned"]
        for key in ("confidence", "needs_review"):
            indicator.pop(key)
    return said


@pytest.mark.parametrize("file", [DUMP, *OFFICE_FILES])
def test_every_indicator_is_read_exactly(file: str) -> None:
    read = [tuple(getattr(i, key) for key in RECORD) for i in only_table(file).indicators]
    assert read == [tuple(i[key] for key in RECORD) for i in expected(file)["indicators"]]


@pytest.mark.parametrize("file", [DUMP, *OFFICE_FILES])
def test_the_head_the_goal_and_the_budget(file: str) -> None:
    table, truth = only_table(file), expected(file)
    assert {key: getattr(table, key) for key in HEAD} == {key: truth[key] for key in HEAD}
    read = [(b.name, b.content, b.total, b.fiscal, b.other) for b in table.budget]
    assert read == [
        tuple(b[k] for k in ("name", "content", "total", "fiscal", "other")) for b in truth["budget"]
    ]


def test_the_dump_says_what_the_print_says() -> None:
    dump, printed = unplaced(only_table(DUMP)), unplaced(only_table(PRINT))
    assert (len(dump["indicators"]), len(dump["budget"])) == (35, 8)
    assert dump == printed


def test_the_rows_that_lost_a_cell_are_told() -> None:
    moved = [i.name for i in only_table(DUMP).indicators if "row-realigned" in i.reasons]
    assert moved == ["马场社区聘用人员工资及社保支出标准", "为民办实事村平均工作费"]
    (finding,) = record(DUMP).findings
    assert finding.code == "row-realigned"
    assert finding.message.endswith("page 2: lines 47, 48 lost a cell and were moved")


def test_boxes_of_a_dump_lead_to_line_and_column() -> None:
    lines = (FIXTURES / "documents" / DUMP).read_text(encoding="utf-8").split("\n")
    first_of_page = {1: 0, 2: lines.index("", 10) + 1}
    for indicator in only_table(DUMP).indicators:
        place = indicator.source[0]
        line = lines[first_of_page[place.page] + int(place.bbox[1])]
        assert indicator.name in line.split("\t")


@pytest.mark.parametrize("file", OFFICE_FILES)
def test_each_cell_stands_where_the_file_has_it(file: str) -> None:
    (piece,) = only_table(file).pages
    read = [(c.row, c.col, c.rowspan, c.colspan, c.text, c.bbox) for c in piece.cells]
    keys = ("row", "col", "rowspan", "colspan", "text", "bbox")
    true = sorted(tuple(cell[key] for key in keys) for cell in expected(file)["pages"][0]["cells"])
    assert sorted(read) == true


@pytest.mark.parametrize(
    ("file", "reason", "reader", "pages"),
    [
        (DUMP, "text-dump", "goaltables", 2),
        ("project_office.docx", "office-file", "python-docx", 1),
        ("project_office.xlsx", "office-file", "openpyxl", 2),
    ],
)
def test_each_page_says_how_it_was_read(file: str, reason: str, reader: str, pages: int) -> None:
    document = record(file)
    assert [(p.route, p.reason, p.unit) for p in document.pages] == [("text", reason, "pt")] * pages
    assert document.engine.reader.partition(" ")[0] == reader
    assert document.engine.model == ""


def test_a_hidden_sheet_is_left_out_and_told() -> None:
    (finding,) = record("project_office.xlsx").findings
    assert finding.code == "hidden-text-dropped"
    assert "'代码'" in finding.message

"""Forms with horizontal rules only: the cells are those that the same form with verticals would have."""

from __future__ import annotations

import pytest
from made_pdf import Sheet, cell_texts, make_pdf

from goaltables.extractors.digital.implied_columns import implied_grid
from goaltables.extractors.digital.rules import Axis, Segment
from goaltables.extractors.digital_page import read_digital_page
from goaltables.extractors.open_document import open_document
from goaltables.records import Box, PageReading

Place = tuple[int, int, int, int, str]

XS = (50.0, 80.0, 140.0, 210.0, 300.0, 380.0, 500.0)
FORM: tuple[Place, ...] = (
    (0, 0, 1, 2, "项目名称"),
    (0, 2, 1, 4, "高龄津贴"),
    (1, 0, 1, 2, "主管部门"),
    (1, 2, 1, 1, "县民政局"),
    (1, 3, 1, 1, "实施单位"),
    (1, 4, 1, 2, "县事业发展中心"),
    (2, 0, 2, 2, "项目资金"),
    (2, 2, 1, 2, "年度资金总额："),
    (2, 4, 1, 2, "318.20"),
    (3, 2, 1, 2, "其他资金"),
    (3, 4, 1, 2, "0"),
    (4, 0, 5, 1, "标"),
    (4, 1, 1, 1, "一级指标"),
    (4, 2, 1, 1, "二级指标"),
    (4, 3, 1, 2, "三级指标"),
    (4, 5, 1, 1, "指标值"),
    (5, 1, 3, 1, "产出指标"),
    (5, 2, 2, 1, "数量指标"),
    (5, 3, 1, 2, "发放八十周岁老人津贴人数"),
    (5, 5, 1, 1, "≥1260人"),
    (6, 3, 1, 2, "新建村级养老点个数"),
    (6, 5, 1, 1, "6个"),
    (7, 2, 1, 1, "质量指标"),
    (7, 3, 1, 2, "津贴发放准确率"),
    (7, 5, 1, 1, "=100%"),
    (8, 1, 1, 1, "效益指标"),
    (8, 2, 1, 1, "社会效益"),
    (8, 3, 1, 2, "老年人生活质量"),
    (8, 5, 1, 1, "有所改善"),
)
YS = tuple(100.0 + 24 * i for i in range(10))


def read(sheet: Sheet) -> PageReading:
    with open_document(make_pdf(sheet)) as opened:
        return read_digital_page(opened, 1)


def form(*, cell_by_cell: bool = False, sheet: Sheet | None = None, lower: float = 0.0) -> Sheet:
    sheet = sheet or Sheet()
    ys = [y + lower for y in YS]
    cell_texts(sheet, FORM, XS, ys)
    for row, col, rowspan, colspan, _ in FORM:
        gap = 2.0 if cell_by_cell else 0.0
        for y in (ys[row], ys[row + rowspan]):
            sheet.line(XS[col] + gap, y, XS[col + colspan] - gap, y)
    return sheet


def rows_of(reading: PageReading, number: int = 0) -> list[list[str]]:
    table = reading.tables[number]
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell.text)
    return [row for _, row in sorted(rows.items())]


def expected() -> list[list[str]]:
    return [[text for row, *_, text in FORM if row == i] for i in range(9)]


@pytest.mark.parametrize("cell_by_cell", [False, True])
def test_a_form_without_verticals_has_the_cells_of_one_with_them(cell_by_cell: bool) -> None:
    reading = read(form(cell_by_cell=cell_by_cell))
    assert rows_of(reading) == expected()
    assert len(reading.tables) == 1
    assert reading.problems == ()
    spans = {cell.text: cell.rowspan for cell in reading.tables[0].cells}
    assert {text: spans[text] for text in ("项目资金", "标", "产出指标", "数量指标", "质量指标")} == {
        "项目资金": 2,
        "标": 5,
        "产出指标": 3,
        "数量指标": 2,
        "质量指标": 1,
    }


def test_two_forms_of_one_width_on_a_page_are_parted_by_the_title_between() -> None:
    sheet = Sheet(560, 760)
    for lower in (0.0, 330.0):
        sheet.text(200, 80 + lower, "项目支出绩效目标表", size=14)
        sheet.text(440, 94 + lower, "单位：万元")
        form(sheet=sheet, lower=lower)
    reading = read(sheet)
    assert len(reading.tables) == 2
    assert rows_of(reading, 0) == rows_of(reading, 1) == expected()
    assert len(reading.lines) == 4


def test_an_underlined_word_is_no_row() -> None:
    sheet = form()
    sheet.line(390, 120, 430, 120)
    assert rows_of(read(sheet)) == expected()


def test_letters_of_a_spread_label_are_one_text() -> None:
    sheet = form()
    sheet.operators = [op for op in sheet.operators if "项目名称".encode("utf-16-be").hex() not in op]
    for i, letter in enumerate("项目名称"):
        sheet.text(62 + 20 * i, 116, letter)
    assert rows_of(read(sheet)) == expected()


def test_an_empty_value_keeps_its_column() -> None:
    sheet = form()
    sheet.operators = [op for op in sheet.operators if "6个".encode("utf-16-be").hex() not in op]
    assert rows_of(read(sheet))[6] == ["新建村级养老点个数", ""]


def test_texts_of_rows_are_parted_where_white_is_shared() -> None:
    rules = [Segment(Axis.HORIZONTAL, y, 0, 300) for y in (0, 20, 40, 60)]
    tokens = [Box(x, y + 5, x + 50, y + 15) for y in (0, 20, 40) for x in (10, 110, 220)]
    grid = implied_grid(rules, tokens, em=10.0)
    assert grid is not None
    assert [(c.row, c.col) for c in grid.cells] == [(r, c) for r in range(3) for c in range(3)]

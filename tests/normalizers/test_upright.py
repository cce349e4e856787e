"""Boxes on the turned page."""

from __future__ import annotations

import pytest
from printed_page import page_of, read_one, table_of

from goaltables.normalizers.understanding.understand import printed_tables
from goaltables.normalizers.understanding.upright import upright_box, upright_size
from goaltables.records import Box, PageGeometry, PageReading, Unit

DRAWING = (
    "项目名称 | 护林 | < | <\n一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 护林员 | 3人"
)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_full_turn_in_quarters_comes_back(turn: int) -> None:
    page = PageGeometry(1, 300, 500, Unit.POINT, rotation=turn)
    width, height = upright_size(page)
    box = upright_box(Box(10, 20, 40, 80), page)
    back = upright_box(box, PageGeometry(1, width, height, Unit.POINT, rotation=-turn))
    assert back == Box(10, 20, 40, 80)
    assert 0 <= box.x0 <= box.x1 <= width
    assert 0 <= box.y0 <= box.y1 <= height


def test_a_page_scanned_upside_down_keeps_its_title_and_its_boxes() -> None:
    upright = page_of(table_of(DRAWING), above=["项目支出绩效目标表", "（2023年度）"])
    turned = PageGeometry(1, 1200, 2000, Unit.POINT, rotation=180)

    def over(box: Box) -> Box:
        return Box(1200 - box.x1, 2000 - box.y1, 1200 - box.x0, 2000 - box.y0)

    (table,) = upright.tables
    cells = tuple(type(c)(c.row, c.col, c.rowspan, c.colspan, over(c.box), c.text) for c in table.cells)
    lines = tuple(type(x)(x.text, over(x.box), x.confidence, x.reader) for x in upright.lines)
    page = PageReading(turned, upright.route, (type(table)(over(table.box), cells, "drawn"),), lines)
    (found,) = printed_tables([page])
    plain = read_one(DRAWING, "项目支出绩效目标表", "（2023年度）")
    assert (
        (found.title, found.fiscal_year) == (plain.title, plain.fiscal_year) == ("项目支出绩效目标表", 2023)
    )
    assert found.indicators[0].source[0].bbox == over(Box(*plain.indicators[0].source[0].bbox)).rounded()

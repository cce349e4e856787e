"""The whole way from a page's cells to the published goal table."""

from __future__ import annotations

from printed_page import page_of, table_of

from goaltables.document import GoalTable
from goaltables.normalizers.understanding.understand import understand_document
from goaltables.records import PageReading

DRAWING = """
部门（单位）名称 | < | 某县林业站 | < | <
年度主要任务 | 任务名称 | 主要内容 | 预算金额（万元） | <
^ | ^ | ^ | 总额 | 财政拨款
^ | 护林 | 管护补助 | 10.00 | 11.00
^ | 合计 | < | 10.00 | 11.00
年度总体目标 | 1、管护林地；2、发放补助。 | < | < | <
年度绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值
^ | 产出指标 | 数量指标 | 护林员补助发放人数 | ≥12人
^ | ^ | 时效指标 | 补助发放时间 | 12月底前
^ | 效益指标 | 生态效益指标 | |
^ | 满意度指标 | 服务对象满意度指标 | 牧民满意度 | >=95%
"""


def understood(*pages: PageReading) -> GoalTable:
    (table,) = understand_document(pages).tables
    return table


def test_values_names_items_and_checks_are_filled_in() -> None:
    table = understood(page_of(table_of(DRAWING), above=["部门（单位）整体支出绩效目标表", "（2022年）"]))
    first, second, third = table.indicators
    assert (first.operator, first.value, first.unit, first.unit_id) == (">=", "12", "人", "人")
    assert (second.qualitative, second.period_end) == ("12月底前", "2022-12-31")
    assert (third.full_name, third.name_status, third.direction) == ("牧民满意度", "printed", "higher")
    assert table.goal_items == ["管护林地；", "发放补助。"]
    assert {"empty-indicator", "mixed-operators", "row-total-mismatch"} <= {f.code for f in table.findings}
    assert table.checks["row-total-mismatch"] == "finding"


def test_every_cell_is_published_and_every_record_knows_its_cells() -> None:
    table = understood(page_of(table_of(DRAWING), above=["部门（单位）整体支出绩效目标表"]))
    (page,) = table.pages
    assert len(page.cells) == len(table_of(DRAWING).cells)
    texts = {(cell.row, cell.col): cell.text for cell in page.cells}
    for indicator in table.indicators:
        printed = {texts[source.row, source.col] for source in indicator.source}
        assert {indicator.name, indicator.value_text, indicator.level1, indicator.level2} <= printed


def test_a_document_without_goal_tables_has_none() -> None:
    assert understand_document([page_of()]).tables == ()
    assert understand_document([]).tables == ()


def test_the_same_pages_give_the_same_records() -> None:
    page = page_of(table_of(DRAWING), above=["部门（单位）整体支出绩效目标表"])
    assert understood(page) == understood(page)

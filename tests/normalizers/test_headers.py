"""Headers drawn as grids: amounts, labels with values at their right or below, lines, several tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from printed_page import page_of, read_one, rows_of, table_of

from goaltables.document import GoalTable
from goaltables.normalizers.understanding.header_lines import labelled_values
from goaltables.normalizers.understanding.page_pieces import table_pieces
from goaltables.normalizers.understanding.understand import printed_tables
from goaltables.records import Box, TextLine

GRID = """
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | 培训人数 | ≥5人
"""


def headed(header: str) -> GoalTable:
    return read_one(header.strip("\n") + GRID)


def money(table: GoalTable) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(row.name, row.total, row.fiscal, row.other) for row in table.budget]


def test_a_fund_of_its_own_stands_for_the_fiscal_money_and_further_ones_are_kept() -> None:
    table = headed(
        """
        项目名称 | 某项目 | < | <
        项目资金（万元） | 年度资金总额 | 1600 | <
        ^ | 一般公共预算 | 1100 | <
        ^ | 政府性基金预算拨款 | 500 | <
        """
    )
    assert money(table) == [("年度资金总额", "1600", "1100", None)]
    assert table.fields["政府性基金预算拨款"] == "500"


def test_a_ministry_beside_a_label_is_its_value() -> None:
    """财政部 is one character away from the label 财政部门."""
    table = headed("项目名称 | 某项目 | < | <\n中央主管部门 | 财政部 | 地方主管部门 | 某县财政局\n")
    assert table.fields["中央主管部门"] == "财政部"


@pytest.mark.parametrize(
    ("heads", "total"),
    [
        ("总额 | 财政拨款 | 其他资金", "10"),
        ("总额 | 读不出 | 其他资金", "10"),  # by its neighbours in the usual order
        ("总额 | 财政拨款 | 读不出", "10"),
        ("读不出 | 财政拨款 | 其他资金", None),  # might be anything before 财政拨款
    ],
)
def test_a_head_of_amounts_that_was_not_read_is_known_by_its_neighbours(
    heads: str, total: str | None
) -> None:
    table = read_one(
        f"""
        部门名称 | 某局 | < | < | < | <
        年度主要任务 | 任务名称 | 主要内容 | {heads}
        ^ | 人员保障 | 用于工资 | 10 | 9 | 1
        ^ | 合计 | | 10 | 9 | 1
        年度总体目标 | 做好工作 | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | < | <
        产出指标 | 数量指标 | 培训人数 | ≥5人 | < | <
        """
    )
    assert money(table) == [("人员保障", total, "9", "1"), ("合计", total, "9", "1")]
    assert table.budget[0].content == "用于工资"
    assert len(table.budget[0].source) == 5
    assert table.annual_goal == "做好工作"


def test_tasks_with_one_amount_end_with_their_total() -> None:
    table = headed(
        """
部门名称 | 某局 | < | <
年度主要任务 | 任务名称 | 主要内容 | 预算金额（万元）
^ | 人员保障 | 用于工资 | 10
^ | | |
^ | 合计 | | 10
^ | 说明 | 另见附件 |
年度总体目标 | 做好工作 | < | <
"""
    )
    assert money(table) == [("人员保障", "10", None, None), ("合计", "10", None, None)]
    assert table.amount_unit == "万元"
    assert table.fields["说明"] == "另见附件"


def test_the_execution_of_the_budget_and_its_details() -> None:
    table = read_one(
        """
        项目名称 | 甲项目 | < | < | < | < | < | <
        项目资金（万元） | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
        ^ | 年度资金总额 | 36 | 35.59 | 30 | 10 | 84.29% | 8.4
        ^ | | | | | | |
        ^ | 其中：财政拨款 | 35 | 34.59 | 29 | — | / |
        ^ | 其中：一般公共预算 | 5 | 5 | 3 | — | / |
        ^ | 其他资金 | 1 | 1 | 1 | — | / |
        一级指标 | 二级指标 | 三级指标 | 指标值 | 实际完成值 | 分值 | 得分 | 偏差原因
        产出指标 | 数量指标 | 培训人数 | ≥5人 | 5人 | 90 | 90 |
        总分 | < | < | < | < | 100 | 98.4 |
        """
    )
    assert money(table) == [
        ("年初预算数", "36", "35", "1"),
        ("全年预算数", "35.59", "34.59", "1"),
        ("全年执行数", "30", "29", "1"),
    ]
    assert table.self_evaluation is not None
    total, fiscal, detail, other = table.self_evaluation.execution
    assert (total.name, total.initial, total.adjusted, total.executed) == (
        "年度资金总额",
        "36",
        "35.59",
        "30",
    )
    assert (total.weight, total.rate, total.score) == ("10", "84.29%", "8.4")
    assert (fiscal.weight, fiscal.rate, fiscal.score) == (None, None, None)
    assert (detail.name, detail.executed, other.executed) == ("其中：一般公共预算", "3", "1")
    assert table.self_evaluation.total_score == "98.4"
    assert table.findings == []


def test_two_totals_side_by_side_keep_their_parts_and_their_goals() -> None:
    table = headed(
        """
项目名称 | 甲项目 | < | <
实施期资金总额 | 30 | 年度资金总额 | 10
其中：财政拨款 | 20 | 其中：财政拨款 | 9
其他资金 | 10 | 其他资金 | 1
实施期目标 | < | 年度目标 | <
到期的目标 | < | 今年的目标 | <
"""
    )
    assert money(table) == [("实施期资金总额", "30", "20", "10"), ("年度资金总额", "10", "9", "1")]
    assert (table.midterm_goal, table.annual_goal) == ("到期的目标", "今年的目标")
    assert [len(row.source) for row in table.budget] == [6, 6]


def test_parts_without_a_total_and_a_part_of_a_part() -> None:
    table = headed("项目名称 | 甲项目 | < | <\n财政拨款 | 20 | 其他资金 | 1\n年度目标 | 今年的目标 | < | <")
    assert money(table) == [("年度资金总额", None, "20", "1")]
    table = headed("项目名称 | 甲项目 | < | <\n年度资金总额 | 20 | < | <\n一般公共预算 | 1 | 财政拨款 | 20")
    assert money(table) == [("年度资金总额", "20", "20", None)]  # the whole before its part


def test_a_title_inside_the_grid_and_labels_with_their_values_in_one_cell() -> None:
    table = headed(
        """
2022年项目支出绩效目标表 | < | < | <
项目名称：甲项目 | < | 主管部门：某局 | <
总体目标（2021年—2023年） | < | 年度目标 | <
到期的目标 | < | 今年的目标 | <
"""
    )
    assert (table.title, table.fiscal_year, table.project) == ("2022年项目支出绩效目标表", 2022, "甲项目")
    assert table.fields == {"项目名称": "甲项目", "主管部门": "某局"}
    assert (table.midterm_goal, table.annual_goal) == ("到期的目标", "今年的目标")


def test_a_goal_of_several_years_alone_is_the_annual_one() -> None:
    table = headed("项目名称 | 甲项目 | < | <\n总体目标（2021年—2023年） | 三年的目标 | < | <")
    assert (table.midterm_goal, table.annual_goal) == (None, "三年的目标")


def test_pairs_of_words_that_no_form_lists_are_kept_as_fields() -> None:
    table = headed(
        """
项目名称 | 甲项目 | < | <
项目代码 | A1 | 备案号 | 77
填报日期 | 2022年 | 甲，乙 | 丙
绩效备案 | 其一 | 左 | 右
^ | 其二 | 上 | 下
年度目标 | 今年的目标 | < | <
"""
    )
    assert table.fields == {
        "项目名称": "甲项目",
        "项目代码": "A1",
        "填报日期": "2022年",
        "备案号": "77",
        "其一": "左",
        "其二": "上",
    }
    (finding,) = table.findings  # what no pair explains is listed
    assert "甲，乙; 丙; 绩效备案; 右; 下" in finding.message


def test_a_header_that_begins_again_begins_another_table() -> None:
    drawing = "".join(
        f"项目名称 | {name} | < | <\n年度目标 | {name}的目标 | < | <{GRID.rstrip()}\n"
        for name in ("甲项目", "乙项目")
    )
    first, second = printed_tables([page_of(table_of(drawing))])
    assert [(t.project, t.annual_goal) for t in (first, second)] == [
        ("甲项目", "甲项目的目标"),
        ("乙项目", "乙项目的目标"),
    ]
    assert rows_of(first) == rows_of(second)
    assert (first.id, second.id) == ("p1-1", "p1-2")
    assert [(cell.row, cell.text) for cell in second.pages[0].cells[:2]] == [(0, "项目名称"), (0, "乙项目")]


def test_a_list_of_names_and_values_is_a_goal_table_only_when_something_says_so() -> None:
    drawing = "指标名称 | 指标值 | 备注\n培训人数 | 5人 | 无"
    assert printed_tables([page_of(table_of(drawing))]) == ()
    (table,) = printed_tables([page_of(table_of(drawing), above=["2022年绩效目标表"])])
    assert rows_of(table) == [(None, None, "培训人数", "5人")]
    (table,) = printed_tables([page_of(table_of("绩效情况 | < | <\n" + drawing))])
    assert rows_of(table) == [(None, None, "培训人数", "5人")]


def test_a_text_goes_on_in_the_next_row_only_over_a_page_break() -> None:
    first = "项目名称 | 甲项目 | < | <\n项目概况 | 第一段 | < | <"
    rest = " | 第二段 | < | <" + GRID.rstrip()
    on_one_page = read_one(f"{first}\n{rest}")
    assert on_one_page.fields["项目概况"] == "第一段"
    (on_two,) = printed_tables([page_of(table_of(first)), page_of(table_of(rest, y=60.0), number=2)])
    assert on_two.fields["项目概况"] == "第一段第二段"


@pytest.mark.parametrize(("above", "horizon"), [("实施期", "mid_term"), ("年度", "annual"), ("", "annual")])
def test_the_cell_over_the_head_of_the_values_says_their_horizon(above: str, horizon: str) -> None:
    table = read_one(f"项目名称 | 甲项目 | < | <\n绩效情况 | < | < | {above}{GRID.rstrip()}")
    assert [i.horizon for i in table.indicators] == [horizon]


def test_a_sum_and_one_part_in_a_sentence_of_two_amounts() -> None:
    assert labelled_values("年度资金总额10万元，财政拨款9万元") == [
        ("年度资金总额", "10万元"),
        ("财政拨款", "9万元"),
    ]
    assert labelled_values("年度资金总额：10万元，其中：财政拨款9万元，其他资金1万元") == [
        ("年度资金总额", "10万元"),
        ("财政拨款", "9万元"),
        ("其他资金", "1万元"),
    ]
    assert labelled_values("年度资金总额10万元") == []


def test_lines_above_a_table_are_those_of_its_own_side_and_below_the_table_before() -> None:
    left, right = table_of("甲 | 乙"), table_of("丙 | 丁", x=400.0)
    below = table_of("戊 | 己", y=300.0)
    page = page_of(left, right, below)
    lines = [
        TextLine(text, Box(x, y, x + 60, y + 12), 1.0, "drawn")
        for text, x, y in (
            ("左表题目", 60.0, 70.0),
            ("右表题目", 410.0, 70.0),
            ("下表题目", 60.0, 250.0),
            ("下表右边", 410.0, 250.0),
        )
    ]
    pieces = table_pieces([replace(page, lines=tuple(lines))])
    assert [[line.text for line in piece.above] for piece in pieces] == [
        ["左表题目"],
        ["右表题目"],
        ["下表题目", "下表右边"],
    ]
    assert [(p.first_on_page, p.last_on_page) for p in pieces] == [
        (True, False),
        (False, False),
        (False, True),
    ]


def test_a_labelled_sum_with_known_parts_and_words_that_are_none() -> None:
    assert labelled_values("年度资金总额：5.2万元，其中：财政拨款5万元，结余若干") == [
        ("年度资金总额", "5.2万元"),
        ("财政拨款", "5万元"),
    ]
    assert labelled_values("年度资金总额：5.2万元，结余若干") == [("年度资金总额", "5.2万元，结余若干")]
    assert labelled_values("主管部门：某局，其中：财政拨款5万元") == [
        ("主管部门", "某局，其中：财政拨款5万元")
    ]


def test_sentences_under_the_heads_of_a_grid_inside_the_header() -> None:
    table = headed(
        """
项目名称 | 甲项目 | < | <
资金管理情况 | | 情况说明 | 存在问题和改进措施
^ | 分配科学性 | 按规划分配到村 | 无问题
^ | 执行准确性 | 按预算执行 | 结转6万元
"""
    )
    assert table.fields["执行准确性"] == "按预算执行"
    assert table.fields["执行准确性（存在问题和改进措施）"] == "结转6万元"
    assert table.fields["分配科学性（存在问题和改进措施）"] == "无问题"
    assert table.findings == []


def test_a_label_of_money_at_the_edge_of_the_table_has_no_amount() -> None:
    assert money(headed("项目名称 | 甲项目 | < | 年度资金总额")) == [("年度资金总额", None, None, None)]


def test_the_box_of_a_piece_is_around_all_its_cells() -> None:
    table = headed("项目名称 | 甲项目 | < | <")
    assert table.pages[0].bbox == [50.0, 100.0, 450.0, 160.0]

"""Columns whose head does not say what they hold: the order of the form and what stands in them decide."""

from __future__ import annotations

import pytest
from printed_page import page_of, read_one, rows_of, table_of

from goaltables.normalizers.understanding.understand import printed_tables

BODY = [
    ("产出指标", "数量指标", "培训人数", "≥5人"),
    ("产出指标", "质量指标", "培训合格率", "≥95%"),
    ("效益指标", "社会效益指标", "群众影响", "提升"),
]
PROJECT = "项目名称 | 甲 | < | <\n"


def four_columns(head: str) -> str:
    """A project's table with the common rows under `head`."""
    return PROJECT + "\n".join([head, *(" | ".join(row) for row in BODY)])


@pytest.mark.parametrize(
    "head",
    [
        "一级指标 | 二级指标 | 三级指标 | 指标值",
        "一级指标 |  | 三级指标 | 指标值",  # a head that was not read
        "三级指标 | 二级指标 | 三级指标 | 指标值",  # the three differ in the one character that is misread
        "一级指标 | 一级指标 | 一级指标 | 指标值",
        "一级指标 | 三级指标 | 二级指标 | 指标值",
        "一级指标 | 读不出 | 三级指标 | 指标值",
        "一级指标 | 二级指标 | 读不出 | 指标值",
        "一级指标 | 二级指标 | 三级指标 | 读不出",
        "一级指标 | 二级指标 | 指标内容 | 指标值",
    ],
)
def test_a_head_that_is_misread_or_missing_changes_nothing(head: str) -> None:
    assert rows_of(read_one(four_columns(head), "项目支出绩效目标表")) == BODY


@pytest.mark.parametrize(
    ("head", "values"),
    [
        # Nothing that is a level stands in the column: it keeps what its head says.
        ("一级指标 | 二级指标 | 三级指标 | 指标值", BODY),
        ("一级指标 | 二级指标 | 指标说明 | 三级指标", [(*row[:2], row[3], None) for row in BODY]),
    ],
)
def test_words_in_their_order_are_taken_at_their_word(
    head: str, values: list[tuple[str, str, str, str | None]]
) -> None:
    assert rows_of(read_one(four_columns(head), "项目支出绩效目标表")) == values


def test_the_column_of_names_that_a_rule_too_many_splits_is_one() -> None:
    table = read_one(
        """
        项目名称 | 甲 | < | < | <
        一级指标 | 二级指标 | 三级指标 | | 指标值
        产出指标 | 数量指标 | 培训人数 | | ≥5人
        ^ | 质量指标 | | 培训合格率 | ≥95%
        效益指标 | 社会效益指标 | 群众影响 | | 提升
        """
    )
    assert rows_of(table) == BODY


def test_a_column_without_a_head_right_of_the_name_is_the_value_when_every_row_fills_both() -> None:
    table = read_one(
        """
        项目名称 | 甲 | < | < | <
        一级指标 | 二级指标 | 三级指标 | | 备注
        产出指标 | 数量指标 | 培训人数 | ≥5人 | 无
        ^ | 质量指标 | 培训合格率 | ≥95% | 无
        效益指标 | 社会效益指标 | 群众影响 | 提升 | 无
        """
    )
    assert rows_of(table) == BODY


def test_a_value_whose_head_was_not_read_may_stand_behind_the_weight() -> None:
    table = read_one(
        """
        项目名称 | 甲 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 权重 | 读不出
        产出指标 | 数量指标 | 培训人数 | 10 | ≥5人
        ^ | 质量指标 | 培训合格率 | 20 | ≥95%
        效益指标 | 社会效益指标 | 群众影响 | 70 | 提升
        """
    )
    assert rows_of(table) == BODY
    assert [i.weight for i in table.indicators] == ["10", "20", "70"]


@pytest.mark.parametrize(
    ("natures", "values"),
    [
        (("正向", "反向指标", "定性"), ["5人", "95%", "提升"]),  # a direction
        (("≥", "≤", "定性"), ["≥5人", "≤95%", "提升"]),  # an operator
        (("≥", "正向", "正向"), ["5人", "95%", "提升"]),  # mostly directions
        (("≥", "≤", "正向"), ["≥5人", "≤95%", "提升"]),
    ],
)
def test_what_stands_under_indicator_nature_tells_operator_from_direction(
    natures: tuple[str, str, str], values: list[str]
) -> None:
    first, second, third = natures
    table = read_one(
        f"""
        项目名称 | 甲 | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位
        产出指标 | 数量指标 | 培训人数 | {first} | 5 | 人
        ^ | 质量指标 | 培训合格率 | {second} | 95 | %
        效益指标 | 社会效益指标 | 群众影响 | {third} | 提升 |
        """
    )
    assert [i.value_text for i in table.indicators] == values


def test_the_content_is_the_name_where_no_other_column_is_and_a_description_beside_one() -> None:
    table = read_one(
        """
        项目名称 | 甲 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标内容 | 指标值
        产出指标 | 数量指标 | 培训人数 | 参加培训的人数 | ≥5人
        """
    )
    assert rows_of(table) == BODY[:1]


def test_a_first_and_a_second_level_without_a_third_name_the_indicator_by_the_second() -> None:
    table = read_one("一级指标 | 二级指标 | 指标值\n产出指标 | 培训人数 | ≥5人\n效益指标 | 群众影响 | 提升")
    assert rows_of(table) == [("产出指标", None, "培训人数", "≥5人"), ("效益指标", None, "群众影响", "提升")]


def test_a_column_that_was_not_read_is_no_value_where_another_is() -> None:
    table = read_one(
        """
        项目名称 | 甲 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 读不出 | 指标值
        产出指标 | 数量指标 | 培训人数 | 说明一 | ≥5人
        ^ | 质量指标 | 培训合格率 | 说明二 | ≥95%
        """
    )
    assert rows_of(table) == BODY[:2]


# ----------------------------------------------------------------------------------------- no head is printed


def test_a_page_without_a_head_is_read_by_its_labels() -> None:
    rows = "产出指标 | 数量指标 | 培训人数 | ≥5人\n^ | 质量指标 | 合格率 | ≥95%\n^ | 时效指标 | 及时率 | ≥9%"
    read = rows_of(read_one(rows))
    assert read == [
        ("产出指标", "数量指标", "培训人数", "≥5人"),
        ("产出指标", "质量指标", "合格率", "≥95%"),
        ("产出指标", "时效指标", "及时率", "≥9%"),
    ]
    without_level1 = "\n".join(line.partition("| ")[2] for line in rows.splitlines())
    table = read_one(without_level1)
    assert rows_of(table) == read
    assert all("level1-derived" in i.reasons for i in table.indicators)
    without_value = "\n".join(line.rpartition(" |")[0] for line in rows.splitlines())
    assert rows_of(read_one(without_value)) == [(*row[:3], None) for row in read]


@pytest.mark.parametrize(
    "drawing",
    [
        "数量指标 | 培训人数 | ≥5人\n质量指标 | 合格率 | ≥95%",  # two labels are no grid
        "产出指标 | 数量指标\n^ | 质量指标\n^ | 时效指标",  # nothing beside the labels
        "甲 | 乙\n丙 | 丁",
    ],
)
def test_other_tables_have_no_head(drawing: str) -> None:
    assert printed_tables([page_of(table_of(drawing))]) == ()


# ----------------------------------------------------------------------------- words that may mean two things


@pytest.mark.parametrize(
    ("head", "row", "value"),
    [
        ("绩效指标 | 指标值 | 单位", "培训人数 | 5 | 人", "5人"),  # right of the name: its unit
        ("绩效指标 | 年度目标 | 备注", "培训人数 | ≥5人 | 无", "≥5人"),  # … its value
    ],
)
def test_right_of_the_name_a_unit_is_no_office_and_a_goal_is_a_value(head: str, row: str, value: str) -> None:
    table = read_one(
        f"项目名称 | 甲 | < | < | <\n一级指标 | 二级指标 | {head}\n产出指标 | 数量指标 | {row}",
        "项目支出绩效目标表",
    )
    assert rows_of(table) == [("产出指标", "数量指标", "培训人数", value)]
    assert table.organization is None
    assert table.findings == []


@pytest.mark.parametrize("office", ["单位", "单位名称"])
def test_left_of_the_name_they_say_whose_project_it_is_and_what_for(office: str) -> None:
    table = read_one(
        f"""
        {office} | 项目名称 | 年度目标 | 一级指标 | 二级指标 | 绩效指标 | 指标值
        某局 | 甲 | 做好工作 | 产出指标 | 数量指标 | 培训人数 | ≥5人
        ^ | ^ | ^ | ^ | 质量指标 | 培训合格率 | ≥95%
        """
    )
    assert (table.organization, table.project, table.annual_goal) == ("某局", "甲", "做好工作")
    assert rows_of(table) == BODY[:2]

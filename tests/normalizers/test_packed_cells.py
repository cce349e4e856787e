"""Cells that hold all indicators of a project: what is an item, its name and its value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed_page import page_of, rows_of, table_of

from goaltables.normalizers.understanding.packed_cells import packed_indicators
from goaltables.normalizers.understanding.understand import printed_tables

PACKED = (
    "【产出指标-数量指标】指标1:机柜数量(≥77台) 指标2:带宽(≥100M)【效益指标-社会效益指标】系统可用率(≥99%)"
)


def names_and_values(text: str) -> list[tuple[str, str]]:
    return [(item.name, item.value) for item in packed_indicators(text)]


@pytest.mark.parametrize(
    ("items", "read"),
    [
        ("指标1:机柜数量(≥77台) 指标2:带宽(≥100M)", [("指标1:机柜数量", "≥77台"), ("指标2:带宽", "≥100M")]),
        (
            "指标1：机柜（内网）（≥77台）；指标2：带宽",
            [("指标1：机柜（内网）", "≥77台"), ("指标2：带宽", "")],
        ),
        ("机柜数量(≥77台)；带宽(≥100M)。", [("机柜数量", "≥77台"), ("带宽", "≥100M")]),
        ("机柜数量(≥77台) 带宽(≥100M)", [("机柜数量", "≥77台"), ("带宽", "≥100M")]),
        ("机柜数量 ≥77台", [("机柜数量 ≥77台", "")]),
        ("(≥77台)", [("(≥77台)", "")]),
        ("", []),
    ],
)
def test_items(items: str, read: list[tuple[str, str]]) -> None:
    assert names_and_values(f"【产出指标-数量指标】{items}") == read


@pytest.mark.parametrize(
    "mark",
    ["【产出指标-数量指标】", "[产出指标—数量指标]", "【产出指标/数量指标】", "【 产出指标：数量指标 】"],
)
def test_marks_of_the_two_levels(mark: str) -> None:
    (item,) = packed_indicators(f"{mark}机柜(≥7台)")
    assert (item.level1, item.level2) == ("产出指标", "数量指标")


@pytest.mark.parametrize(
    "text", ["", "【说明】机柜(≥7台)", "【甲-乙】机柜(≥7台)", "产出指标-数量指标 机柜(≥7台)"]
)
def test_other_texts_hold_no_indicators(text: str) -> None:
    assert packed_indicators(text) == ()


@settings(derandomize=True)
@given(st.text(alphabet="机柜带宽（）()≥7台；指标1: ", max_size=40))
def test_nothing_of_an_item_is_lost_but_brackets_numbers_and_stops(text: str) -> None:
    read = "".join(name + value for name, value in names_and_values(f"【产出指标-数量指标】{text}"))
    assert [c for c in read if c in "机柜带宽台≥"] == [c for c in text if c in "机柜带宽台≥"]


def test_all_indicators_of_a_listed_project_in_one_cell() -> None:
    one, two = printed_tables(
        [
            page_of(
                table_of(
                    f"""
                    序号 | 单位名称 | 项目名称 | 预算金额 | 年度绩效目标 | 绩效指标
                    1 | 某县教育局 | 机房租用 | 12.5 | 保障系统运行 | {PACKED}
                    2 | 某县教育局 | 网络租用 | 3.5 | 保障网络 | 【满意度指标-满意度指标】满意度（≥95%）
                    """
                ),
                above=("2023年部门项目绩效目标汇总表", "单位：万元"),
            )
        ]
    )
    assert (one.project, one.organization, one.annual_goal) == ("机房租用", "某县教育局", "保障系统运行")
    assert [row.total for row in (*one.budget, *two.budget)] == ["12.5", "3.5"]
    assert rows_of(one) == [
        ("产出指标", "数量指标", "指标1:机柜数量", "≥77台"),
        ("产出指标", "数量指标", "指标2:带宽", "≥100M"),
        ("效益指标", "社会效益指标", "系统可用率", "≥99%"),
    ]
    assert rows_of(two) == [("满意度指标", "满意度指标", "满意度", "≥95%")]
    assert [f.code for table in (one, two) for f in table.findings] == []


def test_all_indicators_in_one_cell_cut_by_a_page_break() -> None:
    cut = PACKED.index("带宽")
    first = table_of(f"项目名称 | 机房租用\n绩效目标 | 保障运行\n绩效指标 | {PACKED[:cut]}")
    second = table_of(f" | {PACKED[cut:]}")
    (table,) = printed_tables([page_of(first, above=("项目绩效目标表",)), page_of(second, number=2)])
    assert [i.name for i in table.indicators] == ["指标1:机柜数量", "指标2:带宽", "系统可用率"]
    assert {source.page for source in table.indicators[1].source} == {1, 2}

"""Cells that hold all indicators of a project: what is an item, its name and its value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.understanding.packed_cells import packed_indicators


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

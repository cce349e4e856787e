"""The lines above a table: titles, years in every writing, units, labels with values."""

from __future__ import annotations

import pytest

from goaltables.normalizers.understanding.header_lines import (
    labelled_values,
    money_unit,
    printed_year,
    read_above,
)
from goaltables.records import Box, TextLine


def lines_of(*texts: str, height: float = 12.0) -> list[TextLine]:
    return [
        TextLine(text, Box(100, 20.0 * k, 400, 20.0 * k + height), 1.0, "drawn")
        for k, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("（2022年度）", 2022),
        ("２０２３年", 2023),
        ("二〇二二年度", 2022),
        ("二○一九年", 2019),
        ("2021", 2021),
        ("12021万元", None),
        ("财预〔2015〕88号", 2015),
        ("县财政局", None),
    ],
)
def test_years(text: str, year: int | None) -> None:
    assert printed_year(text) == year


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：万元", "万元"),
        ("金额单位:元", "元"),
        ("预算金额（万元）", "万元"),
        ("项目资金（单位：亿元）", "亿元"),
        ("单位：某县财政局", None),
        ("元", None),
    ],
)
def test_units_of_money(text: str, unit: str | None) -> None:
    assert money_unit(text) == unit


def test_labels_and_values_in_one_line() -> None:
    assert labelled_values("主管部门：县水利局实施单位：县河道站 预算年度: 2023年") == [
        ("主管部门", "县水利局"),
        ("实施单位", "县河道站"),
        ("预算年度", "2023年"),
    ]
    assert labelled_values("附件：目录") == []


def test_title_nearest_to_the_table_and_year_below_it() -> None:
    above = read_above(
        lines_of(
            "2020年预算公开情况表", "第五部分 绩效目标表", "项目支出绩效目标表", "（2023年度）", "单位：万元"
        )
    )
    assert (above.title, above.year, above.money_unit) == ("项目支出绩效目标表", 2023, "万元")


def test_year_in_the_title() -> None:
    assert read_above(lines_of("2024年部门预算项目绩效目标表")).year == 2024


def test_wrapped_title() -> None:
    above = read_above(lines_of("某县农业农村局部门（单位）整体支出", "绩效目标表"))
    assert above.title == "某县农业农村局部门（单位）整体支出绩效目标表"


def test_heading_before_a_title_is_no_part_of_it() -> None:
    assert read_above(lines_of("附件3", "项目支出绩效目标表")).title == "项目支出绩效目标表"


def test_title_broken_by_a_stamp() -> None:
    pieces = [
        TextLine("部门（单位）整体", Box(100, 10, 200, 24), 0.9, "drawn"),
        TextLine("支出绩效目标表", Box(205, 12, 300, 25), 0.9, "drawn"),
    ]
    assert read_above(pieces).title == "部门（单位）整体支出绩效目标表"


def test_a_goal_goes_on_over_its_lines() -> None:
    above = read_above(lines_of("项目绩效目标表", "年度绩效目标：1、建成；", "2、投用。", "单位：元"))
    assert above.values == (("年度绩效目标", "1、建成；2、投用。"), ("单位", "元"))


def pieces_of(*pieces: tuple[str, float, float, float, float]) -> list[TextLine]:
    return [TextLine(text, Box(*box), 1.0, "drawn") for text, *box in pieces]


@pytest.mark.parametrize(
    ("pieces", "title"),
    [
        # Large spaced characters come from a scan in pieces; digits are lower than Chinese characters.
        (
            [("部门", 160, 65, 220, 85), ("（单位）整体支出绩效目标表", 252, 60, 418, 81)],
            "部门（单位）整体支出绩效目标表",
        ),
        (
            [("2025", 495, 69, 520, 78), ("部门项目绩效目标汇总表", 558, 66, 690, 79)],
            "2025部门项目绩效目标汇总表",
        ),
        # A stamp swallows what stood between the pieces.
        (
            [("部门（单位)", 198, 85, 273, 102), ("支出", 305, 84, 336, 99), ("目标", 366, 83, 396, 97)],
            "部门（单位)支出目标",
        ),
        ([("附件2", 100, 66, 140, 80), ("项目支出绩效目标表", 170, 66, 330, 81)], "项目支出绩效目标表"),
        ([("预算专用章", 100, 66, 170, 80), ("项目支出绩效目标表", 190, 66, 330, 81)], "项目支出绩效目标表"),
        ([("附件2：项目支出绩效目标表", 100, 66, 330, 81)], "项目支出绩效目标表"),
        ([("附表2-1", 100, 60, 150, 72), ("项目支出绩效目标袁", 170, 80, 330, 96)], "项目支出绩效目标袁"),
    ],
)
def test_titles_in_pieces(pieces: list[tuple[str, float, float, float, float]], title: str) -> None:
    assert read_above(pieces_of(*pieces)).title == title


def test_no_line_that_is_no_title_becomes_one() -> None:
    lines = pieces_of(
        ("附件3", 100, 20, 140, 34), ("部门整体情况", 100, 50, 200, 64), ("第 3 页", 300, 90, 340, 100)
    )
    assert read_above(lines).title is None


@pytest.mark.parametrize(
    ("line", "amounts"),
    [
        (
            "资金总额530.72万元，其中：财政拨款500万元，其他资金30.72万元",
            ["530.72万元", "500万元", "30.72万元"],
        ),
        ("年度资金总额 9 万元（其中：财政拨款 5 万元，其他资金 4 万元）", ["9 万元", "5 万元", "4 万元"]),
        ("预算金额：9（万元）；财政拨款：5；其他资金：4", ["9万元", "5", "4"]),
        (
            "年度资金总额：1,530.72万元，其中：财政拨款1,530.72万元。其他资金：",
            ["1,530.72万元", "1,530.72万元", ""],
        ),
    ],
)
def test_amounts_in_a_sentence(line: str, amounts: list[str]) -> None:
    values = labelled_values(line)
    assert [label for label, _ in values][1:] == ["财政拨款", "其他资金"]
    assert [amount for _, amount in values] == amounts


def test_prose_about_money_is_no_list_of_labels() -> None:
    assert labelled_values("全年支出530.72万元，完成率100%") == []
    assert labelled_values("年度资金总额530.72万元，全部用于道路养护") == []


def test_the_lines_of_a_wrapped_title_may_nearly_touch() -> None:
    lines = lines_of("某某县二〇二二年农村公路养护", "项目支出绩效目标表", height=19.0)
    assert read_above(lines).title == "某某县二〇二二年农村公路养护项目支出绩效目标表"

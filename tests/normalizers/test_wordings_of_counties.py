"""Wordings, blocks and lists as single counties print them: what each must be understood as."""

from __future__ import annotations

import pytest
from printed_page import page_of, read_one, rows_of, table_of

from goaltables.normalizers.understanding.forms import head_roles, header_labels
from goaltables.normalizers.understanding.labels import glued_labels
from goaltables.normalizers.understanding.open_header import values_beside
from goaltables.normalizers.understanding.understand import printed_tables
from goaltables.records import Box, PageTable, TextLine


@pytest.mark.parametrize(
    ("printed", "role"),
    [("绩效度量单位", "unit"), ("绩效指标性质", "operator"), ("项目绩效指标值", "value"), ("项目度量", None)],
)
def test_words_that_add_nothing_before_a_head(printed: str, role: str | None) -> None:
    assert (role in head_roles(printed)) if role else not head_roles(printed)


def test_words_that_add_nothing_before_a_label() -> None:
    assert {label.role for label in header_labels("本年度绩效目标")} == {"goal"}
    assert not header_labels("项目项目期")


def test_thresholds_without_a_head_of_values() -> None:
    table = read_one(
        """
        项目名称 | 水质监测 | < | < | < | <
        一级指标 | 二级指标 | 绩效指标 | 评价标准 | < | <
        ^ | ^ | ^ | 优 | 良 | 差
        产出指标 | 数量指标 | 断面数 | ≥14个 | ≥12个 | <12个
        """,
        "项目绩效目标表",
    )
    assert rows_of(table) == [("产出指标", "数量指标", "断面数", "≥14个")]


def test_last_years_figures_beside_the_target() -> None:
    table = read_one(
        """
        项目名称 | 大楼运行 | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | < | <
        ^ | ^ | ^ | 2021年实际值 | 2022年实际值 | 当年预期实现值
        产出指标 | 数量指标 | 电梯台数 | 8台 | 9台 | 12台
        """,
        "项目支出绩效目标表",
    )
    assert [(i.value_text, i.actual_text) for i in table.indicators] == [("12台", None)]


def test_one_column_of_amounts_under_a_head_of_its_own() -> None:
    table = read_one(
        """
        部门（单位）名称 | 某县科学技术局 | <
        任务名称 | 主要内容 | 拟投入的资金（万元）
        ^ | ^ | 总额
        企业奖补 | 奖励高新企业 | 439.70
        合计 | < | 439.70
        一级指标 | 三级指标 | 指标值
        产出指标 | 奖补企业数 | 9家
        """,
        "部门整体支出绩效目标表",
    )
    assert [(row.name, row.total) for row in table.budget] == [("企业奖补", "439.70"), ("合计", "439.70")]


def test_public_budget_stands_for_the_fiscal_money_where_none_is_named() -> None:
    grid = """
        项目名称 | 防火经费 | < | <
        年度资金总额 | 335.73 | < | <
        {first} | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 演练次数 | 4次
        """
    (alone,) = read_one(grid.format(first="其中：一般公共预算 | 300"), "项目支出绩效目标表").budget
    assert alone.fiscal == "300"
    both = "其中：一般公共预算 | 300\n财政拨款 | 310"
    (named,) = read_one(grid.format(first=both), "项目支出绩效目标表").budget
    assert named.fiscal == "310"


def test_a_blank_row_of_the_form_is_no_indicator() -> None:
    table = read_one(
        """
        项目名称 | 防汛 | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 指标1：巡查次数 | 7次
        ^ | ^ | 指标2： |
        ^ | 质量指标 | 指标1： |
        """,
        "项目支出绩效目标表",
    )
    assert [i.name for i in table.indicators] == ["指标1：巡查次数"]
    assert [f.code for f in table.findings] == ["empty-indicator"]


HEAD = "单位名称、项目名称 | 年度绩效目标 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 指标内容"
ROWS = """
    供水维护 | 供水稳定 | 产出指标 | 数量指标 | 维护处数 | 19处 | 反映处数
    河湖巡查 | 河湖洁净 | 产出指标 | 数量指标 | 巡查次数 | 20次 | 反映次数"""


@pytest.mark.parametrize("heading", ["某县水务局 | | | | | |", "某县水务局 | < | < | < | < | < | <"])
def test_a_unit_above_its_projects(heading: str) -> None:
    page = page_of(table_of(f"{HEAD}\n{heading}{ROWS}"), above=("项目支出绩效目标表",))
    tables = printed_tables([page])
    assert [(t.organization, t.project) for t in tables] == [
        ("某县水务局", "供水维护"),
        ("某县水务局", "河湖巡查"),
    ]
    assert [i.name for t in tables for i in t.indicators] == ["维护处数", "巡查次数"]


def test_the_sum_of_a_unit_is_no_project() -> None:
    tables = printed_tables(
        [
            page_of(
                table_of(
                    """
                    单位名称 | 项目名称 | 预算数 | 一级指标 | 二级指标 | 三级指标 | 指标值
                    某县公安局部门 | | 900 | | | |
                    某县公安局 | 辅警经费 | 500 | 产出指标 | 数量指标 | 辅警人数 | 291人
                    ^ | 标志标牌 | 400 | 产出指标 | 数量指标 | 标牌块数 | 180块
                    """
                ),
                above=("项目绩效目标表",),
            )
        ]
    )
    assert [(t.organization, t.project, t.budget[0].total) for t in tables] == [
        ("某县公安局", "辅警经费", "500"),
        ("某县公安局", "标志标牌", "400"),
    ]


def test_labels_of_labels() -> None:
    table = read_one(
        """
        项目名称 | 送戏下乡 | <
        立项情况 | 申报可行性 | 条件成熟
        ^ | 申报必要性 | 民生需要
        三级指标 | 指标值 | 一级指标
        演出场次 | 9场 | 产出指标
        """,
        "项目支出绩效目标表",
    )
    assert table.fields["申报可行性"] == "条件成熟"
    assert table.fields["申报必要性"] == "民生需要"


@pytest.mark.parametrize(
    ("line", "organization"),
    [
        ("编制单位：某县水务局", "某县水务局"),
        ("某县水务局2022年部门预算", "某县水务局"),
        ("某县水务局2022年部门预算公开说明", "某县水务局"),
        ("主管部门：某县财政局", None),
        ("一、部门预算编制说明：按照要求编制", None),
    ],
)
def test_whose_document_it_is(line: str, organization: str | None) -> None:
    cover = page_of(above=(line,))
    drawing = "三级指标 | 指标值 | 一级指标\n供水处数 | 9处 | 产出指标"
    page = page_of(table_of(drawing), number=2, above=("项目支出绩效目标表",))
    (table,) = printed_tables([cover, page])
    assert table.organization == organization


def lines_of(*placed: tuple[str, float, float]) -> list[TextLine]:
    """Lines 10 high at (x, y), as wide as their characters."""
    return [TextLine(text, Box(x, y, x + 10 * len(text), y + 10), 1.0, "drawn") for text, x, y in placed]


def test_labels_and_the_texts_beside_them() -> None:
    lines = lines_of(
        ("项目名称", 0, 0), ("农村公路养护", 100, 0),
        ("某县公路", 300, 20), ("主管部门", 0, 27), ("某县交通局", 100, 27),
        ("实施单位", 200, 27), ("管理局", 300, 34),
        ("年度资金总额：", 100, 60), ("439.85", 200, 60),
        ("资金情况（万", 0, 67), ("其中：财政拨款", 100, 80), ("439.85", 200, 80), ("元）", 20, 80),
        ("年度", 0, 110), ("一是养护公路；", 100, 110),
        ("总体", 0, 124), ("二是改善路况。", 100, 124), ("目标", 0, 138),
    )  # fmt: skip
    assert values_beside(lines) == [
        ("项目名称", "农村公路养护"),
        ("主管部门", "某县交通局"),
        ("实施单位", "某县公路管理局"),
        ("年度资金总额：", "439.85"),
        ("其中：财政拨款", "439.85"),
        ("年度总体目标", "一是养护公路；二是改善路况。"),
    ]


def test_one_label_alone_makes_no_header() -> None:
    assert values_beside(lines_of(("项目名称", 0, 0), ("某项目", 100, 0))) == []


def test_tables_side_by_side_have_the_lines_over_themselves() -> None:
    def half(x: float, project: str) -> PageTable:
        return table_of(f"项目名称 | {project}\n三级指标 | 指标值\n次数 | 9次", x=x)

    page = page_of(half(50, "左"), half(700, "右"))
    titles = (
        TextLine("2022年项目支出绩效目标表", Box(60, 70, 200, 82), 1.0, "drawn"),
        TextLine("2023年项目支出绩效目标表", Box(720, 70, 860, 82), 1.0, "drawn"),
    )
    tables = printed_tables([type(page)(page.geometry, page.route, page.tables, titles)])
    assert [(t.project, t.fiscal_year) for t in tables] == [("左", 2022), ("右", 2023)]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("效益指标满意度指标", ("效益指标", "满意度指标")),
        ("产出指标（50分）效益指标（30分）", ("产出指标（50分）", "效益指标（30分）")),
        ("产出指标", ()),
        ("产出指标加强", ()),
    ],
)
def test_labels_in_one_cell(text: str, labels: tuple[str, ...]) -> None:
    assert glued_labels(text, 1) == labels


def test_glued_levels_come_apart_at_what_fits_under_them() -> None:
    table = read_one(
        """
        项目名称 | 养老补助 | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值
        效益指标满意度指标 | 社会效益指标 | 生活水平 | 提高
        ^ | 可持续影响指标 | 机制 | 健全
        ^ | 服务对象满意度指标 | 老人满意度 | 95%
        """,
        "项目支出绩效目标表",
    )
    assert [i.level1 for i in table.indicators] == ["效益指标", "效益指标", "满意度指标"]

"""Tables over pages: joined where they are one, apart where they are two, labels carried over the break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from printed_page import page_of, rows_of, table_of

from goaltables.normalizers.understanding.understand import printed_tables
from goaltables.records import Box, PageTable, TextLine

TITLE = "项目支出绩效目标表"
FIRST = """
项目名称 | < | 牧道维修 | < | <
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值
^ | 产出指标 | 数量指标 | 维修里程 | 30公里
^ | ^ | ^ | 维修桥梁 | 2座
^ | ^ | 质量指标 | 合格率 | 100%
"""
WHOLE = [
    ("产出指标", "数量指标", "维修里程", "30公里"),
    ("产出指标", "数量指标", "维修桥梁", "2座"),
    ("产出指标", "质量指标", "合格率", "100%"),
    ("产出指标", "质量指标", "验收率", "98%"),
    ("效益指标", "社会效益指标", "受益人数", "500人"),
]
REST = """
 |  |  | 验收率 | 98%
^ | 效益指标 | 社会效益指标 | 受益人数 | 500人
"""


@pytest.mark.parametrize(
    "second",
    [
        REST,
        "绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值\n" + REST.lstrip("\n"),
        REST.replace(" |  |  | 验", "绩效指标 | 产出指标 | 质量指标 | 验"),
    ],
    ids=["empty boxes", "head repeated", "labels repeated"],
)
def test_labels_go_on_over_the_break(second: str) -> None:
    pages = [
        page_of(table_of(FIRST), number=1, above=[TITLE]),
        page_of(table_of(second, x=62), number=2),
    ]
    (table,) = printed_tables(pages)
    assert rows_of(table) == WHOLE
    assert [page.page for page in table.pages] == [1, 2]
    assert {source.page for source in table.indicators[3].source} >= {2}


def test_label_printed_only_after_the_break() -> None:
    first = FIRST.replace("产出指标", "").replace("质量指标", "")
    second = REST.replace(" |  |  | 验", "绩效指标 | 产出指标 | 质量指标 | 验")
    (table,) = printed_tables([page_of(table_of(first), above=[TITLE]), page_of(table_of(second), number=2)])
    assert rows_of(table) == WHOLE


def test_a_row_cut_by_the_break_is_one_indicator() -> None:
    second = """
     |  |  | 收率 |
    ^ | 效益指标 | 社会效益指标 | 受益人数 | 500人
    """
    first = FIRST + "^ | ^ | ^ | 验 | 98%"
    (table,) = printed_tables([page_of(table_of(first), above=[TITLE]), page_of(table_of(second), number=2)])
    assert rows_of(table) == WHOLE


def test_a_goal_cut_by_the_break_goes_on() -> None:
    first = "项目名称 | 牧道维修 | < | <\n年度总体目标 | 维修牧道三十公里， | < | <"
    second = """
     | 方便群众。 | < | <
    一级指标 | 二级指标 | 三级指标 | 指标值
    产出指标 | 数量指标 | 维修里程 | 30公里
    """
    (table,) = printed_tables([page_of(table_of(first), above=[TITLE]), page_of(table_of(second), number=2)])
    assert table.annual_goal == "维修牧道三十公里，方便群众。"
    assert len(table.indicators) == 1


def test_the_next_page_may_lack_columns_on_the_left() -> None:
    second = table_of("社会效益指标 | 受益人数 | 500人", x=250)
    (table,) = printed_tables([page_of(table_of(FIRST), above=[TITLE]), page_of(second, number=2)])
    assert rows_of(table)[-1][1:] == ("社会效益指标", "受益人数", "500人")


@pytest.mark.parametrize("title", [TITLE, "另一张项目支出绩效目标表", None])
def test_two_projects_are_never_joined(title: str | None) -> None:
    second = FIRST.replace("牧道维修", "水渠维修")
    pages = [
        page_of(table_of(FIRST), above=[TITLE]),
        page_of(table_of(second), number=2, above=[title] if title else []),
    ]
    assert [table.project for table in printed_tables(pages)] == ["牧道维修", "水渠维修"]


def test_two_tables_on_one_page_and_one_that_goes_on() -> None:
    second = FIRST.replace("牧道维修", "水渠维修")
    pages = [
        page_of(table_of(FIRST), table_of(second, y=600), above=[TITLE]),
        page_of(table_of(REST), number=2),
    ]
    tables = printed_tables(pages)
    assert [(table.id, table.project, len(table.indicators)) for table in tables] == [
        ("p1-1", "牧道维修", 3),
        ("p1-2", "水渠维修", 5),
    ]


def test_two_tables_in_one_grid() -> None:
    drawing = FIRST + FIRST.replace("牧道维修", "水渠维修").lstrip("\n")
    tables = printed_tables([page_of(table_of(drawing), above=[TITLE])])
    assert [(table.project, len(table.indicators)) for table in tables] == [("牧道维修", 3), ("水渠维修", 3)]
    assert tables[1].pages[0].cells[0].row == 0


def test_a_budget_table_on_the_next_page_is_not_joined() -> None:
    budget = table_of("科目 | < | 金额 | 备注 | 其他\n教育 | < | 5 | | ")
    pages = [page_of(table_of(FIRST), above=[TITLE]), page_of(budget, number=2, above=["2023年支出预算表"])]
    (table,) = printed_tables(pages)
    assert [page.page for page in table.pages] == [1]


def test_head_without_its_third_word() -> None:
    drawing = FIRST.replace("三级指标", "二三级标").replace("二级指标", "二级指材")
    (table,) = printed_tables([page_of(table_of(drawing), above=[TITLE])])
    assert rows_of(table) == WHOLE[:3]


def test_a_page_without_head_is_read_by_its_labels() -> None:
    drawing = """
    产出指标 | 数量指标 | 维修里程 | 30公里
    ^ | 质量指标 | 合格率 | 100%
    效益指标 | 社会效益指标 | 受益人数 | 500人
    """
    (table,) = printed_tables([page_of(table_of(drawing))])
    assert rows_of(table) == [WHOLE[0], WHOLE[2], WHOLE[4]]


LIST = """
序号 | 单位名称 | 项目名称 | 预算数 | 一级指标 | 二级指标 | 三级指标 | 指标值
1 | 某乡政府 | 护林 | 5.0 | 产出指标 | 数量指标 | 护林员 | 3人
^ | ^ | ^ | ^ | 满意度指标 | 满意度指标 | 群众满意度 | 90%
2 | 某乡政府 | 修渠 | 8.0 | 产出指标 | 数量指标 | 渠长 | 2公里
"""


def listed(*pages: str) -> list[tuple[str | None, list[str]]]:
    readings = [
        page_of(table_of(drawing), number=k, above=["项目绩效目标汇总表", "单位：万元"] if k == 1 else [])
        for k, drawing in enumerate(pages, 1)
    ]
    return [(table.project, [i.name for i in table.indicators]) for table in printed_tables(readings)]


def test_a_wide_list_gives_a_table_for_each_project() -> None:
    (first, second) = printed_tables([page_of(table_of(LIST), above=["项目绩效目标汇总表", "单位：万元"])])
    assert (first.project, first.organization, first.amount_unit) == ("护林", "某乡政府", "万元")
    assert [(b.name, b.total) for b in second.budget] == [("年度资金总额", "8.0")]
    assert first.fields == {"单位名称": "某乡政府", "项目名称": "护林"}
    assert (len(first.pages), len(second.pages)) == (1, 0)
    assert [len(first.indicators), len(second.indicators)] == [2, 1]


def test_a_listed_project_goes_on_in_empty_boxes() -> None:
    second = """
     |  |  |  | 效益指标 | 社会效益指标 | 灌溉面积 | 90亩
    3 | 某镇政府 | 路灯 | 2.0 | 产出指标 | 数量指标 | 路灯 | 20盏
    """
    assert listed(LIST, second) == [
        ("护林", ["护林员", "群众满意度"]),
        ("修渠", ["渠长", "灌溉面积"]),
        ("路灯", ["路灯"]),
    ]


def test_a_listed_project_named_only_after_the_break() -> None:
    first = LIST.replace("2 | 某乡政府 | 修渠 | 8.0 | 产出指标", " | | | | ")
    second = "2 | 某乡政府 | 修渠 | 8.0 | 产出指标 | 质量指标 | 合格率 | 99%"
    assert listed(first, second) == [("护林", ["护林员", "群众满意度"]), ("修渠", ["渠长", "合格率"])]


def test_a_listed_project_printed_on_every_row() -> None:
    drawing = """
    项目名称 | 一级指标 | 二级指标 | 三级指标 | 指标值
    护林 | 产出指标 | 数量指标 | 护林员 | 3人
    护林 | 满意度指标 | 满意度指标 | 群众满意度 | 90%
    修渠 | 产出指标 | 数量指标 | 渠长 | 2公里
    合计 | | | |
    """
    assert listed(drawing) == [("护林", ["护林员", "群众满意度"]), ("修渠", ["渠长"])]


def test_ids_do_not_depend_on_other_pages() -> None:
    alone = printed_tables([page_of(table_of(FIRST), number=4, above=[TITLE])])
    after = printed_tables(
        [
            page_of(table_of(FIRST.replace("牧道", "水渠")), above=[TITLE]),
            page_of(table_of(FIRST), number=4, above=[TITLE]),
        ]
    )
    assert alone[0].id == after[1].id == "p4-1"


def stretched(table: PageTable, edges: Sequence[float]) -> PageTable:
    """The table with its column edges at `edges`."""

    def moved(box: Box) -> Box:
        return replace(box, x0=edges[round((box.x0 - 50) / 100)], x1=edges[round((box.x1 - 50) / 100)])

    cells = tuple(replace(cell, box=moved(cell.box)) for cell in table.cells)
    return replace(table, cells=cells, box=moved(table.box))


HEAD = "绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值\n"


@pytest.mark.parametrize(
    ("edges", "is_joined"),
    [
        ((50, 150, 250, 350, 450, 550), True),
        ((90, 190, 290, 390, 490, 590), True),  # scanned to the side
        ((50, 155, 260, 365, 470, 575), True),  # a little wider
        ((50, 90, 180, 300, 500, 620), True),  # other widths: the heads say which column is which
    ],
)
def test_a_page_whose_columns_lie_elsewhere_goes_on(edges: Sequence[float], is_joined: bool) -> None:
    second = stretched(table_of(HEAD + REST.lstrip("\n")), edges)
    tables = printed_tables([page_of(table_of(FIRST), above=[TITLE]), page_of(second, number=2)])
    assert len(tables) == (1 if is_joined else 2)
    assert [row for table in tables for row in rows_of(table)] == WHOLE


def test_columns_that_lie_elsewhere_under_other_heads_are_another_tables() -> None:
    drawing = "一级指标 | 二级指标 | 三级指标 | 指标值 | 权重\n产出指标 | 质量指标 | 验收率 | 98% | 10"
    second = stretched(table_of(drawing), (50, 90, 180, 300, 500, 620))
    tables = printed_tables([page_of(table_of(FIRST), above=[TITLE]), page_of(second, number=2)])
    assert [rows_of(table) for table in tables] == [WHOLE[:3], [WHOLE[3]]]


def test_columns_that_lie_elsewhere_and_have_no_heads_are_another_tables() -> None:
    second = stretched(table_of(REST), (50, 90, 180, 300, 500, 620))
    tables = printed_tables([page_of(table_of(FIRST), above=[TITLE]), page_of(second, number=2)])
    assert [rows_of(table) for table in tables] == [WHOLE[:3]]


@pytest.mark.parametrize(
    ("gap", "above", "count"),
    [
        (100.0, None, 1),  # a header grid and its indicators
        (700.0, None, 0),  # too far below
        (100.0, "2022年部门预算收支情况表", 0),  # a table of its own
    ],
)
def test_a_header_grid_and_the_indicators_right_under_it_are_one_table(
    gap: float, above: str | None, count: int
) -> None:
    header = table_of("项目名称 | 甲项目\n主管部门 | 某局", x=50.0, y=100.0)
    header = stretched(header, (50, 250, 450))
    grid = table_of(
        "一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 人数 | 5人", y=140.0 + gap
    )
    page = page_of(header, grid)
    if above is not None:
        line = TextLine(above, Box(60, 130 + gap, 400, 138 + gap), 1.0, "drawn")
        page = replace(page, lines=(line,))
    tables = printed_tables([page])
    assert [table.project for table in tables] == (["甲项目"] if count else [None])
    assert [len(table.pages) for table in tables] == [2 if count else 1]

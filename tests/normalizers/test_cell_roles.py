"""What each cell was read as, for people who look where a page went wrong."""

from __future__ import annotations

from printed_page import page_of, table_of

from goaltables.normalizers.understanding.understand import read_tables

TABLE = """
    项目名称 | 牧道维修 | < | <
    年度资金总额 | 12.5 | < | <
    年度总体目标 | 维修牧道 | < | <
    一级指标 | 二级指标 | 三级指标 | 指标值
    产出指标 | 数量指标 | 维修牧道长度 | 5公里
    ^ | 质量指标 | 验收合格率 | 100%
    ^ | 时效指标 | |
"""
WIDE_LIST = """
    项目名称 | 一级指标 | 二级指标 | 三级指标 | 指标值
    牧道维修 | 产出指标 | 数量指标 | 维修牧道长度 | 5公里
    水渠维修 | 产出指标 | 数量指标 | 维修水渠长度 | 8公里
"""


def roles_of(drawing: str) -> dict[str, str]:
    page = page_of(table_of(drawing), above=["2023年项目绩效目标表"])
    cells = {id(cell) for table in page.tables for cell in table.cells}
    found = [role for read in read_tables([page]) for role in read.roles]
    assert all(id(role.cell) in cells for role in found), "a role leads to the cell of the page's reading"
    assert len(found) == len({id(role.cell) for role in found})
    return {role.cell.text: role.role for role in found}


def test_every_cell_with_a_text_has_a_role() -> None:
    assert roles_of(TABLE) == {
        "项目名称": "label",
        "牧道维修": "field",
        "年度资金总额": "label",
        "12.5": "budget",
        "年度总体目标": "label",
        "维修牧道": "goal",
        **dict.fromkeys(("一级指标", "二级指标", "三级指标", "指标值"), "head"),
        "产出指标": "level1",
        **dict.fromkeys(("数量指标", "质量指标", "时效指标"), "level2"),
        **dict.fromkeys(("维修牧道长度", "验收合格率"), "name"),
        **dict.fromkeys(("5公里", "100%"), "value"),
    }


def test_what_the_form_does_not_explain_is_told_apart() -> None:
    note = "本表由县财政局监制，解释权归县财政局，未经许可不得翻印。"
    assert roles_of(TABLE + f"    {note} | < | < | <\n")[note] == "unassigned"


def test_the_columns_that_say_whose_row_it_is_are_keys() -> None:
    roles = roles_of(WIDE_LIST)
    assert (roles["牧道维修"], roles["水渠维修"], roles["维修水渠长度"]) == ("key", "key", "name")

"""The indicator grids that counties print, each as a few cells: columns in any order, heads in two rows."""

from __future__ import annotations

from dataclasses import replace

from printed_page import page_of, read_one, rows_of, table_of

from goaltables.normalizers.understanding.understand import printed_tables

PROJECT = """
项目名称 | 草原管护 | < | <
实施单位 | 某镇人民政府 | < | <
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | 管护面积 | ≥300亩
^ | 时效指标 | 完成时间 | 12月底前
满意度指标 | 服务对象满意度指标 | 牧民满意度 | ≥95%
"""


def test_four_columns() -> None:
    table = read_one(PROJECT, "2023年项目支出绩效目标表", "单位：万元")
    assert (table.form, table.fiscal_year, table.amount_unit) == ("project", 2023, "万元")
    assert (table.project, table.organization) == ("草原管护", "某镇人民政府")
    assert rows_of(table) == [
        ("产出指标", "数量指标", "管护面积", "≥300亩"),
        ("产出指标", "时效指标", "完成时间", "12月底前"),
        ("满意度指标", "服务对象满意度指标", "牧民满意度", "≥95%"),
    ]
    assert [i.level2_id for i in table.indicators] == ["quantity", "timeliness", "served_satisfaction"]


def test_operator_value_unit_and_weight_in_columns() -> None:
    table = read_one(
        """
        单位名称-项目名称 | 护林补助 | < | < | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 权重 | 指标方向性
        产出指标 | 数量指标 | 护林员人数 | ≥ | 12 | 人 | 30 | 正向指标
        ^ | 质量指标 | 到岗情况 | 定性 | 良好 | | 20 | 正向指标
        ^ | 成本指标 | 人均补助 | ≤ | 0.5 | 万元 | 20 | 反向指标
        """,
        "部门预算项目绩效目标申报表",
    )
    assert [(i.value_text, i.weight) for i in table.indicators] == [
        ("≥12人", "30"),
        ("良好", "20"),
        ("≤0.5万元", "20"),
    ]


def test_a_bare_unit_head_is_the_unit_of_the_values() -> None:
    """河北 heads the column 单位, which elsewhere heads an organization: what stands in it decides."""
    table = read_one(
        """
        项目名称 | 护林补助 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | 单位
        产出指标 | 数量指标 | 护林员人数 | ≥12 | 人
        ^ | 质量指标 | 发放率 | =100 | %
        """,
        "项目支出绩效目标表",
    )
    assert [i.value_text for i in table.indicators] == ["≥12人", "=100%"]
    assert table.organization is None


def test_spanning_head_over_the_split_value() -> None:
    table = read_one(
        """
        项目名称 | 村级运转 | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 年度指标值 | < | <
        ^ | ^ | ^ | 指标性质 | 指标值 | 度量单位
        产出指标 | 数量指标 | 保障村数 | ≧ | 9 | 个
        效益指标 | 社会效益指标 | 运转率 | ═ | 100 | %
        """,
        "项目支出绩效目标表",
    )
    assert [i.value_text for i in table.indicators] == ["≧9个", "═100%"]


def test_operator_column_called_direction() -> None:
    table = read_one(
        """
        项目名称 | 供暖补助 | < | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标方向 | 指标值 | 计量单位
        产出指标 | 数量指标 | 供暖户数 | 正向 | 大于等于 | 300 | 户
        ^ | 成本指标 | 户均成本 | 反向 | 小于等于 | 800 | 元
        """,
        "项目支出绩效目标表",
    )
    assert [i.value_text for i in table.indicators] == ["大于等于300户", "小于等于800元"]


def test_no_level_columns() -> None:
    table = read_one(
        """
        项目名称 | 校舍维修 | < | < | <
        指标 | 指标权重 | 计量单位 | 指标性质 | 指标值
        维修面积 | 20 | 平方米 | ≥ | 1500
        验收合格率 | 30 | % | ＝ | 100
        """,
        "一般性项目绩效目标表",
    )
    assert [(i.level1, i.name, i.value_text, i.weight) for i in table.indicators] == [
        (None, "维修面积", "≥1500平方米", "20"),
        (None, "验收合格率", "＝100%", "30"),
    ]


def test_description_standard_and_prefix_columns() -> None:
    table = read_one(
        """
        项目名称 | 河道清淤 | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标解释 | 指标值及单位 | 绩效标准
        产出指标 | 数量指标 | 指标1：清淤长度 | 完成清淤的河道 | 5公里 | 计划标准
        ^ | ^ | 指标2：清淤方量 | 完成的土方 | 3万方 | 历史标准
        """,
        "项目支出绩效目标表",
    )
    assert rows_of(table) == [
        ("产出指标", "数量指标", "指标1：清淤长度", "5公里"),
        ("产出指标", "数量指标", "指标2：清淤方量", "3万方"),
    ]
    assert not table.findings


def test_four_threshold_columns() -> None:
    table = read_one(
        """
        项目名称 | 乡村道路 | < | < | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 绩效指标描述 | 绩效指标值 | < | < | <
        ^ | ^ | ^ | ^ | 优 | 良 | 中 | 差
        产出指标 | 数量指标 | 道路里程 | 新修里程 | ≥9公里 | ≥8公里 | ≥7公里 | <7公里
        """,
        "项目支出绩效目标表",
    )
    assert rows_of(table) == [("产出指标", "数量指标", "道路里程", "≥9公里")]


def test_type_and_name_without_a_third_level() -> None:
    table = read_one(
        """
        项目名称 | 老旧小区改造 | < | <
        指标类型 | 指标名称 | 指标值 | 指标描述
        产出指标 | 数量指标 | 改造3个小区 | 按计划
        ^ | 质量指标 | 验收合格 | 按标准
        """,
        "项目绩效目标表",
    )
    assert [(i.level1, i.level2_id, i.name, i.value_text) for i in table.indicators] == [
        ("产出指标", "quantity", "数量指标", "改造3个小区"),
        ("产出指标", "quality", "质量指标", "验收合格"),
    ]


def test_two_halves_side_by_side() -> None:
    table = read_one(
        """
        项目名称 | < | 危房改造 | < | < | < | <
        项目资金（万元） | 中期资金总额： | < | 300.00 | 年度资金总额： | < | 100.00
        ^ | 其中：财政拨款 | < | 240.00 | 其中：财政拨款 | < | 80.00
        ^ | 其他资金 | < | 60.00 | 其他资金 | < | 20.00
        总体目标 | 中期目标（2021年—2023年） | < | < | 年度目标 | < | <
        ^ | 三年改造60户。 | < | < | 本年改造20户。 | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 改造户数 | 60户 | 数量指标 | 改造户数 | 20户
        ^ | 质量指标 | 合格率 | 100% | 质量指标 | 合格率 | 100%
        """,
        "项目支出绩效目标申报表",
        "（2021年度）",
    )
    assert (table.midterm_goal, table.annual_goal) == ("三年改造60户。", "本年改造20户。")
    assert [(b.name, b.total, b.fiscal, b.other) for b in table.budget] == [
        ("实施期资金总额", "300.00", "240.00", "60.00"),
        ("年度资金总额", "100.00", "80.00", "20.00"),
    ]
    assert [(i.horizon, i.level1, i.level2, i.value_text) for i in table.indicators] == [
        ("mid_term", "产出指标", "数量指标", "60户"),
        ("mid_term", "产出指标", "质量指标", "100%"),
        ("annual", "产出指标", "数量指标", "20户"),
        ("annual", "产出指标", "质量指标", "100%"),
    ]


def test_two_value_columns_beside_one_name() -> None:
    table = read_one(
        """
        项目名称 | 造林 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 中期指标值 | 年度指标值
        产出指标 | 数量指标 | 造林面积 | 3000亩 | 1000亩
        """,
        "项目支出绩效目标表",
    )
    assert [(i.horizon, i.value_text) for i in table.indicators] == [
        ("mid_term", "3000亩"),
        ("annual", "1000亩"),
    ]


def test_level_1_is_derived_by_the_era_of_the_form() -> None:
    table = read_one(
        """
        项目名称 | 公厕 | <
        二级指标 | 三级指标 | 指标值
        数量指标 | 新建公厕 | 2座
        成本指标 | 单座成本 | 9万元
        """,
        "项目支出绩效目标表",
    )
    assert [(i.level1, i.level1_id, i.reasons) for i in table.indicators] == [
        ("产出指标", "output", ["level1-derived"]),
        ("产出指标", "output", ["level1-derived"]),
    ]


def test_label_stacked_one_character_a_line() -> None:
    drawing = PROJECT.replace("产出指标", "产~出~指~标")
    drawn = table_of(drawing)
    cells = tuple(replace(cell, text=cell.text.replace("~", "\n")) for cell in drawn.cells)
    (found,) = printed_tables([page_of(replace(drawn, cells=cells), above=["项目支出绩效目标表"])])
    assert found.indicators[0].level1 == "产出指标"
    assert found.indicators[0].level1_id == "output"


def test_level_label_without_indicator_is_a_finding() -> None:
    table = read_one(
        PROJECT + "效益指标 | 经济效益指标 |  | \n^ | 社会效益指标 | 增收户数 | 30户",
        "项目支出绩效目标表",
    )
    assert [f.code for f in table.findings] == ["empty-indicator"]
    assert len(table.indicators) == 4


def test_glued_cells_of_the_grid_come_apart() -> None:
    table = read_one(
        """
        项目名称 | 库房 | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标入库卷数 | < | 900卷
        ^ | 质量指标 | 完好率≥98% | <
        """,
        "项目支出绩效目标表",
    )
    assert rows_of(table) == [
        ("产出指标", "数量指标", "入库卷数", "900卷"),
        ("产出指标", "质量指标", "完好率", "≥98%"),
    ]


def test_dirt_in_an_empty_row_is_no_indicator() -> None:
    page = page_of(table_of(PROJECT + "效益指标 | 经济效益指标 |  | 白"), above=["项目支出绩效目标表"])
    (drawn,) = page.tables
    cells = tuple(replace(c, confidence=0.05) if c.text == "白" else c for c in drawn.cells)
    (table,) = printed_tables([replace(page, tables=(replace(drawn, cells=cells),))])
    assert len(table.indicators) == 3
    assert {finding.code for finding in table.findings} == {"empty-indicator", "unassigned-cell"}


def test_lone_operators_that_were_misread() -> None:
    table = read_one(
        """
        项目名称 | 护林 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位
        产出指标 | 数量指标 | 护林员 | 二 | 12 | 人
        ^ | ^ | 护林面积 | N | 900 | 亩
        ^ | ^ | 巡护次数 | ≥ | 2 | 次
        """,
        "项目支出绩效目标表",
    )
    assert [(i.value_text, i.needs_review, i.reasons) for i in table.indicators] == [
        ("=12人", True, ["operator-suspect"]),
        ("≥900亩", True, ["operator-suspect"]),
        ("≥2次", False, []),
    ]


def test_a_dash_known_by_its_shape_is_an_equals_sign_beside_a_number_only() -> None:
    drawing = """
        项目名称 | 护林 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位
        产出指标 | 数量指标 | 护林员 | — | 12 | 人
        效益指标 | 社会效益指标 | 群众收入 | — | 逐步提高 |
        """
    page = page_of(table_of(drawing), above=["项目支出绩效目标表"])
    (drawn,) = page.tables
    by_shape = tuple(replace(c, flags=("lone-mark",)) if c.text == "—" else c for c in drawn.cells)
    (scanned,) = printed_tables([replace(page, tables=(replace(drawn, cells=by_shape),))])
    assert [i.value_text for i in scanned.indicators] == ["=12人", "逐步提高"]
    (digital,) = printed_tables([page])
    assert [i.value_text for i in digital.indicators] == ["12人", "逐步提高"]


def targets_of(drawing: str, *above: str) -> list[tuple[str, str, str | None, list[str]]]:
    return [(i.name, i.horizon, i.value_text, i.reasons) for i in read_one(drawing, *above).indicators]


def test_two_year_columns_the_annual_one_is_that_of_the_title() -> None:
    drawing = """
    项目名称 | 村级运转 | < | < | <
    一级指标 | 二级指标 | 三级指标 | 2023年 | 2024年
    产出指标 | 数量指标 | 保障村数 | 9个 | 10个
    """
    assert targets_of(drawing, "2023年项目支出绩效目标表") == [
        ("保障村数", "annual", "9个", []),
        ("保障村数", "mid_term", "10个", ["target-of-2024"]),
    ]
    assert [target[1] for target in targets_of(drawing, "2024年项目支出绩效目标表")] == ["mid_term", "annual"]
    assert [target[1] for target in targets_of(drawing, "项目支出绩效目标表")] == ["annual", "mid_term"]


def test_years_and_horizons_under_a_spanning_head() -> None:
    assert targets_of(
        """
        项目名称 | 村级运转 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | <
        ^ | ^ | ^ | 年度 | 中期
        产出指标 | 数量指标 | 保障村数 | 9个 | 27个
        """
    ) == [("保障村数", "annual", "9个", []), ("保障村数", "mid_term", "27个", [])]


def test_a_horizon_alone_heads_a_value_beside_a_year() -> None:
    assert targets_of(
        """
        项目名称 | 村级运转 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 2023年 | 中期
        产出指标 | 数量指标 | 保障村数 | 9个 | 27个
        """
    ) == [("保障村数", "annual", "9个", []), ("保障村数", "mid_term", "27个", [])]


def test_a_label_over_the_column_of_names_is_no_name() -> None:
    table = read_one(
        """
        项目名称 | 草原管护 | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 管护面积 | ≥300亩
        ^ | 质量指标 | < |
        ^ | 时效指标完成及时率 | < | ≥95%
        """
    )
    assert rows_of(table) == [
        ("产出指标", "数量指标", "管护面积", "≥300亩"),
        ("产出指标", "时效指标", "完成及时率", "≥95%"),
    ]
    assert [finding.code for finding in table.findings] == ["empty-indicator"]


def test_what_stands_over_the_column_beside_the_grid_is_not_of_the_grid() -> None:
    table = read_one(
        """
        项目名称 | 草原管护 | < | < | <
        1.5 莫名 | | | |
        绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值
        ^ | 产出指标 | 数量指标 | 管护面积 | ≥300亩
        """
    )
    (finding,) = table.findings
    assert finding.code == "unassigned-cell"
    assert finding.message.endswith("1: 1.5莫名")


def test_a_label_over_a_wide_column_of_names_is_no_name_either() -> None:
    table = read_one(
        """
        项目名称 | 草原管护 | < | 编号 | 7
        一级指标 | 二级指标 | 三级指标 | < | 指标值
        产出指标 | 数量指标 | 管护面积 | < | ≥300亩
        ^ | 质量指标 | < | < |
        ^ | 时效指标完成及时率 | < | < | ≥95%
        """
    )
    assert rows_of(table)[1:] == [("产出指标", "时效指标", "完成及时率", "≥95%")]
    assert len(table.indicators[1].source) == 3  # level 1, the glued cell, the value
    assert [finding.code for finding in table.findings] == ["empty-indicator"]

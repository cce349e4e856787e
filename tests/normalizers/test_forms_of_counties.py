"""The forms that counties print, each as a few cells: columns in any order, heads in two rows, odd extras."""

from __future__ import annotations

from dataclasses import replace

from printed_page import page_of, read_one, rows_of, table_of

from goaltables.normalizers.understanding.understand import printed_tables
from goaltables.records import Box, TextLine

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


def test_self_evaluation_with_a_b_and_weight_before_the_target() -> None:
    table = read_one(
        """
        项目名称 | 防汛物资 | < | < | < | < | <
        主管部门 | 某县水利局 | < | 实施单位 | 某县水利局 | < | <
        项目资金（万元） | | 全年预算数（A） | 执行数（B） | 分值 | 执行率（B/A） | 得分
        ^ | 年度资金总额 | 50.00 | 40.00 | 10 | 80.00% | 8
        ^ | 其中：财政拨款 | 50.00 | 40.00 | — | — | —
        年度总体目标 | 预期目标 | < | < | 实际完成情况 | < | <
        ^ | 储备齐全。 | < | < | 已储备。 | < | <
        一级指标 | 二级指标 | 三级指标 | 分值 | 年初目标值（A） | 实际完成值（B） | 得分
        产出指标 | 数量指标 | 采购批次 | 40 | ≥2批 | 2批 | 40
        满意度指标 | 满意度 | 群众满意度 | 50 | ≥90% | 88% | 48
        总分 | < | < | 100 | | | 96
        """,
        "2022年度项目支出绩效自评表",
    )
    evaluation = table.self_evaluation
    assert table.form == "self_evaluation"
    assert evaluation is not None
    assert [(row.name, row.adjusted, row.executed, row.rate) for row in evaluation.execution] == [
        ("年度资金总额", "50.00", "40.00", "80.00%"),
        ("其中：财政拨款", "50.00", "40.00", None),
    ]
    assert (evaluation.total_score, evaluation.completion) == ("96", "已储备。")
    assert [(b.name, b.total, b.fiscal) for b in table.budget] == [
        ("全年预算数", "50.00", "50.00"),
        ("全年执行数", "40.00", "40.00"),
    ]
    assert [(i.weight, i.value_text, i.actual_text, i.score) for i in table.indicators] == [
        ("40", "≥2批", "2批", "40"),
        ("50", "≥90%", "88%", "48"),
    ]
    assert table.annual_goal == "储备齐全。"


def test_regional_transfer() -> None:
    table = read_one(
        """
        专项名称 | < | 农田建设补助资金 | < | <
        中央主管部门 | < | 农业农村部 | < | <
        省级财政部门 | < | 某省财政厅 | 省级主管部门 | 某省农业农村厅
        资金情况（万元） | 年度金额： | 5000 | < | <
        ^ | 其中：中央补助 | 4000 | < | <
        ^ | 地方资金 | 1000 | < | <
        年度目标 | 建成高标准农田。 | < | < | <
        绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值
        ^ | 产出指标 | 数量指标 | 建成面积 | ≥5万亩
        """,
        "中央对地方转移支付区域绩效目标表",
        "（2021年度）",
    )
    assert (table.form, table.project) == ("regional_transfer", "农田建设补助资金")
    assert table.organization == "某省农业农村厅"
    assert table.fields["中央主管部门"] == "农业农村部"
    assert [(b.total, b.fiscal, b.other) for b in table.budget] == [("5000", "4000", "1000")]
    assert (table.amount_unit, table.annual_goal) == ("万元", "建成高标准农田。")


def test_funds_block_of_a_transfer_self_evaluation() -> None:
    table = read_one(
        """
        转移支付（项目）名称 | < | 水利发展资金 | < | < | <
        资金管理情况 | < | 情况说明 | < | 存在问题和改进措施 | <
        ^ | 分配科学性 | 按因素法分配 | < | 无 | <
        ^ | 下达及时性 | 30日内下达 | < | 无 | <
        总体目标 | 全年实际完成情况 | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | 全年实际完成值 | 未完成原因和改进措施
        产出指标 | 数量指标 | 治理河长 | ≥12公里 | 12公里 |
        """,
        "中央对地方转移支付区域（项目）绩效目标自评表",
    )
    assert table.form == "self_evaluation"
    assert table.fields["分配科学性"] == "按因素法分配"
    assert table.fields["下达及时性"] == "30日内下达"
    assert [i.actual_text for i in table.indicators] == ["12公里"]


def test_department_with_weights_and_income() -> None:
    table = read_one(
        """
        部门（单位）名称 | < | 某县档案馆 | < | < | <
        年度主要任务 | 任务名称 | 主要内容 | 预算金额（万元） | < | <
        ^ | ^ | ^ | 总额 | 财政拨款 | 其他资金
        ^ | 档案保管 | 库房与设备 | 12.5 | 12.5 |
        ^ | 合计 | < | 12.5 | 12.5 |
        年度总体目标 | 保管好档案。 | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | < | 指标值 | 分值
        产出指标（60分） | 数量指标 | 入库卷数 | < | 900卷 | 60
        效益指标（40分） | 社会效益指标 | 查阅人次 | < | 50人次 | 40
        """,
        "部门（单位）整体支出绩效目标表",
        "(二〇二二年)",
    )
    assert (table.form, table.fiscal_year, table.project) == ("department_overall", 2022, None)
    assert [(b.name, b.content, b.total, b.fiscal, b.other) for b in table.budget] == [
        ("档案保管", "库房与设备", "12.5", "12.5", None),
        ("合计", None, "12.5", "12.5", None),
    ]
    assert [(i.level1, i.level1_id, i.weight) for i in table.indicators] == [
        ("产出指标", "output", "60"),
        ("效益指标", "benefit", "40"),
    ]


def test_lines_above_a_grid_without_header() -> None:
    table = read_one(
        """
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 培训人数 | 90人
         | 质量指标 | 合格率 | 95%
        满意度指标 | 满意度指标 | 学员满意度 | 90%
        """,
        "财政支出项目绩效目标表",
        "项目名称：技能培训",
        "主管部门：某县人社局 实施单位：某县就业中心 预算年度：2023年",
        "年度资金总额：20.5万元 其中：财政拨款：20.5万元 其他资金：",
        "年度绩效目标：培训九十人，提升技能，",
        "促进就业。",
    )
    assert (table.project, table.organization, table.fiscal_year) == ("技能培训", "某县就业中心", 2023)
    assert table.fields["主管部门"] == "某县人社局"
    assert [(b.total, b.fiscal, b.other) for b in table.budget] == [("20.5", "20.5", None)]
    assert table.amount_unit == "万元"
    assert table.annual_goal == "培训九十人，提升技能，促进就业。"
    assert [row[:2] for row in rows_of(table)] == [
        ("产出指标", "数量指标"),
        ("产出指标", "质量指标"),
        ("满意度指标", "满意度指标"),
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


def test_cells_the_form_does_not_explain_are_listed() -> None:
    table = read_one(
        """
        项目名称 | 护路 | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 护路里程 | 20公里
        本表由县财政局监制，解释权归县财政局，未经许可不得翻印。 | < | < | <
        """,
        "项目支出绩效目标表",
    )
    (finding,) = table.findings
    assert finding.code == "unassigned-cell"
    assert [(s.row, s.col) for s in finding.source] == [(3, 0)]


def test_distractors_are_left_alone() -> None:
    purchase = table_of("采购项目 | 采购目录 | 计量单位 | 采购数量 | 预算金额\n电脑 | 设备 | 台 | 3 | 1.5")
    income = table_of("收入项目 | 预算数 | 支出项目 | 预算数\n财政拨款 | 5 | 基本支出 | 5", y=300)
    listed = table_of("项目名称 | 项目类别 | 合计 | 其他\n绩效管理 | 特定目标类 | 5 | 0", y=500)
    assert not printed_tables([page_of(purchase, income, listed, above=["2023年政府采购预算表"])])


def test_label_cut_in_two_and_label_glued_to_a_value() -> None:
    table = read_one(
        """
        部门（ | 单位）名称 | 某县档案馆 | <
        项目名称 | < | 库房 | <
        项目属性 | < | 延续项目项目期 | 3年
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 入库卷数 | 900卷
        """,
        "项目支出绩效目标表",
    )
    assert table.organization == "某县档案馆"
    assert list(table.fields) == ["部门（单位）名称", "项目名称", "项目属性", "项目期"]
    assert (table.fields["项目属性"], table.fields["项目期"]) == ("延续项目", "3年")


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


def test_heads_of_amounts_glued_and_misread() -> None:
    table = read_one(
        """
        部门（单位）名称 | < | 某县档案馆 | < | <
        任务名称 | 主要内容 | 总额财政拨款 | < | 具他资金
        档案保管 | 库房 | 12.5 | 10.5 | 2
        年度总体目标 | 保管好档案。 | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | <
        产出指标 | 数量指标 | 入库卷数 | 900卷 | <
        """,
        "部门整体支出绩效目标表",
    )
    assert [(b.name, b.total, b.fiscal, b.other) for b in table.budget] == [("档案保管", "12.5", "10.5", "2")]


def test_header_and_indicators_as_two_grids_with_the_goal_between() -> None:
    header = table_of("项目名称 | 库房 | 实施单位 | 某县档案馆\n年度资金总额 | 5 | 其他资金 | 0")
    grid = table_of("一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 入库卷数 | 900卷", y=200)
    page = page_of(header, grid, above=["项目支出绩效目标表"])
    between = [
        TextLine("保管好档案，", Box(200, 150, 400, 160), 1.0, "drawn"),
        TextLine("总体目标", Box(60, 158, 120, 168), 1.0, "drawn"),
        TextLine("方便查阅。", Box(200, 166, 400, 176), 1.0, "drawn"),
    ]
    page = replace(page, lines=(*page.lines, *between))
    (table,) = printed_tables([page])
    assert (table.project, table.annual_goal) == ("库房", "保管好档案，方便查阅。")
    assert len(table.indicators) == 1


def test_amounts_in_one_sentence() -> None:
    table = read_one(
        "一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 入库卷数 | 900卷",
        "项目绩效目标表",
        "项目名称：库房",
        "年度资金总额：1,215.2万元，其中：财政拨款1,215万元，其他资金0.2万元",
    )
    assert [(b.total, b.fiscal, b.other) for b in table.budget] == [("1,215.2", "1,215", "0.2")]


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


PACKED = (
    "【产出指标-数量指标】指标1:机柜数量(≥77台) 指标2:带宽(≥100M)【效益指标-社会效益指标】系统可用率(≥99%)"
)


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

"""The forms that counties print, each as a few cells: their headers, money and goals, odd extras."""

from __future__ import annotations

from dataclasses import replace

from printed_page import page_of, read_one, rows_of, table_of

from goaltables.normalizers.understanding.understand import printed_tables
from goaltables.records import Box, TextLine


def test_self_evaluation_with_a_b_and_weight_before_the_target() -> None:
    table = read_one(
        """
        项目名称 | 防汛物资 | < | < | < | < | <
        主管部门 | 某县水利局 | < | 实施单位 | 某县水利局 | < | <
        项目资金（万元） | | 全年预算数（A） | 执行数（B） | 分值 | 执行率（B/A） | 得分
        ^ | 年度资金总额 | 50.00 | 40.00 | 10 | 80.00% | 8
        ^ | 其中：财政拨款 | 50.00 | 40.00 | — | 一 | ー
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


def test_a_head_that_ran_into_its_column_costs_the_rows_it_covers_and_no_more() -> None:
    table = read_one(
        """
        绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值≥900卷=40台≥3次
        ^ | 产出指标 | 数量指标 | 入库卷数 | ^
        ^ | ^ | ^ | 购置台数 | ^
        ^ | ^ | ^ | 检查次数 | ^
        ^ | ^ | 质量指标 | 完好率 | ≥95%
        ^ | 满意度指标 | 满意度 | 群众满意度 | ≥90%
        """,
        "项目支出绩效目标表",
    )
    assert [(i.name, i.value_text) for i in table.indicators][3:] == [
        ("完好率", "≥95%"),
        ("群众满意度", "≥90%"),
    ]


def test_the_rows_of_a_goal_beside_its_label_are_one_goal() -> None:
    table = read_one(
        """
        项目名称 | 某项目 | < | <
        年度总体目标 | 目标1：建成库房。 | < | <
        ^ | 目标2：入库900卷。 | < | <
        ^ | 目标3：群众满意。 | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 入库卷数 | ≥900卷
        """,
        "项目支出绩效目标表",
    )
    assert table.annual_goal == "目标1：建成库房。目标2：入库900卷。目标3：群众满意。"
    assert not [finding for finding in table.findings if finding.code == "unassigned-cell"]


def test_short_words_under_a_value_head_are_columns_of_the_value() -> None:
    table = read_one(
        """
        一级指标 | 二级指标 | 三级指标 | 年度指标值 | < | < | 指标说明
        ^ | ^ | ^ | 符号 | 值 | 单位 | ^
        产出指标 | 数量指标 | 入库卷数 | ≥ | 900 | 卷 | 见方案
        效益指标 | 社会效益指标 | 查阅便利程度 | 定性 | 有所提高 | | 见方案
        """,
        "项目支出绩效目标表",
    )
    assert [(i.name, i.value_text) for i in table.indicators] == [
        ("入库卷数", "≥900卷"),
        ("查阅便利程度", "有所提高"),
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

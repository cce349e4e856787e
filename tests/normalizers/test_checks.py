"""Each check with a table that makes it fire and one that does not; the real table behind most."""

from __future__ import annotations

from typing import Any

import pytest

from goaltables.document import (
    BudgetRow,
    CellSource,
    ExecutionRow,
    GoalTable,
    Indicator,
    PublishedCell,
    SelfEvaluation,
    TablePage,
)
from goaltables.normalizers.checking.check_rules import CHECKS
from goaltables.normalizers.checking.checks import check_table, checked
from goaltables.normalizers.data import load_toml
from goaltables.normalizers.findings import empty_indicator_finding
from goaltables.normalizers.values.target_value import parse_value, value_fields


def indicator(name: str, value: str = "≥95%", **more: Any) -> Indicator:
    labels = {"level1": "产出指标", "level2": "数量指标", "level1_id": "output"}
    fields: dict[str, Any] = {**labels, **value_fields(parse_value(value), value), "value_text": value}
    return Indicator(**{**fields, "name": name, "full_name": name, **more})


def row(name: str, total: str | None, fiscal: str | None, other: str | None, **more: Any) -> BudgetRow:
    return BudgetRow(name=name, total=total, fiscal=fiscal, other=other, **more)


def table(**parts: Any) -> GoalTable:
    base: dict[str, Any] = {"id": "p1-1", "form": "project", "organization": "某局", "fiscal_year": 2022}
    return GoalTable(**{**base, **parts})


def budget(*rows: BudgetRow) -> GoalTable:
    return table(form="department_overall", budget=list(rows))


def listed(*indicators: Indicator, **parts: Any) -> GoalTable:
    return table(indicators=list(indicators), **parts)


def evaluated(*indicators: Indicator, total: str | None = None, execution: Any = ()) -> GoalTable:
    block = SelfEvaluation(execution=list(execution), total_score=total)
    return table(form="self_evaluation", indicators=list(indicators), self_evaluation=block)


def spent(adjusted: str | None, executed: str | None, rate: str | None, **more: Any) -> ExecutionRow:
    values = {"initial": adjusted, "adjusted": adjusted, "executed": executed, "rate": rate}
    return ExecutionRow(name="年度资金总额", **{**values, **more})


SCORED = {"weight": "90", "score": "80"}
TOTAL = row("合计", "3", "2", "1")

# code: (tables with a finding, tables that pass, tables that cannot be decided, tables it does not apply to)
EXAMPLES: dict[str, tuple[list[GoalTable], list[GoalTable], list[GoalTable], list[GoalTable]]] = {
    "row-total-mismatch": (
        [
            budget(row("甲", "903.78", "904.78", "0")),
            budget(row("甲", "10", "11", None)),
            budget(row("甲", "1,463.70", "1,463.00", "0.50", carry="0.1")),
            budget(row("甲", "67", "67", "—"), TOTAL, row("乙", "2", "1.98", "0")),
        ],
        [
            budget(row("甲", "10.01", "10", "0")),
            budget(row("甲", "１０", "10", None)),
            budget(row("全年预算数", "1,430.70", "1,312.95", None, carry="117.75")),
        ],
        [budget(row("甲", "10", None, None)), budget(row("甲", "10", "见附件", "1"))],
        [table(), budget(row("甲", None, None, None))],
    ),
    "column-total-mismatch": (
        [budget(row("甲", "1", "1", "0"), row("乙", "1.98", "1", "1"), TOTAL)],
        [budget(row("甲", "1", "1", "0"), row("乙", "2", "1", "1"), TOTAL)],
        [budget(row("甲", "1", "1", "0.5"), row("合计", "1", "1", None))],
        [budget(row("年度资金总额", "1", "1", None)), budget(TOTAL)],
    ),
    "missing-total": (
        [budget(row("甲", "1", "1", None), row("合 计", "1", "1", None))],
        [budget(row("甲", "1", "1", None), row("合计", "1", "1", "-"))],
        [],
        [budget(row("甲", "1", "1", None))],
    ),
    "constant-offset": (
        [budget(*(row(name, str(n), str(n + 1), "0") for n, name in enumerate("甲乙丙丁", 5)))],
        [budget(row("甲", "1", "2", "0"), row("乙", "1", "1", "0"), row("丙", "2", "2", "0"))],
        [],
        [budget(row("甲", "1", "2", "0"), row("乙", "1", "2", "0"))],
    ),
    "negative-amount": (
        [budget(row("甲", "1", "5.20", "-4.20")), budget(row("甲", "(3.2)", None, None))],
        [budget(row("甲", "1", "1", "-"))],
        [],
        [table()],
    ),
    "unit-cost-mismatch": (
        [
            table(
                budget=[
                    row("甲", "18.48", "19.48", "0"),
                    row("乙", "36.94", "37.94", "0"),
                    row("丙", "9", "10", "0"),
                ],
                indicators=[
                    *(indicator(f"次数{v}", v) for v in ("≥6次", "≥3次", "=9个")),
                    *(
                        indicator(f"成本{v}", v, level2="成本指标")
                        for v in ("≤3.08万元", "≤12.31万元", "≤1.00万元")
                    ),
                ],
            )
        ],
        [],
        [budget(*(row(name, str(n), str(n + 1), "0") for n, name in enumerate("甲乙丙", 5)))],
        [budget(row("甲", "1", "1", "0"))],
    ),
    "execution-rate-mismatch": (
        [
            evaluated(execution=[spent("34.00", "34.00", "95.00%")]),
            evaluated(execution=[spent("228.50", "219.19", "95.95%")]),
        ],
        [
            evaluated(execution=[spent("228.50", "219.19", "95.93%")]),
            evaluated(execution=[spent("228.50", "219.19", "95.92%")]),
            evaluated(execution=[spent("228.50", "219.19", "96%")]),
            evaluated(execution=[spent("228.50", "219.19", "0.9593")]),
            evaluated(execution=[spent("0.03", "0.02", "60%")]),
        ],
        [evaluated(execution=[spent(None, "34.00", "100%")]), evaluated(execution=[spent("0", "0", "0%")])],
        [table(), evaluated(execution=[spent("34.00", "34.00", None)])],
    ),
    "execution-over-budget": (
        [evaluated(execution=[spent("34.00", "34.50", "101%")])],
        [evaluated(execution=[spent("34.00", "34.00", "100%")])],
        [],
        [table()],
    ),
    "score-sum-mismatch": (
        [
            evaluated(
                indicator("甲", **SCORED),
                total="95",
                execution=[spent("1", "1", "1", weight="10", score="10")],
            ),
            evaluated(indicator("甲", weight="100", score="90"), total="90.02"),
        ],
        [
            evaluated(
                indicator("甲", **SCORED),
                total="90",
                execution=[spent("1", "1", "1", weight="10", score="10")],
            ),
            evaluated(indicator("甲", weight="100", score="90.5"), total="90.50分"),
        ],
        [
            evaluated(indicator("甲", **SCORED), indicator("乙", weight="5"), total="80"),
            evaluated(indicator("甲", **SCORED), total="90", execution=[spent("1", "1", "1", weight="10")]),
            evaluated(indicator("甲", **SCORED)),
        ],
        [table(), evaluated(indicator("甲"), total="90")],
    ),
    "weight-sum-mismatch": (
        [
            listed(indicator("甲", weight="50"), indicator("乙", weight="45")),
            evaluated(indicator("甲", weight="100"), execution=[spent("1", "1", "1", weight="10")]),
        ],
        [
            listed(indicator("甲", weight="50"), indicator("乙", weight="50")),
            listed(indicator("甲", weight="45"), indicator("乙", weight="45%")),
            evaluated(indicator("甲", weight="90"), execution=[spent("1", "1", "1", weight="10")]),
        ],
        [listed(indicator("甲", weight="50"), indicator("乙"))],
        [listed(indicator("甲"))],
    ),
    "score-above-weight": (
        [
            evaluated(indicator("甲", weight="5", score="6")),
            evaluated(indicator("甲", weight="5", score="-1")),
        ],
        [evaluated(indicator("甲", weight="5", score="5"))],
        [],
        [evaluated(indicator("甲", weight="5"))],
    ),
    "goal-met-score-lost": (
        [
            evaluated(indicator("甲", "≥95%", actual_text="100%", weight="10", score="7")),
            evaluated(indicator("甲", "≤5万元", actual_text="6万元", weight="10", score="10")),
        ],
        [
            evaluated(indicator("甲", "≥95%", actual_text="90%", weight="10", score="7")),
            evaluated(indicator("甲", "=5个", actual_text="5个", weight="10", score="10")),
        ],
        [],
        [
            evaluated(indicator("甲", "≥95%", actual_text="5个", weight="10", score="7")),
            evaluated(indicator("甲", "<5万元", actual_text="5万元", weight="10", score="10")),
            evaluated(indicator("甲", "有效提升", actual_text="有效提升", weight="10", score="7")),
        ],
    ),
    "deviation-unexplained": (
        [
            evaluated(
                indicator("甲", deviation="受疫情影响", **SCORED),
                indicator("乙", weight="5", score="3", deviation="无"),
            )
        ],
        [evaluated(indicator("甲", deviation="受疫情影响", **SCORED))],
        [],
        [evaluated(indicator("甲", **SCORED))],
    ),
    "duplicate-indicator": (
        [listed(indicator("发放人数"), indicator("发放 人数", "≥3人"))],
        [
            listed(indicator("发放人数"), indicator("发放人数", level2="质量指标")),
            listed(indicator("发放人数"), indicator("发放人数", horizon="mid_term")),
            listed(indicator("发放人", full_name="发放人数"), indicator("发放人", full_name="发放人次")),
        ],
        [],
        [table()],
    ),
    "mixed-operators": (
        [
            listed(indicator("甲", "≥5人"), indicator("乙", ">=5人")),
            listed(indicator("甲", "≤5人"), indicator("乙", "＞＝5人")),
        ],
        [listed(indicator("甲", "≥5人"), indicator("乙", "≤5人"), indicator("丙", "=5人"))],
        [],
        [listed(indicator("甲", "5人"))],
    ),
    "rate-above-100": (
        [listed(indicator("满意度", "292%"))],
        [listed(indicator("满意度", "100%以上")), listed(indicator("收入", "增长120%"))],
        [],
        [table()],
    ),
    "value-placeholder": (
        [
            listed(indicator("甲", "≥**个")),
            listed(indicator("甲", "≥%")),
            listed(indicator("游客满意度(≥**%)")),
        ],
        [listed(indicator("甲"))],
        [],
        [table()],
    ),
    "value-is-scale": ([listed(indicator("甲", "优良中差"))], [listed(indicator("甲", "优"))], [], [table()]),
    "value-unparsed": ([listed(indicator("甲", "》 亩"))], [listed(indicator("甲", "有效"))], [], [table()]),
    "unit-missing": (
        [listed(indicator("甲", ">=85"))],
        [listed(indicator("甲", "≤0")), listed(indicator("甲", "85人"))],
        [],
        [table()],
    ),
    "satisfaction-unit": (
        [listed(indicator("群众满意度", "≥95人"))],
        [listed(indicator("群众满意度", "≥95%")), listed(indicator("群众满意度", "≥85分"))],
        [],
        [listed(indicator("人数", "≥95人")), listed(indicator("群众满意度", "95"))],
    ),
    "operator-direction": (
        [
            listed(indicator("成本", "≥5万元", direction="lower")),
            listed(indicator("合格率", "≤98%", direction="higher")),
        ],
        [
            listed(indicator("成本", "≤5万元", direction="lower")),
            listed(indicator("数", "=5个", direction="higher")),
        ],
        [],
        [
            listed(indicator("成本", "≥5万元")),
            listed(indicator("数", "=5个", direction="equal")),
            listed(indicator("节约运维成本", "≥5万元", direction="lower")),
            listed(indicator("信访事件数", "≤1件", direction="higher")),
        ],
    ),
    "year-mismatch": (
        [listed(indicator("完成时间", "2021年11月30日前"))],
        [
            listed(indicator("完成时间", "2022年11月30日前")),
            listed(indicator("完成时间", "11月底前")),
            listed(indicator("实施期", "2021年-2023年")),
        ],
        [listed(indicator("完成时间", "2021年11月30日前"), fiscal_year=None)],
        [listed(indicator("甲")), listed(indicator("完成时间", "2024年底前", horizon="mid_term"))],
    ),
    "few-quantified": (
        [listed(indicator("甲"), indicator("乙", "有效"), indicator("丙", "及时"))],
        [listed(indicator("甲"), indicator("乙", "有效"))],
        [],
        [table()],
    ),
    "level1-missing": (
        [listed(indicator("甲"))],
        [listed(indicator("甲"), indicator("乙", level1_id="benefit"))],
        [listed(indicator("甲", level1_id=None))],
        [table(), listed(indicator("甲", level1_id="management"))],
    ),
    "satisfaction-missing": (
        [listed(indicator("甲"))],
        [listed(indicator("群众满意度")), listed(indicator("甲", level1_id="satisfaction"))],
        [],
        [table()],
    ),
    "html-residue": (
        [
            table(annual_goal="<p>甲</p>"),
            table(fields={"备注": "甲&nbsp;乙"}),
            listed(indicator("甲<br/>乙")),
        ],
        [table(annual_goal="完成率<95%，A&B公司"), table()],
        [],
        [],
    ),
    "duplicate-numbering": (
        [table(annual_goal="1、甲；2、确保2.乙"), table(midterm_goal="1、甲；1、乙")],
        [table(annual_goal="1、甲；2、乙")],
        [],
        [table()],
    ),
    "duplicate-goal-item": (
        [
            table(
                annual_goal="1、通过补贴发放，稳定村干部队伍，全面提升人居环境幸福感；"
                "2、修建道路；3、通过补贴发放，稳定村干部队伍，全面提升人民环境幸福感；"
            )
        ],
        [table(annual_goal="1、修建道路三公里；2、发放补贴一百人次"), table(annual_goal="1、甲；2、甲")],
        [],
        [table()],
    ),
    "unit-head-mismatch": (
        [
            listed(indicator("补助发放人数", "=42个", head_id="H:renshu")),
            listed(indicator("补助发放准确率", "≥1人", head_id="H:zhunquelv")),
        ],
        [
            listed(indicator("补助发放人数", "≥3万人", head_id="H:renshu")),
            listed(
                indicator("设备购置数量", "≥3台", head_id="H:shuliang"),
                indicator("补助发放人数", "8人", head_id="H:renshu"),
            ),
        ],
        [],
        [
            table(),
            listed(indicator("设备购置数量", "≥3台", head_id="H:shuliang")),
            listed(indicator("补助发放人数", "42", head_id="H:renshu")),
            listed(indicator("补助发放人数", "=42个", head_id="H:renshu", name_status="doubtful")),
        ],
    ),
    "satisfaction-goal": (
        [listed(indicator("群众满意度", "≥70%")), listed(indicator("群众满意度", "=100%"))],
        [listed(indicator("群众满意度", "≥80%")), listed(indicator("群众满意度", "≥99.5%"))],
        [],
        [listed(indicator("准确率", "=100%")), listed(indicator("群众满意度", "满意"))],
    ),
    "zero-goal": (
        [listed(indicator("补助发放人数", "≥0人", direction="higher"))],
        [listed(indicator("补助发放人数", "≥1人", direction="higher"))],
        [],
        [
            listed(indicator("安全事故发生数", "0起", direction="higher")),
            listed(indicator("设备故障率", "0%", direction="lower")),
        ],
    ),
    "phrase-for-quantity": (
        [listed(indicator("道路建设", "全部完成", level2_id="quantity"))],
        [listed(indicator("道路建设", "3公里", level2_id="quantity"))],
        [],
        [listed(indicator("乡村治理", "有效提升", level2_id="social"))],
    ),
    "value-in-name": (
        [listed(indicator("群众满意度95%以上")), listed(indicator("村组干部230人", "230"))],
        [listed(indicator("2022年补助发放人数", "3人")), listed(indicator("第3方服务", "3次"))],
        [],
        [table()],
    ),
    "name-is-label": (
        [listed(indicator("满意度")), listed(indicator("质量指标"))],
        [listed(indicator("群众满意度")), listed(indicator("质量指标", reasons=["name-is-label"]))],
        [],
        [table()],
    ),
    "level-mismatch": (
        [listed(indicator("甲", level2="社会效益指标", level2_id="social"))],
        [listed(indicator("甲", level2_id="quantity"))],
        [],
        [listed(indicator("甲", level2_id=None))],
    ),
    "template-residue": (
        [listed(indicator("游客满意度"), annual_goal="保障乡镇运转")],
        [
            listed(indicator("游客满意度"), annual_goal="接待游客一万人次"),
            listed(indicator("学生满意度"), indicator("资助学生人数", "3人"), annual_goal="资助"),
        ],
        [listed(indicator("游客满意度"))],
        [listed(indicator("干部职工满意度"), annual_goal="保障乡镇运转"), table()],
    ),
    "pay-frequency": (
        [listed(indicator("护边员补助发放次数", "≥6次"), goal_items=["护边员补助按月足额发放"])],
        [listed(indicator("护边员补助发放次数", "=12次"), goal_items=["护边员补助按月足额发放"])],
        [],
        [
            listed(indicator("护边员补助发放次数", "≥6次"), goal_items=["护边员补助足额发放"]),
            listed(indicator("护林员补助发放次数", "≥6次"), goal_items=["环卫工资按月足额发放"]),
            listed(indicator("护边员巡查次数", "≥6次"), goal_items=["护边员补助按月足额发放"]),
        ],
    ),
    "text-cut": (
        [budget(row("甲", "1", "1", "0", content="用" * 30), row("乙", "1", "1", "0", content="支" * 30))],
        [
            budget(row("甲", "1", "1", "0", content="用" * 30), row("乙", "1", "1", "0", content="支" * 29)),
            budget(row("甲", "1", "1", "0", content="用" * 9), row("乙", "1", "1", "0", content="支" * 9)),
            budget(
                row("甲", "1", "1", "0", content="用" * 29 + "。"),
                row("乙", "1", "1", "0", content="支" * 30),
            ),
        ],
        [],
        [budget(row("甲", "1", "1", "0", content="用" * 30))],
    ),
    "amount-unit-slip": (
        [budget(row("甲", "30000", "3", "0")), budget(row("甲", "3", "30000", "0"))],
        [budget(row("甲", "3", "3", "0")), budget(row("甲", "3", "4", "0"))],
        [],
        [budget(row("甲", "30000", None, None)), table()],
    ),
    "goal-overachieved": (
        [evaluated(indicator("补助发放人数", "≥10人", actual_text="14人"))],
        [
            evaluated(indicator("补助发放人数", "≥10人", actual_text="13人")),
            evaluated(indicator("补助发放人数", "≥10人", actual_text="14人", deviation="政策调整")),
        ],
        [],
        [evaluated(indicator("单位成本", "<=10元", actual_text="14元")), table()],
    ),
    "header-missing": (
        [table(organization=None), table(fiscal_year=None)],
        [table()],
        [],
        [table(form="regional_transfer", organization=None)],
    ),
}


def _cases(column: int) -> list[Any]:
    return [
        pytest.param(code, example, id=f"{code}-{number}")
        for code, columns in EXAMPLES.items()
        for number, example in enumerate(columns[column])
    ]


@pytest.mark.parametrize(("code", "example"), _cases(0))
def test_it_fires(code: str, example: GoalTable) -> None:
    verdict = CHECKS[code](example)
    assert verdict.outcome == "finding"
    assert {finding.code for finding in verdict.findings} == {code}


@pytest.mark.parametrize(("code", "example"), _cases(1))
def test_it_passes(code: str, example: GoalTable) -> None:
    assert CHECKS[code](example).outcome == "pass"
    assert CHECKS[code](example).findings == ()


@pytest.mark.parametrize(("code", "example"), _cases(2))
def test_missing_data_is_no_finding(code: str, example: GoalTable) -> None:
    assert CHECKS[code](example).outcome == "insufficient_data"


@pytest.mark.parametrize(("code", "example"), _cases(3))
def test_it_does_not_apply(code: str, example: GoalTable) -> None:
    assert CHECKS[code](example).outcome == "not_applicable"


def test_every_check_has_an_entry_and_an_example_and_every_entry_a_check() -> None:
    entries = set(load_toml("rules.toml")) - {"words"}
    assert set(CHECKS) == set(EXAMPLES) == entries - {"empty-indicator"}
    assert all(EXAMPLES[code][0] for code in CHECKS)
    assert all(load_toml("rules.toml")[code]["basis"] for code in entries)


# ----------------------------------------------------------------------------------------- a whole real table

GOAL = (
    "<p>1、制定各项工作制度；2、保障正常运转支出；4、确保4.“为民办实事”；"
    "5、通过补贴发放，稳定村干部队伍，解决村干部后顾之忧，不断提高为民服务水平，全面提升人居环境幸福感。"
    "6.按月6.足额发放补贴。"
    "7.通过补贴发放，稳定村干部队伍，解决村干部后顾之忧，不断提高为民服务水平，全面提升人民生活幸福感。</p>"
)
TASKS = ["903.78", "80.5", "200", "147.53", "18.48", "36.94", "90.18"]
FISCAL = ["904.78", "81.5", "201", "148.53", "19.48", "37.94", "91.18"]
COUNTS = ["=87人", "≥38人", "≥8次", "≥38人", "≥3次", "≥22人", "≥6次", ">=34人", "=10个", "=7个"]
COSTS = ["10.38", "0.93", "3.08", "18.44", "12.31", "5.88", "12.88"]


def overall_table() -> GoalTable:
    """The numbers of a published department-overall table: every 财政拨款 is its 总额 and 1.00 more."""
    rows = [
        row(f"任务{n}", total, fiscal, "0")
        for n, (total, fiscal) in enumerate(zip(TASKS, FISCAL, strict=True))
    ]
    counts = [indicator(f"数量{n}", value) for n, value in enumerate(COUNTS)]
    costs = [indicator(f"成本{n}", f"<={value}万元", level2="成本指标") for n, value in enumerate(COSTS)]
    return table(
        form="department_overall",
        budget=[*rows, row("合计", "1477.41", "1484.41", None)],
        indicators=[*counts, *costs, indicator("干部职工满意度", ">=95%", level2="满意度指标")],
        annual_goal=GOAL,
        findings=[empty_indicator_finding("经济效益指标")],
    )


def test_the_outcomes_of_a_real_table() -> None:
    done = checked(overall_table())
    assert {code for code, outcome in done.checks.items() if outcome == "finding"} == {
        "empty-indicator",
        "row-total-mismatch",
        "missing-total",
        "constant-offset",
        "unit-cost-mismatch",
        "html-residue",
        "duplicate-numbering",
        "duplicate-goal-item",
        "mixed-operators",
        "level1-missing",
    }
    assert done.checks["column-total-mismatch"] == "insufficient_data"  # 合计 of 其他资金 is blank
    assert sum(finding.code == "row-total-mismatch" for finding in done.findings) == 8
    messages = {finding.code: finding.message for finding in done.findings}
    assert "均相差 -1" in messages["constant-offset"]
    assert "与总额相符，财政拨款存疑" in messages["unit-cost-mismatch"]
    assert "第 4 项与第 6 项" in messages["duplicate-goal-item"]
    assert done.budget == overall_table().budget, "arithmetic is reported, never repaired"


def test_a_column_that_the_form_does_not_print_is_not_missing() -> None:
    def printed(*heads: str) -> GoalTable:
        cells = [
            PublishedCell(
                row=0, col=n, rowspan=1, colspan=1, text=head, bbox=[0, 0, 1, 1], confidence=1, reader="text"
            )
            for n, head in enumerate(heads)
        ]
        page = TablePage(page=1, bbox=[0, 0, 9, 9], cells=cells)
        return budget(row("甲", "1", None, None), row("合计", "1", None, None)).model_copy(
            update={"pages": [page]}
        )

    check_totals = CHECKS["missing-total"]
    assert check_totals(printed("任务名称", "预算金额")).outcome == "pass"
    assert len(check_totals(printed("总额", "财政拨款")).findings) == 1
    assert len(check_totals(printed("总额", "财政拨款", "其他资金")).findings) == 2


def test_findings_lead_to_their_cells() -> None:
    place = CellSource(page=2, bbox=[1, 2, 3, 4], row=5, col=0)
    findings, _ = check_table(budget(row("甲", "1", "2", "0", source=[place])))
    assert [finding.source for finding in findings if finding.code == "row-total-mismatch"] == [[place]]


def test_earlier_findings_come_first_and_count() -> None:
    early = empty_indicator_finding("生态效益指标")
    findings, outcomes = check_table(table(), [early])
    assert findings[0] == early
    assert outcomes["empty-indicator"] == "finding"
    assert check_table(listed(indicator("甲")))[1]["empty-indicator"] == "pass"


def test_every_check_has_an_outcome_on_an_empty_table() -> None:
    _, outcomes = check_table(table())
    assert set(outcomes) == {*CHECKS, "empty-indicator"}

"""Each check with a table that makes it fire and one that does not; the real table behind most."""

from __future__ import annotations

from typing import Any

import pytest
from amount_examples import EXAMPLES as OF_AMOUNTS
from check_tables import Examples, budget, indicator, listed, row, table
from indicator_examples import EXAMPLES as OF_INDICATORS
from score_and_text_examples import EXAMPLES as OF_SCORES_AND_TEXTS

from goaltables.document import (
    CellSource,
    GoalTable,
    PublishedCell,
    TablePage,
)
from goaltables.normalizers.checking.check_rules import CHECKS
from goaltables.normalizers.checking.checks import check_table, checked
from goaltables.normalizers.data import load_toml
from goaltables.normalizers.findings import empty_indicator_finding

EXAMPLES: dict[str, Examples] = OF_AMOUNTS | OF_INDICATORS | OF_SCORES_AND_TEXTS


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

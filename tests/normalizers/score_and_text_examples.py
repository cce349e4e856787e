"""Tables for each check of scores and of texts."""

from __future__ import annotations

from check_tables import Examples, budget, evaluated, indicator, listed, row, spent, table

SCORED = {"weight": "90", "score": "80"}

EXAMPLES: dict[str, Examples] = {
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
            evaluated(indicator("甲", weight="100", score="90.5"), total="90.51"),
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
            listed(indicator("甲", weight="200")),
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
    "goal-overachieved": (
        [evaluated(indicator("补助发放人数", "≥10人", actual_text="14人"))],
        [
            evaluated(indicator("补助发放人数", "≥10人", actual_text="13人")),
            evaluated(indicator("补助发放人数", "≥10人", actual_text="14人", deviation="政策调整")),
        ],
        [],
        [evaluated(indicator("单位成本", "<=10元", actual_text="14元")), table()],
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
    "header-missing": (
        [table(organization=None), table(fiscal_year=None)],
        [table()],
        [],
        [table(form="regional_transfer", organization=None)],
    ),
}

"""Tables of money for each check of amounts."""

from __future__ import annotations

from check_tables import Examples, budget, evaluated, indicator, row, spent, table

TOTAL = row("合计", "3", "2", "1")

EXAMPLES: dict[str, Examples] = {
    "row-total-mismatch": (
        [
            budget(row("甲", "903.78", "904.78", "0")),
            budget(row("甲", "10", "11", None)),
            budget(row("甲", "1,463.70", "1,463.00", "0.50", carry="0.1")),
            budget(row("甲", "67", "67", "—"), TOTAL, row("乙", "2", "1.98", "0")),
            table(budget=[row("年度资金总额", "10", "8", "1")], fields={"中央资金": "5", "省级资金": "3"}),
            table(budget=[row("年度资金总额", "10", "11", "0")], fields={"政府性基金": "1"}),
        ],
        [
            budget(row("甲", "10.01", "10", "0")),
            budget(row("甲", "１０", "10", None)),
            budget(row("全年预算数", "1,430.70", "1,312.95", None, carry="117.75")),
        ],
        [
            budget(row("甲", "10", None, None)),
            budget(row("甲", "10", "见附件", "1")),
            table(budget=[row("年度资金总额", "16", "11", "0")], fields={"政府性基金": "4", "银行贷款": "1"}),
            budget(row("甲", "3", "2", "1"), row("合计", "3", "2", None)),  # the total is blank in a column
        ],
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
    "amount-unit-slip": (
        [
            budget(row("甲", "30000", "3", "0")),
            budget(row("甲", "3", "30000", "0")),
            budget(row("甲", "10010", "1", "0")),  # a thousandth more
        ],
        [
            budget(row("甲", "3", "3", "0")),
            budget(row("甲", "3", "4", "0")),
            budget(row("甲", "10011", "1", "0")),
        ],
        [],
        [budget(row("甲", "30000", None, None)), table()],
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
            evaluated(execution=[spent(None, "2.00", "60.0%", initial="3.00")]),
        ],
        [
            evaluated(execution=[spent("228.50", "219.19", "95.93%")]),
            evaluated(execution=[spent("228.50", "219.19", "95.92%")]),
            evaluated(execution=[spent("228.50", "219.19", "96%")]),
            evaluated(execution=[spent("228.50", "219.19", "0.9593")]),
            evaluated(execution=[spent("0.03", "0.02", "60%")]),
            # 3 may be 2.5 to 3.5, and so the rate 57% to 80%
            evaluated(execution=[spent(None, "2.00", "60%", initial="3")]),
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
}

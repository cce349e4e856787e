"""Goal tables for the checks, each in a line: ``budget(row("甲", "10", "9", "1"))``."""

from __future__ import annotations

from typing import Any, TypeAlias

from goaltables.document import BudgetRow, ExecutionRow, GoalTable, Indicator, SelfEvaluation
from goaltables.normalizers.values.target_value import parse_value, value_fields

# Of one check: tables with a finding, that pass, that cannot be decided, that it does not apply to.
Examples: TypeAlias = tuple[list[GoalTable], list[GoalTable], list[GoalTable], list[GoalTable]]


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

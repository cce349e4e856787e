"""Arithmetic of the scores: weights (分值) add up to 100, scores (得分) to the total score (总分).

The execution rate (预算执行率) carries 10 of the 100 points at self-evaluation; goal tables that print
weights give 100, or 90 where the rate's 10 are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from goaltables.document import Finding, GoalTable, Indicator
from goaltables.normalizers.checking.check_rules import NOT_APPLICABLE, Verdict, check, judge, number
from goaltables.normalizers.findings import state_finding
from goaltables.normalizers.values.amounts import is_blank, parse_amount
from goaltables.normalizers.values.numerals import format_decimal
from goaltables.normalizers.values.target_value import TargetValue, parse_value


@check("weight-sum-mismatch")
def check_weight_sum(table: GoalTable) -> Verdict:
    weights = [parse_amount(indicator.weight) for indicator in table.indicators]
    known = [weight for weight in weights if weight is not None]
    if not known:
        return NOT_APPLICABLE
    if len(known) < len(weights):
        return Verdict("insufficient_data")
    execution = _execution_points(table, "weight")
    total = sum(known, execution or Decimal(0))
    expected = [number("weight-sum-mismatch", "whole")]
    if execution is None:
        expected.append(number("weight-sum-mismatch", "without_execution"))
    tolerance = number("weight-sum-mismatch", "tolerance")
    if any(abs(total - whole) <= tolerance for whole in expected):
        return Verdict("pass")
    values = {"sum": format_decimal(total), "expected": "/".join(map(format_decimal, expected))}
    return judge([state_finding("weight-sum-mismatch", **values)], decided=1)


@check("score-sum-mismatch")
def check_score_sum(table: GoalTable) -> Verdict:
    evaluation = table.self_evaluation
    scores = [parse_amount(indicator.score) for indicator in table.indicators]
    known = [score for score in scores if score is not None]
    if evaluation is None or not known:
        return NOT_APPLICABLE
    total = parse_amount(evaluation.total_score)
    execution = _execution_points(table, "score")
    unread = execution is None and _execution_points(table, "weight") is not None
    if total is None or len(known) < len(scores) or unread:
        return Verdict("insufficient_data")
    added = sum(known, execution or Decimal(0))
    if abs(added - total) <= number("score-sum-mismatch", "tolerance"):
        return Verdict("pass")
    values = {"total": evaluation.total_score, "sum": format_decimal(added)}
    return judge([state_finding("score-sum-mismatch", **values)], decided=1)


def _execution_points(table: GoalTable, column: str) -> Decimal | None:
    """Weight or score of the execution rate: the first that the execution block prints (the total's row)."""
    rows = table.self_evaluation.execution if table.self_evaluation is not None else []
    points = [parse_amount(getattr(row, column)) for row in rows]
    return next((point for point in points if point is not None), None)


@check("score-above-weight")
def check_score_range(table: GoalTable) -> Verdict:
    findings: list[Finding] = []
    decided = 0
    for indicator, weight, score in _scored(table.indicators):
        decided += 1
        if not 0 <= score <= weight:
            findings.append(_scored_finding("score-above-weight", indicator))
    return judge(findings, decided=decided)


@check("goal-met-score-lost")
def check_achievement(table: GoalTable) -> Verdict:
    findings: list[Finding] = []
    decided = 0
    for indicator, weight, score in _scored(table.indicators):
        met = _is_met(indicator)
        if met is None:
            continue
        decided += 1
        if met is not (score >= weight):
            values = {"goal": indicator.value_text, "actual": indicator.actual_text}
            findings.append(_scored_finding("goal-met-score-lost", indicator, **values))
    return judge(findings, decided=decided)


@check("deviation-unexplained")
def check_deviation_notes(table: GoalTable) -> Verdict:
    scored = _scored(table.indicators)
    # Where no row explains anything the form has no such column, or it was not read.
    if not any(not is_blank(indicator.deviation) for indicator in table.indicators):
        return NOT_APPLICABLE
    findings = [
        _scored_finding("deviation-unexplained", indicator)
        for indicator, weight, score in scored
        if score < weight and is_blank(indicator.deviation)
    ]
    return judge(findings, decided=len(scored))


@check("goal-overachieved")
def check_overachievement(table: GoalTable) -> Verdict:
    """The actual value is far above a ≥ goal (=, too), and no reason is given."""
    factor = number("goal-overachieved", "factor")
    findings: list[Finding] = []
    decided = 0
    for indicator in table.indicators:
        goal = parse_value(indicator.value_text or "", level2=indicator.level2)
        actual = parse_value(indicator.actual_text or "", level2=indicator.level2)
        if goal.operator not in ("=", ">=", ">") or not goal.value or actual.value is None:
            continue
        if goal.kind != "number" or actual.kind != "number" or not _same_measure(goal, actual):
            continue
        decided += 1
        if actual.value > goal.value * factor and is_blank(indicator.deviation):
            values = {"value": indicator.value_text, "actual": indicator.actual_text}
            findings.append(
                state_finding("goal-overachieved", indicator.source, name=indicator.name, **values)
            )
    return judge(findings, decided=decided)


def _scored(indicators: Sequence[Indicator]) -> list[tuple[Indicator, Decimal, Decimal]]:
    found = []
    for indicator in indicators:
        weight, score = parse_amount(indicator.weight), parse_amount(indicator.score)
        if weight is not None and score is not None:
            found.append((indicator, weight, score))
    return found


def _scored_finding(code: str, indicator: Indicator, **values: object) -> Finding:
    points = {"name": indicator.name, "score": indicator.score, "weight": indicator.weight}
    return state_finding(code, indicator.source, **points, **values)


def _is_met(indicator: Indicator) -> bool | None:
    """Whether the actual value meets the goal; None where that is no matter of arithmetic."""
    goal = parse_value(indicator.value_text or "", level2=indicator.level2)
    actual = parse_value(indicator.actual_text or "", level2=indicator.level2)
    if goal.kind != "number" or actual.kind != "number" or not _same_measure(goal, actual):
        return None
    if goal.value is None or actual.value is None or goal.operator is None:
        return None
    if goal.operator in ("<", ">") and actual.value == goal.value:
        return None  # "<34.46万元" and 34.46万元: many who write < mean ≤
    return {
        "=": actual.value == goal.value,
        ">=": actual.value >= goal.value,
        "<=": actual.value <= goal.value,
        ">": actual.value > goal.value,
        "<": actual.value < goal.value,
    }[goal.operator]


def _same_measure(goal: TargetValue, actual: TargetValue) -> bool:
    return goal.unit_id == actual.unit_id and not ({*goal.flags, *actual.flags} - {"unit_missing"})

"""Arithmetic of the money: rows, columns, totals, execution. Reported, never repaired.

A blank part of a sum counts as nothing when another part is printed: tables leave 其他资金 blank where there
is none. A cell that holds something that is no amount makes its sum undecidable.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from goaltables.document import BudgetRow, ExecutionRow, Finding, GoalTable
from goaltables.normalizers.checking.check_rules import (
    NOT_APPLICABLE,
    Verdict,
    check,
    judge,
    number,
    rule,
    words,
)
from goaltables.normalizers.findings import state_finding
from goaltables.normalizers.text import comparison_key
from goaltables.normalizers.values.amounts import is_blank, parse_amount, printed_step
from goaltables.normalizers.values.numerals import format_decimal

_PARTS = ("fiscal", "carry", "other")
_COLUMNS = ("total", *_PARTS)
# More funds beside one total are no form's: sums of all of them would be tried.
_MOST_FUNDS = 10


def is_total(row: BudgetRow) -> bool:
    """Whether a budget row is the 合计."""
    return comparison_key(row.name) in words()["total_rows"]


def printed_amount(row: BudgetRow | ExecutionRow, column: str) -> str | None:
    """What a row prints in a column of amounts."""
    text: str | None = getattr(row, column)
    return text


def _readable(texts: Sequence[str | None]) -> bool:
    return all(is_blank(text) or parse_amount(text) is not None for text in texts)


def _sum(texts: Sequence[str | None]) -> Decimal:
    return sum((parse_amount(text) or Decimal(0) for text in texts), Decimal(0))


def row_difference(row: BudgetRow) -> Decimal | None:
    """总额 minus its parts; None when that cannot be said (no total, no part, an unreadable one)."""
    total = parse_amount(row.total)
    parts = [printed_amount(row, column) for column in _PARTS]
    if total is None or all(is_blank(part) for part in parts) or not _readable(parts):
        return None
    return total - _sum(parts)


@check("row-total-mismatch")
def check_row_totals(table: GoalTable) -> Verdict:
    tolerance = number("row-total-mismatch", "tolerance")
    findings: list[Finding] = []
    decided = undecided = 0
    further = _further_funds(table)
    for row in table.budget:
        difference = None if _leaves_column_blank(row, table.budget) else row_difference(row)
        if difference is None or (difference > tolerance and _is_sum_of_some(difference, further, tolerance)):
            undecided += parse_amount(row.total) is not None
            continue
        decided += 1
        if abs(difference) > tolerance:
            parts = [printed_amount(row, column) for column in _PARTS]
            total = format_decimal(_sum(parts))
            findings.append(
                state_finding("row-total-mismatch", row.source, row=row.name, total=row.total, sum=total)
            )
    return judge(findings, decided=decided, undecided=undecided)


def _further_funds(table: GoalTable) -> list[Decimal]:
    """The amounts beside labels of money that the budget has no column for: 政府性基金, 银行贷款 …"""
    words_of_money: list[str] = rule("row-total-mismatch")["money"]
    amounts = (
        parse_amount(value)
        for label, value in table.fields.items()
        if any(word in label for word in words_of_money)
    )
    return [amount for amount in amounts if amount][:_MOST_FUNDS]


def _is_sum_of_some(difference: Decimal, amounts: Sequence[Decimal], tolerance: Decimal) -> bool:
    """Whether some of the amounts make up what is missing of a total."""
    sums = {Decimal(0)}
    for amount in amounts:
        sums |= {one + amount for one in sums}
    return any(abs(one - difference) <= tolerance for one in sums if one)


def _leaves_column_blank(row: BudgetRow, rows: Sequence[BudgetRow]) -> bool:
    """Whether a 合计 is blank where its column has money: then its own sum says nothing."""
    if not is_total(row):
        return False
    others = [other for other in rows if not is_total(other)]
    return any(
        is_blank(printed_amount(row, column)) and _sum([printed_amount(other, column) for other in others])
        for column in _PARTS
    )


@check("column-total-mismatch")
def check_column_totals(table: GoalTable) -> Verdict:
    totals = [row for row in table.budget if is_total(row)]
    rows = [row for row in table.budget if not is_total(row)]
    if len(totals) != 1 or not rows:
        return NOT_APPLICABLE
    tolerance = number("column-total-mismatch", "tolerance")
    findings: list[Finding] = []
    decided = undecided = 0
    for column in _COLUMNS:
        texts = [printed_amount(row, column) for row in rows]
        printed = parse_amount(printed_amount(totals[0], column))
        if printed is None or not _readable(texts):
            undecided += any(not is_blank(text) for text in texts)
            continue
        decided += 1
        if abs(printed - _sum(texts)) > tolerance:
            values = {"total": format_decimal(printed), "sum": format_decimal(_sum(texts))}
            name = words()["columns"][column]
            findings.append(state_finding("column-total-mismatch", totals[0].source, column=name, **values))
    return judge(findings, decided=decided, undecided=undecided)


@check("missing-total")
def check_missing_totals(table: GoalTable) -> Verdict:
    totals = [row for row in table.budget if is_total(row)]
    findings = [
        state_finding("missing-total", row.source, column=words()["columns"][column])
        for row in totals
        for column in ("total", "fiscal", "other")
        if not comparison_key(printed_amount(row, column)) and _prints_column(table, column)
    ]
    return judge(findings, decided=len(totals))


def _prints_column(table: GoalTable, column: str) -> bool:
    """Whether the form has the column at all: some print 总额 only. Without cells that cannot be told."""
    heads = rule("missing-total")["heads"].get(column, [])
    texts = [comparison_key(cell.text) for page in table.pages for cell in page.cells]
    return not texts or not heads or any(head in text for text in texts for head in heads)


@check("constant-offset")
def check_constant_offset(table: GoalTable) -> Verdict:
    differences = [
        difference
        for row in table.budget
        if not is_total(row) and (difference := row_difference(row)) is not None
    ]
    if len(differences) < rule("constant-offset")["least_rows"]:
        return NOT_APPLICABLE
    if len(set(differences)) > 1 or not differences[0]:
        return Verdict("pass")
    offset = format_decimal(differences[0])
    return judge([state_finding("constant-offset", rows=len(differences), difference=offset)], decided=1)


@check("amount-unit-slip")
def check_amount_units(table: GoalTable) -> Verdict:
    """A total ten thousand times its parts, or the other way: 元 in a table of 万元."""
    factor, tolerance = number("amount-unit-slip", "factor"), number("amount-unit-slip", "tolerance")
    findings: list[Finding] = []
    decided = 0
    for row in table.budget:
        total, parts = parse_amount(row.total), _sum([printed_amount(row, column) for column in _PARTS])
        if not total or not parts or row_difference(row) is None:
            continue
        decided += 1
        slips = (total / parts / factor, parts / total / factor)
        if any(abs(slip - 1) <= tolerance for slip in slips):
            values = {"total": row.total, "sum": format_decimal(parts)}
            findings.append(state_finding("amount-unit-slip", row.source, row=row.name, **values))
    return judge(findings, decided=decided)


@check("negative-amount")
def check_negative_amounts(table: GoalTable) -> Verdict:
    findings: list[Finding] = []
    decided = 0
    for row, column in _all_amounts(table):
        printed = printed_amount(row, column)
        amount = parse_amount(printed)
        decided += amount is not None
        if amount is not None and amount < 0:
            source = row.source if isinstance(row, BudgetRow) else ()
            values = {"row": row.name, "column": words()["columns"][column], "amount": printed}
            findings.append(state_finding("negative-amount", source, **values))
    return judge(findings, decided=decided)


def _all_amounts(table: GoalTable) -> list[tuple[BudgetRow | ExecutionRow, str]]:
    cells: list[tuple[BudgetRow | ExecutionRow, str]] = [
        (row, column) for row in table.budget for column in _COLUMNS
    ]
    # The execution block prints the same amounts as the budget rows of a self-evaluation.
    if not table.budget and table.self_evaluation is not None:
        columns = ("initial", "adjusted", "executed")
        cells += [(row, column) for row in table.self_evaluation.execution for column in columns]
    return cells


# ------------------------------------------------------------------------------------------------- execution


@check("execution-rate-mismatch")
def check_execution_rates(table: GoalTable) -> Verdict:
    findings: list[Finding] = []
    decided = undecided = 0
    for row in _execution(table):
        rate, step = parse_amount(row.rate), printed_step(row.rate)
        if rate is None or step is None:
            continue
        budget = parse_amount(row.adjusted) if not is_blank(row.adjusted) else parse_amount(row.initial)
        executed = parse_amount(row.executed)
        if not budget or executed is None:
            undecided += 1
            continue
        decided += 1
        expected = executed / budget * 100
        if not _rate_agrees(row, rate, step, expected):
            values = {"rate": row.rate, "executed": row.executed, "budget": row.adjusted or row.initial}
            shown = format_decimal(expected.quantize(Decimal("0.01"), ROUND_HALF_UP))
            findings.append(state_finding("execution-rate-mismatch", row=row.name, expected=shown, **values))
    return judge(findings, decided=decided, undecided=undecided)


def _rate_agrees(row: ExecutionRow, rate: Decimal, step: Decimal, expected: Decimal) -> bool:
    """Whether the printed rate is `expected` (percent) but for rounding or cutting off.

    The last printed digit may be cut off or rounded, so a whole step is allowed; the rounding of the two
    amounts themselves counts as far as it can move the rate. A rate without % may be a share (0.9593).
    """
    budget_step, executed_step = printed_step(row.adjusted or row.initial), printed_step(row.executed)
    budget = parse_amount(row.adjusted or row.initial) or Decimal(1)
    moved = (Decimal(50) * (executed_step or 0) + expected / 2 * (budget_step or 0)) / abs(budget)
    allowed = max(number("execution-rate-mismatch", "tolerance"), step) + moved
    if abs(rate - expected) <= allowed:
        return True
    is_share = "%" not in comparison_key(row.rate)
    return is_share and abs(rate * 100 - expected) <= max(allowed, step * 100)


@check("execution-over-budget")
def check_execution_over_budget(table: GoalTable) -> Verdict:
    tolerance = number("execution-over-budget", "tolerance")
    findings: list[Finding] = []
    decided = 0
    for row in _execution(table):
        budget, executed = parse_amount(row.adjusted), parse_amount(row.executed)
        if budget is None or executed is None:
            continue
        decided += 1
        if executed > budget + tolerance:
            values = {"executed": row.executed, "budget": row.adjusted}
            findings.append(state_finding("execution-over-budget", row=row.name, **values))
    return judge(findings, decided=decided)


def _execution(table: GoalTable) -> Sequence[ExecutionRow]:
    return table.self_evaluation.execution if table.self_evaluation is not None else ()

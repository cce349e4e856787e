"""Unit cost × quantity against the amounts: which of two columns that disagree is the doubtful one.

In one real table every 财政拨款 was its 总额 plus 1.00 while both columns added up to their own 合计, so sums
alone accuse neither. The unit costs do: 3.08万元 each time × 6 times = 18.48万元 is the 总额, in all seven
tasks, and the 财政拨款 in hardly any.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from goaltables.document import GoalTable, Indicator
from goaltables.normalizers.checking.amount_checks import is_total, printed_amount, row_difference
from goaltables.normalizers.checking.check_rules import NOT_APPLICABLE, Verdict, check, judge, rule, words
from goaltables.normalizers.findings import state_finding
from goaltables.normalizers.values.amounts import parse_amount
from goaltables.normalizers.values.target_value import parse_value

# A table of a few dozen tasks has a few thousand products; many more are no table a person filled in, and
# would fit anything.
_MOST_PRODUCTS = 100_000


@check("unit-cost-mismatch")
def check_unit_costs(table: GoalTable) -> Verdict:
    """Which amount column do the unit costs times the quantities give, where 总额 and 财政拨款 disagree?

    A product fits within one printed step of the cost for each piece (3.08万元 may be 3.084). Single fits
    happen by chance; one column must fit in several tasks, each by a cost of its own, and the other in
    hardly any.
    """
    rows = [row for row in table.budget if not is_total(row) and row_difference(row)]
    costs = _costs(table.indicators)
    quantities = _quantities(table.indicators)
    least = rule("unit-cost-mismatch")["least_tasks"]
    if len(rows) < least:
        return NOT_APPLICABLE
    if len(costs) < least or not quantities or len(rows) * len(costs) * len(quantities) > _MOST_PRODUCTS:
        return Verdict("insufficient_data")
    fits = {
        column: [row for row in rows if _fitting(printed_amount(row, column), costs, quantities)]
        for column in ("total", "fiscal")
    }
    right, wrong = sorted(fits, key=lambda column: -len(fits[column]))
    if len(fits[right]) < least or len(fits[right]) < 2 * len(fits[wrong]) + 1:
        return Verdict("insufficient_data")
    row = next(row for row in fits[right] if row not in fits[wrong])
    cost, quantity = _fitting(printed_amount(row, right), costs, quantities)[0]
    names = words()["columns"]
    finding = state_finding(
        "unit-cost-mismatch",
        row.source,
        count=len(fits[right]),
        fits=names[right],
        faulty=names[wrong],
        example=f"{cost}×{quantity}≈{printed_amount(row, right)}",
    )
    return judge([finding], decided=1)


def _costs(indicators: Sequence[Indicator]) -> list[tuple[Decimal, Decimal]]:
    """(unit cost, its printed step) of the cost indicators, in 万元."""
    found = []
    for indicator in indicators:
        value = parse_value(indicator.value_text or "")
        is_cost = "成本" in (indicator.level2 or "") or "成本" in (indicator.level1 or "")
        if is_cost and value.value and value.unit_id == "万元":
            exponent = value.value.as_tuple().exponent
            found.append((value.value, Decimal(1).scaleb(min(int(exponent), 0))))
    return found


def _quantities(indicators: Sequence[Indicator]) -> list[Decimal]:
    found = []
    for indicator in indicators:
        value = parse_value(indicator.value_text or "")
        if "数量" in (indicator.level2 or "") and value.value and value.unit_id not in (None, "%"):
            found.append(value.value)
    return found


def _fitting(
    printed: str | None, costs: Sequence[tuple[Decimal, Decimal]], quantities: Sequence[Decimal]
) -> list[tuple[Decimal, Decimal]]:
    """The costs and quantities whose product is the printed amount."""
    amount = parse_amount(printed)
    if amount is None:
        return []
    return [
        (cost, quantity)
        for cost, step in costs
        for quantity in quantities
        if abs(cost * quantity - amount) <= quantity * step
    ]

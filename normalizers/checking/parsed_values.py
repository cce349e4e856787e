"""The indicators of a table with their values, as the checks look at them."""

from __future__ import annotations

from collections.abc import Iterator

from goaltables.document import GoalTable, Indicator
from goaltables.normalizers.values.target_value import TargetValue, parse_value


def parsed_values(table: GoalTable) -> Iterator[tuple[Indicator, TargetValue]]:
    """Each indicator with its value, parsed from what is printed."""
    for indicator in table.indicators:
        text = indicator.value_text or ""
        yield indicator, parse_value(text, level2=indicator.level2, fiscal_year=table.fiscal_year)

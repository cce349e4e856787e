"""A ≥ that was read as a figure: "290%" for "≥90%". Repaired where nothing else can be meant, and recorded.

Ink and print make a 2, an 8 or a 工 of a ≥. A satisfaction of 290 % does not exist, but a growth of 290 %
does, and so does a table whose values bear no operators. So a value is repaired only when the page was read
from a picture, what the name measures is a share of at most 100 % that should be high (its head says so), and
the table's other percentages are printed with ≥. The cell keeps what was read, the record is marked
``operator-repaired`` for review, and a finding holds both readings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from goaltables.document import GoalTable, Indicator
from goaltables.normalizers.data import load_toml
from goaltables.normalizers.findings import make_finding
from goaltables.normalizers.names.vocabulary import vocabulary_entry
from goaltables.normalizers.text import comparison_key
from goaltables.normalizers.values.target_value import parse_value, value_fields

REPAIRED = "operator-repaired"
_PRINTED_OPERATOR = re.compile(r"[≥≧⩾]|>=|不低于|不少于|大于等于")
_WHOLE = Decimal(100)
_UNITS_OF_SHARES = frozenset({"%", "‰", "分", "@qual"})


@cache
def _misread() -> re.Pattern[str]:
    marks = "|".join(map(re.escape, load_toml("value_words.toml")["misread"]["at_least"]))
    return re.compile(rf"(?:{marks})(?P<number>\d{{2,3}}(?:\.\d+)?)%")


def with_repaired_operators(table: GoalTable) -> GoalTable:
    """The table with its misread ≥ put right and a finding for each."""
    operator = _usual_operator(table.indicators)
    if operator is None:
        return table
    indicators = [_repaired(indicator, operator, table.fiscal_year) for indicator in table.indicators]
    changed = [
        (before, after)
        for before, after in zip(table.indicators, indicators, strict=True)
        if before is not after
    ]
    findings = [
        make_finding(REPAIRED, f"{after.name}: {before.value_text} → {after.value_text}", after.source)
        for before, after in changed
    ]
    return table.model_copy(update={"indicators": indicators, "findings": [*table.findings, *findings]})


def _usual_operator(indicators: Sequence[Indicator]) -> str | None:
    """The ≥ of the table's percentages as it is printed there; None where they are not sure to bear one."""
    settings = load_toml("value_words.toml")["misread"]
    texts = [
        comparison_key(indicator.value_text)
        for indicator in indicators
        if indicator.unit_id == "%" and indicator.direction == "higher" and not _is_misread(indicator)
    ]
    found = Counter(match[0] for text in texts if (match := _PRINTED_OPERATOR.match(text)))
    if found.total() < settings["least_witnesses"] or found.total() < settings["least_share"] * len(texts):
        return None
    return found.most_common(1)[0][0]


def _is_misread(indicator: Indicator) -> bool:
    match = _misread().fullmatch(comparison_key(indicator.value_text))
    is_read_from_picture = indicator.confidence < 1 or "operator-suspect" in indicator.reasons
    return is_read_from_picture and match is not None and _is_high_share(Decimal(match["number"]))


def _is_high_share(number: Decimal) -> bool:
    least = Decimal(load_toml("value_words.toml")["misread"]["least_percentage"])
    return least <= number <= _WHOLE


def _measures_a_share(indicator: Indicator) -> bool:
    """Whether what the name measures is a share of a whole that should be high: its head says so."""
    unbounded = load_toml("value_words.toml")["misread"]["unbounded"]
    if indicator.head_id is None or any(word in indicator.full_name for word in unbounded):
        return False
    head = vocabulary_entry(indicator.head_id)
    return "%" in head.units and set(head.units) <= _UNITS_OF_SHARES and head.direction in ("higher", "equal")


def _repaired(indicator: Indicator, operator: str, year: int | None) -> Indicator:
    if not _is_misread(indicator) or not _measures_a_share(indicator):
        return indicator
    match = _misread().fullmatch(comparison_key(indicator.value_text))
    text = f"{operator}{match['number']}%" if match else ""
    label = indicator.level2_id or indicator.level2
    value = parse_value(text, level2=label, fiscal_year=year)
    dropped = parse_value(indicator.value_text or "", level2=label, fiscal_year=year).reasons
    return indicator.model_copy(
        update={
            **value_fields(value, text),
            "value_text": text,
            "needs_review": True,
            "reasons": [*(reason for reason in indicator.reasons if reason not in dropped), REPAIRED],
        }
    )

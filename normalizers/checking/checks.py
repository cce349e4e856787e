"""The checks of a goal table (核验): every registered rule on one published table.

Checks look at what is printed and report; nothing is changed. Each has an outcome for each table (pass,
finding, insufficient_data, not_applicable), so that "no finding" is never confused with "not looked at".
"""

from __future__ import annotations

from collections.abc import Sequence

from goaltables.document import CheckOutcome, Finding, GoalTable
from goaltables.normalizers.checking import (
    amount_checks,
    name_checks,
    score_checks,
    text_checks,
    unit_cost_check,
    value_checks,
)
from goaltables.normalizers.checking.check_rules import CHECKS

# Importing them registers their checks.
RULE_MODULES = (amount_checks, unit_cost_check, score_checks, value_checks, name_checks, text_checks)
# Found while the form is read: an empty label leaves no record that a check could look at.
_FOUND_BEFORE = "empty-indicator"


def check_table(
    table: GoalTable, found: Sequence[Finding] = ()
) -> tuple[list[Finding], dict[str, CheckOutcome]]:
    """All findings and the outcome of every check.

    Args:
        table: The table with its values and names filled in.
        found: Findings of earlier stages (empty-indicator among them); they come first in the result.

    """
    findings = [*found]
    outcomes: dict[str, CheckOutcome] = {_FOUND_BEFORE: _outcome_before(table, found)}
    for code, rule in CHECKS.items():
        verdict = rule(table)
        outcomes[code] = verdict.outcome
        findings.extend(verdict.findings)
    return findings, dict(sorted(outcomes.items()))


def checked(table: GoalTable) -> GoalTable:
    """`table` with the findings of the checks added to its own, and the outcome of each."""
    findings, outcomes = check_table(table, table.findings)
    return table.model_copy(update={"findings": findings, "checks": outcomes})


def _outcome_before(table: GoalTable, found: Sequence[Finding]) -> CheckOutcome:
    if any(finding.code == _FOUND_BEFORE for finding in found):
        return "finding"
    return "pass" if any(indicator.level2 for indicator in table.indicators) else "not_applicable"

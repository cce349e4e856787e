"""What a check is: a pure function from a goal table to a verdict, registered under its finding code.

The numbers of a rule (tolerance, thresholds) and its basis are data (`data/rules.toml`); code, severity and
message of what it finds are in the registry of findings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from goaltables.document import CheckOutcome, Finding, GoalTable
from goaltables.normalizers.data import load_toml


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check on one table, and what it found."""

    outcome: CheckOutcome
    findings: tuple[Finding, ...] = ()


Check: TypeAlias = Callable[[GoalTable], Verdict]

CHECKS: dict[str, Check] = {}
NOT_APPLICABLE = Verdict("not_applicable")


def check(code: str) -> Callable[[Check], Check]:
    """Registers a function as the check for `code`."""

    def register(function: Check) -> Check:
        CHECKS[code] = function
        return function

    return register


def rule(code: str) -> dict[str, Any]:
    """The entry of rules.toml for `code`."""
    entry: dict[str, Any] = load_toml("rules.toml")[code]
    return entry


def words() -> dict[str, Any]:
    """The words that checks look for and name things by."""
    return rule("words")


def number(code: str, name: str) -> Decimal:
    return Decimal(rule(code)[name])


def judge(findings: Sequence[Finding], *, decided: int, undecided: int = 0) -> Verdict:
    """The verdict over several places: what was found stands even where other places cannot be decided."""
    if findings:
        return Verdict("finding", tuple(findings))
    if undecided:
        return Verdict("insufficient_data")
    return Verdict("pass") if decided else NOT_APPLICABLE

"""Texts of a table that a person corrected, led through the normalizers again.

A correction changes what is printed (``≥33人`` was ``≥38人``); values, ids and whole names follow from that,
and the checks look at the table as it is now. What no correction touched stays as the machine left it: a
decision about one row changes that row and the findings, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping

from goaltables.document import Finding, GoalTable, Indicator
from goaltables.normalizers.checking.check_rules import CHECKS
from goaltables.normalizers.checking.checks import checked
from goaltables.normalizers.misread_operators import REPAIRED
from goaltables.normalizers.names.indicator_name import complete_name
from goaltables.normalizers.names.vocabulary import direction_of, find_head, find_vocabulary_id
from goaltables.normalizers.normalise import name_alternatives, place_of
from goaltables.normalizers.text import split_goal_items
from goaltables.normalizers.understanding.labels import level1_id, level2_id
from goaltables.normalizers.values.target_value import parse_value, value_fields

_NAME_REASONS = frozenset({"name-doubtful", "name-missing"})


def renormalised(machine: GoalTable, corrected: GoalTable) -> GoalTable:
    """`corrected` (the texts of `machine`, some put right) with everything that follows from its texts."""
    if corrected == machine:
        return machine
    indicators = [
        _indicator(before, after, corrected)
        for before, after in zip(machine.indicators, corrected.indicators, strict=True)
    ]
    update: dict[str, object] = {"indicators": indicators}
    if corrected.annual_goal != machine.annual_goal:
        update["goal_items"] = list(split_goal_items(corrected.annual_goal or "").items)
    if corrected.organization != machine.organization:
        update |= {"county": None, "division_code": None, **place_of(corrected)}
    update["findings"] = _without_repairs(machine, corrected)
    return rechecked(corrected.model_copy(update=update))


def _without_repairs(machine: GoalTable, corrected: GoalTable) -> list[Finding]:
    """The findings without those that say how a value was repaired that a person has now corrected."""
    pairs = zip(machine.indicators, corrected.indicators, strict=True)
    changed = [after.source for before, after in pairs if before.value_text != after.value_text]
    return [f for f in corrected.findings if f.code != REPAIRED or f.source not in changed]


def rechecked(table: GoalTable) -> GoalTable:
    """The table with the findings of the checks made anew; those of earlier stages stay."""
    kept = [finding for finding in table.findings if finding.code not in CHECKS]
    return checked(table.model_copy(update={"findings": kept}))


def with_whole_names(table: GoalTable, names: Mapping[int, str]) -> GoalTable:
    """The table with the whole names that a person decided on, by the number of the indicator."""
    indicators = list(table.indicators)
    for index, full_name in names.items():
        indicator = indicators[index]
        status = "printed" if full_name == indicator.name else "completed"
        indicators[index] = _named(indicator, full_name, status)
    return table.model_copy(update={"indicators": indicators})


def _indicator(before: Indicator, after: Indicator, table: GoalTable) -> Indicator:
    if after == before:
        return after
    if (after.level1, after.level2) != (before.level1, before.level2):
        ids = {
            "level1_id": level1_id(after.level1) if after.level1 else None,
            "level2_id": level2_id(after.level2) if after.level2 else None,
        }
        after = after.model_copy(update=ids)
    if after.value_text != before.value_text:
        after = _revalued(before, after, table.fiscal_year)
    if after.name != before.name:
        after = _renamed(before, after, table)
    return after


def _revalued(before: Indicator, after: Indicator, fiscal_year: int | None) -> Indicator:
    """The value parsed again; the reasons that the old text gave go with it."""
    level2 = after.level2_id or after.level2
    old = parse_value(before.value_text or "", level2=level2, fiscal_year=fiscal_year)
    printed = after.value_text or ""
    new = parse_value(printed, level2=level2, fiscal_year=fiscal_year)
    gone = {*old.reasons, "operator-suspect", REPAIRED}
    kept = [reason for reason in after.reasons if reason not in gone]
    reasons = list(dict.fromkeys([*kept, *new.reasons]))
    return after.model_copy(update={**value_fields(new, printed), "reasons": reasons})


def _renamed(before: Indicator, after: Indicator, table: GoalTable) -> Indicator:
    """The whole name of a corrected one: completed anew when it was printed cut, else what is printed."""
    if before.name_status == "printed" or not after.name:
        return _named(after, after.name, "printed")
    siblings = [indicator.name for indicator in table.indicators if indicator.name != after.name]
    unit = after.unit if not after.qualitative else None
    completion = complete_name(after.name, level2=after.level2, unit=unit, siblings=siblings)
    named = _named(after, completion.full_name, completion.status)
    return named.model_copy(update={"name_alternatives": name_alternatives(completion)})


def _named(indicator: Indicator, full_name: str, status: str) -> Indicator:
    doubtful = ["name-doubtful"] if status == "doubtful" else []
    return indicator.model_copy(
        update={
            "full_name": full_name,
            "name_status": status,
            "head_id": find_head(full_name, indicator.level2_id),
            "vocabulary_id": find_vocabulary_id(full_name),
            "direction": direction_of(full_name, indicator.level2_id),
            "reasons": [*(r for r in indicator.reasons if r not in _NAME_REASONS), *doubtful],
        }
    )

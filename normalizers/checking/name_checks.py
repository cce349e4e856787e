"""Checks of names against their values, labels and the other texts of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from goaltables.document import Finding, GoalTable, Indicator
from goaltables.normalizers.checking.check_rules import NOT_APPLICABLE, Verdict, check, judge, number, rule
from goaltables.normalizers.checking.parsed_values import parsed_values
from goaltables.normalizers.findings import state_finding
from goaltables.normalizers.names.vocabulary import vocabulary_entry
from goaltables.normalizers.text import comparison_key
from goaltables.normalizers.understanding.labels import fits_under, level2_id, level_name
from goaltables.normalizers.values.units import kind_of_unit

_SATISFACTION = "满意度"
# 满意度95%以上, 村组干部230人: a number with its unit at the end; a year (2022年) is no value.
_ENDS_WITH_VALUE = re.compile(
    r"\d+(?:\.\d+)?(?:%|‰|人次|人|户|个|次|台|套|元|万元|亩|公里|名)(?:以上|以下|以内|左右)?$"
)


def _finding(code: str, indicator: Indicator, **more: object) -> Finding:
    shown = {"name": indicator.full_name, "value": indicator.value_text or ""}
    return state_finding(code, indicator.source, **{**shown, **more})


@check("unit-head-mismatch")
def check_unit_of_head(table: GoalTable) -> Verdict:
    findings: list[Finding] = []
    decided = 0
    for indicator, value in parsed_values(table):
        kinds = _kinds_of_head(indicator)
        if not kinds or value.kind != "number" or value.unit_id is None:
            continue
        decided += 1
        if _measure(_without_time(value.unit_id)) not in kinds and _measure(value.unit_id) not in kinds:
            findings.append(_finding("unit-head-mismatch", indicator, unit=value.unit))
    return judge(findings, decided=decided)


def _kinds_of_head(indicator: Indicator) -> frozenset[str]:
    """The kinds of units that what is measured can have; empty where any may be (数量), or none is known."""
    if indicator.head_id is None or indicator.name_status == "doubtful":
        return frozenset()
    head = vocabulary_entry(indicator.head_id)
    if head.name in rule("unit-head-mismatch")["of_anything"]:
        return frozenset()
    return frozenset(_measure(unit) for unit in head.units if not unit.startswith("@"))


def _without_time(unit: str) -> str:
    """A unit without the time it is counted for: 吨 of 吨/年."""
    measured, _, per = unit.partition("/")
    return measured if per and all(kind_of_unit(part) == "time" for part in per.split("/")) else unit


def _measure(unit: str) -> str:
    """The kind of a unit; what is counted in turns or in time goes together."""
    kind = kind_of_unit(unit)
    alike: dict[str, str] = rule("unit-head-mismatch")["alike"]
    return alike.get(kind, kind)


@check("satisfaction-goal")
def check_satisfaction_goals(table: GoalTable) -> Verdict:
    low, high = number("satisfaction-goal", "least"), number("satisfaction-goal", "most")
    found = [
        (indicator, value.value)
        for indicator, value in parsed_values(table)
        if value.kind == "number" and value.value is not None and value.unit_id == "%"
        if comparison_key(indicator.full_name).endswith(_SATISFACTION)
    ]
    findings = [_finding("satisfaction-goal", i) for i, value in found if not low <= value < high]
    return judge(findings, decided=len(found))


@check("zero-goal")
def check_zero_goals(table: GoalTable) -> Verdict:
    found = [
        (indicator, value.value)
        for indicator, value in parsed_values(table)
        if value.kind == "number" and value.value is not None and indicator.direction == "higher"
        if not any(word in indicator.full_name for word in rule("operator-direction")["turned_by"])
    ]
    findings = [_finding("zero-goal", indicator) for indicator, value in found if value <= 0]
    return judge(findings, decided=len(found))


@check("phrase-for-quantity")
def check_quantities(table: GoalTable) -> Verdict:
    counted = [(i, value) for i, value in parsed_values(table) if i.level2_id == "quantity"]
    found = [(i, value) for i, value in counted if value.kind != "empty"]
    findings = [_finding("phrase-for-quantity", i) for i, value in found if value.kind == "qualitative"]
    return judge(findings, decided=len(found))


@check("value-in-name")
def check_values_in_names(table: GoalTable) -> Verdict:
    findings = [
        _finding("value-in-name", indicator)
        for indicator in table.indicators
        if _ENDS_WITH_VALUE.search(comparison_key(indicator.name))
    ]
    return judge(findings, decided=len(table.indicators))


@check("name-is-label")
def check_names_that_are_labels(table: GoalTable) -> Verdict:
    findings = [
        _finding("name-is-label", indicator)
        for indicator in table.indicators
        # A form without a third level prints labels as names, and says so.
        if "name-is-label" not in indicator.reasons and _is_label(comparison_key(indicator.full_name))
    ]
    return judge(findings, decided=len(table.indicators))


def _is_label(name: str) -> bool:
    return name == _SATISFACTION or (name.endswith("指标") and level2_id(name) is not None)


@check("level-mismatch")
def check_levels(table: GoalTable) -> Verdict:
    labelled = [i for i in table.indicators if i.level1_id and i.level2_id]
    findings = [
        _finding("level-mismatch", i, label=i.level2, above=i.level1 or level_name(1, i.level1_id or ""))
        for i in labelled
        if i.level1_id and i.level2_id and not fits_under(i.level2_id, i.level1_id)
    ]
    return judge(findings, decided=len(labelled))


@check("template-residue")
def check_satisfaction_objects(table: GoalTable) -> Verdict:
    """游客满意度 in the table of a township that nowhere speaks of 游客: left over from a template."""
    objects: list[str] = rule("template-residue")["objects"]
    found = [
        (indicator, word)
        for indicator in table.indicators
        if comparison_key(indicator.full_name).endswith(_SATISFACTION)
        for word in objects
        if word in indicator.full_name
    ]
    if not table.annual_goal and not table.budget:
        return Verdict("insufficient_data") if found else NOT_APPLICABLE
    findings = [
        _finding("template-residue", indicator, word=word)
        for indicator, word in found
        if not any(word in text for text in _other_texts(table, indicator))
    ]
    return judge(findings, decided=len(found))


def _other_texts(table: GoalTable, indicator: Indicator) -> Iterator[str]:
    yield from (text for text in (table.title, table.organization, table.project) if text)
    yield from (text for text in (table.annual_goal, table.midterm_goal, *table.fields.values()) if text)
    yield from (text for row in table.budget for text in (row.name, row.content) if text)
    yield from (other.full_name for other in table.indicators if other.full_name != indicator.full_name)


@check("pay-frequency")
def check_pay_frequency(table: GoalTable) -> Verdict:
    """The goal says that a sum is paid by the month (按月), the indicator counts other than 12 payments."""
    settings = rule("pay-frequency")
    monthly = [item for item in table.goal_items if settings["monthly"] in item]
    findings: list[Finding] = []
    decided = 0
    for indicator, value in parsed_values(table):
        if value.kind != "number" or value.unit_id != "次" or indicator.horizon != "annual":
            continue
        subject = re.split("|".join(settings["payments"]), comparison_key(indicator.full_name))[0]
        stems = {subject[at : at + settings["stem"]] for at in range(len(subject) - settings["stem"] + 1)}
        said = [item for item in monthly if any(stem in item for stem in stems)]
        if subject == comparison_key(indicator.full_name) or not said:
            continue
        decided += 1
        if value.value != Decimal(settings["months"]):
            findings.append(_finding("pay-frequency", indicator))
    return judge(findings, decided=decided)

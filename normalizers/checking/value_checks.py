"""Checks of indicators and their values, one table at a time: what one indicator alone cannot show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from goaltables.document import Finding, GoalTable, Indicator
from goaltables.normalizers.checking.check_rules import NOT_APPLICABLE, Verdict, check, judge, number, rule
from goaltables.normalizers.checking.parsed_values import parsed_values
from goaltables.normalizers.findings import state_finding
from goaltables.normalizers.text import comparison_key
from goaltables.normalizers.values.target_value import TargetValue

_SIGNS = {"≥": "≥/≤", "≤": "≥/≤", "≧": "≥/≤", "≦": "≥/≤"}
_WRITTEN = {">=": ">=/<=", "<=": ">=/<=", "=>": ">=/<=", "=<": ">=/<="}


def _value_finding(code: str, indicator: Indicator, **more: object) -> Finding:
    shown = {"name": indicator.name, "value": indicator.value_text or ""}
    return state_finding(code, indicator.source, **shown, **more)


def _each(table: GoalTable, code: str, is_doubtful: Callable[[Indicator, TargetValue], bool]) -> Verdict:
    findings = [
        _value_finding(code, indicator)
        for indicator, value in parsed_values(table)
        if is_doubtful(indicator, value)
    ]
    return judge(findings, decided=len(table.indicators))


@check("mixed-operators")
def check_operator_style(table: GoalTable) -> Verdict:
    styles: dict[str, Indicator] = {}
    for indicator in table.indicators:
        text = comparison_key(indicator.value_text)
        style = _SIGNS.get(text[:1]) or _WRITTEN.get(text[:2])
        if style is not None:
            styles.setdefault(style, indicator)
    if len(styles) < 2:
        return judge([], decided=len(styles))
    first, second = styles
    source = [place for indicator in styles.values() for place in indicator.source]
    return judge([state_finding("mixed-operators", source, first=first, second=second)], decided=1)


@check("duplicate-indicator")
def check_duplicate_indicators(table: GoalTable) -> Verdict:
    def key(indicator: Indicator) -> tuple[str, ...]:
        labels = (indicator.horizon, comparison_key(indicator.level1), comparison_key(indicator.level2))
        return (*labels, comparison_key(indicator.full_name))

    groups: defaultdict[tuple[str, ...], list[Indicator]] = defaultdict(list)
    for indicator in table.indicators:
        if indicator.name:
            groups[key(indicator)].append(indicator)
    findings: list[Finding] = []
    for twins in groups.values():
        if len(twins) > 1:
            source = [place for twin in twins for place in twin.source]
            label = twins[0].level2 or ""
            findings.append(
                state_finding(
                    "duplicate-indicator", source, label=label, name=twins[0].name, times=len(twins)
                )
            )
    return judge(findings, decided=len(groups))


@check("rate-above-100")
def check_rates(table: GoalTable) -> Verdict:
    return _each(table, "rate-above-100", lambda _, value: "rate_gt_100" in value.flags)


@check("value-placeholder")
def check_placeholders(table: GoalTable) -> Verdict:
    def is_left(indicator: Indicator, value: TargetValue) -> bool:
        return value.kind == "placeholder" or "**" in comparison_key(indicator.name)

    return _each(table, "value-placeholder", is_left)


@check("value-is-scale")
def check_scales(table: GoalTable) -> Verdict:
    return _each(table, "value-is-scale", lambda _, value: "scale_not_value" in value.flags)


@check("value-unparsed")
def check_unparsed(table: GoalTable) -> Verdict:
    return _each(table, "value-unparsed", lambda _, value: value.kind == "unparsed")


@check("unit-missing")
def check_units(table: GoalTable) -> Verdict:
    # 0 needs no unit: "≤0" accidents, complaints.
    return _each(table, "unit-missing", lambda _, value: "unit_missing" in value.flags and bool(value.value))


@check("satisfaction-unit")
def check_satisfaction_units(table: GoalTable) -> Verdict:
    units = rule("satisfaction-unit")["units"]
    found = [
        (indicator, value)
        for indicator, value in parsed_values(table)
        if value.kind == "number"
        and value.unit_id is not None
        and comparison_key(indicator.full_name).endswith("满意度")
    ]
    findings = [_value_finding("satisfaction-unit", i) for i, value in found if value.unit_id not in units]
    return judge(findings, decided=len(found))


@check("operator-direction")
def check_directions(table: GoalTable) -> Verdict:
    against = {"higher": ("<=", "<"), "lower": (">=", ">")}
    turned = rule("operator-direction")["turned_by"]
    directed = [
        (indicator, against[indicator.direction])
        for indicator in table.indicators
        if indicator.direction in against
        and indicator.operator is not None
        and indicator.value is not None
        and indicator.name_status != "doubtful"
        and not any(word in indicator.full_name for word in turned)
    ]
    findings = [_value_finding("operator-direction", i) for i, wrong in directed if i.operator in wrong]
    return judge(findings, decided=len(directed))


@check("year-mismatch")
def check_years(table: GoalTable) -> Verdict:
    if table.fiscal_year is None:
        dated = any(value.kind in ("date", "period") for _, value in parsed_values(table))
        return judge([], decided=0, undecided=dated)
    findings: list[Finding] = []
    decided = 0
    for indicator, value in parsed_values(table):
        years = [
            int(day[:4]) for day in (value.period_start, value.period_end) if day and day[:4].isdecimal()
        ]
        if indicator.horizon != "annual" or not years:
            continue
        decided += 1
        if not min(years) <= table.fiscal_year <= max(years):
            findings.append(_value_finding("year-mismatch", indicator, year=table.fiscal_year))
    return judge(findings, decided=decided)


@check("few-quantified")
def check_quantified(table: GoalTable) -> Verdict:
    kinds = [value.kind for _, value in parsed_values(table)]
    if not kinds:
        return NOT_APPLICABLE
    quantified = sum(kind in ("number", "range", "ratio") for kind in kinds)
    if Decimal(quantified) / len(kinds) >= number("few-quantified", "least_share"):
        return Verdict("pass")
    return judge([state_finding("few-quantified", count=len(kinds), quantified=quantified)], decided=1)


@check("level1-missing")
def check_level1(table: GoalTable) -> Verdict:
    if not table.indicators:
        return NOT_APPLICABLE
    present = {indicator.level1_id for indicator in table.indicators}
    # A form without level columns, or labels that were not understood, prove nothing.
    if None in present:
        return Verdict("insufficient_data")
    needed: dict[str, str] = rule("level1-missing")["needed"]
    if not present & needed.keys():
        return NOT_APPLICABLE
    missing = [label for level, label in needed.items() if level not in present]
    return judge([state_finding("level1-missing", label=label) for label in missing], decided=1)


@check("satisfaction-missing")
def check_satisfaction(table: GoalTable) -> Verdict:
    if not table.indicators:
        return NOT_APPLICABLE
    present = any(
        indicator.level1_id == "satisfaction" or "满意" in indicator.full_name
        for indicator in table.indicators
    )
    return judge([] if present else [state_finding("satisfaction-missing")], decided=1)

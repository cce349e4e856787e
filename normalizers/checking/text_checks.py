"""Checks of the texts of a goal table: markup, numbering, repeated goals, the header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from goaltables.document import Finding, GoalTable
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
from goaltables.normalizers.text import comparison_key, has_markup, split_goal_items

# Goals have a dozen items; comparing each with each must stay cheap whatever was read.
_MOST_ITEMS = 100


def _goals(table: GoalTable) -> Iterator[tuple[str, str]]:
    for name, text in (("annual_goal", table.annual_goal), ("midterm_goal", table.midterm_goal)):
        if text:
            yield words()["places"][name], text


def _texts(table: GoalTable) -> Iterator[tuple[str, str]]:
    """Every text of the record with the name of its place."""
    yield from _goals(table)
    yield from table.fields.items()
    for row in table.budget:
        yield row.name, row.content or ""
    for indicator in table.indicators:
        yield indicator.name, indicator.name
        yield indicator.name, indicator.value_text or ""
        yield indicator.name, indicator.actual_text or ""
        yield indicator.name, indicator.deviation or ""
    if table.self_evaluation is not None:
        yield words()["places"]["completion"], table.self_evaluation.completion or ""


@check("html-residue")
def check_markup(table: GoalTable) -> Verdict:
    findings = [
        state_finding("html-residue", where=where, sample=text)
        for where, text in _texts(table)
        if has_markup(text)
    ]
    return judge(findings, decided=1)


@check("duplicate-numbering")
def check_numbering(table: GoalTable) -> Verdict:
    goals = list(_goals(table))
    findings = [
        state_finding("duplicate-numbering", where=where, numbers="、".join(duplicates))
        for where, text in goals
        if (duplicates := split_goal_items(text).duplicates)
    ]
    return judge(findings, decided=len(goals))


@check("duplicate-goal-item")
def check_repeated_goals(table: GoalTable) -> Verdict:
    findings: list[Finding] = []
    goals = list(_goals(table))
    for where, text in goals:
        items = [comparison_key(item) for item in split_goal_items(text).items]
        for first, second in _alike(items):
            findings.append(state_finding("duplicate-goal-item", where=where, first=first, second=second))
    return judge(findings, decided=len(goals))


def _alike(items: list[str]) -> Iterator[tuple[int, int]]:
    """Numbers (from 1) of items that share nearly all pairs of neighbouring characters."""
    least, likeness = rule("duplicate-goal-item")["least_length"], number("duplicate-goal-item", "likeness")
    pairs = [Counter(pairwise(item)) for item in items]
    for second, item in enumerate(items[:_MOST_ITEMS]):
        for first in range(second):
            if min(len(item), len(items[first])) < least:
                continue
            shared = 2 * (pairs[first] & pairs[second]).total()
            if shared >= likeness * (pairs[first].total() + pairs[second].total()):
                yield first + 1, second + 1


@check("header-missing")
def check_header(table: GoalTable) -> Verdict:
    if table.form == "regional_transfer":
        return NOT_APPLICABLE
    findings = []
    if not table.organization:
        findings.append(state_finding("header-missing", what="单位名称"))
    if table.fiscal_year is None:
        findings.append(state_finding("header-missing", what="年度"))
    return judge(findings, decided=1)


@check("text-cut")
def check_cut_texts(table: GoalTable) -> Verdict:
    """Several 主要内容 end at the same character, in the middle of a sentence, and none is longer."""
    texts = {row.name: comparison_key(row.content) for row in table.budget if row.content}
    if len(texts) < 2:
        return NOT_APPLICABLE
    settings = rule("text-cut")
    width = max(map(len, texts.values()))
    rows = [
        row
        for row in table.budget
        if len(texts.get(row.name, "")) == width and not texts[row.name].endswith(tuple("。；;.!！）)"))
    ]
    if width < settings["least_length"] or len(rows) < settings["least_rows"]:
        return Verdict("pass")
    findings = [state_finding("text-cut", r.source, row=r.name, rows=len(rows), width=width) for r in rows]
    return judge(findings, decided=1)

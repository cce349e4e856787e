"""The counts of one document: everything that is right, wrong, missing or too much in its record."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import Final

from rapidfuzz.distance import Levenshtein

from goaltables.pipeline.score.cell_grid import adjacency, grits
from goaltables.pipeline.score.comparable import is_same_amount
from goaltables.pipeline.score.pairing import (
    AMOUNTS,
    full_name,
    pair_budget_rows,
    pair_indicators,
    pair_tables,
)
from goaltables.pipeline.score.tables import HEADER, NO_TABLE, Row, ScoredTable
from goaltables.pipeline.score.tally import Count, Tallies, Tally, added

# What an indicator must have right, each strictness on top of the one before.
STRICTNESS: Final = {
    "strict1": ("name", "value_text"),
    "strict2": ("name", "value_text", "level1", "level2"),
    "strict3": ("name", "value_text", "level1", "level2", "operator", "value", "unit", "qualitative"),
}
ALIGNED_KEYS: Final = STRICTNESS["strict3"]
# Judged only where the truth gives them: forms without these columns have none.
FORM_KEYS: Final = ("horizon", "actual_text", "weight", "score", "deviation")
CHARACTER_KEYS: Final = ("name", "value_text")

# The codes whose meaning the contract fixes; others are this program's own and no truth can list them.
CODES: Final = (
    "row-total-mismatch",
    "column-total-mismatch",
    "missing-total",
    "negative-amount",
    "html-residue",
    "duplicate-numbering",
    "empty-indicator",
    "mixed-operators",
    "duplicate-indicator",
    "execution-rate-mismatch",
    "score-sum-mismatch",
    "weight-sum-mismatch",
)
# How many characters of a cut name's stem may be misread in a completion whose tail counts as right.
STEM_SLACK: Final = 3


def document_tallies(truth: Sequence[ScoredTable], predicted: Sequence[ScoredTable]) -> Tallies:
    """The tallies of one document, by the name of the measure."""
    return added(_document_counts(truth, predicted, dict(pair_tables(truth, predicted))))


def _document_counts(
    truth: Sequence[ScoredTable], predicted: Sequence[ScoredTable], pairs: dict[int, int]
) -> Iterator[Count]:
    yield "detection", Tally(len(pairs), len(truth), len(predicted))
    for number, table in enumerate(truth):
        yield from _table_counts(table, predicted[pairs[number]] if number in pairs else None)
    for number in set(range(len(predicted))) - set(pairs.values()):
        surplus = predicted[number]
        for strictness in STRICTNESS:
            yield f"indicators.{strictness}", Tally(predicted=len(surplus.indicators))
        yield "findings", Tally(predicted=len(surplus.codes & set(CODES)))


def _table_counts(table: ScoredTable, found: ScoredTable | None) -> Iterator[Count]:
    """A table that was not found has everything wrong, also what would be right when left empty."""
    for key in HEADER:
        right = found is not None and table.header[key] == found.header[key]
        yield f"metadata.{key}", Tally(right, 1)
    for label, value in table.fields.items():
        yield "fields", Tally(found is not None and found.fields.get(label, "") == value, 1)
    other = found or NO_TABLE
    yield "cer.annual_goal", _characters(table.annual_goal, other.annual_goal)
    if table.midterm_goal:
        yield "cer.midterm_goal", _characters(table.midterm_goal, other.midterm_goal)
    yield from _budget_counts(table.budget, other.budget)
    yield from _indicator_counts(table.indicators, other.indicators)
    yield from _finding_counts(table, other)
    yield from _cell_counts(table, other)


def _characters(text: str, other: str) -> Tally:
    """Wrong characters (edit distance) of those that are printed."""
    return Tally(Levenshtein.distance(text, other), len(text))


def _budget_counts(truth: Sequence[Row], predicted: Sequence[Row]) -> Iterator[Count]:
    """Amounts of a row too many are wrong like those of a row that is missing."""
    pairs = pair_budget_rows(truth, predicted)
    found = [(truth[i], predicted[j]) for i, j in pairs]
    for key in ("name", "content"):
        yield f"budget.{key}", Tally(sum(_is_same(row, other, key) for row, other in found), len(truth))
    surplus = len(predicted) - len(pairs)
    amounts = [(row.get(key, ""), other.get(key, "")) for row, other in found for key in AMOUNTS]
    for measure, judge in (("exact", operator.eq), ("value", is_same_amount)):
        right = sum(judge(amount, other) for amount, other in amounts)
        yield f"budget.{measure}", Tally(right, len(AMOUNTS) * (len(truth) + surplus))


def _indicator_counts(truth: Sequence[Row], predicted: Sequence[Row]) -> Iterator[Count]:
    pairs = pair_indicators(truth, predicted)
    aligned = [(truth[i], predicted[j]) for i, j in pairs]
    yield "indicators.aligned", Tally(len(pairs), len(truth))
    for strictness, keys in STRICTNESS.items():
        right = sum(all(_is_same(row, found, key) for key in keys) for row, found in aligned)
        yield f"indicators.{strictness}", Tally(right, len(truth), len(predicted))
    for row, found in aligned:
        yield from _aligned_counts(row, found)
    # Cut names whose row was not even found are not completed either.
    lost = sum(_is_cut(row) for row in truth) - sum(_is_cut(row) for row, _ in aligned)
    for measure in ("full_exact", "tail_right"):
        yield f"completion.{measure}", Tally(0, lost)


def _aligned_counts(row: Row, found: Row) -> Iterator[Count]:
    keys = (*ALIGNED_KEYS, *(key for key in FORM_KEYS if key in row))
    for key in keys:
        yield f"aligned.{key}", Tally(_is_same(row, found, key), 1)
    for key in CHARACTER_KEYS:
        yield f"cer.{key}", _characters(row.get(key, ""), found.get(key, ""))
    is_wrong = not all(_is_same(row, found, key) for key in ALIGNED_KEYS)
    is_flagged = found.get("needs_review") == str(True)
    yield "review.asked", Tally(is_flagged, 1)
    if is_wrong:
        yield "review.wrong_asked", Tally(is_flagged, 1)
    yield from _completion_counts(row, found)


def _completion_counts(row: Row, found: Row) -> Iterator[Count]:
    name, whole, completed = row.get("name", ""), full_name(row), full_name(found)
    if _is_cut(row):
        tail = whole[len(name) :]
        is_long_enough = len(completed) >= len(whole) - STEM_SLACK
        yield "completion.full_exact", Tally(completed == whole, 1)
        yield "completion.tail_right", Tally(completed.endswith(tail) and is_long_enough, 1)
    elif _is_same(row, found, "name"):
        yield "completion.false_completion", Tally(completed != whole, 1)


def _finding_counts(table: ScoredTable, found: ScoredTable) -> Iterator[Count]:
    expected, given = table.codes & set(CODES), found.codes & set(CODES)
    yield "findings", Tally(len(expected & given), len(expected), len(given))
    for code in expected | given:
        yield f"findings.{code}", Tally(code in expected & given, code in expected, code in given)


def _cell_counts(table: ScoredTable, found: ScoredTable) -> Iterator[Count]:
    for page, cells in table.pages.items():
        others = found.pages.get(page, ())
        content, topology = grits(cells, others)
        yield "cells.pages", Tally(bool(others), 1)
        yield "cells.adjacency", adjacency(cells, others)
        yield "cells.grits_con", content
        yield "cells.grits_top", topology


def _is_cut(row: Row) -> bool:
    return full_name(row) != row.get("name", "")


def _is_same(row: Row, found: Row, key: str) -> bool:
    return row.get(key, "") == found.get(key, "")

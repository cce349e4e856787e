"""What is compared with what: the assignment that makes the pairs most alike altogether.

One table or row that is missing then costs itself, and does not shift all that follow it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.process import cdist
from scipy.optimize import linear_sum_assignment

from goaltables.pipeline.score.comparable import similarity
from goaltables.pipeline.score.tables import Row, ScoredTable

# Likeness below which two things are not the same thing, badly read, but two things.
TABLE_LEAST: Final = 0.25
INDICATOR_LEAST: Final = 0.5  # of the names alone
BUDGET_LEAST: Final = 0.4

# A table is told by what is printed in it, more than by its header.
HEADER_WEIGHTS: Final = {"organization": 0.1, "project": 0.2, "title": 0.1}
FORM_WEIGHT: Final = 0.1
CONTENT_WEIGHT: Final = 0.5
CONTENT_LEAST: Final = 0.05
STRANGE_CONTENT: Final = 0.3  # what likeness is left when headers agree and the contents do not

NAME_WEIGHT, VALUE_WEIGHT, HINT_WEIGHT = 0.8, 0.16, 0.02
FULL_NAME_WEIGHT: Final = 0.999  # a printed name that agrees goes before a completed one
ORDER_WEIGHT: Final = 1e-6  # between equals, the order of reading decides
BUDGET_NAME_WEIGHT, BUDGET_AMOUNT_WEIGHT = 0.7, 0.1

AMOUNTS: Final = ("total", "fiscal", "other")

Pairs: TypeAlias = list[tuple[int, int]]  # (place in the truth, place in the record)
Likeness: TypeAlias = npt.NDArray[np.float64]


def pair_tables(truth: Sequence[ScoredTable], predicted: Sequence[ScoredTable]) -> Pairs:
    """The tables of a document, each with the record that is most like it."""
    likeness = np.zeros((len(truth), len(predicted)))
    contents = [[_bigrams(table) for table in tables] for tables in (truth, predicted)]
    for i, table in enumerate(truth):
        for j, other in enumerate(predicted):
            likeness[i, j] = _table_likeness(table, other, contents[0][i], contents[1][j])
    return _assigned(likeness, TABLE_LEAST)


def _table_likeness(
    table: ScoredTable, other: ScoredTable, content: Counter[str], other_content: Counter[str]
) -> float:
    overlap = _overlap(content, other_content)
    likeness = CONTENT_WEIGHT * overlap + FORM_WEIGHT * (table.header["form"] == other.header["form"])
    for key, weight in HEADER_WEIGHTS.items():
        likeness += weight * similarity(table.header[key], other.header[key])
    return likeness * STRANGE_CONTENT if content and overlap < CONTENT_LEAST else likeness


def _bigrams(table: ScoredTable) -> Counter[str]:
    text = "".join(line.get("name", "") for line in table.indicators) + table.annual_goal
    return Counter(text[k : k + 2] for k in range(len(text) - 1))


def _overlap(content: Counter[str], other: Counter[str]) -> float:
    total = content.total() + other.total()
    return 2 * (content & other).total() / total if total else 0.0


def pair_indicators(truth: Sequence[Row], predicted: Sequence[Row]) -> Pairs:
    """The indicators of a table, paired by their names, values and, between equals, labels and order."""
    if not truth or not predicted:
        return []
    names = np.maximum(
        _ratios(truth, predicted, "name"), FULL_NAME_WEIGHT * _ratios(truth, predicted, "full_name")
    )
    likeness = NAME_WEIGHT * names + VALUE_WEIGHT * _ratios(truth, predicted, "value_text")
    for key in ("level2", "horizon"):
        likeness = likeness + HINT_WEIGHT * np.array([[_agree(t, p, key) for p in predicted] for t in truth])
    likeness = likeness - ORDER_WEIGHT * _distance_in_order(len(truth), len(predicted))
    return [(i, j) for i, j in _assigned(likeness, 0) if names[i, j] >= INDICATOR_LEAST]


def pair_budget_rows(truth: Sequence[Row], predicted: Sequence[Row]) -> Pairs:
    """The money rows of a table, paired by name; equal amounts help rows whose name is misread."""
    likeness = np.zeros((len(truth), len(predicted)))
    for i, row in enumerate(truth):
        for j, other in enumerate(predicted):
            equal = sum(_agree(row, other, key) for key in AMOUNTS)
            likeness[i, j] = (
                BUDGET_NAME_WEIGHT * similarity(row.get("name", ""), other.get("name", ""))
                + BUDGET_AMOUNT_WEIGHT * equal
                - ORDER_WEIGHT * abs(i - j)
            )
    return _assigned(likeness, BUDGET_LEAST)


def full_name(row: Row) -> str:
    """The completed name of an indicator; the printed one where nothing was cut."""
    return row.get("full_name") or row.get("name", "")


def _ratios(truth: Sequence[Row], predicted: Sequence[Row], key: str) -> Likeness:
    """Likeness in [0, 1] of one text of every truth row (rows) with that of every record (columns)."""
    texts = [
        [full_name(row) if key == "full_name" else row.get(key, "") for row in rows]
        for rows in (truth, predicted)
    ]
    return np.asarray(cdist(texts[0], texts[1], scorer=fuzz.ratio, dtype=np.float64) / 100)


def _agree(row: Row, other: Row, key: str) -> bool:
    return row.get(key, "") == other.get(key, "")


def _distance_in_order(rows: int, columns: int) -> Likeness:
    return np.asarray(np.abs(np.arange(rows)[:, None] / rows - np.arange(columns)[None, :] / columns))


def _assigned(likeness: Likeness, least: float) -> Pairs:
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if likeness[i, j] >= least]

"""Merged labels in tables without rules: which rows a centred label speaks for.

In a three-line table 产出指标 is often printed once, centred beside the rows it heads::

                    数量指标    补助发放人数      ≥87人
        产出指标
                    质量指标    补助发放准确率    =100%

The rows are parted among the labels so that every label stands in the middle of its rows. Labels that stand
in the first row of their group (or in every row) fit no such division and are left where they are.
"""

from __future__ import annotations

from collections.abc import Sequence

# In character sizes: how far a label may be off the middle of its rows.
OFF_CENTRE = 0.4


def centred_spans(rows: Sequence[float], labels: Sequence[float], em: float) -> list[tuple[int, int]] | None:
    """For each label its rows as (first, past the last), or None when the labels are not centred on rows.

    `rows` and `labels` are heights from top to bottom. The rows are used up: each belongs to one label.

    >>> centred_spans([10.0, 30.0, 50.0, 70.0, 90.0], [20.0, 70.0], em=10.0)
    [(0, 2), (2, 5)]
    >>> centred_spans([10.0, 30.0, 50.0], [10.0, 50.0], em=10.0) is None
    True
    """
    if not labels or len(labels) >= len(rows) or _stand_on_top(rows, labels, em):
        return None
    spans: list[tuple[int, int]] = []
    first = 0
    for label in labels:
        # The middle of rows[first..last] only moves down with `last`: at most one fits.
        fits = [
            last
            for last in range(first, len(rows))
            if abs((rows[first] + rows[last]) / 2 - label) <= OFF_CENTRE * em
        ]
        if not fits:
            return None
        spans.append((first, fits[0] + 1))
        first = fits[0] + 1
    return spans if first == len(rows) else None


def _stand_on_top(rows: Sequence[float], labels: Sequence[float], em: float) -> bool:
    """The first label in the first row and every other one in a row: far more often each heads its group."""
    near = OFF_CENTRE * em
    return abs(labels[0] - rows[0]) <= near and all(
        any(abs(label - row) <= near for row in rows) for label in labels
    )

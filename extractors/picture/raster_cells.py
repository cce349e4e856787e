"""Cells by exact optimisation: which stretches of the crossing rules are drawn.

Lines in two directions cut a table's box into elementary cells; every *edge* between two crossings is
either drawn or not. Each edge brings a gain (its evidence); the outer box is drawn in any case; and at
every inner crossing the drawn edges must form nothing, a straight line, a T or a cross. Those are exactly
the tilings by rectangles, so the best choice of edges *is* the best table: no flooding of regions, no
repair afterwards, and a spurious line costs nothing because no edge on it pays.

A rule that ends at another (a T) costs a little, so that a lone bright stretch in the middle of a
paragraph is not worth its two ends. Where the edges with a gain already form a tiling, that is the answer;
otherwise the connected doubt is solved as a mixed integer programme (HiGHS).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

Gains = npt.NDArray[np.float64]
Drawn = npt.NDArray[np.bool_]

TIME_LIMIT_S = 4.0


@dataclass(frozen=True, slots=True)
class Span:
    """A cell in elementary rows and columns."""

    row: int
    col: int
    rowspan: int
    colspan: int


@dataclass(frozen=True, slots=True)
class Edges:
    """Drawn edges. `rows[i, j]`: on horizontal line i between vertical lines j and j + 1;
    `columns[i, j]`: on vertical line j between horizontal lines i and i + 1.
    """

    rows: Drawn
    columns: Drawn


def best_edges(row_gain: Gains, column_gain: Gains, end_cost: float) -> Edges:
    """The drawn edges of the best tiling.

    `row_gain` is ``(n_rows + 1, n_cols)``, `column_gain` ``(n_rows, n_cols + 1)``; `end_cost` is what a rule
    pays for each end at another. The outer box is drawn whatever its gain. Never fails: without a solution in
    time the plain outer box remains.
    """
    rows, columns = row_gain > 0, column_gain > 0
    rows[[0, -1], :] = True
    columns[:, [0, -1]] = True
    plain = Edges(rows, columns)
    if is_tiling(plain) and not _has_doubt(plain, row_gain, column_gain, 2 * end_cost):
        return plain
    return _solved(row_gain, column_gain, end_cost)


def is_tiling(edges: Edges) -> bool:
    """Whether every inner crossing is nothing, a straight line, a T or a cross."""
    left, right, up, down = _arms(edges)
    degree = left.astype(int) + right + up + down
    corner = (degree == 2) & (left != right)
    return not bool(np.any(corner | (degree == 1)))


def _has_doubt(edges: Edges, row_gain: Gains, column_gain: Gains, ends: float) -> bool:
    """Whether a stretch of a line gains less than its two ends cost, or a gap in a line costs less."""
    for drawn, gain in ((edges.rows[1:-1], row_gain[1:-1]), (edges.columns.T[1:-1], column_gain.T[1:-1])):
        for line, worth in zip(drawn, gain, strict=True):
            starts = np.flatnonzero(np.diff(line, prepend=~line[:1]))
            totals = np.add.reduceat(worth, starts)
            inner = (starts > 0) & (np.append(starts[1:], len(line)) < len(line))
            if np.any(inner & (np.abs(totals) < ends)):
                return True
    return False


def _arms(edges: Edges) -> tuple[Drawn, Drawn, Drawn, Drawn]:
    rows, columns = edges.rows, edges.columns
    return rows[1:-1, :-1], rows[1:-1, 1:], columns[:-1, 1:-1], columns[1:, 1:-1]


def _solved(row_gain: Gains, column_gain: Gains, end_cost: float) -> Edges:
    row_ids = np.arange(row_gain.size).reshape(row_gain.shape)
    column_ids = row_gain.size + np.arange(column_gain.size).reshape(column_gain.shape)
    n_edges = row_gain.size + column_gain.size
    arms = [
        ids.ravel()
        for ids in (row_ids[1:-1, :-1], row_ids[1:-1, 1:], column_ids[:-1, 1:-1], column_ids[1:, 1:-1])
    ]
    n_crossings = len(arms[0])
    ends = n_edges + np.arange(n_crossings)
    matrix = _constraints(arms, ends, n_edges + n_crossings)
    cost = np.concatenate([-row_gain.ravel(), -column_gain.ravel(), np.full(n_crossings, end_cost)])
    lower = np.zeros(n_edges + n_crossings)
    for forced in (row_ids[0], row_ids[-1], column_ids[:, 0], column_ids[:, -1]):
        lower[forced] = 1
    integral = np.concatenate([np.ones(n_edges), np.zeros(n_crossings)])
    result = milp(
        cost,
        integrality=integral,
        bounds=Bounds(lower, np.ones(n_edges + n_crossings)),
        constraints=LinearConstraint(matrix, ub=np.zeros(matrix.shape[0])),
        options={"time_limit": TIME_LIMIT_S, "mip_rel_gap": 1e-3},
    )
    chosen = np.asarray((lower if result.x is None else result.x) > 0.5, bool)
    return Edges(
        chosen[: row_gain.size].reshape(row_gain.shape),
        chosen[row_gain.size : n_edges].reshape(column_gain.shape),
    )


def _constraints(
    arms: list[npt.NDArray[np.int64]], ends: npt.NDArray[np.int64], n_variables: int
) -> coo_array:
    """Rows a - b - c <= 0 (an arm needs both its opposite or that side) and |a - opposite| <= end."""
    left, right, up, down = arms
    triples = [
        (left, right, up), (left, right, down), (right, left, up), (right, left, down),
        (up, down, left), (up, down, right), (down, up, left), (down, up, right),
        (left, right, ends), (right, left, ends), (up, down, ends), (down, up, ends),
    ]  # fmt: skip
    n = len(left)
    row = np.arange(len(triples) * n).reshape(len(triples), n)
    entry_rows = np.concatenate([np.concatenate([r, r, r]) for r in row])
    entry_columns = np.concatenate([np.concatenate(t) for t in triples])
    values = np.tile(np.repeat([1.0, -1.0, -1.0], n), len(triples))
    return coo_array((values, (entry_rows, entry_columns)), shape=(len(triples) * n, n_variables))


def spans(edges: Edges) -> tuple[Span, ...]:
    """The rectangles of a tiling, by row, then column."""
    n_rows, n_cols = edges.columns.shape[0], edges.rows.shape[1]
    taken = np.zeros((n_rows, n_cols), bool)
    found = []
    for row in range(n_rows):
        for col in range(n_cols):
            if taken[row, col]:
                continue
            right = col + 1
            while right < n_cols and not edges.columns[row, right]:
                right += 1
            bottom = row + 1
            while bottom < n_rows and not edges.rows[bottom, col]:
                bottom += 1
            taken[row:bottom, col:right] = True
            found.append(Span(row, col, bottom - row, right - col))
    return tuple(found)


def used_lines(edges: Edges) -> tuple[Drawn, Drawn]:
    """Which horizontal and vertical lines have at least one drawn edge."""
    return np.asarray(edges.rows.any(axis=1), bool), np.asarray(edges.columns.any(axis=0), bool)

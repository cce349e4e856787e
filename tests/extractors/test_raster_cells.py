"""The best tiling: laws that hold for any evidence, and small cases by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from goaltables.extractors.picture.raster_cells import (
    Edges,
    Gains,
    Span,
    best_edges,
    is_tiling,
    spans,
    used_lines,
)

END_COST = 0.5

GAIN = st.floats(-3, 3, allow_nan=False, width=32)


@st.composite
def gains(draw: st.DrawFn) -> tuple[Gains, Gains]:
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    across = draw(arrays(np.float64, (rows + 1, columns), elements=GAIN))
    down = draw(arrays(np.float64, (rows, columns + 1), elements=GAIN))
    return across, down


@settings(derandomize=True, max_examples=60, deadline=None)
@given(gains())
def test_any_evidence_gives_cells_that_tile_the_box(evidence: tuple[Gains, Gains]) -> None:
    edges = best_edges(*evidence, END_COST)
    assert is_tiling(edges)
    covered = np.zeros(evidence[1].shape[0:1] + evidence[0].shape[1:2], int)
    for cell in spans(edges):
        covered[cell.row : cell.row + cell.rowspan, cell.col : cell.col + cell.colspan] += 1
    assert (covered == 1).all()


@settings(derandomize=True, max_examples=40, deadline=None)
@given(gains())
def test_turning_the_evidence_turns_the_value(evidence: tuple[Gains, Gains]) -> None:
    """Rows and columns are treated alike: the transposed problem is worth the same."""
    across, down = evidence
    there, back = best_edges(across, down, END_COST), best_edges(down.T, across.T, END_COST)

    def value(edges: Edges, a: Gains, d: Gains) -> float:
        left, right = edges.rows[1:-1, :-1], edges.rows[1:-1, 1:]
        up, below = edges.columns[:-1, 1:-1], edges.columns[1:, 1:-1]
        ends = np.count_nonzero(left != right) + np.count_nonzero(up != below)
        return float(a[edges.rows].sum() + d[edges.columns].sum() - 0.5 * ends)

    one, two = value(there, across, down), value(back, down.T, across.T)
    # A tiling read off the evidence is taken as it is; its rule ends may cost what another one saves.
    assert abs(one - two) <= 0.02 * max(1.0, abs(one)) + 0.01


def test_missing_edge_in_a_long_rule_is_filled() -> None:
    across = np.full((5, 3), 1.0)
    down = np.full((4, 4), 1.0)
    down[2, 1] = -0.6
    edges = best_edges(across, down, END_COST)
    assert edges.columns[:, 1].all()


def test_clear_white_joins_cells() -> None:
    across, down = np.full((3, 3), 1.0), np.full((2, 4), 1.0)
    down[1, 2] = -2.0
    assert Span(1, 1, 1, 2) in spans(best_edges(across, down, END_COST))


def test_lone_bright_stretch_is_not_worth_its_ends() -> None:
    across, down = np.full((4, 4), -1.0), np.full((3, 5), -1.0)
    down[1, 2] = 0.9
    assert spans(best_edges(across, down, END_COST)) == (Span(0, 0, 3, 4),)


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        ([True, True], [True, True], True),
        ([True, True], [False, False], True),
        ([True, False], [True, True], True),
        ([True, False], [True, False], False),
        ([True, False], [False, False], False),
    ],
)
def test_crossings(rows: list[bool], columns: list[bool], expected: bool) -> None:
    across = np.array([[True, True], rows, [True, True]])
    down = np.array([[True, columns[0], True], [True, columns[1], True]])
    assert is_tiling(Edges(across, down)) is expected


def test_lines_without_an_edge_are_told() -> None:
    across = np.array([[True, True], [False, False], [True, True]])
    down = np.array([[True, True, True], [True, True, True]])
    used_rows, used_columns = used_lines(Edges(across, down))
    assert used_rows.tolist() == [True, False, True]
    assert used_columns.tolist() == [True, True, True]

"""Rows and merged labels where no rules part them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.extractors.digital.label_spans import centred_spans
from goaltables.extractors.digital.row_anchors import rows_by_anchors

ALL = frozenset({0, 1, 2, 3})
NAME = frozenset({2})


def test_lines_go_to_the_anchor_they_are_centred_on() -> None:
    ys = [100.0, 114.0, 120.0, 126.0, 140.0]
    filled = [ALL, NAME, ALL - NAME, NAME, ALL]
    assert rows_by_anchors(ys, filled, em=10.0) == [[0], [1, 2, 3], [4]]


def test_lines_hang_from_the_anchor_above() -> None:
    ys = [100.0, 112.0, 124.0, 140.0, 160.0]
    filled = [ALL, NAME, NAME, ALL, ALL]
    assert rows_by_anchors(ys, filled, em=10.0) == [[0, 1, 2], [3], [4]]


def test_a_wrapped_line_of_two_columns_is_no_row_of_its_own() -> None:
    ys = [100.0, 120.0, 132.0, 152.0, 172.0, 192.0]
    filled = [ALL, ALL, frozenset({2, 3}), ALL, ALL, ALL]
    assert rows_by_anchors(ys, filled, em=10.0) == [[0], [1, 2], [3], [4], [5]]


@settings(derandomize=True)
@given(st.lists(st.tuples(st.integers(6, 40), st.booleans()), min_size=1, max_size=25))
def test_every_line_is_in_one_row_and_rows_keep_their_order(lines: list[tuple[int, bool]]) -> None:
    y, ys, filled = 0.0, [], []
    for step, is_full in lines:
        y += step
        ys.append(y)
        filled.append(ALL if is_full else NAME)
    rows = rows_by_anchors(ys, filled, em=10.0)
    assert [i for row in rows for i in row] == list(range(len(ys)))


@settings(derandomize=True)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=6).filter(lambda sizes: sum(sizes) > len(sizes)))
def test_labels_in_the_middle_span_their_rows(sizes: list[int]) -> None:
    heights = [20.0 * i for i in range(sum(sizes))]
    labels, spans, first = [], [], 0
    for size in sizes:
        labels.append(sum(heights[first : first + size]) / size)
        spans.append((first, first + size))
        first += size
    # A first label in the first row, and all others in a row too, heads its group instead.
    heads = sizes[0] == 1 and all(size % 2 for size in sizes)
    assert centred_spans(heights, labels, em=10.0) == (None if heads else spans)


def test_labels_in_the_first_row_of_their_group_span_nothing() -> None:
    heights = [20.0 * i for i in range(6)]
    assert centred_spans(heights, [0.0, 60.0], em=10.0) is None

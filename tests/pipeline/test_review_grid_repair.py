"""The repair of a grid: whatever is done to its cells, they tile their table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.pipeline.given_page import MOST_LINES, tiles
from goaltables.pipeline.review.grid_repair import (
    CannotRepair,
    Cells,
    as_displayed,
    drawn,
    merged,
    on_upright_page,
    split_columns,
    split_rows,
    taken_apart,
)
from goaltables.records import Box, GridCell, PageGeometry, Unit

LAW = settings(derandomize=True, max_examples=150, deadline=None)


def plain(rows: int, cols: int) -> Cells:
    return tuple(
        GridCell(r, c, 1, 1, Box(40.0 * c, 20.0 * r, 40.0 * (c + 1), 20.0 * (r + 1)))
        for r in range(rows)
        for c in range(cols)
    )


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "apart", "rows", "columns"]),
        st.integers(0, 999),
        st.integers(0, 999),
        st.floats(0.05, 0.95),
    ),
    max_size=12,
)


def after(cells: Cells, operations: list[tuple[str, int, int, float]]) -> Cells:
    for name, one, other, share in operations:
        first = cells[one % len(cells)]
        second = cells[other % len(cells)]
        place = (first.row, first.col)
        try:
            match name:
                case "merge":
                    cells = merged(cells, {place, (second.row, second.col)})
                case "apart":
                    cells = taken_apart(cells, {place})
                case "rows":
                    cells = split_rows(cells, place, share)
                case _:
                    cells = split_columns(cells, place, share)
        except CannotRepair:
            continue
    return cells


@LAW
@given(st.integers(1, 4), st.integers(1, 4), OPERATIONS)
def test_cells_tile_their_table_whatever_is_done(
    rows: int, cols: int, operations: list[tuple[str, int, int, float]]
) -> None:
    start = plain(rows, cols)
    cells = after(start, operations)
    assert tiles(cells)
    assert cells == tuple(sorted(cells, key=lambda c: (c.row, c.col)))
    # Their boxes tile it as well: nothing is lost, nothing lies twice.
    assert sum(c.box.area for c in cells) == pytest.approx(sum(c.box.area for c in start))
    assert not any(
        one.box.overlap(other.box) > 1e-6 for n, one in enumerate(cells) for other in cells[n + 1 :]
    )


def test_merging_takes_the_rectangle_and_apart_gives_it_back() -> None:
    cells = plain(3, 3)
    one = merged(cells, {(0, 0), (1, 1)})
    assert GridCell(0, 0, 2, 2, Box(0, 0, 80, 40)) in one
    assert len(one) == 6
    assert taken_apart(one, {(0, 0)}) == cells


def test_merging_may_not_cut_through_another_cell() -> None:
    cells = merged(plain(3, 3), {(1, 1), (1, 2)})
    with pytest.raises(CannotRepair):
        merged(cells, {(0, 0), (1, 1)} - {(1, 1)} | {(2, 1)} | {(0, 1)} | {(1, 0)})
    with pytest.raises(CannotRepair):
        merged(cells, {(0, 0)})
    with pytest.raises(CannotRepair):
        merged(cells, {(7, 7), (0, 0)})


def test_merging_everything_leaves_no_line_that_nothing_needs() -> None:
    cells = merged(plain(3, 1), {(0, 0), (1, 0)})
    assert [(c.row, c.rowspan) for c in cells] == [(0, 1), (1, 1)]


def test_a_split_of_one_cell_makes_the_others_of_its_row_span_two() -> None:
    cells = split_rows(plain(2, 2), (0, 1), 0.5)
    assert tiles(cells)
    assert [(c.row, c.col, c.rowspan) for c in cells] == [
        (0, 0, 2),
        (0, 1, 1),
        (1, 1, 1),
        (2, 0, 1),
        (2, 1, 1),
    ]


def test_a_split_near_a_line_of_the_neighbours_takes_that_line() -> None:
    cells = merged(plain(3, 2), {(0, 0), (2, 0)})
    split = split_rows(cells, (0, 0), 0.35)
    assert [(c.row, c.rowspan, c.box.y1) for c in split if c.col == 0] == [(0, 1, 20.0), (1, 2, 60.0)]
    assert len({c.row for c in split}) == 3


def test_a_drawn_table_is_split_into_any_grid() -> None:
    cells = drawn(Box(0, 0, 90, 90))
    cells = split_columns(cells, (0, 0), 1 / 3)
    cells = split_rows(cells, (0, 0), 0.5)
    assert tiles(cells)
    assert {(c.col, c.rowspan) for c in cells} == {(0, 1), (1, 2)}


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_turned_page_comes_back_as_it_lay(rotation: int) -> None:
    page = PageGeometry(1, 400, 300, Unit.POINT, rotation)
    cells = plain(2, 2)
    for one, other in zip(as_displayed(on_upright_page(cells, page), page), cells, strict=True):
        assert one == other
    upright = on_upright_page(as_displayed(cells, page), page)
    assert upright == cells


def test_a_split_follows_the_upright_page() -> None:
    """Rows of a page that lies on its side are columns as displayed."""
    page = PageGeometry(1, 400, 300, Unit.POINT, 90)
    shown = as_displayed(plain(1, 1), page)
    halves = as_displayed(split_rows(on_upright_page(shown, page), (0, 0), 0.5), page)
    assert len({c.box.x0 for c in halves}) == 2
    assert len({c.box.y0 for c in halves}) == 1


def test_tiling_is_told_without_laying_out_a_bomb() -> None:
    huge = GridCell(0, 0, MOST_LINES, MOST_LINES, Box(0, 0, 1, 1))
    assert not tiles(tuple(huge for _ in range(5000)))
    assert tiles(plain(3, 4))
    assert not tiles(plain(3, 4)[1:])
    assert not tiles((*plain(2, 2), replace(plain(2, 2)[0], rowspan=2)))

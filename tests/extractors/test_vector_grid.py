"""Any tiling by rectangles comes back from its borders, however they are drawn."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.extractors.digital.rules import Axis, Segment, Shape, shape_segments
from goaltables.extractors.digital.vector_grid import find_grid, ruled_components
from goaltables.records import Box, Grid

EM = 10.0
Rectangle = tuple[int, int, int, int]  # row, col, rowspan, colspan


def split(rng: random.Random, top: int, left: int, bottom: int, right: int) -> list[Rectangle]:
    """A random tiling of a field by rectangles, by cutting it again and again."""
    rows, columns = bottom - top, right - left
    if (rows == 1 and columns == 1) or (rows * columns < 5 and rng.random() < 0.25):
        return [(top, left, rows, columns)]
    if columns == 1 or (rows > 1 and rng.random() < 0.5):
        cut = rng.randrange(top + 1, bottom)
        return split(rng, top, left, cut, right) + split(rng, cut, left, bottom, right)
    cut = rng.randrange(left + 1, right)
    return split(rng, top, left, bottom, cut) + split(rng, top, cut, bottom, right)


def compact(cells: list[Rectangle]) -> list[Rectangle]:
    """Without lines at which no cell begins or ends: nobody can see those."""
    rows = sorted({v for r, _, n, _ in cells for v in (r, r + n)})
    columns = sorted({v for _, c, _, n in cells for v in (c, c + n)})
    return sorted(
        (
            rows.index(r),
            columns.index(c),
            rows.index(r + h) - rows.index(r),
            columns.index(c + w) - columns.index(c),
        )
        for r, c, h, w in cells
    )


Piece = tuple[float, float, float, float]


def pieces(cells: list[Rectangle], xs: list[float], ys: list[float]) -> list[Piece]:
    found = set()
    for r, c, h, w in cells:
        for i in range(r, r + h):
            found |= {(xs[c], ys[i], xs[c], ys[i + 1]), (xs[c + w], ys[i], xs[c + w], ys[i + 1])}
        for j in range(c, c + w):
            found |= {(xs[j], ys[r], xs[j + 1], ys[r]), (xs[j], ys[r + h], xs[j + 1], ys[r + h])}
    return sorted(found)


def stroke(piece: Piece) -> list[Segment]:
    x0, y0, x1, y1 = piece
    return [
        Segment(Axis.HORIZONTAL, y0, x0, x1) if y0 == y1 else Segment(Axis.VERTICAL, x0, y0, y1),
    ]


def dashes(piece: Piece) -> list[Segment]:
    (segment,) = stroke(piece)
    count = max(1, int(segment.length // 4))
    step = segment.length / count
    return [
        Segment(segment.axis, segment.at, segment.start + i * step, segment.start + (i + 0.6) * step)
        for i in range(count)
    ]


def short(piece: Piece) -> list[Segment]:
    """Ends that stop a point before the crossing."""
    (segment,) = stroke(piece)
    return [Segment(segment.axis, segment.at, segment.start + 1, segment.end - 1)]


def shaky(piece: Piece) -> list[Segment]:
    """The same rule drawn for both neighbours, half a point apart."""
    (segment,) = stroke(piece)
    return [segment, Segment(segment.axis, segment.at + 0.5, segment.start, segment.end)]


def found(segments: list[Segment]) -> Grid | None:
    grids = [grid for component in ruled_components(segments, EM) if (grid := find_grid(component, EM))]
    assert len(grids) <= 1
    return grids[0] if grids else None


def rectangles(grid: Grid) -> list[Rectangle]:
    return [(cell.row, cell.col, cell.rowspan, cell.colspan) for cell in grid.cells]


def tiling(seed: int) -> tuple[list[Rectangle], list[Piece]]:
    rng = random.Random(seed)  # noqa: S311  a maker of test cases
    rows, columns = rng.randint(2, 7), rng.randint(2, 6)
    xs, ys = [50.0], [60.0]
    for _ in range(columns):
        xs.append(xs[-1] + rng.uniform(15, 120))
    for _ in range(rows):
        ys.append(ys[-1] + rng.uniform(12, 60))
    cells = split(rng, 0, 0, rows, columns)
    while len(cells) < 3:
        cells = split(rng, 0, 0, rows, columns)
    drawn = pieces(cells, xs, ys)
    rng.shuffle(drawn)
    return compact(cells), drawn


@pytest.mark.parametrize("draw", [stroke, dashes, short, shaky])
@settings(derandomize=True, max_examples=60)
@given(st.integers(0, 10**6))
def test_a_tiling_comes_back_from_its_borders(draw: Callable[[Piece], list[Segment]], seed: int) -> None:
    cells, drawn = tiling(seed)
    grid = found([segment for piece in drawn for segment in draw(piece)])
    assert grid is not None
    assert rectangles(grid) == cells
    assert grid.score == 1.0


@settings(derandomize=True, max_examples=40)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 200), max_size=4))
def test_cells_tile_the_table_even_when_borders_are_missing(seed: int, missing: list[int]) -> None:
    _, drawn = tiling(seed)
    kept = [piece for i, piece in enumerate(drawn) if i not in missing]
    grid = found([segment for piece in kept for segment in stroke(piece)])
    if grid is None:
        return
    places = [
        (r, c)
        for cell in grid.cells
        for r in range(cell.row, cell.row + cell.rowspan)
        for c in range(cell.col, cell.col + cell.colspan)
    ]
    rows = max(r for r, _ in places) + 1
    columns = max(c for _, c in places) + 1
    assert len(places) == len(set(places)) == rows * columns


def test_an_l_shape_is_mended_and_told() -> None:
    xs, ys = [0.0, 50.0, 100.0], [0.0, 30.0, 60.0]
    drawn = pieces([(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)], xs, ys)
    gone = {(0.0, 30.0, 50.0, 30.0), (50.0, 30.0, 50.0, 60.0)}
    grid = found([segment for piece in drawn if piece not in gone for segment in stroke(piece)])
    assert grid is not None
    assert grid.score < 1.0
    assert sum(cell.box.area for cell in grid.cells) == pytest.approx(grid.box.area)


def test_an_undrawn_bottom_is_where_the_verticals_end() -> None:
    xs, ys = [0.0, 50.0, 100.0], [0.0, 30.0, 60.0]
    cells = [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)]
    drawn = [piece for piece in pieces(cells, xs, ys) if not piece[1] == piece[3] == 60.0]
    grid = found([segment for piece in drawn for segment in stroke(piece)])
    assert grid is not None
    assert rectangles(grid) == cells
    assert grid.box == Box(0.0, 0.0, 100.0, 60.0)


def test_one_box_is_no_table() -> None:
    drawn = pieces([(0, 0, 1, 1)], [0.0, 100.0], [0.0, 100.0])
    assert found([segment for piece in drawn for segment in stroke(piece)]) is None


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        (Shape("rect", (), Box(0, 0, 200, 0.5), 0.0, None, 0), 1),  # a rule as a thin block
        (Shape("rect", (), Box(0, 0, 200, 40), 0.8, None, 0), 0),  # shading
        (Shape("rect", (), Box(0, 0, 200, 40), None, 0.0, 0.5), 4),  # a box around a cell
        (Shape("image", (), Box(0, 0, 0.7, 90), 0.0, None, 0), 1),  # a stretched pixel
        (Shape("image", (), Box(0, 0, 90, 90), 0.0, None, 0), 0),  # a picture
        (Shape("line", (("m", ((0, 0),)), ("l", ((50, 30),))), Box(0, 0, 50, 30), None, 0.0, 1), 0),
    ],
)
def test_what_draws_a_rule(shape: Shape, count: int) -> None:
    assert len(list(shape_segments(shape))) == count

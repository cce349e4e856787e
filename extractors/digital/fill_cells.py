"""Characters into the cells of a grid.

A character belongs where its centre stands. One kind does not: text that Excel lets run over into an empty
neighbour. Its run crosses a rule in the middle of a character; the run then belongs to the cell where it
begins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from goaltables.extractors.digital.glyph_lines import text_of
from goaltables.extractors.digital.text_layer import Glyph
from goaltables.records import Box, Cell, Grid

READER = "pdfplumber"
# A run: glyphs on one baseline this near, in sizes.
RUN_GAP = 0.12
# A rule this deep (in the glyph's width) inside a glyph crosses it.
STRADDLE = 0.2
# A character that lies on the table's upper or lower edge stands in it with this share of its height.
CUT = 0.3


class CellFinder:
    """Which cell of a grid holds a point."""

    def __init__(self, grid: Grid) -> None:
        self._xs = sorted({x for cell in grid.cells for x in (cell.box.x0, cell.box.x1)})
        self._ys = sorted({y for cell in grid.cells for y in (cell.box.y0, cell.box.y1)})
        self._places = {
            (row, column): i
            for i, cell in enumerate(grid.cells)
            for row in range(cell.row, cell.row + cell.rowspan)
            for column in range(cell.col, cell.col + cell.colspan)
        }

    def at(self, x: float, y: float) -> int | None:
        """Number of the cell in ``grid.cells``; None outside the grid."""
        return self._places.get((bisect_right(self._ys, y) - 1, bisect_right(self._xs, x) - 1))

    def holding(self, box: Box) -> int | None:
        """Number of the cell in which a character of this box stands, None when it stands outside.

        A label in the middle of a merged cell may be cut by the end of the page, and lie on the table's edge.
        """
        x, y = box.centre
        y0, y1 = max(box.y0, self._ys[0]), min(box.y1, self._ys[-1])
        return self.at(x, (y0 + y1) / 2 if y1 - y0 >= CUT * box.height else y)


def fill_cells(grid: Grid, glyphs: Sequence[Glyph]) -> tuple[list[Cell], list[Glyph]]:
    """The grid's cells with their texts, and the glyphs that stand outside it."""
    finder = CellFinder(grid)
    places = [finder.holding(glyph.box) for glyph in glyphs]
    flags: dict[int, tuple[str, ...]] = {}
    _return_overflow(grid, glyphs, places, flags)
    inside: dict[int, list[Glyph]] = defaultdict(list)
    outside: list[Glyph] = []
    for glyph, place in zip(glyphs, places, strict=True):
        if place is None:
            outside.append(glyph)
        else:
            inside[place].append(glyph)
    cells = [
        Cell(
            cell.row,
            cell.col,
            cell.rowspan,
            cell.colspan,
            cell.box,
            text_of(inside[i]) if i in inside else "",
            reader=READER,
            flags=flags.get(i, ()),
        )
        for i, cell in enumerate(grid.cells)
    ]
    return cells, outside


def _return_overflow(
    grid: Grid, glyphs: Sequence[Glyph], places: list[int | None], flags: dict[int, tuple[str, ...]]
) -> None:
    """Give the tail of a run that crosses a rule inside a glyph back to the cell where the run begins."""
    first = 0
    for i in range(1, len(glyphs) + 1):
        if i < len(glyphs) and _follows(glyphs[i - 1], glyphs[i]):
            continue
        run = range(first, i)
        first = i
        home = places[run[0]]
        if home is None or all(places[j] == home for j in run):
            continue
        edge = grid.cells[home].box.x1
        if any(_straddles(glyphs[j].box, edge) for j in run):
            for j in run:
                places[j] = home
            flags[home] = ("text-overflows-cell",)


def _follows(one: Glyph, other: Glyph) -> bool:
    near = RUN_GAP * other.size
    return (
        one.turn == other.turn == 0
        and abs(one.baseline - other.baseline) < near
        and abs(other.box.x0 - one.box.x1) < near
    )


def _straddles(box: Box, x: float) -> bool:
    return box.x0 + STRADDLE * box.width < x < box.x1 - STRADDLE * box.width

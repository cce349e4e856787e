"""A table that the page break cuts through the middle of a row.

Browsers and report generators close nothing there: the verticals end early, no rule is drawn below, and the
text of the cut row goes on under the table's last stroke. Those lines belong to the cells above them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from goaltables.extractors.digital.glyph_lines import box_of, lines_of, split_at_gaps
from goaltables.extractors.digital.rules import Axis, Segment
from goaltables.extractors.digital.text_layer import Glyph
from goaltables.records import Box, Grid

# In character sizes.
LINE_DISTANCE = 1.9
NEAR = 0.4
PAD = 0.3
DRAWN_SHARE = 0.5


def extend_open_bottom(grid: Grid, segments: Iterable[Segment], glyphs: Sequence[Glyph], em: float) -> Grid:
    """The grid with its last row drawn out over the lines that go on below it; the same grid when its bottom
    rule is drawn or nothing goes on.
    """
    if _is_closed(grid.box, segments, em):
        return grid
    columns = [cell.box for cell in grid.cells if cell.box.y1 >= grid.box.y1]
    last = [_last_baseline(column, glyphs) for column in columns]
    below = [g for g in glyphs if g.turn == 0 and g.box.centre[1] > grid.box.y1 and _beside(g, grid.box)]
    bottom = grid.box.y1
    for line in lines_of(below):
        for run in split_at_gaps(line, 0.7):
            box = box_of(run)
            home = [
                i for i, c in enumerate(columns) if c.x0 - PAD * em <= box.x0 and box.x1 <= c.x1 + PAD * em
            ]
            if not home or not last[home[0]] < run[0].baseline <= last[home[0]] + LINE_DISTANCE * em:
                return _extended(grid, bottom)
            last[home[0]] = run[0].baseline
        bottom = max(bottom, *(g.box.y1 + PAD * em for g in line))
    return _extended(grid, bottom)


def _is_closed(box: Box, segments: Iterable[Segment], em: float) -> bool:
    drawn = sum(
        min(s.end, box.x1) - max(s.start, box.x0)
        for s in segments
        if s.axis is Axis.HORIZONTAL
        and abs(s.at - box.y1) < NEAR * em
        and s.end > box.x0
        and s.start < box.x1
    )
    return drawn >= DRAWN_SHARE * box.width


def _beside(glyph: Glyph, box: Box) -> bool:
    return box.x0 <= glyph.box.centre[0] <= box.x1


def _last_baseline(column: Box, glyphs: Sequence[Glyph]) -> float:
    """Of the text in a cell; an empty cell has no text that could go on."""
    return max((g.baseline for g in glyphs if column.holds(*g.box.centre)), default=float("-inf"))


def _extended(grid: Grid, bottom: float) -> Grid:
    if bottom <= grid.box.y1:
        return grid
    cells = tuple(
        replace(cell, box=replace(cell.box, y1=bottom)) if cell.box.y1 >= grid.box.y1 else cell
        for cell in grid.cells
    )
    return replace(grid, box=replace(grid.box, y1=bottom), cells=cells)

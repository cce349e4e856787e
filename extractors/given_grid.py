"""Grids that a person gave for a page: they stand in the place of those that were found there.

Found grids that a given table covers go; the others stay, so that marking one missed table costs no other.
The boxes are given on the page as displayed, where those of a straightened scan are hulls of slanted cells:
the lines of the grid are therefore put where most of their cells have them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from goaltables.records import Box, GivenTable, Grid, GridCell, PageProblem

GIVEN = "given"
NOT_FOUND = "given-table-empty"
COVERED = 0.5  # of the smaller of a given and a found table


def with_given(
    found: Sequence[Grid],
    given: Iterable[GivenTable],
    to_upright: Callable[[Box], Box],
    find_inside: Callable[[Box], Sequence[Grid]],
) -> tuple[list[Grid], list[PageProblem]]:
    """The grids of a page, from top to bottom, and what could not be done.

    Args:
        found: The grids that the finders found, in the coordinates of the upright page.
        given: What a person gave, on the page as displayed.
        to_upright: Leads a box of the page as displayed to the upright page.
        find_inside: Finds grids inside a box of the upright page that a person says holds a table.

    """
    grids = list(found)
    problems: list[PageProblem] = []
    for table in given:
        box = to_upright(table.box)
        if table.cells:
            own = [given_grid(table.cells, to_upright)]
        else:
            own = [grid for grid in find_inside(box) if grid.box.overlap(box) > COVERED * grid.box.area]
        if not own:
            problems.append(
                PageProblem(NOT_FOUND, "No cells were found in a table that a person marked; give its cells.")
            )
            continue
        grids = [grid for grid in grids if not _is_covered(grid, box)] + own
    return sorted(grids, key=lambda grid: (grid.box.y0, grid.box.x0)), problems


def given_grid(cells: Sequence[GridCell], to_upright: Callable[[Box], Box]) -> Grid:
    """The grid of given cells on the upright page. Each line stands at the median of where its cells begin or
    end; lines keep their order, however uneven the boxes are.
    """
    upright = [to_upright(cell.box) for cell in cells]
    spans = list(zip(cells, upright, strict=True))
    xs = _lines((c.col, b.x0, c.col + c.colspan, b.x1) for c, b in spans)
    ys = _lines((c.row, b.y0, c.row + c.rowspan, b.y1) for c, b in spans)
    placed = tuple(
        GridCell(
            c.row,
            c.col,
            c.rowspan,
            c.colspan,
            Box(xs[c.col], ys[c.row], xs[c.col + c.colspan], ys[c.row + c.rowspan]),
        )
        for c in sorted(cells, key=lambda c: (c.row, c.col))
    )
    return Grid(Box(min(xs.values()), min(ys.values()), max(xs.values()), max(ys.values())), placed, GIVEN)


def _lines(spans: Iterable[tuple[int, float, int, float]]) -> dict[int, float]:
    """The position of each line, from (first line, its position, last line, its position) of every cell."""
    seen: defaultdict[int, list[float]] = defaultdict(list)
    for first, start, last, end in spans:
        seen[first].append(start)
        seen[last].append(end)
    lines: dict[int, float] = {}
    reached = float("-inf")
    for number in sorted(seen):
        reached = max(median(seen[number]), reached + 1e-3)
        lines[number] = reached
    return lines


def _is_covered(grid: Grid, box: Box) -> bool:
    return grid.box.overlap(box) > COVERED * min(grid.box.area, box.area)

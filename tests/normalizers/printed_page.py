"""Pages drawn in text, as a reader would hand them over.

    项目名称 | 某项目 | <
    绩效指标 | 一级指标 | 指标值
    ^        | 产出指标 | 5个

``<`` goes on to the left (a merged cell), ``^`` goes on upwards. Columns are 100 wide, rows 20 high.
"""

from __future__ import annotations

from collections.abc import Sequence

from goaltables.document import GoalTable
from goaltables.normalizers.understanding.understand import printed_tables
from goaltables.records import (
    Box,
    Cell,
    PageGeometry,
    PageReading,
    PageRoute,
    PageTable,
    Route,
    TextLine,
    Unit,
)

COLUMN = 100.0
ROW = 20.0


def cells_of(drawing: str, x: float = 50.0, y: float = 100.0) -> tuple[Cell, ...]:
    """The cells of a drawn table whose corner lies at (x, y)."""
    rows = [[part.strip() for part in line.split("|")] for line in drawing.strip().splitlines()]
    width = max(len(row) for row in rows)
    grid = [row + [""] * (width - len(row)) for row in rows]
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(grid):
        for c, text in enumerate(row):
            owner[r, c] = owner[r, c - 1] if text == "<" else owner[r - 1, c] if text == "^" else (r, c)
    cells = []
    for home in sorted(set(owner.values())):
        mine = [place for place, own in owner.items() if own == home]
        rowspan = max(r for r, _ in mine) - home[0] + 1
        colspan = max(c for _, c in mine) - home[1] + 1
        box = Box(
            x + COLUMN * home[1],
            y + ROW * home[0],
            x + COLUMN * (home[1] + colspan),
            y + ROW * (home[0] + rowspan),
        )
        cells.append(Cell(home[0], home[1], rowspan, colspan, box, grid[home[0]][home[1]]))
    return tuple(cells)


def table_of(drawing: str, x: float = 50.0, y: float = 100.0) -> PageTable:
    cells = cells_of(drawing, x, y)
    box = cells[0].box
    for cell in cells:
        box = box.union(cell.box)
    return PageTable(box, cells, "drawn")


def page_of(
    *tables: PageTable,
    number: int = 1,
    above: Sequence[str] = (),
    width: float = 1200.0,
    height: float = 2000.0,
) -> PageReading:
    """A page with `tables`, and the lines `above` over the first of them."""
    top = tables[0].box.y0 if tables else 500.0
    lines = [
        TextLine(
            text, Box(100, top - 18 * (len(above) - k), 700, top - 18 * (len(above) - k) + 12), 1.0, "drawn"
        )
        for k, text in enumerate(above)
    ]
    geometry = PageGeometry(number, width, height, Unit.POINT)
    return PageReading(geometry, PageRoute(Route.TEXT, "text-layer"), tables, tuple(lines))


def read_one(drawing: str, *above: str) -> GoalTable:
    """The one goal table of a page with the drawn table."""
    (table,) = printed_tables([page_of(table_of(drawing), above=above)])
    return table


def rows_of(table: GoalTable) -> list[tuple[str | None, str | None, str, str | None]]:
    """Level 1, level 2, name and value text of each indicator."""
    return [(i.level1, i.level2, i.name, i.value_text) for i in table.indicators]

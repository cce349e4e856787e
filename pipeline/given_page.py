"""What people gave for the grids of pages, from the review desk to the reading stage.

Kept as JSON: a table is its box and its cells, ``[row, col, rowspan, colspan, x0, y0, x1, y1]``, boxes in the
units of the page as displayed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from goaltables.records import Box, GivenTable, GridCell

MOST_CELLS = 5000
MOST_LINES = 500

Coordinate: TypeAlias = Annotated[float, Field(ge=-1e5, le=1e5, allow_inf_nan=False)]
Line: TypeAlias = Annotated[int, Field(ge=0, lt=MOST_LINES)]
Span: TypeAlias = Annotated[int, Field(ge=1, le=MOST_LINES)]


class GivenCellJson(BaseModel):
    """A cell of a given table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: Line
    col: Line
    rowspan: Span
    colspan: Span
    bbox: tuple[Coordinate, Coordinate, Coordinate, Coordinate]

    def grid_cell(self) -> GridCell:
        return GridCell(self.row, self.col, self.rowspan, self.colspan, Box(*self.bbox))


class GivenTableJson(BaseModel):
    """A table as it is kept and sent: with its cells, or with its box alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bbox: tuple[Coordinate, Coordinate, Coordinate, Coordinate]
    cells: Annotated[tuple[GivenCellJson, ...], Field(max_length=MOST_CELLS)] = ()

    def given_table(self) -> GivenTable:
        return GivenTable(Box(*self.bbox), tuple(cell.grid_cell() for cell in self.cells))


@dataclass(frozen=True, slots=True)
class GivenPage:
    """The tables that people gave for a page of the document with these bytes."""

    sha256: str
    page: int
    tables: tuple[GivenTable, ...]

    def content(self) -> list[object]:
        """The same as plain JSON, for the hash of what a record was made under."""
        return [
            [
                table.box.rounded(),
                [[c.row, c.col, c.rowspan, c.colspan, *c.box.rounded()] for c in table.cells],
            ]
            for table in self.tables
        ]


def tiles(cells: tuple[GridCell, ...]) -> bool:
    """Whether cells fill their rows and columns without hole or overlap, as those of a grid do."""
    if sum(cell.rowspan * cell.colspan for cell in cells) > MOST_LINES**2:
        return False  # before anything is laid out
    places = [
        (row, col)
        for cell in cells
        for row in range(cell.row, cell.row + cell.rowspan)
        for col in range(cell.col, cell.col + cell.colspan)
    ]
    n_rows = max((row + 1 for row, _ in places), default=0)
    n_cols = max((col + 1 for _, col in places), default=0)
    return len(set(places)) == len(places) == n_rows * n_cols

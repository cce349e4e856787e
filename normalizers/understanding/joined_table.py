"""A table over its pages: the cells of all its pieces, in one grid of rows and columns.

A county's table breaks in the middle of 产出指标. Each page holds a piece with its own rows and columns; the
joined table puts the pieces under each other in one frame of columns and remembers where each cell is
printed. Nothing is merged here: a cell cut by the break stays two cells, and `breaks` says which rows face
a break.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from goaltables.document import CellSource, PublishedCell, TablePage
from goaltables.records import Cell, PageGeometry, PageTable, TextLine


@dataclass(frozen=True, slots=True)
class TablePiece:
    """A table as one page prints it. `above` are the lines between it and what stands before it on its page.

    `row0` and `row1` bound the rows that belong to this piece when one printed grid holds several goal
    tables.
    """

    geometry: PageGeometry
    table: PageTable
    above: tuple[TextLine, ...] = ()
    first_on_page: bool = True
    last_on_page: bool = True
    row0: int = 0
    row1: int = 10**6

    @property
    def page(self) -> int:
        return self.geometry.number

    def cells(self) -> list[Cell]:
        return [cell for cell in self.table.cells if self.row0 <= cell.row < self.row1]


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell at its place in the joined table; `cell` keeps row and column of its page's piece."""

    page: int
    cell: Cell
    row: int
    col: int
    rowspan: int
    colspan: int

    @property
    def text(self) -> str:
        return self.cell.text.strip()

    @property
    def end_row(self) -> int:
        return self.row + self.rowspan

    @property
    def end_col(self) -> int:
        return self.col + self.colspan


@dataclass(frozen=True, slots=True)
class JoinedTable:
    """All pieces of one table. Rows and columns count from 0; `breaks` holds the first row of each later
    page.
    """

    pieces: tuple[TablePiece, ...]
    placed: tuple[Placed, ...]
    n_rows: int
    n_cols: int
    breaks: frozenset[int] = frozenset()
    _at: dict[tuple[int, int], Placed] = field(default_factory=dict, compare=False, repr=False)
    _starting: dict[int, tuple[Placed, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def above(self) -> tuple[TextLine, ...]:
        return self.pieces[0].above

    @property
    def between(self) -> tuple[TextLine, ...]:
        """The lines between two pieces of one page."""
        pairs = pairwise(self.pieces)
        return tuple(line for a, b in pairs if a.page == b.page for line in b.above)

    def at(self, row: int, col: int) -> Placed | None:
        """The cell that covers (row, col), None where nothing was found."""
        return self._at.get((row, col))

    def starting(self, row: int) -> tuple[Placed, ...]:
        """The cells whose first row is `row`, from left to right."""
        if row not in self._starting:
            self._starting[row] = tuple(p for p in self.covering(row) if p.row == row)
        return self._starting[row]

    def covering(self, row: int) -> list[Placed]:
        """All cells that touch `row`, from left to right."""
        return list(distinct(self.at(row, col) for col in range(self.n_cols)))

    def across(self, row: int, col: int, end: int) -> list[Placed]:
        """The cells of `row` that touch the columns col..end-1, from left to right."""
        return list(distinct(self.at(row, k) for k in range(col, end)))

    def rows(self, first: int, last: int) -> JoinedTable:
        """The rows first..last-1 as a table of their own (cells that reach over an edge are cut)."""
        cut = [
            Placed(p.page, p.cell, max(p.row, first) - first, p.col,
                   min(p.end_row, last) - max(p.row, first), p.colspan)
            for p in self.placed
            if p.row < last and p.end_row > first
        ]  # fmt: skip
        return joined_table(self.pieces, cut, frozenset(b - first for b in self.breaks if first < b < last))


def distinct(cells: Iterable[Placed | None]) -> Iterator[Placed]:
    """The cells without holes, each once, in the order given."""
    seen: set[int] = set()
    for placed in cells:
        if placed is not None and id(placed) not in seen:
            seen.add(id(placed))
            yield placed


def joined_table(
    pieces: Iterable[TablePiece], placed: Iterable[Placed], breaks: frozenset[int]
) -> JoinedTable:
    """A joined table of `placed` cells; where cells overlap the first one holds the place."""
    cells = tuple(sorted(placed, key=lambda p: (p.row, p.col)))
    at: dict[tuple[int, int], Placed] = {}
    for p in cells:
        for row in range(p.row, p.end_row):
            for col in range(p.col, p.end_col):
                at.setdefault((row, col), p)
    n_rows = max((p.end_row for p in cells), default=0)
    n_cols = max((p.end_col for p in cells), default=0)
    return JoinedTable(tuple(pieces), cells, n_rows, n_cols, breaks, at)


def joined_text(cells: Iterable[Placed]) -> str:
    """The texts of `cells` one after the other, as printed."""
    return "".join(p.text for p in cells)


def source_of(placed: Placed) -> CellSource:
    """Where a cell is printed."""
    return CellSource(
        page=placed.page, bbox=placed.cell.box.rounded(), row=placed.cell.row, col=placed.cell.col
    )


def published_piece(piece: TablePiece) -> TablePage:
    """The piece of a table on one page as it is published, rows counted from its own first row."""
    cells = piece.cells()
    box = cells[0].box if cells else piece.table.box
    for cell in cells[1:]:
        box = box.union(cell.box)
    return TablePage(
        page=piece.page,
        bbox=box.rounded(),
        cells=[
            PublishedCell(
                row=cell.row - piece.row0,
                col=cell.col,
                rowspan=min(cell.rowspan, piece.row1 - cell.row),
                colspan=cell.colspan,
                text=cell.text,
                bbox=cell.box.rounded(),
                confidence=round(cell.confidence, 4),
                reader=cell.reader,
            )
            for cell in cells
        ],
    )

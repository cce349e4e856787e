"""Pages of files that have none: a sheet of a workbook, a part of a Word document, a piece of a text dump.

Such a file has rows and columns but no paper. Its pages are *logical*: one unit for every column, to the
right, and one for every row (or line), downwards, from (0, 0). So a box leads back to the file as a cell
address does: on the page of a sheet, ``[2, 4, 3, 6]`` is C5:C6. The unit is called ``pt`` in the record, for
want of a third one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goaltables.errors import UnsupportedDocument
from goaltables.extractors.clean_text import fold_characters
from goaltables.extractors.open_document import OpenedDocument
from goaltables.records import (
    Box,
    Cell,
    Image,
    PageGeometry,
    PageProblem,
    PageReading,
    PageRoute,
    PageTable,
    Route,
    TextLine,
    Unit,
)

# Four blanks, two ideographic ones or a tab part two fields; 项　目　名　称 is one text.
_FIELD_GAP = re.compile(r"\t+|[ \u00a0]{4,}|\u3000[ \u3000]+")
_BREAK_IN_LATIN = re.compile(r"(?<=[A-Za-z0-9,.;])[ \t]*[\r\n]+[ \t]*(?=[A-Za-z0-9])")

OFFICE_FILE = "office-file"
TEXT_DUMP = "text-dump"


@dataclass(frozen=True, slots=True)
class LogicalCell:
    """A cell by its place in its own table; it gets its box from the rows and columns of the table."""

    row: int
    col: int
    rowspan: int
    colspan: int
    text: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogicalTable:
    """A table whose row r stands at height ``rows[r]`` of its page and whose column c at ``cols[c]``.

    Both only grow; where numbers are passed over, rows or columns of the file are hidden.
    """

    rows: tuple[int, ...]
    cols: tuple[int, ...]
    cells: tuple[LogicalCell, ...]

    def box(self, cell: LogicalCell) -> Box:
        return Box(
            self.cols[cell.col],
            self.rows[cell.row],
            self.cols[cell.col + cell.colspan - 1] + 1,
            self.rows[cell.row + cell.rowspan - 1] + 1,
        )


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """A text outside the tables and the part of its page that it takes."""

    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class LogicalPage:
    """What stands on one logical page; `width` and `height` count its columns and rows."""

    width: int
    height: int
    tables: tuple[LogicalTable, ...] = ()
    lines: tuple[LogicalLine, ...] = ()
    problems: tuple[PageProblem, ...] = ()


class LogicalDocument(OpenedDocument):
    """An open file without paper. All its pages are in memory: its limits were checked on opening.

    `reason` is the reason of the route, `text_reader` the package that read the file.
    """

    reason: str = OFFICE_FILE

    def __init__(self, media_type: str, pages: Sequence[LogicalPage]) -> None:
        self.media_type = media_type
        self.page_count = len(pages)
        self._pages = tuple(pages)

    def page(self, number: int) -> LogicalPage:
        return self._pages[number - 1]

    def page_geometry(self, number: int) -> PageGeometry:
        page = self.page(number)
        return PageGeometry(number, float(max(page.width, 1)), float(max(page.height, 1)), Unit.POINT)

    def picture(self, number: int, dpi: float = 200.0) -> Image:  # noqa: ARG002
        raise UnsupportedDocument(f"page {number} of {self.media_type} has no picture: the file has no paper")

    def close(self) -> None:
        self._pages = ()


def read_logical_page(opened: LogicalDocument, number: int) -> PageReading:
    """Read page `number` (from 1): tables with true spans, and the lines around them, top down."""
    page = opened.page(number)
    return PageReading(
        geometry=opened.page_geometry(number),
        route=PageRoute(Route.TEXT, opened.reason),
        tables=tuple(_table(table, opened) for table in page.tables),
        lines=tuple(TextLine(line.text, line.box, 1.0, opened.text_reader) for line in page.lines),
        problems=page.problems,
    )


def _table(table: LogicalTable, opened: LogicalDocument) -> PageTable:
    cells = tuple(
        Cell(
            cell.row,
            cell.col,
            cell.rowspan,
            cell.colspan,
            table.box(cell),
            cell.text,
            reader=opened.text_reader,
            flags=cell.flags,
        )
        for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.col))
    )
    whole = Box(table.cols[0], table.rows[0], table.cols[-1] + 1, table.rows[-1] + 1)
    return PageTable(whole, cells, opened.reason)


def lines_of(text: str, place: Box) -> list[LogicalLine]:
    """The lines of `text` in `place`: its line breaks under each other, fields set apart beside each other.

    >>> [line.text for line in lines_of("填报单位：某镇        单位：万元", Box(0, 1, 6, 2))]
    ['填报单位：某镇', '单位：万元']
    """
    found = []
    rows = [row for row in text.splitlines() if row.strip()]
    for r, row in enumerate(rows):
        fields = [field for field in _FIELD_GAP.split(row) if field.strip()]
        y0, y1 = (place.y0 + place.height * part / len(rows) for part in (r, r + 1))
        for f, field in enumerate(fields):
            x0, x1 = (place.x0 + place.width * part / len(fields) for part in (f, f + 1))
            found.append(LogicalLine(Box(x0, y0, x1, y1), one_line(field)))
    return found


def one_line(text: str) -> str:
    """A text as it is published: folded, its line breaks gone, blanks at the ends and doubled ones too.

    A break between two Latin words or numbers is a blank, as it is read.
    """
    text = _BREAK_IN_LATIN.sub(" ", fold_characters(text).strip())
    return " ".join("".join(part.strip() for part in text.splitlines()).split())

"""The way back to the page: where the cells of a row of the dataset stand.

A box is ``x0 y0 x1 y1`` in the units of the page as displayed, origin top left (``pages``: its size).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from goaltables.document import CellSource, Document, GoalTable
from goaltables.pipeline.dataset.columns import Row


class Evidence:
    """The places of one document's cells."""

    def __init__(self, document: Document) -> None:
        self._rowspans = {
            (page.page, tuple(cell.bbox)): cell.rowspan
            for table in document.tables
            for page in table.pages
            for cell in page.cells
        }

    def place(self, source: Sequence[CellSource]) -> Row:
        """Page and hull of the cells on the first page they stand on."""
        if not source:
            return {"page": None, "bbox": None}
        page = source[0].page
        return {"page": page, "bbox": _hull(s.bbox for s in source if s.page == page)}

    def row_place(self, source: Sequence[CellSource]) -> Row:
        """Page and hull of an indicator's own cells.

        The label 产出指标, merged over twenty rows, belongs to the indicator but would make its box the whole
        table: a cell over the rows of another one is left out, unless it is the first, the indicator's name.
        """
        if not source:
            return self.place(source)
        here = [s for s in source if s.page == source[0].page]
        return self.place([s for s in here if s is here[0] or not any(self._is_over(s, o) for o in here)])

    def pages_of(self, table: GoalTable) -> list[int]:
        """The pages a table stands on. A project of a wide list has its cells on the list's first table."""
        return [page.page for page in table.pages] or [s.page for s in _sources(table)]

    def place_of(self, table: GoalTable) -> Row:
        """Page and box of a table's first piece."""
        if table.pages:
            return {"page": table.pages[0].page, "bbox": _hull([table.pages[0].bbox])}
        return self.place(_sources(table))

    def _is_over(self, one: CellSource, other: CellSource) -> bool:
        """Whether `one` covers the rows of `other` and more."""
        first, last = self._rows(one)
        other_first, other_last = self._rows(other)
        return first <= other_first and other_last <= last and last - first > other_last - other_first

    def _rows(self, cell: CellSource) -> tuple[int, int]:
        return cell.row, cell.row + self._rowspans.get((cell.page, tuple(cell.bbox)), 1)


def _sources(table: GoalTable) -> list[CellSource]:
    return [
        *(source for line in table.budget for source in line.source),
        *(source for indicator in table.indicators for source in indicator.source),
    ]


def _hull(boxes: Iterable[Sequence[float]]) -> str:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return " ".join(f"{v:.10g}" for v in (min(x0), min(y0), max(x1), max(y1)))

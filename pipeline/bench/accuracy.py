"""How right a tool's tables are: its cells as they are, its records with our understanding of the forms.

No peer knows what a goal table is. Their cells are therefore led through the very normalizers that understand
ours: what is missing in their records then is missing in their cells. Titles and lines outside the tables are
not taken from them, so only indicators are compared.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from goaltables.normalizers.understanding.understand import understand_document
from goaltables.pipeline.score.cell_grid import adjacency, grits
from goaltables.pipeline.score.comparable import comparable
from goaltables.pipeline.score.measures import document_tallies
from goaltables.pipeline.score.tables import ScoredCell, ScoredTable, scored_tables
from goaltables.pipeline.score.tally import Count
from goaltables.records import Box, Cell, PageGeometry, PageReading, PageRoute, PageTable, Route, Unit

SAME_EDGE: Final = 3.0  # edges nearer than this are one line of the grid: points, or pixels at 200 dpi

PageCells: TypeAlias = Mapping[int, Sequence[Sequence[Cell]]]  # page number -> tables -> cells


def judged(truth: Sequence[ScoredTable], answer: Mapping[str, Any]) -> Iterator[Count]:
    """Counts of the cells and indicators of one document, against its truth."""
    if "record" in answer:
        tables = scored_tables(answer["record"])
        found = {
            page: [list(table.pages[page]) for table in tables if page in table.pages]
            for page in {page for table in tables for page in table.pages}
        }
    else:
        pages = _page_cells(answer)
        tables = scored_tables({"tables": _understood(pages)})
        found = {page: [_scored(cells) for cells in grids] for page, grids in pages.items()}
    tallies = document_tallies(truth, tables)
    yield from ((name, tallies[name]) for name in ("indicators.strict1", "indicators.strict3"))
    for table in truth:
        for page, cells in table.pages.items():
            yield from _best(cells, found.get(page, ()))


def _best(cells: Sequence[ScoredCell], grids: Sequence[Sequence[ScoredCell]]) -> Iterator[Count]:
    """A printed table against the one that is most like it on its page; the others cost nothing."""
    compared = [(adjacency(cells, grid), grid) for grid in grids]
    best, grid = max(compared, key=lambda pair: pair[0].hit, default=(adjacency(cells, ()), ()))
    yield "cells.adjacency", best
    yield "cells.grits_con", grits(cells, grid)[0]


def _page_cells(answer: Mapping[str, Any]) -> dict[int, list[tuple[Cell, ...]]]:
    return {
        page["page"]: [tuple(_gridded(table["cells"])) for table in page["tables"] if table["cells"]]
        for page in answer.get("pages", ())
    }


def _gridded(cells: Sequence[Mapping[str, Any]]) -> Iterator[Cell]:
    """Rows, columns and spans, from where the cells begin and end."""
    lines = [_lines(edge for cell in cells for edge in cell["bbox"][axis::2]) for axis in (0, 1)]
    for cell in cells:
        x0, y0, x1, y1 = cell["bbox"]
        col, row = _place(lines[0], x0), _place(lines[1], y0)
        yield Cell(
            row=row,
            col=col,
            rowspan=max(1, _place(lines[1], y1) - row),
            colspan=max(1, _place(lines[0], x1) - col),
            box=Box(x0, y0, x1, y1),
            text=cell["text"].replace("\n", ""),
        )


def _lines(edges: Iterator[float]) -> list[float]:
    """The least edge of every line of the grid."""
    lines: list[float] = []
    last = float("-inf")
    for edge in sorted(edges):
        if edge - last > SAME_EDGE:
            lines.append(edge)
        last = edge
    return lines


def _place(lines: Sequence[float], edge: float) -> int:
    return bisect_right(lines, edge) - 1


def _scored(cells: Sequence[Cell]) -> list[ScoredCell]:
    return [ScoredCell(c.row, c.col, c.rowspan, c.colspan, comparable(c.text)) for c in cells]


def _understood(pages: PageCells) -> list[dict[str, Any]]:
    readings = [_reading(number, grids) for number, grids in sorted(pages.items())]
    return [table.model_dump(mode="json") for table in understand_document(readings).tables]


def _reading(number: int, grids: Sequence[Sequence[Cell]]) -> PageReading:
    tables = [
        PageTable(_around(cells), tuple(sorted(cells, key=lambda c: (c.row, c.col))), "peer")
        for cells in grids
    ]
    extent = _around([cell for cells in grids for cell in cells])
    geometry = PageGeometry(number, extent.x1, extent.y1, Unit.POINT)
    return PageReading(geometry, PageRoute(Route.TEXT, "peer"), tuple(tables), ())


def _around(cells: Sequence[Cell]) -> Box:
    if not cells:
        return Box(0, 0, 0, 0)
    box = cells[0].box
    for cell in cells:
        box = box.union(cell.box)
    return box


def nothing_read(truth: Sequence[ScoredTable]) -> Iterator[Count]:
    """The counts of a document that a tool failed on."""
    return judged(truth, {"pages": []})

"""A page that is a picture: a scan, a photo, or a PDF page whose text layer cannot be believed.

    picture -> upright and flat -> grids -> cells and lines read -> back into the units of the page

All geometry is found on the upright picture and led back through its transform at the very end, so that
every box in a reading points into the page as it was delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pypdfium2.raw as pdfium

from goaltables.extractors.files.pdf_document import PdfDocument
from goaltables.extractors.given_grid import with_given
from goaltables.extractors.open_document import OpenedDocument
from goaltables.extractors.page_stages import PageStages
from goaltables.extractors.picture.marked_region import only_inside
from goaltables.extractors.picture.page_inverse import box_to_upright
from goaltables.extractors.picture.page_warp import box_to_page
from goaltables.extractors.picture.print_ink import PagePrint, page_print
from goaltables.extractors.picture.raster_grid import RuledPage, find_ruled_tables
from goaltables.extractors.picture.rectify import UprightPage, make_upright
from goaltables.extractors.reading.cell_reading import read_cells_of_print
from goaltables.extractors.reading.loose_lines import find_loose_lines, read_loose_lines
from goaltables.extractors.reading.open_tables import find_open_tables
from goaltables.records import (
    Box,
    Cell,
    GivenTable,
    Grid,
    Image,
    LineReading,
    OcrEngine,
    PageGeometry,
    PageProblem,
    PageReading,
    PageRoute,
    PageTable,
    TextLine,
)

Placed = TypeVar("Placed", Cell, TextLine, PageTable)

# Lines become 48 px high whatever they were: above 200 dpi (21 px characters at 7.5 pt) nothing is gained,
# and the search for rules gets dearer. Small print is worth the full resolution of its scan.
USUAL_DPI = 200.0
LEAST_DPI = 150.0
SMALL_PRINT_DPI = 300.0
SMALL_EM = 17.0  # px

GRID_UNCERTAIN = "grid-uncertain"

# What a line scores that no character was seen on: as unsure as a reader gets.
_NOTHING_READ = 0.02
# Which way up: one line in 250 reads better the wrong way round, so it takes two, and a sum of gains.
_LEAST_LINES = 2
_NO_DOUBT = 1.0


def read_scanned_page(
    opened: OpenedDocument,
    number: int,
    route: PageRoute,
    engine: OcrEngine,
    given: Sequence[GivenTable] = (),
) -> PageReading:
    """Read page `number` (from 1) from its picture; `given` tables stand in the place of those found there.

    Returns:
        The tables with their cells, and the lines outside them, boxes in the units of the page as displayed.
        A page with print but without a grid comes back as lines and the problem ``grid-uncertain``.

    Raises:
        DocumentError: the page cannot be drawn, or the engine failed on it.

    """
    return scanned_page_stages(opened, number, route, engine, given).reading


def scanned_page_stages(
    opened: OpenedDocument,
    number: int,
    route: PageRoute,
    engine: OcrEngine,
    given: Sequence[GivenTable] = (),
) -> PageStages:
    """What `read_scanned_page` does, with what was made on the way."""
    geometry = opened.page_geometry(number)
    page = _upright(opened, number, geometry, upside_down_test(engine))
    clean = page_print(page.image, page.em)
    ruled = find_ruled_tables(page)
    grids, problems = _with_given(page, find_grids(page, clean, ruled, engine), given, engine)
    tables = _read_tables(page, clean, grids, engine)
    lines = _read_lines(page, clean, grids, engine)
    if lines and not grids:
        problems.append(
            PageProblem(GRID_UNCERTAIN, "No ruled table was found on this page; its text is given as lines.")
        )
    reading = PageReading(
        replace(geometry, rotation=page.turn),
        route,
        tuple(_table_on_page(page, table) for table in tables),
        tuple(_on_page(page, line) for line in lines),
        tuple(problems),
    )
    rules = tuple(rule.box for rule in (*ruled.rules, *ruled.verticals))
    return PageStages(reading, rules, tables, lines, page)


def find_grids(page: UprightPage, clean: PagePrint, ruled: RuledPage, engine: OcrEngine) -> list[Grid]:
    """The tables of a page, ruled and open ones, from top to bottom; px of ``page.image``."""
    taken = [grid.box for grid in ruled.grids]
    open_grids = find_open_tables(clean, page.ink, page.em, ruled.rules, taken, engine)
    return sorted((*ruled.grids, *open_grids), key=lambda grid: (grid.box.y0, grid.box.x0))


def _with_given(
    page: UprightPage, found: list[Grid], given: Sequence[GivenTable], engine: OcrEngine
) -> tuple[list[Grid], list[PageProblem]]:
    """The tables as a person gave them in the place of those found there."""
    height, width = page.ink.shape

    def find_inside(box: Box) -> list[Grid]:
        part = only_inside(page, box)
        if not part.ink.any():
            return []
        return find_grids(part, page_print(part.image, page.em), find_ruled_tables(part), engine)

    return with_given(
        found, given, lambda box: box_to_upright(page.transform, box, width, height), find_inside
    )


def upside_down_test(engine: OcrEngine) -> Callable[[Sequence[Image]], bool]:
    """A test whether line pictures read better turned by 180 degrees, by the mean log probability.

    Lines are read one by one until they agree and leave no doubt: two are enough for most pages.
    """

    def is_upside_down(lines: Sequence[Image]) -> bool:
        gains: list[float] = []
        for line in lines:
            upright, turned = engine.read([line, np.ascontiguousarray(line[::-1, ::-1])])
            gains.append(_mean_log(turned) - _mean_log(upright))
            agree = all(gain > 0 for gain in gains) or all(gain < 0 for gain in gains)
            if len(gains) >= _LEAST_LINES and agree and abs(sum(gains)) >= _NO_DOUBT:
                break
        return sum(gains) > 0

    return is_upside_down


def _mean_log(reading: LineReading) -> float:
    return float(np.mean(np.log(np.maximum(reading.probabilities or (_NOTHING_READ,), 1e-6))))


def _upright(
    opened: OpenedDocument,
    number: int,
    geometry: PageGeometry,
    is_upside_down: Callable[[Sequence[Image]], bool],
) -> UprightPage:
    scanned_dpi = _scanned_dpi(opened, number)
    dpi = min(max(scanned_dpi, LEAST_DPI), USUAL_DPI)
    page = _upright_at(opened, number, geometry, dpi, is_upside_down)
    if page.em < SMALL_EM and scanned_dpi > 1.15 * dpi:
        page = _upright_at(opened, number, geometry, min(scanned_dpi, SMALL_PRINT_DPI), is_upside_down)
    return page


def _upright_at(
    opened: OpenedDocument,
    number: int,
    geometry: PageGeometry,
    dpi: float,
    is_upside_down: Callable[[Sequence[Image]], bool],
) -> UprightPage:
    picture = opened.picture(number, dpi)
    return make_upright(picture, geometry.width / picture.shape[1], is_upside_down=is_upside_down)


def _scanned_dpi(opened: OpenedDocument, number: int) -> float:
    """Resolution of the largest image on a PDF page; a page without one is drawn as sharp as need be."""
    if not isinstance(opened, PdfDocument):
        return USUAL_DPI
    found: list[tuple[float, float]] = []
    page = opened.pdfium_page(number)
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = image.get_bounds()
        area = (right - left) * (top - bottom)
        if area > 0.3 * page.get_width() * page.get_height():
            pixels_wide, pixels_high = image.get_px_size()
            found.append((area, 72 * (pixels_wide * pixels_high / area) ** 0.5))
    return max(found)[1] if found else SMALL_PRINT_DPI


def _read_tables(
    page: UprightPage, clean: PagePrint, grids: Sequence[Grid], engine: OcrEngine
) -> tuple[PageTable, ...]:
    cells = iter(read_cells_of_print(clean, page.em, [cell for grid in grids for cell in grid.cells], engine))
    tables = []
    for grid in grids:
        read = sorted((next(cells) for _ in grid.cells), key=lambda cell: (cell.row, cell.col))
        tables.append(PageTable(grid.box, tuple(read), grid.method, grid.score))
    return tuple(tables)


def _read_lines(
    page: UprightPage, clean: PagePrint, grids: Sequence[Grid], engine: OcrEngine
) -> tuple[TextLine, ...]:
    found = find_loose_lines(clean, page.ink, page.em, [grid.box for grid in grids])
    return tuple(
        TextLine(line.text, line.box, line.confidence, engine.name)
        for line in read_loose_lines(found, engine)
    )


def _table_on_page(page: UprightPage, table: PageTable) -> PageTable:
    return _on_page(page, replace(table, cells=tuple(_on_page(page, cell) for cell in table.cells)))


def _on_page(page: UprightPage, found: Placed) -> Placed:
    """The same with its box led from the upright picture to the page as displayed."""
    return replace(found, box=box_to_page(page.transform, found.box))

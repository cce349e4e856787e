"""Reading a digital page: its own characters in the cells that its own rules draw.

>>> with open_document(data) as opened:          # doctest: +SKIP
...     reading = read_digital_page(opened, 1)
...     [cell.text for cell in reading.tables[0].cells[:3]]
['部门（单位）名称', '……', '……']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from goaltables.errors import MalformedDocument, UnsupportedDocument
from goaltables.extractors.digital.believed_layer import BelievedLayer, believed_layer
from goaltables.extractors.digital.cell_recheck import recheck_cells
from goaltables.extractors.digital.fill_cells import READER, fill_cells
from goaltables.extractors.digital.glyph_lines import box_of, line_text, lines_of, split_at_gaps
from goaltables.extractors.digital.open_grid import find_open_grids, unread_regions
from goaltables.extractors.digital.page_break import extend_open_bottom
from goaltables.extractors.digital.page_turn import PageTurn
from goaltables.extractors.digital.rules import Axis, Segment
from goaltables.extractors.digital.text_layer import Glyph, TextLayer
from goaltables.extractors.digital.vector_grid import find_grid, ruled_components
from goaltables.extractors.files.pdf_document import PdfDocument
from goaltables.extractors.given_grid import GIVEN, with_given
from goaltables.extractors.open_document import OpenedDocument
from goaltables.extractors.page_stages import PageStages, stages_of_text
from goaltables.extractors.route import route_page
from goaltables.records import (
    Box,
    Cell,
    GivenTable,
    Grid,
    OcrEngine,
    PageProblem,
    PageReading,
    PageRoute,
    PageTable,
    TextLine,
)

# Fields set beside each other on one line (主管部门：… 实施单位：…) stand further apart than this, in sizes.
FIELD_GAP = 1.8
# A grid scored lower wants a person's eye: one with drawn rules when any of its places had to be mended, one
# without when fewer of its rows fill several columns than every real table's.
CERTAIN = {"vector": 0.995, "vector-open": 0.7, GIVEN: 0.0}


def read_digital_page(
    opened: OpenedDocument,
    number: int,
    route: PageRoute | None = None,
    given: Sequence[GivenTable] = (),
    engine: Callable[[], OcrEngine] | None = None,
) -> PageReading:
    """Read page `number` (from 1) of a PDF by its text layer: tables with their cells, and the lines around
    them.

    Boxes are in points of the page as displayed; rows and columns follow the page as it reads.

    Args:
        opened: An open PDF.
        number: The page, from 1.
        route: The page's route when it is known already.
        given: Tables that a person marked; they stand in the place of those found there.
        engine: Gives the recogniser, which is asked for only when a cell is not what the text layer says.

    Raises:
        MalformedDocument: the page or its text layer cannot be read.
        UnsupportedDocument: the document is an image and has no text layer.

    """
    return digital_page_stages(opened, number, route, given, engine).reading


def digital_page_stages(
    opened: OpenedDocument,
    number: int,
    route: PageRoute | None = None,
    given: Sequence[GivenTable] = (),
    engine: Callable[[], OcrEngine] | None = None,
) -> PageStages:
    """What `read_digital_page` does, with what was made on the way."""
    if not isinstance(opened, PdfDocument):
        raise UnsupportedDocument(f"{opened.media_type} has no text layer; read its picture")
    geometry = opened.page_geometry(number)
    believed = believed_layer(opened, number)
    if believed is None:
        raise MalformedDocument(f"the text layer of page {number} cannot be read; read its picture")
    layer = believed.layer
    grids, missed = with_given(
        find_grids(layer), given, layer.turn.upright_box, lambda box: find_grids_inside(layer, box)
    )
    tables, glyphs, doubts = _read_tables(opened, number, believed, grids, engine)
    problems = [*layer.problems, *missed, *doubts]
    for box in unread_regions(layer, [grid.box for grid in grids]):
        problems.append(
            PageProblem(
                "grid-uncertain",
                f"Rules and texts from {box.y0:.0f} to {box.y1:.0f} pt look like a table, but make no cells.",
            )
        )
    reading = PageReading(
        geometry=replace(geometry, rotation=layer.turn.degrees),
        route=route or route_page(opened, number),
        tables=tuple(tables),
        lines=tuple(_displayed_lines(glyphs, layer.turn)),
        problems=tuple(problems),
    )
    return stages_of_text(reading, tuple(layer.turn.displayed_box(segment.box) for segment in layer.segments))


def _read_tables(
    opened: PdfDocument,
    number: int,
    believed: BelievedLayer,
    grids: Sequence[Grid],
    engine: Callable[[], OcrEngine] | None,
) -> tuple[list[PageTable], Sequence[Glyph], list[PageProblem]]:
    """The tables of the grids that hold any text, the glyphs outside all of them, and what is not certain."""
    glyphs: Sequence[Glyph] = believed.layer.glyphs
    tables: list[PageTable] = []
    problems: list[PageProblem] = []
    for grid in grids:
        cells, glyphs = fill_cells(grid, glyphs)
        if not any(cell.text for cell in cells):
            continue  # a drawing, or a form's empty boxes
        cells, doubts = recheck_cells(opened, number, believed, cells, engine)
        problems += doubts
        tables.append(_displayed_table(grid, cells, believed.layer.turn))
        if grid.score < CERTAIN[grid.method]:
            told = f"The borders of table {len(tables)} are not certain (score {grid.score:.2f})."
            problems.append(PageProblem("grid-uncertain", told))
    return tables, glyphs, problems


def find_grids(layer: TextLayer) -> list[Grid]:
    """The grids of a page, from top to bottom, on the upright page."""
    dark = [segment for segment in layer.segments if not segment.is_light]
    ruled = _ruled_grids(dark, layer.em)
    if not ruled and len(dark) < len(layer.segments):
        ruled = _ruled_grids(layer.segments, layer.em)  # white rules on shaded rows
    ruled = [extend_open_bottom(grid, layer.segments, layer.glyphs, layer.em) for grid in ruled]
    grids = ruled + find_open_grids(layer, [grid.box for grid in ruled])
    return sorted(grids, key=lambda grid: (grid.box.y0, grid.box.x0))


def find_grids_inside(layer: TextLayer, box: Box) -> list[Grid]:
    """The grids of the part of a page that a person says holds a table, as if nothing else were there."""
    return find_grids(
        replace(
            layer,
            glyphs=tuple(glyph for glyph in layer.glyphs if box.holds(*glyph.box.centre)),
            segments=tuple(inside for segment in layer.segments if (inside := _inside(segment, box))),
        )
    )


def _inside(segment: Segment, box: Box) -> Segment | None:
    """The part of a rule inside a box."""
    is_row = segment.axis is Axis.HORIZONTAL
    across, low, high = (
        (box.y0 <= segment.at <= box.y1, box.x0, box.x1)
        if is_row
        else (box.x0 <= segment.at <= box.x1, box.y0, box.y1)
    )
    start, end = max(segment.start, low), min(segment.end, high)
    return replace(segment, start=start, end=end) if across and end > start else None


def _ruled_grids(segments: Iterable[Segment], em: float) -> list[Grid]:
    grids = [grid for component in ruled_components(segments, em) if (grid := find_grid(component, em))]
    # Of a grid inside another one's cell the one with more cells is the table: the other is a small drawing
    # in a cell, or a page frame of a few boxes around the table.
    return [
        grid
        for grid in grids
        if not any(
            _is_nested(grid, other) and (len(other.cells), other.box.area) > (len(grid.cells), grid.box.area)
            for other in grids
        )
    ]


def _is_nested(one: Grid, other: Grid) -> bool:
    return one.box.overlap(other.box) > 0.9 * min(one.box.area, other.box.area)


def _displayed_table(grid: Grid, cells: list[Cell], turn: PageTurn) -> PageTable:
    shown = tuple(replace(cell, box=turn.displayed_box(cell.box)) for cell in cells)
    return PageTable(turn.displayed_box(grid.box), shown, grid.method, grid.score)


def _displayed_lines(glyphs: Sequence[Glyph], turn: PageTurn) -> list[TextLine]:
    """Lines outside tables in reading order, fields beside each other apart."""
    return [
        TextLine(line_text(run), turn.displayed_box(box_of(run)), 1.0, READER)
        for line in lines_of(glyphs)
        for run in split_at_gaps(line, FIELD_GAP)
    ]

"""Borders painted as areas, as browsers and web pages' printers do: the same table must come out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from made_pdf import BLACK, CELLS, WHITE, XS, YS, Sheet, cell_texts, make_pdf

from goaltables.extractors.digital.border_fills import border_segments
from goaltables.extractors.digital.rules import Axis, Shape
from goaltables.extractors.digital_page import read_digital_page
from goaltables.extractors.open_document import open_document
from goaltables.records import Box, PageReading

Bounds = tuple[float, float, float, float]
GRAY = (0.7, 0.7, 0.7)


def read(sheet: Sheet) -> PageReading:
    with open_document(make_pdf(sheet)) as opened:
        return read_digital_page(opened, 1)


def grown(box: Bounds, by: float) -> Bounds:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def even_odd_ring(sheet: Sheet, box: Bounds) -> None:
    """WeasyPrint: both rectangles in one path, filled by the even-odd rule."""
    parts = [
        f"{x0} {sheet.height - y1} {x1 - x0} {y1 - y0} re"
        for x0, y0, x1, y1 in (grown(box, -0.3), grown(box, 0.3))
    ]
    sheet.operators.append(f"q 0 0 0 rg {' '.join(parts)} f* Q")


def wound_ring(sheet: Sheet, box: Bounds) -> None:
    """The inner rectangle goes round the other way."""
    x0, y0, x1, y1 = grown(box, 0.3)
    outer = f"{x0} {sheet.height - y1} {x1 - x0} {y1 - y0} re"
    x0, y0, x1, y1 = grown(box, -0.3)
    top, bottom = sheet.height - y0, sheet.height - y1
    inner = f"{x0} {bottom} m {x0} {top} l {x1} {top} l {x1} {bottom} l h"
    sheet.operators.append(f"q 0 0 0 rg {outer} {inner} f Q")


def white_on_black(sheet: Sheet, box: Bounds) -> None:
    sheet.block(*grown(box, 0.4), colour=BLACK)
    sheet.block(*grown(box, -0.4), colour=WHITE)


@pytest.mark.parametrize("draw", [even_odd_ring, wound_ring, white_on_black])
@pytest.mark.parametrize("inset", [0.0, 0.9], ids=["shared borders", "a border for each cell"])
def test_the_border_of_every_cell_as_an_area(draw: Callable[[Sheet, Bounds], None], inset: float) -> None:
    sheet = Sheet()
    for row, col, rowspan, colspan, _ in CELLS:
        draw(sheet, grown((XS[col], YS[row], XS[col + colspan], YS[row + rowspan]), -inset))
    cell_texts(sheet)
    reading = read(sheet)
    (table,) = reading.tables
    assert tuple((c.row, c.col, c.rowspan, c.colspan, c.text) for c in table.cells) == CELLS
    assert reading.problems == ()


@pytest.mark.parametrize("ground", [BLACK, GRAY])
def test_white_cells_on_a_painted_table(ground: tuple[float, float, float]) -> None:
    sheet = Sheet()
    sheet.block(XS[0] - 1, YS[0] - 1, XS[-1], YS[-1], colour=ground)
    for row, col, rowspan, colspan, _ in CELLS:
        sheet.block(XS[col], YS[row], XS[col + colspan] - 1, YS[row + rowspan] - 1, colour=WHITE)
    cell_texts(sheet)
    (table,) = read(sheet).tables
    assert tuple((c.row, c.col, c.rowspan, c.colspan, c.text) for c in table.cells) == CELLS


def fill(box: Box, light: float, winding: int = 0) -> Shape:
    return Shape("rect", (), box, fill_light=light, stroke_light=None, width=0.0, winding=winding)


def test_a_border_on_one_side_is_one_rule() -> None:
    (rule,) = border_segments([fill(Box(0, 0, 80, 19), 0.0), fill(Box(0, 0, 80, 20), 0.0)])
    assert (rule.axis, rule.at, rule.start, rule.end) == (Axis.HORIZONTAL, 19.5, 0, 80)


@pytest.mark.parametrize(
    "shapes",
    [
        [fill(Box(0, 0, 80, 20), 0.9), fill(Box(0, 20, 80, 40), 1.0)],  # striped rows
        [fill(Box(0, 0, 80, 80), 0.85), fill(Box(0, 20, 80, 40), 1.0)],  # a pale ground under a white row
        [fill(Box(1, 1, 79, 19), 0.0, 1), fill(Box(0, 0, 80, 20), 0.0, 1)],  # painted over, same sense
        [fill(Box(0, 0, 80, 20), 0.5), fill(Box(0, 0, 80, 20), 1.0)],  # wholly covered
        [fill(Box(0, 0, 80, 80), 0.5), fill(Box(0, 20, 80, 40), 0.2)],  # darker than its ground
    ],
)
def test_shading_leaves_no_rule(shapes: list[Shape]) -> None:
    assert list(border_segments(shapes)) == []

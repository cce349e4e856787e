"""Pages read with a grid that a person gave: as it was found it changes nothing, as it was repaired it
counts.
"""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from made_page import MadePage, draw, photographed, turned
from made_pdf import CELLS, XS, YS, Sheet, cell_texts, goal_sheet, make_pdf

from goaltables.extractors.digital_page import read_digital_page
from goaltables.extractors.engines.null import NullEngine
from goaltables.extractors.given_grid import GIVEN, NOT_FOUND, given_grid
from goaltables.extractors.open_document import open_document
from goaltables.extractors.picture.page_inverse import box_to_upright, to_upright
from goaltables.extractors.picture.page_warp import PageWarp, box_to_page, nodes
from goaltables.extractors.scanned_page import read_scanned_page
from goaltables.records import Box, GivenTable, GridCell, PageReading, PageRoute, PageTable, Route

OCR = PageRoute(Route.OCR, "image")
TEXT = PageRoute(Route.TEXT, "text-layer")


def read_digital(data: bytes, *given: GivenTable) -> PageReading:
    with open_document(data) as opened:
        return read_digital_page(opened, 1, TEXT, given)


def read_picture(page: MadePage, *given: GivenTable) -> PageReading:
    done, data = cv2.imencode(".png", page.picture)
    assert done
    with open_document(data.tobytes()) as opened:
        return read_scanned_page(opened, 1, OCR, NullEngine(), given)


def as_given(table: PageTable) -> GivenTable:
    cells = (GridCell(c.row, c.col, c.rowspan, c.colspan, c.box) for c in table.cells)
    return GivenTable(table.box, tuple(cells))


def places(reading: PageReading) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.col, c.rowspan, c.colspan, c.text) for t in reading.tables for c in t.cells]


def merged_rows(table: GivenTable, col: int, first: int) -> GivenTable:
    """The table with two cells of a column as one."""
    one, other = (next(c for c in table.cells if (c.row, c.col) == (row, col)) for row in (first, first + 1))
    whole = GridCell(first, col, 2, one.colspan, one.box.union(other.box))
    return GivenTable(table.box, (*(c for c in table.cells if c not in (one, other)), whole))


# ------------------------------------------------------------------------------------------------- digital


@pytest.mark.parametrize("rotate", [0, 90, 270])
def test_a_digital_page_is_read_the_same_with_the_grid_it_has(rotate: int) -> None:
    data = make_pdf(goal_sheet(), rotate=rotate)
    found = read_digital(data)
    again = read_digital(data, as_given(found.tables[0]))
    assert places(again) == places(found)
    assert again.lines == found.lines
    assert [t.method for t in again.tables] == [GIVEN]
    assert again.problems == found.problems
    by_box = read_digital(data, GivenTable(found.tables[0].box))
    assert places(by_box) == places(found)


def test_cells_that_a_person_merged_are_read_as_one() -> None:
    data = make_pdf(goal_sheet())
    repaired = merged_rows(as_given(read_digital(data).tables[0]), 1, 1)
    texts = [cell.text for cell in read_digital(data, repaired).tables[0].cells]
    assert "数量指标质量指标" in texts
    assert "数量指标" not in texts


def test_a_table_that_was_missed_is_read_in_the_cells_that_a_person_drew() -> None:
    sheet = Sheet()
    sheet.text(60, 60, "说明")
    cell_texts(sheet, CELLS[4:5], XS, YS)  # one name alone: no finder takes that for a table
    data = make_pdf(sheet)
    box = Box(XS[0], YS[0], XS[4], YS[4])
    assert read_digital(data).tables == ()
    drawn = read_digital(data, GivenTable(box, (GridCell(0, 0, 1, 1, box),)))
    assert [cell.text for table in drawn.tables for cell in table.cells] == [CELLS[4][4]]
    assert [line.text for line in drawn.lines] == ["说明"]
    only_box = read_digital(data, GivenTable(box))
    assert [problem.code for problem in only_box.problems] == [NOT_FOUND]
    assert [line.text for line in only_box.lines] == ["说明", CELLS[4][4]]


def test_marking_one_table_costs_no_other() -> None:
    """A page with a ruled table at its top; a person marks a list below it."""
    sheet = goal_sheet()
    sheet.text(60, 300, "甲")
    sheet.text(200, 300, "乙")
    data = make_pdf(sheet)
    box = Box(50, 285, 300, 310)
    cells = (GridCell(0, 0, 1, 1, Box(50, 285, 150, 310)), GridCell(0, 1, 1, 1, Box(150, 285, 300, 310)))
    found, marked = read_digital(data), read_digital(data, GivenTable(box, cells))
    assert len(marked.tables) == len(found.tables) + 1
    assert places(marked)[: len(places(found))] == places(found)
    assert [cell.text for cell in marked.tables[1].cells] == ["甲", "乙"]


# ------------------------------------------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    "damage",
    [lambda page: page, lambda page: turned(page, 2.5), lambda page: turned(page, 90), photographed],
    ids=["flat", "askew", "sideways", "photo"],
)
def test_a_picture_has_the_same_cells_with_the_grid_it_has(damage: object) -> None:
    assert callable(damage)
    page: MadePage = damage(draw())
    found = read_picture(page)
    (table,) = found.tables
    again = read_picture(page, as_given(table))
    assert places(again) == places(found)
    for one, other in zip(table.cells, again.tables[0].cells, strict=True):
        assert one.box.overlap(other.box) > 0.95 * one.box.area
    by_box = read_picture(page, GivenTable(table.box))
    assert places(by_box) == places(found)


def test_a_box_without_a_table_says_so() -> None:
    blank = MadePage(np.full((400, 400, 3), 255, np.uint8), {})
    reading = read_picture(blank, GivenTable(Box(10, 10, 300, 300)))
    assert [problem.code for problem in reading.problems] == [NOT_FOUND]
    assert reading.tables == ()


# ------------------------------------------------------------------------------------------------- geometry


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_way_back_undoes_the_way_to_the_page(turn: int) -> None:
    """Through a warp that slants, stretches and bends."""
    width, height = 800, 600
    x, y = nodes(width, height)
    warp = PageWarp(x + 0.04 * y + 6 * np.sin(y / 150), y - 0.03 * x + 20, turn, 900, 700, 0.36)
    points = np.array([[10.0, 15.0], [400.0, 300.0], [790.0, 20.0], [30.0, 580.0]])
    assert to_upright(warp, warp.to_page(points), width, height) == pytest.approx(points, abs=0.05)


@pytest.mark.parametrize("degrees", [0.0, 1.0, -3.0])
def test_the_hull_of_a_slanted_cell_gives_the_cell_back(degrees: float) -> None:
    angle = np.radians(degrees)
    x, y = nodes(1000, 1000)
    warp = PageWarp(
        x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle), 0, 1000, 1000, 0.5
    )
    cell = Box(300, 400, 700, 430)
    found = box_to_upright(warp, box_to_page(warp, cell), 1000, 1000)
    assert found.rounded(1) == pytest.approx(cell.rounded(1), abs=0.5)


def test_lines_of_a_given_grid_stand_where_most_cells_have_them_and_keep_their_order() -> None:
    cells = (
        GridCell(0, 0, 1, 1, Box(0, 0, 50, 20)),
        GridCell(0, 1, 1, 1, Box(50, 0, 100, 20)),
        GridCell(1, 0, 1, 1, Box(0, 21, 49, 40)),
        GridCell(1, 1, 1, 1, Box(50, 20, 100, 41)),
        GridCell(2, 0, 1, 2, Box(0, 30, 100, 39)),  # crossed by hand
    )
    grid = given_grid(cells, lambda box: box)
    for cell in grid.cells:
        assert cell.box.x1 > cell.box.x0
        assert cell.box.y1 > cell.box.y0
    assert {c.box.x1 for c in grid.cells if c.col == 0 and c.colspan == 1} == {50.0}

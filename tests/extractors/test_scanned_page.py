"""A page from its picture to a reading, on the project's own fixtures."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from goaltables.extractors.engines import build_engine
from goaltables.extractors.open_document import open_document
from goaltables.extractors.scanned_page import GRID_UNCERTAIN, read_scanned_page, upside_down_test
from goaltables.records import Box, Image, LineReading, PageReading, PageRoute, Route, Unit

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ROUTE = PageRoute(Route.OCR, "image")


class Reads:
    """An engine sure of upright pictures: those with their dark half on top."""

    name = "reads"
    version = "1"
    licence = "none"

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        return [
            LineReading(
                "字", (0.9 if line[: len(line) // 2].mean() < line[len(line) // 2 :].mean() else 0.3,)
            )
            for line in lines
        ]


def read_bytes(data: bytes, engine_name: str = "rapidocr") -> PageReading:
    with open_document(data) as opened:
        return read_scanned_page(opened, 1, ROUTE, build_engine(engine_name))


@pytest.fixture(scope="module")
def project_page() -> PageReading:
    return read_bytes((FIXTURES / "documents" / "project_page.png").read_bytes())


@pytest.mark.engine
def test_cells_are_read_and_lead_back_to_the_page(project_page: PageReading) -> None:
    """Each cell of the truth is found in its place on the delivered page, with its text."""
    truth = json.loads((FIXTURES / "expected" / "project_page.png.json").read_text("utf-8"))
    expected = truth["tables"][0]["pages"][0]["cells"]
    found = {(cell.row, cell.col): cell for cell in project_page.tables[0].cells}
    right = 0
    for cell in expected:
        mine = found.get((cell["row"], cell["col"]))
        box = Box(*cell["bbox"])
        if mine and box.overlap(mine.box) > 0.9 * box.area and mine.text == cell["text"].replace("\n", ""):
            right += 1
    assert right >= 0.98 * len(expected)


@pytest.mark.engine
def test_lines_outside_the_table_are_read(project_page: PageReading) -> None:
    """The title names the form: it stands above the table, and no cell is among the lines."""
    table = project_page.tables[0].box
    assert any("绩效目标表" in line.text and line.box.y1 < table.y0 for line in project_page.lines)
    assert not any(table.holds(*line.box.centre) for line in project_page.lines)


@pytest.mark.engine
def test_geometry_and_route_are_kept(project_page: PageReading) -> None:
    assert project_page.route == ROUTE
    assert project_page.geometry.unit is Unit.PIXEL
    assert project_page.geometry.rotation == 0
    assert project_page.problems == ()


@pytest.mark.engine
def test_page_fed_upside_down_is_turned(project_page: PageReading) -> None:
    """Rows and columns follow the upright page, boxes the delivered one."""
    with PillowImage.open(FIXTURES / "documents" / "project_page.png") as picture:
        turned = picture.rotate(180)
    target = io.BytesIO()
    turned.save(target, "PNG")
    reading = read_bytes(target.getvalue())
    assert reading.geometry.rotation == 180
    upright, delivered = project_page.tables[0].cells[0], reading.tables[0].cells[0]
    assert delivered.text == upright.text
    assert delivered.box.x1 == pytest.approx(project_page.geometry.width - upright.box.x0, abs=4)
    assert delivered.box.y1 == pytest.approx(project_page.geometry.height - upright.box.y0, abs=4)


def test_blank_page_is_read_as_nothing() -> None:
    target = io.BytesIO()
    PillowImage.new("L", (600, 800), 250).save(target, "PNG")
    reading = read_bytes(target.getvalue(), "null")
    assert (reading.tables, reading.lines, reading.problems) == ((), (), ())


@pytest.mark.engine
def test_text_without_a_table_is_told() -> None:
    """Prose comes back as lines, with a problem that says no table was found."""
    with PillowImage.open(FIXTURES / "readings" / "goal_song.png") as line:
        sheet = PillowImage.new("L", (900, 700), 250)
        for number in range(5):
            sheet.paste(line, (80, 100 + 60 * number))
    target = io.BytesIO()
    sheet.save(target, "PNG")
    reading = read_bytes(target.getvalue())
    text = json.loads((FIXTURES / "readings" / "readings.json").read_text("utf-8"))["lines"]["goal_song.png"]
    assert [line.text for line in reading.lines] == [text] * 5
    assert [problem.code for problem in reading.problems] == [GRID_UNCERTAIN]
    assert [line.box.y0 for line in reading.lines] == sorted(line.box.y0 for line in reading.lines)


def test_upside_down_is_decided_by_what_reads_better() -> None:
    upright = np.full((40, 200), 255, np.uint8)
    upright[:20] = 100
    is_upside_down = upside_down_test(Reads())
    assert not is_upside_down([upright, upright])
    assert is_upside_down([upright[::-1], upright[::-1], upright])


def test_engine_that_reads_nothing_turns_nothing() -> None:
    line = np.full((40, 200), 255, np.uint8)
    assert not upside_down_test(build_engine("null"))([line])

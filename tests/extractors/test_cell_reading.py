"""Cells of a drawn page, read by the real engine and by one that answers what a test wants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from goaltables.extractors.engines import build_engine
from goaltables.extractors.reading.cell_reading import (
    INK_NOT_READ,
    OPERATOR_SUSPECT,
    UNDER_SEAL,
    as_printed,
    read_cells,
)
from goaltables.records import Box, Cell, GridCell, Hypotheses, Image, LineReading

READINGS = Path(__file__).resolve().parents[2] / "fixtures" / "readings"
PAGE = json.loads((READINGS / "readings.json").read_text("utf-8"))["page"]
EM = float(PAGE["em"])
TEXTS = {(cell["row"], cell["col"]): cell["text"] for cell in PAGE["cells"]}


class Answers:
    """An engine that gives prepared readings, and remembers how often it was called."""

    name = "answers"
    version = "1"
    licence = "none"

    def __init__(self, *readings: LineReading, sureness: float = 0.99) -> None:
        self.readings = readings
        self.sureness = sureness
        self.calls: list[int] = []

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        self.calls.append(len(lines))
        given = list(self.readings) or [LineReading("字", (self.sureness,)) for _ in lines]
        return given[: len(lines)]


def page() -> Image:
    data = np.frombuffer((READINGS / PAGE["file"]).read_bytes(), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def grid_cells(shift: float = 0.0) -> list[GridCell]:
    return [
        GridCell(c["row"], c["col"], c["rowspan"], c["colspan"], Box(*(value + shift for value in c["box"])))
        for c in PAGE["cells"]
    ]


@pytest.fixture(scope="module")
def read_page() -> dict[tuple[int, int], Cell]:
    cells = read_cells(page(), EM, grid_cells(), build_engine("rapidocr"))
    return {(cell.row, cell.col): cell for cell in cells}


@pytest.mark.engine
@pytest.mark.parametrize("place", TEXTS)
def test_every_cell_of_the_page_is_read(
    place: tuple[int, int], read_page: dict[tuple[int, int], Cell]
) -> None:
    """Wrapped, stacked, under the seal, a lone mark, empty: as printed, without a break."""
    assert read_page[place].text == TEXTS[place]


@pytest.mark.engine
def test_empty_cell_is_sure(read_page: dict[tuple[int, int], Cell]) -> None:
    empty = read_page[1, 3]
    assert (empty.text, empty.confidence) == ("", 1.0)
    assert INK_NOT_READ not in empty.flags


@pytest.mark.engine
def test_cells_under_the_seal_are_flagged(read_page: dict[tuple[int, int], Cell]) -> None:
    flagged = {place for place, cell in read_page.items() if UNDER_SEAL in cell.flags}
    assert {(1, 2), (2, 2)} <= flagged
    assert not flagged & {(0, 0), (0, 1), (0, 2), (0, 3)}


@pytest.mark.engine
@pytest.mark.parametrize("shift", [-1.5, 1.5])
def test_boxes_a_pixel_off_read_the_same(shift: float) -> None:
    cells = read_cells(page(), EM, grid_cells(shift), build_engine("rapidocr"))
    assert {(cell.row, cell.col): cell.text for cell in cells} == TEXTS


def test_geometry_is_handed_through_and_the_engine_called_once() -> None:
    engine = Answers()
    cells = read_cells(page(), EM, grid_cells(), engine)
    assert len(engine.calls) == 1
    assert [(c.row, c.col, c.rowspan, c.colspan, c.box) for c in cells] == [
        (c.row, c.col, c.rowspan, c.colspan, c.box) for c in grid_cells()
    ]
    assert {cell.reader for cell in cells} == {"answers"}


def test_only_doubtful_cells_under_a_seal_are_looked_at_twice() -> None:
    """The rest of the page is never read again, however doubtful."""
    engine = Answers(sureness=0.5)
    cells = read_cells(page(), EM, grid_cells(), engine)
    first, second = engine.calls
    assert 0 < second <= sum(UNDER_SEAL in cell.flags for cell in cells) < first


def value_cell() -> list[GridCell]:
    return [cell for cell in grid_cells() if (cell.row, cell.col) == (0, 2)]


@pytest.mark.parametrize("text", [">95%", "<21个月", "295%", "8100%", "＜3天"])
def test_probable_misreadings_of_an_operator_are_flagged(text: str) -> None:
    reading = LineReading(text, (0.99,) * len(text))
    cell = read_cells(page(), EM, value_cell(), Answers(reading))[0]
    assert cell.text == text
    assert OPERATOR_SUSPECT in cell.flags


@pytest.mark.parametrize("text", ["≥95%", ">=95%", "<=3天", "95%", "100%", "29.5%", "2023年"])
def test_plain_values_are_not_flagged(text: str) -> None:
    reading = LineReading(text, (0.99,) * len(text))
    assert read_cells(page(), EM, value_cell(), Answers(reading))[0].flags == ()


def test_ink_that_was_read_as_nothing_is_flagged() -> None:
    cell = read_cells(page(), EM, value_cell(), Answers(LineReading("")))[0]
    assert (cell.text, cell.confidence) == ("", 0.0)
    assert INK_NOT_READ in cell.flags


def test_confidence_is_that_of_the_worst_character_of_all_lines() -> None:
    wrapped = [cell for cell in grid_cells() if (cell.row, cell.col) == (0, 1)]
    engine = Answers(LineReading("村干", (0.99, 0.4)), LineReading("每次", (0.97, 0.98)))
    cell = read_cells(page(), EM, wrapped, engine)[0]
    assert (cell.text, cell.confidence) == ("村干每次", 0.4)


def test_what_the_engine_flags_reaches_the_cell() -> None:
    reading = LineReading("95%", (0.5, 0.5, 0.5), ("operator-unreadable",))
    assert read_cells(page(), EM, value_cell(), Answers(reading))[0].flags == ("operator-unreadable",)


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("合 计", "合计"),
        (" 2023 年 1 月", "2023年1月"),
        ("GB T 19001", "GB T 19001"),
        ("≥ 95 %", "≥95%"),
        ("１００％", "１００％"),
        ("修复路面．保洁", "修复路面，保洁"),
        ("一>=96%", ">=96%"),
        ("一类", "一类"),
        ("1.修路.2.保洁", "1.修路.2.保洁"),
    ],
)
def test_blanks_are_layout_unless_latin(read: str, printed: str) -> None:
    assert as_printed(read) == printed


def test_doubtful_cell_keeps_what_else_its_lines_may_say() -> None:
    """Blanks that are layout go with their probabilities: the lines' texts joined are the cell's."""
    other = Hypotheses.of("村干 ", np.zeros((3, 4)))
    wrapped = [cell for cell in grid_cells() if (cell.row, cell.col) == (0, 1)]
    lines = (
        LineReading("村 干", (0.99, 0.5, 0.4), places=(0.1, 0.5, 0.9), hypotheses=other),
        LineReading("每次", (0.9999, 0.9999)),
    )
    cell = read_cells(page(), EM, wrapped, Answers(*lines))[0]
    assert cell.text == "".join(line.text for line in cell.lines) == "村干每次"
    assert cell.lines[0].probabilities == (0.99, 0.4)
    assert cell.lines[0].hypotheses is other


def test_sure_cell_keeps_nothing() -> None:
    assert read_cells(page(), EM, value_cell(), Answers(LineReading("≥95%", (0.9999,) * 4)))[0].lines == ()

"""What is read on a page goes from process to process as data, and comes out as it went in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from goaltables.pipeline.batch.pool.page_data import from_data, to_data
from goaltables.pipeline.page_outcome import PageOutcome, Recogniser
from goaltables.pipeline.settings import ReadSettings
from goaltables.pipeline.stages import StagesPages
from goaltables.records import (
    Box,
    Cell,
    Hypotheses,
    LineReading,
    PageGeometry,
    PageReading,
    PageRoute,
    PageTable,
    Route,
    Unit,
)

DOCUMENTS = Path(__file__).resolve().parents[2] / "fixtures" / "documents"


def doubtful_page() -> PageOutcome:
    scores = np.log([[0.9, 0.05, 0.05], [0.1, 0.5, 0.4]])
    line = LineReading("≥", (0.5,), places=(0.25,), hypotheses=Hypotheses.of("≥>", scores))
    cell = Cell(0, 0, 1, 1, Box(0, 0, 9, 9), "≥", 0.5, "rapidocr", ("ink-not-read",), (line,))
    geometry = PageGeometry(1, 9, 9, Unit.PIXEL)
    table = PageTable(Box(0, 0, 9, 9), (cell,), "raster-ruled")
    reading = PageReading(geometry, PageRoute(Route.OCR, "image-file"), (table,), ())
    return PageOutcome(1, reading, Recogniser("rapidocr", "1"))


def test_a_doubtful_line_keeps_what_else_it_may_say() -> None:
    outcome = doubtful_page()
    back = from_data(1, to_data(outcome))
    assert back.failure is None
    assert back.reading is not None
    assert outcome.reading is not None
    (line,) = back.reading.tables[0].cells[0].lines
    (sent,) = outcome.reading.tables[0].cells[0].lines
    assert line.hypotheses == sent.hypotheses
    assert line.hypotheses is not None
    assert line.hypotheses.scores.shape == (2, 3)


@pytest.mark.engine
def test_a_page_of_a_scan_goes_whole() -> None:
    with StagesPages((DOCUMENTS / "seed_scan.pdf").read_bytes(), ReadSettings()) as pages:
        outcome = pages.read(1)
    back = from_data(1, to_data(outcome))
    assert back == outcome
    assert back.reading is not None
    assert any(cell.lines for table in back.reading.tables for cell in table.cells)


def test_scores_that_fit_no_characters_are_no_page() -> None:
    data = to_data(doubtful_page()).replace("≥>".encode(), "≥><%".encode())
    assert from_data(1, data).failure is not None

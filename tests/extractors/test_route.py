"""When a text layer is believed, and the reason when it is not."""

from __future__ import annotations

import random

import pytest
from made_pdf import Sheet, blank_png, goal_sheet, make_pdf

from goaltables.extractors.open_document import Limits, open_document
from goaltables.extractors.route import route_page
from goaltables.records import Route


def route(sheet: Sheet, limits: Limits | None = None) -> tuple[str, str]:
    with open_document(make_pdf(sheet), limits=limits) as opened:
        decided = route_page(opened, 1)
    return decided.route.value, decided.reason


SENTENCE = "为加强预算绩效管理提高财政资金使用效益"


def scan(mode: int, text: str = SENTENCE) -> Sheet:
    sheet = Sheet()
    sheet.image(0, 0, 560, 400)
    for i in range(5):
        sheet.text(60, 60 + 20 * i, text, mode=mode)
    return sheet


def test_a_digital_page_is_believed() -> None:
    assert route(goal_sheet()) == ("text", "text-layer")


def test_an_empty_page_needs_no_recogniser() -> None:
    assert route(Sheet()) == ("text", "blank-page")


def test_a_scan_without_text() -> None:
    sheet = Sheet()
    sheet.image(0, 0, 560, 400)
    assert route(sheet) == ("ocr", "no-text-layer")


def test_the_text_a_scanner_hides_under_its_image() -> None:
    assert route(scan(mode=3)) == ("ocr", "ocr-layer-of-scan")


def test_text_painted_over_by_the_image_of_the_page() -> None:
    sheet = Sheet()
    for i in range(5):
        sheet.text(60, 60 + 20 * i, SENTENCE)
    sheet.image(0, 0, 560, 400)
    assert route(sheet) == ("ocr", "ocr-layer-of-scan")


def test_visible_text_over_an_image_of_the_page() -> None:
    assert route(scan(mode=0)) == ("ocr", "text-over-image")


def test_a_seal_over_the_text_covers_nothing() -> None:
    sheet = goal_sheet()
    sheet.image(50, 50, 300, 220, transparent=True)
    assert route(sheet) == ("text", "text-layer")


def test_a_background_image_under_a_ruled_table() -> None:
    background = Sheet()
    background.image(0, 0, 560, 400, gray=250)
    background.operators += goal_sheet().operators
    assert route(background) == ("text", "text-layer")


def test_hidden_text_without_an_image() -> None:
    sheet = Sheet()
    sheet.text(60, 60, SENTENCE, mode=3)
    sheet.line(60, 100, 200, 100)
    assert route(sheet) == ("ocr", "hidden-text")


def test_a_picture_that_may_be_the_table() -> None:
    sheet = Sheet()
    sheet.text(60, 40, SENTENCE + SENTENCE)
    sheet.image(40, 60, 520, 330)
    assert route(sheet) == ("ocr", "large-picture")


@pytest.mark.parametrize(
    "text",
    [
        "\ue001\ue002\ue003绩效目标",  # private use
        "ÖÐ¹ú¼¨Ð§Ä¿±ê",  # GBK bytes read as Latin
        "龘靐齉爩麤龖龗灪籱癵驫讟钃鱻麣",  # a shifted code table gives rare ideographs
    ],
)
def test_garbled_text(text: str) -> None:
    sheet = Sheet()
    for i in range(4):
        sheet.text(60, 60 + 20 * i, text)
    assert route(sheet) == ("ocr", "garbled-text")


def test_text_as_outlines() -> None:
    rng = random.Random(7)  # noqa: S311  a maker of test cases
    sheet = Sheet()
    for i in range(40):
        x, y = 60 + 11 * (i % 30), 300 - 20 * (i // 30)
        strokes = " ".join(f"{x + rng.random() * 9:.1f} {y + rng.random() * 9:.1f} l" for _ in range(25))
        sheet.operators.append(f"{x} {y} m {strokes} f")
    assert route(sheet) == ("ocr", "outlined-text")


def test_a_drawing_with_very_many_paths() -> None:
    sheet = goal_sheet()
    for i in range(60):
        sheet.line(10, 10 + i, 20, 10 + i)
    assert route(sheet, Limits(max_vector_objects=50)) == ("ocr", "too-many-vectors")


def test_an_image_file() -> None:
    with open_document(blank_png()) as opened:
        decided = route_page(opened, 1)
    assert (decided.route, decided.reason) == (Route.OCR, "image-file")


def test_a_page_that_pdfplumber_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Damaged fonts make pdfminer raise nearly anything; the page is then read from its picture."""

    def fail(*_: object) -> None:
        raise ValueError("broken font")

    monkeypatch.setattr("pdfminer.pdfinterp.PDFPageInterpreter.process_page", fail)
    assert route(goal_sheet()) == ("ocr", "text-reader-failed")


def test_a_page_of_which_pdfplumber_reads_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pdfminer.pdfinterp.PDFPageInterpreter.do_Tj", lambda *_: None)
    assert route(goal_sheet()) == ("ocr", "text-reader-failed")

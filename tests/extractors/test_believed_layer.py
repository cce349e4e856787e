"""Text layers that lie: what a page says is compared with what it shows, font by font and cell by cell.

The lies are told in the project's own fixtures: their fonts are in the file, so what is drawn is known.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from goaltables.extractors.digital_page import read_digital_page
from goaltables.extractors.open_document import open_document
from goaltables.extractors.route import route_page
from goaltables.records import Cell, Image, LineReading, PageReading

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents"
HONEST = ("seed_digital.pdf", "project_digital.pdf", "seed_late_labels.pdf", "disclosure_report.pdf")

Lie = Callable[[pikepdf.Pdf], None]


class Echo:
    """Reads the same text on each line that has ink."""

    name, version, licence = "echo", "echo-1", "Apache-2.0"

    def __init__(self, text: str = "读出") -> None:
        self.text = text
        self.lines = 0

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        self.lines += len(lines)
        return [LineReading(self.text, (0.9,) * len(self.text), places=(0.2, 0.8)) for _ in lines]


def told(lie: Lie, name: str = "seed_digital.pdf") -> bytes:
    target = io.BytesIO()
    with pikepdf.open(DOCUMENTS / name) as pdf:
        lie(pdf)
        pdf.save(target)
    return target.getvalue()


def route(data: bytes) -> tuple[str, str]:
    with open_document(data) as opened:
        decided = route_page(opened, 1)
    return decided.route.value, decided.reason


def read(data: bytes, engine: Echo | None = None) -> PageReading:
    with open_document(data) as opened:
        return read_digital_page(opened, 1, engine=(lambda: engine) if engine else None)


def cells(reading: PageReading) -> list[Cell]:
    return [cell for table in reading.tables for cell in table.cells]


def fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [font for font in pdf.pages[0].Resources.Font.values() if "/ToUnicode" in font]


def remapped(change: Callable[[str], str]) -> Lie:
    """Each font of the page says of its characters what `change` makes of their codes (hexadecimal)."""

    def lie(pdf: pikepdf.Pdf) -> None:
        for font in fonts(pdf):
            font.ToUnicode.write(_with_codes(font.ToUnicode.read_bytes().decode("latin-1"), change).encode())

    return lie


def _with_codes(cmap: str, change: Callable[[str], str]) -> str:
    return re.sub(
        r"(<[0-9A-Fa-f]{2}>\s*)<([0-9A-Fa-f]{4})>",
        lambda found: f"{found[1]}<{change(found[2])}>",
        cmap,
    )


def next_ideograph(code: str) -> str:
    """The next common ideograph of GB 2312: text that looks like Chinese and is none."""
    character = chr(int(code, 16))
    if not "\u4e00" <= character <= "\u9fa5":
        return code
    row, cell = character.encode("gb2312")
    after = bytes((row, cell + 1)) if cell < 0xFA else bytes((row, 0xA1))
    return f"{ord(after.decode('gb2312')):04X}"


def next_figure(code: str) -> str:
    return f"{0x30 + (int(code, 16) - 0x30 + 3) % 10:04X}" if "0030" <= code <= "0039" else code


def private(code: str) -> str:
    return f"E{code[1:]}" if code > "4E00" else code


def without_maps(pdf: pikepdf.Pdf) -> None:
    for font in fonts(pdf):
        del font.ToUnicode


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        (remapped(next_ideograph), "text-not-as-drawn"),
        (remapped(next_figure), "text-not-as-drawn"),
        (remapped(private), "garbled-text"),
        (without_maps, "garbled-text"),
    ],
)
def test_a_font_that_lies_about_its_characters_sends_the_page_to_the_recogniser(
    lie: Lie, reason: str
) -> None:
    assert route(told(lie)) == ("ocr", reason)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_layer_is_believed_whole(name: str) -> None:
    data = (DOCUMENTS / name).read_bytes()
    engine = Echo()
    assert route(data)[0] == "text"
    reading = read(data, engine)
    assert engine.lines == 0
    assert not {"text-layer-incomplete", "hidden-text-dropped"} & {p.code for p in reading.problems}
    assert all(cell.confidence == 1 and not cell.flags for cell in cells(reading))


def test_a_character_without_a_map_costs_only_its_cells() -> None:
    """A made-up character (private use) in a few cells: these are read from the picture."""
    wanted = f"{ord('坚'):04X}"
    honest = cells(read((DOCUMENTS / "seed_digital.pdf").read_bytes()))
    doubted = {(cell.row, cell.col) for cell in honest if "坚" in cell.text}
    assert doubted
    data = told(remapped(lambda code: "E001" if code == wanted else code))
    assert route(data) == ("text", "text-layer")
    reading = read(data, Echo())
    changed = [cell for cell in cells(reading) if "text-doubted" in cell.flags]
    assert {(cell.row, cell.col) for cell in changed} == doubted
    assert all(set(cell.text) == set("读出") and cell.confidence < 1 for cell in changed)
    assert [cell for cell in cells(reading) if not cell.flags] == [c for c in honest if "坚" not in c.text]
    assert "text-layer-incomplete" in {problem.code for problem in reading.problems}


def painted(draw: Callable[[pikepdf.Pdf, tuple[float, float, float, float]], str]) -> tuple[bytes, Cell]:
    """The fixture with something painted into the cell of one value, and that cell as it was."""
    honest = cells(read((DOCUMENTS / "seed_digital.pdf").read_bytes()))
    cell = next(cell for cell in honest if cell.text == "≥22人")

    def lie(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        height = float(page.MediaBox[3])
        box = (cell.box.x0 + 2, height - cell.box.y1 + 2, cell.box.x1 - 2, height - cell.box.y0 - 2)
        page.contents_add(f"q {draw(pdf, box)} Q".encode())

    return told(lie), cell


def white_blot(_: pikepdf.Pdf, box: tuple[float, float, float, float]) -> str:
    """An outline of many segments, so that no box of an object tells what it covers."""
    x0, y0, x1, y1 = box
    zigzag = " ".join(f"{x0 + (x1 - x0) * k / 9:.1f} {y1 + (k % 2):.1f} l" for k in range(10))
    return f"1 g {x0} {y0} m {zigzag} {x1} {y0} l h f"


def picture_of_a_value(pdf: pikepdf.Pdf, box: tuple[float, float, float, float]) -> str:
    """A picture with two strokes like characters, pasted over the value."""
    x0, y0, x1, y1 = box
    pixels = np.full((60, 200), 255, np.uint8)
    for left in (40, 90):
        pixels[10:50, left : left + 6] = pixels[10:16, left : left + 30] = pixels[44:50, left : left + 30] = 0
    header = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=200,
        Height=60,
        ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=8,
    )
    image = pdf.make_stream(pixels.tobytes())
    image.stream_dict = header
    name = pdf.pages[0].add_resource(image, pikepdf.Name.XObject)
    return f"{x1 - x0} 0 0 {y1 - y0} {x0} {y0} cm {name} Do"


def red_seal(_: pikepdf.Pdf, box: tuple[float, float, float, float]) -> str:
    x0, y0, _x1, y1 = box
    arms = " ".join(f"{x0 + 20 + 8 * k} {y0} m {x0 + 24 + 8 * k} {y1} l S" for k in range(3))
    return f"0.85 0.1 0.1 RG 2 w {arms}"


def test_text_that_something_covers_leaves_no_ink_and_is_not_read() -> None:
    data, cell = painted(white_blot)
    reading = read(data)
    (blank,) = [c for c in cells(reading) if (c.row, c.col) == (cell.row, cell.col)]
    assert blank.text == ""
    assert [p.code for p in reading.problems] == ["hidden-text-dropped"]


def test_a_value_pasted_as_a_picture_is_read_from_it() -> None:
    data, cell = painted(picture_of_a_value)
    engine = Echo("≥59%")
    reading = read(data, engine)
    (pasted,) = [c for c in cells(reading) if "ink-without-text" in c.flags]
    assert (pasted.row, pasted.col, pasted.box) == (cell.row, cell.col, cell.box)
    assert pasted.text == "≥59%"
    assert pasted.reader == "echo"


def test_without_a_recogniser_the_cell_is_told_and_stays() -> None:
    data, _ = painted(picture_of_a_value)
    reading = read(data)
    (pasted,) = [c for c in cells(reading) if c.flags]
    assert (pasted.text, pasted.flags) == ("", ("ink-without-text",))
    assert "text-layer-incomplete" in {problem.code for problem in reading.problems}


def test_a_seal_over_a_value_is_no_text_and_hides_none() -> None:
    data, cell = painted(red_seal)
    engine = Echo()
    assert cells(read(data, engine)) == cells(read((DOCUMENTS / "seed_digital.pdf").read_bytes()))
    assert (engine.lines, cell.text) == (0, "≥22人")

"""Draw the pictures of README.md and docs/stages.md: ``python docs/examples/draw_pictures.py``.

Each stage of a fixture as ``goaltables inspect`` draws it, cut to the rows under the seal; and for the README
those rows as they came beside what was made of them. Needs an installed font with Chinese characters.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from goaltables import digitize
from goaltables.document import Indicator
from goaltables.pipeline.drawing.fonts import chinese_font_file
from goaltables.pipeline.inspect.inspection import inspect_document
from goaltables.pipeline.settings import ReadSettings

ROOT: Final = Path(__file__).resolve().parents[2]
SCAN: Final = ROOT / "fixtures" / "documents" / "seed_scan.pdf"
PICTURES: Final = ROOT / "docs" / "pictures"
STAGES: Final = ("delivered", "upright", "ink", "rules", "cells", "readings", "texts", "roles", "repairs")
# The rows under the seal on page 2, in the pixels of the drawn pages. Layers with a legend begin lower.
CUT: Final = (270, 565, 1050, 925)
LEGEND: Final = 40
SHOWN: Final = 560  # width of a stage's picture
COLOURS: Final = 128

ROWS: Final = range(12, 22)  # of the indicators of page 2: those in the cut
ROW_HEIGHT, LEFT, TABLE = 36, 580, 1010
INK, SOFT, LINE, ADDED, HEAD = "#0f172a", "#64748b", "#cbd5e1", "#1d4ed8", "#f1f5f9"
COLUMNS: Final = (
    (8, "full_name"),
    (500, "operator"),
    (590, "value"),
    (690, "unit"),
    (780, "box on the page, pt"),
)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        inspect_document(SCAN.read_bytes(), SCAN.name, Path(folder), ReadSettings(), 2)
        for number, stage in enumerate(STAGES, start=1):
            page = Image.open(Path(folder) / f"page-2-{number}-{stage}.png").convert("RGB")
            shift = 0 if page.height < Image.open(Path(folder) / "page-2-1-delivered.png").height else LEGEND
            cut = page.crop((CUT[0], CUT[1] + shift - LEGEND, CUT[2], CUT[3] + shift - LEGEND))
            save(cut.resize((SHOWN, round(cut.height * SHOWN / cut.width))), f"stage-{stage}.png")
            if stage == "delivered":
                save(beside(cut), "readme.png")


def beside(cut: Image.Image) -> Image.Image:
    """The rows as they were delivered, and what was made of them."""
    left = cut.resize((LEFT, round(cut.height * LEFT / cut.width)))
    height = max(left.height, ROW_HEIGHT * (len(ROWS) + 1)) + 20
    picture = Image.new("RGB", (LEFT + 60 + TABLE, height), "white")
    draw = ImageDraw.Draw(picture)
    picture.paste(left, (10, (height - left.height) // 2))
    font = ImageFont.truetype(os.fspath(chinese_font_file() or "DejaVuSans.ttf"), 20)
    draw.text((LEFT + 22, height // 2 - 14), "→", fill=SOFT, font=font)
    indicators = [i for i in digitize(SCAN).tables[0].indicators if i.source[0].page == 2]
    draw_rows(draw, font, [indicators[row] for row in ROWS], (LEFT + 55, 10))
    return picture


def draw_rows(
    draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, rows: list[Indicator], corner: tuple[int, int]
) -> None:
    x, y = corner
    draw.rectangle((x, y, x + TABLE - 10, y + ROW_HEIGHT), fill=HEAD)
    for offset, title in COLUMNS:
        draw.text((x + offset, y + 6), title, fill=SOFT, font=font)
    for row in rows:
        y += ROW_HEIGHT
        draw.line((x, y, x + TABLE - 10, y), fill=LINE)
        box = " ".join(f"{edge:.0f}" for edge in row.source[0].bbox)
        texts = (row.name, row.operator or "", row.value or "", row.unit or "", box)
        for (offset, _), text in zip(COLUMNS, texts, strict=True):
            draw.text((x + offset, y + 5), text, fill=INK, font=font)
        # What the column's edge cut off, and was put back.
        draw.text(
            (x + COLUMNS[0][0] + font.getlength(row.name), y + 5),
            row.full_name.removeprefix(row.name),
            fill=ADDED,
            font=font,
        )


def save(picture: Image.Image, name: str) -> None:
    picture.quantize(COLOURS).save(PICTURES / name, optimize=True)


if __name__ == "__main__":
    main()

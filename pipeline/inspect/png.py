"""A stage of a page as a PNG file: the picture, the marks of one layer, their legend on top."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from goaltables.pipeline.drawing.fonts import chinese_font_file, font
from goaltables.pipeline.inspect.inspected_page import InspectedPage
from goaltables.pipeline.inspect.placing import PlacedLayer, PlacedMark
from goaltables.pipeline.inspect.styles import Style, styles
from goaltables.pipeline.messages import say_code

LONGEST: Final = 1600
COLOURS: Final = 256
STRIP: Final = 1 / 28  # of the shorter side
# In English whatever the language: a font for the Chinese words is what is missing.
NO_FONT: Final = "No font with Chinese characters is installed here: apt-get install fonts-noto-cjk"
INK: Final = "#12181f"
PAPER: Final = "#ffffff"


@dataclass(frozen=True, slots=True)
class _Canvas:
    """A picture of `scale` px a unit of the frame; `overlay` is laid over it when all is drawn."""

    picture: Image.Image
    overlay: Image.Image
    scale: float


def layer_png(page: InspectedPage, layer: PlacedLayer, title: str) -> bytes:
    """The page's background with the marks of one layer, and their legend."""
    canvas = _canvas(page)
    draw = ImageDraw.Draw(canvas.overlay)
    for mark in layer.marks:
        _draw_mark(draw, mark, canvas.scale)
    whole = Image.alpha_composite(canvas.picture.convert("RGBA"), canvas.overlay).convert("RGB")
    return _encoded(_with_strip(whole, title, layer.styles))


def background_png(page: InspectedPage, title: str) -> bytes:
    """The page's background alone."""
    return _encoded(_with_strip(_canvas(page).picture, title, ()))


def ink_png(page: InspectedPage, title: str) -> bytes:
    """The print alone, without seal, shade and desk; white where there is no such picture."""
    canvas = _canvas(page)
    sheet = Image.new("RGB", canvas.picture.size, PAPER)
    if page.ink is not None:
        ink = Image.open(io.BytesIO(page.ink.data)).convert("LA").resize(sheet.size)
        sheet.paste((0, 0, 0), mask=ink.getchannel("A"))
    return _encoded(_with_strip(sheet, title, ()))


def _canvas(page: InspectedPage) -> _Canvas:
    width, height = page.size
    scale = LONGEST / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if page.background is None:
        picture = Image.new("RGB", size, PAPER)
    else:
        picture = page.background.opened().resize(size)
    return _Canvas(picture, Image.new("RGBA", size, (0, 0, 0, 0)), scale)


def _draw_mark(draw: ImageDraw.ImageDraw, mark: PlacedMark, scale: float) -> None:
    style = styles()[mark.style]
    corners = [(x * scale, y * scale) for x, y in mark.outline]
    fill = (*_rgb(style.fill), round(255 * style.opacity)) if style.fill else None
    draw.polygon(corners, fill=fill, outline=style.line or None, width=2 if style.line else 0)
    for words in mark.words:
        size = max(8, round(words.size * scale))
        edge = 2 if words.kind == "tag" else 0
        colour = style.line if words.kind == "tag" and style.line else INK
        place = (words.x * scale, words.y * scale)
        draw.text(
            place,
            words.text,
            fill=colour,
            font=font(size),
            anchor="rs" if words.is_right else "ls",
            stroke_width=edge,
            stroke_fill=PAPER,
        )


def _with_strip(picture: Image.Image, title: str, shown: Sequence[str]) -> Image.Image:
    """The picture under a line with its title and the legend of its styles."""
    width, height = picture.size
    line = max(22, round(STRIP * min(width, height)))
    notes = [] if chinese_font_file() else [NO_FONT]
    rows = 1 + len(notes) + bool(shown)
    whole = Image.new("RGB", (width, height + rows * line), PAPER)
    whole.paste(picture, (0, rows * line))
    draw = ImageDraw.Draw(whole)
    face = font(round(0.62 * line))
    for row, text in enumerate((title, *notes)):
        draw.text((0.3 * line, (row + 0.7) * line), text, fill=INK, font=face, anchor="ls")
    x, baseline = 0.3 * line, (rows - 0.3) * line
    for name in shown:
        style = styles()[name]
        box = (x, baseline - 0.5 * line, x + 0.6 * line, baseline)
        draw.rectangle(box, fill=_on_paper(style), outline=style.line or INK, width=2)
        label = say_code("mark", name)
        draw.text((x + 0.75 * line, baseline), label, fill=INK, font=face, anchor="ls")
        x += 1.25 * line + draw.textlength(label, font=face)
    return whole


def _on_paper(style: Style) -> tuple[int, int, int]:
    """The colour of a fill over white."""
    if not style.fill:
        return 255, 255, 255
    red, green, blue = (round(255 - (255 - part) * style.opacity) for part in _rgb(style.fill))
    return red, green, blue


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(buffer, "PNG")
    return buffer.getvalue()

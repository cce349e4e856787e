"""The text layer of a digital page beside its ink: is what it says what a person sees?

The page is drawn once, small. Four lies show in that picture, whatever brought them about:

* a character without any ink where it should stand (a hidden layer, a clip, an overlay that covers it);
* a font whose characters do not look like what they are said to be (a wrong Unicode map);
* characters nobody can tell (private use, no map: ``(cid:87)``);
* ink in a cell that no character accounts for (text as curves or as a picture).

Only fonts that are in the file are compared: where a font is missing, a viewer elsewhere draws what this
machine cannot. Nothing here loads a recogniser; an honest page costs its drawing and a few milliseconds.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import cv2
import numpy as np

from goaltables.extractors.digital.glyph_shapes import FIGURES, Shape, agreement, character_shape, is_known
from goaltables.extractors.digital.rules import Axis, Segment
from goaltables.extractors.digital.text_layer import Glyph
from goaltables.records import Box, Image

SCALE = 1.5  # px per point: characters of 9 pt are 13 px high
PAPER = 243  # darker is ink, if only the edge of a pale stroke
CONTRAST = 12  # between the gray of a dark ground and the faintest print on it

# A font lies when so few of its distinct characters look like themselves.
LEAST_IDEOGRAPHS, AGREEING_IDEOGRAPHS = 8, 0.35
LEAST_FIGURES, AGREEING_FIGURES = 4, 0.5  # honest faces, drawn small: .7 at least
MOST_COMPARED = 64

# Ink without text, in sizes of the page's characters.
DARK = 140  # gray; shading is lighter
AROUND_GLYPH, AROUND_RULE = 0.2, 0.15
CHARACTER_HIGH = (0.45, 2.5)
CHARACTER_WIDE = 0.2
MOST_FILLED = 0.8  # of its box: a block of colour is no character


def unseen_glyphs(page: Image, glyphs: Sequence[Glyph], foreign_fonts: Collection[str]) -> list[int]:
    """Numbers of the glyphs that leave no ink in their box; `page`: gray, upright, `SCALE` px per point."""
    inked = _shares(_darker(page, PAPER), [glyph.box for glyph in glyphs])
    return [
        number
        for number, (glyph, share) in enumerate(zip(glyphs, inked, strict=True))
        if glyph.font not in foreign_fonts and (share == 0 or (share == 1 and _is_even(page, glyph.box)))
    ]


def _is_even(page: Image, box: Box) -> bool:
    piece = _piece(page, box)
    return bool(piece.size) and int(piece.max()) - int(piece.min()) < CONTRAST


def lying_fonts(page: Image, glyphs: Iterable[Glyph], foreign_fonts: Collection[str]) -> list[str]:
    """The fonts whose characters look like others: their map to Unicode is wrong."""
    seen: dict[str, dict[str, Shape]] = defaultdict(dict)
    for glyph in glyphs:
        known = seen[glyph.font]
        if glyph.text in known or (len(known) >= MOST_COMPARED and glyph.text not in FIGURES):
            continue
        if glyph.turn or glyph.font in foreign_fonts or not is_known(glyph.text):
            continue
        shape = character_shape(_piece(page, glyph.box))
        if shape is not None:
            known[glyph.text] = shape
    return sorted(font for font, shapes in seen.items() if _lies(shapes))


def _lies(shapes: dict[str, Shape]) -> bool:
    found = agreement(shapes)
    if found.ideographs >= LEAST_IDEOGRAPHS and found.agreeing < AGREEING_IDEOGRAPHS * found.ideographs:
        return True
    return found.figures >= LEAST_FIGURES and found.agreeing_figures < AGREEING_FIGURES * found.figures


def is_untellable(text: str) -> bool:
    """A glyph of which only its maker knows what it means: no map to Unicode, or private use."""
    return text.startswith("(cid:") or any(
        character == "\ufffd" or unicodedata.category(character) in ("Co", "Cn", "Cs") for character in text
    )


def unread_ink(
    page: Image, boxes: Sequence[Box], glyphs: Sequence[Glyph], segments: Sequence[Segment], em: float
) -> list[int]:
    """Numbers of the boxes that hold ink as large as a character which no glyph and no rule accounts for."""
    rest = _darker(page, DARK)
    for glyph in glyphs:
        _piece(rest, _wider(glyph.box, AROUND_GLYPH * em))[:] = 0
    for segment in segments:
        _piece(rest, _along(segment, AROUND_RULE * em))[:] = 0
    pieces = (_piece(rest, box) for box in boxes)
    return [number for number, piece in enumerate(pieces) if piece.any() and _holds_print(piece, em * SCALE)]


def _holds_print(ink: Image, em: float) -> bool:
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(ink), connectivity=8)
    wide, high, filled = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    is_print = (high >= CHARACTER_HIGH[0] * em) & (high <= CHARACTER_HIGH[1] * em)
    is_print &= (wide >= CHARACTER_WIDE * em) & (filled < MOST_FILLED * wide * high)
    return bool(is_print.any())


def _darker(page: Image, gray: int) -> Image:
    """1 where the page is darker than `gray`, else 0."""
    return np.asarray(cv2.threshold(page, gray - 1, 1, cv2.THRESH_BINARY_INV)[1], np.uint8)


def _shares(mask: Image, boxes: Sequence[Box]) -> list[float]:
    """The share of each box (points) that a mask of the page (0, 1) covers; 0 for a box off the page."""
    if not boxes:
        return []
    height, width = mask.shape
    total = cv2.integral(mask)
    edges = np.array([(box.x0, box.y0, box.x1, box.y1) for box in boxes]) * SCALE
    x0, y0 = np.floor(edges[:, :2]).clip(0, (width, height)).astype(int).T
    x1, y1 = np.ceil(edges[:, 2:]).clip(0, (width, height)).astype(int).T
    inside = total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0]
    shares: list[float] = (inside / np.maximum((x1 - x0) * (y1 - y0), 1)).tolist()
    return shares


def _piece(picture: Image, box: Box) -> Image:
    """The part of the picture inside a box in points."""
    height, width = picture.shape[:2]
    x0, x1 = max(0, int(box.x0 * SCALE)), min(width, round(box.x1 * SCALE))
    y0, y1 = max(0, int(box.y0 * SCALE)), min(height, round(box.y1 * SCALE))
    return picture[y0 : max(y0, y1), x0 : max(x0, x1)]


def _along(segment: Segment, around: float) -> Box:
    by = around + segment.thickness / 2
    if segment.axis is Axis.HORIZONTAL:
        return Box(segment.start - by, segment.at - by, segment.end + by, segment.at + by)
    return Box(segment.at - by, segment.start - by, segment.at + by, segment.end + by)


def _wider(box: Box, by: float) -> Box:
    return Box(box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by)

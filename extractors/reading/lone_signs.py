"""A sign alone in its cell (≥ | 95 | %), read beside a number of its page.

Where operator, figure and unit have columns of their own, a recogniser sees ≥ without anything to compare it
with and answers √, N or 2 for a sign anybody can read; = becomes 二 and 7 becomes 1. It learned these signs
in front of figures and behind them. So the picture of a number that was read well on the same page is set to
the right of the sign, and in a second picture to its left: what both readings see beside that number, it is.
Of 99 lone signs misread on scans this mends 71, and it breaks none of 321 that were right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goaltables.extractors.reading.cell_lines import LinePicture
from goaltables.records import Image, LineReading, OcrEngine

SURE = 0.985  # a lone sign read with more than that is right without a second look
SURE_NUMBER = 0.95
WIDEST = 1.6  # em: wider ink is no single sign
# Not — and √: beside a number a dash is read as minus, and lone_marks.py knows both by their shape.
SIGNS = frozenset("≥≤≧≦=＝><％%0123456789")

_NUMBER = re.compile(r"\d{2,5}(?:\.\d{1,2})?")
# All in em, as cell_lines.py leaves them around and between characters.
_MARGIN_X, _MARGIN_Y, _GAP = 0.22, 0.13, 0.12
_LEAST_HEIGHT = 1.15


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A number of the page that was read beyond doubt."""

    text: str
    ink: Image


def find_number(
    lines: Sequence[Sequence[LinePicture]], readings: Sequence[Sequence[LineReading]]
) -> Number | None:
    """The surest plain number (two figures or more, not all the same) among the cells' lines on a page."""
    found = [
        (reading.confidence, k)
        for k, of_cell in enumerate(readings)
        for reading in of_cell[:1]
        if len(of_cell) == 1 and _NUMBER.fullmatch(reading.text) and len(set(reading.text)) > 1
    ]
    surest, k = max(found, default=(0.0, 0))
    return Number(readings[k][0].text, _ink(lines[k][0].image)) if surest > SURE_NUMBER else None


def may_be_sign(line: LinePicture, reading: LineReading, em: float) -> bool:
    """Whether a line that is all of its cell should be looked at again."""
    length = len(reading.text.strip())
    return length in (1, 2) and reading.confidence < SURE and line.box.width <= WIDEST * em


def read_signs(
    lines: Sequence[LinePicture], alone: Sequence[str], number: Number, em: float, engine: OcrEngine
) -> list[LineReading | None]:
    """What each lone sign, read as `alone`, is beside `number`; None where the first reading stands.

    It stands where the two new readings differ or see no sign, and against a figure: beside a number a
    blurred sign looks like a figure, so only what was a figure alone may be another one.
    """
    pictures = [picture for line in lines for picture in _beside(_ink(line.image), number.ink, em)]
    read = iter(engine.read(pictures))
    signs = [_agreed(next(read), next(read), number.text) for _ in lines]
    return [
        None if sign and sign.text.isdigit() and not first.isdigit() else sign
        for sign, first in zip(signs, alone, strict=True)
    ]


def _ink(image: Image) -> Image:
    """The picture cut to its ink, with a pixel of paper left and right."""
    is_ink = image < (int(image.min()) + 255) // 2
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    if not rows.size:
        return image
    return image[rows[0] : rows[-1] + 1, max(0, columns[0] - 1) : columns[-1] + 2]


def _beside(sign: Image, number: Image, em: float) -> tuple[Image, Image]:
    return _line_of(sign, number, em), _line_of(number, sign, em)


def _line_of(left: Image, right: Image, em: float) -> Image:
    """Two pieces of print on one line, middle on middle."""
    margin, gap = round(_MARGIN_X * em), round(_GAP * em)
    tallest = max(left.shape[0], right.shape[0]) + 2 * round(_MARGIN_Y * em)
    height = max(tallest, round(_LEAST_HEIGHT * em))
    sheet = np.full((height, 2 * margin + left.shape[1] + gap + right.shape[1]), 255, np.uint8)
    at = margin
    for piece in (left, right):
        top = (height - piece.shape[0]) // 2
        sheet[top : top + piece.shape[0], at : at + piece.shape[1]] = piece
        at += piece.shape[1] + gap
    return sheet


def _agreed(before: LineReading, after: LineReading, number: str) -> LineReading | None:
    """The sign that stands before the number in one reading and behind it in the other."""
    if not (before.text.endswith(number) and after.text.startswith(number)):
        return None
    first, second = before.text.removesuffix(number).strip(), after.text.removeprefix(number).strip()
    if first != second or first not in SIGNS:
        return None
    return LineReading(first, (min(before.confidence, after.confidence),))

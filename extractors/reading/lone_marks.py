"""Cells that hold a single mark: — (nothing), √ (chosen), / (nothing), 0, =.

Alone in a picture a mark has no neighbours to be told from: the recogniser answers — with 一, √ with V,
/ with 1 and 0 with O. Where the answer is one of these the shape of the ink decides, and the cell is flagged
``lone-mark``; a shape that fits no rule leaves the reading as it is.

Two bars of one length are the sign of equality, however it is drawn (= ＝ ═): readers take the wide forms for
二, — or nothing, alone in a cell and before a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goaltables.extractors.reading.cell_lines import LinePicture
from goaltables.records import Image

LONE_MARK = "lone-mark"

# How dark each pixel of the mark is, 0 to 1, cut to its outline.
Ink = npt.NDArray[np.float64]

SIGN_GAP = 0.04  # em of paper behind a sign that stands before a number, at least
# A number, and what may stand for the sign before it.
_NUMBER_AFTER_MARK = re.compile(r"[一二—\-~…]?(\d[\d.,]*\D{0,6})")
FAINTEST = 230  # a picture without anything darker shows no mark


@dataclass(frozen=True, slots=True)
class LoneMark:
    """A text by the shape of its mark, and ``lone-mark`` where the shape decided."""

    text: str
    flags: tuple[str, ...] = ()


def mend_lone_mark(text: str, line: LinePicture, em: float) -> LoneMark:
    """The mark that a lone character most likely is, by the shape of its ink."""
    rules = _RULES.get(text)
    if rules is None:
        return LoneMark(text)
    if int(line.image.min()) > FAINTEST:
        return LoneMark(text, (LONE_MARK,))
    shape = _outlined(_ink(line.image))
    for is_mark, mark in rules:
        if is_mark(shape, em):
            return LoneMark(mark, (LONE_MARK,))
    return LoneMark(text)


def mend_leading_equals(text: str, line: LinePicture, em: float) -> LoneMark:
    """A number read without the = before it, or with a dash in its place, with it where its shape is seen."""
    number = _NUMBER_AFTER_MARK.fullmatch(text)
    if number is None or int(line.image.min()) > FAINTEST:
        return LoneMark(text)
    ink = _ink(line.image)
    inked = np.flatnonzero((ink > 0).any(axis=0))
    gaps = np.flatnonzero(np.diff(inked) > max(1.0, SIGN_GAP * em))
    if not gaps.size:
        return LoneMark(text)
    first = _outlined(ink[:, inked[0] : inked[gaps[0]] + 1])
    return LoneMark("=" + number[1], (LONE_MARK,)) if _is_two_bars(first, em) else LoneMark(text)


def _ink(image: Image) -> Ink:
    darkest = int(image.min())
    is_ink = image < (darkest + 255) // 2  # thin strokes are gray
    return np.where(is_ink, (255.0 - image) / (255 - darkest), 0.0)


def _outlined(ink: Ink) -> Ink:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _is_even_bar(ink: Ink, em: float) -> bool:
    """A flat stroke of even weight. The 一 of a Song or Kai face swells at its right end."""
    height, width = ink.shape
    if height > 0.3 * em or width < 3 * height:
        return False
    weight = ink.sum(axis=0)
    end = max(2, width // 4)
    return bool(np.mean(np.sort(weight[-end:])[end // 2 :]) <= 1.5 * np.median(weight[: width - end]))


def _is_two_bars(ink: Ink, em: float) -> bool:
    """Two flat strokes of one length, one above the other. The upper stroke of 二 is the shorter one."""
    height, width = ink.shape
    rows = np.flatnonzero(ink.any(axis=1))
    parts = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    if len(parts) != 2 or not 0.25 * em < width < 1.2 * em or not 0.12 * em < height < 0.7 * em:
        return False
    ends = [np.flatnonzero(ink[part].any(axis=0))[[0, -1]] for part in parts]
    is_even = bool(np.abs(ends[0] - ends[1]).max() <= max(1.0, 0.08 * width))
    is_flat = max(len(part) for part in parts) <= 0.35 * width
    is_whole = all(float((ink[part] > 0).any(axis=0).mean()) > 0.9 for part in parts)
    return is_even and is_flat and is_whole


def _is_short_bar(ink: Ink, em: float) -> bool:
    """A hyphen: half an em at most, where a dash fills its em."""
    return _is_even_bar(ink, em) and ink.shape[1] < 0.6 * em


def _is_slanted(ink: Ink, _em: float) -> bool:
    """A stroke that leans: its top third lies to the right of its bottom third by a fifth of its height."""
    height = ink.shape[0]
    third = max(1, height // 3)
    top, bottom = (np.flatnonzero(part.any(axis=0)) for part in (ink[:third], ink[-third:]))
    return bool(top.size and bottom.size and top.mean() - bottom.mean() > 0.2 * height)


def _is_anything(_ink: Ink, _em: float) -> bool:
    return True


def _is_slim(ink: Ink, em: float) -> bool:
    """A figure is half as wide as it is high; the circle ○ fills its em."""
    height, width = ink.shape
    return bool(width < 0.85 * height and width < 0.75 * em)


def _is_figure_high(ink: Ink, em: float) -> bool:
    """A full stop is a third of an em high, a figure seven tenths."""
    return _is_slim(ink, em) and ink.shape[0] > 0.5 * em


_Rule = tuple[Callable[[Ink, float], bool], str]
_TWO_BARS: tuple[_Rule, ...] = ((_is_two_bars, "="),)
_BARS: tuple[_Rule, ...] = (*_TWO_BARS, (_is_short_bar, "-"), (_is_even_bar, "—"))
_TICK: tuple[_Rule, ...] = ((_is_anything, "√"),)
_SLASH: tuple[_Rule, ...] = ((_is_slanted, "/"),)
_NOUGHT: tuple[_Rule, ...] = ((_is_slim, "0"),)

# reading -> (what its shape must be, the mark it then is); the first that fits is taken
_RULES: dict[str, tuple[_Rule, ...]] = {
    "一": _BARS,
    "—": _BARS,
    "-": _BARS,
    "_": _BARS,
    "V": _TICK,
    "v": _TICK,
    "1": _SLASH,
    "I": _SLASH,
    "l": _SLASH,
    "O": _NOUGHT,
    "o": _NOUGHT,
    "。": ((_is_figure_high, "0"),),
    **dict.fromkeys(("", "二", "ニ", "=", "＝", "：", ":", "~", "…"), _TWO_BARS),
}

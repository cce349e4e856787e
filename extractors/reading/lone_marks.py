"""Cells that hold a single mark: — (nothing), √ (chosen), / (nothing), 0.

Alone in a picture a mark has no neighbours to be told from: the recogniser answers — with 一, √ with V,
/ with 1 and 0 with O. Where the answer is one of these the shape of the ink decides, and the cell is flagged
``lone-mark``; a shape that fits no rule leaves the reading as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goaltables.extractors.reading.cell_lines import LinePicture

LONE_MARK = "lone-mark"

# How dark each pixel of the mark is, 0 to 1, cut to its outline.
Ink = npt.NDArray[np.float64]

FAINTEST = 230  # a picture without anything darker shows no mark


@dataclass(frozen=True, slots=True)
class LoneMark:
    text: str
    flags: tuple[str, ...] = ()


def mend_lone_mark(text: str, line: LinePicture, em: float) -> LoneMark:
    """The mark that a lone character most likely is, by the shape of its ink."""
    rules = _RULES.get(text)
    if rules is None:
        return LoneMark(text)
    darkest = int(line.image.min())
    if darkest > FAINTEST:
        return LoneMark(text, (LONE_MARK,))
    is_ink = line.image < (darkest + 255) // 2  # thin strokes are gray
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    shape = np.where(is_ink[part], (255.0 - line.image[part]) / (255 - darkest), 0.0)
    for is_mark, mark in rules:
        if is_mark(shape, em):
            return LoneMark(mark, (LONE_MARK,))
    return LoneMark(text)


def _is_even_bar(ink: Ink, em: float) -> bool:
    """A flat stroke of even weight. The 一 of a Song or Kai face swells at its right end."""
    height, width = ink.shape
    if height > 0.3 * em or width < 3 * height:
        return False
    weight = ink.sum(axis=0)
    end = max(2, width // 4)
    return bool(np.mean(np.sort(weight[-end:])[end // 2 :]) <= 1.5 * np.median(weight[: width - end]))


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
_BARS: tuple[_Rule, ...] = ((_is_short_bar, "-"), (_is_even_bar, "—"))
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
}

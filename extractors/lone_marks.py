"""Cells that hold a single mark: — (nothing), √ (chosen), / (nothing), 0.

Alone in a picture a mark has no neighbours to be told from: the recogniser answers — with 一, √ with V, / with 1
and 0 with O. The shape of the ink decides where the answer is one of these; what shape cannot decide is left as it
was read and flagged ``lone-mark``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goaltables.extractors.text_lines import LinePicture

LONE_MARK = "lone-mark"

Ink = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LoneMark:
    text: str
    flags: tuple[str, ...] = ()


def mend_lone_mark(text: str, line: LinePicture, em: float) -> LoneMark:
    """The mark that a lone character most likely is, by the shape of its ink."""
    rule = _RULES.get(text)
    if rule is None:
        return LoneMark(text)
    darkest = int(line.image.min())
    ink = line.image < (darkest + 255) // 2  # thin strokes are gray
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return LoneMark(text, (LONE_MARK,))
    shape = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    is_mark, mark = rule
    return LoneMark(mark, (LONE_MARK,)) if is_mark(shape, em) else LoneMark(text)


def _is_even_bar(ink: Ink, em: float) -> bool:
    """A flat stroke of even thickness. The 一 of a Song or Kai face swells at its right end."""
    height, width = ink.shape
    thickness = ink.sum(axis=0)
    return height < 0.3 * em and width > 3 * height and float(thickness.max()) <= 1.6 * float(np.median(thickness))


def _is_short_bar(ink: Ink, em: float) -> bool:
    """A hyphen: half an em at most, where a dash fills its em."""
    return _is_even_bar(ink, em) and ink.shape[1] < 0.6 * em


def _is_slanted(ink: Ink, _em: float) -> bool:
    """A stroke that leans: the top third lies right of the bottom third by a quarter of the height or more."""
    height = ink.shape[0]
    third = max(1, height // 3)
    top, bottom = (np.flatnonzero(part.any(axis=0)) for part in (ink[:third], ink[-third:]))
    return top.size > 0 and bottom.size > 0 and float(top.mean() - bottom.mean()) > 0.2 * height


def _is_anything(_ink: Ink, _em: float) -> bool:
    return True


def _is_slim(ink: Ink, em: float) -> bool:
    """A figure is half as wide as it is high; the circle ○ fills its em."""
    height, width = ink.shape
    return width < 0.85 * height and width < 0.75 * em


_Rule = tuple[Callable[[Ink, float], bool], str]

# reading -> (what its shape must be, the mark it then is)
_RULES: dict[str, _Rule] = {
    "一": (_is_even_bar, "—"),
    "—": (_is_short_bar, "-"),
    "V": (_is_anything, "√"),
    "v": (_is_anything, "√"),
    "1": (_is_slanted, "/"),
    "I": (_is_slanted, "/"),
    "l": (_is_slanted, "/"),
    "O": (_is_slim, "0"),
    "o": (_is_slim, "0"),
}

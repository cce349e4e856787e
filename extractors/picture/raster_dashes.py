"""Dashed and dotted rules on a picture, drawn through.

Offices rule their tables with dashes as often as with lines: Word's "dotted", a browser's ``1px dashed``,
cell borders of dots .7 pt wide. Printed and scanned, such a rule is a row of some hundred small blobs of one
size at one distance (7 px and 7 px at 200 dpi). To an eye for rules it is weak (half of it is white) while
the strokes of characters are strong, so text gets parted into columns that are not there. But nothing else on
a page is that regular: a row of eight blobs of the same size, in line to an eighth of a character and at
one distance, is a rule, and once it is known it can be drawn through, and the page has solid rules.

What the period is differs from producer to producer (.28 em dotted to 2 em long dashes); the page tells. The
specks of a photocopy make rows too, but of all distances; the dots of a table of contents (………) keep their
distance, but a page has them in one direction only.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.ink import above, ink_level
from goaltables.records import Image

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DASH_EM = 1.5
THICK_EM = 0.3
LEAST_FILL = 0.5
GAP_EM = 3.0
"""No dash is looked for farther on: beyond, a crossing cell would be bridged."""
ASIDE_EM = 0.12
LEAST_DASHES = 8
LEAST_LENGTH_EM = 3.0
SAME_SIZE = 0.75
"""Share of a row's dashes that are as long as its median dash, to a fifth and a pixel."""
LEAST_DUTY = 0.22
"""Of the period, drawn: strokes that recur from line to line of a text have less."""
REGULAR = 0.7
KNOWN_EM = 10.0
KNOWN_TOTAL_EM = 20.0
"""Rows of this length in all, each way, and the page has broken rules on purpose."""
PERIOD = (0.7, 1.6)
DOUBLE_PERIOD = (1.8, 2.2)
"""Of the page's period: in low rows every other long dash has merged with a crossing rule."""
LONG_PERIOD_EM = 0.6
BRIDGED_PERIODS = 2.3
"""A dash that merged with a crossing rule is missing from its row."""
END_PERIODS = 1.3
END_SHARE = 0.6
"""Of a dash's darkness: so dark is the rule that a row of dashes ends on."""


@dataclass(frozen=True, slots=True)
class _Dashes:
    """Blobs that may be dashes of a rule along x, by their left side."""

    start: Ints
    end: Ints
    at: Floats
    thick: Ints


@dataclass(frozen=True, slots=True)
class _Row:
    """Dashes (indices) one after the other, and their usual distance from middle to middle, in px."""

    ids: Ints
    period: float
    regular: float
    length: float


def mended_dashes(ink: Image, em: float) -> Image:
    """The ink with dashed and dotted rules drawn through; the same picture where a page has none."""
    binary = above(ink, 0.5 * ink_level(ink))
    _, _, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    boxes = np.asarray(stats[1:], np.int64)
    ways = [_dashes(boxes, em), _dashes(boxes[:, [1, 0, 3, 2, 4]], em)]
    rows = [_rows(dashes, em) for dashes in ways]
    period = _common_period(rows, em)
    if period is None:
        return ink
    mended = ink.copy()
    for picture, dashes, found in zip((mended, mended.T), ways, rows, strict=True):
        for row in found:
            if _has_period(row, period, em):
                _draw(picture, dashes, row.ids, period)
    return mended


def _dashes(boxes: Ints, em: float) -> _Dashes:
    x, y, width, height, area = boxes.T
    fits = (width >= 2) & (width <= DASH_EM * em) & (height <= THICK_EM * em)
    fits &= (width >= 0.7 * height) & (area >= LEAST_FILL * width * height)
    chosen = np.flatnonzero(fits)
    order = chosen[np.lexsort((y[chosen], x[chosen]))]
    return _Dashes(x[order], (x + width)[order], y[order] + height[order] / 2, height[order])


def _rows(dashes: _Dashes, em: float) -> list[_Row]:
    """Rows of at least eight dashes of one size."""
    found = []
    for ids in _linked(dashes, em):
        if len(ids) < LEAST_DASHES:
            continue
        start, end = dashes.start[ids], dashes.end[ids]
        length = float(end[-1] - start[0])
        size, step = end - start, np.diff((start + end) / 2)
        period, usual = float(np.median(step)), float(np.median(size))
        alike = np.abs(size - usual) <= 0.2 * usual + 1
        drawn = usual >= LEAST_DUTY * period
        if drawn and length >= LEAST_LENGTH_EM * em and alike.mean() >= SAME_SIZE:
            regular = float(np.mean(np.abs(step - period) <= 0.2 * period + 1))
            found.append(_Row(ids, period, regular, length))
    return found


def _linked(dashes: _Dashes, em: float) -> list[Ints]:
    """Each dash with the next one in line behind it."""
    following = _following(dashes, em)
    has_before = np.zeros(len(following), bool)
    has_before[following[following >= 0]] = True
    rows = []
    for first in np.flatnonzero(~has_before & (following >= 0)).tolist():
        ids = [first]
        while (after := int(following[ids[-1]])) >= 0:
            ids.append(after)
        rows.append(np.array(ids, np.int64))
    return rows


def _following(dashes: _Dashes, em: float) -> Ints:
    """Index of the next dash in line, -1 without one; a dash follows one other only."""
    following = np.full(len(dashes.at), -1, np.int64)
    taken = np.zeros(len(dashes.at), bool)
    first = np.searchsorted(dashes.start, dashes.end)
    last = np.searchsorted(dashes.start, dashes.end + GAP_EM * em)
    for k, (a, b) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        near = np.abs(dashes.at[a:b] - dashes.at[k]) < ASIDE_EM * em
        thick = dashes.thick[a:b]
        near &= (thick < 2 * dashes.thick[k] + 2) & (dashes.thick[k] < 2 * thick + 2)
        if near.any() and not taken[nearest := a + int(np.argmax(near))]:
            following[k] = nearest
            taken[nearest] = True
    return following


def _common_period(rows: list[list[_Row]], em: float) -> float | None:
    """The period of the page's dashes, where there are enough of them, running both ways."""
    known = [[row for row in way if row.regular >= REGULAR and row.length >= KNOWN_EM * em] for way in rows]
    if any(sum(row.length for row in way) < KNOWN_TOTAL_EM * em for way in known):
        return None
    both = [row for way in known for row in way]
    order = np.argsort([row.period for row in both])
    reached = np.cumsum([both[k].length for k in order])
    middle = int(np.searchsorted(reached, reached[-1] / 2))
    return both[int(order[middle])].period


def _has_period(row: _Row, period: float, em: float) -> bool:
    share = row.period / period
    doubled = period >= LONG_PERIOD_EM * em and DOUBLE_PERIOD[0] <= share <= DOUBLE_PERIOD[1]
    return doubled or PERIOD[0] <= share <= PERIOD[1]


def _draw(picture: Image, dashes: _Dashes, ids: Ints, period: float) -> None:
    """Fill the gaps between the dashes of a row, and from its ends to what it ends on."""
    thick = max(1, round(float(np.median(dashes.thick[ids]))))
    starts, ends = dashes.start[ids], dashes.end[ids]
    middles = ((starts + ends) / 2, dashes.at[ids])
    dark = int(np.median(picture[dashes.at[ids].astype(int), middles[0].astype(int)]))

    def fill(start: int, end: int) -> None:
        top = max(0, round(float(np.interp((start + end) / 2, *middles)) - thick / 2))
        gap = picture[top : top + thick, max(0, start) : max(0, end)]
        np.maximum(gap, dark, out=gap)

    for start, end in zip(ends[:-1].tolist(), starts[1:].tolist(), strict=True):
        if end - start <= BRIDGED_PERIODS * period:
            fill(start, end)
    for outermost, step in ((int(starts[0]) - 1, -1), (int(ends[-1]), 1)):
        top = max(0, round(float(np.interp(outermost, *middles)) - thick / 2))
        beyond = picture[top : top + thick, outermost + step :: step][:, : round(END_PERIODS * period)]
        ahead = np.flatnonzero((beyond > END_SHARE * dark).any(axis=0))
        if ahead.size:
            met = outermost + step * (int(ahead[0]) + 1)
            fill(min(outermost, met), max(outermost, met) + 1)

"""Streaks: what a copier's drum, a fold or the edge of a sheet draws across the whole page.

A scratch on the drum gives every copy one thin grey line from the first to the last millimetre of the paper,
straight through tables and text, often some tenths of a degree aslant to them. It looks like a rule, and one
is enough to split a column of indicator names in two. Yet it gives itself away: a table's own rules end at
the table, this line runs on beyond them at both ends.

It is taken out of the ink, not of the list of rules: where it passes along a real rule, the rule is darker
and stays.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.raster_rules import Pieces
from goaltables.records import Image

Ints = npt.NDArray[np.int64]

SEED_EM = 12.0
KNOWN_EM = 6.0
BESIDE_EM = 0.5
"""Pieces of a streak may lie so far beside the straight line through its longest one."""
STEEPEST = 0.05
REACH = 0.06
"""Of the page's length, left free at either end."""
COVERED = 0.6
BEYOND_EM = 1.5
REACHED_BY_OTHERS = 0.25
"""Share of the other long rules that end as far out: a table cut by both page ends has them all there."""
WIDE_EM = 0.12
AS_DARK = 1.5
"""As a streak: what is darker is a rule or a character that it runs along."""


def without_streaks(ink: Image, pieces: Pieces, em: float) -> Image:
    """The ink without lines along axis 1 that cross the whole page; the same picture where there are none."""
    found = _streaks(pieces, ink, em)
    if not found:
        return ink
    cleaned = ink.copy()
    for path in found:
        _erase(cleaned, path, em)
    return cleaned


def _streaks(pieces: Pieces, ink: Image, em: float) -> list[Ints]:
    """Streaks as px across, for every px along."""
    page_length = ink.shape[1]
    length = pieces.end - pieces.start
    left = set(np.flatnonzero(length >= SEED_EM * em).tolist())
    found = []
    for seed in sorted(left, key=lambda k: -float(length[k])):
        if seed not in left:
            continue
        slope, offset = np.polyfit(pieces.path_along[seed], pieces.path_at[seed], 1)
        if abs(slope) > STEEPEST:
            continue
        middle = (pieces.start + pieces.end) / 2
        on = np.flatnonzero(np.abs(slope * middle + offset - pieces.at) < BESIDE_EM * em)
        dark = AS_DARK * _darkness(pieces, seed, ink)
        on = on[[_darkness(pieces, k, ink) <= dark for k in on.tolist()]]
        if _crosses_page(pieces, on, page_length, em):
            found.append(_path(pieces, on, page_length))
            left -= set(on.tolist())
    return found


def _crosses_page(pieces: Pieces, on: Ints, page_length: int, em: float) -> bool:
    start, end = float(pieces.start[on].min()), float(pieces.end[on].max())
    if start > REACH * page_length or end < (1 - REACH) * page_length:
        return False
    if float((pieces.end[on] - pieces.start[on]).sum()) < COVERED * page_length:
        return False
    others = np.setdiff1d(np.flatnonzero(pieces.end - pieces.start >= KNOWN_EM * em), on)
    if len(others) == 0:
        return True
    as_early = np.mean(pieces.start[others] < start + BEYOND_EM * em)
    as_late = np.mean(pieces.end[others] > end - BEYOND_EM * em)
    return bool(max(as_early, as_late) < REACHED_BY_OTHERS)


def _darkness(pieces: Pieces, k: int, ink: Image) -> float:
    return float(np.median(ink[pieces.path_at[k], pieces.path_along[k]]))


def _path(pieces: Pieces, on: Ints, page_length: int) -> Ints:
    along = np.concatenate([pieces.path_along[k] for k in on])
    at = np.concatenate([pieces.path_at[k] for k in on])
    order = np.argsort(along, kind="stable")
    return np.asarray(np.interp(np.arange(page_length), along[order], at[order]).round(), np.int64)


def _erase(ink: Image, path: Ints, em: float) -> None:
    """Fill the streak from both sides: what crosses it goes on, and what is darker stays."""
    wide = max(2, round(WIDE_EM * em))
    last, along = ink.shape[0] - 1, np.arange(len(path))
    dark = float(np.median(ink[path, along])) * AS_DARK
    outer = (np.clip(path - wide - 1, 0, last), np.clip(path + wide + 1, 0, last))
    beside = np.asarray(cv2.min(ink[outer[0], along], ink[outer[1], along]), np.uint8).ravel()
    for across in range(-wide, wide + 1):
        at = np.clip(path + across, 0, last)
        here = ink[at, along]
        ink[at, along] = np.where(here <= dark, np.minimum(here, beside), here)

"""Dust: the specks a photocopier adds to every page it makes.

Copies of copies (公开文件 are often that) carry a few hundred black specks, each as large as a decimal point
and as black. Read with the text they become . : · at its ends: ".423.40·". Size cannot tell them from points,
place can: a point stands at the foot of the character before it, the dot of 元/人·月 between two characters,
the two points of a ： one above the other behind a character, the dots of 心 and 氵 within theirs. A page is
dusty when many specks lie where no print is near; then all that do not stand like points are dust. On any
other page nothing is touched: there such a speck may be the last of a faded stroke.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from goaltables.records import Image

# All in em.
LARGEST_SPECK = 0.2
LEAST_PRINT, LARGEST_PRINT = 0.3, 3.0  # of the character parts beside which a point may stand
WITHIN = 0.15  # so near to a character a speck may be part of it
BEHIND = 0.5  # a point stands so near behind its character, · so near to both its characters
COLON_BEHIND = 1.0  # ： stands in the middle of its own em
FOOT = (0.28, 0.12)  # above and below the foot of its character
FAR = 1.0  # from all print: nothing printed stands there
COLON_WIDTH, COLON_HEIGHT = 0.08, (0.25, 0.6)  # of its two points, one from the other

# A page is dusty when it has as many black specks far from all print, and in as many of its 8 x 8 fields:
# a desk's grain lies beside the sheet, the grain of a photo and the crumbs of faded print are gray.
LEAST_SPECKS = 150
LEAST_FIELDS = 40
BLACK = 100
BLACK_SHARE = 0.8  # of the specks far from all print


def find_dust(gray: Image, ink: npt.NDArray[np.bool_], em: float) -> npt.NDArray[np.bool_] | None:
    """Where the dust of a page is; `ink` is where it is dark, ``h x w``. None on a page that is not dusty."""
    _, labels, stats, middles = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    size = stats[:, 2:4].max(axis=1)
    specks = np.flatnonzero(size <= LARGEST_SPECK * em)
    if specks.size < LEAST_SPECKS:
        return None
    is_print = (size >= LEAST_PRINT * em) & (size <= LARGEST_PRINT * em)
    is_print[0] = False
    print_map: npt.NDArray[np.uint8] = is_print[labels].astype(np.uint8)
    at: npt.NDArray[np.float64] = np.asarray(middles[specks], np.float64)
    if not _is_dusty(gray, at[~_is_near(print_map, at, FAR * em)]):
        return None
    is_dust = np.zeros(len(stats), np.bool_)
    is_dust[specks[~_are_printed(at / em, np.asarray(stats[is_print, :4], np.float64) / em)]] = True
    dust: npt.NDArray[np.bool_] = is_dust[labels]
    return dust


def _is_dusty(gray: Image, far: npt.NDArray[np.float64]) -> bool:
    """Whether enough specks at the places (x, y) `far` from all print are black, and spread over the page."""
    black = far[gray[far[:, 1].round().astype(int), far[:, 0].round().astype(int)] <= BLACK]
    height, width = gray.shape
    fields = np.unique((black[:, 1] * 8 // height) * 8 + black[:, 0] * 8 // width)
    return len(black) >= max(LEAST_SPECKS, BLACK_SHARE * len(far)) and len(fields) >= LEAST_FIELDS


def _is_near(
    print_map: npt.NDArray[np.uint8], at: npt.NDArray[np.float64], reach: float
) -> npt.NDArray[np.bool_]:
    """For each place (x, y): whether print is within the reach."""
    side = 2 * round(reach) + 1
    near = cv2.dilate(print_map, np.ones((side, side), np.uint8))
    return np.asarray(near[at[:, 1].astype(int), at[:, 0].astype(int)] > 0)


def _are_printed(at: npt.NDArray[np.float64], print_boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """For each speck at (x, y): whether it stands as print does; boxes are (x, y, width, height); all em."""
    tree = cKDTree(print_boxes[:, :2] + print_boxes[:, 2:] / 2)
    is_colon = _are_colons(at)
    reach = LARGEST_PRINT / 2 + COLON_BEHIND
    printed = np.zeros(len(at), np.bool_)
    for k, near in enumerate(tree.query_ball_point(at, reach, p=np.inf)):
        (left, top), size = print_boxes[near, :2].T, print_boxes[near, 2:].T
        right, foot = left + size[0], top + size[1]
        x, y = at[k]
        beside = (y >= top - WITHIN) & (y <= foot + WITHIN)
        behind = beside & (x >= right - WITHIN) & (x <= right + BEHIND)
        before = beside & (x <= left + WITHIN) & (x >= left - BEHIND)
        within = beside & (x >= left - WITHIN) & (x <= right + WITHIN)
        at_foot = behind & (y >= foot - FOOT[0]) & (y <= foot + FOOT[1])
        printed[k] = (
            within.any()
            or at_foot.any()
            or (behind.any() and before.any())
            or (is_colon[k] and (beside & (x >= right) & (x <= right + COLON_BEHIND)).any())
        )
    return printed


def _are_colons(at: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """For each place (x, y in em): whether another speck stands right above or below it."""
    found = np.zeros(len(at), np.bool_)
    pairs = cKDTree(at).query_pairs(COLON_HEIGHT[1], output_type="ndarray")
    apart = np.abs(at[pairs[:, 0]] - at[pairs[:, 1]])
    found[pairs[(apart[:, 0] <= COLON_WIDTH) & (apart[:, 1] >= COLON_HEIGHT[0])]] = True
    return found

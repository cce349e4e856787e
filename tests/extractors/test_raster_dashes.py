"""Rows of equal dashes become rules; everything else on a page stays as it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from goaltables.extractors.picture.raster_dashes import mended_dashes
from goaltables.records import Image

EM = 24.0
XS, YS = (60, 300, 520, 900), (50, 100, 200, 260, 600)


def dashed(on: int, off: int, thick: int = 3, *, both_ways: bool = True) -> Image:
    """A frame of dashed rules on `XS` and `YS`."""
    ink = np.zeros((660, 960), np.uint8)
    for y in YS:
        for x in range(XS[0], XS[-1] - on, on + off):
            ink[y : y + thick, x : x + on] = 220
    if both_ways:
        for x in XS:
            for y in range(YS[0] + on, YS[-1] - on, on + off):
                ink[y : y + on, x : x + thick] = 220
    return ink


def drawn_share(ink: Image, at: int, *, of_rows: bool = True) -> float:
    strip = (
        ink[at : at + 3, XS[0] : XS[-1]].max(axis=0) if of_rows else ink[YS[0] : YS[-1], at : at + 3].max(1)
    )
    return float(np.mean(strip > 100))


@pytest.mark.parametrize(("on", "off"), [(3, 4), (7, 7), (12, 6), (28, 18)])
def test_dashes_are_drawn_through_both_ways(on: int, off: int) -> None:
    mended = mended_dashes(dashed(on, off), EM)
    assert all(drawn_share(mended, y) > 0.9 for y in YS)
    assert all(drawn_share(mended, x, of_rows=False) > 0.85 for x in XS)


def test_nothing_is_drawn_beyond_the_last_rule() -> None:
    mended = mended_dashes(dashed(7, 7), EM)
    assert not mended[:, : XS[0] - 4].any()
    assert not mended[: YS[0] - 4].any()
    assert not mended[YS[-1] + 12 :].any()


def test_a_merged_cell_stays_open() -> None:
    ink = dashed(7, 7)
    ink[YS[1] + 4 : YS[2] - 1, XS[1] - 2 : XS[1] + 5] = 0
    mended = mended_dashes(ink, EM)
    assert not mended[YS[1] + 20 : YS[2] - 16, XS[1] : XS[1] + 3].any()


def test_leader_dots_are_no_rules() -> None:
    leaders = dashed(3, 5, both_ways=False)
    assert (mended_dashes(leaders, EM) == leaders).all()


def test_specks_are_no_rules() -> None:
    rng = np.random.default_rng(3)
    ink = np.zeros((1200, 900), np.uint8)
    for x, y in zip(rng.integers(0, 890, 4000), rng.integers(0, 1190, 4000), strict=True):
        ink[y : y + 3, x : x + 3] = 200
    assert (mended_dashes(ink, EM) == ink).all()


def test_solid_rules_and_print_stay_as_they_are() -> None:
    ink = np.zeros((660, 960), np.uint8)
    for y in YS:
        ink[y : y + 3, XS[0] : XS[-1]] = 220
    for x in XS:
        ink[YS[0] : YS[-1], x : x + 3] = 220
    for k in range(20):
        cv2.putText(ink, "E8", (70 + 40 * k, 150), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 220, 2)
    assert (mended_dashes(ink, EM) == ink).all()

"""A line across the whole paper goes, the rules it crosses or runs along stay."""

from __future__ import annotations

import cv2
import numpy as np
from made_page import MadePage, draw

from goaltables.extractors.picture.raster_grid import find_ruled_tables
from goaltables.extractors.picture.raster_rules import glyph_mask, rule_field
from goaltables.extractors.picture.raster_streaks import without_streaks
from goaltables.extractors.picture.rectify import make_upright
from goaltables.records import Image

EM = 24.0


def cleaned(ink: Image) -> Image:
    return without_streaks(ink, rule_field(ink, glyph_mask(ink, EM), EM, "row").pieces, EM)


def ruled(ends: tuple[int, int]) -> Image:
    """Rules 100 px apart from the first to the second of `ends`, crossed by others; rules run along x."""
    ink = np.zeros((800, 1200), np.uint8)
    for y in range(100, 701, 100):
        ink[y : y + 3, ends[0] : ends[1]] = 200
    for x in range(300, 901, 200):
        ink[100:703, x : x + 3] = 200
    return ink


def test_a_streak_goes_and_the_rules_stay() -> None:
    clean = ruled((300, 903))
    streaked = np.asarray(
        cv2.max(clean, cv2.line(np.zeros_like(clean), (0, 345), (1199, 355), 80, 2)), np.uint8
    )
    assert np.count_nonzero(streaked != clean) > 2000
    assert np.count_nonzero(cleaned(streaked) != clean) < 60


def test_rules_that_reach_both_ends_of_the_paper_together_stay() -> None:
    across = ruled((0, 1200))
    assert (cleaned(across) == across).all()


def test_a_rule_that_ends_with_the_table_stays() -> None:
    table = ruled((300, 903))
    assert (cleaned(table) == table).all()


def test_a_copier_streak_keeps_the_grid() -> None:
    made: MadePage = draw()
    picture = made.picture.copy()
    height = picture.shape[0]
    cv2.line(picture, (505, 0), (512, height - 1), (170, 170, 170), 2)
    grids = find_ruled_tables(make_upright(picture, 1.0)).grids
    assert [{(c.row, c.col, c.rowspan, c.colspan) for c in grid.cells} for grid in grids] == [set(made.cells)]

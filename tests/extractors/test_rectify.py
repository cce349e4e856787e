"""Upright, flat, and a way back to the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from made_page import bordered, draw, noisy, photographed, sealed, turned

from goaltables.extractors.picture.ink import blobs, character_height, ink_level, ink_map
from goaltables.extractors.picture.page_warp import PageWarp, box_to_page, composed, nodes
from goaltables.extractors.picture.page_warp import turned as turned_picture
from goaltables.extractors.picture.rectify import make_upright
from goaltables.extractors.picture.slope_field import horizontal_slopes, vertical_slopes
from goaltables.records import Box, Image

CLEAN = draw()


def test_ink_leaves_out_seal_shade_and_lid() -> None:
    clean = ink_map(CLEAN.picture)
    assert np.abs(ink_map(sealed(CLEAN).picture).astype(int) - clean).mean() < 0.6
    shaded = ink_map(noisy(CLEAN, sigma=0).picture)
    assert np.mean((shaded > 128) == (clean > 128)) > 0.99
    lid = ink_map(bordered(CLEAN).picture)
    assert not lid[:25].any()
    assert not lid[:, -35:].any()


def test_gray_and_colour_pictures_show_the_same_ink() -> None:
    gray = np.ascontiguousarray(CLEAN.picture[:, :, 0])
    assert (ink_map(gray) == ink_map(CLEAN.picture)).all()


@pytest.mark.parametrize("em", [14, 20, 32])
def test_character_height_is_that_of_the_print(em: int) -> None:
    ink = ink_map(draw(em=em, at=(3 * em, 6 * em), size=(42 * em, 43 * em)).picture)
    found = character_height(blobs(ink, 0.6 * ink_level(ink)))
    assert found is not None
    assert 0.75 * em <= found <= 1.05 * em


def test_blank_paper_has_no_character_height() -> None:
    ink = ink_map(np.full((300, 300), 240, np.uint8))
    assert character_height(blobs(ink, 0.6 * ink_level(ink))) is None


@pytest.mark.parametrize("degrees", [-4.0, -0.7, 2.5])
def test_slopes_of_a_skewed_scan(degrees: float) -> None:
    """Turned counter-clockwise, lines rise to the right: y grows downwards, so their slope is negative."""
    ink = ink_map(turned(CLEAN, degrees).picture)
    expected = -np.tan(np.radians(degrees))
    rows, columns = horizontal_slopes(ink, 18.0), vertical_slopes(ink, 18.0)
    assert rows.is_constant
    assert rows.mean == pytest.approx(expected, abs=0.0015)
    assert columns.mean == pytest.approx(-expected, abs=0.0015)


def test_straight_page_is_left_as_it_is() -> None:
    page = make_upright(CLEAN.picture, 0.5)
    assert page.image is CLEAN.picture
    assert box_to_page(page.transform, Box(10, 20, 30, 60)) == Box(5, 10, 15, 30)


def test_perspective_and_skew_come_out_flat() -> None:
    for made in (photographed(CLEAN), turned(CLEAN, 3.0)):
        page = make_upright(made.picture, 1.0)
        again = make_upright(page.image, 1.0)
        ink = ink_map(again.image)
        assert abs(horizontal_slopes(ink, page.em).mean) < 0.0015
        assert page.image.shape[:2] == page.ink.shape


def test_upside_down_is_decided_by_the_reader() -> None:
    seen: list[Sequence[Image]] = []

    def reader(lines: Sequence[Image]) -> bool:
        seen.append(lines)
        return True

    page = make_upright(turned_picture(CLEAN.picture, 180), 1.0, is_upside_down=reader)
    assert page.turn == 180
    assert (page.image == CLEAN.picture).all()
    assert 1 <= len(seen[0]) <= 6
    assert all(line.shape[1] > 2 * line.shape[0] for line in seen[0])
    height, width = CLEAN.picture.shape[:2]
    corner = box_to_page(page.transform, Box(0, 0, 10, 20))
    assert corner.rounded() == [width - 10, height - 20, width, height]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_warp_leads_a_marked_pixel_back(turn: int) -> None:
    picture = np.zeros((60, 100), np.uint8)
    picture[10:13, 70:75] = 255
    upright = turned_picture(picture, turn)
    ys, xs = np.nonzero(upright)
    width, height = upright.shape[1], upright.shape[0]
    warp = PageWarp(*nodes(width, height), turn, 100, 60, 2.0)
    box = Box(float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    assert box_to_page(warp, box).rounded() == [140, 20, 150, 26]


def test_two_straightenings_in_a_row_are_one() -> None:
    warp = PageWarp(*nodes(100, 60), 0, 100, 60, 1.0)
    grid_x, grid_y = nodes(100, 60)
    moved = composed(composed(warp, grid_x + 5, grid_y), grid_x, grid_y - 3)
    assert moved.to_page(np.array([[20.0, 30.0]])).tolist() == [[25.0, 27.0]]

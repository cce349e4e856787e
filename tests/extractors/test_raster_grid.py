"""The same table under every damage gives the same grid, and its boxes lead back to the page."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from made_page import (
    GOAL_TABLE,
    Damage,
    MadePage,
    Model,
    bilevel,
    bordered,
    draw,
    noisy,
    photographed,
    sealed,
    shifted,
    turned,
)

from goaltables.extractors.picture.page_warp import box_to_page
from goaltables.extractors.picture.raster_grid import find_ruled_tables
from goaltables.extractors.picture.rectify import UprightPage, make_upright
from goaltables.records import Box, Grid, Image


def grids_of(picture: Image) -> tuple[UprightPage, tuple[Grid, ...]]:
    page = make_upright(picture, 1.0)
    return page, find_ruled_tables(page).grids


def overlap_share(a: Box, b: Box) -> float:
    shared = a.overlap(b)
    return shared / (a.area + b.area - shared)


def assert_found(made: MadePage) -> None:
    page, grids = grids_of(made.picture)
    assert len(grids) == 1
    found = {(c.row, c.col, c.rowspan, c.colspan): c.box for c in grids[0].cells}
    assert set(found) == set(made.cells)
    worst = min(overlap_share(box_to_page(page.transform, found[c]), made.cells[c]) for c in found)
    assert worst > 0.6


@pytest.mark.parametrize("em", [13, 20, 34])
def test_clean_page_at_any_resolution(em: int) -> None:
    assert_found(draw(em=em, at=(3 * em, 6 * em), size=(42 * em, 43 * em)))


@pytest.mark.parametrize("degrees", [-4.5, -1.3, 0.4, 3.0])
def test_skew_keeps_the_grid(degrees: float) -> None:
    assert_found(turned(draw(), degrees))


DAMAGES: dict[str, Damage] = {
    "shifted": partial(shifted, x=37, y=21),
    "enlarged": partial(turned, degrees=0, scale=1.4),
    "photographed": photographed,
    "red seal": sealed,
    "grey seal": partial(sealed, colour=(110, 110, 110)),
    "noise": noisy,
    "fax": bilevel,
    "scanner lid": bordered,
    "lid and skew": lambda page: bordered(turned(page, 1.2)),
    "seal and noise and skew": lambda page: noisy(sealed(turned(page, -1.7))),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_keeps_the_grid(name: str) -> None:
    assert_found(DAMAGES[name](draw()))


@pytest.mark.parametrize("dash", [(0.25, 0.15), (0.6, 0.3), (1.2, 0.6)])
def test_dashes_keep_the_grid(dash: tuple[float, float]) -> None:
    assert_found(draw(dash=dash))


def test_thick_and_thin_rules_keep_the_grid() -> None:
    assert_found(draw(rule=1))
    assert_found(draw(rule=4))


def test_quarter_turn_is_taken_back() -> None:
    made = draw()
    sideways = MadePage(np.ascontiguousarray(np.rot90(made.picture)), made.cells)
    page, grids = grids_of(sideways.picture)
    assert page.turn == 90
    assert {(c.row, c.col, c.rowspan, c.colspan) for c in grids[0].cells} == set(made.cells)
    width = made.picture.shape[1]
    (cell,) = [c for c in grids[0].cells if (c.row, c.col) == (3, 1)]
    upright = made.cells[(3, 1, 1, 4)]
    as_delivered = Box(upright.y0, width - upright.x1, upright.y1, width - upright.x0)
    assert overlap_share(box_to_page(page.transform, cell.box), as_delivered) > 0.9


def test_table_cut_by_the_page_break_keeps_its_last_row() -> None:
    made = draw()
    bottom = max(box.y1 for box in made.cells.values())
    picture = made.picture.copy()
    picture[round(bottom) - 3 :] = 255
    _, grids = grids_of(picture)
    assert {(c.row, c.col, c.rowspan, c.colspan) for c in grids[0].cells} == set(made.cells)


def test_two_tables_on_a_page_come_from_top_to_bottom() -> None:
    upper = draw(Model((1.8,) * 4, (8.0, 9.0, 10.0)), size=(830, 300), at=(60, 100)).picture
    lower = draw(Model((1.8,) * 5, (9.0, 7.0, 8.0, 6.0)), size=(830, 340), at=(60, 100)).picture
    _, grids = grids_of(np.vstack([upper, lower]))
    assert [len(grid.cells) for grid in grids] == [12, 20]


def test_prose_and_blank_pages_hold_no_table() -> None:
    prose = draw(Model((2.0,) * 12, (30.0,)), rules="none").picture
    assert grids_of(prose)[1] == ()
    assert grids_of(np.full((400, 300), 255, np.uint8))[1] == ()
    assert grids_of(np.zeros((400, 300, 3), np.uint8))[1] == ()


def test_cells_tile_the_table() -> None:
    _, grids = grids_of(turned(draw(), 2.0).picture)
    covered = np.zeros((len(GOAL_TABLE.heights), len(GOAL_TABLE.widths)), int)
    for cell in grids[0].cells:
        covered[cell.row : cell.row + cell.rowspan, cell.col : cell.col + cell.colspan] += 1
    assert (covered == 1).all()
    area = sum(cell.box.area for cell in grids[0].cells)
    assert area == pytest.approx(grids[0].box.area)


def test_clear_grids_score_higher_than_worn_ones() -> None:
    clear = grids_of(draw().picture)[1][0].score
    worn = grids_of(draw(dash=(1.5, 1.0)).picture)[1][0].score
    assert 0.5 < worn < clear <= 1

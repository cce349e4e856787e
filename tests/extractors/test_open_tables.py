"""Tables without vertical rules on a picture, put together from where the reader saw each character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from made_page import EM, GOAL_TABLE, MadePage, Model, draw, write

from goaltables.extractors.picture.print_ink import page_print
from goaltables.extractors.picture.raster_grid import find_ruled_tables
from goaltables.extractors.picture.rectify import make_upright
from goaltables.extractors.reading.open_tables import find_open_tables
from goaltables.records import Grid, Image, LineReading

OPEN = Model((1.8,) * 9, (9.0, 9.0, 9.0, 9.0))


class Eye:
    """Sees a character wherever an em of a line picture is dark, and says where when it `tells`."""

    name, version, licence = "eye", "1", "none"

    def __init__(self, *, tells: bool = True) -> None:
        self.tells = tells
        self.read_lines = self.widest = 0

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        self.read_lines += len(lines)
        return [self._read(line) for line in lines]

    def _read(self, line: Image) -> LineReading:
        self.widest = max(self.widest, line.shape[1])
        dark = np.flatnonzero((line < 128).any(axis=0))
        count = max(1, round((dark[-1] - dark[0]) / EM)) if dark.size else 0
        places = tuple(
            (dark[0] + (k + 0.5) * (dark[-1] - dark[0]) / count) / line.shape[1] for k in range(count)
        )
        return LineReading("字" * count, (0.99,) * count, places=places if self.tells else ())


def open_tables(made: MadePage, eye: Eye) -> tuple[Grid, ...]:
    page = make_upright(made.picture, 1.0)
    ruled = find_ruled_tables(page)
    clean = page_print(page.image, page.em)
    return find_open_tables(clean, page.ink, page.em, ruled.rules, [g.box for g in ruled.grids], eye)


@pytest.mark.parametrize("tells", [True, False])
def test_horizontal_rules_only(tells: bool) -> None:
    (grid,) = open_tables(draw(OPEN, rules="rows"), Eye(tells=tells))
    assert grid.method == "raster-open"
    assert {(c.row, c.col) for c in grid.cells} == {(r, c) for r, c, _, _ in OPEN.cells}


def test_no_rules_at_all() -> None:
    (grid,) = open_tables(draw(OPEN, rules="none"), Eye())
    assert {(c.row, c.col) for c in grid.cells} == {(r, c) for r, c, _, _ in OPEN.cells}


def test_what_is_read_as_nothing_makes_no_table() -> None:
    class Blind(Eye):
        def _read(self, line: Image) -> LineReading:  # noqa: ARG002
            return LineReading("")

    assert open_tables(draw(OPEN, rules="rows"), Blind()) == ()


def test_prose_is_not_read_twice() -> None:
    eye = Eye()
    assert open_tables(draw(Model((2.0,) * 12, (30.0,)), rules="none"), eye) == ()
    assert eye.read_lines == 0


def test_a_ruled_table_is_left_alone() -> None:
    eye = Eye()
    assert open_tables(draw(GOAL_TABLE), eye) == ()
    assert eye.read_lines == 0


def test_texts_half_a_line_higher_than_their_neighbours_stay_apart() -> None:
    """A value of one line, a character beside a name of two: glued, the three would be one."""
    model = Model((1.8, 1.8, 1.8, 1.8, 3.6, 1.8, 1.8, 1.8), (9.0, 9.0, 9.0, 9.0))
    made = draw(model, rules="rows")
    picture, box = made.picture.copy(), made.cells[(4, 1, 1, 1)]
    x0, y0, y1 = round(box.x0), round(box.y0), round(box.y1)
    picture[y0 + 3 : y1 - 2, x0 - 9 * EM : x0 + 9 * EM] = 255
    rng = np.random.default_rng(1)
    for left, top in ((-7.5, 0.5), (-7.5, 1.75), (0.4, 1.1)):
        write(picture, rng, x0 + round(left * EM), y0 + round(top * EM), 7, EM)
    eye = Eye()
    (grid,) = open_tables(replace(made, picture=picture), eye)
    assert {(c.row, c.col) for c in grid.cells} == {(r, c) for r, c, _, _ in model.cells}
    assert eye.widest < 9 * EM

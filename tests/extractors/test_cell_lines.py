"""Lines of a cell, on drawn strokes: bars stand for characters, so that no font is needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.extractors.picture.print_ink import page_print
from goaltables.extractors.reading.cell_lines import CellLines, split_lines
from goaltables.records import Box, Image

EM = 24.0
CELL = Box(40, 40, 340, 200)


def sheet(height: int = 260, width: int = 400) -> Image:
    return np.full((height, width), 250, np.uint8)


def draw_character(page: Image, x: float, y: float, size: float = EM) -> None:
    """Something like 田: a frame with a cross, `size` high."""
    left, top, right, bottom = (round(v) for v in (x, y, x + size * 0.9, y + size))
    for row in (top, (top + bottom) // 2, bottom - 2):
        page[row : row + 2, left:right] = 20
    for column in (left, (left + right) // 2, right - 2):
        page[top:bottom, column : column + 2] = 20


def draw_line(page: Image, x: float, y: float, count: int, size: float = EM) -> None:
    for number in range(count):
        draw_character(page, x + number * size, y, size)


def draw_rules(page: Image, box: Box = CELL, thickness: int = 2) -> None:
    x0, y0, x1, y1 = (round(v) for v in (box.x0, box.y0, box.x1, box.y1))
    half = thickness // 2
    for row in (y0, y1):
        page[row - half : row - half + thickness, x0 : x1 + 1] = 30
    for column in (x0, x1):
        page[y0 : y1 + 1, column - half : column - half + thickness] = 30


def split(page: Image, box: Box = CELL) -> CellLines:
    return split_lines(page_print(page, EM), box, EM)


def test_empty_cell_has_no_line() -> None:
    page = sheet()
    draw_rules(page)
    found = split(page)
    assert found.lines == ()
    assert not found.has_ink_outside


def test_one_line_is_found_where_it_stands() -> None:
    page = sheet()
    draw_rules(page)
    draw_line(page, 100, 100, 5)
    found = split(page)
    assert len(found.lines) == 1
    assert found.lines[0].box.rounded(0) == pytest.approx([100, 100, 218, 124], abs=2)
    assert not found.has_ink_outside


@pytest.mark.parametrize("pitch", [25, 28, 40])
def test_wrapped_lines_are_parted(pitch: int) -> None:
    page = sheet()
    for number in range(3):
        draw_line(page, 80, 60 + number * pitch, 6)
    tops = [line.box.y0 for line in split(page).lines]
    assert tops == [60, 60 + pitch, 60 + 2 * pitch]


def test_tight_lines_joined_by_a_stroke_are_parted() -> None:
    page = sheet()
    draw_line(page, 80, 60, 8)
    draw_line(page, 80, 85, 8)
    page[60:109, 90:92] = 20
    assert len(split(page).lines) == 2


def test_label_set_one_character_to_a_line() -> None:
    page = sheet()
    box = Box(40, 20, 76, 240)
    draw_rules(page, box)
    for number in range(6):
        draw_character(page, 46, 30 + number * 34)
    assert [line.box.y0 for line in split(page, box).lines] == [30 + number * 34 for number in range(6)]


def test_three_strokes_stay_one_character() -> None:
    """三 is three bars with white between them, and one line."""
    page = sheet()
    for top in (100, 109, 119):
        page[top : top + 3, 100:122] = 20
    lines = split(page).lines
    assert len(lines) == 1
    assert lines[0].box.rounded(0) == pytest.approx([100, 100, 122, 122], abs=1)


def test_larger_heading_is_not_cut_in_two() -> None:
    page = sheet()
    draw_line(page, 80, 90, 5, size=1.8 * EM)
    assert len(split(page).lines) == 1


@given(shift_x=st.integers(-2, 2), shift_y=st.integers(-2, 2), thickness=st.integers(1, 4))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_rules_are_never_read(shift_x: int, shift_y: int, thickness: int) -> None:
    """Wherever the box lies within 2 px of the rules, an empty cell stays empty."""
    page = sheet()
    draw_rules(page, thickness=thickness)
    box = Box(CELL.x0 + shift_x, CELL.y0 + shift_y, CELL.x1 + shift_x, CELL.y1 + shift_y)
    assert split(page, box).lines == ()


def test_broken_rules_leave_nothing() -> None:
    """Dashes of every length, corners and T-pieces among them, on all four sides."""
    page = sheet()
    draw_rules(page)
    random = np.random.default_rng(11)
    for start in range(40, 340, 30):
        gap = int(random.integers(5, 20))
        for row in (40, 200):
            page[row - 3 : row + 4, start : start + gap] = 250
    for start in range(50, 190, 25):
        for column in (40, 340):
            page[start : start + 9, column - 3 : column + 4] = 250
    draw_line(page, 120, 110, 4)
    lines = split(page).lines
    assert [line.box.y0 for line in lines] == [110]
    assert lines[0].box.width == pytest.approx(4 * EM - 2, abs=3)


def test_neighbours_print_is_left_out() -> None:
    """Text of the next column that runs up to the rule is not this cell's."""
    page = sheet()
    draw_rules(page)
    draw_line(page, 100, 100, 3)
    draw_line(page, 344, 100, 2)
    assert split(page).lines[0].box.x1 < 180


def test_stroke_that_runs_through_the_cell_is_reported() -> None:
    """An arc of a seal that enters over the rule is no line; as large as a character, it is told."""
    page = sheet()
    draw_line(page, 150, 150, 3)
    for step in range(34):
        page[30 + step : 33 + step, 120 + step // 2 : 126 + step // 2] = 20
    found = split(page)
    assert len(found.lines) == 1
    assert found.lines[0].box.y0 == 150
    assert found.has_ink_outside


def test_specks_are_no_line() -> None:
    page = sheet()
    random = np.random.default_rng(3)
    for x, y in random.integers((50, 50), (330, 190), (60, 2)):
        page[y : y + 2, x : x + 1] = 60
    assert split(page).lines == ()


def test_dots_at_the_end_belong_to_the_line() -> None:
    """： is two specks; a faint 。 is hardly ink. Both stay in the picture."""
    page = sheet()
    draw_line(page, 100, 100, 4)
    page[106:109, 206:209] = 60
    page[118:121, 206:209] = 205
    line = split(page).lines[0]
    assert line.box.x1 == pytest.approx(209, abs=1)


def test_lone_dash_is_not_blown_up() -> None:
    """A mark 3 px high comes in a picture as high as a line, or the reader would see a beam."""
    page = sheet()
    page[110:113, 150:174] = 40
    line = split(page).lines[0]
    assert line.image.shape[0] >= EM


def test_line_picture_holds_no_neighbouring_line() -> None:
    page = sheet()
    draw_line(page, 80, 60, 6)
    draw_line(page, 80, 88, 6)
    for line in split(page).lines:
        ink = (line.image < 128).any(axis=1)
        assert ink.sum() <= EM + 1


@pytest.mark.parametrize(
    "box", [Box(-5, -5, 3, 3), Box(399, 10, 420, 30), Box(50, 50, 50.4, 50.4), Box(500, 500, 600, 600)]
)
def test_boxes_off_the_page_are_empty(box: Box) -> None:
    assert split(sheet(), box).lines == ()


@pytest.mark.parametrize("off", [-3, -1, 2, 4])
def test_dashed_rule_beside_its_box_leaves_nothing(off: int) -> None:
    """Dashes thicker than a stroke, a few px off the edge of the box on all four sides."""
    page = sheet()
    for start in range(44, 330, 14):
        for row in (40 + off, 200 - off):
            page[row - 1 : row + 3, start : start + 7] = 20
    for start in range(44, 190, 14):
        for column in (40 + off, 340 - off):
            page[start : start + 7, column - 1 : column + 3] = 20
    draw_line(page, 120, 110, 4)
    (line,) = split(page).lines
    assert line.box.rounded(0) == pytest.approx([120, 110, 214, 134], abs=1)


def test_shreds_of_a_thick_broken_rule_leave_nothing() -> None:
    """A rule 6 px thick, worn away but for a run on one side: its other side is shreds, not print."""
    page = sheet()
    page[40:46, 40:340] = 20
    page[40:43, 90:330] = 250
    page[40:42, 120:150] = 20
    page[40:42, 200:206] = 20
    draw_line(page, 120, 110, 4)
    assert [line.box.y0 for line in split(page).lines] == [110]


def test_two_flat_characters_at_the_edge_are_print() -> None:
    """二 under a tight rule is no dashed rule."""
    page = sheet()
    for left in (100, 130):
        page[45:48, left + 4 : left + 20] = 20
        page[62:65, left : left + 24] = 20
    assert split(page).lines[0].box.rounded(0) == pytest.approx([100, 45, 154, 65], abs=1)

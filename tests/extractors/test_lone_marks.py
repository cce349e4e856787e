"""Lone marks: the shape decides."""

from __future__ import annotations

import numpy as np
import pytest

from goaltables.extractors.reading.cell_lines import LinePicture
from goaltables.extractors.reading.lone_marks import LONE_MARK, LoneMark, mend_leading_equals, mend_lone_mark
from goaltables.records import Box, Image

EM = 24.0


def line(*strokes: tuple[int, int, int, int]) -> LinePicture:
    """A picture 40 x 40 with dark rectangles x0, y0, x1, y1."""
    picture: Image = np.full((40, 40), 255, np.uint8)
    for x0, y0, x1, y1 in strokes:
        picture[y0:y1, x0:x1] = 90
    return LinePicture(picture, Box(0, 0, 40, 40))


DASH = line((8, 18, 32, 20))
HYPHEN = line((14, 18, 24, 20))
ONE_OF_SONG = line((8, 19, 32, 20), (27, 16, 31, 20))  # 一 swells at its right end
SLASH = line(*((24 - 6 * step // 10, 8 + step, 26 - 6 * step // 10, 9 + step) for step in range(22)))
FIGURE_ONE = line((18, 8, 20, 30))
NOUGHT = line((14, 10, 24, 12), (14, 26, 24, 28), (14, 10, 16, 28), (22, 10, 24, 28))
EQUALS = line((9, 15, 31, 17), (9, 22, 31, 24))  # = ＝ ═
TWO = line((12, 12, 27, 14), (8, 26, 31, 28))  # the upper stroke of 二 is shorter
CIRCLE = line((9, 8, 31, 10), (9, 28, 31, 30), (9, 8, 11, 30), (29, 8, 31, 30))


@pytest.mark.parametrize(
    ("read", "picture", "text"),
    [
        ("一", DASH, "—"),
        ("-", DASH, "—"),
        ("—", HYPHEN, "-"),
        ("一", HYPHEN, "-"),
        ("V", FIGURE_ONE, "√"),
        ("1", SLASH, "/"),
        ("O", NOUGHT, "0"),
        ("。", NOUGHT, "0"),
        ("二", EQUALS, "="),
        ("—", EQUALS, "="),
        ("", EQUALS, "="),
    ],
)
def test_marks_are_named_by_their_shape(read: str, picture: LinePicture, text: str) -> None:
    assert mend_lone_mark(read, picture, EM) == LoneMark(text, (LONE_MARK,))


@pytest.mark.parametrize(
    ("read", "picture"),
    [
        ("二", TWO),
        ("", DASH),
        ("一", ONE_OF_SONG),
        ("1", FIGURE_ONE),
        ("O", CIRCLE),
        ("人", DASH),
        ("3", SLASH),
    ],
)
def test_what_fits_no_rule_stays_as_it_was_read(read: str, picture: LinePicture) -> None:
    assert mend_lone_mark(read, picture, EM) == LoneMark(read)


def test_blank_picture_is_flagged() -> None:
    assert mend_lone_mark("一", line(), EM) == LoneMark("一", (LONE_MARK,))


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ("95%", "=95%"),
        ("—95%", "=95%"),
        ("二95%", "=95%"),
        ("≥95%", "≥95%"),
        ("95项任务的比例高", "95项任务的比例高"),
    ],
)
def test_two_bars_before_a_number_are_its_sign(read: str, text: str) -> None:
    picture = line((2, 15, 16, 17), (2, 22, 16, 24), (20, 10, 22, 30), (26, 10, 28, 30))
    assert mend_leading_equals(read, picture, EM).text == text


def test_a_number_without_two_bars_before_it_stays() -> None:
    dash = line((2, 18, 16, 20), (20, 10, 22, 30), (26, 10, 28, 30))
    assert mend_leading_equals("—95%", dash, EM) == LoneMark("—95%")
    assert mend_leading_equals("95%", line((20, 10, 22, 30), (26, 10, 28, 30)), EM) == LoneMark("95%")

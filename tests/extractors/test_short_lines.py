"""Lines of one character go beside the line they continue: stacked labels, a % that wrapped."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from goaltables.extractors.reading.cell_lines import CellLines, LinePicture
from goaltables.extractors.reading.short_lines import with_short_lines_joined
from goaltables.records import Box, Image

EM = 20.0


def line(x: int, y: int, width: int, height: int = 18) -> LinePicture:
    """A black bar of print with the margins that cell_lines.py leaves."""
    image: Image = np.full((height + 6, width + 8), 255, np.uint8)
    image[3 : 3 + height, 4 : 4 + width] = 0
    return LinePicture(image, Box(x, y, x + width, y + height))


def ink_columns(image: Image) -> list[tuple[int, int]]:
    """The (first, last) columns of each run of ink."""
    dark = np.flatnonzero((image < 128).any(axis=0))
    runs = np.split(dark, np.flatnonzero(np.diff(dark) > 1) + 1)
    return [(int(run[0]), int(run[-1])) for run in runs]


def joined(*lines: LinePicture) -> tuple[LinePicture, ...]:
    return with_short_lines_joined(CellLines(lines, False), EM).lines


def test_stacked_label_is_one_line_in_order() -> None:
    """Each character keeps its width; a tenth of an em of paper lies between them."""
    (label,) = joined(line(10, 0, 18), line(10, 30, 16), line(10, 60, 17))
    assert label.box == Box(10, 0, 28, 78)
    runs = ink_columns(label.image)
    assert [last - first + 1 for first, last in runs] == [18, 16, 17]
    assert all(2 <= right[0] - left[1] - 1 <= 3 for left, right in pairwise(runs))


def test_sign_that_wrapped_goes_behind_its_number() -> None:
    (value,) = joined(line(10, 0, 50), line(20, 30, 12))
    assert len(ink_columns(value.image)) == 2


def test_long_lines_stay_apart() -> None:
    assert len(joined(line(10, 0, 90), line(10, 30, 80), line(10, 60, 90))) == 3


def test_short_first_line_is_not_put_before_a_long_one() -> None:
    assert len(joined(line(10, 0, 12), line(10, 30, 80))) == 2


def test_low_mark_stands_on_the_line_and_flat_one_in_its_middle() -> None:
    """A 。 alone on its line would be read as · were it set in the middle; 一 and — belong there."""
    for mark, is_low in ((line(10, 30, 6, 6), True), (line(10, 30, 18, 3), False)):
        (text,) = joined(line(10, 0, 60), mark)
        first, last = ink_columns(text.image)[-1]
        rows = np.flatnonzero((text.image[:, first : last + 1] < 128).any(axis=1))
        middle = (rows[0] + rows[-1]) / 2 / text.image.shape[0]
        assert bool(middle > 0.6) is is_low


def test_nothing_is_joined_where_nothing_is_short() -> None:
    cell = CellLines((line(10, 0, 90),), True)
    assert with_short_lines_joined(cell, EM) is cell

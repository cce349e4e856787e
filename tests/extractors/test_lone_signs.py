"""Signs alone in their cells, read beside a number of the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from goaltables.extractors.reading.cell_lines import LinePicture
from goaltables.extractors.reading.cell_reading import read_cells
from goaltables.extractors.reading.lone_signs import Number, find_number, may_be_sign, read_signs
from goaltables.records import Box, GridCell, Image, LineReading

EM = 20.0
NUMBER = Number("95", np.full((16, 20), 30, np.uint8))


class Answers:
    """An engine that gives prepared readings in the order it is asked."""

    name = "answers"
    version = "1"
    licence = "none"

    def __init__(self, *texts: str, sureness: float = 0.9) -> None:
        self.texts = list(texts)
        self.sureness = sureness
        self.seen: list[Image] = []

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        self.seen += lines
        return [reading(self.texts.pop(0), self.sureness) for _ in lines]


def reading(text: str, sureness: float = 0.5) -> LineReading:
    return LineReading(text, (sureness,) * len(text))


def line(width: int = 18, shade: int = 30) -> LinePicture:
    """A line whose ink is one block 12 px high."""
    image = np.full((26, width + 10), 255, np.uint8)
    image[7:19, 5 : 5 + width] = shade
    return LinePicture(image, Box(0, 0, width, 12))


def read_one(alone: str, *beside: str) -> str | None:
    (sign,) = read_signs([line()], [alone], NUMBER, EM, Answers(*beside))
    return None if sign is None else sign.text


def test_what_both_sides_of_the_number_see_is_the_sign() -> None:
    assert read_one("√", "≥95", "95≥") == "≥"
    assert read_one("二", "=95", "95=") == "="
    assert read_one("名", "%95", "95%") == "%"


@pytest.mark.parametrize(
    ("before", "after"),
    [("≥95", "95>"), ("√95", "95√"), ("≥9", "95≥"), ("95", "95"), ("-95", "95-"), ("个95", "95个")],
)
def test_without_agreement_on_a_sign_the_first_reading_stands(before: str, after: str) -> None:
    assert read_one("√", before, after) is None


def test_a_figure_replaces_only_a_figure() -> None:
    assert read_one("1", "795", "957") == "7"
    assert read_one("C", "695", "956") is None


def test_the_sign_is_set_left_of_the_number_then_right_of_it() -> None:
    engine = Answers("≥95", "95≥")
    read_signs([line(shade=90)], ["√"], NUMBER, EM, engine)
    left, right = engine.seen
    assert left.shape == right.shape
    inked = [np.flatnonzero((picture == 90).any(axis=0)) for picture in (left, right)]
    number = [np.flatnonzero((picture == 30).any(axis=0)) for picture in (left, right)]
    assert inked[0].max() < number[0].min()
    assert number[1].max() < inked[1].min()


def test_only_doubtful_single_signs_are_looked_at_again() -> None:
    assert may_be_sign(line(), reading("√"), EM)
    assert may_be_sign(line(), reading("6%"), EM)  # a blurred %
    assert not may_be_sign(line(), reading("√", 0.99), EM)
    assert not may_be_sign(line(), reading("二三四"), EM)
    assert not may_be_sign(line(width=40), reading("数量"), EM)


def test_number_is_the_surest_plain_one() -> None:
    texts = [["≥95%"], ["88"], ["120"], ["36"], ["47", "48"], []]
    sure = [[0.999], [0.999], [0.98], [0.97], [0.99, 0.99], []]
    readings = [
        [reading(*pair) for pair in zip(*both, strict=True)] for both in zip(texts, sure, strict=True)
    ]
    found = find_number([[line()] * len(of_cell) for of_cell in readings], readings)
    assert found is not None
    assert found.text == "120"
    assert found.ink.shape == (12, 20)
    assert find_number([[line()]], [[reading("120", 0.9)]]) is None


def test_cells_come_back_with_their_signs() -> None:
    page = np.full((80, 300), 250, np.uint8)
    page[30:46, 40:58] = 20
    page[30:46, 140:180] = 20
    cells = [GridCell(0, k, 1, 1, Box(100 * k, 10, 100 * k + 99, 70)) for k in range(2)]

    class Engine(Answers):
        def read(self, lines: Sequence[Image]) -> list[LineReading]:
            if not self.seen:
                self.seen += lines
                return [reading("√"), reading("95", 0.99)]
            return super().read(lines)

    read = read_cells(page, EM, cells, Engine("≥95", "95≥"))
    assert [cell.text for cell in read] == ["≥", "95"]
    assert read[0].confidence == 0.9

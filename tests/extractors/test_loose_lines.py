"""Print outside the tables, on drawn strokes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from goaltables.extractors.picture.print_ink import page_print
from goaltables.extractors.reading.loose_lines import LooseLine, find_loose_lines, read_loose_lines
from goaltables.records import Box, Image, LineReading

EM = 20.0
TABLE = Box(40, 150, 560, 350)


class Answers:
    name = "answers"
    version = "1"
    licence = "none"

    def __init__(self, *readings: LineReading) -> None:
        self.readings = list(readings)

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        return self.readings[: len(lines)]


def draw(page: Image, x: int, y: int, count: int, size: int = 20) -> None:
    """`count` characters like 口."""
    for left in range(x, x + count * size, size):
        page[y : y + size, left : left + size - 3] = 20
        page[y + 3 : y + size - 3, left + 3 : left + size - 6] = 250


def boxes(page: Image, tables: Sequence[Box] = (TABLE,), sheet: Image | None = None) -> list[list[float]]:
    paper = np.full(page.shape, 255, np.uint8) if sheet is None else sheet
    return [line.box.rounded(0) for line in find_loose_lines(page_print(page, EM), paper, EM, tables)]


def blank() -> Image:
    return np.full((420, 600), 250, np.uint8)


def test_lines_above_and_below_but_not_inside_a_table() -> None:
    page = blank()
    draw(page, 200, 40, 8, size=30)
    draw(page, 100, 240, 6)
    draw(page, 60, 380, 10)
    found = boxes(page)
    assert [box[1] for box in found] == [40, 380]


def test_far_apart_is_two_lines() -> None:
    """填报单位 on the left, 单位：万元 on the right: two things."""
    page = blank()
    draw(page, 50, 110, 7)
    draw(page, 440, 110, 5)
    assert [box[0] for box in boxes(page)] == pytest.approx([50, 440], abs=1)


def test_spaced_title_is_one_line() -> None:
    page = blank()
    for number in range(5):
        draw(page, 150 + 45 * number, 50, 1)
    assert len(boxes(page)) == 1


def test_paragraph_is_split_into_its_lines() -> None:
    page = blank()
    for number in range(4):
        draw(page, 50, 20 + 28 * number, 20)
    assert [box[1] for box in boxes(page)] == [20, 48, 76, 104]


def test_rules_dust_and_what_lies_beside_the_paper_are_no_lines() -> None:
    page = blank()
    page[148:152, 40:560] = 20
    page[60:62, 300:302] = 20
    draw(page, 450, 60, 5)
    sheet = np.full(page.shape, 255, np.uint8)
    sheet[:, 400:] = 0
    assert boxes(page, sheet=sheet) == []


def test_noise_and_nothing_are_dropped() -> None:
    page = blank()
    draw(page, 50, 40, 6)
    draw(page, 50, 100, 6)
    draw(page, 50, 380, 6)
    lines = find_loose_lines(page_print(page, EM), np.full(page.shape, 255, np.uint8), EM, [TABLE])
    engine = Answers(LineReading("附件 1", (0.9,) * 4), LineReading("彡", (0.1,)), LineReading(""))
    assert read_loose_lines(lines, engine) == (LooseLine("附件1", lines[0].box, 0.9),)


def test_large_characters_that_touch_are_print() -> None:
    """Two touching characters of a title set at 2 em are one piece of ink, wider than 3 em of the table."""
    page = blank()
    draw(page, 140, 40, 8, size=40)
    page[60:64, 140:300] = 20
    (box,) = boxes(page)
    assert box == pytest.approx([140, 40, 457, 80], abs=1)


def test_gap_of_large_print_is_measured_in_its_own_size() -> None:
    """部门（单位）　整体支出绩效目标表: 2 em of the table are one character of the title."""
    page = blank()
    draw(page, 100, 40, 4, size=36)
    draw(page, 290, 40, 4, size=36)
    assert len(boxes(page)) == 1


def test_rule_outside_a_table_is_no_print() -> None:
    page = blank()
    page[60:64, 100:400] = 20
    assert boxes(page) == []

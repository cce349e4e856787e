"""Labels spread over the rows of their groups: at the top, in the middle, over the page break."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.understanding.joined_table import Placed
from goaltables.normalizers.understanding.spread_labels import LabelBox, joined_boxes, spread
from goaltables.records import Box, Cell


def boxes_of(*texts: str) -> list[LabelBox]:
    return [LabelBox(k, k + 1, text) for k, text in enumerate(texts)]


def spread_texts(*texts: str) -> list[str]:
    return [box.text if box else "" for box in spread(boxes_of(*texts), lambda _row, _box: True)]


def test_label_in_the_first_row_of_its_group() -> None:
    assert spread_texts("甲", "", "", "乙", "") == ["甲", "甲", "甲", "乙", "乙"]


def test_label_in_the_middle_of_its_group() -> None:
    assert spread_texts("", "甲", "", "", "", "乙", "", "") == ["甲"] * 3 + ["乙"] * 5


def test_a_label_that_may_not_stand_over_a_row_is_not_put_there() -> None:
    rows = spread(boxes_of("", "甲", "", "乙", ""), lambda row, box: row < 2 or box.text == "乙")
    assert [box.text if box else "" for box in rows] == ["甲", "甲", "乙", "乙", "乙"]


def test_no_label_at_all() -> None:
    assert spread_texts("", "") == ["", ""]
    assert spread([], lambda _row, _box: True) == []


def test_boxes_that_face_each_other_over_a_break() -> None:
    boxes = [LabelBox(0, 2, "甲"), LabelBox(2, 4, ""), LabelBox(4, 5, "乙"), LabelBox(5, 6, "乙")]
    joined = joined_boxes(boxes, frozenset({2, 5}), lambda a, b: a.text == b.text)
    assert [(box.first, box.last, box.text) for box in joined] == [(0, 4, "甲"), (4, 6, "乙")]


@pytest.mark.parametrize(
    ("before", "after", "kept"), [(0.9, 0.8, "甲"), (0.8, 0.9, "甲样"), (0.9, 0.9, "甲")]
)
def test_of_a_label_that_is_printed_again_the_surer_reading_counts(
    before: float, after: float, kept: str
) -> None:
    def box(row: int, text: str, confidence: float) -> LabelBox:
        cell = Cell(row, 0, 1, 1, Box(0, 0, 9, 9), text, confidence)
        return LabelBox(row, row + 1, text, (Placed(1, cell, row, 0, 1, 1),))

    boxes = [box(0, "甲", before), box(1, "甲样", after)]
    (joined,) = joined_boxes(boxes, frozenset({1}), lambda _a, _b: True)
    assert joined.text == kept
    assert [p.row for p in joined.cells] == [0, 1]
    assert joined.confidence == min(before, after)
    assert joined_boxes(boxes, frozenset({1}), lambda _a, _b: False) == boxes


@pytest.mark.parametrize(
    ("texts", "rows"),
    [
        # A group of four prints its label in the second or the third row.
        (("", "甲", "", "", "", "", "乙", ""), ["甲"] * 4 + ["乙"] * 4),
        (("", "", "甲", "", "", "乙", "", ""), ["甲"] * 4 + ["乙"] * 4),
        # What stands over the first label is under it, too, where labels stand at the top.
        (("", "甲", "乙", "丙"), ["甲", "甲", "乙", "丙"]),
        (("甲", "", "乙", "", "", "丙"), ["甲"] * 2 + ["乙"] * 3 + ["丙"]),
    ],
)
def test_labels_stand_at_the_top_or_nearly_in_the_middle(texts: tuple[str, ...], rows: list[str]) -> None:
    assert spread_texts(*texts) == rows


def test_boxes_of_one_page_stay_apart() -> None:
    boxes = boxes_of("甲", "")
    assert joined_boxes(boxes, frozenset(), lambda _a, _b: True) == boxes


@settings(derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(["", "", "甲", "乙", "丙"]), min_size=1, max_size=12))
def test_every_row_gets_a_label_and_labelled_rows_keep_theirs(texts: list[str]) -> None:
    spread_out = spread_texts(*texts)
    assert len(spread_out) == len(texts)
    assert all(own == given_ for own, given_ in zip(spread_out, texts, strict=True) if given_)
    assert all(spread_out) == any(texts)
    order = [text for text in texts if text]
    assert [t for k, t in enumerate(spread_out) if t and (k == 0 or t != spread_out[k - 1])] == [
        t for k, t in enumerate(order) if k == 0 or t != order[k - 1]
    ]

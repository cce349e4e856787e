"""Labels spread over the rows of their groups: at the top, in the middle, over the page break."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.understanding.spread_labels import LabelBox, joined_boxes, spread


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

"""The level labels of a grid's rows: for each row its level-1 and its level-2 label.

A label is printed once for all rows of its group; which rows these are, `spread_labels` finds, among the
labels that the taxonomy lets stand over each other. Before that the labels are made whole: two that a missing
rule glued into one cell are parted, a label is told from a name that reaches over its column, and what a page
break cut is joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.grid_head import Half, HeadColumn
from goaltables.normalizers.understanding.joined_table import JoinedTable
from goaltables.normalizers.understanding.labels import (
    fits_under,
    glued_labels,
    leading_level2,
    level1_id,
    level2_id,
    without_side_letters,
)
from goaltables.normalizers.understanding.spread_labels import LabelBox, column_boxes, joined_boxes, spread

RowLabels = Sequence[LabelBox | None]


def row_labels(table: JoinedTable, half: Half, first: int, last: int) -> tuple[RowLabels, RowLabels]:
    """For each row of first..last-1 its level-1 and its level-2 label."""
    nothing: list[LabelBox | None] = [None] * (last - first)
    column1, column2 = half.columns.get("level1"), half.columns.get("level2")
    boxes2 = _label_boxes(table, column2, half.columns.get("name"), first, last)
    printed2 = {row: box for box in boxes2 for row in range(box.first, box.last) if box.text}

    def may_stand(row: int, box: LabelBox) -> bool:
        below = printed2.get(row)
        one, two = level1_id(box.text), level2_id(below.text) if below else None
        return one is None or two is None or fits_under(two, one)

    level1 = nothing
    if column1 is not None:
        level1 = spread(_label_boxes(table, column1, column2, first, last), may_stand)
    if column2 is None:
        return level1, nothing
    level2: list[LabelBox | None] = []
    for start, stop in _runs(level1):
        over = level1[start]
        one = level1_id(over.text) if over is not None else None

        def fits(_row: int, box: LabelBox, one: str | None = one) -> bool:
            two = level2_id(box.text)
            return one is None or two is None or fits_under(two, one)

        level2 += spread(_cut(boxes2, first + start, first + stop), fits)
    return level1, level2


def distinct_boxes(boxes: Iterable[LabelBox | None]) -> list[LabelBox]:
    """The boxes without holes, each once."""
    seen: dict[int, LabelBox] = {id(box): box for box in boxes if box is not None}
    return list(seen.values())


def _label_boxes(
    table: JoinedTable, column: HeadColumn | None, neighbour: HeadColumn | None, first: int, last: int
) -> list[LabelBox]:
    """The boxes of a label column, joined over page breaks.

    A cell that reaches over into the next column and is no label of this level belongs there (a name over two
    columns), and leaves this column empty.
    """
    if column is None:
        return []
    boxes = []
    for box in column_boxes(table, column.col, column.end, first, last):
        if column.role == "level1":
            box = replace(box, text=without_side_letters(box.text))
        reaches = neighbour is not None and any(p.end_col > neighbour.col for p in box.cells)
        known = level2_id(box.text) if column.role == "level2" else level1_id(box.text)
        if reaches and known is None:
            # A name over two columns leaves this one empty; glued cells begin with the label.
            glued = leading_level2(box.text) if column.role == "level2" else None
            box = (
                LabelBox(box.first, box.last, glued[0], box.cells) if glued else LabelBox(box.first, box.last)
            )
        boxes += _unglued(box, 1 if column.role == "level1" else 2)
    return joined_boxes(boxes, table.breaks, _same_label)


def _unglued(box: LabelBox, depth: int) -> list[LabelBox]:
    """The boxes of labels that a missing rule put into one: the first in its first row, the last in its last.

    Which rows between them each holds for, the labels beside them say (`spread`).
    """
    labels = glued_labels(box.text, depth)
    rows = box.last - box.first
    if not labels or len(labels) > rows:
        return [box]
    found, row = [], box.first
    for k, label in enumerate(labels):
        at = box.first + round(k * (rows - 1) / (len(labels) - 1))
        if at > row:
            found.append(LabelBox(row, at))
        found.append(LabelBox(at, at + 1, label, box.cells))
        row = at + 1
    return found


def _runs(level1: Sequence[LabelBox | None]) -> list[tuple[int, int]]:
    """The (start, stop) of the stretches of rows under one level-1 box."""
    runs: list[tuple[int, int]] = []
    start = 0
    for row in range(1, len(level1) + 1):
        if row == len(level1) or level1[row] is not level1[start]:
            runs.append((start, row))
            start = row
    return runs


def _cut(boxes: Sequence[LabelBox], first: int, last: int) -> list[LabelBox]:
    """The boxes inside rows first..last-1; one that reaches over an edge is cut there.

    A box that lies inside is kept as the very same object, so that rows can be told by their box.
    """
    return [
        box
        if first <= box.first and box.last <= last
        else LabelBox(max(box.first, first), min(box.last, last), box.text, box.cells)
        for box in boxes
        if box.first < last and box.last > first
    ]


def _same_label(before: LabelBox, after: LabelBox) -> bool:
    if fold(before.text) == fold(after.text):
        return True
    ones = level1_id(before.text), level1_id(after.text)
    twos = level2_id(before.text), level2_id(after.text)
    return (ones[0] is not None and ones[0] == ones[1]) or (twos[0] is not None and twos[0] == twos[1])

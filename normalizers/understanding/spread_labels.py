"""A label that is printed once holds for all rows of its group: which rows are they?

A merged cell says so itself. But rules go missing, three-line tables print 产出指标 in the first row of its
group and leave the rest blank, spreadsheets print it in the middle of a group whose rules were not drawn,
and at a page break the box goes on empty, or was empty before it and is labelled after it. So the labels of
a column are spread over its rows such that every row gets a label that may stand there, and each label
stands at the top of its group or, if that explains the column better, in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed, distinct

_MISFIT = 100.0  # a row under a label that may not stand there costs more than any asymmetry


@dataclass(frozen=True, slots=True)
class LabelBox:
    """A cell of a label column: rows first..last-1 of the table, what it says, where it is printed."""

    first: int
    last: int
    text: str = ""
    cells: tuple[Placed, ...] = ()

    @property
    def confidence(self) -> float:
        return min((p.cell.confidence for p in self.cells if p.text), default=1.0)


def column_boxes(table: JoinedTable, col: int, end: int, first: int, last: int) -> list[LabelBox]:
    """The boxes of columns col..end-1 in rows first..last-1, top down; holes are empty boxes of one row.

    Where the columns were split by mistake the texts of a row's cells are put together.
    """
    boxes: list[LabelBox] = []
    for row in range(first, last):
        cells = tuple(table.across(row, col, end))
        if cells and boxes and boxes[-1].cells == cells and boxes[-1].last == row:
            boxes[-1] = replace(boxes[-1], last=row + 1)
            continue
        known = {id(p) for box in boxes[-1:] for p in box.cells}
        text = "".join(p.text for p in cells if id(p) not in known)
        if known & {id(p) for p in cells} and not text and boxes:
            boxes[-1] = replace(boxes[-1], last=row + 1)
            continue
        boxes.append(LabelBox(row, row + 1, text, cells))
    return boxes


def joined_boxes(
    boxes: Sequence[LabelBox],
    breaks: frozenset[int],
    same: Callable[[LabelBox, LabelBox], bool],
) -> list[LabelBox]:
    """`boxes` with those that face each other across a page break made one.

    They are one when either is empty or `same` says that both are the same label (printed again, or its
    second half). An empty box between two labels belongs to the one that goes on into it.
    """
    result: list[LabelBox] = []
    for box in boxes:
        before = result[-1] if result else None
        if before is None or box.first not in breaks:
            result.append(box)
        elif not before.text or not box.text or same(before, box):
            result[-1] = _one(before, box)
        else:
            result.append(box)
    return result


def _one(before: LabelBox, after: LabelBox) -> LabelBox:
    cells = tuple(distinct((*before.cells, *after.cells)))
    if before.text and after.text:
        # Read twice: the surer reading is kept.
        text = before.text if before.confidence >= after.confidence else after.text
    else:
        text = before.text or after.text
    return LabelBox(before.first, after.last, text, cells)


def spread(boxes: Sequence[LabelBox], fits: Callable[[int, LabelBox], bool]) -> list[LabelBox | None]:
    """For each row of `boxes` (which follow each other without gaps) the box whose label holds for it.

    `fits(row, box)` says whether the label may stand over that row. Rows of boxes with a label keep it. None
    where no label holds.
    """
    if not boxes:
        return []
    first, last = boxes[0].first, boxes[-1].last
    labels = [box for box in boxes if box.text]
    if not labels:
        return [None] * (last - first)
    groups = min(
        (_grouped(labels, first, last, fits, middle) for middle in (False, True)), key=lambda g: g[0]
    )
    rows: list[LabelBox | None] = []
    for label, (start, stop) in zip(labels, groups[1], strict=True):
        for row in range(start, stop):
            own = label.first <= row < label.last
            rows.append(label if own or fits(row, label) else None)
    return rows


def _grouped(
    labels: Sequence[LabelBox],
    first: int,
    last: int,
    fits: Callable[[int, LabelBox], bool],
    middle: bool,
) -> tuple[float, list[tuple[int, int]]]:
    """The cheapest way to cut rows first..last-1 into one group for each label, and its cost.

    Between two labels the cut may lie anywhere; what decides is that labels fit their rows and stand at the
    top (or in the middle) of their groups.
    """
    starts: dict[int, tuple[float, list[tuple[int, int]]]] = {first: (0.0, [])}
    for index, label in enumerate(labels):
        stops = range(label.last, labels[index + 1].first + 1) if index + 1 < len(labels) else [last]
        nexts: dict[int, tuple[float, list[tuple[int, int]]]] = {}
        for start, (cost, groups) in starts.items():
            for stop in stops:
                total = cost + _cost(label, start, stop, fits, middle)
                if stop not in nexts or total < nexts[stop][0]:
                    nexts[stop] = (total, [*groups, (start, stop)])
        starts = nexts
    return starts[last]


def _cost(
    label: LabelBox, start: int, stop: int, fits: Callable[[int, LabelBox], bool], middle: bool
) -> float:
    misfits = sum(not fits(row, label) for row in range(start, stop) if not label.first <= row < label.last)
    if middle:
        # Spreadsheets round the middle either way: half a row off is nearly the middle.
        off = abs((start + stop) - (label.first + label.last)) / 2
        return misfits * _MISFIT + (off if off > 0.5 else off / 5) + 0.25
    return misfits * _MISFIT + (label.first - start)

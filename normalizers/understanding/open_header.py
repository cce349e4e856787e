"""The header of a table without rules: labels with their values beside them, as lines of print.

    项目名称      农村公路养护
                                              某县公路
    主管部门      某县交通运输局    实施单位
                                              管理局
    资金情况（万  年度资金总额：    439.85
    元）          其中：财政拨款    439.85

No cell says what belongs together. The labels do: they are known words, whole or one short line under the
other. A text belongs to the nearest label at its left among those at whose height it stands; a label reaches
half way to the labels above and below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.forms import exact_labels
from goaltables.records import Box, TextLine

LINE_PITCH = 1.7  # from line to line of one label, in heights
LONGEST_LABEL = 16
MOST_LINES = 6
LEAST_LABELS = 2
ALONE = 0.8  # how far a label without neighbours in its column reaches beyond its own lines, in heights


@dataclass(frozen=True, slots=True)
class _Label:
    text: str
    box: Box
    lines: tuple[TextLine, ...]


def values_beside(lines: Sequence[TextLine]) -> list[tuple[str, str]]:
    """The (label, value) pairs of `lines`, from top to bottom; [] where fewer than two labels stand."""
    labels = list(_labels(lines))
    if len(labels) < LEAST_LABELS:
        return []
    own = {id(line) for label in labels for line in label.lines}
    bands = {id(label): _band(label, labels) for label in labels}
    values: dict[int, list[TextLine]] = {id(label): [] for label in labels}
    for line in lines:
        if id(line) in own:
            continue
        middle = line.box.centre[1]
        at_left = [
            label
            for label in labels
            if label.box.x1 <= line.box.x0 + line.box.height / 2
            and bands[id(label)][0] <= middle <= bands[id(label)][1]
        ]
        if at_left:
            values[id(max(at_left, key=lambda label: label.box.x1))].append(line)
    return [(label.text, _joined(values[id(label)])) for label in labels if values[id(label)]]


def _labels(lines: Sequence[TextLine]) -> Iterator[_Label]:
    """The labels among the lines: words of the list, or short lines under each other that make one."""
    taken: set[int] = set()
    for line in lines:
        if id(line) in taken:
            continue
        for group in _stacks(line, lines):
            text = "".join(part.text.strip() for part in group)
            if len(fold(text)) <= LONGEST_LABEL and exact_labels(text):
                taken |= {id(part) for part in group}
                yield _Label(text, _hull(part.box for part in group), tuple(group))
                break


def _stacks(line: TextLine, lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """`line` with the lines right under it, the longest stack first."""
    stacks = [[line]]
    while len(stacks[-1]) < MOST_LINES:
        last = stacks[-1][-1]
        under = [
            other
            for other in lines
            if 0 < other.box.centre[1] - last.box.centre[1] < LINE_PITCH * last.box.height
            and other.box.x0 < last.box.x1
            and last.box.x0 < other.box.x1
        ]
        if not under:
            break
        stacks.append([*stacks[-1], min(under, key=lambda other: other.box.centre[1])])
    return stacks[::-1]


def _band(label: _Label, labels: Sequence[_Label]) -> tuple[float, float]:
    """The heights at which a text may belong to `label`."""
    column = [o for o in labels if o.box.x0 < label.box.x1 and label.box.x0 < o.box.x1 and o is not label]
    above = [o.box.y1 for o in column if o.box.y1 <= label.box.centre[1]]
    below = [o.box.y0 for o in column if o.box.y0 >= label.box.centre[1]]
    reach = ALONE * label.lines[0].box.height
    top = (max(above) + label.box.y0) / 2 if above else label.box.y0 - reach
    bottom = (min(below) + label.box.y1) / 2 if below else label.box.y1 + reach
    return top, bottom


def _hull(boxes: Iterable[Box]) -> Box:
    first, *rest = boxes
    for box in rest:
        first = first.union(box)
    return first


def _joined(lines: Sequence[TextLine]) -> str:
    """The texts from top to bottom, those of one row from left to right."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box.centre[1]):
        if rows and line.box.centre[1] - rows[-1][0].box.centre[1] < 0.5 * line.box.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return "".join(line.text.strip() for row in rows for line in sorted(row, key=lambda line: line.box.x0))

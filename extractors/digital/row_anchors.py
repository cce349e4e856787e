"""Lines of text to table rows, where no rules part them.

Every row has one line that fills several columns: its anchor. The lines between two anchors fill one column
and belong to the wrapped text of the row above or below. A dynamic programme over the anchors chooses, for
each gap, how many of its lines go up: the cost of a row is how far the lines of each column are from being
centred on the anchor, or from hanging from it, whichever is less. A text hangs only from the anchor itself: a
column with nothing beside the anchor and one line below it is no row of that anchor.

>>> two = frozenset({0, 3})
>>> rows_by_anchors([94.0, 100.0, 106.0, 120.0], [frozenset({2}), two, frozenset({2}), two], em=10.0)
[[0, 1, 2], [3]]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

# A second line that fills several columns belongs to the row above when it is this much nearer than the rows
# usually are, and fills only columns that the row above fills.
CLOSER = 0.8


def rows_by_anchors(ys: Sequence[float], filled: Sequence[frozenset[int]], em: float) -> list[list[int]]:
    """Group lines (centres `ys` from top to bottom, and the columns each fills) into rows of line numbers."""
    anchors = _anchors(ys, filled)
    if not anchors:
        return [[i] for i in range(len(ys))]
    # gaps[k]: the lines before anchor k; the last gap is behind the last anchor.
    bounds = [-1, *anchors, len(ys)]
    gaps = [list(range(a + 1, b)) for a, b in pairwise(bounds)]
    # state: how many lines of the gap before the anchor go up to the anchor above
    costs: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for k, anchor in enumerate(anchors):
        is_last = k == len(anchors) - 1
        after = gaps[k + 1]
        reached: dict[int, tuple[float, list[int]]] = {}
        for given, (cost, cuts) in costs.items():
            for taken in [len(after)] if is_last else range(len(after) + 1):
                lines = gaps[k][given:] + after[:taken]
                total = cost + _misplaced(anchor, lines, ys, filled, em)
                if taken not in reached or total < reached[taken][0]:
                    reached[taken] = (total, [*cuts, taken])
        costs = reached
    _, cuts = min(costs.values())
    rows = []
    for k, anchor in enumerate(anchors):
        given = cuts[k - 1] if k else 0
        rows.append([*gaps[k][given:], anchor, *gaps[k + 1][: cuts[k]]])
    return rows


def _anchors(ys: Sequence[float], filled: Sequence[frozenset[int]]) -> list[int]:
    several = [i for i, columns in enumerate(filled) if len(columns) >= 2]
    distances = sorted(ys[b] - ys[a] for a, b in pairwise(several))
    usual = distances[len(distances) // 2] if distances else 0.0
    anchors: list[int] = []
    for i in several:
        above = anchors[-1] if anchors else None
        if (
            above is not None
            and ys[i] - ys[above] < CLOSER * usual
            and 0 not in filled[i]
            and filled[i] <= filled[above]
        ):
            continue
        anchors.append(i)
    return anchors


def _misplaced(
    anchor: int, lines: Sequence[int], ys: Sequence[float], filled: Sequence[frozenset[int]], em: float
) -> float:
    """How far a row's wrapped lines are from centred on the anchor, or hanging from it, in sizes."""
    if not lines:
        return 0.0
    members = sorted([*lines, anchor], key=lambda i: ys[i])
    cost = 0.0
    for column in frozenset[int]().union(*(filled[i] for i in lines)):
        own = [ys[i] for i in members if column in filled[i]]
        centred = abs((own[0] + own[-1]) / 2 - ys[anchor])
        cost += min(centred, abs(own[0] - ys[anchor]))
    # Lines that jump past a line's usual distance do not belong together.
    jump = sum(max(0.0, ys[b] - ys[a] - 1.6 * em) for a, b in pairwise(members))
    return (cost + jump) / em

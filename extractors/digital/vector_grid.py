"""Rules to cells: the grid of a ruled table with its true spans.

The rules that touch make one table. Their positions are its row and column lines; between two crossings a
piece of line is drawn or it is not, and where it is not, the cells on both sides are one (a merged side
label such as 产出指标 over nine rows). What comes out tiles the table: every place belongs to exactly one
rectangle.

A table need not be closed. Excel draws no rule at the page break, and many forms leave out the left and right
sides: rules that run on past the last crossing mark a border that was not drawn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from goaltables.errors import LimitExceeded
from goaltables.extractors.digital.rules import Axis, Segment, join_rules
from goaltables.records import Box, Grid, GridCell

# In character sizes: lines nearer than this are one (a double rule); a row that low holds no text.
SAME_LINE = 0.38
TOUCH = 0.35
# Rules that run on this far past the last line have an undrawn border at their end.
OVERHANG = 0.9
DRAWN_SHARE = 0.6
MIN_CELLS = 2
# The densest lists have 60 rows of 20 columns on an A3 page; squared paper has far more places than that.
MAX_PLACES = 20_000
# The densest of them have 80 rules. What has thousands is a drawing, and every rule is held against every
# other.
MAX_RULES = 3_000
MAX_CROSSINGS = 250_000
# A row that is one cell (an annual goal over the whole width) is rarely higher.
ROW_HEIGHT = 20.0


@dataclass(frozen=True, slots=True)
class RuledComponent:
    """Rules of one table, touching each other."""

    horizontals: tuple[Segment, ...]
    verticals: tuple[Segment, ...]

    @property
    def box(self) -> Box:
        xs = [v for s in self.horizontals for v in (s.start, s.end)] + [s.at for s in self.verticals]
        ys = [v for s in self.verticals for v in (s.start, s.end)] + [s.at for s in self.horizontals]
        return Box(min(xs), min(ys), max(xs), max(ys))


def ruled_components(segments: Iterable[Segment], em: float) -> list[RuledComponent]:
    """Groups of rules that touch or cross, from top to bottom; single rules are groups too.

    Raises LimitExceeded: more rules or crossings than any table has.
    """
    segments = list(segments)
    horizontals = join_rules(segments, Axis.HORIZONTAL)
    verticals = join_rules(segments, Axis.VERTICAL)
    if len(horizontals) + len(verticals) > MAX_RULES:
        raise LimitExceeded(f"the page has more than {MAX_RULES} rules: this is a drawing, no table")
    parent = list(range(len(horizontals) + len(verticals)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for h, v in _touching(horizontals, verticals, TOUCH * em):
        parent[root(h)] = root(len(horizontals) + v)
    groups: dict[int, tuple[list[Segment], list[Segment]]] = {}
    for i, segment in enumerate([*horizontals, *verticals]):
        groups.setdefault(root(i), ([], []))[i >= len(horizontals)].append(segment)
    components = [RuledComponent(tuple(hs), tuple(vs)) for hs, vs in groups.values()]
    return sorted(_with_lone_rules(components, em), key=lambda c: (c.box.y0, c.box.x0))


def _with_lone_rules(components: list[RuledComponent], em: float) -> list[RuledComponent]:
    """Give a table that is open at its sides the rules no vertical touches: those above and below a row
    that is one cell (a title, the annual goal).
    """
    lone = [c.horizontals[0] for c in components if not c.verticals and len(c.horizontals) == 1]
    whole = [c for c in components if c.verticals or len(c.horizontals) > 1]
    for i, component in enumerate(whole):
        if not component.horizontals or not _is_open(component, em):
            continue
        box = component.box
        same = [
            rule
            for rule in lone
            if abs(rule.start - box.x0) < OVERHANG * em and abs(rule.end - box.x1) < OVERHANG * em
        ]
        for rule in sorted(same, key=lambda r: min(abs(r.at - box.y0), abs(r.at - box.y1))):
            box = component.box
            if box.y0 - ROW_HEIGHT * em <= rule.at <= box.y1 + ROW_HEIGHT * em:
                component = RuledComponent((*component.horizontals, rule), component.verticals)
                lone.remove(rule)
        whole[i] = component
    return whole + [RuledComponent((rule,), ()) for rule in lone]


def _is_open(component: RuledComponent, em: float) -> bool:
    """No vertical stands at the left or at the right end of the rules."""
    box, xs = component.box, [v.at for v in component.verticals]
    return min(xs) - box.x0 > OVERHANG * em or box.x1 - max(xs) > OVERHANG * em


def _touching(
    horizontals: Sequence[Segment], verticals: Sequence[Segment], reach: float
) -> list[tuple[int, int]]:
    """Index pairs of crossing or touching rules."""
    if not horizontals or not verticals:
        return []
    y, x0, x1 = np.array([(s.at, s.start, s.end) for s in horizontals]).T
    x, y0, y1 = np.array([(s.at, s.start, s.end) for s in verticals]).T
    meets = (
        (x[None] >= x0[:, None] - reach)
        & (x[None] <= x1[:, None] + reach)
        & (y[:, None] >= y0[None] - reach)
        & (y[:, None] <= y1[None] + reach)
    )
    if np.count_nonzero(meets) > MAX_CROSSINGS:
        raise LimitExceeded(f"rules cross more than {MAX_CROSSINGS} times: this is a drawing, no table")
    rows, columns = np.nonzero(meets)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def find_grid(component: RuledComponent, em: float) -> Grid | None:
    """The cells of a ruled table; None when its rules make fewer than two, or more than any table has.

    The score is the share of places whose cell is the rectangle that its rules draw; below 1 some cell had
    to be completed because a piece of its border is missing.
    """
    if not component.horizontals or not component.verticals:
        return None
    ys = _lines(component.horizontals, component.verticals, em)
    xs = _lines(component.verticals, component.horizontals, em)
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > MAX_PLACES:
        return None
    below = _drawn(component.horizontals, ys, xs, em)  # [line, column]: drawn along the line
    beside = _drawn(component.verticals, xs, ys, em)  # [line, row]
    below[[0, -1]] = True
    beside[[0, -1]] = True
    rectangles, exact = _rectangles(_regions(below, beside))
    rectangles, ys, xs = _without_unused_lines(rectangles, ys, xs)
    if len(rectangles) < MIN_CELLS:
        return None
    cells = tuple(
        GridCell(top, left, bottom - top, right - left, Box(xs[left], ys[top], xs[right], ys[bottom]))
        for top, left, bottom, right in sorted(rectangles)
    )
    return Grid(Box(xs[0], ys[0], xs[-1], ys[-1]), cells, "vector", exact)


def _lines(along: Sequence[Segment], across: Sequence[Segment], em: float) -> list[float]:
    """Positions of the lines that `along` draws, with the undrawn outer ones where `across` runs on."""
    clusters: list[list[Segment]] = []
    for segment in sorted(along, key=lambda s: s.at):
        if clusters and segment.at - clusters[-1][-1].at <= SAME_LINE * em:
            clusters[-1].append(segment)
        else:
            clusters.append([segment])
    lines = [sum(s.at * s.length for s in cluster) / sum(s.length for s in cluster) for cluster in clusters]
    # One long rule is an underline or a frame's; two that end together are a table's.
    before = [s.start for s in across if lines[0] - s.start > OVERHANG * em]
    after = [s.end for s in across if s.end - lines[-1] > OVERHANG * em]
    if len(before) >= 2:
        lines.insert(0, float(np.median(before)))
    if len(after) >= 2:
        lines.append(float(np.median(after)))
    return lines


def _drawn(rules: Sequence[Segment], lines: list[float], marks: list[float], em: float) -> np.ndarray:
    """[line, gap between marks]: is that piece of the line drawn?"""
    covered = np.zeros((len(lines), len(marks) - 1))
    starts, ends = np.array(marks[:-1]), np.array(marks[1:])
    reached = [-np.inf] * len(lines)  # a double rule counts once
    for rule in sorted(rules, key=lambda s: s.start):
        i = _nearest(lines, rule.at)
        start = max(rule.start, reached[i])
        if rule.end > start:
            covered[i] += np.clip(np.minimum(ends, rule.end) - np.maximum(starts, start), 0, None)
            reached[i] = rule.end
    # Rules stop short of thick crossing rules by as much as their width.
    needed = np.maximum(DRAWN_SHARE * (ends - starts), (ends - starts) - em)
    return np.asarray(covered >= np.minimum(needed, 0.9 * (ends - starts)))


def _nearest(lines: list[float], at: float) -> int:
    i = bisect_left(lines, at)
    if i == 0:
        return 0
    if i == len(lines) or at - lines[i - 1] <= lines[i] - at:
        return i - 1
    return i


def _regions(below: np.ndarray, beside: np.ndarray) -> np.ndarray:
    """[row, column] -> number of the region: places that no drawn piece of line parts."""
    rows, columns = beside.shape[1], below.shape[1]
    region = np.full((rows, columns), -1)
    number = 0
    for seed in np.ndindex(rows, columns):
        if region[seed] >= 0:
            continue
        stack = [seed]
        region[seed] = number
        while stack:
            row, column = stack.pop()
            for r, c, is_open in (
                (row - 1, column, not below[row, column]),
                (row + 1, column, not below[row + 1, column]),
                (row, column - 1, not beside[column, row]),
                (row, column + 1, not beside[column + 1, row]),
            ):
                if is_open and region[r, c] < 0:
                    region[r, c] = number
                    stack.append((r, c))
        number += 1
    return region


Rectangle = tuple[int, int, int, int]  # top, left, bottom, right; line numbers


def _rectangles(region: np.ndarray) -> tuple[list[Rectangle], float]:
    """Regions as rectangles, and the share of places that needed no mending.

    A region that is no rectangle lacks a piece of border. It is cut into the fewest slices: a forgotten
    border in a spreadsheet parts neighbours far more often than a stray line parts one cell.
    """
    rectangles: list[Rectangle] = []
    mended = 0
    for number in range(region.max() + 1):
        rows, columns = np.nonzero(region == number)
        top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        if len(rows) == (bottom - top) * (right - left):
            rectangles.append((int(top), int(left), int(bottom), int(right)))
            continue
        mended += len(rows)
        mask = region == number
        by_rows = _slices(mask)
        by_columns = [(top, left, bottom, right) for left, top, right, bottom in _slices(mask.T)]
        rectangles += by_rows if len(by_rows) <= len(by_columns) else by_columns
    return rectangles, 1.0 - mended / region.size


def _slices(mask: np.ndarray) -> list[Rectangle]:
    """A region as slices of whole rows: runs of columns, united over rows where they are the same."""
    done: list[Rectangle] = []
    growing: dict[tuple[int, int], int] = {}  # run of columns -> first row
    for row in range(mask.shape[0] + 1):
        runs = set(_runs(mask[row])) if row < mask.shape[0] else set()
        for run in [run for run in growing if run not in runs]:
            done.append((growing.pop(run), run[0], row, run[1]))
        for run in runs:
            growing.setdefault(run, row)
    return done


def _runs(line: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _without_unused_lines(
    rectangles: list[Rectangle], ys: list[float], xs: list[float]
) -> tuple[list[Rectangle], list[float], list[float]]:
    """Drop lines at which no cell begins or ends (an underline in a cell made one)."""
    rows = sorted({line for top, _, bottom, _ in rectangles for line in (top, bottom)})
    columns = sorted({line for _, left, _, right in rectangles for line in (left, right)})
    row_of = {line: i for i, line in enumerate(rows)}
    column_of = {line: i for i, line in enumerate(columns)}
    renumbered = [
        (row_of[top], column_of[left], row_of[bottom], column_of[right])
        for top, left, bottom, right in rectangles
    ]
    return renumbered, [ys[i] for i in rows], [xs[i] for i in columns]

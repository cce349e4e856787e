"""Forms that draw their horizontal rules only: where the verticals would stand.

Two things tell. A rule that begins inside the table begins at a column: what stands left of it is merged over
the rows it parts (产出指标 beside the rule that begins right of it)::

    ────────────────────────────────────────────────
              一级指标    二级指标    三级指标     指标值
          ──────────────────────────────────────────
    绩效                 数量指标    发放人数     ≥87人
    指标      产出指标   ────────────────────────────
                         质量指标    发放准确率   =100%
    ────────────────────────────────────────────────

Elsewhere the white between two texts holds a column line. The fewest lines that stand in all the whites of
the table are its columns (rows share them, as they did in the spreadsheet), and each row uses those that let
its texts stand where texts stand: in the middle of their cells, or at their left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from goaltables.extractors.digital.rules import Axis, Segment
from goaltables.extractors.digital.vector_grid import RuledComponent, find_grid
from goaltables.records import Box, Grid

# All in character sizes.
SAME_LINE = 0.38
AT_SIDE = 0.8
LETTER = (0.85, 1.15)  # width of one Chinese character set alone: 项 目 名 称
LETTER_GAP = 2.5
LEFT_PAD = 1.0

# What a row pays, in character sizes off the place where texts stand.
WORST = 3.0
ALIGNED_LEFT = 0.3
EMPTY, EMPTY_AS_ABOVE = 1.5, 0.2
JOINS_WHAT_IS_PARTED_ABOVE = 0.4


@dataclass(frozen=True, slots=True)
class _Block:
    """A field between rules, with the texts in it from left to right."""

    box: Box
    texts: tuple[Box, ...]

    @property
    def whites(self) -> list[tuple[float, float]]:
        return [(a.x1, b.x0) for a, b in pairwise(self.texts)]


def implied_grid(rules: Sequence[Segment], tokens: Sequence[Box], em: float) -> Grid | None:
    """The cells of a form from its horizontal `rules` and the boxes of its texts (`tokens`: runs of
    characters, line by line); None when they make no table.
    """
    left, right = min(s.start for s in rules), max(s.end for s in rules)
    ys = _clustered([s.at for s in rules], SAME_LINE * em)
    rules = [replace(s, at=_nearest(ys, s.at)) for s in rules]
    ends = [x for s in rules for x in (s.start, s.end)]
    marks = _clustered([x for x in ends if left + AT_SIDE * em < x < right - AT_SIDE * em], AT_SIDE * em)
    blocks = [_Block(box, _texts(box, tokens, em)) for box in _fields(rules, ys, [left, *marks, right])]
    columns = sorted([*marks, *_stabs([w for b in blocks for w in b.whites], marks)])
    verticals = [Segment(Axis.VERTICAL, x, ys[0], ys[-1]) for x in (left, right)]
    above: dict[float, tuple[float, ...]] = {}  # left side of a field -> lines of the field above
    for block in blocks:
        inner = [x for x in columns if block.box.x0 < x < block.box.x1]
        chosen = _divided(block, inner, frozenset(x for xs in above.values() for x in xs), em)
        above = {x: xs for x, xs in above.items() if not block.box.x0 <= x < block.box.x1}
        above[block.box.x0] = (block.box.x0, *chosen, block.box.x1)
        for x in (block.box.x0, *chosen, block.box.x1):
            verticals.append(Segment(Axis.VERTICAL, x, block.box.y0, block.box.y1))
    return find_grid(RuledComponent(tuple(rules), tuple(verticals)), em)


def _clustered(values: Sequence[float], near: float) -> list[float]:
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= near:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _nearest(values: Sequence[float], to: float) -> float:
    return min(values, key=lambda value: abs(value - to))


def _fields(rules: Sequence[Segment], ys: Sequence[float], xs: Sequence[float]) -> list[Box]:
    """What the rules part, from top to bottom: neighbours with the same rules above and below are one."""
    spans: list[list[tuple[float, float]]] = []
    for x0, x1 in pairwise(xs):
        middle = (x0 + x1) / 2
        drawn = {s.at for s in rules if s.start < middle < s.end} | {ys[0], ys[-1]}
        spans.append(list(pairwise(sorted(drawn))))
    fields = []
    for i, column in enumerate(spans):
        for span in column:
            if i and span in spans[i - 1]:
                continue
            last = i
            while last + 1 < len(spans) and span in spans[last + 1]:
                last += 1
            fields.append(Box(xs[i], span[0], xs[last + 1], span[1]))
    return sorted(fields, key=lambda box: (box.y0, box.x0))


def _texts(field: Box, tokens: Sequence[Box], em: float) -> tuple[Box, ...]:
    """The texts of a field side by side: lines over each other are one."""
    groups: list[tuple[Box, int]] = []
    for token in sorted((t for t in tokens if field.holds(*t.centre)), key=lambda t: t.x0):
        if groups and token.x0 < groups[-1][0].x1:
            groups[-1] = (groups[-1][0].union(token), groups[-1][1] + 1)
        else:
            groups.append((token, 1))
    texts: list[tuple[Box, bool]] = []  # box, is one letter (or letters) of a spread text
    for box, lines in groups:
        is_letter = lines == 1 and LETTER[0] * em <= box.width <= LETTER[1] * em
        if texts and is_letter and texts[-1][1] and _is_next_letter(texts[-1][0], box, em):
            texts[-1] = (texts[-1][0].union(box), True)
            continue
        texts.append((box, is_letter))
    return tuple(box for box, _ in texts)


def _is_next_letter(text: Box, letter: Box, em: float) -> bool:
    on_line = abs(text.centre[1] - letter.centre[1]) < em / 2
    return on_line and letter.x0 - text.x1 <= LETTER_GAP * em


def _stabs(whites: Sequence[tuple[float, float]], marks: Sequence[float]) -> list[float]:
    """The fewest lines that stand in every white in which none of `marks` stands."""
    open_whites = sorted((w for w in whites if not any(w[0] <= x <= w[1] for x in marks)), key=lambda w: w[1])
    shared: list[tuple[float, float]] = []
    for start, end in open_whites:
        if shared and start < shared[-1][1]:
            shared[-1] = (max(start, shared[-1][0]), shared[-1][1])
        else:
            shared.append((start, end))
    return [(a + b) / 2 for a, b in shared]


def _divided(block: _Block, lines: Sequence[float], above: frozenset[float], em: float) -> list[float]:
    """Which of the column lines part a field so that its texts stand best."""
    bounds = [block.box.x0, *lines, block.box.x1]
    best: list[tuple[float, list[float]] | None] = [(0.0, [])]
    for i in range(1, len(bounds)):
        ways = []
        for j in range(i):
            before = best[j]
            if before is None or (cost := _cell_cost(block, bounds[j : i + 1], above, em)) is None:
                continue
            ways.append((before[0] + cost, [*before[1], bounds[i]]))
        best.append(min(ways, default=None))
    found = best[-1]
    return [] if found is None else found[1][:-1]


def _cell_cost(block: _Block, lines: Sequence[float], above: frozenset[float], em: float) -> float | None:
    """How ill a cell from the first to the last of `lines` suits the texts; None when it cuts one or joins
    two.
    """
    x0, x1 = lines[0], lines[-1]
    texts = [t for t in block.texts if x0 < t.centre[0] <= x1]
    if len(texts) > 1 or any(t.x0 < x0 - em / 2 or t.x1 > x1 + em / 2 for t in texts):
        return None
    joined = JOINS_WHAT_IS_PARTED_ABOVE * sum(x in above for x in lines[1:-1])
    if not texts:
        return joined + (EMPTY_AS_ABOVE if {x0, x1} <= above else EMPTY)
    (text,) = texts
    before, after = text.x0 - x0, x1 - text.x1
    off_centre = abs(before - after) / 2
    off_left = max(0.0, before - LEFT_PAD * em) + ALIGNED_LEFT * em
    return joined + min(WORST, min(off_centre, off_left) / em)

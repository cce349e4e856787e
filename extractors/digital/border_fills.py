"""Borders that are painted as areas: what shows between two fills is the rule.

WeasyPrint (through cairo) and Chromium print a cell's border as one path of two nested rectangles, filled by
the even-odd rule or with opposed windings: a ring. Older web pages paint the whole table, or each cell, in
the colour of the border and a lighter box a little smaller over it (``bgcolor`` with ``cellspacing=1``).
pdfminer hands over each rectangle as a fill of its own; taken alone it looks like shading, and no rule is
left.

>>> def box(x0, y0, x1, y1):
...     return Shape("rect", (), Box(x0, y0, x1, y1), fill_light=0.0, stroke_light=None, width=0.0)
>>> [(rule.axis.value, rule.at) for rule in border_segments([box(1, 1, 99, 29), box(0, 0, 100, 30)])]
[('h', 0.5), ('h', 29.5), ('v', 0.5), ('v', 99.5)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from goaltables.extractors.digital.rules import LIGHT, THICK, Axis, Point, Segment, Shape
from goaltables.records import Box

# The lightness by which the box over a painted ground must differ for the ground to show as a rule. Border
# grays go up to .75 (#bfbfbf), shading of rows differs by .2 at most.
CONTRAST = 0.25
SLACK = 0.05  # points: boxes of one path are rounded alike
CORNERS = 6  # path steps of a rectangle, at most


def border_segments(shapes: Iterable[Shape]) -> Iterator[Segment]:
    """The rules that show between fills. `shapes` in painting order."""
    last: Shape | None = None
    ground: Shape | None = None  # the largest dark fill so far
    for shape in shapes:
        light = shape.fill_light
        if light is None or shape.stroke_light is not None or len(shape.steps) > CORNERS:
            last = None
            continue
        if last is not None and _is_ring(last, shape):
            yield from _ring(last.box, shape.box, is_light=light > LIGHT)
            last = None
            continue
        for under in (last, ground):
            if under is not None and under is not shape and _shows(under, shape):
                yield from _ring(under.box, shape.box, is_light=False)
                break
        if min(shape.box.width, shape.box.height) > THICK:
            if ground is None or shape.box.area > ground.box.area:
                ground = shape if light <= 1.0 - CONTRAST else ground
            last = shape


def winding(corners: Sequence[Point]) -> int:
    """The sense in which a closed path goes round: 1, -1, or 0 when it encloses nothing.

    >>> winding([(0, 0), (4, 0), (4, 3), (0, 3)]), winding([(0, 3), (4, 3), (4, 0), (0, 0)])
    (1, -1)
    """
    area = 0.0
    for one, other in pairwise([*corners, *corners[:1]]):
        area += one[0] * other[1] - other[0] * one[1]
    return (area > 0) - (area < 0)


def _is_ring(one: Shape, other: Shape) -> bool:
    """Two fills of one path, one in the other, a border's width apart."""
    if one.fill_light != other.fill_light or one.winding * other.winding > 0:
        return False
    outer, inner = (one.box, other.box) if one.box.area > other.box.area else (other.box, one.box)
    margins = _margins(outer, inner)
    return max(margins) > SLACK and all(-SLACK <= margin <= THICK for margin in margins)


def _shows(under: Shape, over: Shape) -> bool:
    """A lighter box inside a darker one leaves it to be seen around."""
    if under.fill_light is None or over.fill_light is None:
        return False
    if over.fill_light - under.fill_light < CONTRAST:
        return False
    margins = _margins(under.box, over.box)
    return max(margins) > SLACK and all(margin >= -SLACK for margin in margins)


def _margins(outer: Box, inner: Box) -> tuple[float, float, float, float]:
    """Above, below, left, right of the inner box."""
    return (inner.y0 - outer.y0, outer.y1 - inner.y1, inner.x0 - outer.x0, outer.x1 - inner.x1)


def _ring(one: Box, other: Box, *, is_light: bool) -> Iterator[Segment]:
    """The visible sides between two nested boxes: in the middle of a border, else (a wide ground) at the edge
    of the inner box.
    """
    outer, inner = (one, other) if one.area > other.area else (other, one)
    above, below, left, right = (
        margin if SLACK < margin <= THICK else 0.5 if margin > THICK else None
        for margin in _margins(outer, inner)
    )
    x0, x1 = inner.x0 - (left or 0.0), inner.x1 + (right or 0.0)
    y0, y1 = inner.y0 - (above or 0.0), inner.y1 + (below or 0.0)
    if above is not None:
        yield Segment(Axis.HORIZONTAL, inner.y0 - above / 2, x0, x1, above, is_light)
    if below is not None:
        yield Segment(Axis.HORIZONTAL, inner.y1 + below / 2, x0, x1, below, is_light)
    if left is not None:
        yield Segment(Axis.VERTICAL, inner.x0 - left / 2, y0, y1, left, is_light)
    if right is not None:
        yield Segment(Axis.VERTICAL, inner.x1 + right / 2, y0, y1, right, is_light)

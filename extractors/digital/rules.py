"""From what was drawn to rules: straight, axis-aligned, joined.

Every producer draws a table's rules its own way: Word fills rectangles half a point thick, cell by cell;
Excel strokes lines; browsers draw each border of each cell; others stroke one rectangle a cell, dash by
dash, or stretch a one-pixel image. All come down to segments, and collinear segments to rules. Shading (a
filled area) is no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from goaltables.records import Box

Point = tuple[float, float]

# A filled rectangle is a rule up to this thickness; table borders are .25 to 3 points.
THICK = 4.0
LONG = 4.0  # times its thickness, or it is a dot or a block
STRAIGHT = 0.8  # points an axis-aligned line may be off
COLLINEAR = 0.9
GAP = 3.0
SHORT_DASH = 14.0
MIN_RULE = 5.0
LIGHT = 0.93


class Axis(StrEnum):
    """The direction in which a rule runs."""

    HORIZONTAL = "h"
    VERTICAL = "v"


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn path on the upright page. `kind`: rect, line, path or image; `steps` are its path operators
    with their points. Lightness 0 black .. 1 white, None when not filled or not stroked. `winding`: the sense
    in which a filled path goes round (1 or -1), 0 when it is filled by the even-odd rule.
    """

    kind: str
    steps: tuple[tuple[str, tuple[Point, ...]], ...]
    box: Box
    fill_light: float | None
    stroke_light: float | None
    width: float
    winding: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight stroke: `at` is its y (horizontal) or x (vertical), `start` <= `end` along it. `is_light`:
    near white, so a rule only where nothing darker draws the table.
    """

    axis: Axis
    at: float
    start: float
    end: float
    thickness: float = 0.0
    is_light: bool = False

    @property
    def length(self) -> float:
        return self.end - self.start

    @property
    def box(self) -> Box:
        half = self.thickness / 2
        if self.axis is Axis.HORIZONTAL:
            return Box(self.start, self.at - half, self.end, self.at + half)
        return Box(self.at - half, self.start, self.at + half, self.end)


def shape_segments(shape: Shape) -> Iterator[Segment]:
    """The segments a shape draws: none for shading, text outlines and slanted lines."""
    box = shape.box
    thin, long = min(box.width, box.height), max(box.width, box.height)
    light = min((value for value in (shape.stroke_light, shape.fill_light) if value is not None), default=0.0)
    if shape.kind == "image":
        if thin <= THICK and long > LONG * thin:
            yield _along(box, is_light=False)
    elif shape.stroke_light is None:
        if shape.fill_light is not None and thin <= THICK:
            # A block no longer than it is thick is a dot of a dotted rule: both ways until it is joined.
            if long > LONG * thin:
                yield _along(box, is_light=light > LIGHT)
            elif long <= THICK:
                yield _along(box, is_light=light > LIGHT, axis=Axis.HORIZONTAL)
                yield _along(box, is_light=light > LIGHT, axis=Axis.VERTICAL)
    elif thin <= THICK and long > LONG * thin:
        yield _along(box, is_light=light > LIGHT, thickness=max(thin, shape.width))
    elif shape.kind == "rect":
        yield from _sides(box, shape.width, is_light=shape.stroke_light > LIGHT)
    else:
        yield from _path_segments(shape, is_light=shape.stroke_light > LIGHT)


def _along(box: Box, *, is_light: bool, axis: Axis | None = None, thickness: float | None = None) -> Segment:
    """The centre line of a thin box."""
    x, y = box.centre
    if axis is None:
        axis = Axis.HORIZONTAL if box.width >= box.height else Axis.VERTICAL
    if axis is Axis.HORIZONTAL:
        return Segment(axis, y, box.x0, box.x1, box.height if thickness is None else thickness, is_light)
    return Segment(axis, x, box.y0, box.y1, box.width if thickness is None else thickness, is_light)


def _sides(box: Box, width: float, *, is_light: bool) -> Iterator[Segment]:
    for y in (box.y0, box.y1):
        yield Segment(Axis.HORIZONTAL, y, box.x0, box.x1, width, is_light)
    for x in (box.x0, box.x1):
        yield Segment(Axis.VERTICAL, x, box.y0, box.y1, width, is_light)


def _path_segments(shape: Shape, *, is_light: bool) -> Iterator[Segment]:
    start = here = (0.0, 0.0)
    for command, points in shape.steps:
        if command == "m":
            start = here = points[0]
            continue
        goal = start if command == "h" else points[-1]
        # A curve counts where it is a straight line after all.
        if all(_between(point, here, goal) for point in points[:-1]):
            yield from _straight(here, goal, shape.width, is_light=is_light)
        here = goal


def _between(point: Point, one: Point, other: Point) -> bool:
    return all(
        min(a, b) - STRAIGHT <= p <= max(a, b) + STRAIGHT for p, a, b in zip(point, one, other, strict=True)
    )


def _straight(one: Point, other: Point, width: float, *, is_light: bool) -> Iterator[Segment]:
    (x0, y0), (x1, y1) = one, other
    if abs(y1 - y0) <= STRAIGHT < abs(x1 - x0):
        yield Segment(Axis.HORIZONTAL, (y0 + y1) / 2, min(x0, x1), max(x0, x1), width, is_light)
    elif abs(x1 - x0) <= STRAIGHT < abs(y1 - y0):
        yield Segment(Axis.VERTICAL, (x0 + x1) / 2, min(y0, y1), max(y0, y1), width, is_light)


def join_rules(segments: Iterable[Segment], axis: Axis) -> list[Segment]:
    """Collinear segments as rules: touching ones, and the dashes and dots of broken ones."""
    rules: list[Segment] = []
    for line in _collinear(sorted((s for s in segments if s.axis is axis), key=lambda s: s.at)):
        rules += _joined(line)
    return [rule for rule in rules if rule.length >= MIN_RULE]


def _collinear(segments: list[Segment]) -> Iterator[list[Segment]]:
    line: list[Segment] = []
    for segment in segments:
        if line and segment.at - line[0].at > COLLINEAR:
            yield line
            line = []
        line.append(segment)
    if line:
        yield line


def _joined(line: list[Segment]) -> Iterator[Segment]:
    """Segments of one line, joined over small gaps; over wider ones between dashes."""
    line = sorted(line, key=lambda s: s.start)
    group = [line[0]]
    end = line[0].end
    for segment in line[1:]:
        dashes = segment.length <= SHORT_DASH and group[-1].length <= SHORT_DASH
        reach = max(GAP, 2.0 * max(segment.length, group[-1].length)) if dashes else GAP
        if segment.start - end <= reach:
            group.append(segment)
            end = max(end, segment.end)
        else:
            yield _united(group, end)
            group, end = [segment], segment.end
    yield _united(group, end)


def _united(group: list[Segment], end: float) -> Segment:
    length = sum(max(s.length, 0.1) for s in group)
    at = sum(s.at * max(s.length, 0.1) for s in group) / length
    return Segment(group[0].axis, at, group[0].start, end, max(s.thickness for s in group))

"""Quarter turns between the page as displayed and the page as it reads.

A landscape table is often set sideways on a portrait page, by /Rotate or by its text matrix. Rows and columns
are found on the page as it reads (*upright*); boxes are published on the page as displayed.
"""

from __future__ import annotations

from dataclasses import dataclass

from goaltables.records import Box


@dataclass(frozen=True, slots=True)
class PageTurn:
    """The clockwise turn (0, 90, 180, 270) that makes a displayed page of `width` x `height` upright."""

    degrees: int
    width: float
    height: float

    @property
    def upright_size(self) -> tuple[float, float]:
        return (self.height, self.width) if self.degrees in (90, 270) else (self.width, self.height)

    def to_upright(self, x: float, y: float) -> tuple[float, float]:
        if self.degrees == 90:
            return self.height - y, x
        if self.degrees == 180:
            return self.width - x, self.height - y
        if self.degrees == 270:
            return y, self.width - x
        return x, y

    def to_displayed(self, x: float, y: float) -> tuple[float, float]:
        if self.degrees == 90:
            return y, self.height - x
        if self.degrees == 180:
            return self.width - x, self.height - y
        if self.degrees == 270:
            return self.width - y, x
        return x, y

    def upright_box(self, box: Box) -> Box:
        if self.degrees == 0:
            return box
        return _box(self.to_upright(box.x0, box.y0), self.to_upright(box.x1, box.y1))

    def displayed_box(self, box: Box) -> Box:
        return _box(self.to_displayed(box.x0, box.y0), self.to_displayed(box.x1, box.y1))


def _box(one: tuple[float, float], other: tuple[float, float]) -> Box:
    (x0, y0), (x1, y1) = one, other
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

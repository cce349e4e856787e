"""Grids inside the part of a page that a person says holds a table.

What a finder passes over on a whole page (a table among drawings, rules too faint beside darker ones) it
often finds when nothing else is there to compare with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from goaltables.extractors.picture.raster_grid import find_grids
from goaltables.extractors.picture.rectify import UprightPage
from goaltables.records import Box, Grid, PageTransform, Points

MARGIN_EM = 0.5  # a box is drawn by hand


@dataclass(frozen=True, slots=True)
class _Moved:
    """The transform of a part of the picture that begins at (x, y)."""

    whole: PageTransform
    x: float
    y: float

    def to_page(self, points: Points) -> Points:
        return self.whole.to_page(points + np.array([self.x, self.y]))


def find_grids_inside(page: UprightPage, box: Box) -> tuple[Grid, ...]:
    """The grids inside `box`; px of the page's picture throughout."""
    height, width = page.ink.shape
    margin = MARGIN_EM * page.em
    x0, y0 = max(0, round(box.x0 - margin)), max(0, round(box.y0 - margin))
    x1, y1 = min(width, round(box.x1 + margin)), min(height, round(box.y1 + margin))
    if x1 - x0 < page.em or y1 - y0 < page.em:
        return ()
    part = replace(
        page,
        image=np.ascontiguousarray(page.image[y0:y1, x0:x1]),
        ink=np.ascontiguousarray(page.ink[y0:y1, x0:x1]),
        transform=_Moved(page.transform, x0, y0),
    )
    return tuple(_moved(grid, x0, y0) for grid in find_grids(part))


def _moved(grid: Grid, x: float, y: float) -> Grid:
    def box(old: Box) -> Box:
        return Box(old.x0 + x, old.y0 + y, old.x1 + x, old.y1 + y)

    return replace(
        grid, box=box(grid.box), cells=tuple(replace(cell, box=box(cell.box)) for cell in grid.cells)
    )

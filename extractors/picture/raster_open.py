"""Tables without vertical rules on a picture: three-line, horizontal rules only, or no rules at all.

How such a table is put together from lines of text, white columns and a few rules is known from digital
pages (`open_grid`). A picture has no characters yet, but it has runs of print: characters that stand closer
than half an em, one run a line and column. Each run is handed over as if it were one wide character.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from goaltables.extractors.digital.open_grid import find_open_grids
from goaltables.extractors.digital.page_turn import PageTurn
from goaltables.extractors.digital.rules import Axis, Segment
from goaltables.extractors.digital.text_layer import DEFAULT_SIZE, Glyph, TextLayer
from goaltables.extractors.picture.raster_rules import Pieces
from goaltables.records import Box, Grid, GridCell, Image

GLUE_EM = 0.5
RUN_HEIGHT_EM = (0.3, 1.7)
BASELINE_EM = 0.36
"""From the middle of a run down to its baseline."""
LEAST_CELLS = 12
LEAST_COLUMNS = 3


def open_grids(mask: Image, rows: Pieces, em: float, taken: Sequence[Box]) -> tuple[Grid, ...]:
    """Open tables outside the boxes that are `taken`; px of `mask` (characters 255) throughout.

    Small ones are left to be read as lines: a signature or a head of fields keeps to columns as well.
    """
    unit = em / DEFAULT_SIZE
    height, width = mask.shape
    layer = TextLayer(
        turn=PageTurn(0, width / unit, height / unit),
        glyphs=tuple(_runs(mask, em, unit)),
        segments=tuple(
            Segment(Axis.HORIZONTAL, at / unit, start / unit, end / unit)
            for at, start, end in zip(rows.at.tolist(), rows.start.tolist(), rows.end.tolist(), strict=True)
        ),
        em=DEFAULT_SIZE,
        problems=(),
    )
    found = find_open_grids(layer, [_scaled(box, 1 / unit) for box in taken])
    return tuple(
        Grid(
            _scaled(grid.box, unit),
            tuple(GridCell(c.row, c.col, c.rowspan, c.colspan, _scaled(c.box, unit)) for c in grid.cells),
            "raster-open",
            grid.score,
        )
        for grid in found
        if len(grid.cells) >= LEAST_CELLS and _columns(grid) >= LEAST_COLUMNS
    )


def _columns(grid: Grid) -> int:
    return max(cell.col + cell.colspan for cell in grid.cells)


def _runs(mask: Image, em: float, unit: float) -> list[Glyph]:
    glue = np.ones((1, max(3, round(GLUE_EM * em)) | 1), np.uint8)
    glued = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, glue)
    _, _, stats, _ = cv2.connectedComponentsWithStats(glued, connectivity=8)
    low, high = (v * em for v in RUN_HEIGHT_EM)
    return [
        Glyph(
            "字",
            _scaled(Box(x, y, x + w, y + h), 1 / unit),
            (y + h / 2 + BASELINE_EM * em) / unit,
            DEFAULT_SIZE,
        )
        for x, y, w, h, _ in stats[1:].tolist()
        if low <= h <= high
    ]


def _scaled(box: Box, by: float) -> Box:
    return Box(box.x0 * by, box.y0 * by, box.x1 * by, box.y1 * by)

"""Tables without vertical rules on a picture: three-line, horizontal rules only, or no rules at all.

How such a table is put together from lines of text, white columns and a few rules is known from digital pages
(`open_grid`). A picture has no characters, but a reader makes them: each run of print is read once, and every
character is placed where the reader saw it. Commas and brackets hold a sentence together then that the shapes
of the ink alone would part at every comma.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from goaltables.extractors.digital.open_grid import find_open_grids
from goaltables.extractors.digital.page_turn import PageTurn
from goaltables.extractors.digital.rules import Segment
from goaltables.extractors.digital.text_layer import DEFAULT_SIZE, Glyph, TextLayer
from goaltables.extractors.picture.print_ink import PagePrint
from goaltables.extractors.reading.cell_lines import MARGIN_X, LinePicture, split_lines
from goaltables.extractors.reading.loose_lines import print_outside
from goaltables.records import Box, Grid, Image, LineReading, OcrEngine

# All in em.
GLUES = (1.2, 0.6, 0.3)
"""White within a run; the narrower ones part texts that stand half a line higher than their neighbours."""
ONE_LINE = 1.45
LEAST_RUN = 0.3
BASELINE = 0.36
"""From the middle of a line down to its baseline."""
UNSEEN_MARK = (1.75, 2.25)
"""From character to character where a pale comma or dot between them was not read."""

BESIDE = 0.5  # of the lower run's height, shared by two runs of one row
LEAST_ROWS = 4
"""Rows with texts beside each other: below that, a page has a signature or a head of fields, no table."""
LEAST_CELLS = 12
LEAST_COLUMNS = 3


def find_open_tables(
    page: PagePrint,
    sheet: Image,
    em: float,
    rules: Sequence[Segment],
    taken: Sequence[Box],
    engine: OcrEngine,
) -> tuple[Grid, ...]:
    """Open tables outside the boxes that are `taken` by ruled ones; px of the page picture throughout.

    `rules`: the horizontal rules of the page. Small tables are left to be read as lines: a signature or a
    head of fields keeps to columns as well.
    """
    runs = list(_runs(print_outside(page, sheet, em, taken), em))
    if _rows_of_several(runs) < LEAST_ROWS:
        return ()
    unit = em / DEFAULT_SIZE
    lines = [line for run in runs for line in split_lines(page, run, em).lines]
    height, width = page.gray.shape
    layer = TextLayer(
        turn=PageTurn(0, width / unit, height / unit),
        glyphs=tuple(
            glyph
            for line, reading in zip(lines, engine.read([line.image for line in lines]), strict=True)
            for glyph in _glyphs(line, reading, em, unit)
        ),
        segments=tuple(
            replace(rule, at=rule.at / unit, start=rule.start / unit, end=rule.end / unit) for rule in rules
        ),
        em=DEFAULT_SIZE,
        problems=(),
    )
    found = find_open_grids(layer, [box.scaled(1 / unit) for box in taken])
    return tuple(
        Grid(
            grid.box.scaled(unit),
            tuple(replace(cell, box=cell.box.scaled(unit)) for cell in grid.cells),
            "raster-open",
            grid.score,
        )
        for grid in found
        if len(grid.cells) >= LEAST_CELLS and _columns(grid) >= LEAST_COLUMNS
    )


def _columns(grid: Grid) -> int:
    return max(cell.col + cell.colspan for cell in grid.cells)


def _runs(
    ink: Image, em: float, glues: Sequence[float] = GLUES, corner: tuple[int, int] = (0, 0)
) -> Iterator[Box]:
    """The boxes of runs of print: characters of one line with no more than a character's white between."""
    glue = np.ones((1, max(3, round(glues[0] * em)) | 1), np.uint8)
    glued = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, glue)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(glued, connectivity=8)
    for number, (x, y, w, h, _) in enumerate(stats[1:].tolist(), start=1):
        if max(w, h) < LEAST_RUN * em:
            continue
        left, top = corner[0] + x, corner[1] + y
        if h > ONE_LINE * em and len(glues) > 1:
            own = labels[y : y + h, x : x + w] == number
            piece = np.asarray(ink[y : y + h, x : x + w] * own, np.uint8)
            yield from _runs(piece, em, glues[1:], (left, top))
        else:
            yield Box(left, top, left + w, top + h)


def _rows_of_several(runs: Sequence[Box]) -> int:
    """Runs that begin a row of at least two."""
    firsts = 0
    for run in runs:
        beside = [other for other in runs if other is not run and _shared(run, other) > BESIDE]
        firsts += bool(beside) and all(other.x0 > run.x0 for other in beside)
    return firsts


def _shared(one: Box, other: Box) -> float:
    return (min(one.y1, other.y1) - max(one.y0, other.y0)) / max(1.0, min(one.height, other.height))


def _glyphs(line: LinePicture, reading: LineReading, em: float, unit: float) -> Iterator[Glyph]:
    """The characters of a line, each where the reader saw it; spread evenly where it cannot say."""
    places = reading.places or tuple((k + 0.5) / len(reading.text) for k in range(len(reading.text)))
    left, wide = line.box.x0 - MARGIN_X * em, line.image.shape[1]
    seen = [
        (character, left + place * wide, em * (0.25 if character.isascii() else 0.5))
        for character, place in zip(reading.text, places, strict=True)
        if not character.isspace()
    ]
    middle = line.box.centre[1]
    for k, (character, x, half) in enumerate(seen):
        x0, x1 = max(line.box.x0, x - half), max(line.box.x0, min(line.box.x1, x + half))
        following = seen[k + 1][1] - x if k + 1 < len(seen) else 0.0
        if UNSEEN_MARK[0] * em < following < UNSEEN_MARK[1] * em:
            x1 = max(x1, x + following - half)
        box = Box(x0, middle - em / 2, x1, middle + em / 2)
        yield Glyph(character, box.scaled(1 / unit), (middle + BASELINE * em) / unit, DEFAULT_SIZE)

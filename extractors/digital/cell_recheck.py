"""Cells of a digital page that its text layer does not account for, read from the page's picture instead.

Which they are: a cell with ink that no character of the layer stands for (a value pasted as a picture, a name
drawn as curves), and one with a character that is in doubt (no Unicode map, a font whose map is wrong).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from goaltables.extractors.digital.believed_layer import BelievedLayer
from goaltables.extractors.digital.ink_check import SCALE, unread_ink
from goaltables.extractors.files.pdf_document import PdfDocument
from goaltables.extractors.reading.cell_reading import read_cells
from goaltables.records import Cell, GridCell, OcrEngine, PageProblem

PICTURE_DPI = 200.0
INK_WITHOUT_TEXT = "ink-without-text"
TEXT_DOUBTED = "text-doubted"
INCOMPLETE = "text-layer-incomplete"


def recheck_cells(
    opened: PdfDocument,
    number: int,
    believed: BelievedLayer,
    cells: Sequence[Cell],
    engine: Callable[[], OcrEngine] | None,
) -> tuple[list[Cell], list[PageProblem]]:
    """`cells` (boxes of the upright page) with those in doubt read by `engine`, and what was found.

    Those of which nothing is read, and all of them without an engine, stay as the layer has them, flagged.
    """
    doubts = _in_doubt(opened, number, believed, cells)
    if not doubts:
        return list(cells), []
    checked = {k: cells[k] for k in sorted(doubts)}
    sample = "; ".join(cell.text[:20] or "(no text)" for cell in list(checked.values())[:5])
    told = f"{len(doubts)} cells are not what the text layer says: {sample}"
    if engine is not None:
        read = _read(opened, number, believed, list(checked.values()), engine())
        checked = {
            k: replace(new, box=cell.box) if new.text else cell
            for (k, cell), new in zip(checked.items(), read, strict=True)
        }
    flagged = {k: replace(cell, flags=(*cell.flags, doubts[k])) for k, cell in checked.items()}
    return [flagged.get(k, cell) for k, cell in enumerate(cells)], [PageProblem(INCOMPLETE, told)]


def _in_doubt(
    opened: PdfDocument, number: int, believed: BelievedLayer, cells: Sequence[Cell]
) -> dict[int, str]:
    """Number of each cell in doubt, and why, as a flag."""
    layer = believed.layer
    boxes = [cell.box for cell in cells]
    inked = unread_ink(believed.page, boxes, layer.glyphs, layer.segments, layer.em)
    if inked:  # a seal is dark in gray, and light in its own colour
        picture = np.rot90(opened.picture(number, 72 * SCALE), -layer.turn.degrees // 90)
        lightest = np.ascontiguousarray(picture.max(axis=2))
        inked = unread_ink(lightest, boxes, layer.glyphs, layer.segments, layer.em)
    found = dict.fromkeys(inked, INK_WITHOUT_TEXT)
    for glyph in believed.doubted:
        found |= {k: TEXT_DOUBTED for k, box in enumerate(boxes) if box.holds(*glyph.box.centre)}
    return found


def _read(
    opened: PdfDocument, number: int, believed: BelievedLayer, cells: Sequence[Cell], engine: OcrEngine
) -> tuple[Cell, ...]:
    turn = believed.layer.turn
    picture = opened.picture(number, PICTURE_DPI)
    scale = picture.shape[1] / turn.width
    upright = np.ascontiguousarray(np.rot90(picture, -turn.degrees // 90))
    grid = [
        GridCell(
            cell.row,
            cell.col,
            cell.rowspan,
            cell.colspan,
            cell.box.scaled(scale),
        )
        for cell in cells
    ]
    return read_cells(upright, believed.layer.em * scale, grid, engine)

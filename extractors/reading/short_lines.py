"""Lines of one character, set beside the line they continue.

A recogniser reads a character by its neighbours. The % that wrapped below ≥90 comes out as 名 or g when it is
read alone, and the six lines of a side label set one character to a line are six guesses. What continues
is one text anyway: set on one line it is read like any other, and in fewer calls.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from goaltables.extractors.reading.cell_lines import MARGIN_X, WHITE, CellLines, LinePicture
from goaltables.records import Image

# All in em.
SHORT = 1.45  # a line no wider than this is one character, or two digits
GAP = 0.12  # of paper between two characters
LOW = 0.4  # print lower than this stands on the line (。 ，) …
FLAT = 2.5  # … unless it is so many times wider than high (— 一)
LONGEST = 40.0  # a line this long needs no neighbour


def with_short_lines_joined(cell: CellLines, em: float) -> CellLines:
    """The lines of a cell with each short one set behind the line before it; a short first one begins.

    A joined line has the box around both.
    """
    lines: list[LinePicture] = []
    for line in cell.lines:
        before = lines[-1] if lines else None
        if before is None or line.box.width > SHORT * em or before.box.width > LONGEST * em:
            lines.append(line)
        else:
            lines[-1] = LinePicture(_set_beside(before, line, em), before.box.union(line.box))
    return replace(cell, lines=tuple(lines)) if len(lines) < len(cell.lines) else cell


def _set_beside(left: LinePicture, right: LinePicture, em: float) -> Image:
    """Two line pictures on one line, middle on middle; each has the margins of cell_lines.py."""
    spare = round(MARGIN_X * em) - round(GAP * em) // 2
    pieces = [left.image[:, :-spare], right.image[:, spare:]]
    height = max(piece.shape[0] for piece in pieces)
    sheet = np.full((height, sum(piece.shape[1] for piece in pieces)), WHITE, np.uint8)
    at = 0
    for piece, line in zip(pieces, (left, right), strict=True):
        top = (height - piece.shape[0]) // 2
        if line is right and line.box.height < LOW * em and line.box.width < FLAT * line.box.height:
            top += round((em - line.box.height) / 2)
        part = piece[: height - top]
        sheet[top : top + part.shape[0], at : at + part.shape[1]] = part
        at += piece.shape[1]
    return sheet

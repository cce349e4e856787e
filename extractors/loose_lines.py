"""Print outside the tables of a page: the title above, 单位：万元 beside it, notes below, prose.

What stands beside a table names it: title, year, organization and the unit of its amounts are read here.
Print is gathered into patches, each parted from the next by more than a character, and a patch is split into
lines like a cell. "填报单位：某某局        单位：万元" becomes two lines: the gap says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from goaltables.extractors.cell_lines import LinePicture, split_lines
from goaltables.extractors.cell_reading import as_printed
from goaltables.extractors.print_ink import PagePrint
from goaltables.records import Box, Image, OcrEngine

# All in em.
BESIDE_TABLE = 0.3  # print nearer to a table is its rules
LEAST, LARGEST = 0.12, 3.0  # of a component: smaller is dust, larger a picture or a desk
GAP_X, GAP_Y = 1.6, 0.35  # print nearer than this is of one patch
ROOM = 0.4  # left around a patch, so that none of its print seems to run over the edge

# Noise read as text comes out below this (mean of its character probabilities); print hardly ever does.
NOISE = 0.4


@dataclass(frozen=True, slots=True)
class LooseLine:
    """A line outside the tables; `box` in px of the page picture."""

    text: str
    box: Box
    confidence: float


def find_loose_lines(
    page: PagePrint, sheet: Image, em: float, tables: Sequence[Box]
) -> tuple[LinePicture, ...]:
    """The lines of print outside `tables`, top to bottom; `sheet` is above 0 where print stands on paper."""
    ink = _print_outside(page, sheet, em, tables)
    reach = np.ones((2 * round(GAP_Y * em / 2) + 1, 2 * round(GAP_X * em / 2) + 1), np.uint8)
    patches = cv2.dilate(ink, reach)
    _, _, stats, _ = cv2.connectedComponentsWithStats(patches, connectivity=8)
    height, width = ink.shape
    lines: list[LinePicture] = []
    for x, y, w, h, _ in stats[1:].tolist():
        rows, columns = np.nonzero(ink[y : y + h, x : x + w])
        box = Box(x + columns.min(), y + rows.min(), x + columns.max() + 1, y + rows.max() + 1)
        if max(box.width, box.height) < 0.5 * em:
            continue
        room = ROOM * em
        roomy = Box(
            max(0, box.x0 - room),
            max(0, box.y0 - room),
            min(width, box.x1 + room),
            min(height, box.y1 + room),
        )
        lines += split_lines(page, roomy, em).lines
    return tuple(sorted(lines, key=lambda line: (line.box.y0, line.box.x0)))


def read_loose_lines(lines: Sequence[LinePicture], engine: OcrEngine) -> tuple[LooseLine, ...]:
    """Read lines; what the engine reads as nothing, or as noise, is no line."""
    found = []
    for line, reading in zip(lines, engine.read([line.image for line in lines]), strict=True):
        text = as_printed(reading.text)
        if text and float(np.mean(reading.probabilities or (0.0,))) >= NOISE:
            found.append(LooseLine(text, line.box, reading.confidence))
    return tuple(found)


def _print_outside(page: PagePrint, sheet: Image, em: float, tables: Sequence[Box]) -> Image:
    ink = (page.ink & (cv2.dilate(sheet, np.ones((3, 3), np.uint8)) > 0)).astype(np.uint8)
    for box in tables:
        beside = BESIDE_TABLE * em
        x0, y0 = max(0, round(box.x0 - beside)), max(0, round(box.y0 - beside))
        ink[y0 : max(0, round(box.y1 + beside)), x0 : max(0, round(box.x1 + beside))] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    size = stats[:, 2:4].max(axis=1)
    is_print = (size >= LEAST * em) & (size <= LARGEST * em)
    is_print[0] = False
    return np.asarray(is_print[labels], np.uint8)

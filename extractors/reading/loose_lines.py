"""Print outside the tables of a page: the title above, 单位：万元 beside it, notes below, prose.

What stands beside a table names it: title, year, organization and the unit of its amounts are read here.
Print is gathered into patches, each parted from the next by more than a character, and a patch is split into
lines like a cell. "填报单位：某某局        单位：万元" becomes two lines: the gap says so.

A title (项目支出绩效目标表) is printed up to twice as large as the table. Its characters touch, come as one
piece of ink several em wide, and the gap beside a bracket is wider than a character of the table: a patch of
large print has an em of its own, by which it is joined and cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from goaltables.extractors.picture.print_ink import PagePrint
from goaltables.extractors.reading.cell_lines import LinePicture, split_lines
from goaltables.extractors.reading.cell_reading import as_printed
from goaltables.records import Box, Image, OcrEngine

# All in em.
BESIDE_TABLE = 0.3  # print nearer to a table is its rules
LEAST, LARGEST = 0.12, 3.0  # of a component: smaller is dust, larger a picture or a desk
LEAST_HEIGHT = 0.5  # of a component longer than that: characters that touch; flatter is a rule
GAP_X, GAP_Y = 1.6, 0.35  # print nearer than this is of one patch
LARGER = 1.3  # a character this much higher than the page's is of larger print
ROOM = 0.4  # left around a patch, so that none of its print seems to run over the edge

SAME_LINE = 0.7  # of the lower patch's height, shared by two patches that stand on one line

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
    ink = print_outside(page, sheet, em, tables)
    height, width = ink.shape
    lines: list[LinePicture] = []
    for patch in _joined(_patches(ink, em)):
        box, room = patch.box, ROOM * patch.em
        roomy = Box(
            max(0, box.x0 - room),
            max(0, box.y0 - room),
            min(width, box.x1 + room),
            min(height, box.y1 + room),
        )
        lines += split_lines(page, roomy, patch.em).lines
    return tuple(sorted(lines, key=lambda line: (line.box.y0, line.box.x0)))


@dataclass(frozen=True, slots=True)
class _Patch:
    """Print that stands together; `em` is the page's, or its own where it is plainly larger."""

    box: Box
    em: float
    is_large: bool


def _patches(ink: Image, em: float) -> list[_Patch]:
    """Print nearer than a character, gathered; what is smaller than half a character is dropped."""
    reach = np.ones((2 * round(GAP_Y * em / 2) + 1, 2 * round(GAP_X * em / 2) + 1), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(ink, reach), connectivity=8)
    patches = []
    for x, y, w, h, _ in stats[1:].tolist():
        piece = ink[y : y + h, x : x + w]
        rows, columns = np.flatnonzero(piece.any(axis=1)), np.flatnonzero(piece.any(axis=0))
        box = Box(x + columns[0], y + rows[0], x + columns[-1] + 1, y + rows[-1] + 1)
        if max(box.width, box.height) >= 0.5 * em:
            own = _own_em(piece, box.height, em)
            patches.append(_Patch(box, own or em, own is not None))
    return patches


def _own_em(piece: Image, height: float, em: float) -> float | None:
    """The em of a patch of one line whose characters are plainly larger than the page's; None where not."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(piece, connectivity=8)
    tall = stats[1:, 3][stats[1:, 3] > 0.5 * em]
    own = float(np.percentile(tall, 80)) if tall.size else em
    return own if LARGER * em < own <= LARGEST * em and height < LARGER * own else None


def _joined(patches: Sequence[_Patch]) -> list[_Patch]:
    """Patches of large print on one line, joined over the gaps that are narrow for print of their size."""
    joined: list[_Patch] = []
    for patch in sorted(patches, key=lambda patch: patch.box.x0):
        left = next((k for k, other in enumerate(joined) if _go_on(other, patch)), None)
        if left is None:
            joined.append(patch)
        else:
            other = joined[left]
            joined[left] = _Patch(other.box.union(patch.box), max(other.em, patch.em), True)
    return joined


def _go_on(left: _Patch, right: _Patch) -> bool:
    """Whether `right` goes on the line of large print that `left` is, or the other way round."""
    if not (left.is_large or right.is_large):
        return False
    em = max(left.em, right.em)
    a, b = left.box, right.box
    shared = min(a.y1, b.y1) - max(a.y0, b.y0)
    if max(a.height, b.height) > LARGER * em or shared < SAME_LINE * min(a.height, b.height):
        return False
    return b.x0 - a.x1 < GAP_X * em


def read_loose_lines(lines: Sequence[LinePicture], engine: OcrEngine) -> tuple[LooseLine, ...]:
    """Read lines; what the engine reads as nothing, or as noise, is no line."""
    found = []
    for line, reading in zip(lines, engine.read([line.image for line in lines]), strict=True):
        text = as_printed(reading.text)
        if text and float(np.mean(reading.probabilities or (0.0,))) >= NOISE:
            found.append(LooseLine(text, line.box, reading.confidence))
    return tuple(found)


def print_outside(page: PagePrint, sheet: Image, em: float, tables: Sequence[Box]) -> Image:
    """Where there is print outside `tables` (1, else 0): no rules, no dust, no desk."""
    ink = (page.ink & (cv2.dilate(sheet, np.ones((3, 3), np.uint8)) > 0)).astype(np.uint8)
    for box in tables:
        beside = BESIDE_TABLE * em
        x0, y0 = max(0, round(box.x0 - beside)), max(0, round(box.y0 - beside))
        ink[y0 : max(0, round(box.y1 + beside)), x0 : max(0, round(box.x1 + beside))] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, high = stats[:, 2], stats[:, 3]
    is_print = (np.maximum(wide, high) >= LEAST * em) & (high <= LARGEST * em)
    is_print &= (wide <= LARGEST * em) | (high >= LEAST_HEIGHT * em)
    is_print[0] = False
    return np.asarray(is_print[labels], np.uint8)

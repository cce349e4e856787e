"""The text lines of a cell.

A recogniser reads one line at a time, and a cell of a goal table is seldom just that: names wrap after twelve
characters, side labels (年 / 度 / 总 / 体 / 目 / 标) stand one character to a line, and the crop of a cell
holds what is left of its rules, specks of the scan, and the edges of its neighbours' text. Splitting before
reading lifts the share of cells read right from 86 to 98 %.

The print is judged by connected components measured in em, the size of the page's characters; without that
measure 是 falls into 日 and 疋, and 二 into two dashes. Lines are found by dynamic programming over the rows:
a line of .45 to 1.2 em costs nothing, a cut costs the ink it goes through, and a line too high or too low
costs its excess. So two tight lines are parted even if a stroke joins them, and 三 is kept in one piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.print_ink import PagePrint
from goaltables.extractors.reading.ink_parts import InkParts, Mask, rules_at_edges
from goaltables.records import Box, Image

# All in em.
REACH = 0.15  # how far outside its box a cell's print may stand (box error, tight setting)
SPECK = 0.13  # smaller ink is dust or a full stop: read, but no reason to see a line
LEAST_INK = 0.2  # a line needs a component this large: the shortest mark is a hyphen
MARGIN_X, MARGIN_Y = 0.22, 0.13  # paper left around a line, what the recogniser was trained on
LEAST_HEIGHT = 1.15  # of a line picture: a lone dash must not be blown up to a bar
FAINT_REACH = 0.8  # how far from the last stroke a full stop may stand

WHITE = 255
PRINT = 200  # darker is taken for print when its darkness is measured
BLACK_PERCENTILE = 5  # of the print: this dark becomes black
PAPER_WHITE = 228  # this bright becomes white
PALE = 150  # a cell whose darkest print is brighter has a threshold of its own …
PALE_PRINT = 0.08  # em² of print, the least that shows how dark it is: part of a character
PALE_CONTRAST = 15  # … where that print is darker than the noise of the paper by this much
FAINT = 230  # darker is ink when it adjoins a line: the ring of 。 is nearly white in small print


@dataclass(frozen=True, slots=True, eq=False)
class LinePicture:
    """One line: its picture on white paper, and where its ink lies (px of the page picture)."""

    image: Image
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class CellLines:
    """The lines of a cell from top to bottom, whether character-sized ink was left out of them, and whether
    a character of theirs stands across the left or right edge of the box: then that edge is no rule, or the
    print runs over it.
    """

    lines: tuple[LinePicture, ...]
    has_ink_outside: bool
    crosses_edge: bool = False


def split_lines(page: PagePrint, box: Box, em: float) -> CellLines:
    """Find the text lines inside a cell's box (px of the page); an empty cell gives none."""
    height, width = page.gray.shape
    reach = REACH * em
    x0, x1 = max(0, round(box.x0 - reach)), min(width, round(box.x1 + reach))
    y0, y1 = max(0, round(box.y0 - reach)), min(height, round(box.y1 + reach))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return CellLines((), False)
    inner = Box(box.x0 - x0, box.y0 - y0, box.x1 - x0, box.y1 - y0)
    ink = _ink(page, (x0, y0, x1, y1), em)
    rules, strips = rules_at_edges(ink, inner, em)
    parts = InkParts.of(ink & ~rules)
    is_text, is_foreign = _sort_components(parts, inner, strips, em)
    if not is_text.any():
        return CellLines((), parts.is_any_deep(is_foreign, inner, em))
    bands = _bands(parts, is_text, em)
    is_adopted = is_foreign & parts.touch_edge() & ~parts.outside(inner, strips) & parts.lie_in(bands)
    is_text, is_foreign = is_text | is_adopted, is_foreign & ~is_adopted
    clean = _on_white(page.gray[y0:y1, x0:x1], rules | parts.mask(is_foreign))
    lines = []
    for number, (top, bottom) in enumerate(bands):
        above = bands[number - 1][1] if number else 0
        below = bands[number + 1][0] if number + 1 < len(bands) else y1 - y0
        lines.append(_cut_line(clean, parts, is_text, (above, top, bottom, below), em, (x0, y0)))
    return CellLines(
        tuple(lines),
        parts.is_any_deep(is_foreign, inner, em),
        bool(parts.across_sides(inner, em)[is_text].any()),
    )


def _ink(page: PagePrint, crop: tuple[int, int, int, int], em: float) -> Mask:
    """Where a crop is inked: as the page has it, or nearer to white where all of its print is pale.

    Glare on a photo and an empty toner leave whole cells paler than the page's threshold: "≥98%" would be
    blank, and "≥27期" would lose its sign.
    """
    x0, y0, x1, y1 = crop
    gray = page.gray[y0:y1, x0:x1]
    margin = round(3 * REACH * em)  # the rules around are not pale
    inside = gray[margin:-margin, margin:-margin]
    least = round(PALE_PRINT * em * em)
    level = float(np.partition(inside, least, axis=None)[least]) if inside.size > least else 0.0
    if PALE < level < page.faintest - PALE_CONTRAST:
        return np.asarray(gray < min((level + WHITE) / 2, page.faintest))
    return page.ink[y0:y1, x0:x1]


def _sort_components(parts: InkParts, inner: Box, strips: Mask, em: float) -> tuple[Mask, Mask]:
    """(print of this cell that is large enough to make a line, print that is not this cell's).

    Specks are neither. Ink that runs over the crop's edge is foreign, unless it is all there is, or so large
    that it must be characters and a stroke of something else in one piece.
    """
    size = np.maximum(parts.stats[:, 2], parts.stats[:, 3])
    outside = parts.outside(inner, strips) | parts.long_strokes(em) | parts.dashed_rules(inner, em)
    running_on = parts.touch_edge() & (size < 1.6 * em)
    is_text = ~outside & (size >= SPECK * em)
    if (is_text & ~running_on & (size >= LEAST_INK * em)).any():
        is_text &= ~running_on
    else:
        thin = np.minimum(parts.stats[:, 2], parts.stats[:, 3]) < 0.3 * em
        is_text &= ~(running_on & thin)
        if not (is_text & (size >= LEAST_INK * em)).any():
            is_text = np.zeros_like(is_text)
    return is_text, outside | (running_on & ~is_text)


def _on_white(gray: Image, unwanted: Mask) -> Image:
    """The picture with unwanted ink, and the blur around it, painted over."""
    if not unwanted.any():
        return gray
    halo = cv2.dilate(unwanted.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.asarray(np.where(halo, WHITE, gray), np.uint8)


def _bands(parts: InkParts, is_text: Mask, em: float) -> list[tuple[int, int]]:
    """Rows ``[top, bottom)`` of each line, by the cheapest parting of the rows that hold ink."""
    profile = parts.mask(is_text).sum(axis=1).astype(np.float64)
    inked = np.flatnonzero(profile)
    first, last = int(inked[0]), int(inked[-1]) + 1
    size = _character_size(parts, is_text, em)
    if last - first <= 1.3 * size:
        return [(first, last)]
    cuts = _cut_rows(profile, first, last, size)
    usual = float(np.median(profile[inked]))
    cost = [0.0]
    origin = [0]
    for j in range(1, len(cuts)):
        options = []
        for i in range(j - 1, -1, -1):
            rows = np.flatnonzero(profile[cuts[i] : cuts[j]])
            ink_height = int(rows[-1] - rows[0] + 1) if rows.size else 0
            through = profile[cuts[j]] / usual if cuts[j] < last else 0.0
            options.append((cost[i] + _line_cost(ink_height / size) + 5 * through, i))
            if ink_height > 2.5 * size and len(options) > 1:
                break
        least, start = min(options)
        cost.append(least)
        origin.append(start)
    bands: list[tuple[int, int]] = []
    j = len(cuts) - 1
    while j > 0:
        rows = np.flatnonzero(profile[cuts[origin[j]] : cuts[j]]) + cuts[origin[j]]
        if rows.size:
            bands.append((int(rows[0]), int(rows[-1]) + 1))
        j = origin[j]
    return bands[::-1]


def _character_size(parts: InkParts, is_text: Mask, em: float) -> float:
    """The em of this cell: the page's, unless its characters are plainly larger (a heading set bigger)."""
    heights = parts.stats[is_text, 3]
    tall = heights[heights > 0.5 * em]
    own = float(np.percentile(tall, 80)) if tall.size >= 3 else em
    return own if 1.3 * em < own < 2.2 * em else em


def _cut_rows(profile: npt.NDArray[np.float64], first: int, last: int, size: float) -> list[int]:
    """Rows where a cut is worth thinking about: the least ink within a tenth of an em."""
    reach = max(1, round(0.1 * size))
    padded = np.pad(profile[first:last], reach, constant_values=np.inf)
    lowest = np.min(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1)
    candidates = np.flatnonzero(profile[first:last] <= lowest)
    runs = np.split(candidates, np.flatnonzero(np.diff(candidates) > 1) + 1)
    middles = [first + int(run[len(run) // 2]) for run in runs if run.size]
    return [first, *(row for row in middles if first < row < last), last]


def _line_cost(height: float) -> float:
    """How unlikely a line of this ink height (in em) is; .05 keeps a line from falling apart for nothing."""
    if height == 0:
        return 0.0
    if height > 1.2:
        return 0.05 + 3 * (height - 1.2)
    return 0.05 + 4 * max(0.0, 0.45 - height)


def _cut_line(
    clean: Image,
    parts: InkParts,
    is_text: Mask,
    rows: tuple[int, int, int, int],
    em: float,
    corner: tuple[int, int],
) -> LinePicture:
    """The picture of one line; `rows` are the end of the line above, top, bottom, start of the line below."""
    above, top, bottom, below = rows
    columns = np.flatnonzero(parts.mask(is_text)[top:bottom].any(axis=0))
    baseline = min(below, round(bottom + 0.1 * em))  # full stops stand a little lower than characters
    left, right = _with_faint_ends(clean[top:baseline], int(columns[0]), int(columns[-1]) + 1, em)
    box = Box(corner[0] + left, corner[1] + top, corner[0] + right, corner[1] + bottom)
    margin = max(MARGIN_Y * em, (LEAST_HEIGHT * em - (bottom - top)) / 2)
    sheet = np.full(
        (round(bottom - top + 2 * margin), round(right - left + 2 * MARGIN_X * em)), WHITE, np.uint8
    )
    # Never beyond the middle of the gap to the next line: its strokes would be read into this one.
    y0 = max(round(top - margin), (above + top) // 2 if above else 0, 0)
    y1 = min(round(bottom + margin), (bottom + below + 1) // 2 if below < clean.shape[0] else below)
    x0 = max(0, round(left - MARGIN_X * em))
    x1 = min(clean.shape[1], round(right + MARGIN_X * em))
    to_y, to_x = y0 - round(top - margin), x0 - round(left - MARGIN_X * em)
    piece = clean[y0:y1, x0:x1][: sheet.shape[0] - to_y, : sheet.shape[1] - to_x]
    sheet[to_y : to_y + piece.shape[0], to_x : to_x + piece.shape[1]] = piece
    return LinePicture(_with_contrast(sheet), box)


def _with_faint_ends(rows: Image, left: int, right: int, em: float) -> tuple[int, int]:
    """The ends of a line, moved out to the faint or dotted marks beside it: -, ：, 。"""
    reach = round(FAINT_REACH * em)
    start = max(0, left - reach)
    # The mean of a pixel and its three neighbours to the right and below: one dark pixel alone is noise.
    dark = cv2.blur(rows[:, start : right + reach], (2, 2), anchor=(0, 0)) < FAINT
    columns = np.append(np.flatnonzero(dark.any(axis=0)) + start, (left, right - 1))
    return int(columns.min()), int(columns.max()) + 1


def _with_contrast(sheet: Image) -> Image:
    """Faint print made black and the paper's grain white: ≤ keeps its bar, small print its dots.

    On 1,423 cells of scans and photos this mended 9 of 30 wrong ones and broke 1; either half alone did less.
    """
    print_pixels = sheet[sheet < PRINT]
    black = float(np.percentile(print_pixels, BLACK_PERCENTILE)) if print_pixels.size else 0.0
    black = min(black, PAPER_WHITE / 2)
    return np.asarray(
        np.clip((sheet.astype(np.float32) - black) * (255 / (PAPER_WHITE - black)), 0, 255), np.uint8
    )

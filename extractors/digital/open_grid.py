"""Tables without vertical rules: three-line, horizontal rules only, or no rules at all.

Columns are parted by white, rows are lines of text. A long name is wrapped and its neighbours are centred
beside it, so a row may look like this::

                              村干部、村民小组长补助发放准
      产出指标     质量指标                                      ≥99%
                              确率

The line that fills several columns is the row's *anchor*; the lines above and below, which fill only one, are
given to the anchors (`row_anchors`). A label centred beside several rows spans them (`label_spans`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from goaltables.extractors.digital.implied_columns import implied_grid
from goaltables.extractors.digital.label_spans import centred_spans
from goaltables.extractors.digital.open_regions import (
    MIN_ROWS,
    Region,
    TextRow,
    free_regions,
    ruled_regions,
    text_rows,
    valleys,
)
from goaltables.extractors.digital.row_anchors import rows_by_anchors
from goaltables.extractors.digital.text_layer import TextLayer
from goaltables.records import Box, Grid, GridCell

FULL_ROWS = 0.6  # of a table's rows fill two columns or more
LABEL_COLUMNS = 2  # 一级指标 and 二级指标 stand first
WRAPPED = 1.5  # sizes from line to line within one text
PAD = 0.4
SUSPECT_ROWS = 3
MIN_BAND = 0.9
LEAST_RULES = 4
"""Of a three-line table with a band of fields above its head."""
LARGEST_HEAD = 3  # lines
ROWS_PER_BAND = 1.6  # a goal wrapped beside its label has several lines

Spans = list[tuple[int, int]]


def find_open_grids(layer: TextLayer, taken: Sequence[Box]) -> list[Grid]:
    """Tables outside the boxes that are `taken` by ruled ones. Upright coordinates."""
    em = layer.em
    rows = text_rows(layer, taken)
    grids = []
    for region in ruled_regions(layer, rows, taken):
        if (grid := _grid(region, em)) is not None:
            grids.append(grid)
            rows = [row for row in rows if row not in region.rows]
    # Lines on both sides of a found table are no one table.
    barriers = [box.centre[1] for box in (*taken, *(grid.box for grid in grids))]
    free = [_grid(region, em) for region in free_regions(rows, em, barriers)]
    return grids + [grid for grid in free if grid is not None]


def unread_regions(layer: TextLayer, taken: Sequence[Box]) -> list[Box]:
    """Where rules and texts beside each other look like a table, outside the boxes that are `taken` by the
    tables found.
    """
    return [
        region.box
        for region in ruled_regions(layer, text_rows(layer, taken), taken)
        if region.box is not None and sum(len(row.tokens) >= 2 for row in region.rows) >= SUSPECT_ROWS
    ]


def _grid(region: Region, em: float) -> Grid | None:
    wide = [row for row in region.rows if len(row.tokens) >= 2]
    if len(wide) < 2:
        return None
    if _has_rule_below_rows(region, len(wide), em) and (form := _ruled_form(region, em)) is not None:
        return form
    region = _below_fields(region)
    wide = [row for row in region.rows if len(row.tokens) >= 2]
    columns = _needed([(a + b) / 2 for a, b in valleys(wide, em)], wide)
    if len(columns) < (1 if region.rules else 2):
        return None
    groups, labels = _row_groups(region, columns, em)
    full = sum(len(_filled(group, columns)) >= 2 for group in groups)
    if len(groups) < (2 if region.rules else MIN_ROWS) or full < FULL_ROWS * len(groups):
        return None
    box = region.box or _around(region.rows, em)
    tokens = [t for row in region.rows for t in row.tokens]
    xs = [min(box.x0, min(t.x0 for t in tokens)), *columns, max(box.x1, max(t.x1 for t in tokens))]
    ys = _row_lines(groups, box)
    cells = tuple(
        GridCell(top, left, bottom - top, right - left, Box(xs[left], ys[top], xs[right], ys[bottom]))
        for top, left, bottom, right in sorted(_places(groups, columns, labels, em))
    )
    return Grid(Box(xs[0], ys[0], xs[-1], ys[-1]), cells, "vector-open", full / len(groups))


def _below_fields(region: Region) -> Region:
    """The region without a first band of many lines: fields and goals above the head of a three-line table
    keep to columns of their own.
    """
    if region.box is None or len(region.rules) < LEAST_RULES:
        return region
    band = [row for row in region.rows if row.y < region.rules[1]]
    if len(band) <= LARGEST_HEAD:
        return region
    box = replace(region.box, y0=region.rules[1])
    rows = tuple(row for row in region.rows if row.y > region.rules[1])
    pieces = tuple(piece for piece in region.pieces if piece.at >= region.rules[1])
    return Region(rows, box, region.rules[1:], pieces)


def _has_rule_below_rows(region: Region, wide: int, em: float) -> bool:
    """As many fields as rows, more or less; three rules make two bands of many rows."""
    heights = sorted(piece.at for piece in region.pieces)
    bands = sum(b - a > MIN_BAND * em for a, b in pairwise(heights))
    return bands >= MIN_ROWS and wide <= ROWS_PER_BAND * bands


def _ruled_form(region: Region, em: float) -> Grid | None:
    grid = implied_grid(region.pieces, [t for row in region.rows for t in row.tokens], em)
    if grid is None or len({cell.col for cell in grid.cells}) < 2:
        return None
    return replace(grid, method="vector-open")


def _needed(columns: list[float], rows: Sequence[TextRow]) -> list[float]:
    """The boundaries that part two texts of some row. Left of a centred head, over names that begin at the
    left, the white parts nothing.
    """
    for k, x in enumerate(columns):
        filled = [_filled([row], columns) for row in rows]
        if not any({k, k + 1} <= has for has in filled):
            return _needed([other for other in columns if other != x], rows)
    return columns


def _column(token: Box, columns: Sequence[float]) -> int:
    return sum(x < token.centre[0] for x in columns)


def _filled(rows: Sequence[TextRow], columns: Sequence[float]) -> frozenset[int]:
    return frozenset(_column(token, columns) for row in rows for token in row.tokens)


def _row_groups(
    region: Region, columns: list[float], em: float
) -> tuple[list[list[TextRow]], dict[int, Spans]]:
    """The lines of each table row, and per label column the rows that each of its labels spans."""
    bands = [[row for row in region.rows if top < row.y < bottom] for top, bottom in pairwise(region.rules)]
    bands = [band for band in bands if band]
    head = bands[0] if len(bands) >= 2 else [region.rows[0]]
    body = [row for row in region.rows if row not in head]
    groups, labels = _anchored(body, columns, em)
    below = {column: [(a + 1, b + 1) for a, b in spans] for column, spans in labels.items()}
    return [head, *groups], below


def _anchored(
    rows: list[TextRow], columns: list[float], em: float
) -> tuple[list[list[TextRow]], dict[int, Spans]]:
    """Body rows by their anchors. A line that holds only merged labels is no part of any one row."""
    beyond = min(LABEL_COLUMNS, len(columns) - 1)
    filled = [_filled([row], columns) for row in rows]
    heights = [row.y for row, has in zip(rows, filled, strict=True) if len(has) >= 2 and max(has) >= beyond]
    labels = {
        column: spans
        for column in range(beyond)
        if (spans := _label_spans(rows, columns, column, heights, em)) is not None
    }
    kept = [i for i, has in enumerate(filled) if not has <= labels.keys()]
    groups = rows_by_anchors([rows[i].y for i in kept], [filled[i] for i in kept], em)
    if len(groups) != len(heights):
        return [[rows[i] for i in group] for group in rows_by_anchors([r.y for r in rows], filled, em)], {}
    return [[rows[kept[i]] for i in group] for group in groups], labels


def _label_spans(
    rows: Sequence[TextRow], columns: Sequence[float], column: int, heights: Sequence[float], em: float
) -> Spans | None:
    ys = [t.centre[1] for row in rows for t in row.tokens if _column(t, columns) == column]
    if len(ys) >= 0.8 * len(heights):
        return None  # a label in every row
    blocks: list[list[float]] = []
    for y in ys:
        if blocks and y - blocks[-1][-1] <= WRAPPED * em:
            blocks[-1].append(y)
        else:
            blocks.append([y])
    return centred_spans(heights, [(block[0] + block[-1]) / 2 for block in blocks], em)


def _around(rows: Sequence[TextRow], em: float) -> Box:
    tokens = [t for row in rows for t in row.tokens]
    pad = PAD * em
    return Box(
        min(t.x0 for t in tokens) - pad,
        min(t.y0 for t in tokens) - pad,
        max(t.x1 for t in tokens) + pad,
        max(t.y1 for t in tokens) + pad,
    )


def _row_lines(groups: list[list[TextRow]], box: Box) -> list[float]:
    """Boundaries midway between the texts of neighbouring rows."""
    tops = [min(t.y0 for row in group for t in row.tokens) for group in groups]
    bottoms = [max(t.y1 for row in group for t in row.tokens) for group in groups]
    inner = [(bottom + top) / 2 for bottom, top in zip(bottoms, tops[1:], strict=False)]
    return [min(box.y0, tops[0]), *inner, max(box.y1, bottoms[-1])]


def _places(
    groups: list[list[TextRow]], columns: list[float], labels: dict[int, Spans], em: float
) -> list[tuple[int, int, int, int]]:
    """Cells as (top, left, bottom, right): a token over a boundary joins columns, a centred label joins
    rows.
    """
    runs = [_column_runs(group, columns, em) for group in groups]
    merged = {
        column: spans
        for column, spans in labels.items()
        if all((column, column + 1) in runs[row] for a, b in spans for row in range(a, b))
    }
    places = [
        (row, left, row + 1, right)
        for row, columns_of in enumerate(runs)
        for left, right in columns_of
        if row == 0 or left not in merged or right > left + 1
    ]
    return places + [(a, column, b, column + 1) for column, spans in merged.items() for a, b in spans]


def _column_runs(group: list[TextRow], columns: list[float], em: float) -> list[tuple[int, int]]:
    """Cells of a row as (first, past the last column)."""
    edges = [0]
    for i, x in enumerate(columns, start=1):
        if not any(t.x0 < x - em / 2 and t.x1 > x + em / 2 for row in group for t in row.tokens):
            edges.append(i)
    edges.append(len(columns) + 1)
    return list(pairwise(edges))

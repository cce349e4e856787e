"""Grid 表线 of a flat page: from ink to tables of cells.

    ink at em = 24 px -> characters masked -> evidence of rules -> pieces -> tables -> edges -> cells

The boxes are px of the page's picture; `transform` leads them to the page. Cells tile each table.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.raster_cells import Edges, Span, best_edges, spans, used_lines
from goaltables.extractors.raster_edges import EdgeEvidence, edge_evidence, finer, gains, is_solid
from goaltables.extractors.raster_open import open_grids
from goaltables.extractors.raster_rules import RuleField, glyph_mask, glyph_mask_beside, rule_field
from goaltables.extractors.raster_tables import TableLines, drawn_lines, ruled_tables
from goaltables.extractors.rectify import WORK_EM, UprightPage
from goaltables.records import Box, Grid, GridCell, Image

Floats = npt.NDArray[np.float64]

END_COST = {True: 0.5, False: 0.8}
LEAST_FRAME = 0.3
"""Of the outer lines, seen: the strokes of a title make no frame."""
LEAST_COLUMNS = 2
"""Vertical lines of a mere frame."""


def find_grids(page: UprightPage) -> tuple[Grid, ...]:
    """Tables with rules on a page, from top to bottom. `Grid.score` is the mean clarity of their edges."""
    ink, scale = _work_ink(page)
    em = page.em * scale
    mask = glyph_mask(ink, em)
    rows = rule_field(ink, mask, em, "row")
    columns = rule_field(_turned(ink), _turned(mask), em, "column")
    fine_rows, fine_columns = finer(rows, ink, em), finer(columns, _turned(ink), em)
    solid = is_solid((fine_rows, fine_columns), em)
    if not solid:
        known = drawn_lines(ruled_tables(rows.pieces, columns.pieces, em), ink.shape, em)
        mask = glyph_mask_beside(ink, em, known)
        rows = rule_field(ink, mask, em, "row")
        columns = rule_field(_turned(ink), _turned(mask), em, "column")
        fine_rows, fine_columns = (
            replace(fine_rows, clear=rows.clear),
            replace(fine_columns, clear=columns.clear),
        )
    ways = (rows, fine_rows), (columns, fine_columns)
    tables = ruled_tables(rows.pieces, columns.pieces, em)
    ruled = [g for t in tables if (g := _grid(t, *ways, em, solid=solid)) is not None]
    found = [*ruled, *open_grids(mask, rows.pieces, em, [grid.box for grid in ruled])]
    return tuple(_scaled(grid, 1 / scale) for grid in sorted(found, key=lambda g: (g.box.y0, g.box.x0)))


def _work_ink(page: UprightPage) -> tuple[Image, float]:
    """Ink with characters near 24 px, and its scale."""
    scale = WORK_EM / page.em
    if 0.85 <= scale <= 1.4:
        return page.ink, 1.0
    scale = min(scale, 1.6)
    height, width = page.ink.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(page.ink, size, interpolation=way), np.uint8), scale


def _turned(picture: Image) -> Image:
    return np.ascontiguousarray(picture.T)


def _grid(
    table: TableLines,
    rows: tuple[RuleField, RuleField],
    columns: tuple[RuleField, RuleField],
    em: float,
    *,
    solid: bool,
) -> Grid | None:
    """The best tiling of a table; None when it parts no columns, or has no frame.

    `rows` and `columns` are the field of each direction and its finer one.
    """
    row_evidence = edge_evidence(table.rows, table.columns, *rows, em, solid=solid)
    column_evidence = edge_evidence(table.columns, table.rows, *columns, em, solid=solid)
    if _framed(table, row_evidence, column_evidence) < LEAST_FRAME:
        return None
    row_gain = gains(row_evidence, solid=solid)
    column_gain = gains(column_evidence, solid=solid).T
    edges = best_edges(row_gain, column_gain, END_COST[solid])
    score = _clarity(edges, row_evidence, column_evidence)
    keep_rows, keep_columns = used_lines(edges)
    edges = Edges(edges.rows[keep_rows], edges.columns[:, keep_columns])
    edges = Edges(_merged(edges.rows, keep_columns, axis=1), _merged(edges.columns, keep_rows, axis=0))
    ys = [line.at for line, keep in zip(table.rows, keep_rows, strict=True) if keep]
    xs = [line.at for line, keep in zip(table.columns, keep_columns, strict=True) if keep]
    if len(xs) <= LEAST_COLUMNS:
        return None
    box = Box(xs[0], ys[0], xs[-1], ys[-1])
    return Grid(box, tuple(_cell(span, xs, ys) for span in spans(edges)), "raster-ruled", score)


def _framed(table: TableLines, rows: EdgeEvidence, columns: EdgeEvidence) -> float:
    """Share seen of the outer lines that are drawn at all."""
    seen, length = [], []
    for lines, evidence in ((table.rows, rows), (table.columns, columns)):
        for k in (0, -1):
            if not lines[k].virtual:
                seen.append(evidence.seen[k])
                length.append(evidence.length[k])
    return float(np.average(np.concatenate(seen), weights=np.concatenate(length))) if seen else 1.0


def _clarity(edges: Edges, rows: EdgeEvidence, columns: EdgeEvidence) -> float:
    """How well the drawn edges are seen and the others are not: mean over all inner edges, by length."""
    seen = np.concatenate([rows.seen[1:-1].ravel(), columns.seen[1:-1].ravel()])
    length = np.concatenate([rows.length[1:-1].ravel(), columns.length[1:-1].ravel()])
    drawn = np.concatenate([edges.rows[1:-1].ravel(), edges.columns.T[1:-1].ravel()])
    if seen.size == 0:
        return 1.0
    return float(np.average(np.where(drawn, np.minimum(seen, 1), 1 - np.minimum(seen, 1)), weights=length))


def _merged(drawn: npt.NDArray[np.bool_], keep: npt.NDArray[np.bool_], *, axis: int) -> npt.NDArray[np.bool_]:
    """Edges between the lines that were kept: an edge cut by a dropped line is whole again."""
    first = np.flatnonzero(keep)[:-1]
    return np.asarray(np.take(drawn, first, axis=axis), bool)


def _cell(span: Span, xs: list[float], ys: list[float]) -> GridCell:
    box = Box(xs[span.col], ys[span.row], xs[span.col + span.colspan], ys[span.row + span.rowspan])
    return GridCell(span.row, span.col, span.rowspan, span.colspan, box)


def _scaled(grid: Grid, by: float) -> Grid:
    def box(b: Box) -> Box:
        return Box(b.x0 * by, b.y0 * by, b.x1 * by, b.y1 * by)

    cells = tuple(replace(cell, box=box(cell.box)) for cell in grid.cells)
    return replace(grid, box=box(grid.box), cells=cells)

"""Grid 表线 of a flat page: from ink to tables of cells.

    ink at em = 24 px -> characters masked -> evidence of rules -> pieces -> tables -> edges -> cells

The boxes are px of the page's picture; `transform` leads them to the page. Cells tile each table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.raster_cells import Edges, Span, best_edges, spans, used_lines
from goaltables.extractors.raster_rules import ON_SHARE, RuleField, glyph_mask, ridge_of, rule_field
from goaltables.extractors.raster_tables import Line, TableLines, ruled_tables
from goaltables.extractors.rectify import WORK_EM, UprightPage
from goaltables.records import Box, Grid, GridCell, Image

Floats = npt.NDArray[np.float64]

ASIDE_EM = 0.14
MARGIN_EM = 0.2
FINE_EM = 0.3
SHORT_EM = 3.2
"""A stroke of a big character is about as long as a row of the table is high: short edges of solid rules
must also be seen at both ends, where a character leaves white."""
SOLID = 0.9
"""Median seen share of the long pieces above which a page's rules count as solid."""
SOLID_CUT = 0.7
BROKEN_CUT = 0.38
FIXED_COST = 0.02
MASKED_COST = 0.3
CROSSED_COST = 1.2
LEAST_CELLS = 2


def find_grids(page: UprightPage) -> tuple[Grid, ...]:
    """Tables with rules on a page, from top to bottom. `Grid.score` is the mean clarity of their edges."""
    ink, scale = _work_ink(page)
    em = page.em * scale
    mask = glyph_mask(ink, em)
    rows = rule_field(ink, mask, em, "row")
    columns = rule_field(_turned(ink), _turned(mask), em, "column")
    solid = _is_solid(rows, columns, em)
    if solid:
        rows, columns = (_finer(f, i, em) for f, i in ((rows, ink), (columns, _turned(ink))))
    grids = []
    for table in ruled_tables(rows.pieces, columns.pieces, em):
        grid = _grid(table, rows, columns, em, solid=solid, scale=scale)
        if grid is not None:
            grids.append(grid)
    return tuple(grids)


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


def _is_solid(rows: RuleField, columns: RuleField, em: float) -> bool:
    seen = [
        s
        for field in (rows, columns)
        for s, a, b in zip(field.pieces.seen, field.pieces.start, field.pieces.end, strict=True)
        if b - a > 6 * em
    ]
    return not seen or float(np.median(seen)) > SOLID


def _finer(field: RuleField, ink: Image, em: float) -> RuleField:
    """The field with a ridge that is hardly averaged along the rule: where solid rules are, it tells a rule
    from a stroke.
    """
    run = max(3, round(FINE_EM * em)) | 1
    along = cv2.blur(np.asarray(ink, np.float32) / 255, (run, 1))
    return replace(field, ridge=ridge_of(np.asarray(along, np.float32), em))


@dataclass(frozen=True, slots=True)
class EdgeEvidence:
    """Per edge: `seen` share of its clear length, `clear` share of its length, `crossed` share of its
    length where characters stand right across it, `length` in em.
    """

    seen: Floats
    clear: Floats
    crossed: Floats
    length: Floats


def _seen_at_ends(on: Floats, clear: Floats, start: int, end: int, em: float) -> float:
    """Share seen of the worse end of an edge; `on` and `clear` are running sums along it."""
    reach = max(2, min(round(0.4 * em), (end - start) // 2))
    shares = [
        (on[b] - on[a]) / (clear[b] - clear[a]) if clear[b] > clear[a] else 1.0
        for a, b in ((start, min(end, start + reach)), (max(start, end - reach), end))
    ]
    return float(min(shares))


def _edge_evidence(
    lines: tuple[Line, ...], ends: tuple[Line, ...], field: RuleField, em: float, *, solid: bool
) -> EdgeEvidence:
    """Evidence of the edges of `lines` between each two of `ends`, ``(len(lines), len(ends) - 1)``."""
    height, width = field.ridge.shape
    start, stop = max(0, int(ends[0].at)), min(width, int(ends[-1].at) + 1)
    along = np.arange(start, stop)
    aside = max(1, round(ASIDE_EM * em))
    over = max(2, round(0.2 * em))
    bounds = np.array([line.at for line in ends]) - start
    margin = MARGIN_EM * em
    shape = (len(lines), len(ends) - 1)
    seen, clear, crossed = np.zeros(shape), np.ones(shape), np.zeros(shape)
    for i, line in enumerate(lines):
        at = np.interp(along, *line.path).astype(int)
        near = np.clip(at[None, :] + np.arange(-aside, aside + 1)[:, None], 0, height - 1)
        on = (field.ridge[near, along[None, :]] > ON_SHARE * field.strength).any(axis=0)
        open_ = field.clear[np.clip(at, 0, height - 1), along] > 0
        above = field.clear[np.clip(at - over, 0, height - 1), along] == 0
        below = field.clear[np.clip(at + over, 0, height - 1), along] == 0
        sums = [np.concatenate([[0], np.cumsum(v)]) for v in (on & open_, open_, above & below & ~open_)]
        for j in range(shape[1]):
            a, b = bounds[j] + margin, bounds[j + 1] - margin
            if b - a < 2:
                a = b = (bounds[j] + bounds[j + 1]) / 2
                a, b = a - 1, b + 1
            a, b = (int(np.clip(v, 0, len(along))) for v in (a, b))
            n = max(1, b - a)
            on_n, open_n, crossed_n = (s[b] - s[a] for s in sums)
            seen[i, j] = on_n / max(1, open_n)
            if solid and b - a < SHORT_EM * em:
                seen[i, j] *= _seen_at_ends(sums[0], sums[1], a, b, em)
            clear[i, j] = open_n / n
            crossed[i, j] = crossed_n / n
    length = np.maximum(np.diff(bounds), 1) / em
    return EdgeEvidence(seen, clear, crossed, np.broadcast_to(length, shape))


def _gains(evidence: EdgeEvidence, *, solid: bool) -> Floats:
    """What it pays to draw each edge."""
    drawn = evidence.seen[(evidence.seen > 0.3) & (evidence.clear > 0.3)]
    typical = float(np.median(drawn)) if drawn.size else 1.0
    cut = SOLID_CUT if typical > 0.93 else BROKEN_CUT * typical
    penalty = MASKED_COST * (1 - evidence.clear) if solid else CROSSED_COST * evidence.crossed
    gain = (evidence.seen - cut) * evidence.clear - penalty
    return np.asarray(3 * (gain * np.sqrt(evidence.length) - FIXED_COST), np.float64)


def _grid(
    table: TableLines,
    rows: RuleField,
    columns: RuleField,
    em: float,
    *,
    solid: bool,
    scale: float,
) -> Grid | None:
    """The best tiling of a table, boxes in px of the page's picture."""
    row_evidence = _edge_evidence(table.rows, table.columns, rows, em, solid=solid)
    column_evidence = _edge_evidence(table.columns, table.rows, columns, em, solid=solid)
    row_gain = _gains(row_evidence, solid=solid)
    column_gain = _gains(column_evidence, solid=solid).T
    edges = best_edges(row_gain, column_gain)
    keep_rows, keep_columns = used_lines(edges)
    edges = Edges(edges.rows[keep_rows], edges.columns[:, keep_columns])
    edges = Edges(_merged(edges.rows, keep_columns, axis=1), _merged(edges.columns, keep_rows, axis=0))
    ys = [line.at for line, keep in zip(table.rows, keep_rows, strict=True) if keep]
    xs = [line.at for line, keep in zip(table.columns, keep_columns, strict=True) if keep]
    cells = spans(edges)
    if len(cells) < LEAST_CELLS:
        return None
    box = Box(xs[0] / scale, ys[0] / scale, xs[-1] / scale, ys[-1] / scale)
    return Grid(box, tuple(_cell(span, xs, ys, scale) for span in cells), "raster-ruled")


def _merged(drawn: npt.NDArray[np.bool_], keep: npt.NDArray[np.bool_], *, axis: int) -> npt.NDArray[np.bool_]:
    """Edges between the lines that were kept: an edge cut by a dropped line is whole again."""
    first = np.flatnonzero(keep)[:-1]
    return np.asarray(np.take(drawn, first, axis=axis), bool)


def _cell(span: Span, xs: list[float], ys: list[float], scale: float) -> GridCell:
    box = Box(
        xs[span.col] / scale,
        ys[span.row] / scale,
        xs[span.col + span.colspan] / scale,
        ys[span.row + span.rowspan] / scale,
    )
    return GridCell(span.row, span.col, span.rowspan, span.colspan, box)

"""The grid 表格线框 of a flat page: from ink to tables of cells.

    rules of the page -> lines of each table -> edges -> the likeliest tiling -> cells

The boxes are px of the page's picture; `transform` leads them to the page. Cells tile each table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.digital.rules import Axis, Segment
from goaltables.extractors.picture.edge_features import edge_features, print_of_places, share_seen
from goaltables.extractors.picture.edge_model import Wear, log_odds
from goaltables.extractors.picture.page_rules import PageRules, rules_of_page
from goaltables.extractors.picture.raster_cells import Edges, Span, best_edges, spans, used_lines
from goaltables.extractors.picture.raster_edges import EdgeViews, edge_views
from goaltables.extractors.picture.raster_rules import Pieces, with_true_ends
from goaltables.extractors.picture.raster_tables import TableLines
from goaltables.extractors.picture.rectify import UprightPage
from goaltables.records import Box, Grid, GridCell, Image

Floats = npt.NDArray[np.float64]

WHOLE = 0.955
"""Of the edges that are seen at all, seen: a broken table of which more is seen is dashed, and not worn."""
END_COST = 1.0
"""Log odds that a rule must be worth to end at another in the middle of the table."""
LEAST_FRAME = 0.3
LEAST_SMALL_FRAME = 0.8
NARROW_EM = 16.0
"""Of the outer lines, seen: the strokes of a title make no frame."""
PRINT_EM2 = 0.3
LEAST_FILLED = 2
CUT_LONGEST_EM = 6.0
"""Drawn on more than this, a column is a column, whatever stands on it."""
CUT_ASIDE_EM = 0.3
CUT_GLUE_EM = 0.45
"""Characters of a line stand closer; the texts of two cells do not."""
CUT_HIGH_EM = 0.35
OPEN_COLUMN_EM = 2.5
"""Of a table open at both sides, one column at least is longer: strokes of one line of print are shorter."""
LEAST_COLUMNS = 2
"""Vertical lines of a mere frame."""


@dataclass(frozen=True, slots=True)
class RuledPage:
    """The ruled tables of a page, top to bottom, all its horizontal rules (`rules`) and its vertical ones; px
    of the page's picture.
    """

    grids: tuple[Grid, ...]
    rules: tuple[Segment, ...]
    verticals: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class TableEdges:
    """What the edge model is told of one table: its lines and their edges, ``(lines, edges, features)``.

    In px of the working picture, which is `scale` times the page's.
    """

    wear: Wear
    is_broken: bool
    table: TableLines
    row_features: Floats
    column_features: Floats
    row_length: Floats
    column_length: Floats
    scale: float


def find_ruled_tables(page: UprightPage) -> RuledPage:
    """Ruled tables on a page; boxes in px of ``page.image``.

    `Grid.score` is the mean probability of a table's edges being as they were taken, drawn or not.
    """
    rules = rules_of_page(page)
    grids = [
        grid
        for table in rules.tables
        if (grid := _grid(table, rules)) is not None and _holds_print(grid, rules.mask, rules.em)
    ]
    by = 1 / rules.scale
    rows, columns = rules.fields
    return RuledPage(
        tuple(_scaled(grid, by) for grid in sorted(grids, key=lambda g: (g.box.y0, g.box.x0))),
        tuple(_segments(with_true_ends(rows.pieces, rules.ink, rules.em), Axis.HORIZONTAL, by)),
        tuple(_segments(columns.pieces, Axis.VERTICAL, by)),
    )


def table_edges(page: UprightPage) -> tuple[TableEdges, ...]:
    """What the edge model is told of each table of a page: what it is fitted on."""
    rules = rules_of_page(page)
    found = (_edges(table, rules) for table in rules.tables)
    return tuple(edges for edges in found if edges is not None)


def _segments(rules: Pieces, axis: Axis, by: float) -> Iterator[Segment]:
    for at, start, end in zip(rules.at.tolist(), rules.start.tolist(), rules.end.tolist(), strict=True):
        yield Segment(axis, at * by, start * by, end * by)


def _holds_print(grid: Grid, mask: Image, em: float) -> bool:
    """Whether at least two cells hold a character: the edge of a sheet on a desk is ruled, and empty."""
    inset = 0.2 * em
    filled = 0
    for cell in grid.cells:
        x0, y0, x1, y1 = (
            round(v)
            for v in (cell.box.x0 + inset, cell.box.y0 + inset, cell.box.x1 - inset, cell.box.y1 - inset)
        )
        filled += int(np.count_nonzero(mask[max(0, y0) : y1, max(0, x0) : x1]) > PRINT_EM2 * em * em)
        if filled >= LEAST_FILLED:
            return True
    return False


def _edges(table: TableLines, rules: PageRules) -> TableEdges | None:
    """The edges of a table as the model sees them; None when it has no frame."""
    (rows, columns), (fine_rows, fine_columns), em = rules.fields, rules.fine, rules.em
    row_views = edge_views(table.rows, table.columns, rows, fine_rows, em)
    column_views = edge_views(table.columns, table.rows, columns, fine_columns, em)
    x0, _, x1, _ = table.box
    large = x1 - x0 > NARROW_EM * em and len(table.rows) > 2
    if _framed(table, row_views, column_views) < (LEAST_FRAME if large else LEAST_SMALL_FRAME):
        return None
    places = print_of_places(table, rules.mask, em)
    return TableEdges(
        "worn" if rules.is_broken and share_seen(row_views, column_views) < WHOLE else "solid",
        rules.is_broken,
        table,
        edge_features(row_views, table, places, rules.mask, em, "row"),
        edge_features(column_views, table, places, rules.mask, em, "column"),
        row_views.length,
        column_views.length,
        rules.scale,
    )


def _grid(table: TableLines, rules: PageRules) -> Grid | None:
    """The likeliest tiling of a table; None when it parts no columns, or has no frame."""
    seen = _edges(table, rules)
    if seen is None:
        return None
    row_odds = log_odds(seen.row_features, seen.wear, "row")
    column_odds = log_odds(seen.column_features, seen.wear, "column").T
    edges = best_edges(row_odds, column_odds, END_COST)
    score = _sureness(edges, row_odds, column_odds, seen.row_length, seen.column_length.T)
    if cut := _cutting(table, edges, rules.mask, rules.em):
        columns_left = tuple(line for j, line in enumerate(table.columns) if j not in cut)
        return _grid(TableLines(table.rows, columns_left), rules)
    if _is_open(table, column_odds) and _longest_column(edges, seen.column_length) < OPEN_COLUMN_EM:
        return None
    keep_rows, keep_columns = used_lines(edges)
    edges = Edges(edges.rows[keep_rows], edges.columns[:, keep_columns])
    edges = Edges(_merged(edges.rows, keep_columns, axis=1), _merged(edges.columns, keep_rows, axis=0))
    ys = [line.at for line, keep in zip(table.rows, keep_rows, strict=True) if keep]
    xs = [line.at for line, keep in zip(table.columns, keep_columns, strict=True) if keep]
    if len(xs) <= LEAST_COLUMNS:
        return None
    box = Box(xs[0], ys[0], xs[-1], ys[-1])
    return Grid(box, tuple(_cell(span, xs, ys) for span in spans(edges)), "raster-ruled", score)


def _is_open(table: TableLines, column_odds: Floats) -> bool:
    """Whether a table has a rule on neither side. `column_odds` is ``(edges, columns)``."""
    return all(table.columns[k].virtual or column_odds[:, k].max() < 0 for k in (0, -1))


def _longest_column(edges: Edges, length: Floats) -> float:
    """The longest that one inner column is drawn, in em. `length` is ``(columns, edges)``."""
    drawn = np.where(edges.columns[:, 1:-1].T, length[1:-1], 0.0)
    return float(drawn.sum(axis=1).max(initial=0.0))


def _cutting(table: TableLines, edges: Edges, mask: Image, em: float) -> set[int]:
    """Inner columns drawn on a few short edges only, which cut through a line of print: the stroke of a 于
    that stands in one place in two rows, the 1 of 100%.
    """
    found = set()
    ys = [round(line.at) for line in table.rows]
    aside = round(CUT_ASIDE_EM * em)
    glue = np.ones((1, max(3, round(CUT_GLUE_EM * em)) | 1), np.uint8)
    for j in range(1, len(table.columns) - 1):
        rows = np.flatnonzero(edges.columns[:, j])
        total = sum(ys[i + 1] - ys[i] for i in rows)
        if rows.size == 0 or total > CUT_LONGEST_EM * em:
            continue
        x = round(table.columns[j].at)
        left = max(0, x - 2 * aside)
        cut = 0
        for i in rows:
            runs = cv2.morphologyEx(mask[ys[i] : ys[i + 1], left : x + 2 * aside + 1], cv2.MORPH_CLOSE, glue)
            across = runs[:, max(0, x - aside - left) : x + aside + 1 - left].all(axis=1)
            cut += (ys[i + 1] - ys[i]) * int(np.count_nonzero(across) > CUT_HIGH_EM * em)
        if cut > total / 2:
            found.add(j)
    return found


def _framed(table: TableLines, rows: EdgeViews, columns: EdgeViews) -> float:
    """Share seen of the outer lines that are drawn at all."""
    seen, length = [], []
    for lines, views in ((table.rows, rows), (table.columns, columns)):
        for k in (0, -1):
            if not lines[k].virtual:
                seen.append(np.maximum(views.straight[k], views.broad[k]))
                length.append(views.length[k])
    return float(np.average(np.concatenate(seen), weights=np.concatenate(length))) if seen else 1.0


def _sureness(
    edges: Edges, row_odds: Floats, column_odds: Floats, row_length: Floats, column_length: Floats
) -> float:
    """The mean probability of the inner edges being as they were taken, by length."""
    odds = np.concatenate([row_odds[1:-1].ravel(), column_odds[:, 1:-1].ravel()])
    length = np.concatenate([row_length[1:-1].ravel(), column_length[:, 1:-1].ravel()])
    drawn = np.concatenate([edges.rows[1:-1].ravel(), edges.columns[:, 1:-1].ravel()])
    if odds.size == 0:
        return 1.0
    return float(np.average(1 / (1 + np.exp(np.where(drawn, -odds, odds))), weights=length))


def _merged(drawn: npt.NDArray[np.bool_], keep: npt.NDArray[np.bool_], *, axis: int) -> npt.NDArray[np.bool_]:
    """Edges between the lines that were kept: an edge cut by a dropped line is whole again."""
    first = np.flatnonzero(keep)[:-1]
    return np.asarray(np.take(drawn, first, axis=axis), bool)


def _cell(span: Span, xs: list[float], ys: list[float]) -> GridCell:
    box = Box(xs[span.col], ys[span.row], xs[span.col + span.colspan], ys[span.row + span.rowspan])
    return GridCell(span.row, span.col, span.rowspan, span.colspan, box)


def _scaled(grid: Grid, by: float) -> Grid:
    cells = tuple(replace(cell, box=cell.box.scaled(by)) for cell in grid.cells)
    return replace(grid, box=grid.box.scaled(by), cells=cells)

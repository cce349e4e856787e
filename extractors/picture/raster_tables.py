"""From pieces of rules to tables: which pieces belong together, and the lines they lie on.

Pieces that touch (a character's height of tolerance) or continue each other belong to one table. The
title's underline, a stamp's ring, a staple or the shadow at the sheet's edge touch nothing, or make an
outermost line that is seen on a small share of the table's side, and go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from goaltables.extractors.picture.raster_rules import Pieces
from goaltables.records import Image

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

TOUCH_EM = 0.9
BRIDGE_EM = {"row": 9.0, "column": 6.0}
SAME_LINE_EM = 0.38
LEAST_PITCH_EM = 0.9
OUTER_SEEN = {"row": 0.38, "column": 0.30}
OPEN_END_EM = 0.9
STRIP_EM = 0.12
GUTTER_EM = 1.5
"""White between two tables that no rule crosses."""
KNOWN_EM = 6.0
LEAST_WIDTH_EM = 8.0
LEAST_OPEN_WIDTH_EM = 16.0
LEAST_HEIGHT_EM = 1.1
PARTED_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its place across, where it runs (`path`: along -> across, for np.interp), and the
    stretches along which pieces were found. `virtual`: nothing is drawn there; the table is open.
    """

    at: float
    path: tuple[Floats, Floats]
    stretches: tuple[tuple[float, float], ...]
    virtual: bool = False

    @property
    def length(self) -> float:
        """Px along which pieces were found."""
        return sum(b - a for a, b in self.stretches)

    def covered(self, start: float, end: float) -> float:
        """Share of [start, end] along which pieces were found."""
        total, reached = 0.0, start
        for a, b in sorted(self.stretches):
            a, b = max(a, reached), min(b, end)
            if b > a:
                total += b - a
                reached = b
        return total / max(end - start, 1e-6)


@dataclass(frozen=True, slots=True)
class TableLines:
    """Lines of one table: horizontal ones from top to bottom, vertical ones from left to right."""

    rows: tuple[Line, ...]
    columns: tuple[Line, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.columns[0].at, self.rows[0].at, self.columns[-1].at, self.rows[-1].at


def ruled_tables(rows: Pieces, columns: Pieces, em: float) -> tuple[TableLines, ...]:
    """Tables with at least two lines each way, from top to bottom."""
    found = []
    for row_ids, column_ids in _groups(rows, columns, em):
        if len(row_ids) < 1 or len(column_ids) < 2:
            continue
        table = _opened(TableLines(_lines(rows, row_ids, em), _lines(columns, column_ids, em)), em)
        table = _trimmed(table)
        if len(table.rows) >= 2 and len(table.columns) >= 2 and _is_large(table, em) and _is_parted(table):
            found.append(table)
    return tuple(sorted(found, key=lambda t: (t.rows[0].at, t.columns[0].at)))


def _is_large(table: TableLines, em: float) -> bool:
    """Strokes of a title's big characters make frames of a few em, and open ones of some more."""
    x0, y0, x1, y1 = table.box
    is_open = any(line.virtual for line in (*table.rows, *table.columns))
    least = LEAST_OPEN_WIDTH_EM if is_open else LEAST_WIDTH_EM
    return x1 - x0 >= least * em and y1 - y0 >= LEAST_HEIGHT_EM * em


def _is_parted(table: TableLines) -> bool:
    """Where both sides are open, long columns must part the table: with horizontal rules only, strokes of
    letters between them look like short ones.
    """
    if not (table.columns[0].virtual and table.columns[-1].virtual):
        return True
    _, y0, _, y1 = table.box
    return sum(not c.virtual and c.covered(y0, y1) >= PARTED_SHARE for c in table.columns) >= 2


def drawn_lines(tables: Sequence[TableLines], shape: tuple[int, ...], em: float) -> Image:
    """Strips (255) along the well-seen lines of tables, from side to side, .24 em wide."""
    strips = np.zeros(shape[:2], np.uint8)
    wide = 2 * max(1, round(STRIP_EM * em)) + 1
    for table in tables:
        x0, y0, x1, y1 = table.box
        for lines, start, end, upright in ((table.rows, x0, x1, False), (table.columns, y0, y1, True)):
            for line in lines:
                if line.virtual or line.length < KNOWN_EM * em:
                    continue
                along = np.concatenate([[start], line.path[0], [end]])
                at = np.interp(along, *line.path)
                points = np.stack([at, along] if upright else [along, at], axis=1).round().astype(np.int32)
                cv2.polylines(strips, [points], False, 255, wide)
    return strips


def _groups(rows: Pieces, columns: Pieces, em: float) -> list[tuple[list[int], list[int]]]:
    """Connected pieces, as indices of horizontal and of vertical ones."""
    n, m = len(rows), len(columns)
    if n == 0 or m == 0:
        return []
    touch = TOUCH_EM * em
    crossing = (
        (columns.at[None, :] > rows.start[:, None] - touch)
        & (columns.at[None, :] < rows.end[:, None] + touch)
        & (rows.at[:, None] > columns.start[None, :] - touch)
        & (rows.at[:, None] < columns.end[None, :] + touch)
    )
    links = np.zeros((n + m, n + m), bool)
    links[:n, n:] = crossing
    links[:n, :n] = _continuing(rows, em, BRIDGE_EM["row"])
    links[n:, n:] = _continuing(columns, em, BRIDGE_EM["column"])
    count, label = connected_components(coo_array(links), directed=False)
    groups = [(np.flatnonzero(label[:n] == k), np.flatnonzero(label[n:] == k)) for k in range(count)]
    return [part for group in groups for part in _parted_at_gutters(rows, columns, *group, em)]


def _parted_at_gutters(
    rows: Pieces, columns: Pieces, row_ids: Ints, column_ids: Ints, em: float
) -> list[tuple[list[int], list[int]]]:
    """The pieces of tables side by side, as an opened book shows them: no rule crosses the gutter."""
    order = row_ids[np.argsort(rows.start[row_ids])]
    reached = np.maximum.accumulate(rows.end[order]) if order.size else np.zeros(0)
    breaks = np.flatnonzero(rows.start[order][1:] - reached[:-1] > GUTTER_EM * em)
    middles = (reached[breaks] + rows.start[order][breaks + 1]) / 2
    row_part = np.searchsorted(middles, rows.start[row_ids])
    column_part = np.searchsorted(middles, columns.at[column_ids])
    return [
        (row_ids[row_part == k].tolist(), column_ids[column_part == k].tolist())
        for k in range(len(middles) + 1)
    ]


def _continuing(pieces: Pieces, em: float, bridge: float) -> Bools:
    near = np.abs(pieces.at[:, None] - pieces.at[None, :]) < SAME_LINE_EM * em
    gap = np.maximum(pieces.start[:, None], pieces.start[None, :]) - np.minimum(
        pieces.end[:, None], pieces.end[None, :]
    )
    return np.asarray(near & (gap < bridge * em), bool)


def _lines(pieces: Pieces, ids: list[int], em: float) -> tuple[Line, ...]:
    """Pieces at the same place across make a line."""
    order = sorted(ids, key=lambda k: float(pieces.at[k]))
    clusters: list[list[int]] = []
    for k in order:
        if clusters and pieces.at[k] - _centre(pieces, clusters[-1]) < SAME_LINE_EM * em:
            clusters[-1].append(k)
        else:
            clusters.append([k])
    return _spaced([_line(pieces, cluster, em) for cluster in clusters], em)


def _spaced(lines: list[Line], em: float) -> tuple[Line, ...]:
    """Of two lines that leave no room for a character between them, the one that is seen less goes."""
    kept: list[Line] = []
    for line in lines:
        if kept and line.at - kept[-1].at < LEAST_PITCH_EM * em:
            if line.length > kept[-1].length:
                kept[-1] = line
        else:
            kept.append(line)
    return tuple(kept)


def _centre(pieces: Pieces, ids: list[int]) -> float:
    length = pieces.end[ids] - pieces.start[ids]
    return float(np.average(pieces.at[ids], weights=length))


def _line(pieces: Pieces, ids: list[int], em: float) -> Line:
    along = np.concatenate([pieces.path_along[k] for k in ids])
    at = np.concatenate([pieces.path_at[k] for k in ids]) + 0.5
    block = (along / (2 * em)).astype(int)
    keys = np.unique(block)
    path = (
        np.array([along[block == b].mean() for b in keys]),
        np.array([np.median(at[block == b]) for b in keys]),
    )
    stretches = tuple((float(pieces.start[k]), float(pieces.end[k])) for k in ids)
    return Line(_centre(pieces, ids), path, stretches)


def _trimmed(table: TableLines) -> TableLines:
    """Without outer lines that are seen on too small a share of the table's side."""
    rows, columns = table.rows, table.columns
    while len(rows) >= 2 and len(columns) >= 2:
        x0, x1, y0, y1 = columns[0].at, columns[-1].at, rows[0].at, rows[-1].at
        if not (_holds(rows[0], x0, x1, "row") or _reached(columns, rows[:2])):
            rows = rows[1:]
        elif not (_holds(rows[-1], x0, x1, "row") or _reached(columns, rows[-2:])):
            rows = rows[:-1]
        elif not (_holds(columns[0], y0, y1, "column") or _reached(rows, columns[:2])):
            columns = columns[1:]
        elif not (_holds(columns[-1], y0, y1, "column") or _reached(rows, columns[-2:])):
            columns = columns[:-1]
        else:
            break
    return TableLines(rows, columns)


def _holds(line: Line, start: float, end: float, direction: str) -> bool:
    return line.virtual or line.covered(start, end) >= OUTER_SEEN[direction]


def _reached(crossing: tuple[Line, ...], pair: tuple[Line, ...]) -> bool:
    """Whether the crossing lines run on between the outermost two lines: at least half of them (a merged cell
    that is cut by the page break has no closing rule, its neighbours have), or the first and the last (the
    corners of a worn frame).
    """
    start, end = pair[0].at, pair[1].at
    running = [line.covered(start, end) > 0.6 for line in crossing]
    return sum(running) >= max(2, 0.5 * len(crossing)) or (running[0] and running[-1])


def _opened(table: TableLines, em: float) -> TableLines:
    """With a virtual outer line where lines of the other direction run on: page break, open sides."""
    rows = _with_ends(table.rows, table.columns, em)
    columns = _with_ends(table.columns, table.rows, em)
    return TableLines(rows, columns)


def _with_ends(lines: tuple[Line, ...], crossing: tuple[Line, ...], em: float) -> tuple[Line, ...]:
    starts = np.array([min(a for a, _ in line.stretches) for line in crossing])
    ends = np.array([max(b for _, b in line.stretches) for line in crossing])
    found = list(lines)
    past = ends[ends > lines[-1].at + OPEN_END_EM * em]
    if _agree(past, len(crossing), em):
        found.append(_virtual(float(np.median(past)), lines[-1]))
    before = starts[starts < lines[0].at - OPEN_END_EM * em]
    if _agree(before, len(crossing), em):
        found.insert(0, _virtual(float(np.median(before)), lines[0]))
    return tuple(found)


def _agree(places: Floats, count: int, em: float) -> bool:
    """At least two lines, and a third of all, end together."""
    if len(places) < max(2, count / 3):
        return False
    return bool(np.count_nonzero(np.abs(places - np.median(places)) < 1.2 * em) >= max(2, 0.6 * len(places)))


def _virtual(at: float, like: Line) -> Line:
    along, across = like.path
    return Line(at, (along, across - like.at + at), ((along[0], along[-1]),), virtual=True)

"""What an edge looks like to the edge model: its ink, the ink of its line, and the print on both sides of it.

An edge is the stretch of a line between two crossings. Ink alone does not tell whether it is drawn: on a fax
half of a hairline is gone, and the stems of 中 and 申 below each other make as good a rule. The print tells
the rest. Text that runs across an edge speaks against it; two texts that stand each in the middle of its own
place speak for it, even where nothing of the rule is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.raster_edges import EdgeViews
from goaltables.extractors.picture.raster_tables import TableLines
from goaltables.records import Image

Floats = npt.NDArray[np.float64]

FEATURES: Final = (
    "straight", "broad", "any", "contrast", "clear", "crossed", "floating", "runs_on",
    "end_least", "end_most", "length", "before_seen", "after_seen", "line_mean", "line_most", "line_covered",
    "typical", "worth", "space_before", "space_after", "print_before", "print_after",
    "off_before", "off_after", "size_before", "size_after", "fills_before", "fills_after",
    "run_across", "loose_run_across", "run_across_unseen", "loose_run_across_unseen",
)  # fmt: skip
"""The features in their order, all of them numbers near [-3, 3]."""

INSET_EM = 0.15
"""From the lines of a place: nearer is their own ink."""
GLUE_EM, LOOSE_GLUE_EM = 0.45, 1.0
BESIDE_LINE_EM = 0.1
FARTHEST_EM = 3.0
LEAST_PRINT_EM2 = 0.02
LEAST_SEEN = 0.3


@dataclass(frozen=True, slots=True)
class Places:
    """The print of each elementary place between the lines, ``(rows, columns)``, in em: the white from its
    top, bottom, left and right to its print, and whether it has any.
    """

    top: Floats
    bottom: Floats
    left: Floats
    right: Floats
    has_print: npt.NDArray[np.bool_]
    heights: Floats
    widths: Floats


def print_of_places(table: TableLines, mask: Image, em: float) -> Places:
    """Where the print (255 in `mask`) of each place stands."""
    ys = np.array([line.at for line in table.rows])
    xs = np.array([line.at for line in table.columns])
    shape = (len(ys) - 1, len(xs) - 1)
    white = np.full((4, *shape), FARTHEST_EM)
    has_print = np.zeros(shape, bool)
    inset = INSET_EM * em
    for i in range(shape[0]):
        y0, y1 = round(ys[i] + inset), round(ys[i + 1] - inset)
        band = mask[max(0, y0) : max(0, y1)]
        for j in range(shape[1]):
            x0, x1 = round(xs[j] + inset), round(xs[j + 1] - inset)
            piece = band[:, max(0, x0) : max(0, x1)] > 0
            if piece.sum() < LEAST_PRINT_EM2 * em * em:
                continue
            rows, columns = np.flatnonzero(piece.any(axis=1)), np.flatnonzero(piece.any(axis=0))
            has_print[i, j] = True
            ends = (rows[0], piece.shape[0] - 1 - rows[-1], columns[0], piece.shape[1] - 1 - columns[-1])
            white[:, i, j] = np.asarray(ends) / em + INSET_EM
    top, bottom, left, right = white
    return Places(top, bottom, left, right, has_print, np.diff(ys) / em, np.diff(xs) / em)


def edge_features(
    views: EdgeViews, table: TableLines, places: Places, mask: Image, em: float, direction: str
) -> Floats:
    """``(lines, edges, features)`` of the lines of one direction, "row" or "column"."""
    lines = table.rows if direction == "row" else table.columns
    seen = views.broad
    weights = views.length / views.length.sum(axis=1, keepdims=True)
    mean = np.broadcast_to((seen * weights).sum(axis=1, keepdims=True), seen.shape)
    most = np.broadcast_to(seen.max(axis=1, keepdims=True), seen.shape)
    start, end = (
        (table.columns[0].at, table.columns[-1].at)
        if direction == "row"
        else (table.rows[0].at, table.rows[-1].at)
    )
    covered = np.array([line.covered(start, end) for line in lines])[:, None] * np.ones_like(seen)
    ink = [
        views.straight, seen, views.any, np.clip(views.contrast, 0, 2), views.clear, views.crossed,
        views.floating, views.runs_on, views.end_least, views.end_most, np.log(views.length + 0.3),
        _moved(seen, 1), _moved(seen, -1), mean, most, covered, *_worth(views),
    ]  # fmt: skip
    across = [_across(table, mask, em, glue, direction) for glue in (GLUE_EM, LOOSE_GLUE_EM)]
    # In rows as high as their print all texts touch: that tells nothing of a rule that is seen.
    unseen = [share * (1 - np.clip(seen, 0, 1)) for share in across]
    return np.stack([*ink, *_print_features(places, direction), *across, *unseen], axis=-1)


def share_seen(*views: EdgeViews) -> float:
    """The mean share seen of those edges that are seen at all, where no character covers them; 1 without any.
    Below 1, rules are worn.
    """
    shares = np.concatenate([_seen(v) for v in views])
    return float(shares.mean()) if shares.size else 1.0


def _seen(views: EdgeViews) -> Floats:
    """The shares of the edges that are seen at all."""
    return views.broad[(views.broad > LEAST_SEEN) & (views.clear > LEAST_SEEN)]


def _worth(views: EdgeViews) -> tuple[Floats, Floats]:
    """What is typically seen of the table's drawn edges; and how far each edge is above half of it, for what
    it has of clear length: on a worn page a drawn edge shows as little as a stroke does on a good one.
    """
    drawn = _seen(views)
    typical = float(np.median(drawn)) if drawn.size else 1.0
    worth = (views.broad - typical / 2) * views.clear * np.sqrt(views.length)
    return np.full_like(views.broad, typical), np.asarray(worth, np.float64)


def _moved(seen: Floats, by: int) -> Floats:
    """What is seen of the next edge on the same line; -.5 where there is none."""
    beside = np.full_like(seen, -0.5)
    if by > 0:
        beside[:, 1:] = seen[:, :-1]
    else:
        beside[:, :-1] = seen[:, 1:]
    return beside


def _print_features(places: Places, direction: str) -> list[Floats]:
    """White between the edge and the print on either side, and how well the print suits its place."""
    if direction == "row":
        near, far, size = places.bottom, places.top, places.heights[:, None] * np.ones_like(places.top)
        has_print = places.has_print
    else:
        near, far, size = places.right.T, places.left.T, (places.widths[None, :] * np.ones_like(places.top)).T
        has_print = places.has_print.T
    off = np.clip((far - near) / 2, -FARTHEST_EM, FARTHEST_EM)
    fills = np.clip(size - near - far, 0, 2 * FARTHEST_EM) / FARTHEST_EM
    none = np.zeros((1, near.shape[1]))
    white = np.full((1, near.shape[1]), FARTHEST_EM)

    def before(values: Floats, outside: Floats) -> Floats:
        return np.concatenate([outside, values])

    def after(values: Floats, outside: Floats) -> Floats:
        return np.concatenate([values, outside])

    held = has_print.astype(float)
    absolute = np.where(has_print, np.abs(off), 0.0)
    return [
        np.minimum(before(near, white), FARTHEST_EM), np.minimum(after(far, white), FARTHEST_EM),
        before(held, none), after(held, none), before(absolute, none), after(absolute, none),
        np.log(before(size, white) + 0.3), np.log(after(size, white) + 0.3),
        before(fills * held, none), after(fills * held, none),
    ]  # fmt: skip


def _across(table: TableLines, mask: Image, em: float, glue_em: float, direction: str) -> Floats:
    """Share of each edge on which a run of print lies: for rows the print itself, for columns the lines of
    print, glued over the white between their characters.
    """
    lines, ends = (table.rows, table.columns) if direction == "row" else (table.columns, table.rows)
    glue = max(3, round(glue_em * em)) | 1
    across = (glue, 1) if direction == "row" else (1, glue)
    runs = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones(across, np.uint8))
    if direction == "column":
        runs = np.asarray(runs.T)
    bounds = [int(np.clip(round(line.at), 0, runs.shape[1] - 1)) for line in ends]
    along = np.arange(bounds[0], max(bounds[-1], bounds[0] + 1))
    beside = max(1, round(BESIDE_LINE_EM * em))
    shares = np.zeros((len(lines), len(bounds) - 1))
    for i, line in enumerate(lines):
        at = np.interp(along, *line.path).astype(int)
        rows = np.clip(at[None, :] + np.array([[-beside], [0], [beside]]), 0, runs.shape[0] - 1)
        on = (runs[rows, along[None, :]] > 0).all(axis=0)
        sums = np.concatenate([[0], np.cumsum(on)])
        places = np.array(bounds) - bounds[0]
        shares[i] = (sums[places[1:]] - sums[places[:-1]]) / np.maximum(1, np.diff(places))
    return shares

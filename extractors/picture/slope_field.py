"""How crooked a page lies, from the slopes of its lines of print: skew, perspective and curl as one field.

A scan that went in askew has one slope everywhere; a sheet photographed from the side has slopes that
change evenly over the page; a curled sheet bends them. All three are a smooth field s(x, y) = dy/dx of
what should be horizontal (text lines and rules), and t(x, y) = dx/dy of what should be vertical (rules
only: Chinese print has no vertical lines of its own). No outline of the sheet is looked for.

In each of 6 x 7 overlapping tiles the print is projected along many slopes; at the right one, lines and
gaps separate most sharply. A robust polynomial is fitted through the tiles, of the least order that
explains them, and integrated to curves that are straight on the flat page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.page_warp import STEP, Field, sample
from goaltables.records import Image

Floats = npt.NDArray[np.float64]

TILES = (6, 7)
REACH = 0.14
"""Steepest slope looked for (8 degrees); steeper print is a page laid down wrongly, not a scan."""
PITCH = 0.004
BLOCK = 6
"""Ink is averaged over so many px along the line before it is projected."""
PRINT = 64
LEAST_POINTS = 60
RIDGE = 18
BETTER = 0.72
"""A higher order is taken only if it leaves less than this share of the error ..."""
NOISE = 0.0007
"""... and the error was more than the tiles' own noise."""
WAVY, WAVES_LEFT = 0.002, 0.005
"""Fifteen powers and more explain a good part of any noise: of waves they are to leave next to nothing."""
Powers = tuple[tuple[int, int], ...]


def _waves(along: int) -> Powers:
    """All powers up to `along` - 1 along what is made straight, and up to 2 across it."""
    return tuple((i, j) for j in range(3) for i in range(along))


HORIZONTAL_ORDERS: tuple[Powers, ...] = (
    ((0, 0),),
    ((0, 0), (1, 0), (0, 1)),
    ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (3, 0)),
    ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (3, 0), (2, 1), (4, 0)),
    _waves(6),
)
"""Skew, perspective, curl, curl that changes down the page, paper that lies in waves."""
VERTICAL_ORDERS = (*HORIZONTAL_ORDERS[:2], _waves(5), _waves(6))


@dataclass(frozen=True, slots=True)
class SlopeField:
    """Polynomial slope over a picture of `width` x `height` px: sum of c * u^i * v^j, u and v in [-1, 1]."""

    powers: Powers
    coefficients: tuple[float, ...]
    width: int
    height: int

    @property
    def is_constant(self) -> bool:
        return len(self.powers) == 1

    @property
    def mean(self) -> float:
        return self.coefficients[0]

    def at(self, x: Floats, y: Floats) -> Floats:
        u, v = 2 * x / self.width - 1, 2 * y / self.height - 1
        total = np.zeros(np.broadcast(u, v).shape)
        for (i, j), c in zip(self.powers, self.coefficients, strict=True):
            total = total + c * u**i * v**j
        return np.asarray(total, np.float64)


def horizontal_slopes(ink: Image, em: float) -> SlopeField:
    """dy/dx of text lines and horizontal rules. `ink` at any scale with characters `em` px high."""
    return _slopes(ink, em, HORIZONTAL_ORDERS, rules_only=False)


def vertical_slopes(ink: Image, em: float) -> SlopeField:
    """dx/dy of vertical rules."""
    field = _slopes(np.ascontiguousarray(ink.T), em, VERTICAL_ORDERS, rules_only=True)
    powers = tuple((j, i) for i, j in field.powers)
    return SlopeField(powers, field.coefficients, ink.shape[1], ink.shape[0])


def _slopes(ink: Image, em: float, orders: tuple[Powers, ...], *, rules_only: bool) -> SlopeField:
    xs, ys = _points(ink, em, rules_only=rules_only)
    field = _fitted(*_tile_slopes(xs, ys, ink.shape), ink.shape, orders)
    if field.is_constant and len(xs) > LEAST_POINTS:
        return SlopeField(field.powers, (_refined(xs, ys, field.mean, ink.shape),), field.width, field.height)
    return field


def _refined(xs: Floats, ys: Floats, slope: float, shape: tuple[int, ...]) -> float:
    """One slope for a whole page: over its full width a tenth of the tiles' pitch shows."""
    candidates = slope + np.arange(-12, 13) * PITCH / 16
    curve = _sharpness(xs - shape[1] / 2, ys, candidates, shape[0])
    # The middle of the best plateau: a perfectly straight page is equally sharp a little to both sides.
    best = curve >= curve.max() - 0.02 * (curve.max() - curve.min())
    return float(candidates[best].mean())


def _points(ink: Image, em: float, *, rules_only: bool) -> tuple[Floats, Floats]:
    """X and y (px) of print, averaged over blocks along x; of rules alone where text has no line."""
    height, width = ink.shape
    cols = max(1, width // BLOCK)
    blocks = np.asarray(cv2.resize(ink, (cols, height), interpolation=cv2.INTER_AREA), np.uint8)
    away = max(2, round(0.22 * em))
    beside = cv2.max(_shifted(blocks, away), _shifted(blocks, -away))
    seen = cv2.subtract(blocks, beside) > RIDGE
    if not rules_only:
        seen |= blocks > PRINT
    ys, xs = np.nonzero(seen)
    return (xs + 0.5) * (width / cols), ys.astype(np.float64)


def _tile_slopes(xs_px: Floats, ys: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats, Floats, Floats]:
    """Per tile: centre x, centre y (px), slope, weight."""
    height, width = shape
    n_across, n_down = TILES
    tile_w, tile_h = 2 * width / (n_across + 1), 2 * height / (n_down + 1)
    slopes = np.arange(-REACH, REACH + PITCH / 2, PITCH)
    found = []
    for i in range(n_down):
        in_row = (ys >= i * tile_h / 2) & (ys < i * tile_h / 2 + tile_h)
        row_x, row_y = xs_px[in_row], ys[in_row]
        for j in range(n_across):
            left = j * tile_w / 2
            inside = (row_x >= left) & (row_x < left + tile_w)
            n = int(np.count_nonzero(inside))
            if n < LEAST_POINTS:
                continue
            curve = _sharpness(
                row_x[inside] - left - tile_w / 2, row_y[inside] - i * tile_h / 2, slopes, tile_h
            )
            found.append((left + tile_w / 2, (i + 1) * tile_h / 2, n, curve))
    return _best(found, slopes)


def _shifted(picture: Image, by: int) -> Image:
    """Moved down by `by` rows; the edge row repeats."""
    rows = np.clip(np.arange(picture.shape[0]) - by, 0, picture.shape[0] - 1)
    return np.asarray(picture[rows], np.uint8)


def _sharpness(x: Floats, y: Floats, slopes: Floats, height: float) -> Floats:
    margin = int(REACH * np.abs(x).max()) + 2
    bins = int(height) + 2 * margin + 2
    values = np.empty(len(slopes))
    # A slope moves a point by a thousandth of a px less or more in single precision, at half the time.
    across, down = x.astype(np.float32), (y + (margin + 0.5)).astype(np.float32)
    moved = np.empty_like(across)
    for k, slope in enumerate(slopes.astype(np.float32)):
        np.multiply(across, -slope, out=moved)
        np.add(moved, down, out=moved)
        rows = np.bincount(moved.astype(np.intp), minlength=bins)
        steps = rows[1:] - rows[:-1]
        values[k] = np.dot(steps, steps)
    return values


def _best(
    found: list[tuple[float, float, int, Floats]], slopes: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Peaks of the tiles' curves, looked for around the slope the whole page agrees on."""
    if not found:
        empty = np.zeros(0)
        return empty, empty, empty, empty
    curves = np.stack([curve / np.median(curve) for *_, curve in found])
    counts = np.array([n for _, _, n, _ in found], float)
    together = (np.minimum(curves - 1, 3) * np.sqrt(counts)[:, None]).sum(axis=0)
    # One global guess; perspective and curl stray from it by less than .06.
    near = np.abs(slopes - slopes[int(np.argmax(together))]) < 0.06
    masked = np.where(near[None, :], curves, -np.inf)
    k = np.clip(np.argmax(masked, axis=1), 1, len(slopes) - 2)
    rows = np.arange(len(k))
    a, b, c = curves[rows, k - 1], curves[rows, k], curves[rows, k + 1]
    bend = np.minimum(a - 2 * b + c, -1e-9)
    offset = np.clip((a - c) / (2 * bend), -0.5, 0.5)
    weight = np.maximum(b - 1, 0) * np.sqrt(counts)
    x = np.array([f[0] for f in found])
    y = np.array([f[1] for f in found])
    return x, y, slopes[k] + offset * PITCH, weight


def _fitted(
    x: Floats,
    y: Floats,
    slope: Floats,
    weight: Floats,
    shape: tuple[int, ...],
    orders: tuple[Powers, ...],
) -> SlopeField:
    """The lowest order of polynomial that explains the tiles, by reweighted least squares."""
    height, width = shape
    if weight.sum() <= 0:
        return SlopeField(((0, 0),), (0.0,), width, height)
    u, v = 2 * x / width - 1, 2 * y / height - 1
    chosen, least = None, np.inf
    for powers in orders:
        if len(slope) < 2 * len(powers):
            break
        terms = np.stack([u**i * v**j for i, j in powers], axis=1)
        coefficients, error = _robust(terms, slope, weight)
        if len(powers) >= len(_waves(5)) and not (least > WAVY and error < WAVES_LEFT):
            continue
        if chosen is None or (error < BETTER * least and least > NOISE):
            chosen, least = SlopeField(powers, tuple(float(c) for c in coefficients), width, height), error
    return chosen or SlopeField(((0, 0),), (float(np.average(slope, weights=weight)),), width, height)


def _robust(terms: Floats, values: Floats, weight: Floats) -> tuple[Floats, float]:
    """Iteratively reweighted least squares with Cauchy weights; the error is the weighted mean deviation."""
    trust: Floats = weight.copy()
    coefficients = np.zeros(terms.shape[1])
    for _ in range(12):
        root = np.sqrt(trust)
        solved = np.linalg.lstsq(terms * root[:, None], values * root, rcond=None)[0]
        coefficients = np.asarray(solved, np.float64)
        off = np.abs(values - terms @ coefficients)
        scale = max(1.5 * float(np.median(off)), 3e-4)
        trust = np.asarray(weight / (1 + (off / scale) ** 2), np.float64)
    off = np.minimum(np.abs(values - terms @ coefficients), 0.02)
    return coefficients, float(np.average(off, weights=weight))


def straightened(
    horizontal: SlopeField, vertical: SlopeField, grid_x: Field, grid_y: Field
) -> tuple[Field, Field]:
    """Where the nodes of the flat page lie on the crooked picture.

    The row Y of the flat page is the curve that crosses the middle column at Y; the column X the one that
    crosses the middle row at X. Their crossing is found by going from one to the other.
    """
    rows = _curves(horizontal.at, horizontal.height, horizontal.width)
    columns = _curves(lambda a, b: vertical.at(b, a), vertical.width, vertical.height)
    x, y = grid_x.copy(), grid_y.copy()
    for _ in range(5):
        y = _along(rows, x, grid_y)
        x = _along(columns, y, grid_x)
    return x, y


def _curves(slope: Callable[[Floats, Floats], Floats], across: int, along: int) -> Field:
    """Table of curves: row k is one that crosses the middle STEP px below row k - 1; columns go along.

    Curves of half the page beyond each edge are there as well (rows from -across/2), so that any node of
    the flat page lies between two of them. Heun's rule.
    """
    starts = np.arange(-across / 2, across * 1.5 + STEP, STEP)
    places = np.arange(0, along + STEP, STEP, dtype=float)
    middle = len(places) // 2
    table = np.empty((len(starts), len(places)))
    table[:, middle] = starts
    for direction in (1, -1):
        value = starts.copy()
        end = len(places) if direction > 0 else -1
        for k in range(middle, end - direction, direction):
            here = np.full_like(value, places[k])
            there = here + direction * STEP
            first = slope(here, value)
            guess = value + direction * STEP * first
            value = value + direction * STEP * (first + slope(there, guess)) / 2
            table[:, k + direction] = value
    return table


def _along(table: Field, place: Field, start: Field) -> Field:
    """Value at `place` of the curve that starts at `start`."""
    first = table[0, len(table[0]) // 2]
    at = np.stack([place.ravel() / STEP, (start.ravel() - first) / STEP], axis=1)
    return sample(table, at).reshape(place.shape)

"""Pages drawn for tests: a table model, text-like marks, and damage with the boxes carried along.

The marks are no writing: bundles of strokes as large and as dark as Chinese characters, which is all that
the geometry of a page can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.records import Box, Image

Cell = tuple[int, int, int, int]
Matrix = npt.NDArray[np.float64]
EM = 20


@dataclass(frozen=True)
class Model:
    """A table: heights of rows and widths of columns in em; spanning cells as (row, col, rows, cols)."""

    heights: tuple[float, ...]
    widths: tuple[float, ...]
    spans: tuple[Cell, ...] = ()
    empty: tuple[tuple[int, int], ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        taken = {
            (r, c) for row, col, n, m in self.spans for r in range(row, row + n) for c in range(col, col + m)
        }
        single = {(r, c) for r in range(len(self.heights)) for c in range(len(self.widths))} - taken
        return tuple(sorted((*self.spans, *((r, c, 1, 1) for r, c in single))))


@dataclass(frozen=True)
class MadePage:
    """A picture and where its cells lie on it."""

    picture: Image
    cells: dict[Cell, Box]


GOAL_TABLE = Model(
    heights=(1.8, 1.8, 1.8, 4.2, 1.8, 1.8, 1.8, 3.0, 1.8, 1.8, 1.8, 3.0, 1.8),
    widths=(2.0, 6.0, 7.0, 13.0, 7.0),
    spans=(
        (0, 0, 1, 2), (0, 2, 1, 3), (1, 0, 2, 2), (3, 1, 1, 4),
        (4, 0, 9, 1), (5, 1, 4, 1), (5, 2, 2, 1), (9, 1, 3, 1),
    ),
    empty=((10, 4),),
)  # fmt: skip


def draw(
    model: Model = GOAL_TABLE,
    *,
    em: int = EM,
    at: tuple[int, int] = (60, 110),
    size: tuple[int, int] = (830, 860),
    rule: int = 2,
    dash: tuple[float, float] | None = None,
    rules: str = "all",
    seed: int = 7,
) -> MadePage:
    """A clean page, BGR. `dash` = em drawn and em left white, `rules` all | rows | none."""
    rng = np.random.default_rng(seed)
    picture = np.full((size[1], size[0], 3), 255, np.uint8)
    xs = at[0] + np.concatenate([[0], np.cumsum(model.widths)]) * em
    ys = at[1] + np.concatenate([[0], np.cumsum(model.heights)]) * em
    write(picture, rng, at[0] + 8 * em, at[1] - 4 * em, 10, round(1.4 * em))
    boxes = {}
    for row, col, n, m in model.cells:
        box = Box(xs[col], ys[row], xs[col + m], ys[row + n])
        boxes[(row, col, n, m)] = box
        if rules != "none":
            _frame(picture, box, em, rule, dash, rows_only=rules == "rows")
        if (row, col) not in model.empty:
            _fill(picture, rng, box, em)
    return MadePage(picture, boxes)


def _frame(
    picture: Image,
    box: Box,
    em: int,
    rule: int,
    dash: tuple[float, float] | None,
    *,
    rows_only: bool,
) -> None:
    x0, y0, x1, y1 = (round(v) for v in (box.x0, box.y0, box.x1, box.y1))
    sides = [((x0, y0), (x1, y0)), ((x0, y1), (x1, y1))]
    if not rows_only:
        sides += [((x0, y0), (x0, y1)), ((x1, y0), (x1, y1))]
    for (ax, ay), (bx, by) in sides:
        if dash is None:
            cv2.line(picture, (ax, ay), (bx, by), (30, 30, 30), rule)
            continue
        # Dashes keep to the page, so that neighbouring cells draw the same ones.
        length, period = max(bx - ax, by - ay), (dash[0] + dash[1]) * em
        reached = -((ax + ay) % period)
        while reached < length:
            a, b = max(0.0, reached), min(length, reached + dash[0] * em)
            if b <= a:
                reached += period
                continue
            p = (round(ax + (bx - ax) * a / length), round(ay + (by - ay) * a / length))
            q = (round(ax + (bx - ax) * b / length), round(ay + (by - ay) * b / length))
            cv2.line(picture, p, q, (30, 30, 30), rule)
            reached += period


def _fill(picture: Image, rng: np.random.Generator, box: Box, em: int) -> None:
    """Centred lines of text, with room to the rules; a narrow cell holds one character a line."""
    across = int((box.width / em) - 0.6)
    lines = max(1, min(4, int((box.height / em - 0.5) / 1.3)))
    count = max(1, min(across, int(rng.integers(3, 11))))
    lines = 1 if box.height < 3.5 * em and box.width > 4 * em else lines
    top = (box.y0 + box.y1) / 2 - lines * 1.25 * em / 2 + 0.12 * em
    for k in range(lines):
        left = (box.x0 + box.x1) / 2 - count * em / 2
        write(picture, rng, round(left), round(top + k * 1.25 * em), count, em)


def write(picture: Image, rng: np.random.Generator, x: int, y: int, count: int, em: int) -> None:
    for k in range(count):
        left, top, reach = x + k * em + 2, y + 1, em - 4
        for height in rng.choice([0.05, 0.3, 0.55, 0.85], 3, replace=False):
            a, b = sorted(rng.uniform(0, 1, 2))
            a, b = min(a, 0.2), max(b, 0.8)
            level = round(top + height * reach)
            cv2.line(
                picture, (round(left + a * reach), level), (round(left + b * reach), level), (20,) * 3, 1
            )
        for side in rng.choice([0.1, 0.5, 0.9], 2, replace=False):
            column = round(left + side * reach)
            cv2.line(picture, (column, top), (column, top + round(0.9 * reach)), (20,) * 3, 2)


Damage = Callable[[MadePage], MadePage]


def moved(page: MadePage, matrix: Matrix, size: tuple[int, int], fill: int = 255) -> MadePage:
    """The page under a projective map (3 x 3); cells become the hulls of their corners."""
    picture = cv2.warpPerspective(
        page.picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(fill,) * 3,
    )  # fmt: skip
    cells = {}
    for cell, box in page.cells.items():
        corners = np.array([[(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)]])
        points = cv2.perspectiveTransform(corners, matrix)[0]
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        cells[cell] = Box(float(x0), float(y0), float(x1), float(y1))
    return MadePage(np.asarray(picture, np.uint8), cells)


def turned(page: MadePage, degrees: float, scale: float = 1.0) -> MadePage:
    """Turned counter-clockwise about its middle, on a canvas that holds it."""
    height, width = page.picture.shape[:2]
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale), [0, 0, 1]])
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    points = cv2.perspectiveTransform(corners, matrix)[0]
    left, top = np.floor(points.min(axis=0))
    right, bottom = np.ceil(points.max(axis=0))
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]])
    return moved(page, shift @ matrix, (int(right - left), int(bottom - top)))


def shifted(page: MadePage, x: int, y: int) -> MadePage:
    height, width = page.picture.shape[:2]
    matrix = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)
    return moved(page, matrix, (width + 2 * abs(x), height + 2 * abs(y)))


def photographed(page: MadePage) -> MadePage:
    """From slightly aside, on a dark desk."""
    height, width = page.picture.shape[:2]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = np.array([(60, 50), (width + 30, 70), (width + 60, height + 40), (40, height + 20)], np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(flat, seen), np.float64)
    return moved(page, matrix, (width + 120, height + 100), fill=70)


def sealed(page: MadePage, colour: tuple[int, int, int] = (40, 40, 215)) -> MadePage:
    """A round seal over the lower half of the table."""
    picture = page.picture.copy()
    box = max(page.cells.values(), key=lambda b: b.y1)
    centre = (round(box.x1 + 120), round(box.y0 - 60))
    stamp = picture.copy()
    cv2.circle(stamp, centre, 75, colour, 5)
    star = [
        (centre[0] + r * np.sin(k * np.pi / 5), centre[1] - r * np.cos(k * np.pi / 5))
        for k, r in enumerate([28, 11] * 5)
    ]
    cv2.fillPoly(stamp, [np.array(star).round().astype(np.int32)], colour)
    return replace(page, picture=np.asarray(np.minimum(picture, stamp), np.uint8))


def noisy(page: MadePage, sigma: float = 9.0, seed: int = 3) -> MadePage:
    """Grey paper that darkens to one side, with the grain of a sensor."""
    rng = np.random.default_rng(seed)
    shade = np.linspace(235, 170, page.picture.shape[1])[None, :, None] / 255
    picture = page.picture * shade + rng.normal(0, sigma, page.picture.shape[:2])[:, :, None]
    return replace(page, picture=np.clip(picture, 0, 255).astype(np.uint8))


def bilevel(page: MadePage) -> MadePage:
    """As a fax sends it: black or white."""
    gray = cv2.cvtColor(page.picture, cv2.COLOR_BGR2GRAY)
    return replace(page, picture=np.asarray((gray > 140) * np.uint8(255), np.uint8))


def bordered(page: MadePage) -> MadePage:
    """With the scanner's lid around the sheet and a staple in its corner."""
    picture = cv2.copyMakeBorder(page.picture, 30, 30, 25, 40, cv2.BORDER_CONSTANT, value=(25, 25, 25))
    cv2.line(picture, (60, 70), (95, 62), (90, 90, 90), 4)
    cells = {c: Box(b.x0 + 25, b.y0 + 30, b.x1 + 25, b.y1 + 30) for c, b in page.cells.items()}
    return MadePage(np.asarray(picture, np.uint8), cells)

"""The way back: from the upright picture to the page as it was delivered.

A page goes through up to three moves before anybody looks for rules on it: a turn by quarters, a
straightening (skew, perspective and curl are one code: a field of displacements), and the scale from
picture pixels to page units. `PageWarp` keeps all three as one coarse map, so that every box found on the
upright picture leads back to the page.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.records import Box, Image, PageTransform, Points

Field = npt.NDArray[np.float64]
STEP = 16
"""Distance of the nodes of the coarse map, in px of the upright picture."""


@dataclass(frozen=True, slots=True)
class PageWarp:
    """Upright px -> page units.

    `source_x`, `source_y` give, for node (i, j) at upright px (j, i) x STEP, the point of the turned
    picture that is shown there. `turn` is the clockwise turn (0, 90, 180, 270) that made the delivered
    picture of `width` x `height` px into the turned one.
    """

    source_x: Field
    source_y: Field
    turn: int
    width: int
    height: int
    scale: float

    def to_page(self, points: Points) -> Points:
        """``(n, 2)`` upright px -> ``(n, 2)`` page units. Points beyond the map are led on linearly."""
        turned = np.stack(
            [sample(self.source_x, points / STEP), sample(self.source_y, points / STEP)], axis=1
        )
        return self._unturned(turned) * self.scale

    def _unturned(self, points: Points) -> Points:
        x, y = points[:, 0], points[:, 1]
        if self.turn == 90:
            return np.stack([y, self.height - x], axis=1)
        if self.turn == 180:
            return np.stack([self.width - x, self.height - y], axis=1)
        if self.turn == 270:
            return np.stack([self.width - y, x], axis=1)
        return points


def sample(field: Field, at: Points) -> Field:
    """Bilinear value of a node field at ``(n, 2)`` node coordinates x, y; linear beyond its edge."""
    rows, cols = field.shape
    x, y = at[:, 0], at[:, 1]
    j = np.clip(np.floor(x).astype(int), 0, cols - 2)
    i = np.clip(np.floor(y).astype(int), 0, rows - 2)
    u, v = x - j, y - i
    top = field[i, j] * (1 - u) + field[i, j + 1] * u
    bottom = field[i + 1, j] * (1 - u) + field[i + 1, j + 1] * u
    return np.asarray(top * (1 - v) + bottom * v, np.float64)


def nodes(width: int, height: int) -> tuple[Field, Field]:
    """X and y of the nodes that cover an upright picture, in px."""
    x = np.arange(0, width + STEP, STEP, dtype=np.float64)
    y = np.arange(0, height + STEP, STEP, dtype=np.float64)
    grid_x, grid_y = np.meshgrid(x, y)
    return np.asarray(grid_x, np.float64), np.asarray(grid_y, np.float64)


def composed(first: PageWarp, source_x: Field, source_y: Field) -> PageWarp:
    """The warp of a picture that was straightened twice: new upright px -> old upright px -> page."""
    at = np.stack([source_x.ravel(), source_y.ravel()], axis=1) / STEP
    shape = source_x.shape
    return PageWarp(
        sample(first.source_x, at).reshape(shape),
        sample(first.source_y, at).reshape(shape),
        first.turn,
        first.width,
        first.height,
        first.scale,
    )


def turned(picture: Image, turn: int) -> Image:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees."""
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return picture if turn == 0 else np.asarray(cv2.rotate(picture, codes[turn]), np.uint8)


def resampled(picture: Image, warp: PageWarp, width: int, height: int, *, border: int | None) -> Image:
    """The turned picture, shown through the warp, ``height x width``; `border` fills what lies outside
    (None: the nearest edge pixel).
    """
    size = (warp.source_x.shape[1] * STEP, warp.source_x.shape[0] * STEP)
    # A node stands at the first pixel of its STEP x STEP patch, cv2.resize samples patch centres.
    shift = np.asarray([[1 / STEP, 0, 0], [0, 1 / STEP, 0]], np.float64)
    maps = [
        cv2.warpAffine(
            f.astype(np.float32),
            shift,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )[:height, :width]
        for f in (warp.source_x, warp.source_y)
    ]
    mode = cv2.BORDER_REPLICATE if border is None else cv2.BORDER_CONSTANT
    return np.asarray(
        cv2.remap(
            picture, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=mode, borderValue=(border or 0,) * 4
        ),
        np.uint8,
    )


def box_to_page(transform: PageTransform, box: Box) -> Box:
    """The upright hull, in page units, of a box of the upright picture: corners and middles of its edges."""
    xs = (box.x0, (box.x0 + box.x1) / 2, box.x1)
    ys = (box.y0, (box.y0 + box.y1) / 2, box.y1)
    points = np.array([(x, y) for x in xs for y in ys if (x, y) != (xs[1], ys[1])], np.float64)
    mapped = transform.to_page(points)
    (x0, y0), (x1, y1) = mapped.min(axis=0), mapped.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))

"""Rectify 校正: from the picture of a page to an upright, flat picture on which rules are rows and columns.

    ink -> character height (em) -> quarter turn -> slope field -> one resampling -> upside down?

Pages come turned by 90 or 270 degrees (landscape lists scanned upright), upside down (fed wrongly), askew
by up to five degrees, photographed from the side, curled at the binding. The characters decide about the
quarter turn: in a line, the next character stands nearer than the next line. Only a reader can tell 180
degrees; the caller brings one, or leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.spatial import cKDTree

from goaltables.extractors.picture.ink import Blobs, above, blobs, character_height, ink_level, ink_map
from goaltables.extractors.picture.page_warp import PageWarp, composed, nodes, resampled, turned
from goaltables.extractors.picture.slope_field import (
    SlopeField,
    horizontal_slopes,
    straightened,
    vertical_slopes,
)
from goaltables.records import Image, PageTransform

WORK_EM = 24.0
"""Slopes and rules are looked for at this character height; beyond it detail costs time and tells nothing."""
LARGE_PX = 6_000_000
LARGEST_EM = 30.0
"""Of large pictures, those with larger characters are shrunk: a sharper one costs time and memory and reads
no better."""
SHRUNK_EM = 25.0
BLANK_EM_SHARE = 1 / 70
"""em of a page without print, as a share of its longer side: 10.5 pt on A4."""
SIDEWAYS = 1.15
FLAT_PX = 0.6

IsUpsideDown = Callable[[Sequence[Image]], bool]


@dataclass(frozen=True, slots=True)
class UprightPage:
    """A page, upright and flat.

    `image`: BGR or gray, for reading. `ink`: the same size, 255 = print, without seal, desk and shade.
    `em`: character height in px of `image`. `turn`: clockwise turn (0, 90, 180, 270) that was applied.
    `transform`: px of `image` -> page units.
    """

    image: Image
    ink: Image
    em: float
    turn: int
    transform: PageTransform


def make_upright(
    picture: Image, to_page_scale: float, *, is_upside_down: IsUpsideDown | None = None
) -> UprightPage:
    """Turns and straightens a picture (gray ``h x w`` or BGR ``h x w x 3``).

    `to_page_scale` is page units per px of the picture (72 / dpi for a rendered PDF page, 1 for an image).
    `is_upside_down` gets a handful of line pictures and says whether they read better turned by 180
    degrees; without it pages stay as they are that way.
    """
    width = picture.shape[1]
    picture = _without_excess(picture)
    to_page_scale *= width / picture.shape[1]
    ink = ink_map(picture)
    found = blobs(ink, 0.6 * ink_level(ink))
    em = character_height(found)
    if em is None:
        blank = max(picture.shape[:2]) * BLANK_EM_SHARE
        return UprightPage(picture, ink, blank, 0, _plain(picture, 0, to_page_scale))
    turn = 90 if _is_sideways(found, em) else 0
    del found
    warp, size = _flattening(turned(ink, turn), em, _plain(picture, turn, to_page_scale))
    image, ink = turned(picture, turn), turned(ink, turn)
    if warp is None:
        warp = _plain(picture, turn, to_page_scale)
    else:
        image = resampled(image, warp, *size, border=None)
        ink = resampled(ink, warp, *size, border=0)
    page = UprightPage(image, ink, em, turn, warp)
    if is_upside_down is not None:
        lines = sample_lines(page)
        if lines and is_upside_down(lines):
            page = _upside_down(page, warp)
    return page


def _without_excess(picture: Image) -> Image:
    """A large picture of large characters, smaller; they are measured at half its size."""
    if picture.shape[0] * picture.shape[1] < LARGE_PX:
        return picture
    ink = ink_map(_shrunk(picture, 0.5))
    half = character_height(blobs(ink, 0.6 * ink_level(ink)))
    return picture if half is None or 2 * half < LARGEST_EM else _shrunk(picture, SHRUNK_EM / (2 * half))


def _shrunk(picture: Image, scale: float) -> Image:
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _plain(picture: Image, turn: int, scale: float) -> PageWarp:
    height, width = picture.shape[:2]
    size = (height, width) if turn in (90, 270) else (width, height)
    grid_x, grid_y = nodes(*size)
    return PageWarp(grid_x, grid_y, turn, width, height, scale)


def _is_sideways(found: Blobs, em: float) -> bool:
    """Whether characters have their nearest neighbours above and below rather than beside them."""
    size = np.maximum(found.width, found.height)
    letters = (size > 0.7 * em) & (size < 1.35 * em) & (np.minimum(found.width, found.height) > 0.4 * em)
    letters[0] = False
    centres = np.stack([found.x + found.width / 2, found.y + found.height / 2], axis=1)[letters]
    if len(centres) < 12:
        return False
    answer = cKDTree(centres).query(centres, k=2)
    distance, index = np.asarray(answer[0]), np.asarray(answer[1])
    near = distance[:, 1] < 1.6 * em
    step = np.abs(centres[index[:, 1]] - centres)[near]
    beside = np.count_nonzero(step[:, 1] < 0.35 * step[:, 0])
    above = np.count_nonzero(step[:, 0] < 0.35 * step[:, 1])
    return bool(above > SIDEWAYS * beside and above >= 8)


def _flattening(ink: Image, em: float, plain: PageWarp) -> tuple[PageWarp | None, tuple[int, int]]:
    """The warp that makes print straight, and the size of the flat picture; None when it is straight."""
    height, width = ink.shape
    shrink = em / WORK_EM
    work = ink
    if shrink > 1.2:
        work = np.asarray(
            cv2.resize(ink, (round(width / shrink), round(height / shrink)), interpolation=cv2.INTER_AREA),
            np.uint8,
        )
    work_em = em * work.shape[1] / width
    rows = _enlarged(horizontal_slopes(work, work_em), width, height)
    columns = _enlarged(vertical_slopes(work, work_em), width, height)
    if rows.is_constant and columns.is_constant:
        columns = _agreed(rows, columns)
        if abs(rows.mean) * width < 2 * FLAT_PX and abs(columns.mean) * height < 2 * FLAT_PX:
            return None, (width, height)
    left, top, right, bottom = _room(ink, rows, columns, em)
    size = (width + left + right, height + top + bottom)
    grid_x, grid_y = nodes(*size)
    x, y = straightened(rows, columns, grid_x - left, grid_y - top)
    return composed(plain, x, y), size


def _enlarged(field: SlopeField, width: int, height: int) -> SlopeField:
    return SlopeField(field.powers, field.coefficients, width, height)


def _agreed(rows: SlopeField, columns: SlopeField) -> SlopeField:
    """Columns of a page without vertical rules say nothing; a scan turns both alike."""
    if abs(columns.mean + rows.mean) > 0.03:
        return SlopeField(columns.powers, (-rows.mean,), columns.width, columns.height)
    return columns


def _room(ink: Image, rows: SlopeField, columns: SlopeField, em: float) -> tuple[int, int, int, int]:
    """Px to add at the left, top, right and bottom so that no print leaves the flat picture."""
    height, width = ink.shape
    small = cv2.resize(ink, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    ys, xs = np.nonzero(small > 40)
    if len(xs) == 0:
        return 0, 0, 0, 0
    x = np.array([xs.min(), xs.max() + 1, xs.min(), xs.max() + 1]) * 8.0
    y = np.array([ys.min(), ys.min(), ys.max() + 1, ys.max() + 1]) * 8.0
    moved_x, moved_y = straightened(rows, columns, x[None, :], y[None, :])
    flat_x, flat_y = 2 * x - moved_x[0], 2 * y - moved_y[0]
    limit = 0.1 * max(width, height)
    room = (-flat_x.min(), -flat_y.min(), flat_x.max() - width, flat_y.max() - height)
    left, top, right, bottom = (int(np.clip(r + em / 2, 0, limit)) if r > 0 else 0 for r in room)
    return left, top, right, bottom


def _upside_down(page: UprightPage, warp: PageWarp) -> UprightPage:
    height, width = page.ink.shape
    grid_x, grid_y = nodes(width, height)
    turned_warp = composed(warp, width - grid_x, height - grid_y)
    return UprightPage(
        turned(page.image, 180), turned(page.ink, 180), page.em, (page.turn + 180) % 360, turned_warp
    )


def sample_lines(page: UprightPage, count: int = 6) -> tuple[Image, ...]:
    """Pictures of up to `count` lines of print, 4 to 16 em long, spread over the page."""
    em = page.em
    solid = above(page.ink, 0.5 * ink_level(page.ink))
    run = max(3, round(2.2 * em))
    rules = cv2.max(
        cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)),
        cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((run, 1), np.uint8)),
    )
    solid[cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0] = 0
    glued = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((1, max(3, round(0.7 * em))), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(glued, connectivity=8)
    boxes = [
        (x, y, w, h)
        for x, y, w, h, area in stats[1:].tolist()
        if 4 * em <= w <= 16 * em and 0.7 * em <= h <= 1.4 * em and area > 0.4 * w * h
    ]
    step = max(1, len(boxes) // count)
    pad = round(0.2 * em)
    height, width = page.ink.shape
    return tuple(
        np.ascontiguousarray(
            page.image[max(0, y - pad) : min(height, y + h + pad), max(0, x - pad) : min(width, x + w + pad)]
        )
        for x, y, w, h in sorted(boxes, key=lambda b: b[1])[::step][:count]
    )

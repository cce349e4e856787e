"""Ink (墨迹): what was printed on the paper, freed of paper, shade, desk, scanner lid and red seal.

A scan of a goal table shows black print on paper that is white, yellowish or grey, often darker towards
one side, sometimes with the black border of the scanner lid around it and nearly always with a red seal
(公章) across the last rows. A photograph adds a desk and a shadow. Everything that looks for rules or
measures letters works on the *ink map*: 0 = bare paper, 255 = solid ink, whatever the lamp.

Two facts carry the module. Paper is what remains when small dark things are closed away, so ink is one
minus the picture divided by that. Red seal ink reflects red light almost as well as paper does, so under
the seal the red channel, stretched by 255/190, shows print alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.records import Image

REDNESS = 25
"""Red minus the larger of green and blue, after the paper's own tint is taken off: a seal starts here."""
SEAL_WHITE = 190 / 255
"""Share of the paper's red light that the reddest seal ink still reflects: counts as paper."""
SHRINK = 4
BACKGROUND_PX = 15
LID_DARK = 75
SHEET_TOLERANCES = (2, 3, 4)
"""Of each colour channel, from pixel to pixel, tried in this order."""
SHEET_SOLIDITY = 0.985
"""Share of its convex hull that a sheet fills; where the flood ran out over the desk it fills less."""
LEAST_SHEET = 0.25
COMPONENT_PX = (6, 110)
COMPACT = 1.8
"""Longer by this than wide: at 120 dpi characters run together, and most blobs are pairs of them."""
CHARACTER_FILL = (0.12, 0.8)
"""Ink's share of a character's box; the thousand dashes of dotted rules are fuller, and one size."""


def ink_map(picture: Image) -> Image:
    """Ink of a picture (``h x w`` gray or ``h x w x 3`` BGR): uint8, same height and width, 255 = solid.

    Red seals, shading, the desk around the sheet and the scanner's border are left out.
    """
    gray = picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    small, paper = _paper(gray)
    ink = _below(gray, paper)
    if picture.ndim == 3:
        ink = _without_seal(ink, picture)
    sheet = _sheet(small if picture.ndim == 2 else _closed(picture), small)
    if sheet is not None:
        ink = np.asarray(cv2.bitwise_and(ink, _enlarged(sheet, gray.shape)), np.uint8)
    return ink


def _paper(channel: Image) -> tuple[Image, Image]:
    """The channel closed; the paper's brightness at full size."""
    height, width = channel.shape
    closed = _closed(channel)
    paper = cv2.resize(cv2.blur(closed, (9, 9)), (width, height), interpolation=cv2.INTER_LINEAR)
    return closed, np.maximum(np.asarray(paper, np.uint8), 1)


def _closed(picture: Image) -> Image:
    """The picture at a quarter of its size, each channel closed: print gone."""
    height, width = picture.shape[:2]
    size = (max(1, width // SHRINK), max(1, height // SHRINK))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (BACKGROUND_PX, BACKGROUND_PX))
    return np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), np.uint8)


def _below(channel: Image, paper: Image) -> Image:
    """255 x (1 - channel / paper), not below 0."""
    return np.asarray(cv2.bitwise_not(cv2.divide(channel, paper, scale=255)), np.uint8)


def red_ink(picture: Image) -> Image:
    """255 where a BGR picture is redder than its paper (warm light makes all paper a little red)."""
    blue, green, red = cv2.split(picture)
    excess = np.asarray(cv2.subtract(red, cv2.max(green, blue)), np.uint8)
    return above(excess, int(np.median(excess[::8, ::8])) + REDNESS)


def _without_seal(ink: Image, picture: Image) -> Image:
    """Where the picture is red, ink is what the red channel still sees."""
    mask = red_ink(picture)
    if cv2.countNonZero(mask) < mask.size * 2e-5:
        return ink
    # Chroma is stored at half resolution in JPEG: the red of a stroke's rim is paler than its middle.
    mask = np.asarray(cv2.dilate(mask, np.ones((5, 5), np.uint8)), np.uint8)
    red = np.asarray(picture[:, :, 2], np.uint8)
    _, paper = _paper(red)
    seen = cv2.divide(red, paper, scale=255)
    seen = cv2.convertScaleAbs(seen, alpha=1 / SEAL_WHITE)
    cv2.copyTo(cv2.min(cv2.bitwise_not(seen), ink), mask, ink)
    return ink


def _sheet(closed: Image, gray: Image) -> Image | None:
    """Mask of the sheet of paper (255 inside) at a quarter of the picture's size, or None when it fills the
    picture. `closed` has the colours of the picture, `gray` its brightness.

    The paper is flooded from nine inner seeds with a local tolerance, which follows shade and shadow and
    stops at the paper's edge: paper and a wooden desk of the same brightness differ in colour. The convex
    hull of the flood, drawn in a little, is the sheet. Otsu's threshold cuts dim pages in half and is not
    used.
    """
    lid = _lid(gray)
    smooth = cv2.medianBlur(closed, 9)
    for tolerance in SHEET_TOLERANCES:
        sheet, solidity = _flooded(np.asarray(smooth, np.uint8), lid, tolerance)
        if solidity >= SHEET_SOLIDITY:
            break
    if cv2.countNonZero(sheet) < LEAST_SHEET * sheet.size:
        return np.asarray(255 - lid, np.uint8) if lid.any() else None
    sheet[lid > 0] = 0
    if cv2.countNonZero(sheet) > 0.995 * sheet.size:
        return None
    # Beyond the picture's edge the sheet goes on: only its real edges are drawn in.
    drawn_in = cv2.erode(sheet, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=255)
    return np.asarray(drawn_in, np.uint8)


def _flooded(smooth: Image, lid: Image, tolerance: int) -> tuple[Image, float]:
    """The hull of what is flooded (255), and the share of it that is."""
    height, width = smooth.shape[:2]
    flooded = np.zeros((height + 2, width + 2), np.uint8)
    flooded[1:-1, 1:-1] = lid
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (128 << 8)
    step = (tolerance,) * 3
    for fy in (0.3, 0.5, 0.7):
        for fx in (0.3, 0.5, 0.7):
            x, y = int(width * fx), int(height * fy)
            if flooded[y + 1, x + 1] == 0:
                cv2.floodFill(smooth, flooded, (x, y), 0, step, step, flags)
    paper = (flooded[1:-1, 1:-1] == 128).astype(np.uint8)
    sheet = np.zeros((height, width), np.uint8)
    if paper.any():
        cv2.fillConvexPoly(sheet, cv2.convexHull(cv2.findNonZero(paper)), 255)
    return sheet, cv2.countNonZero(paper) / max(1, cv2.countNonZero(sheet))


def _lid(closed: Image) -> Image:
    """The scanner's black border: dark areas that touch the picture's edge (255 there)."""
    dark = np.pad((closed < LID_DARK).astype(np.uint8), 1, constant_values=1)
    if dark[1:-1, 1:-1].mean() > 0.5:
        return np.zeros_like(closed)
    cv2.floodFill(dark, None, (0, 0), 2)
    return np.asarray((dark[1:-1, 1:-1] == 2) * 255, np.uint8)


def _enlarged(mask: Image, shape: tuple[int, ...]) -> Image:
    return np.asarray(cv2.resize(mask, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST), np.uint8)


@dataclass(frozen=True, slots=True)
class Blobs:
    """Connected ink: labels per pixel (0 = none) and, per blob from 1 on, box and area."""

    labels: npt.NDArray[np.int32]
    x: npt.NDArray[np.int32]
    y: npt.NDArray[np.int32]
    width: npt.NDArray[np.int32]
    height: npt.NDArray[np.int32]
    area: npt.NDArray[np.int32]


def above(picture: Image, threshold: float) -> Image:
    """255 where the picture is brighter than `threshold`, 0 elsewhere."""
    return np.asarray(cv2.threshold(picture, threshold, 255, cv2.THRESH_BINARY)[1], np.uint8)


def ink_level(ink: Image) -> float:
    """Otsu's threshold between bare paper and print, among pixels that hold any ink (0..255)."""
    some = ink[ink > 20]
    if some.size < 100:
        return 128.0
    threshold, _ = cv2.threshold(some.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    # A fax knows one kind of ink only; Otsu then answers 0.
    return max(float(threshold), 40.0)


def blobs(ink: Image, threshold: float) -> Blobs:
    """Connected components (8 neighbours) of ink above `threshold`; entry 0 is the paper."""
    binary = above(ink, threshold)
    _, labels, found, _ = cv2.connectedComponentsWithStats(binary, connectivity=8, ltype=cv2.CV_32S)
    stats = np.asarray(found, np.int32)
    return Blobs(
        np.asarray(labels, np.int32), stats[:, 0], stats[:, 1], stats[:, 2], stats[:, 3], stats[:, 4]
    )


def character_height(found: Blobs) -> float | None:
    """em, the height of the page's characters in px: the mode of blob sizes, weighted by size squared.

    Radicals (氵, 亻) and digits are blobs as well; the weight lets whole characters win. None when the page
    shows no print.
    """
    size = np.maximum(found.width, found.height)[1:]
    least = np.minimum(found.width, found.height)[1:]
    fits = (size >= COMPONENT_PX[0]) & (size <= COMPONENT_PX[1]) & (least * COMPACT >= size)
    fill = found.area[1:] / (size * least)
    fits &= (fill >= CHARACTER_FILL[0]) & (fill <= CHARACTER_FILL[1])
    if np.count_nonzero(fits) < 8:
        return None
    counts = np.bincount(size[fits], minlength=COMPONENT_PX[1] + 2).astype(float)
    weighted = counts * np.arange(len(counts)) ** 2
    smooth = np.convolve(weighted, [0.25, 0.5, 1.0, 0.5, 0.25], "same")
    peak = int(np.argmax(smooth))
    near = np.arange(max(0, peak - 2), min(len(counts), peak + 3))
    return float((weighted[near] * near).sum() / weighted[near].sum())

"""Rules (表线) on a flat page: where they run, and how much of every stretch of them can be seen.

Printed rules are thin, straight and long; strokes of characters are thin and straight too, but at most one
em long. So characters are masked first (what is compact and about an em large, once everything longer than
1.8 em has been taken out), then ink is averaged along the rule, and a rule is where that average stands
out from what lies .2 em to either side. A dotted, broken or faded rule stands out less everywhere, which
is why one number, the page's own rule strength, sets all thresholds. A shaded header cell has an edge but
no ridge, so it makes no rule.

Everything here is written for horizontal rules; vertical ones are the same on the transposed picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.ink import above, ink_level
from goaltables.records import Image

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LONG_EM = 1.8
"""A straight run of ink of this length is no stroke of a character."""
MASK_GROWTH_EM = 0.06
HOLLOW_EM = 1.35
HOLLOW_FILL = (0.2, 0.26)
"""Ink's share of a character's box, at the high and the low threshold; crossings of dashes have less."""
ALONG_KNOWN = 0.6
RIDGE_EM = 0.2
RIDGE_RANGE = (-0.15, 0.3)
RUN_EM = 1.0
REACH_EM = {"row": 4.0, "column": 1.7}
"""The ridge is averaged over so much of a rule: rows of a table are at least as wide, but may be low."""
NOISE_SIGMAS = 4.5
STRENGTH_SHARE = 0.42
LEAST_STRENGTH = 0.035
GAP_EM = 2.0
SEEN_SHARE = 0.42
END_RUN_EM = 0.6
END_DRAWN = 0.7
END_SHARE = 0.4
"""Of a rule's own darkness."""
SHORTEST_EM = {"row": 1.6, "column": 1.1}


@dataclass(frozen=True, slots=True)
class Pieces:
    """Stretches of rules in one direction: `at` across, from `start` to `end` along, px; `seen` in [0, 1]."""

    at: npt.NDArray[np.float64]
    start: npt.NDArray[np.float64]
    end: npt.NDArray[np.float64]
    seen: npt.NDArray[np.float64]
    path_along: tuple[Ints, ...]
    path_at: tuple[Ints, ...]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True)
class RuleField:
    """All that is known about the rules of one direction.

    `ridge` (ink above its surroundings, clipped; in half precision, a page has four) and `clear` (1 where no
    character covers the paper, else 0) run along axis 1. `strength` is the ridge of the page's typical rule,
    `pieces` what was found.
    """

    ridge: Halves
    clear: Image
    strength: float
    pieces: Pieces


def glyph_mask(ink: Image, em: float) -> Image:
    """Characters (255), after long straight runs, which are rules, have been taken out."""
    return _mask(ink, em, (0.14, 0.14), None)


def glyph_mask_beside(ink: Image, em: float, known: Image) -> Image:
    """Characters where rules are broken: what lies along `known` lines (255) is a rule's fragment, and so are
    hollow crossings of fragments that stand in no line of print.
    """
    return _mask(ink, em, HOLLOW_FILL, known)


def _mask(ink: Image, em: float, least_fill: tuple[float, float], known: Image | None) -> Image:
    level = ink_level(ink)
    mask = np.zeros_like(ink)
    for share, fill in zip((0.85, 0.45), least_fill, strict=True):
        mask |= _characters(_without_runs(above(ink, share * level), em), em, fill, known)
    grow = 2 * max(1, round(MASK_GROWTH_EM * em)) + 1
    return np.asarray(cv2.dilate(mask, np.ones((grow, grow), np.uint8)), np.uint8)


def _without_runs(binary: Image, em: float) -> Image:
    length = max(5, round(LONG_EM * em))
    rest = binary.copy()
    for shape, across in (((1, length), (3, 1)), ((length, 1), (1, 3))):
        runs = cv2.morphologyEx(binary, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        rest[cv2.dilate(runs, np.ones(across, np.uint8)) > 0] = 0
    return rest


def _characters(binary: Image, em: float, least_fill: float, known: Image | None) -> Image:
    """Blobs about the size of a character or of glued characters, and the thin bits among them (一, 丨)."""
    _, marked, found, _ = cv2.connectedComponentsWithStats(binary, connectivity=8, ltype=cv2.CV_32S)
    labels, stats = np.asarray(marked, np.int32), np.asarray(found, np.int64)
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    size, least = np.maximum(width, height), np.minimum(width, height)
    fill = area / (width * height)
    compact = (size >= 0.35 * em) & (size <= 1.75 * em) & (least >= 0.2 * em) & (fill >= least_fill)
    compact &= (least >= 0.3 * em) | (size < 2.2 * least)  # else a dash, of a rule or of print
    glued = (size > 1.75 * em) & (least >= 0.45 * em) & (least <= 1.75 * em) & (fill >= 0.2)
    free = np.ones(len(stats), bool)
    free[0] = False
    if known is not None:
        along = np.bincount(labels[known > 0], minlength=len(stats))
        free &= along <= ALONG_KNOWN * area
    letters = (compact | glued) & free
    mask = _painted(labels, letters)
    near = _near_letters(mask, stats, em) if known is None else _in_print(mask, stats, letters, em)
    bits = ~letters & free & (size <= (1.1 if known is None else HOLLOW_EM) * em) & near
    if bits.any():
        mask |= _painted(labels, bits)
    return mask


def _painted(labels: npt.NDArray[np.int32], chosen: Bools) -> Image:
    """255 where a chosen blob is."""
    return np.asarray(np.where(chosen, 255, 0).astype(np.uint8)[labels], np.uint8)


def _near_letters(mask: Image, stats: Ints, em: float) -> Bools:
    """Blobs whose middle lies between letters, in a line or in a stack."""
    band = max(3, round(0.8 * em)) | 1
    between = cv2.max(
        cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, band), np.uint8)),
        cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((band, 1), np.uint8)),
    )
    x, y = stats[:, 0] + stats[:, 2] // 2, stats[:, 1] + stats[:, 3] // 2
    return np.asarray(between[y, x] > 0, bool)


def _in_print(mask: Image, stats: Ints, letters: Bools, em: float) -> Bools:
    """Blobs that keep within a line of print: a dash of a vertical rule looks out above or below, and one
    between two lines is a rule's, not a 一.
    """
    boxes = np.zeros_like(mask)
    for left, upper, wide, high, _ in stats[letters].tolist():
        boxes[upper : upper + high, left : left + wide] = 255
    reach = np.ones((max(3, round(0.3 * em)) | 1, max(3, round(1.4 * em)) | 1), np.uint8)
    line = cv2.dilate(boxes, reach)
    x, top, bottom = stats[:, 0] + stats[:, 2] // 2, stats[:, 1], stats[:, 1] + stats[:, 3] - 1
    inside = (line[top, x] > 0) & (line[(top + bottom) // 2, x] > 0) & (line[bottom, x] > 0)
    return np.asarray(inside, bool)


def rule_field(ink: Image, mask: Image, em: float, direction: str) -> RuleField:
    """Evidence and pieces of the rules that run along axis 1 of `ink`."""
    clear = np.asarray(cv2.threshold(mask, 0, 1, cv2.THRESH_BINARY_INV)[1], np.uint8)
    run = max(3, round(RUN_EM * em)) | 1
    weight = blurred(clear, run)
    # Without the floor the halo of characters, divided by next to nothing, fakes rules everywhere.
    along = blurred(cv2.bitwise_and(ink, ink, mask=clear), run)
    along /= np.maximum(weight, np.float32(0.55))
    # Each of these is as large as the page: they go as soon as they have served, or are used again.
    ridge = ridge_of(along, em)
    del along
    kept = np.asarray(ridge, np.float16)
    ridge *= weight
    reach = max(5, round(REACH_EM[direction] * em)) | 1
    average = blurred(ridge, reach)
    del ridge
    seen = blurred(weight, reach)
    del weight
    average /= np.maximum(seen, np.float32(0.75), out=seen)
    del seen
    strength, pieces = _pieces(average, em, direction)
    return RuleField(kept, clear, strength, pieces)


def blurred(picture: Image | Floats | cv2.typing.MatLike, run: int) -> Floats:
    """The mean over `run` px along axis 1."""
    return np.asarray(cv2.boxFilter(picture, cv2.CV_32F, (run, 1)), np.float32)


def ridge_of(along: Floats, em: float) -> Floats:
    """How much ink (`along`, 0..255) stands out from what lies .2 em to either side across axis 1; 1: all."""
    away = min(max(2, round(RIDGE_EM * em)), len(along))
    ridge = np.empty_like(along)
    ridge[:-away], ridge[-away:] = along[away:], along[-1:]
    np.maximum(ridge[away:], along[:-away], out=ridge[away:])
    np.maximum(ridge[:away], along[:1], out=ridge[:away])
    np.subtract(along, ridge, out=ridge)
    ridge *= np.float32(1 / 255)
    return np.asarray(np.clip(ridge, *RIDGE_RANGE, out=ridge), np.float32)


def _pieces(average: Floats, em: float, direction: str) -> tuple[float, Pieces]:
    """The page's rule strength and its pieces: found once with the noise as threshold, then with both."""
    sample = average[::3, ::3]
    middle = float(np.median(sample))
    sigma = 1.4826 * float(np.median(np.abs(sample - middle)))
    noise = max(middle + NOISE_SIGMAS * sigma, LEAST_STRENGTH)
    across = 2 * max(1, round(0.25 * em)) + 1
    ridge_line = cv2.dilate(average, np.ones((across, 1), np.uint8)) <= average
    first = _linked(ridge_line & (average > noise), average, em, direction)
    strength = _strength(first, average)
    threshold = max(noise, STRENGTH_SHARE * strength)
    if threshold == noise:
        return max(strength, noise), first
    return strength, _linked(ridge_line & (average > threshold), average, em, direction)


def _strength(pieces: Pieces, average: Floats) -> float:
    """60th percentile of the averaged ridge over the longer half of the pieces."""
    if len(pieces) == 0:
        return 0.0
    length = pieces.end - pieces.start
    longer = np.flatnonzero(length >= np.median(length))
    values = np.concatenate([average[pieces.path_at[k], pieces.path_along[k]] for k in longer])
    return float(np.percentile(values, 60))


def with_true_ends(pieces: Pieces, ink: Image, em: float) -> Pieces:
    """The pieces from the first to the last px at which their rule is drawn: its average over some em is felt
    up to an em beyond, and where a table is open, the ends of its rules are all that tells of columns.
    """
    start, end = pieces.start.copy(), pieces.end.copy()
    last, run = ink.shape[0] - 1, max(3, round(END_RUN_EM * em))
    for k, (along, at) in enumerate(zip(pieces.path_along, pieces.path_at, strict=True)):
        dark = ink[np.clip(at + np.array([[-1], [0], [1]]), 0, last), along].max(axis=0)
        drawn = dark > END_SHARE * float(np.percentile(dark, 70))
        full = np.flatnonzero(np.convolve(drawn, np.ones(run) / run, "valid") > END_DRAWN)
        if full.size:
            inside = np.flatnonzero(drawn[full[0] : full[-1] + run]) + full[0]
            start[k], end[k] = along[inside[0]], along[inside[-1]] + 1
    return replace(pieces, start=start, end=end)


def _linked(peaks: npt.NDArray[np.bool_], average: Floats, em: float, direction: str) -> Pieces:
    """Peaks joined along the rule over gaps of two em; what is too short or hardly seen is dropped."""
    thick = cv2.dilate(peaks.astype(np.uint8), np.ones((3, 1), np.uint8))
    gap = max(3, round(GAP_EM * em)) | 1
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=8, ltype=cv2.CV_32S)
    at, along = np.divmod(np.flatnonzero(peaks), peaks.shape[1])  # ten times as fast as nonzero
    owner = labels[at, along]
    order = np.lexsort((along, owner))
    at, along, owner = at[order], along[order], owner[order]
    bounds = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    found: list[tuple[float, float, float, float, Ints, Ints]] = []
    for first, last in pairwise(bounds.tolist()):
        x, y = along[first:last], at[first:last]
        length = float(x[-1] - x[0] + 1)
        if length < SHORTEST_EM[direction] * em:
            continue
        seen = len(np.unique(x)) / length
        if seen < SEEN_SHARE:
            continue
        weight = average[y, x]
        found.append((float(np.average(y, weights=weight)) + 0.5, float(x[0]), float(x[-1] + 1), seen, x, y))
    columns = [np.array([f[k] for f in found], np.float64) for k in range(4)]
    return Pieces(
        columns[0],
        columns[1],
        columns[2],
        columns[3],
        tuple(np.asarray(f[4], np.int64) for f in found),
        tuple(np.asarray(f[5], np.int64) for f in found),
    )

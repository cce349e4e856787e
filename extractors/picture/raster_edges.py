"""Edges: what is seen of each stretch of a line between two crossings.

Two kinds of page need two ways of looking, and every edge is looked at in both. Where rules are *solid*, an
edge is straight, seen along its whole length and touches the rules it ends on; a stroke of a character (个,
印) leaves white at both ends, the ring of a seal bends away. Where rules are *broken* (dotted, worn, faded),
ink is averaged over a character's width, and masked characters are left out of the count. What that makes of
an edge is for the edge model to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.raster_rules import Halves, RuleField, blurred, ridge_of
from goaltables.extractors.picture.raster_tables import Line
from goaltables.records import Image

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]
Fields = tuple[RuleField, RuleField]
"""Of rows and of columns."""

FINE_EM = 0.3
ON_SHARE = 0.4
"""A pixel of a rule is seen when its ridge reaches this share of the page's rule strength."""
FAINT_SHARE = 0.2
"""On a solid page without noise a much paler rule is a rule as well: solid rules fade in places."""
GAP_SHARE = 0.4
"""Of a rule's own darkness: paler is a gap."""
ASIDE_EM = 0.14
ASIDE_WIDE_EM = 0.3
BEYOND_EM = (0.15, 0.45)
ABSENT = 0.4
STRAIGHT_EM = 4.0
"""Over this length a rule does not leave its place by more than its own width; a seal's ring does."""
MARGIN_EM = 0.1
OPEN_MARGIN_EM = 0.7
"""Where a table is open nothing marks the end of its rules; it is known to half an em."""
SHORT_EM = 3.2
END_EM = 0.25
INK_VIEWS = (
    "straight", "broad", "any", "contrast", "clear", "crossed", "floating", "runs_on",
    "end_least", "end_most",
)  # fmt: skip


def finer(field: RuleField, ink: Image, em: float) -> RuleField:
    """The field with a ridge that is hardly averaged along the rule and does not mask characters."""
    run = max(3, round(FINE_EM * em)) | 1
    return replace(field, ridge=np.asarray(ridge_of(blurred(ink, run), em), np.float16))


def drawn_share(fields: Fields, inks: tuple[Image, Image], em: float) -> float:
    """Median share of the long pieces that is drawn, where no character covers them; 1 without any."""
    shares = []
    for field, ink in zip(fields, inks, strict=True):
        for near, along, clear in _long_pieces(field, em):
            dark = ink[near, along].max(axis=0)[clear]
            shares.append(float(np.mean(dark > GAP_SHARE * np.percentile(dark, 70))))
    return float(np.median(shares)) if shares else 1.0


def _long_pieces(field: RuleField, em: float) -> Iterator[tuple[Indices, Indices, Bools]]:
    """Per piece longer than 6 em: px across (three, from px to px) and along, and where it is clear."""
    pieces = field.pieces
    for k in np.flatnonzero(pieces.end - pieces.start > 6 * em):
        along, at = pieces.path_along[k], pieces.path_at[k]
        clear = np.asarray(field.clear[at, along] > 0, bool)
        if clear.any():
            yield np.clip(at + np.array([[-1], [0], [1]]), 0, field.ridge.shape[0] - 1), along, clear


@dataclass(frozen=True, slots=True)
class EdgeViews:
    """Per edge, ``(lines, edges)``, what the edge model is told of its ink.

    `straight`: share seen at one place across; `broad`: share of the clear part seen when averaged over a
    character; `any`: share seen at all; `contrast`: ridge of its middle against the page's rules; `end_least`
    and `end_most`: share seen at its two ends; `floating` and `runs_on`: 1 where it touches neither crossing
    rule, or goes on beyond them. `length` in em.
    """

    straight: Floats
    broad: Floats
    any: Floats
    contrast: Floats
    clear: Floats
    crossed: Floats
    floating: Floats
    runs_on: Floats
    end_least: Floats
    end_most: Floats
    length: Floats


def edge_views(
    lines: tuple[Line, ...],
    ends: tuple[Line, ...],
    field: RuleField,
    fine: RuleField,
    em: float,
) -> EdgeViews:
    """Everything that is seen of the edges of `lines` between each two of `ends`, ``(len(lines),
    len(ends) - 1)``. `fine` is the `finer` of `field`.
    """
    start, stop = max(0, int(ends[0].at)), min(field.ridge.shape[1], int(ends[-1].at) + 1)
    along = np.arange(start, stop)
    bounds = np.array([line.at for line in ends]) - start
    margins = np.array([OPEN_MARGIN_EM if line.virtual else MARGIN_EM for line in ends]) * em
    spans = _inner(bounds, margins, len(along))
    faint, strong = _on_threshold(fine, solid=True), _on_threshold(fine, solid=False)
    shape = (len(lines), len(spans))
    found = {name: np.zeros(shape) for name in INK_VIEWS}
    for i, line in enumerate(lines):
        at = np.interp(along, *line.path).astype(int)
        near = _near(fine.ridge, at, along, em)
        open_, across = _characters(field, at, along, em)
        broad = (_near(field.ridge, at, along, em) > strong).any(axis=0)
        on = np.asarray((near > strong).any(axis=0), bool)
        found["straight"][i] = _seen_straight(near > faint, spans, em)
        found["broad"][i] = _share(_running(broad & open_), spans, _running(open_))
        found["any"][i] = _share(_running(on), spans)
        strongest = near.max(axis=0)
        found["contrast"][i] = [_middle(strongest[a:b]) for a, b in spans]
        found["clear"][i] = _share(_running(open_), spans)
        found["crossed"][i] = _share(_running(across), spans)
        found["floating"][i] = _floating(np.asarray(on | ~open_, bool), spans, em)
        wide = _near(fine.ridge, at, along, em, ASIDE_WIDE_EM) > faint
        found["runs_on"][i] = _runs_on(np.asarray(wide.any(axis=0), bool), found["straight"][i], bounds, em)
        ends_seen = _ends_seen(on, spans, em)
        found["end_least"][i], found["end_most"][i] = ends_seen.min(axis=0), ends_seen.max(axis=0)
    found["contrast"] /= max(field.strength, 1e-6)
    length = np.broadcast_to(np.maximum(np.diff(bounds), 1) / em, shape)
    return EdgeViews(**found, length=length)


def _middle(values: Floats) -> float:
    """The median; of the few values of an edge numpy's own takes ten times as long."""
    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _ends_seen(on: Bools, spans: list[tuple[int, int]], em: float) -> Floats:
    """Share seen at the first and at the last quarter of an em of each edge, ``(2, edges)``."""
    counts = _running(on)
    reach = max(2, round(END_EM * em))
    return np.array(
        [
            [(counts[min(a + reach, b)] - counts[a]) / max(1, min(reach, b - a)) for a, b in spans],
            [(counts[b] - counts[max(b - reach, a)]) / max(1, min(reach, b - a)) for a, b in spans],
        ]
    )


def _inner(bounds: Floats, margins: Floats, stop: int) -> list[tuple[int, int]]:
    """First and last px of every edge, a margin away from the rules it ends on."""
    spans = []
    for first, last in pairwise(range(len(bounds))):
        a, b = bounds[first] + margins[first], bounds[last] - margins[last]
        if b - a < 2:
            middle = (bounds[first] + bounds[last]) / 2
            a, b = middle - 1, middle + 1
        start = int(np.clip(a, 0, stop - 1))
        spans.append((start, int(np.clip(b, start + 1, stop))))
    return spans


def _on_threshold(field: RuleField, *, solid: bool) -> float:
    if not solid:
        return ON_SHARE * field.strength
    sample = np.asarray(field.ridge[::5, ::5], np.float32)
    noise = 1.4826 * float(np.median(np.abs(sample - np.median(sample))))
    return float(np.clip(5 * noise, FAINT_SHARE * field.strength, ON_SHARE * field.strength))


def _near(
    ridge: Halves,
    at: Indices,
    along: Indices,
    em: float,
    reach_em: float = ASIDE_EM,
) -> npt.NDArray[np.float32]:
    """The ridge along a line and up to `reach_em` to either side, ``(offsets, len(along))``."""
    aside = max(1, round(reach_em * em))
    rows = np.clip(at[None, :] + np.arange(-aside, aside + 1)[:, None], 0, ridge.shape[0] - 1)
    return np.asarray(ridge[rows, along[None, :]], np.float32)


def _characters(field: RuleField, at: Indices, along: Indices, em: float) -> tuple[Bools, Bools]:
    """Where no character covers a line, and where one stands on it and on both sides of it."""
    over = max(2, round(0.2 * em))
    last = field.clear.shape[0] - 1
    above, on, below = (field.clear[np.clip(at + d, 0, last), along] > 0 for d in (-over, 0, over))
    return np.asarray(on, bool), np.asarray(~above & ~on & ~below, bool)


def _running(values: Bools) -> Indices:
    """Running sums along the last axis, from 0."""
    sums = np.cumsum(values, axis=-1)
    return np.concatenate([np.zeros((*values.shape[:-1], 1), np.int64), sums], axis=-1)


def _share(counts: Indices, spans: list[tuple[int, int]], of: Indices | None = None) -> Floats:
    a, b = np.array([s[0] for s in spans]), np.array([s[1] for s in spans])
    total = b - a if of is None else of[b] - of[a]
    return np.asarray((counts[b] - counts[a]) / np.maximum(1, total), np.float64)


def _seen_straight(on: Bools, spans: list[tuple[int, int]], em: float) -> Floats:
    """Share seen of each edge at the best single place across; short ones must be seen at both ends."""
    counts = _running(on)
    seen = np.empty(len(spans))
    for k, (a, b) in enumerate(spans):
        pieces = np.linspace(a, b, max(1, int((b - a) / (STRAIGHT_EM * em) + 0.5)) + 1).astype(int)
        best = (counts[:, pieces[1:]] - counts[:, pieces[:-1]]).max(axis=0)
        seen[k] = best.sum() / (b - a)
        if b - a < SHORT_EM * em:
            reach = max(2, min(round(END_EM * em), (b - a) // 2))
            ends = [counts[:, a + reach] - counts[:, a], counts[:, b] - counts[:, b - reach]]
            seen[k] *= min(float(end.max()) for end in ends) / reach
    return seen


def _floating(on: Bools, spans: list[tuple[int, int]], em: float) -> Bools:
    """Short edges that touch the rules at neither end: strokes of characters (计, 部), which stand in the
    middle of their row.
    """
    counts = _running(on)
    floating = np.zeros(len(spans), bool)
    for k, (a, b) in enumerate(spans):
        reach = max(2, round(END_EM * em))
        if 2 * reach < b - a < SHORT_EM * em:
            ends = (counts[a + reach] - counts[a], counts[b] - counts[b - reach])
            floating[k] = max(ends) < 0.5 * reach
    return floating


def _runs_on(on: Bools, seen: Floats, bounds: Floats, em: float) -> Bools:
    """Edges without a neighbour on their line whose ink goes on beyond the rules they should end on: the
    ring of a seal, a pen stroke.
    """
    counts = _running(on)
    near, far = (max(1, round(v * em)) for v in BEYOND_EM)
    last = len(on)
    at = bounds.round().astype(int)

    def share(a: Indices, b: Indices) -> Floats:
        a, b = np.clip(a, 0, last), np.clip(b, 0, last)
        return np.asarray((counts[b] - counts[a]) / np.maximum(1, b - a), np.float64)

    before, after = share(at - far, at - near), share(at + near, at + far)
    absent = np.concatenate([[True], seen < ABSENT, [True]])
    alone = absent[:-2] & absent[2:]
    return np.asarray(alone & ((before[:-1] > 0.6) | (after[1:] > 0.6)), bool)

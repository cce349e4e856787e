"""The connected strokes of a crop, and which of them are rules, remains of rules, or somebody else's.

A crop of a cell holds more than its text. What is rule and what is print is decided by size in em, by where a
stroke lies towards the cell's edges, and by whether it runs on beyond the crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.records import Box

Mask = npt.NDArray[np.bool_]

# All in em.
RULE_BAND = 0.3  # how far from the box's edge a rule may lie
RULE_LENGTH = 1.5  # longer than any stroke of a character
LONGEST_DASH = 2.3  # —— is two characters
STROKE = 0.17  # thicker than any stroke of a book face
STRIP = 0.09  # half the breadth of the strip a rule runs on
DASH = 0.3  # no dash of a rule is thicker
DASHES = 3  # as many in one line, as long as DASHED together, are a rule …
ACROSS = 0.08  # so far on both sides of an edge a part of a character stands across it …
LEAST_ACROSS = 0.25  # … if it is no shred of the rule itself
CHARACTER = 0.4  # … unless a character stands on that line too: then they are its commas
DASHED = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class InkParts:
    """Connected ink: a label picture and one row (x, y, width, height, area) a component."""

    labels: npt.NDArray[np.int32]
    stats: npt.NDArray[np.int32]

    @classmethod
    def of(cls, ink: Mask) -> InkParts:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
        return cls(np.asarray(labels, np.int32), np.asarray(stats[1:], np.int32))

    def mask(self, chosen: Mask) -> Mask:
        """The pixels of the chosen components."""
        pixels: Mask = np.concatenate(([False], chosen))[self.labels]
        return pixels

    def touch_edge(self) -> Mask:
        """Components that run on beyond the crop: rules, strokes of a seal, a neighbour's overflow."""
        height, width = self.labels.shape
        x, y, w, h = (self.stats[:, i] for i in range(4))
        touching: Mask = (x <= 0) | (y <= 0) | (x + w >= width) | (y + h >= height)
        return touching

    def across_sides(self, inner: Box, em: float) -> Mask:
        """Parts of characters that stand across the left or right edge of the box by a tenth of an em."""
        x, _, w, h = (self.stats[:, i] for i in range(4))
        left = (x < inner.x0 - ACROSS * em) & (x + w > inner.x0 + ACROSS * em)
        right = (x < inner.x1 - ACROSS * em) & (x + w > inner.x1 + ACROSS * em)
        found: Mask = (left | right) & (h >= LEAST_ACROSS * em)
        return found

    def outside(self, inner: Box, strips: Mask) -> Mask:
        """Components whose middle lies outside the box, or that lie on the strips of its rules."""
        depth_x, depth_y = self._depths(inner)
        on_strips = np.bincount(self.labels[strips], minlength=len(self.stats) + 1)[1:]
        found: Mask = (depth_x < 0) | (depth_y < 0) | (on_strips > 0.7 * self.stats[:, 4])
        return found

    def long_strokes(self, em: float) -> Mask:
        """Rules and underlines inside the box: longer than a dash, and no thicker than a stroke."""
        length = self.stats[:, 2:4].max(axis=1, initial=0)
        found: Mask = (length > LONGEST_DASH * em) & (self.stats[:, 4] < STROKE * em * length)
        return found

    def dashed_rules(self, inner: Box, em: float) -> Mask:
        """What is left of a dashed, dotted or broken rule: flat pieces in one line near an edge of the box.

        Where two edges meet their pieces may touch: beside a dashed edge, what lies in the corner is rule.
        """
        x, y, w, h = (self.stats[:, i] for i in range(4))
        inside = ~self.touch_edge() & (np.maximum(w, h) >= CHARACTER * em)
        found = np.zeros(len(self.stats), np.bool_)
        near_an_edge = []
        across = (y, h, w, (inner.y0, inner.y1)), (x, w, h, (inner.x0, inner.x1))
        for start, breadth, length, edges in across:
            middle = start + breadth / 2
            near = np.zeros(len(found), np.bool_)
            for edge in edges:
                beside = np.abs(middle - edge) <= RULE_BAND * em
                near |= beside
                flat = beside & (breadth <= DASH * em)
                for at in np.unique(middle[flat]):
                    in_line = flat & (np.abs(middle - at) <= STRIP * em)
                    if in_line.sum() < DASHES or length[in_line].sum() < DASHED * em:
                        continue
                    if not (inside & ~beside & (start <= at) & (start + breadth >= at)).any():
                        found |= in_line
            near_an_edge.append(near)
        return found | (near_an_edge[0] & near_an_edge[1]) if found.any() else found

    def _depths(self, inner: Box) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """How far inside the box the middle of each component lies, across and down."""
        middle_x = self.stats[:, 0] + self.stats[:, 2] / 2
        middle_y = self.stats[:, 1] + self.stats[:, 3] / 2
        return (
            np.minimum(middle_x - inner.x0, inner.x1 - middle_x),
            np.minimum(middle_y - inner.y0, inner.y1 - middle_y),
        )

    def lie_in(self, bands: Sequence[tuple[int, int]]) -> Mask:
        """Components that lie mostly within the rows of one line."""
        y, h = self.stats[:, 1], self.stats[:, 3]
        found = np.zeros(len(y), np.bool_)
        for top, bottom in bands:
            found |= np.minimum(y + h, bottom) - np.maximum(y, top) >= 0.7 * h
        return found

    def is_any_deep(self, chosen: Mask, inner: Box, em: float) -> bool:
        """Whether one of the chosen is as large as a character and well inside the box."""
        size = self.stats[:, 2:4].max(axis=1, initial=0)
        deep = (np.minimum(*self._depths(inner)) > RULE_BAND * em) & (size >= 0.4 * em)
        return bool((chosen & deep).any())


def rules_at_edges(ink: Mask, inner: Box, em: float) -> tuple[Mask, Mask]:
    """(pixels of the cell's own rules, the strips on which those rules run).

    A rule is a run longer than a character's strokes near the edge of the box. A broken rule leaves
    fragments too short for that, also L- and T-shaped ones: they are known by lying in the strip.
    """
    down = _rules_across(ink, (inner.y0, inner.y1), em)
    across = _rules_across(ink.T, (inner.x0, inner.x1), em)
    return down[0] | across[0].T, down[1] | across[1].T


def _rules_across(ink: Mask, edges: tuple[float, float], em: float) -> tuple[Mask, Mask]:
    """Horizontal rules near the two rows `edges`, and the strips along them."""
    height, width = ink.shape
    rules = np.zeros(ink.shape, np.uint8)
    strips = np.zeros(ink.shape, np.bool_)
    run = np.ones((1, max(3, round(min(RULE_LENGTH * em, 0.85 * width)))), np.uint8)
    half = max(2, round(STRIP * em))
    for edge in edges:
        first, last = max(0, round(edge - RULE_BAND * em)), min(height, round(edge + RULE_BAND * em) + 1)
        if last <= first:
            continue
        found = cv2.morphologyEx(ink[first:last].astype(np.uint8), cv2.MORPH_OPEN, run)
        rules[first:last] |= np.asarray(cv2.dilate(found, np.ones((3, 1), np.uint8)), np.uint8)
        drawn = np.flatnonzero(found.any(axis=1)) + first
        top, bottom = (drawn[0], drawn[-1]) if drawn.size else (round(edge), round(edge))
        strips[max(0, min(top, round(edge)) - half) : max(0, max(bottom, round(edge)) + half + 1)] = True
    return np.asarray(rules > 0), strips

"""The other way: from the page as displayed to the upright picture, for boxes that a person drew or kept.

A transform only knows its way to the page. It is nearly linear anywhere on a page, so a few Newton steps find
the point of the upright picture that leads to a given one.
"""

from __future__ import annotations

import numpy as np

from goaltables.records import Box, PageTransform, Points

STEPS = 12
PROBE_PX = 8.0
CLOSE = 1e-3


def to_upright(transform: PageTransform, points: Points, width: int, height: int) -> Points:
    """``(n, 2)`` page units -> ``(n, 2)`` px of the upright picture of `width` x `height`."""
    middle = np.array([[width / 2, height / 2]])
    at = np.repeat(middle, len(points), axis=0)
    for _ in range(STEPS):
        missed = points - transform.to_page(at)
        if np.abs(missed).max(initial=0) < CLOSE:
            break
        step = np.linalg.solve(_slopes(transform, at), missed[:, :, None])[:, :, 0]
        at = at + np.clip(step, -max(width, height), max(width, height))
    return at


def box_to_upright(transform: PageTransform, box: Box, width: int, height: int) -> Box:
    """The box on the upright picture whose hull on the page is `box`.

    The hull of a slanted cell is wider and higher than the cell: with the slopes of the page at its middle,
    hull width and height are two linear equations for the cell's.
    """
    x, y = box.centre
    centre = to_upright(transform, np.array([[x, y]]), width, height)
    slopes = np.abs(_slopes(transform, centre)[0])
    hull = np.array([box.width, box.height])
    wide, high = np.maximum(np.linalg.lstsq(slopes, hull, rcond=None)[0], 1.0)
    (middle_x, middle_y) = centre[0]
    return Box(
        float(middle_x - wide / 2),
        float(middle_y - high / 2),
        float(middle_x + wide / 2),
        float(middle_y + high / 2),
    )


def _slopes(transform: PageTransform, at: Points) -> Points:
    """``(n, 2, 2)``: how the place on the page moves with x and y of the upright picture."""
    right, down = np.array([PROBE_PX, 0.0]), np.array([0.0, PROBE_PX])
    along_x = transform.to_page(at + right) - transform.to_page(at - right)
    along_y = transform.to_page(at + down) - transform.to_page(at - down)
    return np.stack([along_x, along_y], axis=2) / (2 * PROBE_PX)

"""The part of a page that a person says holds a table, as if nothing else were on the page.

What the finders pass over on a whole page (a table among drawings, rules too faint beside darker ones) they
often find when nothing else is there to compare with.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from goaltables.extractors.picture.rectify import UprightPage
from goaltables.records import Box

MARGIN_EM = 0.5  # a box is drawn by hand
PAPER = 255


def only_inside(page: UprightPage, box: Box) -> UprightPage:
    """The page with white paper outside of `box` (px of its picture); size and place of everything stay."""
    margin = MARGIN_EM * page.em
    rows = slice(max(0, round(box.y0 - margin)), max(0, round(box.y1 + margin)))
    cols = slice(max(0, round(box.x0 - margin)), max(0, round(box.x1 + margin)))
    ink, image = np.zeros_like(page.ink), np.full_like(page.image, PAPER)
    ink[rows, cols] = page.ink[rows, cols]
    image[rows, cols] = page.image[rows, cols]
    return replace(page, ink=ink, image=image)

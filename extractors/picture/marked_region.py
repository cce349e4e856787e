"""Grids inside the part of a page that a person says holds a table.

What a finder passes over on a whole page (a table among drawings, rules too faint beside darker ones) it often
finds when nothing else is there to compare with.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from goaltables.extractors.picture.raster_grid import find_grids
from goaltables.extractors.picture.rectify import UprightPage
from goaltables.records import Box, Grid

MARGIN_EM = 0.5  # a box is drawn by hand


def find_grids_inside(page: UprightPage, box: Box) -> tuple[Grid, ...]:
    """The grids inside `box`, as if the rest of the page were white; px of its picture throughout."""
    margin = MARGIN_EM * page.em
    rows = slice(max(0, round(box.y0 - margin)), max(0, round(box.y1 + margin)))
    cols = slice(max(0, round(box.x0 - margin)), max(0, round(box.x1 + margin)))
    ink = np.zeros_like(page.ink)
    ink[rows, cols] = page.ink[rows, cols]
    return find_grids(replace(page, ink=ink)) if ink.any() else ()

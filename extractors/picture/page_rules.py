"""The rules of a flat page: from ink to the lines of its tables.

    ink at em = 24 px -> dashes mended -> characters masked -> evidence of rules -> streaks taken out
    -> where rules are dashed or broken: once more, and what stands beside a known line is no character

All lengths are px of the working picture, in which characters are near 24 px high.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from goaltables.extractors.picture.raster_dashes import mended_dashes
from goaltables.extractors.picture.raster_edges import Fields, drawn_share, finer
from goaltables.extractors.picture.raster_rules import glyph_mask, glyph_mask_beside, rule_field
from goaltables.extractors.picture.raster_streaks import without_streaks
from goaltables.extractors.picture.raster_tables import TableLines, drawn_lines, ruled_tables
from goaltables.extractors.picture.rectify import WORK_EM, UprightPage
from goaltables.records import Image

SOLID = 0.95
"""Of the long pieces, drawn: the rules are solid."""


@dataclass(frozen=True, slots=True)
class PageRules:
    """What is known of a page's rules: the fields of rows and columns, the same finer, and the characters
    (255 in `mask`); `is_broken`: they are dashed, or pieces of them are missing. The working picture is
    `scale` times the page's.
    """

    ink: Image
    mask: Image
    fields: Fields
    fine: Fields
    em: float
    scale: float
    is_broken: bool

    @property
    def tables(self) -> tuple[TableLines, ...]:
        """The lines of each table, from top to bottom."""
        rows, columns = self.fields
        return ruled_tables(rows.pieces, columns.pieces, self.em)


def rules_of_page(page: UprightPage) -> PageRules:
    """The rules of a page, with what is known of them."""
    printed, scale = _work_ink(page)
    em = page.em * scale
    mended = mended_dashes(printed, em)
    ink, across = mended, _turned(mended)
    mask = glyph_mask(ink, em)
    fields = _fields(ink, across, mask, em)
    cleaned = _turned(without_streaks(across, fields[1].pieces, em))
    cleaned = without_streaks(cleaned, fields[0].pieces, em)
    if not np.array_equal(cleaned, ink):
        del fields  # two of them at once are what a page costs most memory with
        ink, across = cleaned, _turned(cleaned)
        mask = glyph_mask(ink, em)
        fields = _fields(ink, across, mask, em)
    drawn = drawn_share(fields, (ink, across), em)
    is_broken = drawn <= SOLID or mended is not printed
    if is_broken:
        known = drawn_lines(ruled_tables(fields[0].pieces, fields[1].pieces, em), ink.shape, em)
        del fields
        mask = glyph_mask_beside(ink, em, known)
        fields = _fields(ink, across, mask, em)
    fine = (finer(fields[0], ink, em), finer(fields[1], across, em))
    return PageRules(ink, mask, fields, fine, em, scale, is_broken)


def _fields(ink: Image, across: Image, mask: Image, em: float) -> Fields:
    """The evidence of rows and of columns; `across` is the ink turned, so that columns are rows."""
    return rule_field(ink, mask, em, "row"), rule_field(across, _turned(mask), em, "column")


def _work_ink(page: UprightPage) -> tuple[Image, float]:
    """Ink with characters near 24 px, and its scale."""
    scale = WORK_EM / page.em
    if 0.85 <= scale <= 1.4:
        return page.ink, 1.0
    scale = min(scale, 1.6)
    height, width = page.ink.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(page.ink, size, interpolation=way), np.uint8), scale


def _turned(picture: Image) -> Image:
    return np.ascontiguousarray(picture.T)

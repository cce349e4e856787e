"""The text layer of a page as far as it is believed: read, compared with the ink, doubted where they differ.

What has no ink is left out and told. What cannot be told, or looks like something else, is doubted: where
that is much of a page, the page is read from its picture; where it is little, the cells are in which it
stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from goaltables.extractors.digital.ink_check import (
    SCALE,
    is_untellable,
    lying_fonts,
    unseen_glyphs,
)
from goaltables.extractors.digital.text_layer import Glyph, TextLayer, read_text_layer
from goaltables.extractors.files.pdf_document import PdfDocument
from goaltables.records import Image, PageProblem

# Of a page's glyphs: with more of them in doubt the page is not read by its text layer.
DOUBTED_SHARE = 0.08
HIDDEN_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class BelievedLayer:
    """What is seen on a page, and the page as drawn (gray, upright, `SCALE` px per point).

    `doubted` are those of its glyphs that cannot be what they say. `reason`: why the whole page is not
    believed, as a route's reason; None where it is.
    """

    layer: TextLayer
    page: Image
    doubted: tuple[Glyph, ...]
    reason: str | None


def believed_layer(opened: PdfDocument, number: int) -> BelievedLayer | None:
    """The layer of page `number` (from 1), looked at once; None where pdfplumber cannot read it."""
    return opened.kept(number, "believed layer", lambda: _believed(opened, number))


def _believed(opened: PdfDocument, number: int) -> BelievedLayer | None:
    layout = opened.layout(number)
    if layout is None:
        return None
    geometry, objects = opened.page_geometry(number), opened.page_objects(number)
    layer = read_text_layer(layout, objects.hidden, width=geometry.width, height=geometry.height)
    page = np.ascontiguousarray(np.rot90(opened.gray_picture(number, SCALE), -layer.turn.degrees // 90))
    unseen = unseen_glyphs(page, layer.glyphs, objects.foreign_fonts)
    hidden = len(unseen) > HIDDEN_SHARE * len(layer.glyphs)
    layer = _without(layer, unseen)
    lying = lying_fonts(page, layer.glyphs, objects.foreign_fonts)
    doubted = tuple(glyph for glyph in layer.glyphs if glyph.font in lying or is_untellable(glyph.text))
    return BelievedLayer(layer, page, doubted, next(_reasons(layer, doubted, lying, hidden=hidden), None))


def _reasons(
    layer: TextLayer, doubted: tuple[Glyph, ...], lying: list[str], *, hidden: bool
) -> Iterator[str]:
    if hidden:
        yield "hidden-text"
    if len(doubted) > DOUBTED_SHARE * len(layer.glyphs):
        yield "text-not-as-drawn" if lying else "garbled-text"


def _without(layer: TextLayer, unseen: list[int]) -> TextLayer:
    if not unseen:
        return layer
    gone = set(unseen)
    sample = "".join(layer.glyphs[k].text for k in unseen[:60])
    told = f"{len(unseen)} characters (without ink) are not part of the text: {sample}"
    return replace(
        layer,
        glyphs=tuple(glyph for k, glyph in enumerate(layer.glyphs) if k not in gone),
        problems=(*layer.problems, PageProblem("hidden-text-dropped", told)),
    )

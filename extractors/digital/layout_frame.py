"""From the coordinates of a PDF page, as pdfminer and pdfium give them, to the page as displayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pdfminer.pdfpage import PDFPage

from goaltables.records import Box


@dataclass(frozen=True, slots=True)
class LayoutFrame:
    """Leads pdfminer's coordinates (y up, origin at the turned MediaBox) to the page as displayed.

    `left` and `top` are where the displayed page begins in them; `media` is the MediaBox in PDF user space,
    `rotate` the page's /Rotate.
    """

    left: float
    top: float
    media: tuple[float, float, float, float]
    rotate: int

    @classmethod
    def of(cls, page: PDFPage) -> LayoutFrame:
        """The frame of a page: a viewer shows the part of the CropBox that lies in the MediaBox."""
        x0, y0, x1, y1 = page.mediabox
        media = (x0, y0, x1, y1)
        rotate = page.rotate % 360
        crop = getattr(page, "cropbox", None) or media
        cx0, cx1 = max(min(crop[0], crop[2]), x0), min(max(crop[0], crop[2]), x1)
        cy0, cy1 = max(min(crop[1], crop[3]), y0), min(max(crop[1], crop[3]), y1)
        (ax, ay), (bx, by) = _to_layout(cx0, cy0, media, rotate), _to_layout(cx1, cy1, media, rotate)
        return cls(min(ax, bx), max(ay, by), media, rotate)

    def box(self, item: Any) -> Box:
        """The box of a layout object."""
        return Box(item.x0 - self.left, self.top - item.y1, item.x1 - self.left, self.top - item.y0)

    def point(self, x: float, y: float) -> tuple[float, float]:
        return x - self.left, self.top - y

    def user_point(self, x: float, y: float) -> tuple[float, float]:
        """A point of PDF user space, as pdfium gives it."""
        return self.point(*_to_layout(x, y, self.media, self.rotate))


def _to_layout(
    x: float, y: float, media: tuple[float, float, float, float], rotate: int
) -> tuple[float, float]:
    """From PDF user space to pdfminer's coordinates: its own page matrix."""
    x0, y0, x1, y1 = media
    if rotate == 90:
        return y - y0, x1 - x
    if rotate == 180:
        return x1 - x, y1 - y
    if rotate == 270:
        return y1 - y, x - x0
    return x - x0, y - y0

"""A page as a person looks at it: turned upright, whole or cut to a part, as JPEG.

The recogniser sees the page rectified and cleaned; a person who checks it has to see the page itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from goaltables.errors import MalformedDocument
from goaltables.extractors.open_document import OpenedDocument
from goaltables.extractors.picture.page_warp import turned
from goaltables.records import Box, Image

QUALITY = 85


@dataclass(frozen=True, slots=True)
class View:
    """What is to be seen of a page: `turn` degrees clockwise make it upright, `dpi` is how a PDF page is
    drawn.

    `crop` is a part of the page as displayed, in page units; None shows all of it. `longest` bounds the sides
    of the picture, in px.
    """

    number: int
    turn: int = 0
    dpi: float = 150.0
    crop: Box | None = None
    longest: int = 2400


class PageViews:
    """Views of one open document. The page drawn last is kept: the cells of a page are looked at in a row."""

    def __init__(self, opened: OpenedDocument) -> None:
        self._opened = opened
        self._kept: tuple[tuple[int, float], Image] | None = None

    def jpeg(self, view: View) -> bytes:
        """The picture of a view. Raises DocumentError: the page cannot be drawn, or the document has no
        paper.
        """
        picture = self._drawn(view.number, view.dpi)
        if view.crop is not None:
            geometry = self._opened.page_geometry(view.number)
            picture = _cut(picture, view.crop, picture.shape[1] / geometry.width)
        longest = max(picture.shape[:2])
        if longest > view.longest:
            scale = view.longest / longest
            picture = np.asarray(
                cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
            )
        done, data = cv2.imencode(".jpg", turned(picture, view.turn), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        if not done:
            raise MalformedDocument(f"the picture of page {view.number} cannot be made")
        return data.tobytes()

    def _drawn(self, number: int, dpi: float) -> Image:
        if self._kept is None or self._kept[0] != (number, dpi):
            self._kept = None  # the old one goes before the new one is made
            self._kept = ((number, dpi), self._opened.picture(number, dpi))
        return self._kept[1]


def _cut(picture: Image, part: Box, scale: float) -> Image:
    """The part of a picture that has `scale` px a page unit; at least a pixel of it."""
    height, width = picture.shape[:2]
    x0 = int(np.clip(np.floor(part.x0 * scale), 0, width - 1))
    y0 = int(np.clip(np.floor(part.y0 * scale), 0, height - 1))
    x1 = int(np.clip(np.ceil(part.x1 * scale), x0 + 1, width))
    y1 = int(np.clip(np.ceil(part.y1 * scale), y0 + 1, height))
    return np.ascontiguousarray(picture[y0:y1, x0:x1])

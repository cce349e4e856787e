"""One page as inspect shows it: its pictures, and the stages it went through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from goaltables.errors import DocumentError
from goaltables.extractors.open_document import OpenedDocument
from goaltables.extractors.page_stages import PageStages
from goaltables.extractors.picture.rectify import UprightPage
from goaltables.pipeline.drawing.pictures import Picture, ink_png, jpeg
from goaltables.pipeline.inspect.layers import Outline
from goaltables.records import Box, PageReading

DPI: Final = 150.0
LONGEST_DELIVERED: Final = 1400
LONGEST_UPRIGHT: Final = 2200


@dataclass(frozen=True, slots=True)
class InspectedPage:
    """`delivered`: the page as displayed; None for files without paper. `upright` and `ink`: the picture it
    was recognised from, and the print on it; None for a page that was read by its text. `stages` is None for
    a page that could not be read, and holds no pictures. `outlines`: the true shapes of tables and cells on
    the delivered page, by their boxes.
    """

    number: int
    delivered: Picture | None
    upright: Picture | None = None
    ink: Picture | None = None
    stages: PageStages | None = None
    outlines: Mapping[Box, Outline] = field(default_factory=dict)

    @property
    def reading(self) -> PageReading | None:
        return self.stages.reading if self.stages else None

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the frame in which rules, tables and lines were found."""
        if self.upright is not None:
            return self.upright.width, self.upright.height
        if self.reading is not None:
            return self.reading.geometry.width, self.reading.geometry.height
        return (self.delivered.width, self.delivered.height) if self.delivered else (1, 1)

    @property
    def background(self) -> Picture | None:
        """What lies under the layers."""
        return self.upright or self.delivered


def inspected(opened: OpenedDocument, number: int, stages: PageStages | None) -> InspectedPage:
    """The page with its pictures encoded, so that a long document needs little memory."""
    delivered = _delivered(opened, number)
    if stages is None or stages.upright is None:
        return InspectedPage(number, delivered, stages=stages)
    return InspectedPage(
        number,
        delivered,
        jpeg(stages.upright.image, longest=LONGEST_UPRIGHT),
        ink_png(stages.upright.ink, longest=LONGEST_UPRIGHT),
        replace(stages, upright=None),
        dict(_outlines(stages, stages.upright)),
    )


def _outlines(stages: PageStages, upright: UprightPage) -> Iterator[tuple[Box, Outline]]:
    """Where the corners, and the middles between them, of each box of the upright picture come from."""
    for read, found in zip(stages.reading.tables, stages.tables, strict=True):
        pairs = [
            (read.box, found.box),
            *zip((c.box for c in read.cells), (c.box for c in found.cells), strict=True),
        ]
        for there, here in pairs:
            (x, y), xs, ys = here.centre, (here.x0, here.x1), (here.y0, here.y1)
            around = [(xs[0], ys[0]), (x, ys[0]), (xs[1], ys[0]), (xs[1], y), (xs[1], ys[1]), (x, ys[1])]
            points = upright.transform.to_page(np.array([*around, (xs[0], ys[1]), (xs[0], y)]))
            yield there, tuple((float(px), float(py)) for px, py in points)


def _delivered(opened: OpenedDocument, number: int) -> Picture | None:
    try:
        return jpeg(opened.picture(number, DPI), longest=LONGEST_DELIVERED)
    except DocumentError:
        return None  # without paper, or not to be drawn: then the reading says so

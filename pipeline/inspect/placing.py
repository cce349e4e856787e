"""Marks with their words in place: the same for the SVG of the page and for the PNG files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from goaltables.pipeline.drawing.fitted_text import LINE_HEIGHT, fitted
from goaltables.pipeline.inspect.layers import Layer, Mark, Outline
from goaltables.records import Box

# In parts of the frame's shorter side.
LARGEST_TEXT: Final = 1 / 55
TAG: Final = 1 / 95
LARGEST_TAG: Final = 0.45  # of its box: a row of a dense page is low
INSET: Final = 1 / 400


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text, from `x` (or up to it: `is_right`) on the baseline `y`, in the units of the frame.

    `kind` is ``text`` or ``tag``.
    """

    x: float
    y: float
    size: float
    text: str
    kind: str
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A mark ready to be drawn."""

    outline: Outline
    style: str
    note: str
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class PlacedLayer:
    """A layer ready to be drawn; `styles` are those of its legend."""

    name: str
    marks: tuple[PlacedMark, ...]
    styles: tuple[str, ...]


def placed(layers: Iterable[Layer], size: tuple[float, float]) -> tuple[PlacedLayer, ...]:
    """The layers of a frame of `size`."""
    short = min(size)
    return tuple(
        PlacedLayer(layer.name, tuple(_placed(mark, short) for mark in layer.marks), layer.styles)
        for layer in layers
    )


def _placed(mark: Mark, short: float) -> PlacedMark:
    words = (*_text(mark, short), *_tag(mark, short))
    return PlacedMark(mark.outline or _corners(mark.box), mark.style, mark.note, words)


def _corners(box: Box) -> Outline:
    return (box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)


def _text(mark: Mark, short: float) -> Iterator[Words]:
    box, inset = mark.box, INSET * short
    fit = fitted(mark.text, box.width - 2 * inset, box.height - inset, LARGEST_TEXT * short)
    for number, line in enumerate(fit.lines):
        baseline = box.y0 + inset / 2 + fit.size * (LINE_HEIGHT * number + 0.9)
        yield Words(box.x0 + inset, baseline, fit.size, line, "text")


def _tag(mark: Mark, short: float) -> Iterator[Words]:
    if mark.tag:
        size = min(TAG * short, LARGEST_TAG * mark.box.height)
        inset, is_right = INSET * short, mark.corner.endswith("e")
        x = mark.box.x1 - inset if is_right else mark.box.x0 + inset
        y = mark.box.y0 + size if mark.corner.startswith("n") else mark.box.y1 - inset
        yield Words(x, y, size, mark.tag, "tag", is_right)

"""The paths and images of a digital page, from pdfminer's layout objects: what its rules are found among."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pdfminer.layout import LTCurve, LTImage, LTLine, LTRect

from goaltables.extractors.digital.border_fills import winding
from goaltables.extractors.digital.layout_frame import LayoutFrame
from goaltables.extractors.digital.page_turn import PageTurn
from goaltables.extractors.digital.rules import Shape
from goaltables.extractors.files.content_stream import PageLayout


def drawn_shapes(layout: PageLayout, frame: LayoutFrame, turn: PageTurn) -> Iterator[Shape]:
    """Everything that is drawn but text, in painting order, on the upright page."""
    for item in layout.items((LTCurve, LTImage)):
        yield _shape(item, frame, turn)


def _shape(item: Any, frame: LayoutFrame, turn: PageTurn) -> Shape:
    if isinstance(item, LTImage):
        return Shape(
            "image", (), turn.upright_box(frame.box(item)), fill_light=0.0, stroke_light=None, width=0
        )
    kind = "rect" if isinstance(item, LTRect) else "line" if isinstance(item, LTLine) else "path"
    steps = []
    if kind != "rect":
        for command, *points in item.original_path or ():
            steps.append((command, tuple(turn.to_upright(*frame.point(*point)) for point in points)))
    return Shape(
        kind,
        tuple(steps),
        turn.upright_box(frame.box(item)),
        fill_light=lightness(item.non_stroking_color) if item.fill else None,
        stroke_light=lightness(item.stroking_color) if item.stroke else None,
        width=item.linewidth or 0.0,
        # pdfminer keeps the order of a rectangle's corners only in its path.
        winding=0
        if item.evenodd
        else winding([step[-1] for step in item.original_path or () if len(step) > 1]),
    )


def lightness(colour: Any, space: str | None = None) -> float:
    """0 black .. 1 white. Unknown colour spaces (a spot ink, a pattern) count as black."""
    if space in ("Separation", "DeviceN", "Pattern", "Indexed"):
        return 0.0
    parts = colour if isinstance(colour, (tuple, list)) else (colour,)
    if len(parts) not in (1, 3, 4) or not all(isinstance(part, (int, float)) for part in parts):
        return 0.0
    if len(parts) == 1:
        return float(parts[0])
    luminance = 0.3 * float(parts[0]) + 0.59 * float(parts[1]) + 0.11 * float(parts[2])
    return luminance if len(parts) == 3 else 1.0 - min(1.0, luminance + float(parts[3]))

"""The plots of a report: bars, as SVG for our page (`theme`). matplotlib draws them without a screen."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from goaltables.pipeline.drawing.fonts import chinese_font_file
from goaltables.pipeline.report.theme import INK, LINE, SOFT, themed

WIDTH: Final = 5.2  # inches, at 72 units each
ROW: Final = 0.28
HEAD: Final = 0.5
COLUMNS_HEIGHT: Final = 2.4
SIDE: Final = 0.12  # the browser's font may be a little wider than the one that measured

# Texts are written as texts; labels are codes and words of ours, never formulas.
SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "goaltables",
    "text.parse_math": False,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of one or more parts: (length, colour of `theme`) each; `note` stands at its end."""

    label: str
    parts: tuple[tuple[float, str], ...]
    note: str = ""

    @property
    def length(self) -> float:
        return sum(length for length, _ in self.parts)


def lying_bars(bars: Sequence[Bar], name: str, title: str) -> str:
    """Bars from left to right, the first on top."""
    with _settings():
        return themed(_lying(bars), name, title)


def standing_bars(bars: Sequence[Bar], name: str, title: str, below: str) -> str:
    """Bars from the ground up, from left to right; `below` says what the labels are."""
    with _settings():
        return themed(_standing(bars, below), name, title)


def _lying(bars: Sequence[Bar]) -> bytes:
    figure, axes = _figure(HEAD + ROW * max(len(bars), 1))
    places = list(range(len(bars)))[::-1]
    for place, bar in zip(places, bars, strict=True):
        start = 0.0
        for length, colour in bar.parts:
            axes.barh(place, length, left=start, height=0.68, color=colour)
            start += length
        axes.annotate(
            bar.note, (start, place), (4, 0), textcoords="offset points", va="center", color=INK, fontsize=9
        )
    axes.set_yticks(places, [bar.label for bar in bars])
    axes.set_ylim(-0.6, len(bars) - 0.4)
    axes.set_xlim(0, 1.18 * max((bar.length for bar in bars), default=1) or 1)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(axis="x", color=LINE, linewidth=0.7)
    return _svg(figure)


def _standing(bars: Sequence[Bar], below: str) -> bytes:
    figure, axes = _figure(COLUMNS_HEIGHT)
    for place, bar in enumerate(bars):
        start = 0.0
        for length, colour in bar.parts:
            axes.bar(place, length, bottom=start, width=0.82, color=colour)
            start += length
        axes.annotate(
            bar.note, (place, start), (0, 3), textcoords="offset points", ha="center", color=INK, fontsize=8
        )
    axes.set_xticks(range(len(bars)), [bar.label for bar in bars])
    axes.set_xlim(-0.6, len(bars) - 0.4)
    axes.set_ylim(0, 1.15 * max((bar.length for bar in bars), default=1) or 1)
    axes.set_xlabel(below, color=SOFT, fontsize=9)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(axis="y", color=LINE, linewidth=0.7)
    return _svg(figure)


def _figure(height: float) -> tuple[Figure, Axes]:
    """A figure and its axes without a frame."""
    figure = Figure(figsize=(WIDTH, height), layout=ConstrainedLayoutEngine(w_pad=SIDE, h_pad=0.03))
    axes = figure.add_subplot()
    figure.patch.set_visible(False)
    axes.patch.set_visible(False)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, labelsize=10, labelcolor=INK)
    return figure, axes


def _svg(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


@contextmanager
def _settings() -> Iterator[None]:
    # A Chinese font that has no plain weight is as good; matplotlib would say so on stderr, once a plot.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with mpl.rc_context({**SETTINGS, "font.family": _family()}), warnings.catch_warnings():
        # Without a Chinese font only the widths of labels are guessed: the browser has one.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing")
        yield


def _family() -> list[str]:
    """The font that texts are measured with."""
    file = chinese_font_file()
    if file is None:
        return ["DejaVu Sans"]
    known = {entry.fname: entry.name for entry in font_manager.fontManager.ttflist}
    if str(file) not in known:
        font_manager.fontManager.addfont(file)
        known = {entry.fname: entry.name for entry in font_manager.fontManager.ttflist}
    return [known.get(str(file), "DejaVu Sans"), "DejaVu Sans"]

"""The visible characters and drawn strokes of a digital page, cleaned.

pdfminer's layout objects are taken as they are: pdfplumber's per-character dictionaries cost nearly as much
again as reading the page. What a person does not see is left out and told: text in rendering mode 3, white on
white, covered, clipped, outside the page; slanted or large light watermark text; a glyph drawn twice to look
bold counts once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from pdfminer.layout import LTChar

from goaltables.extractors.clean_text import fold_characters
from goaltables.extractors.digital.border_fills import border_segments
from goaltables.extractors.digital.drawn_shapes import drawn_shapes, lightness
from goaltables.extractors.digital.layout_frame import LayoutFrame
from goaltables.extractors.digital.page_turn import PageTurn
from goaltables.extractors.digital.rules import Segment, shape_segments
from goaltables.extractors.files.content_stream import PageLayout
from goaltables.extractors.files.page_objects import HiddenChar
from goaltables.records import Box, PageProblem

DEFAULT_SIZE = 10.5  # 五号, the usual size of tables; for pages without text
# Above and below the baseline, in sizes. Fonts' own ascents are unreliable (0, or twice the size).
ASCENT, DESCENT = 0.86, 0.14
SLANT = math.radians(4)
# A bold effect moves the second glyph by 0.02 to 0.1 sizes; the "11" of a narrow face stands .45 apart.
DOUBLED_WITHIN = 0.2
BUCKET = 8.0  # points: one character of the same text is rarely in the same one
LIGHT = 0.55
LARGE = 1.8


@dataclass(frozen=True, slots=True)
class Glyph:
    """One visible character on the upright page. `turn` is its own clockwise turn against the page (0 for
    nearly all; a side label set sideways has another). `baseline` is a y of the upright page for turn 0.
    `font`: the name of its font.
    """

    text: str
    box: Box
    baseline: float
    size: float
    turn: int = 0
    font: str = ""


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What is seen on a page, in upright coordinates and painting order. `em`: the usual character size."""

    turn: PageTurn
    glyphs: tuple[Glyph, ...]
    segments: tuple[Segment, ...]
    em: float
    problems: tuple[PageProblem, ...]


def read_text_layer(
    layout: PageLayout, hidden: Iterable[HiddenChar], *, width: float, height: float
) -> TextLayer:
    """Read the layout of a page that is `width` x `height` points as displayed."""
    frame = LayoutFrame.of(layout.page)
    chars = list(layout.items(LTChar))
    turn = PageTurn(_dominant_turn(chars), width, height)
    is_sideways = turn.degrees in (90, 270)
    em = median(char.width if is_sideways else char.height for char in chars) if chars else DEFAULT_SIZE
    keep = _Sieve(frame, turn, _hidden_places(hidden, frame), em)
    glyphs = _without_doubles(glyph for char in chars if (glyph := keep.glyph(char)) is not None)
    shapes = list(drawn_shapes(layout, frame, turn))
    segments = [segment for shape in shapes for segment in shape_segments(shape)]
    segments += border_segments(shapes)
    return TextLayer(turn, tuple(glyphs), tuple(segments), em, tuple(keep.problems()))


def _quarter(matrix: tuple[float, ...]) -> int | None:
    """The clockwise turn that makes a glyph of this matrix upright; None for slanted text."""
    if matrix[1] == 0 and matrix[0] > 0:
        return 0
    angle = math.atan2(matrix[1], matrix[0])  # of the baseline, counter-clockwise, y up
    quarters = round(angle / (math.pi / 2))
    if abs(angle - quarters * math.pi / 2) > SLANT:
        return None
    return quarters * 90 % 360


def _dominant_turn(chars: list[LTChar]) -> int:
    turns = Counter(_quarter(char.matrix) for char in chars)
    del turns[None]
    return turns.most_common(1)[0][0] or 0 if turns else 0


def _hidden_places(
    hidden: Iterable[HiddenChar], frame: LayoutFrame
) -> dict[tuple[int, int], list[tuple[float, float, str]]]:
    """Origins of hidden characters on the displayed page, in buckets of 2 points."""
    places: dict[tuple[int, int], list[tuple[float, float, str]]] = defaultdict(list)
    for char in hidden:
        x, y = frame.user_point(char.x, char.y)
        places[int(x // 2), int(y // 2)].append((x, y, char.reason))
    return places


class _Sieve:
    """Lets through what is seen, and counts what is not."""

    def __init__(
        self,
        frame: LayoutFrame,
        turn: PageTurn,
        hidden: dict[tuple[int, int], list[tuple[float, float, str]]],
        em: float,
    ) -> None:
        self.frame, self.turn, self.hidden, self.em = frame, turn, hidden, em
        self.dropped: dict[str, list[str]] = defaultdict(list)

    def glyph(self, char: LTChar) -> Glyph | None:
        text = fold_characters(char.get_text())
        if not text or text.isspace():
            return None
        displayed = self.frame.box(char)
        x, y = displayed.centre
        if not (0 <= x <= self.turn.width and 0 <= y <= self.turn.height):
            self.dropped["outside"].append(text)
            return None
        quarter = _quarter(char.matrix)
        if quarter is None:
            self.dropped["slanted"].append(text)
            return None
        origin = self.frame.point(char.matrix[4], char.matrix[5])
        reason = self._hidden_reason(*origin)
        if reason is not None:
            self.dropped[reason].append(text)
            return None
        turn = (quarter - self.turn.degrees) % 360
        glyph = self._placed(text, displayed, origin, turn, char.fontname)
        # Upright watermarks are large and light; light text of ordinary size is text.
        if glyph.size > LARGE * self.em and _lightness(char) > LIGHT:
            self.dropped["light"].append(text)
            return None
        return glyph

    def _placed(self, text: str, displayed: Box, origin: tuple[float, float], turn: int, font: str) -> Glyph:
        box = self.turn.upright_box(displayed)
        if turn != 0:
            return Glyph(text, box, box.y1, box.width if turn in (90, 270) else box.height, turn, font)
        baseline = self.turn.to_upright(*origin)[1]
        size = box.height
        return Glyph(
            text,
            Box(box.x0, baseline - ASCENT * size, box.x1, baseline + DESCENT * size),
            baseline,
            size,
            font=font,
        )

    def _hidden_reason(self, x: float, y: float) -> str | None:
        """Why the character of this origin is not seen. Each hidden one is used up: a visible twin on the
        same spot (text under its own searchable copy) stays.
        """
        if not self.hidden:
            return None
        column, row = int(x // 2), int(y // 2)
        for i in (column - 1, column, column + 1):
            for j in (row - 1, row, row + 1):
                near = self.hidden.get((i, j), [])
                for place in near:
                    if abs(place[0] - x) < 0.7 and abs(place[1] - y) < 0.7:
                        near.remove(place)
                        return place[2]
        return None

    def problems(self) -> Iterator[PageProblem]:
        for reason, code in (
            ("invisible", "hidden-text-dropped"),
            ("white", "hidden-text-dropped"),
            ("covered", "hidden-text-dropped"),
            ("clipped", "clipped-text-dropped"),
            ("outside", "clipped-text-dropped"),
            ("slanted", "watermark-dropped"),
            ("light", "watermark-dropped"),
        ):
            if texts := self.dropped.get(reason):
                sample = "".join(texts)
                shown = sample if len(sample) <= 60 else sample[:60] + "…"
                yield PageProblem(
                    code, f"{len(texts)} characters ({reason}) are not part of the text: {shown}"
                )


def _without_doubles(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Glyphs once each: a bold effect draws them again on nearly the same spot."""
    kept: list[Glyph] = []
    places: dict[tuple[str, int, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if not _is_drawn_again(glyph, places):
            kept.append(glyph)
            places[glyph.text, int(glyph.box.x0 // BUCKET), int(glyph.baseline // BUCKET)].append(glyph)
    return kept


def _is_drawn_again(glyph: Glyph, places: dict[tuple[str, int, int], list[Glyph]]) -> bool:
    x, y, near = glyph.box.x0, glyph.baseline, DOUBLED_WITHIN * glyph.size
    for column in range(int((x - near) // BUCKET), int((x + near) // BUCKET) + 1):
        for row in range(int((y - near) // BUCKET), int((y + near) // BUCKET) + 1):
            for other in places.get((glyph.text, column, row), ()):
                if abs(other.box.x0 - x) < near and abs(other.baseline - y) < near:
                    return True
    return False


def _lightness(char: LTChar) -> float:
    state = char.graphicstate
    return lightness(state.ncolor, getattr(state.ncs, "name", ""))

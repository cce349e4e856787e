"""The stage records: what one stage hands to the next.

Data flows one way, from frozen record to frozen record::

    open     -> bytes of one file, sniffed            (extractors.open_document)
    route    -> PageRoute                             (extractors.route)
    grid     -> Grid: geometry only, no text          (extractors.digital, extractors.picture)
    read     -> PageReading: tables with texts, lines (extractors.*_page)
    assemble -> TablePiece, JoinedTable               (normalizers.understanding)
    understand, normalise, check -> goaltables.document (the published model)

Coordinates. Every ``Box`` in a ``PageReading`` is in the units of the page *as displayed* (PDF points
after /Rotate, or image pixels), origin top left. Grids found on a picture are in the pixels of that
picture until ``PageTransform`` leads them back. Row and column numbers count from 0 inside one page's
piece of a table and follow the *logical* (upright) page.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
Points: TypeAlias = npt.NDArray[np.float64]


class Unit(StrEnum):
    """The unit of page coordinates."""

    POINT = "pt"
    PIXEL = "px"


class Route(StrEnum):
    """How a page was read: its own text layer, or recognised from its picture."""

    TEXT = "text"
    OCR = "ocr"


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle; x grows to the right, y grows downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    def overlap(self, other: Box) -> float:
        """Area shared with `other`."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return width * height if width > 0 and height > 0 else 0.0

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def union(self, other: Box) -> Box:
        return Box(
            min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1)
        )

    def scaled(self, by: float) -> Box:
        """The box in a unit that is `by` times smaller."""
        return Box(self.x0 * by, self.y0 * by, self.x1 * by, self.y1 * by)

    def rounded(self, digits: int = 2) -> list[float]:
        """[x0, y0, x1, y1] as it is published."""
        return [round(v, digits) for v in (self.x0, self.y0, self.x1, self.y1)]


@dataclass(frozen=True, slots=True)
class PageGeometry:
    """One page as displayed.

    `number` counts from 1; `rotation` is the clockwise turn (0, 90, 180, 270) that was applied to make the
    delivered page upright.
    """

    number: int
    width: float
    height: float
    unit: Unit
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class PageRoute:
    """The route of a page and a short code for the reason, e.g. ``no-text-layer``, ``garbled-text``."""

    route: Route
    reason: str


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid, without text. Spans are at least 1."""

    row: int
    col: int
    rowspan: int
    colspan: int
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's cells. They tile its rows and columns: no hole, no overlap.

    `method` names the finder (``vector``, ``raster-ruled``, ``raster-open`` …); `score` in [0, 1] is the
    finder's own trust in the grid.
    """

    box: Box
    cells: tuple[GridCell, ...]
    method: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """What else a line may say: which characters may stand at each step along it, and how likely.

    A recogniser answers step by step (CTC: equal neighbours are one character, blanks part them). `scores`
    are natural log probabilities, ``steps x (1 + len(characters))``: column 0 is the blank, column k is
    ``characters[k - 1]``. A character that is not among `characters` is less likely than e^`LEAST` at each
    step. Whoever knows what the line may say chooses among them; nobody needs the picture again for it.

    Made by `of`; `packed` holds the scores as base64 of little-endian 16-bit floats, row by row: plain text,
    so that a reading can go from process to process as data.

    Raises:
        ValueError: `packed` holds no whole rows.

    """

    LEAST: ClassVar[float] = -10.0

    characters: str
    packed: str

    def __post_init__(self) -> None:
        if len(base64.b64decode(self.packed, validate=True)) % (2 * (1 + len(self.characters))):
            raise ValueError("the scores of a line have as many columns as it has characters, and a blank")

    @classmethod
    def of(cls, characters: str, scores: npt.NDArray[np.floating]) -> Hypotheses:
        return cls(characters, base64.b64encode(scores.astype("<f2").tobytes()).decode("ascii"))

    @property
    def scores(self) -> npt.NDArray[np.float16]:
        flat = np.frombuffer(base64.b64decode(self.packed), "<f2")
        return flat.reshape(-1, 1 + len(self.characters))


@dataclass(frozen=True, slots=True)
class GivenTable:
    """A table that a person marked on a page; boxes in the units of the page as displayed.

    Its `cells` are read as they are: they tile it, rows and columns of the upright page. Without cells only
    the box is given, and the grid inside is to be found.
    """

    box: Box
    cells: tuple[GridCell, ...] = ()


@dataclass(frozen=True, slots=True)
class LineReading:
    """What an engine read on one line image: the text and one probability per character.

    `places`: where each character stands, its middle as a share of the picture's width; empty from an engine
    that cannot say.
    `passed_over`: the greatest probability of a character at a step that was read as none. A sign that is
    lost so (≤ before 6.20) leaves no trace in the probabilities of the others.
    `hypotheses`: what else the line may say; None where the reader is sure, or cannot say.
    `flags` are codes of what the engine knows it cannot do: ``operator-unreadable`` when its character set
    lacks the comparison and percent signs that a target value may hold.
    """

    text: str
    probabilities: tuple[float, ...] = ()
    flags: tuple[str, ...] = ()
    places: tuple[float, ...] = ()
    passed_over: float = 0.0
    hypotheses: Hypotheses | None = field(default=None, compare=False)

    @property
    def confidence(self) -> float:
        """The least of its characters' probabilities (the mean hides the one wrong character), and the
        probability that none is missing.
        """
        return min(1.0 - self.passed_over, *self.probabilities) if self.probabilities else 0.0


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text outside every table: titles, notes, prose."""

    text: str
    box: Box
    confidence: float
    reader: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that was read.

    `text` is as printed, wrapped lines joined without a break. `confidence` in [0, 1]; 1.0 for an empty
    cell and for a text layer that is believed. `flags` are codes of what the reader noticed
    (``under-seal``, ``ink-not-read``, ``operator-unreadable`` …). `lines` are the readings that `text` was
    joined from, kept where one of them has hypotheses: who knows the cell's role may choose among them.
    """

    row: int
    col: int
    rowspan: int
    colspan: int
    box: Box
    text: str
    confidence: float = 1.0
    reader: str = ""
    flags: tuple[str, ...] = ()
    lines: tuple[LineReading, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PageTable:
    """One table (or piece of one) on one page: its cells in reading order (row, then col)."""

    box: Box
    cells: tuple[Cell, ...]
    method: str
    score: float = 1.0

    @property
    def n_rows(self) -> int:
        return max((c.row + c.rowspan for c in self.cells), default=0)

    @property
    def n_cols(self) -> int:
        return max((c.col + c.colspan for c in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class PageProblem:
    """Something about a page that a person should know: a finding code and a message (English)."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PageReading:
    """Everything that was read on one page, tables and lines in reading order."""

    geometry: PageGeometry
    route: PageRoute
    tables: tuple[PageTable, ...]
    lines: tuple[TextLine, ...]
    problems: tuple[PageProblem, ...] = ()


class OcrEngine(Protocol):
    """A text recogniser. Lives in one worker process; makes no threads of its own."""

    name: str
    version: str
    licence: str

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        """Read upright line images (gray ``h x w`` or BGR ``h x w x 3``, uint8): one reading each."""
        ...


class PageTransform(Protocol):
    """Leads points of the picture that was analysed back to the page as displayed."""

    def to_page(self, points: Points) -> Points:
        """``(n, 2)`` x, y of the analysed picture -> ``(n, 2)`` in page units."""
        ...

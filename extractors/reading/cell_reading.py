"""Reading the cells of a grid found on a picture.

Lines go to the engine all at once, a page's worth a call; the lines of a wrapped cell are joined without a
break. A cell's confidence is the least probability of its characters: the mean hides the one wrong digit.

What no probability can see is flagged: ink that belongs to no character that was read (``ink-not-read``: a
lost first stroke turns 二级指标 into 级指标 at .9999), a character across the edge of the box
(``crosses-edge``: a rule that is none cuts names), a seal over the cell (``under-seal``), and a reading that
is probably a misread ≥ (``operator-suspect``: ">95%", "295%"). The text stays as it was read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from goaltables.extractors.picture.print_ink import PagePrint, faint_view, page_print
from goaltables.extractors.reading.cell_lines import CellLines, LinePicture, split_lines
from goaltables.extractors.reading.lone_marks import mend_leading_equals, mend_lone_mark
from goaltables.extractors.reading.lone_signs import find_number, may_be_sign, read_signs
from goaltables.extractors.reading.per_mille import with_per_mille
from goaltables.extractors.reading.short_lines import with_short_lines_joined
from goaltables.records import Cell, GridCell, Image, LineReading, OcrEngine

UNDER_SEAL = "under-seal"
INK_NOT_READ = "ink-not-read"
OPERATOR_SUSPECT = "operator-suspect"
CROSSES_EDGE = "crosses-edge"

SEAL_SHARE = 0.02  # of a cell's area in red ink
LINE_INK = 150  # darker is ink in a line picture
REACH_OF_CHARACTER = 0.9  # em: of 4,660 lines read right 14 had ink farther from a character, all of it dirt
SURE = 0.95  # a reading under a seal above this needs no second look
# A target value: ≥ loses its lower bar (">95%"), or melts with the figure to 2 or 8 ("295%", "8100%").
_VALUE_LIKE = re.compile(r"[<>＜＞〉〈](?![=＝]).{0,13}|[28](?:\d\d(?:\.\d+)?|100)[%％]")
_POINT = re.compile(r"(?<=[一-鿿])[.．](?=[一-鿿])")
_RULE_END = re.compile(r"^[一—\-_]+(?=[≥≤<>＜＞=＝])")
_LAYOUT = re.compile(r"(?<![0-9A-Za-z.,])\s+|\s+(?![0-9A-Za-z])")  # blanks that part no Latin words


def read_cells(image: Image, em: float, cells: Sequence[GridCell], engine: OcrEngine) -> tuple[Cell, ...]:
    """Read the cells of an upright page picture.

    Args:
        image: the page, gray or BGR.
        em: the height of its characters in px.
        cells: boxes in px of `image`.
        engine: called with every line of the page at once, and again for doubtful cells under a seal.

    Returns:
        One cell each, in order, boxes unchanged (px). An empty cell has text "" and confidence 1.

    """
    return read_cells_of_print(page_print(image, em), em, cells, engine)


def read_cells_of_print(
    page: PagePrint, em: float, cells: Sequence[GridCell], engine: OcrEngine
) -> tuple[Cell, ...]:
    """As `read_cells`, for a page whose print was already freed from its paper.

    A doubtful cell under a seal is looked at a second time, with fainter strokes kept; that reading is taken
    when it is surer and has lost no character.
    """
    read = _read_view(page, em, cells, engine)
    doubtful = [k for k, cell in enumerate(read) if UNDER_SEAL in cell.flags and cell.confidence < SURE]
    view = faint_view(page, em) if doubtful else None
    if view is None:
        return read
    second = _read_view(view, em, [cells[k] for k in doubtful], engine)
    better = {
        k: cell
        for k, cell in zip(doubtful, second, strict=True)
        if cell.confidence > read[k].confidence and len(cell.text) >= len(read[k].text)
    }
    return tuple(better.get(k, cell) for k, cell in enumerate(read))


def _read_view(page: PagePrint, em: float, cells: Sequence[GridCell], engine: OcrEngine) -> tuple[Cell, ...]:
    split = [with_short_lines_joined(split_lines(page, cell.box, em), em) for cell in cells]
    read = iter(engine.read([line.image for lines in split for line in lines.lines]))
    readings = [[with_per_mille(next(read), line.image) for line in lines.lines] for lines in split]
    return tuple(
        _as_cell(page, em, cell, lines, of_cell, engine.name)
        for cell, lines, of_cell in zip(
            cells, split, _with_lone_signs(split, readings, em, engine), strict=True
        )
    )


def _with_lone_signs(
    split: Sequence[CellLines], readings: Sequence[list[LineReading]], em: float, engine: OcrEngine
) -> list[list[LineReading]]:
    """The readings of each cell, lone signs read a second time beside a number of the page."""
    doubtful = [
        k
        for k, (lines, read) in enumerate(zip(split, readings, strict=True))
        if len(read) == 1 and may_be_sign(lines.lines[0], read[0], em)
    ]
    mended = list(readings)
    number = find_number([lines.lines for lines in split], readings) if doubtful else None
    if number is not None:
        alone = [readings[k][0].text for k in doubtful]
        signs = read_signs([split[k].lines[0] for k in doubtful], alone, number, em, engine)
        for k, sign in zip(doubtful, signs, strict=True):
            if sign is not None:
                mended[k] = [sign]
    return mended


def _as_cell(
    page: PagePrint, em: float, cell: GridCell, lines: CellLines, readings: Sequence[LineReading], reader: str
) -> Cell:
    flags = {flag for reading in readings for flag in reading.flags}
    if lines.has_ink_outside or any(map(partial(_leaves_ink, em=em), lines.lines, readings)):
        flags.add(INK_NOT_READ)
    if lines.crosses_edge:
        flags.add(CROSSES_EDGE)
    if _is_under_seal(page, cell):
        flags.add(UNDER_SEAL)
    printed = tuple(_as_printed(reading) for reading in readings)
    text = "".join(reading.text for reading in printed)
    confidence = min((reading.confidence for reading in readings), default=1.0)
    is_doubtful = any(reading.hypotheses is not None for reading in printed)
    if len(lines.lines) == 1:
        mend = mend_lone_mark if len(text) <= 1 else mend_leading_equals
        mended = mend(text, lines.lines[0], em)
        is_doubtful &= mended.text == text
        text, flags = mended.text, flags | set(mended.flags)
    if _VALUE_LIKE.fullmatch(text):
        flags.add(OPERATOR_SUSPECT)
    return Cell(
        cell.row,
        cell.col,
        cell.rowspan,
        cell.colspan,
        cell.box,
        text,
        confidence,
        reader,
        tuple(sorted(flags)),
        printed if is_doubtful else (),
    )


def _leaves_ink(line: LinePicture, reading: LineReading, em: float) -> bool:
    """Whether some of the line's ink is farther from every character that was read than one can reach."""
    if not reading.text.strip():
        return True
    inked = np.flatnonzero((line.image < LINE_INK).any(axis=0))
    if not reading.places or not inked.size:
        return False
    places = np.asarray(reading.places) * line.image.shape[1]
    nearest = np.abs(inked[:, None] - places[None, :]).min(axis=1)
    return bool(nearest.max() > REACH_OF_CHARACTER * em)


def as_printed(text: str) -> str:
    """Without the blanks seen in justified Chinese (合　　计); blanks between Latin words stay.

    A dash before a sign of comparison is the end of a rule. A point between two ideographs is the comma of
    small print: Chinese has no points there.
    """
    return _as_printed(LineReading(text)).text


def _as_printed(reading: LineReading) -> LineReading:
    """As `as_printed`, the probabilities and places of the characters that stay with them."""
    text = _POINT.sub("，", reading.text)
    layout = {k for match in _LAYOUT.finditer(text) for k in range(*match.span())}
    layout |= {k for match in _RULE_END.finditer(text) for k in range(*match.span())}
    if not layout:
        return reading if text == reading.text else replace(reading, text=text)
    kept = [k for k in range(len(text)) if k not in layout]
    return replace(
        reading,
        text="".join(text[k] for k in kept),
        probabilities=tuple(reading.probabilities[k] for k in kept if reading.probabilities),
        places=tuple(reading.places[k] for k in kept if reading.places),
    )


def _is_under_seal(page: PagePrint, cell: GridCell) -> bool:
    x0, y0, x1, y1 = (max(0, round(v)) for v in (cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1))
    red = page.red[y0:y1, x0:x1]
    return red.size > 0 and float(red.mean()) > SEAL_SHARE

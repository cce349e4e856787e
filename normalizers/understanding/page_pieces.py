"""The tables of a document as pieces, each with the lines that stand above it.

Page numbers and running heads are no titles: a line that comes back at the same height of several pages,
and the bare number at a page's foot, are left out. A *title* that comes back on every page stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.joined_table import TablePiece
from goaltables.normalizers.understanding.upright import upright_box, upright_size
from goaltables.records import Box, PageReading, TextLine

_PAGE_NUMBER = re.compile(r"^[-—–·\s]*(?:第?\s*\d{1,4}\s*页?(?:[/,，共\s]*\d{0,4}\s*页?)?)[-—–·\s]*$")
_TABLE_NAME = re.compile(
    r"表(?:[（(].{0,12}[)）])?(?:之[一二三四五六七八九十\d]+|[一二三四五六七八九十\d]{1,2})?$"
)
_TOPIC = re.compile(r"绩效|目标|自评|预算|收支|收入|支出|经费|决算|采购|情况")
_GOAL_TOPIC = re.compile(r"绩效|目标|自评")
_EDGE = 0.14  # share of the page's height, at top and bottom, where running heads stand


def is_table_title(text: str) -> bool:
    """Whether a line names a table, of whatever kind."""
    folded = fold(text)
    return 4 <= len(folded) <= 60 and bool(_TABLE_NAME.search(folded)) and bool(_TOPIC.search(folded))


def is_goal_title(text: str) -> bool:
    """Whether a line names a goal table or a self-evaluation."""
    return is_table_title(text) and bool(_GOAL_TOPIC.search(fold(text)))


def table_pieces(pages: Sequence[PageReading]) -> tuple[TablePiece, ...]:
    """Every table of the document in reading order, with the lines above it on its page.

    The lines have the boxes of the upright page.
    """
    lines = {page.geometry.number: _upright_lines(page) for page in pages}
    furniture = _running_lines(pages, lines)
    pieces: list[TablePiece] = []
    for page in pages:
        placed = sorted(
            ((upright_box(t.box, page.geometry), t) for t in page.tables if t.cells),
            key=lambda found: (found[0].y0, found[0].x0),
        )
        kept = [x for x in lines[page.geometry.number] if not _is_furniture(x, page, furniture)]
        for index, (box, table) in enumerate(placed):
            above = _lines_above(kept, box, [other for other, _ in placed if other is not box])
            pieces.append(
                TablePiece(
                    page.geometry,
                    table,
                    _reading_order(above),
                    first_on_page=index == 0,
                    last_on_page=index == len(placed) - 1,
                )
            )
    return tuple(pieces)


def _lines_above(lines: Sequence[TextLine], box: Box, others: Sequence[Box]) -> list[TextLine]:
    """The lines from the next table above `box` down to it; beside another table those on its own side."""
    over = [other.y1 for other in others if other.y1 <= box.y0 + 1 and _shares_width(other, box)]
    beside = [o for o in others if not _shares_width(o, box) and o.y0 < box.y1 and box.y0 < o.y1]
    left = max(((o.x1 + box.x0) / 2 for o in beside if o.x1 <= box.x0), default=float("-inf"))
    right = min(((o.x0 + box.x1) / 2 for o in beside if o.x0 >= box.x1), default=float("inf"))
    top = max(over, default=float("-inf"))
    return [
        line
        for line in lines
        if top - 1 <= line.box.centre[1] < box.y0 + 1 and left < line.box.centre[0] < right
    ]


def _shares_width(one: Box, other: Box) -> bool:
    return min(one.x1, other.x1) > max(one.x0, other.x0)


def _upright_lines(page: PageReading) -> list[TextLine]:
    return [replace(line, box=upright_box(line.box, page.geometry)) for line in page.lines]


def _reading_order(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The lines from top to bottom, those of one row of print from left to right."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box.centre[1]):
        last = rows[-1][-1] if rows else None
        if last is not None and line.box.centre[1] - last.box.centre[1] < 0.5 * last.box.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(line for row in rows for line in sorted(row, key=lambda line: line.box.x0))


def _key(line: TextLine, page: PageReading) -> tuple[str, int]:
    return re.sub(r"\d+", "#", fold(line.text)), round(
        20 * line.box.centre[1] / max(upright_size(page.geometry)[1], 1)
    )


def _running_lines(
    pages: Sequence[PageReading], lines: Mapping[int, Sequence[TextLine]]
) -> frozenset[tuple[str, int]]:
    found = [{_key(line, page) for line in lines[page.geometry.number]} for page in pages]
    counts = Counter(key for keys in found for key in keys)
    return frozenset(key for key, count in counts.items() if count > 1)


def _is_furniture(line: TextLine, page: PageReading, running: frozenset[tuple[str, int]]) -> bool:
    text = line.text.strip()
    height = max(upright_size(page.geometry)[1], 1)
    at_edge = line.box.centre[1] < _EDGE * height or line.box.centre[1] > (1 - _EDGE) * height
    if not text or (_PAGE_NUMBER.match(text) and at_edge):
        return True
    names_table = is_table_title(text) or "：" in text or ":" in text or "年" in text
    return at_edge and not names_table and _key(line, page) in running

"""The tables of a document as pieces, each with the lines that stand above it.

Page numbers and running heads are no titles: a line that comes back at the same height of several pages,
and the bare number at a page's foot, are left out. A *title* that comes back on every page stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from goaltables.normalizers.closed_words import fold
from goaltables.normalizers.joined_table import TablePiece
from goaltables.records import PageReading, TextLine

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
    """Every table of the document in reading order, with the lines above it on its page."""
    furniture = _running_lines(pages)
    pieces: list[TablePiece] = []
    for page in pages:
        tables = sorted((t for t in page.tables if t.cells), key=lambda t: (t.box.y0, t.box.x0))
        lines = [line for line in page.lines if not _is_furniture(line, page, furniture)]
        for index, table in enumerate(tables):
            top = tables[index - 1].box.y1 if index else float("-inf")
            above = [line for line in lines if top - 1 <= line.box.centre[1] < table.box.y0 + 1]
            pieces.append(
                TablePiece(
                    page.geometry,
                    table,
                    tuple(sorted(above, key=lambda line: (round(line.box.centre[1]), line.box.x0))),
                    first_on_page=index == 0,
                    last_on_page=index == len(tables) - 1,
                )
            )
    return tuple(pieces)


def _key(line: TextLine, page: PageReading) -> tuple[str, int]:
    return re.sub(r"\d+", "#", fold(line.text)), round(20 * line.box.centre[1] / max(page.geometry.height, 1))


def _running_lines(pages: Sequence[PageReading]) -> frozenset[tuple[str, int]]:
    counts = Counter(key for page in pages for key in {_key(line, page) for line in page.lines})
    return frozenset(key for key, count in counts.items() if count > 1)


def _is_furniture(line: TextLine, page: PageReading, running: frozenset[tuple[str, int]]) -> bool:
    text = line.text.strip()
    height = max(page.geometry.height, 1)
    at_edge = line.box.centre[1] < _EDGE * height or line.box.centre[1] > (1 - _EDGE) * height
    if not text or (_PAGE_NUMBER.match(text) and at_edge):
        return True
    names_table = is_table_title(text) or "：" in text or ":" in text or "年" in text
    return at_edge and not names_table and _key(line, page) in running

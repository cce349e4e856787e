"""Traditional characters that a reader sees in simplified print: 數 for 数, 決 for 决.

Recognisers know both and take the wrong one where strokes are lost in the scan. A document that is printed in
simplified characters has hardly a character outside GB 2312, so there every such character that stands for
one simplified one is put right, and the cell says so (``traditional-folded``).

>>> simplified("年度總体目標"), simplified("张頔")
('年度总体目标', '张頔')
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from goaltables.normalizers.data import load_toml
from goaltables.records import Cell, PageReading, Route, TextLine

TRADITIONAL_FOLDED = "traditional-folded"


def with_simplified_texts(pages: Sequence[PageReading]) -> tuple[PageReading, ...]:
    """The pages with traditional characters of recognised texts folded, where the document has few."""
    if not _is_simplified(_recognised(pages)):
        return tuple(pages)
    return tuple(_page(page) if page.route.route is Route.OCR else page for page in pages)


def simplified(text: str) -> str:
    """`text` with each traditional character as the simplified one that it stands for."""
    return text if text.isascii() else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    pairs: str = load_toml("traditional.toml")["pairs"]
    return {ord(traditional): simple for traditional, simple in zip(pairs[::2], pairs[1::2], strict=True)}


def _recognised(pages: Iterable[PageReading]) -> str:
    """All that recognisers read."""
    recognised = [page for page in pages if page.route.route is Route.OCR]
    cells = (cell.text for page in recognised for table in page.tables for cell in table.cells)
    return "".join(cells) + "".join(line.text for page in recognised for line in page.lines)


def _is_simplified(text: str) -> bool:
    ideographs = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    traditional = sum(1 for character in ideographs if ord(character) in _table())
    most: float = load_toml("traditional.toml")["most_rare"]
    return 0 < traditional <= most * len(ideographs)


def _page(page: PageReading) -> PageReading:
    return replace(
        page,
        tables=tuple(
            replace(table, cells=tuple(_cell(cell) for cell in table.cells)) for table in page.tables
        ),
        lines=tuple(_line(line) for line in page.lines),
    )


def _cell(cell: Cell) -> Cell:
    text = simplified(cell.text)
    if text == cell.text:
        return cell
    return replace(cell, text=text, flags=(*cell.flags, TRADITIONAL_FOLDED))


def _line(line: TextLine) -> TextLine:
    text = simplified(line.text)
    return line if text == line.text else replace(line, text=text)

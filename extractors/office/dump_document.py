"""A text dump as a document: its pages, its tables and the lines around them.

A page of the print ends where the dump has a form feed, or an empty line between two rows of cells. On its
logical page a line of the file is a row, a tab leads to the next column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from goaltables.errors import LimitExceeded, UnsupportedDocument
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.files.sniff import DUMP
from goaltables.extractors.office.dump_columns import aligned_rows, spanned_cells
from goaltables.extractors.office.dump_text import decode_text
from goaltables.extractors.office.logical_page import (
    TEXT_DUMP,
    LogicalCell,
    LogicalDocument,
    LogicalLine,
    LogicalPage,
    LogicalTable,
    lines_of,
    one_line,
)
from goaltables.records import Box, PageProblem

# Marks that a Markdown writer put around a line; they were never printed.
_EMPHASIS = re.compile(r"^#{1,6}\s+|^(\*\*|__)(?=\S)|(?<=\S)(\*\*|__)$")
MOVED = "row-realigned"


@dataclass(frozen=True, slots=True)
class _DumpLine:
    """A line of the file (or several, where a cell went over lines): `fields` by tabs, `row` from 0 on its
    page, `number` from 1 in the file.

    A title copied with the merged cell it stood in is a text followed by tabs: above a table such a line is
    no row of it.
    """

    number: int
    row: int
    fields: tuple[str, ...]

    @property
    def is_row(self) -> bool:
        return len(self.fields) > 1


class DumpDocument(LogicalDocument):
    """An open text dump."""

    reason = TEXT_DUMP
    text_reader = "goaltables"

    def __init__(self, data: bytes, *, limits: Limits) -> None:
        text = decode_text(data)
        if text is None:
            raise UnsupportedDocument("the text is in an unknown encoding; save it as UTF-8")
        if text.count("\t") > limits.max_cells:
            raise LimitExceeded(f"the text has more than {limits.max_cells} cells; split it")
        pages = _pages(text.removeprefix("\ufeff"))
        width = max((len(line.fields) for page in pages for line in page), default=1)
        if width > limits.max_columns:
            raise LimitExceeded(f"the text has {width} columns, the limit is {limits.max_columns}")
        super().__init__(
            DUMP, [_logical_page(page, width, goes_on=n < len(pages)) for n, page in enumerate(pages, 1)]
        )


def _pages(text: str) -> list[list[_DumpLine]]:
    """The lines of each page that hold something."""
    pages: list[list[_DumpLine]] = [[]]
    start = 0
    blank = False
    for number, line in enumerate(re.split(r"\r\n|[\n\r]", text)):
        page_ends = "\f" in line
        fields = tuple(one_line(part) for part in line.replace("\f", "").split("\t"))
        if not any(fields) and len(fields) == 1:
            blank = True
        else:
            last = pages[-1][-1] if pages[-1] else None
            page_ends = page_ends or (blank and last is not None and last.is_row and len(fields) > 1)
            blank = False
        if page_ends and pages[-1]:
            pages.append([])
            start = number
        if any(fields) or len(fields) > 1:
            pages[-1].append(_DumpLine(number + 1, number - start, fields))
    return [page for page in pages if page] or [[]]


def _logical_page(lines: Sequence[_DumpLine], width: int, *, goes_on: bool) -> LogicalPage:
    lines = _whole_rows(lines)
    tables: list[LogicalTable] = []
    around: list[LogicalLine] = []
    problems: list[PageProblem] = []
    block: list[_DumpLine] = []
    for line in [*lines, None]:
        if line is not None and line.is_row and (block or any(line.fields[1:])):
            block.append(line)
            continue
        if block:
            table, moved = _table(block, width, goes_on=goes_on and line is None)
            tables.append(table)
            problems += moved
            block = []
        if line is not None:
            around += lines_of(_EMPHASIS.sub("", line.fields[0]), Box(0, line.row, width, line.row + 1))
    height = lines[-1].row + 1 if lines else 1
    return LogicalPage(width, height, tuple(tables), tuple(around), tuple(problems))


def _unquoted(field: str) -> str:
    """A cell without the quotes that a spreadsheet puts around a text of several lines."""
    if len(field) > 1 and field.startswith('"') and field.endswith('"'):
        return field[1:-1].replace('""', '"')
    return field


def _whole_rows(lines: Sequence[_DumpLine]) -> list[_DumpLine]:
    """Rows that a line break inside a cell tore apart, put together again.

    Only when this explains every line between the rows: then each row has as many cells as all the others.
    """
    counts = Counter(len(line.fields) for line in lines if line.is_row)
    if len(counts) < 2:
        return list(lines)
    length = counts.most_common(1)[0][0]
    result: list[_DumpLine] = []
    for line in lines:
        last = result[-1] if result else None
        if last is not None and last.is_row and len(last.fields) < length and line.fields[0]:
            fields = (*last.fields[:-1], _unquoted(last.fields[-1] + line.fields[0]), *line.fields[1:])
            result[-1] = _DumpLine(last.number, last.row, fields)
        else:
            result.append(line)
    whole = all(len(line.fields) in (1, length) for line in result)
    return result if whole else list(lines)


def _table(
    block: Sequence[_DumpLine], width: int, *, goes_on: bool
) -> tuple[LogicalTable, list[PageProblem]]:
    rows, moved = aligned_rows([line.fields for line in block])
    wide = [(*row, *("" for _ in range(width - len(row)))) for row in rows]
    cells = tuple(
        LogicalCell(row, col, rowspan, colspan, text, (MOVED,) if row in moved and text else ())
        for row, col, rowspan, colspan, text in spanned_cells(wide, goes_on=goes_on)
    )
    table = LogicalTable(tuple(line.row for line in block), tuple(range(width)), cells)
    problems = []
    if moved:
        listed = ", ".join(str(block[r].number) for r in sorted(moved))
        problems.append(PageProblem(MOVED, f"lines {listed} lost a cell and were moved"))
    return table, problems

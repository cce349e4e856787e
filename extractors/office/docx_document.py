"""A Word document as a document of logical pages: paragraphs and tables in the order of the text.

A page ends where the author put a page break (or a section that begins on a new page); where else Word
breaks pages depends on the printer and is not in the file. A line of text takes a row, a table its rows.
Heads and feet of pages, comments and footnotes are not read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from goaltables.errors import DocumentError, LimitExceeded, MalformedDocument
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.files.sniff import DOCX
from goaltables.extractors.office.docx_table import DocxTable, read_table
from goaltables.extractors.office.docx_text import HIDDEN, NUMBERED, PAGE_BREAK, paragraph_text
from goaltables.extractors.office.logical_page import (
    LogicalDocument,
    LogicalLine,
    LogicalPage,
    LogicalTable,
    lines_of,
)
from goaltables.extractors.office.office_archive import check_office_archive
from goaltables.records import Box, PageProblem

_MESSAGES = {
    NUMBERED: "numbers that Word counts by itself are not in the text of {} cells",
    HIDDEN: "{} cells hold text that is marked as hidden",
}


class DocxDocument(LogicalDocument):
    """An open Word document."""

    text_reader = "python-docx"

    def __init__(self, data: bytes, *, limits: Limits) -> None:
        check_office_archive(data, limits)
        try:
            body = docx.Document(io.BytesIO(data)).element.body
            pages = [_page(blocks) for blocks in _pages(body, limits)]
        except (DocumentError, MemoryError):
            raise
        except Exception as error:  # python-docx and lxml meet damage with whatever their code runs into
            raise MalformedDocument(
                f"the Word document cannot be read ({type(error).__name__}: {error}); save it again"
            ) from error
        width = max((page.width for page in pages), default=1)
        super().__init__(DOCX, [_widened(page, width) for page in pages])


def _blocks(body: Any) -> Iterator[Any]:
    """Paragraphs and tables in their order, also those in content controls."""
    for child in body.iterchildren():
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:ins")):
            yield from _blocks(child)


def _pages(body: Any, limits: Limits) -> Iterator[list[str | DocxTable]]:
    """The lines and tables of each page that holds any."""
    page: list[str | DocxTable] = []
    characters = cells = 0
    for block in _blocks(body):
        if block.tag == qn("w:tbl"):
            for table in _with_nested(block, limits):
                characters += sum(len(cell.text) for cell in table.cells)
                cells += table.n_rows * table.n_cols
                page.append(table)
        else:
            text = PAGE_BREAK * _breaks_before(block) + paragraph_text(block)
            characters += len(text)
            first, *others = text.split(PAGE_BREAK)
            page.append(first)
            for other in others:
                yield page
                page = [other]
            if _ends_section(block):
                yield page
                page = []
        if characters > limits.max_characters or cells > limits.max_cells:
            raise LimitExceeded("the document has more text and cells than a person reads; split it")
    yield page


def _with_nested(table: Any, limits: Limits) -> Iterator[DocxTable]:
    """A table and, after it, the tables inside its cells; a mere frame around others is left out."""
    read = read_table(table, limits)
    if any(cell.text for cell in read.cells) or not read.nested:
        yield read
    for inner in read.nested:
        yield from _with_nested(inner, limits)


def _breaks_before(paragraph: Any) -> bool:
    mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}")
    return mark is not None and mark.get(qn("w:val")) not in ("0", "false", "off")


def _ends_section(paragraph: Any) -> bool:
    section = paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
    if section is None:
        return False
    kind = section.find(qn("w:type"))
    return kind is None or kind.get(qn("w:val")) != "continuous"


def _page(blocks: list[str | DocxTable]) -> LogicalPage:
    width = max([1, *(block.n_cols for block in blocks if isinstance(block, DocxTable))])
    tables: list[LogicalTable] = []
    lines: list[LogicalLine] = []
    marks: list[str] = []
    row = 0
    for block in blocks:
        if isinstance(block, str):
            height = max(1, sum(bool(part.strip()) for part in block.splitlines()))
            lines += lines_of(block, Box(0, row, width, row + height))
            row += height
        elif block.n_rows and block.n_cols:
            rows = tuple(range(row, row + block.n_rows))
            tables.append(LogicalTable(rows, tuple(range(block.n_cols)), block.cells))
            marks += [flag for cell in block.cells for flag in cell.flags]
            row += block.n_rows
    problems = tuple(
        PageProblem(code, message.format(marks.count(code)))
        for code, message in _MESSAGES.items()
        if code in marks
    )
    return LogicalPage(width, max(row, 1), tuple(tables), tuple(lines), problems)


def _widened(page: LogicalPage, width: int) -> LogicalPage:
    """The page at the width of the document: a table that goes on keeps its columns' places."""
    lines = tuple(
        LogicalLine(
            Box(line.box.x0 * width / page.width, line.box.y0, line.box.x1 * width / page.width, line.box.y1),
            line.text,
        )
        for line in page.lines
    )
    return LogicalPage(width, page.height, page.tables, lines, page.problems)

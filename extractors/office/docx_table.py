"""A table of a Word document as a grid: cells with their true spans.

Word merges to the right by ``gridSpan`` (or, from older programs, ``hMerge``) and downwards by ``vMerge``:
the first cell says ``restart``, those below it are empty and continue. A row may begin after some grid
columns (``gridBefore``) or end before the last. What is not covered then is an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from docx.oxml.ns import qn

from goaltables.errors import LimitExceeded
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.office.docx_text import cell_text
from goaltables.extractors.office.logical_page import LogicalCell, one_line


@dataclass(frozen=True, slots=True)
class DocxTable:
    """The cells that tile `n_rows` x `n_cols`, and the tables that stand inside them (elements)."""

    n_rows: int
    n_cols: int
    cells: tuple[LogicalCell, ...]
    nested: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A ``w:tc`` in its row, before merging."""

    col: int
    colspan: int
    text: str
    flags: tuple[str, ...]
    continues_above: bool
    continues_left: bool


def read_table(table: Any, limits: Limits) -> DocxTable:
    """The grid of a ``w:tbl`` element. Raises LimitExceeded: too many columns or cells."""
    open_cells: dict[int, LogicalCell] = {}
    done: list[LogicalCell] = []
    nested: list[Any] = []
    n_rows = n_cols = 0
    for row in _rows(table):
        parts = list(_parts(row, nested))
        n_cols = max([n_cols, *(part.col + part.colspan for part in parts)])
        if n_cols > limits.max_columns or n_rows * n_cols > limits.max_cells:
            raise LimitExceeded(
                f"a table has {n_cols} columns or more than {limits.max_cells} cells; split it"
            )
        going_on: dict[int, LogicalCell] = {}
        for part in _merged_left(parts):
            above = open_cells.get(part.col)
            if part.continues_above and above is not None and above.colspan == part.colspan:
                cell = replace(above, rowspan=above.rowspan + 1, text=above.text + part.text)
                del open_cells[part.col]
            else:
                cell = LogicalCell(n_rows, part.col, 1, part.colspan, part.text, part.flags)
            going_on[part.col] = cell
        done += open_cells.values()
        open_cells = going_on
        n_rows += 1
    done += open_cells.values()
    return DocxTable(n_rows, n_cols, (*done, *_holes(done, n_rows, n_cols)), tuple(nested))


def _rows(table: Any) -> Iterator[Any]:
    """The rows that are seen: not those deleted with tracked changes."""
    for row in table.iterchildren(qn("w:tr"), qn("w:sdt"), qn("w:customXml"), qn("w:ins")):
        if row.tag != qn("w:tr"):
            yield from _rows(row if row.tag != qn("w:sdt") else row.find(qn("w:sdtContent")))
        elif row.find(f"{qn('w:trPr')}/{qn('w:del')}") is None:
            yield row


def _parts(row: Any, nested: list[Any]) -> Iterator[_Part]:
    col = _number(row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}"), 0)
    for tc in _cells(row):
        properties = tc.find(qn("w:tcPr"))
        span = vertical = horizontal = None
        if properties is not None:
            span = properties.find(qn("w:gridSpan"))
            vertical, horizontal = properties.find(qn("w:vMerge")), properties.find(qn("w:hMerge"))
        colspan = max(1, _number(span, 1))
        text, flags = cell_text(tc)
        yield _Part(col, colspan, one_line(text), flags, _continues(vertical), _continues(horizontal))
        nested += tc.iterchildren(qn("w:tbl"))
        col += colspan


def _cells(row: Any) -> Iterator[Any]:
    for child in row.iterchildren(qn("w:tc"), qn("w:sdt"), qn("w:customXml")):
        if child.tag == qn("w:tc"):
            yield child
        else:
            inner = child.find(qn("w:sdtContent")) if child.tag == qn("w:sdt") else child
            if inner is not None:
                yield from _cells(inner)


def _merged_left(parts: list[_Part]) -> list[_Part]:
    result: list[_Part] = []
    for part in parts:
        if part.continues_left and result:
            last = result[-1]
            result[-1] = replace(last, colspan=last.colspan + part.colspan, text=last.text + part.text)
        else:
            result.append(part)
    return result


def _continues(merge: Any) -> bool:
    """Without a value a merge mark continues; ``restart`` begins."""
    return merge is not None and merge.get(qn("w:val")) in (None, "continue")


def _number(element: Any, default: int) -> int:
    value = "" if element is None else element.get(qn("w:val"), "")
    return int(value) if value.isdecimal() and len(value) < 9 else default


def _holes(cells: list[LogicalCell], n_rows: int, n_cols: int) -> list[LogicalCell]:
    taken = {
        (row, col)
        for cell in cells
        for row in range(cell.row, cell.row + cell.rowspan)
        for col in range(cell.col, cell.col + cell.colspan)
    }
    places = ((row, col) for row in range(n_rows) for col in range(n_cols))
    return [LogicalCell(row, col, 1, 1, "") for row, col in places if (row, col) not in taken]

"""An Excel workbook as a document: each sheet is a page, in the order of the workbook.

What a person does not see when the workbook opens is left out and said: hidden sheets (their page stays,
empty, so that page 3 is the third sheet), rows and columns. Formulas count by the value that was stored with
them; where a program wrote the formula alone (as many do with the text ``=100%``), the formula itself is the
text of the cell, flagged.
"""

from __future__ import annotations

import io
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import openpyxl

from goaltables.errors import DocumentError, LimitExceeded, MalformedDocument
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.files.sniff import XLSX
from goaltables.extractors.office.logical_page import LogicalDocument, LogicalPage
from goaltables.extractors.office.office_archive import check_office_archive
from goaltables.extractors.office.xlsx_cell import UNKNOWN_FORMAT, shown_text
from goaltables.extractors.office.xlsx_sheet import Area, Place, Sheet, sheet_page
from goaltables.records import PageProblem

NO_VALUE = "formula-without-value"
HIDDEN = "hidden-text-dropped"


class XlsxDocument(LogicalDocument):
    """An open workbook."""

    text_reader = "openpyxl"

    def __init__(self, data: bytes, *, limits: Limits) -> None:
        lacks_values = check_office_archive(data, limits) > 0
        try:
            pages = list(_pages(data, lacks_values, limits))
        except (DocumentError, MemoryError):
            raise
        except Exception as error:  # openpyxl meets damage with whatever its code runs into
            raise MalformedDocument(
                f"the workbook cannot be read ({type(error).__name__}: {error}); open it and save it again"
            ) from error
        if not pages:
            raise MalformedDocument("the workbook has no sheet that can be read; save it as .xlsx again")
        super().__init__(XLSX, pages)


def _pages(data: bytes, lacks_values: bool, limits: Limits) -> Iterator[LogicalPage]:
    workbook = _load(data, data_only=True)
    formulas = _load(data, data_only=False) if lacks_values else None
    characters = 0
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            yield LogicalPage(1, 1, problems=(PageProblem(HIDDEN, f"the sheet {sheet.title!r} is hidden"),))
            continue
        read = _sheet(sheet, formulas[sheet.title] if formulas else None, workbook.epoch)
        characters += sum(map(len, read.texts.values()))
        if characters > limits.max_characters:
            raise LimitExceeded(f"the workbook has more than {limits.max_characters} characters; split it")
        try:
            page = sheet_page(read, limits.max_cells)
        except ValueError as error:
            raise LimitExceeded(
                f"the sheet {sheet.title!r} has {error}; delete what is not needed"
            ) from error
        if page.width > limits.max_columns:
            raise LimitExceeded(f"the sheet {sheet.title!r} has {page.width} columns, too many for a table")
        yield page


def _load(data: bytes, *, data_only: bool) -> Any:
    with warnings.catch_warnings():
        # About extensions, styles and validations that it leaves out: none of them is text.
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only, keep_links=False)


def _sheet(sheet: Any, formulas: Any, epoch: Any) -> Sheet:
    """What is seen of an openpyxl worksheet."""
    hidden_rows = frozenset(row - 1 for row, dim in sheet.row_dimensions.items() if dim.hidden)
    hidden_cols = frozenset(
        col - 1
        for dim in sheet.column_dimensions.values()
        if dim.hidden
        for col in range(dim.min or 1, (dim.max or dim.min or 1) + 1)
    )
    texts: dict[Place, str] = {}
    flags: dict[Place, tuple[str, ...]] = {}
    ruled = set()
    # iter_rows() would make a cell for every place up to the last one that was ever formatted.
    for (row, col), cell in sheet._cells.items():
        place = (row - 1, col - 1)
        text, marks = shown_text(cell, epoch)
        if not text and formulas is not None and formulas._cells[row, col].data_type == "f":
            text, marks = str(formulas._cells[row, col].value), (NO_VALUE,)
        if text.strip():
            texts[place] = text
        if marks:
            flags[place] = marks
        if cell.has_style and _has_border(cell.border):
            ruled.add(place)
    areas = tuple(Area(a.min_row - 1, a.min_col - 1, a.max_row, a.max_col) for a in sheet.merged_cells.ranges)
    counts = Counter(mark for marks in flags.values() for mark in marks)
    dropped = _hidden_texts(texts, areas, hidden_rows, hidden_cols)
    return Sheet(
        texts,
        areas,
        frozenset(ruled),
        hidden_rows,
        hidden_cols,
        flags,
        tuple(
            PageProblem(code, message.format(number))
            for code, number, message in (
                (HIDDEN, dropped, "{} texts stand in hidden rows or columns"),
                (NO_VALUE, counts[NO_VALUE], "{} cells"),
                (UNKNOWN_FORMAT, counts[UNKNOWN_FORMAT], "{} cells"),
            )
            if number
        ),
    )


def _has_border(border: Any) -> bool:
    return any(
        side is not None and side.style for side in (border.left, border.right, border.top, border.bottom)
    )


def _hidden_texts(
    texts: dict[Place, str], areas: tuple[Area, ...], rows: frozenset[int], cols: frozenset[int]
) -> int:
    """How many texts are not seen: all rows or all columns of their cell are hidden."""
    ends = {(a.row, a.col): (a.end_row, a.end_col) for a in areas}
    count = 0
    for row, col in texts:
        end_row, end_col = ends.get((row, col), (row + 1, col + 1))
        count += all(r in rows for r in range(row, end_row)) or all(c in cols for c in range(col, end_col))
    return count

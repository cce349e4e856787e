"""``goaltables.xlsx``: a sheet for each table that people read, the first explains every column.

Cells are texts or numbers, never formulas: ``=87人`` is a text with Excel's quote mark, so that it stays
one also when somebody edits the cell. A number of more than 15 digits, which Excel would round, is a text
too. Excel takes 32,767 characters a cell and 1,048,576 rows a sheet: a longer text is cut with a note that
says so and stands whole in the CSV file, further rows go on in a second sheet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from goaltables.pipeline.dataset.columns import (
    Rows,
    Table,
    Value,
    dataset_table,
    described_columns,
)
from goaltables.pipeline.dataset.formats import plain_number, plain_text

FILE_NAME: Final = "goaltables.xlsx"
LAST_ROW: Final = 1_048_575
LONGEST_TEXT: Final = 32_767
CUT_NOTE: Final = "… [cut: the whole text is in the CSV file 全文见 CSV 文件]"
SURELY_SHORT: Final = LONGEST_TEXT // 2  # Excel counts UTF-16: a rare character counts twice
ROWS_MEASURED: Final = 200  # decide how wide a column is shown
NARROWEST: Final = 8
WIDEST: Final = 60

# What people open a workbook for. Page sizes, outcomes of rules and the panel are for programs, which read
# the other formats.
SHEETS: Final = ("tables", "budget", "execution", "indicators", "findings", "documents")
EXPLANATION: Final = (
    "Goal tables 绩效目标表: one sheet a table of the dataset; keys join them. CSV has more tables.",
    "每张工作表对应数据集的一张表，以键相连；另有若干表见 CSV。",
    "印出的原样与规范化后的列并列，空单元格表示未印出或未知。",
    "Raw and normalised columns stand side by side; an empty cell means: not printed, or not known.",
)
HEADS: Final = ("sheet 表", "column 列", "type 类型", "meaning", "含义")


@dataclass(slots=True)
class _Sheet:
    """A sheet in the making: `row` is the next free one, `widths` the widest cell of each column so far."""

    worksheet: Any
    row: int = 1
    widths: list[int] = field(default_factory=list)


class Workbook:
    """One file with all tables; rows go to the disk as they come."""

    def __init__(self, folder: Path) -> None:
        self._book = xlsxwriter.Workbook(
            folder / FILE_NAME,
            {
                "constant_memory": True,
                "tmpdir": str(folder),
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        # A workbook holds when it was made; the same records shall give the same bytes.
        self._book.set_properties({"created": datetime(2000, 1, 1), "title": "goaltables 绩效目标表"})
        self._text = self._book.add_format({"num_format": "@", "quote_prefix": True, "valign": "top"})
        self._number = self._book.add_format({"valign": "top"})
        self._head = self._book.add_format({"bold": True, "bottom": 1, "bg_color": "#DDE6EE"})
        self._explain()
        self._tables = [dataset_table(name) for name in SHEETS]
        self._sheets = {table.name: [self._sheet(table, table.name)] for table in self._tables}

    def put(self, rows: Rows) -> None:
        for table in self._tables:
            for row in rows.get(table.name, ()):
                sheet = self._sheets[table.name][-1]
                if sheet.row > LAST_ROW:
                    sheet = self._sheet(table, f"{table.name} {len(self._sheets[table.name]) + 1}")
                    self._sheets[table.name].append(sheet)
                for number, column in enumerate(table.columns):
                    self._write(sheet, number, row[column.name])
                sheet.row += 1

    def close(self) -> None:
        for table in self._tables:
            for sheet in self._sheets[table.name]:
                for number, width in enumerate(sheet.widths):
                    sheet.worksheet.set_column(number, number, min(max(width + 2, NARROWEST), WIDEST))
                sheet.worksheet.autofilter(0, 0, max(sheet.row - 1, 1), len(table.columns) - 1)
        try:
            self._book.close()
        except XlsxWriterException as error:  # wraps what the operating system said
            raise OSError(str(error)) from error

    def _explain(self) -> None:
        sheet = self._book.add_worksheet("columns 说明")
        for row, line in enumerate(EXPLANATION):
            sheet.write_string(row, 0, line)
        start = len(EXPLANATION) + 1
        lines = [HEADS, *(line for line in described_columns() if line[0] in SHEETS)]
        for row, texts in enumerate(lines, start):
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text, self._head if row == start else self._text)
        for column, width in enumerate((12, 20, 28, 70, 50)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(start + 1, 0)
        sheet.autofilter(start, 0, start + len(lines) - 1, len(HEADS) - 1)

    def _sheet(self, table: Table, name: str) -> _Sheet:
        worksheet = self._book.add_worksheet(name)
        for number, column in enumerate(table.columns):
            worksheet.write_string(0, number, column.name, self._head)
        worksheet.freeze_panes(1, 1)
        return _Sheet(worksheet, widths=[_width(column.name) + 3 for column in table.columns])

    def _write(self, sheet: _Sheet, number: int, value: Value) -> None:
        if value is None:
            return
        if isinstance(value, str):
            self._write_text(sheet, number, value)
        elif isinstance(value, bool):
            sheet.worksheet.write_boolean(sheet.row, number, value, self._number)
        else:
            machine = plain_number(value) if isinstance(value, Decimal) else value
            if isinstance(machine, int | float):
                sheet.worksheet.write_number(sheet.row, number, machine, self._number)
            else:
                self._write_text(sheet, number, plain_text(value))

    def _write_text(self, sheet: _Sheet, number: int, text: str) -> None:
        if len(text) > SURELY_SHORT and len(text.encode("utf-16-le")) > 2 * LONGEST_TEXT:
            text = text[: SURELY_SHORT - len(CUT_NOTE)] + CUT_NOTE
        sheet.worksheet.write_string(sheet.row, number, text, self._text)
        if sheet.row <= ROWS_MEASURED:
            sheet.widths[number] = max(sheet.widths[number], _width(text[:WIDEST]))


def _width(text: str) -> int:
    """Columns of a fixed-width face that a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def build(folder: Path) -> Workbook:
    return Workbook(folder)

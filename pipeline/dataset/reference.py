"""docs/dataset.md: every table and column of the dataset, written from its description."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goaltables.pipeline.dataset.columns import dataset_tables, kind_of

_OPENING: Final = (
    "The reference of every table and column. How to use it, with a worked example:",
    "[using-the-data.md](using-the-data.md).",
)
_FILES: Final = (
    ("`*.csv`", "everybody", "always written; UTF-8 with BOM, RFC 4180, values byte-exact"),
    ("`datapackage.json`", "validators", "always written; says what every column of the CSV files means"),
    ("`*.jsonl`", "programs", "one object a row; numbers as decimal strings, lists and mappings nested"),
    (
        "`*.parquet`",
        "pandas, DuckDB, Polars, R",
        "numbers twice: `value` decimal(38, 10), `value_double` double; codes as categories, dates as dates",
    ),
    (
        "`goaltables.xlsx`",
        "Excel, WPS, LibreOffice",
        "a sheet each for the tables that people read; texts and numbers, never formulas",
    ),
    (
        "`goaltables.sqlite`",
        "SQL, Datasette",
        "primary and foreign keys, indexes; the table `columns` explains the columns",
    ),
)
_REMARKS: Final = (
    (
        "A text may start with `=` (`=87人` is a printed goal): open the workbook in a spreadsheet, not the",
        "CSV files by a double click. Normalised columns never start with an operator. An empty cell means:",
        "not printed, or not known.",
    ),
    (
        "**Ids.** A row's id is the path of its record, `#`, and the place in it (`部门/a.pdf#p1-2/i3`: the",
        "third indicator of the second goal table that begins on page 1). It depends on its own document",
        "only, so it stays the same when other documents come and go. `goaltables crop OUT ID` draws the",
        "cells of a row as they were printed.",
    ),
    (
        "**Boxes.** `x0 y0 x1 y1` in the units of the page as displayed (`pages`: points for PDFs, pixels",
        "for images), origin top left. Word files, workbooks and copied text have no paper: there a box",
        "counts columns and rows.",
    ),
)


def dataset_reference() -> str:
    """The page."""
    lines = ["# The dataset 数据集", "", *_OPENING, "", *_markdown_table(("file", "for", "what"), _FILES)]
    for remark in _REMARKS:
        lines += ["", *remark]
    for table in dataset_tables():
        rows = [(f"`{c.name}`", kind_of(c), c.en, c.zh) for c in table.columns]
        lines += ["", f"## {table.name}", "", f"{table.en} {table.zh}", ""]
        lines += _markdown_table(("column", "type", "meaning", "含义"), rows)
    return "\n".join(lines) + "\n"


def _markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]

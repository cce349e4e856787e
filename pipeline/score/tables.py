"""What is compared of a goal table, taken out of a truth file or a record.

A record may come from any tool. A part of it that has not the shape of the contract is a part that is not
there, never an error: it counts as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from goaltables.pipeline.score.comparable import comparable

HEADER: Final = ("form", "title", "fiscal_year", "organization", "project", "amount_unit")
# A grid larger than this is no table that was printed.
MOST_ROWS, MOST_COLUMNS = 400, 60

Row: TypeAlias = Mapping[str, str]  # comparable texts by key; a key that was not given is absent


@dataclass(frozen=True, slots=True)
class ScoredCell:
    """A cell with its place, counted from 0, its spans (at least 1) and its comparable text."""

    row: int
    col: int
    rowspan: int
    colspan: int
    text: str


@dataclass(frozen=True, slots=True)
class ScoredTable:
    """A goal table with every text comparable. `pages`: the cells by page number."""

    header: Row
    fields: Row
    budget: tuple[Row, ...]
    annual_goal: str
    midterm_goal: str
    indicators: tuple[Row, ...]
    codes: frozenset[str]
    pages: Mapping[int, tuple[ScoredCell, ...]]


NO_TABLE: Final = ScoredTable({}, {}, (), "", "", (), frozenset(), {})


def scored_tables(document: object) -> tuple[ScoredTable, ...]:
    """The tables of a truth file or a record, in order."""
    return tuple(_table(table) for table in _objects(_member(document, "tables")))


def _table(table: Mapping[str, Any]) -> ScoredTable:
    return ScoredTable(
        header=_row({key: table.get(key) for key in HEADER}),
        fields=_fields(table.get("fields")),
        budget=tuple(_row(line) for line in _objects(table.get("budget"))),
        annual_goal=comparable(table.get("annual_goal")),
        midterm_goal=comparable(table.get("midterm_goal")),
        indicators=tuple(_row(line) for line in _objects(table.get("indicators"))),
        codes=frozenset(_codes(table)),
        pages=_pages(table.get("pages")),
    )


def _row(line: Mapping[str, Any]) -> Row:
    return {key: comparable(value) for key, value in line.items()}


def _fields(fields: object) -> Row:
    if not isinstance(fields, dict):
        return {}
    return {comparable(label): comparable(value) for label, value in fields.items()}


def _codes(table: Mapping[str, Any]) -> Iterator[str]:
    """Codes of findings: a truth file lists them as `errors`, a record as `findings` with more around."""
    for key in ("errors", "findings"):
        listed = table.get(key)
        for item in listed if isinstance(listed, list) else ():
            yield comparable(item.get("code") if isinstance(item, dict) else item)


def _pages(pages: object) -> dict[int, tuple[ScoredCell, ...]]:
    return {
        page["page"]: tuple(_cells(page.get("cells")))
        for page in _objects(pages)
        if isinstance(page.get("page"), int)
    }


def _cells(cells: object) -> Iterator[ScoredCell]:
    for cell in _objects(cells):
        row, rowspan = _count(cell.get("row"), MOST_ROWS), _count(cell.get("rowspan", 1), MOST_ROWS)
        col, colspan = _count(cell.get("col"), MOST_COLUMNS), _count(cell.get("colspan", 1), MOST_COLUMNS)
        if row is not None and col is not None and rowspan is not None and colspan is not None:
            yield ScoredCell(row, col, max(rowspan, 1), max(colspan, 1), comparable(cell.get("text")))


def _count(value: object, most: int) -> int | None:
    """The value where it is a count below `most`."""
    return value if isinstance(value, int) and 0 <= value < most else None


def _member(document: object, key: str) -> object:
    return document.get(key) if isinstance(document, dict) else None


def _objects(items: object) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

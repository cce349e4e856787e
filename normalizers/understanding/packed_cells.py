"""All indicators of a project in one cell, as some batch lists print them.

    【产出指标-数量指标】指标1:机柜数量(≥77台) 指标2:带宽(≥100M)【效益指标-社会效益指标】系统可用率(≥99%)

Each 【…】 names the two levels of what follows; an item is a name (with its number, as printed) and its value
in brackets behind it. An item that is printed otherwise keeps its whole text as its name.

>>> (item,) = packed_indicators("【产出指标-数量指标】机柜（内网）(≥7台)")
>>> item.level2, item.name, item.value
('数量指标', '机柜（内网）', '≥7台')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from goaltables.normalizers.understanding.forms import head_roles
from goaltables.normalizers.understanding.grid_head import Half, Head, HeadColumn
from goaltables.normalizers.understanding.indicator_rows import GridReading, GridRow
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed
from goaltables.normalizers.understanding.labels import level1_id, level2_id
from goaltables.normalizers.understanding.spread_labels import LabelBox
from goaltables.normalizers.understanding.wide_list import KEY_ROLES

ROLE = "packed"
_SECTION = re.compile(r"[【\[〔]([^【】\[\]〔〕]{2,16}?)\s*[-—－–/、:：]+\s*([^【】\[\]〔〕]{2,24})[】\]〕]")
_NUMBER = re.compile(r"(?:三级)?指标\s*\d{1,2}\s*[:：、.．]?")
# Between items without numbers: a stop, or white space behind the bracket of a value.
_BETWEEN = re.compile(r"[；;。\n]+|(?<=[)）])\s+")
_EDGES = " \t\n　；;。，,、"


@dataclass(frozen=True, slots=True)
class PackedIndicator:
    """One item of the cell: its levels, name and value text as printed ("" without a value)."""

    level1: str
    level2: str
    name: str
    value: str


def packed_indicators(text: str) -> tuple[PackedIndicator, ...]:
    """The items of a cell; () when no 【…】 in it names two known levels."""
    marks = [m for m in _SECTION.finditer(text) if _names_levels(m)]
    stops = [*(m.start() for m in marks[1:]), *[len(text)][: len(marks)]]
    return tuple(
        PackedIndicator(mark[1].strip(), mark[2].strip(), *_name_and_value(item))
        for mark, stop in zip(marks, stops, strict=True)
        for item in _items(text[mark.end() : stop])
    )


def _names_levels(mark: re.Match[str]) -> bool:
    return level1_id(mark[1]) is not None and level2_id(mark[2]) is not None


def _items(text: str) -> Iterator[str]:
    starts = [m.start() for m in _NUMBER.finditer(text)]
    if starts:
        stops = [*starts[1:], len(text)]
        parts = [text[: starts[0]], *(text[a:b] for a, b in zip(starts, stops, strict=True))]
    else:
        parts = _BETWEEN.split(text)
    yield from (part.strip(_EDGES) for part in parts if part.strip(_EDGES))


def _name_and_value(item: str) -> tuple[str, str]:
    """Name and value of an item, by the brackets that close it."""
    if item[-1] not in ")）":
        return item, ""
    depth = 0
    for place in range(len(item) - 1, 0, -1):
        depth += (item[place] in ")）") - (item[place] in "(（")
        if depth == 0:
            return item[:place].strip(), item[place + 1 : -1].strip()
    return item, ""


def packed_head(table: JoinedTable) -> Head | None:
    """The head of a table whose indicators are packed: the key columns of a list, or nothing printed."""
    packed = [p for p in table.placed if "指标" in p.text and packed_indicators(p.text)]
    if not packed:
        return None
    first = packed[0]
    column = HeadColumn(ROLE, first.col, first.end_col)
    for row in range(first.row - 1, -1, -1):
        columns = tuple(_key_columns(table.starting(row), first))
        if "project" in {key.role for key in columns} and len(columns) > 1:
            return Head(row, first.row - 1, tuple(sorted((*columns, column), key=lambda c: c.col)))
    return Head(first.row, first.row - 1, (column,))


def _key_columns(cells: Iterable[Placed], packed: Placed) -> Iterator[HeadColumn]:
    for p in cells:
        role = next((role for role in head_roles(p.text) if role in KEY_ROLES), None)
        if role is not None and not p.col <= packed.col < p.end_col:
            yield HeadColumn(role, p.col, p.end_col, p.text)


def read_packed(table: JoinedTable, head: Head, first: int, last: int) -> GridReading:
    """The indicators of rows first..last-1. A cell that a page break cuts is read as one text."""
    column = head.column(ROLE)
    cells = [p for p in table.placed if first <= p.row < last and column and p.col == column.col and p.text]
    rows: list[GridRow] = []
    groups: list[list[Placed]] = []
    for p in cells:
        if groups and p.row in table.breaks and not _SECTION.match(p.text):
            groups[-1].append(p)
        else:
            groups.append([p])
    for group in groups:
        rows += _rows_of(group, column)
    used = frozenset(id(p.cell) for row in rows for p in row.cells)
    return GridReading(tuple(rows), (), (), used)


def _rows_of(cells: list[Placed], column: HeadColumn | None) -> Iterator[GridRow]:
    """The rows that one cell (with its rest on the next page) stands for."""
    place = column or HeadColumn(ROLE, cells[0].col, cells[0].end_col)
    half = Half("annual", dict.fromkeys(("level1", "level2", "name", "value"), place))
    first, last = cells[0].row, cells[-1].end_row
    boxes: dict[tuple[str, ...], LabelBox] = {}
    for item in packed_indicators("".join(p.text for p in cells)):
        one, two = (
            boxes.setdefault(key, LabelBox(first, last, key[-1], tuple(cells)))
            for key in ((item.level1,), (item.level1, item.level2))
        )
        rows = tuple(range(first, last))
        yield GridRow(
            rows, half, one, two, {"name": item.name, "value": item.value}, tuple(cells), {ROLE: cells}
        )

"""One role for each column of an indicator grid, when the printed head alone does not say it.

A head word may mean two things (指标性质 is an operator here and a direction there), be misread in the one
character that matters (一级, 二级, 三级指标), or be blank. Then the order of the form, and what stands in the
column, decide; for a page that prints no head they decide alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.grid_head import TALLEST_HEAD, Head, HeadColumn
from goaltables.normalizers.understanding.joined_table import JoinedTable
from goaltables.normalizers.understanding.labels import level1_id, level2_id

_KEY_ROLES = {"level1", "level2", "name", "value"}
_RUNGS = ("level1", "level2", "name")
_OPERATOR = re.compile(
    r"^(?:[≥≤=＝><＞＜≧≦═﹦]{1,2}|[大小]于(?:等于)?|等于|不[低少高大超]\S?|定性|定量|>=|<=)$"
)
_DIRECTION = re.compile(r"^(?:正向|反向|逆向|定性)(?:指标)?$")
_FEW_ROWS = 40  # rows that are looked at to learn what a column holds


def column_texts(table: JoinedTable, col: int, end: int, first: int, last: int) -> Iterator[str]:
    """The texts printed in columns col..end-1 of rows first..last-1, each cell once."""
    seen: set[int] = set()
    for row in range(first, min(last, first + _FEW_ROWS)):
        for p in table.across(row, col, end):
            if id(p) not in seen and p.text:
                seen.add(id(p))
                yield p.text


def _share(texts: list[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(text)) for text in texts) / len(texts) if texts else 0.0


def settled(table: JoinedTable, head: Head, end: int) -> Head:
    """`head` with one role for each column: words of several roles and missing words decided by content."""
    columns = [_one_role(table, head, column, end) for column in head.columns]
    columns = _widened(table, head, columns, end)
    columns = _laddered(table, head, _valued(columns), end)
    columns = _named_by_content(table, head, columns, end)
    return replace(head, columns=tuple(sorted(columns, key=lambda c: c.col)))


def _one_role(table: JoinedTable, head: Head, column: HeadColumn, end: int) -> HeadColumn:
    choices = column.role.split("|") if column.role else []
    if len(choices) < 2:
        return column
    texts = [fold(text) for text in column_texts(table, column.col, column.end, head.last + 1, end)]
    name = next((c for c in head.columns if "name" in c.role.split("|")), None)
    right = name is not None and column.col > name.col
    if {"operator", "direction"} <= set(choices):
        directed = _share(texts, _DIRECTION.match) > max(_share(texts, _OPERATOR.match), 0.5)
        return replace(column, role="direction" if directed else "operator")
    if {"name", "description"} <= set(choices):
        named = any("name" in c.role.split("|") for c in head.columns if c is not column)
        return replace(column, role="description" if named else "name")
    if "unit" in choices and "organization" in choices:
        return replace(column, role="unit" if right else "organization")
    if "goal" in choices and "value" in choices:
        return replace(column, role="value" if right else "goal")
    return replace(column, role=choices[0])


def _widened(table: JoinedTable, head: Head, columns: list[HeadColumn], end: int) -> list[HeadColumn]:
    """Columns without a head word that continue their left neighbour.

    A grid with one rule too many splits a column in two; its words then stand now here, now there, and a row
    never fills both with words of their own kind.
    """
    result: list[HeadColumn] = []
    for column in sorted(columns, key=lambda c: c.col):
        left = result[-1] if result else None
        if column.role or column.text or left is None or not left.role:
            result.append(column)
            continue
        if _is_beside(table, head, column) or left.role in ("level1", "level2"):
            # A blank head right of a level is a head that was not read: every row fills both columns.
            result.append(column)
            continue
        rows = range(head.last + 1, min(end, head.last + 1 + _FEW_ROWS))
        own = sum(any(p.text for p in table.across(r, column.col, column.end)) for r in rows)
        both = sum(
            any(p.text for p in table.across(r, column.col, column.end) if p.col >= column.col)
            and any(p.text for p in table.across(r, left.col, left.end) if p.end_col <= column.col)
            for r in rows
        )
        if both <= own / 4:
            result[-1] = replace(left, end=column.end)
        else:
            result.append(column)
    return result


def _valued(columns: list[HeadColumn]) -> list[HeadColumn]:
    """The column right of a name whose head was not understood holds the value, if no other does.

    In each half: up to the next level or name.
    """
    result = list(columns)
    for k in range(1, len(result)):
        if result[k].role or result[k - 1].role != "name":
            continue
        rest = [c.role for c in result[k + 1 :]]
        stop = next((j for j, role in enumerate(rest) if role in _RUNGS), len(rest))
        if "value" not in rest[:stop]:
            result[k] = replace(result[k], role="value")
    return result


def _laddered(table: JoinedTable, head: Head, columns: list[HeadColumn], end: int) -> list[HeadColumn]:
    """Levels and names in their order: what stands between 一级指标 and the value is 二级指标, then 三级指标.

    The three heads differ in one character, the one that is misread most (一 as a dash). In each run of
    columns up to a value, words that break the order are taken for what their place says.
    """
    result = list(columns)
    start = 0
    for stop, column in enumerate(result):
        if "value" not in column.role and column.role not in ("operator", "unit", "weight"):
            continue
        run = [k for k in range(start, stop) if _may_be_rung(table, head, result[k])]
        start = stop + 1
        ranks = [_RUNGS.index(result[k].role) if result[k].role else -1 for k in run]
        known = [rank for rank in ranks if rank >= 0]
        if len(run) < 2 or (-1 not in ranks and known == sorted(set(known)) and ranks[-1] == 2):
            continue
        if not known and start:
            continue
        for k, role in zip(reversed(run), reversed(_RUNGS), strict=False):
            if role == "name" or _share_of_level(table, head, result[k], end, role) > 0.5:
                result[k] = replace(result[k], role=role)
    return result


def _may_be_rung(table: JoinedTable, head: Head, column: HeadColumn) -> bool:
    """Whether a column can hold a level or the name: its head says so, or says nothing known."""
    if column.role:
        return column.role in _RUNGS
    return not _is_beside(table, head, column) and any(
        column_texts(table, column.col, column.end, head.last + 1, table.n_rows)
    )


def _is_beside(table: JoinedTable, head: Head, column: HeadColumn) -> bool:
    """Whether a column holds the label beside the grid: one tall cell over head and rows."""
    cell = table.at(head.last, column.col)
    return cell is not None and cell.rowspan > TALLEST_HEAD


def _share_of_level(table: JoinedTable, head: Head, column: HeadColumn, end: int, role: str) -> float:
    texts = list(column_texts(table, column.col, column.end, head.last + 1, end))
    return _share(texts, level1_id if role == "level1" else level2_id)


def _named_by_content(
    table: JoinedTable, head: Head, columns: list[HeadColumn], end: int
) -> list[HeadColumn]:
    """Roles for columns whose head was not understood, when one of the four key roles is missing."""
    result = list(columns)
    for index, column in enumerate(result):
        left = {c.role for c in result[:index]}
        # Right of the names a tall cell is no label beside the grid, but a head that runs into its column.
        if column.role or ("name" not in left and _is_beside(table, head, column)):
            continue
        missing = _KEY_ROLES - {c.role for c in result}
        texts = list(column_texts(table, column.col, column.end, head.last + 1, end))
        right = {c.role for c in result[index + 1 :]}
        if "level1" in missing and "level2" in right and _share(texts, level1_id) > 0.6:
            result[index] = replace(column, role="level1")
        elif "level2" in missing and "name" not in left and _share(texts, level2_id) > 0.6:
            result[index] = replace(column, role="level2")
        elif "name" in missing and "value" in right and left & {"level1", "level2"}:
            result[index] = replace(column, role="name")
        elif "value" in missing and "name" in left and texts:
            result[index] = replace(column, role="value")
    if "name" not in {c.role for c in result}:
        # 指标类型 | 指标值 without a third level: the second level names the indicator.
        for index, column in enumerate(result):
            if column.role == "level2":
                result[index] = replace(column, role="name")
    return result


def head_by_content(table: JoinedTable) -> Head | None:
    """A head for a piece that prints none: the columns of level labels, then names, then values."""
    counts: dict[int, tuple[set[str], set[str]]] = {}
    for p in table.placed:
        if p.text and len(fold(p.text)) <= 20:
            ones, twos = counts.setdefault(p.col, (set(), set()))
            if (two := level2_id(p.text)) is not None:
                twos.add(two)
            if (one := level1_id(p.text)) is not None:
                ones.add(one)
    col2 = max(counts, key=lambda c: len(counts[c][1]), default=None)
    if col2 is None or len(counts[col2][1]) < 3:
        return None
    rows2 = [p for p in table.placed if p.col == col2 and level2_id(p.text)]
    end2 = min(p.end_col for p in rows2)
    first = min(p.row for p in rows2)
    col1 = next((c for c in range(col2 - 1, -1, -1) if counts.get(c, (set(), set()))[0]), None)
    if col1 is not None:
        first = min([first, *(p.row for p in table.placed if p.col == col1 and level1_id(p.text))])
    rest = _text_columns(table, end2, first)
    if not rest:
        return None
    columns = [HeadColumn("level2", col2, end2), HeadColumn("name", *rest[0])]
    if col1 is not None:
        columns.insert(0, HeadColumn("level1", col1, col2))
    if len(rest) > 1:
        columns.append(HeadColumn("value", *rest[1]))
    return Head(first, first - 1, tuple(columns))


def _text_columns(table: JoinedTable, col: int, first: int) -> list[tuple[int, int]]:
    """The (col, end) of the columns right of `col` that hold text, by the commonest cell there."""
    spans: list[tuple[int, int]] = []
    while col < table.n_cols:
        ends = [p.end_col for p in table.placed if p.col == col and p.row >= first and p.text]
        if not ends:
            col += 1
            continue
        end = max(set(ends), key=ends.count)
        spans.append((col, end))
        col = end
    return spans

"""The head of an indicator grid: 一级指标 | 二级指标 | 三级指标 | 指标值, in all the ways it is printed.

The head says which column holds what. It may take two rows (年度指标值 over 指标性质 | 指标值 | 度量单位),
be split in halves that repeat (中期 beside 年度), miss a word on a bad scan, or be missing altogether on a
page that was lost; then what stands in the columns decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from goaltables.normalizers.closed_words import fold
from goaltables.normalizers.forms import head_roles, horizon_of, weak_head_roles
from goaltables.normalizers.joined_table import JoinedTable, Placed
from goaltables.normalizers.labels import level1_id, level2_id

_RUNGS = ("level1", "level2", "name")
_KEY_ROLES = {"level1", "level2", "name", "value"}
_SPLIT_VALUE = {"operator", "unit", "weight", "actual", "score"}
_YEAR = re.compile(r"^20\d\d年?度?$")
_OPERATOR = re.compile(
    r"^(?:[≥≤=＝><＞＜≧≦═﹦]{1,2}|[大小]于(?:等于)?|等于|不[低少高大超]\S?|定性|定量|>=|<=)$"
)
_DIRECTION = re.compile(r"^(?:正向|反向|逆向|定性)(?:指标)?$")
_TALLEST_HEAD = 3
_FEW_ROWS = 40  # rows that are looked at to learn what a column holds


@dataclass(frozen=True, slots=True)
class HeadColumn:
    """A column of the grid: columns col..end-1 of the table hold `role`. `text` is its printed head."""

    role: str
    col: int
    end: int
    text: str = ""
    above: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The rows first..last hold the head (last < first when nothing is printed), `columns` from left to
    right.
    """

    first: int
    last: int
    columns: tuple[HeadColumn, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(column.role for column in self.columns)

    def column(self, role: str) -> HeadColumn | None:
        return next((column for column in self.columns if column.role == role), None)


@dataclass(frozen=True, slots=True)
class Half:
    """The columns that make one indicator of a row: role -> column, and the horizon it speaks of."""

    horizon: str
    columns: Mapping[str, HeadColumn]


def find_heads(table: JoinedTable) -> tuple[Head, ...]:
    """All heads of the table, from top to bottom; one guessed from the contents when none is printed."""
    heads: list[Head] = []
    row = 0
    while row < table.n_rows:
        head = _head_at(table, row)
        if head is None:
            row += 1
            continue
        heads.append(head)
        row = head.last + 1
    if not heads:
        guessed = _head_by_content(table)
        return (guessed,) if guessed else ()
    ends = [head.first for head in heads[1:]] + [table.n_rows]
    return tuple(_settled(table, head, end) for head, end in zip(heads, ends, strict=True))


def _is_head(roles: set[str]) -> bool:
    levels = {"level1", "level2"} & roles
    if levels and (len(levels) == 2 or {"name", "value"} & roles):
        return True
    if {"name", "value"} <= roles:
        return True
    return bool({"name", "value"} & roles) and len(_SPLIT_VALUE & roles) >= 2


def _roles_of(cells: list[Placed]) -> dict[int, tuple[str, ...]]:
    """Column -> possible roles, for the cells of one row; weak words only where no strong one is.

    A cell that reaches down beside the grid (绩效指标 over all its rows) heads no column.
    """
    strong = {p.col: head_roles(p.text) for p in cells if p.text and p.rowspan <= _TALLEST_HEAD}
    taken = {role for roles in strong.values() for role in roles}
    levels = [col for col, roles in strong.items() if {"level1", "level2"} & set(roles)]
    for p in cells:
        if p.rowspan > _TALLEST_HEAD or p.col < max(levels, default=0):
            continue
        weak = tuple(role for role in weak_head_roles(p.text) if role not in taken) if p.text else ()
        if weak and not strong.get(p.col):
            strong[p.col] = weak
        elif weak and "name" not in taken and set(strong[p.col]) & {"organization", "goal", "project"}:
            strong[p.col] = (*strong[p.col], *weak)
    return {col: roles for col, roles in strong.items() if roles}


def _head_at(table: JoinedTable, row: int) -> Head | None:
    cells = table.starting(row)
    roles = _roles_of(cells)
    if len(roles) < 2 or not _is_head({role for found in roles.values() for role in found}):
        return None
    lower = _lower_row(table, row, roles)
    columns: list[HeadColumn] = []
    last = row
    for p in cells:
        children = [child for child in lower if p.col <= child.col < p.end_col]
        if children and p.rowspan == 1:
            last = row + 1
            valued = "value" in roles.get(p.col, ())
            graded = valued and all(head_roles(child.text) == ("standard",) for child in children)
            for child in children:
                role = _first_role(child.text) or ("value" if valued else "")
                # 优 | 良 | 中 | 差 under 指标值: the target is what counts as 优.
                role = "value" if graded and child is children[0] else role
                columns.append(HeadColumn(role, child.col, child.end_col, child.text, p.text))
        else:
            columns.append(HeadColumn("|".join(roles.get(p.col, ())), p.col, p.end_col, p.text))
    last = max(last, min(p.end_row for p in cells if roles.get(p.col)) - 1)
    return Head(row, last, tuple(columns))


def _first_role(text: str) -> str:
    return "|".join(head_roles(text) or weak_head_roles(text))


def _lower_row(table: JoinedTable, row: int, roles: Mapping[int, tuple[str, ...]]) -> list[Placed]:
    """The cells of a second head row under `row`, [] when the next row is no head.

    It is one when all its words are heads, years or horizons, and some head above spans several of its cells.
    """
    cells = [p for p in table.starting(row + 1) if p.text] if row + 1 < table.n_rows else []
    above = {id(p): p for p in (table.at(row, c.col) for c in cells) if p is not None}
    if not cells or any(not roles.get(p.col) and p.text for p in above.values() if p.row == row):
        return []
    if not all(_first_role(c.text) or _YEAR.match(fold(c.text)) for c in cells):
        return []
    spans = any(sum(p.col <= c.col < p.end_col for c in cells) > 1 for p in above.values())
    return cells if spans else []


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


def _settled(table: JoinedTable, head: Head, end: int) -> Head:
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
    return cell is not None and cell.rowspan > _TALLEST_HEAD


def _share_of_level(table: JoinedTable, head: Head, column: HeadColumn, end: int, role: str) -> float:
    texts = list(column_texts(table, column.col, column.end, head.last + 1, end))
    return _share(texts, level1_id if role == "level1" else level2_id)


def _named_by_content(
    table: JoinedTable, head: Head, columns: list[HeadColumn], end: int
) -> list[HeadColumn]:
    """Roles for columns whose head was not understood, when one of the four key roles is missing."""
    result = list(columns)
    for index, column in enumerate(result):
        if column.role or _is_beside(table, head, column):
            continue
        missing = _KEY_ROLES - {c.role for c in result}
        texts = list(column_texts(table, column.col, column.end, head.last + 1, end))
        left = {c.role for c in result[:index]}
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


def _head_by_content(table: JoinedTable) -> Head | None:
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


def halves(table: JoinedTable, head: Head) -> tuple[Half, ...]:
    """The grid's halves from left to right; one when no column repeats.

    中期 | 年度 side by side repeat 二级指标 | 三级指标 | 指标值 and share 一级指标; two value columns
    beside one name (年度指标值 | 中期指标值) share everything else.
    """
    groups: list[list[HeadColumn]] = [[]]
    for column in head.columns:
        if not column.role:
            continue
        seen = {c.role for c in groups[-1]}
        repeats = column.role in {"level1", "level2", "name"} and column.role in seen and "value" in seen
        if repeats:
            groups.append([])
        groups[-1].append(column)
    if len(groups) == 1:
        values = [c for c in groups[0] if c.role == "value"]
        horizons = [horizon_of(c.above + c.text) for c in values]
        if len(values) > 1 and len({h for h in horizons if h}) > 1:
            shared = {c.role: c for c in reversed(groups[0]) if c.role != "value"}
            return tuple(
                Half(horizon or "annual", {**shared, "value": value})
                for value, horizon in zip(values, horizons, strict=True)
            )
        return (Half(_horizon(table, head, groups[0]) or "annual", {c.role: c for c in reversed(groups[0])}),)
    result: list[Half] = []
    shared_levels: dict[str, HeadColumn] = {}
    for index, group in enumerate(groups):
        columns = {c.role: c for c in reversed(group)}
        shared_levels = shared_levels or {r: c for r, c in columns.items() if r in {"level1", "level2"}}
        usual = "mid_term" if index == 0 else "annual"
        result.append(Half(_horizon(table, head, group) or usual, {**shared_levels, **columns}))
    return tuple(result)


def _horizon(table: JoinedTable, head: Head, group: list[HeadColumn]) -> str | None:
    """The horizon of a half by its own value head, the heads above it, or the cell above it."""
    own = [c for c in group if c.role in {"value", "name", "level2"}]
    for column in own:
        found = horizon_of(column.above) or horizon_of(column.text)
        if found:
            return found
    if head.first == 0 or not own:
        return None
    above = table.at(head.first - 1, own[-1].col)
    if above is None or len(fold(above.text)) > 24 or above.end_col < own[-1].end:
        return None
    return horizon_of(above.text)

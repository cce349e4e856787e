"""The head of an indicator grid: 一级指标 | 二级指标 | 三级指标 | 指标值, in all the ways it is printed.

The head says which column holds what. It may take two rows (年度指标值 over 指标性质 | 指标值 | 度量单位),
be split in halves that repeat (中期 beside 年度), miss a word on a bad scan, or be missing altogether on a
page that was lost; then what stands in the columns decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.column_roles import head_by_content, settled
from goaltables.normalizers.understanding.forms import (
    column_year,
    head_roles,
    horizon_of,
    names_time,
    weak_head_roles,
)
from goaltables.normalizers.understanding.grid_head import TALLEST_HEAD, Half, Head, HeadColumn
from goaltables.normalizers.understanding.header_lines import printed_year
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed
from goaltables.normalizers.understanding.packed_cells import packed_head

_SPLIT_VALUE = {"operator", "unit", "weight", "actual", "score"}


def find_heads(table: JoinedTable) -> tuple[Head, ...]:
    """All heads of the table, from top to bottom; one guessed from the contents when none is printed."""
    if (packed := packed_head(table)) is not None:
        return (packed,)
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
        guessed = head_by_content(table)
        return (guessed,) if guessed else ()
    ends = [head.first for head in heads[1:]] + [table.n_rows]
    return tuple(settled(table, head, end) for head, end in zip(heads, ends, strict=True))


def _is_head(roles: set[str]) -> bool:
    levels = {"level1", "level2"} & roles
    if levels and (len(levels) == 2 or {"name", "value"} & roles):
        return True
    if {"name", "value"} <= roles:
        return True
    return bool({"name", "value"} & roles) and len(_SPLIT_VALUE & roles) >= 2


def _roles_of(cells: Sequence[Placed]) -> dict[int, tuple[str, ...]]:
    """Column -> possible roles, for the cells of one row; weak words only where no strong one is.

    A cell that reaches down beside the grid (绩效指标 over all its rows) heads no column.
    """
    strong = {p.col: head_roles(p.text) for p in cells if p.text and p.rowspan <= TALLEST_HEAD}
    taken = {role for roles in strong.values() for role in roles}
    levels = [col for col, roles in strong.items() if {"level1", "level2"} & set(roles)]
    for p in cells:
        if p.rowspan > TALLEST_HEAD or p.col < max(levels, default=0):
            continue
        weak = tuple(role for role in weak_head_roles(p.text) if role not in taken) if p.text else ()
        if weak and not strong.get(p.col):
            strong[p.col] = weak
        elif not strong.get(p.col) and _is_value_of_time(p, levels, taken):
            strong[p.col] = ("value",)
        elif weak and set(strong[p.col]) & {"organization", "goal", "project"}:
            strong[p.col] = (*strong[p.col], *weak)
    return {col: roles for col, roles in strong.items() if roles}


def _is_value_of_time(p: Placed, levels: list[int], taken: set[str]) -> bool:
    """Whether a year or a horizon heads a column of values: 三级指标 | 2023年 | 2024年."""
    named = {"level2", "name"} & taken and "value" not in taken
    return bool(levels and named and p.text) and names_time(p.text)


def _head_at(table: JoinedTable, row: int) -> Head | None:
    cells = table.starting(row)
    roles = _roles_of(cells)
    if len(roles) < 2 or not _is_head({role for found in roles.values() for role in found}):
        return None
    lower = _lower_row(table, row, roles)
    roles_below = _roles_of(lower)
    columns: list[HeadColumn] = []
    last = row
    for p in cells:
        children = [child for child in lower if p.col <= child.col < p.end_col]
        if children and p.rowspan == 1:
            last = row + 1
            valued = "value" in roles.get(p.col, ())
            graded = all(head_roles(child.text) == ("standard",) for child in children) and (
                valued or not any("value" in found for found in roles.values())
            )
            for child in children:
                role = "|".join(roles_below.get(child.col, ())) or ("value" if valued else "")
                role = "value" if valued and names_time(child.text) else role
                # 2021年实际值 under 指标值: what was, beside the target, and no result of it.
                role = "description" if valued and role == "actual" else role
                # 优 | 良 | 中 | 差 under 指标值 (or 评价标准): the target is what counts as 优.
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
    if not all(_first_role(c.text) or names_time(c.text) for c in cells):
        return []
    spans = any(sum(p.col <= c.col < p.end_col for c in cells) > 1 for p in above.values())
    return cells if spans else []


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
        if (timed := _value_columns(table, groups[0])) is not None:
            return timed
        return (Half(_horizon(table, head, groups[0]) or "annual", {c.role: c for c in reversed(groups[0])}),)
    result: list[Half] = []
    shared_levels: dict[str, HeadColumn] = {}
    for index, group in enumerate(groups):
        columns = {c.role: c for c in reversed(group)}
        shared_levels = shared_levels or {r: c for r, c in columns.items() if r in {"level1", "level2"}}
        usual = "mid_term" if index == 0 else "annual"
        result.append(Half(_horizon(table, head, group) or usual, {**shared_levels, **columns}))
    return tuple(result)


def _value_columns(table: JoinedTable, columns: list[HeadColumn]) -> tuple[Half, ...] | None:
    """The halves of a grid whose value columns speak of different times; None when they do not.

    Of years (2023年 | 2024年) the annual one is that which the lines above the table name, else the first;
    a target for another year is one of the mid term, and says which.
    """
    values = [c for c in columns if c.role == "value"]
    shared = {c.role: c for c in reversed(columns) if c.role != "value"}
    years = [column_year(c.text) for c in values]
    if len(values) > 1 and None not in years and len(set(years)) == len(years):
        said = [year for line in table.above if (year := printed_year(line.text)) in years]
        annual = said[-1] if said else years[0]
        return tuple(
            Half("annual", {**shared, "value": value})
            if year == annual
            else Half("mid_term", {**shared, "value": value}, year)
            for value, year in zip(values, years, strict=True)
        )
    horizons = [horizon_of(c.text) or horizon_of(c.above) or "annual" for c in values]
    if len(values) < 2 or len(set(horizons)) < 2:
        return None
    return tuple(
        Half(horizon, {**shared, "value": value}) for value, horizon in zip(values, horizons, strict=True)
    )


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

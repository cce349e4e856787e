"""The header of a goal table: labels with their values beside or below them, amounts, goals.

    项目名称 | 2023年某县教育局…项目
    主管部门 | 某县教育局 | 实施单位 | 某县教育局
    项目资金（万元） | 年度资金总额： | 109.61
                     | 其中：财政拨款 | 109.61
    年度总体目标 | 1、…

A label is a word of ``data/header_labels.toml``. Its value stands to its right, or below it where the right
side holds another label (实施期目标 | 年度目标 over the two goals).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from goaltables.document import BudgetRow
from goaltables.normalizers.understanding.amount_blocks import AmountBlock, find_execution, find_tasks
from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.forms import HeaderLabel, exact_labels, header_labels
from goaltables.normalizers.understanding.header_lines import labelled_values, money_unit
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed
from goaltables.normalizers.understanding.labelled_money import LabelledMoney, budget_rows
from goaltables.normalizers.understanding.prose_grid import further_sentences

_LONGEST_LABEL = 24
_LONGEST_UNKNOWN = 14
_AMOUNT_UNIT = re.compile(r"\s*[（(]?\s*(百万元|万元|亿元|千元|百元|元)\s*[)）]?$")
_OPEN_BRACKET = re.compile(r"[（(][^（()）]*$")
_NO_LABEL = re.compile(r"^[\d.,%￥¥\-]*$|20\d\d年|[。；;，,]")
_MONEY = {"money_fiscal": "fiscal", "money_other": "other", "money_carry": "carry"}
_TOTALS = {"money_total": "年度资金总额", "money_total_midterm": "实施期资金总额"}
_SILENT = {"side", "money_block", "sum", "score_total"}


@dataclass(slots=True)
class HeaderReading:
    """What the header says. `values` are (role, rank, text) of labels with a meaning, best rank first."""

    fields: dict[str, str] = field(default_factory=dict)
    values: list[tuple[str, int, str]] = field(default_factory=list)
    budget: list[BudgetRow] = field(default_factory=list)
    tasks: AmountBlock | None = None
    execution: AmountBlock | None = None
    annual_goal: str | None = None
    midterm_goal: str | None = None
    completion: str | None = None
    money_unit: str | None = None
    lines: list[Placed] = field(default_factory=list)
    evidence: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    roles: dict[int, str] = field(default_factory=dict)

    def note(self, role: str, cells: Iterable[Placed]) -> None:
        """Remember what cells were read as."""
        self.roles |= {id(p.cell): role for p in cells}

    def best(self, role: str) -> str | None:
        """The value of the best-ranked label of `role` that has one."""
        found = sorted((rank, k) for k, (r, rank, text) in enumerate(self.values) if r == role and text)
        return self.values[found[0][1]][2] if found else None


def read_header(table: JoinedTable, last: int) -> HeaderReading:
    """The rows 0..last-1 of a goal table."""
    reading = HeaderReading()
    reading.tasks, reading.execution = find_tasks(table, last), find_execution(table, last)
    for name, block in (("tasks", reading.tasks), ("execution", reading.execution)):
        if block is not None:
            reading.evidence.add(f"block:{name}")
            reading.used |= {id(p.cell) for p in block.used}
            reading.note("budget", block.used)
            reading.budget += block.budget
    cells = [p for p in table.placed if p.row < last]
    reading.money_unit = next(
        (unit for p in cells if len(p.text) <= 24 and (unit := money_unit(p.text))), None
    )
    money: list[LabelledMoney] = []
    for p in cells:
        if id(p.cell) in reading.used or not p.text:
            continue
        p = _whole_label(reading, table, p)
        if _is_line(table, p):
            reading.used.add(id(p.cell))
            reading.note("line", (p,))
            reading.lines.append(p)
        elif pairs := _inline(p):
            reading.used.add(id(p.cell))
            reading.note("field", (p,))
            for label, value in pairs:
                _take(reading, money, table, p, label, value, (p,))
        elif meanings := _meanings(p):
            _read_label(reading, money, table, p, meanings, last)
    _read_unknown(reading, table, cells, last)
    reading.budget += budget_rows(money) if not reading.budget else []
    return reading


def read_values(reading: HeaderReading, values: Iterable[tuple[str, str]]) -> None:
    """Adds labels and values that are printed in lines above the table; what the grid says goes first.

    Amounts in lines carry their unit (年度资金总额：104.53万元), which is no part of the amount.
    """
    money: list[LabelledMoney] = []
    for row, (label, value) in enumerate(values):
        roles = {meaning.role for meaning in header_labels(label)}
        if any(role.startswith("money") for role in roles):
            match = _AMOUNT_UNIT.search(value)
            if match is not None:
                reading.money_unit = reading.money_unit or match.group(1)
                value = value[: match.start()]
        _take(reading, money, None, None, label, value, (), row)
    reading.budget += budget_rows(money) if not reading.budget else []


def _is_line(table: JoinedTable, p: Placed) -> bool:
    """Whether a cell is a line of its own: a title, a year or a unit printed inside the grid."""
    alone = all(other is p or not other.text for other in table.covering(p.row))
    wide = p.colspan >= 0.8 * table.n_cols or p.end_col == table.n_cols
    return alone and wide and p.rowspan == 1 and len(p.text) <= 60 and not _meanings(p) and p.row <= 4


def _inline(p: Placed) -> list[tuple[str, str]]:
    """The labels and values inside one cell: 项目名称：某项目."""
    pairs = [(label, value) for label, value in labelled_values(p.text) if value]
    starts = bool(pairs) and p.text.startswith(pairs[0][0])
    return pairs if starts and len(p.text) <= 120 else []


def _meanings(p: Placed) -> tuple[HeaderLabel, ...]:
    return header_labels(p.text) if len(fold(p.text)) <= _LONGEST_LABEL else ()


def _whole_label(reading: HeaderReading, table: JoinedTable, p: Placed) -> Placed:
    """`p` with the rest of its label, when a rule that is none cuts it: 部门（ | 单位）名称."""
    right = table.at(p.row, p.end_col)
    if right is None or not right.text or right.rowspan != p.rowspan:
        return p
    if _meanings(p) and not _OPEN_BRACKET.search(p.text):
        return p
    if not exact_labels(p.text + right.text):
        return p
    reading.used |= {id(p.cell), id(right.cell)}
    reading.note("label", (p, right))
    whole = replace(p.cell, text=p.text + right.text, box=p.cell.box.union(right.cell.box))
    return replace(p, cell=whole, colspan=p.colspan + right.colspan)


def _read_label(
    reading: HeaderReading,
    money: list[LabelledMoney],
    table: JoinedTable,
    p: Placed,
    meanings: Sequence[HeaderLabel],
    last: int,
) -> None:
    roles = {meaning.role for meaning in meanings}
    goal = any(role.startswith("goal") or role == "completion" for role in roles)
    value = _right(table, p)
    reading.used.add(id(p.cell))
    reading.note("label", (p,))
    if value is None or (value.text and _meanings(value)):
        if "column_head" in roles:
            return
        below = table.at(p.end_row, p.col) if p.end_row < last else None
        free = below is not None and id(below.cell) not in reading.used and not _meanings(below)
        if below is None or not free or not below.text or not (goal or _is_money(roles)):
            # Beside another label and over none of its own words, it heads a block or was left blank.
            if not goal and not roles <= _SILENT and (value is None or not _is_money(roles)):
                _take(reading, money, table, p, p.text, "", (p,))
            return
        value = below
    if roles <= _SILENT:
        return
    cells = _continued(table, value, last)
    reading.used |= {id(c.cell) for c in cells}
    text = "".join(cell.text for cell in cells)
    glued = _glued_label(table, value, text)
    _take(reading, money, table, p, p.text, glued[0] if glued else text, (p, *cells))
    reading.note("goal" if goal else "budget" if _is_money(roles) else "field", cells)
    for head, cell in further_sentences(table, value) if roles <= {"field"} else ():
        reading.used.add(id(cell.cell))
        reading.note("field", (cell,))
        reading.fields.setdefault(f"{_printed(p.text)}（{head}）", cell.text.strip())
    if glued is not None:
        _, label, after = glued
        reading.used.add(id(after.cell))
        reading.note("field", (after,))
        _take(reading, money, table, value, label, after.text, (value, after))


def _glued_label(table: JoinedTable, value: Placed, text: str) -> tuple[str, str, Placed] | None:
    """A value that a missing rule glued to the next label, whose own value follows: 延续项目项目期 | 3年."""
    after = _right(table, value)
    if after is None or not after.text or _meanings(after) or len(text) > _LONGEST_LABEL:
        return None
    for cut in range(1, len(text) - 2):
        if exact_labels(text[cut:]) and not exact_labels(text[:cut]):
            return text[:cut].strip(), text[cut:].strip(), after
    return None


def _is_money(roles: Iterable[str]) -> bool:
    return any(role.startswith("money_") and role != "money_block" for role in roles)


def _right(table: JoinedTable, p: Placed) -> Placed | None:
    """The cell right of `p` in its first row; blank columns that no rule should have made are passed over."""
    col = p.end_col
    blank: Placed | None = None
    while col < table.n_cols:
        cell = table.at(p.row, col)
        if cell is None:
            col += 1
            continue
        if cell.text:
            return blank if blank is not None and _meanings(cell) else cell
        blank = blank or cell
        col = cell.end_col
    return blank


def _continued(table: JoinedTable, p: Placed, last: int) -> list[Placed]:
    """`p` and, when a page break cuts it, the rest of its text on the next page."""
    cells = [p]
    while cells[-1].end_row in table.breaks and cells[-1].end_row < last:
        below = table.at(cells[-1].end_row, p.col)
        beside = table.at(cells[-1].end_row, 0)
        same = below is not None and below.col == p.col and below.end_col == p.end_col
        if below is None or not same or (beside is not None and beside is not below and beside.text):
            break
        cells.append(below)
    return cells


def _take(
    reading: HeaderReading,
    money: list[LabelledMoney],
    table: JoinedTable | None,
    p: Placed | None,
    label: str,
    value: str,
    cells: tuple[Placed, ...],
    order: int = 0,
) -> None:
    """Files one label with its value under what the label means."""
    meanings = header_labels(label)
    roles = {meaning.role for meaning in meanings}
    row, col = (p.row, p.col) if p is not None else (order, 0)
    reading.evidence |= {f"label:{role}" for role in roles}
    if _is_money(roles) and not (roles & {"organization", "project", "field"}):
        for role in sorted(roles):
            kind = "total" if role in _TOTALS else _MONEY.get(role)
            if kind is not None:
                rank = min(meaning.rank for meaning in meanings if meaning.role == role)
                amount = value.strip() or None
                money.append(LabelledMoney(kind, _TOTALS.get(role), amount, row, col, cells, rank))
                return
        reading.fields.setdefault(_printed(label), value)
        return
    if roles & {"goal", "goal_annual", "goal_midterm", "completion"}:
        _take_goal(reading, table, p, roles, value)
        return
    if roles <= {"amount_unit"} and roles:
        return
    for meaning in meanings:
        reading.values.append((meaning.role, meaning.rank, value.strip()))
    if not roles <= _SILENT:
        reading.fields.setdefault(_printed(label), value.strip())


def _printed(label: str) -> str:
    return label.strip().rstrip("：:").strip()


def _take_goal(
    reading: HeaderReading,
    table: JoinedTable | None,
    p: Placed | None,
    roles: set[str],
    value: str,
) -> None:
    """A goal: of the year, of the whole period, or what came of it.

    总体目标（2021年—2023年） beside 年度目标 is the goal of the whole period; alone it is the year's.
    """
    if "completion" in roles:
        reading.completion = reading.completion or value
        return
    beside = _right(table, p) if table is not None and p is not None else None
    annual_beside = beside is not None and any(m.role == "goal_annual" for m in _meanings(beside))
    if "goal_midterm" in roles or (annual_beside and "goal" in roles):
        reading.midterm_goal = reading.midterm_goal or value or None
    else:
        reading.annual_goal = reading.annual_goal or value or None


def _read_unknown(reading: HeaderReading, table: JoinedTable, cells: Sequence[Placed], last: int) -> None:
    """Pairs of cells whose label is no known word: a short text at the left, or right of another value."""
    for p in cells:
        if id(p.cell) in reading.used or not p.text or len(fold(p.text)) > _LONGEST_UNKNOWN:
            continue
        if _NO_LABEL.search(fold(p.text)):
            continue
        left = table.at(p.row, p.col - 1) if p.col else None
        right = _right(table, p)
        if (
            right is None
            or not right.text
            or id(right.cell) in reading.used
            or _labels_labels(table, p, right)
        ):
            continue
        if left is not None and left.text and id(left.cell) not in reading.used and left.rowspan <= p.rowspan:
            continue  # the right of another label: its value
        cells_of_value = _continued(table, right, last)
        reading.used |= {id(p.cell), *(id(c.cell) for c in cells_of_value)}
        reading.note("label", (p,))
        reading.note("field", cells_of_value)
        reading.fields.setdefault(_printed(p.text), "".join(c.text for c in cells_of_value))


def _labels_labels(table: JoinedTable, p: Placed, right: Placed) -> bool:
    """Whether `p` stands beside several rows that have labels of their own."""
    further = _right(table, right)
    return p.rowspan > right.rowspan and further is not None and bool(further.text)

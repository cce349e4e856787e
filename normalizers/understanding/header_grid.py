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
from collections.abc import Sequence
from dataclasses import replace

from goaltables.normalizers.understanding.amount_blocks import find_execution, find_tasks
from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.forms import HeaderLabel, exact_labels, header_labels
from goaltables.normalizers.understanding.header_lines import labelled_values, money_unit
from goaltables.normalizers.understanding.header_reading import SILENT, HeaderReading, field_name, is_money
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed
from goaltables.normalizers.understanding.prose_grid import further_sentences

_LONGEST_LABEL = 24
_LONGEST_UNKNOWN = 14
_OPEN_BRACKET = re.compile(r"[（(][^（()）]*$")
_NO_LABEL = re.compile(r"^[\d.,%￥¥\-]*$|20\d\d年|[。；;，,]")


def read_header(table: JoinedTable, last: int) -> HeaderReading:
    """The rows 0..last-1 of a goal table."""
    reading = HeaderReading(tasks=find_tasks(table, last), execution=find_execution(table, last))
    for name, block in (("tasks", reading.tasks), ("execution", reading.execution)):
        if block is not None:
            reading.evidence.add(f"block:{name}")
            reading.note("budget", block.used)
            reading.budget += block.budget
    cells = [p for p in table.placed if p.row < last]
    reading.money_unit = next(
        (unit for p in cells if len(p.text) <= 24 and (unit := money_unit(p.text))), None
    )
    for p in cells:
        if id(p.cell) in reading.used or not p.text:
            continue
        p = _whole_label(reading, table, p)
        if _is_line(table, p):
            reading.note("line", (p,))
            reading.lines.append(p)
        elif pairs := _inline(p):
            reading.note("field", (p,))
            for label, value in pairs:
                _take(reading, table, p, label, value, (p,))
        elif meanings := _meanings(p):
            _read_label(reading, table, p, meanings, last)
    _read_unknown(reading, table, cells, last)
    reading.settle_budget()
    return reading


def _take(
    reading: HeaderReading, table: JoinedTable, p: Placed, label: str, value: str, cells: tuple[Placed, ...]
) -> None:
    """Files a label that stands in `p`, with its value; `cells` are those of both."""
    beside = _right(table, p)
    annual = beside is not None and any(meaning.role == "goal_annual" for meaning in _meanings(beside))
    reading.take(label, value, (p.row, p.col), cells, is_beside_annual=annual)


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
    reading.note("label", (p, right))
    whole = replace(p.cell, text=p.text + right.text, box=p.cell.box.union(right.cell.box))
    return replace(p, cell=whole, colspan=p.colspan + right.colspan)


def _read_label(
    reading: HeaderReading, table: JoinedTable, p: Placed, meanings: Sequence[HeaderLabel], last: int
) -> None:
    roles = {meaning.role for meaning in meanings}
    goal = any(role.startswith("goal") or role == "completion" for role in roles)
    reading.note("label", (p,))
    value = right = _right(table, p)
    if right is None or (right.text and _meanings(right)):
        if "column_head" in roles:
            return
        value = _below(reading, table, p, last) if goal or is_money(roles) else None
        if value is None:
            # Beside another label and over none of its own words, it heads a block or was left blank.
            if not goal and not roles <= SILENT and (right is None or not is_money(roles)):
                _take(reading, table, p, p.text, "", (p,))
            return
    if value is None or roles <= SILENT:
        return
    cells = _rows_beside(table, p, value, last) if goal else _continued(table, value, last)
    text = "".join(cell.text for cell in cells)
    glued = _glued_label(table, value, text)
    _take(reading, table, p, p.text, glued[0] if glued else text, (p, *cells))
    reading.note("goal" if goal else "budget" if is_money(roles) else "field", cells)
    for head, cell in further_sentences(table, value) if roles <= {"field"} else ():
        reading.note("field", (cell,))
        reading.keep(f"{field_name(p.text)}（{head}）", cell.text.strip())
    if glued is not None:
        _, label, after = glued
        reading.note("field", (after,))
        _take(reading, table, value, label, after.text, (value, after))


def _below(reading: HeaderReading, table: JoinedTable, p: Placed, last: int) -> Placed | None:
    """The value under a label: a text that is no label and was not taken for anything else."""
    below = table.at(p.end_row, p.col) if p.end_row < last else None
    if below is None or not below.text or id(below.cell) in reading.used or _meanings(below):
        return None
    return below


def _glued_label(table: JoinedTable, value: Placed, text: str) -> tuple[str, str, Placed] | None:
    """A value that a missing rule glued to the next label, whose own value follows: 延续项目项目期 | 3年."""
    after = _right(table, value)
    if after is None or not after.text or _meanings(after) or len(text) > _LONGEST_LABEL:
        return None
    for cut in range(1, len(text) - 2):
        if exact_labels(text[cut:]) and not exact_labels(text[:cut]):
            return text[:cut].strip(), text[cut:].strip(), after
    return None


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


def _rows_beside(table: JoinedTable, label: Placed, value: Placed, last: int) -> list[Placed]:
    """The rows of a goal that stand under each other beside its label: 目标1 | 目标2 | 目标3."""
    cells = _continued(table, value, last)
    while value.row == label.row and cells[-1].end_row < min(label.end_row, last):
        below = table.at(cells[-1].end_row, value.col)
        if below is None or (below.col, below.end_col) != (value.col, value.end_col) or _meanings(below):
            break
        cells += _continued(table, below, last)
    return cells


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
        reading.note("label", (p,))
        reading.note("field", cells_of_value)
        reading.keep(p.text, "".join(c.text for c in cells_of_value))


def _labels_labels(table: JoinedTable, p: Placed, right: Placed) -> bool:
    """Whether `p` stands beside several rows that have labels of their own."""
    further = _right(table, right)
    return p.rowspan > right.rowspan and further is not None and bool(further.text)

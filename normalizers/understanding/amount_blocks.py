"""The two amount grids inside a header: 年度主要任务 of a department, 项目资金 of a self-evaluation.

    任务名称 | 主要内容 | 总额   | 财政拨款 | 其他资金
    人员保障 | 用于…    | 903.78 | 904.78   | 0

                 | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率  | 得分
    年度资金总额 | 35.59      | 35.59      | 35.59      | 10   | 100.00% | 10

Amounts are kept as printed, blank ones are None. A total (合计) is a row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goaltables.document import BudgetRow, ExecutionRow
from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.forms import (
    block_head_role,
    block_head_word,
    exact_labels,
    has_label_role,
    header_labels,
)
from goaltables.normalizers.understanding.indicator_rows import is_blank
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed, joined_text, source_of

_AMOUNTS = ("total", "fiscal", "other")
# The order in which the forms print the heads, for the one that cannot be read.
_ORDER = {
    "tasks": _AMOUNTS,
    "execution": ("initial", "adjusted", "executed", "weight", "rate", "score"),
}
_EXECUTED = ("initial", "adjusted", "executed")
# The budget rows of a self-evaluation carry the words of the national form, whatever the local head says.
EXECUTION_ROWS = {"initial": "年初预算数", "adjusted": "全年预算数", "executed": "全年执行数"}
_MONEY_FIELDS = {
    "money_total": "total",
    "money_fiscal": "fiscal",
    "money_other": "other",
    "money_carry": "carry",
}
_DETAIL = "detail"  # a part of the money that no column of the budget has
_LONGEST_GLUED = 40
# Among figures they are what a reader makes of the dash of a cell that says nothing.
_DASHES = ("一", "ー")
_ENDING_ROLES = ("goal", "goal_annual", "goal_midterm", "money_block", "organization", "project")


@dataclass(frozen=True, slots=True)
class AmountBlock:
    """An amount grid: its rows as records, the rows first..last-1 it takes, the cells it was read from."""

    budget: tuple[BudgetRow, ...]
    execution: tuple[ExecutionRow, ...]
    used: tuple[Placed, ...]
    first: int
    last: int


def _columns(table: JoinedTable, row: int, block: str) -> dict[str, tuple[int, int]]:
    """The (col, end) by role of the heads of `block` that begin in `row`."""
    cells = [p for p in table.starting(row) if p.text]
    roles = [block_head_role(block, p.text) for p in cells]
    order = _ORDER[block]
    if sum(role in order for role in roles) >= 2:
        roles = [
            role or (None if exact_labels(p.text) else _by_place(roles, k, order))
            for k, (p, role) in enumerate(zip(cells, roles, strict=True))
        ]
    found: dict[str, tuple[int, int]] = {}
    for p, role in zip(cells, roles, strict=True):
        if role is not None:
            found.setdefault(role, (p.col, p.end_col))
        elif p.colspan > 1:
            found |= _glued(table, p, block)
    return found


def _glued(table: JoinedTable, p: Placed, block: str) -> dict[str, tuple[int, int]]:
    """The columns of heads that a missing rule put into one cell: 总额财政拨款 over two amounts."""
    below = table.across(p.end_row, p.col, p.end_col)
    text = fold(p.text)
    if len(below) != 2 or len(text) > _LONGEST_GLUED:
        return {}
    for cut in range(2, len(text) - 1):
        pair = [block_head_word(block, text[:cut]), block_head_word(block, text[cut:])]
        if all(pair):
            return {role: (q.col, q.end_col) for role, q in zip(pair, below, strict=True) if role}
    return {}


def _by_place(roles: Sequence[str | None], k: int, order: Sequence[str]) -> str | None:
    """The role of the head `k` that was not understood, by its neighbours in the usual order."""
    left = roles[k - 1] if k else None
    right = roles[k + 1] if k + 1 < len(roles) else None
    after = order.index(left) + 1 if left in order else None
    before = order.index(right) - 1 if right in order else None
    if after is not None and after < len(order) and before in (after, None):
        return order[after]
    return order[before] if before is not None and before >= 0 and left is None and before == 0 else None


def _amount(text: str) -> str | None:
    return text.strip() or None


def find_tasks(table: JoinedTable, last: int) -> AmountBlock | None:
    """The grid of annual tasks (年度主要任务) in the rows before `last`, None when there is none."""
    for row in range(last):
        columns = _columns(table, row, "tasks")
        if "name" in columns and ({"content", "group"} & columns.keys() or len(columns) >= 3):
            return _read_tasks(table, row, columns, last)
    return None


def _read_tasks(table: JoinedTable, row: int, columns: dict[str, tuple[int, int]], last: int) -> AmountBlock:
    first = row + 1
    lower = _columns(table, first, "tasks") if first < last else {}
    col, end = columns["name"]
    two_rows = all(p.rowspan > 1 for p in table.across(row, col, end))
    if len(lower.keys() & {*_AMOUNTS}) >= (1 if two_rows else 2):
        columns = {**columns, **lower}
        first += 1
    if "total" not in columns and "group" in columns:
        columns["total"] = columns["group"]
    used = [p for r in range(row, first) for p in table.starting(r)]
    budget: list[BudgetRow] = []
    start = min(col for col, _ in columns.values())
    end = first
    for r in range(first, last):
        if _ends_block(table, r, start):
            break
        end = r + 1
        cells = [p for p in table.across(r, start, table.n_cols) if p.row == r]
        used += cells
        line = _task(columns, cells)
        if (
            budget
            and has_label_role(budget[-1].name, "sum")
            and not (line.total or line.fiscal or line.other)
        ):
            used = [p for p in used if p not in cells]
            end = r
            break
        if budget and r in table.breaks and _is_rest(budget[-1], line):
            budget[-1] = _with_rest(budget[-1], line)
        elif line.name or line.content or line.total or line.fiscal:
            budget.append(line)
    return AmountBlock(tuple(budget), (), tuple(used), row, end)


def _ends_block(table: JoinedTable, row: int, start: int) -> bool:
    """Whether another part of the form begins in `row`: a known label at its left, or left of the block."""
    cells = [p for p in table.starting(row) if p.text]
    if not cells:
        return False
    label = cells[0]
    beside = label.col < start
    return (beside and has_label_role(label.text, *_ENDING_ROLES, "side")) or (
        label.col <= start and has_label_role(label.text, "goal", "goal_annual", "goal_midterm")
    )


def _task(columns: Mapping[str, tuple[int, int]], cells: list[Placed]) -> BudgetRow:
    def text(role: str) -> str:
        if role not in columns:
            return ""
        col, end = columns[role]
        return joined_text(p for p in cells if col <= p.col < end)

    name, content = text("name"), text("content")
    return BudgetRow(
        name=name,
        content=content or None,
        total=_amount(text("total")),
        fiscal=_amount(text("fiscal")),
        other=_amount(text("other")),
        source=[source_of(p) for p in cells if p.text],
    )


def _is_rest(above: BudgetRow, below: BudgetRow) -> bool:
    """Whether the first row of a page is the rest of a task that the page break cut."""
    amounts = [getattr(below, key) for key in _AMOUNTS]
    return not any(amounts) and bool(above.total) and bool(below.name or below.content)


def _with_rest(above: BudgetRow, below: BudgetRow) -> BudgetRow:
    return above.model_copy(
        update={
            "name": above.name + below.name,
            "content": ((above.content or "") + (below.content or "")) or None,
            "source": [*above.source, *below.source],
        }
    )


def find_execution(table: JoinedTable, last: int) -> AmountBlock | None:
    """The grid of budget, execution and rate (项目资金 of a self-evaluation), None when there is none."""
    for row in range(last):
        columns = _columns(table, row, "execution")
        if len(columns.keys() & {*_EXECUTED}) >= 2 and len(columns) >= 3:
            return _read_execution(table, row, columns, last)
    return None


def _read_execution(
    table: JoinedTable, row: int, columns: dict[str, tuple[int, int]], last: int
) -> AmountBlock:
    used = [*table.starting(row)]
    start = min(col for col, _ in columns.values())
    lines: list[ExecutionRow] = []
    amounts: dict[str, dict[str, str | None]] = {role: {} for role in _EXECUTED if role in columns}
    sources: list[Placed] = []
    end = row + 1
    for r in range(row + 1, last):
        beside = [p for p in table.starting(r) if p.text and p.end_col <= start]
        label = beside[-1] if beside else None
        kind = money_kind(label.text) if label is not None else None
        if not any(p.text for p in table.starting(r)):
            continue
        if label is None or kind is None:
            break
        end = r + 1
        cells = [label, *(p for p in table.across(r, start, table.n_cols) if p.row == r)]
        used += cells
        sources += [p for p in cells if p.text]
        texts = {
            role: joined_text(p for p in cells[1:] if col <= p.col < stop)
            for role, (col, stop) in columns.items()
        }
        for role, values in amounts.items() if kind != _DETAIL else ():
            values.setdefault(kind, _amount(texts[role]))
        lines.append(_execution_row(label.text, texts))
    budget = tuple(
        BudgetRow(name=EXECUTION_ROWS[role], source=[source_of(p) for p in sources], **values)
        for role, values in amounts.items()
    )
    return AmountBlock(budget, tuple(lines), tuple(used), row, end)


def money_kind(text: str) -> str | None:
    """What a printed label of the execution block counts: total, fiscal, other, carry, detail; else None."""
    roles = [label.role for label in header_labels(text)]
    return next((_MONEY_FIELDS[role] for role in roles if role in _MONEY_FIELDS), None) or (
        _DETAIL if "money_detail" in roles else None
    )


def _execution_row(label: str, texts: Mapping[str, str]) -> ExecutionRow:
    def printed(role: str) -> str | None:
        text = texts.get(role, "")
        return None if is_blank(text) or text.strip() in _DASHES else text

    return ExecutionRow(
        name=label,
        initial=_amount(texts.get("initial", "")),
        adjusted=_amount(texts.get("adjusted", "")),
        executed=_amount(texts.get("executed", "")),
        weight=printed("weight"),
        rate=printed("rate"),
        score=printed("score"),
    )

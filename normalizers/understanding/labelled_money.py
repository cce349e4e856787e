"""Amounts that stand beside labels: 年度资金总额, 其中：财政拨款, 其他资金.

One line of money for each total. The words of the line are those of the national form, whatever the county
prints (资金总额, 年度金额).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goaltables.document import BudgetRow
from goaltables.normalizers.understanding.joined_table import Placed, source_of


@dataclass(frozen=True, slots=True)
class LabelledMoney:
    """A labelled amount: kind (total, fiscal …), the row name of a total, where the label stands. Of two of
    one kind that with the smaller `rank` counts (财政拨款 before its part 一般公共预算).
    """

    kind: str
    name: str | None
    amount: str | None
    row: int
    col: int
    cells: tuple[Placed, ...]
    rank: int = 9


def budget_rows(money: Sequence[LabelledMoney]) -> list[BudgetRow]:
    """One row for each total, with the amounts that stand under (or after) its label.

    Two halves side by side (实施期资金总额 | 年度资金总额) keep their amounts apart by their columns.
    """
    totals = [m for m in money if m.kind == "total"]
    if not totals and money:
        totals = [LabelledMoney("total", "年度资金总额", None, money[0].row, money[0].col, ())]
    rows: list[BudgetRow] = []
    seen: set[str] = set()
    for total in sorted(totals, key=lambda m: (m.name != "实施期资金总额", m.row, m.col)):
        name = total.name or "年度资金总额"
        if name in seen:
            continue
        seen.add(name)
        mine = [m for m in money if m.kind != "total" and _owner(m, totals) is total]
        parts: dict[str, str | None] = {}
        for m in sorted(mine, key=lambda m: m.rank):
            parts.setdefault(m.kind, m.amount)
        cells = [c for m in (total, *mine) for c in m.cells if c.text]
        rows.append(BudgetRow(name=name, total=total.amount, source=[source_of(c) for c in cells], **parts))
    return rows


def _owner(part: LabelledMoney, totals: Sequence[LabelledMoney]) -> LabelledMoney:
    """The total that an amount is a part of: the one over it in its column, else the nearest before it."""
    over = [t for t in totals if t.col == part.col and t.row <= part.row]
    if over:
        return max(over, key=lambda t: t.row)
    before = [t for t in totals if (t.row, t.col) <= (part.row, part.col)]
    return max(before or totals[:1], key=lambda t: (t.row, t.col))

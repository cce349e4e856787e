"""A grid of sentences inside a header: labels at the left, column heads above, a sentence in each place.

    资金管理情况 |            | 情况说明         | 存在问题和改进措施
                 | 分配科学性 | 按规划分配到村   | 无
                 | 执行准确性 | 按预算执行       | 结转6万元

The first sentence is the label's value as anywhere in a header. The others are kept under the label with
their column's head: 执行准确性（存在问题和改进措施）. Which words are such heads is data (role
``column_head`` in ``data/header_labels.toml`` and ``data/forms``).
"""

from __future__ import annotations

from goaltables.normalizers.understanding.forms import has_label_role, header_labels
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed

_ROLE = "column_head"


def further_sentences(table: JoinedTable, value: Placed) -> list[tuple[str, Placed]]:
    """The (column head, cell) of the cells right of `value` that a head of sentences stands over."""
    found: list[tuple[str, Placed]] = []
    for cell in table.across(value.row, value.end_col, table.n_cols):
        if cell.row != value.row or not cell.text:
            continue
        head = _head_over(table, cell)
        if head is None or header_labels(cell.text):
            break
        found.append((head, cell))
    return found


def _head_over(table: JoinedTable, cell: Placed) -> str | None:
    for row in range(cell.row - 1, -1, -1):
        above = table.at(row, cell.col)
        if above is None or above.col != cell.col:
            return None
        if has_label_role(above.text, _ROLE):
            return above.text.strip()
    return None

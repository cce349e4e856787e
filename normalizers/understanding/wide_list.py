"""Wide lists: one row an indicator, many projects in one table, each project's key cells merged over its
rows.

    序号 | 单位名称 | 项目名称 | 预算数 | … | 年度绩效目标 | 一级指标 | 二级指标 | 三级指标 | 指标值

A page break cuts the key cells: the name may stand before the break, or after it, or before it with empty
boxes after. All key columns are asked together whether a project goes on, so that no project's rows go to
its neighbour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from goaltables.document import BudgetRow
from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.forms import has_label_role
from goaltables.normalizers.understanding.grid_head import Head, HeadColumn
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed, distinct, source_of
from goaltables.normalizers.understanding.spread_labels import LabelBox, column_boxes

KEY_ROLES = ("sequence", "organization", "project", "total", "fiscal", "other", "goal")
# What tells one project from the next. Two projects may share their organization and their goal.
_TELLING = ("sequence", "project", "total")


@dataclass(frozen=True, slots=True)
class ListedProject:
    """One project of a wide list: its rows first..last-1, and what its key cells say, by role."""

    first: int
    last: int
    texts: Mapping[str, str]
    heads: Mapping[str, str]
    cells: tuple[Placed, ...]

    def budget(self) -> list[BudgetRow]:
        """The project's one line of money; [] when the list prints no amounts."""
        if not {"total", "fiscal", "other"} & self.heads.keys():
            return []
        return [
            BudgetRow(
                name="年度资金总额",
                total=self.texts.get("total") or None,
                fiscal=self.texts.get("fiscal") or None,
                other=self.texts.get("other") or None,
                source=[source_of(p) for p in self.cells],
            )
        ]


def is_wide_list(head: Head) -> bool:
    """Whether the grid prints the project beside each indicator."""
    return "project" in head.roles and bool({"name", "value", "packed"} & set(head.roles))


def listed_projects(table: JoinedTable, head: Head, first: int, last: int) -> tuple[ListedProject, ...]:
    """The projects of rows first..last-1, from top to bottom; rows of a grand total are left out."""
    columns = {role: column for role in KEY_ROLES if (column := head.column(role)) is not None}
    starts = _starts(table, columns, first, last)
    projects: list[ListedProject] = []
    unit = ""
    for start, stop in zip(starts, [*starts[1:], last], strict=True):
        project = _project(table, columns, start, stop)
        name, organization = project.texts.get("project", ""), project.texts.get("organization", "")
        if _is_heading(table, columns, start, stop):
            unit = name or unit
            continue
        unit = organization or unit
        if unit and not organization:
            project = replace(project, texts={**project.texts, "organization": unit})
        whole = fold(name) or fold(project.texts.get("sequence", "")) or fold(organization)
        if not has_label_role(whole, "sum"):
            projects.append(project)
    return tuple(projects)


def _is_heading(table: JoinedTable, columns: Mapping[str, HeadColumn], first: int, last: int) -> bool:
    """Whether rows first..last-1 print a unit above its projects: nothing but its name where theirs stand, or
    its sum of money with no project beside it.
    """
    keys = {role: (column.col, column.end) for role, column in columns.items()}
    filled: set[str | None] = set()
    for p in (p for row in range(first, last) for p in table.starting(row) if p.text):
        filled.add(next((role for role, (col, end) in keys.items() if col <= p.col < end), None))
    return filled == {"project"} or (None not in filled and not {"project", "goal"} & filled)


def _starts(table: JoinedTable, columns: Mapping[str, HeadColumn], first: int, last: int) -> list[int]:
    """The rows where a project begins."""
    boxes = {
        role: column_boxes(table, column.col, column.end, first, last)
        for role, column in columns.items()
        if role in _TELLING
    }
    by_row = {role: _by_row(found) for role, found in boxes.items()}
    merged = any(box.text and box.last - box.first > 1 for found in boxes.values() for box in found)
    starts = [first]
    for row in range(first + 1, last):
        pairs = [(found[row - 1], found[row]) for found in by_row.values()]
        if all(before is after for before, after in pairs):
            continue
        if row in table.breaks:
            if not _goes_on(pairs):
                starts.append(row)
        elif _begins(pairs) or (merged and _begins_unlabelled(pairs, table.breaks)):
            starts.append(row)
    return starts


def _by_row(boxes: Sequence[LabelBox]) -> dict[int, LabelBox]:
    return {row: box for box in boxes for row in range(box.first, box.last)}


def _begins(pairs: Sequence[tuple[LabelBox, LabelBox]]) -> bool:
    """Whether another project begins between two rows of one page.

    A key printed again on every row, and blanks under a key whose cell was not merged, begin nothing.
    """
    return any(after.text and fold(after.text) != fold(before.text) for before, after in pairs)


def _begins_unlabelled(pairs: Sequence[tuple[LabelBox, LabelBox]], breaks: frozenset[int]) -> bool:
    """Whether a project begins whose name stands after the page break: its boxes are empty up to it."""
    return all(
        b is not a and b.text and not a.text and a.last in breaks for b, a in pairs if b.text or a.text
    )


def _goes_on(pairs: Sequence[tuple[LabelBox, LabelBox]]) -> bool:
    """Whether the project before a page break is the one after it."""
    changed = sum(bool(b.text and a.text and fold(b.text) != fold(a.text)) for b, a in pairs)
    open_box = sum(bool(b.text) != bool(a.text) or (fold(b.text) == fold(a.text) != "") for b, a in pairs)
    return open_box > changed or not any(a.text for _, a in pairs)


def _project(table: JoinedTable, columns: Mapping[str, HeadColumn], first: int, last: int) -> ListedProject:
    texts: dict[str, str] = {}
    cells: list[Placed] = []
    for role, column in columns.items():
        found = [box for box in column_boxes(table, column.col, column.end, first, last) if box.text]
        kept = found[:1]
        # Cut by the page break, a text goes on in the first box of the next page.
        for box in found[1:]:
            if box.first in table.breaks and fold(box.text) != fold(kept[-1].text):
                kept.append(box)
        texts[role] = "".join(box.text for box in kept)
        cells += [p for box in found for p in box.cells]
    heads = {role: column.text for role, column in columns.items()}
    return ListedProject(first, last, texts, heads, tuple(distinct(cells)))

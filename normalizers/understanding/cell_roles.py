"""What each cell of a goal table was read as: its role.

Roles of the grid are those of its columns (``level1``, ``name``, ``value`` …), of its ``head`` and of the
``total`` row; the header has ``label`` and ``field``, ``budget`` and ``goal``, lines inside the grid are
``line``, the columns that say whose row it is in a wide list ``key``. ``frame`` is what the form prints
beside the grid, ``unassigned`` what it did not explain. No record holds the roles: they are for people to
look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from goaltables.normalizers.understanding.grid_head import Head
from goaltables.normalizers.understanding.indicator_rows import GridReading
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed
from goaltables.records import Cell


@dataclass(frozen=True, slots=True)
class CellRole:
    """The role of a cell of a page's reading: `cell` is the very object that the reading holds."""

    page: int
    cell: Cell
    role: str


def cell_roles(
    table: JoinedTable,
    heads: Sequence[Head],
    readings: Iterable[GridReading],
    known: Mapping[int, str],
    unassigned: Iterable[Placed],
) -> tuple[CellRole, ...]:
    """The role of every cell with a text. `known` are roles by the identity of the cell."""
    roles = dict(known)
    totals: set[int] = set()
    for reading in readings:
        totals.update(reading.totals)
        roles |= _of_grid(reading)
    lost = {id(p.cell) for p in unassigned}
    found = []
    for p in table.placed:
        if p.text:
            known_role = "unassigned" if id(p.cell) in lost else roles.get(id(p.cell))
            found.append(CellRole(p.page, p.cell, known_role or _of_frame(p, heads, totals)))
    return tuple(found)


def _of_grid(reading: GridReading) -> dict[int, str]:
    roles: dict[int, str] = {}
    for row in reading.indicators:
        roles |= {id(p.cell): role for role, cells in row.places.items() for p in cells}
        for level, box in (("level1", row.level1), ("level2", row.level2)):
            roles |= {id(p.cell): level for p in (box.cells if box else ())}
    roles |= {id(p.cell): "level2" for box in reading.empty for p in box.cells}
    return roles


def _of_frame(p: Placed, heads: Sequence[Head], totals: set[int]) -> str:
    if any(head.first <= p.row <= head.last for head in heads):
        return "head"
    return "total" if p.row in totals else "frame"

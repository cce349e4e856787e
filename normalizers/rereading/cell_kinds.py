"""Which cell holds what, as far as it decides how a doubtful reading is chosen.

The form is recognised on the first reading; a misread head or two do not keep it from that. What it says
about its columns then holds for every cell in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from goaltables.normalizers.rereading.expectation import Kind
from goaltables.normalizers.understanding.assemble import assemble
from goaltables.normalizers.understanding.goal_table import is_goal_table, sections
from goaltables.normalizers.understanding.indicator_heads import find_heads, halves
from goaltables.normalizers.understanding.indicator_rows import cells_by_role
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed
from goaltables.normalizers.understanding.page_pieces import table_pieces
from goaltables.records import PageReading

# Roles of column_heads.toml whose cells hold free text are not here: they are Kind.TEXT like any other cell.
_KINDS = {
    "name": Kind.NAME,
    "value": Kind.VALUE,
    "actual": Kind.VALUE,
    "operator": Kind.OPERATOR,
    "unit": Kind.UNIT,
    "weight": Kind.NUMBER,
    "score": Kind.NUMBER,
}


def cell_kinds(pages: Sequence[PageReading]) -> Mapping[int, Kind]:
    """The kind of each cell in a column of an indicator grid, by the cell's identity (``id``)."""
    kinds: dict[int, Kind] = {}
    for joined in assemble(table_pieces(pages)):
        for table in sections(joined):
            if is_goal_table(table):
                kinds |= {id(placed.cell): kind for placed, kind in _grid_cells(table)}
    return kinds


def _grid_cells(table: JoinedTable) -> Iterator[tuple[Placed, Kind]]:
    heads = find_heads(table)
    ends = [head.first for head in heads[1:]] + [table.n_rows]
    for head, end in zip(heads, ends, strict=True):
        for half in halves(table, head):
            for row in range(head.last + 1, end):
                for role, cells in cells_by_role(table, row, half).items():
                    yield from ((placed, _KINDS[role]) for placed in cells if role in _KINDS)
        yield from (
            (placed, Kind.LABEL) for row in range(head.first, head.last + 1) for placed in table.starting(row)
        )

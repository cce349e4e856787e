"""The rows of an indicator grid: under their level labels, names, values and scores as printed.

A row of the grid is an indicator when it prints a name or a value. A level-2 label without any is no
indicator but a finding. A row that the page break cuts in two (its name ends on the next page) is put
together again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.forms import has_label_role
from goaltables.normalizers.understanding.grid_head import Half
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed, distinct, joined_text
from goaltables.normalizers.understanding.labels import leading_level2, level2_id
from goaltables.normalizers.understanding.row_labels import RowLabels, distinct_boxes, row_labels
from goaltables.normalizers.understanding.spread_labels import LabelBox

_BLANK = re.compile(r"^[\s\-—－–_/／\\.。·…无]*$")
_VALUE_BEHIND = re.compile(
    r"^(.*?[\u4e00-\u9fff）)])\s*((?:[≥≤≧≦＞＜＝═=><]{1,2}|不[低少高超]\S?于?)\s*\d.*)$"
)
_RESIDUE = re.compile(r"^(?:三级)?指标\s*[\dXx×]{0,2}\s*[:：、.．…]*$")
# Below this a reading is dirt or a stamp rather than print.
_BELIEVED = 0.3
_OWN_ROLES = ("name", "value", "operator", "unit", "weight", "actual", "score", "deviation")


@dataclass(frozen=True, slots=True)
class GridRow:
    """One indicator as the grid prints it. `texts` by role; `cells` are all cells it was read from, `places`
    its own ones, without the labels', by role.
    """

    rows: tuple[int, ...]
    half: Half
    level1: LabelBox | None
    level2: LabelBox | None
    texts: Mapping[str, str]
    cells: tuple[Placed, ...]
    places: Mapping[str, Sequence[Placed]]


@dataclass(frozen=True, slots=True)
class GridReading:
    """What rows first..last-1 of a grid say. `empty` are level-2 labels that no indicator stands under."""

    indicators: tuple[GridRow, ...]
    empty: tuple[LabelBox, ...]
    totals: tuple[int, ...]
    used: frozenset[int]


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, or one of the signs for it (—, /, 无)."""
    return not fold(text) or bool(_BLANK.match(text))


def read_grid(table: JoinedTable, grid_halves: Sequence[Half], first: int, last: int) -> GridReading:
    """The indicators of rows first..last-1, half by half, each half from top to bottom."""
    totals = tuple(row for row in range(first, last) if _is_total(table, row))
    body_last = min(totals, default=last)
    found: list[GridRow] = []
    empty: list[LabelBox] = []
    used: set[int] = set()
    for half in grid_halves:
        level1, level2 = row_labels(table, half, first, body_last)
        rows = _half_rows(table, half, first, body_last, level1, level2)
        found += rows
        filled = {id(row.level2) for row in rows}
        labels = [box for box in distinct_boxes(level2) if box.text and level2_id(box.text)]
        empty += [box for box in labels if id(box) not in filled]
        used |= {id(p.cell) for row in rows for p in row.cells}
        used |= {id(p.cell) for box in distinct_boxes((*level1, *level2)) for p in box.cells}
    return GridReading(tuple(found), tuple(empty), totals, frozenset(used))


def _is_total(table: JoinedTable, row: int) -> bool:
    """The row of the total score: its first words are 总分 (合计 …) and no level label stands before them."""
    cells = [p for p in table.starting(row) if p.text]
    return (
        bool(cells) and len(fold(cells[0].text)) <= 8 and has_label_role(cells[0].text, "score_total", "sum")
    )


def _half_rows(
    table: JoinedTable,
    half: Half,
    first: int,
    last: int,
    level1: RowLabels,
    level2: RowLabels,
) -> list[GridRow]:
    result: list[GridRow] = []
    seen: set[tuple[int, ...]] = set()
    for row in range(first, last):
        by_role = cells_by_role(table, row, half)
        glued: tuple[str, str] | None = None
        if _is_label_only(by_role, half):
            glued = leading_level2(joined_text(by_role["name"]))
            if glued is None:
                by_role["name"] = []
        own = [p for cells in by_role.values() for p in cells]
        texts = {role: joined_text(cells) for role, cells in by_role.items()}
        if glued is not None:
            texts["name"] = glued[1]
        texts |= _split_value(by_role, texts, half)
        # A name and value that reach over several rows are one indicator, not several.
        key = tuple(id(p) for role in ("name", "value") for p in by_role.get(role, ()) if p.text)
        said = [role for role in ("name", "value", "actual") if not is_blank(texts.get(role, ""))]
        if key in seen or not said or _is_dirt(said, by_role):
            continue
        if said == ["name"] and is_residue(texts["name"]):
            continue
        one, two = level1[row - first], level2[row - first]
        cells = tuple(distinct((*own, *(one.cells if one else ()), *(two.cells if two else ()))))
        found = GridRow((row,), half, one, two, texts, tuple(p for p in cells if p.text), by_role)
        if row in table.breaks and result and result[-1].rows[-1] == row - 1 and _is_cut(result[-1], found):
            result[-1] = _mended(result[-1], found)
        else:
            result.append(found)
        seen.add(key)
    return result


def is_residue(text: str) -> bool:
    """Whether a text is the form's own number of an indicator that nobody wrote: 指标2：."""
    return bool(_RESIDUE.match(fold(text)))


def _is_dirt(said: Sequence[str], by_role: Mapping[str, Sequence[Placed]]) -> bool:
    """Whether a row without a name only holds marks that the reader itself does not believe in."""
    if "name" in said:
        return False
    return all(p.cell.confidence < _BELIEVED for role in said for p in by_role[role] if p.text)


def _split_value(
    by_role: Mapping[str, Sequence[Placed]], texts: Mapping[str, str], half: Half
) -> dict[str, str]:
    """Name and value of a cell that reaches over both columns: 参训人员满意度>=96%.

    A value inside a name that keeps to its column (满意度95%以上) is what the form prints, and stays.
    """
    column, cells = half.columns.get("value"), by_role.get("name", ())
    match = _VALUE_BEHIND.match(texts.get("name", ""))
    if match is None or column is None or texts.get("value") or len(cells) != 1:
        return {}
    if cells[0].end_col <= column.col:
        return {}
    return {"name": match.group(1).strip(), "value": match.group(2).strip()}


def cells_by_role(table: JoinedTable, row: int, half: Half) -> dict[str, list[Placed]]:
    """The cells of `row` by the role of the column that they share most with.

    On the next page of a scan, or beside a rule too many, a cell may begin a column further left than its
    head.
    """
    found: dict[str, list[Placed]] = {role: [] for role in _OWN_ROLES if role in half.columns}
    for p in table.covering(row):
        shared = {
            role: min(p.end_col, column.end) - max(p.col, column.col) for role, column in half.columns.items()
        }
        best = max(shared, key=lambda role: (shared[role], half.columns[role].col == p.col), default="")
        if best == "level2" and shared.get("name", 0) > 0 and leading_level2(p.text):
            best = "name"
        if best in found and shared[best] > 0:
            found[best].append(p)
    return found


def _is_label_only(by_role: Mapping[str, Sequence[Placed]], half: Half) -> bool:
    """Whether the name's cell is really a level-2 label that reaches over into the name column."""
    column = half.columns.get("level2")
    cells = by_role.get("name", ())
    return (
        column is not None
        and column is not half.columns.get("name")
        and len(cells) == 1
        and cells[0].col <= column.col
    )


def _is_cut(above: GridRow, below: GridRow) -> bool:
    """Whether the first row after a page break is the rest of the last row before it.

    Then what stands in one line (the value) is on one side only, and no label begins on the far side.
    """
    if below.level2 is not None and above.level2 is not below.level2:
        return False
    short = [
        role for role in ("value", "operator", "unit", "weight", "actual", "score") if role in below.texts
    ]
    twice = any(above.texts.get(role) and below.texts[role] for role in short)
    whole = all(above.texts.get(role) for role in ("name", "value")) and all(
        below.texts.get(role) for role in ("name", "value")
    )
    if twice or whole or not short:
        return False
    return bool(above.texts.get("value")) != bool(below.texts.get("value"))


def _mended(above: GridRow, below: GridRow) -> GridRow:
    texts = {role: above.texts.get(role, "") + below.texts.get(role, "") for role in above.texts}
    cells = tuple(distinct((*above.cells, *below.cells)))
    places = {role: (*above.places[role], *below.places.get(role, ())) for role in above.places}
    return GridRow((*above.rows, *below.rows), above.half, above.level1, above.level2, texts, cells, places)

"""Putting a grid right: merging cells, taking one apart, splitting one, drawing a table that was missed.

Every operation takes cells that tile their table and gives cells that tile it. Boxes are those of the upright
page while it works, whichever way the page lies as displayed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeAlias

from goaltables.normalizers.understanding.upright import upright_box, upright_size
from goaltables.records import Box, GridCell, PageGeometry

Cells: TypeAlias = tuple[GridCell, ...]
Place: TypeAlias = tuple[int, int]

# A split may not leave less of a cell than this share: it would be a slip of the hand.
LEAST_SHARE = 0.02
# Of the height of a cell: a split this near to a line of its neighbours means that line.
SNAP_SHARE = 0.08


class CannotRepair(ValueError):
    """The cells cannot be merged or split like this."""


def merged(cells: Cells, chosen: Collection[Place]) -> Cells:
    """The chosen cells as one, with all that lies in the rectangle around them. Raises CannotRepair."""
    picked = _picked(cells, chosen)
    top, left = min(c.row for c in picked), min(c.col for c in picked)
    bottom, right = max(c.row + c.rowspan for c in picked), max(c.col + c.colspan for c in picked)
    inside = [c for c in cells if top <= c.row < bottom and left <= c.col < right]
    reaching = any(c.row + c.rowspan > bottom or c.col + c.colspan > right for c in inside)
    covered = sum(c.rowspan * c.colspan for c in inside)
    if len(inside) < 2 or reaching or covered != (bottom - top) * (right - left):
        raise CannotRepair("the rectangle around the chosen cells cuts through another one")
    box = inside[0].box
    for cell in inside[1:]:
        box = box.union(cell.box)
    whole = GridCell(top, left, bottom - top, right - left, box)
    return _tidy((*(c for c in cells if c not in inside), whole))


def taken_apart(cells: Cells, chosen: Collection[Place]) -> Cells:
    """The chosen cells split along the lines that other cells have there. Raises CannotRepair."""
    picked = [c for c in _picked(cells, chosen) if c.rowspan * c.colspan > 1]
    if not picked:
        raise CannotRepair("no other cell has a line there")
    xs, ys = _lines(cells)
    parts = tuple(
        GridCell(row, col, 1, 1, Box(xs[col], ys[row], xs[col + 1], ys[row + 1]))
        for cell in picked
        for row in range(cell.row, cell.row + cell.rowspan)
        for col in range(cell.col, cell.col + cell.colspan)
    )
    return _tidy((*(c for c in cells if c not in picked), *parts))


def split_rows(cells: Cells, chosen: Place, share: float) -> Cells:
    """One cell split into an upper and a lower one, at `share` (0 to 1) of its height. Raises CannotRepair.

    Near a line that other cells have there, the cell is split along that line; else the table gets a new one.
    """
    (cell,) = _picked(cells, [chosen])
    if not LEAST_SHARE < share < 1 - LEAST_SHARE:
        raise CannotRepair("the split is too near to the edge")
    y = cell.box.y0 + share * cell.box.height
    _, lines = _lines(cells)
    inner = {line: lines[line] for line in range(cell.row + 1, cell.row + cell.rowspan)}
    near = min(inner, key=lambda line: abs(inner[line] - y), default=None)
    if near is not None and abs(inner[near] - y) < SNAP_SHARE * cell.box.height:
        line, y, rest = near, inner[near], cells
    else:
        line = cell.row + 1 + sum(at <= y for at in inner.values())
        rest = tuple(_below_new_line(c, line) for c in cells)
        cell = _below_new_line(cell, line)
    upper = replace(cell, rowspan=line - cell.row, box=replace(cell.box, y1=y))
    lower = replace(cell, row=line, rowspan=cell.row + cell.rowspan - line, box=replace(cell.box, y0=y))
    return _tidy((*(c for c in rest if c != cell), upper, lower))


def split_columns(cells: Cells, chosen: Place, share: float) -> Cells:
    """One cell split into a left and a right one, at `share` of its width. Raises CannotRepair."""
    return _tidy(_transposed(split_rows(_transposed(cells), (chosen[1], chosen[0]), share)))


def drawn(box: Box) -> Cells:
    """A table that a person drew: one cell, to be split."""
    return (GridCell(0, 0, 1, 1, box),)


def on_upright_page(cells: Sequence[GridCell], page: PageGeometry) -> Cells:
    """Cells of the page as displayed, on the upright page."""
    return _moved(cells, lambda box: upright_box(box, page))


def as_displayed(cells: Sequence[GridCell], page: PageGeometry) -> Cells:
    """Cells of the upright page, on the page as displayed."""
    return _moved(cells, lambda box: displayed_box(box, page))


def displayed_box(box: Box, page: PageGeometry) -> Box:
    """A box of the upright page, on the page as displayed: the turn the other way round."""
    width, height = upright_size(page)
    return upright_box(box, PageGeometry(page.number, width, height, page.unit, -page.rotation % 360))


def _moved(cells: Sequence[GridCell], move: Callable[[Box], Box]) -> Cells:
    return tuple(replace(cell, box=move(cell.box)) for cell in cells)


def _picked(cells: Cells, chosen: Collection[Place]) -> list[GridCell]:
    picked = [c for c in cells if (c.row, c.col) in chosen]
    if not picked or len(picked) != len(set(chosen)):
        raise CannotRepair("there is no such cell")
    return picked


def _lines(cells: Cells) -> tuple[dict[int, float], dict[int, float]]:
    """Where the column and the row lines stand: at the mean of the edges of their cells."""
    return _positions(cells), _positions(_transposed(cells))


def _positions(cells: Cells) -> dict[int, float]:
    seen: dict[int, list[float]] = {}
    for cell in cells:
        seen.setdefault(cell.col, []).append(cell.box.x0)
        seen.setdefault(cell.col + cell.colspan, []).append(cell.box.x1)
    found = {line: sum(xs) / len(xs) for line, xs in seen.items()}
    for line in range(max(found)):  # a line that only merged cells cross
        if line not in found:
            before = max(k for k in found if k < line)
            after = min(k for k in found if k > line)
            share = (line - before) / (after - before)
            found[line] = found[before] + share * (found[after] - found[before])
    return found


def _below_new_line(cell: GridCell, line: int) -> GridCell:
    """A cell when row line `line` is new: what was line `line` is the next one now."""
    start, end = cell.row, cell.row + cell.rowspan
    start, end = start + (start >= line), end + (end >= line)
    return replace(cell, row=start, rowspan=end - start)


def _transposed(cells: Cells) -> Cells:
    return tuple(
        GridCell(c.col, c.row, c.colspan, c.rowspan, Box(c.box.y0, c.box.x0, c.box.y1, c.box.x1))
        for c in cells
    )


def _tidy(cells: Cells) -> Cells:
    """In reading order, without lines where no cell begins any more."""
    rows = {row: number for number, row in enumerate(sorted({c.row for c in cells}))}
    cols = {col: number for number, col in enumerate(sorted({c.col for c in cells}))}
    ends_row = {**rows, max(c.row + c.rowspan for c in cells): len(rows)}
    ends_col = {**cols, max(c.col + c.colspan for c in cells): len(cols)}

    def tidied(cell: GridCell) -> GridCell:
        row, col = rows[cell.row], cols[cell.col]
        end_row = ends_row[min(k for k in ends_row if k >= cell.row + cell.rowspan)]
        end_col = ends_col[min(k for k in ends_col if k >= cell.col + cell.colspan)]
        return GridCell(row, col, end_row - row, end_col - col, cell.box)

    return tuple(sorted(map(tidied, cells), key=lambda c: (c.row, c.col)))

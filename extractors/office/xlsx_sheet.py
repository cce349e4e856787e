"""A sheet as a page: which of its rows are tables, and which stand around them.

Counties write a whole page into a sheet: the title merged over all columns, 填报单位 and 单位：万元 below it,
the ruled table, a note, and perhaps the next table after an empty row. Borders show where a table is; in a
sheet without borders its rows are those with several texts. A row inside a table that holds nothing stays in
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from goaltables.extractors.office.logical_page import (
    LogicalCell,
    LogicalLine,
    LogicalPage,
    LogicalTable,
    lines_of,
    one_line,
)
from goaltables.records import Box, PageProblem

Place: TypeAlias = tuple[int, int]
RowKind: TypeAlias = Literal["table", "line", "blank"]


@dataclass(frozen=True, slots=True)
class Area:
    """A merged range: rows row..end_row-1, columns col..end_col-1 of the sheet."""

    row: int
    col: int
    end_row: int
    end_col: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What can be seen of a sheet. Rows and columns count from 0; those in the hidden sets are not seen.

    `texts` are without the empty ones; a merged area has its text at its first place. `ruled` are places with
    a border of their own. `flags` are those of the places in `texts`.
    """

    texts: Mapping[Place, str]
    areas: tuple[Area, ...]
    ruled: frozenset[Place]
    hidden_rows: frozenset[int]
    hidden_cols: frozenset[int]
    flags: Mapping[Place, tuple[str, ...]]
    problems: tuple[PageProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text that is seen, with the place it takes: first row and column, and the ends past them."""

    text: str
    area: Area
    flags: tuple[str, ...]


def sheet_page(sheet: Sheet, max_cells: int) -> LogicalPage:
    """The tables and lines of a sheet.

    Raises:
        ValueError: its tables would hold more than `max_cells` cells.

    """
    areas = {(a.row, a.col): a for a in sheet.areas}
    seen = [
        _Seen(text, _seen_area(areas.get(place) or Area(*place, place[0] + 1, place[1] + 1), sheet), flags)
        for place, text in sheet.texts.items()
        for flags in [sheet.flags.get(place, ())]
    ]
    seen = sorted((s for s in seen if s.area.row < s.area.end_row), key=lambda s: (s.area.row, s.area.col))
    if not seen:
        return LogicalPage(1, 1, problems=sheet.problems)
    tables: list[LogicalTable] = []
    lines: list[LogicalLine] = []
    for kind, rows in _runs(_row_kinds(seen, sheet)):
        inside = [s for s in seen if rows[0] <= s.area.row <= rows[-1]]
        if kind == "table":
            tables.append(_table(rows, inside, sheet, max_cells))
            continue
        for s in inside:
            lines += lines_of(s.text, Box(s.area.col, s.area.row, s.area.end_col, s.area.row + 1))
    width = max((table.cols[-1] + 1 for table in tables), default=max(s.area.end_col for s in seen))
    lines = [LogicalLine(_cut(line.box, width), line.text) for line in lines]
    height = max(s.area.row for s in seen) + 1
    height = max([height, *(table.rows[-1] + 1 for table in tables)])
    return LogicalPage(width, height, tuple(tables), tuple(lines), sheet.problems)


def _seen_area(area: Area, sheet: Sheet) -> Area:
    """An area from its first row and column that are not hidden; empty when there is none."""
    row = next((r for r in range(area.row, area.end_row) if r not in sheet.hidden_rows), area.end_row)
    col = next((c for c in range(area.col, area.end_col) if c not in sheet.hidden_cols), area.end_col)
    return Area(row if col < area.end_col else area.end_row, col, area.end_row, area.end_col)


def _cut(box: Box, width: int) -> Box:
    """A line's box inside its page: titles are merged over more columns than the table has, or fewer."""
    return Box(min(box.x0, width - 1), box.y0, max(min(box.x1, width), min(box.x0, width - 1) + 1), box.y1)


def _row_kinds(seen: Sequence[_Seen], sheet: Sheet) -> list[tuple[int, RowKind]]:
    """What each row that is not hidden is, from the first text to the last."""
    texts: dict[int, list[_Seen]] = {}
    covered: set[int] = set()
    for s in seen:
        texts.setdefault(s.area.row, []).append(s)
        covered |= set(range(s.area.row + 1, min(s.area.end_row, seen[-1].area.row + 1)))
    ruled = {row for row, _ in sheet.ruled}
    has_rules = any(row in ruled and len(found) > 1 for row, found in texts.items())
    kinds: list[tuple[int, RowKind]] = []
    for row in range(seen[0].area.row, seen[-1].area.row + 1):
        if row in sheet.hidden_rows:
            continue
        found = texts.get(row, [])
        if not found and row not in covered and row not in ruled:
            kinds.append((row, "blank"))
        elif has_rules and row not in covered and not _is_ruled(found, sheet, row in ruled):
            kinds.append((row, "line"))
        else:
            kinds.append((row, "table"))
    return _settled(kinds, texts, covered, has_rules)


def _is_ruled(found: Sequence[_Seen], sheet: Sheet, has_border: bool) -> bool:
    """Whether the row of these texts has borders where they stand (an empty row: anywhere)."""
    if not found:
        return has_border
    return any((s.area.row, col) in sheet.ruled for s in found for col in range(s.area.col, s.area.end_col))


def _settled(
    kinds: list[tuple[int, RowKind]],
    texts: Mapping[int, Sequence[_Seen]],
    covered: set[int],
    has_rules: bool,
) -> list[tuple[int, RowKind]]:
    """The kinds with rows that do not fit set right: gaps and lines inside tables, titles at their edges."""
    result = list(kinds)
    for index in range(1, len(result) - 1):
        row, kind = result[index]
        is_between = result[index - 1][1] == result[index + 1][1] == "table"
        next_texts = texts.get(result[index + 1][0], ())
        # An empty row, or one whose borders were forgotten; a single text after a gap is the next title.
        if is_between and len(next_texts) > 1 and (kind == "blank" or len(texts.get(row, ())) > 1):
            result[index] = (row, "table")
    start = 0
    for kind, rows in list(_runs(result)):
        end = start + len(rows)
        if kind == "table":
            _strip_titles(result, range(start, end), texts, covered, any_width=not has_rules)
            _strip_titles(result, range(end - 1, start - 1, -1), texts, covered, any_width=False)
        start = end
    return result


def _strip_titles(
    kinds: list[tuple[int, RowKind]],
    indexes: range,
    texts: Mapping[int, Sequence[_Seen]],
    covered: set[int],
    *,
    any_width: bool,
) -> None:
    """Make lines of the rows at the edge of a table that hold a single text over all its columns.

    `any_width`: or over any; without borders a title stands in the first column as often as not.
    """
    rows = [kinds[index][0] for index in indexes]
    several = [s for row in rows for s in texts.get(row, ()) if len(texts[row]) > 1]
    left = min((s.area.col for s in several), default=0)
    right = max((s.area.end_col for s in several), default=0)
    for index in indexes:
        row = kinds[index][0]
        found = texts.get(row, ())
        if not found and row not in covered:
            kinds[index] = (row, "blank")  # borders without any text, above or below the table
            continue
        alone = len(found) == 1 and row not in covered and found[0].area.end_row == row + 1
        if not alone or (several and not any_width and not _spans(found[0], left, right)):
            return
        kinds[index] = (row, "line")


def _spans(seen: _Seen, left: int, right: int) -> bool:
    return seen.area.col <= left and seen.area.end_col >= right


def _runs(kinds: Sequence[tuple[int, RowKind]]) -> Iterator[tuple[RowKind, list[int]]]:
    """Runs of rows of one kind, blank rows too."""
    run: list[int] = []
    for index, (row, kind) in enumerate(kinds):
        run.append(row)
        if index + 1 == len(kinds) or kinds[index + 1][1] != kind:
            yield kind, run
            run = []


def _table(rows: Sequence[int], inside: Sequence[_Seen], sheet: Sheet, max_cells: int) -> LogicalTable:
    """The cells of the rows of one table, hidden rows and columns left out."""
    left, right = min(s.area.col for s in inside), max(s.area.end_col for s in inside)
    cols = [col for col in range(left, right) if col not in sheet.hidden_cols]
    if len(rows) * len(cols) > max_cells:
        raise ValueError(f"a table of {len(rows)} rows and {len(cols)} columns")
    row_at = {row: index for index, row in enumerate(rows)}
    col_at = {col: index for index, col in enumerate(cols)}
    taken: set[Place] = set()
    cells = []
    by_place = {(s.area.row, s.area.col): s for s in inside}
    for place, area in _areas(inside, sheet, row_at, col_at).items():
        spans = [row_at[r] for r in range(area.row, area.end_row) if r in row_at]
        sides = [col_at[c] for c in range(area.col, area.end_col) if c in col_at]
        places = {(r, c) for r in spans for c in sides}
        if not places or places & taken:
            continue
        taken |= places
        s = by_place.get(place)
        cells.append(
            LogicalCell(
                spans[0],
                sides[0],
                len(spans),
                len(sides),
                one_line(s.text) if s else "",
                s.flags if s else (),
            )
        )
    cells += [
        LogicalCell(r, c, 1, 1, "") for r in range(len(rows)) for c in range(len(cols)) if (r, c) not in taken
    ]
    return LogicalTable(tuple(rows), tuple(cols), tuple(cells))


def _areas(
    inside: Sequence[_Seen], sheet: Sheet, row_at: Mapping[int, int], col_at: Mapping[int, int]
) -> dict[Place, Area]:
    """The cells with a text, and the merged areas without one, by their first seen place."""
    found = {(s.area.row, s.area.col): s.area for s in inside}
    for area in sheet.areas:
        seen = _seen_area(area, sheet)
        if seen.row in row_at and seen.col in col_at:
            found.setdefault((seen.row, seen.col), seen)
    return found

"""Goal tables out of joined tables: which of them are goal tables, and what each says.

The records made here hold what is printed: labels, names and value texts. Values are parsed and names
completed in `goaltables.normalizers.normalise`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from goaltables.document import GoalTable, SelfEvaluation
from goaltables.normalizers.understanding.cell_roles import CellRole, cell_roles
from goaltables.normalizers.understanding.forms import header_labels
from goaltables.normalizers.understanding.grid_head import Half, Head
from goaltables.normalizers.understanding.header_grid import read_header
from goaltables.normalizers.understanding.header_lines import (
    AboveTable,
    goal_between,
    money_unit,
    printed_year,
    read_above,
)
from goaltables.normalizers.understanding.header_reading import HeaderReading, read_values
from goaltables.normalizers.understanding.indicator_heads import find_heads, halves
from goaltables.normalizers.understanding.indicator_rows import GridReading, read_grid
from goaltables.normalizers.understanding.joined_table import (
    JoinedTable,
    TablePiece,
    joined_table,
    joined_text,
    published_piece,
)
from goaltables.normalizers.understanding.open_header import values_beside
from goaltables.normalizers.understanding.packed_cells import ROLE as PACKED
from goaltables.normalizers.understanding.packed_cells import read_packed
from goaltables.normalizers.understanding.page_pieces import is_goal_title
from goaltables.normalizers.understanding.printed_forms import recognise_form
from goaltables.normalizers.understanding.printed_indicator import empty_label, printed_indicators
from goaltables.normalizers.understanding.unassigned import unassigned_cells, unassigned_finding
from goaltables.normalizers.understanding.wide_list import (
    KEY_ROLES,
    ListedProject,
    is_wide_list,
    listed_projects,
)
from goaltables.records import TextLine


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A goal table and what its cells were read as (the projects of a wide list: all on the first)."""

    table: GoalTable
    roles: tuple[CellRole, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    """One goal table's rows: the table, its heads, what stands above and in the header."""

    table: JoinedTable
    heads: tuple[Head, ...]
    above: AboveTable
    header: HeaderReading


def sections(table: JoinedTable) -> list[JoinedTable]:
    """The goal tables that one printed grid holds: a new one begins where its header begins again."""
    heads = find_heads(table)
    if not heads or is_wide_list(heads[0]):
        return [table]
    starts = [0]
    for head in heads[1:]:
        previous = max(h.last for h in heads if h.first < head.first)
        start = _opening_row(table, previous + 1, head.first)
        if start is not None:
            starts.append(start)
    ends = [*starts[1:], table.n_rows]
    return [table] if len(starts) == 1 else [_part(table, a, b) for a, b in zip(starts, ends, strict=True)]


def _opening_row(table: JoinedTable, first: int, last: int) -> int | None:
    """The row between two heads where another table's header begins, None when nothing opens there."""
    for row in range(first, last):
        cells = [p for p in table.starting(row) if p.text]
        if not cells:
            continue
        opens = any(
            m.role in ("project", "organization") and m.rank <= 3 for m in header_labels(cells[0].text)
        )
        if opens or is_goal_title(cells[0].text):
            return row
    return None


def _part(table: JoinedTable, first: int, last: int) -> JoinedTable:
    part = table.rows(first, last)
    pieces: list[TablePiece] = []
    for piece in table.pieces:
        rows = [p.cell for p in part.placed if p.page == piece.page and p.cell in piece.table.cells]
        if rows:
            low, high = min(c.row for c in rows), max(c.row + c.rowspan for c in rows)
            above = piece.above if low == piece.row0 else ()
            pieces.append(replace(piece, row0=low, row1=high, above=above))
    return joined_table(pieces, part.placed, part.breaks)


def is_goal_table(table: JoinedTable) -> bool:
    """Whether the table holds indicators: its head says so, and levels, a title or its labels agree."""
    heads = find_heads(table)
    if not heads:
        return False
    if any({"level1", "level2", PACKED} & set(head.roles) for head in heads):
        return True
    named = any(is_goal_title(line.text) for line in table.above) or any(
        "绩效" in p.text and len(p.text) <= 24 for p in table.placed if p.row <= heads[0].last
    )
    return named and bool({"name", "value"} <= set(heads[0].roles))


def goal_tables(table: JoinedTable) -> list[ReadTable]:
    """The goal tables of one joined table, without ids; [] when it is no goal table."""
    found: list[ReadTable] = []
    for part in sections(table):
        if is_goal_table(part):
            found += _tables(part)
    return found


def _tables(table: JoinedTable) -> list[ReadTable]:
    heads = find_heads(table)
    header = read_header(table, heads[0].first)
    inside = [TextLine(p.text, p.cell.box, p.cell.confidence, p.cell.reader) for p in header.lines]
    above = read_above((*table.above, *inside))
    # Without rules, a label with a colon may have its value further to the right.
    is_open = table.pieces[0].table.method.endswith("-open")
    behind = [pair for pair in above.values if pair[1] or not is_open]
    beside = values_beside(above.lines) if is_open else ()
    read_values(header, (*behind, *beside, *goal_between(table.between)))
    section = _Section(table, heads, above, header)
    if is_wide_list(heads[0]):
        return _listed(section)
    return [_single(section)]


def _single(section: _Section) -> ReadTable:
    table, header = section.table, section.header
    ends = [head.first for head in section.heads[1:]] + [table.n_rows]
    readings: list[tuple[tuple[Half, ...], GridReading]] = []
    for head, end in zip(section.heads, ends, strict=True):
        parts = halves(table, head)
        readings.append((parts, _read_rows(table, head, parts, head.last + 1, end)))
    indicators = [i for _, reading in readings for i in printed_indicators(reading.indicators)]
    totals = [(row, parts) for parts, reading in readings for row in reading.totals]
    score = next((text for row, parts in totals if (text := _total_score(table, row, parts))), None)
    tail = _tail(readings, section.heads)
    if tail < table.n_rows:
        footer = read_header(table.rows(tail, table.n_rows), table.n_rows - tail)
        for label, value in footer.fields.items():
            header.fields.setdefault(label, value)
        header.values += footer.values
        # A line under the table that labels nothing stays unexplained.
        header.used |= footer.used - {id(p.cell) for p in footer.lines}
        header.roles |= footer.roles
    used = header.used | {i for _, reading in readings for i in reading.used}
    base = _base(section, [h for head in section.heads for h in head.roles])
    rest = unassigned_cells(table, used, section.heads, [row for row, _ in totals])
    found = base.model_copy(
        update={
            "indicators": indicators,
            "self_evaluation": _self_evaluation(base, header, score),
            "findings": [
                *[empty_label(box) for _, reading in readings for box in reading.empty],
                *unassigned_finding(rest),
            ],
            "pages": [published_piece(piece) for piece in table.pieces],
        }
    )
    grids = [reading for _, reading in readings]
    return ReadTable(found, cell_roles(table, section.heads, grids, header.roles, rest))


def _read_rows(table: JoinedTable, head: Head, parts: Sequence[Half], first: int, last: int) -> GridReading:
    if PACKED in head.roles:
        return read_packed(table, head, first, last)
    return read_grid(table, parts, first, last)


def _tail(readings: Sequence[tuple[tuple[Half, ...], GridReading]], heads: Sequence[Head]) -> int:
    """The first row under the last indicator, empty level label and total."""
    rows = [heads[-1].last]
    for _, reading in readings:
        rows += [row for found in reading.indicators for row in found.rows]
        rows += [box.last - 1 for box in reading.empty]
        rows += reading.totals
    return max(rows) + 1


def _base(section: _Section, roles: Iterable[str]) -> GoalTable:
    """Everything of a goal table that its header says."""
    table, above, header = section.table, section.above, section.header
    evidence = {*header.evidence, *(f"head:{role}" for role in roles)}
    text = "".join(p.text for p in table.placed if p.row <= section.heads[0].last)
    form = recognise_form(above.title, evidence, text)
    project = header.best("project")
    said = header.best("year")
    return GoalTable(
        id="",
        form=form,
        title=above.title,
        fiscal_year=(printed_year(said) if said else None) or above.year or _year_inside(table, project),
        organization=header.best("organization"),
        project=None if form == "department_overall" else project,
        amount_unit=above.money_unit or header.money_unit or _unit_inside(section),
        fields=dict(header.fields),
        budget=list(header.budget),
        annual_goal=header.annual_goal,
        midterm_goal=header.midterm_goal,
    )


def _unit_inside(section: _Section) -> str | None:
    """The unit of money that a head of the grid prints: 预算数（万元）."""
    rows = range(section.heads[0].first, section.heads[0].last + 1)
    texts = [p.text for row in rows for p in section.table.starting(row)]
    return next((unit for text in texts if (unit := money_unit(text))), None)


def _year_inside(table: JoinedTable, project: str | None) -> int | None:
    """The year that a table without a printed one speaks of: its project's, else the one named most often."""
    if project and (year := printed_year(project)):
        return year
    years = [year for p in table.placed if (year := printed_year(p.text))]
    return max(sorted(set(years)), key=years.count) if years else None


def _self_evaluation(base: GoalTable, header: HeaderReading, score: str | None) -> SelfEvaluation | None:
    if base.form != "self_evaluation":
        return None
    execution = header.execution.execution if header.execution else ()
    return SelfEvaluation(execution=list(execution), total_score=score, completion=header.completion)


def _total_score(table: JoinedTable, row: int, parts: Sequence[Half]) -> str | None:
    column = next((half.columns["score"] for half in parts if "score" in half.columns), None)
    if column is None:
        return None
    return joined_text(p for p in table.across(row, column.col, column.end) if p.col >= column.col) or None


def _listed(section: _Section) -> list[ReadTable]:
    """One goal table for each project of a wide list; the cells stand on the first."""
    table, head = section.table, section.heads[0]
    parts = [
        Half(h.horizon, {r: c for r, c in h.columns.items() if r not in KEY_ROLES})
        for h in halves(table, head)
    ]
    projects = listed_projects(table, head, head.last + 1, table.n_rows)
    base = _base(section, head.roles)
    used = set(section.header.used)
    roles = dict(section.header.roles)
    found: list[GoalTable] = []
    readings: list[GridReading] = []
    for project in projects:
        readings.append(_read_rows(table, head, parts, project.first, project.last))
        used |= {*readings[-1].used, *(id(p.cell) for p in project.cells)}
        roles |= {id(p.cell): "key" for p in project.cells}
        found.append(_listed_table(base, project, readings[-1]))
    if not found:
        return []
    pages = [published_piece(piece) for piece in table.pieces]
    rest = unassigned_cells(table, used, section.heads, ())
    first = found[0].model_copy(
        update={"pages": pages, "findings": [*found[0].findings, *unassigned_finding(rest)]}
    )
    whole = cell_roles(table, section.heads, readings, roles, rest)
    return [ReadTable(first, whole), *(ReadTable(table, ()) for table in found[1:])]


def _listed_table(base: GoalTable, project: ListedProject, reading: GridReading) -> GoalTable:
    fields = {
        project.heads[role]: project.texts[role]
        for role in ("organization", "project")
        if project.heads.get(role)
    }
    return base.model_copy(
        update={
            "organization": project.texts.get("organization") or base.organization,
            "project": project.texts.get("project") or None,
            "fields": {**base.fields, **fields},
            "budget": project.budget(),
            "annual_goal": project.texts.get("goal") or None,
            "indicators": printed_indicators(reading.indicators),
            "findings": [empty_label(box) for box in reading.empty],
        }
    )

"""Which cells of the page each text of a record was read from.

A record says of an indicator only that it was read from these four cells. To correct one of them a person
must be led to the right one, and a corrected cell must change the right field. What is printed tells: the
cell that prints ``≥38人`` is the value's. Where two cells of a row print the same text (总额 200, 财政拨款
200) the column decides, learnt from the rows of the table that leave no choice; where no row does, the form's
order of columns. What stays undecided is placed at its whole row (``Located.is_exact`` is false), never at a
guessed cell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from goaltables.document import Document, GoalTable, PublishedCell
from goaltables.normalizers.text import comparison_key
from goaltables.normalizers.understanding.labels import without_weight
from goaltables.normalizers.understanding.upright import upright_box
from goaltables.pipeline.review.record_texts import Entity, FieldPath, entities_of
from goaltables.records import Box, PageGeometry, Unit

# Operator, value and unit in columns of their own, or a name that the page break cuts in two.
_MOST_JOINED = 3
_MOST_PIECES = 12
# Of a text that may stand anywhere in the table: shorter pieces of it are chance.
_LEAST_PIECE = 0.15
_MOST_AROUND = 3
_LEVELS = ("level1", "level2")
# A project's one line of money bears the form's word (年度资金总额), whatever the county prints.
_OFTEN_UNPRINTED = frozenset({"budget.name"})

CellKey = tuple[int, float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageCell:
    """A cell of the record on its page; `x` is the middle of the cell on the upright page."""

    page: int
    cell: PublishedCell
    x: float

    @property
    def key(self) -> CellKey:
        x0, y0, x1, y1 = self.cell.bbox
        return self.page, x0, y0, x1, y1

    @property
    def text(self) -> str:
        return comparison_key(self.cell.text)


@dataclass(frozen=True, slots=True)
class Located:
    """A text of the record and the cells it was read from, in the order in which they are joined.

    Not `is_exact`: the cells are those of its whole row, or none where the record does not say.
    """

    path: FieldPath
    text: str
    cells: tuple[PageCell, ...]
    is_exact: bool


def page_cells(document: Document) -> list[PageCell]:
    """Every cell of the document's tables, in the order of the record."""
    pages = {
        page.page: PageGeometry(page.page, page.width, page.height, Unit(page.unit), page.rotation)
        for page in document.pages
    }
    return [
        PageCell(piece.page, cell, _x(cell, pages.get(piece.page)))
        for table in document.tables
        for piece in table.pages
        for cell in piece.cells
    ]


def locate(document: Document) -> tuple[Located, ...]:
    """Every text of the document's tables, in the order of the record, with where it was read.

    A blank text is located when the blank cell can be told, and else left out.
    """
    by_key = {cell.key: cell for cell in page_cells(document)}
    found: list[Located] = []
    for number, table in enumerate(document.tables):
        own = _cells_of_table(table, by_key)
        rows = [(entity, _entity_cells(entity, own, by_key)) for entity in entities_of(table, number)]
        found += _Table(own, rows).located()
    return tuple(text for text in found if text.is_exact or text.path.role not in _OFTEN_UNPRINTED)


def _x(cell: PublishedCell, page: PageGeometry | None) -> float:
    box = Box(*cell.bbox)
    return (upright_box(box, page) if page is not None else box).centre[0]


def _key(page: int, bbox: Sequence[float]) -> CellKey:
    return page, bbox[0], bbox[1], bbox[2], bbox[3]


def _cells_of_table(table: GoalTable, by_key: Mapping[CellKey, PageCell]) -> list[PageCell]:
    """The table's cells; the projects of a wide list find theirs on the list's first table."""
    keys = [_key(piece.page, cell.bbox) for piece in table.pages for cell in piece.cells]
    sources = [row.source for row in table.budget] + [row.source for row in table.indicators]
    keys += [_key(s.page, s.bbox) for source in sources for s in source]
    return [by_key[key] for key in dict.fromkeys(keys) if key in by_key]


def _entity_cells(
    entity: Entity, own: Sequence[PageCell], by_key: Mapping[CellKey, PageCell]
) -> list[PageCell]:
    if entity.label:
        return _behind_label(entity, own)
    if not entity.source:
        return list(own)
    keys: Iterable[CellKey] = (_key(s.page, s.bbox) for s in entity.source)
    return [by_key[key] for key in dict.fromkeys(keys) if key in by_key]


def _behind_label(entity: Entity, own: Sequence[PageCell]) -> list[PageCell]:
    """The cell that prints a label, and those behind it in its row.

    In a wide list the label is the head of a column: the value is the one cell of the project that says so.
    """
    key = comparison_key(entity.label)
    for at in (c for c in own if c.text == key):
        row = [
            c for c in own if c.page == at.page and c.cell.row == at.cell.row and c.cell.col >= at.cell.col
        ]
        texts = {comparison_key(text) for _, text in entity.texts} - {"", key}
        if not texts or any(c.text in texts for c in row):
            return sorted(row, key=lambda c: c.cell.col)
    values = {comparison_key(text) for path, text in entity.texts if path.group == "field"}
    same = [c for c in own if c.text in values]
    return same if len(same) == 1 else []


_Choice = tuple[PageCell, ...]


class _Table:
    """One table's entities, with the cells that each may have been read from."""

    def __init__(self, own: Sequence[PageCell], rows: Sequence[tuple[Entity, list[PageCell]]]) -> None:
        self._own = own
        self._rows = [
            (entity, cells, [_candidates(entity, path, text, cells) for path, text in entity.texts])
            for entity, cells in rows
        ]
        self._columns = self._learnt_columns()

    def located(self) -> list[Located]:
        found: list[Located] = []
        for entity, cells, candidates in self._rows:
            taken: set[CellKey] = set()
            exact: list[PageCell] = []
            for (path, text), choices in zip(entity.texts, candidates, strict=True):
                free = [choice for choice in choices if not taken & {cell.key for cell in choice}]
                chosen = self._choice(entity, path, free) if text else self._blank(path, exact)
                if chosen is None and text and entity.is_row:
                    chosen = self._of_column(path, [cell for cell in cells if cell.key not in taken])
                if chosen is not None:
                    found.append(Located(path, text, chosen, is_exact=True))
                    exact += chosen
                    if path.name not in _LEVELS:
                        taken |= {cell.key for cell in chosen}
                elif text:
                    found.append(Located(path, text, tuple(cells) if entity.source else (), is_exact=False))
        return found

    def _learnt_columns(self) -> dict[tuple[str, int], float]:
        """For each role, page by page (0: all pages), the middle of the column that its texts stand in.

        Learnt from the texts that stand in one cell only and come once in their row.
        """
        seen: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
        for entity, _, candidates in self._rows:
            twins = Counter(comparison_key(text) for _, text in entity.texts)
            for (path, text), choices in zip(entity.texts, candidates, strict=True):
                if entity.is_row and len(choices) == 1 == len(choices[0]) == twins[comparison_key(text)]:
                    (cell,) = choices[0]
                    seen[path.role, cell.page].append(cell.x)
                    seen[path.role, 0].append(cell.x)
        return {key: median(xs) for key, xs in seen.items()}

    def _column(self, path: FieldPath, page: int) -> float | None:
        return self._columns.get((path.role, page), self._columns.get((path.role, 0)))

    def _choice(self, entity: Entity, path: FieldPath, choices: Sequence[_Choice]) -> _Choice | None:
        """The one place among several that print the same text; None when that cannot be said."""
        if len(choices) <= 1 or not entity.is_row:
            return choices[0] if choices else None
        column = self._column(path, choices[0][0].page)
        if column is not None:
            return min(choices, key=lambda choice: abs(choice[0].x - column))
        # No row of the table tells: the form's own order, which is that of the texts.
        return choices[0] if len({choice[0].page for choice in choices}) == 1 else None

    def _of_column(self, path: FieldPath, free: Sequence[PageCell]) -> _Choice | None:
        """The cell of a row in the column of its role, whatever it prints: a repaired value is printed
        otherwise.
        """
        own = [
            (abs(cell.x - column), cell)
            for cell in free
            if cell.text and (column := self._column(path, cell.page)) is not None
        ]
        distance, cell = min(own, key=lambda found: found[0], default=(0.0, None))
        if cell is None:
            return None
        roles = {role for role, _ in self._columns if role.split(".")[0] == path.group} - {path.role}
        others = (self._columns.get((role, cell.page), self._columns.get((role, 0))) for role in roles)
        is_own = all(other is None or abs(cell.x - other) > distance for other in others)
        return (cell,) if is_own else None

    def _blank(self, path: FieldPath, beside: Sequence[PageCell]) -> _Choice | None:
        """The blank cell of a row in the column of its role."""
        if not beside:
            return None
        page, row = beside[0].page, beside[0].cell.row
        column = self._column(path, page)
        if column is None:
            return None
        blank = [
            c
            for c in self._own
            if c.page == page and not c.text and c.cell.row <= row < c.cell.row + c.cell.rowspan
        ]
        near = min(blank, key=lambda c: abs(c.x - column), default=None)
        others = [abs(c.x - column) for c in beside]
        return (near,) if near is not None and abs(near.x - column) < min(others) else None


def _candidates(entity: Entity, path: FieldPath, text: str, cells: Sequence[PageCell]) -> list[_Choice]:
    """The cells, or runs of cells, that print `text`; the closest kind of agreement only."""
    key = comparison_key(text)
    if not key:
        return []
    same: list[_Choice] = [(c,) for c in cells if c.text == key]
    if path.group == "field":
        return same[1:][:1] if cells and cells[0].text == key else same[:1]
    if same:
        return same
    if path.name in _LEVELS:
        label: list[_Choice] = [(c,) for c in cells if comparison_key(without_weight(c.cell.text)[0]) == key]
        if label:
            return label
    joined = _runs(key, cells, 0 if entity.source else _LEAST_PIECE)
    if joined:
        return joined
    most = float("inf") if entity.source else _MOST_AROUND * len(key)
    return [(c,) for c in cells if key in c.text and len(c.text) <= most]


def _runs(key: str, cells: Sequence[PageCell], least: float) -> list[_Choice]:
    """Two or three cells, in the order of the record, whose texts one after the other are `key`."""
    pieces = [c for c in cells if c.text and c.text in key and len(c.text) >= least * len(key)]
    return [
        run
        for size in range(2, _MOST_JOINED + 1)
        for run in combinations(pieces[:_MOST_PIECES], size)
        if "".join(c.text for c in run) == key
    ]

"""The items of a document: every text that a person can decide on, each once, with the cells it stands in.

A merged 产出指标 labels twenty indicators and is one item: one decision corrects all of them. A name that the
machine completed is two: what is printed, and the whole name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from goaltables.document import Document
from goaltables.normalizers.text import comparison_key
from goaltables.pipeline.review.provenance import CellKey, Located, PageCell, locate, page_cells
from goaltables.pipeline.review.record_texts import FieldPath

# What one cell says under several names is shown under the one that tells most.
_TELLING = {"table": 1, "field": 2}
CELL_ROLE = "cell.text"
FULL_NAME_ROLE = "indicator.full_name"


@dataclass(frozen=True, slots=True)
class Place:
    """A cell on its page: box in page units as displayed, row and column of the page's piece."""

    page: int
    box: tuple[float, float, float, float]
    row: int
    col: int


@dataclass(frozen=True, slots=True)
class Item:
    """A text of the record that a person can decide on.

    `key` names it among the items of its document as it was read now. `label` is the printed label of a
    header value, else "". `machine` is what the machine read or completed, "" where it found nothing.
    `confidence` is the least of its cells, None where the record has no cell for it. Not `is_exact`: the
    cells are its row. `is_part`: its cell prints more than this text.
    """

    key: str
    role: str
    label: str
    table: int
    table_id: str
    paths: tuple[FieldPath, ...]
    places: tuple[Place, ...]
    machine: str
    confidence: float | None
    is_exact: bool
    cell_text: str

    @property
    def page(self) -> int | None:
        return self.places[0].page if self.places else None

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """The hull of its cells on the first of their pages."""
        boxes = [place.box for place in self.places if place.page == self.page]
        if not boxes:
            return None
        return (
            min(b[0] for b in boxes),
            min(b[1] for b in boxes),
            max(b[2] for b in boxes),
            max(b[3] for b in boxes),
        )


def items_of(document: Document) -> tuple[Item, ...]:
    """Every printed item of a document: table by table, in the order of the page, what has no cell first."""
    located = locate(document)
    groups: dict[object, list[Located]] = {}
    for text in located:
        groups.setdefault(_group_key(text), []).append(text)
    items = [_item(document, group) for group in _with_placeless(list(groups.values()))]
    items += _other_cells(document, items)
    return tuple(_with_keys(sorted(items, key=in_reading_order)))


def _group_key(text: Located) -> object:
    cells = tuple(cell.key for cell in text.cells)
    if text.is_exact:
        return cells, comparison_key(text.text)
    return cells, text.path


def _with_placeless(groups: list[list[Located]]) -> list[list[Located]]:
    """A header value without a cell of its own that repeats a text of its table (单位名称 of a wide list,
    which is its organization) is decided on together with it.
    """
    homes = {
        (text.path.table, comparison_key(text.text)): group
        for group in groups
        for text in group
        if text.path.group == "table" and text.text
    }
    kept = []
    for group in groups:
        first = group[0]
        home = homes.get((first.path.table, comparison_key(first.text)))
        if first.path.group == "field" and not first.cells and home is not None:
            home += group
        else:
            kept.append(group)
    return kept


def _item(document: Document, group: list[Located]) -> Item:
    main = min(group, key=lambda text: _TELLING.get(text.path.group, 0))
    return Item(
        key="",
        role=main.path.role,
        label=main.path.name if main.path.group == "field" else "",
        table=main.path.table,
        table_id=document.tables[main.path.table].id,
        paths=tuple(text.path for text in group),
        places=_places(main.cells),
        machine=main.text,
        confidence=min((cell.cell.confidence for cell in main.cells), default=None),
        is_exact=main.is_exact,
        cell_text=_other_text(main),
    )


def _other_text(located: Located) -> str:
    printed = "".join(cell.text for cell in located.cells) if located.is_exact else ""
    is_other = printed != comparison_key(located.text)
    return "".join(cell.cell.text for cell in located.cells) if is_other and printed else ""


def _places(cells: Iterable[PageCell]) -> tuple[Place, ...]:
    return tuple(
        Place(
            c.page, (c.cell.bbox[0], c.cell.bbox[1], c.cell.bbox[2], c.cell.bbox[3]), c.cell.row, c.cell.col
        )
        for c in cells
    )


def full_names(document: Document, items: Iterable[Item]) -> tuple[Item, ...]:
    """Items for the whole names of the names among `items` that were printed cut, or may have been."""
    found = []
    for item in items:
        if item.role != "indicator.name":
            continue
        indicators = [document.tables[path.table].indicators[path.index] for path in item.paths]
        if all(indicator.name_status == "printed" for indicator in indicators):
            continue
        paths = tuple(FieldPath(p.table, p.group, p.index, "full_name") for p in item.paths)
        found.append(replace(item, role=FULL_NAME_ROLE, paths=paths, machine=indicators[0].full_name))
    return tuple(_with_keys(found))


def _other_cells(document: Document, items: Iterable[Item]) -> list[Item]:
    """The printed cells that went into no text of the record: heads, side labels, what no form explains."""
    used: set[CellKey] = {(place.page, *place.box) for item in items for place in item.places}
    homes = {
        (piece.page, *cell.bbox): number
        for number, table in reversed(tuple(enumerate(document.tables)))
        for piece in table.pages
        for cell in piece.cells
    }
    found = []
    for number, cell in enumerate(page_cells(document)):
        if cell.key in used or not cell.text:
            continue
        table = homes[cell.key]
        found.append(
            Item(
                key="",
                role=CELL_ROLE,
                label="",
                table=table,
                table_id=document.tables[table].id,
                paths=(FieldPath(table, "cell", number, "text"),),
                places=_places([cell]),
                machine=cell.cell.text,
                confidence=cell.cell.confidence,
                is_exact=True,
                cell_text="",
            )
        )
    return found


def in_reading_order(item: Item) -> tuple[object, ...]:
    """The order of items on the desk."""
    if not item.places:
        return item.table, 0, 0, 0, item.role
    first = item.places[0]
    return item.table, first.page, first.row, first.col, item.role != "indicator.name", item.role


def _with_keys(items: Iterable[Item]) -> Iterable[Item]:
    """Names for the items: of place, role and, where several share both, their order."""
    seen: dict[str, int] = {}
    for item in items:
        place = " ".join(f"{v:g}" for v in item.box) if item.box else item.table_id
        plain = f"{item.page} {place} {item.role} {item.label}"
        seen[plain] = seen.get(plain, 0) + 1
        key = hashlib.sha256(f"{plain} {seen[plain]}".encode()).hexdigest()[:16]
        yield replace(item, key=key)

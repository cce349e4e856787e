"""Corrections laid over a document: a machine's record and the decisions about it give the record that people
stand behind.

    record ── items ── stand: decisions to items ── texts replaced ── values, names, checks again ── reviewed
    record
                                                                                     │
                                        whole names: asked about the names as corrected ┘

The machine's record on the disk is never changed. What is flagged or waits to be looked at again is not
applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from goaltables.document import Document, GoalTable, PublishedCell, TablePage
from goaltables.normalizers.renormalise import rechecked, renormalised, with_whole_names
from goaltables.pipeline.review.decisions import Decision
from goaltables.pipeline.review.items import FULL_NAME_ROLE, Item, full_names, in_reading_order, items_of
from goaltables.pipeline.review.record_texts import FieldPath, with_texts
from goaltables.pipeline.review.standing import Standing, Status, stand

APPLIED = frozenset({Status.ACCEPTED, Status.CORRECTED, Status.UNREADABLE, Status.FLAGGED})


@dataclass(frozen=True, slots=True)
class ReviewedDocument:
    """A document with its decisions laid over it. `machine` is the record as read, `document` as reviewed."""

    machine: Document
    document: Document
    standings: tuple[Standing, ...]
    orphans: tuple[Decision, ...]


def overlay(machine: Document, decisions: Sequence[Decision]) -> ReviewedDocument:
    """Lay the decisions about a document's bytes over its record."""
    return lay_over(machine, items_of(machine), decisions)


def lay_over(machine: Document, items: Sequence[Item], decisions: Sequence[Decision]) -> ReviewedDocument:
    """As `overlay`, for a document whose printed items (`items_of`) are known already."""
    names = [d for d in decisions if d.role == FULL_NAME_ROLE]
    printed = stand(items, [d for d in decisions if d.role != FULL_NAME_ROLE])
    corrected = _corrected(machine, printed.standings)
    whole = stand(full_names(corrected, items), names)
    document = _with_names(corrected, whole.standings)
    standings = sorted((*printed.standings, *whole.standings), key=lambda s: in_reading_order(s.item))
    return ReviewedDocument(machine, document, tuple(standings), (*printed.orphans, *whole.orphans))


def _changes(standings: Iterable[Standing]) -> dict[int, dict[FieldPath, str | None]]:
    """The texts that decisions change, table by table."""
    changes: defaultdict[int, dict[FieldPath, str | None]] = defaultdict(dict)
    for standing in standings:
        if standing.status in APPLIED and standing.text != standing.item.machine:
            for path in standing.item.paths:
                changes[path.table][path] = standing.text
    return changes


def _corrected(machine: Document, standings: Sequence[Standing]) -> Document:
    changes = _changes(standings)
    if not changes:
        return machine
    cells = _cell_texts(standings)
    tables = [
        _corrected_table(table, changes.get(number, {}), cells) for number, table in enumerate(machine.tables)
    ]
    return machine.model_copy(update={"tables": tables})


def _corrected_table(
    table: GoalTable, changes: Mapping[FieldPath, str | None], cells: Mapping[tuple[float, ...], str]
) -> GoalTable:
    if not changes:
        return table
    pages = [_corrected_piece(piece, cells) for piece in table.pages]
    return renormalised(table, with_texts(table, changes).model_copy(update={"pages": pages}))


def _corrected_piece(piece: TablePage, cells: Mapping[tuple[float, ...], str]) -> TablePage:
    return piece.model_copy(
        update={"cells": [_corrected_cell(piece.page, cell, cells) for cell in piece.cells]}
    )


def _corrected_cell(page: int, cell: PublishedCell, cells: Mapping[tuple[float, ...], str]) -> PublishedCell:
    text = cells.get((page, *cell.bbox))
    return cell if text is None else cell.model_copy(update={"text": text})


def _cell_texts(standings: Iterable[Standing]) -> dict[tuple[float, ...], str]:
    """The new texts of cells that print nothing but one corrected text."""
    return {
        (place.page, *place.box): standing.text or ""
        for standing in standings
        if standing.status in APPLIED and standing.item.is_exact and len(standing.item.places) == 1
        for place in standing.item.places
        if standing.text != standing.item.machine and not standing.item.cell_text
    }


def _with_names(document: Document, standings: Iterable[Standing]) -> Document:
    """The document with the whole names that people decided on."""
    names: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for standing in standings:
        if standing.status in APPLIED and standing.text is not None:
            for path in standing.item.paths:
                names[path.table][path.index] = standing.text
    if not names:
        return document
    tables = list(document.tables)
    for number, by_index in names.items():
        tables[number] = rechecked(with_whole_names(tables[number], by_index))
    return document.model_copy(update={"tables": tables})

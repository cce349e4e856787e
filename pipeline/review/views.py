"""What the page is told: cases as plain JSON. Texts go out as texts; nothing here is markup.

Boxes are parts of the upright page (0 to 1), so that the page needs to know neither points nor turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from goaltables.document import Document, DocumentPage, Finding, Indicator
from goaltables.normalizers.understanding.upright import upright_box, upright_size
from goaltables.pipeline.record_messages import both_halves
from goaltables.pipeline.review.alternatives import alternatives_of
from goaltables.pipeline.review.archive import Entry
from goaltables.pipeline.review.arithmetic import Sum, Term, sums_of
from goaltables.pipeline.review.cases import Case
from goaltables.pipeline.review.decisions import Decision
from goaltables.pipeline.review.items import FULL_NAME_ROLE, Item, Place
from goaltables.pipeline.review.needs import Need, group, is_about_a_sum, weight
from goaltables.pipeline.review.record_texts import FieldPath
from goaltables.pipeline.review.standing import Standing
from goaltables.records import Box, PageGeometry, Unit

Json: TypeAlias = dict[str, Any]

OFFICE_REASONS = frozenset({"office-file", "text-dump"})


def entry_json(entry: Entry, taken: Sequence[str]) -> Json:
    """A document in the queue."""
    tally = entry.tally
    return {
        "sha256": entry.sha256,
        "path": entry.path,
        "status": entry.status,
        "error_class": entry.error_class,
        "pages": entry.pages,
        "weight": tally.weight,
        "waiting": tally.waiting,
        "queued": tally.queued,
        "orphans": tally.orphans,
        "taken": list(taken),
        "tables": [
            {"number": number, "id": table.id, "title": table.title, "waiting": table.waiting}
            for number, table in enumerate(tally.tables)
        ],
    }


def document_json(case: Case) -> Json:
    """A document's pages and tables, and the decisions whose place is gone."""
    document = case.reviewed.document
    return {
        "sha256": document.source.sha256,
        "path": document.source.path,
        "pages": [_page(page) for page in document.pages],
        "tables": [
            {
                "number": number,
                "id": table.id,
                "form": table.form,
                "title": tally.title,
                "waiting": tally.waiting,
                "queued": tally.queued,
                "pages": sorted({piece.page for piece in table.pages}),
            }
            for number, (table, tally) in enumerate(zip(document.tables, case.tally.tables, strict=True))
        ],
        "orphans": [decision_json(decision) for decision in case.reviewed.orphans],
        "version": len(case.decisions),
    }


def table_json(case: Case, number: int) -> Json:
    """Everything about one table: its items in reading order, its sums, its findings."""
    document = case.reviewed.document
    sums = sums_of(document.tables[number], number)
    keys = _keys_of_paths(case)
    pages = {page.page: page for page in document.pages}
    standings = [s for s in case.reviewed.standings if s.item.table == number]
    return {
        "number": number,
        "items": [_item(case, standing, sums, pages) for standing in standings],
        "sums": [_sum(found, keys) for found in sums],
        "findings": [_finding(finding, case, pages) for finding in document.tables[number].findings],
        "waiting": case.tally.waiting,
        "queued": case.tally.queued,
        "tables": [[tally.waiting, tally.queued] for tally in case.tally.tables],
        "version": len(case.decisions),
    }


def decision_json(decision: Decision) -> Json:
    """A decision for people: who, when, what."""
    return {
        "uid": decision.uid,
        "by": decision.by,
        "at": decision.at,
        "action": decision.action.value,
        "machine": decision.machine,
        "after": decision.after,
        "role": decision.role,
        "label": decision.label,
        "page": decision.page,
        "note": decision.note,
    }


def _page(page: DocumentPage) -> Json:
    width, height = upright_size(geometry_of(page))
    return {
        "page": page.page,
        "width": width,
        "height": height,
        "unit": page.unit,
        "route": page.route,
        "has_picture": page.reason not in OFFICE_REASONS,
        "has_paper": page.reason not in OFFICE_REASONS,
        "turned": page.rotation % 360 != 0,
    }


def geometry_of(page: DocumentPage) -> PageGeometry:
    """The page as the stages know it."""
    return PageGeometry(page.page, page.width, page.height, Unit(page.unit), page.rotation)


def part_of_page(box: Sequence[float], page: DocumentPage) -> list[float]:
    """A box in page units as displayed -> left, top, width, height as parts of the upright page."""
    geometry = geometry_of(page)
    width, height = upright_size(geometry)
    upright = upright_box(Box(*box), geometry)
    parts = (upright.x0 / width, upright.y0 / height, upright.width / width, upright.height / height)
    return [round(part, 5) for part in parts]


def _place(place: Place, pages: Mapping[int, DocumentPage]) -> Json:
    page = pages.get(place.page)
    return {
        "page": place.page,
        "box": part_of_page(place.box, page) if page is not None else None,
        "units": list(place.box),
    }


def _item(case: Case, standing: Standing, sums: Sequence[Sum], pages: Mapping[int, DocumentPage]) -> Json:
    item = standing.item
    needs = case.needs[item.key]
    document = case.reviewed.document
    doubted_sums = sums if any(is_about_a_sum(need) for need in needs) else ()
    alternatives = alternatives_of(document, standing, doubted_sums)
    return {
        "key": item.key,
        "role": item.role,
        "label": item.label,
        "row": item.places[0].row + 1 if item.places else None,
        "places": [_place(place, pages) for place in item.places],
        "exact": item.is_exact,
        "shared": len(item.paths) if item.role != "field" else 1,
        "machine": item.machine,
        "text": standing.text,
        "confidence": item.confidence,
        "status": standing.status.value,
        "needs": [{"code": n.code, "detail": n.detail, "group": group(n)} for n in _shown(needs)],
        "weight": weight(needs),
        "alternatives": [
            {"text": a.text, "origin": a.origin, "probability": a.probability} for a in alternatives
        ],
        "decision": decision_json(standing.decision) if standing.decision is not None else None,
        "seen": standing.head.uid if standing.head is not None else None,
        "rule": _rule(document, item),
    }


def _shown(needs: Sequence[Need]) -> list[Need]:
    """The needs without those that say the same to a person: several findings of one sum."""
    return list({(need.code, need.detail): need for need in needs}.values())


def _rule(document: Document, item: Item) -> Json | None:
    """What the rules made of the text: the parsed value, or how the whole name came about."""
    path = item.paths[0]
    if path.group != "indicator":
        return None
    indicator = document.tables[path.table].indicators[path.index]
    if item.role == "indicator.value_text":
        return {"kind": "value", **_value(indicator)}
    if item.role == FULL_NAME_ROLE:
        return {
            "kind": "name",
            "printed": indicator.name,
            "status": indicator.name_status,
            "length": len(indicator.name),
        }
    return None


def _value(indicator: Indicator) -> Json:
    names = ("operator", "value", "value_upper", "unit", "qualitative", "period_start", "period_end")
    return {name: getattr(indicator, name) for name in names}


def _keys_of_paths(case: Case) -> dict[FieldPath, str]:
    return {path: s.item.key for s in case.reviewed.standings for path in s.item.paths}


def _sum(found: Sum, keys: Mapping[FieldPath, str]) -> Json:
    def term(of: Term) -> Json:
        return {"name": of.name, "text": of.text, "key": keys.get(of.path) if of.path is not None else None}

    return {
        "code": found.code,
        "total": term(found.total),
        "parts": [term(part) for part in found.parts],
        "sum": found.sum_of_parts,
        "difference": None if found.difference is None else f"{found.difference:f}",
        "right": found.is_right,
    }


def _finding(finding: Finding, case: Case, pages: Mapping[int, DocumentPage]) -> Json:
    """A finding, its message in both languages apart, and the first item it points at."""
    zh, en = both_halves(finding.code, finding.message)
    places = {(s.page, *s.bbox) for s in finding.source}
    at = (
        s.item.key
        for s in case.reviewed.standings
        if any((place.page, *place.box) in places for place in s.item.places)
    )
    page = finding.source[0].page if finding.source else None
    return {
        "code": finding.code,
        "severity": finding.severity,
        "zh": zh,
        "en": en,
        "key": next(at, None),
        "page": page if page in pages else None,
    }


def cells_json(case: Case, page: int) -> list[Json]:
    """The tables of a page with all their cells, for the repair of the grid."""
    shown = {p.page: p for p in case.machine.pages}[page]
    return [
        {
            "bbox": list(piece.bbox),
            "box": part_of_page(piece.bbox, shown),
            "cells": [
                {
                    "row": cell.row,
                    "col": cell.col,
                    "rowspan": cell.rowspan,
                    "colspan": cell.colspan,
                    "bbox": list(cell.bbox),
                    "box": part_of_page(cell.bbox, shown),
                    "text": cell.text,
                }
                for cell in piece.cells
            ],
        }
        for piece in _pieces(case.machine, page)
    ]


def _pieces(document: Document, page: int) -> Iterable[Any]:
    return (piece for table in document.tables for piece in table.pages if piece.page == page)

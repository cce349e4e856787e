"""The repair of a page's grid: steps on its cells, and reading the page again with what came out."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from goaltables.document import DocumentPage
from goaltables.normalizers.understanding.upright import upright_size
from goaltables.pipeline.given_page import GivenCellJson, GivenTableJson, tiles
from goaltables.pipeline.review import grid_repair
from goaltables.pipeline.review.desk import Desk, NotThere, now
from goaltables.pipeline.review.given import TABLES, pages_of
from goaltables.pipeline.review.requests import BadRequest, DrawBody, GiveBody, RepairBody, Visitor
from goaltables.pipeline.review.rereading import Job, Outcome, read_again
from goaltables.pipeline.review.views import OFFICE_REASONS, Json, cells_json, geometry_of, part_of_page
from goaltables.records import Box, GridCell

RUNNING: Final = Outcome("running")
_STEPS: Final = {"merge": grid_repair.merged, "apart": grid_repair.taken_apart}
_SPLITS: Final = {"rows": grid_repair.split_rows, "columns": grid_repair.split_columns}


class GridDesk:
    """Repairs grids of the documents of one desk. Safe to use from several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._jobs: dict[str, Outcome] = {}
        self._one_at_a_time = threading.Lock()

    def grid(self, sha256: str, number: int) -> Json:
        """The tables of a page as they are read now, or as they were given for its next reading."""
        page = self._page(sha256, number)
        given = {g.page: g for g in self._desk.store.given(sha256)}.get(number)
        version = given.version if given is not None else 0
        tables = TABLES.validate_json(given.content) if given is not None else ()
        shown = [_table_json(table, page) for table in tables]
        return {
            "read": cells_json(self._desk.case(sha256), number),
            "given": shown,
            "version": version,
        }

    def repaired(self, sha256: str, number: int, body: RepairBody) -> Json:
        """The cells after one step. Raises CannotRepair."""
        page = self._page(sha256, number)
        cells = tuple(cell.grid_cell() for cell in body.cells)
        if not tiles(cells):
            raise BadRequest
        upright = grid_repair.on_upright_page(cells, geometry_of(page))
        if body.operation in _STEPS:
            done = _STEPS[body.operation](upright, set(body.chosen))
        elif len(body.chosen) == 1:
            done = _SPLITS[body.operation](upright, body.chosen[0], body.at)
        else:
            raise grid_repair.CannotRepair("one cell is split at a time")
        return _cells_table(grid_repair.as_displayed(done, geometry_of(page)), page)

    def drawn(self, sha256: str, number: int, body: DrawBody) -> Json:
        """A table of one cell where a person drew a box; given without its cells they are found."""
        page = self._page(sha256, number)
        width, height = upright_size(geometry_of(page))
        left, top, wide, high = body.part
        box = Box(left * width, top * height, (left + wide) * width, (top + high) * height)
        if box.area <= 0:
            raise BadRequest
        cells = grid_repair.as_displayed(grid_repair.drawn(box), geometry_of(page))
        return {**_cells_table(cells, page), "drawn": True}

    def give(self, sha256: str, number: int, body: GiveBody, visitor: Visitor) -> Json | None:
        """Keep what a person gives for a page and read the document again; None: somebody gave meanwhile."""
        self._page(sha256, number)
        if any(table.cells and not tiles(tuple(c.grid_cell() for c in table.cells)) for table in body.tables):
            raise BadRequest
        case = self._desk.case(sha256)
        before = pages_of(sha256, self._desk.store.given(sha256))
        content = json.loads(TABLES.dump_json(body.tables))
        if not self._desk.store.give(sha256, number, content, by=visitor.name, at=now(), seen=body.seen):
            return None
        key = uuid.uuid4().hex
        self._jobs[key] = RUNNING
        made_under = case.machine.engine.config_sha256
        reading = self._desk.place.reading
        known = {replace(reading, given=given).config_sha256(sha256) for given in ((), before)}
        record = self._desk.archive.record_of(sha256)
        path = self._desk.originals.path(record, case.machine.source.path) if record is not None else None
        if made_under not in known:
            self._jobs[key] = Outcome("settings")
        elif record is None or path is None:
            self._jobs[key] = Outcome("no-original")
        else:
            job = Job(self._desk.place, record, path, case.machine.source.path, visitor.language)
            threading.Thread(target=self._read, args=(key, job), daemon=True).start()
        return {"job": key}

    def job(self, key: str) -> Json:
        """How far a reading is: running, done, later, settings, no-original, failed. Raises NotThere."""
        if key not in self._jobs:
            raise NotThere(key)
        outcome = self._jobs[key]
        return {"state": outcome.state, "reason": outcome.reason}

    def _read(self, key: str, job: Job) -> None:
        with self._one_at_a_time:
            self._jobs[key] = read_again(job)

    def _page(self, sha256: str, number: int) -> DocumentPage:
        """A page with paper. Raises NotThere."""
        pages = self._desk.case(sha256).machine.pages
        page = next((p for p in pages if p.page == number and p.reason not in OFFICE_REASONS), None)
        if page is None:
            raise NotThere(number)
        return page


def _cells_table(cells: Sequence[GridCell], page: DocumentPage) -> Json:
    box = cells[0].box
    for cell in cells[1:]:
        box = box.union(cell.box)
    made = tuple(
        GivenCellJson(
            row=c.row,
            col=c.col,
            rowspan=c.rowspan,
            colspan=c.colspan,
            bbox=(c.box.x0, c.box.y0, c.box.x1, c.box.y1),
        )
        for c in cells
    )
    return _table_json(GivenTableJson(bbox=(box.x0, box.y0, box.x1, box.y1), cells=made), page)


def _table_json(table: GivenTableJson, page: DocumentPage) -> Json:
    return {
        "bbox": [round(v, 2) for v in table.bbox],
        "box": part_of_page(table.bbox, page),
        "cells": [
            {
                **cell.model_dump(exclude={"bbox"}),
                "bbox": [round(v, 2) for v in cell.bbox],
                "box": part_of_page(cell.bbox, page),
                "text": "",
            }
            for cell in table.cells
        ],
    }

"""``goaltables crop OUT ID``: the cells of a row of the dataset, as they were printed.

The picture shows the record's cells on the page, the rest of the page pale around them; a record whose cells
stand on two pages gives both, one under the other. It is drawn from the original file, and only from the very
bytes that were read.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from goaltables.document import CellSource, Document, GoalTable
from goaltables.errors import UnreadableInput, UsageError
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.open_document import OpenedDocument, open_document
from goaltables.pipeline.batch.originals import Originals
from goaltables.pipeline.batch.out_layout import DOCUMENTS
from goaltables.pipeline.batch.record_names import RECORD_SUFFIX
from goaltables.pipeline.batch.sources.input_file import read_input
from goaltables.pipeline.dataset.ids import RowId, parse_id
from goaltables.pipeline.dataset.records import read_record_file
from goaltables.pipeline.drawing.fonts import font
from goaltables.pipeline.drawing.pictures import pillow
from goaltables.pipeline.messages import say
from goaltables.pipeline.settings import ReadSettings
from goaltables.records import Box

DPI: Final = 200.0
MARGIN: Final = 1 / 40  # of the page's shorter side
PALE: Final = 0.55
FRAME: Final = "#1f5fa8"
INK: Final = "#12181f"


@dataclass(frozen=True, slots=True)
class CellsOfPage:
    """The cells of a row on one page; none: the whole page."""

    page: int
    boxes: tuple[Box, ...]


def crop_png(out: Path, row: str, settings: ReadSettings) -> bytes:
    """The picture of the dataset's row with the id `row`.

    Raises:
        UsageError: there is no such row, or it stands nowhere on a page.
        UnreadableInput: the original is gone, or is no longer what was read.
        DocumentError: the original cannot be drawn.

    """
    wanted = parse_id(row)
    document = _record(out, wanted, row)
    places = cells_of(document, wanted)
    if not places:
        raise UsageError(say("crop-no-place", id=row))
    data = _original(out, wanted.record, document, settings)
    limits = Limits(max_pages=settings.max_pages, max_megapixels=settings.max_megapixels)
    turns = {page.page: page.rotation for page in document.pages}
    with open_document(data, password=settings.password, limits=limits) as opened:
        parts = [_part(opened, place, turns.get(place.page, 0)) for place in places]
    return _encoded(_stacked(parts, [place.page for place in places]), row, document.source.sha256)


def cells_of(document: Document, row: RowId) -> tuple[CellsOfPage, ...]:
    """Where a row of the dataset stands, page by page; () when no page shows it.

    Raises UsageError: the document has no such row.
    """
    if row.page is not None:
        return (CellsOfPage(row.page, ()),)
    table = _table(document, row)
    if row.kind is None or row.kind == "execution":
        return _pieces(table) if table else ()
    sources = _sources(document, table, row.kind)
    if row.number is None or not 1 <= row.number <= len(sources):
        raise UsageError(say("crop-no-row", count=len(sources), kind=row.kind))
    return _by_page(sources[row.number - 1])


def _sources(document: Document, table: GoalTable | None, kind: str) -> list[list[CellSource]]:
    """The cells of each row of one kind, in the order of the record."""
    if kind == "findings":
        return [finding.source for finding in (table.findings if table else document.findings)]
    if table is None:
        return []
    if kind == "budget":
        return [line.source for line in table.budget]
    return [indicator.source for indicator in table.indicators]


def _table(document: Document, row: RowId) -> GoalTable | None:
    if row.table is None:
        return None
    for table in document.tables:
        if table.id == row.table:
            return table
    known = ", ".join(table.id for table in document.tables) or "–"
    raise UsageError(say("crop-no-table", table=row.table, known=known))


def _pieces(table: GoalTable) -> tuple[CellsOfPage, ...]:
    if table.pages:
        return tuple(CellsOfPage(piece.page, (Box(*piece.bbox),)) for piece in table.pages)
    # A project of a wide list has its cells on the list's first table.
    rows = [line.source for line in table.budget] + [line.source for line in table.indicators]
    return _by_page([source for cells in rows for source in cells])


def _by_page(source: Sequence[CellSource]) -> tuple[CellsOfPage, ...]:
    pages = sorted({cell.page for cell in source})
    return tuple(
        CellsOfPage(page, tuple(Box(*cell.bbox) for cell in source if cell.page == page)) for page in pages
    )


def _record(out: Path, wanted: RowId, row: str) -> Document:
    folder = (out / DOCUMENTS).resolve()
    path = (folder / (wanted.record + RECORD_SUFFIX)).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise UsageError(say("crop-no-record", id=row))
    return read_record_file(path)


def _original(out: Path, record: str, document: Document, settings: ReadSettings) -> bytes:
    """The bytes that were read. Raises UnreadableInput when they are no longer to be had."""
    path = Originals(out).path(record)
    if path is None:
        raise UnreadableInput(say("crop-original-unknown", path=document.source.path))
    found = read_input(path, settings.max_bytes)
    if found.sha256 != document.source.sha256:
        raise UnreadableInput(say("crop-original-changed", path=document.source.path))
    return found.data


def _part(opened: OpenedDocument, place: CellsOfPage, turn: int) -> Image.Image:
    """The cells on their page, upright."""
    if not 1 <= place.page <= opened.page_count:
        raise UsageError(say("inspect-no-page", page=place.page, count=opened.page_count))
    picture = pillow(opened.picture(place.page, DPI)).convert("RGB")
    scale = picture.width / opened.page_geometry(place.page).width
    if place.boxes:
        picture = _framed(picture, [box.scaled(scale) for box in place.boxes])
    return picture.rotate(-turn, expand=True)


def _framed(picture: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """The part of a page around `boxes`, pale but for them."""
    pale = Image.blend(picture, Image.new("RGB", picture.size, "#ffffff"), PALE)
    draw = ImageDraw.Draw(pale)
    whole = boxes[0]
    for box in boxes:
        corners = round(box.x0), round(box.y0), round(box.x1), round(box.y1)
        pale.paste(picture.crop(corners), corners[:2])
        draw.rectangle(corners, outline=FRAME, width=3)
        whole = whole.union(box)
    margin = MARGIN * min(picture.size)
    return pale.crop(
        (
            max(0, round(whole.x0 - margin)),
            max(0, round(whole.y0 - margin)),
            min(picture.width, round(whole.x1 + margin)),
            min(picture.height, round(whole.y1 + margin)),
        )
    )


def _stacked(parts: Sequence[Image.Image], pages: Sequence[int]) -> Image.Image:
    """The parts one under the other, each with its page over it; a single one alone."""
    if len(parts) == 1:
        return parts[0]
    line = 36
    width, height = max(part.width for part in parts), sum(part.height + line for part in parts)
    whole = Image.new("RGB", (width, height), "#ffffff")
    draw = ImageDraw.Draw(whole)
    top = 0
    for part, page in zip(parts, pages, strict=True):
        draw.text((8, top + line - 10), f"p. {page}", fill=INK, font=font(22), anchor="ls")
        whole.paste(part, (0, top + line))
        top += part.height + line
    return whole


def _encoded(picture: Image.Image, row: str, sha256: str) -> bytes:
    """A PNG that says what it shows."""
    notes = PngInfo()
    notes.add_itxt("goaltables:id", row)
    notes.add_itxt("goaltables:sha256", sha256)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", pnginfo=notes)
    return buffer.getvalue()


def crop_name(row: str) -> str:
    """The file name of a crop that was given none: an id may hold anything."""
    return f"crop-{hashlib.sha256(row.encode()).hexdigest()[:16]}.png"

"""One document through every stage: the main job on one screen.

open -> route -> (text layer | picture: upright, grid, reading) page by page -> understand -> record.
Each page is read on its own, so that a page that fails costs that page and no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import metadata

from goaltables.document import (
    Document,
    DocumentFailure,
    DocumentPage,
    DocumentSource,
    EngineIdentity,
    Finding,
)
from goaltables.errors import DocumentError, GoalTablesError
from goaltables.extractors.digital_page import read_digital_page
from goaltables.extractors.engines import build_engine
from goaltables.extractors.open_document import Limits, OpenedDocument, open_document
from goaltables.extractors.route import route_page
from goaltables.extractors.scanned_page import read_scanned_page
from goaltables.normalizers.findings import make_finding
from goaltables.normalizers.understand import understand_document
from goaltables.pipeline.settings import ReadSettings
from goaltables.records import OcrEngine, PageProblem, PageReading, Route

# Problems that mean "not everything was read": the document is partial, never ok.
LOSSES = frozenset({"page-failed", "page-count-disagrees", "truncated-file", "grid-uncertain"})


def digitize_bytes(data: bytes, *, path: str, settings: ReadSettings) -> Document:
    """Read one document.

    Args:
        data: The file's bytes.
        path: The readable path that the record names as its source.
        settings: Everything that can change the result.

    Raises:
        DocumentError: nothing of the document can be read (its class says why).
        DependencyMissing: the chosen reader is not installed.
    """
    with open_document(data, password=settings.password, limits=_limits(settings)) as opened:
        pages, problems = _read_pages(opened, settings)
        source = DocumentSource(
            path=path,
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
            media_type=opened.media_type,
            page_count=opened.page_count,
        )
        problems = [*((None, problem) for problem in opened.problems), *problems]
    understanding = understand_document(pages)
    findings = [*_problem_findings(problems), *understanding.findings]
    return Document(
        status="partial" if any(f.code in LOSSES for f in findings) else "ok",
        source=source,
        pages=[_published_page(page) for page in pages],
        tables=list(understanding.tables),
        findings=findings,
        engine=identity(settings, pages),
    )


def failed_document(
    error: DocumentError, *, path: str, sha256: str, size: int, settings: ReadSettings
) -> Document:
    """The record of an input of which nothing could be read."""
    return Document(
        status="failed",
        error=DocumentFailure(error_class=error.error_class, message=str(error)),
        source=DocumentSource(path=path, sha256=sha256, bytes=size, media_type="", page_count=0),
        engine=identity(settings, ()),
    )


def identity(settings: ReadSettings, pages: tuple[PageReading, ...]) -> EngineIdentity:
    """What made a record. The recogniser is named only where it was used: it is not loaded to be named."""
    readers = []
    if any(page.route.route is Route.TEXT for page in pages):
        readers.append(f"pdfplumber {metadata.version('pdfplumber')}")
    model = ""
    if any(page.route.route is Route.OCR for page in pages):
        engine = _engine(settings.ocr)
        readers.append(engine.name)
        model = engine.version
    return EngineIdentity(
        goaltables=metadata.version("goaltables"),
        reader=", ".join(readers),
        model=model,
        config_sha256=settings.config_sha256(),
    )


def _limits(settings: ReadSettings) -> Limits:
    return Limits(max_pages=settings.max_pages, max_megapixels=settings.max_megapixels)


@cache
def _engine(name: str) -> OcrEngine:
    """The recogniser of this process: its model is loaded once, when the first page needs it."""
    return build_engine(name)


def _read_pages(
    opened: OpenedDocument, settings: ReadSettings
) -> tuple[tuple[PageReading, ...], list[tuple[int | None, PageProblem]]]:
    pages: list[PageReading] = []
    problems: list[tuple[int | None, PageProblem]] = []
    for number in range(1, opened.page_count + 1):
        try:
            page = _read_page(opened, number, settings)
        except GoalTablesError as error:
            if not isinstance(error, DocumentError):
                raise
            problems.append((number, PageProblem("page-failed", f"{error.error_class}: {error}")))
            continue
        pages.append(page)
        problems.extend((number, problem) for problem in page.problems)
    if not pages:
        raise _first_failure(problems)
    return tuple(pages), problems


def _read_page(opened: OpenedDocument, number: int, settings: ReadSettings) -> PageReading:
    route = route_page(opened, number)
    if route.route is Route.TEXT:
        return read_digital_page(opened, number, route)
    return read_scanned_page(opened, number, route, _engine(settings.ocr))

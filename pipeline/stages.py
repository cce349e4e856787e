"""One document through every stage: the main job on one screen.

open -> route -> (text layer | picture: upright, grid, reading) page by page -> understand -> record.
Each page is read on its own, so that a page that fails costs that page and no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import TypeAlias

from goaltables.document import Document, DocumentPage, DocumentSource, EngineIdentity, Finding
from goaltables.errors import DependencyMissing, DocumentError, EmptyDocument, MalformedDocument
from goaltables.extractors.digital_page import digital_page_stages
from goaltables.extractors.engines import build_engine
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.office.logical_page import LogicalDocument, read_logical_page
from goaltables.extractors.open_document import OpenedDocument, open_document
from goaltables.extractors.page_stages import PageStages, stages_of_text
from goaltables.extractors.route import route_page
from goaltables.extractors.scanned_page import scanned_page_stages
from goaltables.normalizers.findings import make_finding
from goaltables.normalizers.understanding.understand import understand_document
from goaltables.pipeline.batch.page_clock import page_begins
from goaltables.pipeline.settings import ReadSettings
from goaltables.records import GivenTable, OcrEngine, PageProblem, PageReading, Route

# Problems that mean "not everything was read": the document is partial, never ok.
LOSSES = frozenset({"page-failed", "page-count-disagrees", "truncated-file", "grid-uncertain"})


@dataclass(frozen=True, slots=True)
class ReadPages:
    """The pages that could be read, and what was noticed, with the page (None: the whole file)."""

    pages: tuple[PageReading, ...]
    problems: tuple[tuple[int | None, PageProblem], ...]


Watch: TypeAlias = Callable[[PageStages], None]


def unwatched(_stages: PageStages) -> None:
    """Nobody looks at the stages of a page."""


def digitize_bytes(data: bytes, *, path: str, settings: ReadSettings, watch: Watch = unwatched) -> Document:
    """Read one document.

    Args:
        data: The file's bytes.
        path: The readable path that the record names as its source.
        settings: Everything that can change the result.
        watch: Is shown the stages of each page that was read; it changes nothing.

    Raises:
        DocumentError: nothing of the document can be read (its class says why).
        DependencyMissing: the chosen reader is not installed.

    """
    limits = Limits(max_pages=settings.max_pages, max_megapixels=settings.max_megapixels)
    sha256 = hashlib.sha256(data).hexdigest()
    with open_document(data, password=settings.password, limits=limits) as opened:
        read = _read_pages(opened, sha256, settings, watch)
        text_reader = opened.text_reader
        source = DocumentSource(
            path=path,
            sha256=sha256,
            bytes=len(data),
            media_type=opened.media_type,
            page_count=opened.page_count,
        )
    understanding = understand_document(read.pages, settings.vocabulary)
    findings = [*_problem_findings(read.problems), *understanding.findings]
    return Document(
        status="partial" if any(finding.code in LOSSES for finding in findings) else "ok",
        source=source,
        pages=[_published_page(page) for page in read.pages],
        tables=list(understanding.tables),
        findings=findings,
        engine=_identity(settings, sha256, read.pages, text_reader),
    )


def _read_pages(opened: OpenedDocument, sha256: str, settings: ReadSettings, watch: Watch) -> ReadPages:
    pages: list[PageReading] = []
    problems: list[tuple[int | None, PageProblem]] = [(None, problem) for problem in opened.problems]
    for number in range(1, opened.page_count + 1):
        page_begins(number, opened.page_count)
        try:
            stages = page_stages(opened, number, settings, settings.given_tables(sha256, number))
        except (DependencyMissing, MemoryError):
            raise  # of every document, not of this page; of the whole process
        except DocumentError as error:
            problems.append((number, PageProblem("page-failed", f"{error.error_class}: {error}")))
        except Exception as error:  # one page of a hostile or odd file must not cost the others
            problems.append(
                (number, PageProblem("page-failed", f"internal: {type(error).__name__}: {error}"))
            )
        else:
            watch(stages)
            pages.append(stages.reading)
            problems.extend((number, problem) for problem in stages.reading.problems)
            del stages  # its pictures are large, and the next page makes its own
    _require_content(pages, problems)
    return ReadPages(tuple(pages), tuple(problems))


def page_stages(
    opened: OpenedDocument, number: int, settings: ReadSettings, given: Sequence[GivenTable] = ()
) -> PageStages:
    """Page `number` on its way from what was delivered to what was read; `given` are tables that a person
    marked on it.
    """
    if isinstance(opened, LogicalDocument):
        return stages_of_text(read_logical_page(opened, number))
    route = route_page(opened, number)
    if route.route is Route.TEXT:
        return digital_page_stages(opened, number, route, given)
    return scanned_page_stages(opened, number, route, _engine(settings.ocr), given)


@cache
def _engine(name: str) -> OcrEngine:
    """The recogniser of this process: its model is loaded once, when the first page needs it."""
    return build_engine(name)


def _require_content(pages: list[PageReading], problems: list[tuple[int | None, PageProblem]]) -> None:
    """A document of which nothing was read has failed: "ok" with nothing in it would be a lie."""
    if not pages:
        failures = [problem.message for number, problem in problems if number is not None]
        raise MalformedDocument(f"no page can be read ({failures[0] if failures else 'no pages'})")
    if not any(
        page.lines or any(cell.text for table in page.tables for cell in table.cells) for page in pages
    ):
        raise EmptyDocument("no text was found on any page; look whether the pages are blank")


def _problem_findings(problems: Iterable[tuple[int | None, PageProblem]]) -> list[Finding]:
    return [
        make_finding(problem.code, problem.message if number is None else f"page {number}: {problem.message}")
        for number, problem in problems
    ]


def _published_page(page: PageReading) -> DocumentPage:
    geometry = page.geometry
    return DocumentPage(
        page=geometry.number,
        width=round(geometry.width, 2),
        height=round(geometry.height, 2),
        unit=geometry.unit.value,
        rotation=geometry.rotation,
        route=page.route.route.value,
        reason=page.route.reason,
    )


def _identity(
    settings: ReadSettings, sha256: str, pages: tuple[PageReading, ...], text_reader: str
) -> EngineIdentity:
    """What made a record. The recogniser is named only where it was used: it is not loaded to be named."""
    routes = {page.route.route for page in pages}
    readers = [f"{text_reader} {metadata.version(text_reader)}"] if Route.TEXT in routes else []
    model = ""
    if Route.OCR in routes:
        engine = _engine(settings.ocr)
        readers.append(engine.name)
        model = engine.version
    return EngineIdentity(
        goaltables=metadata.version("goaltables"),
        reader=", ".join(readers),
        model=model,
        config_sha256=settings.config_sha256(sha256),
    )

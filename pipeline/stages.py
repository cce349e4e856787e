"""One document through every stage: the main job on one screen.

open -> route -> (text layer | picture: upright, grid, reading) page by page -> reread -> understand -> record
Each page is read on its own, so that a page that fails costs that page and no other, and so that the pages
of a long document can be read by several processes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import metadata
from types import TracebackType
from typing import Self, TypeAlias

from goaltables.document import Document, DocumentPage, DocumentSource, EngineIdentity, Finding
from goaltables.errors import EmptyDocument, document_error
from goaltables.extractors.digital_page import digital_page_stages
from goaltables.extractors.engines import build_engine
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.office.logical_page import LogicalDocument, read_logical_page
from goaltables.extractors.open_document import open_document
from goaltables.extractors.page_stages import PageStages, stages_of_text
from goaltables.extractors.route import route_page
from goaltables.extractors.scanned_page import scanned_page_stages
from goaltables.normalizers.findings import make_finding
from goaltables.normalizers.rereading.reread import reread
from goaltables.normalizers.understanding.understand import understand_document
from goaltables.pipeline.page_outcome import FileFacts, PageOutcome, Reader, Recogniser, page_outcome
from goaltables.pipeline.settings import ReadSettings
from goaltables.records import OcrEngine, PageProblem, PageReading, Route

# Problems that mean "not everything was read, or not what the file says": the document is partial, never ok.
LOSSES = frozenset(
    {"page-failed", "page-count-disagrees", "truncated-file", "grid-uncertain", "text-layer-lies"}
)
# Reasons of a route that mean: the text layer says something else than what is printed.
LIES = frozenset({"hidden-text", "garbled-text", "text-not-as-drawn"})

Watch: TypeAlias = Callable[[PageStages], None]


def unwatched(_stages: PageStages) -> None:
    """Nobody looks at the stages of a page."""


class StagesPages:
    """An open document; each of its pages is read on its own."""

    def __init__(self, data: bytes, settings: ReadSettings, watch: Watch = unwatched) -> None:
        """Open the bytes of a file; `watch` is shown the stages of each page that was read.

        Raises DocumentError: nothing of it can be read (the class says why).
        """
        limits = Limits(max_pages=settings.max_pages, max_megapixels=settings.max_megapixels)
        self._settings = settings
        self._watch = watch
        self._opened = open_document(data, password=settings.password, limits=limits)
        self.facts = FileFacts(
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            media_type=self._opened.media_type,
            page_count=self._opened.page_count,
            text_reader=self._opened.text_reader,
            problems=self._opened.problems,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def read(self, number: int) -> PageOutcome:
        """Read one page. Raises DocumentError, DependencyMissing (of the chosen recogniser)."""
        stages, recogniser = self._stages(number)
        self._watch(stages)
        return PageOutcome(number, stages.reading, recogniser)

    def _stages(self, number: int) -> tuple[PageStages, Recogniser | None]:
        """A page on its way from what was delivered to what was read, and who recognised its picture."""
        if isinstance(self._opened, LogicalDocument):
            return stages_of_text(read_logical_page(self._opened, number)), None
        given = self._settings.given_tables(self.facts.sha256, number)
        route = route_page(self._opened, number)
        build = partial(_engine, self._settings.ocr, self._settings.reader_speed)
        if route.route is Route.TEXT:
            stages = digital_page_stages(self._opened, number, route, given, build)
            if not _is_partly_recognised(stages.reading, self.facts.text_reader):
                return stages, None
        else:
            stages = scanned_page_stages(self._opened, number, route, build(), given)
        return stages, Recogniser(build().name, build().version)


def _is_partly_recognised(page: PageReading, text_reader: str) -> bool:
    """Whether cells of a page were read from its picture, because its text layer is not believed there."""
    return any(cell.reader not in ("", text_reader) for table in page.tables for cell in table.cells)


@cache
def _engine(name: str, speed: str) -> OcrEngine:
    """The recogniser of this process: its model is loaded once, when the first page needs it."""
    return build_engine(name, fast=speed == "fast")


def make_document(
    facts: FileFacts, outcomes: Sequence[PageOutcome], path: str, settings: ReadSettings
) -> Document:
    """Understand the pages of one document, which stand in order, and make its record.

    Raises DocumentError when nothing was read: "ok" with nothing in it would be a lie.
    """
    pages = tuple(outcome.reading for outcome in outcomes if outcome.reading is not None)
    _require_content(pages, outcomes)
    understanding = understand_document(reread(pages), settings.vocabulary)
    findings = [*_problem_findings(facts, outcomes), *understanding.findings]
    return Document(
        status="partial" if any(finding.code in LOSSES for finding in findings) else "ok",
        source=DocumentSource(
            path=path,
            sha256=facts.sha256,
            bytes=facts.size,
            media_type=facts.media_type,
            page_count=facts.page_count,
        ),
        pages=[_published_page(page) for page in pages],
        tables=list(understanding.tables),
        findings=findings,
        engine=_identity(settings, facts, outcomes),
    )


READER = Reader(StagesPages, make_document)


def digitize_bytes(data: bytes, *, path: str, settings: ReadSettings, watch: Watch = unwatched) -> Document:
    """Read one document in this process.

    Args:
        data: The file's bytes.
        path: The readable path that the record names as its source.
        settings: Everything that can change the result.
        watch: Is shown the stages of each page that was read; it changes nothing.

    Raises:
        DocumentError: nothing of the document can be read (its class says why).
        DependencyMissing: the chosen reader is not installed.

    """
    with StagesPages(data, settings, watch) as pages:
        outcomes = [page_outcome(pages, number) for number in range(1, pages.facts.page_count + 1)]
        return make_document(pages.facts, outcomes, path, settings)


def _require_content(pages: Sequence[PageReading], outcomes: Sequence[PageOutcome]) -> None:
    if not pages:
        failure = next((outcome.failure for outcome in outcomes if outcome.failure), None)
        error_class = failure.error_class if failure else "malformed"
        raise document_error(
            error_class, f"no page can be read ({failure.message if failure else 'no pages'})"
        )
    if not any(
        page.lines or any(cell.text for table in page.tables for cell in table.cells) for page in pages
    ):
        raise EmptyDocument("no text was found on any page; look whether the pages are blank")


def _problem_findings(facts: FileFacts, outcomes: Sequence[PageOutcome]) -> list[Finding]:
    findings = [make_finding(problem.code, problem.message) for problem in facts.problems]
    for outcome in outcomes:
        for problem in _page_problems(outcome):
            findings.append(make_finding(problem.code, f"page {outcome.number}: {problem.message}"))
    return findings


def _page_problems(outcome: PageOutcome) -> tuple[PageProblem, ...]:
    if outcome.reading is not None:
        reason = outcome.reading.route.reason
        lie = PageProblem("text-layer-lies", f"{reason}; the page was read from its picture")
        return (*([lie] if reason in LIES else []), *outcome.reading.problems)
    failure = outcome.failure
    return (
        PageProblem("page-failed", f"{failure.error_class}: {failure.message}" if failure else "not read"),
    )


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


def _identity(settings: ReadSettings, facts: FileFacts, outcomes: Sequence[PageOutcome]) -> EngineIdentity:
    """What made a record. Of several recognisers, as after an update in the middle, all are named."""
    routes = {outcome.reading.route.route for outcome in outcomes if outcome.reading is not None}
    texts = [f"{facts.text_reader} {metadata.version(facts.text_reader)}"] if Route.TEXT in routes else []
    recognisers = sorted(
        {(outcome.recogniser.name, outcome.recogniser.version) for outcome in outcomes if outcome.recogniser}
    )
    return EngineIdentity(
        goaltables=metadata.version("goaltables"),
        reader=", ".join([*texts, *dict.fromkeys(name for name, _ in recognisers)]),
        model=", ".join(version for _, version in recognisers),
        config_sha256=settings.config_sha256(facts.sha256),
    )

"""One input to one record in this process, whatever happens: what it raises becomes a class of failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from goaltables.document import Document
from goaltables.errors import DependencyMissing, EncryptedDocument
from goaltables.pipeline.batch.failure import failed_document
from goaltables.pipeline.batch.sources.input_file import InputBytes, read_input, sniff_media_type
from goaltables.pipeline.page_outcome import OpenedPages, PageOutcome, Reader, failure_of, page_outcome
from goaltables.pipeline.settings import ReadSettings

REINSTALL: Final = "python -m pip install --force-reinstall goaltables"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The record of one input, the state of the file it was read from, and the traces of bugs, if any."""

    document: Document
    state: str | None
    trace: str = ""


def stages_reader() -> Reader:
    """The product's reader. Imported late: it brings every library of every stage.

    Raises DependencyMissing: one of the libraries is not there or does not load.
    """
    try:
        from goaltables.pipeline.stages import READER
    except ImportError as error:
        if str(error.name).startswith("goaltables"):
            raise  # our own module: a bug, and no installation mends it
        raise DependencyMissing(f"{error.name} ({error})", REINSTALL) from error
    return READER


def read_record(path: bytes, shown: str, settings: ReadSettings, reader: Reader) -> Outcome:
    """Read the file at `path`, page after page, into a record that names `shown` as its source.

    Raises DependencyMissing only: that is no fault of the document, and every other would meet it too.
    """
    found: InputBytes | None = None
    outcomes: list[PageOutcome] = []
    try:
        found = read_input(path, settings.max_bytes)
        with open_pages(found.data, settings, reader) as pages:
            outcomes += (page_outcome(pages, number) for number in range(1, pages.facts.page_count + 1))
            document = reader.make_document(pages.facts, outcomes, shown, settings)
            return Outcome(document, found.state, _traces(outcomes))
    except DependencyMissing:
        raise
    except Exception as error:
        failure = failure_of(error)
    document = failed_document(
        failure.error_class,
        failure.message,
        path=shown,
        settings=settings,
        sha256=found.sha256 if found else "",
        size=len(found.data) if found else 0,
        media_type=sniff_media_type(found.data) if found else None,
    )
    return Outcome(document, found.state if found else None, failure.trace or _traces(outcomes))


def _traces(outcomes: list[PageOutcome]) -> str:
    return "\n".join(
        outcome.failure.trace for outcome in outcomes if outcome.failure and outcome.failure.trace
    )


def open_pages(data: bytes, settings: ReadSettings, reader: Reader) -> OpenedPages:
    """Open a file, trying each password on an encrypted one. Raises what the reader raises."""
    *others, last = settings.each_password()
    for attempt in others:
        try:
            return reader.open_pages(data, attempt)
        except EncryptedDocument:
            continue
    return reader.open_pages(data, last)

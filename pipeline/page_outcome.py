"""The seam between reading a document's pages and understanding them.

Pages are read one by one, each for itself, and understood together. Whoever leads a batch may part the work
here: any process may read any page, and what it read (or why it could not) goes on as a `PageOutcome`. The
order and the places in which pages are read change nothing in the record.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol, Self

from goaltables.document import Document
from goaltables.errors import DependencyMissing, DocumentError
from goaltables.pipeline.settings import ReadSettings
from goaltables.records import PageProblem, PageReading

TRACE_CHARACTERS: Final = 16_000
# The same whoever notices first, the reader or those who watch it: a record does not depend on it.
MEMORY_MESSAGE: Final = "more memory than may be used; raise memory_megabytes"
# What libraries say, each in an exception of its own or before they abort, when they get no memory (OpenCV,
# ONNX Runtime, PDFium's and Python's own).
_OUT_OF_MEMORY: Final = re.compile(
    r"bad_alloc|MemoryError|out of memory|insufficient memory|failed to allocate", re.IGNORECASE
)
MESSAGE_CHARACTERS: Final = 1_000  # a library's message may quote the document


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document or a page of it could not be read: a class of errors.py and a message for the record.

    `trace` is for the log alone: a traceback, or what the process printed before it died.
    """

    error_class: str
    message: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """The engine that read a picture: what a record says of it."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """A page that was read, or why it was not. `number` counts from 1; `recogniser` is None for a page that
    was read by its text.
    """

    number: int
    reading: PageReading | None = None
    recogniser: Recogniser | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What opening a file tells about the whole of it; `text_reader` is the package that reads its texts."""

    sha256: str
    size: int
    media_type: str
    page_count: int
    text_reader: str
    problems: tuple[PageProblem, ...] = ()


class OpenedPages(Protocol):
    """An open file whose pages can be read in any order, each for itself."""

    facts: FileFacts

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def read(self, number: int) -> PageOutcome:
        """Read page `number`. May raise anything; `page_outcome` makes an outcome of it."""
        ...


@dataclass(frozen=True, slots=True)
class Reader:
    """How documents are read: the product's own way (``goaltables.pipeline.stages.READER``) or a test's.

    `open_pages` opens the bytes of a file with the first password of the settings, or raises DocumentError.
    `make_document` understands the outcomes of all its pages, in order, under the path the record shows; it
    raises DocumentError when nothing was read. Both must be importable by name, for the worker processes.
    """

    open_pages: Callable[[bytes, ReadSettings], OpenedPages]
    make_document: Callable[[FileFacts, Sequence[PageOutcome], str, ReadSettings], Document]


def page_outcome(pages: OpenedPages, number: int) -> PageOutcome:
    """Read a page; what goes wrong costs this page alone.

    Raises DependencyMissing: every page would meet it.
    """
    try:
        return pages.read(number)
    except DependencyMissing:
        raise
    except Exception as error:
        return PageOutcome(number, failure=failure_of(error))


def failure_of(error: Exception) -> Failure:
    """The class of failure an exception means for the document, or the page, that was being read."""
    match error:
        case DocumentError():
            return Failure(error.error_class, str(error)[:MESSAGE_CHARACTERS])
        case MemoryError():
            return Failure("limit", MEMORY_MESSAGE)
        case RecursionError():
            return Failure("malformed", "nested too deeply to be read")
        case _ if tells_of_no_memory(str(error)):
            return Failure("limit", MEMORY_MESSAGE)
        case _:
            trace = "".join(traceback.format_exception(error))[-TRACE_CHARACTERS:]
            return Failure("internal", _bug(error), trace)


def tells_of_no_memory(text: str) -> bool:
    """Whether a library's message says that it got no memory."""
    return _OUT_OF_MEMORY.search(text) is not None


def _bug(error: Exception) -> str:
    """A message that is the same on every machine: no path of it, no address in memory."""
    place = ""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("goaltables.") and module != __name__:
            place = f" in {module}.{frame.f_code.co_name}"
    return f"{type(error).__name__}{place}; please report this with the document"

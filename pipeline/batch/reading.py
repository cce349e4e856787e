"""One input to one record, whatever happens: the only way from a reader to a document.

A reader is a plain function (``goaltables.pipeline.stages.digitize_bytes``; the tests bring their own). What
it raises becomes a failed record with a class: nothing but the death of the process escapes.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Final, Protocol

from goaltables.document import Document
from goaltables.errors import DependencyMissing, DocumentError, EncryptedDocument
from goaltables.pipeline.batch.failure import failed_document
from goaltables.pipeline.batch.input_file import FileState, InputBytes, read_input, sniff_media_type
from goaltables.pipeline.settings import ReadSettings

TRACE_CHARACTERS: Final = 16_000
REINSTALL: Final = "python -m pip install --force-reinstall goaltables"


class Reader(Protocol):
    """Reads one document. Must be a function that can be imported by name, for the worker processes."""

    def __call__(self, data: bytes, *, path: str, settings: ReadSettings) -> Document: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """The record of one input, the state of the file it was read from, and the trace of a bug, if any."""

    document: Document
    state: FileState | None
    trace: str = ""


def stages_reader() -> Reader:
    """The product's reader. Imported late: it brings every library of every stage.

    Raises DependencyMissing: one of the libraries is not there or does not load.
    """
    try:
        from goaltables.pipeline.stages import digitize_bytes
    except ImportError as error:
        if str(error.name).startswith("goaltables"):
            raise  # our own module: a bug, and no installation mends it
        raise DependencyMissing(f"{error.name} ({error})", REINSTALL) from error
    return digitize_bytes


def read_record(path: bytes, shown: str, settings: ReadSettings, reader: Reader) -> Outcome:
    """Read the file at `path` into a record that names `shown` as its source.

    Raises DependencyMissing only: that is no fault of the document, and every other would meet it too.
    """
    found: InputBytes | None = None
    trace = ""
    try:
        found = read_input(path, settings.max_bytes)
        return Outcome(read_bytes(found.data, shown, settings, reader), found.state)
    except DependencyMissing:
        raise
    except DocumentError as error:
        error_class, message = error.error_class, str(error)
    except MemoryError:
        error_class, message = "limit", "the document needs more memory than is allowed (memory_megabytes)"
    except RecursionError:
        error_class, message = "malformed", "the document is nested too deeply to be read"
    except Exception as error:
        error_class, message = "internal", _bug(error)
        trace = "".join(traceback.format_exception(error))[-TRACE_CHARACTERS:]
    document = failed_document(
        error_class,
        message,
        path=shown,
        settings=settings,
        sha256=found.sha256 if found else "",
        size=len(found.data) if found else 0,
        media_type=sniff_media_type(found.data) if found else None,
    )
    return Outcome(document, found.state if found else None, trace)


def read_bytes(data: bytes, shown: str, settings: ReadSettings, reader: Reader) -> Document:
    """Read a document, trying each password on an encrypted one. Raises what the reader raises."""
    *others, last = settings.each_password()
    for attempt in others:
        try:
            return reader(data, path=shown, settings=attempt)
        except EncryptedDocument:
            continue
    return reader(data, path=shown, settings=last)


def _bug(error: Exception) -> str:
    """A message that is the same on every machine: no path of it, no address in memory."""
    place = ""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("goaltables."):
            place = f" in {module}.{frame.f_code.co_name}"
    return f"{type(error).__name__}{place}; please report this with the document"

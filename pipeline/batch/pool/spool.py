"""Where the pages of a document in hand lie until all are read: a file without a name.

A thousand pages are tens of megabytes; in the memory of the leading process they would add up with every
document in hand. The file has no name, so nothing is left of it when the process dies.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from types import TracebackType
from typing import Final

from goaltables.errors import OutputError
from goaltables.pipeline.messages import reason, say

Span = tuple[int, int]  # offset and length in the file

COPY_BYTES: Final = 1 << 20


class Spool:
    """The outcomes of a document's pages, in the order in which they came."""

    def __init__(self) -> None:
        self.size = 0
        self._spans: dict[int, Span] = {}
        try:
            self._file = tempfile.TemporaryFile(prefix="goaltables-")  # noqa: SIM115 - closed by `close`
        except OSError as error:
            raise _unwritable(error) from error

    def add(self, number: int, data: bytes) -> None:
        """Keep the outcome of page `number`. Raises OutputError: the temporary folder is full."""
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._file.fileno(), view) :]
        except OSError as error:
            raise _unwritable(error) from error
        self._spans[number] = (self.size, len(data))
        self.size += len(data)

    @property
    def spans(self) -> Mapping[int, Span]:
        return self._spans

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_span(descriptor: int, span: Span) -> bytes:
    """The bytes of a span, wherever the descriptor's own position is."""
    offset, length = span
    data = bytearray()
    while len(data) < length:
        chunk = os.pread(descriptor, min(COPY_BYTES, length - len(data)), offset + len(data))
        if not chunk:
            raise EOFError("the file of the pages is cut short")
        data += chunk
    return bytes(data)


def _unwritable(error: OSError) -> OutputError:
    return OutputError(say("output-unwritable", path=tempfile.gettempdir(), reason=reason(error)))

"""What a process prints: taken all the time, so that it never blocks on it, and kept in part."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

KEPT_BYTES: Final = 64 * 1024
CHUNK_BYTES: Final = 1 << 16


class Printed:
    """The reading end of a pipe and the end of what came through it."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._kept = bytearray()

    @contextmanager
    def writer(self) -> Iterator[int]:
        """The writing end, to be handed to the process; closed here afterwards."""
        try:
            yield self._writer
        finally:
            os.close(self._writer)

    def fileno(self) -> int:
        return self._reader

    @property
    def text(self) -> str:
        return self._kept.decode("utf-8", "backslashreplace")

    def take(self) -> None:
        """Take what is there."""
        try:
            while chunk := os.read(self._reader, CHUNK_BYTES):
                self._kept += chunk
                del self._kept[:-KEPT_BYTES]
                if len(chunk) < CHUNK_BYTES:
                    return
        except BlockingIOError:
            return

    def close(self) -> None:
        os.close(self._reader)

"""The process that draws pages for the review desk: hostile documents are opened here and nowhere else.

Started as ``python -m goaltables.pipeline.review.picture_worker CONNECTION`` by
`goaltables.pipeline.review.pictures`, in a session of its own. It answers one request after the other with
the bytes of a picture, or with JSON that says why there is none; it ends when nobody asks for a while, when
the desk is gone, and when a page takes more CPU seconds or memory than it may. The document asked for last
stays open.
"""

from __future__ import annotations

import json
import math
import pickle
import resource
import sys
from multiprocessing.connection import Connection
from typing import Final

from goaltables.errors import DocumentError, EncryptedDocument, LimitExceeded
from goaltables.extractors.open_document import Limits, OpenedDocument, open_document
from goaltables.extractors.page_view import PageViews, View
from goaltables.pipeline.batch.sources.input_file import read_input
from goaltables.pipeline.review.picture_request import CHANGED, PICTURE, REFUSED, Request
from goaltables.pipeline.settings import ReadSettings
from goaltables.records import Box

IDLE_SECONDS: Final = 120.0


class FileChanged(DocumentError):
    """The file is there and is another one now."""

    error_class = CHANGED


class _Room:
    """The document that is open."""

    def __init__(self, settings: ReadSettings) -> None:
        self._settings = settings
        self._sha256 = ""
        self._opened: OpenedDocument | None = None
        self._views: PageViews | None = None

    def answer(self, request: Request) -> bytes:
        """Raises DocumentError."""
        if request.sha256 != self._sha256 or self._views is None:
            self._open(request)
        assert self._views is not None  # noqa: S101 - _open sets it or raises
        crop = Box(*request.crop) if request.crop is not None else None
        return self._views.jpeg(View(request.page, request.turn, request.dpi, crop))

    def _open(self, request: Request) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened = self._views = None
        self._sha256 = ""
        found = read_input(request.path, self._settings.max_bytes)
        if found.sha256 != request.sha256:
            raise FileChanged("the file is another one now; digitize it again")
        self._opened = self._with_password(found.data)
        self._views = PageViews(self._opened)
        self._sha256 = found.sha256

    def _with_password(self, data: bytes) -> OpenedDocument:
        limits = Limits(max_pages=self._settings.max_pages, max_megapixels=self._settings.max_megapixels)
        *others, last = (settings.password for settings in self._settings.each_password())
        for password in others:
            try:
                return open_document(data, password=password, limits=limits)
            except EncryptedDocument:
                continue
        return open_document(data, password=last, limits=limits)


def main(connection_fd: int) -> None:
    """Answer until the desk closes the connection, or asks nothing for a while."""
    with Connection(connection_fd) as connection:
        settings: ReadSettings = pickle.loads(connection.recv_bytes())  # noqa: S301 - from the desk
        limit = 2 * settings.memory_megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        room = _Room(settings)
        while connection.poll(IDLE_SECONDS):
            try:
                request: Request = pickle.loads(connection.recv_bytes())  # noqa: S301 - from the desk
            except EOFError:
                return
            _allow_cpu_seconds(settings.timeout)
            connection.send_bytes(_answer(room, request))


def _answer(room: _Room, request: Request) -> bytes:
    try:
        return PICTURE + room.answer(request)
    except DocumentError as error:
        error_class = error.error_class
    except MemoryError:
        error_class = LimitExceeded.error_class
    except Exception:  # a page of a hostile or odd file that no reader expected: it has no picture
        error_class = "internal"
    return REFUSED + json.dumps(error_class).encode()


def _allow_cpu_seconds(seconds: float) -> None:
    """Let this process use `seconds` more; then the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Pictures of pages for the review desk, drawn in a process of limited means, the last ones kept.

One process draws; while it does, others who ask wait their turn. When it dies of a page (a bomb, a crash),
that page has no picture and the next request starts another.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections import OrderedDict
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Final

from goaltables.pipeline.review.picture_request import CRASHED, OVER_LIMIT, PICTURE, Request
from goaltables.pipeline.settings import ReadSettings

WORKER: Final = "goaltables.pipeline.review.picture_worker"
KEPT_BYTES: Final = 8_000_000
ENVIRONMENT: Final = {"OMP_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1", "MALLOC_ARENA_MAX": "2"}


class NoPicture(Exception):
    """There is no picture of this page. `cause`: the class of a DocumentError, ``changed`` or ``crash``."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Pictures:
    """Draws and keeps pictures. Close it, or use ``with``: the process never outlives it."""

    def __init__(self, settings: ReadSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._kept: OrderedDict[Request, bytes] = OrderedDict()
        self._kept_bytes = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Pictures:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def jpeg(self, request: Request) -> bytes:
        """The picture that is asked for. Raises NoPicture."""
        with self._lock:
            if request in self._kept:
                self._kept.move_to_end(request)
                return self._kept[request]
            picture = self._drawn(request)
            self._keep(request, picture)
            return picture

    def close(self) -> None:
        with self._lock:
            self._end()

    def _keep(self, request: Request, picture: bytes) -> None:
        self._kept[request] = picture
        self._kept_bytes += len(picture)
        while self._kept_bytes > KEPT_BYTES and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._kept_bytes -= len(gone)

    def _drawn(self, request: Request) -> bytes:
        for attempt in (1, 2):
            connection = self._started()
            try:
                connection.send_bytes(pickle.dumps(request))
                # Its CPU seconds are the kernel's to count; the wall's leave room for a loaded machine.
                if not connection.poll(4 * self._settings.timeout + 30):
                    self._end()
                    raise NoPicture(OVER_LIMIT)
                answer = connection.recv_bytes()
                break
            except (EOFError, OSError):
                # The first time it may only have gone to rest, just when it was asked.
                exit_code = self._end()
                if attempt == 2 or exit_code != 0:
                    raise NoPicture(OVER_LIMIT if exit_code == -signal.SIGXCPU else CRASHED) from None
        kind, content = answer[:1], answer[1:]
        if kind == PICTURE:
            return content
        raise NoPicture(str(json.loads(content)))

    def _started(self) -> Connection:
        if self._connection is not None and self._process is not None and self._process.poll() is None:
            return self._connection
        self._end()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
                [sys.executable, "-P", "-m", WORKER, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                env=os.environ | ENVIRONMENT,
            )
        self._connection = Connection(ours.detach())
        self._connection.send_bytes(pickle.dumps(self._settings))
        return self._connection

    def _end(self) -> int:
        """End the process, if there is one; its exit code (0 also when there was none)."""
        if self._connection is not None:
            self._connection.close()
        process, self._process, self._connection = self._process, None, None
        if process is None:
            return 0
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(0.2)  # it may have ended by itself
        process.kill()
        return process.wait()

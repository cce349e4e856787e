"""Files of this machine, opened without trust.

A file is opened without blocking and without following a link at its end: a pipe called ``a.pdf`` would
otherwise stop the batch for ever, and a link swapped in at the last moment would lead out of the folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from goaltables.errors import UnreadableInput
from goaltables.pipeline.batch.sources.input_file import InputBytes, refuse_too_large

CHUNK_BYTES: Final = 1 << 20
FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalFiles:
    """See Files."""

    def state(self, path: bytes) -> str | None:
        try:
            return _state(os.lstat(path))
        except OSError:
            return None

    def exists(self, path: bytes) -> bool:
        return os.path.lexists(path)

    def head(self, path: bytes, count: int) -> bytes:
        try:
            descriptor = os.open(path, FLAGS)
        except OSError:
            return b""
        try:
            return os.read(descriptor, count)
        except OSError:
            return b""
        finally:
            os.close(descriptor)

    def read(self, path: bytes, max_bytes: int) -> InputBytes:
        with _opened(path) as (descriptor, before):
            refuse_too_large(before.st_size, max_bytes)
            with open(descriptor, "rb", closefd=False) as stream:
                data = stream.read(before.st_size + 1)
            after = os.fstat(descriptor)
            if _state(after) != _state(before) or len(data) != before.st_size:
                raise UnreadableInput("the file changed while it was read; run again when it is complete")
        return InputBytes.of(data, _state(before))

    def sha256(self, path: bytes, max_bytes: int, keep_going: Callable[[], bool]) -> tuple[str, str] | None:
        digest = hashlib.sha256()
        with _opened(path) as (descriptor, before):
            refuse_too_large(before.st_size, max_bytes)
            while chunk := os.read(descriptor, CHUNK_BYTES):
                digest.update(chunk)
                if not keep_going():
                    return None
        return digest.hexdigest(), _state(before)


def _state(found: os.stat_result) -> str:
    """Size, times, inode, device. The change time is in it because ``cp -p`` and ``touch -r`` bring back an
    old modification time.
    """
    return f"{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_ino}:{found.st_dev}"


@contextmanager
def _opened(path: bytes) -> Iterator[tuple[int, os.stat_result]]:
    try:
        descriptor = os.open(path, FLAGS)
    except OSError as error:
        raise UnreadableInput(f"the file cannot be opened: {error.strerror}") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableInput("this is not a regular file (a pipe, device, socket or folder)")
        yield descriptor, found
    except OSError as error:
        raise UnreadableInput(f"the file cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)

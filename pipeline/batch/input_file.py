"""One input file: opened without trust, read once.

What is hashed is what is parsed: the bytes are read a single time into memory, and the file's state is
compared before and after, so a file that is replaced under our hands is noticed. The file is opened
without blocking and without following a link at its end: a pipe called ``a.pdf`` would otherwise stop the
batch for ever, and a link swapped in at the last moment would lead out of the folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from goaltables.errors import LimitExceeded, UnreadableInput

CHUNK_BYTES: Final = 1 << 20
FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC

# What the first bytes say, whatever the name says. (offset, bytes, media type)
MAGIC: Final = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xef\xbb\xbf%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"II+\x00", "image/tiff"),
    (0, b"MM\x00+", "image/tiff"),
)
HEAD_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class FileState:
    """What a stat says about a file's content: equal states mean, for all practical purposes, equal bytes.

    The change time is in it because ``cp -p`` and ``touch -r`` bring back an old modification time.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, found: os.stat_result) -> FileState:
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)


@dataclass(frozen=True, slots=True)
class InputBytes:
    """The content of an input, its hash and the state of the file it was read from."""

    data: bytes
    sha256: str
    state: FileState


def sniff_media_type(head: bytes) -> str | None:
    """The media type of a document by its first bytes, None when it is no kind of document we know."""
    for offset, magic, media_type in MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return media_type
    return None


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


def _refuse_too_large(found: os.stat_result, max_bytes: int) -> None:
    if found.st_size > max_bytes:
        raise LimitExceeded(
            f"the file has {found.st_size} bytes and {max_bytes} are allowed; raise max_megabytes"
        )


def read_input(path: bytes, max_bytes: int) -> InputBytes:
    """Read a file once. Raises UnreadableInput (also when it changes meanwhile) and LimitExceeded."""
    with _opened(path) as (descriptor, before):
        _refuse_too_large(before, max_bytes)
        with open(descriptor, "rb", closefd=False) as stream:
            data = stream.read(max_bytes + 1)
        after = os.fstat(descriptor)
        if FileState.of(after) != FileState.of(before) or len(data) != before.st_size:
            raise UnreadableInput("the file changed while it was read; run again when it is complete")
    return InputBytes(data, hashlib.sha256(data).hexdigest(), FileState.of(before))


def hash_input(
    path: bytes, max_bytes: int, keep_going: Callable[[], bool] = lambda: True
) -> tuple[str, FileState] | None:
    """The sha256 of a file without holding it in memory, and its state; None when told to stop.

    Raises UnreadableInput and LimitExceeded.
    """
    digest = hashlib.sha256()
    with _opened(path) as (descriptor, before):
        _refuse_too_large(before, max_bytes)
        while chunk := os.read(descriptor, CHUNK_BYTES):
            digest.update(chunk)
            if not keep_going():
                return None
    return digest.hexdigest(), FileState.of(before)

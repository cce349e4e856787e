"""One input, wherever it lies: its state, its hash, its bytes.

What is hashed is what is parsed: the bytes are read a single time, and a file that changes under our hands is
noticed. A *state* says about a file's content what can be had without reading it; equal states mean, for all
practical purposes, equal bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from goaltables.errors import LimitExceeded
from goaltables.extractors.files import sniff
from goaltables.pipeline.batch.remote import is_url

HEAD_BYTES: Final = 16

# Taken for a PDF here as by every reader, though the header does not come first.
PDF_AFTER_MARK: Final = b"\xef\xbb\xbf%PDF-"


@dataclass(frozen=True, slots=True)
class InputBytes:
    """The content of an input, its hash and the state of the file it was read from."""

    data: bytes
    sha256: str
    state: str

    @classmethod
    def of(cls, data: bytes, state: str) -> InputBytes:
        return cls(data, hashlib.sha256(data).hexdigest(), state)


class Files(Protocol):
    """A kind of place: this machine's files, or those behind URLs."""

    def state(self, path: bytes) -> str | None:
        """The state of a file now, None when it is gone."""
        ...

    def exists(self, path: bytes) -> bool: ...

    def head(self, path: bytes, count: int) -> bytes:
        """The first bytes, none when they cannot be had."""
        ...

    def read(self, path: bytes, max_bytes: int) -> InputBytes:
        """Raises UnreadableInput (also when the file changes meanwhile) and LimitExceeded."""
        ...

    def sha256(self, path: bytes, max_bytes: int, keep_going: Callable[[], bool]) -> tuple[str, str] | None:
        """The hash of a file without holding it in memory, and its state; None when told to stop.

        Raises UnreadableInput and LimitExceeded.
        """
        ...


def stated_size(state: str) -> int:
    """The size in bytes, with which every state begins."""
    size = state.partition(":")[0]
    return int(size) if size.isdecimal() else 0


def files_at(path: bytes) -> Files:
    """The place a path points into."""
    if is_url(path):
        from goaltables.pipeline.batch.sources.remote_file import RemoteFiles  # brings fsspec

        return RemoteFiles()
    from goaltables.pipeline.batch.sources.local_file import LocalFiles

    return LocalFiles()


def read_input(path: bytes, max_bytes: int) -> InputBytes:
    """See Files.read."""
    return files_at(path).read(path, max_bytes)


def hash_input(
    path: bytes, max_bytes: int, keep_going: Callable[[], bool] = lambda: True
) -> tuple[str, str] | None:
    """See Files.sha256."""
    return files_at(path).sha256(path, max_bytes, keep_going)


def sniff_media_type(head: bytes) -> str | None:
    """The media type of a document by its first bytes, None when it is no kind of document we know."""
    known = (*sniff.READ, (PDF_AFTER_MARK, sniff.PDF))
    return next((media_type for magic, media_type in known if head.startswith(magic)), None)


def refuse_too_large(size: int, max_bytes: int) -> None:
    """Raises LimitExceeded."""
    if size > max_bytes:
        raise LimitExceeded(f"the file has {size} bytes and {max_bytes} are allowed; raise max_megabytes")

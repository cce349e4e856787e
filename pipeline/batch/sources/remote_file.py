"""Files behind URLs. The store's own mark of the content (an ETag, a generation) is the state."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from goaltables.errors import DocumentError, UnreadableInput
from goaltables.pipeline.batch.remote import mark_of, opened
from goaltables.pipeline.batch.sources.input_file import InputBytes, refuse_too_large

CHUNK_BYTES: Final = 4 << 20
CHANGED: Final = "the file changed while it was read; run again when it is complete"


class RemoteFiles:
    """See Files."""

    def state(self, path: bytes) -> str | None:
        try:
            with _at(path) as (fs, place):
                return mark_of(fs.info(place))
        except UnreadableInput:
            return None

    def exists(self, path: bytes) -> bool:
        return self.state(path) is not None

    def head(self, path: bytes, count: int) -> bytes:
        try:
            with _at(path) as (fs, place):
                return bytes(fs.cat_file(place, start=0, end=count))
        except UnreadableInput:
            return b""

    def read(self, path: bytes, max_bytes: int) -> InputBytes:
        with _at(path) as (fs, place):
            before = fs.info(place)
            refuse_too_large(int(before["size"] or 0), max_bytes)
            data = bytes(fs.cat_file(place))
            if mark_of(fs.info(place)) != mark_of(before) or len(data) != before["size"]:
                raise UnreadableInput(CHANGED)
        return InputBytes.of(data, mark_of(before))

    def sha256(self, path: bytes, max_bytes: int, keep_going: Callable[[], bool]) -> tuple[str, str] | None:
        digest, read = hashlib.sha256(), 0
        with _at(path) as (fs, place):
            before = fs.info(place)
            refuse_too_large(int(before["size"] or 0), max_bytes)
            with fs.open(place, "rb", block_size=CHUNK_BYTES, cache_type="none") as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    digest.update(chunk)
                    read += len(chunk)
                    if not keep_going():
                        return None
            if read != before["size"]:
                raise UnreadableInput(CHANGED)
        return digest.hexdigest(), mark_of(before)


@contextmanager
def _at(path: bytes) -> Iterator[tuple[Any, str]]:
    """The file system and the place in it; whatever a store raises is UnreadableInput."""
    fs, place = opened(path.decode("utf-8", "surrogateescape"))
    try:
        yield fs, place
    except FileNotFoundError as error:
        raise UnreadableInput("the file is not there") from error
    except DocumentError:
        raise
    except Exception as error:  # what a store raises depends on the store
        raise UnreadableInput(f"the file cannot be read: {type(error).__name__}") from error

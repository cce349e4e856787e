"""The clock of the pages: tells whoever supervises that a reader goes on to its next page.

A long document needs more time than a short one, and only its reader knows how many pages it has. So the
reader calls ``page_begins`` before each page, and the worker process that reads the document gives the page
its own CPU seconds and reports the progress. Outside a worker nobody listens and the call does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

PageListener: TypeAlias = Callable[[int, int], None]

_listener: ContextVar[PageListener | None] = ContextVar("page_listener", default=None)


def page_begins(page: int, page_count: int) -> None:
    """Say that page `page` (from 1) of `page_count` is read next."""
    listener = _listener.get()
    if listener is not None:
        listener(page, page_count)


@contextmanager
def listening(listener: PageListener) -> Iterator[None]:
    """Let `listener` hear of every page that begins inside the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)

"""Ctrl-C and SIGTERM: stop soon, with the write in hand finished, so that the next run goes on from there."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """The run was told to stop while it did something that may be broken off anywhere."""


class StopRequest:
    """Notes that the run was told to stop; its loop asks `signum` at least every fraction of a second.

    Handlers are only set in the main thread, elsewhere nobody sends us signals; the old ones come back.
    """

    def __init__(self) -> None:
        self.signum: int | None = None
        self._may_break_off = False
        self._old: dict[int, object] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                self._old[number] = signal.signal(number, self._note)
            # Some job schedulers leave it ignored; then nobody learns how a worker ended.
            self._old[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def __bool__(self) -> bool:
        return self.signum is not None

    @contextmanager
    def breakable(self) -> Iterator[None]:
        """A signal inside the block raises Interrupted at once: for long work that leaves no half result."""
        self._may_break_off = True
        try:
            if self.signum is not None:
                raise Interrupted
            yield
        finally:
            self._may_break_off = False

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.signum = number
        if self._may_break_off:
            self._may_break_off = False
            raise Interrupted

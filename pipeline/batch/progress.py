"""What people and log collectors see while a batch runs. Everything goes to stderr.

A bar when stderr is a terminal, plain lines when it is not, JSON lines with ``--log-format json``.
File names come here already made printable; what a worker printed is escaped, so that a document can write
neither a second log line nor a terminal command.
"""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Protocol, TextIO

from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.messages import failure_label, say
from goaltables.pipeline.record_messages import say_failure

LINE_SECONDS: Final = 10.0
LOG_CHARACTERS: Final = 4_000


class Progress(Protocol):
    """Hears what the batch does. `recorded` has no message when the record is that of an earlier run."""

    def begin(self, to_do: int, unchanged: int) -> None: ...
    def page_done(self, shown: str, page: int, page_count: int) -> None: ...
    def recorded(self, shown: str, counts: Counts, message: str) -> None: ...
    def log(self, level: str, text: str) -> None: ...
    def end(self) -> None: ...


class SilentProgress:
    """Says nothing: for callers that only want the summary."""

    def begin(self, to_do: int, unchanged: int) -> None: ...
    def page_done(self, shown: str, page: int, page_count: int) -> None: ...
    def recorded(self, shown: str, counts: Counts, message: str) -> None: ...
    def log(self, level: str, text: str) -> None: ...
    def end(self) -> None: ...


class JsonProgress:
    """One JSON object a line, for log collectors."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def begin(self, to_do: int, unchanged: int) -> None:
        self._write({"event": "begin", "to_do": to_do, "unchanged": unchanged})

    def page_done(self, shown: str, page: int, page_count: int) -> None:
        self._write({"event": "page", "path": shown, "page": page, "page_count": page_count})

    def recorded(self, shown: str, counts: Counts, message: str) -> None:
        line: dict[str, object] = {"event": "document", "path": shown, "status": counts.status}
        if counts.status == "failed":
            line |= {"class": counts.error_class, "message": message}
        else:
            line |= {"tables": counts.tables, "indicators": counts.indicators}
        self._write(line)

    def log(self, level: str, text: str) -> None:
        self._write({"event": "log", "level": level, "text": text[-LOG_CHARACTERS:]})

    def end(self) -> None: ...

    def summary(self, content: Mapping[str, object]) -> None:
        self._write({"event": "end", **content})

    def _write(self, content: Mapping[str, object]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        print(json.dumps({"time": now, **content}, ensure_ascii=False), file=self._stream, flush=True)


class _Pace:
    """How far the work is, and when it may be done."""

    def __init__(self, to_do: int) -> None:
        self.to_do = to_do
        self.done = self.pages = 0
        self._started = time.monotonic()

    def text(self) -> str:
        seconds = max(time.monotonic() - self._started, 1e-9)
        rate = f"{self.pages / seconds:.1f}"
        if not self.done:  # nobody knows yet how long it takes
            return say("pace-at-first", done=self.done, total=self.to_do, rate=rate)
        left = _duration((self.to_do - self.done) * seconds / self.done)
        return say("pace", done=self.done, total=self.to_do, rate=rate, left=left)


class PlainProgress:
    """A line for each document that failed and every few seconds one that says how far the work is."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._pace = _Pace(0)
        self._next_line = 0.0

    def begin(self, to_do: int, unchanged: int) -> None:
        self._pace = _Pace(to_do)
        self._next_line = time.monotonic() + LINE_SECONDS
        self._line(say("begin", to_do=to_do, unchanged=unchanged))

    def page_done(self, shown: str, page: int, page_count: int) -> None:  # noqa: ARG002
        self._pace.pages += 1
        self._tick()

    def recorded(self, shown: str, counts: Counts, message: str) -> None:
        self._pace.done += 1
        if counts.status == "failed" and message:
            self._line(failure_line(shown, counts, message))
        self._tick()

    def log(self, level: str, text: str) -> None:
        if level == "error":
            self._line(printable(text[-LOG_CHARACTERS:]))

    def end(self) -> None: ...

    def _tick(self) -> None:
        if time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LINE_SECONDS
            self._line(self._pace.text())

    def _line(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class BarProgress:
    """A Rich bar; documents that failed are printed above it."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._pace = _Pace(0)
        self._bar = Progress(
            BarColumn(),
            TextColumn("{task.fields[pace]}", markup=False),
            TextColumn("{task.description}", markup=False),
            console=Console(file=stream),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, pace="")

    def begin(self, to_do: int, unchanged: int) -> None:  # noqa: ARG002
        self._pace = _Pace(to_do)
        self._bar.update(self._task, total=to_do)
        if to_do:
            self._bar.start()

    def page_done(self, shown: str, page: int, page_count: int) -> None:
        self._pace.pages += 1
        short = shown if len(shown) <= 30 else f"…{shown[-29:]}"
        self._bar.update(self._task, pace=self._pace.text(), description=f"{short} {page}/{page_count}")

    def recorded(self, shown: str, counts: Counts, message: str) -> None:
        self._pace.done += 1
        self._bar.update(self._task, advance=1, pace=self._pace.text())
        if counts.status == "failed" and message:
            self._print(failure_line(shown, counts, message))

    def log(self, level: str, text: str) -> None:
        if level == "error":
            self._print(printable(text[-LOG_CHARACTERS:]))

    def end(self) -> None:
        self._bar.stop()

    def _print(self, text: str) -> None:
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


def make_progress(log_format: str, stream: TextIO | None = None) -> Progress:
    """The progress that fits the place stderr leads to."""
    stream = stream or sys.stderr
    if log_format == "json":
        return JsonProgress(stream)
    return BarProgress(stream) if stream.isatty() else PlainProgress(stream)


def failure_line(shown: str, counts: Counts, message: str) -> str:
    """One line for a person about a document that failed."""
    why = printable(say_failure(message))
    return say("document-failed", path=shown, label=failure_label(counts.error_class), message=why)


def printable(text: str) -> str:
    """Text with its control characters shown as escapes; line breaks stay, indented."""
    lines = [
        "".join(
            c.encode("unicode_escape").decode() if unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c
            for c in line
        )
        for line in text.splitlines()
    ]
    return "\n    ".join(lines)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"

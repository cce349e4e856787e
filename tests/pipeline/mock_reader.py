"""A reader for the tests alone. The "document" is JSON (after a PDF's first line) that says what to do.

Tika's MockParser idea: a batch is only known to survive a crash when something crashes in it. What stands at
the top happens on every page, what stands under ``page 3`` on that page, ``on open`` and ``on make`` when the
document is opened and when its record is made.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from goaltables.document import Document, DocumentSource, EngineIdentity, Finding, GoalTable, Indicator
from goaltables.errors import EncryptedDocument, MalformedDocument, document_error
from goaltables.pipeline.page_outcome import FileFacts, PageOutcome, Reader
from goaltables.pipeline.settings import ReadSettings, package_version
from goaltables.records import Box, PageGeometry, PageReading, PageRoute, Route, TextLine, Unit

HEAD = b"%PDF-mock\n"
WHOLE = Box(0.0, 0.0, 0.1, 1 / 3)


def script(**actions: Any) -> bytes:
    """The bytes of a mock document."""
    return HEAD + json.dumps(actions).encode()


def on_page(number: int, **actions: Any) -> dict[str, Any]:
    """Actions of one page, for `script`."""
    return {f"page {number}": actions}


class MockPages:
    """An open mock document."""

    def __init__(self, data: bytes, settings: ReadSettings) -> None:
        if not data.startswith(HEAD):
            raise MalformedDocument("this is no mock document")
        self._actions = json.loads(data.removeprefix(HEAD))
        _act(self._actions.get("on open", {}))
        if (wanted := self._actions.get("password")) and wanted != settings.password:
            raise EncryptedDocument("the document needs a password")
        pages = self._actions.get("pages", 1)
        text = json.dumps(self._actions)
        self.facts = FileFacts(hashlib.sha256(data).hexdigest(), len(data), "application/pdf", pages, text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def read(self, number: int) -> PageOutcome:
        _act(self._actions)
        _act(self._actions.get(f"page {number}", {}))
        lines = (TextLine(f"page {number}", WHOLE, 0.1 + 0.2, "mock"),)
        return PageOutcome(
            number,
            PageReading(PageGeometry(number, 1.0, 1.0, Unit.POINT), PageRoute(Route.TEXT, "mock"), (), lines),
        )


def make_document(
    facts: FileFacts, outcomes: Sequence[PageOutcome], path: str, settings: ReadSettings
) -> Document:
    """A record that shows every page: what was read on it, or why it could not be."""
    actions = json.loads(facts.text_reader)
    _act(actions.get("on make", {}))
    lost = [(outcome.number, outcome.failure) for outcome in outcomes if outcome.failure is not None]
    if len(lost) == len(outcomes):
        raise document_error(lost[0][1].error_class, lost[0][1].message)
    indicators = [Indicator(name=name, full_name=name) for name in actions.get("names", ["a"])]
    texts = {
        line.text: f"{line.box.y1} {line.confidence}"
        for outcome in outcomes
        if outcome.reading is not None
        for line in outcome.reading.lines
    }
    title = "x" * actions.get("title", 1)
    return Document(
        status="partial" if lost else actions.get("status", "ok"),
        source=DocumentSource(
            path=path,
            sha256=facts.sha256,
            bytes=facts.size,
            media_type=facts.media_type,
            page_count=facts.page_count,
        ),
        tables=[GoalTable(id="t1", form="project", title=title, fields=texts, indicators=indicators)],
        findings=[
            Finding(code="page-failed", severity="error", message=f"{n}: {f.error_class}: {f.message}")
            for n, f in lost
        ]
        + [
            Finding(code="row-total-mismatch", severity=severity, message="made up")
            for severity in actions.get("findings", [])
        ],
        engine=EngineIdentity(
            goaltables=package_version(), reader="mock", model="", config_sha256=settings.config_sha256()
        ),
    )


mock_reader = Reader(MockPages, make_document)


def _act(actions: dict[str, Any]) -> None:
    for action, value in actions.items():
        if action in ACTIONS:
            ACTIONS[action](value)


def _spin(_: object) -> None:
    while True:
        pass


def _spin_seconds(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def _allocate(megabytes: int) -> None:
    held = [bytes([1]) * 1_000_000 for _ in range(megabytes)]
    time.sleep(5)
    del held


def _raise(name: str) -> None:
    kinds: dict[str, type[BaseException]] = {
        "MemoryError": MemoryError,
        "RecursionError": RecursionError,
        "ValueError": ValueError,
    }
    raise kinds[name]("on purpose")


def _start_child(path: str) -> None:
    """A child as Tesseract would be one: it outlives its parent unless somebody ends it."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(path).write_text(str(child.pid), encoding="ascii")


def _count(path: str) -> None:
    with Path(path).open("a", encoding="ascii") as log:
        log.write(f"{os.getpid()}\n")


ACTIONS: dict[str, Any] = {
    "count": _count,
    "child": _start_child,
    "flood": lambda megabytes: os.write(2, b"noise\x1b[31m\n" * (megabytes * 100_000)),
    "spin_seconds": _spin_seconds,
    "sleep": time.sleep,
    "allocate": _allocate,
    "raise": _raise,
    "exit": os._exit,
    "signal": lambda number: os.kill(os.getpid(), number),
    "abort": lambda _: os.kill(os.getpid(), signal.SIGABRT),
    "spin": _spin,
}

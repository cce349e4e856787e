"""A reader for the tests alone. The "document" is JSON (after a PDF's first line) that says what to do.

Tika's MockParser idea: a batch is only known to survive a crash when something crashes in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from goaltables.document import Document, DocumentSource, EngineIdentity, Finding, GoalTable, Indicator
from goaltables.errors import EncryptedDocument, MalformedDocument
from goaltables.pipeline.batch.page_clock import page_begins
from goaltables.pipeline.settings import ReadSettings, package_version

HEAD = b"%PDF-mock\n"


def script(**actions: Any) -> bytes:
    """The bytes of a mock document."""
    return HEAD + json.dumps(actions).encode()


def mock_reader(data: bytes, *, path: str, settings: ReadSettings) -> Document:
    """Do what the document says, then make a record of it."""
    if not data.startswith(HEAD):
        raise MalformedDocument("this is no mock document")
    actions = json.loads(data.removeprefix(HEAD))
    pages = actions.get("pages", 1)
    for page in range(1, pages + 1):
        page_begins(page, pages)
        for action, value in actions.items():
            if action in ACTIONS:
                ACTIONS[action](value)
    if (wanted := actions.get("password")) and wanted != settings.password:
        raise EncryptedDocument("the document needs a password")
    indicators = [Indicator(name=name, full_name=name) for name in actions.get("names", ["a"])]
    return Document(
        status=actions.get("status", "ok"),
        source=DocumentSource(
            path=path,
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
            media_type="application/pdf",
            page_count=pages,
        ),
        tables=[
            GoalTable(id="t1", form="project", title="x" * actions.get("title", 1), indicators=indicators)
        ],
        findings=[
            Finding(code="row-total-mismatch", severity=severity, message="made up")
            for severity in actions.get("findings", [])
        ],
        engine=EngineIdentity(
            goaltables=package_version(), reader="mock", model="", config_sha256=settings.config_sha256()
        ),
    )


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

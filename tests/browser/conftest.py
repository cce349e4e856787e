"""A real browser for the tests: Debian's Chromium, driven by Playwright's Python package.

Nothing is downloaded: Playwright's own browsers are not used. Every page of a test is watched: an error on
its console, an exception in its script, a dialog, or a request to anywhere but its own place fails the test.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goaltables.pipeline.cli import run_command

sys.path.append(str(Path(__file__).parents[1] / "pipeline"))
from made_record import GOALS, made_document, made_table, write_record

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "documents"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
MISSING = "Chromium is not installed: sudo apt-get install chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.is_file():
                item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the whole session: while Playwright runs, its event loop is that of the thread."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()  # root has none
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *sandbox])
        yield chromium
        chromium.close()


OpenFile = Callable[..., "Page"]


@pytest.fixture
def open_file(browser: Browser) -> Iterator[OpenFile]:
    """Opens a page of HTML from the disk: ``open_file(path, width=1400, scheme="dark")``."""
    contexts = []
    errors: list[str] = []

    def start(path: Path, *, width: int = 1400, height: int = 900, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        own = path.resolve().as_uri()

        def asked(url: str) -> None:
            if url.partition("#")[0] != own and not url.startswith("data:"):
                errors.append(f"foreign request: {url}")

        page.on("request", lambda request: asked(request.url))
        page.on("console", lambda message: errors.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: errors.append(f"script: {error}"))
        page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
        page.goto(own)
        return page

    yield start
    for context in contexts:
        context.close()
    assert errors == []


@contextmanager
def running_desk(out: Path, *options: str) -> Iterator[str]:
    """The desk of OUT as people start it; its address."""
    command = [sys.executable, "-m", "goaltables", "review", str(out), "--port", "0", "--reviewer", "测试员"]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        match = re.search(r"(http://[\d.:]+)/", process.stderr.readline())
        assert match
        try:
            yield match[1]
        finally:
            process.terminate()
            process.wait(20)


class Watched:
    """Opens pages of a desk and keeps what went wrong on them."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.base = base
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []
        self.expected = re.compile("(?!)")

    def person(self, **options: object) -> Page:
        """A page in a browser of its own: another person."""
        context = self._browser.new_context(viewport={"width": 1280, "height": 800}, **options)  # type: ignore[arg-type]
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.on("dialog", lambda dialog: self._note("error", f"dialog: {dialog.message}"))
        page.on("request", lambda request: self._ask(request.url))
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not self.expected.search(text):
            self.errors.append(f"{kind}: {text}")

    def _ask(self, url: str) -> None:
        if not url.startswith((self.base + "/", "data:", "blob:")):
            self.errors.append(f"foreign request: {url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()


OpenDesk = Callable[..., Watched]


@pytest.fixture
def open_desk(browser: Browser) -> Iterator[OpenDesk]:
    """Starts a desk of an OUT and gives people who look at it."""
    with ExitStack() as stack:
        opened: list[Watched] = []

        def start(out: Path, *options: str) -> Watched:
            watched = Watched(browser, stack.enter_context(running_desk(out, *options)))
            stack.callback(watched.close)
            opened.append(watched)
            return watched

        yield start
        assert [error for watched in opened for error in watched.errors] == []


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed's digital document, read: its folder holds ``in`` and ``out``."""
    folder = tmp_path_factory.mktemp("seed")
    (folder / "in").mkdir()
    (folder / "in" / "seed.pdf").write_bytes((FIXTURES / "seed_digital.pdf").read_bytes())
    assert run_command(["digitize", str(folder / "in"), "--out", str(folder / "out"), "--workers", "1"]) == 0
    return folder


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A made record, without its original."""
    cut = (("质量指标", "护边员执勤补助发放准确", "=100%", 0.99), *GOALS)
    write_record(tmp_path, made_document(made_table(goals=cut, cut=(cut[0][1],))))
    return tmp_path

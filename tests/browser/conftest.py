"""A real browser for the tests: Debian's Chromium, driven by Playwright's Python package.

Nothing is downloaded: Playwright's own browsers are not used. Every page of a test is watched: an error on
its console, a dialog, or a request to anywhere but the page's own file fails the test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
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

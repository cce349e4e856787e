"""Makes the pictures of docs/review.md from the project's own fixtures, in Debian's Chromium.

    python docs/examples/show_desk.py

Reads two fixtures into a folder of its own, opens the review desk over it and works as a person would.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
INPUTS = ("seed_scan.pdf", "project_page.png", "seed_digital.pdf")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
COLOURS = 128


def goaltables(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "goaltables", *arguments]


@contextmanager
def desk(out: Path) -> Iterator[str]:
    command = goaltables("review", str(out), "--port", "0", "--reviewer", "王审核", "--sample", "0.04")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stderr is not None  # noqa: S101
        match = re.search(r"(http://[\d.:]+)/", process.stderr.readline())
        assert match  # noqa: S101
        yield match[1]
        process.terminate()


def keep(page: Page, name: str) -> None:
    """A picture of what is on the screen, small enough for a repository."""
    page.wait_for_timeout(1500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    PICTURES.mkdir(exist_ok=True)
    picture.quantize(COLOURS).save(PICTURES / name, optimize=True)


def show(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_role("link", name="seed_scan.pdf").first.click()
    page.wait_for_selector(".row.current")
    page.wait_for_function("() => document.querySelector('.sheet img').complete")
    for key in ("Enter", "Enter", "j", "f", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("button", name="904.78").first.click()
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("903.78")
    keep(page, "desk-arithmetic.png")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("大学生村官工资及社保发放准确率")
    page.keyboard.press("Enter")
    keep(page, "desk.png")
    page.click("#grid-button")
    page.wait_for_selector(".box.cell")
    for number in (20, 21):
        page.locator(".box.cell").nth(number).click()
    keep(page, "desk-grid.png")
    page.goto(base)
    keep(page, "desk-queue.png")
    page.click("#language")
    page.wait_for_selector("html[lang=en]")
    page.set_viewport_size({"width": 480, "height": 900})
    page.get_by_role("link", name="seed_scan.pdf").first.click()
    page.wait_for_selector(".row.current")
    keep(page, "desk-narrow-english.png")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        inputs, out = Path(folder) / "in", Path(folder) / "out"
        inputs.mkdir()
        for name in INPUTS:
            shutil.copy(ROOT / "fixtures" / "documents" / name, inputs)
        subprocess.run(goaltables("digitize", str(inputs), "--out", str(out)), check=True)  # noqa: S603
        with desk(out) as base, sync_playwright() as started:
            browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            show(browser.new_page(viewport={"width": 1360, "height": 850}), base + "/")
            browser.close()


if __name__ == "__main__":
    main()

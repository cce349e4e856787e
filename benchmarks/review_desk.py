"""How fast the review desk goes from key to next cell, and what it weighs.

    python benchmarks/review_desk.py OUT [--documents N] [--keys N]

Opens the documents of OUT that need a person most in Debian's Chromium and walks their queue with J and
Enter. The time of a step runs from the keydown event until the browser has painted the frame in which the
next cell is framed on its page, page picture and all. Decisions go to a copy of OUT, which is thrown away.
Printed as JSON: milliseconds and megabytes (resident, peak) of the server and of the process that draws
pages.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]

# Notes when a key goes down, and when the frame that shows another framed cell has been painted: a task
# after the animation frame runs when that frame is on its way to the screen.
WATCH = """() => {
  window.steps = [];
  const framed = () => document.querySelector(".box.current")?.dataset.key ?? null;
  const pictures = () => [...document.querySelectorAll(".sheet img")];
  const shown = () => pictures().every((image) => image.complete && image.naturalWidth > 0);
  addEventListener("keydown", (event) => {
    if (!["j", "Enter"].includes(event.key)) return;
    const begun = event.timeStamp, before = framed();
    const look = () => requestAnimationFrame(() => {
      const now = framed();
      if (now === null || now === before || !shown()) {
        if (performance.now() - begun < 5000) look();
        return;
      }
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.steps.push({ key: event.key, ms: performance.now() - begun });
      channel.port2.postMessage(null);
    });
    look();
  }, true);
}"""


@contextmanager
def desk(out: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The desk of OUT, and its address."""
    command = [sys.executable, "-m", "goaltables", "review", str(out), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        match = re.search(r"(http://[\d.:]+)/", process.stderr.readline())
        assert match
        try:
            yield process, match[1]
        finally:
            process.terminate()


def peak_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def walk(page: Page, url: str, keys: int) -> list[dict[str, Any]]:
    """The steps through the queue of one document, alternately to look and to accept."""
    page.goto(url)
    page.wait_for_selector(".row.current")
    page.wait_for_function("() => [...document.querySelectorAll('.sheet img')].every((i) => i.complete)")
    page.wait_for_timeout(700)  # the next page's picture is fetched meanwhile, as it is while a person reads
    page.evaluate(WATCH)
    for number in range(keys):
        if page.evaluate("document.querySelector('.row.current') === null"):
            break
        page.keyboard.press("j" if number % 2 else "Enter")
        page.wait_for_timeout(120)  # nobody types faster
    page.wait_for_timeout(300)
    return list(page.evaluate("window.steps"))


def measure(out: Path, documents: int, keys: int) -> dict[str, Any]:
    """Walk the queues of some documents of OUT."""
    with desk(out) as (process, base), sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(base + "/")
        page.wait_for_selector(".documents tbody tr")
        links = page.eval_on_selector_all(".documents th a", "(all) => all.map((a) => a.href)")
        steps: list[dict[str, Any]] = []
        drawing = 0.0
        for link in links[:documents]:
            steps += walk(page, link, keys)
            drawing = max([drawing, *map(peak_megabytes, children(process.pid))])
        page.goto(base + "/")
        browser.close()
        server = peak_megabytes(process.pid)
    times = sorted(step["ms"] for step in steps)
    return {
        "documents": min(documents, len(links)),
        "steps": len(times),
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(0.95 * (len(times) - 1))], 1),
        "worst_ms": round(times[-1], 1),
        "over_100_ms": sum(time > 100 for time in times),
        "server_peak_mb": round(server, 1),
        "drawing_peak_mb": round(drawing, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--keys", type=int, default=40)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "out"
        shutil.copytree(chosen.out, copy)
        print(json.dumps(measure(copy, chosen.documents, chosen.keys), indent=1))


if __name__ == "__main__":
    main()

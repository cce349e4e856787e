"""What reading a page costs and how well it reads, beside rapidocr's own full page, in one run.

    python -m fixtures.make_stress --pictures --documents 40 --seed 5 --out FOLDER
    python -m benchmarks.reading FOLDER [--pages N]

Three readers take turns on each page: the exact one, the fast one, and rapidocr as it comes (its detector,
classifier and recogniser, default settings) on the picture of the page at the same resolution. CPU seconds a
page are all of a page: turning it upright, its grid, its cells. The share of true cells right is counted over
the cells that ours found; rapidocr's boxes are joined, top to bottom and left to right, in the true cell that
holds their middle. Pages that are turned are left out, rapidocr reads none of them.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from fixtures.cell_truth import TrueDocument, folded, true_documents, with_truth
from goaltables.extractors.engines import build_engine
from goaltables.extractors.open_document import OpenedDocument, open_document
from goaltables.extractors.route import route_page
from goaltables.extractors.scanned_page import USUAL_DPI, read_scanned_page
from goaltables.normalizers.rereading.reread import reread
from goaltables.records import Box, Image, LineReading, OcrEngine, PageReading, Route


@dataclass(slots=True)
class Tally:
    """Of one reader: CPU seconds of each page, cells right of cells, lines read and the time they took."""

    seconds: list[float] = field(default_factory=list)
    right: int = 0
    cells: int = 0
    lines: int = 0
    line_seconds: float = 0.0

    def count(self, read: str, truth: str) -> None:
        self.cells += 1
        self.right += folded(read) == folded(truth)


class Timed:
    """An engine whose lines are counted and timed."""

    def __init__(self, engine: OcrEngine, tally: Tally) -> None:
        self.name, self.version, self.licence = engine.name, engine.version, engine.licence
        self._engine, self._tally = engine, tally

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        start = time.process_time()
        readings = self._engine.read(lines)
        self._tally.line_seconds += time.process_time() - start
        self._tally.lines += len(lines)
        return readings


def read_ours(opened: OpenedDocument, number: int, engine: Timed) -> tuple[PageReading, float]:
    """The page as read, and the CPU seconds it took."""
    start = time.process_time()
    page = read_scanned_page(opened, number, route_page(opened, number), engine)
    (read,) = reread([page])
    return read, time.process_time() - start


def count_cells(read: PageReading, document: TrueDocument, tally: Tally) -> None:
    for cell, truth in with_truth(read, document):
        if folded(truth):
            tally.count(cell.text, truth)


def read_theirs(
    opened: OpenedDocument, number: int, document: TrueDocument, engine: Any, tally: Tally
) -> None:
    picture = opened.picture(number, USUAL_DPI)
    scale = opened.page_geometry(number).width / picture.shape[1]
    start = time.process_time()
    output = engine(picture)
    tally.seconds.append(time.process_time() - start)
    texts = [] if output.boxes is None else list(zip(output.boxes, output.txts, strict=True))
    placed = [(*(box.mean(axis=0) * scale), text) for box, text in texts]
    for box, truth in document.cells[number]:
        if folded(truth):
            tally.count("".join(_inside(placed, box)), truth)


def _inside(placed: Sequence[tuple[float, float, str]], box: Box) -> Iterator[str]:
    inside = [(round(y / 8), x, text) for x, y, text in placed if box.holds(x, y)]
    yield from (text for _, _, text in sorted(inside))


def pages_of(folder: Path, most: int) -> Iterator[tuple[OpenedDocument, int, TrueDocument]]:
    """The first pages of documents that are read from their picture."""
    found = 0
    for document in true_documents(folder):
        with open_document(document.data) as opened:
            number = min(document.cells, default=0)
            if number and route_page(opened, number).route is Route.OCR:
                yield opened, number, document
                found += 1
        if found == most:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=12)
    options = parser.parse_args()
    from rapidocr import RapidOCR

    tallies = {"exact": Tally(), "fast": Tally(), "rapidocr": Tally()}
    ours = {k: Timed(build_engine(fast=k == "fast"), tallies[k]) for k in ("exact", "fast")}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    theirs = RapidOCR()
    count = 0
    for opened, number, document in pages_of(options.folder, options.pages):
        read = {k: read_ours(opened, number, ours[k]) for k in ours}
        if any(page.geometry.rotation for page, _ in read.values()):
            continue
        for k, (page, seconds) in read.items():
            tallies[k].seconds.append(seconds)
            count_cells(page, document, tallies[k])
        read_theirs(opened, number, document, theirs, tallies["rapidocr"])
        count += 1
        print(f"{document.name} {document.damage}", flush=True)
    whole = statistics.mean(tallies["rapidocr"].seconds)
    print(f"{count} pages; memory with both of our readers loaded {memory:.0f} MB")
    for name, tally in tallies.items():
        seconds = statistics.mean(tally.seconds)
        told = f"{name}: {seconds:.2f} CPU s a page ({seconds / whole:.2f} of rapidocr's)"
        told += f", {tally.right / max(tally.cells, 1):.1%} of {tally.cells} cells right"
        if tally.lines:
            told += f", {1000 * tally.line_seconds / tally.lines:.1f} ms a line"
        print(told)


if __name__ == "__main__":
    main()

"""Grids under every damage: how long they take, whether they are right, and pictures to look at.

    python -m benchmarks.grids [--seed N] [--write]

One table page of the stress set's layouts (``fixtures.make_stress``) under each of its damages. Printed are
the CPU seconds of making the page upright and of finding its grid (one thread), and whether the cells are the
true ones, span for span. ``--write`` renews docs/grids.md and its pictures: the page as it was delivered, the
same upright, its rules, its cells.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np

from fixtures import make_stress
from fixtures.making.stress_damage import DAMAGES, Damage
from fixtures.making.stress_print import draw, draw_hand
from goaltables.extractors.engines import build_engine
from goaltables.extractors.open_document import open_document
from goaltables.extractors.picture.raster_grid import RuledPage, find_ruled_tables
from goaltables.extractors.picture.rectify import UprightPage, make_upright
from goaltables.extractors.scanned_page import upside_down_test
from goaltables.records import Box, Image

DOCS = Path(__file__).resolve().parents[1] / "docs"
PICTURES = DOCS / "pictures" / "grids"
LAYOUTS = ("project", "dept", "selfeval", "dept-weights", "midterm")
DPI = 200.0
SHOWN = (300, 420)  # px of one of the four pictures
RULE, CROSS = (200, 60, 0), (0, 0, 220)
FILLS = ((255, 225, 190), (200, 240, 200), (200, 210, 255), (245, 210, 245))


@dataclass(frozen=True, slots=True)
class Result:
    damage: Damage
    upright_seconds: float
    grid_seconds: float
    found: int
    true: int
    right: int
    picture: Image


def measured(
    damage: Damage, seed: int, number: int, which_way_up: Callable[[Sequence[Image]], bool]
) -> Result:
    """One page under one damage."""
    rng = random.Random(f"{seed}:{damage.name}")  # noqa: S311 - a test page, not a secret
    hand = draw_hand(rng, "dotted" if damage.name == "scan-dotted" else "")
    parts = make_stress.parts_of(rng, LAYOUTS[number % len(LAYOUTS)], hand)
    sheets = [sheet for part in parts for sheet in part.sheets]
    made = make_stress.harmed(
        draw(sheets, hand, "x"), parts, damage, np.random.default_rng([seed, number]), "x"
    )
    with open_document(made.data) as opened:
        picture = opened.picture(1, DPI)
        start = time.process_time()
        page = make_upright(
            picture,
            opened.page_geometry(1).width / picture.shape[1],
            is_upside_down=which_way_up,
        )
        middle = time.process_time()
        ruled = find_ruled_tables(page)
        end = time.process_time()
    found = [cell for grid in ruled.grids for cell in grid.cells]
    spans = {(c.row, c.col, c.rowspan, c.colspan) for c in found}
    right = sum((c.row, c.col, c.rowspan, c.colspan) in spans for c in sheets[0].cells)
    shown = beside(four(picture, page, ruled))
    return Result(damage, middle - start, end - middle, len(found), len(sheets[0].cells), right, shown)


def four(delivered: Image, page: UprightPage, ruled: RuledPage) -> list[Image]:
    """The page as it was delivered, upright, its rules, its cells."""
    upright = coloured(page.image)
    rules = np.full_like(upright, 255)
    for segment in (*ruled.rules, *ruled.verticals):
        box = segment.box
        cv2.line(rules, (round(box.x0), round(box.y0)), (round(box.x1), round(box.y1)), RULE, 3)
    cells = upright.copy()
    for grid in ruled.grids:
        for cell in grid.cells:
            tint(cells, cell.box, FILLS[(cell.row + 2 * cell.col) % len(FILLS)])
    return [coloured(delivered), upright, rules, cells]


def coloured(picture: Image) -> Image:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) if picture.ndim == 2 else picture, np.uint8)


def tint(picture: Image, box: Box, colour: tuple[int, int, int]) -> None:
    """Colours the paper of a cell and draws its frame; print stays as it is."""
    x0, y0, x1, y1 = (max(0, round(v)) for v in (box.x0, box.y0, box.x1, box.y1))
    part = picture[y0:y1, x0:x1]
    part[:] = np.minimum(part, np.array(colour, np.uint8))
    cv2.rectangle(picture, (x0, y0), (x1, y1), CROSS, 2)


def beside(pictures: Iterable[Image]) -> Image:
    """Pictures of one height in a row, each fitted into the same place on white."""
    places = []
    for picture in pictures:
        width, height = SHOWN
        by = min(width / picture.shape[1], height / picture.shape[0])
        size = (max(1, round(picture.shape[1] * by)), max(1, round(picture.shape[0] * by)))
        place = np.full((height + 8, width + 8, 3), 255, np.uint8)
        place[4 : 4 + size[1], 4 : 4 + size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        places.append(place)
    return np.asarray(np.concatenate(places, axis=1), np.uint8)


def page_of(results: Sequence[Result]) -> str:
    """The text of docs/grids.md."""
    lines = [
        "# Grids under every damage · 各种扫描损伤下的表格网格",
        "",
        "One page of a made table under each damage of `fixtures/making/stress_damage.py`: as it was",
        "delivered, upright, the rules that were seen, the cells that were made of them. *Right*: true cells",
        "whose row, column and spans were found. CPU seconds of one thread at 200 dpi; making a page upright",
        "includes the reader's answer which way is up, where it is asked. A page of one seed tells how a",
        "damage looks, not how often it is solved: [limits.md](limits.md) has the figures of whole sets.",
        "`python -m benchmarks.grids --write` makes this page.",
        "",
        "| damage | cells found | right | upright, CPU s | grid, CPU s |",
        "|---|---:|---:|---:|---:|",
    ]
    for r in results:
        right = f"{r.right} of {r.true}"
        figures = f"{r.upright_seconds:.2f} | {r.grid_seconds:.2f}"
        lines.append(f"| [{r.damage.name}](#{r.damage.name}) | {r.found} | {right} | {figures} |")
    for r in results:
        name = r.damage.name
        shown = f"![{name}: delivered, upright, rules, cells](pictures/grids/{name}.jpg)"
        lines += ["", f"## {name}", "", shown]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="renew docs/grids.md and its pictures")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    which_way_up = upside_down_test(build_engine("rapidocr"))
    results = []
    for number, damage in enumerate(DAMAGES):
        result = measured(damage, options.seed, number, which_way_up)
        results.append(result)
        share = f"{result.right}/{result.true}"
        print(
            f"{damage.name:20} {share:>9} {result.upright_seconds:6.2f} {result.grid_seconds:6.2f}",
            flush=True,
        )
    if options.write:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for result in results:
            file = PICTURES / f"{result.damage.name}.jpg"
            cv2.imwrite(os.fspath(file), result.picture, [cv2.IMWRITE_JPEG_QUALITY, 72])
        (DOCS / "grids.md").write_text(page_of(results), encoding="utf-8")


if __name__ == "__main__":
    main()

"""camelot, flavour lattice: the texts of ``table.df``, merged where no border is drawn between two places."""

from collections.abc import Callable, Iterator
from typing import Any

import camelot


def build() -> tuple[str, Callable[[str], dict[str, Any]]]:
    return f"camelot {camelot.__version__}", read


def read(path: str) -> dict[str, Any]:
    pages: dict[int, list[dict[str, Any]]] = {}
    for table in camelot.read_pdf(path, pages="all", flavor="lattice", suppress_stdout=True):
        pages.setdefault(table.page, []).append({"cells": list(cells(table))})
    return {"pages": [{"page": page, "tables": tables} for page, tables in sorted(pages.items())]}


def cells(table: Any) -> Iterator[dict[str, Any]]:
    """A cell begins where a left and a top border meet; it ends at the next border to the right and below."""
    places, texts = table.cells, table.df.values.tolist()
    for row, line in enumerate(places):
        for col, place in enumerate(line):
            if not (place.left and place.top):
                continue
            bottom, right = row, col
            while not line[right].right and right + 1 < len(line):
                right += 1
            while not places[bottom][col].bottom and bottom + 1 < len(places):
                bottom += 1
            covered = [text for covered in texts[row : bottom + 1] for text in covered[col : right + 1]]
            last = places[bottom][right]
            # camelot counts y from the bottom of the page.
            yield {"text": "".join(covered), "bbox": [place.x1, -place.y2, last.x2, -last.y1]}

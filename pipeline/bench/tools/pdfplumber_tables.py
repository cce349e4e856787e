"""pdfplumber: what ``page.extract_tables()`` does, which is ``extract()`` of every table it finds.

The boxes of the cells are kept beside their texts: they cost nothing here, and show which cells are merged.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pdfplumber


def build() -> tuple[str, Callable[[str], dict[str, Any]]]:
    return f"pdfplumber {pdfplumber.__version__}", read


def read(path: str) -> dict[str, Any]:
    with pdfplumber.open(path) as document:
        return {
            "pages": [
                {"page": page.page_number, "tables": [{"cells": list(cells(t))} for t in page.find_tables()]}
                for page in document.pages
            ]
        }


def cells(table: Any) -> Iterator[dict[str, Any]]:
    """The cells that have a box; the other places of a merged cell have none."""
    for row, texts in zip(table.rows, table.extract(), strict=True):
        for box, text in zip(row.cells, texts, strict=True):
            if box is not None:
                yield {"text": text or "", "bbox": list(box)}

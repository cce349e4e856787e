"""The results of one run: everything measured, as JSON, as lines for a terminal, as a page with a plot."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from rich.cells import cell_len

from goaltables.pipeline.batch.write import write_durably
from goaltables.pipeline.bench.comparison import Tell, compared
from goaltables.pipeline.bench.documents import bench_documents
from goaltables.pipeline.bench.growth import grown_batches, grown_documents
from goaltables.pipeline.bench.machine import machine
from goaltables.pipeline.bench.results_page import results_page, tables
from goaltables.pipeline.bench.results_plot import results_plot
from goaltables.pipeline.settings import package_version

GAP: Final = "  "

Results: TypeAlias = dict[str, Any]


def all_results(folder: Path, peers: Path | None, sizes: Sequence[int], tell: Tell) -> Results:
    """Measure everything on the documents of `folder`. Raises UsageError: they have no truth."""
    documents = bench_documents(folder)
    groups = compared(documents, peers, tell)
    return {
        "goaltables": package_version(),
        "machine": machine(),
        "documents": len(documents),
        "pages": sum(document.pages for document in documents),
        **groups,
        "growing_documents": list(grown_documents(documents, sizes, peers, tell)),
        "growing_batches": list(grown_batches(documents, sizes, tell)),
    }


def write_results(results: Results, out: Path) -> None:
    """``results.json``, ``results.md`` and ``results.svg``. Raises OutputError."""
    write_durably(out / "results.json", json.dumps(results, ensure_ascii=False, indent=1).encode() + b"\n")
    write_durably(out / "results.md", results_page(results).encode())
    write_durably(out / "results.svg", results_plot(results))


def result_lines(results: Results) -> Iterator[str]:
    """The tables of the page for a terminal."""
    for title, rows in tables(results):
        yield title
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            padded = [text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True)]
            yield GAP.join(padded).rstrip()
        yield ""

"""The results as tables, for the page and for the terminal. English, like every result that is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from goaltables.pipeline.messages import say

Table: TypeAlias = list[list[str]]  # the headings first
Format: TypeAlias = Callable[[Any], str]

NOTHING: Final = "–"


def _number(digits: int) -> Format:
    return lambda value: f"{value:.{digits}f}"


# Heading -> where the figure stands in a row, and how it is written.
COMPARED: Final[Mapping[str, tuple[str, Format]]] = {
    "CPU s a page": ("cpu_s_per_page", _number(2)),
    "ours ÷ its": ("cpu_ratio", _number(2)),
    "start, CPU s": ("start_cpu_s", _number(1)),
    "peak MB": ("peak_mb", str),
    "ours ÷ its MB": ("memory_ratio", _number(2)),
    "cells F1": ("cells_f1", _number(3)),
    "GriTS": ("grits_con", _number(3)),
    "records F1, loose": ("records_loose_f1", _number(3)),
    "strict": ("records_strict_f1", _number(3)),
    "failed": ("failures", lambda failures: str(len(failures))),
}
TITLES: Final = {"digital": "Digital pages", "scanned": "Scans and photos"}


def results_page(results: Mapping[str, Any]) -> str:
    """The page as Markdown, the machine first."""
    on = results["machine"]
    versions = dict.fromkeys(
        row["version"] for group in TITLES for row in results.get(group, ()) if "version" in row
    )
    lines = [
        f"{results['documents']} documents, {results['pages']} pages. {on['cpu']}, {on['cores']} cores, "
        f"{on['memory_gb']} GB, {on['system']}, Python {on['python']}; {', '.join(versions)}.",
        "",
    ]
    for title, rows in tables(results):
        heading, *body = rows
        rule = ["---", *("---:" for _ in heading[1:])]
        lines += [f"**{title}**", "", *("| " + " | ".join(row) + " |" for row in (heading, rule, *body)), ""]
    return "\n".join(lines)


def tables(results: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    """Title and rows of each table that has something to say."""
    for group, title in TITLES.items():
        if results.get(group):
            pages = next(row["pages"] for row in results[group] if "pages" in row)
            yield f"{title} ({pages} pages)", _compared(results[group])
    if results["growing_documents"]:
        yield "Growing documents: CPU s a page, peak MB", _grown(results["growing_documents"], "pages")
    if results["growing_batches"]:
        yield "Growing batches: CPU s a document, peak MB", _grown(results["growing_batches"], "documents")


def _compared(rows: Sequence[Mapping[str, Any]]) -> Table:
    return [["tool", *COMPARED], *(_compared_row(row) for row in rows)]


def _compared_row(row: Mapping[str, Any]) -> list[str]:
    if row.get("missing"):
        return [row["tool"], say("bench-missing"), *[NOTHING] * (len(COMPARED) - 1)]
    figures = ((row.get(key), write) for key, write in COMPARED.values())
    return [row["tool"], *(NOTHING if value is None else write(value) for value, write in figures)]


def _grown(rows: Sequence[Mapping[str, Any]], unit: str) -> Table:
    """A row a tool, a column a size."""
    sizes = list(dict.fromkeys(row[unit] for row in rows))
    by_tool: dict[str, dict[int, str]] = {}
    for row in rows:
        by_tool.setdefault(row["tool"], {})[row[unit]] = _cost(row)
    return [
        ["tool", *(f"{size} {unit}" for size in sizes)],
        *([tool, *(costs.get(size, NOTHING) for size in sizes)] for tool, costs in by_tool.items()),
    ]


def _cost(row: Mapping[str, Any]) -> str:
    if row.get("error"):
        return str(row["error"])
    return f"{row['cpu_s_each']:.3f} s, {row['peak_mb']} MB"

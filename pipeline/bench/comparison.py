"""The comparison: every file to every tool in turn, so that all of them meet the machine in the same mood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from goaltables.pipeline.bench.accuracy import judged, nothing_read
from goaltables.pipeline.bench.documents import DIGITAL, BenchDocument
from goaltables.pipeline.bench.peers import Tool, tools
from goaltables.pipeline.bench.tool_process import Answer, ToolProcess
from goaltables.pipeline.messages import say
from goaltables.pipeline.score.tally import Count, added

DIGITS: Final = 3

Row: TypeAlias = dict[str, Any]  # a row of results.json; benchmarks/README.md says what it holds
Tell: TypeAlias = Callable[[str], None]


@dataclass(slots=True)
class Counted:
    """What one tool did so far."""

    process: ToolProcess
    start_cpu: float
    cpu: float = 0.0
    pages: int = 0
    peak_mb: float = 0.0
    files: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    counts: list[Count] = field(default_factory=list)

    def add(self, document: BenchDocument, answer: Answer) -> None:
        cpu = answer.get("cpu", 0.0)
        self.cpu += cpu
        self.files[document.file.name] = round(cpu, DIGITS)
        self.pages += document.pages
        self.peak_mb = max(self.peak_mb, answer.get("peak_mb", 0.0))
        if "error" in answer:
            self.failures[document.file.name] = answer["error"]
            self.counts.extend(nothing_read(document.tables))
        else:
            self.counts.extend(judged(document.tables, answer))


def compared(documents: Sequence[BenchDocument], peers: Path | None, tell: Tell) -> dict[str, list[Row]]:
    """The rows of each group of documents: digital ones, and those that are pictures."""
    groups = {
        "digital": [document for document in documents if document.kind == DIGITAL],
        "scanned": [document for document in documents if document.kind != DIGITAL],
    }
    return {name: list(_group_rows(members, peers, tell)) for name, members in groups.items() if members}


def _group_rows(documents: Sequence[BenchDocument], peers: Path | None, tell: Tell) -> Iterator[Row]:
    kind = documents[0].kind
    meant = [tool for tool in tools() if kind in tool.kinds]
    with ExitStack() as open_tools:
        running = {
            tool.id: _started(open_tools, tool, python, documents[0])
            for tool in meant
            if (python := tool.python(peers)) is not None
        }
        for document in documents:
            for name, counted in running.items():
                answer = counted.process.ask(document.file)
                counted.add(document, answer)
                tell(say("bench-read", file=document.file.name, tool=name, seconds=answer.get("cpu", 0.0)))
    ours = running[meant[0].id]
    for tool in meant:
        yield _row(tool, running[tool.id], ours) if tool.id in running else missing_row(tool)


def _started(open_tools: ExitStack, tool: Tool, python: Path, first: BenchDocument) -> Counted:
    """A tool that has read one file before anything is counted: what is loaded on first use is its start."""
    process = open_tools.enter_context(ToolProcess(tool, python))
    warm = process.ask(first.file)
    return Counted(process, start_cpu=process.start.get("cpu", 0.0) + warm.get("cpu", 0.0))


def missing_row(tool: Tool) -> Row:
    """A tool that is not installed is said to be missing."""
    return {"tool": tool.id, "missing": True}


def _row(tool: Tool, counted: Counted, ours: Counted) -> Row:
    start = counted.process.start
    tallies = added(counted.counts)
    row: Row = {
        "tool": tool.id,
        "version": start.get("version", start.get("error")),
        "pages": counted.pages,
        "start_cpu_s": round(counted.start_cpu, DIGITS),
        "cpu_s_per_page": round(counted.cpu / counted.pages, DIGITS),
        "cpu_ratio": _ratio(ours.cpu, counted.cpu),
        "peak_mb": round(counted.peak_mb),
        "memory_ratio": _ratio(ours.peak_mb, counted.peak_mb),
        "cpu_s_by_file": counted.files,
        "failures": counted.failures,
    }
    if tool.cells:
        row |= {
            "cells_f1": tallies["cells.adjacency"].f1,
            "grits_con": tallies["cells.grits_con"].f1,
            "records_loose_f1": tallies["indicators.strict1"].f1,
            "records_strict_f1": tallies["indicators.strict3"].f1,
        }
    return row


def _ratio(ours: float, theirs: float) -> float | None:
    """Our cost as a share of theirs: below 1 is less."""
    return round(ours / theirs, DIGITS) if theirs else None

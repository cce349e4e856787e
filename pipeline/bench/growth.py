"""What a page costs as documents and batches grow. Each size has a process, and so a peak, of its own."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from goaltables.pipeline.bench.comparison import DIGITS, Row, Tell
from goaltables.pipeline.bench.documents import DIGITAL, BenchDocument, write_batch, write_grown
from goaltables.pipeline.bench.peers import Tool, tools
from goaltables.pipeline.bench.tool_process import Answer, ToolProcess
from goaltables.pipeline.messages import say

BATCH: Final = Tool("goaltables digitize", "goaltables_batch:build", (DIGITAL,), cells=False)


def grown_documents(
    documents: Sequence[BenchDocument], sizes: Sequence[int], peers: Path | None, tell: Tell
) -> Iterator[Row]:
    """Digital documents of each size, to every tool that reads such."""
    digital = [document for document in documents if document.kind == DIGITAL]
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm.pdf"
        write_grown(digital, 1, warm)
        for size in sizes if digital else ():
            path = Path(folder) / f"{size}.pdf"
            write_grown(digital, size, path)
            for tool in tools():
                python = tool.python(peers)
                if DIGITAL in tool.kinds and python is not None:
                    with ToolProcess(tool, python) as process:
                        process.ask(warm)
                        answer = process.ask(path)
                    tell(say("bench-read", file=path.name, tool=tool.id, seconds=answer.get("cpu", 0.0)))
                    yield _row(tool, "pages", size, answer)


def grown_batches(documents: Sequence[BenchDocument], sizes: Sequence[int], tell: Tell) -> Iterator[Row]:
    """Folders of digital documents of one page, to ``goaltables digitize``: start, ledger and dataset too."""
    digital = [document for document in documents if document.kind == DIGITAL]
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes if digital else ():
            batch = Path(folder) / str(size)
            write_batch(digital, size, batch)
            with ToolProcess(BATCH, Path(sys.executable)) as process:
                answer = process.ask(batch)
            tell(say("bench-read", file=f"{size} × PDF", tool=BATCH.id, seconds=answer.get("cpu", 0.0)))
            yield _row(BATCH, "documents", size, answer)


def _row(tool: Tool, unit: str, size: int, answer: Answer) -> Row:
    return {
        "tool": tool.id,
        unit: size,
        "cpu_s_each": round(answer.get("cpu", 0.0) / size, DIGITS),
        "peak_mb": round(answer.get("peak_mb", 0.0)),
        "error": answer.get("error"),
    }

"""The comparison: tools as processes, what they answer, and how it is judged. No speed is tested here."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from goaltables.errors import UsageError
from goaltables.pipeline.bench import comparison, growth, tool_process
from goaltables.pipeline.bench.accuracy import judged
from goaltables.pipeline.bench.documents import bench_documents, write_batch, write_grown
from goaltables.pipeline.bench.peers import Tool, tools
from goaltables.pipeline.bench.results import all_results, result_lines, write_results
from goaltables.pipeline.bench.results_plot import results_figure
from goaltables.pipeline.bench.tool_process import ToolProcess
from goaltables.pipeline.cli import run_command
from goaltables.pipeline.messages import use_language
from goaltables.pipeline.score.tables import scored_tables
from goaltables.pipeline.score.tally import added

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
NAME = "project_digital.pdf"
PYTHON = Path(sys.executable)


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One digital document with its truth."""
    place = tmp_path / "documents"
    place.mkdir()
    (place / NAME).write_bytes((FIXTURES / "documents" / NAME).read_bytes())
    (place / f"{NAME}.truth.json").write_bytes((FIXTURES / "expected" / f"{NAME}.json").read_bytes())
    return place


def truth() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FIXTURES / "expected" / f"{NAME}.json").read_text(encoding="utf-8"))
    return content


def made_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> Tool:
    """A tool whose module is `source`, run by the real harness."""
    harness = tmp_path / "harness.py"
    harness.write_bytes(tool_process.HARNESS.read_bytes())
    (tmp_path / "made.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(tool_process, "HARNESS", harness)
    return Tool("made", "made:build", ("digital",), cells=True)


def test_each_tool_has_a_module_and_is_pinned() -> None:
    assert tools()[0].environment == ""
    for tool in tools():
        module, _, build = tool.entry.partition(":")
        source = (tool_process.HARNESS.parent / f"{module}.py").read_text(encoding="utf-8")
        assert f"def {build}()" in source
        assert tool is tools()[0] or all("==" in package for package in tool.packages)
    by_environment: dict[str, set[tuple[str, ...]]] = {}
    for tool in tools():
        by_environment.setdefault(tool.environment, set()).add(tool.packages)
    assert {len(packages) for packages in by_environment.values()} == {1}


def test_a_tool_that_prints_fails_and_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = made_tool(
        tmp_path,
        monkeypatch,
        """
import os
def build():
    print("loading")
    return "made 1", read
def read(path):
    print("noise that is no answer")
    if path.endswith("bad"):
        raise ValueError("cannot")
    if path.endswith("dead"):
        os._exit(3)
    return {"lines": len(path)}
""",
    )
    with ToolProcess(tool, PYTHON) as process:
        assert process.start["version"] == "made 1"
        assert process.start["cpu"] > 0
        assert process.start["peak_mb"] > 1
        assert process.ask(Path("good"))["lines"] == 4
        assert process.ask(Path("bad"))["error"] == "ValueError: cannot"
        assert process.ask(Path("dead")) == {"error": "the process ended (3)"}
        assert process.ask(Path("good"))["lines"] == 4  # started again


def test_a_tool_that_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = made_tool(tmp_path, monkeypatch, "import no_such_package_anywhere")
    with ToolProcess(tool, PYTHON) as process:
        assert "error" in process.start
        assert "error" in process.ask(Path("a"))


def test_a_tool_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import time\ndef build(): return '1', lambda path: time.sleep(100)"
    tool = made_tool(tmp_path, monkeypatch, source)
    with ToolProcess(tool, PYTHON) as process:
        monkeypatch.setattr(tool_process, "ANSWER_SECONDS", 0.1)
        monkeypatch.setattr(tool_process, "CLOSE_SECONDS", 0.1)
        assert process.ask(Path("a")) == {"error": "the process ended (-9)"}


def printed_cells(*, merged: bool) -> dict[str, Any]:
    """What a tool would answer that finds every cell of the truth, or every cell but merged ones."""
    pages: dict[int, list[dict[str, Any]]] = {}
    for table in truth()["tables"]:
        for page in table["pages"]:
            cells = [
                {"text": cell["text"], "bbox": cell["bbox"]}
                for cell in page["cells"]
                if merged or (cell["rowspan"], cell["colspan"]) == (1, 1)
            ]
            pages.setdefault(page["page"], []).append({"cells": cells})
    return {"pages": [{"page": page, "tables": found} for page, found in pages.items()]}


def test_cells_of_another_tool_are_judged_like_ours() -> None:
    tables = scored_tables(truth())
    right = added(judged(tables, printed_cells(merged=True)))
    assert right["cells.adjacency"].f1 == right["cells.grits_con"].f1 == 1.0
    assert right["indicators.strict3"].f1 == 1.0
    without = added(judged(tables, printed_cells(merged=False)))
    assert 0 < (without["cells.adjacency"].f1 or 0) < 1
    nothing = added(judged(tables, {"pages": []}))
    assert nothing["cells.adjacency"].f1 == nothing["indicators.strict1"].f1 == 0
    assert nothing["indicators.strict1"].truth == right["indicators.strict1"].truth


def test_grown_documents_and_batches(folder: Path, tmp_path: Path) -> None:
    documents = bench_documents(folder)
    write_grown(documents, 3, tmp_path / "3.pdf")
    with pikepdf.open(tmp_path / "3.pdf") as grown:
        assert len(grown.pages) == 3
    write_batch(documents, 3, tmp_path / "batch")
    contents = {path.read_bytes() for path in (tmp_path / "batch").iterdir()}
    assert len(contents) == 3  # the same bytes would be read once only


def test_a_run_without_peers(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    results = all_results(folder, None, [1], told.append)
    ours, *others = results["digital"]
    assert ours["records_strict_f1"] == ours["cells_f1"] == 1.0
    assert ours["cpu_ratio"] == ours["memory_ratio"] == 1.0
    assert all(row == comparison.missing_row(Tool(row["tool"], "", (), True)) for row in others)
    assert [row["tool"] for row in results["growing_batches"]] == [growth.BATCH.id]
    assert all(row["error"] is None and row["cpu_s_each"] > 0 for row in results["growing_batches"])
    assert len(told) == 3
    write_results(results, tmp_path / "out")
    page = (tmp_path / "out" / "results.md").read_text(encoding="utf-8")
    assert "| camelot lattice | missing |" in page
    assert (tmp_path / "out" / "results.svg").read_bytes().startswith(b"<?xml")
    assert json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8")) == results
    assert any(line.startswith("camelot lattice") and "missing" in line for line in result_lines(results))


@pytest.mark.parametrize(
    "arguments", [["bench"], ["bench", ".", "--sizes", "1,x"], ["bench", ".", "--sizes", "0"]]
)
def test_what_cannot_be_measured_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(arguments) == 2
    assert capsys.readouterr().out == ""


def test_a_folder_without_truth(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        bench_documents(tmp_path)


def test_no_legend_of_the_picture_lies_over_what_was_measured() -> None:
    committed = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "side-by-side.json"
    figure = results_figure(json.loads(committed.read_text(encoding="utf-8")))
    figure.draw_without_rendering()
    for axes in figure.axes:
        legend = axes.get_legend()
        assert legend is not None
        assert not legend.get_window_extent().overlaps(axes.get_window_extent())

"""The results as one picture: cost against accuracy of each tool, and cost as documents grow."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from goaltables.pipeline.bench.results_page import TITLES

SIZE: Final = (11.0, 4.0)  # inches
OURS, THEIRS, SOFT = "#c2410c", "#475569", "#94a3b8"
STEPS: Final = (1, 2, 5)  # of a decade, on logarithmic axes
ROOM: Final = 2.0  # beside the cheapest and the dearest tool
MARKS: Final = "osD^v"
SETTINGS: Final[dict[Any, Any]] = {"svg.hashsalt": "goaltables", "font.size": 9, "svg.fonttype": "path"}


def results_plot(results: Mapping[str, Any]) -> bytes:
    """An SVG on white: readable wherever a page shows it."""
    with mpl.rc_context(SETTINGS):
        buffer = io.BytesIO()
        results_figure(results).savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def results_figure(results: Mapping[str, Any]) -> Figure:
    """The picture before it is written."""
    figure = Figure(figsize=SIZE, layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    for axes, (group, title) in zip((left, middle), TITLES.items(), strict=True):
        _cost_and_accuracy(axes, results.get(group, ()), title)
    _growth(right, results["growing_documents"])
    return figure


def _cost_and_accuracy(axes: Axes, rows: Sequence[Mapping[str, Any]], title: str) -> None:
    axes.set_title(f"{title}: up and left is better")
    axes.set_xscale("log")
    axes.set_xlabel("CPU seconds a page")
    axes.set_ylabel("records F1, strict")
    axes.set_ylim(-0.08, 1.08)
    measured = [row for row in rows if not row.get("missing")]
    for number, row in enumerate(measured):
        # A tool that finds no cells has a cost and nothing to be right in.
        height, colour = row.get("records_strict_f1"), OURS if number == 0 else THEIRS
        cost = row["cpu_s_per_page"]
        if height is None:
            axes.axvline(cost, color=SOFT, linestyle=":", label=f"{row['tool']} (no cells)")
        else:
            axes.plot(cost, height, MARKS[number], color=colour, markersize=8, label=row["tool"])
    if costs := [row["cpu_s_per_page"] for row in measured]:
        axes.set_xlim(min(costs) / ROOM, max(costs) * ROOM)
    _finish(axes)


def _growth(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    axes.set_title("Growing digital documents")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("pages")
    axes.set_ylabel("CPU seconds a page")
    for number, tool in enumerate(dict.fromkeys(row["tool"] for row in rows)):
        mine = [row for row in rows if row["tool"] == tool and not row["error"]]
        axes.plot(
            [row["pages"] for row in mine],
            [row["cpu_s_each"] for row in mine],
            f"{MARKS[number]}-",
            color=OURS if number == 0 else THEIRS,
            label=tool,
        )
    _finish(axes)


def _finish(axes: Axes) -> None:
    axes.grid(color=SOFT, linewidth=0.4)
    axes.set_axisbelow(True)
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "log":
            axis.set_major_locator(LogLocator(subs=STEPS))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_locator(NullLocator())
    if axes.get_legend_handles_labels()[0]:
        # Beneath the panel: inside, it would lie over whatever is measured there.
        axes.legend(fontsize=7.5, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2)

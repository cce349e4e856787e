"""The figures as a table for people: one row a group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

from goaltables.pipeline.messages import say
from goaltables.pipeline.score.figures import Figures

# Key of the heading -> where the figure stands.
COLUMNS: Final = {
    "score-detection": ("detection", "f1"),
    "score-strict1": ("indicators", "strict1", "f1"),
    "score-strict2": ("indicators", "strict2", "f1"),
    "score-strict3": ("indicators", "strict3", "f1"),
    "score-header": ("metadata", "all"),
    "score-budget": ("budget", "exact"),
    "score-goal": ("cer", "annual_goal"),
    "score-completion": ("completion", "full_exact"),
    "score-findings": ("findings", "recall"),
    "score-adjacency": ("cells", "adjacency", "f1"),
    "score-grits": ("cells", "grits_con"),
}
GAP: Final = 2


def score_lines(figures: Figures, *, documents: bool) -> Iterator[str]:
    """The lines of the table: all, each group, and each document where `documents` asks for them."""
    rows = {say("score-overall"): figures["overall"], **figures["groups"]}
    if documents:
        rows |= figures["documents"]
    headings = [say("score-group"), say("score-documents"), *(say(key) for key in COLUMNS)]
    cells = [headings, *([name, *_texts(row)] for name, row in rows.items())]
    widths = [max(cell_len(line[column]) for line in cells) for column in range(len(headings))]
    for line in cells:
        padded = [
            text + _blank(text, width) if column == 0 else _blank(text, width) + text
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield (" " * GAP).join(padded).rstrip()


def _texts(row: Figures) -> Iterator[str]:
    yield str(row["documents"])
    for path in COLUMNS.values():
        figure: object = row
        for key in path:
            figure = figure[key] if isinstance(figure, dict) else None
        yield "–" if figure is None else f"{figure:.3f}"


def _blank(text: str, width: int) -> str:
    return " " * (width - cell_len(text))

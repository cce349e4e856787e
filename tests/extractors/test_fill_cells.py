"""Characters into cells: where their centres stand, and on the edges of the table."""

from __future__ import annotations

import pytest

from goaltables.extractors.digital.fill_cells import fill_cells
from goaltables.extractors.digital.text_layer import Glyph
from goaltables.records import Box, Grid, GridCell

GRID = Grid(
    Box(0, 0, 200, 40),
    (
        GridCell(0, 0, 1, 1, Box(0, 0, 100, 20)),
        GridCell(0, 1, 1, 1, Box(100, 0, 200, 20)),
        GridCell(1, 0, 1, 1, Box(0, 20, 100, 40)),
        GridCell(1, 1, 1, 1, Box(100, 20, 200, 40)),
    ),
    "lines",
    1.0,
)


def _line(text: str, x: float, top: float, size: float = 10.0) -> list[Glyph]:
    return [
        Glyph(char, Box(x + k * size, top, x + (k + 1) * size, top + size), top + 0.86 * size, size)
        for k, char in enumerate(text)
    ]


@pytest.mark.parametrize(
    ("top", "texts"),
    [
        (25.0, ["", "", "指标", ""]),
        (34.0, ["", "", "指标", ""]),
        (36.5, ["", "", "指标", ""]),  # cut by the end of the page: its centre lies below the table
        (39.0, ["", "", "", ""]),  # a line under the table
        (-6.0, ["指标", "", "", ""]),
        (-9.0, ["", "", "", ""]),
    ],
)
def test_a_label_cut_by_the_tables_edge_stands_in_its_cell(top: float, texts: list[str]) -> None:
    glyphs = _line("指标", 10, top)
    cells, outside = fill_cells(GRID, glyphs)
    assert [cell.text for cell in cells] == texts
    assert outside == ([] if any(texts) else glyphs)


def test_a_run_over_a_rule_belongs_where_it_begins() -> None:
    cells, _ = fill_cells(GRID, _line("产出数量指标", 65, 5))
    assert [cell.text for cell in cells] == ["产出数量指标", "", "", ""]
    assert cells[0].flags == ("text-overflows-cell",)

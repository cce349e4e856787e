"""What is drawn over a page, layer by layer: marks with a place, a style and words. Pure; no drawing here.

    table · rule, crossing · cell, span · sure … doubtful · texts · roles · repairs

Marks of the layer ``found`` are in the units of the page as displayed, all others in the page's frame
(`InspectedPage.size`). What a style looks like stands in ``pipeline/data/inspect.toml``, what it means in the
messages under ``mark-STYLE``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from goaltables.document import Indicator
from goaltables.extractors.page_stages import PageStages
from goaltables.pipeline.messages import say_code
from goaltables.records import Box, Cell, PageTable

Outline: TypeAlias = tuple[tuple[float, float], ...]

FOUND: Final = "found"
LAYERS: Final = ("ink", "rules", "cells", "readings", "texts", "roles", "repairs")
SHOWN_FIRST: Final = ("cells", "readings")

KEPT_CHARACTERS: Final = 4

# The least confidence of each band.
BANDS: Final = (("sure", 0.99), ("likely", 0.9), ("unsure", 0.6), ("doubtful", 0.0))


@dataclass(frozen=True, slots=True)
class Mark:
    """`text` is written into the box, `tag` small into its corner, `note` is what a pointer over it shows.

    `outline`: the corners of the shape where it is not the box itself. `corner` of the tag: ``nw`` ``ne``
    ``sw``, another one for each layer, so that they can be seen together.
    """

    box: Box
    style: str
    text: str = ""
    tag: str = ""
    note: str = ""
    outline: Outline = ()
    corner: str = "nw"


@dataclass(frozen=True, slots=True)
class Layer:
    """The marks of one stage of one page."""

    name: str
    marks: tuple[Mark, ...]

    @property
    def styles(self) -> tuple[str, ...]:
        """Which styles stand in it, in the order they first do."""
        return tuple(dict.fromkeys(mark.style for mark in self.marks))


def found_layer(stages: PageStages, outlines: Mapping[Box, Outline]) -> Layer:
    """Where the tables of the reading lie on the page as it was delivered.

    `outlines`: by its box, the true shape of a cell that was found on a straightened picture.
    """
    marks = []
    for number, table in enumerate(stages.reading.tables, start=1):
        marks += [Mark(cell.box, "cell", outline=outlines.get(cell.box, ())) for cell in table.cells]
        tag = f"{number} {table.method} {table.score:.2f}"
        marks.append(Mark(table.box, "table", tag=tag, outline=outlines.get(table.box, ())))
    return Layer(FOUND, tuple(marks))


def layers(
    stages: PageStages, roles: Mapping[int, str], indicators: Sequence[Indicator]
) -> tuple[Layer, ...]:
    """The layers over one page.

    Args:
        stages: The page.
        roles: What the cells of its reading were read as, by the identity of the cell.
        indicators: The indicators of the document.

    """
    marks: dict[str, Iterable[Mark]] = {
        "rules": (*(Mark(rule, "rule") for rule in stages.rules), *_crossings(stages.tables)),
        "cells": (_cell_mark(cell) for table in stages.tables for cell in table.cells),
        "readings": _readings(stages),
        "texts": _texts(stages),
        "roles": _roles(stages, roles),
        "repairs": _repairs(stages, indicators),
    }
    return tuple(Layer(name, tuple(found)) for name, found in marks.items())


def _crossings(tables: Iterable[PageTable]) -> Iterator[Mark]:
    """The corners of cells, each once: small squares."""
    for table in tables:
        half = max(table.box.width, table.box.height) / 400
        corners = {
            (round(x, 1), round(y, 1))
            for cell in table.cells
            for x in (cell.box.x0, cell.box.x1)
            for y in (cell.box.y0, cell.box.y1)
        }
        for x, y in sorted(corners):
            yield Mark(Box(x - half, y - half, x + half, y + half), "crossing")


def _cell_mark(cell: Cell) -> Mark:
    place = f"{cell.row},{cell.col}"
    if cell.rowspan == cell.colspan == 1:
        return Mark(cell.box, "cell", tag=place, corner="sw")
    span = f"{cell.rowspan}×{cell.colspan}"
    return Mark(cell.box, "span", tag=f"{place} {span}", corner="sw")


def _readings(stages: PageStages) -> Iterator[Mark]:
    for table in stages.tables:
        for cell in table.cells:
            if not cell.text and not cell.flags:
                yield Mark(cell.box, "empty")
            else:
                yield _reading(cell.box, cell.text, cell.confidence, (cell.reader, *cell.flags))
    for line in stages.lines:
        yield _reading(line.box, line.text, line.confidence, (line.reader,))


def _reading(box: Box, text: str, confidence: float, notes: Iterable[str]) -> Mark:
    band = next(name for name, least in BANDS if confidence >= least)
    tag = "" if band == "sure" else f"{confidence:.2f}"
    note = f"{text}\n{confidence:.3f} · {' '.join(notes)}"
    return Mark(box, band, tag=tag, note=note, corner="ne")


def _texts(stages: PageStages) -> Iterator[Mark]:
    for table in stages.tables:
        yield from (Mark(cell.box, "text", text=cell.text) for cell in table.cells if cell.text)
    yield from (Mark(line.box, "loose", text=line.text) for line in stages.lines)


def _roles(stages: PageStages, roles: Mapping[int, str]) -> Iterator[Mark]:
    for read, placed in zip(stages.reading.tables, stages.tables, strict=True):
        for cell, there in zip(read.cells, placed.cells, strict=True):
            role = roles.get(id(cell))
            if role is not None:
                yield Mark(there.box, role, tag=say_code("mark", role), note=cell.text)


def _repairs(stages: PageStages, indicators: Iterable[Indicator]) -> Iterator[Mark]:
    """What was changed or doubted: names before → after, records flagged with their reasons."""
    page = stages.reading.geometry.number
    places = {
        tuple(cell.box.rounded()): there.box
        for read, placed in zip(stages.reading.tables, stages.tables, strict=True)
        for cell, there in zip(read.cells, placed.cells, strict=True)
    }
    for indicator in indicators:
        box = next((places.get(tuple(s.bbox)) for s in indicator.source if s.page == page), None)
        if box is None:
            continue
        reasons = " ".join(indicator.reasons)
        if indicator.name_status == "completed":
            yield Mark(box, "completed", text=_change(indicator.name, indicator.full_name), note=reasons)
        elif indicator.name_status == "doubtful":
            others = " / ".join(a.full_name for a in indicator.name_alternatives) or "?"
            yield Mark(box, "cut", text=f"{indicator.name} → {others}", note=reasons)
        elif indicator.reasons:
            yield Mark(box, "flagged", tag=reasons, note=reasons, corner="ne")


def _change(before: str, after: str) -> str:
    """…发放准 → …发放准确率: what two texts begin with alike is left out but for its end."""
    same = next((k for k, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    cut = max(0, same - KEPT_CHARACTERS)
    mark = "…" if cut else ""
    return f"{mark}{before[cut:]} → {mark}{after[cut:]}"

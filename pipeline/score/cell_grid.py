"""Whether a table's cells are the right ones: neighbours, and GriTS.

*Adjacency* asks which texts stand beside and below each other. Empty cells, and holes, are passed over, so
that a border too many between two texts costs nothing, and a row shifted by one costs all its neighbours.

*GriTS* (Smock, Pesala, Abraham: GriTS: Grid table similarity metric for table structure recognition, ICDAR
2023) aligns the rows and columns of two grids and adds up how alike their cells are: in content (`con`), or
in the span of the cell that covers each place (`top`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from goaltables.pipeline.score.tables import ScoredCell
from goaltables.pipeline.score.tally import Tally

Places = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]
HOLE = -1


def cover(cells: Sequence[ScoredCell]) -> Places:
    """``rows x columns`` numbers of the cells that cover each place; of two that overlap, the first."""
    rows = max((cell.row + cell.rowspan for cell in cells), default=0)
    columns = max((cell.col + cell.colspan for cell in cells), default=0)
    places = np.full((rows, columns), HOLE)
    for number, cell in enumerate(cells):
        block = places[cell.row : cell.row + cell.rowspan, cell.col : cell.col + cell.colspan]
        block[block == HOLE] = number
    return places


def adjacency(truth: Sequence[ScoredCell], predicted: Sequence[ScoredCell]) -> Tally:
    """How many pairs of neighbours the truth has, the record has, and both have."""
    expected, given = Counter(_neighbours(truth)), Counter(_neighbours(predicted))
    return Tally((expected & given).total(), expected.total(), given.total())


def _neighbours(cells: Sequence[ScoredCell]) -> Iterator[tuple[str, str, str]]:
    """(text, next text, direction) of every two printed cells with nothing printed between them."""
    places = cover(cells)
    for direction, lines in (("beside", places), ("below", places.T)):
        seen = set()
        for line in lines:
            printed = [int(number) for number in line if number != HOLE and cells[number].text]
            for pair in pairwise(printed):
                if pair[0] != pair[1] and pair not in seen:
                    seen.add(pair)
                    yield cells[pair[0]].text, cells[pair[1]].text, direction


def grits(truth: Sequence[ScoredCell], predicted: Sequence[ScoredCell]) -> tuple[Tally, Tally]:
    """GriTS of content and of topology: what is alike, and the places of both grids."""
    grids = cover(truth), cover(predicted)
    sizes = grids[0].size, grids[1].size
    if not all(sizes):
        return Tally(0, *sizes), Tally(0, *sizes)
    shape = grids[0].shape + grids[1].shape
    content = _content_likeness(truth, predicted)[grids[0].reshape(-1)][:, grids[1].reshape(-1)]
    topology = _span_likeness(_spans(grids[0]), _spans(grids[1]))
    return (
        Tally(_common_grid(content.reshape(shape)), *sizes),
        Tally(_common_grid(topology.reshape(shape)), *sizes),
    )


def _content_likeness(truth: Sequence[ScoredCell], predicted: Sequence[ScoredCell]) -> Array:
    """Likeness of every text with every other; the last row and column (index -1) stand for holes."""
    texts = [[*(cell.text for cell in cells), ""] for cells in (truth, predicted)]
    return np.asarray(cdist(texts[0], texts[1], scorer=Indel.normalized_similarity))


def _spans(places: Places) -> Array:
    """``places x 4``: the extent of the cell that covers each place, seen from that place."""
    extents: dict[int, list[int]] = {}
    for (row, col), number in np.ndenumerate(places):
        extent = extents.setdefault(int(number), [row, col, row, col])
        extent[2:] = max(extent[2], row), max(extent[3], col)
    spans = np.zeros((*places.shape, 4))
    for (row, col), number in np.ndenumerate(places):
        top, left, bottom, right = extents[int(number)] if number != HOLE else (row, col, row, col)
        spans[row, col] = top - row, left - col, bottom - row + 1, right - col + 1
    return spans.reshape(-1, 4)


def _span_likeness(spans: Array, others: Array) -> Array:
    """Intersection over union of every extent with every other."""
    starts, ends = spans[:, None, :2], spans[:, None, 2:]
    shared = np.minimum(ends, others[None, :, 2:]) - np.maximum(starts, others[None, :, :2])
    intersection = shared.clip(min=0).prod(axis=-1)
    areas = [(s[:, 2:] - s[:, :2]).prod(axis=-1) for s in (spans, others)]
    return np.asarray(intersection / (areas[0][:, None] + areas[1][None, :] - intersection))


def _common_grid(likeness: Array) -> float:
    """The most alike common grid of two, as GriTS approximates it: rows aligned, columns aligned, crossed.

    `likeness`: ``rows x columns x other rows x other columns``.
    """
    by_row = _alignment(likeness.transpose(1, 3, 0, 2))[-1, -1]
    by_column = _alignment(likeness.transpose(0, 2, 1, 3))[-1, -1]
    crossed = product(_aligned(by_row), _aligned(by_column))
    return float(sum(likeness[i, k, j, m] for (i, j), (k, m) in crossed))


def _alignment(likeness: Array) -> Array:
    """``n+1 x m+1`` best totals of aligning the first lines of two sequences in order; rest as it is."""
    n, m, *rest = likeness.shape
    best = np.zeros((n + 1, m + 1, *rest))
    for i, j in product(range(n), range(m)):
        skipped = np.maximum(best[i, j + 1], best[i + 1, j])
        best[i + 1, j + 1] = np.maximum(skipped, best[i, j] + likeness[i, j])
    return best


def _aligned(likeness: Array) -> list[tuple[int, int]]:
    """The lines that the best alignment of an ``n x m`` matrix pairs."""
    best = _alignment(likeness)
    i, j = likeness.shape
    pairs = []
    while i and j:
        alike = likeness[i - 1, j - 1]
        if alike > 0 and best[i, j] == best[i - 1, j - 1] + alike:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif best[i, j] == best[i - 1, j]:
            i -= 1
        else:
            j -= 1
    return pairs

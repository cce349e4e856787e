"""Pieces into tables: which pieces of consecutive pages are one table, and how their columns match.

The traps, all met in published documents: the head is repeated on the next page, or not; 产出指标 goes on
as an empty box; the next page's piece is scanned a little further left; two tables of the same columns
follow each other; a project's table ends at the foot of a page and the next project's begins on top of the
following one. Two projects are never made one.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.forms import header_labels
from goaltables.normalizers.understanding.grid_head import Head
from goaltables.normalizers.understanding.header_lines import labelled_values
from goaltables.normalizers.understanding.indicator_heads import find_heads
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed, TablePiece, joined_table
from goaltables.normalizers.understanding.page_pieces import is_table_title
from goaltables.normalizers.understanding.upright import upright_box, upright_size

_NEAR = 0.015  # of the page's width: how far a column edge may move from page to page
_LOOSE = 0.04  # the same after the pieces were laid over each other, when they have as many columns
_GAP_OF_PARTS = 0.2  # of the page's height, between a header grid and the indicators under it
_OPENING_ROWS = 4  # a table says in its first rows whose it is
_WHOSE = ("project", "organization")


def assemble(pieces: Sequence[TablePiece]) -> tuple[JoinedTable, ...]:
    """All tables of the document, each of the pieces that belong to it, in reading order."""
    groups: list[list[TablePiece]] = []
    for piece in pieces:
        if groups and (_same_page_part(groups[-1], piece) or _continues(groups[-1], piece)):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return tuple(join(group) for group in groups)


def join(pieces: Sequence[TablePiece]) -> JoinedTable:
    """The pieces under each other in one frame of columns, repeated heads left out."""
    first = _edges(pieces[0])
    frame = sorted(first.values())
    laid = [first]
    for index, piece in enumerate(pieces[1:], 1):
        edges = _laid_over(pieces[:index], piece, frame)
        found = _nearest(frame, list(edges.values()))
        frame += [edge for edge, place in zip(edges.values(), found, strict=True) if place is None]
        frame.sort()
        laid.append(edges)
    placed: list[Placed] = []
    breaks: set[int] = set()
    row = 0
    for index, piece in enumerate(pieces):
        columns = _columns(frame, laid[index])
        skipped = _repeated_rows(pieces[:index], piece)
        if index:
            breaks.add(row)
        for cell in piece.cells():
            start, end = max(cell.row - piece.row0, skipped), min(cell.row + cell.rowspan, piece.row1)
            end -= piece.row0
            if end <= start:
                continue
            col, stop = columns[cell.col], columns[cell.col + cell.colspan]
            placed.append(Placed(piece.page, cell, row + start - skipped, col, end - start, stop - col))
        row = max((p.end_row for p in placed), default=row)
    return joined_table(pieces, placed, frozenset(breaks))


def _edges(piece: TablePiece) -> dict[int, float]:
    """Where the column edges of a piece lie, in parts of the page's width, by edge number.

    An edge where no cell begins or ends is no edge: a piece that holds only indicators does not show the
    columns of the amounts that another page prints.
    """
    cells = [(c.col, c.col + c.colspan, upright_box(c.box, piece.geometry)) for c in piece.table.cells]
    width = max(upright_size(piece.geometry)[0], 1e-6)
    found: dict[int, float] = {}
    for k in sorted({k for col, end, _ in cells for k in (col, end)}):
        xs = [box.x0 for col, _, box in cells if col == k] + [box.x1 for _, end, box in cells if end == k]
        found[k] = max(median(xs) / width, max(found.values(), default=-1e9) + 1e-6)
    return found


def _nearest(frame: Sequence[float], edges: Sequence[float], near: float = _NEAR) -> list[int | None]:
    """For each edge the place of its edge in `frame`, None when none is near; places only grow."""
    result: list[int | None] = []
    least = 0
    for edge in edges:
        places = [k for k in range(least, len(frame)) if abs(frame[k] - edge) <= near]
        place = min(places, key=lambda k: abs(frame[k] - edge), default=None)
        result.append(place)
        least = least if place is None else place + 1
    return result


def _met(frame: Sequence[float], edges: Sequence[float]) -> int:
    return sum(place is not None for place in _nearest(frame, edges))


def _laid_over(before: Sequence[TablePiece], piece: TablePiece, frame: Sequence[float]) -> dict[int, float]:
    """The edges of `piece` in the coordinates of `frame`: as they are, moved, stretched, or by their heads.

    Scanned pages lie a little to the side of each other; pages of different width keep their proportions;
    where nothing meets, the heads say which column is which.
    """
    edges = _edges(piece)
    xs = list(edges.values())
    width, length = xs[-1] - xs[0], frame[-1] - frame[0]
    shifts = [0.0, frame[0] - xs[0], frame[-1] - xs[-1]]
    candidates = [[x + shift for x in xs] for shift in shifts if abs(shift) <= _LOOSE]
    if abs(width - length) <= 0.12 * length:
        candidates.append([frame[0] + (x - xs[0]) * length / max(width, 1e-6) for x in xs])
    best = max(candidates, key=lambda moved: _met(frame, moved))
    if not _mostly_met(frame, best) and (warped := _by_heads(before, piece, edges)) is not None:
        best = warped
    return dict(zip(edges, best, strict=True))


def _by_heads(before: Sequence[TablePiece], piece: TablePiece, edges: dict[int, float]) -> list[float] | None:
    """The edges moved so that each head column lies over its twin of the first piece; None without twins."""
    known = next(iter(find_heads(join(before))), None)
    head = next(iter(find_heads(join([piece]))), None)
    if known is None or head is None or known.roles != head.roles or len(known.columns) < 2:
        return None
    there, here = sorted(_edges(before[0]).values()), sorted(edges.values())
    anchors = [
        (here[own.col], there[twin.col])
        for own, twin in zip(head.columns, known.columns, strict=True)
        if own.col < len(here) and twin.col < len(there)
    ]
    anchors.append((here[-1], there[-1]))
    return [_between(x, anchors) for x in edges.values()]


def _between(x: float, anchors: Sequence[tuple[float, float]]) -> float:
    """`x` led over by the two anchors around it (or the nearest two)."""
    k = max(1, min(len(anchors) - 1, sum(here <= x for here, _ in anchors)))
    (x0, y0), (x1, y1) = anchors[k - 1], anchors[k]
    return y0 + (x - x0) * (y1 - y0) / max(x1 - x0, 1e-6)


def _columns(frame: Sequence[float], edges: dict[int, float]) -> dict[int, int]:
    """Edge number of a piece -> edge number of the frame, strictly growing."""
    found = _nearest(frame, list(edges.values()))
    places: dict[int, int] = {}
    least = 0
    for (number, edge), place in zip(edges.items(), found, strict=True):
        k = min(range(len(frame)), key=lambda j: abs(frame[j] - edge)) if place is None else place
        places[number] = max(k, least)
        least = places[number] + 1
    return places


def _mostly_met(frame: Sequence[float], edges: Sequence[float]) -> bool:
    met = _met(frame, edges)
    # A page that holds only the header shows few edges; then nearly all of them must come back.
    return met >= max(2, 0.7 * len(edges)) or met >= max(3, 0.9 * len(frame))


def columns_agree(before: TablePiece, piece: TablePiece) -> bool:
    """Whether most column edges of `piece` go on those of `before` (a piece may lack some columns)."""
    frame = sorted(_edges(before).values())
    return _mostly_met(frame, list(_laid_over([before], piece, frame).values()))


def _continues(group: Sequence[TablePiece], piece: TablePiece) -> bool:
    last = group[-1]
    if piece.page != last.page + 1 or not piece.first_on_page or not last.last_on_page:
        return False
    return columns_agree(last, piece) and not _opens(group, piece)


def _same_page_part(group: Sequence[TablePiece], piece: TablePiece) -> bool:
    """Whether a header grid and the indicator grid right under it are one table in two pieces.

    Prints with horizontal rules only, and grid finders that stop at a gap, leave such pairs.
    """
    last = group[-1]
    if piece.page != last.page or any(is_table_title(line.text) for line in piece.above):
        return False
    upper = upright_box(last.table.box, last.geometry)
    lower = upright_box(piece.table.box, piece.geometry)
    gap = lower.y0 - upper.y1
    shared = min(lower.x1, upper.x1) - max(lower.x0, upper.x0)
    height = upright_size(piece.geometry)[1]
    # Between them there may be a goal that the grid finder took for prose.
    if gap > _GAP_OF_PARTS * height or shared < 0.8 * min(lower.width, upper.width):
        return False
    header = join(group)
    if find_heads(header) or not opening_labels(header, None):
        return False
    return bool(find_heads(join([piece]))) and not _opens(group, piece)


def opening_labels(table: JoinedTable, head: Head | None) -> list[tuple[str, str]]:
    """(label, value) of the cells in a table's first rows that say whose table it is.

    Rows from the indicator head on say nothing of the kind: there 项目名称 heads the column of a wide list.
    """
    last = min(table.n_rows, _OPENING_ROWS)
    if head is not None:
        last = min(last, head.first)
    found = []
    for row in range(last):
        for p in table.starting(row):
            if any(label.role in _WHOSE and label.rank <= 3 for label in header_labels(p.text)):
                right = table.at(row, p.end_col)
                found.append((fold(p.text), fold(right.text) if right is not None else ""))
    return found


def _opens(group: Sequence[TablePiece], piece: TablePiece) -> bool:
    """Whether `piece` begins a table of its own: it says whose it is, or has a title of its own.

    A producer may print the title (and the header) again on every page; then they say the same as before.
    """
    table = join([piece])
    heads = [head for head in find_heads(table) if head.last >= head.first]
    known = join(group[:1])
    opening = opening_labels(table, heads[0] if heads else None)
    before = opening_labels(known, next(iter(find_heads(known)), None))
    if any(pair not in before for pair in opening):
        return True
    spoken = [pair for line in piece.above for pair in labelled_values(line.text) if _says_whose(pair[0])]
    heard = [pair for line in group[0].above for pair in labelled_values(line.text) if _says_whose(pair[0])]
    if any(pair not in heard for pair in spoken):
        return True
    titles = {fold(line.text) for line in piece.above if is_table_title(line.text)}
    if not titles:
        return False
    same_title = titles <= {fold(line.text) for line in group[0].above}
    return not (same_title and heads and _same_head(group, heads[0]))


def _says_whose(label: str) -> bool:
    return any(meaning.role in _WHOSE and meaning.rank <= 3 for meaning in header_labels(label))


def _same_head(group: Sequence[TablePiece], head: Head) -> bool:
    return any(known.roles == head.roles for known in find_heads(join(group[:1])))


def _repeated_rows(before: Sequence[TablePiece], piece: TablePiece) -> int:
    """How many rows at the top of `piece` only repeat what the first piece's head prints."""
    if not before:
        return 0
    table = join([piece])
    head = next((h for h in find_heads(table) if h.last >= h.first), None)
    if head is None or head.first > _OPENING_ROWS:
        return 0
    known = [h for h in find_heads(join(before)) if h.last >= h.first]
    return head.last + 1 if any(_alike(h, head) for h in known) else 0


def _alike(one: Head, other: Head) -> bool:
    """Whether two heads print the same roles, one misread word forgiven."""
    a, b = one.roles, other.roles
    if len(a) != len(b):
        return len(set(a) ^ set(b)) <= 1
    return sum(x != y for x, y in zip(a, b, strict=True)) <= 1

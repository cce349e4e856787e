"""Where a table without vertical rules may be: stacks of horizontal rules, or lines that keep to columns.

The columns of such a table are told by the white between them: a valley that hardly any line crosses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from goaltables.extractors.digital.glyph_lines import box_of, lines_of, split_at_gaps
from goaltables.extractors.digital.rules import Axis, Segment, join_rules
from goaltables.extractors.digital.text_layer import Glyph, TextLayer
from goaltables.records import Box

# All in character sizes.
TOKEN_GAP = 0.7
VALLEY = 0.6
SAME_END = 1.5
LONG_RULE = 15.0
SAME_RULE = 0.25
MIN_RULES = 3
TITLE = 1.25
PIECE_GAP = 1.0  # rules drawn cell by cell; a merged cell is wider
ROW_DISTANCE = 3.2  # lines further apart end a table without rules

CROSSED_SHARE = 0.12  # of the rows may cross the white between two columns
HALF_LINE = 1.0  # from a row's line to the second line of a text that is centred beside it
MIN_ROWS = 4  # with three columns or more, to be a table without rules


@dataclass(frozen=True, slots=True)
class TextRow:
    """A line of text as tokens: runs of characters with white between them."""

    tokens: tuple[Box, ...]

    @property
    def y(self) -> float:
        return sum(t.centre[1] for t in self.tokens) / len(self.tokens)


@dataclass(frozen=True, slots=True)
class Region:
    """Where a table may be: its lines, its box (None: around the lines), the rules across it, and all its
    rules with those that cross a part of it.
    """

    rows: tuple[TextRow, ...]
    box: Box | None
    rules: tuple[float, ...]
    pieces: tuple[Segment, ...] = ()


def text_rows(layer: TextLayer, taken: Sequence[Box]) -> list[TextRow]:
    """The lines outside the boxes that are `taken` by ruled tables. Upright coordinates."""
    free = [glyph for glyph in layer.glyphs if glyph.turn == 0 and not _is_in(glyph, taken)]
    return [_text_row(line, layer.em) for line in lines_of(free)]


def _is_in(glyph: Glyph, boxes: Sequence[Box]) -> bool:
    return any(box.holds(*glyph.box.centre) for box in boxes)


def _text_row(line: Sequence[Glyph], em: float) -> TextRow:
    runs = split_at_gaps(line, TOKEN_GAP * em / max(em, max(g.size for g in line)))
    return TextRow(tuple(box_of(run) for run in runs))


def ruled_regions(layer: TextLayer, rows: list[TextRow], taken: Sequence[Box]) -> list[Region]:
    """Stacks of horizontal rules with the same ends, and the lines between them."""
    em = layer.em
    free = [
        s
        for s in join_rules((s for s in layer.segments if not s.is_light), Axis.HORIZONTAL)
        if not any(box.y0 - em <= s.at <= box.y1 + em for box in taken)
    ]
    stacks: list[list[Segment]] = []
    for rule in _whole_rules(free, em):
        if rule.length < LONG_RULE * em:
            continue
        for stack in stacks:
            last = stack[-1]
            if abs(last.start - rule.start) < SAME_END * em and abs(last.end - rule.end) < SAME_END * em:
                stack.append(rule)
                break
        else:
            stacks.append([rule])
    regions: list[Region] = []
    stacks = [part for stack in stacks for part in _parted_at_titles(stack, rows, em)]
    for whole in sorted(stacks, key=lambda s: s[0].start - s[0].end):
        # Without the shorter rules of the forms found already.
        stack = [s for s in whole if not any(_is_rule_of(s, region.box, em) for region in regions)]
        if len(stack) < 2:
            continue
        box = Box(min(s.start for s in stack), stack[0].at, max(s.end for s in stack), stack[-1].at)
        inside = tuple(row for row in rows if box.y0 < row.y < box.y1)
        pieces = tuple(_pieces(free, box, em))
        # Two rules are a page's head and foot as often as a table's; a third, below the header, tells.
        if len(_clusters(pieces, em)) < MIN_RULES:
            continue
        if len(inside) >= 2 and not any(box.overlap(other) > 0 for other in taken):
            regions.append(Region(inside, box, tuple(s.at for s in stack), pieces))
    return regions


def _is_rule_of(rule: Segment, box: Box | None, em: float) -> bool:
    middle = (rule.start + rule.end) / 2
    return box is not None and replace(box, y0=box.y0 - em, y1=box.y1 + em).holds(middle, rule.at)


def _parted_at_titles(stack: list[Segment], rows: Sequence[TextRow], em: float) -> Iterator[list[Segment]]:
    """Tables of one width below each other: a line in larger print stands between them."""
    titles = [row.y for row in rows if max(token.height for token in row.tokens) > TITLE * em]
    first = 0
    for i in range(MIN_RULES, len(stack) - MIN_RULES + 1):
        if i - first >= MIN_RULES and any(stack[i - 1].at < y < stack[i].at for y in titles):
            yield stack[first:i]
            first = i
    yield stack[first:]


def _pieces(rules: Sequence[Segment], box: Box, em: float) -> Iterator[Segment]:
    """The rules of a table, whole ones and those that begin at an inner column. A short stroke that reaches
    neither side is an underline.
    """
    for line in _clusters(
        [
            s
            for s in rules
            if box.y0 - SAME_RULE * em <= s.at <= box.y1 + SAME_RULE * em
            and box.x0 - SAME_END * em < s.start
            and s.end < box.x1 + SAME_END * em
        ],
        em,
    ):
        run: Segment | None = None
        for piece in [*sorted(line, key=lambda s: s.start), None]:
            if run is not None and piece is not None and piece.start - run.end <= PIECE_GAP * em:
                run = Segment(Axis.HORIZONTAL, run.at, run.start, max(run.end, piece.end))
                continue
            if run is not None and (
                run.start < box.x0 + SAME_END * em
                or run.end > box.x1 - SAME_END * em
                or run.length >= LONG_RULE * em
            ):
                yield run
            run = piece


def _clusters(segments: Sequence[Segment], em: float) -> list[list[Segment]]:
    """Rules by height."""
    lines: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: s.at):
        if lines and segment.at - lines[-1][0].at < SAME_RULE * em:
            lines[-1].append(segment)
        else:
            lines.append([segment])
    return lines


def _whole_rules(segments: list[Segment], em: float) -> list[Segment]:
    """Rules of one height as one: some are drawn cell by cell with white between."""
    return [
        Segment(Axis.HORIZONTAL, line[0].at, min(s.start for s in line), max(s.end for s in line))
        for line in _clusters(segments, em)
    ]


def free_regions(rows: list[TextRow], em: float, barriers: Sequence[float]) -> list[Region]:
    """Runs of lines that keep to the same columns, three of them or more."""
    regions: list[Region] = []
    run: list[TextRow] = []
    for row in [*rows, None]:
        fits = (
            row is not None
            and (not run or _continues(run[-1], row, em, barriers))
            and not _is_prose(row, rows)
        )
        if fits and row is not None:
            run.append(row)
            continue
        if (region := _trimmed(run, em)) is not None:
            regions.append(region)
        run = [row] if row is not None and not _is_prose(row, rows) else []
    return regions


def _continues(last: TextRow, row: TextRow, em: float, barriers: Sequence[float]) -> bool:
    return row.y - last.y <= ROW_DISTANCE * em and not any(last.y < y < row.y for y in barriers)


def _is_prose(row: TextRow, rows: Sequence[TextRow]) -> bool:
    """One token over most of the width that the page's text takes."""
    width = max(r.tokens[-1].x1 for r in rows) - min(r.tokens[0].x0 for r in rows)
    return any(token.width > 0.6 * width for token in row.tokens)


def _trimmed(run: list[TextRow], em: float) -> Region | None:
    """The part of a run whose lines keep to common columns."""
    while sum(len(row.tokens) >= 3 for row in run) >= MIN_ROWS:
        white = valleys([row for row in run if len(row.tokens) >= 2], em)
        if len(white) < 2:
            return None
        # Titles and fields above the table, page numbers below: lines that cross the white, or fill no
        # two columns at an end.
        first, last = 0, len(run)
        while first < last and not _keeps(run[first], white):
            first += 1
        while last > first and not _keeps(run[last - 1], white):
            last -= 1
        # A label of two lines in the last row has its second line below all others.
        if first < last < len(run) and _is_wrapped(run[last - 1], run[last], white, em):
            last += 1
        if (first, last) == (0, len(run)):
            return Region(tuple(run), None, ())
        run = run[first:last]
    return None


def _keeps(row: TextRow, white: Sequence[tuple[float, float]]) -> bool:
    if any(_crosses(token, valley) for token in row.tokens for valley in white):
        return False
    filled = {sum((a + b) / 2 < token.centre[0] for a, b in white) for token in row.tokens}
    return len(filled) >= 2


def _is_wrapped(row: TextRow, below: TextRow, white: Sequence[tuple[float, float]], em: float) -> bool:
    """Whether a line is the rest of a text in the row before it: nearer than any next row."""
    inside = not any(_crosses(token, valley) for token in below.tokens for valley in white)
    return inside and below.y - row.y < HALF_LINE * em


def _crosses(token: Box, valley: tuple[float, float]) -> bool:
    middle = (valley[0] + valley[1]) / 2
    return token.x0 < middle < token.x1


def valleys(rows: Sequence[TextRow], em: float) -> list[tuple[float, float]]:
    """White between columns: stretches that at most a few of the rows cross. The first row is the header, and
    none of its tokens lies in a valley.
    """
    if not rows:
        return []
    left = min(row.tokens[0].x0 for row in rows)
    right = max(row.tokens[-1].x1 for row in rows)
    profile = np.zeros(int(right - left) + 2)
    for row in rows:
        for token in row.tokens:
            profile[int(token.x0 - left) : int(token.x1 - left) + 1] += 1
    allowed = CROSSED_SHARE * len(rows)
    for token in rows[0].tokens:
        if len(rows[0].tokens) >= 3:
            profile[int(token.x0 - left) : int(token.x1 - left) + 1] += allowed + 1
    white = np.concatenate(([0], (profile <= allowed).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(white))
    stretches = [
        _whitest(profile, int(a), int(b))
        for a, b in zip(edges[::2], edges[1::2], strict=True)
        if b - a >= VALLEY * em and a > 0 and b < len(profile) - 1
    ]
    return [(left + a, left + b) for a, b in stretches]


def _whitest(profile: np.ndarray, start: int, end: int) -> tuple[int, int]:
    """The widest part of a valley that fewest rows cross: wrapped names reach further than the others."""
    least = profile[start:end] == profile[start:end].min()
    edges = np.flatnonzero(np.diff(np.concatenate(([0], least.astype(np.int8), [0]))))
    a, b = max(zip(edges[::2], edges[1::2], strict=True), key=lambda run: run[1] - run[0])
    return start + int(a), start + int(b)

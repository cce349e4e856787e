"""Characters to lines, lines to text.

Characters stand on baselines; a raised ² or a smaller digit stands on its neighbours' line. What is wrapped
in a cell was cut anywhere, so lines are joined without a break ("辅助提升就" + "业率2%"), and so are side
labels set one character a line. Spaces in Chinese print are layout (项 目 名 称), so a space is kept only
where it is printed between ASCII letters or digits.
"""

from __future__ import annotations

from collections.abc import Sequence

from goaltables.extractors.digital.text_layer import Glyph
from goaltables.records import Box

# In sizes of the taller glyph. Lines stand at least 1 apart, a superscript .3 to .4 off.
SAME_BASELINE = 0.45
WORD_GAP = 0.18


def lines_of(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs in lines from top to bottom, each line from left to right. Glyphs set sideways (a rotated side
    label) make lines of their own, behind the upright ones.
    """
    upright = [glyph for glyph in glyphs if glyph.turn == 0]
    lines = _upright_lines(upright)
    if len(upright) < len(glyphs):
        for turn in (90, 180, 270):
            lines += _turned_lines([glyph for glyph in glyphs if glyph.turn == turn], turn)
    return lines


def _upright_lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    lines: list[list[Glyph]] = []
    heads: list[tuple[float, float]] = []  # baseline and size of the largest glyph of each line
    for glyph in sorted(glyphs, key=lambda g: g.baseline):
        # Only the last lines can be near: the glyphs come from top to bottom.
        for i in range(len(lines) - 1, max(len(lines) - 4, -1), -1):
            baseline, size = heads[i]
            if abs(glyph.baseline - baseline) <= SAME_BASELINE * max(size, glyph.size):
                lines[i].append(glyph)
                if glyph.size > size:
                    heads[i] = (glyph.baseline, glyph.size)
                break
        else:
            lines.append([glyph])
            heads.append((glyph.baseline, glyph.size))
    order = sorted(range(len(lines)), key=lambda i: heads[i][0])
    return [sorted(lines[i], key=lambda g: g.box.x0) for i in order]


def _turned_lines(glyphs: list[Glyph], turn: int) -> list[list[Glyph]]:
    """Lines of glyphs that need `turn` degrees clockwise to be upright."""
    if turn == 180:
        key = {id(g): (-g.box.y1, -g.box.x1) for g in glyphs}
    elif turn == 90:  # read from bottom to top, lines from left to right
        key = {id(g): (g.box.x0, -g.box.y1) for g in glyphs}
    else:  # read from top to bottom, lines from right to left
        key = {id(g): (-g.box.x1, g.box.y0) for g in glyphs}
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: key[id(g)][0]):
        if lines and abs(key[id(lines[-1][0])][0] - key[id(glyph)][0]) <= SAME_BASELINE * glyph.size:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return [sorted(line, key=lambda g: key[id(g)][1]) for line in lines]


def line_text(line: Sequence[Glyph]) -> str:
    """The text of one line; a space only where one is printed between ASCII letters or digits."""
    parts: list[str] = []
    previous: Glyph | None = None
    for glyph in line:
        if (
            previous is not None
            and glyph.turn == 0
            and _is_word(previous.text[-1])
            and _is_word(glyph.text[0])
        ):
            gap = glyph.box.x0 - previous.box.x1
            if gap > WORD_GAP * glyph.size:
                parts.append(" ")
        parts.append(glyph.text)
        previous = glyph
    return "".join(parts)


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def text_of(glyphs: Sequence[Glyph]) -> str:
    """The text of a cell: its lines joined without a break."""
    return "".join(line_text(line) for line in lines_of(glyphs))


def split_at_gaps(line: Sequence[Glyph], widest: float) -> list[list[Glyph]]:
    """A line as runs that stand more than `widest` sizes apart (columns, or fields beside each other)."""
    runs: list[list[Glyph]] = []
    for glyph in line:
        if runs and glyph.box.x0 - runs[-1][-1].box.x1 <= widest * max(glyph.size, runs[-1][-1].size):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return runs


def box_of(glyphs: Sequence[Glyph]) -> Box:
    """The box around glyphs (at least one)."""
    return Box(
        min(g.box.x0 for g in glyphs),
        min(g.box.y0 for g in glyphs),
        max(g.box.x1 for g in glyphs),
        max(g.box.y1 for g in glyphs),
    )

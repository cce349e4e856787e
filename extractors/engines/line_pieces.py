"""A very wide line picture, cut at its widest gaps into pieces a recogniser can take."""

from __future__ import annotations

import numpy as np

from goaltables.records import Image


def cut_wide_line(line: Image, widest: int) -> list[Image]:
    """Cut `line` into pieces of at most `widest` px, left to right, at gaps between characters.

    The cut is looked for in the last quarter of each piece, in the middle of the widest run of columns with
    the least ink; a line without any gap is cut through its lightest column.
    """
    pieces: list[Image] = []
    rest = line
    while rest.shape[1] > widest:
        cut = _best_cut(rest, max(1, widest * 3 // 4), widest)
        pieces.append(rest[:, :cut])
        rest = rest[:, cut:]
    pieces.append(rest)
    return pieces


def _best_cut(line: Image, first: int, last: int) -> int:
    """The column in ``[first, last]`` that lies deepest inside a gap."""
    gray = line if line.ndim == 2 else line.min(axis=2)
    darkness = 255.0 - gray[:, first : last + 1].min(axis=0)
    clear = darkness <= darkness.min() + 24  # paper noise is not ink
    best, run = 0, 0
    longest = -1
    for index, is_clear in enumerate(np.append(clear, False)):
        if is_clear:
            run += 1
        else:
            if run > longest:
                longest, best = run, index - run + run // 2
            run = 0
    return first + int(min(best, last - first))

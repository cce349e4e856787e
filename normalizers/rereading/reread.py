"""Choosing the text of a doubtful cell by its role, from what its reader kept of it.

    read -> recognise the form -> what may stand in this cell? -> the likeliest text there

Nothing is read again: the picture is gone, its hypotheses travel with the cell. Each line offers its
likeliest texts and every word of the form that it may say; the weight of what stands in the column is added
to the log probability of the picture (``expectation.py``). A word that the picture does not support never
wins by being near in spelling: 质量指标 and 数量指标 are one character apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from math import exp

from goaltables.normalizers.rereading.cell_kinds import cell_kinds
from goaltables.normalizers.rereading.confidence import is_weighed, with_confidence
from goaltables.normalizers.rereading.ctc import log_probability, n_best
from goaltables.normalizers.rereading.expectation import Kind, is_impossible, variants, weight
from goaltables.normalizers.rereading.form_words import form_words
from goaltables.normalizers.rereading.traditional import with_simplified_texts
from goaltables.records import Cell, Hypotheses, LineReading, PageReading

# Texts tried for a cell: the likeliest of each line, and of their combinations.
_OF_LINE = 12
_OF_CELL = 48
# As in the cell's own text: a point between ideographs is a comma, a dash before a sign the end of a rule.
_POINT = re.compile(r"(?<=[一-鿿])[.．](?=[一-鿿])")
_RULE_END = re.compile(r"^[一—\-_]+(?=[≥≤<>＜＞=＝])")
_BLANKS = re.compile(r"(?<![0-9A-Za-z.,])\s+|\s+(?![0-9A-Za-z])")

READING_REPAIRED = "reading-repaired"  # to what the reader did not offer: ═95% was read as 一95%

Scored = tuple[str, float]


def reread(pages: Sequence[PageReading]) -> tuple[PageReading, ...]:
    """The pages with every doubtful cell read as its place in the form makes likeliest, and each cell that a
    recogniser read with the probability that it was read right.
    """
    if not any(is_weighed(cell) for page in pages for table in page.tables for cell in table.cells):
        return tuple(pages)
    likeliest = with_simplified_texts(with_likeliest_texts(pages))
    return with_confidence(likeliest, cell_kinds(likeliest))


def with_likeliest_texts(pages: Sequence[PageReading]) -> tuple[PageReading, ...]:
    """Twice: words of the form first, wherever they stand, so that the form is recognised by them; then each
    cell by the kind that the form gives it.
    """
    settled = _chosen(pages, {})
    return _chosen(settled, cell_kinds(settled))


def _chosen(pages: Sequence[PageReading], kinds: Mapping[int, Kind]) -> tuple[PageReading, ...]:
    usual = _usual_texts(pages, kinds)
    return tuple(
        replace(
            page,
            tables=tuple(
                replace(
                    table,
                    cells=tuple(_cell(cell, kinds.get(id(cell), Kind.TEXT), usual) for cell in table.cells),
                )
                for table in page.tables
            ),
        )
        for page in pages
    )


def _usual_texts(pages: Sequence[PageReading], kinds: Mapping[int, Kind]) -> frozenset[tuple[Kind, str]]:
    """What cells of each kind say that were read without doubt."""
    cells = (cell for page in pages for table in page.tables for cell in table.cells)
    return frozenset((kinds[id(cell)], cell.text) for cell in cells if id(cell) in kinds and not cell.lines)


def _cell(cell: Cell, kind: Kind, usual: frozenset[tuple[Kind, str]]) -> Cell:
    """The cell with its likeliest text, and that text's probability among all that were tried."""
    if not cell.lines and not (is_weighed(cell) and is_impossible(kind, cell.text)):
        return cell
    texts = [*_texts(cell.lines)] if cell.lines else [(cell.text, 0.0)]
    others = [other for found in texts for other in variants(kind, *found)]
    weighed = [
        (text, score + weight(kind, text, is_usual=(kind, text) in usual)) for text, score in texts + others
    ]
    text, best = max(weighed, key=lambda scored: scored[1])
    tried = sum(exp(score) for _, score in weighed)
    untried = max(0.0, 1 - sum(exp(score) for _, score in texts + others))
    sure = [line.confidence for line in cell.lines if line.hypotheses is None]
    sure += [] if cell.lines else [cell.confidence]
    is_repaired = text not in {offered for offered, _ in texts} and READING_REPAIRED not in cell.flags
    flags = (*cell.flags, READING_REPAIRED) if is_repaired else cell.flags
    return replace(cell, text=text, confidence=min(*sure, 1.0, exp(best) / (tried + untried)), flags=flags)


def _texts(lines: Sequence[LineReading]) -> list[Scored]:
    """What the lines together may say, likeliest first; each text once."""
    whole: list[Scored] = [("", 0.0)]
    for line in lines:
        found: dict[str, float] = {}
        of_line = _line_texts(line, len(lines) == 1)
        for before, score in whole:
            for text, own in of_line:
                joined = before + text
                found[joined] = max(found.get(joined, -1e9), score + own)
        whole = sorted(found.items(), key=lambda scored: -scored[1])[:_OF_CELL]
    return whole


def _line_texts(line: LineReading, is_alone: bool) -> tuple[Scored, ...]:
    """What one line may say; a line that is all of its cell may be any word of the form it supports."""
    if line.hypotheses is None:
        return ((line.text, 0.0),)
    return _hypothetical_texts(line.hypotheses, is_alone)


def _tidied(text: str) -> str:
    return _RULE_END.sub("", _POINT.sub("，", _BLANKS.sub("", text.strip())))


@lru_cache(maxsize=1024)
def _hypothetical_texts(line: Hypotheses, is_alone: bool) -> tuple[Scored, ...]:
    likely = [(_tidied(text), score) for text, score in n_best(line, _OF_LINE)]
    seen = frozenset(line.characters)
    words = [word for word in form_words() if seen.issuperset(word)] if is_alone else []
    return (*likely, *((word, log_probability(line, word)) for word in words))

"""Rows of a text dump that lost a cell, put back under their columns.

Whoever marks a table and copies it loses cells now and then: where a merged label ends, a row starts one tab
too early and ends with one too many::

    <tab><tab>成本指标<tab>为民办实事人员补助每次发放金额<tab><=12.31万元
    <tab>成本指标<tab>马场社区聘用人员工资及社保支出标准<tab><=5.88万元<tab>

The rows around it say what belongs where: 成本指标 stands in the third column there, amounts in the last.
Nothing but this shape is looked at (numbers under numbers, words under words, the same word under itself),
so that a row which merely ends with an empty cell (经济效益指标 without an indicator) stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# How many rows above and below say what a column holds: an indicator grid and a block of money have
# other columns.
REACH = 6
# Of those rows, at least this share fills a column before an empty cell there is missed.
FILLED = 0.5
# A kind of text that less than this share of a column's cells has does not belong there: rows lose cells in
# groups, and must not vouch for each other.
STRAY = 0.25
# A head has a number below it within so many rows; goals in words may come first.
NEXT = 3

# Up to four signs or words may stand before the digits of a number (≥, 不低于); a year begins a name.
_NUMBER = re.compile(r"^(?!20\d\d\s*年)\D{0,4}\d")
LONGEST_NUMBER = 16

Row = Sequence[str]
# (row, col) -> (rowspan, colspan, text)
_Spans = dict[tuple[int, int], tuple[int, int, str]]


def aligned_rows(rows: Sequence[Row]) -> tuple[list[tuple[str, ...]], frozenset[int]]:
    """The rows at equal length, those that slid to the left moved back; and which rows were moved.

    >>> rows = [["", "成本指标", "工资", "<=3元"], ["", "成本指标", "补助", "<=5元"]]
    >>> aligned_rows([*rows, ["成本指标", "经费", "<=7元", ""]])[0][-1]
    ('', '成本指标', '经费', '<=7元')
    """
    length = max((len(row) for row in rows), default=0)
    full = [(*row, *("" for _ in range(length - len(row)))) for row in rows]
    result: list[tuple[str, ...]] = []
    moved = set()
    for index, row in enumerate(full):
        near = [*result[-REACH:], *full[index + 1 : index + 1 + REACH]]
        shift = _shift(row, [other for other in near if any(other)])
        if shift:
            moved.add(index)
        result.append(("",) * shift + row[: length - shift])
    return result, frozenset(moved)


def _shift(row: tuple[str, ...], near: Sequence[Row]) -> int:
    """By how many columns `row` must move to the right; 0 unless the move is needed and makes it fit."""
    spare = len(row) - 1 - max((col for col, text in enumerate(row) if text), default=len(row) - 1)
    if not spare or sum(bool(other[-1]) for other in near) < FILLED * max(len(near), 2):
        return 0
    # Moved by less, the last column would still be empty.
    return spare if _is_misplaced(row, spare, near) and _fits(row, spare, near) else 0


def _is_misplaced(row: Row, shift: int, near: Sequence[Row]) -> bool:
    """Whether `row` stands wrong where it is: a number under words, or a word beside its own column."""
    for col, text in enumerate(row):
        if not text:
            continue
        kinds = _kinds(near, col)
        if kinds and _is_number(text) not in kinds:
            return True
        beside = sum(other[col + shift] == text for other in near)
        if beside > sum(other[col] == text for other in near):
            return True
    return False


def _fits(row: Row, shift: int, near: Sequence[Row]) -> bool:
    """Whether each text would come under texts of its kind: a head (总额 over 903.78) must stay."""
    return all(_is_number(text) in _kinds(near, col + shift) for col, text in enumerate(row) if text)


def _kinds(near: Sequence[Row], col: int) -> set[bool]:
    """Which kinds of text stand in a column: {True} numbers, {False} words, or both."""
    found = [_is_number(other[col]) for other in near if other[col]]
    return {kind for kind in (True, False) if found.count(kind) > STRAY * len(found)}


def _is_number(text: str) -> bool:
    return len(text) <= LONGEST_NUMBER and bool(_NUMBER.match(text))


def spanned_cells(rows: Sequence[Row], *, goes_on: bool = False) -> list[tuple[int, int, int, int, str]]:
    """(row, col, rowspan, colspan, text) of cells that tile `rows`.

    A dump does not say which cells were merged. Three places show it: a head over other heads, whose
    neighbours have nothing below them; a label at the left that was copied from the middle of its cell, so
    that the head of its block stands above it; and rows that begin with empty cells, below labels that all
    stand on top. Where the table `goes_on` on another page the last label is left alone: the rest of the
    empty cells may belong to a label that is printed only there::

        <tab>任务名称<tab>主要内容<tab>预算金额（万元）<tab><tab>
        <tab><tab><tab>总额<tab>财政拨款<tab>其他资金
        年度主要任务<tab>人员保障<tab>用于……<tab>903.78<tab>904.78<tab>0

    >>> spanned_cells([["任务", "内容", "预算", ""], ["", "", "总额", "拨款"]])[:3]
    [(0, 0, 2, 1, '任务'), (0, 1, 2, 1, '内容'), (0, 2, 1, 2, '预算')]
    """
    heads, spans = _heads(rows)
    for first, last in zip([0, *(end for _, end in heads)], [*(r for r, _ in heads), len(rows)], strict=True):
        spans = _labels_on_top(rows, first, last, goes_on=goes_on and last == len(rows)) | spans
    covered: set[tuple[int, int]] = set()
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if (r, c) in covered:
                continue
            rowspan, colspan, printed = spans.get((r, c), (1, 1, text))
            covered |= {(r + i, c + j) for i in range(rowspan) for j in range(colspan)}
            cells.append((r, c, rowspan, colspan, printed))
    return cells


def _heads(rows: Sequence[Row]) -> tuple[list[tuple[int, int]], _Spans]:
    """The heads as (first row, row past the last), and the spans of their cells and of labels beside them."""
    heads: list[tuple[int, int]] = []
    spans: _Spans = {}
    for r, row in enumerate(rows):
        if heads and r < heads[-1][1]:
            continue
        below = [col for col, text in enumerate(rows[r + 1]) if text] if r + 1 < len(rows) else []
        columns = {col for col, text in enumerate(row) if text}
        if below and _is_head_over(row, rows[r + 1], below):
            spans[r, below[0]] = (1, len(below), row[below[0]])
            spans |= {(r, c): (2, 1, row[c]) for c in columns.difference(below)}
            columns |= set(below)
            heads.append((r, r + 2))
        elif _is_head(rows, r):
            heads.append((r, r + 1))
        else:
            continue
        label = _label_of_block(rows, r, columns)
        if label is not None:
            spans[r, 0] = (label - r + 1, 1, rows[label][0])
    return heads, spans


def _labels_on_top(rows: Sequence[Row], first: int, last: int, *, goes_on: bool) -> _Spans:
    """The labels of rows first..last-1 that go on over the empty cells below them, with which rows begin.

    Only in columns whose first cell has a text, and whose labels all stand in rows that begin a group of the
    next column too: labels copied from the middle of their cells break one rule or the other.
    """
    leading = {r: next((c for c, text in enumerate(rows[r]) if text), 0) for r in range(first, last)}
    rightmost = max(leading.values(), default=0) - 1
    spans: _Spans = {}
    for col in range(rightmost + 1):
        labels = [r for r in leading if rows[r][col]]
        if not labels or labels[0] != first or not all(rows[r][rightmost] for r in labels):
            continue
        for r, following in zip(labels, [*labels[1:], last], strict=True):
            end = next((below for below in range(r + 1, following) if leading[below] <= col), following)
            if goes_on and end == last:
                continue
            spans[r, col] = (end - r, 1, rows[r][col])
    return spans


def _is_head_over(row: Row, lower: Row, below: Sequence[int]) -> bool:
    """Whether the texts of `lower` (columns `below`) are the heads under one head of `row`."""
    if len(below) < 2 or below[-1] - below[0] != len(below) - 1 or any(map(_is_number, (*row, *lower))):
        return False
    beside = [col for col, text in enumerate(row) if text and col not in below]
    # 年度总体目标 with its goal, over the head of the indicators, has a single text beside it.
    return bool(row[below[0]]) and not any(row[col] for col in below[1:]) and len(beside) > 1


def _is_head(rows: Sequence[Row], r: int) -> bool:
    """Whether row `r` has words only, at least three, and a row close below it a number under one of them.

    A goal in words among numbers looks the same; but it stands right of empty cells, or the row above it
    fills the same last columns. Beside a head there is at most the label of its block.
    """
    columns = [col for col, text in enumerate(rows[r]) if text]
    if len(columns) < 3 or columns[0] > 1 or r + 1 == len(rows) or any(map(_is_number, rows[r])):
        return False
    if r and all(rows[r - 1][col] for col in columns[-2:]):
        return False
    return any(_is_number(row[col]) for row in rows[r + 1 : r + 1 + NEXT] for col in columns)


def _label_of_block(rows: Sequence[Row], head: int, columns: set[int]) -> int | None:
    """The row that prints the label at the left of the block which row `head` opens; None when `head` has it.

    It is a row of the block: it fills the columns that the head heads (the row of a goal does not).
    """
    if rows[head][0]:
        return None
    label = next((row for row in range(head + 1, len(rows)) if rows[row][0]), None)
    if label is None or sum(bool(rows[label][col]) for col in columns) <= FILLED * len(columns):
        return None
    return label

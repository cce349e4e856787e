"""The sums of a table, as a person sees them beside the page: which parts make which total, and whether they
do.

The same sums as the checks (`goaltables.normalizers.checking`) and their tolerances; here every one is
listed, also those that come out, so that a sum is seen to turn right when a digit is corrected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from goaltables.document import BudgetRow, GoalTable
from goaltables.normalizers.checking.amount_checks import is_total
from goaltables.normalizers.checking.check_rules import number, words
from goaltables.normalizers.values.amounts import is_blank, parse_amount
from goaltables.normalizers.values.numerals import format_decimal
from goaltables.pipeline.review.record_texts import FieldPath

_PARTS = ("fiscal", "carry", "other")


@dataclass(frozen=True, slots=True)
class Term:
    """A number of a sum: its name as printed or as the form calls it, its text, the field it stands in."""

    name: str
    text: str
    path: FieldPath | None


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum that the table prints. `code` is the finding's when it does not come out.

    `difference` is the printed total minus the sum of the parts, None where that cannot be said; `is_right`:
    None then, too.
    """

    code: str
    total: Term
    parts: tuple[Term, ...]
    difference: Decimal | None
    is_right: bool | None

    @property
    def sum_of_parts(self) -> str | None:
        total = parse_amount(self.total.text)
        if total is None or self.difference is None:
            return None
        return format_decimal(total - self.difference)


def sums_of(table: GoalTable, number_of_table: int) -> tuple[Sum, ...]:
    """Every sum of the table: rows and columns of the money, weights, scores."""
    return (
        *_row_sums(table, number_of_table),
        *_column_sums(table, number_of_table),
        *_point_sums(table, number_of_table),
    )


def _sum(code: str, total: Term, parts: Sequence[Term]) -> Sum:
    printed = parse_amount(total.text)
    readable = all(is_blank(part.text) or parse_amount(part.text) is not None for part in parts)
    known = [amount for part in parts if (amount := parse_amount(part.text)) is not None]
    if printed is None or not readable or not known:
        return Sum(code, total, tuple(parts), None, None)
    difference = printed - sum(known, Decimal(0))
    return Sum(code, total, tuple(parts), difference, abs(difference) <= number(code, "tolerance"))


def _term(row: BudgetRow, index: int, column: str, table: int, name: str) -> Term:
    return Term(name, getattr(row, column) or "", FieldPath(table, "budget", index, column))


def _row_sums(table: GoalTable, at: int) -> Iterator[Sum]:
    names = words()["columns"]
    columns = [c for c in _PARTS if any(getattr(row, c) for row in table.budget)]
    for index, row in enumerate(table.budget):
        parts = [_term(row, index, column, at, names[column]) for column in columns]
        if row.total and any(part.text for part in parts):
            yield _sum("row-total-mismatch", _term(row, index, "total", at, row.name), parts)


def _column_sums(table: GoalTable, at: int) -> Iterator[Sum]:
    totals = [index for index, row in enumerate(table.budget) if is_total(row)]
    if len(totals) != 1 or len(table.budget) < 2:
        return
    names = words()["columns"]
    for column in ("total", *_PARTS):
        parts = [
            _term(row, index, column, at, row.name)
            for index, row in enumerate(table.budget)
            if index != totals[0]
        ]
        total = _term(table.budget[totals[0]], totals[0], column, at, names[column])
        if total.text or any(parse_amount(part.text) for part in parts):
            yield _sum("column-total-mismatch", total, parts)


def _point_sums(table: GoalTable, at: int) -> Iterator[Sum]:
    """Weights make 100 and scores the total score, each with those of the execution rate."""
    weights = _points(table, at, "weight")
    if weights:
        code = "weight-sum-mismatch"
        yield _sum(code, Term("", format_decimal(number(code, "whole")), None), weights)
    total = table.self_evaluation.total_score if table.self_evaluation is not None else None
    scores = _points(table, at, "score")
    if scores and total:
        path = FieldPath(at, "evaluation", 0, "total_score")
        yield _sum("score-sum-mismatch", Term("", total, path), scores)


def _points(table: GoalTable, at: int, column: Literal["weight", "score"]) -> list[Term]:
    execution = table.self_evaluation.execution if table.self_evaluation is not None else []
    found = [
        (row.name, getattr(row, column), FieldPath(at, "execution", index, column))
        for index, row in enumerate(execution)
    ]
    found += [
        (row.name, getattr(row, column), FieldPath(at, "indicator", index, column))
        for index, row in enumerate(table.indicators)
    ]
    return [Term(name, text, path) for name, text, path in found if text]

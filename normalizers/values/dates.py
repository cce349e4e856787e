"""Dates and periods as target values: ``12月底前``, ``2022年1月-12月``, ``一季度末``, ``每月10日前``.

A date is a deadline unless it says otherwise: ``2022年6月30日`` and ``2022年12月前`` both end on the last
day of what they name, with the operator ``<=``. A year, half-year or quarter without 末/前 is a period. A
date without a year takes the table's; without one it is written ``--12-31`` and flagged ``year_missing``.
The last day of a February of no known year is ``--02-29``. A deadline that comes back is ``monthly-10``
(flag ``recurring``).

Grammar (every rule either matches the whole text or nothing)::

    deadline  = [operator] [于|截至] point [前|内|止 …] [完成 …]   |   point 后   |   month event 前
    period    = point join point [年|月]   |   year | half | quarter
    recurring = 每月|次月|每年 … day|底 [前]
    point     = numeric | [year] (month [day | 底 | 上旬 …] | quarter [末] | half | 年底) | year
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from goaltables.normalizers.values.date_points import (
    Point,
    date_words,
    read_day,
    read_month,
    read_point,
    read_year,
)
from goaltables.normalizers.values.numerals import read_numeral
from goaltables.normalizers.values.scanner import Lexicon, Scanner

_BARE_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}(?![0-9])", re.ASCII)
_RECURRING = {
    "每月": "monthly",
    "次月": "monthly",
    "下月": "monthly",
    "当月": "monthly",
    "每季度": "quarterly",
}
_RECURRING |= {"每季": "quarterly", "每年": "yearly", "每年度": "yearly"}
# Words behind 前/内: "12月底前全部完成拨付" is still a date; a sentence is not.
_LETTERS = re.compile(r"[一-鿿]{1,12}")
# 5月汛期前, 9月开学前: no later than that month, on a day that the text does not tell.
_BEFORE_AN_EVENT = re.compile(r"[一-鿿]{2,8}前(?:完成)?$")


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date or period that was read; `start` and `end` are ISO dates (``--12-31`` without a year)."""

    kind: str
    operator: str | None
    start: str | None
    end: str | None
    flags: tuple[str, ...] = ()


@cache
def _recurrences() -> Lexicon[str]:
    return Lexicon(_RECURRING)


def read_date(scanner: Scanner, operator: str | None, fiscal_year: int | None) -> DateValue | None:
    """Reads the rest of the text as a date or period, or nothing. `operator`: the one printed before."""
    start = scanner.position
    for rule in (_recurring, _dated, _short):
        scanner.position = start
        found = rule(scanner, operator, fiscal_year)
        if found is not None and scanner.at_end:
            return found
    scanner.position = start
    return None


def _recurring(scanner: Scanner, operator: str | None, _: int | None) -> DateValue | None:
    cycle = scanner.take(_recurrences())
    if cycle is None:
        return None
    if cycle == "yearly":
        point = read_month(scanner, None, printed_year=False)
        if point is None:
            return None
        when = point.end[2:]
    else:
        day = read_day(scanner)
        if day is None and scanner.take(date_words("end")) is None:
            return None
        when = f"{day:02d}" if day else "end"
    _close(scanner)
    return DateValue("date", operator or "<=", None, f"{cycle}-{when}", ("recurring",))


def _dated(scanner: Scanner, operator: str | None, fiscal_year: int | None) -> DateValue | None:
    scanner.take(date_words("start"))
    point = read_point(scanner, fiscal_year)
    if point is None:
        return None
    flags = () if point.year is not None else ("year_missing",)
    if scanner.take(date_words("joins")) is not None:
        last = read_point(scanner, point.year if point.year is not None else fiscal_year, joined=True)
        return _span(scanner, point, last, flags)
    if scanner.take(date_words("after")) is not None:
        _close(scanner)
        return DateValue("date", operator or ">=", point.start, None, flags)
    deadline = scanner.peek(date_words("deadline")) is not None
    if scanner.at_end and operator is None and point.grain in ("year", "word", "half", "quarter"):
        return DateValue("period", None, point.start, point.end, flags)
    if point.grain == "month" and not point.printed_year and not deadline and operator in ("=", ">", ">="):
        return None  # "=12月" is twelve months
    if point.grain == "word" and operator is not None and not deadline:
        return None  # "不低于上年" compares with last year's value
    if point.grain == "month" and operator in (None, "<", "<=") and not deadline:
        event = _BEFORE_AN_EVENT.match(scanner.text, scanner.position)
        if event is not None:
            scanner.position = event.end()
            return DateValue("date", "<=", None, point.end, (*flags, "approximate"))
    done = deadline or scanner.at_end or scanner.peek(date_words("done")) is not None
    if point.grain in ("year", "word") and not done:
        return None
    _close(scanner)
    if operator in (">", ">="):
        return DateValue("date", operator, point.start, None, flags)
    return DateValue("date", operator or "<=", None, point.end, flags)


def _span(scanner: Scanner, first: Point, last: Point | None, flags: tuple[str, ...]) -> DateValue | None:
    if last is None:
        return None
    _close(scanner)
    if first.start > last.end and first.year is not None:
        return None
    return DateValue("period", None, first.start, last.end, flags)


def _short(scanner: Scanner, operator: str | None, fiscal_year: int | None) -> DateValue | None:
    """``1-12月``, ``2022年1-12月``, ``2020-2022年``: the first number borrows the unit of the second."""
    if operator is not None:
        return None
    scanner.take(date_words("start"))
    year = read_year(scanner, fiscal_year)
    if year is None and _BARE_YEAR.match(scanner.text, scanner.position):
        year = int(scanner.text[scanner.position : scanner.position + 4])
        scanner.position += 4
        if scanner.take(date_words("joins")) is None:
            return None
        last = read_year(scanner, None)
        if last is None or last < year:
            return None
        return DateValue("period", None, f"{year}-01-01", f"{last}-12-31")
    first = read_numeral(scanner)
    if first is None or not 1 <= first.value <= 12 or first.value % 1:
        return None
    if scanner.take(date_words("joins")) is None:
        return None
    last_point = read_month(scanner, year if year is not None else fiscal_year, printed_year=False)
    if last_point is None or int(first.value) > last_point.last:
        return None
    opening = replace(last_point, first=int(first.value), last=int(first.value), day=None)
    flags = () if opening.year is not None else ("year_missing",)
    return _span(scanner, opening, last_point, flags)


def _close(scanner: Scanner) -> None:
    """Moves over 前/内/止 and the few words that say what is done by then."""
    if scanner.take(date_words("deadline")) is not None:
        match = _LETTERS.match(scanner.text, scanner.position)
        if match is not None:
            scanner.position = match.end()
    else:
        scanner.take(date_words("done"))

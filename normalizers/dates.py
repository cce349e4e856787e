"""Dates and periods as target values: ``12月底前``, ``2022年1月-12月``, ``一季度末``, ``每月10日前``.

A date is a deadline unless it says otherwise: ``2022年6月30日`` and ``2022年12月前`` both end on the last
day of what they name, with the operator ``<=``. A year, half-year or quarter without 末/前 is a period. A
date without a year takes the table's; without one it is written ``--12-31`` and flagged ``year_missing``.
The last day of a February of no known year is ``--02-29``. A deadline that comes back is ``monthly-10``
(flag ``recurring``).

Grammar (every rule either matches the whole text or nothing)::

    deadline  = [operator] [于|截至] point [前|内|止 …] [完成 …]   |   point 后
    period    = point join point [年|月]   |   year | half | quarter
    recurring = 每月|次月|每年 … day|底 [前]
    point     = numeric | [year] (month [day | 底 | 上旬 …] | quarter [末] | half | 年底) | year
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.numerals import read_numeral
from goaltables.normalizers.scanner import Lexicon, Scanner, word_list

_NUMERIC = re.compile(r"((?:19|20|21)[0-9]{2})([-./])([01]?[0-9])(?:\2([0-3]?[0-9]))?(?![0-9])", re.ASCII)
_YEAR = re.compile(r"((?:19|20|21)[0-9]{2})年?度?|([二一][〇零九一][〇零一二三四五六七八九]{2})年度?")
_BARE_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}(?![0-9])", re.ASCII)
_CHINESE_DIGIT = {char: str(value) for value, char in enumerate("零一二三四五六七八九")} | {"〇": "0"}
_QUARTER = re.compile(
    r"(?:第?([一二三四1-4])|([一1])(?:至|-|~|到)第?([一二三四1-4]))(?:个)?季度?|前([二三两])季度"
)
_QUARTERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_HALF = {"上半年": (1, 6), "下半年": (7, 12)}
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


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date or period that was read; `start` and `end` are ISO dates (``--12-31`` without a year)."""

    kind: str
    operator: str | None
    start: str | None
    end: str | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Point:
    """What one date expression names: months `first` to `last` of `year`, or one day."""

    year: int | None
    first: int
    last: int
    day: int | None = None
    grain: str = "month"
    printed_year: bool = False


@cache
def _words(name: str) -> Lexicon[str]:
    return word_list(load_toml("value_words.toml")["date"][name])


@cache
def _year_words() -> Lexicon[int]:
    words: dict[str, Any] = load_toml("value_words.toml")["date"]
    table = [("this_year", 0), ("next_year", 1), ("last_year", -1)]
    return Lexicon({word: shift for name, shift in table for word in words[name]})


@cache
def _halves() -> Lexicon[tuple[int, int]]:
    return Lexicon(_HALF)


@cache
def _recurrences() -> Lexicon[str]:
    return Lexicon(_RECURRING)


def looks_dated(text: str) -> bool:
    """Whether a date can be in `text` at all; a cheap test that spares most values the grammar."""
    return any(char in text for char in "年月季今") or _NUMERIC.search(text) is not None


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
        point = _month_point(scanner, None, printed_year=False)
        if point is None:
            return None
        when = _end(point)[2:]
    else:
        day = _day(scanner)
        if day is None and scanner.take(_words("end")) is None:
            return None
        when = f"{day:02d}" if day else "end"
    _close(scanner)
    return DateValue("date", operator or "<=", None, f"{cycle}-{when}", ("recurring",))


def _dated(scanner: Scanner, operator: str | None, fiscal_year: int | None) -> DateValue | None:
    scanner.take(_words("start"))
    point = _point(scanner, fiscal_year)
    if point is None:
        return None
    flags = () if point.year is not None else ("year_missing",)
    if scanner.take(_words("joins")) is not None:
        last = _point(scanner, point.year if point.year is not None else fiscal_year)
        return _span(scanner, point, last, flags)
    if scanner.take(_words("after")) is not None:
        _close(scanner)
        return DateValue("date", operator or ">=", _start(point), None, flags)
    deadline = scanner.peek(_words("deadline")) is not None
    if scanner.at_end and operator is None and point.grain in ("year", "half", "quarter"):
        return DateValue("period", None, _start(point), _end(point), flags)
    if point.grain == "month" and not point.printed_year and not deadline and operator in ("=", ">", ">="):
        return None  # "=12月" is twelve months
    if point.grain == "year" and not deadline and not scanner.at_end and not scanner.peek(_words("done")):
        return None
    _close(scanner)
    if operator in (">", ">="):
        return DateValue("date", operator, _start(point), None, flags)
    return DateValue("date", operator or "<=", None, _end(point), flags)


def _span(scanner: Scanner, first: _Point, last: _Point | None, flags: tuple[str, ...]) -> DateValue | None:
    if last is None:
        return None
    _close(scanner)
    if _start(first) > _end(last) and first.year is not None:
        return None
    return DateValue("period", None, _start(first), _end(last), flags)


def _short(scanner: Scanner, operator: str | None, fiscal_year: int | None) -> DateValue | None:
    """``1-12月``, ``2022年1-12月``, ``2020-2022年``: the first number borrows the unit of the second."""
    if operator is not None:
        return None
    scanner.take(_words("start"))
    year = _year(scanner, fiscal_year)
    if year is None and _BARE_YEAR.match(scanner.text, scanner.position):
        year = int(scanner.text[scanner.position : scanner.position + 4])
        scanner.position += 4
        if scanner.take(_words("joins")) is None:
            return None
        last = _year(scanner, None)
        if last is None or last < year:
            return None
        return DateValue("period", None, f"{year}-01-01", f"{last}-12-31")
    first = read_numeral(scanner)
    if first is None or not 1 <= first.value <= 12 or first.value % 1:
        return None
    if scanner.take(_words("joins")) is None:
        return None
    last_point = _month_point(scanner, year if year is not None else fiscal_year, printed_year=False)
    if last_point is None or int(first.value) > last_point.last:
        return None
    opening = replace(last_point, first=int(first.value), last=int(first.value), day=None)
    flags = () if opening.year is not None else ("year_missing",)
    return _span(scanner, opening, last_point, flags)


def _point(scanner: Scanner, fiscal_year: int | None) -> _Point | None:
    numeric = _numeric_point(scanner)
    if numeric is not None:
        return numeric
    start = scanner.position
    shift = scanner.take(_year_words())
    printed = shift is not None
    year = (fiscal_year + shift if fiscal_year is not None else None) if shift is not None else None
    if not printed:
        written = _year(scanner, None)
        printed = written is not None
        year = written if printed else fiscal_year
    behind_year = scanner.position
    finer = _part_of_year(scanner, year, printed)
    if finer is not None:
        return finer
    scanner.position = behind_year
    if printed:
        return _Point(year, 1, 12, grain="year", printed_year=True)
    scanner.position = start
    return None


def _numeric_point(scanner: Scanner) -> _Point | None:
    match = _NUMERIC.match(scanner.text, scanner.position)
    if match is None:
        return None
    year, month = int(match[1]), int(match[3])
    day = int(match[4]) if match[4] else None
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= monthrange(year, month)[1]):
        return None
    follows = scanner.text[match.end() : match.end() + 1]
    if day is None and match[2] != "-" and follows not in ("前", "底", "-", "至", "~", "—"):
        return None  # 2022.12 alone is a number, 2022/12 a ratio
    scanner.position = match.end()
    if day is None:
        scanner.take(_words("end"))
    return _Point(year, month, month, day, "day" if day else "month", printed_year=True)


def _year(scanner: Scanner, fiscal_year: int | None) -> int | None:
    match = _YEAR.match(scanner.text, scanner.position)
    if match is not None and (match[2] or "年" in match[0]):
        scanner.position = match.end()
        return int(match[1] or "".join(_CHINESE_DIGIT[char] for char in match[2]))
    shift = scanner.take(_year_words()) if fiscal_year is not None else None
    return fiscal_year + shift if shift is not None and fiscal_year is not None else None


def _part_of_year(scanner: Scanner, year: int | None, printed: bool) -> _Point | None:
    bare_end = printed and scanner.text[scanner.position : scanner.position + 1] in ("底", "末")
    if scanner.take(_words("year_end")) is not None or bare_end:
        scanner.position += bare_end
        return _Point(year, 12, 12, grain="end", printed_year=printed)
    if printed and scanner.take(_year_words()) is not None:
        return _Point(year, 1, 12, grain="year", printed_year=True)
    half = scanner.take(_halves())
    if half is not None:
        ended = scanner.take(_words("end")) is not None
        return _Point(year, *half, grain="end" if ended else "half", printed_year=printed)
    match = _QUARTER.match(scanner.text, scanner.position)
    if match is not None:
        scanner.position = match.end()
        last = _QUARTERS[match[1] or match[3] or match[4]]
        first = last if match[1] else 1
        ended = scanner.take(_words("end")) is not None
        return _Point(
            year, first * 3 - 2, last * 3, grain="end" if ended else "quarter", printed_year=printed
        )
    return _month_point(scanner, year, printed_year=printed)


def _month_point(scanner: Scanner, year: int | None, *, printed_year: bool) -> _Point | None:
    start = scanner.position
    month = read_numeral(scanner)
    text = scanner.text
    if (
        month is None
        or text[scanner.position : scanner.position + 1] != "月"
        or month.value not in range(1, 13)
    ):
        scanner.position = start
        return None
    scanner.position += 2 if text.startswith("份", scanner.position + 1) else 1
    number = int(month.value)
    point = _Point(year, number, number, printed_year=printed_year)
    day = _day(scanner)
    if day is not None:
        return replace(point, day=day, grain="day") if day <= _last_day(point) else None
    for word, last in (("上旬", 10), ("中旬", 20), ("初", 10), ("中", 20)):
        if text.startswith(word, scanner.position):
            scanner.position += len(word)
            return replace(point, day=last, grain="day")
    if scanner.take(_words("end")) is not None:
        return replace(point, grain="end")
    return point


def _day(scanner: Scanner) -> int | None:
    start = scanner.position
    day = read_numeral(scanner)
    named = scanner.text[scanner.position : scanner.position + 1] in ("日", "号")
    if day is not None and named and day.value in range(1, 32):
        scanner.position += 1
        return int(day.value)
    scanner.position = start
    return None


def _close(scanner: Scanner) -> None:
    """Moves over 前/内/止 and the few words that say what is done by then."""
    if scanner.take(_words("deadline")) is not None:
        match = _LETTERS.match(scanner.text, scanner.position)
        if match is not None:
            scanner.position = match.end()
    else:
        scanner.take(_words("done"))


def _last_day(point: _Point) -> int:
    # Without a year February may have 29 days.
    return monthrange(point.year if point.year is not None else 2024, point.last)[1]


def _start(point: _Point) -> str:
    return _iso(point.year, point.first, point.day or 1)


def _end(point: _Point) -> str:
    return _iso(point.year, point.last, point.day or _last_day(point))


def _iso(year: int | None, month: int, day: int) -> str:
    return f"{'-' if year is None else f'{year:04d}'}-{month:02d}-{day:02d}"

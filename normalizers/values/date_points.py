"""Points in time as they are printed: ``2022年12月31日``, ``2022.12.31``, ``12月底``, ``一季度末``, ``当年``.

A point names a stretch of months, or one day. `grain` says how finely it was named, because a year is a
period where a day is a deadline. A point that names no year takes the table's.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, TypeAlias

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.values.numerals import read_numeral
from goaltables.normalizers.values.scanner import Lexicon, Scanner, word_list

# `word` is a year that was not written as one (当年, 全年); `end` the end of something (年底, 季度末).
Grain: TypeAlias = Literal["day", "month", "end", "quarter", "half", "year", "word"]

_NUMERIC = re.compile(r"((?:19|20|21)[0-9]{2})([-./])([01]?[0-9])(?:\2([0-3]?[0-9]))?(?![0-9])", re.ASCII)
_COMPACT = re.compile(r"((?:19|20|21)[0-9]{2})([01][0-9])([0-3][0-9])(?=之前|以前|前|$)", re.ASCII)
_MONTH_DAY = re.compile(r"([01]?[0-9])[./]([0-3]?[0-9])(?=之前|以前|前)", re.ASCII)
_DIGITS = re.compile(r"(?:19|20|21)[0-9]{2}[-./0-9]", re.ASCII)
_YEAR = re.compile(r"((?:19|20|21)[0-9]{2})年度?|([二一][〇零九一][〇零一二三四五六七八九]{2})年度?")
_CHINESE_DIGIT = {char: str(value) for value, char in enumerate("零一二三四五六七八九")} | {"〇": "0"}
_QUARTER = re.compile(
    r"(?:第?(?P<one>[一二三四1-4])|[一1](?:至|-|~|到)第?(?P<upto>[一二三四1-4]))季度?|前(?P<first>[二三两])个?季度"
)
_QUARTERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_HALF = {"上半年": (1, 6), "下半年": (7, 12)}
# Without a year February may have 29 days.
_ANY_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True)
class Point:
    """Months `first` to `last` of `year` (None: not known), or the `day` of one month."""

    year: int | None
    first: int
    last: int
    day: int | None = None
    grain: Grain = "month"
    printed_year: bool = False

    @property
    def last_day(self) -> int:
        return monthrange(self.year if self.year is not None else _ANY_LEAP_YEAR, self.last)[1]

    @property
    def start(self) -> str:
        return _iso(self.year, self.first, self.day or 1)

    @property
    def end(self) -> str:
        return _iso(self.year, self.last, self.day or self.last_day)


def _iso(year: int | None, month: int, day: int) -> str:
    return f"{'-' if year is None else f'{year:04d}'}-{month:02d}-{day:02d}"


@cache
def date_words(name: str) -> Lexicon[str]:
    """A word list of the [date] section of value_words.toml."""
    return word_list(load_toml("value_words.toml")["date"][name])


@cache
def _year_words() -> Lexicon[int]:
    words: dict[str, Any] = load_toml("value_words.toml")["date"]
    table = [("this_year", 0), ("next_year", 1), ("last_year", -1)]
    return Lexicon({word: shift for name, shift in table for word in words[name]})


@cache
def _halves() -> Lexicon[tuple[int, int]]:
    return Lexicon(_HALF)


def looks_dated(text: str) -> bool:
    """Whether a date can be in `text` at all; a cheap test that spares most values the grammar."""
    return any(char in text for char in "年月季今前") or _DIGITS.search(text) is not None


def read_point(scanner: Scanner, fiscal_year: int | None, *, joined: bool = False) -> Point | None:
    numeric = _compact_point(scanner, fiscal_year) or _numeric_point(scanner, joined)
    if numeric is not None:
        return numeric
    start = scanner.position
    shift = scanner.take(_year_words())
    printed = shift is not None
    year = (fiscal_year + shift if fiscal_year is not None else None) if shift is not None else None
    if not printed:
        written = read_year(scanner, None)
        printed = written is not None
        year = written if printed else fiscal_year
    behind_year = scanner.position
    finer = _part_of_year(scanner, year, printed)
    if finer is not None:
        return finer
    scanner.position = behind_year
    if printed:
        return Point(year, 1, 12, grain="year" if shift is None else "word", printed_year=True)
    scanner.position = start
    return None


def _compact_point(scanner: Scanner, fiscal_year: int | None) -> Point | None:
    """``20221231`` and, before 前, ``12.31``."""
    whole = _COMPACT.match(scanner.text, scanner.position)
    match = whole or _MONTH_DAY.match(scanner.text, scanner.position)
    if match is None:
        return None
    year = int(whole[1]) if whole else fiscal_year
    month, day = int(match[match.re.groups - 1]), int(match[match.re.groups])
    if not 1 <= month <= 12:
        return None
    point = Point(year, month, month, day, "day", printed_year=whole is not None)
    if not 1 <= day <= point.last_day:
        return None
    scanner.position = match.end()
    return point


def _numeric_point(scanner: Scanner, joined: bool) -> Point | None:
    match = _NUMERIC.match(scanner.text, scanner.position)
    if match is None:
        return None
    year, month = int(match[1]), int(match[3])
    day = int(match[4]) if match[4] else None
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= monthrange(year, month)[1]):
        return None
    follows = scanner.text[match.end() : match.end() + 1]
    if day is None and match[2] != "-" and not joined and follows not in ("前", "底", "-", "至", "~", "—"):
        return None  # 2022.12 alone is a number, 2022/12 a ratio
    scanner.position = match.end()
    if day is None:
        scanner.take(date_words("end"))
    return Point(year, month, month, day, "day" if day else "month", printed_year=True)


def read_year(scanner: Scanner, fiscal_year: int | None) -> int | None:
    match = _YEAR.match(scanner.text, scanner.position)
    if match is not None and (match[2] or "年" in match[0]):
        scanner.position = match.end()
        return int(match[1] or "".join(_CHINESE_DIGIT[char] for char in match[2]))
    shift = scanner.take(_year_words()) if fiscal_year is not None else None
    return fiscal_year + shift if shift is not None and fiscal_year is not None else None


def _part_of_year(scanner: Scanner, year: int | None, printed: bool) -> Point | None:
    bare_end = printed and scanner.text[scanner.position : scanner.position + 1] in ("底", "末")
    if scanner.take(date_words("year_end")) is not None or bare_end:
        scanner.position += bare_end
        return Point(year, 12, 12, grain="end", printed_year=printed)
    if printed and scanner.take(_year_words()) is not None:
        return Point(year, 1, 12, grain="year", printed_year=True)
    half = scanner.take(_halves())
    if half is not None:
        ended = scanner.take(date_words("end")) is not None
        return Point(year, *half, grain="end" if ended else "half", printed_year=printed)
    match = _QUARTER.match(scanner.text, scanner.position)
    if match is not None:
        scanner.position = match.end()
        last = _QUARTERS[match["one"] or match["upto"] or match["first"]]
        first = last if match["one"] else 1
        ended = scanner.take(date_words("end")) is not None
        return Point(year, first * 3 - 2, last * 3, grain="end" if ended else "quarter", printed_year=printed)
    return read_month(scanner, year, printed_year=printed)


def read_month(scanner: Scanner, year: int | None, *, printed_year: bool) -> Point | None:
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
    point = Point(year, number, number, printed_year=printed_year)
    day = read_day(scanner)
    if day is not None:
        return replace(point, day=day, grain="day") if day <= point.last_day else None
    for word, last in (("上旬", 10), ("中旬", 20), ("初", 10), ("中", 20)):
        if text.startswith(word, scanner.position):
            scanner.position += len(word)
            return replace(point, day=last, grain="day")
    if scanner.take(date_words("end")) is not None:
        return replace(point, grain="end")
    return point


def read_day(scanner: Scanner) -> int | None:
    start = scanner.position
    day = read_numeral(scanner)
    named = scanner.text[scanner.position : scanner.position + 1] in ("日", "号")
    if day is not None and named and day.value in range(1, 32):
        scanner.position += 1
        return int(day.value)
    scanner.position = start
    return None

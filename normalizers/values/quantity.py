"""A number and the words around it: what stands before the number, its unit, and what may follow that.

::

    quantity  = prelude number [unit] suffix*
    prelude   = ( operator | change ["to"] | against | approximate | per | filler )*
    suffix    = operator | approximate | inclusive | per

``value_grammar`` says which numbers there are (figures, words, ranges …) and puts them between the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from goaltables.normalizers.values.scanner import Scanner
from goaltables.normalizers.values.units import UnitEntry, per, read_unit
from goaltables.normalizers.values.value_lexicon import listed, operators, per_words, prelude_words

# A year is no count: "2022年新建" is not 2022 years.
_YEARS = range(1900, 2200)
# What may stand behind number and unit and still leave it the value: "5个示范村", "100%覆盖".
_AFTER = re.compile(r"[一-鿿()（）]{1,10}")
_NOT_AFTER = "前后底末初起止级类等元第、"
_UNKNOWN_UNIT = re.compile(r"[一-鿿]{1,6}(?:\([一-鿿]{1,4}\))?(?:[/·*][一-鿿]{1,4}){0,2}")
_MAX_PRELUDE = 6
_MAX_SUFFIX = 3


@dataclass(frozen=True, slots=True)
class Quantity:
    """What the grammar read; `unit_span` is where the unit stands in the folded text."""

    kind: str
    operator: str | None = None
    value: Decimal | None = None
    upper: Decimal | None = None
    unit: UnitEntry | None = None
    unit_span: tuple[int, int] = (0, 0)
    flags: tuple[str, ...] = ()


@dataclass(slots=True)
class Prelude:
    """What was read before the number, in the order of print; the first operator counts."""

    operator: str | None = None
    per: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def read_prelude(scanner: Scanner) -> Prelude:
    prelude = Prelude()
    for _ in range(_MAX_PRELUDE):
        operator = scanner.take(operators("before"))
        if operator is not None:
            prelude.operator = prelude.operator or operator.operator
            if operator.flag:
                prelude.flags.append(operator.flag)
            continue
        word = scanner.take(prelude_words())
        if word is None:
            break
        kind, meaning = word
        if kind == "per":
            prelude.per.append(meaning)
        elif kind == "flag":
            prelude.flags.append(meaning)
            if meaning.startswith("change") and scanner.take(listed("change", "to")) is not None:
                prelude.flags.append("change_to_level")
    return prelude


def read_printed_unit(scanner: Scanner, level2: str | None) -> tuple[UnitEntry | None, tuple[int, int]]:
    """The unit that stands here, also in brackets of its own (``12（次）``), and its span."""
    start = scanner.position
    bracketed = scanner.text[start : start + 1] == "("
    scanner.position += bracketed
    begin = scanner.position
    unit = read_unit(scanner, level2)
    span = (begin, scanner.position)
    if bracketed:
        if unit is None or scanner.text[scanner.position : scanner.position + 1] != ")":
            scanner.position = start
            return None, (start, start)
        scanner.position += 1
    return unit, span


def finished(scanner: Scanner, prelude: Prelude, read: Quantity) -> Quantity | None:
    """Reads what stands behind the unit (以上, 左右, 每年) and puts the parts together."""
    flags = list(prelude.flags)
    operator, unit, span = prelude.operator, read.unit, read.unit_span
    unknown = _read_unknown_unit(scanner) if unit is None and "chinese_numeral" not in flags else None
    span = unknown or span
    divisors = list(prelude.per)
    for _ in range(_MAX_SUFFIX):
        after = scanner.take(operators("after"))
        if after is not None:
            operator = operator or after.operator
        elif scanner.take(listed("approximate", "after")) is not None:
            flags.append("approximate")
        elif scanner.take(listed("inclusive", "words")) is not None:
            continue
        elif (divisor := scanner.take(per_words())) is not None:
            divisors.append(divisor)
        else:
            break
    if not scanner.at_end and not _takes_rest(scanner, read, flags):
        return None
    if unit is not None and not unit.dim.startswith("ratio"):  # 年均增长6% is no rate of time
        for divisor in divisors:
            unit = per(unit, divisor)
    if read.kind == "range":
        operator = None
    flags.extend(unit_flags(unit, span))
    if _exceeds_whole(read, unit, flags):
        flags.append("rate_gt_100")
    return replace(read, operator=operator, unit=unit, unit_span=span, flags=tuple(dict.fromkeys(flags)))


def unit_flags(unit: UnitEntry | None, span: tuple[int, int]) -> tuple[str, ...]:
    if unit is not None:
        return unit.flags
    return ("unit_unknown",) if span[0] < span[1] else ("unit_missing",)


def _exceeds_whole(read: Quantity, unit: UnitEntry | None, flags: list[str]) -> bool:
    """Whether a share is above 100 % and no growth: "290%" often is a misread ≥90%."""
    if unit is None or unit.unit_id != "%" or any(flag.startswith("change") for flag in flags):
        return False
    return read.value is not None and abs(read.value) > 100


def _read_unknown_unit(scanner: Scanner) -> tuple[int, int] | None:
    """Moves over a unit that no table knows, up to an 以上/左右 or the end; gives its span."""
    match = _UNKNOWN_UNIT.fullmatch(scanner.text, scanner.position)
    if match is None:
        return None
    start, stop = match.span()
    for place in range(start, stop):
        after = operators("after").longest(scanner.text, place) or listed("approximate", "after").longest(
            scanner.text, place
        )
        if after is not None and after[0] == len(scanner.text):
            stop = place
            break
    if start == stop or scanner.text[start] in _NOT_AFTER:
        return None
    scanner.position = stop
    return start, stop


def _takes_rest(scanner: Scanner, read: Quantity, flags: list[str]) -> bool:
    """Whether the words behind number and unit leave it the value: ``5个示范村``, ``100%覆盖``."""
    match = _AFTER.fullmatch(scanner.text, scanner.position)
    if match is None or read.unit is None or "chinese_numeral" in flags or match[0][0] in _NOT_AFTER:
        return False
    if read.unit.unit_id == "年" and read.value is not None and read.value in _YEARS:
        return False
    flags.append("text_after_value")
    scanner.position = match.end()
    return True

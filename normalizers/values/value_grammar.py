"""The grammar of quantities: ``≥38人``, ``不低于95%``, ``80%~90%``, ``±5%``, ``每月不少于4次``.

Read left to right, once; every rule matches the whole rest of the text or gives it back::

    value     = [nature] ( mask | frequency | ratio | tolerance | range | quantity )
    quantity  = prelude number [unit] suffix*
    prelude   = ( operator | change ["to"] | against | approximate | per | filler )*
    number    = [百分之] figures | Chinese numeral | 半年
    range     = quantity join number [unit] suffix*   |   number unit operator name operator number unit
    tolerance = [number [unit]] ± number [unit] suffix*
    ratio     = number : number   |   number / number   |   numeral 分之 numeral
    mask      = [operator] ( ** | XX | __ )* [unit]

Words come from data: operators.csv, value_words.toml, units.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.values.numerals import Numeral, read_arabic, read_chinese, read_numeral
from goaltables.normalizers.values.scanner import Scanner
from goaltables.normalizers.values.units import UnitEntry, per, read_unit, unit_table
from goaltables.normalizers.values.value_lexicon import (
    half_words,
    listed,
    operators,
    per_words,
    prelude_words,
    share_words,
    value_words,
)


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
class _Prelude:
    operator: str | None = None
    per: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


# A year is no count: "2022年新建" is not 2022 years.
_YEARS = range(1900, 2200)
# What may stand behind number and unit and still leave it the value: "5个示范村", "100%覆盖".
_AFTER = re.compile(r"[一-鿿()（）]{1,10}")
_NOT_AFTER = "前后底末初起止级类等元第、"
_UNKNOWN_UNIT = re.compile(r"[一-鿿]{1,6}(?:\([一-鿿]{1,4}\))?(?:[/·*][一-鿿]{1,4}){0,2}")
_NAME = re.compile(r"[A-Za-z一-鿿]{1,12}")
_MAX_PRELUDE = 6
_MAX_SUFFIX = 3


def read_quantity(scanner: Scanner, level2: str | None) -> Quantity | None:
    """Reads the rest of the text as anything with a number or a place for one; None when it is neither."""
    start = scanner.position
    for rule in (_mask, _frequency, _between, _range_or_number, _ratio):
        scanner.position = start
        found = rule(scanner, level2)
        if found is not None and scanner.at_end:
            return found
    scanner.position = start
    return None


def _mask(scanner: Scanner, level2: str | None) -> Quantity | None:
    """``≥**个`` and ``≥%``: an operator, a mask and a unit, but nowhere a number."""
    operator = scanner.take(operators("before"))
    begin = scanner.position
    mask = value_words()["mask"]
    while scanner.position < len(scanner.text) and scanner.text[scanner.position] in mask["characters"]:
        scanner.position += 1
    masked = scanner.text[begin : scanner.position]
    if masked and len(masked) < min(mask["least"].get(char, 1) for char in masked):
        return None
    unit = read_unit(scanner, level2)
    scanner.take(operators("after"))
    if masked:
        return Quantity("placeholder", flags=("template_residue",))
    return Quantity("placeholder", flags=("value_missing",)) if operator or unit else None


def _frequency(scanner: Scanner, _: str | None) -> Quantity | None:
    """``按月发放``: once a month."""
    cycle = scanner.take(per_words())
    if cycle is None or cycle not in load_toml("units.toml")["per_year"]:
        return None
    scanner.take(listed("frequency", "verbs"))
    unit = per(unit_table()["次"], cycle)
    return Quantity("number", None, Decimal(1), None, unit, flags=("frequency_word",))


def _ratio(scanner: Scanner, _: str | None) -> Quantity | None:
    operator = scanner.take(operators("before"))
    first = read_numeral(scanner)
    if first is None:
        return None
    if first.chinese and scanner.text.startswith("分之", scanner.position):
        scanner.position += 2
        second, first = first, read_numeral(scanner)
        if first is None:
            return None
        return Quantity("ratio", None, first.value, second.value, flags=("chinese_numeral",))
    if scanner.text[scanner.position : scanner.position + 1] not in (":", "/", "∶"):
        return None
    scanner.position += 1
    following = read_arabic(scanner, signed=False)
    if following is None:
        return None
    return Quantity("ratio", operator.operator if operator else None, first.value, following.value)


def _between(scanner: Scanner, level2: str | None) -> Quantity | None:
    """``80%≤合格率≤90%``."""
    low = read_arabic(scanner)
    if low is None:
        return None
    read_unit(scanner, level2)
    lower = scanner.take(operators("before"))
    name = _NAME.match(scanner.text, scanner.position)
    if lower is None or lower.operator not in ("<", "<=") or name is None:
        return None
    scanner.position = name.end()
    upper = scanner.take(operators("before"))
    high = read_arabic(scanner) if upper is not None and upper.operator in ("<", "<=") else None
    if high is None:
        return None
    begin = scanner.position
    unit = read_unit(scanner, level2)
    span = (begin, scanner.position)
    return Quantity("range", None, low.value, high.value, unit, span, _unit_flags(unit, span))


def _range_or_number(scanner: Scanner, level2: str | None) -> Quantity | None:
    prelude = _read_prelude(scanner)
    if scanner.text[scanner.position : scanner.position + 1] in ("±", "土"):
        return _tolerance(scanner, level2, prelude, None)
    half = scanner.take(half_words())
    if half is not None:
        return _half(scanner, prelude, half)
    share = scanner.take(share_words())
    begin = scanner.position
    number = read_chinese(scanner) if share else None
    if share and scanner.text.startswith("百", begin) and number is not None and number.value == 1:
        number = Numeral(Decimal(100), chinese=True)
    number = number or read_numeral(scanner)
    if number is None:
        return None
    if number.chinese:
        prelude.flags.append("chinese_numeral")
    if scanner.take(listed("approximate", "behind_number")) is not None:
        prelude.flags.append("approximate")
    unit, span = (unit_table()[share], (begin - 3, begin)) if share else _unit(scanner, level2)
    first = Quantity("number", prelude.operator, number.value, None, unit, span)
    if scanner.text[scanner.position : scanner.position + 1] == "±":
        return _tolerance(scanner, level2, prelude, first)
    return _range(scanner, level2, prelude, first) or _finish(scanner, prelude, first)


def _unit(scanner: Scanner, level2: str | None) -> tuple[UnitEntry | None, tuple[int, int]]:
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


def _half(scanner: Scanner, prelude: _Prelude, half: dict[str, str]) -> Quantity | None:
    # Six months were not printed as such: the unit has no printed text.
    prelude.flags.append("chinese_numeral")
    unit = unit_table()[half["unit"]]
    return _finish(scanner, prelude, Quantity("number", None, Decimal(half["value"]), None, unit))


def _read_prelude(scanner: Scanner) -> _Prelude:
    prelude = _Prelude()
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


def _range(scanner: Scanner, level2: str | None, prelude: _Prelude, first: Quantity) -> Quantity | None:
    """The second half of ``80%~90%``, ``100-200万元``, ``≥80%且≤90%``."""
    start = scanner.position
    joined = scanner.take(listed("range", "joins")) is not None
    lower = first.operator in (">", ">=")
    if not joined:
        if not lower:
            return None
        scanner.take(listed("range", "also"))
        upper = scanner.take(operators("before"))
        if upper is None or upper.operator not in ("<", "<="):
            scanner.position = start
            return None
    number = read_numeral(scanner)
    if number is None or first.value is None or number.value < first.value:
        scanner.position = start
        return None
    unit, span = _unit(scanner, level2)
    both = replace(first, kind="range", operator=None, upper=number.value)
    if unit is not None:
        both = replace(both, unit=unit, unit_span=span)
    return _finish(scanner, _without_operator(prelude), both)


def _without_operator(prelude: _Prelude) -> _Prelude:
    """A range has no operator of its own; what was printed before it (控制在) says nothing more."""
    prelude.operator = None
    return prelude


def _tolerance(
    scanner: Scanner, level2: str | None, prelude: _Prelude, centre: Quantity | None
) -> Quantity | None:
    """``±5%`` is -5 to 5; ``100±5`` is 95 to 105."""
    scanner.position += 1
    number = read_arabic(scanner, signed=False)
    if number is None:
        return None
    begin = scanner.position
    unit = read_unit(scanner, level2)
    span = (begin, scanner.position)
    middle = centre.value if centre is not None and centre.value is not None else Decimal(0)
    if unit is None and centre is not None:
        unit, span = centre.unit, centre.unit_span
    prelude.flags.append("plus_minus")
    band = Quantity("range", None, middle - number.value, middle + number.value, unit, span)
    return _finish(scanner, _without_operator(prelude), band)


def _finish(scanner: Scanner, prelude: _Prelude, read: Quantity) -> Quantity | None:
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
    flags.extend(_unit_flags(unit, span))
    if _exceeds_whole(read, unit, flags):
        flags.append("rate_gt_100")
    return replace(read, operator=operator, unit=unit, unit_span=span, flags=tuple(dict.fromkeys(flags)))


def _unit_flags(unit: UnitEntry | None, span: tuple[int, int]) -> tuple[str, ...]:
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

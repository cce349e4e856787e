"""The grammar of quantities: ``≥38人``, ``不低于95%``, ``80%~90%``, ``±5%``, ``每月不少于4次``.

Read left to right, once; every rule matches the whole rest of the text or gives it back::

    value     = [nature] ( mask | frequency | ratio | tolerance | range | quantity )
    quantity  = prelude number [unit] suffix*          (prelude, unit and suffixes: ``quantity``)
    number    = [百分之] figures | Chinese numeral | 半年
    range     = quantity join number [unit] suffix*   |   number unit operator name operator number unit
    tolerance = [number [unit]] ± number [unit] suffix*
    ratio     = number : number   |   number / number   |   numeral 分之 numeral
    mask      = [operator] ( ** | XX | __ )* [unit]

Words come from data: operators.csv, value_words.toml, units.toml.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.values.numerals import read_arabic, read_numeral
from goaltables.normalizers.values.quantity import (
    Prelude,
    Quantity,
    finished,
    read_prelude,
    read_printed_unit,
    unit_flags,
)
from goaltables.normalizers.values.scanner import Scanner
from goaltables.normalizers.values.units import UnitEntry, per, read_unit, unit_table
from goaltables.normalizers.values.value_lexicon import (
    half_words,
    listed,
    operators,
    per_words,
    share_words,
    value_words,
)

_NAME = re.compile(r"[A-Za-z一-鿿]{1,12}")


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
    return Quantity("range", None, low.value, high.value, unit, span, unit_flags(unit, span))


def _range_or_number(scanner: Scanner, level2: str | None) -> Quantity | None:
    prelude = read_prelude(scanner)
    if scanner.text[scanner.position : scanner.position + 1] in ("±", "土"):
        return _tolerance(scanner, level2, prelude, None)
    half = scanner.take(half_words())
    if half is not None:
        return _half(scanner, prelude, half)
    share = scanner.take(share_words())
    begin = scanner.position
    number = read_numeral(scanner)
    if number is None:
        return None
    if number.chinese:
        prelude.flags.append("chinese_numeral")
    if scanner.take(listed("approximate", "behind_number")) is not None:
        prelude.flags.append("approximate")
    unit, span = (unit_table()[share], (begin - 3, begin)) if share else read_printed_unit(scanner, level2)
    first = Quantity("number", prelude.operator, number.value, None, unit, span)
    if scanner.text[scanner.position : scanner.position + 1] == "±":
        return _tolerance(scanner, level2, prelude, first)
    return _range(scanner, level2, prelude, first) or finished(scanner, prelude, first)


def _half(scanner: Scanner, prelude: Prelude, half: dict[str, str]) -> Quantity | None:
    # Six months were not printed as such: the unit has no printed text.
    prelude.flags.append("chinese_numeral")
    unit = unit_table()[half["unit"]]
    return finished(scanner, prelude, Quantity("number", None, Decimal(half["value"]), None, unit))


def _range(scanner: Scanner, level2: str | None, prelude: Prelude, first: Quantity) -> Quantity | None:
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
    unit, span = read_printed_unit(scanner, level2)
    both = replace(first, kind="range", operator=None, upper=number.value)
    if unit is not None:
        both = replace(both, unit=unit, unit_span=span)
    return finished(scanner, _without_operator(prelude), both)


def _without_operator(prelude: Prelude) -> Prelude:
    """A range has no operator of its own; what was printed before it (控制在) says nothing more."""
    prelude.operator = None
    return prelude


def _is_share_of_another(unit: UnitEntry | None, other: UnitEntry) -> bool:
    return unit is not None and unit.unit_id == "%" and other.unit_id != "%"


def _tolerance(
    scanner: Scanner, level2: str | None, prelude: Prelude, centre: Quantity | None
) -> Quantity | None:
    """``±5%`` is -5 to 5; ``100±5`` is 95 to 105; ``200元±5%`` is 190 to 210 元, 5 % of it either way."""
    scanner.position += 1
    number = read_arabic(scanner, signed=False)
    if number is None:
        return None
    begin = scanner.position
    unit = read_unit(scanner, level2)
    span = (begin, scanner.position)
    middle = centre.value if centre is not None and centre.value is not None else Decimal(0)
    reach = number.value
    if centre is not None and centre.unit is not None and _is_share_of_another(unit, centre.unit):
        reach, unit = middle * reach / 100, None
    if unit is None and centre is not None:
        unit, span = centre.unit, centre.unit_span
    prelude.flags.append("plus_minus")
    band = Quantity("range", None, middle - reach, middle + reach, unit, span)
    return finished(scanner, _without_operator(prelude), band)

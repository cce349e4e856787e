"""Units (计量单位): canonical spelling and exact conversion to a base unit.

Tables print units as free text: ``名``, ``百分比``, ``台（套）``, ``元/人·月``, ``万/月``. `data/units.toml`
lists the known ones; strokes and dots join them to rates (元/头, 元/人/月), a multiplier may stand in front
(万株).

Conversions are exact fractions. What does not end as a decimal (1 亩 = 2000/3 m², 1 分钟 = 1/60 小时) is
rounded half to even to `SIGNIFICANT` digits when it is published.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.values.numerals import plain
from goaltables.normalizers.values.scanner import FoldedText, Lexicon, Scanner, fold_text

SIGNIFICANT = 12

_NOT_FAMILIES = ("multipliers", "per_year", "ambiguous")
_JOINS = "/·*×•・.每"
_BETWEEN_COUNTERS = tuple("、,/或")
_COUNTER = re.compile(r"[一-鿿]{1,3}(?=[/·*(]|$)")
# Dimensions that are counted in thousands and more; 百分 (for 百分比) is no hundred points.
_COUNTED = frozenset(
    {"money", "person", "person_time", "household", "household_time", "count", "times", "area", "length"}
    | {"mass", "volume"}
)
# How many units one expression may join: 元/人/月 has three.
_MAX_PARTS = 4
_EXACT = Context(prec=200)
_ROUNDED = Context(prec=SIGNIFICANT, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A canonical unit: `factor` of it make one `base`. `flags` say what was assumed."""

    unit_id: str
    dim: str
    base: str
    factor: Fraction
    flags: tuple[str, ...] = ()


def _families() -> dict[str, dict[str, Any]]:
    return {name: family for name, family in load_toml("units.toml").items() if name not in _NOT_FAMILIES}


@cache
def unit_table() -> dict[str, UnitEntry]:
    """Every canonical unit by its id."""
    return {
        unit_id: UnitEntry(unit_id, entry["dim"], entry["base"], Fraction(entry["factor"]))
        for family in _families().values()
        for unit_id, entry in family.items()
        if unit_id != "source"
    }


@cache
def unit_lexicon() -> Lexicon[UnitEntry]:
    """Canonical spellings and aliases, and known units behind a multiplier, as comparison keys."""
    table = unit_table()
    words: dict[str, UnitEntry] = {}
    for family in _families().values():
        for unit_id, entry in family.items():
            if unit_id != "source":
                for spelling in (unit_id, *entry["aliases"]):
                    words.setdefault(fold_text(spelling), table[unit_id])
    for prefix, times in load_toml("units.toml")["multipliers"].items():
        if prefix != "source":
            for unit in table.values():
                if unit.dim in _COUNTED and unit.unit_id[0] not in "百千万亿":
                    unit_id = prefix + unit.unit_id
                    made = UnitEntry(unit_id, unit.dim, unit.base, unit.factor * int(times))
                    words.setdefault(fold_text(unit_id), made)
    return Lexicon(words)


@cache
def _time_lexicon() -> Lexicon[str]:
    words: dict[str, str] = {}
    for name, entry in load_toml("units.toml")["per_year"].items():
        if name != "source":
            words |= dict.fromkeys((name, *entry["aliases"]), name)
    return Lexicon(words)


@cache
def _ambiguous_lexicon() -> Lexicon[dict[str, Any]]:
    entries = load_toml("units.toml")["ambiguous"]
    return Lexicon({word: entry for word, entry in entries.items() if word != "source"})


def find_unit(text: str) -> UnitEntry | None:
    """The canonical unit of a unit text ("名" → 人, "元/月/人" → 元/人/月), or None when it is not known."""
    scanner = Scanner(FoldedText(text))
    unit = read_unit(scanner)
    return unit if scanner.at_end else None


def read_unit(scanner: Scanner, level2: str | None = None) -> UnitEntry | None:
    """Reads the longest unit expression; None (and no move) when no known unit stands here."""
    unit = _read_atom(scanner, level2)
    if unit is None:
        return None
    for _ in range(_MAX_PARTS - 1):
        start = scanner.position
        if scanner.text[start : start + 1] not in _JOINS or scanner.at_end:
            break
        scanner.position += 1
        divisor = scanner.take(_time_lexicon())
        if divisor is None:
            part = scanner.take(unit_lexicon())
            divisor = part.unit_id if part else _read_counter(scanner)
        if divisor is None:
            scanner.position = start
            break
        unit = per(unit, divisor)
    _skip_second_counter(scanner)
    return unit


def _read_atom(scanner: Scanner, level2: str | None) -> UnitEntry | None:
    start = scanner.position
    known = scanner.take(unit_lexicon())
    if known is not None:
        return known
    entry = scanner.take(_ambiguous_lexicon())
    if entry is None:
        return None
    if level2 is None or any(word in level2 for word in entry["level2"]):
        money = unit_table()[entry["unit"]]
        return UnitEntry(money.unit_id, money.dim, money.base, money.factor, ("unit_ambiguous",))
    scanner.position = start
    return None


def _read_counter(scanner: Scanner) -> str | None:
    """Reads what a rate counts by when no table knows it (元/生/天): behind a stroke, up to the next one."""
    match = _COUNTER.match(scanner.text, scanner.position)
    if match is None or scanner.text[scanner.position - 1] != "/":
        return None
    scanner.position = match.end()
    return match[0]


def _skip_second_counter(scanner: Scanner) -> None:
    """Moves over the counters in brackets that many tables add: 台（套）, 头（只、羽）, 所（个）."""
    start = scanner.position
    if scanner.text[start : start + 1] != "(":
        return
    scanner.position += 1
    while scanner.take(unit_lexicon()) is not None:
        mark = scanner.text[scanner.position : scanner.position + 1]
        scanner.position += 1
        if mark == ")":
            return
        if mark not in _BETWEEN_COUNTERS:
            break
    scanner.position = start


def per(unit: UnitEntry, divisor: str) -> UnitEntry:
    """`unit` for each `divisor`: 次 and 月 → 次/月."""
    times = load_toml("units.toml")["per_year"]
    head, *divisors = [*unit.unit_id.split("/"), divisor]
    divisors.sort(key=lambda name: name in times and name != "source")  # 元/月/人 is 元/人/月
    unit_id = "/".join([head, *divisors])
    known = unit_lexicon().get(fold_text(unit_id))
    if known is not None:
        return UnitEntry(known.unit_id, known.dim, known.base, known.factor, unit.flags)
    numerator = unit_table().get(head) or unit
    factor = numerator.factor
    bases = []
    for name in divisors:
        if name in times and name != "source":
            factor *= Fraction(times[name]["factor"])
            bases.append("年")
        else:
            bases.append(name)
    base = "/".join([numerator.base, *bases])
    return UnitEntry(unit_id, f"{numerator.dim}_per", base, factor, unit.flags)


@lru_cache(maxsize=4096)
def kind_of_unit(unit: str) -> str:
    """The dimension of a unit text; prices (万元, 元/人/月) are money, what no table knows is its own."""
    found = find_unit(unit)
    return unit if found is None else "money" if found.dim.startswith("money") else found.dim


def convert(value: Decimal, unit: UnitEntry) -> Decimal:
    """`value` in the base unit: exact when the factor ends as a decimal, else `SIGNIFICANT` digits."""
    numerator = _EXACT.multiply(value, Decimal(unit.factor.numerator))
    divisor = unit.factor.denominator
    remainder = divisor
    for prime in (2, 5):
        while remainder % prime == 0:
            remainder //= prime
    context = _EXACT if remainder == 1 else _ROUNDED
    return plain(context.divide(numerator, Decimal(divisor)))

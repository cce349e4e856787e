"""Numbers as they are printed: ``1,234.56``, ``-5``, ``九十五``, ``两``, ``十二``, ``一百``.

Decimals are exact. A literal longer than `MAX_DIGITS` is no number: no target is that long, and conversions
would no longer be linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from goaltables.normalizers.values.scanner import Scanner

MAX_DIGITS = 40

_ARABIC = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+", re.ASCII)
_CHINESE = re.compile(r"[零〇一二三四五六七八九两十百千万亿]+(?:点[零〇一二三四五六七八九]+)?")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_SECTIONS = {"万": 10**4, "亿": 10**8}
# 一百 is "at most 亿亿": longer runs of numerals are prose or damage.
_MAX_CHINESE = 20


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number that was read; `chinese` when it was written in words."""

    value: Decimal
    chinese: bool = False


def plain(value: Decimal) -> Decimal:
    """`value` without exponent and without closing zeros: 3309840.00 → 3309840. Exact."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Decimal("0" if text in ("-0", "") else text)


def format_decimal(value: Decimal) -> str:
    """The published decimal string: no exponent, no closing zeros, no thousands separator."""
    return str(plain(value))


def read_arabic(scanner: Scanner, *, signed: bool = True) -> Numeral | None:
    """Reads ``1,234.56`` or ``-5``; the scanner stays where it is when there is none."""
    start = scanner.position
    negative = signed and scanner.text[start : start + 1] in ("-", "−")
    match = _ARABIC.match(scanner.text, start + negative)
    if match is None or match.end() - match.start() > MAX_DIGITS:
        return None
    scanner.position = match.end()
    value = plain(Decimal(match[0].replace(",", "")))
    return Numeral(value.copy_negate() if negative and value else value)


def read_numeral(scanner: Scanner) -> Numeral | None:
    """Reads a number in figures or in Chinese words."""
    return read_arabic(scanner) or read_chinese(scanner)


def read_chinese(scanner: Scanner) -> Numeral | None:
    """Reads 九十五, 两, 一百二 (120), 二〇二二, 九十九点五."""
    match = _CHINESE.match(scanner.text, scanner.position)
    if match is None or len(match[0]) > _MAX_CHINESE:
        return None
    whole, _, decimals = match[0].partition("点")
    value = _chinese_integer(whole)
    if value is None:
        return None
    scanner.position = match.end()
    digits = "".join(str(_DIGITS[char]) for char in decimals)
    return Numeral(plain(Decimal(f"{value}.{digits}" if digits else value)), chinese=True)


def _chinese_integer(text: str) -> int | None:
    if all(char in _DIGITS for char in text):
        # 二〇二二 is spelled digit by digit; 三四 ("three or four") is no number.
        return int("".join(str(_DIGITS[char]) for char in text)) if len(text) in (1, 4) else None
    total = section = digit = 0
    last_power = 0
    for char in text:
        if char in _DIGITS:
            if digit and char not in "零〇":
                return None
            digit = _DIGITS[char]
            if char in "零〇":
                last_power = 0
        elif char in _POWERS:
            power = _POWERS[char]
            section += (digit or 1) * power
            digit, last_power = 0, power
        else:
            below = section + digit
            if char == "亿":
                total = (total + below or 1) * _SECTIONS[char]
            else:
                total += (below or 1) * _SECTIONS[char]
            section = digit = 0
            last_power = _SECTIONS[char]
    # 一百二 is 120: a last digit right behind a power counts the next power down.
    if digit and last_power >= 100:
        digit *= last_power // 10
    return total + section + digit

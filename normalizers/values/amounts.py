"""Printed amounts of money: ``1,463.70``, ``１０９.６１``, ``(3.2)``, ``94.36万元``, ``-``.

An amount is published as printed; this module reads it for the checks. A blank and a dash are no number
(None), which is not the same as zero: nothing is added up from what is not there.
"""

from __future__ import annotations

import re
from decimal import Decimal

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.text import comparison_key

# Longer figures are no amounts of money but account numbers or damage.
_MAX_DIGITS = 30
_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<sign>[-−－﹣+△▲]?)[¥￥]?(?P<sign2>-?)"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?P<close>\))?(?P<unit>[^0-9]{0,4})",
    re.ASCII,
)


def blank_marks() -> frozenset[str]:
    """What is printed for "nothing here": "", "-", "—", "/", "无" …, as comparison keys."""
    return frozenset(load_toml("value_words.toml")["blank"]["marks"])


def is_blank(text: str | None) -> bool:
    """Whether a cell says nothing: empty, or a mark for "none"."""
    return comparison_key(text).upper() in blank_marks()


def parse_amount(text: str | None) -> Decimal | None:
    """The number that is printed, in the printed unit; None for blanks and for what is no amount.

    >>> parse_amount("１,２３４.５０"), parse_amount("(3.2)"), parse_amount("94.36万元"), parse_amount("-")
    (Decimal('1234.50'), Decimal('-3.2'), Decimal('94.36'), None)
    """
    match = _match(text)
    if match is None:
        return None
    value = Decimal(match["number"].replace(",", "") or "0")
    negative = bool(match["open"]) or match["sign"] not in ("", "+") or bool(match["sign2"])
    return value.copy_negate() if negative and value else value


def amount_unit(text: str | None) -> str | None:
    """The unit printed behind the number (元, 万元, 亿元, %), or None."""
    match = _match(text)
    return (match["unit"] or None) if match else None


def printed_step(text: str | None) -> Decimal | None:
    """One unit of the last printed decimal: ``1,463.70`` → 0.01, ``331`` → 1. Rounding lost up to half."""
    match = _match(text)
    if match is None:
        return None
    decimals = len(match["number"].partition(".")[2])
    return Decimal(1).scaleb(-decimals)


def _match(text: str | None) -> re.Match[str] | None:
    key = comparison_key(text)
    if not key or len(key) > _MAX_DIGITS:
        return None
    match = _AMOUNT.fullmatch(key)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    return match if match["unit"] in load_toml("value_words.toml")["amount"]["units"] else None

"""The only folding before two texts are compared: compatibility forms, white space, ≧ and ≦.

It is the measure's own and stands apart from the normalizers on purpose: a change there must not move the
yardstick by which it is judged.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from rapidfuzz.distance import Indel

_INVISIBLE = re.compile(r"[\s\u200b\ufeff\u00ad]+")
_TWINS = str.maketrans("≧≦", "≥≤")


def comparable(value: object) -> str:
    """The text that is compared: NFKC, without white space; null is the empty text."""
    if value is None or isinstance(value, (list, dict)):
        return ""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", str(value))).translate(_TWINS)


def similarity(text: str, other: str) -> float:
    """Share of characters that two comparable texts have in common, in order: 1 for equal ones."""
    return float(Indel.normalized_similarity(text, other))


def amount(text: str) -> Decimal | None:
    """The number that a comparable amount prints: "1,234.50", "(3.2)" for −3.2; None when it prints none."""
    plain = text.replace(",", "").rstrip("%")
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def is_same_amount(text: str, other: str) -> bool:
    """Whether two comparable amounts are the same text or the same number."""
    number = amount(text)
    return text == other or (number is not None and number == amount(other))

"""A text in a box: the size at which it fits, and its lines. Chinese characters fill a square."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final
from unicodedata import combining, east_asian_width

LINE_HEIGHT: Final = 1.15
SMALLEST_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class FittedText:
    """Lines of `size` high characters, from the top of a box on; what has no room is left out with …"""

    lines: tuple[str, ...]
    size: float


def text_width(text: str) -> float:
    """Width of a text in character heights."""
    return sum(_character_width(character) for character in text)


def fitted(text: str, width: float, height: float, largest: float) -> FittedText:
    """`text` in a box of `width` x `height`, at most `largest` high, not below a quarter of that."""
    text = " ".join(text.split())
    size = min(largest, height / LINE_HEIGHT)
    if not text or size <= 0 or width <= 0:
        return FittedText((), max(size, 1.0))
    smallest = SMALLEST_SHARE * largest
    while size > smallest:
        lines = _wrapped(text, width / size)
        if len(lines) * size * LINE_HEIGHT <= height:
            return FittedText(tuple(lines), size)
        size *= 0.9
    room = max(1, math.floor(height / (smallest * LINE_HEIGHT)))
    lines = _wrapped(text, width / smallest)
    if len(lines) > room:
        lines = [*lines[: room - 1], lines[room - 1][:-1] + "…"]
    return FittedText(tuple(lines), smallest)


def _wrapped(text: str, width: float) -> list[str]:
    lines = [""]
    used = 0.0
    for character in text:
        needed = _character_width(character)
        if lines[-1] and used + needed > width:
            lines.append("")
            used = 0.0
        lines[-1] += character
        used += needed
    return lines


def _character_width(character: str) -> float:
    if combining(character):
        return 0.0
    return 1.0 if east_asian_width(character) in "WFA" else 0.56

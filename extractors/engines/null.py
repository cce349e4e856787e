"""The engine that reads nothing: for runs that only want geometry, and as the least case of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from goaltables.records import Image, LineReading, OcrEngine


class NullEngine:
    """Answers every line with no text."""

    name = "null"
    version = "null-1"
    licence = "Apache-2.0"

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        return [LineReading("") for _ in lines]


def build() -> OcrEngine:
    return NullEngine()

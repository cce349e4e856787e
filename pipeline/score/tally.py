"""The one shape of every count: how much there was, how much was given, how much of it is right.

Counts add up over documents and become shares at the very end, so that a group's figures weigh each record
alike and not each document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

DIGITS = 5


@dataclass(frozen=True, slots=True)
class Tally:
    """`hit` of the `truth` that was expected and of the `predicted` that was given.

    Where something can only be right or wrong, `predicted` stays 0 and `share` is the figure.
    """

    hit: float = 0
    truth: float = 0
    predicted: float = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.hit + other.hit, self.truth + other.truth, self.predicted + other.predicted)

    @property
    def share(self) -> float | None:
        """Hits among the truth: the recall. None where there was nothing to find."""
        return _ratio(self.hit, self.truth)

    @property
    def precision(self) -> float | None:
        return _ratio(self.hit, self.predicted)

    @property
    def f1(self) -> float | None:
        return _ratio(2 * self.hit, self.truth + self.predicted)

    def figures(self) -> dict[str, float | None]:
        """Precision, recall and F1 as they are printed."""
        return {"precision": self.precision, "recall": self.share, "f1": self.f1}


Count: TypeAlias = tuple[str, Tally]  # the dotted name of the measure: "indicators.strict3"
Tallies: TypeAlias = defaultdict[str, Tally]  # a measure that nobody counted is an empty tally


def added(counts: Iterable[Count]) -> Tallies:
    """The tally of each measure over all counts."""
    total: Tallies = defaultdict(Tally)
    for name, tally in counts:
        total[name] += tally
    return total


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, DIGITS) if whole else None

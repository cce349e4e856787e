"""How often the machine is wrong where it is sure: the agreement sample.

A person looks at what the machine doubts; what it does not doubt is published unseen. A share of those texts
is queued as well, drawn by a hash of the text's place, so that the same texts are drawn on every machine and
in every run, and nobody chooses. The rate of wrong ones among those looked at is the figure an archivist
signs, with the exact (Clopper-Pearson) interval: it is never narrower than it says, also when nothing was
wrong.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `sure` texts that the machine does not doubt, `drawn` are in the sample, `checked` of those decided,
    and `wrong` of the checked were corrected. `low` and `high` bound the share of wrong ones.
    """

    sure: int
    drawn: int
    checked: int
    wrong: int
    low: float
    high: float

    @property
    def rate(self) -> float | None:
        """The measured share of wrong texts; None while nothing is checked."""
        return self.wrong / self.checked if self.checked else None


def is_drawn(sha256: str, key: str, share: float) -> bool:
    """Whether the text `key` of a document is in a sample of `share` (0 to 1) of all."""
    digest = hashlib.sha256(f"sample {sha256} {key}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


def agreement(*, sure: int, drawn: int, checked: int, wrong: int) -> Agreement:
    """The figures with their interval."""
    low, high = interval(wrong, checked)
    return Agreement(sure, drawn, checked, wrong, low, high)


def interval(wrong: int, checked: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact two-sided interval of a share of which `wrong` in `checked` were seen.

    Clopper and Pearson (1934), Biometrika 26:404. Nothing checked: (0, 1).

    >>> low, high = interval(0, 300)
    >>> low, round(high, 4)
    (0.0, 0.0122)
    """
    from scipy.special import betaincinv  # heavy, and only the page that shows the figure needs it

    half = (1 - confidence) / 2
    low = 0.0 if wrong == 0 else float(betaincinv(wrong, checked - wrong + 1, half))
    high = 1.0 if wrong == checked else float(betaincinv(wrong + 1, checked - wrong, 1 - half))
    return low, high

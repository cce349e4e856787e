"""How far a reading can be trusted: one probability per cell, with what it rests on.

The probabilities of characters say what the picture looks like to the reader, and are too sure of themselves
where a stroke was lost before they were asked. So the cell's evidence is weighed together: how sure the
reader was and how sure the choice among its hypotheses, whether the text is one that is known to stand in
such a place, ink that nobody read, a seal, a character across the edge. The weights
(``data/confidence.toml``) are fitted on pages of this project's own making
(``benchmarks/fit_confidence.py``); docs/reading.md shows how often readings of each stated confidence are
right.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.rereading.expectation import Kind, traits, weight
from goaltables.records import Cell

# A cell whose confidence is lower is for a person to look at.
REVIEW_BELOW: float = load_toml("confidence.toml")["review_below"]

_KNOWN = {"form-word", "known-name", "operator", "unit"}
_SHORT_OF_SURE = 1e-5  # no reader knows more than that about its own errors
_SURE = 0.998


def evidence(cell: Cell, kind: Kind) -> dict[str, float]:
    """What the trust in a cell rests on, by name; 0 where a thing is not so.

    `cell` as it was chosen, still with the lines it was chosen from.
    """
    reader = min((line.confidence for line in cell.lines), default=cell.confidence)
    found = traits(kind, cell.text)
    flags = set(cell.flags)
    return {
        "choice": _logit(cell.confidence),
        "reader": _logit(reader),
        "sure": float(min(reader, cell.confidence) >= _SURE),
        "changed": float(bool(cell.lines) and cell.text != "".join(line.text for line in cell.lines)),
        "known": float(bool(_KNOWN.intersection(found))),
        "unlikely": max(0.0, -weight(kind, cell.text)),
        "length": log(1 + len(cell.text)),
        "empty": float(not cell.text),
        "under-seal": float("under-seal" in flags),
        "ink-not-read": float("ink-not-read" in flags),
        "crosses-edge": float("crosses-edge" in flags),
        "lone-mark": float("lone-mark" in flags),
        "operator-unreadable": float("operator-unreadable" in flags),
    }


def confidence(found: Mapping[str, float], reader: str) -> float:
    """The probability that a cell with this evidence was read right by this reader, rounded down a little.

    A reader without weights of its own has those of the default one.
    """
    weights = load_toml("confidence.toml")["readers"]
    own: Mapping[str, float] = weights.get(reader, weights["rapidocr"])
    score = own["intercept"] + sum(own.get(name, 0.0) * value for name, value in found.items())
    return 1 / (1 + exp(-score))


def _logit(probability: float) -> float:
    bounded = min(max(probability, _SHORT_OF_SURE), 1 - _SHORT_OF_SURE)
    return log(bounded / (1 - bounded))

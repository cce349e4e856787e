"""How far a reading can be trusted: one probability per cell, with what it rests on.

The probabilities of characters say what the picture looks like to the reader, and are too sure of themselves
where a stroke was lost before they were asked. So the cell's evidence is weighed together: how sure the
reader was and how sure the choice among its hypotheses, whether the text is one that is known to stand in
such a place, ink that nobody read, a seal, a character across the edge. The weights
(``data/confidence.toml``) are fitted on pages of this project's own making
(``benchmarks/confidence.py``); docs/reading.md shows how often readings of each stated confidence are
right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, log

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.rereading.expectation import Kind, traits, weight
from goaltables.records import Cell, PageReading

# A record with a cell of a lower confidence is for a person to look at.
REVIEW_BELOW: float = load_toml("confidence.toml")["review_below"]
# … and one with a cell that carries one of these, whatever its confidence.
REVIEW_FLAGS: frozenset[str] = frozenset(load_toml("confidence.toml")["review_flags"])

_KNOWN = {"form-word", "known-name", "operator", "unit"}
_FLAGS = (
    "under-seal",
    "ink-not-read",
    "crosses-edge",
    "lone-mark",
    "operator-unreadable",
    "operator-suspect",
)
_SHORT_OF_SURE = 1e-5  # no reader knows more than that about its own errors
_SURE = 0.998
_MOST = 0.9995  # of what is read from a picture; 1 is for a text layer


def with_confidence(pages: Sequence[PageReading], kinds: Mapping[int, Kind]) -> tuple[PageReading, ...]:
    """The pages, each cell that a recogniser read with the probability that it was read right.

    `kinds`: the kind of each cell by its identity; a blank cell has nothing to be wrong and stays.
    """
    return tuple(_weighed(page, kinds) for page in pages)


def _weighed(page: PageReading, kinds: Mapping[int, Kind]) -> PageReading:
    doubt = page_doubt(page)

    def weighed(cell: Cell) -> Cell:
        if not is_weighed(cell):
            return cell
        found = evidence(cell, kinds.get(id(cell), Kind.TEXT), doubt)
        return replace(cell, confidence=confidence(found, cell.reader))

    tables = (replace(table, cells=tuple(map(weighed, table.cells))) for table in page.tables)
    return replace(page, tables=tuple(tables))


def is_weighed(cell: Cell) -> bool:
    """Whether there is a reading to be right or wrong, by a reader whose errors were counted."""
    return cell.reader in load_toml("confidence.toml")["readers"] and bool(cell.text or cell.flags)


def evidence(cell: Cell, kind: Kind, doubt: float) -> dict[str, float]:
    """What the trust in a cell rests on, by name; 0 where a thing is not so.

    `cell` as its text was chosen, still with the lines that it was chosen from; `doubt`: `page_doubt`.
    """
    reader = min((line.confidence for line in cell.lines), default=cell.confidence)
    found = traits(kind, cell.text)
    return {
        "choice": _logit(cell.confidence),
        "reader": _logit(reader),
        "sure": float(min(reader, cell.confidence) >= _SURE),
        "changed": float(bool(cell.lines) and cell.text != "".join(line.text for line in cell.lines)),
        "known": float(bool(_KNOWN.intersection(found))),
        "unlikely": max(0.0, -weight(kind, cell.text)),
        "length": log(1 + len(cell.text)),
        "empty": float(not cell.text),
        "page-doubt": doubt,
        **{flag: float(flag in cell.flags) for flag in _FLAGS},
    }


def confidence(found: Mapping[str, float], reader: str) -> float:
    """The probability that a cell with this evidence was read right by this reader."""
    weights: Mapping[str, float] = load_toml("confidence.toml")["readers"][reader]
    score = weights["intercept"] + sum(weights.get(name, 0.0) * value for name, value in found.items())
    return min(_MOST, 1 / (1 + exp(-score)))


def page_doubt(page: PageReading) -> float:
    """The share of the page's printed cells whose reader was not sure: how bad the picture is."""
    printed = [cell for table in page.tables for cell in table.cells if cell.text]
    return sum(1 for cell in printed if cell.lines or cell.confidence < _SURE) / max(len(printed), 1)


def _logit(probability: float) -> float:
    bounded = min(max(probability, _SHORT_OF_SURE), 1 - _SHORT_OF_SURE)
    return log(bounded / (1 - bounded))

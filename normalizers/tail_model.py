"""How a cut name goes on: the tails that texts of the same kind make likely, character by character.

What follows "…工资及社保发放准" is seen where the same characters occur in full: in names of the same
document (三老四类补助发放**准确率**), in the vocabulary's names and tails (发放准确率) and heads (准确率).
Every text votes with a weight: a name of the document outweighs the vocabulary, one under the same
level-2 label and with the same unit outweighs another. Longer common contexts outweigh shorter ones
(interpolated n-grams with Dirichlet smoothing); what no text has seen keeps a share of the probability, so
that the sum of the known tails is below one.

A tail may be put together from two texts: 基本药物制|度补助发放 of one name, 发放|人数 of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from goaltables.normalizers.vocabulary import vocabulary

END = "\n"
# Contexts longer than this add nothing: who shares eight characters shares the phrase.
_LONGEST_CONTEXT = 8
# How many virtual votes the shorter context has, by the length of the context (index 0: length 1).
_SMOOTHING = (2.0, 1.0, 0.6, 0.4, 0.3, 0.2, 0.15, 0.1)
_BEAM = 16
_LONGEST_TAIL = 16
_LEAST_SHARE = 1e-3

_OTHER_LEVEL2 = 0.15
_OTHER_UNIT = 0.25
_UNKNOWN_FIT = 0.5
_KIND_WEIGHT = {"head": 1.0, "tail": 1.0, "name": 0.8}
_SIBLING_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class KnownText:
    """A text that was seen. `is_whole` is False when its own end is not known (it was cut as well)."""

    text: str
    level2: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    weight: float = _SIBLING_WEIGHT
    is_whole: bool = True


class ContextIndex:
    """Which characters follow a context, and in which text. Built once, then only read."""

    def __init__(self, texts: Iterable[KnownText]) -> None:
        self.texts = tuple(texts)
        self.followers: dict[str, list[tuple[int, str]]] = {}
        for number, known in enumerate(self.texts):
            text = known.text + END if known.is_whole else known.text
            for stop in range(1, len(text)):
                for size in range(1, min(stop, _LONGEST_CONTEXT) + 1):
                    self.followers.setdefault(text[stop - size : stop], []).append((number, text[stop]))

    def weights(self, level2_id: str | None, unit: str | None) -> list[float]:
        """The vote of each text for a name under this label and with this unit."""
        return [
            known.weight * _fit(level2_id, known.level2, _OTHER_LEVEL2) * _fit(unit, known.units, _OTHER_UNIT)
            for known in self.texts
        ]


def _fit(wanted: str | None, offered: tuple[str, ...], otherwise: float) -> float:
    if wanted is None or not offered:
        return _UNKNOWN_FIT
    return 1.0 if wanted in offered else otherwise


def vocabulary_texts(without_sources: frozenset[str] = frozenset()) -> list[KnownText]:
    """The vocabulary as texts; entries whose every source is in `without_sources` are left out."""
    texts = []
    for entry in vocabulary():
        if without_sources and without_sources.issuperset(entry.sources):
            continue
        weight = _KIND_WEIGHT[entry.kind]
        texts += [KnownText(text, entry.level2, entry.units, weight) for text in (entry.name, *entry.aliases)]
    return texts


@cache
def vocabulary_index() -> ContextIndex:
    return ContextIndex(vocabulary_texts())


@dataclass(frozen=True, slots=True)
class Tails:
    """What may follow a text: ``share_of_end`` that nothing does, and the tails with their shares (their sum
    with the share of the end is at most 1), the likeliest first.
    """

    share_of_end: float
    tails: tuple[tuple[str, float], ...]


class TailModel:
    """The tails of names under one label and unit, from the vocabulary and the texts of the document."""

    def __init__(self, voters: Sequence[tuple[ContextIndex, Sequence[float]]]) -> None:
        self._voters = voters
        self._shares: dict[str, dict[str, float]] = {}

    def followers(self, text: str) -> dict[str, float]:
        """Shares of the characters that follow `text` (END: nothing does). Their sum is at most 1."""
        context = text[-_LONGEST_CONTEXT:]
        if context not in self._shares:
            self._shares[context] = self._interpolate(context)
        return self._shares[context]

    def _interpolate(self, context: str) -> dict[str, float]:
        shares: dict[str, float] = {}
        for size in range(1, len(context) + 1):
            votes: dict[str, float] = {}
            for known, weights in self._voters:
                for number, follower in known.followers.get(context[-size:], ()):
                    votes[follower] = votes.get(follower, 0.0) + weights[number]
            if not votes:
                break
            smoothing = _SMOOTHING[size - 1]
            total = sum(votes.values()) + smoothing
            shares = {
                char: (votes.get(char, 0.0) + smoothing * shares.get(char, 0.0)) / total
                for char in votes.keys() | shares.keys()
            }
        return shares

    def tails(self, text: str) -> Tails:
        """The likeliest tails of `text`, by a beam search."""
        finished: dict[str, float] = {}
        beam = [("", 1.0)]
        for _ in range(_LONGEST_TAIL):
            grown: list[tuple[str, float]] = []
            for tail, share in beam:
                for char, follows in self.followers(text + tail).items():
                    if char == END:
                        finished[tail] = share * follows
                    elif share * follows >= _LEAST_SHARE:
                        grown.append((tail + char, share * follows))
            beam = sorted(grown, key=lambda item: (-item[1], item[0]))[:_BEAM]
            if not beam:
                break
        end = finished.pop("", 0.0)
        return Tails(end, tuple(sorted(finished.items(), key=lambda item: (-item[1], item[0]))))

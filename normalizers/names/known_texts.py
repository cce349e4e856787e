"""Texts that were seen, and how they vote on what a cut name goes on with.

Every text votes with a weight: a name of the document outweighs the vocabulary, one under the same level-2
label and with the same unit outweighs another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from goaltables.normalizers.data import load_rows
from goaltables.normalizers.names.vocabulary import VocabularyEntry, find_head, vocabulary, vocabulary_entry
from goaltables.normalizers.values.units import kind_of_unit

T = TypeVar("T")

END = "\n"
# Contexts of this length are looked through for one that differs from a misread text by one character.
PHRASE = 5

# How much a text counts whose label or unit is another one, is of the same kind (万元, 元/人), is not known.
_OTHER_LEVEL2 = 0.3
_OTHER_UNIT = 0.2
_OTHER_LEVEL2_OF_SIBLING = 0.3
_OTHER_UNIT_OF_SIBLING = 0.3
_SAME_KIND_OF_UNIT = 0.5
_UNKNOWN_FIT = 0.5
# The same for what a whole name measures, once it is there: 满意度 does not stand under 数量指标.
_OTHER_LEVEL2_OF_HEAD = 0.05
_OTHER_UNIT_OF_HEAD = 0.1
_NAMES_BEHIND_A_SHARE = 10
_KIND_WEIGHT = {"head": 1.0, "tail": 1.0, "name": 0.8}
SIBLING_WEIGHT = 6.0
USUAL_WEIGHT = 1.0
# Running text goes on with words that no name has.
CONTEXT_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class KnownText:
    """A text that was seen. `is_whole` is False when its own end is not known (it was cut as well)."""

    text: str
    level2: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    weight: float = SIBLING_WEIGHT
    is_whole: bool = True


class Numbered(Generic[T]):
    """Items that repeat: each once in `keys`, and for every item the number of its key."""

    def __init__(self, items: Iterable[T]) -> None:
        found: dict[T, int] = {}
        self.numbers = np.array([found.setdefault(item, len(found)) for item in items], dtype=np.intp)
        self.keys = tuple(found)

    def totals(self, weights: NDArray[np.float64]) -> list[tuple[T, float]]:
        """What the items weigh together, for each key; keys whose items weigh nothing are left out."""
        totals = np.bincount(self.numbers, weights, len(self.keys)).tolist()
        return [(key, total) for key, total in zip(self.keys, totals, strict=True) if total]


class ContextIndex:
    """Which characters follow a context, and in which text.

    Where each character stands is noted at first; where a longer context stands is looked up among the places
    of the same without its first character, when it is asked for. Few are: a vocabulary has 50,000 contexts.
    """

    def __init__(
        self, texts: Iterable[KnownText], other_level2: float = _OTHER_LEVEL2, other_unit: float = _OTHER_UNIT
    ) -> None:
        self.texts = tuple(texts)
        self._other_level2, self._other_unit = other_level2, other_unit
        # 7,000 texts are of few kinds; their weights are asked for under each label and with each unit.
        self._kinds = Numbered((known.weight, known.level2, known.units) for known in self.texts)
        self._heads = Numbered(_head_name(known.text) if known.is_whole else None for known in self.texts)
        self._written = [known.text + END if known.is_whole else known.text for known in self.texts]
        self._places: dict[str, list[tuple[int, int]]] = {}
        for number, text in enumerate(self._written):
            for stop in range(1, len(text)):
                self._places.setdefault(text[stop - 1], []).append((number, stop))

    def places(self, context: str) -> list[tuple[int, int]]:
        """Where a context stands with something behind it: the number of the text, and where it goes on."""
        if len(context) < 2 or context in self._places:
            return self._places.get(context, [])
        first, size = context[0], len(context)
        found = [
            (number, stop)
            for number, stop in self.places(context[1:])
            if stop >= size and self._written[number][stop - size] == first
        ]
        if found:  # a process keeps the vocabulary's index: what it does not have is not kept with it
            self._places[context] = found
        return found

    def followers(self, context: str) -> list[tuple[int, str]]:
        """The number of each text in which a context stands, and the character behind it there."""
        return [(number, self._written[number][stop]) for number, stop in self.places(context)]

    def phrases(self, last: str) -> list[str]:
        """The contexts of `PHRASE` characters that end with `last`."""
        found = (
            self._written[number][stop - PHRASE : stop]
            for number, stop in self.places(last)
            if stop >= PHRASE
        )
        return list(dict.fromkeys(found))

    def votes(self, level2_id: str | None, unit: str | None) -> Votes:
        """The votes of the texts for a name under this label and with this unit."""
        of_kinds = [
            weight
            * _level2_fit(level2_id, level2, self._other_level2)
            * _unit_fit(unit, units, self._other_unit)
            for weight, level2, units in self._kinds.keys
        ]
        weights = np.array(of_kinds, dtype=np.float64)[self._kinds.numbers]
        heads = {head: votes for head, votes in self._heads.totals(weights) if head is not None}
        return Votes(self, tuple(weights.tolist()), heads)


@dataclass(frozen=True, slots=True)
class Votes:
    """How much each text of an index, and each head in it, counts for one label and unit."""

    index: ContextIndex
    weights: tuple[float, ...]
    heads: dict[str, float]
    _behind: dict[str, dict[str, float]] = field(default_factory=dict, compare=False, repr=False)

    def behind(self, context: str) -> dict[str, float]:
        """Votes for the characters that follow a context."""
        if context in self._behind:
            return self._behind[context]
        votes: dict[str, float] = {}
        for number, follower in self.index.followers(context):
            votes[follower] = votes.get(follower, 0.0) + self.weights[number]
        if votes:  # as in `ContextIndex.places`
            self._behind[context] = votes
        return votes


@cache
def _head_name(text: str) -> str | None:
    head_id = find_head(text)
    return vocabulary_entry(head_id).name if head_id else None


def _level2_fit(wanted: str | None, offered: tuple[str, ...], otherwise: float) -> float:
    if wanted is None or not offered:
        return _UNKNOWN_FIT
    return 1.0 if wanted in offered else otherwise


@cache
def _unit_fit(wanted: str | None, offered: tuple[str, ...], otherwise: float) -> float:
    if wanted is None or not offered:
        return _UNKNOWN_FIT
    if wanted in offered:
        return 1.0
    kinds = {kind_of_unit(unit) for unit in offered}
    return _SAME_KIND_OF_UNIT if kind_of_unit(wanted) in kinds else otherwise


@cache
def _share_without_head(level2_id: str | None) -> float:
    """How many names under this label measure nothing that has a head (提升本县乡村治理体系): benefits do."""
    names = [
        entry
        for entry in vocabulary()
        if entry.kind == "name" and (level2_id is None or level2_id in entry.level2)
    ]
    without = sum(find_head(entry.name) is None for entry in names)
    return (without + 1) / (len(names) + _NAMES_BEHIND_A_SHARE)


def head_fit(name: str, level2_id: str | None, unit: str | None) -> float:
    """How well what a whole name measures goes with its label and its unit, in (0, 1]."""
    label_fit, unit_fit = head_fits(name, level2_id, unit)
    return label_fit * unit_fit


def head_fits(name: str, level2_id: str | None, unit: str | None) -> tuple[float, float]:
    """How well what a whole name measures goes with its label, and with its unit, each in (0, 1]."""
    head_id = find_head(name, level2_id)
    if head_id is None:
        return _share_without_head(level2_id), 1.0
    head = vocabulary_entry(head_id)
    return (
        _level2_fit(level2_id, head.level2, _OTHER_LEVEL2_OF_HEAD),
        _unit_fit(unit, head.units, _OTHER_UNIT_OF_HEAD),
    )


def known_text(entry: VocabularyEntry, text: str) -> KnownText:
    """An entry's name or alias as a text that votes."""
    return KnownText(text, entry.level2, entry.units, _KIND_WEIGHT[entry.kind])


@cache
def vocabulary_index() -> ContextIndex:
    return ContextIndex(
        [
            *(known_text(entry, text) for entry in vocabulary() for text in (entry.name, *entry.aliases)),
            *usual_names(),
        ]
    )


@cache
def usual_names() -> tuple[KnownText, ...]:
    """Names as counties usually word them, by common knowledge (data/usual_names.csv)."""
    return tuple(
        KnownText(row["name"], tuple(row["level2"].split("|")), tuple(row["units"].split("|")), USUAL_WEIGHT)
        for row in load_rows("usual_names.csv")
    )


def negative_index(numbers: Iterable[int]) -> ContextIndex:
    """Votes against texts of the vocabulary, by number: with them it is as if it did not have these."""
    texts = [vocabulary_index().texts[number] for number in sorted(numbers)]
    return ContextIndex(replace(known, weight=-known.weight) for known in texts)


def document_index(texts: Iterable[KnownText]) -> ContextIndex:
    """The names of one document, which share their subjects under whatever label."""
    return ContextIndex(texts, _OTHER_LEVEL2_OF_SIBLING, _OTHER_UNIT_OF_SIBLING)


@lru_cache(maxsize=256)
def vocabulary_votes(level2_id: str | None, unit: str | None) -> Votes:
    return vocabulary_index().votes(level2_id, unit)

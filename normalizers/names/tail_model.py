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
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from goaltables.normalizers.data import load_rows
from goaltables.normalizers.names.vocabulary import VocabularyEntry, find_head, vocabulary, vocabulary_entry
from goaltables.normalizers.values.units import kind_of_unit

END = "\n"
# Contexts of this length are looked through for one that differs from a misread text by one character.
PHRASE = 5
# Contexts longer than this add nothing: who shares eight characters shares the phrase.
_LONGEST_CONTEXT = 8
# How many virtual votes the shorter context has, by the length of the context (index 0: length 1).
_SMOOTHING = (6.0, 4.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0)
_BEAM = 16
# A text that goes on as no text was seen to, does so at the end of a word with this share: a head follows.
_AFTER_A_WORD = 0.5
_LONGEST_TAIL = 16
_LEAST_SHARE = 1e-3
_LEAST_SHARE_OF_WORD = 0.02
_LEAST_SHARE_OF_HEAD = 4e-3

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
        self.heads = tuple(_head_name(known.text) if known.is_whole else None for known in self.texts)
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
        weights = [
            known.weight
            * _level2_fit(level2_id, known.level2, self._other_level2)
            * _unit_fit(unit, known.units, self._other_unit)
            for known in self.texts
        ]
        heads: dict[str, float] = {}
        for head, weight in zip(self.heads, weights, strict=True):
            if head is not None:
                heads[head] = heads.get(head, 0.0) + weight
        return Votes(self, tuple(weights), heads)


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


@dataclass(frozen=True, slots=True)
class Tails:
    """What may follow a text: ``share_of_end`` that nothing does, and the tails with their shares (their sum
    with the share of the end is at most 1), the likeliest first.
    """

    share_of_end: float
    tails: tuple[tuple[str, float], ...]


class TailModel:
    """The tails of names under one label and unit, from the vocabulary and the texts of the document."""

    def __init__(self, votes: Sequence[Votes]) -> None:
        self._votes = votes
        self._shares: dict[str, dict[str, float]] = {}
        self._tails: dict[str, Tails] = {}
        self.head_shares = self._head_shares()

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
            for voter in self._votes:
                for follower, weight in voter.behind(context[-size:]).items():
                    votes[follower] = votes.get(follower, 0.0) + weight
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
        """The likeliest tails of `text`. Whether it goes on, and how, are asked one after the other."""
        if text not in self._tails:
            self._tails[text] = self._search(text)
        return self._tails[text]

    def _search(self, text: str) -> Tails:
        """A beam search, character by character."""
        finished: dict[str, float] = {}
        beam = [("", 1.0)]
        for _ in range(_LONGEST_TAIL):
            grown: list[tuple[str, float]] = []
            for tail, share in beam:
                for char, follows in self.followers(text + tail).items():
                    if char == END:
                        finished[tail] = finished.get(tail, 0.0) + share * follows
                    elif share * follows >= _LEAST_SHARE:
                        grown.append((tail + char, share * follows))
                if share >= _LEAST_SHARE_OF_WORD:
                    self._end_with_a_head(text, tail, share, finished)
            beam = sorted(grown, key=lambda item: (-item[1], item[0]))[:_BEAM]
            if not beam:
                break
        end = finished.pop("", 0.0)
        return Tails(end, tuple(sorted(finished.items(), key=lambda item: (-item[1], item[0]))))

    def _end_with_a_head(self, text: str, tail: str, share: float, finished: dict[str, float]) -> None:
        """Give what no text has seen behind `tail` to the heads: they may follow any word."""
        unseen = share * max(0.0, 1 - sum(self.followers(text + tail).values()))
        for head, share_of_head in self.head_shares.items():
            finished[tail + head] = finished.get(tail + head, 0.0) + unseen * _AFTER_A_WORD * share_of_head

    def _head_shares(self) -> dict[str, float]:
        """How often each head is what is measured, under this label and with this unit. Their sum is 1."""
        votes: dict[str, float] = {}
        for voter in self._votes:
            for head, weight in voter.heads.items():
                votes[head] = votes.get(head, 0.0) + weight
        total = sum(votes.values())
        return {
            head: weight / total for head, weight in votes.items() if weight > _LEAST_SHARE_OF_HEAD * total
        }

"""Tails put together from words that no text has shown side by side: …设计服|务数量, …就业困|难人员户数.

The end of a name is built of few kinds of words: who or what it is about (困难人员, 档案资料), what is done
(录入, 发放), how (及时, 准确), and the head that is measured (户数, 准确率). Which kind follows which, and
which word which, is counted in the vocabulary's names and in those of the document; where a pair was never
seen, the kinds decide (data/tail_words.csv lists words and their kinds, data/tail_grammar.toml the heads that
measure a kind). So a cut in the middle of a word is mended by the word, and what may follow it by its kind:

>>> TailGrammar([vocabulary_word_counts("quality", "%")], "quality", "%").tails("残疾人信息录").tails[0][0]
'入准确率'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from typing import cast

from goaltables.normalizers.data import load_rows, load_toml
from goaltables.normalizers.names.tail_model import END, Tails, Votes, head_fit, vocabulary_votes
from goaltables.normalizers.names.vocabulary import vocabulary

# What stands for a run of characters that is no known word, and for what is in front of the text.
UNKNOWN = ""

_LONGEST_WORD = 8
# Words further back than this many characters do not tell how a name ends.
_LOOK_BACK = 10
# A known word is read as one however much likelier its characters are alone: the share of an unknown one.
_SHARE_OF_UNKNOWN_CHAR = 2e-4
_UNKNOWN_BEHIND_A_WORD = 0.3
# The document's own words: how long at most, how much of one must be printed, and the share of each.
_LONGEST_OWN_WORD = 12
_LEAST_OF_OWN_WORD = 2
_SHARE_OF_OWN_WORD = 1e-3
# Virtual votes: of the kinds for each word's followers, of what was never seen for each kind's followers.
_VOTES_OF_KINDS = 4.0
_VOTES_OF_UNSEEN = 3.0
# Votes that a word of the list has unseen, and a pair of a word and a head that measures its kind.
_VOTES_OF_LISTED_WORD = 0.15
_VOTES_OF_LISTED_PAIR = 0.5
_MOST_WORDS = 4
_LEAST_SHARE = 2e-4
_BEAM = 40
# Reading a text as words: known ones cost less than single unknown characters, so the fewest words win.
_COST_OF_WORD = 10
_COST_OF_CHAR = 12

_Shares = dict[str, float]


@cache
def kinds_of_words() -> dict[str, str]:
    """The kind of each known word. Heads of the vocabulary are words of the kind ``head``."""
    listed = {row["word"]: row["kind"] for row in load_rows("tail_words.csv")}
    heads = [text for entry in vocabulary() if entry.kind == "head" for text in (entry.name, *entry.aliases)]
    return listed | dict.fromkeys(heads, "head") | {END: "end", UNKNOWN: "unknown"}


@cache
def _measured_by() -> dict[str, list[str]]:
    return cast(dict[str, list[str]], load_toml("tail_grammar.toml")["measured_by"])


@cache
def _words_by_kind() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word, kind in kinds_of_words().items():
        found.setdefault(kind, []).append(word)
    return found


@cache
def _words_by_beginning() -> dict[str, list[str]]:
    """The words that go on from each text that may be the first part of one."""
    found: dict[str, list[str]] = {}
    for word in kinds_of_words():
        for stop in range(1, len(word)):
            found.setdefault(word[:stop], []).append(word)
    return found


@lru_cache(maxsize=20_000)
def pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """A text as the fewest known words and the runs of characters between them; is it a known word?"""
    best: list[tuple[int, int, bool]] = [(0, 0, False)]
    for stop in range(1, len(text) + 1):
        readings = [(best[stop - 1][0] + _COST_OF_CHAR, stop - 1, False)]
        for start in range(max(0, stop - _LONGEST_WORD), stop):
            if text[start:stop] in kinds_of_words():
                readings.append((best[start][0] + _COST_OF_WORD, start, True))
        best.append(min(readings))
    found: list[tuple[str, bool]] = []
    stop = len(text)
    while stop:
        _, start, is_known = best[stop]
        if found and not is_known and not found[-1][1]:
            found[-1] = (text[start:stop] + found[-1][0], False)
        else:
            found.append((text[start:stop], is_known))
        stop = start
    return tuple(reversed(found))


def segmented(text: str) -> tuple[str, ...]:
    """A text as the fewest known words; each run of other characters is one UNKNOWN."""
    return tuple(piece if is_known else UNKNOWN for piece, is_known in pieces(text))


def own_words(texts: Iterable[str]) -> frozenset[str]:
    """What a document's texts say that is no known word: 基本药物制度 of its task 基本药物制度补助."""
    return frozenset(
        piece
        for text in texts
        for piece, is_known in pieces(text)
        if not is_known and 2 <= len(piece) <= _LONGEST_OWN_WORD
    )


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Votes for words behind words, for kinds behind kinds, and for each word."""

    pairs: dict[str, _Shares] = field(default_factory=dict)
    kinds: dict[str, _Shares] = field(default_factory=dict)
    words: _Shares = field(default_factory=dict)

    def add(self, words: Sequence[str], weight: float) -> None:
        kinds = kinds_of_words()
        for before, word in pairwise(words):
            _vote(self.kinds.setdefault(kinds[before], {}), kinds[word], weight)
            if word != UNKNOWN:
                _vote(self.pairs.setdefault(before, {}), word, weight)
                _vote(self.words, word, weight)


def _vote(votes: dict[str, float], key: str, weight: float) -> None:
    votes[key] = votes.get(key, 0.0) + weight


def word_counts(votes: Votes) -> WordCounts:
    """What the texts of an index count for words, each with its weight for one label and unit."""
    counts = WordCounts()
    for known, weight in zip(votes.index.texts, votes.weights, strict=True):
        if weight:
            end = (END,) if known.is_whole else ()
            counts.add((UNKNOWN, *segmented(known.text), *end), weight)
    return counts


@lru_cache(maxsize=256)
def vocabulary_word_counts(level2_id: str | None, unit: str | None) -> WordCounts:
    return word_counts(vocabulary_votes(level2_id, unit))


@lru_cache(maxsize=256)
def _fits_of_heads(level2_id: str | None, unit: str | None) -> _Shares:
    return {head: head_fit(head, level2_id, unit) for head in _words_by_kind()["head"]}


class TailGrammar:
    """The tails of names under one label and unit, composed of words."""

    def __init__(
        self,
        counts: Sequence[WordCounts],
        level2_id: str | None,
        unit: str | None,
        words_of_document: Iterable[str] = (),
    ) -> None:
        self._counts = counts
        self._own_by_beginning: dict[str, list[str]] = {}
        for word in words_of_document:
            for stop in range(_LEAST_OF_OWN_WORD, len(word) + 1):
                self._own_by_beginning.setdefault(word[:stop], []).append(word)
        self._fits = _fits_of_heads(level2_id, unit)
        self._seen: dict[str, tuple[_Shares, float]] = {}
        self._likely: dict[str, list[tuple[str, float]]] = {}
        self._behind_kind: dict[str, _Shares] = {}
        self._begun: dict[str, list[tuple[tuple[str, str], float]]] = {}
        self._words_of_kind: dict[str, _Shares] = {}

    def share(self, word: str, other: str) -> float:
        """The share of `other` among the words that follow `word` (END: nothing does)."""
        seen, share_of_kinds = self._seen_behind(word)
        kinds = kinds_of_words()
        by_kind = self._kinds_behind(kinds[word]).get(kinds[other], 0.0)
        return seen.get(other, 0.0) + share_of_kinds * by_kind * self._of_kind(kinds[other]).get(other, 0.0)

    def _seen_behind(self, word: str) -> tuple[_Shares, float]:
        """Shares of the words that were seen behind `word`, and what is left to its kind."""
        if word not in self._seen:
            votes: _Shares = {}
            for counts in self._counts:
                for other, weight in counts.pairs.get(word, {}).items():
                    _vote(votes, other, weight * self._fits.get(other, 1.0))
            for head in _measured_by().get(kinds_of_words()[word], ()):
                _vote(votes, head, _VOTES_OF_LISTED_PAIR * self._fits[head])
            total = sum(votes.values()) + _VOTES_OF_KINDS
            seen = {other: weight / total for other, weight in votes.items()}
            self._seen[word] = seen, _VOTES_OF_KINDS / total
        return self._seen[word]

    def _likely_behind(self, word: str) -> list[tuple[str, float]]:
        """The words that follow `word` with more than the least share, the likeliest first."""
        if word not in self._likely:
            seen, share_of_kinds = self._seen_behind(word)
            words = set(seen)
            for kind, share in self._kinds_behind(kinds_of_words()[word]).items():
                least = _LEAST_SHARE / max(share * share_of_kinds, _LEAST_SHARE)
                words.update(other for other, of_kind in self._of_kind(kind).items() if of_kind >= least)
            shares = [(other, self.share(word, other)) for other in words]
            self._likely[word] = sorted(shares, key=lambda item: (-item[1], item[0]))
        return self._likely[word]

    def _kinds_behind(self, kind: str) -> _Shares:
        if kind not in self._behind_kind:
            votes: _Shares = {}
            for counts in self._counts:
                for other, weight in counts.kinds.get(kind, {}).items():
                    _vote(votes, other, weight)
            total = sum(votes.values()) + _VOTES_OF_UNSEEN
            self._behind_kind[kind] = {
                other: weight / total for other, weight in votes.items() if other != "unknown"
            }
        return self._behind_kind[kind]

    def _of_kind(self, kind: str) -> _Shares:
        if kind not in self._words_of_kind:
            votes = {
                word: self._fits.get(word, 1.0)
                * (_VOTES_OF_LISTED_WORD + sum(counts.words.get(word, 0.0) for counts in self._counts))
                for word in _words_by_kind()[kind]
            }
            total = sum(votes.values())
            self._words_of_kind[kind] = {word: weight / total for word, weight in votes.items()}
        return self._words_of_kind[kind]

    def tails(self, text: str) -> Tails:
        """The likeliest tails of `text`. Their sum with the share of the end is at most 1."""
        beam, finished = self.begun(text), dict[str, float]()
        for _ in range(_MOST_WORDS):
            grown: dict[tuple[str, str], float] = {}
            for (tail, word), share in beam:
                for other, follows in self._likely_behind(word):
                    if share * follows < _LEAST_SHARE:
                        break
                    if other == END:
                        _vote(finished, tail, share * follows)
                    else:
                        key = (tail + other, other)
                        grown[key] = grown.get(key, 0.0) + share * follows
            beam = _likeliest(grown.items())
        end = finished.pop("", 0.0)
        return Tails(end, tuple(sorted(finished.items(), key=lambda item: (-item[1], item[0]))))

    def begun(self, text: str) -> list[tuple[tuple[str, str], float]]:
        """The ways to read the text's last word, with their shares: what is missing of it, and the word.

        All readings of the text as words are followed from its front; unknown characters may stand anywhere.
        """
        if text not in self._begun:
            self._begun[text] = self._begin(text[-_LOOK_BACK:])
        return self._begun[text]

    def _begin(self, text: str) -> list[tuple[tuple[str, str], float]]:
        kinds = kinds_of_words()
        read: list[_Shares] = [{UNKNOWN: 1.0}, *({} for _ in text)]
        begun: dict[tuple[str, str], float] = {}
        for start in range(len(text)):
            for before, share in read[start].items():
                break_off = 1.0 if before == UNKNOWN else _UNKNOWN_BEHIND_A_WORD
                _vote(read[start + 1], UNKNOWN, share * break_off * _SHARE_OF_UNKNOWN_CHAR)
                for stop in range(start + 1, min(len(text), start + _LONGEST_WORD) + 1):
                    word = text[start:stop]
                    if word in kinds:
                        _vote(read[stop], word, share * self.share(before, word))
                for word in _words_by_beginning().get(text[start:], ()):
                    key = (word[len(text) - start :], word)
                    begun[key] = begun.get(key, 0.0) + share * self.share(before, word)
                for word in self._own_by_beginning.get(text[start:], ()):
                    key = (word[len(text) - start :], segmented(word)[-1])
                    begun[key] = begun.get(key, 0.0) + share * _SHARE_OF_OWN_WORD
        total = sum(begun.values()) + sum(read[-1].values())
        begun |= {("", word): share for word, share in read[-1].items() if word != UNKNOWN}
        return _likeliest((key, share / total) for key, share in begun.items())


def _likeliest(
    readings: Iterable[tuple[tuple[str, str], float]],
) -> list[tuple[tuple[str, str], float]]:
    kept = [(key, share) for key, share in readings if share >= _LEAST_SHARE]
    return sorted(kept, key=lambda item: (-item[1], item[0]))[:_BEAM]

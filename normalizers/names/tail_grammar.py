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
from functools import cache, lru_cache
from typing import cast

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.names.known_texts import END, head_fit
from goaltables.normalizers.names.tail_model import Tails
from goaltables.normalizers.names.tail_words import (
    LONGEST_WORD,
    UNKNOWN,
    Shares,
    WordCounts,
    kinds_of_words,
    segmented,
)

# Words further back than this many characters do not tell how a name ends.
_LOOK_BACK = 10
# A known word is read as one however much likelier its characters are alone: the share of an unknown one.
_SHARE_OF_UNKNOWN_CHAR = 2e-4
_UNKNOWN_BEHIND_A_WORD = 0.3
# The document's own words: how much of one must be printed, and the share of each.
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


@lru_cache(maxsize=256)
def _fits_of_heads(level2_id: str | None, unit: str | None) -> Shares:
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
        self._seen: dict[str, tuple[Shares, float]] = {}
        self._likely: dict[str, list[tuple[str, float]]] = {}
        self._behind_kind: dict[str, Shares] = {}
        self._begun: dict[str, list[tuple[tuple[str, str], float]]] = {}
        self._words_of_kind: dict[str, Shares] = {}

    def share(self, word: str, other: str) -> float:
        """The share of `other` among the words that follow `word` (END: nothing does)."""
        seen, share_of_kinds = self._seen_behind(word)
        kinds = kinds_of_words()
        by_kind = self._kinds_behind(kinds[word]).get(kinds[other], 0.0)
        return seen.get(other, 0.0) + share_of_kinds * by_kind * self._of_kind(kinds[other]).get(other, 0.0)

    def _seen_behind(self, word: str) -> tuple[Shares, float]:
        """Shares of the words that were seen behind `word`, and what is left to its kind."""
        if word not in self._seen:
            votes: Shares = {}
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
        """The words that follow `word` with at least the least share, the likeliest first."""
        if word not in self._likely:
            seen, share_of_kinds = self._seen_behind(word)
            shares = {other: self.share(word, other) for other in seen}
            for kind, share in self._kinds_behind(kinds_of_words()[word]).items():
                for other, of_kind in self._of_kind(kind).items():
                    if (unseen := share_of_kinds * share * of_kind) < _LEAST_SHARE:
                        break
                    shares.setdefault(other, unseen)
            likely = [(other, share) for other, share in shares.items() if share >= _LEAST_SHARE]
            self._likely[word] = sorted(likely, key=lambda item: (-item[1], item[0]))
        return self._likely[word]

    def _kinds_behind(self, kind: str) -> Shares:
        if kind not in self._behind_kind:
            votes: Shares = {}
            for counts in self._counts:
                for other, weight in counts.kinds.get(kind, {}).items():
                    _vote(votes, other, weight)
            total = sum(votes.values()) + _VOTES_OF_UNSEEN
            self._behind_kind[kind] = {
                other: weight / total for other, weight in votes.items() if other != "unknown"
            }
        return self._behind_kind[kind]

    def _of_kind(self, kind: str) -> Shares:
        """The share of each word among those of its kind, the likeliest first."""
        if kind not in self._words_of_kind:
            words, fits = _words_by_kind()[kind], self._fits
            votes = {word: _VOTES_OF_LISTED_WORD * fits.get(word, 1.0) for word in words}
            for counts in self._counts:
                for word in votes.keys() & counts.words.keys():
                    votes[word] += counts.words[word] * fits.get(word, 1.0)
            total = sum(votes.values())
            likeliest = sorted(votes.items(), key=lambda item: (-item[1], item[0]))
            self._words_of_kind[kind] = {word: weight / total for word, weight in likeliest}
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
        read: list[Shares] = [{UNKNOWN: 1.0}, *({} for _ in text)]
        begun: dict[tuple[str, str], float] = {}
        for start in range(len(text)):
            for before, share in read[start].items():
                break_off = 1.0 if before == UNKNOWN else _UNKNOWN_BEHIND_A_WORD
                _vote(read[start + 1], UNKNOWN, share * break_off * _SHARE_OF_UNKNOWN_CHAR)
                for stop in range(start + 1, min(len(text), start + LONGEST_WORD) + 1):
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


def _vote(votes: Shares, key: str, weight: float) -> None:
    votes[key] = votes.get(key, 0.0) + weight

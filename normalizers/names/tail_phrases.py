"""Whole ends of names behind a word: after a sum of money …补贴 come 发放人数, 发放及时率, 每次发放金额.

The grammar (`tail_grammar`) puts ends together word by word and forgets what came before the last one; here
an end is remembered as one piece, with the word before it and that word's kind. A document fills in one form
again and again: what stands behind one subsidy (工作生活补贴**每次发放金额**) stands behind the other, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from goaltables.normalizers.names.known_texts import KnownText, Votes, vocabulary_index, vocabulary_votes
from goaltables.normalizers.names.tail_grammar import TailGrammar
from goaltables.normalizers.names.tail_model import Tails
from goaltables.normalizers.names.tail_words import UNKNOWN, kinds_of_words, pieces

_LONGEST_END = 12
# Virtual votes: of the word's kind for the word's ends, of what was never seen for the kind's ends.
_VOTES_OF_KIND = 2.0
_VOTES_OF_UNSEEN = 4.0
_LEAST_SHARE = 1e-4
_LEAST_VOTES = 1e-6
_MOST_TAILS = 60

_Shares = dict[str, float]


@dataclass(frozen=True, slots=True)
class PhraseIndex:
    """The ends of texts behind each word and each kind of word, and all ends, with the number of the text."""

    behind_word: dict[str, list[tuple[int, str]]]
    behind_kind: dict[str, list[tuple[int, str]]]
    ends: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class PhraseVotes:
    """How much each text's ends count for one label and unit."""

    index: PhraseIndex
    weights: tuple[float, ...]
    _of_kinds: dict[str, _Shares] = field(default_factory=dict, compare=False, repr=False)

    def ending_with(self, end: str) -> float:
        """Votes of the texts that end so."""
        return sum(self.weights[number] for number in self.index.ends.get(end, ()))

    def behind_word(self, word: str) -> _Shares:
        return _counted(self.index.behind_word.get(word, ()), self.weights)

    def behind_kind(self, kind: str) -> _Shares:
        if kind not in self._of_kinds:
            self._of_kinds[kind] = _counted(self.index.behind_kind.get(kind, ()), self.weights)
        return self._of_kinds[kind]


def _counted(ends: Iterable[tuple[int, str]], weights: Sequence[float]) -> _Shares:
    votes: _Shares = {}
    for number, end in ends:
        if weights[number]:
            votes[end] = votes.get(end, 0.0) + weights[number]
    return votes


def phrase_index(texts: Sequence[KnownText]) -> PhraseIndex:
    index = PhraseIndex({}, {}, {})
    kinds = kinds_of_words()
    for number, known in enumerate(texts):
        if not known.is_whole:
            continue
        for size in range(1, min(len(known.text), _LONGEST_END) + 1):
            index.ends.setdefault(known.text[-size:], []).append(number)
        stop, words = len(known.text), [(UNKNOWN, False), *pieces(known.text)]
        for position in range(len(words) - 1, -1, -1):
            word, is_known = words[position]
            end = known.text[stop:]
            if len(end) > _LONGEST_END:
                break
            index.behind_kind.setdefault(kinds[word if is_known else UNKNOWN], []).append((number, end))
            if is_known:
                index.behind_word.setdefault(word, []).append((number, end))
            stop -= len(word)
    return index


@cache
def _vocabulary_phrases() -> PhraseIndex:
    return phrase_index(vocabulary_index().texts)


@lru_cache(maxsize=256)
def vocabulary_phrase_votes(level2_id: str | None, unit: str | None) -> PhraseVotes:
    return PhraseVotes(_vocabulary_phrases(), vocabulary_votes(level2_id, unit).weights)


def phrase_votes(votes: Votes) -> PhraseVotes:
    """What the ends of the texts count that `votes` is about."""
    return PhraseVotes(phrase_index(votes.index.texts), votes.weights)


class TailPhrases:
    """The tails of names: what is missing of the last word, and a whole end behind it."""

    def __init__(self, voters: Sequence[PhraseVotes], grammar: TailGrammar) -> None:
        self._voters, self._grammar = voters, grammar
        self._behind: dict[str, _Shares] = {}
        self._likely: dict[str, list[tuple[str, float]]] = {}

    def behind(self, word: str) -> _Shares:
        """Shares of the ends that follow `word` ("": nothing does). Their sum is at most 1."""
        if word not in self._behind:
            kind = _mixed([voter.behind_kind(kinds_of_words()[word]) for voter in self._voters])
            total = sum(kind.values()) + _VOTES_OF_UNSEEN
            shares = {end: votes / total for end, votes in kind.items()}
            if word != UNKNOWN:
                own = _mixed([voter.behind_word(word) for voter in self._voters])
                total = sum(own.values()) + _VOTES_OF_KIND
                shares = {end: share * _VOTES_OF_KIND / total for end, share in shares.items()}
                for end, votes in own.items():
                    shares[end] = shares.get(end, 0.0) + votes / total
            self._behind[word] = shares
        return self._behind[word]

    def support(self, text: str, tail: str) -> tuple[int, float]:
        """Behind how many of the last characters of `text` known texts end with `tail`; and their votes."""
        for size in range(min(len(text), _LONGEST_END - len(tail)), 0, -1):
            votes = sum(voter.ending_with(text[-size:] + tail) for voter in self._voters)
            if votes > _LEAST_VOTES:
                return size, votes
        return 0, 0.0

    def _likely_behind(self, word: str) -> list[tuple[str, float]]:
        if word not in self._likely:
            likely = [item for item in self.behind(word).items() if item[1] >= _LEAST_SHARE]
            self._likely[word] = sorted(likely, key=lambda item: (-item[1], item[0]))
        return self._likely[word]

    def tails(self, text: str) -> Tails:
        """The likeliest tails of `text`. Their sum with the share of the end is at most 1."""
        found: _Shares = {}
        for (missing, word), share in self._grammar.begun(text):
            for end, follows in self._likely_behind(word):
                if share * follows < _LEAST_SHARE:
                    break
                found[missing + end] = found.get(missing + end, 0.0) + share * follows
        share_of_end = found.pop("", 0.0)
        likeliest = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_MOST_TAILS]
        return Tails(share_of_end, tuple(likeliest))


def _mixed(votes: Sequence[_Shares]) -> _Shares:
    if len(votes) == 1:
        return votes[0]
    mixed: _Shares = {}
    for some in votes:
        for end, weight in some.items():
            mixed[end] = mixed.get(end, 0.0) + weight
    return mixed

"""The words of which the ends of names are built, and how often texts have them side by side.

Words and their kinds are data (data/tail_words.csv, the heads of the vocabulary); a run of characters that is
no known word is one unknown. How often a word follows another is counted for each label and unit anew, by the
weights of the texts; which words the texts have is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np

from goaltables.normalizers.data import load_rows
from goaltables.normalizers.names.known_texts import (
    END,
    KnownText,
    Numbered,
    Votes,
    vocabulary_index,
    vocabulary_votes,
)
from goaltables.normalizers.names.vocabulary import vocabulary

# What stands for a run of characters that is no known word, and for what is in front of the text.
UNKNOWN = ""

LONGEST_WORD = 8
# Reading a text as words: known ones cost less than single unknown characters, so the fewest words win.
_COST_OF_WORD = 10
_COST_OF_CHAR = 12
# The document's own words: how long at most.
_LONGEST_OWN_WORD = 12

Shares = dict[str, float]


@cache
def kinds_of_words() -> dict[str, str]:
    """The kind of each known word. Heads of the vocabulary are words of the kind ``head``."""
    listed = {row["word"]: row["kind"] for row in load_rows("tail_words.csv")}
    heads = [text for entry in vocabulary() if entry.kind == "head" for text in (entry.name, *entry.aliases)]
    return listed | dict.fromkeys(heads, "head") | {END: "end", UNKNOWN: "unknown"}


@lru_cache(maxsize=20_000)
def pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """A text as the fewest known words and the runs of characters between them; is it a known word?"""
    kinds = kinds_of_words()
    best: list[tuple[int, int, bool]] = [(0, 0, False)]
    for stop in range(1, len(text) + 1):
        readings = [(best[stop - 1][0] + _COST_OF_CHAR, stop - 1, False)]
        for start in range(max(0, stop - LONGEST_WORD), stop):
            if text[start:stop] in kinds:
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

    pairs: dict[str, Shares]
    kinds: dict[str, Shares]
    words: Shares


class WordPairs:
    """Which words stand side by side in texts, and in which."""

    def __init__(self, texts: Iterable[KnownText]) -> None:
        pairs: list[tuple[str, str]] = []
        seen_in: list[int] = []
        for number, known in enumerate(texts):
            end = (END,) if known.is_whole else ()
            found = list(pairwise((UNKNOWN, *segmented(known.text), *end)))
            pairs += found
            seen_in += [number] * len(found)
        kinds = kinds_of_words()
        self._seen_in = np.array(seen_in, dtype=np.intp)
        self._pairs = Numbered(pairs)
        self._kinds = Numbered((kinds[before], kinds[word]) for before, word in pairs)
        self._words = Numbered(word for _, word in pairs)

    def counts(self, weights: Sequence[float]) -> WordCounts:
        """What the texts count for words, each with its weight."""
        votes = np.array(weights, dtype=np.float64)[self._seen_in]
        counts = WordCounts({}, {}, {})
        for (before, word), total in self._pairs.totals(votes):
            if word != UNKNOWN:
                counts.pairs.setdefault(before, {})[word] = total
        for (before, kind), total in self._kinds.totals(votes):
            counts.kinds.setdefault(before, {})[kind] = total
        counts.words.update(item for item in self._words.totals(votes) if item[0] != UNKNOWN)
        return counts


def word_counts(votes: Votes) -> WordCounts:
    """What the texts of an index count for words, for one label and unit."""
    return WordPairs(votes.index.texts).counts(votes.weights)


@lru_cache(maxsize=256)
def vocabulary_word_counts(level2_id: str | None, unit: str | None) -> WordCounts:
    return _vocabulary_pairs().counts(vocabulary_votes(level2_id, unit).weights)


@cache
def _vocabulary_pairs() -> WordPairs:
    return WordPairs(vocabulary_index().texts)

"""A text folded for parsing, and a reader that walks over it once.

Grammars read the folded text (half width, no white space, one spelling of every character) but publish
what was printed: every folded character remembers the printed one it came from, so that ``≥１０４台（套）``
gives the unit ``台（套）`` and not ``台(套)``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Generic, TypeVar

V = TypeVar("V")

_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")


@lru_cache(maxsize=8192)
def fold_char(char: str) -> str:
    """One printed character as the grammars see it: NFKC, or nothing when it is white or invisible."""
    if char.isspace() or char in _INVISIBLE:
        return ""
    return "".join(part for part in unicodedata.normalize("NFKC", char) if not part.isspace())


def fold_text(text: str) -> str:
    """`text` as the grammars see it: the key of a word in a lexicon."""
    return "".join(map(fold_char, text))


class FoldedText:
    """`text` is the folded text; `printed(start, stop)` gives back what was printed there."""

    __slots__ = ("_origin", "_printed", "text")

    def __init__(self, printed: str) -> None:
        self._printed = printed
        self._origin: list[int] | None = None
        if printed.isascii() and not any(char.isspace() for char in printed):
            self.text = printed
            return
        parts: list[str] = []
        origin: list[int] = []
        for index, char in enumerate(printed):
            folded = fold_char(char)
            parts.append(folded)
            origin.extend([index] * len(folded))
        self.text = "".join(parts)
        self._origin = origin

    def printed(self, start: int, stop: int) -> str:
        """The printed text behind ``text[start:stop]``."""
        if start >= stop:
            return ""
        if self._origin is None:
            return self._printed[start:stop]
        return self._printed[self._origin[start] : self._origin[stop - 1] + 1]


class Lexicon(Generic[V]):
    """Words with a meaning. `longest` finds the longest word that stands at a position, in constant time."""

    __slots__ = ("_lengths", "_words")

    def __init__(self, words: Mapping[str, V]) -> None:
        self._words = {word: meaning for word, meaning in words.items() if word}
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}

    def longest(self, text: str, position: int) -> tuple[int, V] | None:
        """(end position, meaning) of the longest word at `position`, or None."""
        for length in self._lengths.get(text[position : position + 1], ()):
            word = text[position : position + length]
            if word in self._words:
                return position + len(word), self._words[word]
        return None

    def get(self, word: str) -> V | None:
        return self._words.get(word)


def word_list(words: Iterable[str]) -> Lexicon[str]:
    """A lexicon of words that mean themselves, keyed as the grammars see them."""
    return Lexicon({fold_text(word): word for word in words})


class Scanner:
    """A position in a folded text. `take` moves over a word, `peek` does not."""

    __slots__ = ("folded", "position", "text")

    def __init__(self, folded: FoldedText, position: int = 0) -> None:
        self.folded = folded
        self.text = folded.text
        self.position = position

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def peek(self, words: Lexicon[V]) -> V | None:
        found = words.longest(self.text, self.position)
        return found[1] if found else None

    def take(self, words: Lexicon[V]) -> V | None:
        """The meaning of the longest word of `words` that stands here, moving behind it; else None."""
        found = words.longest(self.text, self.position)
        if found is None:
            return None
        self.position = found[0]
        return found[1]

    def printed_since(self, start: int) -> str:
        return self.folded.printed(start, self.position)

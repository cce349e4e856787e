r"""Closed sets of printed words: the labels, heads and levels that a form prints.

A form prints few words and they come from known lists (``data/*.toml``), but never twice alike:
项目资金（万元）, 年初预算数(A), ★一级指标, "年度 资金总额：", and on a scan 质量指样. So a printed text is
folded before it is looked up, and a text that is no word of the list may be *one* character away from it,
as long as only one meaning is that near. 数量指标 and 质量指标 are one character apart, so "□量指标" is
left undecided.

>>> words = ClosedWords({"项目资金": ["money"], "主管部门": ["field"]})
>>> words.meanings("项目资金\n（万元）：")
('money',)
>>> words.meanings("主营部门"), words.meanings("王营部门")
(('field',), ())
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Generic, TypeVar

from rapidfuzz.distance import Levenshtein

Meaning = TypeVar("Meaning", bound=Hashable)

_SPACE = re.compile(r"\s+")
_BRACKETED = re.compile(r"[(\[【〔{<《][^)\]】〕}>》]*[)\]】〕}>》]?")
_BRACKETS = re.compile(r"[()\[\]【】〔〕{}<>《》]")
_NUMBERED = re.compile(r"^(?:\d{1,2}[.、．]|[一二三四五六七八九十]{1,2}[、.])(?=\S)")
_EDGES = ":;,.、。·*★☆-—_'\"“”|/"
_YEAR = re.compile(r"^20\d\d(?:年(?!度))?(?=\D)")
# 其中： before a part of a sum; its first character is lost or misread as often as not.
_AMONG = re.compile(r"^(?:其中:?|\S?中:)")

# A word of three or four characters may differ in one, longer ones in two: 偏差原因分析及改进措施 is often
# misread in two places, while two changes in four characters make another label (产出指标, 效益指标).
_NEAR = ((3, 1), (8, 2))
_LEAST_BEHIND = 3


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """`text` without what printing adds: width, white space, numbering, marks at its edges."""
    text = _SPACE.sub("", unicodedata.normalize("NFKC", text))
    text = _NUMBERED.sub("", text.strip(_EDGES))
    return _AMONG.sub("", text).strip(_EDGES)


def _bare(folded: str) -> str:
    """`folded` without its brackets' content: 年初预算数(A) -> 年初预算数."""
    return _BRACKETED.sub("", folded).strip(_EDGES)


def _undated(folded: str) -> str:
    """`folded` without a year before it: 2023年度目标 -> 年度目标, 2023年预算数 -> 预算数."""
    return _YEAR.sub("", folded)


class ClosedWords(Generic[Meaning]):
    """Printed words and what they mean; a word may have several meanings, decided by its surroundings."""

    def __init__(self, words: Mapping[str, Iterable[Meaning]], before: Iterable[str] = ()) -> None:
        """`before`: words that may stand before any of the list and add nothing, as in 本年度目标."""
        self._meanings: dict[str, tuple[Meaning, ...]] = {}
        for word, meanings in words.items():
            key = _BRACKETS.sub("", fold(word))
            self._meanings[key] = tuple(dict.fromkeys((*self._meanings.get(key, ()), *meanings)))
        self._longest = max((len(key) for key in self._meanings), default=0)
        # A near miss must not turn a short word into another: three characters are the least.
        self._words = [(word, meanings) for word, meanings in self._meanings.items() if len(word) >= 3]
        self._before = tuple(sorted((fold(word) for word in before), key=len, reverse=True))
        # A table is looked through by several readers of its forms, each of which asks for the same words.
        self._exact = lru_cache(maxsize=4096)(self._look_up)
        self._near = lru_cache(maxsize=4096)(self._search)

    def exact(self, text: str) -> tuple[Meaning, ...]:
        """The meanings of `text` when it is a word of the list (folded; brackets may be left out)."""
        return self._exact(fold(text))

    def _look_up(self, folded: str) -> tuple[Meaning, ...]:
        for form in (_BRACKETS.sub("", folded), _bare(folded), _undated(_bare(folded))):
            if form in self._meanings:
                return self._meanings[form]
        return self._behind(_undated(_bare(folded)))

    def _behind(self, folded: str) -> tuple[Meaning, ...]:
        """The meanings of what is left of `folded` behind words that add nothing; () when that is no word."""
        for word in self._before:
            rest = folded.removeprefix(word)
            if rest == folded or len(rest) < _LEAST_BEHIND or rest.startswith(word):
                continue
            if found := self._meanings.get(rest) or self._behind(rest):
                return found
        return ()

    def meanings(self, text: str) -> tuple[Meaning, ...]:
        """The meanings of `text`, also when some of its characters were misread; () when undecided."""
        folded = fold(text)
        if exact := self.exact(folded):
            return exact
        near = self._near(_undated(_bare(folded)))
        return next(iter(near)) if len(near) == 1 else ()

    def candidates(self, text: str) -> frozenset[Meaning]:
        """All meanings that `text` may be a misreading of; one when it is decided, () when none is near."""
        folded = fold(text)
        near = self._near(_undated(_bare(folded)))
        return frozenset(self.exact(folded) or (meaning for found in near for meaning in found))

    def _search(self, folded: str) -> frozenset[tuple[Meaning, ...]]:
        """The meanings of the words with the fewest edits to `folded`, within what is allowed."""
        limit = max((edits for length, edits in _NEAR if len(folded) >= length), default=0)
        if not limit or len(folded) > self._longest + limit:
            return frozenset()
        best, found = limit, set[tuple[Meaning, ...]]()
        for word, meanings in self._words:
            edits = Levenshtein.distance(folded, word, score_cutoff=best)
            if edits > best or edits * 3 > len(word):
                continue
            found = {meanings} if edits < best else found | {meanings}
            best = edits
        return frozenset(found)

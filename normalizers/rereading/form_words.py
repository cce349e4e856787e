"""Every word that a form itself prints: heads of columns, labels of the header, levels.

Which of them is meant in which place is the business of understanding; here it counts only that such a word
is far likelier in print than its neighbours (年度總体目标, 一级指标·).

>>> is_form_word("年度资金总额："), is_form_word("产出指标（50分）"), is_form_word("产出指样")
(True, True, False)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.understanding.closed_words import ClosedWords
from goaltables.normalizers.understanding.labels import levels, without_weight
from goaltables.normalizers.understanding.printed_forms import words_of_forms


@cache
def form_words() -> frozenset[str]:
    """The words as the data files print them."""
    return frozenset(_words())


def is_form_word(text: str) -> bool:
    """Whether `text` is such a word, whatever brackets, numbering and marks printing adds to it."""
    return bool(_folded().exact(text) or _folded().exact(without_weight(text)[0]))


@cache
def _folded() -> ClosedWords[bool]:
    return ClosedWords(dict.fromkeys(form_words(), (True,)))


def _words() -> Iterator[str]:
    heads, labels = load_toml("column_heads.toml"), load_toml("header_labels.toml")
    for entry in (*heads["column"], *words_of_forms("column")):
        yield from (*entry.get("words", ()), *entry.get("weak", ()))
    for kind in ("label", "head"):
        for entry in (*labels[kind], *words_of_forms(kind)):
            yield from entry["words"]
    for depth in (1, 2):
        for level in levels(depth):
            yield from level.labels

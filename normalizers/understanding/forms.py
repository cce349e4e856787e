"""What the forms print: heads of the indicator grid, labels of the header, heads of the amount grids.

All of it is data that a domain person reads and extends (``data/column_heads.toml``,
``data/header_labels.toml``, and what a single form adds in ``data/forms/*.toml``; each entry names its
source). This module looks printed words up in it.

>>> head_roles("年度指标值"), head_roles("偏差原因分析及改进措施")
(('value',), ('deviation',))
>>> [label.role for label in header_labels("其中：财政拨款")]
['money_fiscal']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.understanding.closed_words import ClosedWords, fold
from goaltables.normalizers.understanding.printed_forms import words_of_forms

_LONGEST_LABEL = 24
_YEAR_HEAD = re.compile(r"^(20[0-4]\d)年?度?(?:绩效)?(?:指标值|目标值|指标|目标)?$")


@dataclass(frozen=True, slots=True)
class HeaderLabel:
    """The meaning of a label in the header; smaller `rank` answers the same question better."""

    role: str
    rank: int = 9


def _entries(kind: str, file: str) -> Iterator[dict[str, Any]]:
    """The entries of one kind: the common ones of `file`, then what single forms add."""
    yield from load_toml(file)[kind]
    yield from words_of_forms(kind)


@cache
def _before(file: str) -> tuple[str, ...]:
    """Words that may stand before those of `file` and add nothing."""
    return tuple(load_toml(file)["before"]["words"])


@cache
def _heads(key: str) -> ClosedWords[str]:
    words: dict[str, list[str]] = {}
    for entry in _entries("column", "column_heads.toml"):
        for word in entry.get(key, ()):
            words.setdefault(word, []).append(entry["role"])
    return ClosedWords(words, _before("column_heads.toml"))


@cache
def _labels() -> ClosedWords[HeaderLabel]:
    words: dict[str, list[HeaderLabel]] = {}
    for entry in _entries("label", "header_labels.toml"):
        for word in entry["words"]:
            words.setdefault(word, []).append(HeaderLabel(entry["role"], entry.get("rank", 9)))
    return ClosedWords(words, _before("header_labels.toml"))


@cache
def _block_heads(block: str) -> ClosedWords[str]:
    words: dict[str, list[str]] = {}
    for entry in _entries("head", "header_labels.toml"):
        if entry["block"] == block:
            for word in entry["words"]:
                words.setdefault(word, []).append(entry["role"])
    return ClosedWords(words)


def head_roles(text: str) -> tuple[str, ...]:
    """The roles a printed column head can have; () when it is no head."""
    return _heads("words").meanings(text)


def weak_head_roles(text: str) -> tuple[str, ...]:
    """The roles of words that name a column only when no other head does (绩效指标, 单位)."""
    return _heads("weak").exact(text)


def header_labels(text: str) -> tuple[HeaderLabel, ...]:
    """The meanings of a printed label of the header; () when it is no label.

    A badly read label that may be one goal or another (年度总□标) is a goal.
    """
    found = (
        () if fold(text) in load_toml("header_labels.toml")["names"]["words"] else _labels().meanings(text)
    )
    if found or len(text) > _LONGEST_LABEL:
        return found
    near = _labels().candidates(text)
    return (HeaderLabel("goal"),) if near and all(label.role.startswith("goal") for label in near) else ()


def exact_labels(text: str) -> tuple[HeaderLabel, ...]:
    """The meanings of a label that is printed without a misread character."""
    return _labels().exact(text)


def has_label_role(text: str, *roles: str) -> bool:
    """Whether `text` is a header label with one of `roles`."""
    return any(label.role in roles for label in header_labels(text))


def block_head_role(block: str, text: str) -> str | None:
    """The role of a head in the amount grid `block` (``tasks``, ``execution``)."""
    found = _block_heads(block).meanings(text)
    return found[0] if found else None


def block_head_word(block: str, text: str) -> str | None:
    """The role of a head that is printed without a misread character."""
    found = _block_heads(block).exact(text)
    return found[0] if found else None


@cache
def _misread_operators() -> dict[str, str]:
    return _read_as("misread_operator")


@cache
def _misread_marks() -> dict[str, str]:
    return _read_as("misread_mark")


def _read_as(table: str) -> dict[str, str]:
    entries = load_toml("column_heads.toml")[table]
    return {read: entry["operator"] for entry in entries for read in entry["read"]}


def likely_operator(text: str, *, is_mark: bool = False) -> str | None:
    """The operator that is read as `text` when it stands alone in its cell; None for any other text.

    `is_mark`: the text is known by its shape alone, and a number stands beside it.
    """
    printed = text.strip()
    return _misread_operators().get(printed) or (_misread_marks().get(printed) if is_mark else None)


def column_year(text: str) -> int | None:
    """The year that heads a column by itself: 2023年, 2023年度, 2023年目标值."""
    match = _YEAR_HEAD.match(fold(text))
    return int(match.group(1)) if match else None


def names_time(text: str) -> bool:
    """Whether a head names a time and nothing else, so that values of that time stand under it."""
    heads = {word for entry in load_toml("column_heads.toml")["horizon"] for word in entry["heads"]}
    return column_year(text) is not None or fold(text) in heads


def horizon_of(text: str) -> str | None:
    """``annual`` or ``mid_term`` when the words above or beside a grid say so."""
    folded = fold(text)
    for entry in load_toml("column_heads.toml")["horizon"]:
        if any(word in folded for word in entry["words"]):
            return cast("str", entry["horizon"])
    return None

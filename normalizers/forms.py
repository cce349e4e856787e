"""What the forms print: heads of the indicator grid, labels of the header, the forms themselves.

All of it is data that a domain person reads and extends (``data/column_heads.toml``,
``data/header_labels.toml``, ``data/forms/*.toml``; each entry names its source). This module looks printed
words up in it.

>>> head_roles("年度指标值"), head_roles("偏差原因分析及改进措施")
(('value',), ('deviation',))
>>> [label.role for label in header_labels("其中：财政拨款")]
['money_fiscal']
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import cast

from goaltables.document import Form
from goaltables.normalizers.closed_words import ClosedWords, fold
from goaltables.normalizers.data import load_toml

_LONGEST_LABEL = 24
FORM_NAMES: tuple[Form, ...] = ("self_evaluation", "regional_transfer", "department_overall", "project")


@dataclass(frozen=True, slots=True)
class HeaderLabel:
    """The meaning of a label in the header; smaller `rank` answers the same question better."""

    role: str
    rank: int = 9


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """One form: words of its titles, and evidence inside the table for when the title is lost.

    Evidence is ``block:tasks``, ``label:project``, ``head:score`` or ``word:中央补助``; every entry counts
    one, every entry of `against` takes one away. `rank` decides between equals: smaller is more special.
    With `decisive` pieces of evidence the form is this one whatever the title says: titles of goal tables
    are often copied on to the self-evaluation.
    """

    form: Form
    title: tuple[str, ...]
    evidence: tuple[str, ...]
    against: tuple[str, ...]
    rank: int
    decisive: int


@cache
def _heads(key: str) -> ClosedWords[str]:
    words: dict[str, list[str]] = {}
    for entry in load_toml("column_heads.toml")["column"]:
        for word in entry.get(key, ()):
            words.setdefault(word, []).append(entry["role"])
    return ClosedWords(words)


@cache
def _labels() -> ClosedWords[HeaderLabel]:
    words: dict[str, list[HeaderLabel]] = {}
    for entry in load_toml("header_labels.toml")["label"]:
        for word in entry["words"]:
            words.setdefault(word, []).append(HeaderLabel(entry["role"], entry.get("rank", 9)))
    return ClosedWords(words)


@cache
def _block_heads(block: str) -> ClosedWords[str]:
    words: dict[str, list[str]] = {}
    for entry in load_toml("header_labels.toml")["head"]:
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
    found = _labels().meanings(text)
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
    entries = load_toml("column_heads.toml")["misread_operator"]
    return {read: entry["operator"] for entry in entries for read in entry["read"]}


def likely_operator(text: str) -> str | None:
    """The operator that is read as `text` when it stands alone in its cell; None for any other text."""
    return _misread_operators().get(text.strip())


def horizon_of(text: str) -> str | None:
    """``annual`` or ``mid_term`` when the words above or beside a grid say so."""
    folded = fold(text)
    for entry in load_toml("column_heads.toml")["horizon"]:
        if any(word in folded for word in entry["words"]):
            return cast("str", entry["horizon"])
    return None


@cache
def form_definitions() -> tuple[FormDefinition, ...]:
    """All form definitions, the most special first."""
    loaded = [load_toml(f"forms/{name}.toml") for name in FORM_NAMES]
    definitions = [
        FormDefinition(
            form["form"],
            tuple(form["title"]),
            tuple(form["evidence"]),
            tuple(form["against"]),
            form["rank"],
            form.get("decisive", 99),
        )
        for form in loaded
    ]
    return tuple(sorted(definitions, key=lambda form: form.rank))


def recognise_form(title: str | None, evidence: Collection[str], text: str) -> Form:
    """The form of a goal table, from its title, then from what stands inside.

    `evidence` holds ``block:…``, ``label:…`` and ``head:…`` of what was found, `text` all that is printed in
    the table (for ``word:…``).
    """
    folded = fold(title or "")
    points: dict[Form, int] = {}
    for form in form_definitions():
        named = any(fold(word) in folded for word in form.title)
        found = sum(
            item in evidence or (item.startswith("word:") and item[5:] in text) for item in form.evidence
        )
        points[form.form] = 3 * named + found - sum(item in evidence for item in form.against)
        points[form.form] += 9 if found >= form.decisive else 0
    if max(points.values()) <= 0:
        return "project"
    return max(points, key=lambda form: points[form])

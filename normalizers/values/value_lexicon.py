"""The words of target values, from data: operators.csv and value_words.toml, ready for the grammar.

An operator word stands before the number (不低于, ≥) or behind it (以上, 以内); the prelude before a number
may also hold words of change (增长), of comparison (较上年), of approximation (约) and of a cycle (每月).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from goaltables.normalizers.data import load_rows, load_toml
from goaltables.normalizers.values.scanner import Lexicon, fold_text, word_list


@dataclass(frozen=True, slots=True)
class OperatorWord:
    """A comparison word: `operator` canonical, `flag` when the printed sign is doubtful."""

    operator: str
    flag: str


def value_words() -> dict[str, Any]:
    return load_toml("value_words.toml")


@cache
def operators(place: str) -> Lexicon[OperatorWord]:
    """The operator words that stand `before` or `after` the number."""
    return Lexicon(
        {
            fold_text(row["printed"]): OperatorWord(row["operator"], row["flag"])
            for row in load_rows("operators.csv")
            if row["place"] == place
        }
    )


@cache
def prelude_words() -> Lexicon[tuple[str, str]]:
    words = value_words()
    table: dict[str, tuple[str, str]] = {fold_text(word): ("filler", "") for word in words["filler"]["words"]}
    table |= dict.fromkeys(words["change"]["against"], ("against", ""))
    table |= {fold_text(word): ("flag", "approximate") for word in words["approximate"]["before"]}
    table |= {word: ("per", name) for word, name in words["per"].items()}
    table |= dict.fromkeys(words["change"]["up"], ("flag", "change_up"))
    table |= dict.fromkeys(words["change"]["down"], ("flag", "change_down"))
    return Lexicon(table)


@cache
def listed(section: str, name: str) -> Lexicon[str]:
    return word_list(value_words()[section][name])


@cache
def per_words() -> Lexicon[str]:
    return Lexicon(dict(value_words()["per"]))


@cache
def half_words() -> Lexicon[dict[str, str]]:
    return Lexicon(value_words()["half"])


@cache
def share_words() -> Lexicon[str]:
    return Lexicon({"百分之": "%", "千分之": "‰"})


def measured_phrase(text: str) -> bool:
    """Whether `text` names what is measured, so that a number behind it is the value: 满意度, 合格率."""
    return text.endswith(tuple(value_words()["measure"]["ends"]))

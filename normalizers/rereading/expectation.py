"""What a cell of each kind may say: the traits of a text, and their weights (``data/expectations.toml``).

>>> traits(Kind.VALUE, ">84%"), traits(Kind.VALUE, "≥84%")
(('strict-operator',), ())
>>> traits(Kind.NUMBER, "7:5"), traits(Kind.LABEL, "年度资金总额：")
(('not-a-number',), ('form-word',))
>>> weight(Kind.VALUE, ">84%")
-4.0
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, lru_cache

from goaltables.normalizers.data import load_rows, load_toml
from goaltables.normalizers.names.vocabulary import find_head, find_vocabulary_id
from goaltables.normalizers.rereading.form_words import form_words, is_form_word
from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.values.amounts import is_blank, parse_amount
from goaltables.normalizers.values.target_value import parse_value
from goaltables.normalizers.values.units import find_unit


class Kind(StrEnum):
    """What stands in a cell, as far as it decides which texts are likely there."""

    LABEL = "label"
    VALUE = "value"
    OPERATOR = "operator"
    UNIT = "unit"
    NUMBER = "number"
    NAME = "name"
    TEXT = "text"


_EDGE = re.compile(r"^[.．·•・:：;；,，、。!！'\"’”_|~\-—…]|[.．·•・,，、:\-—…_|'‘“「『~]$")
# The ring of a seal, beside a label.
_LONE_BRACKET = re.compile(r"^[（(【](?=[^）)】]*$)|(?<=^[\u4e00-\u9fff]{4})[）)】]$")
_LOOSE = re.compile(r"(?<=[\u4e00-\u9fff])[.·•・'_|](?=[\u4e00-\u9fff])")
_UNIT_DOT = re.compile(r"[人户亩次天元]·[年月日天次户人]")
_PAIR = re.compile(r"(?=([\u4e00-\u9fff]{2}))")
_FIGURES = re.compile(r"[0-9０-９]")
_IMPOSSIBLE = frozenset({"odd-sign", "unparsed", "not-a-number", "number-in-text", "unknown-unit"})
_MEANINGLESS = -1.0  # a misread sign that costs no more has no meaning of its own before figures
_PERCENT = re.compile(r"[28](?:\d\d(?:\.\d+)?|100)[%％]")


def traits(kind: Kind, text: str) -> tuple[str, ...]:
    """The traits of `text` that count in a cell of this kind."""
    return tuple(_of_any(text)) + tuple(_OWN[kind](text))


@lru_cache(maxsize=8192)
def weight(kind: Kind, text: str, *, is_usual: bool = False) -> float:
    """How much likelier or less likely than another text this one is in such a cell (log weight).

    `is_usual`: the very same stands in another cell of this kind.
    """
    weights = load_toml("expectations.toml")
    own: dict[str, float] = weights["any"] | weights[kind]
    found = (*traits(kind, text), *(["usual-here"] if is_usual else []))
    return sum(own.get(trait, 0.0) for trait in found)


def variants(kind: Kind, text: str, score: float) -> Iterator[tuple[str, float]]:
    """What a text may really be that the reader could not offer, with its log probability.

    >>> list(variants(Kind.NUMBER, "0.00.", -0.5)), list(variants(Kind.VALUE, "—500公里", -0.1))
    ([('0.00', -2.5)], [('500公里', -2.6), ('=500公里', -1.6)])
    """
    expected = load_toml("expectations.toml")
    cost = expected["dirt"].get(kind)
    bare = _LONE_BRACKET.sub("", _EDGE.sub("", text)) if kind is Kind.LABEL else _EDGE.sub("", text)
    if cost is not None and bare and bare != text and not is_blank(text):
        yield bare, score + cost
    if sign := _misread_sign(kind, text):
        read, meant, loss = sign
        yield meant + text[len(read) :], score + loss
    points = expected["point"].get(kind)
    if points and (found := re.fullmatch(rf"([^{points}]*\d)[{points}](\d[^{points}]*)", text)):
        yield f"{found[1]}.{found[2]}", score + expected["point"]["loss"]


def is_impossible(kind: Kind, text: str) -> bool:
    """Whether a text cannot stand in a column of values or numbers, however sure its reader was.

    >>> is_impossible(Kind.VALUE, "z95%"), is_impossible(Kind.NUMBER, "1•5"), is_impossible(Kind.VALUE, "-5%")
    (True, True, False)
    """
    return kind in (Kind.VALUE, Kind.NUMBER) and not _IMPOSSIBLE.isdisjoint(traits(kind, text))


def _of_any(text: str) -> Iterator[str]:
    if not text:
        yield "nothing"
    yield from ("unusual-pair" for pair in _PAIR.findall(text) if pair not in _known_pairs())
    yield from ("rare-character" for character in text if _is_rare(character))
    if len(text) > 1 and not is_blank(text):
        yield from ("edge-mark" for _ in (*_EDGE.finditer(text), *_LONE_BRACKET.finditer(text)))
        loose = (mark.start() for mark in _LOOSE.finditer(text))
        yield from ("loose-mark" for at in loose if not _UNIT_DOT.match(text, at - 1))


@cache
def _is_rare(character: str) -> bool:
    """An ideograph outside GB 2312: a traditional form, as a rule."""
    if not "\u3400" <= character <= "\u9fff":
        return False
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


@cache
def _known_pairs() -> frozenset[str]:
    """The pairs of Chinese characters in the names of the vocabulary and the words of the forms."""
    rows = (*load_rows("vocabulary.csv"), *load_rows("usual_names.csv"))
    texts = (
        *(row["name"] for row in rows),
        *(row["word"] for row in load_rows("tail_words.csv")),
        *form_words(),
    )
    return frozenset(pair for text in texts for pair in _PAIR.findall(text))


def _of_label(text: str) -> Iterator[str]:
    if is_form_word(text):
        yield "form-word"


def _misread_sign(kind: Kind, text: str) -> tuple[str, str, float] | None:
    """What a sign before the figures of a text was printed as, if it is one that readers take for another:
    the sign, what is meant, and the log probability of that.
    """
    found = load_toml("expectations.toml")["misread"].get(kind, ())
    for read, meant, loss in found:
        if text.startswith(read) and _FIGURES.match(text, len(read)):
            return read, meant, loss
    return None


def _of_value(text: str) -> Iterator[str]:
    if (sign := _misread_sign(Kind.VALUE, text)) and sign[2] >= _MEANINGLESS:
        yield "odd-sign"
    value = parse_value(text)
    if value.kind in ("unparsed", "placeholder"):
        yield "unparsed"
    elif value.kind == "qualitative":
        yield from (flag.replace("_", "-") for flag in value.flags if flag == "number_in_text")
    elif value.kind in ("number", "range", "ratio"):
        if value.operator is None:
            yield "no-operator"
        elif value.operator in (">", "<"):
            yield "strict-operator"
        if value.value is not None and value.value < 0:
            yield "negative"
        if _PERCENT.fullmatch(text):
            yield "over-100-percent"
        if value.unit and value.unit_id is None:
            yield "unknown-unit"


@cache
def _operators() -> frozenset[str]:
    return frozenset(fold(row["printed"]) or row["printed"] for row in load_rows("operators.csv"))


def _of_operator(text: str) -> Iterator[str]:
    if text in _operators():
        yield "operator"
    if text in ("<", ">", "＜", "＞"):
        yield "strict-operator"


def _of_unit(text: str) -> Iterator[str]:
    if text and (is_blank(text) or find_unit(text) is not None):
        yield "unit"


def _of_number(text: str) -> Iterator[str]:
    if not is_blank(text) and parse_amount(text) is None:
        yield "not-a-number"


def _of_name(text: str) -> Iterator[str]:
    if find_vocabulary_id(text) is not None:
        yield "known-name"
    elif find_head(text) is not None:
        yield "known-end"


def _of_text(text: str) -> Iterator[str]:
    yield from _of_label(text)
    if 2 * len(_FIGURES.findall(text)) >= len(text) > 1:
        yield from _of_number(text)


_OWN = {
    Kind.LABEL: _of_label,
    Kind.VALUE: _of_value,
    Kind.OPERATOR: _of_operator,
    Kind.UNIT: _of_unit,
    Kind.NUMBER: _of_number,
    Kind.NAME: _of_name,
    Kind.TEXT: _of_text,
}

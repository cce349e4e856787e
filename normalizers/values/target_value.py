"""Target values (指标值): what an indicator is to reach, as a person printed it and as a program needs it.

>>> value = parse_value("≥１０４台（套）")
>>> value.kind, value.operator, value.value, value.unit, value.unit_id
('number', '>=', Decimal('104'), '台（套）', '台')
>>> parse_value("12月底前完成", fiscal_year=2022).period_end
'2022-12-31'

`parse_value` is total: every text has a kind, and what cannot be understood stays readable (`qualitative`) or
is marked (`unparsed`). Nothing is repaired here: "290%" is 290 and flagged `rate_gt_100`
(`misread_operators` looks at the table around it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal, TypeAlias, TypedDict

from goaltables.document import Operator
from goaltables.normalizers.data import load_toml
from goaltables.normalizers.text import strip_markup
from goaltables.normalizers.values.amounts import blank_marks
from goaltables.normalizers.values.date_points import looks_dated
from goaltables.normalizers.values.dates import DateValue, read_date
from goaltables.normalizers.values.numerals import format_decimal
from goaltables.normalizers.values.quantity import Quantity
from goaltables.normalizers.values.scanner import FoldedText, Lexicon, Scanner, fold_char, word_list
from goaltables.normalizers.values.units import convert, find_unit
from goaltables.normalizers.values.value_grammar import read_quantity
from goaltables.normalizers.values.value_lexicon import measured_phrase, operators

Kind: TypeAlias = Literal[
    "number", "range", "ratio", "date", "period", "qualitative", "empty", "placeholder", "unparsed"
]

_CLOSING = frozenset("。;,、.") | {""}
_LEAD = re.compile(r"[^0-9０-９≥≤≧≦⩾⩽<>＜＞=＝═〉〈]{1,24}")
_SYMBOLS = re.compile(r"[^0-9A-Za-z\u3007\u3400-\u9fff\U00020000-\U0003ffff]+")
# Longer texts are prose; the grammars would only find that out more slowly.
_MAX_VALUE = 200


@dataclass(frozen=True, slots=True)
class TargetValue:
    """A target value. `unit` is as printed, `unit_id` canonical; `base_value` in `base_unit` (万元 → 元).

    `period_start` and `period_end` are ISO dates; ``--12-31`` when the year is not known, ``monthly-10`` for
    a deadline that comes back. `flags` are codes of what was assumed or looks wrong. `operator_text` is the
    operator as printed; empty for none and for one that only follows from the words (达到…, a bare date).
    """

    kind: Kind
    operator: Operator | None = None
    value: Decimal | None = None
    value_upper: Decimal | None = None
    unit: str | None = None
    unit_id: str | None = None
    base_value: Decimal | None = None
    base_unit: str | None = None
    qualitative: str | None = None
    period_start: str | None = None
    period_end: str | None = None
    flags: tuple[str, ...] = ()
    operator_text: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The flags as reasons of a published record: ``unit_missing`` is ``unit-missing`` there."""
        return tuple(flag.replace("_", "-") for flag in self.flags)


@lru_cache(maxsize=4096)  # every check of a table asks again
def parse_value(text: str, *, level2: str | None = None, fiscal_year: int | None = None) -> TargetValue:
    """The target value that `text` prints. Never raises on text; linear in its length.

    `level2` is the indicator's level-2 label or id: it decides whether a bare 万 is money. `fiscal_year` is
    the table's year, which a date without a year takes.
    """
    printed = strip_markup(text).strip()
    folded = FoldedText(_without_closing(printed))
    if folded.text.upper() in blank_marks():
        return TargetValue("empty")
    if len(folded.text) > _MAX_VALUE:
        return _statement(printed, folded.text)
    if folded.text in load_toml("value_words.toml")["statement"]["words"]:
        return _statement(printed, folded.text)
    scanner = Scanner(folded)
    while scanner.take(_natures()) is not None:
        pass
    start = scanner.position
    return (
        _date(scanner, fiscal_year)
        or _quantity(scanner, start, level2)
        or _named_quantity(scanner, start, level2)
        or _statement(folded.printed(start, len(folded.text)), folded.text[start:])
    )


def _without_closing(text: str) -> str:
    """`text` without the full stop, comma or space it ends with."""
    stop = len(text)
    while stop and fold_char(text[stop - 1]) in _CLOSING:
        stop -= 1
    return text[:stop]


@cache
def _natures() -> Lexicon[str]:
    return word_list(load_toml("value_words.toml")["nature"]["words"])


def _date(scanner: Scanner, fiscal_year: int | None) -> TargetValue | None:
    start = scanner.position
    if not looks_dated(scanner.text):
        return None
    word = scanner.take(operators("before"))
    operator_text = scanner.printed_since(start)
    found = read_date(scanner, word.operator if word else None, fiscal_year)
    scanner.position = start
    return _from_date(found, operator_text) if found is not None else None


def _from_date(date: DateValue, operator_text: str) -> TargetValue:
    return TargetValue(
        "period" if date.kind == "period" else "date",
        _operator(date.operator),
        period_start=date.start,
        period_end=date.end,
        flags=date.flags,
        operator_text=operator_text,
    )


def _quantity(scanner: Scanner, start: int, level2: str | None) -> TargetValue | None:
    scanner.position = start
    read = read_quantity(scanner, level2)
    if read is None:
        return None
    stop = scanner.position
    scanner.position = start
    scanner.take(operators("before"))
    operator_text = scanner.printed_since(start)
    scanner.position = stop
    return _from_quantity(read, scanner, operator_text)


def _from_quantity(read: Quantity, scanner: Scanner, operator_text: str) -> TargetValue:
    unit = read.unit
    base = convert(read.value, unit) if unit is not None and read.value is not None else None
    return TargetValue(
        _KINDS[read.kind],
        _operator(read.operator),
        read.value,
        read.upper,
        scanner.folded.printed(*read.unit_span) or None,
        unit.unit_id if unit is not None else None,
        base,
        unit.base if unit is not None else None,
        flags=read.flags,
        operator_text=operator_text,
    )


_KINDS: dict[str, Kind] = {
    "number": "number",
    "range": "range",
    "ratio": "ratio",
    "placeholder": "placeholder",
}
_OPERATORS: dict[str, Operator] = {"=": "=", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}


def _operator(text: str | None) -> Operator | None:
    return _OPERATORS[text] if text is not None else None


def _named_quantity(scanner: Scanner, start: int, level2: str | None) -> TargetValue | None:
    """``满意度≥95%``, ``辅助提升就业率2%``: the value behind the name of what is measured.

    Without an operator the name must be the name of a measure; "前3名" and "第2季" are not.
    """
    lead = _LEAD.match(scanner.text, start)
    if lead is None or lead.end() == len(scanner.text) or not any(char.isalpha() for char in lead[0]):
        return None
    for begin in [*_operator_starts(scanner.text, start, lead.end()), lead.end()]:
        name = scanner.text[start:begin].rstrip(":")
        scanner.position = begin
        read = read_quantity(scanner, level2)
        if read is not None and read.value is not None and (read.operator or measured_phrase(name)):
            value = _from_quantity(read, scanner, "")
            return replace(value, flags=(*value.flags, "text_before_value"))
    return None


def _operator_starts(text: str, start: int, stop: int) -> list[int]:
    """Where in ``text[start:stop]`` an operator word begins that reaches up to `stop`: 满意度|不低于|90%."""
    found = []
    for position in range(start + 1, stop):
        word = operators("before").longest(text, position)
        if word is not None and word[0] == stop:
            found.append(position)
    return found


def _statement(printed: str, key: str) -> TargetValue:
    """A phrase, or what has no meaning at all."""
    if not key:
        return TargetValue("placeholder", flags=("value_missing",))
    words = _SYMBOLS.sub("", key)
    is_noise = not any(char.isalpha() for char in words)
    if is_noise or (not key[0].isalnum() and key.endswith(words) and find_unit(words) is not None):
        return TargetValue("unparsed")
    flags = []
    if key in _scales():
        flags.append("scale_not_value")
    if any(char.isdigit() for char in key):
        flags.append("number_in_text")
    return TargetValue("qualitative", qualitative=printed.strip(), flags=tuple(flags))


@cache
def _scales() -> frozenset[str]:
    return frozenset(load_toml("value_words.toml")["scale"]["words"])


class ValueFields(TypedDict):
    """The fields of `goaltables.document.Indicator` that come from a target value."""

    operator: Operator | None
    value: str | None
    value_upper: str | None
    unit: str | None
    unit_id: str | None
    base_value: str | None
    base_unit: str | None
    qualitative: str | None
    period_start: str | None
    period_end: str | None


def value_fields(value: TargetValue, printed: str) -> ValueFields:
    """`value` by the conventions of the published record; `printed` is the value text.

    Dates and frequencies are phrases there: the text stands in `qualitative` (a date also fills the period),
    and an operator only where one is printed.
    """
    phrase = value.kind in ("date", "period") or "frequency_word" in value.flags
    text = strip_markup(printed).strip()
    return ValueFields(
        operator=value.operator if not phrase or value.operator_text else None,
        value=_string(None if phrase else value.value),
        value_upper=_string(value.value_upper),
        unit=None if phrase else value.unit,
        unit_id=None if phrase else value.unit_id,
        base_value=_string(None if phrase else value.base_value),
        base_unit=None if phrase else value.base_unit,
        qualitative=text if phrase else value.qualitative,
        period_start=value.period_start,
        period_end=value.period_end,
    )


def _string(value: Decimal | None) -> str | None:
    return format_decimal(value) if value is not None else None


def split_value_columns(operator_text: str, value_text: str, unit_text: str) -> str:
    """The value text of a row that prints operator, value and unit in columns of their own.

    >>> split_value_columns("≥", "95", "%"), split_value_columns("定量", "3", "场次")
    ('≥95%', '3场次')
    >>> split_value_columns("定性", "有效提升", "/"), split_value_columns("＝", "28.8万元", "%")
    ('有效提升', '＝28.8万元')

    "定量" printed for no operator is left out; a phrase stands alone; a value that brings its own operator or
    unit keeps it and gets no second one; dashes and strokes for "none" are no part of the value.
    """
    operator, value, unit = (_filled(text) for text in (operator_text, value_text, unit_text))
    folded = FoldedText(operator)
    nature = _natures().longest(folded.text, 0)
    if nature is not None:
        operator = folded.printed(nature[0], len(folded.text))
    if not value:
        return operator + unit if operator and unit else operator or unit
    read = parse_value(value)
    if read.kind in ("qualitative", "date", "period") and not _starts_with_number(value):
        return value
    has_unit = read.unit is not None or value.endswith(unit)  # 12月 alone is a date, and has its 月
    return f"{'' if read.operator_text else operator}{value}{'' if has_unit else unit}"


def _filled(text: str) -> str:
    text = text.strip()
    return "" if FoldedText(text).text.upper() in blank_marks() else text


def _starts_with_number(text: str) -> bool:
    return FoldedText(text).text[:1].isdigit()

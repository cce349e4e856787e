r"""Numbers of a spreadsheet as a person sees them in the cell.

A workbook stores 0.95 and the format ``0%``; the county's reader sees 95%. Formats have up to four sections
(positive; negative; zero; text) of digit places, literals, colours and conditions::

    #,##0.00_ ;[Red]\-#,##0.00\          1234.5  ->  1,234.50
    0.0"万元"                              12.34   ->  12.3万元
    yyyy"年"m"月"d"日"                     (date)  ->  2023年11月30日

Formats outside this grammar (fractions, Chinese numerals, elapsed hours) are not guessed: None is returned,
and the reader says so at the cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TypeAlias

Number: TypeAlias = int | float
Moment: TypeAlias = date | time

GENERAL_DIGITS = 11  # Excel shows so many characters of a number without a format of its own
STORED_DIGITS = 15  # and stores so many digits; more are noise of binary fractions
LONGEST_CODE = 255  # characters of a format that Excel takes
LARGEST_EXPONENT = 310  # of a number that it can store

# Literals, escapes, padding (_x as wide as x, *x fills the cell), conditions and colours, elapsed time,
# scientific places, places of digits, parts of dates, anything else.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<science>[Ee][+-])|(?P<digits>[0#?][0#?,]*(?:\.[0#?]*)?|\.[0#?]+)"
    r"|(?P<percent>%)|(?P<general>General|G/通用格式)|(?P<text>@)|(?P<ampm>AM/PM|A/P|上午/下午)"
    r"|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|[aA]{3,4})|(?P<other>.)",
    re.DOTALL,
)
_COLOUR = re.compile(
    r"^(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|[黑蓝青绿洋红白黄]+色?|颜色\d+)$", re.I
)
_CURRENCY = re.compile(r"^\$([^-\]]*)(?:-[0-9A-Fa-f,]+)?$")
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a format: what kind of place it is, and its characters."""

    kind: str
    text: str


def shown_number(value: Number, code: str) -> str | None:
    """`value` under the number format `code`, None when the format is not understood.

    >>> [shown_number(v, c) for v, c in ((0.95, "0%"), (1477.4, "#,##0.00"), (0, "0;-0;-"), (3.0, "General"))]
    ['95%', '1,477.40', '-', '3']
    """
    sections = _sections(code)
    if sections is None or any(re.search(r"\[[<>=]", section) for section in code.split(";")):
        return None
    number = Decimal(f"{value:.{STORED_DIGITS}g}")
    if not number.is_finite() or len(code) > LONGEST_CODE:
        return None
    has_own = number < 0 and len(sections) > 1
    index = 1 if has_own else 2 if number == 0 and len(sections) > 2 else 0
    with localcontext(prec=LARGEST_EXPONENT + LONGEST_CODE):
        return _filled(sections[index], abs(number) if has_own else number)


def shown_moment(value: Moment, code: str) -> str | None:
    """A date or time under the number format `code`, None when the format is not understood."""
    sections = _sections(code)
    if not sections:
        return None
    tokens = sections[0]
    is_12_hours = any(token.kind == "ampm" for token in tokens)
    parts: list[str] = []
    for index, token in enumerate(tokens):
        if token.kind == "date":
            part = _date_part(value, token.text, is_minute=_is_minute(tokens, index), is_12_hours=is_12_hours)
            if part is None:
                return None
            parts.append(part)
        elif token.kind == "ampm":
            if not isinstance(value, datetime | time):
                return None
            before, _, after = token.text.partition("/")
            parts.append(before if value.hour < 12 else after)
        elif token.kind == "literal":
            parts.append(token.text)
        else:
            return None
    return "".join(parts).strip()


def _sections(code: str) -> list[list[_Token]] | None:
    """The tokens of each section; None for a format outside the grammar."""
    sections: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or "other"
        text = match.group(kind)
        if kind == "other" and text == ";":
            sections.append([])
        elif kind == "bracket":
            currency = _CURRENCY.match(text)
            if currency:
                sections[-1].append(_Token("literal", currency[1]))
            elif not _COLOUR.match(text):
                return None  # a condition, elapsed hours, Chinese numerals
        elif kind == "pad":
            sections[-1].append(_Token("literal", " "))
        elif kind == "fill":
            continue
        elif kind == "other" and text == "/" and _is_fraction(code):
            return None
        elif kind in ("quoted", "escaped", "other"):
            sections[-1].append(_Token("literal", text))
        else:
            sections[-1].append(_Token(kind, text))
    return sections if len(sections) <= 4 else None


def _is_fraction(code: str) -> bool:
    return bool(re.search(r"[0#?]\s*/\s*[0#?\d]", code))


def _filled(tokens: list[_Token], number: Decimal) -> str | None:
    """`number` put into the places of one section."""
    kinds = [token.kind for token in tokens]
    if {"date", "ampm", "science"} & set(kinds):
        return None
    places = [token for token in tokens if token.kind == "digits"]
    if len(places) > 1:
        return None  # digits with literals between them, as in telephone numbers
    scaled = number * Decimal(100) ** kinds.count("percent")
    parts: list[str] = []
    sign = ""
    for token in tokens:
        if token.kind == "digits":
            digits, is_negative = _places(scaled, token.text)
            sign = "-" if is_negative else ""
            parts.append(digits)
        elif token.kind in ("general", "text"):
            shown = general_number(scaled)
            sign = "-" if shown.startswith("-") else ""
            parts.append(shown.removeprefix("-"))
        else:
            parts.append("%" if token.kind == "percent" else token.text)
    return (sign + "".join(parts)).strip()


def _places(number: Decimal, places: str) -> tuple[str, bool]:
    """The digits of `number` (without its sign) in places like ``#,##0.0#``, and whether it shows a minus."""
    whole_places, _, after = places.partition(".")
    thousands = len(whole_places) - len(whole_places.rstrip(","))
    whole_places = whole_places.rstrip(",")
    number = number.scaleb(-3 * thousands)
    rounded = number.quantize(Decimal(1).scaleb(-len(after)), ROUND_HALF_UP)
    digits = f"{abs(rounded):f}"
    whole, _, fraction = digits.partition(".")
    whole = whole.lstrip("0").rjust(sum(c == "0" for c in whole_places), "0")
    if "," in whole_places:
        whole = f"{int(whole or 0):,}".rjust(len(whole), "0") if whole else ""
    least = len(after.rstrip("#?"))
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    shown = whole + ("." + fraction if "." in places else "")
    return shown, rounded < 0


def general_number(number: Decimal) -> str:
    """A number without a format: no more than eleven characters, no zeros at its end.

    >>> [general_number(Decimal(n)) for n in ("87", "0.10", "0.333333333333333", "-12.5", "123456789012")]
    ['87', '0.1', '0.333333333', '-12.5', '1.23457E+11']
    """
    if number == 0:
        return "0"
    size = abs(number)
    whole_digits = size.adjusted() + 1
    if whole_digits > GENERAL_DIGITS or whole_digits < -8:
        mantissa, _, exponent = f"{number:.5E}".partition("E")
        exponent = exponent[0] + exponent[1:].rjust(2, "0")
        return mantissa.rstrip("0").rstrip(".") + "E" + exponent
    room = max(0, GENERAL_DIGITS - max(whole_digits, 1) - 1)
    shown = f"{number.quantize(Decimal(1).scaleb(-room), ROUND_HALF_UP):f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _is_minute(tokens: list[_Token], index: int) -> bool:
    """Whether an m stands for minutes: right after hours or right before seconds."""
    if tokens[index].text[0] not in "mM":
        return False
    before = next((t.text[0].lower() for t in reversed(tokens[:index]) if t.kind == "date"), "")
    after = next((t.text[0].lower() for t in tokens[index + 1 :] if t.kind == "date"), "")
    return before == "h" or after == "s"


def _date_part(value: Moment, part: str, *, is_minute: bool, is_12_hours: bool) -> str | None:
    letter, width = part[0].lower(), len(part)
    if is_minute or letter in "hs":
        if not isinstance(value, datetime | time):
            return None if not isinstance(value, date) else "0".rjust(min(width, 2), "0")
        if letter == "h":
            number = (value.hour + 11) % 12 + 1 if is_12_hours else value.hour
        else:
            number = value.minute if is_minute else value.second
        return str(number).rjust(min(len(part.partition(".")[0]), 2), "0")
    if not isinstance(value, date):
        return None
    if letter == "y":
        return f"{value.year:04d}" if width > 2 else f"{value.year % 100:02d}"
    if letter == "a":
        return ("星期" if width == 4 else "") + _WEEKDAYS[value.weekday()]
    if width > 2:
        return None  # names of months and days, in a language that the format does not say
    return str(value.month if letter == "m" else value.day).rjust(width, "0")

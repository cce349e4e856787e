"""Printed text: what may be changed in it (almost nothing), and the key by which two texts are compared.

Published texts stay as printed: full width stays full width, markup stays. `clean_text` only mends what is
an accident of the font or the file: radicals and compatibility ideographs that stand for ordinary
characters (⼈ → 人), control characters, halves of a broken surrogate pair.

`comparison_key` is for comparing only. NFKC changes meaning (㎡ → m2, ① → 1), so its result is never
published.

Goals are lists that are printed as one text, often exported with their markup and their numbers doubled:

>>> split_goal_items("<p>1、保障正常运转；2、确保2.队伍稳定。</p>").items
('保障正常运转；', '确保队伍稳定。')
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import unescape

from goaltables.normalizers.data import load_rows

# White space of every script, and the invisible characters that PDF producers and web editors leave behind.
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2028-\u202f\u2060\ufeff\u00ad]+")
# C0/C1 controls except tab, newline and carriage return; surrogates (a lone half cannot be written as UTF-8).
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,10}(?:\s[^<>]{0,200})?/?>", re.ASCII)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,6});", re.ASCII)


@cache
def _radicals() -> dict[int, str]:
    return {ord(row["radical"]): row["ideograph"] for row in load_rows("radicals.csv")}


def _is_compatibility_ideograph(char: str) -> bool:
    return (
        "\u2f00" <= char <= "\u2fdf" or "\uf900" <= char <= "\ufaff" or "\U0002f800" <= char <= "\U0002fa1f"
    )


def clean_text(text: str) -> str:
    """`text` as it may be published: radicals folded (⼈ → 人), controls and lone surrogates → U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    folded = "".join(
        unicodedata.normalize("NFKC", char) if _is_compatibility_ideograph(char) else char
        for char in text.translate(_radicals())
    )
    return _CONTROL.sub("\ufffd", folded)


def fold_width(text: str) -> str:
    """`text` with full-width and other compatibility forms folded (NFKC). For comparing, not publishing."""
    return unicodedata.normalize("NFKC", text)


def comparison_key(text: str | None) -> str:
    """The key under which two printings of one text are equal: NFKC, no white or invisible character."""
    return _INVISIBLE.sub("", fold_width(text or ""))


def has_markup(text: str) -> bool:
    """Whether tags or entities of a web editor were printed with the text (``<p>``, ``&nbsp;``)."""
    return bool(_TAG.search(text) or _ENTITY.search(text))


def strip_markup(text: str) -> str:
    """`text` without tags; entities become their characters. Paragraph ends keep texts apart as a newline."""
    if "<" not in text and "&" not in text:
        return text
    parted = re.sub(r"</(?:p|div|li)>|<br ?/?>", "\n", text, flags=re.IGNORECASE)
    return unescape(_TAG.sub("", parted)).replace("\xa0", " ").strip()


# ---------------------------------------------------------------------------------------------- goal items

_CHINESE_DIGITS = "一二三四五六七八九十"
# What numbers an item: "1、" "2." "（3）" "4)" "一是" "二、" "①". A decimal ("95.5%") does not.
_MARKER = re.compile(
    r"[（(](?P<bracket>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[）)]"
    r"|(?<![0-9０-９.．])(?P<plain>[0-9０-９]{1,2})(?:[、)）]|[.．](?![0-9０-９]))"
    r"|第?(?P<chinese>[一二三四五六七八九十]{1,3})(?:[、]|(?<=[一二三四五六七八九十])是(?!否))"
    r"|(?P<circled>[①-⑳])"
)
# A marker opens an item where a sentence can begin: at the start, after punctuation, a space, a line end.
_ITEM_BEFORE = "。；;，,！!：:、.．”\"'》）) \t\r\n\u3000"
_DOUBLED_WITHIN = 6


@dataclass(frozen=True, slots=True)
class GoalItems:
    """The items of a goal, in order, and the item numbers that were printed twice."""

    items: tuple[str, ...]
    duplicates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Marker:
    start: int
    end: int
    number: int
    style: str


def _number(text: str) -> int:
    text = fold_width(text)
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    high = (_CHINESE_DIGITS.index(tens[0]) + 1 if tens else 1) if ten else 0
    return high * 10 + (_CHINESE_DIGITS.index(ones[0]) + 1 if ones else 0)


def _markers(text: str) -> list[_Marker]:
    found = []
    for match in _MARKER.finditer(text):
        style = match.lastgroup or ""
        found.append(_Marker(match.start(), match.end(), _number(match.group(style)), style))
    return found


def split_goal_items(text: str) -> GoalItems:
    """The items of a printed goal, without markup and numbering; a goal without numbers is one item.

    Only markers of the style that comes first open items, so that "（1）" inside item "1、" stays in it.
    A number repeated just behind its own marker ("4、确保4.“为民…", "6.按月6.足额") is the export's doubling:
    it is removed and reported in `duplicates`, as is a number that two items carry.
    """
    body = strip_markup(text).strip()
    markers = _markers(body)
    first = next((m for m in markers if m.number == 1 and _opens(body, m)), None)
    if first is None:
        return GoalItems((body,) if body else (), ())
    openers: list[_Marker] = []
    doubled: list[_Marker] = []
    for marker in markers:
        if marker.style != first.style or marker.start < first.start:
            continue
        if (
            openers
            and marker.number == openers[-1].number
            and marker.start - openers[-1].end <= _DOUBLED_WITHIN
        ):
            doubled.append(marker)
        elif _opens(body, marker) or (openers and marker.number == openers[-1].number + 1):
            openers.append(marker)
    numbers = [m.number for m in openers]
    repeated = sorted({n for n in numbers if numbers.count(n) > 1} | {m.number for m in doubled})
    items = [body[: first.start].strip()] if body[: first.start].strip() else []
    edges = [*openers[1:], None]
    for opener, following in zip(openers, edges, strict=True):
        stop = following.start if following else len(body)
        items.append(_without(body, opener.end, stop, doubled).strip())
    return GoalItems(tuple(item for item in items if item), tuple(str(n) for n in repeated))


def _opens(text: str, marker: _Marker) -> bool:
    return marker.start == 0 or text[marker.start - 1] in _ITEM_BEFORE


def _without(text: str, start: int, stop: int, cuts: list[_Marker]) -> str:
    kept, position = [], start
    for cut in cuts:
        if start <= cut.start < stop:
            kept.append(text[position : cut.start])
            position = cut.end
    return "".join([*kept, text[position:stop]])

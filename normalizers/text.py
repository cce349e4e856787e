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
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape

from goaltables.normalizers.data import load_rows

# White space of every script, and the invisible characters that PDF producers and web editors leave behind.
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2028-\u202f\u2060\ufeff\u00ad]+")
# C0/C1 controls except tab, newline and carriage return; surrogates (a lone half cannot be written as UTF-8).
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,10}(?:\s[^<>]{0,200})?/?>", re.ASCII)
# Readers of Chinese print take the semicolon for a full-width one.
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,6})[;；]", re.ASCII)


@cache
def _radicals() -> dict[int, str]:
    return {ord(row["radical"]): row["ideograph"] for row in load_rows("radicals.csv", "goaltables")}


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
    entities = _ENTITY.sub(lambda entity: unescape(f"{entity[0][:-1]};"), _TAG.sub("", parted))
    return unescape(entities).replace("\xa0", " ").strip()


# ---------------------------------------------------------------------------------------------- goal items

_CHINESE_DIGITS = "一二三四五六七八九十"
# What numbers an item: "1、" "2." "（3）" "4)" "一是" "二、" "①" "目标1：". A decimal ("95.5%") does not,
# but "1.2025年" is item 1 that begins with a year.
_MARKER = re.compile(
    r"(?:目标|任务)(?P<named>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[：:、.．]"
    r"|[（(](?P<bracket>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[）)]"
    r"|(?<![0-9０-９.．])(?P<plain>[0-9０-９]{1,2})(?P<mark>[、)）]|[.．](?:(?![0-9０-９])|(?=20[0-9]{2}年)))"
    r"|第?(?P<chinese>[一二三四五六七八九十]{1,3})(?:、|(?<=[一二三四五六七八九十])是(?!否))"
    r"|(?P<circled>[①-⑳])"
)
# A marker opens an item where a sentence can begin: at the start, after punctuation, a space, a line end.
_ITEM_BEFORE = "。；;，,！!：:、.．”\"'》）) \t\r\n\u3000"
# "6.按月6.足额发放": the export wrote the number again a few characters on.
_DOUBLED_WITHIN = 6


@dataclass(frozen=True, slots=True)
class GoalItems:
    """The items of a goal, in order, and the item numbers that were printed twice."""

    items: tuple[str, ...]
    duplicates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Marker:
    """A number that may open an item; `style` tells "1、" from "1." and "（1）"."""

    start: int
    end: int
    number: int
    style: str


def split_goal_items(text: str) -> GoalItems:
    """The items of a printed goal, without markup and numbering; a goal without numbers gives its paragraphs.

    Only markers of the style that comes first open items (others when they go on counting), so that "（1）"
    inside item "1、" stays in it. A number repeated just behind its own marker ("4、确保4.“为民…",
    "6.按月6.足额") is the export's doubling: it is taken out of the item and reported in `duplicates`, as is
    a number that two items of one list carry.
    """
    body = strip_markup(text).strip()
    openers, doubled = _openers(body)
    if not openers:
        return GoalItems(tuple(line.strip() for line in body.split("\n") if line.strip()), ())
    items = [body[: openers[0].start].strip(), *_item_texts(body, openers, doubled)]
    repeated = _repeated(openers) | {marker.number for marker in doubled}
    return GoalItems(tuple(item for item in items if item), tuple(str(n) for n in sorted(repeated)))


def _item_texts(text: str, openers: list[_Marker], doubled: list[_Marker]) -> Iterator[str]:
    """What stands between the openers, without the doubled numbers; one walk over both lists."""
    cuts = iter([*doubled, None])
    cut = next(cuts)
    for opener, following in zip(openers, [*openers[1:], None], strict=True):
        stop = following.start if following else len(text)
        parts, position = [], opener.end
        while cut is not None and cut.start < stop:
            if cut.start >= position:
                parts.append(text[position : cut.start])
                position = cut.end
            cut = next(cuts)
        yield "".join([*parts, text[position:stop]]).strip()


def _openers(text: str) -> tuple[list[_Marker], list[_Marker]]:
    """The markers that open items, and those that only double the one before them."""
    markers = _markers(text)
    first = next((m for m in markers if m.number == 1 and _begins_sentence(text, m)), None)
    openers: list[_Marker] = []
    doubled: list[_Marker] = []
    for marker in markers if first is not None else ():
        if first is None or marker.start < first.start:
            continue
        last = openers[-1] if openers else None
        begins = _begins_sentence(text, marker)
        if last is not None and not begins and _doubles(marker, last):
            doubled.append(marker)
        elif marker.style == first.style and begins:
            if last is not None and last.style != first.style and last.number == marker.number:
                openers.pop()  # the other style was a list inside the item before
            openers.append(marker)
        elif last is not None and marker.number == last.number + 1 and _same_kind(marker, first):
            openers.append(marker)
    return openers, doubled


def _markers(text: str) -> list[_Marker]:
    found = []
    for match in _MARKER.finditer(text):
        kind = next(name for name, value in match.groupdict().items() if value)
        number = _number(match[kind])
        if number is not None:
            found.append(_Marker(match.start(), match.end(), number, kind + fold_width(match["mark"] or "")))
    return found


def _number(text: str) -> int | None:
    text = fold_width(text)
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return None
    high = (_CHINESE_DIGITS.index(tens) + 1 if tens else 1) if ten else 0
    return high * 10 + (_CHINESE_DIGITS.index(ones) + 1 if ones else 0)


def _begins_sentence(text: str, marker: _Marker) -> bool:
    return marker.start == 0 or text[marker.start - 1] in _ITEM_BEFORE


def _doubles(marker: _Marker, last: _Marker) -> bool:
    near = marker.start - last.end <= _DOUBLED_WITHIN
    return near and marker.number == last.number and _same_kind(marker, last)


def _same_kind(one: _Marker, other: _Marker) -> bool:
    """``1、`` and ``2.`` are mixed in one list; ``1、`` and ``（2）`` are not."""
    return one.style[:5] == other.style[:5]


def _repeated(openers: list[_Marker]) -> set[int]:
    """Numbers that occur twice in one list. A list that begins again at 1 is another list."""
    seen: set[int] = set()
    repeated: set[int] = set()
    for opener in openers:
        if opener.number == 1 and seen - {1}:
            seen = set()
        if opener.number in seen:
            repeated.add(opener.number)
        seen.add(opener.number)
    return repeated

"""The levels of an indicator: 一级指标 and 二级指标, as printed and as meant.

Counties print 产出指标, 产出指标（50分）, 项目完成指标, and 日效性指标 for 时效指标. What is printed stays;
the canonical ids come from ``data/taxonomy.toml``, which a domain person extends by adding a label.

>>> level1_id("产出指标（50分）"), level2_id("日效性指标")
('output', 'timeliness')
>>> without_weight("产出指标（50分）")
('产出指标', '50')
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.understanding.closed_words import ClosedWords, fold

_DIRT = re.compile(r"^[^\u4e00-\u9fff（(]+|[^\u4e00-\u9fff）)]+$")
_DOUBTED = 0.6
_LONGEST_GLUED = 14
_SIDE_LETTERS = frozenset("年度绩效指标")
_MOST_SIDE_LETTERS = 6
# A weight is read badly as often as anything: 产出指标（5O分） is still a label with a weight behind it.
_UNREAD_WEIGHT = re.compile(r"[（(][^（()）]{1,4}分[)）]+$")
_AFTER_LABEL = re.compile(r"(?<=指标)(?![（(])|(?<=[)）])")
_WEIGHT = re.compile(r"\s*[（(\[【]\s*(?:权重|分值)?[:：]?\s*(\d+(?:[.．]\d+)?)\s*[%％分]?\s*[)）\]】]+\s*")


@dataclass(frozen=True, slots=True)
class Level:
    """A class of indicators. `parents` are the level-1 ids it may stand under (empty for level 1 itself)."""

    id: str
    name: str
    labels: tuple[str, ...]
    parents: tuple[str, ...] = ()


@cache
def levels(depth: int) -> tuple[Level, ...]:
    """All classes of level 1 or level 2, in the order of the taxonomy."""
    return tuple(
        Level(entry["id"], entry["name"], tuple(entry["labels"]), tuple(entry.get("level1", ())))
        for entry in load_toml("taxonomy.toml")[f"level{depth}"]
    )


@cache
def _words(depth: int) -> ClosedWords[str]:
    return ClosedWords({label: [level.id for level in levels(depth) if label in level.labels]
                        for level in levels(depth) for label in level.labels})  # fmt: skip


@cache
def _other_words() -> frozenset[str]:
    return frozenset(load_toml("taxonomy.toml")["not_a_level"]["words"])


def _identify(text: str, depth: int) -> str | None:
    if fold(text) in _other_words():
        return None
    found = _words(depth).meanings(text)
    if len(found) == 1:
        return found[0]
    folded = fold(text)
    if len(folded) < 2:
        return None
    # Clipped at the edge of its cell (产出指, 经济效) a label is the beginning of one class only.
    clipped = {level.id for level in levels(depth) for label in level.labels if label.startswith(folded)}
    return clipped.pop() if len(clipped) == 1 else None


@cache
def level1_id(text: str) -> str | None:
    """The level-1 class of a printed label, None when it is none (or undecided)."""
    return _identify(text, 1)


@cache
def level2_id(text: str) -> str | None:
    """The level-2 class of a printed label, None when it is none (or undecided)."""
    found = _identify(text, 2)
    if found is None and "满意" in text and len(fold(text)) <= 18 and fold(text).endswith(("指标", "满意度")):
        # 服务对象或项目受益人(…)满意度: every county words it its own way, all mean those who are served.
        return "served_satisfaction"
    return found


def level2_candidates(text: str) -> frozenset[str]:
    """The level-2 classes that a badly read label may be: □量指标 is 数量 or 质量; 绩效指标 is none."""
    if fold(text) in _other_words():
        return frozenset()
    decided = level2_id(text)
    return frozenset({decided}) if decided is not None else _words(2).candidates(text)


def fits_under(level2: str, level1: str) -> bool:
    """Whether the taxonomy knows level-2 class `level2` under level-1 class `level1`."""
    return any(level1 in level.parents for level in levels(2) if level.id == level2)


def derived_level1(level2: str, printed: Collection[str]) -> str | None:
    """The level-1 class of `level2` when no label was printed beside it.

    成本指标 stands under 产出 in the forms of 2015 and is a level 1 in those of 2021: the level-1 classes
    that the same table prints (`printed`) say which era it is.
    """
    parents = next((level.parents for level in levels(2) if level.id == level2), ())
    present = [parent for parent in parents if parent in printed]
    return next(iter([*present, *parents]), None)


def level_name(depth: int, identity: str) -> str:
    """The canonical wording of a class."""
    return next(level.name for level in levels(depth) if level.id == identity)


def without_dirt(label: str, confidence: float) -> str:
    """A badly read label without the marks of dirt at its edges: ",产出指标" and "数量指标1" are known words.

    Only when exactly a known label is left; no label has a letter or digit of its own. What looks like a
    character (心心产出指标 under a seal) is dirt only where the reader did not believe in it.
    """
    bare = _DIRT.sub("", label)
    if bare and (_words(1).exact(bare) or _words(2).exact(bare)):
        return bare
    if confidence < _DOUBTED:
        for cut in (1, 2):
            for part in (bare[cut:], bare[:-cut]):
                if len(part) >= 4 and (_words(1).exact(part) or _words(2).exact(part)):
                    return part
    return label


def without_side_letters(text: str) -> str:
    """A level-1 text without letters of the label stacked beside the grid (年度绩效指标).

    Where no rule parts the two, 年 stands alone in the column of levels, or before the level: 年度产出指标.
    """
    folded = fold(text)
    if not folded or level1_id(text) is not None:
        return text
    if set(folded) <= _SIDE_LETTERS and len(folded) <= _MOST_SIDE_LETTERS:
        return ""
    for cut in range(1, min(len(folded), _MOST_SIDE_LETTERS + 1)):
        if set(folded[:cut]) <= _SIDE_LETTERS and _words(1).exact(folded[cut:]):
            return folded[cut:]
    return text


def leading_level2(text: str) -> tuple[str, str] | None:
    """A level-2 label and the name behind it, glued by a missing rule: 数量指标|新增护林员人数."""
    for length in range(min(len(text) - 2, _LONGEST_GLUED), 3, -1):
        if text[:length].endswith("指标") and _words(2).exact(text[:length]):
            return text[:length], text[length:].strip()
    return None


def glued_labels(text: str, depth: int) -> tuple[str, ...]:
    """The labels of one level that a missing rule put into one cell, from top to bottom; else ().

    >>> glued_labels("效益指标满意度指标（10分）", 1)
    ('效益指标', '满意度指标（10分）')
    """
    parts = [part for part in _AFTER_LABEL.split(text) if part]
    if len(parts) < 2 or not all(_words(depth).exact(without_weight(part)[0]) for part in parts):
        return ()
    return tuple(parts)


def without_weight(label: str) -> tuple[str, str | None]:
    """A printed label and the weight in brackets behind it: 产出指标（50分） -> (产出指标, 50)."""
    match = _WEIGHT.search(label)
    if match is None:
        return _UNREAD_WEIGHT.sub("", label.strip()).strip(), None
    return _WEIGHT.sub("", label).strip(), match.group(1)

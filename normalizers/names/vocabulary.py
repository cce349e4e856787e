"""The vocabulary (标准词库) of indicator names: what is measured, how, and which way is better.

The front of a name belongs to one unit (特克斯县, 村民小组长); its end says what is measured and comes back
everywhere. So the list has three kinds of entries:

* ``head``: what is measured, 准确率, 人数, 满意度: with level-2 labels it stands under, units, direction;
* ``tail``: the usual end of a name, 补助发放及时率, 监理及设计服务数量: what a cut name may go on with;
* ``name``: a whole name that was seen in print, with its source.

>>> find_head("村干部、小组长大学生村官工资及社保发放准确率")
'H:zhunquelv'
>>> find_vocabulary_id("干部职工满意度")
'N0032'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, TypeAlias, cast, get_args

from goaltables.normalizers.data import load_rows
from goaltables.normalizers.text import comparison_key

Kind: TypeAlias = Literal["head", "name", "tail"]
Direction: TypeAlias = Literal["higher", "lower", "equal"]

# Punctuation is printed or left out as the typist likes ("三公经费"控制率, 三公经费控制率).
_PUNCTUATION = re.compile("[“”\"'‘’、,，.。·•:：;；*★\\-—_]+")
# A template's mask or a remark behind the name: 景点开发数量( ≥**个 ), 验收合格率（%）.
_REMARK = re.compile(r"[(\[][^()\[\]]*[)\]]$")


@dataclass(frozen=True, slots=True)
class VocabularyEntry:
    """One entry. `units` are canonical units; ``@date`` and ``@qual`` stand for a date and a phrase.

    `direction` says which way is better (None: a phrase, or not known); `aliases` are other spellings of a
    head; `sources` are keys of ``vocabulary_sources.csv``.
    """

    id: str
    kind: Kind
    name: str
    level2: tuple[str, ...]
    units: tuple[str, ...]
    direction: Direction | None
    aliases: tuple[str, ...]
    sources: tuple[str, ...]


def _split(field: str) -> tuple[str, ...]:
    return tuple(field.split("|")) if field else ()


def _entry(row: dict[str, str]) -> VocabularyEntry:
    if row["kind"] not in get_args(Kind):
        raise ValueError(f"vocabulary.csv, {row['id']}: unknown kind {row['kind']!r}")
    return VocabularyEntry(
        id=row["id"],
        kind=cast(Kind, row["kind"]),
        name=row["name"],
        level2=_split(row["level2"]),
        units=_split(row["units"]),
        direction=cast(Direction, row["direction"]) if row["direction"] else None,
        aliases=_split(row["aliases"]),
        sources=_split(row["sources"]),
    )


@cache
def vocabulary() -> tuple[VocabularyEntry, ...]:
    """Every entry, in the order of the file: heads, names, tails, each by id."""
    return tuple(_entry(row) for row in load_rows("vocabulary.csv"))


@cache
def _by_id() -> dict[str, VocabularyEntry]:
    return {entry.id: entry for entry in vocabulary()}


def vocabulary_entry(entry_id: str) -> VocabularyEntry:
    """The entry with this id. Raises KeyError when there is none."""
    return _by_id()[entry_id]


def name_key(name: str) -> str:
    """The key under which two printings of one name are equal: width, spaces and punctuation folded."""
    return _PUNCTUATION.sub("", comparison_key(name))


@cache
def _heads_by_key() -> dict[str, VocabularyEntry]:
    heads = [entry for entry in vocabulary() if entry.kind == "head"]
    found = {name_key(alias): head for head in heads for alias in head.aliases}
    return found | {name_key(head.name): head for head in heads}


@cache
def _longest_head() -> int:
    return max(len(key) for key in _heads_by_key())


@lru_cache(maxsize=1 << 15)
def _heads_at_end(name: str) -> tuple[VocabularyEntry, ...]:
    """The heads that a name ends with, the longest first."""
    key = name_key(_REMARK.sub("", comparison_key(name)))
    heads = _heads_by_key()
    endings = (key[-size:] for size in range(min(len(key), _longest_head()), 0, -1))
    return tuple(heads[ending] for ending in endings if ending in heads)


def find_head(name: str, level2_id: str | None = None) -> str | None:
    """The id of the longest head (or alias of one) that `name` ends with; None when there is none.

    With `level2_id`, heads that stand under this label go first, however long the others are.
    """
    heads = _heads_at_end(name)
    for head in heads:
        if level2_id is None or level2_id in head.level2:
            return head.id
    return heads[0].id if heads else None


@cache
def _ids_by_key() -> dict[str, str]:
    ids: dict[str, str] = {key: head.id for key, head in _heads_by_key().items()}
    for kind in ("tail", "name"):
        ids |= {name_key(entry.name): entry.id for entry in vocabulary() if entry.kind == kind}
    return ids


def find_vocabulary_id(full_name: str) -> str | None:
    """The id of the entry that is this very name (a whole name before a usual ending before a head)."""
    return _ids_by_key().get(name_key(full_name))


def direction_of(full_name: str, level2_id: str | None = None) -> Direction | None:
    """Which way is better: as the known name says, else as its head says, else None."""
    for entry_id in (find_vocabulary_id(full_name), find_head(full_name, level2_id)):
        if entry_id is not None and (direction := vocabulary_entry(entry_id).direction) is not None:
            return direction
    return None


def expected_units(full_name: str, level2_id: str | None = None) -> tuple[str, ...]:
    """The canonical units the head of this name is measured in; () when the head is not known."""
    head_id = find_head(full_name, level2_id)
    return vocabulary_entry(head_id).units if head_id else ()

"""Evidence that a printed name was cut: the width at which its column ends.

A system that prints 三级指标 at 20 characters cuts 村干部、大学生村官、村民小组长工资发放次|数 and leaves
为民办实事村（社区）公用经费支出及时性 (19) alone. The width belongs to a column of a document, and a length
of 20 alone proves nothing: of 690 real names 16 have exactly 20 characters and 52 more than that. So a
width is believed only where no name of the column is longer, and names of that length break off: in the
middle of what they measure. One such name is enough at a width that producers are known to use (`KNOWN`,
data/cut_widths.toml), any other width needs two. On a picture the reader may glue a neighbouring cell to a
name: one longer name of a picture is not believed against several that break off.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from goaltables.normalizers.data import load_toml

_SPACE = re.compile(r"\s+")
_NAMES_AT_NEW_WIDTH = 2
_NAMES_AGAINST_A_MISREAD = 3
# Below this nobody's column ends; short names of one length are chance (人数, 次数).
_LEAST_WIDTH = 8


@dataclass(frozen=True, slots=True)
class PrintedName:
    """A name as printed, whether it breaks off (its last characters go on in other names), and whether its
    characters are certain (they are not where they were read from a picture).
    """

    text: str
    breaks_off: bool
    is_certain: bool = True


def printed_width(name: str) -> int:
    """The width in characters, as the producer counts: each is one, spaces of the layout are none."""
    return len(_SPACE.sub("", name))


@cache
def known_widths() -> frozenset[int]:
    """Widths (characters) at which producers are known to cut names."""
    return frozenset(entry["width"] for entry in load_toml("cut_widths.toml")["width"])


def cut_widths(columns: Mapping[Hashable, Sequence[PrintedName]]) -> dict[Hashable, int]:
    """The width at which each column of a document cuts its names; columns that cut nothing are left out.

    A width proved in one column counts as known for the other columns of the document: one producer printed
    them all.
    """
    columns = {column: _without_misread(names) for column, names in columns.items()}
    widest = {column: max(map(_width, names), default=0) for column, names in columns.items()}
    at_edge = {
        column: {name.text for name in names if _width(name) == widest[column]}
        for column, names in columns.items()
    }
    breaking = {
        column: {name.text for name in names if name.breaks_off and _width(name) == widest[column]}
        for column, names in columns.items()
    }
    proved = {
        widest[column]
        for column in columns
        if _is_proved(widest[column], len(breaking[column]), len(at_edge[column]))
    }
    return {column: widest[column] for column in columns if breaking[column] and widest[column] in proved}


def edge_width(names: Sequence[PrintedName]) -> int:
    """The width at which a column may end: of its longest name that is believed."""
    return max(map(_width, _without_misread(names)), default=0)


def _without_misread(names: Sequence[PrintedName]) -> list[PrintedName]:
    """The names without a single uncertain one that is longer than several of one width."""
    ordered = sorted(names, key=_width, reverse=True)
    if len(ordered) < 2 or ordered[0].is_certain or _width(ordered[0]) == _width(ordered[1]):
        return list(names)
    at_next = {name.text for name in ordered[1:] if _width(name) == _width(ordered[1])}
    return ordered[1:] if len(at_next) >= _NAMES_AGAINST_A_MISREAD else list(names)


def _width(name: PrintedName) -> int:
    return printed_width(name.text)


def _is_proved(width: int, breaking: int, at_edge: int) -> bool:
    if width in known_widths():
        return breaking >= 1
    return width >= _LEAST_WIDTH and breaking >= _NAMES_AT_NEW_WIDTH and 2 * breaking >= at_edge

"""The ids of the dataset: the path of the record, ``#``, and the place in it.

====================  ===========================  ==============================================
``documents``         ``部门/a.pdf``               the record below OUT/documents, without .json
``pages``             ``部门/a.pdf#page2``         page 2
``tables``            ``部门/a.pdf#p1-2``          the 2nd goal table that begins on page 1
``budget`` …          ``部门/a.pdf#p1-2/b3``       its 3rd line of money (``e`` execution, ``i`` indicator)
``findings``          ``部门/a.pdf#p1-2/f1``       its 1st finding; ``部门/a.pdf#/f1`` of the document
``checks``            ``部门/a.pdf#p1-2/CODE``     the outcome of a rule
====================  ===========================  ==============================================

An id depends on its own document only, so it stays the same when others come and go. What follows the last
``#`` never holds one, so no file name, however odd, can make two ids equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

KINDS: Final = {"b": "budget", "e": "execution", "i": "indicators", "f": "findings"}
_PLACE: Final = re.compile(
    r"(?:page(?P<page>\d+)|(?P<table>[a-z0-9-]+)?(?:/(?P<kind>[beif])(?P<number>\d+))?)"
)


@dataclass(frozen=True, slots=True)
class RowId:
    """An id taken apart. `number` counts from 1; None for a whole table, page or document."""

    record: str
    page: int | None = None
    table: str | None = None
    kind: str | None = None
    number: int | None = None


def page_id(record: str, page: int) -> str:
    return f"{record}#page{page}"


def table_id(record: str, table: str) -> str:
    return f"{record}#{table}"


def row_id(record: str, table: str | None, kind: str, number: int) -> str:
    """`table` is None for what belongs to the whole document."""
    return f"{record}#{table or ''}/{kind}{number}"


def parse_id(text: str) -> RowId:
    """What an id names; a text without a valid place is a document's id.

    >>> parse_id("a.pdf#p1-2/i3")
    RowId(record='a.pdf', page=None, table='p1-2', kind='indicators', number=3)
    """
    record, mark, place = text.rpartition("#")
    match = _PLACE.fullmatch(place)
    if not mark or not place or match is None:
        return RowId(text)
    return RowId(
        record,
        int(match["page"]) if match["page"] else None,
        match["table"],
        KINDS[match["kind"]] if match["kind"] else None,
        int(match["number"]) if match["number"] else None,
    )

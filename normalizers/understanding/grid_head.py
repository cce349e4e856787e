"""The head of an indicator grid, as a record: which columns of the table hold what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Higher cells beside the grid (绩效指标 over all its rows) head no column.
TALLEST_HEAD = 3


@dataclass(frozen=True, slots=True)
class HeadColumn:
    """A column of the grid: columns col..end-1 of the table hold `role`. `text` is its printed head."""

    role: str
    col: int
    end: int
    text: str = ""
    above: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The rows first..last hold the head (last < first when nothing is printed), `columns` from left to
    right.
    """

    first: int
    last: int
    columns: tuple[HeadColumn, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(column.role for column in self.columns)

    def column(self, role: str) -> HeadColumn | None:
        return next((column for column in self.columns if column.role == role), None)


@dataclass(frozen=True, slots=True)
class Half:
    """The columns that make one indicator of a row: role -> column, and the horizon it speaks of.

    `year` is that of a target for another year than the table's, where years head the value columns.
    """

    horizon: str
    columns: Mapping[str, HeadColumn]
    year: int | None = None

"""The panel: one indicator of one organization, followed over years and documents (``panel``).

Linked is only what is certain: the same organization, the same project (or the whole department), the same
horizon, level-2 class, head and name after completion. What is not certain stays out:

- an organization whose county is not certain (城关镇人民政府 is the name of hundreds, 鼓楼区 of four),
- a doubtful name, or one whose level 2 or head is not known,
- a table without a year,
- a name that its table prints twice.

A row says which indicator it links to which series and, under ``basis``, what had to be made equal for it:
nothing is linked silently, and no other table of the dataset is changed by it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from goaltables.pipeline.dataset.columns import Row, Rows, Value

Key: TypeAlias = tuple[str, ...]

_YEAR: Final = re.compile(r"[（(]?20\d\d(?:年度|年)?[)）]?")
_DIGITS: Final = 16

# Copied from the indicator and from its table.
OF_INDICATOR: Final = (
    *("indicator_id", "table_id", "horizon", "level1_id", "level2_id", "head_id"),
    *("name", "full_name", "name_status"),
    *("value_text", "operator", "value", "value_upper", "unit_id", "base_value", "base_unit"),
    *("actual_text", "needs_review"),
)
OF_TABLE: Final = (
    *("document", "form", "organization", "county", "division_code"),
    *("project", "fiscal_year"),
)
COPIED: Final = (*OF_INDICATOR, *OF_TABLE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An indicator that may be linked: the key of its series, and the values of `COPIED`."""

    key: Key
    values: tuple[Value, ...]

    def row(self) -> Row:
        return dict(zip(COPIED, self.values, strict=True))


def candidates(rows: Rows) -> Iterator[Candidate]:
    """The indicators of one document that may be linked to those of others."""
    tables = {row["table_id"]: row for row in rows["tables"]}
    found = []
    for indicator in rows["indicators"]:
        table = tables[indicator["table_id"]]
        key = _key(table, indicator)
        if key is not None:
            values = tuple(indicator[name] for name in OF_INDICATOR)
            found.append((table["table_id"], Candidate(key, (*values, *(table[name] for name in OF_TABLE)))))
    printed = Counter((name, candidate.key) for name, candidate in found)
    yield from (candidate for name, candidate in found if printed[name, candidate.key] == 1)


def panel_rows(found: Iterable[Candidate]) -> list[Row]:
    """The rows of every series that links two tables or more; by series, year, document."""
    series: dict[Key, list[Candidate]] = defaultdict(list)
    for candidate in found:
        series[candidate.key].append(candidate)
    linked: list[Row] = []
    for key in sorted(series):
        if len(series[key]) < 2:
            continue
        members = [candidate.row() for candidate in series[key]]
        name = "s" + hashlib.sha256("\n".join(key).encode()).hexdigest()[:_DIGITS]
        basis = " ".join(_basis(members))
        members.sort(key=lambda row: (row["fiscal_year"], row["indicator_id"]))
        linked += ({"series_id": name, "basis": basis, **row} for row in members)
    return linked


def _key(table: Row, indicator: Row) -> Key | None:
    """What must be equal for two indicators to be one; None when that is not certain."""
    known = (table["division_code"], indicator["level2_id"], indicator["head_id"])
    if not all(known) or table["fiscal_year"] is None or indicator["name_status"] == "doubtful":
        return None
    return (
        _folded(table["organization"]),
        _without_year(_folded(table["project"])),
        str(indicator["horizon"]),
        *map(str, known),
        _folded(indicator["full_name"]),
    )


def _basis(members: Sequence[Row]) -> Iterator[str]:
    """What was made equal, or differs beside the key: codes, in the order of the description."""
    if len({row["name"] for row in members}) == 1:
        yield "same-name"
    elif any(row["name_status"] == "completed" for row in members):
        yield "name-completed"
    else:
        yield "name-folded"
    if len({row["project"] for row in members}) > 1:
        yield "project-year"
    if len({row["base_unit"] for row in members}) > 1:
        yield "unit-differs"
    years = Counter((row["fiscal_year"], row["form"]) for row in members)
    if max(years.values()) > 1:
        yield "year-repeated"


def _folded(text: object) -> str:
    """A text without the differences of width and spacing that print makes."""
    return "".join(unicodedata.normalize("NFKC", str(text or "")).split())


def _without_year(text: str) -> str:
    return _YEAR.sub("", text)

"""Names that were printed cut, made whole: …工资及社保发放准 → …工资及社保发放准**确率**.

The task is to complete the tail, not to find a similar whole name: plain fuzzy matching against a list turns
…发放准 into 发放标准, a different indicator. So the printed text always stays the beginning of the completed
one, a name that nothing marks as cut is never touched, and where two tails are as likely the name stays as
printed, flagged ``doubtful``, with the tails kept for a person (`Completion.alternatives`).

>>> complete_name("三老四类补助发放准", level2="质量指标", unit="%").full_name
'三老四类补助发放准确率'
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from goaltables.normalizers.cut_width import PrintedName, cut_widths, printed_width
from goaltables.normalizers.data import load_toml
from goaltables.normalizers.labels import level2_id as read_level2
from goaltables.normalizers.tail_model import ContextIndex, KnownText, TailModel, Tails, vocabulary_index
from goaltables.normalizers.units import find_unit
from goaltables.normalizers.vocabulary import find_head, vocabulary_entry

NameStatus: TypeAlias = Literal["printed", "completed", "doubtful"]

_MOST_ALTERNATIVES = 5
_LEAST_ALTERNATIVE = 0.01


@dataclass(frozen=True, slots=True)
class Completion:
    """What became of a printed name.

    `probability` is that of `full_name` being the whole name; `alternatives` are completions with theirs,
    likeliest first (of a completed name: the runners-up). A doubtful name stays as printed.
    """

    full_name: str
    status: NameStatus
    probability: float
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class NameRow:
    """An indicator's name where it was printed.

    `level2` is the label as printed, `level2_id` its class; `unit` as printed (``@date`` or ``@qual`` where
    the target is a date or a phrase). `table` counts the tables of the document, `column` is any key of the
    column of names in it. `is_clipped`: the page shows that the text was cut (it touches the edge).
    """

    name: str
    level2: str | None = None
    level2_id: str | None = None
    unit: str | None = None
    table: int = 0
    column: Hashable = None
    is_clipped: bool = False


@cache
def _settings() -> dict[str, float]:
    return {
        key: float(value)
        for key, value in load_toml("completion.toml")["completion"].items()
        if key != "source"
    }


def complete_name(
    name: str, *, level2: str | None = None, unit: str | None = None, siblings: Sequence[str] = ()
) -> Completion:
    """Complete a name of which the caller says that it was, or may have been, cut.

    `level2` is a printed label (质量指标) or its id (quality), `unit` a printed unit, `siblings` other names
    of the same table. Never raises on text.
    """
    row = NameRow(name, level2, _level2_id(level2), unit, is_clipped=True)
    document = ContextIndex([KnownText(other) for other in siblings if other != name])
    return _complete(row, document, _odds_of_cut(row, None), siblings)


def complete_names(rows: Sequence[NameRow]) -> tuple[Completion, ...]:
    """Complete the cut names among all the indicators of one document, one answer per row, in order.

    Which names are cut is found from the widths of the document's columns and `NameRow.is_clipped`; every
    other name comes back as printed.
    """
    rows = [_with_level2(row) for row in rows]
    widths = _widths(rows)
    document = _document_index(rows, widths)
    return tuple(_complete_row(row, widths.get(_column(row)), document, rows) for row in rows)


def _level2_id(level2: str | None) -> str | None:
    return None if level2 is None else read_level2(level2) or level2


def _with_level2(row: NameRow) -> NameRow:
    if row.level2_id is not None or row.level2 is None:
        return row
    return NameRow(
        row.name, row.level2, read_level2(row.level2), row.unit, row.table, row.column, row.is_clipped
    )


def _unit_id(unit: str | None) -> str | None:
    if not unit or unit.startswith("@"):
        return unit or None
    found = find_unit(unit)
    return found.unit_id if found else unit


def _column(row: NameRow) -> tuple[int, Hashable]:
    return row.table, row.column


def _widths(rows: Sequence[NameRow]) -> dict[Hashable, int]:
    columns: dict[Hashable, list[PrintedName]] = {}
    longest: dict[Hashable, int] = {}
    for row in rows:
        longest[_column(row)] = max(longest.get(_column(row), 0), printed_width(row.name))
    index = ContextIndex(
        KnownText(row.name) for row in rows if printed_width(row.name) < longest[_column(row)]
    )
    for row in rows:
        is_widest = printed_width(row.name) == longest[_column(row)]
        breaks_off = is_widest and _breaks_off(row, index)
        columns.setdefault(_column(row), []).append(PrintedName(row.name, breaks_off))
    return cut_widths(columns)


def _breaks_off(row: NameRow, document: ContextIndex) -> bool:
    tails = _tails(row, document)
    return (
        find_head(row.name) is None and _odds_of_going_on(tails) > 1 / _settings()["least_share_of_end"] / 10
    )


def _document_index(rows: Sequence[NameRow], widths: dict[Hashable, int]) -> ContextIndex:
    texts = {}
    for row in rows:
        is_whole = not row.is_clipped and printed_width(row.name) != widths.get(_column(row))
        level2 = (row.level2_id,) if row.level2_id else ()
        unit = _unit_id(row.unit)
        known = KnownText(row.name, level2, (unit,) if unit else (), is_whole=is_whole)
        texts[row.name, known.level2] = known
    return ContextIndex(texts.values())


def _tails(row: NameRow, document: ContextIndex) -> Tails:
    query = (row.level2_id, _unit_id(row.unit))
    index = vocabulary_index()
    return TailModel([(index, index.weights(*query)), (document, document.weights(*query))]).tails(row.name)


def _odds_of_going_on(tails: Tails) -> float:
    going_on = sum(share for _, share in tails.tails)
    return going_on / max(tails.share_of_end, _settings()["least_share_of_end"])


def _odds_of_cut(row: NameRow, width: int | None) -> float:
    """The odds that the name was cut, before its text is looked at: how it stands to the edge."""
    if row.is_clipped:
        return _settings()["odds_clipped"]
    if width is not None and printed_width(row.name) == width:
        return _settings()["odds_at_width"]
    return 0.0


def _complete_row(
    row: NameRow, width: int | None, document: ContextIndex, rows: Sequence[NameRow]
) -> Completion:
    odds = _odds_of_cut(row, width)
    if odds == 0:
        return Completion(row.name, "printed", 1.0)
    siblings = [other.name for other in rows if other.table == row.table and other.level2_id == row.level2_id]
    return _complete(row, document, odds, siblings)


def _complete(
    row: NameRow, document: ContextIndex, odds_of_cut: float, siblings: Sequence[str]
) -> Completion:
    tails = _tails(row, document)
    odds = odds_of_cut * _odds_of_going_on(tails)
    is_cut = odds / (1 + odds)
    if is_cut < _settings()["doubtful_from"]:
        return Completion(row.name, "printed", 1 - is_cut)
    ranked = _ranked(row, tails, frozenset(siblings))
    if not ranked:
        return Completion(row.name, "doubtful", 1 - is_cut)
    (best, probability), *others = ((row.name + tail, is_cut * share) for tail, share in ranked)
    alternatives = tuple((name, share) for name, share in others if share >= _LEAST_ALTERNATIVE)[
        :_MOST_ALTERNATIVES
    ]
    if is_cut >= _settings()["certain_cut"] and probability >= _settings()["complete_from"]:
        return Completion(best, "completed", probability, alternatives)
    return Completion(
        row.name, "doubtful", 1 - is_cut, ((best, probability), *alternatives)[:_MOST_ALTERNATIVES]
    )


def _ranked(row: NameRow, tails: Tails, siblings: frozenset[str]) -> list[tuple[str, float]]:
    """The tails with probabilities that mean what they say, given that the name was cut."""
    repeats = _settings()["repeats_a_sibling"]
    shares = {tail: share * (repeats if row.name + tail in siblings else 1.0) for tail, share in tails.tails}
    # What no text has seen keeps its share; only "nothing follows" is ruled out.
    total = max(sum(shares.values()), 1 - tails.share_of_end)
    ranked = sorted(
        ((tail, share / total) for tail, share in shares.items()), key=lambda item: (-item[1], item[0])
    )
    return [(tail, _calibrated(row.name, tail, share)) for tail, share in ranked]


def _calibrated(name: str, tail: str, share: float) -> float:
    settings = _settings()
    logit = math.log(max(share, 1e-9) / max(1 - share, 1e-3))
    score = settings["intercept"] + settings["per_logit"] * logit
    score += settings["per_visible_character"] * min(2, _visible_of_head(name, tail))
    return 1 / (1 + math.exp(-score))


def _visible_of_head(name: str, tail: str) -> int:
    """How many characters of the completed name's head were printed: 2 of 准确率 in …发放准确|率."""
    head_id = find_head(name + tail)
    return 0 if head_id is None else max(0, len(vocabulary_entry(head_id).name) - len(tail))

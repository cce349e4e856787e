"""Names that were printed cut, made whole: …工资及社保发放准 → …工资及社保发放准**确率**.

The task is to complete the tail, not to find a similar whole name: plain fuzzy matching against a list turns
…发放准 into 发放标准, a different indicator. So the printed text always stays the beginning of the completed
one, and a name that nothing marks as cut is never touched. What is sure is ``completed``; where a name was
certainly cut and one tail is the likeliest but not sure, it is offered as ``doubtful``, for review, with the
others (`Completion.alternatives`); where no tail stands out the name stays as printed, ``doubtful`` as well.

>>> complete_name("三老四类补助发放准", level2="质量指标", unit="%").full_name
'三老四类补助发放准确率'
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, TypeAlias

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.names.cut_width import PrintedName, cut_widths, edge_width, printed_width
from goaltables.normalizers.names.known_texts import SIBLING_WEIGHT, KnownText, document_index, head_fit
from goaltables.normalizers.names.name_evidence import (
    DocumentTexts,
    NameRow,
    document_texts,
    gather_evidence,
    query_of,
    unit_id,
)
from goaltables.normalizers.names.tail_model import Tails
from goaltables.normalizers.names.tail_ranking import OtherName, rank_tails
from goaltables.normalizers.names.tail_words import own_words
from goaltables.normalizers.names.vocabulary import find_head
from goaltables.normalizers.understanding.labels import level2_id as read_level2

NameStatus: TypeAlias = Literal["printed", "completed", "doubtful"]

_MOST_ALTERNATIVES = 5
_LEAST_ALTERNATIVE = 0.01


@dataclass(frozen=True, slots=True)
class Completion:
    """What became of a printed name.

    `probability` is that of `full_name` being the whole name; `alternatives` are completions with theirs,
    likeliest first (of a completed name: the runners-up; of a doubtful one: all, its own among them).
    """

    full_name: str
    status: NameStatus
    probability: float
    alternatives: tuple[tuple[str, float], ...] = ()


@cache
def _settings() -> dict[str, float]:
    return {key: float(value) for key, value in load_toml("completion.toml")["decision"].items()}


def complete_name(
    name: str, *, level2: str | None = None, unit: str | None = None, siblings: Sequence[str] = ()
) -> Completion:
    """Complete a name of which the caller says that it was, or may have been, cut.

    `level2` is a printed label (质量指标) or its id (quality), `unit` a printed unit, `siblings` other names
    of the same table. Never raises on text.
    """
    row = NameRow(name, level2, _level2_id(level2), unit, is_clipped=bool(name.strip()))
    # Their labels are not given: as names of the same table they weigh as if half of them shared this one.
    index = document_index(KnownText(other, weight=2 * SIBLING_WEIGHT) for other in siblings if other != name)
    document = DocumentTexts(index, own_words(other for other in siblings if other != name))
    others = [OtherName(other, has_same_label=True) for other in siblings if other != name]
    return _judge(row, document, _odds_of_cut(row, None), others)


def complete_names(
    rows: Sequence[NameRow], context: Sequence[str] = (), learnt: Sequence[KnownText] = ()
) -> tuple[Completion, ...]:
    """Complete the cut names among all the indicators of one document, one answer per row, in order.

    Which names are cut is found from the widths of the document's columns and `NameRow.is_clipped`; every
    other name comes back as printed. `context`: the document's other texts (projects, tasks, goals): a word
    that was cut may stand there in full.
    """
    rows = [_with_level2(row) for row in rows]
    widths = _widths(rows)
    odds = [_odds_of_cut(row, widths.get(_column(row))) for row in rows]
    if not any(odds):
        return tuple(Completion(row.name, "printed", 1.0) for row in rows)
    known = [row if not cut else None for row, cut in zip(rows, odds, strict=True)]
    document = document_texts(rows, known, context, learnt)
    found = _judge_all(rows, odds, document, known)
    # A tail that is sure tells how the document's other names end: 工作生活补贴每次发|放金额 beside
    # 社会保险补贴|每次发放金额.
    surer = [_as_completed(row, completion) for row, completion in zip(rows, found, strict=True)]
    if surer == known:
        return found
    document = document_texts(rows, surer, context, learnt)
    return tuple(
        _judge(row, document, cut, _others(row, surer)) if first.status == "doubtful" else first
        for row, cut, first in zip(rows, odds, found, strict=True)
    )


def _judge_all(
    rows: Sequence[NameRow],
    odds: Sequence[float],
    document: DocumentTexts,
    known: Sequence[NameRow | None],
) -> tuple[Completion, ...]:
    """`known`: each row with its whole name, None where that is not known."""
    return tuple(
        _judge(row, document, cut, _others(row, known)) if cut else Completion(row.name, "printed", 1.0)
        for row, cut in zip(rows, odds, strict=True)
    )


def _as_completed(row: NameRow, completion: Completion) -> NameRow | None:
    return None if completion.status == "doubtful" else replace(row, name=completion.full_name)


def _level2_id(level2: str | None) -> str | None:
    return None if level2 is None else read_level2(level2) or level2


def _with_level2(row: NameRow) -> NameRow:
    if row.level2_id is not None or row.level2 is None:
        return row
    return replace(row, level2_id=read_level2(row.level2))


def _others(row: NameRow, known: Sequence[NameRow | None]) -> list[OtherName]:
    return [
        OtherName(other.name, other.level2_id == row.level2_id, _column(other) == _column(row))
        for other in known
        if other is not None
    ]


def _column(row: NameRow) -> tuple[int, Hashable]:
    return row.table, row.column


def _widths(rows: Sequence[NameRow]) -> dict[Hashable, int]:
    columns: dict[Hashable, list[NameRow]] = {}
    for row in rows:
        columns.setdefault(_column(row), []).append(row)
    printed = {
        column: [PrintedName(row.name, breaks_off=False, is_certain=row.is_certain) for row in found]
        for column, found in columns.items()
    }
    edges = {column: edge_width(names) for column, names in printed.items()}
    # Names that may be cut themselves are no witnesses of how names end.
    shorter = [row for row in rows if printed_width(row.name) < edges[_column(row)]]
    witnesses = DocumentTexts(document_index(KnownText(row.name) for row in shorter))
    return cut_widths(
        {
            column: [
                replace(
                    name, breaks_off=printed_width(name.text) == edges[column] and _breaks_off(row, witnesses)
                )
                for row, name in zip(found, printed[column], strict=True)
            ]
            for column, found in columns.items()
        }
    )


def _breaks_off(row: NameRow, document: DocumentTexts) -> bool:
    if find_head(row.name) is not None:
        return False
    tails = document.seen(query_of(row)).tails(document.meant(row.name))
    return _odds_of_going_on(row, tails) >= _settings()["odds_of_breaking_off"]


def _odds_of_going_on(row: NameRow, tails: Tails) -> float:
    """How much likelier it is that the text goes on than that a name of this label and unit ends here."""
    unit = unit_id(row.unit)
    going_on = sum(share * head_fit(row.name + tail, row.level2_id, unit) for tail, share in tails.tails)
    ending = tails.share_of_end * head_fit(row.name, row.level2_id, unit)
    return going_on / max(ending, _settings()["least_share_of_end"] * max(going_on, 1e-9))


def _odds_of_cut(row: NameRow, width: int | None) -> float:
    """The odds that the name was cut, before its text is looked at: how it stands to the edge."""
    if row.is_clipped:
        return _settings()["odds_clipped"]
    if width is not None and printed_width(row.name) == width:
        return _settings()["odds_at_width"]
    return 0.0


def _judge(
    row: NameRow, document: DocumentTexts, odds_of_cut: float, others: Sequence[OtherName]
) -> Completion:
    tails = document.seen(query_of(row)).tails(document.meant(row.name))
    odds = odds_of_cut * _odds_of_going_on(row, tails)
    is_cut = odds / (1 + odds)
    if is_cut < _settings()["doubtful_from"]:
        return Completion(row.name, "printed", 1 - is_cut)
    ranked = rank_tails(gather_evidence(row, document, others))
    completions = [(row.name + found.tail, is_cut * found.probability) for found in ranked]
    shown = tuple(item for item in completions if item[1] >= _LEAST_ALTERNATIVE)[: _MOST_ALTERNATIVES + 1]
    if is_cut < _settings()["certain_cut"] or not shown or shown[0][1] < _settings()["guess_from"]:
        return Completion(row.name, "doubtful", 1 - is_cut, shown[:_MOST_ALTERNATIVES])
    best, probability = shown[0]
    if probability < _settings()["complete_from"]:
        return Completion(best, "doubtful", probability, shown[:_MOST_ALTERNATIVES])
    return Completion(best, "completed", probability, shown[1:])

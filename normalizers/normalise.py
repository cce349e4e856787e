"""From goal tables as printed to goal tables as published: values parsed, names completed, ids, checks.

One document at a time: which names were printed cut shows only over all its columns, and the whole name often
stands in another table of the same document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goaltables.document import GoalTable, Indicator, NameAlternative
from goaltables.normalizers.checking.checks import checked
from goaltables.normalizers.misread_operators import with_repaired_operators
from goaltables.normalizers.names.indicator_name import Completion, complete_names
from goaltables.normalizers.names.learnt_terms import LearntTerm, known_texts, learnt_ids
from goaltables.normalizers.names.name_evidence import NameRow
from goaltables.normalizers.names.vocabulary import direction_of, find_head, find_vocabulary_id, name_key
from goaltables.normalizers.places import find_county
from goaltables.normalizers.rereading.confidence import REVIEW_BELOW, REVIEW_FLAGS
from goaltables.normalizers.text import clean_text, split_goal_items
from goaltables.normalizers.values.target_value import parse_value, value_fields

_REVIEWED_KINDS = {"unparsed", "placeholder", "empty"}


def normalised(printed: Sequence[GoalTable], learnt: Sequence[LearntTerm] = ()) -> tuple[GoalTable, ...]:
    """The tables of one document with values, whole names, goal items, findings and checks filled in.

    `learnt`: terms of reviewed documents that are taken (`learnt_terms.taken`).
    """
    tables = [_with_values(table) for table in printed]
    completions = complete_names(_name_rows(tables), _context(tables), known_texts(learnt))
    ids = learnt_ids(learnt)
    done: list[GoalTable] = []
    start = 0
    for table in tables:
        stop = start + len(table.indicators)
        done.append(_finished(table, completions[start:stop], ids))
        start = stop
    return tuple(done)


def _with_values(table: GoalTable) -> GoalTable:
    indicators = [_with_value(indicator, table.fiscal_year) for indicator in table.indicators]
    return table.model_copy(update={"indicators": indicators})


def _with_value(indicator: Indicator, fiscal_year: int | None) -> Indicator:
    printed = indicator.value_text or ""
    value = parse_value(printed, level2=indicator.level2_id or indicator.level2, fiscal_year=fiscal_year)
    unsure = indicator.confidence < REVIEW_BELOW
    doubts = ["low-confidence"] if unsure else []
    if value.kind == "empty":  # rather a column that was not found than a goal without a target
        doubts.append("value-missing")
    reasons = list(dict.fromkeys([*indicator.reasons, *value.reasons, *doubts]))
    update = {
        **value_fields(value, printed),
        "name": clean_text(indicator.name),
        "reasons": reasons,
        "needs_review": indicator.needs_review
        or value.kind in _REVIEWED_KINDS
        or unsure
        or not REVIEW_FLAGS.isdisjoint(reasons),
    }
    return indicator.model_copy(update=update)


def _name_rows(tables: Sequence[GoalTable]) -> list[NameRow]:
    """The names of the document. The projects of a wide list share one printed column of names."""
    rows: list[NameRow] = []
    printed_table = 0
    for table in tables:
        printed_table += bool(table.pages)
        for indicator in table.indicators:
            rows.append(
                NameRow(
                    indicator.name,
                    indicator.level2,
                    indicator.level2_id,
                    _unit(indicator),
                    printed_table,
                    indicator.horizon,
                    is_clipped="clipped" in indicator.reasons,
                    is_certain=indicator.confidence >= 1,
                )
            )
    return rows


def _context(tables: Sequence[GoalTable]) -> list[str]:
    """What else the document says: a word that an indicator's name breaks off may stand there in full."""
    texts: list[str | None] = []
    for table in tables:
        texts += [table.project, table.annual_goal, table.midterm_goal, *table.fields.values()]
        texts += [text for row in table.budget for text in (row.name, row.content)]
    return [text for text in texts if text]


def _unit(indicator: Indicator) -> str | None:
    if indicator.period_start or indicator.period_end:
        return "@date"
    return "@qual" if indicator.qualitative else indicator.unit


def _finished(table: GoalTable, completions: Sequence[Completion], ids: Mapping[str, str]) -> GoalTable:
    indicators = [
        _with_name(indicator, completion, ids)
        for indicator, completion in zip(table.indicators, completions, strict=True)
    ]
    items = split_goal_items(table.annual_goal).items if table.annual_goal else ()
    update = {"indicators": indicators, "goal_items": list(items), **place_of(table)}
    return checked(with_repaired_operators(table.model_copy(update=update)))


def place_of(table: GoalTable) -> dict[str, str]:
    """County and division code of the organization, where they are certain; {} where not."""
    beside = [text for text in (table.title, table.project, *table.fields.values()) if text]
    found = find_county(table.organization or "", *beside, year=table.fiscal_year)
    return {"county": found.name, "division_code": found.code} if found else {}


def _with_name(indicator: Indicator, completion: Completion, ids: Mapping[str, str]) -> Indicator:
    doubtful = completion.status == "doubtful"
    return indicator.model_copy(
        update={
            "full_name": completion.full_name,
            "name_status": completion.status,
            "name_alternatives": name_alternatives(completion),
            "head_id": find_head(completion.full_name, indicator.level2_id),
            "vocabulary_id": find_vocabulary_id(completion.full_name)
            or ids.get(name_key(completion.full_name)),
            "direction": direction_of(completion.full_name, indicator.level2_id),
            "needs_review": indicator.needs_review or doubtful,
            "reasons": [*indicator.reasons, *(["name-doubtful"] if doubtful else [])],
        }
    )


def name_alternatives(completion: Completion) -> list[NameAlternative]:
    """The alternatives of a completion as they are published."""
    return [
        NameAlternative(full_name=name, probability=round(probability, 4))
        for name, probability in completion.alternatives
    ]

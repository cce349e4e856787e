"""One record of an indicator, as its row prints it: labels, name, value text, weight, score, where it stands.

What is printed stays; ids say what it means. What was derived (a level 1 that nobody printed) is marked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from goaltables.document import Finding, Indicator
from goaltables.normalizers.findings import empty_indicator_finding
from goaltables.normalizers.understanding.forms import likely_operator
from goaltables.normalizers.understanding.indicator_rows import GridRow
from goaltables.normalizers.understanding.joined_table import source_of
from goaltables.normalizers.understanding.labels import (
    derived_level1,
    level1_id,
    level2_candidates,
    level2_id,
    level_name,
    without_dirt,
    without_weight,
)
from goaltables.normalizers.understanding.spread_labels import LabelBox
from goaltables.normalizers.values.target_value import split_value_columns

# A text that is known by its shape alone.
_LONE_MARK = "lone-mark"
_DIGIT = re.compile(r"\d")


def printed_indicators(rows: Sequence[GridRow]) -> list[Indicator]:
    printed = {
        identity for row in rows if row.level1 and (identity := level1_id(row.level1.text)) is not None
    }
    ids = _level2_ids(rows)
    return [_indicator(row, printed, ids) for row in rows]


def _level2_ids(rows: Sequence[GridRow]) -> dict[int, str | None]:
    """The level-2 class of each label box, by its identity.

    What one label may be is narrowed by the others under the same level-1 label: □量指标 beside a readable
    质量指标 is 数量指标.
    """
    boxes = {id(row.level2): row for row in rows if row.level2 is not None}
    decided: dict[int, set[str]] = {}
    for row in boxes.values():
        if row.level2 is not None and (identity := level2_id(row.level2.text)) is not None:
            decided.setdefault(id(row.level1), set()).add(identity)
    ids: dict[int, str | None] = {}
    for key, row in boxes.items():
        text = row.level2.text if row.level2 is not None else ""
        choices = level2_candidates(text)
        if len(choices) > 1:
            choices -= decided.get(id(row.level1), set())
        ids[key] = next(iter(choices)) if len(choices) == 1 else None
    return ids


def _is_named_by_shape(row: GridRow, role: str) -> bool:
    return any(_LONE_MARK in p.cell.flags for p in row.places.get(role, ()))


def _indicator(row: GridRow, printed: set[str], ids: Mapping[int, str | None]) -> Indicator:
    """One record as printed; a level 1 that nobody printed is derived from level 2, and marked so."""
    reasons = sorted({flag for p in row.cells for flag in p.cell.flags})
    level1 = _label(row.level1)
    level2 = _label(row.level2)
    id1 = level1_id(level1) if level1 else None
    id2 = ids.get(id(row.level2))
    if level1 is None and id2 is not None and (id1 := derived_level1(id2, printed)) is not None:
        level1 = level_name(1, id1)
        reasons.append("level1-derived")
    name = row.texts.get("name", "")
    if not name:
        reasons.append("name-missing")
    elif _is_named_by_level2(row, name) and (id2 := level2_id(name)) is not None:
        # 指标名称 that prints 数量指标: the form has no third level.
        level2 = name
        reasons.append("name-is-label")
    if row.half.year is not None:
        reasons.append(f"target-of-{row.half.year}")
    value, is_suspect = _value_text(row)
    if is_suspect:
        reasons.append("operator-suspect")
    return Indicator(
        level1=level1,
        level2=level2,
        level1_id=id1,
        level2_id=id2,
        name=name,
        full_name=name,
        value_text=value or None,
        horizon="mid_term" if row.half.horizon == "mid_term" else "annual",
        actual_text=row.texts.get("actual") or None,
        weight=row.texts.get("weight") or None,
        score=row.texts.get("score") or None,
        deviation=row.texts.get("deviation") or None,
        confidence=round(min((p.cell.confidence for p in row.cells), default=1.0), 4),
        needs_review=bool({"name-missing", "operator-suspect"} & set(reasons)),
        reasons=reasons,
        source=[source_of(p) for p in row.cells],
    )


def _value_text(row: GridRow) -> tuple[str, bool]:
    """The value text, put together where operator and unit have columns of their own; whether its operator
    is one that was read as something else.
    """
    value = row.texts.get("value", "")
    if not {"operator", "unit"} & row.texts.keys():
        return value, False
    operator = row.texts.get("operator", "")
    is_mark = bool(_DIGIT.search(value)) and _is_named_by_shape(row, "operator")
    likely = likely_operator(operator, is_mark=is_mark)
    return split_value_columns(likely or operator, value, row.texts.get("unit", "")), likely is not None


def _is_named_by_level2(row: GridRow, name: str) -> bool:
    """Whether the form has a first and no second level, so that its names may be level-2 labels."""
    columns = row.half.columns
    return "level1" in columns and "level2" not in columns and name.endswith("指标")


def _label(box: LabelBox | None) -> str | None:
    """A level label as printed, without its weight; stacked or wrapped lines are one word."""
    if box is None:
        return None
    label = without_weight("".join(box.text.split("\n")))[0]
    return without_dirt(label, box.confidence) if box.confidence < 1 else label


def empty_label(box: LabelBox) -> Finding:
    label = without_weight(box.text)[0]
    return empty_indicator_finding(label, [source_of(p) for p in box.cells if p.text])

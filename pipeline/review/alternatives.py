"""What a text might be instead: the alternatives a person takes with one key.

Each says where it comes from. None is applied by itself: what arithmetic asks for is not what the page
prints.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from goaltables.document import Document
from goaltables.normalizers.understanding.labels import level1_id, level2_id, level_name
from goaltables.normalizers.values.amounts import parse_amount, printed_step
from goaltables.normalizers.values.numerals import format_decimal
from goaltables.pipeline.review.arithmetic import Sum
from goaltables.pipeline.review.items import FULL_NAME_ROLE, Item
from goaltables.pipeline.review.record_texts import FieldPath
from goaltables.pipeline.review.standing import Standing, Status

MOST: Final = 9  # keys 1 to 9
# A misread amount keeps most of its digits.
_LEAST_ALIKE: Final = 0.6
# ≥ melts with the number behind it into 2 or 8, or loses its bar.
_MELTED: Final = re.compile(r"[28](\d{2,3}(?:\.\d+)?[%％].*)")
_BARE: Final = re.compile(r"([<>＜＞〈〉])(?![=＝])(\d.*)")
_WITH_BAR: Final = {"<": "≤", "＜": "≤", "〈": "≤", ">": "≥", "＞": "≥", "〉": "≥"}


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another text, and where it comes from: earlier, completion, printed, read, arithmetic, operator,
    taxonomy.

    `probability` is the completion's own, None elsewhere.
    """

    text: str
    origin: str
    probability: float | None = None


def alternatives_of(document: Document, standing: Standing, sums: Sequence[Sum]) -> tuple[Alternative, ...]:
    """At most nine, the likeliest first, none of them the text that stands.

    `sums`: those of the table, when a sum makes the text doubtful; else none.
    """
    item = standing.item
    found = [*_earlier(standing), *_names(document, item), *_labels(item), *_operators(item)]
    found += _from_sums(item, sums)
    distinct = {a.text: a for a in reversed(found) if a.text and a.text != standing.text}
    return tuple(reversed(distinct.values()))[:MOST]


def _earlier(standing: Standing) -> Iterator[Alternative]:
    """What a person decided against an earlier reading, or against a colleague."""
    if standing.status in (Status.CHANGED, Status.DISPUTED) and standing.decision is not None:
        yield Alternative(standing.decision.after or "", "earlier")


def _names(document: Document, item: Item) -> Iterator[Alternative]:
    if item.role != FULL_NAME_ROLE:
        return
    path = item.paths[0]
    indicator = document.tables[path.table].indicators[path.index]
    for alternative in indicator.name_alternatives:
        yield Alternative(alternative.full_name, "completion", alternative.probability)
    yield Alternative(indicator.name, "printed")


def _labels(item: Item) -> Iterator[Alternative]:
    """The taxonomy's wording of a label that is nearly it."""
    depth = {"indicator.level1": 1, "indicator.level2": 2}.get(item.role)
    if depth is None:
        return
    identity = level1_id(item.machine) if depth == 1 else level2_id(item.machine)
    if identity is not None:
        yield Alternative(level_name(depth, identity), "taxonomy")


def _operators(item: Item) -> Iterator[Alternative]:
    """The value that was printed if its ≥ was misread."""
    if item.role != "indicator.value_text":
        return
    text = item.machine.strip()
    if item.cell_text:  # the rules put a misread operator right: what was read
        yield Alternative(item.cell_text, "read")
    if melted := _MELTED.fullmatch(text):
        yield Alternative(f"≥{melted[1]}", "operator")
    if bare := _BARE.fullmatch(text):
        yield Alternative(_WITH_BAR[bare[1]] + bare[2], "operator")


def _from_sums(item: Item, sums: Sequence[Sum]) -> list[Alternative]:
    """The amounts that would make a sum come out, those that mend most sums first; none where another sum of
    the amount comes out as it is.
    """
    if any(found.is_right and _is_in(found, path) for found in sums for path in item.paths):
        return []
    wanted: Counter[str] = Counter(
        text
        for found in sums
        if found.is_right is False
        for path in item.paths
        if (text := _implied(found, path, item.machine)) is not None
    )
    return [
        Alternative(text, "arithmetic")
        for text, _ in wanted.most_common()
        if SequenceMatcher(None, text, item.machine, autojunk=False).ratio() >= _LEAST_ALIKE
    ]


def _is_in(found: Sum, path: FieldPath) -> bool:
    return any(term.path == path for term in (found.total, *found.parts))


def _implied(found: Sum, path: FieldPath, machine: str) -> str | None:
    """What the text at `path` would have to be for the sum to come out."""
    amount, step = parse_amount(machine), printed_step(machine)
    if amount is None or step is None or found.difference is None:
        return None
    if not _is_in(found, path):
        return None
    amount += -found.difference if found.total.path == path else found.difference
    rounded = amount.quantize(step)  # with as many decimals as are printed
    return f"{rounded:f}" if rounded == amount else format_decimal(amount)

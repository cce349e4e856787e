"""What makes a text wait for a person, and how much.

The machine's own doubt comes first: a low confidence, a reason in the record, a finding about what was read
from ink (a sum that does not come out). What it added to a cut name is asked about too. On top comes the
agreement sample: sure texts, drawn by chance, that tell how sure "sure" is
(`goaltables.pipeline.review.agreement`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

from goaltables.document import Document, Finding, GoalTable
from goaltables.pipeline.review.items import CELL_ROLE, FULL_NAME_ROLE, Item
from goaltables.pipeline.review.standing import Standing, Status

_BOTH = ("indicator.name", "indicator.value_text")


@dataclass(frozen=True, slots=True)
class Need:
    """Why a text waits for a person. `detail` is the code of a reason or finding, if there is one."""

    code: str
    detail: str = ""


@cache
def review_data() -> Mapping[str, Any]:
    """``pipeline/data/review.toml``."""
    text = resources.files("goaltables.pipeline.data").joinpath("review.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def weight(needs: tuple[Need, ...]) -> int:
    """How much a text needs a person; 0: not at all."""
    return max((int(review_data()["needs"][need.code]["weight"]) for need in needs), default=0)


def is_about_a_sum(need: Need) -> bool:
    """Whether a sum that does not come out makes the text doubtful."""
    return need.code == "finding" and need.detail in review_data()["sums"]["findings"]


def group(need: Need) -> str:
    """doubt, completion or sample."""
    return str(review_data()["needs"][need.code]["group"])


@dataclass(frozen=True)
class Needs:
    """Tells what the items of one document need. `below`: confidence under which a text is doubted."""

    document: Document
    below: float

    @cached_property
    def _read_from_ink(self) -> frozenset[int]:
        return frozenset(page.page for page in self.document.pages if page.route == "ocr")

    def of(self, item: Item) -> tuple[Need, ...]:
        """What the machine's reading gives reason to ask; the sample and the decisions are not in it."""
        if item.role == CELL_ROLE:
            return (Need("unassigned"),) if self._is_unassigned(item) else ()
        reasons = self._reasons(item)
        if item.role == FULL_NAME_ROLE:
            return tuple(reasons) or (Need("completion"),)
        is_low = item.confidence is not None and item.confidence < self.below
        needs = [Need("low-confidence")] if is_low else []
        return tuple(dict.fromkeys([*needs, *self._of_findings(item), *reasons]))

    def _tables(self, item: Item) -> list[GoalTable]:
        return [self.document.tables[number] for number in dict.fromkeys(p.table for p in item.paths)]

    def _is_unassigned(self, item: Item) -> bool:
        findings = [f for table in self._tables(item) for f in table.findings if f.code == "unassigned-cell"]
        return any(_names(finding, item) for finding in findings)

    def _of_findings(self, item: Item) -> list[Need]:
        """What findings say of a text that was read from ink."""
        if item.page not in self._read_from_ink:
            return []
        roles, whole = review_data()["findings"], review_data()["whole_table"]["findings"]
        return [
            Need("finding", finding.code)
            for table in self._tables(item)
            for finding in table.findings
            if item.role in roles.get(finding.code, ())
            and (_names(finding, item) or (not finding.source and finding.code in whole))
        ]

    def _reasons(self, item: Item) -> list[Need]:
        roles = review_data()["reasons"]
        found = []
        for path in item.paths:
            if path.group != "indicator":
                continue
            indicator = self.document.tables[path.table].indicators[path.index]
            if not indicator.needs_review:
                continue
            found += [
                Need("reason", reason)
                for reason in indicator.reasons
                if item.role in roles.get(reason, _BOTH)
            ]
        return found


def needs_now(standing: Standing, machine: tuple[Need, ...], *, is_sampled: bool) -> tuple[Need, ...]:
    """What an item needs as its decisions stand: nothing once it is decided."""
    if standing.is_decided:
        return ()
    special = {
        Status.CHANGED: (Need("changed"),),
        Status.DISPUTED: (Need("disputed"),),
        Status.FLAGGED: (Need("flagged"),),
    }.get(standing.status, ())
    sampled = (Need("sample"),) if is_sampled and not machine else ()
    return (*special, *machine, *sampled)


def _names(finding: Finding, item: Item) -> bool:
    """Whether a finding points at one of the item's cells."""
    places = {(place.page, *place.box) for place in item.places}
    if any((s.page, *s.bbox) in places for s in finding.source):
        return True
    # The source of a finding holds printed cells; that a blank one of the row is blank may be the misreading.
    rows = {(s.page, s.row) for s in finding.source}
    return not item.machine and any((place.page, place.row) in rows for place in item.places)

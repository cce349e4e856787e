"""What the header of a goal table says, and under what each label of it is filed.

A header is read from the cells of its grid (``header_grid``) and from lines above the table
(``header_lines``). Both find labels with their values; what a label means (``data/header_labels.toml``)
decides where its value goes: to the budget, to a goal, to the questions that the record asks (project,
organization, year), and as printed to the fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from goaltables.document import BudgetRow
from goaltables.normalizers.understanding.amount_blocks import AmountBlock
from goaltables.normalizers.understanding.forms import header_labels
from goaltables.normalizers.understanding.joined_table import Placed
from goaltables.normalizers.understanding.labelled_money import LabelledMoney, budget_rows

_AMOUNT_UNIT = re.compile(r"\s*[（(]?\s*(百万元|万元|亿元|千元|百元|元)\s*[)）]?$")
_MONEY = {"money_fiscal": "fiscal", "money_other": "other", "money_carry": "carry"}
_TOTALS = {"money_total": "年度资金总额", "money_total_midterm": "实施期资金总额"}
# The rank of labels that stand for 财政拨款 where no such row is printed, each for a fund of its own.
PART_OF_FISCAL = 10
_GOALS = {"goal", "goal_annual", "goal_midterm", "completion"}
# Labels that head other labels: nothing is their value.
SILENT = {"side", "money_block", "sum", "score_total"}


@dataclass(slots=True)
class HeaderReading:
    """What the header says. `values` are (role, rank, text) of labels with a meaning, best rank first."""

    fields: dict[str, str] = field(default_factory=dict)
    values: list[tuple[str, int, str]] = field(default_factory=list)
    budget: list[BudgetRow] = field(default_factory=list)
    tasks: AmountBlock | None = None
    execution: AmountBlock | None = None
    annual_goal: str | None = None
    midterm_goal: str | None = None
    completion: str | None = None
    money_unit: str | None = None
    lines: list[Placed] = field(default_factory=list)
    evidence: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    roles: dict[int, str] = field(default_factory=dict)
    _money: list[LabelledMoney] = field(default_factory=list)

    def note(self, role: str, cells: Iterable[Placed]) -> None:
        """Remember what cells were read as: they are explained."""
        for p in cells:
            self.used.add(id(p.cell))
            self.roles[id(p.cell)] = role

    def best(self, role: str) -> str | None:
        """The value of the best-ranked label of `role` that has one."""
        found = sorted((rank, k) for k, (r, rank, text) in enumerate(self.values) if r == role and text)
        return self.values[found[0][1]][2] if found else None

    def keep(self, label: str, value: str) -> None:
        """Keeps a label and its value as a field, as printed; the first of two equal labels counts."""
        self.fields.setdefault(field_name(label), value)

    def take(
        self,
        label: str,
        value: str,
        place: tuple[int, int],
        cells: tuple[Placed, ...] = (),
        *,
        is_beside_annual: bool = False,
    ) -> None:
        """Files a label with its value under what the label means.

        `place` is where the label stands, (row, column) or the like: it says which amounts belong together.
        `is_beside_annual`: the label of the annual goal stands at its right.
        """
        meanings = header_labels(label)
        roles = {meaning.role for meaning in meanings}
        self.evidence |= {f"label:{role}" for role in roles}
        if is_money(roles) and not (roles & {"organization", "project", "field"}):
            for role in sorted(roles):
                kind = "total" if role in _TOTALS else _MONEY.get(role)
                if kind is not None:
                    rank = min(meaning.rank for meaning in meanings if meaning.role == role)
                    amount = value.strip() or None
                    if rank >= PART_OF_FISCAL:  # of several such funds the budget has room for one
                        self.keep(label, value.strip())
                    self._money.append(LabelledMoney(kind, _TOTALS.get(role), amount, *place, cells, rank))
                    return
            self.keep(label, value)
        elif roles & _GOALS:
            self._take_goal(roles, value, is_beside_annual)
        elif roles != {"amount_unit"}:
            for meaning in meanings:
                self.values.append((meaning.role, meaning.rank, value.strip()))
            if not roles <= SILENT:
                self.keep(label, value.strip())

    def _take_goal(self, roles: set[str], value: str, is_beside_annual: bool) -> None:
        """A goal: of the year, of the whole period, or what came of it.

        总体目标（2021年—2023年） beside 年度目标 is the goal of the whole period; alone it is the year's.
        """
        if "completion" in roles:
            self.completion = self.completion or value
        elif "goal_midterm" in roles or (is_beside_annual and "goal" in roles):
            self.midterm_goal = self.midterm_goal or value or None
        else:
            self.annual_goal = self.annual_goal or value or None

    def settle_budget(self) -> None:
        """Makes the budget of the labelled amounts that were taken, where no grid of amounts gave one."""
        if not self.budget:
            self.budget += budget_rows(self._money)
        self._money.clear()


def is_money(roles: Iterable[str]) -> bool:
    """Whether a label with one of these roles has an amount as its value."""
    return any(role.startswith("money_") and role != "money_block" for role in roles)


def field_name(label: str) -> str:
    """A label as the name of a field: as printed, without its colon."""
    return label.strip().rstrip("：:").strip()


def read_values(reading: HeaderReading, values: Iterable[tuple[str, str]]) -> None:
    """Adds labels and values that are printed in lines above the table; what the grid says goes first.

    Amounts in lines carry their unit (年度资金总额：104.53万元), which is no part of the amount.
    """
    for row, (label, value) in enumerate(values):
        roles = {meaning.role for meaning in header_labels(label)}
        if any(role.startswith("money") for role in roles):
            match = _AMOUNT_UNIT.search(value)
            if match is not None:
                reading.money_unit = reading.money_unit or match.group(1)
                value = value[: match.start()]
        reading.take(label, value, (row, 0))
    reading.settle_budget()

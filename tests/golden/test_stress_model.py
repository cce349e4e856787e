"""The stress set's tables are whole and say what their truth says (no fonts and no PDF needed)."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from fixtures.making.content import BudgetLine, GoalContent
from fixtures.making.printed_value import ValueStyle
from fixtures.making.random_content import Wishes
from fixtures.making.stress_layouts import LAYOUTS
from fixtures.making.stress_tables import SetTable

SEEDS = range(4)


def amount(text: str | None) -> Decimal:
    return Decimal((text or "0").replace(",", ""))


def is_sum(line: BudgetLine) -> bool:
    return amount(line.total) == amount(line.fiscal) + amount(line.other) + amount(line.carry)


def drawn(layout: str, seed: int, wishes: Wishes) -> SetTable:
    return LAYOUTS[layout](random.Random(seed), wishes)  # noqa: S311 - a test, not a secret


def contents(layout: str, seed: int, wishes: Wishes) -> tuple[GoalContent, ...]:
    return drawn(layout, seed, wishes).contents


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_printed_name_and_value_of_the_truth_stands_in_a_cell(layout: str) -> None:
    for seed in SEEDS:
        made = drawn(layout, seed, Wishes(cut=14 if seed % 2 else None))
        made.table.check()
        texts = {cell.text for cell in made.table.cells}
        for content in made.contents:
            for line in content.lines:
                assert line.name is None or line.name in texts
                if line.target is not None:
                    parts = [part for part in line.target.parts or (line.target.text,) if part]
                    assert all(part in texts for part in parts)
                assert line.full_name is None or line.full_name.startswith(line.name or "?")


@pytest.mark.parametrize("layout", ["dept", "project", "midterm", "selfeval", "transfer"])
def test_amounts_add_up_unless_a_fault_is_planted(layout: str) -> None:
    for seed in SEEDS:
        (clean,) = contents(layout, seed, Wishes())
        assert all(is_sum(line) for line in clean.budget)
        assert not {"row-total-mismatch", "column-total-mismatch"} & set(clean.findings)


@pytest.mark.parametrize("layout", ["dept", "project", "transfer"])
def test_a_planted_row_fault_is_printed_and_stated(layout: str) -> None:
    (faulty,) = contents(layout, 1, Wishes(faults=("row-total-mismatch",)))
    assert not all(is_sum(line) for line in faulty.budget)
    assert "row-total-mismatch" in faulty.findings


def test_scores_add_up_to_the_printed_total_unless_a_fault_is_planted() -> None:
    for faults, difference in (((), 0), (("score-sum-mismatch",), 3)):
        (content,) = contents("selfeval", 2, Wishes(faults=faults))
        assert content.evaluation is not None
        scores = [amount(line.score) for line in content.lines]
        scores += [amount(line.score) for line in content.evaluation.execution]
        assert content.evaluation.total_score is not None
        assert Decimal(content.evaluation.total_score) - sum(scores) == difference


def test_a_split_value_is_the_join_of_its_columns() -> None:
    (content,) = contents("project-opcols", 3, Wishes(values=ValueStyle(signs="ascii")))
    targets = [line.target for line in content.lines if line.target is not None]
    assert targets
    for target in targets:
        assert target.parts is not None
        printed = [part for part in target.parts if part not in ("定量", "定性")]
        assert "".join(printed) == target.text

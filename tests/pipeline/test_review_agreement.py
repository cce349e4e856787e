"""The agreement sample: the same texts everywhere, an interval that keeps its promise."""

from __future__ import annotations

import random

import pytest
from made_record import made_document
from test_review_overlay import decision

from goaltables.pipeline.review.agreement import agreement, interval, is_drawn
from goaltables.pipeline.review.cases import Case, DeskSettings
from goaltables.pipeline.review.decisions import Action


@pytest.mark.parametrize(
    ("wrong", "checked", "low", "high"),
    [  # binom.test of R 4.2
        (0, 10, 0.0, 0.3084971),
        (1, 10, 0.002528579, 0.4450161),
        (5, 100, 0.01643175, 0.1128349),
        (10, 10, 0.6915029, 1.0),
        (0, 300, 0.0, 0.01222071),
        (0, 0, 0.0, 1.0),
    ],
)
def test_the_interval_is_clopper_and_pearsons(wrong: int, checked: int, low: float, high: float) -> None:
    assert interval(wrong, checked) == pytest.approx((low, high), rel=1e-4)


def test_the_interval_covers_the_true_rate_at_least_as_often_as_it_says() -> None:
    chance = random.Random(9)  # noqa: S311 - no secret
    covered = 0
    for _ in range(2000):
        wrong = sum(chance.random() < 0.03 for _ in range(120))
        low, high = interval(wrong, 120)
        covered += low <= 0.03 <= high
    assert covered >= 0.95 * 2000


def test_the_sample_is_the_same_every_time_and_as_large_as_asked() -> None:
    keys = [f"{n:016x}" for n in range(20_000)]
    drawn = [key for key in keys if is_drawn("a" * 64, key, 0.05)]
    assert drawn == [key for key in keys if is_drawn("a" * 64, key, 0.05)]
    assert 900 < len(drawn) < 1100
    assert set(drawn) <= {key for key in keys if is_drawn("a" * 64, key, 0.1)}
    assert not any(is_drawn("a" * 64, key, 0.0) for key in keys)
    assert all(is_drawn("a" * 64, key, 1.0) for key in keys)


def test_only_sure_texts_are_drawn_and_only_checked_ones_count() -> None:
    document = made_document()
    settings = DeskSettings(below=0.9, share=1.0)
    case = Case.of(document, [], settings)
    sure = [s for s in case.reviewed.standings if case.needs[s.item.key] and not case.doubts(s.item)]
    assert {need.code for s in sure for need in case.needs[s.item.key]} == {"sample"}
    assert case.tally.drawn == case.tally.sure == len(sure)
    assert case.tally.checked == 0
    decisions = [
        decision(1, case, sure[0].item, sure[0].item.machine, Action.ACCEPT),
        decision(2, case, sure[1].item, "another text"),
        decision(
            3, case, sure[2].item, None, Action.UNREADABLE
        ),  # nobody can say whether the machine was right
        decision(4, case, sure[3].item, sure[3].item.machine, Action.FLAG),
    ]
    after = case.with_decisions(decisions).tally
    assert (after.checked, after.wrong) == (2, 1)
    figure = agreement(sure=after.sure, drawn=after.drawn, checked=after.checked, wrong=after.wrong)
    assert figure.rate == 0.5
    assert figure.low < 0.5 < figure.high
    doubted = next(s for s in case.reviewed.standings if case.doubts(s.item))
    more = case.with_decisions([*decisions, decision(5, case, doubted.item, "put right")]).tally
    assert (more.checked, more.wrong) == (2, 1)

"""The two questions to a line's hypotheses, against counting every way to spread characters over it."""

from __future__ import annotations

from itertools import groupby, product
from math import exp, log

import numpy as np
import pytest

from goaltables.normalizers.rereading.ctc import log_probability, n_best
from goaltables.records import Hypotheses

# Probabilities at each step: of the blank, 名, %.
LINES = [
    [[0.1, 0.7, 0.2], [0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.05, 0.05, 0.9]],
    [[0.3, 0.3, 0.4], [0.3, 0.4, 0.3], [0.34, 0.33, 0.33]],
    [[0.2, 0.5, 0.3]],
]


def counted(steps: list[list[float]]) -> dict[str, float]:
    """The probability of each text: the sum over all alignments (equal neighbours are one, blanks part)."""
    rounded = np.exp(Hypotheses.of("名%", np.log(steps)).scores.astype(np.float64))
    found: dict[str, float] = {}
    for path in product(range(3), repeat=len(steps)):
        text = "".join("名%"[k - 1] for k, _ in groupby(path) if k)
        probability = np.prod([rounded[step, k] for step, k in enumerate(path)])
        found[text] = found.get(text, 0.0) + float(probability)
    return found


@pytest.mark.parametrize("steps", LINES)
def test_the_probability_of_a_text_is_the_sum_over_all_alignments(steps: list[list[float]]) -> None:
    line = Hypotheses.of("名%", np.log(steps))
    for text, probability in counted(steps).items():
        assert log_probability(line, text) == pytest.approx(log(probability), abs=1e-6)


@pytest.mark.parametrize("steps", LINES)
def test_a_wide_beam_finds_every_text_with_its_probability_best_first(steps: list[list[float]]) -> None:
    found = n_best(Hypotheses.of("名%", np.log(steps)), width=1000)
    wanted = counted(steps)
    likely = {text: score for text, score in found if score > -100}  # the others no alignment says
    assert likely == pytest.approx({text: log(share) for text, share in wanted.items()}, abs=1e-6)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)


def test_a_narrow_beam_keeps_the_best_and_a_hopeless_character_is_not_tried() -> None:
    assert len(n_best(Hypotheses.of("名%", np.log(LINES[0])), width=2)) == 2
    assert n_best(Hypotheses.of("名%", np.log(LINES[0])), width=2)[0][0] == "名%"
    never, hardly = 0.9 * exp(-9.5), 0.9 * exp(-8.5)
    line = Hypotheses.of("名%", np.log([[0.9, hardly, never]]))
    assert {text for text, _ in n_best(line)} == {"", "名"}


def test_a_character_that_was_not_kept_is_rarer_than_the_rarest_that_was() -> None:
    line = Hypotheses.of("名%", np.log(LINES[2]))
    assert log_probability(line, "人") == pytest.approx(Hypotheses.LEAST - 4)
    assert log_probability(line, "") == pytest.approx(log(0.2), abs=1e-3)

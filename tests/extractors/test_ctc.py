"""Reading a recogniser's answer: the greedy text, and what else the line may say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.extractors.engines.ctc import Posteriors, greedy, joined, with_hypotheses
from goaltables.records import Hypotheses, LineReading

ALPHABET = ("", *"甲乙丙丁", " ")


def answer(*steps: dict[int, float]) -> Posteriors:
    """Class probabilities: those given, the rest shared evenly."""
    rows = np.zeros((len(steps), len(ALPHABET)), np.float32)
    for row, step in zip(rows, steps, strict=True):
        row[:] = (1 - sum(step.values())) / (len(ALPHABET) - len(step))
        for k, probability in step.items():
            row[k] = probability
    return rows


def test_neighbours_join_and_blanks_part() -> None:
    posteriors = answer({1: 0.9}, {1: 0.95}, {0: 0.9}, {1: 0.8}, {2: 0.7})
    reading = greedy(posteriors, ALPHABET, 0.2)
    assert reading.text == "甲甲乙"
    assert reading.probabilities == pytest.approx((0.95, 0.8, 0.7))
    assert reading.places == pytest.approx((0.3, 0.7, 0.9))


def test_sure_line_keeps_no_hypotheses() -> None:
    posteriors = answer({1: 0.9999}, {0: 0.9999}, {2: 0.9999})
    reading = greedy(posteriors, ALPHABET, 0.3)
    assert with_hypotheses(reading, posteriors, ALPHABET) is reading


def test_doubtful_line_keeps_what_had_a_chance() -> None:
    rest = {3: 0.0, 5: 0.0}
    posteriors = answer({1: 0.6, 4: 0.0} | rest, {0: 0.99999, 4: 0.0} | rest, {2: 0.999, 4: 0.0005} | rest)
    kept = with_hypotheses(greedy(posteriors, ALPHABET, 0.3), posteriors, ALPHABET).hypotheses
    assert kept is not None
    assert kept.characters == "甲乙丁"
    assert np.exp(kept.scores[0, 1].astype(float)) == pytest.approx(0.6, abs=0.001)


def test_runs_of_blanks_shrink_to_one_step() -> None:
    blank = {0: 0.9999}
    posteriors = answer(blank, blank, blank, {1: 0.6, 2: 0.3}, blank, blank, {2: 0.7}, blank)
    kept = with_hypotheses(greedy(posteriors, ALPHABET, 0.1), posteriors, ALPHABET).hypotheses
    assert kept is not None
    assert len(kept.scores) == 5


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_the_kept_hypotheses_read_as_the_line_did(seed: int, steps: int) -> None:
    """What is thrown away changes no greedy reading: every class that won a step is kept."""
    random = np.random.default_rng(seed)
    posteriors = random.dirichlet(np.full(len(ALPHABET), 0.2), steps).astype(np.float32)
    reading = with_hypotheses(greedy(posteriors, ALPHABET, 1 / steps), posteriors, ALPHABET)
    if reading.hypotheses is None:
        assert not reading.text or reading.confidence >= 0.9995
        return
    kept = np.exp(reading.hypotheses.scores.astype(np.float32))
    again = greedy(kept, ("", *reading.hypotheses.characters), 1.0)
    assert again.text == reading.text
    assert again.probabilities == pytest.approx(reading.probabilities, abs=0.01)


def test_pieces_of_a_line_are_one_reading() -> None:
    left = LineReading("甲乙", (0.9, 0.8), places=(0.25, 0.75))
    right = LineReading("丙", (0.7,), places=(0.5,))
    whole = joined([left, right], [300, 100])
    assert whole == LineReading("甲乙丙", (0.9, 0.8, 0.7), places=(0.1875, 0.5625, 0.875))


def test_least_is_what_the_record_promises() -> None:
    """A character that is not kept was less likely than e^LEAST at every step."""
    random = np.random.default_rng(1)
    posteriors = random.dirichlet(np.full(6, 0.02), 12).astype(np.float32)
    reading = with_hypotheses(greedy(posteriors, ALPHABET, 0.1), posteriors, ALPHABET)
    assert reading.hypotheses is not None
    missing = [k for k, c in enumerate(ALPHABET) if k and c not in reading.hypotheses.characters]
    assert (posteriors[:, missing] <= np.exp(Hypotheses.LEAST)).all()


def test_character_that_lost_to_the_blank_is_told() -> None:
    """A sign before the text at .31 against the blank's .61: the text is sure of what it read, not of all."""
    reading = greedy(answer({0: 0.999}, {0: 0.61, 3: 0.31}, {0: 0.99}, {1: 0.999}), ALPHABET, 0.25)
    assert reading.text == "甲"
    assert reading.passed_over == pytest.approx(0.35, abs=0.02)
    assert reading.confidence == pytest.approx(0.65, abs=0.02)


def test_end_of_a_character_passes_nothing_over() -> None:
    """Between a character and the blank behind it a step may be shared: nothing is missing there."""
    reading = greedy(answer({1: 0.999}, {0: 0.6, 1: 0.398}, {0: 0.6, 2: 0.398}, {2: 0.999}), ALPHABET, 0.25)
    assert reading.text == "甲乙"
    assert reading.passed_over < 0.01

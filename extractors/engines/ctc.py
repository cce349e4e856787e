"""Reading the answer of a recogniser that works step by step along a line (CTC).

The model gives, for every few pixels of the line, a probability for each class: the blank, or one of its
characters. The greedy reading takes the likeliest class of each step, joins equal neighbours and drops
blanks. What else the line may say is kept beside a doubtful reading in a form small enough to travel with its
cell: 18,710 classes a step shrink to the one or two dozen that had a chance anywhere on the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from goaltables.records import Hypotheses, LineReading

Posteriors: TypeAlias = npt.NDArray[np.float32]

BLANK = 0
SURE = 0.9995  # a line whose every character is surer than this keeps no hypotheses: none would win
_SURE_BLANK = 0.9995  # a run of such steps says no more than one of them
_FLOOR = np.float32(1e-7)  # of a probability whose logarithm is taken


def greedy(posteriors: Posteriors, alphabet: Sequence[str], step_share: float) -> LineReading:
    """The likeliest reading of a line.

    Args:
        posteriors: class probabilities, ``steps x len(alphabet)``; class 0 is the blank.
        alphabet: what each class stands for.
        step_share: the share of the picture's width that one step covers.

    Returns:
        Text, one probability per character (the greatest of its steps) and its place: that step.

    """
    best = posteriors.argmax(axis=1)
    peak = np.clip(posteriors.max(axis=1), 0.0, 1.0)
    characters: list[str] = []
    probabilities: list[float] = []
    steps: list[int] = []
    previous = BLANK
    for step, (index, probability) in enumerate(zip(best.tolist(), peak.tolist(), strict=True)):
        if index != BLANK and index == previous:
            if probability > probabilities[-1]:
                probabilities[-1], steps[-1] = probability, step
        elif index != BLANK:
            characters.append(alphabet[index])
            probabilities.append(probability)
            steps.append(step)
        previous = index
    return LineReading(
        "".join(characters),
        tuple(probabilities),
        places=tuple(min((step + 0.5) * step_share, 1.0) for step in steps),
    )


def with_hypotheses(reading: LineReading, posteriors: Posteriors, alphabet: Sequence[str]) -> LineReading:
    """`reading` with what else the line may say, when it is doubtful anywhere; a sure one as it is.

    A line on which nothing was read keeps none either: the reader saw no character, not a doubtful one.
    """
    if not reading.text or reading.confidence >= SURE:
        return reading
    is_sure_blank = posteriors[:, BLANK] > _SURE_BLANK
    kept = posteriors[~(is_sure_blank & np.append(False, is_sure_blank[:-1]))]
    chance = kept.max(axis=0) > np.exp(Hypotheses.LEAST)
    chance[BLANK] = False
    classes = np.flatnonzero(chance).tolist()
    scores = np.log(np.maximum(kept[:, [BLANK, *classes]], _FLOOR))
    characters = "".join(alphabet[k] for k in classes)
    return replace(reading, hypotheses=Hypotheses(characters, scores.astype(np.float16)))


def joined(readings: Sequence[LineReading], widths: Sequence[int]) -> LineReading:
    """One reading of a line that was read in pieces of `widths` px, left to right."""
    if len(readings) == 1:
        return readings[0]
    whole = sum(widths)
    starts = np.cumsum((0, *widths[:-1]))
    return LineReading(
        "".join(reading.text for reading in readings),
        tuple(p for reading in readings for p in reading.probabilities),
        places=tuple(
            (float(start) + place * width) / whole
            for start, width, reading in zip(starts, widths, readings, strict=True)
            for place in reading.places
        ),
    )

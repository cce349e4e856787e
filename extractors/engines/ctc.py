"""Reading the answer of a recogniser that works step by step along a line (CTC).

The model gives, for every few pixels of the line, a probability for each class: the blank, or one of its
characters. The greedy reading takes the likeliest class of each step, joins equal neighbours and drops
blanks. What else the line may say is kept beside a doubtful reading in a form small enough to travel with its
cell: 18,710 classes a step shrink to the one or two dozen that had a chance anywhere on the line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from goaltables.records import Hypotheses, LineReading

Posteriors: TypeAlias = npt.NDArray[np.float32]

BLANK, SPACE = 0, -1
SURE = 0.998  # a line whose every character is surer than this keeps no hypotheses: none would win
_CLOSED = 0.98  # a blank surer than this passes no character over
_SURE_BLANK = 0.9995  # a run of such steps says no more than one of them
_SHARE = re.compile(r"(?<=\d)%")
# Of 230 % on pages the greatest was 5e-5, of 16 ‰ the least 3e-5 (in values) and 3e-4 (in sentences).
_CHANCE_OF_PER_MILLE = 5e-5
_FLOOR = np.float32(1e-7)  # of a probability whose logarithm is taken


def greedy(posteriors: Posteriors, alphabet: Sequence[str], step_share: float) -> LineReading:
    """The likeliest reading of a line.

    Args:
        posteriors: class probabilities, ``steps x len(alphabet)``; class 0 is the CTC blank.
        alphabet: what each class stands for; the last is the white space between words.
        step_share: the share of the picture's width that one step covers.

    Returns:
        Text, one probability per character (the greatest of its steps) and its place: that step.

    """
    best = posteriors.argmax(axis=1)
    peak = np.clip(posteriors[np.arange(len(best)), best], 0.0, 1.0)
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
    text = "".join(characters)
    return LineReading(
        text,
        tuple(probabilities),
        flags=("per-mille-suspect",) if _may_be_per_mille(posteriors, alphabet, text, steps) else (),
        places=tuple(min((step + 0.5) * step_share, 1.0) for step in steps),
        passed_over=_passed_over(posteriors, best),
    )


def _may_be_per_mille(
    posteriors: Posteriors, alphabet: Sequence[str], text: str, steps: Sequence[int]
) -> bool:
    """Whether a % behind a figure leaves ‰ more than the trace of a chance it has where there is none."""
    places = [match.start() for match in _SHARE.finditer(text)]
    if not places or "‰" not in alphabet:
        return False
    column = alphabet.index("‰")
    around = [posteriors[max(0, steps[k] - 2) : steps[k] + 3, column] for k in places]
    return bool(max(float(chances.max()) for chances in around) >= _CHANCE_OF_PER_MILLE)


def _passed_over(posteriors: Posteriors, best: npt.NDArray[np.int64]) -> float:
    """The greatest probability of a character at a step that the blank won.

    The characters read before and behind it do not count: there a step is only where one of them ends.
    """
    steps = np.arange(len(best))
    read = np.flatnonzero(best != BLANK)
    if not read.size:
        return float(1 - (posteriors[:, BLANK] + posteriors[:, SPACE]).min(initial=1.0))
    open_steps = steps[(best == BLANK) & (posteriors[:, BLANK] < _CLOSED)]
    following = np.searchsorted(read, open_steps)
    before = best[read[np.maximum(following - 1, 0)]]
    behind = best[read[np.minimum(following, read.size - 1)]]
    shared = np.where(before == behind, 0.0, posteriors[open_steps, behind])
    nothing = posteriors[open_steps, BLANK] + posteriors[open_steps, SPACE]
    other = 1 - nothing - posteriors[open_steps, before] - shared
    return float(np.clip(other.max(initial=0.0), 0.0, 1.0))


def with_hypotheses(reading: LineReading, posteriors: Posteriors, alphabet: Sequence[str]) -> LineReading:
    """`reading` with what else the line may say, when it is doubtful anywhere; a sure one as it is."""
    if reading.confidence >= SURE:
        return reading
    is_sure_blank = posteriors[:, BLANK] > _SURE_BLANK
    kept = posteriors[~(is_sure_blank & np.append(False, is_sure_blank[:-1]))]
    chance = kept.max(axis=0) > np.exp(Hypotheses.LEAST)
    chance[BLANK] = False
    classes = np.flatnonzero(chance).tolist()
    scores = np.log(np.maximum(kept[:, [BLANK, *classes]], _FLOOR))
    characters = "".join(alphabet[k] for k in classes)
    return replace(reading, hypotheses=Hypotheses.of(characters, scores))


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
        passed_over=max(reading.passed_over for reading in readings),
    )

"""Choosing among the hypotheses of a line: how likely is this text, and which text is likeliest here?

A reader that answers step by step (CTC) leaves, beside a doubtful reading, the log probability of each
character at each step (``records.Hypotheses``). Two questions are asked of it: how likely is a text that the
form may print (the sum over all ways to spread its characters over the steps), and which texts are likeliest.

>>> import numpy as np
>>> line = Hypotheses.of("名%", np.log([[.9, .05, .05], [.1, .5, .4], [.9, .05, .05]]))
>>> log_probability(line, "名") > log_probability(line, "%")
True
>>> [text for text, _ in n_best(line)][:3]
['名', '%', '']
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest
from itertools import pairwise
from math import exp, log1p

import numpy as np

from goaltables.records import Hypotheses

_NEVER = -1e9
_HOPELESS = 9.0  # a character so much less likely than the best of its step is no part of a likely text
# What a character that was not kept scores at a step: it is rarer than the rarest that was.
_UNSEEN = Hypotheses.LEAST - 4.0


def log_probability(line: Hypotheses, text: str) -> float:
    """The log probability that the line says `text`, over all alignments (CTC forward algorithm)."""
    scored = line.scores.astype(np.float64)
    if not text:
        return float(scored[:, 0].sum())
    columns = [line.characters.find(character) + 1 for character in text]
    steps = len(scored)
    own = np.stack([scored[:, k] if k else np.full(steps, _UNSEEN) for k in columns], axis=1)
    states = np.empty((steps, 2 * len(text) + 1))
    states[:, 0::2] = scored[:, :1]
    states[:, 1::2] = own
    # From a character to the next without a blank between them: only where the two differ.
    skips = np.array([0.0 if a != b else _NEVER for a, b in pairwise(text)])
    alpha = np.full(2 * len(text) + 1, _NEVER)
    alpha[:2] = states[0, :2]
    for scores in states[1:]:
        stepped = np.concatenate(([_NEVER], alpha[:-1]))
        skipped = np.full_like(alpha, _NEVER)
        skipped[3::2] = alpha[1:-2:2] + skips
        alpha = np.logaddexp(np.logaddexp(alpha, stepped), skipped) + scores
    return float(np.logaddexp(alpha[-1], alpha[-2]))


def n_best(line: Hypotheses, width: int = 12) -> tuple[tuple[str, float], ...]:
    """The likeliest texts of the line with their log probabilities, best first (CTC prefix beam search).

    Probabilities are those of the alignments that stayed among the `width` best: a little too low.
    """
    beams: dict[str, tuple[float, float]] = {"": (0.0, _NEVER)}  # text: ends in a blank, in its character
    for blank_score, likely in _steps(line):
        grown: dict[str, tuple[float, float]] = {}
        for text, (blank, own) in beams.items():
            whole = _either(blank, own)
            _add(grown, text, whole + blank_score, _NEVER)
            for character, score in likely:
                if text and text[-1] == character:
                    _add(grown, text, _NEVER, own + score)
                    _add(grown, text + character, _NEVER, blank + score)
                else:
                    _add(grown, text + character, _NEVER, whole + score)
        if len(grown) > width:
            grown = dict(nlargest(width, grown.items(), key=_score))
        beams = grown
    scored = ((text, _either(*scores)) for text, scores in beams.items())
    return tuple(sorted(scored, key=lambda found: -found[1]))


def _steps(line: Hypotheses) -> Iterator[tuple[float, list[tuple[str, float]]]]:
    """For each step the blank's score, and those of the characters that are not hopeless there."""
    for blank, *scores in line.scores.astype(np.float64).tolist():
        least = max(blank, *scores, Hypotheses.LEAST) - _HOPELESS
        yield blank, [(c, s) for c, s in zip(line.characters, scores, strict=True) if s > least]


def _score(beam: tuple[str, tuple[float, float]]) -> float:
    return _either(*beam[1])


def _either(one: float, other: float) -> float:
    """The logarithm of the sum of two probabilities given by theirs."""
    if one < other:
        one, other = other, one
    return one + log1p(exp(other - one)) if other > _NEVER / 2 else one


def _add(beams: dict[str, tuple[float, float]], text: str, blank: float, own: float) -> None:
    before = beams.get(text)
    beams[text] = (blank, own) if before is None else (_either(before[0], blank), _either(before[1], own))

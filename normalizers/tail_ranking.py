"""Tails of a cut name with probabilities that mean what they say.

`TailModel` says how texts of the same kind go on. Here each tail is judged by the whole name it makes: what
the name then measures must go with its level-2 label and its unit (满意度 does not stand under 数量指标, 人数
is not counted in 万元), and it must not be a name that the table has already. The share that comes out is
turned into a probability by a logistic curve that was fitted on names whose whole source was left out of
the vocabulary (benchmarks/complete_names.py; coefficients in data/completion.toml).
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.tail_model import Tails, head_fit
from goaltables.normalizers.vocabulary import find_head, vocabulary_entry

_KEPT = 20


@dataclass(frozen=True, slots=True)
class RankedTail:
    """A tail, its share among all ways the name may go on, and the probability that it is the right one."""

    tail: str
    share: float
    probability: float


@cache
def calibration() -> dict[str, float]:
    """The coefficients of the logistic curve, by feature name."""
    return {feature: float(weight) for feature, weight in load_toml("completion.toml")["calibration"].items()}


def rank_tails(
    name: str,
    tails: Tails,
    level2_id: str | None = None,
    unit: str | None = None,
    taken: Collection[str] = (),
) -> tuple[RankedTail, ...]:
    """The tails of `name`, likeliest first, given that it was cut. `taken`: whole names the table has."""
    settings = load_toml("completion.toml")["ranking"]
    shares = {}
    for tail, share in tails.tails:
        repeats = settings["repeats_a_sibling"] if name + tail in taken else 1.0
        shares[tail] = share * repeats * head_fit(name + tail, level2_id, unit)
    seen = sum(share for _, share in tails.tails)
    unseen = max(0.0, 1 - tails.share_of_end - seen) * settings["fit_of_unseen"]
    total = sum(shares.values()) + unseen
    ordered = sorted(
        ((share / total, tail) for tail, share in shares.items()), key=lambda item: (-item[0], item[1])
    )
    ordered = ordered[:_KEPT]
    ranked = [RankedTail(tail, share, _probability(features(name, tail, share))) for share, tail in ordered]
    excess = max(1.0, sum(found.probability for found in ranked))
    ranked = [RankedTail(found.tail, found.share, found.probability / excess) for found in ranked]
    return tuple(sorted(ranked, key=lambda found: -found.probability))


def features(name: str, tail: str, share: float) -> dict[str, float]:
    """What the curve looks at: the share, how much of the head was printed, how much is to be added."""
    visible = _visible_of_head(name, tail)
    return {
        "intercept": 1.0,
        "logit": math.log(max(share, 1e-4) / max(1 - share, 1e-4)),
        "visible_one": float(visible == 1),
        "visible_more": float(visible > 1),
        "added": float(len(tail)),
    }


def _probability(values: dict[str, float]) -> float:
    score = sum(calibration()[feature] * value for feature, value in values.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _visible_of_head(name: str, tail: str) -> int:
    """How many characters of the completed name's head were printed: 1 of 准确率 in …发放准|确率."""
    head_id = find_head(name + tail)
    return 0 if head_id is None else max(0, len(vocabulary_entry(head_id).name) - len(tail))

"""Tails of a cut name with probabilities that mean what they say.

`TailModel` says how texts of the same kind go on, `TailGrammar` which words may stand together. Here each
tail is judged by the whole name it makes: what the name then measures must go with its level-2 label and its
unit (满意度 does not stand under 数量指标, 人数 is not counted in 万元), it must not be a name that the table
has already, and it should end as the other names of the document do (及时率 or 及时性 is a habit). A softmax
over the tails and "none of them" weighs all that; its weights were fitted on names whose whole source was
left out (benchmarks/complete_names.py; data/completion.toml).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.names.known_texts import head_fit, head_fits
from goaltables.normalizers.names.tail_model import Tails
from goaltables.normalizers.names.tail_words import UNKNOWN, segmented
from goaltables.normalizers.names.vocabulary import find_head, vocabulary_entry

_KEPT = 20
# How much each model (seen, composed, phrased) says which tails are worth a closer look.
_SHARES_OF_MODELS = (0.4, 0.25, 0.35)
_LEAST_SHARE = 1e-3
_LEAST_VOTES = 0.05
# Behind more common characters than this a tail is no surer.
_LONGEST_COMMON = 6
# What stands behind so many common characters in another text of the document is the same phrase.
_ANCHOR = 4
_LONG_TEXT = 16
_LAST_WORDS = 8


@dataclass(frozen=True, slots=True)
class RankedTail:
    """A tail and the probability that it is the right one, given that the name was cut."""

    tail: str
    probability: float


@dataclass(frozen=True, slots=True)
class OtherName:
    """A whole name that stands in the same document: under the same level-2 label? in the same column?"""

    text: str
    has_same_label: bool
    has_same_column: bool = True


def _no_support(_text: str, _tail: str) -> tuple[int, float]:
    return 0, 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about the tail of one cut name.

    `seen`, `composed` and `phrased` are the answers of the three models. `head_shares` says how often each
    head is what is measured under the name's label and unit; `others` are the other names of the document;
    `printed_unit` is the unit as printed (场次 may stand for 场, and names the head); `support` says behind
    how many of the text's last characters known texts end with a tail, and their votes; `document` are the
    document's other texts, a line each.
    """

    name: str
    level2_id: str | None
    unit: str | None
    seen: Tails
    composed: Tails
    phrased: Tails
    head_shares: dict[str, float]
    others: tuple[OtherName, ...] = ()
    printed_unit: str | None = None
    support: Callable[[str, str], tuple[int, float]] = _no_support
    document: str = ""


@cache
def _weights() -> dict[str, dict[str, float]]:
    settings = load_toml("completion.toml")
    return {
        kind: {feature: float(weight) for feature, weight in settings[kind].items()}
        for kind in ("tail", "none")
    }


def rank_tails(
    evidence: Evidence, weights: Mapping[str, Mapping[str, float]] | None = None
) -> tuple[RankedTail, ...]:
    """The tails of the name, likeliest first, given that it was cut. Their probabilities add up to less than
    1: none of them may be right. `weights` (of the features of a ``tail`` and of ``none``): others than the
    fitted ones of data/completion.toml.
    """
    weights = weights or _weights()
    tails = candidates(evidence)
    scores = [_score(weights["tail"], features) for features in tail_features(evidence, tails)]
    none = _score(weights["none"], none_features(evidence, tails))
    highest = max((*scores, none))
    total = sum(math.exp(score - highest) for score in (*scores, none))
    ranked = [
        RankedTail(tail, math.exp(score - highest) / total) for tail, score in zip(tails, scores, strict=True)
    ]
    return tuple(sorted(ranked, key=lambda found: (-found.probability, found.tail)))


def _score(weights: Mapping[str, float], features: dict[str, float]) -> float:
    return sum(weights[feature] * value for feature, value in features.items())


def candidates(evidence: Evidence) -> list[str]:
    """The tails that are worth a closer look, the likeliest first."""
    shares = _mixed(evidence)
    fitting = {
        tail: share * head_fit(evidence.name + tail, evidence.level2_id, evidence.unit)
        for tail, share in shares.items()
    }
    return sorted(fitting, key=lambda tail: (-fitting[tail], tail))[:_KEPT]


def _mixed(evidence: Evidence) -> dict[str, float]:
    shares: dict[str, float] = {}
    models = (evidence.seen, evidence.composed, evidence.phrased)
    for tails, weight in zip(models, _SHARES_OF_MODELS, strict=True):
        for tail, share in tails.tails:
            shares[tail] = shares.get(tail, 0.0) + share * weight
    return shares


def tail_features(evidence: Evidence, tails: Sequence[str]) -> list[dict[str, float]]:
    """What speaks for and against each of the tails."""
    seen, composed = dict(evidence.seen.tails), dict(evidence.composed.tails)
    mixed = _mixed(evidence)
    same = [other.text for other in evidence.others if other.has_same_label]
    taken = {other.text for other in evidence.others if other.has_same_column}
    rows = []
    for tail in tails:
        name = evidence.name + tail
        visible = _visible_of_head(evidence.name, tail)
        overlap, votes = evidence.support(evidence.name, tail)
        label_fit, unit_fit = head_fits(name, evidence.level2_id, evidence.unit)
        usual = sum(share for head, share in evidence.head_shares.items() if head[-2:] == tail[-2:])
        rows.append(
            {
                "share": math.log(mixed.get(tail, 0.0) + 1e-5),
                "seen": math.log(seen.get(tail, 0.0) + _LEAST_SHARE),
                "composed": math.log(composed.get(tail, 0.0) + _LEAST_SHARE),
                "borne_out": min(overlap, _LONGEST_COMMON) / 2,
                "borne_out_by": math.log(votes + _LEAST_VOTES),
                "label_fit": math.log(label_fit),
                "unit_fit": math.log(unit_fit),
                "not_satisfaction": float(_is_no_satisfaction(name, evidence.level2_id)),
                "repeats": float(name in taken),
                "habit": sum(text.endswith(name[-2:]) for text in same) / (len(same) + 1),
                "visible_one": float(visible == 1),
                "visible_more": float(visible > 1),
                "added": (len(tail) - _shown(evidence, tail)) / 4,
                "usual_head": math.log(usual + _LEAST_SHARE),
                "names_unit": float(_names_unit(name, evidence.printed_unit)),
            }
        )
    return rows


def none_features(evidence: Evidence, tails: Sequence[str]) -> dict[str, float]:
    """What speaks for none of the tails, the likeliest first: for one that neither model knows."""
    unseen = 1 - evidence.seen.share_of_end - sum(share for _, share in evidence.seen.tails)
    return {
        "intercept": 1.0,
        "unseen": math.log(max(0.0, unseen) + 1e-2),
        "alone": float(not evidence.others),
        "long": float(len(evidence.name) >= _LONG_TEXT),
        "ends_with_a_word": float(segmented(evidence.name[-_LAST_WORDS:])[-1:] != (UNKNOWN,)),
        "head_unseen": float(not tails or _visible_of_head(evidence.name, tails[0]) == 0),
    }


def _visible_of_head(name: str, tail: str) -> int:
    """How many characters of the completed name's head were printed: 1 of 准确率 in …发放准|确率."""
    head_id = find_head(name + tail)
    return 0 if head_id is None else max(0, len(vocabulary_entry(head_id).name) - len(tail))


def _is_no_satisfaction(name: str, level2_id: str | None) -> bool:
    """Under 满意度指标 stands nothing but satisfaction."""
    return level2_id == "served_satisfaction" and "满意" not in name


def _shown(evidence: Evidence, tail: str) -> int:
    """How much of the tail the document shows in full: 村卫生室基本药物制|度 where a task is 基本药物制度."""
    anchor = evidence.name[-_ANCHOR:]
    shown = 0
    while shown < len(tail) and anchor + tail[: shown + 1] in evidence.document:
        shown += 1
    return shown


def _names_unit(name: str, printed_unit: str | None) -> bool:
    """Does the name end with its own unit: 场次 with 开展场次, 户 with 户数?"""
    return bool(printed_unit) and name.endswith((f"{printed_unit}数", f"{printed_unit}", f"{printed_unit}次"))

"""How well cut names are completed whose source the vocabulary has never seen.

Every whole name of the vocabulary is cut by one to six characters (at least four stay) and completed with
the name itself and its whole source left out. Two conditions: *alone* (label and unit are known, nothing
else), and *in its table* (the source is a table that was seen; its other names stand around the cut one).
Beside it ``rapidfuzz.extractOne`` over the same vocabulary, as one would do it without this package.

    python benchmarks/complete_names.py            the figures of docs/benchmarks.md
    python benchmarks/complete_names.py --fit      the coefficients for data/completion.toml
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from rapidfuzz import fuzz, process
from scipy.optimize import minimize

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.names.known_texts import (
    KnownText,
    document_index,
    negative_index,
    vocabulary_index,
    vocabulary_votes,
)
from goaltables.normalizers.names.tail_grammar import TailGrammar
from goaltables.normalizers.names.tail_model import TailModel
from goaltables.normalizers.names.tail_phrases import (
    TailPhrases,
    phrase_votes,
    vocabulary_phrase_votes,
)
from goaltables.normalizers.names.tail_ranking import (
    Evidence,
    OtherName,
    RankedTail,
    candidates,
    none_features,
    rank_tails,
    tail_features,
)
from goaltables.normalizers.names.tail_words import vocabulary_word_counts, word_counts
from goaltables.normalizers.names.vocabulary import VocabularyEntry, name_key, vocabulary

CUTS = (1, 2, 3, 4, 6)
LEAST_VISIBLE = 4
# The lengths that the first table counts together.
MOST_COUNTED = 3
FUZZY_SCORE = 80


@dataclass(frozen=True, slots=True)
class Case:
    """A name, the part that is left of it, and what ranks as its tail."""

    entry: VocabularyEntry
    printed: str
    evidence: Evidence
    ranked: tuple[RankedTail, ...]

    @property
    def tail(self) -> str:
        return self.entry.name[len(self.printed) :]

    def is_right(self, tail: str) -> bool:
        return name_key(self.printed + tail) == name_key(self.entry.name)


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of all cases."""

    exact: float
    wrong: float

    @property
    def abstained(self) -> float:
        return 1 - self.exact - self.wrong


def whole_names() -> list[VocabularyEntry]:
    return [entry for entry in vocabulary() if entry.kind == "name"]


def held_out(entry: VocabularyEntry) -> frozenset[int]:
    """The texts of the vocabulary that may not be asked: the same name, and all of the same source."""
    sources = set(entry.sources)
    held = {number for number, of_text in enumerate(_sources_of_texts()) if of_text <= sources}
    return frozenset(held | set(_numbers_by_key()[name_key(entry.name)]))


@cache
def _sources_of_texts() -> list[set[str]]:
    """The sources of each text of the index that is the vocabulary's."""
    return [set(entry.sources) for entry in vocabulary() for _ in (entry.name, *entry.aliases)]


@cache
def _numbers_by_key() -> dict[str, list[int]]:
    """The texts of the index by their key."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, known in enumerate(vocabulary_index().texts):
        found[name_key(known.text)].append(number)
    return found


def tables() -> dict[str, list[VocabularyEntry]]:
    """The names of each source that is one printed table (S…)."""
    found: dict[str, list[VocabularyEntry]] = defaultdict(list)
    for entry in whole_names():
        for source in entry.sources:
            if source.startswith("S"):
                found[source].append(entry)
    return found


def cases(in_table: bool) -> Iterator[Case]:
    by_table = tables()
    for entry in whole_names():
        siblings = {
            s.name: s for source in entry.sources for s in by_table.get(source, ()) if s.id != entry.id
        }
        if in_table and not siblings:
            continue
        query = (entry.level2[0] if entry.level2 else None, entry.units[0] if entry.units else None)
        held = negative_index(held_out(entry)).votes(*query)
        votes = [vocabulary_votes(*query), held]
        counts = [vocabulary_word_counts(*query), word_counts(held)]
        phrases = [vocabulary_phrase_votes(*query), phrase_votes(held)]
        if in_table:
            document = document_index(KnownText(s.name, s.level2, s.units) for s in siblings.values())
            votes.append(document.votes(*query))
            counts.append(word_counts(votes[-1]))
            phrases.append(phrase_votes(votes[-1]))
        model = TailModel(votes)
        grammar = TailGrammar(counts, *query)
        composer = TailPhrases(phrases, grammar)
        others = tuple(OtherName(s.name, query[0] in s.level2) for s in siblings.values() if in_table)
        for cut in CUTS:
            printed = entry.name[:-cut]
            if len(printed) >= LEAST_VISIBLE:
                evidence = Evidence(
                    printed,
                    *query,
                    seen=model.tails(printed),
                    composed=grammar.tails(printed),
                    phrased=composer.tails(printed),
                    support=composer.support,
                    document="\n".join(siblings) if in_table else "",
                    head_shares=model.head_shares,
                    others=others,
                    printed_unit=query[1],
                )
                yield Case(entry, printed, evidence, rank_tails(evidence))


def completer_score(found: Sequence[Case], threshold: float) -> Score:
    accepted = [case for case in found if case.ranked and case.ranked[0].probability >= threshold]
    exact = sum(case.is_right(case.ranked[0].tail) for case in accepted)
    return Score(exact / len(found), (len(accepted) - exact) / len(found))


def fuzzy_score(found: Sequence[Case], scorer: Callable[..., float]) -> Score:
    texts = [text for other in vocabulary() for text in (other.name, *other.aliases)]
    exact = wrong = 0
    excluded: dict[str, list[str]] = {}
    for case in found:
        if case.entry.id not in excluded:
            without = held_out(case.entry)
            excluded = {case.entry.id: [text for number, text in enumerate(texts) if number not in without]}
        match = process.extractOne(
            case.printed, excluded[case.entry.id], scorer=scorer, score_cutoff=FUZZY_SCORE
        )
        if match is not None:
            exact += match[0] == case.entry.name
            wrong += match[0] != case.entry.name
    return Score(exact / len(found), wrong / len(found))


def reliability(found: Sequence[Case]) -> list[tuple[str, int, float, float]]:
    """Of the likeliest tails: band of the stated probability, cases, mean stated, share that is right."""
    rows = []
    for low in np.arange(0, 1, 0.1):
        band = [c for c in found if c.ranked and low <= c.ranked[0].probability < low + 0.1]
        if band:
            stated = float(np.mean([c.ranked[0].probability for c in band]))
            right = float(np.mean([c.is_right(c.ranked[0].tail) for c in band]))
            rows.append((f"{low:.1f}-{low + 0.1:.1f}", len(band), stated, right))
    return rows


def fit(found: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Weights of the softmax over the tails of each case and "none", by maximum likelihood, with a ridge."""
    described = [describe(case) for case in found]
    tail_names, none_names = list(described[0][0][0]), list(described[0][1])
    most = max(len(tails) for tails, _, _ in described)
    inputs = np.zeros((len(found), most, len(tail_names)))
    absent = np.full((len(found), most), -1e9)
    none_inputs = np.array([[none[name] for name in none_names] for _, none, _ in described])
    right = np.array([most if right is None else right for _, _, right in described])
    for number, (tails, _, _) in enumerate(described):
        inputs[number, : len(tails)] = [[tail[name] for name in tail_names] for tail in tails]
        absent[number, : len(tails)] = 0

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        of_tails, of_none = weights[: len(tail_names)], weights[len(tail_names) :]
        scores = np.concatenate([inputs @ of_tails + absent, (none_inputs @ of_none)[:, None]], axis=1)
        scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
        excess = np.exp(scores)
        excess[np.arange(len(found)), right] -= 1
        gradient = np.concatenate(
            [np.einsum("ct,ctf->f", excess[:, :most], inputs), excess[:, most] @ none_inputs]
        )
        likelihood = scores[np.arange(len(found)), right].sum()
        return float(0.5 * (weights**2).sum() - likelihood), gradient + weights

    start = np.zeros(len(tail_names) + len(none_names))
    best = [round(float(weight), 3) for weight in minimize(loss, start, jac=True, method="L-BFGS-B").x]
    return {
        "tail": dict(zip(tail_names, best[: len(tail_names)], strict=True)),
        "none": dict(zip(none_names, best[len(tail_names) :], strict=True)),
    }


def cross_fitted(found: Sequence[Case]) -> list[Case]:
    """The cases ranked with weights that were fitted on the other half of the sources."""
    halves = [[case for case in found if _half(case) == half] for half in (0, 1)]
    weights = [fit(halves[1]), fit(halves[0])]
    return [replace(case, ranked=rank_tails(case.evidence, weights[_half(case)])) for case in found]


def _half(case: Case) -> int:
    return zlib.crc32(case.entry.sources[0].encode()) % 2


def describe(case: Case) -> tuple[list[dict[str, float]], dict[str, float], int | None]:
    """The features of the tails that are looked at, those of "none", and which tail is right."""
    tails = candidates(case.evidence)
    right = next((number for number, tail in enumerate(tails) if case.is_right(tail)), None)
    return (
        tail_features(case.evidence, tails),
        none_features(case.evidence, tails),
        right,
    )


def table(alone: Sequence[Case], in_table: Sequence[Case]) -> str:
    """The figures as Markdown: cuts of up to MOST_COUNTED characters together, then each length of cut."""
    conditions = {"alone": alone, "in its table": in_table}
    lines = ["| method | condition | cases | exact | abstains | wrong |", "|---|---|---:|---:|---:|---:|"]
    for label, found in conditions.items():
        counted = [case for case in found if len(case.tail) <= MOST_COUNTED]
        methods = {
            **{name: completer_score(counted, threshold) for name, threshold in thresholds().items()},
            f"rapidfuzz WRatio ≥ {FUZZY_SCORE}": fuzzy_score(counted, fuzz.WRatio),
            f"rapidfuzz partial_ratio ≥ {FUZZY_SCORE}": fuzzy_score(counted, fuzz.partial_ratio),
        }
        lines += [_line(f"{method} | {label}", len(counted), score) for method, score in methods.items()]
    lines += ["", "| characters cut | condition | method | cases | exact | abstains | wrong |"]
    lines.append("|---|---|---|---:|---:|---:|---:|")
    for label, found in conditions.items():
        for cut in CUTS:
            part = [case for case in found if len(case.tail) == cut]
            lines += [
                _line(f"{cut} | {label} | {name}", len(part), completer_score(part, threshold))
                for name, threshold in thresholds().items()
            ]
    lines += ["", "| stated probability | cases | mean stated | right |", "|---|---:|---:|---:|"]
    lines += [
        f"| {band} | {count} | {stated:.2f} | {right:.2f} |"
        for band, count, stated, right in reliability([*alone, *in_table])
    ]
    return "\n".join(lines)


def thresholds() -> dict[str, float]:
    """The two ways to publish: what is sure, and what is offered as doubtful as well."""
    decision = load_toml("completion.toml")["decision"]
    names = {"completed": decision["complete_from"], "completed or offered": decision["guess_from"]}
    return {f"{name}, p ≥ {threshold}": threshold for name, threshold in names.items()}


def _line(head: str, cases: int, score: Score) -> str:
    shares = (score.exact, score.abstained, score.wrong)
    return f"| {head} | {cases} | " + " | ".join(f"{100 * share:.1f} %" for share in shares) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fit", action="store_true", help="print coefficients instead of figures")
    arguments = parser.parse_args()
    alone, in_table = list(cases(in_table=False)), list(cases(in_table=True))
    if arguments.fit:
        for kind, weights in fit([*alone, *in_table]).items():
            lines = [f"{feature} = {weight}" for feature, weight in weights.items()]
            sys.stdout.write("\n".join([f"[{kind}]", *lines, "", ""]))
    else:
        both = cross_fitted([*alone, *in_table])
        sys.stdout.write(table(both[: len(alone)], both[len(alone) :]) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

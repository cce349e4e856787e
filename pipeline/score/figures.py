"""The shares that a group of documents comes to, from its tallies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from goaltables.pipeline.score.measures import ALIGNED_KEYS, CODES, FORM_KEYS, STRICTNESS, document_tallies
from goaltables.pipeline.score.tables import HEADER
from goaltables.pipeline.score.tally import DIGITS, Tallies, Tally, added
from goaltables.pipeline.score.truth import TruthDocument

Figures: TypeAlias = dict[str, Any]  # what ``goaltables score --json`` prints of a group


@dataclass(frozen=True, slots=True)
class ScoredDocument:
    """A document of the truth with its tallies; `status` is its record's, None where it has no record."""

    truth: TruthDocument
    status: str | None
    tallies: Tallies


def scored(truth: TruthDocument) -> ScoredDocument:
    """Compare one document with its record."""
    record = truth.record
    return ScoredDocument(
        truth,
        record.status if record else None,
        document_tallies(truth.tables, record.tables if record else ()),
    )


def all_figures(documents: Sequence[ScoredDocument]) -> Figures:
    """The figures over all documents, over each group, and of each document."""
    groups: dict[str, list[ScoredDocument]] = {}
    for document in documents:
        for group in document.truth.groups:
            groups.setdefault(group, []).append(document)
    return {
        "overall": group_figures(documents),
        "groups": {name: group_figures(members) for name, members in sorted(groups.items())},
        "documents": {document.truth.id: _figures([document]) for document in documents},
    }


def group_figures(documents: Sequence[ScoredDocument]) -> Figures:
    """The figures of a group, with the mean over its documents beside the shares over its records."""
    each = [f1 for document in documents if (f1 := document.tallies["indicators.strict1"].f1) is not None]
    mean = round(sum(each) / len(each), DIGITS) if each else None
    return {**_figures(documents), "macro_indicator_f1": mean}


def _figures(documents: Sequence[ScoredDocument]) -> Figures:
    tallies = added(count for document in documents for count in document.tallies.items())
    return {
        "documents": len(documents),
        "missing_predictions": sum(document.status is None for document in documents),
        "failed_predictions": sum(document.status == "failed" for document in documents),
        "detection": tallies["detection"].figures(),
        "metadata": _header(tallies),
        "fields": tallies["fields"].share,
        "budget": _shares(tallies, "budget", ("exact", "value", "name", "content")),
        "indicators": _indicators(tallies),
        "accuracy_aligned": _shares(tallies, "aligned", (*ALIGNED_KEYS, *FORM_KEYS)),
        "cer": _shares(tallies, "cer", ("name", "value_text", "annual_goal", "midterm_goal")),
        "completion": {
            "truncated": int(tallies["completion.full_exact"].truth),
            **_shares(tallies, "completion", ("full_exact", "tail_right", "false_completion")),
        },
        "findings": _findings(tallies),
        "review": _shares(tallies, "review", ("asked", "wrong_asked")),
        "cells": {
            "pages": int(tallies["cells.pages"].truth),
            "pages_predicted": int(tallies["cells.pages"].hit),
            "adjacency": tallies["cells.adjacency"].figures(),
            "grits_con": tallies["cells.grits_con"].f1,
            "grits_top": tallies["cells.grits_top"].f1,
        },
    }


def _header(tallies: Tallies) -> Figures:
    together = sum((tallies[f"metadata.{key}"] for key in HEADER), Tally())
    return {**_shares(tallies, "metadata", HEADER), "all": together.share}


def _indicators(tallies: Tallies) -> Figures:
    counted = tallies["indicators.strict1"]
    return {
        **{strictness: tallies[f"indicators.{strictness}"].figures() for strictness in STRICTNESS},
        "aligned_recall": tallies["indicators.aligned"].share,
        "truth": int(counted.truth),
        "predicted": int(counted.predicted),
    }


def _findings(tallies: Tallies) -> Figures:
    found = tallies["findings"]
    false = Tally(found.predicted - found.hit, found.predicted)
    tables = Tally(false.hit, tallies["detection"].truth)
    return {
        "recall": found.share,
        "false_alarm_rate": false.share,
        "false_alarms_per_table": tables.share,
        "truth": int(found.truth),
        "predicted": int(found.predicted),
        "by_code": {
            code: {"truth": int(tally.truth), "predicted": int(tally.predicted), "hit": int(tally.hit)}
            for code in CODES
            if (tally := tallies[f"findings.{code}"]).truth or tally.predicted
        },
    }


def _shares(tallies: Tallies, area: str, names: Sequence[str]) -> dict[str, float | None]:
    return {name: tallies[f"{area}.{name}"].share for name in names}

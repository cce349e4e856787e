"""How often readings of each stated confidence are right, and the weights that make it so.

    python -m fixtures.make_stress --pictures --documents 80 --seed 301 --out FOLDER
    python -m benchmarks.confidence evidence FOLDER --out FILE   what the trust in each cell rests on
    python -m benchmarks.confidence fit FILE                     weights for normalizers/data/confidence.toml
    python -m benchmarks.confidence table FILE                   the reliability table of docs/reading.md

Fit on one seed and look at the table of another. The evidence of each true cell that was found is gathered
after its text was chosen; it is right when it says what the truth says (width, white space and glyph twins
do not count). The fit is a logistic regression with a small ridge; a weight whose sign cannot be meant
(a seal that makes a reading surer) is held at 0.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from fixtures.cell_truth import TrueDocument, folded, read_pictures, true_documents, with_truth
from goaltables.extractors.engines import build_engine
from goaltables.normalizers.rereading.cell_kinds import cell_kinds
from goaltables.normalizers.rereading.confidence import (
    REVIEW_BELOW,
    confidence,
    evidence,
    is_weighed,
    page_doubt,
)
from goaltables.normalizers.rereading.expectation import Kind
from goaltables.normalizers.rereading.reread import with_likeliest_texts
from goaltables.normalizers.rereading.traditional import with_simplified_texts
from goaltables.records import OcrEngine

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]

RIDGE = 0.3
# Signs that weights may have: more of it makes a reading surer, or more doubtful.
SURER = ("choice", "reader", "sure", "known")
DOUBTFUL = ("unlikely", "under-seal", "ink-not-read", "crosses-edge", "page-doubt", "operator-suspect")
EDGES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)


def rows_of(document: TrueDocument, engine: OcrEngine) -> Iterator[Row]:
    """Of each true cell that was found: kind, evidence, what was read, and whether it is right."""
    pages = with_simplified_texts(with_likeliest_texts(read_pictures(document, engine)))
    kinds = cell_kinds(pages)
    for page in pages:
        doubt = page_doubt(page)
        for cell, truth in with_truth(page, document):
            if not is_weighed(cell):
                if folded(truth):
                    yield {"document": document.name, "kind": "blank", "read": "", "truth": truth}
                continue
            kind = kinds.get(id(cell), Kind.TEXT)
            yield {
                "document": document.name,
                "reader": cell.reader,
                "kind": kind.value,
                "evidence": evidence(cell, kind, doubt),
                "read": cell.text,
                "truth": truth,
                "is_right": folded(cell.text) == folded(truth),
            }


def gather(folder: Path, out: Path, engine: OcrEngine, most: int) -> None:
    documents = list(true_documents(folder))[:most]
    with out.open("w", encoding="utf-8") as file:
        for number, document in enumerate(documents, start=1):
            start = time.process_time()
            for row in rows_of(document, engine):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            print(
                f"{number}/{len(documents)} {document.name} {time.process_time() - start:.0f} s", flush=True
            )


def weighed_rows(file: Path) -> tuple[list[Row], int]:
    """The rows with evidence, and how many printed cells were taken for blank."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    weighed = [row for row in rows if "evidence" in row]
    return weighed, len(rows) - len(weighed)


def fit(rows: Sequence[Row]) -> dict[str, float]:
    """The weights under which the readings' confidences are likeliest."""
    names = sorted(rows[0]["evidence"])
    x = np.array([[row["evidence"][name] for name in names] for row in rows], np.float64)
    y = np.array([row["is_right"] for row in rows], np.float64)
    scale = np.maximum(np.abs(x).max(axis=0), 1e-9)
    design = np.hstack([np.ones((len(x), 1)), x / scale])

    def loss(w: Floats) -> tuple[float, Floats]:
        score = design @ w
        likelihood = np.logaddexp(0, -score) * y + np.logaddexp(0, score) * (1 - y)
        ridge = np.concatenate(([0.0], w[1:]))
        gradient = design.T @ (1 / (1 + np.exp(-score)) - y) + RIDGE * ridge
        return float(likelihood.sum() + RIDGE / 2 * (ridge**2).sum()), gradient

    bounds = [(None, None)] + [
        (0.0, None) if name in SURER else (None, 0.0) if name in DOUBTFUL else (None, None) for name in names
    ]
    found = minimize(loss, np.zeros(design.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B").x
    return {"intercept": float(found[0])} | dict(zip(names, (found[1:] / scale).tolist(), strict=True))


def print_table(rows: Sequence[Row], lost: int) -> None:
    stated = np.array([confidence(row["evidence"], row["reader"]) for row in rows])
    right = np.array([row["is_right"] for row in rows])
    print("| stated | cells | mean stated | right |\n|---|---|---|---|")
    error = 0.0
    for low, high in pairwise(EDGES):
        inside = (stated >= low) & (stated < high if high < 1 else stated <= 1)
        if inside.any():
            mean, share = stated[inside].mean(), right[inside].mean()
            error += abs(mean - share) * inside.sum() / len(rows)
            print(f"| {low:.2f}–{high:.2f} | {inside.sum():,} | {mean:.3f} | {share:.3f} |")
    print(f"\nexpected calibration error {error:.4f}; {lost} printed cells taken for blank")
    kinds = np.array([row["kind"] for row in rows])
    for below in sorted({REVIEW_BELOW, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99}):
        flagged = stated < below
        told = [f"below {below}: {flagged.mean():.1%} of {len(rows):,} cells"]
        for kind in ("name", "value", "operator"):
            wrong = ~right & (kinds == kind)
            told.append(f"{(wrong & flagged).sum()} of {wrong.sum()} wrong {kind}s")
        told.append(f"{(~right & flagged).sum()} of {(~right).sum()} wrong cells")
        print("; ".join(told))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    gathering = commands.add_parser("evidence")
    gathering.add_argument("folder", type=Path)
    gathering.add_argument("--out", type=Path, required=True)
    gathering.add_argument("--reader", default="rapidocr")
    gathering.add_argument("--documents", type=int, default=1000)
    for name in ("fit", "table"):
        commands.add_parser(name).add_argument("file", type=Path)
    options = parser.parse_args()
    if options.command == "evidence":
        gather(options.folder, options.out, build_engine(options.reader), options.documents)
        return
    rows, lost = weighed_rows(options.file)
    if options.command == "table":
        print_table(rows, lost)
        return
    for reader in sorted({row["reader"] for row in rows}):
        print(f"[readers.{reader}]")
        for name, value in fit([row for row in rows if row["reader"] == reader]).items():
            if abs(value) > 1e-6:
                print(f"{name} = {value:.4f}")


if __name__ == "__main__":
    main()

"""Fits the edge model (extractors/data/edge_model.json).

    python -m benchmarks.fit_edges [--documents N] [--seed N] [--tight SHARE] [--write solid|worn]

Pages are made and harmed as for the stress set (``fixtures.make_stress``), so that the true cells of every
page are known, also through a warp. The lines that the grid finder sees on a page give edges; an edge is
*drawn* when it lies on a side of a true cell. Two logistic regressions are fitted on what the finder is
told of its edges (`edge_features`), each edge also seen from the other side, and these once for pages whose
rules are solid and once for those where they are worn. A third of the documents is held out for the figures
that are printed: wrong edges one by one, and tables whose tiling is right edge for edge.

The model of solid rules learnt tight rows as well; that of worn rules did not, and was worse with them:

    python -m benchmarks.fit_edges --seed 1 --documents 400 --tight 0.4 --write solid
    python -m benchmarks.fit_edges --seed 5 --documents 280 --write worn

Needs what ``fixtures.make_stress`` needs. Some ten seconds a document, one process a core.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.spatial import cKDTree

from fixtures import make_stress
from fixtures.making.layout import PlacedCell
from fixtures.making.picture import Bend, Matrix
from fixtures.making.stress_damage import DAMAGES
from fixtures.making.stress_layouts import LAYOUTS
from fixtures.making.stress_print import draw, draw_hand
from goaltables.extractors.open_document import open_document
from goaltables.extractors.picture.edge_features import FEATURES
from goaltables.extractors.picture.edge_model import Wear
from goaltables.extractors.picture.raster_cells import Edges, best_edges, is_tiling
from goaltables.extractors.picture.raster_grid import END_COST, TableEdges, table_edges
from goaltables.extractors.picture.rectify import UprightPage, make_upright

Floats = npt.NDArray[np.float64]
Models = dict[tuple[Wear, str], tuple[float, Floats]]
"""Intercept and weights by wear and direction."""

MODEL = Path(__file__).resolve().parents[1] / "extractors" / "data" / "edge_model.json"
SOURCE = "fitted on pages of fixtures/making under the damages of fixtures/making/stress_damage.py"
# Which way is up is for a reader to say, and the ruled tables are what is fitted.
UNTURNED = tuple(d for d in DAMAGES if not d.name.startswith(("scan-quarter", "scan-upside", "scan-rotate")))
# The hardest to learn come more often than in the stress set.
LEARNT = UNTURNED + 3 * tuple(d for d in UNTURNED if d.name in ("scan-broken", "scan-copy", "fax-coarse"))
WEARS: tuple[Wear, ...] = ("solid", "worn")
# What is whole on a worn page is chance: these say nothing there that "broad" and the print do not.
OF_WHOLE_RULES = (
    "straight", "end_least", "end_most", "runs_on", "floating", "contrast", "line_most",
    "run_across_unseen", "loose_run_across_unseen",
)  # fmt: skip
RULED = tuple(name for name in LAYOUTS if name not in ("open", "dense"))
DPI = 200.0
NEAR_EM = 0.35
FRAMED = 0.7
MOST_PAGES = 2
PENALTY = 3.0
BELIEVED = 3.0
"""Log odds against its label beyond which an edge's label is not believed."""
SUREST = 6.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """The edges of one table, and which of them lie on a true cell's side: rows, then columns."""

    edges: TableEdges
    rows: npt.NDArray[np.bool_]
    columns: npt.NDArray[np.bool_]

    @property
    def is_framed(self) -> bool:
        """Whether its outer lines are a true table's: what shines through from the back has no true cells."""
        frame = np.concatenate([self.rows[[0, -1]].ravel(), self.columns[[0, -1]].ravel()])
        return bool(frame.mean() > FRAMED)


def documents(seed: int, count: int, share_of_tight: float) -> Iterator[list[Labelled]]:
    """The labelled tables of `count` made documents, a share of them with rows as tight as their print."""
    rng = random.Random(seed)  # noqa: S311 - a test corpus, not a secret
    layouts = [rng.choice(RULED) for _ in range(count)]
    with ProcessPoolExecutor() as pool:
        yield from pool.map(_document, repeat(seed), range(count), layouts, repeat(share_of_tight))


def _document(seed: int, k: int, layout: str, share_of_tight: float) -> list[Labelled]:
    """The labelled tables of the document `k`."""
    damage = LEARNT[k % len(LEARNT)]
    own = random.Random(f"{seed}:{k}")  # noqa: S311 - as above
    hand = draw_hand(own, "dotted" if damage.name == "scan-dotted" else "")
    if share_of_tight and own.random() < share_of_tight:
        hand = replace(hand, tight=own.uniform(*make_stress.TIGHT))
    parts = make_stress.parts_of(own, layout, hand)
    sheets = [sheet for part in parts for sheet in part.sheets]
    pages = make_stress.harmed(draw(sheets, hand, "x"), parts, damage, np.random.default_rng([seed, k]), "x")
    found: list[Labelled] = []
    with open_document(pages.data) as opened:
        for n, sheet in enumerate(sheets[:MOST_PAGES]):
            picture = opened.picture(n + 1, DPI)
            page = make_upright(picture, opened.page_geometry(n + 1).width / picture.shape[1])
            sides = cKDTree(_sides(sheet.cells, pages.ways[n], pages.bends[n]))
            labelled = (_labelled(edges, page, sides) for edges in table_edges(page))
            found += [table for table in labelled if table.is_framed]
    print(k + 1, damage.name, layout, len(found), flush=True)
    return found


def _sides(cells: Sequence[PlacedCell], way: Matrix, bend: Bend | None) -> Floats:
    """Points on the sides of all cells, two points of paper apart, in units of the page."""
    points = []
    for cell in cells:
        x0, y0, x1, y1 = cell.box
        xs, ys = np.arange(x0, x1, 2.0), np.arange(y0, y1, 2.0)
        points += [np.stack([xs, np.full_like(xs, y)]) for y in (y0, y1)]
        points += [np.stack([np.full_like(ys, x), ys]) for x in (x0, x1)]
    flat = np.concatenate(points, axis=1)
    moved = way @ np.vstack([bend(flat) if bend is not None else flat, np.ones(flat.shape[1])])
    return np.asarray((moved[:2] / moved[2]).T, np.float64)


def _labelled(edges: TableEdges, page: UprightPage, sides: cKDTree) -> Labelled:
    corners = page.transform.to_page(np.array([[0.0, 0.0], [page.em, 0.0]]))
    near = NEAR_EM * float(np.hypot(*(corners[1] - corners[0])))

    def drawn(lines: Sequence[Any], ends: Sequence[Any], *, upright: bool) -> npt.NDArray[np.bool_]:
        found = np.zeros((len(lines), len(ends) - 1), bool)
        for i, line in enumerate(lines):
            for j in range(len(ends) - 1):
                along = np.linspace(ends[j].at, ends[j + 1].at, 13)[2:-2]
                at = np.interp(along, *line.path)
                points = np.stack([at, along] if upright else [along, at], axis=1) / edges.scale
                distance, _ = sides.query(page.transform.to_page(points))
                found[i, j] = np.mean(distance < near) > 0.5
        return found

    return Labelled(
        edges,
        drawn(edges.table.rows, edges.table.columns, upright=False),
        drawn(edges.table.columns, edges.table.rows, upright=True),
    )


def seen_from_both_sides(features: Floats) -> Floats:
    """The features, and the same with before and after exchanged."""
    other = [FEATURES.index(_exchanged(name)) for name in FEATURES]
    return np.concatenate([features, features[:, other]])


def _exchanged(name: str) -> str:
    return name.replace("before", "#").replace("after", "before").replace("#", "after")


def fit(features: Floats, drawn: npt.NDArray[np.bool_]) -> tuple[float, Floats]:
    """Intercept and weights of a logistic regression with a ridge on standardised features.

    Fitted twice: a handful among 100,000 edges is labelled against all that is seen of it (a line that two
    rules share, a rule that was erased), and would weigh more than all others.
    """
    intercept, weights = _regression(features, drawn)
    margin = np.where(drawn, 1.0, -1.0) * (features @ weights + intercept)
    kept = margin > -BELIEVED
    return _regression(features[kept], drawn[kept])


def _regression(features: Floats, drawn: npt.NDArray[np.bool_]) -> tuple[float, Floats]:
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    x, sign = (features - mean) / spread, np.where(drawn, 1.0, -1.0)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        margin = sign * (x @ parameters[1:] + parameters[0])
        slope = -sign / (1 + np.exp(np.clip(margin, -50, 50)))
        value = float(np.logaddexp(0, -margin).sum() + PENALTY * (parameters[1:] ** 2).sum())
        return value, np.concatenate([[slope.sum()], slope @ x + 2 * PENALTY * parameters[1:]])

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    weights = found.x[1:] / spread
    return float(found.x[0] - weights @ mean), np.asarray(weights, np.float64)


def inner(tables: Sequence[Labelled], wear: Wear, direction: str) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Features and truth of the inner lines' edges: the outer box is drawn in any case.

    What is worn is learnt from all pages whose rules are broken, dashed ones too: there are few of them.
    """
    tables = [t for t in tables if t.edges.is_broken == (wear == "worn")]
    features = [getattr(t.edges, f"{direction}_features")[1:-1].reshape(-1, len(FEATURES)) for t in tables]
    truth = [(t.rows if direction == "row" else t.columns)[1:-1].ravel() for t in tables]
    known = np.array([wear == "solid" or name not in OF_WHOLE_RULES for name in FEATURES])
    return np.concatenate(features) * known, np.concatenate(truth)


def fitted(tables: Sequence[Labelled]) -> Models:
    """The models of both wears and directions, fitted on these tables."""
    models: Models = {}
    for wear in WEARS:
        for direction in ("row", "column"):
            features, truth = inner(tables, wear, direction)
            models[wear, direction] = fit(seen_from_both_sides(features), np.concatenate([truth, truth]))
    return models


def judge(tables: Sequence[Labelled], models: Models) -> dict[str, float]:
    """Shares of wrong inner edges, one by one, and of tables whose tiling is right edge for edge."""
    result: dict[str, float] = {}
    for (wear, direction), (intercept, weights) in models.items():
        features, truth = inner(tables, wear, direction)
        wrong = np.mean((features @ weights + intercept > 0) != truth)
        result[f"wrong {direction} edges, {wear}"] = float(wrong)
    for wear in WEARS:
        right = [
            _is_right(t, models)
            for t in tables
            if t.edges.wear == wear and is_tiling(Edges(t.rows, t.columns.T))
        ]
        result |= {f"tables right, {wear}": float(np.mean(right)), f"tables, {wear}": float(len(right))}
    return result


def _is_right(t: Labelled, models: Models) -> bool:
    row, column = (
        np.clip(features @ weights + intercept, -SUREST, SUREST)
        for features, (intercept, weights) in (
            (t.edges.row_features, models[t.edges.wear, "row"]),
            (t.edges.column_features, models[t.edges.wear, "column"]),
        )
    )
    found = best_edges(row, column.T, END_COST)
    same = np.array_equal(found.rows[1:-1], t.rows[1:-1])
    return same and np.array_equal(found.columns[:, 1:-1], t.columns.T[:, 1:-1])


def write(models: Models, wear: Wear, source: str) -> None:
    """Write the model of one wear into the data file, which keeps the other."""
    model: dict[str, Any] = json.loads(MODEL.read_text(encoding="utf-8"))
    model[wear] = {"source": source}
    for direction in ("row", "column"):
        intercept, weights = models[wear, direction]
        named = {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)}
        model[wear][direction] = {"intercept": round(intercept, 4), "weights": named}
    MODEL.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--tight", type=float, default=0.0, help="share with rows as tight as their print")
    parser.add_argument("--write", choices=WEARS, help="write this model, fitted on all documents")
    options = parser.parse_args()
    made = list(documents(options.seed, options.documents, options.tight))
    cut = len(made) * 2 // 3
    learnt, held_out = ([t for tables in part for t in tables] for part in (made[:cut], made[cut:]))
    print(json.dumps(judge(held_out, fitted(learnt)), indent=1))
    if options.write:
        run = f"--seed {options.seed} --documents {options.documents} --tight {options.tight:g}"
        write(fitted([*learnt, *held_out]), options.write, f"{SOURCE}; benchmarks/fit_edges.py {run}")


if __name__ == "__main__":
    main()

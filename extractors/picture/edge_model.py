"""The edge model: the log odds that an edge is drawn, from what it looks like.

Logistic regressions, one for rows and one for columns, over the features of `edge_features`; and these once
for pages whose rules are solid and once for those where they are worn (dotted, broken, faded): there a white
stretch says little, and the print has to tell. They were fitted on pages this project makes and harms itself,
whose true cells are known (``benchmarks/fit_edges.py`` makes them again); the weights lie in
``data/edge_model.json``. The sum of the log odds over the drawn edges of a tiling is the logarithm of how
likely that tiling is: the best tiling is the likeliest table.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.edge_features import FEATURES

Floats = npt.NDArray[np.float64]
Wear: TypeAlias = Literal["solid", "worn"]

SUREST = 6.0
"""Log odds beyond which nobody's judgement of one edge should go."""


def log_odds(features: Floats, wear: Wear, direction: str) -> Floats:
    """``(lines, edges, features)`` -> ``(lines, edges)``; above 0: likelier drawn than not."""
    intercept, weights = _model(wear, direction)
    return np.asarray(np.clip(features @ weights + intercept, -SUREST, SUREST), np.float64)


@cache
def _model(wear: Wear, direction: str) -> tuple[float, Floats]:
    path = files("goaltables.extractors.data") / "edge_model.json"
    model = json.loads(path.read_text(encoding="utf-8"))[wear][direction]
    return float(model["intercept"]), np.array([model["weights"][name] for name in FEATURES])

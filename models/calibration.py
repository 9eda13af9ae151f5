"""Scores to probabilities: the one door for fitted maps, which ship as data.

A map is a logistic model over named features (Platt 2000); `fit` makes it from judged examples, and its JSON form lies beside the
module that uses it. How good a confidence is (expected calibration error, reliability) is measured in `eval`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def sigmoid(z: float) -> float:
    """The logistic function, without overflow."""
    return 1.0 / (1.0 + math.exp(-max(min(z, 40.0), -40.0)))


def log_odds(chance: float, least: float) -> float:
    """The inverse of `sigmoid`; chances below `least` or above 1 − `least` count as these."""
    p = min(max(chance, least), 1 - least)
    return math.log(p / (1 - p))


def weighed(evidence: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Log odds: the sum of the evidence with these weights, and their bias."""
    return sum(weight * evidence[name] for name, weight in weights.items() if name != "bias") + weights["bias"]


@dataclass(frozen=True, slots=True)
class Logistic:
    """A bias and a weight for each named feature; together they give log-odds."""

    weights: Mapping[str, float]
    bias: float = 0.0

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """The probability of each row of `features` (n, number of weights), in the order of the weights."""
        import numpy as np

        odds = np.asarray(features, dtype=np.float64) @ np.array(list(self.weights.values())) + self.bias
        return 1 / (1 + np.exp(-np.clip(odds, -40, 40)))


def fit(names: Sequence[str], features: np.ndarray, right: np.ndarray, *, pull: float = 1.0) -> Logistic:
    """The map that makes the judgements most likely; `pull` draws the weights (not the bias) quadratically to 0."""
    import numpy as np
    from scipy.optimize import minimize

    rows = np.column_stack([features, np.ones(len(features))])
    sign = 2 * np.asarray(right, dtype=np.float64) - 1

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        odds = rows @ w
        drawn = np.append(w[:-1], 0.0)
        slope = -(rows.T @ (sign / (1 + np.exp(np.clip(sign * odds, -40, 40)))))
        return float(np.logaddexp(0, -sign * odds).sum() + pull * (drawn**2).sum() / 2), slope + pull * drawn

    w = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x
    return Logistic(dict(zip(names, (round(float(x), 4) for x in w[:-1]), strict=True)), round(float(w[-1]), 4))


def load(path: Path) -> dict[str, Logistic]:
    """The maps of a JSON file, by name."""
    return {name: Logistic(**content) for name, content in json.loads(path.read_text(encoding="utf-8")).items()}


def save(path: Path, maps: Mapping[str, Logistic]) -> None:
    """Write the maps to a JSON file."""
    content = {name: asdict(found) for name, found in maps.items()}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

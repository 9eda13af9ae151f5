"""How sure a pair of reports is: a logistic model with a named weight for every kind of evidence, then one for its rivals.

The weights stand in `pairing.json`; `benchmarks/train_pairing.py` fits them.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .pairing_evidence import Evidence

if TYPE_CHECKING:
    import numpy as np


@cache
def parameters() -> dict[str, Any]:
    """The fitted model: `weights` by feature and `bias`; `rivals` with `odds`, `gap`, `bias` and `cap`; and how it was made."""
    return json.loads(Path(__file__).with_name("pairing.json").read_text(encoding="utf-8"))


def log_odds(found: Evidence) -> float:
    """The log-odds that two reports tell the same event, on their evidence alone."""
    model = parameters()
    return model["bias"] + math.fsum(weight * getattr(found, name) for name, weight in model["weights"].items())


def among_rivals(odds: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """Log-odds that take into account how far a pair stands above the other candidates of its reports."""
    rivals = parameters()["rivals"]
    return rivals["odds"] * odds + rivals["gap"] * gap + rivals["bias"]


def least_odds(sure: float) -> float:
    """The smallest log-odds of evidence with which a pair can still reach `sure` among its rivals."""
    rivals = parameters()["rivals"]
    return (sure - rivals["bias"] - rivals["gap"] * rivals["cap"]) / max(rivals["odds"], 1e-6)


def probability(odds: float) -> float:
    """The probability that belongs to log-odds."""
    return 1.0 / (1.0 + math.exp(-min(max(odds, -30.0), 30.0)))


def odds_of(chance: float) -> float:
    """The log-odds that belong to a probability; 0 and 1 give large finite ones."""
    clipped = min(max(chance, 1e-9), 1 - 1e-9)
    return math.log(clipped / (1 - clipped))

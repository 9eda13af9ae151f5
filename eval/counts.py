"""Precision, recall and F1 from summed counts: the only place that divides them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Prf:
    """Precision, recall and F1 in [0, 1], the counts behind them, and F1's 95 % interval where it was asked for.

    `hits` of `found` are right (precision) and `recalled` of `gold` were found (recall); the two hits differ where one
    found item may be right for several of the gold.
    """

    precision: float
    recall: float
    f1: float
    hits: int
    found: int
    recalled: int
    gold: int
    interval: tuple[float, float] | None = None


def prf(hits: int, found: int, recalled: int, gold: int, *, interval: tuple[float, float] | None = None) -> Prf:
    """Precision, recall and F1 of counts; what has nothing to divide by is 0."""
    precision, recall = hits / max(found, 1), recalled / max(gold, 1)
    return Prf(precision, recall, f1(precision, recall), hits, found, recalled, gold, interval)


def f1(precision: float, recall: float) -> float:
    """The harmonic mean of both; 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def f1_of_counts(counts: np.ndarray) -> np.ndarray:
    """F1 of every row (hits, found, recalled, gold) of an array (…, 4)."""
    import numpy as np

    hits, found, recalled, gold = np.moveaxis(np.asarray(counts, dtype=float), -1, 0)
    precision, recall = hits / np.maximum(found, 1), recalled / np.maximum(gold, 1)
    return 2 * precision * recall / np.maximum(precision + recall, 1e-300)

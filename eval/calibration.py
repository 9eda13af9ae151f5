"""Is a confidence a probability?: expected calibration error and reliability bins of confidences that were judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bin:
    """Confidences in [low, high): how many, their mean, and the share of them that was right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """`ece` is the expected calibration error: the mean distance of confidence and accuracy over the bins, by count."""

    ece: float
    bins: tuple[Bin, ...]
    count: int


def calibration(judged: Iterable[tuple[float, bool]], *, bins: int = 10) -> Calibration:
    """Calibration of (confidence, right) pairs in bins of equal width (Naeini et al. 2015); empty bins are left out."""
    grouped: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in judged:
        grouped[min(int(confidence * bins), bins - 1)].append((confidence, right))
    filled = tuple(_bin(n / bins, (n + 1) / bins, group) for n, group in enumerate(grouped) if group)
    count = sum(b.count for b in filled)
    ece = sum(b.count * abs(b.confidence - b.accuracy) for b in filled) / max(count, 1)
    return Calibration(ece, filled, count)


def _bin(low: float, high: float, judged: list[tuple[float, bool]]) -> Bin:
    count = len(judged)
    return Bin(low, high, count, sum(c for c, _ in judged) / count, sum(right for _, right in judged) / count)

"""What speaks for and against two reports telling the same event, as named numbers and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# Contrast at which two sentences are as likely translations as not, and how fast that changes.
_CONTRAST, _SLOPE = 0.1, 0.03


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one report: `vectors` float32 (n, d), centred unit rows, one a sentence; `weights` float32 (n,) sum to 1.

    `first` and `last` are the day numbers that its date may mean.
    """

    id: str
    vectors: np.ndarray
    weights: np.ndarray
    head: np.ndarray
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The named features of one candidate; every one is 0 where nothing is known."""

    lead: float
    body: float
    told: float
    share_less: float
    share_more: float
    top: float
    days_apart: float
    sentence_pairs: int


FEATURES = ("lead", "body", "told", "share_less", "share_more", "top", "days_apart")


def evidence(source: Profile, target: Profile) -> Evidence:
    """The evidence for one candidate pair."""
    import numpy as np

    similarity = source.vectors @ target.vectors.T
    rows, columns = _mutual(similarity)
    contrast = np.clip(_contrast(similarity)[rows, columns], 0.0, 1.0)
    certainty = 1.0 / (1.0 + np.exp(-(contrast - _CONTRAST) / _SLOPE))
    shares = float(source.weights[rows] @ certainty), float(target.weights[columns] @ certainty)
    gap = max(source.first - target.last, target.first - source.last, 0)
    mean_source, mean_target = source.weights @ source.vectors, target.weights @ target.vectors
    length = max(float(np.linalg.norm(mean_source) * np.linalg.norm(mean_target)), 1e-9)
    return Evidence(
        lead=float(source.head @ target.head),
        body=float(mean_source @ mean_target) / length,
        told=math.log1p(float(contrast.sum())),
        share_less=min(shares),
        share_more=max(shares),
        top=float(np.sort(similarity[rows, columns])[-3:].mean()),
        days_apart=float(min(gap, 7)),
        sentence_pairs=int((certainty > 0.5).sum()),
    )


def _contrast(similarity: np.ndarray) -> np.ndarray:
    """How far every cell stands above the three best other cells of its row and of its column, on average."""
    return similarity - (_others(similarity) + _others(similarity.T).T) / 2


def _others(similarity: np.ndarray, k: int = 3) -> np.ndarray:
    """The mean of the `k` best other cells of each cell's row; 0, the mean of unrelated sentences, stands in for missing cells."""
    import numpy as np

    padded = np.pad(similarity, ((0, 0), (0, k + 1)))
    ordered = -np.sort(-padded[:, : similarity.shape[1] + k + 1], axis=1)
    best, next_best = ordered[:, :k].sum(axis=1, keepdims=True), ordered[:, k : k + 1]
    inside = similarity >= ordered[:, k - 1 : k]
    return np.where(inside, best - similarity + next_best, best) / k


def _mutual(similarity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index arrays of the cells that are the largest of their row and of their column."""
    import numpy as np

    columns = similarity.argmax(axis=1)
    rows = np.flatnonzero(similarity.argmax(axis=0)[columns] == np.arange(len(columns)))
    return rows, columns[rows]


def words(found: Evidence) -> tuple[str, ...]:
    """The evidence in words, for people."""
    said = [f"{found.sentence_pairs} sentence pairs found, {found.share_more:.0%} of the shorter telling"]
    said.append(f"lead similarity {found.lead:.2f}, body similarity {found.body:.2f}")
    if found.days_apart:
        said.append(f"dated {found.days_apart:.0f} days apart")
    return tuple(said)

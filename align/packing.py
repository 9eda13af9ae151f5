"""The set of beads that is expected to be right most often, among beads that may overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# What a bead or a lone sentence adds to F1 where it is right, and costs where it is listed: a lone sentence counts for
# precision only. The ratios hold for F1 around 0.9 and about as many beads as lone sentences; the result depends little on them.
_RIGHT, _RIGHT_ALONE, _LISTED = 1.3, 0.8, 0.6
_LEAST = 0.02  # less probable beads are left out of the choice,
_DOUBTFUL = 0.2  # and those up to here where their sentences are likelier to be alone: an equal line elsewhere takes chance, too


def pack(
    spans: Sequence[tuple[int, int, int, int]] | np.ndarray, chance: np.ndarray, n: int, m: int
) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the chosen beads, none of which share a sentence, and the chance of each sentence to have no partner.

    `spans` are (source from, source to, target from, target to), ends exclusive. The choice among believable beads is exact:
    weighted set packing as an integer program (HiGHS), solved together for all beads that touch another one.
    """
    spans = np.asarray(spans, dtype=np.int64).reshape(-1, 4)
    alone = lonely(spans, chance, n, m)
    kept = np.flatnonzero(believable(spans, chance, alone, n))
    loss = sums(spans[kept], _RIGHT_ALONE * alone - _LISTED, n)
    gain = _RIGHT * chance[kept] - _LISTED - loss
    kept, gain = kept[gain > 0], gain[gain > 0]
    chosen = _best_packing(spans[kept], gain, n, m)
    return kept[chosen], alone


def believable(spans: np.ndarray, chance: np.ndarray, alone: np.ndarray, n: int) -> np.ndarray:
    """Which beads may be chosen: those that are no mere leftovers of chance."""
    likelier = chance * sizes(spans) > sums(spans, alone, n)
    return (chance > _LEAST) & ((chance > _DOUBTFUL) | likelier)


def in_order(spans: np.ndarray, chance: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Those of the chosen beads that do not cross: of two that do, which may happen where both are doubtful, the likelier one."""
    kept: list[int] = []
    for k in chosen[np.argsort(spans[chosen, 0], kind="stable")].tolist():
        while kept and spans[k, 2] < spans[kept[-1], 3] and chance[kept[-1]] < chance[k]:
            kept.pop()
        if not kept or spans[k, 2] >= spans[kept[-1], 3]:
            kept.append(k)
    return np.array(kept, dtype=np.int64)


def sizes(spans: np.ndarray) -> np.ndarray:
    """The number of sentences of each bead."""
    return spans[:, 1] - spans[:, 0] + spans[:, 3] - spans[:, 2]


def sums(spans: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """Sums over the sentences of each bead of values of all source, then all target sentences."""
    below = np.concatenate([[0.0], np.cumsum(values)])
    return below[spans[:, 1]] - below[spans[:, 0]] + below[n + spans[:, 3]] - below[n + spans[:, 2]]


def lonely(spans: np.ndarray, chance: np.ndarray, n: int, m: int) -> np.ndarray:
    """The chance of each source, then each target sentence to be in none of the beads."""
    # by differences: a bead's chance is added at its first sentence and taken away after its last
    changes = np.concatenate([chance, -chance])
    covered = [
        np.cumsum(np.bincount(np.concatenate([start, end]), weights=changes, minlength=size))[:size]
        for start, end, size in ((spans[:, 0], spans[:, 1], n), (spans[:, 2], spans[:, 3], m))
    ]
    return np.clip(1 - np.concatenate(covered), 0, 1)


def _best_packing(spans: np.ndarray, gain: np.ndarray, n: int, m: int) -> np.ndarray:
    if not len(spans):
        return np.zeros(0, dtype=np.int64)
    used = uses(spans, n, m)
    crowded = np.asarray(used.sum(axis=1)).ravel() > 1
    touched = np.asarray(used[crowded].sum(axis=0)).ravel() > 0
    chosen = ~touched
    if touched.any():
        chosen[touched] = _integer_program(used[crowded][:, touched], gain[touched])
    return np.flatnonzero(chosen)


def uses(spans: np.ndarray, n: int, m: int) -> csr_matrix:
    """Which of the source, then target sentences (rows) each bead (columns) takes: a matrix of 0 and 1."""
    from scipy.sparse import csr_matrix

    lengths = spans[:, 1] - spans[:, 0], spans[:, 3] - spans[:, 2]
    rows = np.concatenate([_ranges(spans[:, 0], lengths[0]), n + _ranges(spans[:, 2], lengths[1])])
    columns = np.concatenate([np.repeat(np.arange(len(spans)), size) for size in lengths])
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(n + m, len(spans)))


def _ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """`_ranges([3, 9], [2, 1])` → [3, 4, 9]."""
    offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(starts, lengths) + offsets


def _integer_program(used: object, gain: np.ndarray) -> np.ndarray:
    from scipy.optimize import Bounds, LinearConstraint, milp

    # a hair's breadth prefers the earlier of two equal beads, so that ties do not hang on the solver
    gain = gain - 1e-9 * np.arange(len(gain))
    result = milp(
        -gain, constraints=LinearConstraint(used, -np.inf, 1), integrality=np.ones(len(gain)), bounds=Bounds(0, 1)
    )
    assert result.x is not None, result.message
    return result.x > 0.5

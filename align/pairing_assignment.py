"""From scored candidates to pairs: the best one-to-one assignment that may leave reports alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def assign(i: np.ndarray, j: np.ndarray, gain: np.ndarray, *, sizes: tuple[int, int]) -> list[int]:
    """Positions of the chosen candidates (i[k], j[k]): no report twice, the sum of `gain` as large as can be.

    Candidates without a positive gain are never chosen, so a report is left alone rather than paired badly. Solved exactly as
    a sparse assignment in which every source may also take a partner of its own that gains nothing.
    """
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    useful = np.flatnonzero(gain > 0)
    if not len(useful):
        return []
    n, m = sizes
    # The solver takes no zero weights and matches every row: shift so that "alone" costs 1 and any pair less.
    cost = 1.0 - 0.999 * gain[useful] / gain[useful].max()
    rows = np.concatenate([i[useful], np.arange(n)])
    columns = np.concatenate([j[useful], m + np.arange(n)])
    weights = np.concatenate([cost, np.ones(n)])
    order = np.lexsort((columns, rows))
    matrix = coo_matrix((weights[order], (rows[order], columns[order])), shape=(n, m + n)).tocsr()
    matched = dict(zip(*(side.tolist() for side in min_weight_full_bipartite_matching(matrix)), strict=True))
    return [int(k) for k in useful if matched[int(i[k])] == int(j[k])]


def rivals(i: Sequence[int], j: Sequence[int], gain: Sequence[float]) -> list[float]:
    """For every candidate the best gain among the others of its two reports, or minus infinity where it has none."""
    best: dict[tuple[str, int], list[float]] = {}
    for a, b, g in zip(i, j, gain, strict=True):
        for key in (("s", a), ("t", b)):
            best[key] = sorted((*best.get(key, ()), g), reverse=True)[:2]
    return [max(_other(best["s", a], g), _other(best["t", b], g)) for a, b, g in zip(i, j, gain, strict=True)]


def _other(top: list[float], gain: float) -> float:
    rest = [*top]
    if gain in rest:
        rest.remove(gain)
    return rest[0] if rest else float("-inf")
